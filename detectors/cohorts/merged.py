"""All partitions together: the summary of a cohort from the partials of those who hold its members."""

import math
from collections.abc import Iterable

import msgspec
import numpy as np

from detectors.cohorts.cohort import Partial, sketched
from detectors.cohorts.period import earlier, month_number
from detectors.cohorts.rules import DEFAULT, CohortRules
from detectors.cohorts.sketch import merged_grid
from detectors.cohorts.statistics import Summary, Values, summarise


class Cohorts:
    """The latest partial of every (cohort, indicator, period, partition), merged on demand.

    The result is a function of the partials alone: not of the order in which they came, nor, while a cohort is small
    enough to be exact, of how its members are spread over the partitions.
    """

    def __init__(self, rules: CohortRules = DEFAULT, partials: Iterable[Partial] = ()) -> None:
        """``partials`` restores from what :meth:`partials` gave."""
        self.rules = rules
        self._parts: dict[tuple[str, str], dict[str, dict[int, Partial]]] = {}
        self._summaries: dict[tuple[str, str, str], Summary | None] = {}
        for partial in partials:
            self.put(partial)

    def put(self, partial: Partial) -> bool:
        """Take a partial in; False if one as new is known."""
        periods = self._parts.setdefault((partial.cohort, partial.indicator), {})
        known = periods.setdefault(partial.period, {})
        held = known.get(partial.partition)
        if held is not None and held.revision >= partial.revision:
            return False
        known[partial.partition] = partial
        for period in periods:  # a month counts in the sketch of those after it
            self._summaries.pop((partial.cohort, partial.indicator, period), None)
        return True

    def forget(self, before: str) -> None:
        """Drop all months before this one."""
        for periods in self._parts.values():
            for period in [period for period in periods if month_number(period) < month_number(before)]:
                del periods[period]
        self._summaries.clear()

    def partials(self) -> list[Partial]:
        """Everything held, sorted: the state to keep."""
        return [
            known[partition]
            for _, periods in sorted(self._parts.items())
            for _, known in sorted(periods.items())
            for partition in sorted(known)
        ]

    def cells(self) -> list[tuple[str, str, str]]:
        """(cohort, indicator, period) of everything that has members, sorted."""
        return sorted(
            (cohort, indicator, period)
            for (cohort, indicator), periods in self._parts.items()
            for period, known in periods.items()
            if any(partial.n for partial in known.values())
        )

    def count(self, cohort: str, indicator: str, period: str) -> int:
        """Members that contribute the indicator in that month."""
        return sum(partial.n for partial in self._month(cohort, indicator, period))

    def values(self, cohort: str, indicator: str, period: str) -> Values | None:
        """All values, sorted; None if the cohort is too large to hold them exactly, or empty."""
        month = self._month(cohort, indicator, period)
        n = sum(partial.n for partial in month)
        if not n or n >= self.rules.exact_below:
            return None
        return np.sort(np.array([value for partial in month for value in partial.values], dtype=np.float64))

    def summary(self, cohort: str, indicator: str, period: str) -> Summary | None:
        """Statistics of the month; from ``exact_below`` members on, those of the months up to it, from sketches.

        In that case ``n`` still counts the members of the month itself; mean and largest share stay exact, over all
        the months. None if the cohort has no members.
        """
        at = (cohort, indicator, period)
        if at not in self._summaries:
            self._summaries[at] = self._summarised(cohort, indicator, period)
        return self._summaries[at]

    def _month(self, cohort: str, indicator: str, period: str) -> list[Partial]:
        known = self._parts.get((cohort, indicator), {}).get(period, {})
        return [known[partition] for partition in sorted(known) if known[partition].n]

    def _summarised(self, cohort: str, indicator: str, period: str) -> Summary | None:
        values = self.values(cohort, indicator, period)
        if values is not None:
            return summarise(values, self.rules)
        n = self.count(cohort, indicator, period)
        if not n:
            return None
        months = [self._month(cohort, indicator, earlier(period, back)) for back in range(self.rules.months)]
        return self._from_sketches(n, [month for month in months if month])

    def _from_sketches(self, n: int, months: list[list[Partial]]) -> Summary:
        parts = [sketched(partial, self.rules) for month in months for partial in month]
        grid = merged_grid([part.sketch for part in parts], self.rules.compression, self.rules.grid)
        size = math.fsum([piece for part in parts for piece in part.size])
        return msgspec.structs.replace(
            summarise(grid, self.rules),
            n=n,
            mean=math.fsum([piece for part in parts for piece in part.total]) / sum(part.n for part in parts),
            largest_share=max(part.largest for part in parts) / size if size else 0.0,
            months=len(months),
            exact=False,
        )
