"""Everything an operator can choose, with its default and its bounds; read by :mod:`streams.settings_sources`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, PrivateAttr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from detectors.errors import FenghuoError
from streams.access import Security, read_secret


class SettingsError(FenghuoError):
    """A setting that is unknown, missing or out of range."""


class Settings(BaseSettings):
    """Everything an operator can choose. Names are the same on the command line, in the environment and in TOML.

    Built directly, it reads neither environment nor file: use :func:`streams.settings_sources.load`.
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
    state_dir: Path = Field(default=Path("var/state"), description="directory of the rocksdb store")
    redis_url: str | None = Field(
        default="redis://127.0.0.1:6379/0",
        description="Redis that keeps the schedule of the webhooks; empty for none",
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

    def told_by(self, origins: Mapping[str, str]) -> Self:
        """These settings, knowing where each came from: origins by dotted name."""
        self._origins.update(origins)
        return self

    def origin(self, name: str) -> str:
        """Where a setting came from, by dotted name."""
        return self._origins.get(name, "default")

    @property
    def group_id(self) -> str:
        """Consumer group of the workers."""
        return self.group or f"{self.prefix}.workers"

    def redis_password(self) -> str | None:
        """The Redis password, None when there is none. Raises FenghuoError when its file cannot be read."""
        return None if self.redis_password_file is None else read_secret(self.redis_password_file)


def describe(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """``(name, default as text, description)`` of every setting, for the manual."""
    for name, field in model.model_fields.items():
        if name == "security":
            yield from describe(Security, "security.")
        else:
            default = "" if field.default is None else str(field.default)
            yield f"{prefix}{name}", default, field.description or ""
