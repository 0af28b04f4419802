"""The macro risk index of one group, closed once a day against its own past year. Pure.

MRI = 100 · Σ w · Φ(z), so 50 is the group's own normal. A region that is always bad has an index near 50 too; that is
what the level index MRL beside it is for.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from statistics import NormalDist
from typing import Literal, cast

import msgspec

from detectors.errors import FenghuoError
from detectors.macro.bands import confirmed, target
from detectors.macro.components import Measures, comparable, level_index, measures
from detectors.macro.counters import Totals
from detectors.macro.rules import COMPONENTS, SCALE, SCALE_WORDS, MacroRules

LEVEL_NAMES = ("none", "blue", "yellow", "red")
Basis = Literal["own", "parent", "none"]
_PHI = NormalDist().cdf


class History(msgspec.Struct, frozen=True, gc=False):
    """What is kept of a group: ``days`` of measures (a ring as long as the history), its colour and since when, and the
    colours the last days asked for. ``closed`` is the last day closed."""

    group: str
    days: tuple[tuple[int, Measures], ...] = ()
    level: int = 0
    since: int | None = None
    targets: tuple[int, ...] = ()
    closed: int | None = None


class Component(msgspec.Struct, frozen=True, gc=False):
    """One measure: its ``value`` today, ``mean`` and ``sd`` over the history of the ``basis``, ``z`` within the winsor
    limit, ``share`` = Φ(z) and its ``weight`` in this reading (0 if it cannot be measured)."""

    name: str
    value: float | None
    basis: Basis
    mean: float | None
    sd: float | None
    z: float | None
    share: float | None
    weight: float


class Reading(msgspec.Struct, frozen=True, gc=False):
    """The index of a group on a day. ``index`` (MRI) and ``level_index`` (MRL) lie in 0 to 100; ``index`` is None when
    too little of it can be measured (``coverage``). ``level`` 0 to 3 is of the scale ``scale_id``, which
    ``scale_words`` explains; ``since`` is the day it was reached. Of a ``suppressed`` reading nothing is told."""

    group: str
    day: int
    n: int
    index: float | None = None
    level_index: float | None = None
    level: int | None = None
    level_name: str | None = None
    since: int | None = None
    coverage: float | None = None
    components: tuple[Component, ...] = ()
    suppressed: bool = False
    scale_id: str = SCALE
    scale_words: str = SCALE_WORDS


_encoder = msgspec.json.Encoder(order="sorted")


def encode(reading: Reading) -> bytes:
    """Canonical JSON: equal readings are equal bytes."""
    return _encoder.encode(reading)


def close_day(
    history: History, totals: Totals, day: int, rules: MacroRules, parent: History | None = None
) -> tuple[History, Reading]:
    """Close ``day`` of a group: the history with it, and the reading. ``parent`` lends its history while the group's
    own is too short.

    Raises:
        FenghuoError: the day, or a later one, is closed already.
    """
    if history.closed is not None and day <= history.closed:
        raise FenghuoError(
            f"macro index of {history.group}", f"day {day} comes after day {history.closed}, which is closed"
        )
    today = measures(totals, day, rules)
    parts = _components(today, day, history, parent, rules)
    coverage = math.fsum(part.weight for part in parts)
    index = _index(parts, coverage) if coverage >= rules.coverage else None
    after = _after(history, today, day, index, rules)
    reading = Reading(
        group=history.group,
        day=day,
        n=totals.n,
        index=index,
        level_index=level_index(totals, rules),
        level=after.level,
        level_name=LEVEL_NAMES[after.level],
        since=after.since,
        coverage=round(coverage, 4),
        components=parts,
    )
    return after, reading


def under(history: History, before: MacroRules, after: MacroRules) -> History:
    """The history of a group whose days are closed by other rules from now on.

    What is measured otherwise begins its past anew, and so does the row of days that confirms a colour: its days in a
    row are days by one set of rules.
    """
    days = tuple((day, comparable(row, before, after)) for day, row in history.days)
    return msgspec.structs.replace(history, days=days, targets=())


def _index(parts: Sequence[Component], coverage: float) -> float:
    # four decimals: more would promise what the last bit of an error function of some platform cannot keep
    weighed = [part.weight * part.share for part in parts if part.share is not None]
    return round(100 * math.fsum(weighed) / coverage, 4)


def _components(
    today: Measures, day: int, history: History, parent: History | None, rules: MacroRules
) -> tuple[Component, ...]:
    own, lent = _columns(day, history, rules), None
    parts = []
    for place, name in enumerate(COMPONENTS):
        value, past = today[place], _measured(own[place])
        basis: Basis = "own"
        if value is not None and parent is not None and len(past) < rules.enough_days:
            lent = lent or _columns(day, parent, rules)
            basis, past = "parent", _measured(lent[place])
        if value is None or len(past) < rules.enough_days:
            parts.append(Component(name, value, "none", None, None, None, None, 0.0))
            continue
        mean, sd = mean_sd(past)
        z = winsorised(value, mean, sd, rules.winsor)
        share = round(_PHI(z), 12)
        parts.append(Component(name, value, basis, mean, sd, z, share, rules.weights[place]))
    return tuple(parts)


Column = tuple[float | None, ...]


def _columns(day: int, history: History, rules: MacroRules) -> Sequence[Column]:
    """What was measured on the days of the past year, by measure."""
    days = history.days  # in order of the calendar
    first, last = bisect_left(days, (day - rules.history_days,)), bisect_left(days, (day,))
    return list(zip(*[row for _, row in days[first:last]], strict=True)) or [()] * len(COMPONENTS)


def _measured(column: Column) -> Sequence[float]:
    if None not in column:
        return cast("Sequence[float]", column)
    return [value for value in column if value is not None]


def mean_sd(past: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation; of equal values exactly (that value, 0)."""
    if min(past) == max(past):
        return past[0], 0.0
    mean = math.fsum(past) / len(past)
    off = [value - mean for value in past]
    return mean, math.sqrt(math.fsum([one * one for one in off]) / (len(past) - 1))


def winsorised(value: float, mean: float, sd: float, limit: float) -> float:
    """z within ±``limit``; where the past never varied any difference is at the limit.

    >>> winsorised(3.0, 1.0, 1.0, 3.0), winsorised(9.0, 1.0, 1.0, 3.0), winsorised(1.1, 1.0, 0.0, 3.0)
    (2.0, 3.0, 3.0)
    """
    if sd == 0:
        return math.copysign(limit, value - mean) if value != mean else 0.0
    return max(-limit, min(limit, (value - mean) / sd))


def _after(history: History, today: Measures, day: int, index: float | None, rules: MacroRules) -> History:
    """A day without an index, or a day left out, breaks the row of days that confirms a colour."""
    unbroken = history.closed == day - 1
    targets: tuple[int, ...] = ()
    if index is not None:
        earlier = history.targets if unbroken else ()
        targets = (*earlier, target(index, history.level, rules))[-rules.confirm_days :]
    level = confirmed(history.level, targets, rules)
    changed = level != history.level
    # one day more than the history is kept, so that a parent closed first lends as much as one closed later
    first = day - rules.history_days
    return History(
        group=history.group,
        days=(*(row for row in history.days if row[0] >= first), (day, today)),
        level=level,
        since=day if changed else history.since,
        targets=() if changed else targets,
        closed=day,
    )
