"""The sections of a connector file as models: how to reach each kind of source, and the mappings."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from connectors.yamlfile import near

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _duration(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    match = _DURATION.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"must be a duration such as 30s, 5m, 6h or 1d, not {value!r}")
    return timedelta(seconds=float(match[1]) * _UNITS[match[2]])


Duration = Annotated[timedelta, BeforeValidator(_duration), Field(gt=timedelta(0))]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
FeedId = Annotated[str, Field(pattern=r"^F(0[1-9]|[12]\d|3[0-35])$")]


class Section(BaseModel):
    """Closed and frozen: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Condition(Section):
    """A mapping applies when the column has one of the values, or, with ``filled``, any value."""

    column: str
    equals: str | int | bool | None = None
    one_of: list[str | int] = Field(default_factory=list, alias="in")
    filled: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if (self.equals is not None) + bool(self.one_of) + bool(self.filled) != 1:
            raise ValueError("needs exactly one of equals, in, filled")
        return self

    def wanted(self) -> frozenset[str] | None:
        """The values asked for as text, or None for "any"."""
        if self.filled:
            return None
        values: list[object] = [*self.one_of] or [self.equals]
        return frozenset(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


class MappingConfig(Section):
    """How rows become records of one feed; the forms of a field are those of :mod:`connectors.fields`."""

    feed: FeedId
    when: Condition | list[Condition] | None = None
    record_id: object = None
    version: object = 1
    op: object = "assert"
    subject: dict[str, object]
    occurred_at: object
    observed_at: object = None
    valid_from: object = None
    valid_to: object = None
    published_at: object = None
    visibility: object = None
    legal_basis: object = None
    consent_id: object = None
    evidence: dict[str, object] | None = None
    payload: dict[str, object]

    @field_validator("subject")
    @classmethod
    def _subject(cls, value: dict[str, object]) -> dict[str, object]:
        known = ("scheme", "value", "name", "role")
        for key in value:
            if key not in known:
                raise ValueError(f"unknown key {key!r}; {near(key, known)}")
        if "scheme" not in value or not value.keys() & {"value", "name"}:
            raise ValueError("needs scheme and value (or name)")
        return value

    def conditions(self) -> list[Condition]:
        """The conditions of ``when`` as a list; all must hold."""
        if self.when is None:
            return []
        return self.when if isinstance(self.when, list) else [self.when]


class FileDropConfig(Section):
    """A directory a department drops CSV, JSON lines or XLSX files into."""

    directory: Path
    pattern: str = "*"
    kind: Literal["csv", "jsonl", "xlsx"] | None = None
    encoding: Literal["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312"] | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    sheet: str | None = None
    done: Path | None = None
    failed: Path | None = None
    poll_seconds: Seconds = 1.0
    settle_seconds: Annotated[float, Field(ge=0, le=3600)] = 0.5
    partial_seconds: Seconds = 30.0
    unterminated: Literal["dead_letter", "accept"] = "dead_letter"
    batch: Annotated[int, Field(ge=1, le=100_000)] = 2000


class SqlConfig(Section):
    """A table or query with a column that only grows."""

    url: str | None = None
    url_env: str | None = None
    table: str | None = None
    query: str | None = None
    cursor: str
    key: str | None = None
    overlap: Duration | Annotated[int, Field(ge=0, le=100_000)] = 100
    seen: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    batch: Annotated[int, Field(ge=1, le=100_000)] = 1000
    poll_seconds: Seconds = 1.0

    @model_validator(mode="after")
    def _choices(self) -> Self:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("needs exactly one of url, url_env")
        if (self.table is None) == (self.query is None):
            raise ValueError("needs exactly one of table, query")
        if self.query is not None and self.key is None:
            raise ValueError("a query needs 'key', the column that tells its rows apart")
        return self


class HttpPullConfig(Section):
    """A paged JSON listing."""

    url: str
    params: dict[str, str] = Field(default_factory=dict)
    items_field: str | None = None
    next_field: str | None = None
    next_param: str | None = None
    page_param: str | None = None
    page_start: int = 1
    link_header: bool = False
    resume: Literal["last_page", "start"] = "last_page"
    etag: bool = True
    poll_seconds: Seconds = 60.0
    timeout_seconds: Seconds = 30.0
    attempts: Annotated[int, Field(ge=1, le=20)] = 4
    max_page_bytes: Annotated[int, Field(ge=1024)] = 64 * 1024 * 1024
    auth_env: str | None = None
    auth_file: Path | None = None
    auth_scheme: Literal["bearer", "basic"] = "bearer"

    @model_validator(mode="after")
    def _one_way_on(self) -> Self:
        if (self.next_field is not None) + (self.page_param is not None) + self.link_header > 1:
            raise ValueError("takes at most one of next_field, page_param, link_header")
        return self


class HttpStreamConfig(Section):
    """A long-lived stream of one JSON document per line, as Companies House runs it."""

    url: str
    profile: Literal["companies_house", "canonical", "mapped"] = "canonical"
    timepoint_param: str = "timepoint"
    timepoint_field: str | None = None
    heartbeat_seconds: Seconds = 30.0
    connect_seconds: Seconds = 30.0
    reconnect_seconds: Seconds = 1.0
    on_too_old: Literal["live", "stop"] = "live"
    batch: Annotated[int, Field(ge=1, le=100_000)] = 1000
    auth_env: str | None = None
    auth_file: Path | None = None
    auth_scheme: Literal["bearer", "basic"] = "bearer"


class PushConfig(Section):
    """An endpoint department front ends send to."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    token_env: str | None = None
    token_file: Path | None = None
    port_file: Path | None = None
    max_body_bytes: Annotated[int, Field(ge=1024)] = 8 * 1024 * 1024
    max_records: Annotated[int, Field(ge=1)] = 10_000
    answer_seconds: Seconds = 30.0
    keep: Duration = timedelta(days=7)

    @model_validator(mode="after")
    def _token(self) -> Self:
        if (self.token_env is None) == (self.token_file is None):
            raise ValueError("needs exactly one of token_env, token_file")
        return self
