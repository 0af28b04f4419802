"""What is published of a cohort: the norm, as canonical JSON, and the table it is looked up in."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from detectors.cohorts.disclosure import Role, Suppression, suppression, trimmed_is_mean
from detectors.cohorts.key import Attributes, back_off, scheme_of
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.period import earlier, month_number
from detectors.cohorts.rules import DEFAULT, CohortRules
from detectors.cohorts.statistics import FINE, Summary
from detectors.errors import FenghuoError


class Norm(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What is usual for one indicator in one cohort (id) and month; None where it may not be shown.

    ``suppressed`` says what is withheld; if "all", not even the count is told. ``fine`` are the quantiles at 5, 10 …
    95 %, of large cohorts only. ``months`` over how many months the values were gathered, ``exact`` whether they were
    all looked at (else the shares of the quantiles are right to about half a percent).
    """

    cohort: str
    indicator: str
    period: str
    n: int
    mean: float | None = None
    trimmed_mean: float | None = None
    median: float | None = None
    mad: float | None = None
    p10: float | None = None
    p30: float | None = None
    p50: float | None = None
    p70: float | None = None
    p90: float | None = None
    suppressed: Suppression = ""
    iqr: float | None = None
    fine: tuple[float, ...] = ()
    months: int = 1
    exact: bool = True

    def points(self) -> list[tuple[float, float]]:
        """Known (percent, quantile) pairs, ascending."""
        if self.fine:
            return [(float(percent), value) for percent, value in zip(FINE, self.fine, strict=True)]
        five = ((10.0, self.p10), (30.0, self.p30), (50.0, self.p50), (70.0, self.p70), (90.0, self.p90))
        return [(percent, value) for percent, value in five if value is not None]


_encoder = msgspec.json.Encoder(order="sorted")


def encode(norm: Norm) -> bytes:
    """Canonical JSON: equal norms are equal bytes."""
    return _encoder.encode(norm)


def decode(data: bytes) -> Norm:
    """A norm from its JSON.

    Raises:
        msgspec.ValidationError: not a norm.
    """
    return msgspec.json.decode(data, type=Norm)


def norm_of(
    cohort: str, indicator: str, period: str, summary: Summary | None, role: Role, rules: CohortRules
) -> Norm:
    """The norm this role may see of a summary (None: the cohort is empty)."""
    hidden = "all" if summary is None else suppression(summary, role, rules)
    if summary is None or hidden == "all":
        return Norm(cohort, indicator, period, 0, suppressed="all")
    secret_trim = hidden == "mean" and trimmed_is_mean(summary.n, rules)
    return Norm(
        cohort,
        indicator,
        period,
        summary.n,
        mean=summary.mean if not hidden else None,
        trimmed_mean=summary.trimmed_mean if not secret_trim else None,
        median=summary.median,
        mad=summary.mad,
        p10=summary.p10,
        p30=summary.p30,
        p50=summary.p50,
        p70=summary.p70,
        p90=summary.p90,
        suppressed=hidden,
        iqr=summary.iqr,
        fine=summary.fine if summary.n >= rules.fine_from else (),
        months=summary.months,
        exact=summary.exact,
    )


def norms(cohorts: Cohorts, role: Role = "public", period: str | None = None) -> list[Norm]:
    """The norm of every cohort, indicator and month (``period``: of that month alone) that has members, sorted."""
    return [
        norm_of(*at, cohorts.summary(*at), role, cohorts.rules)
        for at in cohorts.cells()
        if period is None or at[2] == period
    ]


class Found(msgspec.Struct, frozen=True):
    """The norm a firm is measured against, and ``step``: how many steps were backed off to find it."""

    norm: Norm
    step: int


class NormTable:
    """Norms looked up by what a firm is; the ``Norms`` of :mod:`detectors.reference`."""

    def __init__(self, norms: Iterable[Norm] = (), rules: CohortRules = DEFAULT) -> None:
        """Of two norms for one cohort, indicator and period the later given holds."""
        self.rules = rules
        self._norms: dict[tuple[str, str, str], Norm] = {}
        for norm in norms:
            self.put(norm)

    def put(self, norm: Norm) -> None:
        """Add or replace a norm."""
        self._norms[(norm.cohort, norm.indicator, norm.period)] = norm

    def copy(self) -> "NormTable":
        """The same norms in a table of their own: whoever holds this one hears of no later ones."""
        return NormTable(self._norms.values(), self.rules)

    def forget(self, before: str) -> None:
        """Drop all months before this one."""
        for at in [at for at in self._norms if month_number(at[2]) < month_number(before)]:
            del self._norms[at]

    def find(
        self, firm: Attributes, indicator: str, period: str, tag: str = "", look_back: int = 0
    ) -> Found | None:
        """The narrowest cohort with enough members in that month, else in one of ``look_back`` months before it."""
        return self._first(_ids(firm, tag), indicator, period, look_back)

    def norm(
        self, industry: str | None, size_class: str | None, region: str, indicator: str, period: str
    ) -> Norm | None:
        """The norm for a firm, its industry in the scheme of its region; None if it has no cohort large enough."""
        found = self._first(_way(industry or "", size_class or "", region), indicator, period)
        return found.norm if found is not None else None

    def _first(self, way: Sequence[str], indicator: str, period: str, look_back: int = 0) -> Found | None:
        for back in range(look_back + 1):
            month = earlier(period, back) if back else period
            for step, cohort in enumerate(way):
                norm = self._norms.get((cohort, indicator, month))
                if norm is not None and norm.n >= self.rules.enough and norm.suppressed != "all":
                    return Found(norm, step)
        return None


@lru_cache(maxsize=1 << 14)
def _ids(firm: Attributes, tag: str) -> tuple[str, ...]:
    return tuple(key.id for key in back_off(firm, tag))


@lru_cache(maxsize=1 << 16)
def _way(industry: str, size_class: str, region: str) -> tuple[str, ...]:
    """Ids to look at, narrowest first; none for a firm whose codes no standard knows."""
    try:
        firm = Attributes(industry, size_class, region, scheme=scheme_of(region))
    except FenghuoError:
        return ()
    return tuple(key.id for key in back_off(firm))
