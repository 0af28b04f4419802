"""What both HTTP sources share: the client with its credentials, waits a server asks for, values deep in a document."""

import base64
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from connectors.config import ConnectorConfig
from connectors.errors import ConfigError, SourceError
from connectors.pipeline import Clock
from connectors.settings import HttpPullConfig, HttpStreamConfig

LONGEST_WAIT = 300.0
"""Seconds; a server that asks for more is asked again after this."""


class HttpSource:
    """A source that fetches from one server: its address, how messages name it, and a client with the credentials."""

    settled = True
    address = ""
    patience = 60.0

    def __init__(
        self,
        config: ConnectorConfig,
        settings: HttpPullConfig | HttpStreamConfig,
        clock: Clock,
        timeout: float | httpx.Timeout,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is connected before the first poll.

        Raises:
            ConfigError: the address or the credentials cannot be used.
        """
        self._source_id = config.source_id
        self._clock = clock
        self._url = checked_url(settings.url, f"{config.connector}.url")
        self._place = shown(self._url)
        self._client = httpx.Client(
            headers={**(headers or {}), **headers_for(config, settings)}, timeout=timeout
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


def headers_for(config: ConnectorConfig, settings: HttpPullConfig | HttpStreamConfig) -> dict[str, str]:
    """The Authorization header from environment or file; empty without either.

    Raises:
        ConfigError: the variable is not set or the file cannot be read.
    """
    secret = read_secret(settings.auth_env, settings.auth_file and config.resolve(settings.auth_file))
    if secret is None:
        return {}
    if settings.auth_scheme == "basic":
        # Companies House takes the key as user name with an empty password
        pair = secret if ":" in secret else secret + ":"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    return {"Authorization": "Bearer " + secret}


def read_secret(variable: str | None, path: Path | None) -> str | None:
    """A secret by environment variable or file, never from the configuration itself.

    Raises:
        ConfigError: the variable is empty or not set, or the file is empty or unreadable.
    """
    if variable is not None:
        secret = os.environ.get(variable, "").strip()
        if not secret:
            raise ConfigError(f"environment variable {variable}", "is not set", "set it to the secret")
        return secret
    if path is None:
        return None
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read as a secret ({error})", "correct the path") from error
    if not secret:
        raise ConfigError(str(path), "is empty", "write the secret into it")
    return secret


def checked_url(url: str, key: str) -> httpx.URL:
    """``url`` if it is an absolute http(s) address.

    Raises:
        ConfigError: it is not.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        raise ConfigError(key, f"is not an address ({error})", "write it like https://host/path") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ConfigError(key, "is not an http or https address", "write it like https://host/path")
    return parsed


def retry_after(response: httpx.Response, now: datetime) -> float | None:
    """Seconds the server asks us to wait (RFC 9110 section 10.2.3: seconds or a date), at most LONGEST_WAIT."""
    given = response.headers.get("Retry-After", "").strip()
    if not given:
        return None
    if given.isascii() and given.isdigit():
        return min(float(given), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (aware - now).total_seconds()), LONGEST_WAIT)


def refuse(response: httpx.Response, place: str, now: datetime) -> None:
    """Raise for every status that is not a success.

    Raises:
        ConfigError: 401 or 403: waiting will not help.
        SourceError: anything else; carries Retry-After.
    """
    code = response.status_code
    if code in (401, 403):
        raise ConfigError(place, f"refuses the credentials (HTTP {code})", "correct auth_env or auth_file")
    if code >= 300:
        raise SourceError(place, f"answers HTTP {code}", retry_after=retry_after(response, now))


def dig(value: object, path: str | None) -> object:
    """The value at a dotted path, None where there is none; no path means the value itself."""
    if not path:
        return value
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def shown(url: httpx.URL) -> str:
    """The address for messages: without user, password and query."""
    return str(url.copy_with(username=None, password=None, query=None, fragment=None))
