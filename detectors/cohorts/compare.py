"""One firm beside its cohort, with exact ranks: what a report shows."""

import msgspec

from detectors.cohorts.disclosure import Role, Suppression, suppression, trimmed_is_mean
from detectors.cohorts.key import Attributes, back_off
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.statistics import (
    FINE,
    Summary,
    between,
    percentile,
    robust_z,
    shrunk,
    summarise,
    without,
)


class Comparison(msgspec.Struct, frozen=True, gc=False):
    """``value`` of an indicator beside its cohort, the narrowest with enough members; ``as_of`` is the month.

    ``n`` firms are compared with; if ``left_out`` the firm itself is not among them. ``shrunk_mean`` is the mean drawn
    towards that of the next wider cohort, None if there is none. ``step`` counts the steps backed off. What
    ``suppressed`` names is None.
    """

    indicator: str
    as_of: str
    value: float
    cohort: str
    step: int
    n: int
    left_out: bool
    cohort_mean: float | None
    shrunk_mean: float | None
    trimmed_mean: float | None
    median: float
    mad: float
    percentile: float
    z_rob: float | None
    suppressed: Suppression = ""


def compare(
    cohorts: Cohorts,
    firm: Attributes,
    indicator: str,
    period: str,
    value: float,
    role: Role = "public",
    tag: str = "",
) -> Comparison | None:
    """The firm, a member that contributed ``value``, beside its cohort; None if no cohort is large enough."""
    keys = [key.id for key in back_off(firm, tag)]
    enough = cohorts.rules.enough
    step = next((i for i, key in enumerate(keys) if cohorts.count(key, indicator, period) >= enough), None)
    beside = _beside(cohorts, keys[step], indicator, period, value) if step is not None else None
    if step is None or beside is None or suppression(beside.summary, role, cohorts.rules) == "all":
        return None
    summary = beside.summary
    hidden = suppression(summary, role, cohorts.rules)
    secret_trim = hidden and trimmed_is_mean(summary.n, cohorts.rules)
    return Comparison(
        indicator=indicator,
        as_of=period,
        value=value,
        cohort=keys[step],
        step=step,
        n=summary.n,
        left_out=beside.left_out,
        cohort_mean=None if hidden else summary.mean,
        shrunk_mean=None if hidden else _shrunk(cohorts, keys[step:], indicator, period, value, role),
        trimmed_mean=None if secret_trim else summary.trimmed_mean,
        median=summary.median,
        mad=summary.mad,
        percentile=beside.percentile,
        z_rob=robust_z(value, summary.median, summary.mad, summary.iqr),
        suppressed=hidden,
    )


class _Beside(msgspec.Struct, frozen=True):
    """What a member is compared with, its percentile there, and whether it was itself left out."""

    summary: Summary
    percentile: float
    left_out: bool


def _beside(cohorts: Cohorts, cohort: str, indicator: str, period: str, value: float) -> _Beside | None:
    values, rules = cohorts.values(cohort, indicator, period), cohorts.rules
    if values is not None:
        others = without(values, value) if 1 < len(values) < rules.leave_one_out_below else values
        return _Beside(summarise(others, rules), percentile(others, value), len(others) < len(values))
    summary = cohorts.summary(cohort, indicator, period)
    if summary is None:
        return None
    points = [(float(percent), point) for percent, point in zip(FINE, summary.fine, strict=True)]
    return _Beside(summary, between(points, value), left_out=False)


def _shrunk(
    cohorts: Cohorts, keys: list[str], indicator: str, period: str, value: float, role: Role
) -> float | None:
    """The mean of the first cohort drawn towards that of the first wider one that really has more members."""
    own = _beside(cohorts, keys[0], indicator, period, value)
    members = cohorts.count(keys[0], indicator, period)
    for cohort in keys[1:]:
        parent = _beside(cohorts, cohort, indicator, period, value)
        if own is None or parent is None or cohorts.count(cohort, indicator, period) <= members:
            continue
        if suppression(parent.summary, role, cohorts.rules):
            return None  # the shrunk mean would give the parent's away
        return shrunk(own.summary.n, own.summary.mean, parent.summary.mean, cohorts.rules.shrinkage)
    return None
