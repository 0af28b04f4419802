"""The books of one partition: who contributes what to which cohort.

Each contribution is remembered with its version, so a duplicate changes nothing, an older one is ignored, and taking a
value back, correcting it or moving the firm to other cohorts removes exactly what it had added. A sketch could not
forget; so the members' values stay here, eight bytes per membership, and a sketch is only made for the way out
(:meth:`CohortStore.partials`) when a cohort has grown too large to be sent whole.
"""

import math
from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable

import msgspec
import numpy as np

from detectors.cohorts.period import month_number
from detectors.cohorts.rules import DEFAULT, CohortRules
from detectors.cohorts.sketch import sketch
from detectors.cohorts.statistics import exact_sum
from detectors.errors import FenghuoError

LARGEST = 1e18
"""No indicator is larger; sums of squares and of millions of members stay finite."""

CellKey = tuple[str, str, str]
"""Cohort, indicator, period."""


class Contribution(msgspec.Struct, frozen=True, gc=False):
    """What one firm adds: ``value`` of an indicator in a month (``YYYY-MM``), to its ``cohorts`` (ids).

    None as value takes back what was said. The highest ``version`` of an (entity, indicator, period) holds; of two
    contributions with one version a taking back holds, else the larger.

    Raises:
        FenghuoError: a period or value of wrong form.
    """

    entity: str
    indicator: str
    period: str
    version: int
    cohorts: tuple[str, ...] = ()
    value: float | None = None

    def __post_init__(self) -> None:
        month_number(self.period)
        if self.value is not None and not (math.isfinite(self.value) and abs(self.value) <= LARGEST):
            raise FenghuoError(
                f"contribution of {self.entity}",
                f"{self.indicator} must be a number of at most {LARGEST:g}, got {self.value}",
            )


class Partial(msgspec.Struct, frozen=True, gc=False):
    """One cohort, indicator and month as one partition knows it; the highest ``revision`` holds.

    ``values`` are given, sorted, while there are few; else ``sketch`` with ``total`` and ``size`` (exact sums of the
    values and of their absolute values, see :func:`~detectors.cohorts.statistics.exact_sum`) and the ``largest``
    absolute value. ``n`` 0 says that nothing is left.
    """

    cohort: str
    indicator: str
    period: str
    partition: int
    revision: int
    n: int
    values: tuple[float, ...] = ()
    sketch: bytes = b""
    total: tuple[float, ...] = ()
    size: tuple[float, ...] = ()
    largest: float = 0.0


class CohortStore:
    """Contributions of the entities of one partition.

    >>> store = CohortStore()
    >>> store.apply(Contribution("ent:a", "power_yoy", "2026-01", 1, ("c",), 0.5))
    True
    >>> store.apply(Contribution("ent:a", "power_yoy", "2026-01", 1, ("c",), 0.5))
    False
    >>> [partial.values for partial in store.partials(partition=0, revision=1)]
    [(0.5,)]
    """

    def __init__(self, rules: CohortRules = DEFAULT, held: Iterable[Contribution] = ()) -> None:
        """``held`` restores the books from what :meth:`held` gave."""
        self._rules = rules
        self._held: dict[tuple[str, str, str], Contribution] = {}
        self._cells: dict[CellKey, array[float]] = {}
        self._changed: set[CellKey] = set()
        self._cohorts: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._from = -1
        for contribution in held:
            self.apply(contribution)

    def apply(self, new: Contribution) -> bool:
        """Take a contribution in; False if what is known already, or newer, stands against it."""
        if month_number(new.period) < self._from:
            return False
        at = (new.entity, new.indicator, new.period)
        old = self._held.get(at)
        if old is not None and _rank(old) >= _rank(new):
            return False
        if old is not None:
            self._take_out(old)
        value = None if new.value is None else new.value + 0.0  # there is one zero, not two
        cohorts = () if value is None else tuple(sorted(set(new.cohorts)))
        new = msgspec.structs.replace(new, cohorts=self._cohorts.setdefault(cohorts, cohorts), value=value)
        self._held[at] = new
        self._put_in(new)
        return True

    def forget(self, before: str) -> None:
        """Drop all months before this one; what comes for them later is ignored."""
        self._from = max(self._from, month_number(before))
        for at in [at for at in self._held if month_number(at[2]) < self._from]:
            del self._held[at]
        for cell in [cell for cell in self._cells if month_number(cell[2]) < self._from]:
            del self._cells[cell]
            self._changed.add(cell)

    def held(self) -> list[Contribution]:
        """Everything remembered, retractions included, sorted: the state to keep."""
        return [self._held[at] for at in sorted(self._held)]

    def value(self, entity: str, indicator: str, period: str) -> float | None:
        """What the entity contributes; None if nothing."""
        held = self._held.get((entity, indicator, period))
        return held.value if held is not None else None

    def partials(self, partition: int, revision: int) -> list[Partial]:
        """What has changed since the last call, sorted. ``revision`` must grow from call to call."""
        changed, self._changed = sorted(self._changed), set()
        return [self._partial(cell, partition, revision) for cell in changed]

    def _put_in(self, contribution: Contribution) -> None:
        if contribution.value is None:
            return
        for cohort in contribution.cohorts:
            cell = (cohort, contribution.indicator, contribution.period)
            insort(self._cells.setdefault(cell, array("d")), contribution.value)
            self._changed.add(cell)

    def _take_out(self, contribution: Contribution) -> None:
        if contribution.value is None:
            return
        for cohort in contribution.cohorts:
            cell = (cohort, contribution.indicator, contribution.period)
            values = self._cells[cell]
            values.pop(bisect_left(values, contribution.value))
            if not values:
                del self._cells[cell]
            self._changed.add(cell)

    def _partial(self, cell: CellKey, partition: int, revision: int) -> Partial:
        values = self._cells.get(cell, array("d"))
        n = len(values)
        if n < self._rules.exact_below:
            return Partial(*cell, partition, revision, n, values=tuple(values))
        return sketched(Partial(*cell, partition, revision, n, values=tuple(values)), self._rules)


def sketched(partial: Partial, rules: CohortRules) -> Partial:
    """The same partial as a sketch; unchanged if it is one already or empty."""
    if not partial.values:
        return partial
    values = np.array(partial.values, dtype=np.float64)
    sizes = np.abs(values)
    return msgspec.structs.replace(
        partial,
        values=(),
        sketch=sketch(values, rules.compression),
        total=exact_sum(values.tolist()),
        size=exact_sum(sizes.tolist()),
        largest=float(sizes.max()),
    )


def _rank(contribution: Contribution) -> tuple[int, bool, float, tuple[str, ...]]:
    """Which of two contributions holds, however they arrive."""
    gone = contribution.value is None
    cohorts = () if gone else tuple(sorted(set(contribution.cohorts)))
    return (contribution.version, gone, contribution.value or 0.0, cohorts)
