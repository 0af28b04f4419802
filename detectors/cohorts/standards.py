"""The five standard values (优秀, 良好, 平均, 较低, 较差) of an indicator for one firm: its cohort's quantiles.

The efficacy-coefficient method (功效系数法) measures a firm against five standard values. Taken from the cohort and
refreshed every month, they make the score a comparison with the industry.
"""

from collections.abc import Collection

from detectors.cohorts.key import Attributes
from detectors.cohorts.norm import Found, NormTable
from detectors.cohorts.statistics import between

Five = tuple[float, float, float, float, float]


class Standards:
    """What one firm is measured against in a month. The cohorts used are told by :meth:`used`."""

    def __init__(
        self,
        table: NormTable,
        firm: Attributes,
        period: str,
        lower_is_better: Collection[str] = (),
        tag: str = "",
    ) -> None:
        """``lower_is_better`` names measures whose best values are small; ``tag`` asks for a comparison within it."""
        self._table = table
        self._firm = firm
        self._period = period
        self._lower = frozenset(lower_is_better)
        self._tag = tag

    def standard(self, measure: str) -> Five | None:
        """Five values, best first: P90, P70, P50, P30, P10, or the reverse where lower is better.

        None if no cohort is large enough.
        """
        found = self.used(measure)
        if found is None:
            return None
        norm = found.norm
        if norm.p10 is None or norm.p30 is None or norm.p50 is None or norm.p70 is None or norm.p90 is None:
            return None
        if measure in self._lower:
            return (norm.p10, norm.p30, norm.p50, norm.p70, norm.p90)
        return (norm.p90, norm.p70, norm.p50, norm.p30, norm.p10)

    def median(self, measure: str, period: str) -> float | None:
        """Median of exactly that month (``YYYY-MM``); None if no cohort is large enough in it."""
        found = self._table.find(self._firm, measure, period, self._tag)
        return found.norm.median if found is not None else None

    def percentile(self, measure: str, value: float) -> float | None:
        """Percent of the cohort below ``value``, read between the published quantiles: exact to one step of them."""
        found = self.used(measure)
        points = found.norm.points() if found is not None else []
        return between(points, value) if points else None

    def used(self, measure: str) -> Found | None:
        """The norm behind :meth:`standard` and :meth:`percentile`: of the month asked for, or a recent one."""
        return self._table.find(self._firm, measure, self._period, self._tag, self._table.rules.look_back)
