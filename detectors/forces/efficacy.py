"""Efficacy-coefficient scoring (功效系数法): a measured value against five standard values, as a score of 0 to 100.

Source: 企业绩效评价 of the State-owned Assets Supervision and Administration Commission (国务院国资委), which grades a
value as excellent, good, average, low or poor (优秀 良好 平均 较低 较差) and interpolates inside the band.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

COEFFICIENTS = (1.0, 0.8, 0.6, 0.4, 0.2)
"""Coefficients of the five standards, excellent first."""

PERCENTILES = (90.0, 70.0, 50.0, 30.0, 10.0)
"""The five standards of a value that is itself a percentile (0 to 100) among its peers."""

Five = tuple[float, float, float, float, float]
"""Standard values, excellent first: falling where higher is better, rising where lower is."""


def efficacy(value: float, standards: Five, higher_is_better: bool = True) -> float:
    """Score of ``value``, 0 to 100: at or beyond the excellent standard 100, beyond the poor one 0.

    Never falls as the value gets better. Equal standards make a step.

    Raises:
        ValueError: the standards are not five numbers in order, or the value is not a number.

    >>> round(efficacy(8.0, (16.1, 10.7, 5.6, -1.1, -8.7)), 2)
    69.41
    >>> [round(efficacy(ratio, (44.6, 57.3, 66.3, 82.2, 97.2), False), 2) for ratio in (60.0, 97.2, 99.0)]
    [74.0, 20.0, 0.0]
    """
    check_order(standards, higher_is_better)
    if not math.isfinite(value):
        raise ValueError(f"a value to be scored is a finite number, got {value}")
    sign = 1.0 if higher_is_better else -1.0
    x, points = sign * value, [sign * standard for standard in standards]
    if x >= points[0]:
        return 100.0
    for (better, worse), (high, low) in zip(pairwise(points), pairwise(COEFFICIENTS), strict=True):
        if x >= worse:
            return 100.0 * (low + (x - worse) / (better - worse) * (high - low))
    return 0.0


def in_hundredths(score: float) -> float:
    """A score as it is published, rounded down: what is said never reaches a bar that the score does not. Its colour or
    grade is that of the published one.

    >>> in_hundredths(89.996), in_hundredths(90 - 1e-12)
    (89.99, 90.0)
    """
    return math.floor(score * 100 + 1e-6) / 100


def check_order(standards: Sequence[float], higher_is_better: bool) -> None:
    """Refuse standards that would not grade.

    Raises:
        ValueError: not five, not numbers, or not from excellent to poor.
    """
    if len(standards) != len(COEFFICIENTS):
        raise ValueError(f"five standard values are needed, got {len(standards)}")
    for better, worse in pairwise(standards):
        if not (better >= worse if higher_is_better else better <= worse):
            order = "falling (higher is better)" if higher_is_better else "rising (lower is better)"
            raise ValueError(f"standard values run from excellent to poor, {order}, got {list(standards)}")
