"""The catalogue as values: points with parameters, score, tiers and materiality, all of it versioned data.

Every number that decides a colour is here, so that an alert can be explained again with the version that raised it.
"""

from collections.abc import Mapping
from datetime import date, timedelta, timezone
from functools import cached_property
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, model_validator

from detectors.points import EVALUATORS, Evaluator

Family = Literal[
    "court", "seizure_mortgage", "utility", "tax", "registry", "labour", "credit", "network", "source"
]
_Share = Annotated[float, Field(ge=0, le=1)]
_Days = Annotated[int, Field(ge=0)]
_Points = Annotated[float, Field(ge=0, le=100)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PerLevel(_Frozen):
    """One number for each of blue, yellow and red."""

    blue: float
    yellow: float
    red: float

    def __getitem__(self, level: int) -> float:
        """The number of level 1, 2 or 3; 0 for level 0."""
        return (0.0, self.blue, self.yellow, self.red)[level]


class Score(_Frozen):
    """Points per colour and the noisy-or score."""

    points: PerLevel
    hard: _Points
    cap: _Points = 99.0
    drop_below: _Points = 0.5
    enter: PerLevel
    exit: PerLevel
    blues_for_yellow: int = 3
    blues_window_days: _Days = 90


class Dynamics(_Frozen):
    """How slowly a colour falls, in days. A rise is immediate."""

    dwell_days: PerLevel
    off_delay_days: PerLevel


class Materiality(_Frozen):
    """Ladder of the materiality base M(e), amounts in main units."""

    subscribed_share: _Share
    size_class: Mapping[str, int]
    unknown: int


class Profile(_Frozen):
    """What a jurisdiction fixes: clock, currency, exchange rates into it."""

    utc_offset_hours: float
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    fx: Mapping[str, float] = {}

    @cached_property
    def utc_offset(self) -> int:
        """Seconds east of Greenwich."""
        return round(self.utc_offset_hours * 3600)

    @cached_property
    def zone(self) -> timezone:
        """The same as a time zone."""
        return timezone(timedelta(seconds=self.utc_offset))


class Point(_Frozen):
    """One warning point: data about it, the evaluator behind it and the parameters it is called with.

    ``only`` names the payload values that the records of a feed must have to concern it (``{utility: water}``).
    """

    id: str = Field(pattern=r"^(WP-\d{2}|WX-\d{2})$")
    name: str
    name_zh: str
    family: Family
    feeds: tuple[str, ...]
    evaluator: str
    half_life_days: Annotated[int, Field(gt=0)]
    parameters: Mapping[str, float | int | str] = {}
    hard: bool = False
    statutory: bool = False
    hold_days: _Days = 0
    only: Mapping[str, str] = {}
    source: str
    why: str

    @model_validator(mode="after")
    def _bind(self) -> "Point":
        known = EVALUATORS.get(self.evaluator)
        if known is None:
            raise ValueError(
                f"evaluator {self.evaluator!r} does not exist; known are {', '.join(sorted(EVALUATORS))}"
            )
        try:
            _ = self.limit
        except msgspec.ValidationError as error:
            raise ValueError(f"parameters of {self.evaluator}: {error}") from error
        return self

    @cached_property
    def behind(self) -> Evaluator:
        """The evaluator."""
        return EVALUATORS[self.evaluator]

    @cached_property
    def limit(self) -> msgspec.Struct:
        """Its bound parameters."""
        return msgspec.convert(dict(self.parameters), self.behind.parameters)


class Catalogue(_Frozen):
    """A version of the catalogue, effective from a date."""

    version: str
    effective_from: date
    owner: str
    profiles: Mapping[str, Profile]
    score: Score
    dynamics: Dynamics
    materiality: Materiality
    points: tuple[Point, ...]

    @model_validator(mode="after")
    def _unique(self) -> "Catalogue":
        ids = [point.id for point in self.points]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"points given twice: {', '.join(twice)}")
        if "CN" not in self.profiles:
            raise ValueError("profiles must hold CN, the default")
        return self

    @cached_property
    def memo(self) -> dict[str, Any]:
        """Room for what others derive from this catalogue alone and do not want to derive again."""
        return {}

    @cached_property
    def by_id(self) -> Mapping[str, Point]:
        """Points by id."""
        return {point.id: point for point in self.points}

    @cached_property
    def by_feed(self) -> Mapping[str, tuple[Point, ...]]:
        """Points that a record of a feed can change."""
        feeds = {feed for point in self.points for feed in point.feeds}
        return {feed: tuple(point for point in self.points if feed in point.feeds) for feed in feeds}

    def profile(self, jurisdiction: str) -> Profile:
        """The most specific profile whose name is a prefix of the jurisdiction (``CN-330604``, then ``CN``)."""
        name = jurisdiction
        while name not in self.profiles:
            if not name:
                return self.profiles["CN"]
            name = name.rpartition("-")[0]
        return self.profiles[name]
