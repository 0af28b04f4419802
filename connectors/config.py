"""One connector as one YAML file: its source, how to reach it, and how its columns become records.

``load`` is the only way in; every mistake becomes one sentence with file, line, key and the nearest known name.
"""

import re
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, Field, PrivateAttr, ValidationError, model_validator

from connectors.errors import ConfigError
from connectors.fields import SpecError, zone_of
from connectors.rules import compile_rule
from connectors.settings import (
    Duration,
    FileDropConfig,
    HttpPullConfig,
    HttpStreamConfig,
    MappingConfig,
    PushConfig,
    Seconds,
    Section,
    SqlConfig,
)
from connectors.yamlfile import Document, near, read

Kind = Literal["file_drop", "sql", "http_pull", "http_stream", "push"]
KINDS: tuple[str, ...] = get_args(Kind)


class ConnectorConfig(Section):
    """One connector. Relative paths are relative to the folder of the file."""

    connector: Kind
    source_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,6})?$")]
    cycle: Duration
    visibility: Literal["public", "gov_shared", "authorised"] = "public"
    legal_basis: str | None = None
    consent_id: str | None = None
    zone: str | None = None
    format: Literal["canonical"] | None = None
    sources: list[str] = Field(default_factory=list)
    checkpoint: Path | None = None
    alive_on: Literal["poll", "delivery", "source"] | None = None
    heartbeat_seconds: Seconds | None = None
    unmatched: Literal["dead_letter", "ignore"] = "dead_letter"
    ignore: list[str] = Field(default_factory=list)
    file_drop: FileDropConfig | None = None
    sql: SqlConfig | None = None
    http_pull: HttpPullConfig | None = None
    http_stream: HttpStreamConfig | None = None
    push: PushConfig | None = None
    mappings: Annotated[list[MappingConfig], Field(min_length=1)] | None = None
    _path: Path = PrivateAttr(default=Path("connector.yaml"))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for kind in KINDS:
            if (getattr(self, kind) is not None) != (kind == self.connector):
                verb = "needs a section" if kind == self.connector else "has a section"
                raise ValueError(
                    f"connector {self.connector!r} {verb} {kind!r}"
                    + ("" if kind == self.connector else " it does not use")
                )
        if self.format == "canonical" and self.mappings is not None:
            raise ValueError("takes either 'mappings' or 'format: canonical', not both")
        if self.visibility != "public" and not self.legal_basis:
            raise ValueError(f"visibility {self.visibility!r} needs 'legal_basis'")
        return self

    @property
    def path(self) -> Path:
        """The file this was read from."""
        return self._path

    def resolve(self, path: Path) -> Path:
        """``path`` as seen from the folder of the configuration file."""
        return self._path.parent / path

    def checkpoint_path(self) -> Path:
        """Where the checkpoint is kept: ``checkpoint``, or ``checkpoints/<source_id>.json`` beside the file."""
        return self.resolve(self.checkpoint or Path("checkpoints") / f"{self.source_id}.json")

    def heartbeat_every(self) -> float:
        """Seconds between heartbeats: a third of the cycle, at most a minute, unless set."""
        return self.heartbeat_seconds or min(60.0, self.cycle.total_seconds() / 3)


def load(path: Path | str) -> ConnectorConfig:
    """Read and check one connector file, its mappings included.

    Raises:
        ConfigError: one sentence naming file, line, key, what came and the nearest known name.
    """
    document = read(Path(path))
    try:
        config = ConnectorConfig.model_validate(document.value)
    except ValidationError as error:
        raise _explained(document, error) from None
    config._path = document.path.absolute()
    _check_mappings(config, document)
    return config


def _check_mappings(config: ConnectorConfig, document: Document) -> None:
    loc: tuple[str | int, ...] = ()
    try:
        zone = zone_of(config.jurisdiction, config.zone)
        for index, mapping in enumerate(config.mappings or ()):
            loc = ("mappings", index)
            compile_rule(mapping, zone)
    except SpecError as error:
        full = (*loc, *error.loc)
        raise ConfigError(f"{document.place(full)} ({_dotted(full)})", error.problem) from None


def _dotted(loc: tuple[str | int, ...]) -> str:
    """The keys as written in the file, without the tags pydantic adds for unions."""
    return ".".join(str(part) for part in loc if isinstance(part, int) or not re.search(r"[A-Z(\[]", part))


def _explained(document: Document, error: ValidationError) -> ConfigError:
    found = error.errors(include_url=False, include_context=False)
    # a misspelt key is also a missing one; the misspelling is what to correct
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    loc, kind = first["loc"], first["type"]
    key = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        place = f"{document.place(loc)} ({_dotted(loc)})"
        return ConfigError(place, f"unknown key {key!r}", near(key, _known_keys(loc)))
    if kind == "missing":
        return ConfigError(
            f"{document.place(loc)} ({_dotted(loc)})", f"key {key!r} is missing", f"add '{key}: ...'"
        )
    message = first["msg"].removeprefix("Value error, ")
    came = first["input"]
    shown = f", not {came!r}" if isinstance(came, str | int | float) and "not " not in message else ""
    where = f" ({_dotted(loc)})" if loc else ""
    # addresses may carry passwords
    return ConfigError(document.place(loc) + where, message + ("" if key == "url" else shown))


def _known_keys(loc: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] = ConnectorConfig
    for part in loc[:-1]:
        found = model.model_fields.get(str(part))
        nested = _models(found.annotation) if found else []
        model = nested[0] if nested else model
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
