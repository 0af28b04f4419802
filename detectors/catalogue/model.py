"""The catalogue as values: points with parameters, score, tiers and materiality, all of it versioned data.

Every number that decides a colour is here, so that an alert can be explained again with the version that raised it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta, timezone
from functools import cached_property
from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import Field, model_validator

from detectors.catalogue.entry import Days, Frozen, Handling, Inhibition, Pattern, Point
from detectors.contagion.parameters import Contagion, coloured, read
from detectors.forces.rules import Rules
from detectors.macro.rules import MacroRules
from detectors.macro.rules import read as macro_rules
from detectors.objections import DisputeEffect

_Share = Annotated[float, Field(ge=0, le=1)]
_Colour = Annotated[str, Field(pattern="^(blue|yellow|red)$")]
_Points = Annotated[float, Field(ge=0, le=100)]


class PerLevel(Frozen):
    """One number for each of blue, yellow and red."""

    blue: float
    yellow: float
    red: float

    def __getitem__(self, level: int) -> float:
        """The number of level 1, 2 or 3; 0 for level 0."""
        return (0.0, self.blue, self.yellow, self.red)[level]


class Score(Frozen):
    """Points per colour and the noisy-or score."""

    points: PerLevel
    hard: _Points
    cap: _Points = 99.0
    drop_below: _Points = 0.5
    enter: PerLevel
    exit: PerLevel
    blues_for_yellow: int = 3
    blues_window_days: Days = 90


class Dynamics(Frozen):
    """How slowly a colour falls, in days. A rise is immediate."""

    dwell_days: PerLevel
    off_delay_days: PerLevel


class Materiality(Frozen):
    """Ladder of the materiality base M(e), amounts in main units."""

    subscribed_share: _Share
    size_class: Mapping[str, int]
    unknown: int


class Profile(Frozen):
    """What a jurisdiction fixes: clock, currency, exchange rates into it, points that do not apply, parameters that
    differ (by point, then name), what an objection does, and the feeds ``connected`` (None: all): the silence of
    others says nothing of a firm."""

    utc_offset_hours: float
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    fx: Mapping[str, float] = {}
    without: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, float | int | str]] = {}
    dispute_effect: DisputeEffect = "annotate"
    connected: frozenset[Annotated[str, Field(pattern=r"^F\d\d$")]] | None = None
    contagion: Mapping[str, Any] = {}
    """Numbers of contagion that colour the firms of this profile otherwise."""

    @cached_property
    def utc_offset(self) -> int:
        """Seconds east of Greenwich."""
        return round(self.utc_offset_hours * 3600)

    @cached_property
    def zone(self) -> timezone:
        """The same as a time zone."""
        return timezone(timedelta(seconds=self.utc_offset))


class Catalogue(Frozen):
    """A version of the catalogue, effective from a date."""

    version: str
    effective_from: date
    owner: str
    profiles: Mapping[str, Profile]
    score: Score
    dynamics: Dynamics
    materiality: Materiality
    actions: Mapping[str, str] = {}
    handling: Mapping[_Colour, Handling] = {}
    forces: Mapping[str, Any]
    contagion: Mapping[str, Any] = {}
    macro: Mapping[str, Any] = {}
    inhibitions: tuple[Inhibition, ...] = ()
    points: tuple[Point, ...]
    patterns: tuple[Pattern, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, data: Any) -> Any:
        """A profile that ``extends`` another takes what it does not give itself from there."""
        profiles = data.get("profiles") if isinstance(data, dict) else None
        if not isinstance(profiles, dict):
            return data
        return {**data, "profiles": {name: _inherited(name, profiles) for name in profiles}}

    @model_validator(mode="after")
    def _consistent(self) -> "Catalogue":
        ids = [entry.id for entry in (*self.points, *self.patterns)]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"points given twice: {', '.join(twice)}")
        if "CN" not in self.profiles:
            raise ValueError("profiles must hold CN, the default")
        compound = {point.id for point in self.points if point.looks_at}
        for what, named in self._named():
            unknown = sorted(set(named) - set(ids))
            if unknown:
                raise ValueError(f"{what} names {', '.join(unknown)}, which the catalogue does not have")
        for point in self.points:
            if deep := sorted(compound.intersection(point.looks_at)):
                raise ValueError(f"{point.id} looks at {', '.join(deep)}, which looks at others itself")
        self._check_numbers()
        for profile in self.profiles.values():
            self.within(profile)  # a parameter that no evaluator takes is found here
        return self

    def _named(self) -> Iterator[tuple[str, Iterable[str]]]:
        """Where entries name others, and whom."""
        for point in self.points:
            yield f"looks_at of {point.id}", point.looks_at
        for pattern in self.patterns:
            yield f"members of {pattern.id}", pattern.members
        for name, profile in self.profiles.items():
            yield f"profile {name}", (*profile.without, *profile.parameters)
        for rule in self.inhibitions:
            yield "inhibitions", (rule.by, *rule.points)

    def _check_numbers(self) -> None:
        place = "forces"
        try:
            _, place = self.scoring, "macro"
            _, place = self.macro_index, "contagion"
            limit = self.spreading
            for name, profile in self.profiles.items():
                place = f"profile {name}, contagion"
                coloured(limit, profile.contagion)
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from error

    @cached_property
    def spreading(self) -> Contagion:
        """The numbers of contagion through guarantees and relations, for all firms together."""
        return read(self.contagion)

    def spreading_in(self, jurisdiction: str) -> Contagion:
        """The same with the colours that the profile of a jurisdiction sets for its firms."""
        profile = self.profile(jurisdiction)
        if not profile.contagion:
            return self.spreading
        held: Contagion | None = self._spreading_in.get(id(profile))
        if held is None:
            held = self._spreading_in[id(profile)] = coloured(self.spreading, profile.contagion)
        return held

    @cached_property
    def _spreading_in(self) -> dict[int, Contagion]:
        return {}

    @cached_property
    def scoring(self) -> Rules:
        """The numbers of the five forces, the credit score and the probability of default."""
        return msgspec.convert(dict(self.forces), Rules)

    @cached_property
    def macro_index(self) -> MacroRules:
        """The numbers of the macro risk index, for all groups."""
        return macro_rules(self.macro)

    @cached_property
    def memo(self) -> dict[str, Any]:
        """Room for what others derive from this catalogue alone and do not want to derive again."""
        return {}

    @cached_property
    def by_id(self) -> Mapping[str, Point | Pattern]:
        """Points and patterns by id; a pattern's feeds are those of its members."""
        points: dict[str, Point | Pattern] = {point.id: point for point in self.points}
        for pattern in self.patterns:
            feeds = sorted(
                {feed for name in pattern.members if name in points for feed in points[name].feeds}
            )
            points[pattern.id] = pattern.model_copy(update={"feeds": tuple(feeds)})
        return points

    @cached_property
    def point(self) -> Mapping[str, Point]:
        """Points alone by id."""
        return {point.id: point for point in self.points}

    @cached_property
    def comparing(self) -> tuple[str, ...]:
        """Ids of the points that compare a firm with its peers."""
        return tuple(point.id for point in self.points if point.behind.compares)

    @cached_property
    def drifting(self) -> frozenset[str]:
        """Ids of the points whose wording moves with the day while their colour stays."""
        return frozenset(point.id for point in self.points if point.behind.drifts)

    @cached_property
    def telling(self) -> tuple[tuple[str, str], ...]:
        """Ids of the points that rest on something not having been said, and the feed that might have said it."""
        found = ((point, point.behind.awaits or point.feeds[0]) for point in self.points)
        return tuple((one.id, feed) for one, feed in found if one.behind.awaits or one.behind.as_told)

    @cached_property
    def lookers(self) -> tuple[Point, ...]:
        """Points that look at others, which are judged after those."""
        return tuple(point for point in self.points if point.looks_at)

    def within(self, profile: Profile) -> "Catalogue":
        """The catalogue as it applies under one of its profiles: parameters merged, points without force left out."""
        if not (profile.without or profile.parameters):
            return self
        held: Catalogue | None = self._within.get(id(profile))
        if held is None:
            held = self._within[id(profile)] = self._restricted(profile)
        return held

    @cached_property
    def _within(self) -> dict[int, "Catalogue"]:
        return {}

    def _restricted(self, profile: Profile) -> "Catalogue":
        """Validated again, so that a parameter no evaluator takes is found when the catalogue is read."""

        def merged(entry: _E) -> _E:
            own = profile.parameters.get(entry.id)
            if own is None:
                return entry
            return type(entry).model_validate(
                {**entry.model_dump(), "parameters": {**entry.parameters, **own}}
            )

        gone = set(profile.without)
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        fields["points"] = tuple(merged(point) for point in self.points if point.id not in gone)
        fields["patterns"] = tuple(merged(pattern) for pattern in self.patterns if pattern.id not in gone)
        return type(self).model_construct(**fields)  # a copy would take what was derived from the whole along

    @cached_property
    def by_feed(self) -> Mapping[str, tuple[Point, ...]]:
        """Points that a record of a feed can change."""
        feeds = {feed for point in self.points for feed in point.feeds}
        return {feed: tuple(point for point in self.points if feed in point.feeds) for feed in feeds}

    @cached_property
    def profile_names(self) -> tuple[str, ...]:
        """Names of the profiles, sorted."""
        return tuple(sorted(self.profiles))

    def profile(self, jurisdiction: str) -> Profile:
        """The most specific profile whose name is a prefix of the jurisdiction (``CN-330604``, then ``CN``)."""
        name = jurisdiction
        while name not in self.profiles:
            if not name:
                return self.profiles["CN"]
            name = name.rpartition("-")[0]
        return self.profiles[name]


_E = TypeVar("_E", Point, Pattern)


def _inherited(name: str, profiles: Mapping[str, Any], seen: tuple[str, ...] = ()) -> Any:
    """A raw profile with what it inherits; ``parameters`` and ``contagion`` are merged, all else is replaced."""
    own = profiles[name]
    if not isinstance(own, dict) or "extends" not in own:
        return own
    parent = own["extends"]
    if parent not in profiles or parent in (*seen, name):
        raise ValueError(f"profile {name} extends {parent!r}, which is not another profile")
    base = _inherited(parent, profiles, (*seen, name))
    added = {key: {**base.get(key, {}), **own.get(key, {})} for key in ("parameters", "contagion")}
    merged = {**base, **own, **added}
    del merged["extends"]
    return merged
