"""The five measures of a group on a day, and its level index."""

from detectors.macro.counters import BILLION, Totals
from detectors.macro.rules import MacroRules

Measures = tuple[float | None, float | None, float | None, float | None, float | None]
"""In the order of :data:`~detectors.macro.rules.COMPONENTS`; None where there is nothing to divide by."""


def measures(totals: Totals, day: int, rules: MacroRules) -> Measures:
    """Prevalence, flow, arrears, judicial and contagion, looking back ``event_days`` up to and with ``day``.

    >>> totals = Totals((6, 2, 1, 1), base=1000, arrears=5, billed=100, contagion=BILLION // 2, days=((9, 3, 1, 50),))
    >>> measures(totals, 10, MacroRules())
    (0.3, 0.2, 0.05, 0.05, 0.05)
    """
    window = [row for row in totals.days if day - rules.event_days < row[0] <= day]
    up, down = sum(row[1] for row in window), sum(row[2] for row in window)
    claims = sum(row[3] for row in window)
    by_exposure = rules.weighting == "exposure"
    weights = totals.exposures if by_exposure else totals.tiers
    contagion = (
        _share(totals.loss, sum(totals.exposures))
        if by_exposure
        else _share(totals.contagion, totals.n * BILLION)
    )
    return (
        _share(weights[2] + 2 * weights[3], sum(weights)),
        _share(up - down, totals.n),
        _share(totals.arrears, totals.billed),
        _share(claims, totals.base),
        contagion,
    )


def comparable(past: Measures, before: MacroRules, after: MacroRules) -> Measures:
    """What of a measured day may be compared with days measured by other rules: nothing of another window or weighting.

    >>> comparable((0.3, 0.2, 0.05, 0.05, 0.05), MacroRules(), MacroRules(event_days=60))
    (0.3, None, 0.05, None, 0.05)
    """
    prevalence, flow, arrears, judicial, contagion = past
    if before.weighting != after.weighting:
        prevalence, contagion = None, None
    if before.event_days != after.event_days:
        flow, judicial = None, None
    return prevalence, flow, arrears, judicial, contagion


def level_index(totals: Totals, rules: MacroRules) -> float | None:
    """MRL, 0 to 100: how bad it is, whatever the group is used to.

    >>> level_index(Totals((5, 0, 4, 1)), MacroRules())
    30.0
    """
    if totals.n <= 0:
        return None
    return 100 * (rules.level_yellow * totals.tiers[2] + rules.level_red * totals.tiers[3]) / totals.n


def _share(part: int, whole: int) -> float | None:
    # whole numbers divide into the nearest float, whatever their size
    return part / whole if whole > 0 else None
