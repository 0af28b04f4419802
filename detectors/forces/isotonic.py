"""Isotonic regression: the rising curve closest to outcomes, by pooling adjacent violators.

Source: Ayer, Brunk, Ewing, Reid, Silverman (1955), An empirical distribution function for sampling with incomplete
information; the use for recalibration: Zadrozny and Elkan (2002).
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

import msgspec

from detectors.errors import FenghuoError


class Curve(msgspec.Struct, frozen=True):
    """Knots (from, to) of a curve that never falls; linear between them, flat beyond. ``outcomes`` made it."""

    knots: tuple[tuple[float, float], ...]
    outcomes: int

    def __post_init__(self) -> None:
        """Refuse a curve that falls."""
        if not self.knots or any(b[0] < a[0] or b[1] < a[1] for a, b in pairwise(self.knots)):
            raise ValueError(f"a curve has knots that rise, got {list(self.knots)}")

    def at(self, x: float) -> float:
        """Value at ``x``."""
        after = bisect_right(self.knots, x, key=lambda knot: knot[0])
        if after == 0:
            return self.knots[0][1]
        if after == len(self.knots):
            return self.knots[-1][1]
        (left, low), (right, high) = self.knots[after - 1], self.knots[after]
        return low + (x - left) / (right - left) * (high - low)


def fit(outcomes: Iterable[tuple[float, bool]], needed: int) -> Curve:
    """The curve from a score to the share of defaults, from matured outcomes (score, defaulted).

    The order of the outcomes does not matter.

    Raises:
        FenghuoError: fewer than ``needed`` outcomes, or less than a tenth of that number of either kind.
    """
    rows = sorted(outcomes)
    bad = sum(defaulted for _, defaulted in rows)
    if len(rows) < needed or min(bad, len(rows) - bad) * 10 < needed:
        what = f"{len(rows)} matured outcomes with {bad} defaults; {needed}, and a tenth of that of either kind, needed"
        raise FenghuoError("recalibration", what, "wait for more outcomes to mature")
    blocks = pool(rows)
    knots: list[tuple[float, float]] = []
    for low, high, value in blocks:
        knots += [(low, value)] if low == high else [(low, value), (high, value)]
    return Curve(tuple(knots), len(rows))


def pool(rows: Sequence[tuple[float, float]]) -> list[tuple[float, float, float]]:
    """Blocks (lowest x, highest x, mean y) of rising mean, from rows in order of x; equal x are one.

    >>> pool([(1, 0.0), (2, 1.0), (3, 0.0), (4, 1.0)])
    [(1, 1, 0.0), (2, 3, 0.5), (4, 4, 1.0)]
    """
    blocks: list[tuple[float, float, float, int]] = []  # low, high, sum, count
    for x, group in groupby(rows, key=itemgetter(0)):
        values = [float(y) for _, y in group]
        block = (x, x, math.fsum(values), len(values))
        while blocks and blocks[-1][2] * block[3] >= block[2] * blocks[-1][3]:
            low, _, total, count = blocks.pop()
            block = (low, block[1], total + block[2], count + block[3])
        blocks.append(block)
    return [(low, high, total / count) for low, high, total, count in blocks]
