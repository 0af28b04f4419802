"""Statistics of a cohort, each a small function of sorted values.

Sums are correctly rounded (``math.fsum``), so they do not depend on the order of the values bit for bit. Quantiles
interpolate linearly between order statistics (definition 7 of Hyndman and Fan, The American Statistician 50, 1996).
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.cohorts.rules import CohortRules

Values = NDArray[np.float64]
"""Sorted, at least one."""

MAD_TO_SD = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation."""

IQR_TO_SD = 1.349
"""The same for the interquartile range."""

FINE = tuple(range(5, 100, 5))
"""Percents of the finer quantiles."""


class Summary(msgspec.Struct, frozen=True):
    """Everything known about one indicator of one cohort, before anything is withheld.

    ``fine`` are the quantiles at :data:`FINE`; ``largest_share`` is that of the biggest member in the sum of absolute
    values; ``months`` over how many months the values were gathered; ``exact`` False if they come from sketches.
    """

    n: int
    mean: float
    trimmed_mean: float
    median: float
    mad: float
    iqr: float
    p10: float
    p30: float
    p50: float
    p70: float
    p90: float
    fine: tuple[float, ...]
    largest_share: float
    months: int = 1
    exact: bool = True


def summarise(values: Values, rules: CohortRules) -> Summary:
    """All statistics of sorted values."""
    median = quantile(values, 0.5)
    return Summary(
        n=len(values),
        mean=mean(values.tolist()),
        trimmed_mean=trimmed_mean(values, rules.trim),
        median=median,
        mad=mad(values, median),
        iqr=quantile(values, 0.75) - quantile(values, 0.25),
        p10=quantile(values, 0.1),
        p30=quantile(values, 0.3),
        p50=median,
        p70=quantile(values, 0.7),
        p90=quantile(values, 0.9),
        fine=tuple(quantile(values, percent / 100) for percent in FINE),
        largest_share=largest_share(values),
    )


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean; the sum is rounded once.

    >>> mean([1e16, 1.0, -1e16])
    0.3333333333333333
    """
    return math.fsum(values) / len(values)


def cut(n: int, trim: float) -> int:
    """How many values the trimmed mean drops at each end."""
    return math.floor(n * trim + 1e-9)


def trimmed_mean(values: Values, trim: float) -> float:
    """Mean without the share ``trim`` of the values at each end: the "industry average".

    >>> trimmed_mean(np.arange(1.0, 21.0) ** 2, 0.05)
    137.16666666666666
    """
    dropped = cut(len(values), trim)
    return mean(values[dropped : len(values) - dropped].tolist())


def quantile(values: Values, p: float) -> float:
    """Value at the share ``p`` of sorted values.

    >>> quantile(np.array([1.0, 2.0, 4.0, 8.0]), 0.5), quantile(np.array([1.0, 2.0, 4.0, 8.0]), 0.9)
    (3.0, 6.800000000000001)
    """
    place = (len(values) - 1) * p
    below = math.floor(place)
    low = float(values[below])
    if below + 1 >= len(values):
        return low
    return low + (float(values[below + 1]) - low) * (place - below)


def mad(values: Values, median: float) -> float:
    """Median of the absolute distances from the median.

    >>> mad(np.array([1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0]), 2.0)
    1.0
    """
    return quantile(np.sort(np.abs(values - median)), 0.5)


def percentile(values: Values, x: float) -> float:
    """Percent of the values below ``x``, those equal to it counting half (mid-rank).

    >>> percentile(np.array([1.0, 2.0, 2.0, 3.0]), 2.0), percentile(np.array([1.0, 2.0]), 9.0)
    (50.0, 100.0)
    """
    below, through = np.searchsorted(values, x, "left"), np.searchsorted(values, x, "right")
    return 50.0 * float(below + through) / len(values)


def robust_z(x: float, median: float, mad_: float, iqr: float) -> float | None:
    """Distance from the median in robust standard deviations; None where the cohort does not spread at all.

    >>> round(robust_z(6.0, 2.0, 1.0, 3.0), 4), round(robust_z(6.0, 2.0, 0.0, 3.0), 4), robust_z(6.0, 2.0, 0.0, 0.0)
    (2.698, 1.7987, None)
    """
    spread = MAD_TO_SD * mad_ or iqr / IQR_TO_SD
    return (x - median) / spread if spread else None


def shrunk(n: int, own: float, parent: float, weight: float) -> float:
    """A small cohort's mean drawn towards that of its parent, which counts for ``weight`` firms.

    >>> shrunk(20, 10.0, 4.0, 20.0)
    7.0
    """
    return (n * own + weight * parent) / (n + weight)


def without(values: Values, x: float) -> Values:
    """The values with one that equals ``x`` left out; all of them if none does."""
    at = int(np.searchsorted(values, x, "left"))
    return np.delete(values, at) if at < len(values) and values[at] == x else values


def largest_share(values: Values) -> float:
    """Share of the biggest member in the sum of absolute values; 0 if all are 0."""
    sizes = np.abs(values)
    total = math.fsum(sizes.tolist())
    return float(sizes.max()) / total if total else 0.0


def exact_sum(values: Iterable[float]) -> tuple[float, ...]:
    """A few floats whose sum is that of the values exactly; such sums are added by putting them together.

    >>> exact_sum([1e16, 1.0]), exact_sum([0.5, 0.25])
    ((1e+16, 1.0), (0.75,))
    """
    rest, parts = list(values), []
    while part := math.fsum(rest):
        parts.append(part)
        rest.append(-part)
    return tuple(parts)


def between(points: Sequence[tuple[float, float]], x: float) -> float:
    """Percent at which ``x`` stands among known (percent, quantile) points: linear between them, mid-rank at ties,
    half the way to the end outside.

    >>> known = [(10, 1.0), (30, 2.0), (50, 2.0), (70, 4.0), (90, 8.0)]
    >>> [between(known, x) for x in (0.5, 1.5, 2.0, 3.0, 9.0)]
    [5.0, 20.0, 40.0, 60.0, 95.0]
    """
    values = [value for _, value in points]
    first, last = bisect_left(values, x), bisect_right(values, x)
    if first < last:
        return (points[first][0] + points[last - 1][0]) / 2
    if first == 0:
        return points[0][0] / 2
    if first == len(points):
        return (points[-1][0] + 100) / 2
    (p, low), (q, high) = points[first - 1], points[first]
    return p + (q - p) * (x - low) / (high - low)
