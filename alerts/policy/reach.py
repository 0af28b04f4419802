"""How a webhook subscriber is reached: address and secret, a second contact, and how much is sent at a time."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from alerts.policy.fan_out import FAN_OUT
from alerts.policy.quiet import Quiet, parsed

_OFFSET = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)")


def checked_url(url: str) -> str:
    """An address a webhook may go to: https, or http on this machine, and no credentials inside.

    Raises:
        ValueError: says what is wrong, without the secret parts of the address.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or not url.isprintable() or " " in url:
        raise ValueError(f"{_shown(url)} is not an http(s) address")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError(f"{_shown(url)} has no port that there is; write a number up to 65535") from None
    if parts.username or parts.password or parts.fragment:
        raise ValueError("the address holds credentials or a fragment; the signature already says who sends")
    if parts.scheme == "http" and not _loopback(host):
        raise ValueError(
            f"{host} would be reached over plain http; use https (http is allowed on loopback only)"
        )
    return url


def check_secrets(named: Iterable[str | None], what: str) -> None:
    """Exactly one place where the secret is, and not the secret; ``what`` needs it. Raises ValueError."""
    given = [name for name in named if name]
    if any("whsec_" in name for name in given):  # it would be shown wherever the place is named
        raise ValueError(
            "the file holds a secret; put it into a variable or file, name that, and make a new one"
        )
    if len(given) != 1:
        raise ValueError(f"{what} needs a secret; name exactly one of 'secret_env' and 'secret_file'")


class Contact(BaseModel):
    """Who is told when a red alert stays unacknowledged: the subscriber's second contact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    secret_env: str | None = None
    secret_file: str | None = None

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        return checked_url(value)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_secrets((self.secret_env, self.secret_file), "the second contact")
        return self


class Manner(BaseModel):
    """How much is sent at a time and how insistently; everything can be turned off. Defaults of configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: bool = True
    """Alerts about one firm that come close together go out as one message; red and upgrades wait for nothing."""
    digest: Literal["daily", "none"] = "daily"
    """Blue once a day at 8, or like yellow."""
    cool_down: bool = True
    """The same colour of the same point is not told again within a span."""
    reminders: bool = True
    """Red and yellow are told again until somebody acknowledges."""
    utc_offset: str = "+08:00"
    """Of the subscriber's clock, for the digest and the quiet hours."""
    quiet_hours: str = ""
    """``22:00-07:00``: then nothing is sent but red."""
    incident_above: Annotated[int, Field(ge=0)] = FAN_OUT
    """More alerts than this with one cause are sent as one incident; 0: never."""

    @field_validator("utc_offset")
    @classmethod
    def _offset(cls, value: str) -> str:
        if not _OFFSET.fullmatch(value):
            raise ValueError(f"{value!r} is not an offset; write it like +08:00")
        return value

    @model_validator(mode="after")
    def _hours(self) -> Self:
        _ = self.quiet
        return self

    @property
    def quiet(self) -> Quiet | None:
        """The quiet hours, None if there are none."""
        return parsed(self.quiet_hours, self.offset_seconds) if self.quiet_hours else None

    @property
    def offset_seconds(self) -> int:
        """``utc_offset`` in seconds, east positive."""
        sign, hours, minutes = _OFFSET.fullmatch(self.utc_offset).groups()  # type: ignore[union-attr]  # validated above
        return (int(hours) * 3600 + int(minutes) * 60) * (-1 if sign == "-" else 1)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(url: str) -> str:
    """The address without what may be secret in it."""
    return re.sub(r"//[^/@]*@", "//…@", url.split("?", 1)[0])[:80]
