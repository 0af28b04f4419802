"""Composite index (合成指数) by the method of the US Department of Commerce, as used for business-cycle indicators.

Symmetric changes of each series, made comparable by their mean size, are averaged and chained into one index.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from detectors.errors import FenghuoError


def changes(series: Sequence[float], levels: bool = True) -> list[float]:
    """Symmetric percent change from each value to the next; plain differences of a series that is not of levels.

    Raises:
        FenghuoError: a level that is not positive.

    >>> [round(change, 4) for change in changes([100, 104, 98, 98, 110])]
    [3.9216, -5.9406, 0.0, 11.5385]
    """
    pairs = list(pairwise(series))
    if not levels:
        return [float(now - before) for before, now in pairs]
    if series and min(series) <= 0:
        raise FenghuoError(
            "composite index",
            f"a symmetric change needs positive values, got {min(series)}",
            "say levels=False for a series that may be 0 or less",
        )
    return [200 * (now - before) / (now + before) for before, now in pairs]


def size(changed: Sequence[float]) -> float:
    """Mean absolute change A: what a usual change of the series is; 0 if it never changes.

    >>> round(size(changes([100, 104, 98, 98, 110])), 4)
    5.3502
    """
    return math.fsum(abs(change) for change in changed) / len(changed) if changed else 0.0


def averaged(
    changed: Sequence[Sequence[float]], weights: Sequence[float], sizes: Sequence[float] | None = None
) -> list[float]:
    """V: the weighted mean of the standardised changes, period by period.

    ``sizes`` are the A of the series, by default their own; a series that never changes counts as 0.

    Raises:
        FenghuoError: series, weights or sizes that do not fit together.
    """
    lengths = {len(one) for one in changed}
    usual = [size(one) for one in changed] if sizes is None else list(sizes)
    if len(lengths) != 1 or not len(changed) == len(weights) == len(usual):
        raise FenghuoError("composite index", "every series needs one weight and the same length")
    whole = math.fsum(weights)
    if whole <= 0 or min(weights) < 0:
        raise FenghuoError("composite index", f"weights are not negative and not all 0, got {list(weights)}")
    return [
        math.fsum(w * c / a if a else 0.0 for w, c, a in zip(weights, row, usual, strict=True)) / whole
        for row in zip(*changed, strict=True)
    ]


def chained(average: Sequence[float], start: float = 100.0) -> list[float]:
    """The index from its changes, ``start`` first: I(t) = I(t−1)·(200 + V)/(200 − V).

    Raises:
        FenghuoError: a change of 200 or more, which no symmetric change can be.

    >>> [round(value, 9) for value in chained(changes([100, 104, 98, 98, 110]))]
    [100.0, 104.0, 98.0, 98.0, 110.0]
    """
    index = [start]
    for change in average:
        if abs(change) >= 200:
            raise FenghuoError("composite index", f"a symmetric change is below 200, got {change:g}")
        index.append(index[-1] * (200 + change) / (200 - change))
    return index


def composite(
    series: Sequence[Sequence[float]], weights: Sequence[float], levels: bool = True
) -> list[float]:
    """The composite index of several series of one length, 100 first.

    Raises:
        FenghuoError: see :func:`changes` and :func:`averaged`.
    """
    return chained(averaged([changes(one, levels) for one in series], weights))
