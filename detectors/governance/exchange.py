"""The exchange agreement (信息交换协议): what each source owes, how often and how fast, as data.

Reading the file is the caller's business; :func:`parse` takes its text.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from detectors.errors import FenghuoError, rule_of
from detectors.governance.lags import MAX_EXPECTED_LAG, NO_SPAN, Span, span
from detectors.governance.periods import Cycle, Period, cycles
from detectors.governance.workdays import CALENDARS, WorkCalendar, calendar_of
from detectors.record import Record
from detectors.records.feeds import FEEDS
from detectors.records.problems import near

_ENVELOPE = frozenset(
    {"valid_from", "valid_to", "published_at", "evidence.doc_no", "evidence.url", "subject.name"}
)
"""Optional fields outside the payload that an agreement may require."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Frozen):
    """One thing to deliver: records of a feed, ``where`` narrowing them by payload values.

    ``due`` records fall due at the end of each ``cycle`` that ends between ``valid_from`` and ``valid_to``. Names in
    ``required`` are payload fields of the feed or envelope fields (``evidence.doc_no``) that the contract leaves
    optional and the agreement does not.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    feed: str
    where: Mapping[str, str] = {}
    cycle: Cycle
    due: Annotated[int, Field(ge=0)]
    required: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @field_validator("feed")
    @classmethod
    def _is_known(cls, feed: str) -> str:
        if feed not in FEEDS:
            raise ValueError(f"a feed is F01 to F33 or F35, got {feed!r}")
        return feed

    @model_validator(mode="after")
    def _fields_exist(self) -> Self:
        fields = {info.alias or name for name, info in FEEDS[self.feed].model_fields.items()}
        known = fields | _ENVELOPE
        for name in self.required:
            if name not in known:
                raise ValueError(f"required: {name!r} is no field of {self.feed}, {near(name, known)}")
        for name in self.where:
            if name not in fields:
                raise ValueError(f"where: {name!r} is no payload field of {self.feed}, {near(name, fields)}")
        return self

    def concerns(self, feed: str, payload: object) -> bool:
        """Whether a record is one of these; ``payload`` may be anything when the record was refused."""
        if feed != self.feed:
            return False
        if not self.where:
            return True
        return isinstance(payload, Mapping) and all(payload.get(name) == v for name, v in self.where.items())

    def filled(self, record: Record) -> int:
        """How many of the required fields the record has."""
        return sum(_given(record, name) for name in self.required)


def _given(record: Record, name: str) -> bool:
    if name not in _ENVELOPE:
        return record.payload.get(name) is not None
    value: object = record
    for part in name.split("."):
        value = getattr(value, part, None)
    return value not in (None, "")


class Agreement(_Frozen):
    """What one source agreed to. ``lag`` is how long a record may take from publication to us."""

    unit: str = ""
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,6})?$")] = "CN"
    lag: str = "1d"
    items: tuple[Item, ...] = ()

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [item.name for item in self.items]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"items given twice: {', '.join(twice)}")
        return self

    @field_validator("lag")
    @classmethod
    def _is_a_span(cls, text: str) -> str:
        span(text)
        return text

    @cached_property
    def span(self) -> Span:
        """The agreed lag."""
        return span(self.lag)

    def item_of(self, feed: str, payload: object) -> int | None:
        """Index of the first item a record belongs to."""
        return next((n for n, item in enumerate(self.items) if item.concerns(feed, payload)), None)


class Days(_Frozen):
    """Days of a country that differ from the calendar that is built in, e.g. those of a year just announced."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()


class Exchange(_Frozen):
    """All agreements. ``max_expected_lag`` replaces legal periods by feed, ``calendars`` adds days by country."""

    version: str = ""
    sources: Mapping[str, Agreement] = {}
    max_expected_lag: Mapping[str, str] = {}
    calendars: Mapping[str, Days] = {}

    @field_validator("max_expected_lag")
    @classmethod
    def _are_spans(cls, given: Mapping[str, str]) -> Mapping[str, str]:
        for feed, text in given.items():
            if feed not in FEEDS:
                raise ValueError(f"a feed is F01 to F33 or F35, got {feed!r}")
            span(text)
        return given

    @model_validator(mode="after")
    def _days_fit(self) -> Self:
        _ = self._calendars
        return self

    @cached_property
    def _calendars(self) -> Mapping[str, WorkCalendar]:
        said = {
            country: calendar_of(country).extended(days.holidays, days.workdays)
            for country, days in self.calendars.items()
        }
        return {**CALENDARS, **said}

    @cached_property
    def _legal(self) -> Mapping[str, Span]:
        return {**MAX_EXPECTED_LAG, **{feed: span(text) for feed, text in self.max_expected_lag.items()}}

    def calendar(self, jurisdiction: str) -> WorkCalendar:
        """Working days of a jurisdiction."""
        return calendar_of(jurisdiction, self._calendars)

    def legal(self, feed: str) -> Span:
        """How long the law lets the feed take to publication."""
        return self._legal.get(feed, NO_SPAN)

    def agreement(self, source: str) -> Agreement:
        """What a source agreed to; without an agreement nothing is due, and a day's lag is assumed."""
        return self.sources.get(source, _NONE)

    def due(self, source: str, item: Item, within: Period) -> int:
        """How many records of an item fall due in a period."""
        calendar = self.calendar(self.agreement(source).jurisdiction)
        return item.due * cycles(item.cycle, within, calendar, item.valid_from, item.valid_to)


_NONE = Agreement()


def parse(text: str, place: str) -> Exchange:
    """Read agreements.

    Raises:
        FenghuoError: not YAML, or a field breaks its rule; the message names the place inside ``place``.
    """
    try:
        return Exchange.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}:{mark.line + 1}" if mark else place
        raise FenghuoError(
            where, f"not YAML ({getattr(error, 'problem', error)})", "mend the line"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "agreement"
        raise FenghuoError(place, f"{field}: {rule_of(first)}", "correct the agreement") from error
