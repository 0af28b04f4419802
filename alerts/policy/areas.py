"""Warnings of the macro risk index: from its reading of a day to what is told of a region, industry or cluster. Pure.

The index has levels and a dead band of its own (:mod:`detectors.macro.bands`): a level is entered after several days in
a row and left later than entered. Here a change of that level becomes an alert of the area ``area:<group>``, with an
episode from the day it left "none" until it is back there. The scale says that this is not the three colours of firms.

A group of few firms says too much about each of them: it is told to regulators alone, and a smaller one to nobody.
"""

import msgspec

from alerts.policy.alert import Kind
from detectors.fact import iso_day
from detectors.macro.index import LEVEL_NAMES, Component, Reading
from detectors.macro.rules import MacroRules
from detectors.macro.words import INDEX

PREFIX = "area:"
"""Begins the entity id of an area, before the id of its group."""
POINT = INDEX
"""Point name of an alert about an area."""

_CARRIERS = 2
_NOUNS = {
    "region": "region",
    "industry": "industry",
    "cluster": "cluster",
    "size": "size class",
    "circle": "circle",
}
_NOUNS_ZH = {"region": "地区", "industry": "行业", "cluster": "产业集群", "size": "规模", "circle": "担保圈"}


class Warned(msgspec.Struct, frozen=True, gc=False):
    """What was last told of an area. ``episode`` is the day on which it left "none", ``peak`` the highest level told in
    the episode, ``wide`` whether others than regulators heard of it, ``revision`` counts what was ever told."""

    level: int = 0
    episode: str = ""
    revision: int = 0
    peak: int = 0
    wide: bool = False


class AreaNews(msgspec.Struct, frozen=True, gc=False):
    """One change to tell; ``shown`` whether its numbers may be told to those who hear of it."""

    kind: Kind
    level: int
    previous: int
    peak: int
    episode: str
    revision: int
    wide: bool
    shown: bool
    why: str


def advance(warned: Warned, reading: Reading, rules: MacroRules) -> tuple[Warned, AreaNews | None]:
    """What was told after this reading (not one of :func:`~detectors.macro.board.disclosed`), and what to tell now.

    News that lowers reaches everybody who heard the higher level, without the numbers if the group has become too small
    for them; a group that became too small for anybody is told to be over.
    """
    known = reading.n >= rules.regulator_from
    level = (reading.level or 0) if known else 0
    if level == warned.level:
        return warned, None
    kind: Kind = (
        "alert.opened"
        if not warned.level
        else "alert.upgraded"
        if level > warned.level
        else "alert.downgraded"
        if level
        else "alert.cleared"
    )
    many = reading.n >= rules.disclosed_from
    lowers = level < warned.level
    wide = warned.wide if lowers else many
    episode = warned.episode or iso_day(reading.day)
    peak, revision = max(warned.peak, level), warned.revision + 1
    shown = known and (many or not wide)
    why = reason(reading, level, warned.level, rules, shown=shown)
    told = AreaNews(kind, level, warned.level, peak, episode, revision, wide, shown, why)
    if not level:
        return Warned(revision=revision), told
    return Warned(level, episode, revision, peak, warned.wide or wide), told


def reason(reading: Reading, level: int, previous: int, rules: MacroRules, *, shown: bool) -> str:
    """One plain sentence: how the index stands, against which limit, for how long, and what carries it."""
    who, days = area_name(reading.group), rules.confirm_days
    if not shown:
        return f"the macro risk index of {who} is no longer told: too few firms are left in it"
    stands = f"the macro risk index of {who} is {reading.index or 0.0:.1f} (50 is its own normal)"
    if reading.since != reading.day:  # not the index has changed, but to whom it may be told
        return f"{stands} and stays {LEVEL_NAMES[level]}"
    if level < previous:
        limit = rules.entry[level] - rules.deadband
        return f"{stands} and was below {limit:g} for {days} days in a row"
    said = f"{stands} and was at {rules.entry[level - 1]:g} or above for {days} days in a row"
    parts = sorted(
        (part for part in reading.components if part.z is not None and part.z > 0),
        key=lambda part: (-part.weight * (part.share or 0.0), part.name),
    )
    carried = " and ".join(_carrier(part) for part in parts[:_CARRIERS])
    return f"{said}, carried by {carried}" if carried else said


def _carrier(part: Component) -> str:
    basis = "its past year" if part.basis == "own" else "the wider group's past year"
    return f"{part.name} {part.value or 0.0:.2g} against {part.mean or 0.0:.2g} in {basis}"


def area_name(group: str, lang: str = "en") -> str:
    """The area in words.

    >>> area_name("region:CN-330604"), area_name("industry:gbt4754:C17"), area_name("cluster:伞业", "zh")
    ('region CN-330604', 'industry C17 (gbt4754)', '产业集群 伞业')
    """
    kind, _, name = group.partition(":")
    noun = (_NOUNS_ZH if lang == "zh" else _NOUNS).get(kind, kind)
    scheme, _, code = name.partition(":")
    return f"{noun} {code} ({scheme})" if kind == "industry" and code else f"{noun} {name}"


def jurisdiction_of_area(group: str) -> str:
    """The jurisdiction of a region; empty for groups that lie in no one place.

    >>> jurisdiction_of_area("region:CN-330604"), jurisdiction_of_area("size:small")
    ('CN-330604', '')
    """
    kind, _, name = group.partition(":")
    return name if kind == "region" else ""
