"""Settings and where each came from: command line, then environment (FENGHUO_*), then TOML file, then default.

``load`` is the one way in; it turns every mistake into one sentence naming the source, the key and the remedy.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariable

from detectors.errors import FenghuoError
from streams.access import Security, read_secret

DEFAULT_FILE = Path("fenghuo.toml")
CONFIG_VARIABLE = "FENGHUO_CONFIG"
OUTSIDE = frozenset({CONFIG_VARIABLE, "FENGHUO_DATA"})  # variables of ours that are not settings


class SettingsError(FenghuoError):
    """A setting that is unknown, missing or out of range."""


class Settings(BaseSettings):
    """Everything an operator can choose. Names are the same on the command line, in the environment and in TOML.

    Built directly, it reads neither environment nor file: use ``load``.
    """

    model_config = SettingsConfigDict(
        env_prefix="FENGHUO_", env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )

    broker: str = Field(
        default="127.0.0.1:9092", description="bootstrap servers of Kafka, host:port[,host:port…]"
    )
    security: Security = Field(default_factory=Security, description="how to log in to Kafka")
    broker_rebalance_timeout: float = Field(
        default=60.0,
        gt=0,
        description="seconds a worker may take to rejoin its group; about 6 on the embedded broker",
    )
    broker_session_timeout: float = Field(
        default=10.0,
        ge=1,
        description="seconds without a sign of life after which a worker counts as dead and others take over",
    )
    broker_fetch_wait: float = Field(
        default=0.1,
        gt=0,
        le=5,
        description="seconds a fetch waits for records; shorten to 0.01 on the embedded broker, which waits in full",
    )
    broker_idempotence: bool = Field(
        default=True,
        description="idempotent producers; must be false on the embedded broker, which does not know them",
    )
    prefix: str = Field(
        default="fenghuo",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        description="first part of every topic and group name",
    )
    group: str | None = Field(
        default=None, min_length=1, description="consumer group of the workers; default <prefix>.workers"
    )
    partitions: int = Field(
        default=8,
        ge=1,
        le=1024,
        description="partitions of every topic keyed by entity; the most workers that can share it",
    )
    replication: int | None = Field(
        default=None,
        ge=1,
        le=7,
        description="copies of each new topic; default three, or as many as there are brokers",
    )
    batch_max: int = Field(
        default=2000, ge=1, le=100_000, description="most records one partition hands over at a time"
    )
    clock: Literal["log", "wall"] = Field(
        default="wall",
        description="what moves timers on: the clock on the wall, or only the times in the log (to replay history)",
    )
    store: Literal["memory", "rocksdb"] = Field(
        default="memory", description="where a worker keeps its ledgers"
    )
    state_dir: Path = Field(
        default=Path("var/state"), description="directory of the rocksdb store and of checkpoints"
    )
    redis_url: str | None = Field(
        default="redis://127.0.0.1:6379/0",
        description="Redis for projections and the webhook schedule; empty for none",
    )
    redis_password_file: Path | None = Field(
        default=None, description="file holding the Redis password, nothing else"
    )
    subscriptions: Path | None = Field(default=None, description="YAML file saying who wants which alerts")
    catalogue: Path | None = Field(
        default=None, description="warning point catalogue instead of the built-in one"
    )
    metrics_host: str = Field(
        default="127.0.0.1", min_length=1, description="address the /metrics endpoint listens on"
    )
    metrics_port: int = Field(
        default=9464, ge=0, le=65535, description="port of the /metrics endpoint; 0 turns it off"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least severe message logged"
    )

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("broker")
    @classmethod
    def _bootstrap(cls, value: str) -> str:
        for server in value.split(","):
            host, colon, port = server.strip().rpartition(":")
            if not (colon and host and port.isdigit() and 0 < int(port) < 65536):
                raise ValueError(f"must be host:port[,host:port…], and {server.strip()!r} is not")
        return ",".join(server.strip() for server in value.split(","))

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("redis", "rediss", "unix"):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        if parts.password:
            raise ValueError("must not hold a password; put it in the file named by redis_password_file")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what ``load`` has merged; it looks at the other sources itself to know who said what."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings  # the signature is pydantic's
        return (init_settings,)

    @property
    def group_id(self) -> str:
        """Consumer group of the workers."""
        return self.group or f"{self.prefix}.workers"

    def redis_password(self) -> str | None:
        """The Redis password, None when there is none. Raises FenghuoError when its file cannot be read."""
        return None if self.redis_password_file is None else read_secret(self.redis_password_file)


def load(overrides: Mapping[str, object] | None = None, *, config: Path | None = None) -> Settings:
    """Settings from all sources.

    ``overrides``: what the command line said, by setting name (``security.username`` for nested ones); None: not said.
    ``config``: the TOML file; default FENGHUO_CONFIG, else fenghuo.toml if it exists. Relative paths in the file are
    taken from the file's directory. Raises SettingsError.
    """
    said = {name: value for name, value in (overrides or {}).items() if value is not None}
    sources = [*_file(config), *_environment(), ("command line", said)]
    merged: dict[str, Any] = {}
    said_by: dict[str, str] = {}
    for origin, values in sources:
        for name, value in _leaves(values):
            _put(merged, name, value)
            said_by[name] = f"{origin} {_variable(name)}" if origin == "environment" else origin
    for name, origin in said_by.items():
        _check_known(name, origin)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise _explain(error, said_by) from None
    settings._origins.update(said_by)
    return settings


def origins(settings: Settings) -> list[tuple[str, str, str]]:
    """``(name, value as text, origin)`` of every setting, in order of declaration; secrets are starred out."""
    said_by = settings._origins
    return [
        (name, "" if value is None else str(value), said_by.get(name, "default"))
        for name, value in _leaves(settings)
    ]


def describe(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """``(name, default as text, description)`` of every setting, for the manual."""
    for name, field in model.model_fields.items():
        if name == "security":
            yield from describe(Security, "security.")
        else:
            default = "" if field.default is None else str(field.default)
            yield f"{prefix}{name}", default, field.description or ""


def _file(config: Path | None) -> list[tuple[str, Mapping[str, Any]]]:
    named = config or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    path = named or DEFAULT_FILE
    if named is None and not path.is_file():
        return []
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(
            str(path), f"the settings file cannot be read ({reason})", "check --config"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), f"is not valid TOML ({error})", "correct that line") from None
    for name, value in _leaves(values):
        field = _field(name)
        if field is not None and "Path" in str(field) and isinstance(value, str):
            _put(values, name, str(path.parent / value))
    return [(str(path), values)]


def _environment() -> list[tuple[str, Mapping[str, Any]]]:
    known = {_variable(name) for name, _, _ in describe()} | OUTSIDE
    # Not every FENGHUO_ variable is a setting (a secret may be kept in one), so only likely slips are refused.
    for variable in (
        name for name in os.environ if name.startswith("FENGHUO_") and name.upper() not in known
    ):
        if close := difflib.get_close_matches(variable.upper(), known, 1, 0.85):
            raise SettingsError(f"environment {variable}", "is not a setting", f"did you mean {close[0]}?")
    try:
        return [("environment", EnvSettingsSource(Settings)())]
    except UnreadableVariable as error:
        raise SettingsError(
            "environment", str(error), "set one variable per value, FENGHUO_SECURITY__USERNAME"
        ) from None


def _variable(name: str) -> str:
    return "FENGHUO_" + name.replace(".", "__").upper()


def _leaves(values: Mapping[str, Any] | BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted name and value of everything that is not itself a table."""
    for name, value in list(values.items() if isinstance(values, Mapping) else values):
        if isinstance(value, Mapping | BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _put(tree: dict[str, Any], name: str, value: object) -> None:
    *tables, last = name.split(".")
    for table in tables:
        below = tree.setdefault(table, {})
        tree = below if isinstance(below, dict) else {}
    tree[last] = value


def _field(name: str) -> object:
    """The declared type of a setting, None when there is no such setting."""
    first, _, rest = name.partition(".")
    if first == "security" and rest:
        return getattr(Security.model_fields.get(rest), "annotation", None)
    return getattr(Settings.model_fields.get(name), "annotation", None)


def _check_known(name: str, origin: str) -> None:
    if _field(name) is not None:
        return
    known = [known for known, _, _ in describe()]
    close = difflib.get_close_matches(name, known, 1, 0.6)
    remedy = f"did you mean {close[0]!r}?" if close else f"the settings are {', '.join(known)}"
    raise SettingsError(origin, f"unknown setting {name!r}", remedy)


def _explain(error: ValidationError, said_by: Mapping[str, str]) -> SettingsError:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    message = re.sub(r"^Value error, |^Input ", "", first["msg"])
    secret = SecretStr.__name__ in str(_field(name))
    plain = isinstance(first["input"], str | int | float)
    got = f", got {first['input']!r}" if plain and not secret and first["type"] != "value_error" else ""
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    related = [
        origin for key, origin in said_by.items() if key == name or key.startswith(f"{name}.") or not name
    ]
    place = related[0] if related else "settings"
    return SettingsError(
        place, f"{name + ' ' if name else ''}{message}{got}{more}", "see fenghuo config show --origin"
    )
