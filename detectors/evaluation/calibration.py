"""Whether forecasts are honest: the probability of default against what followed, and whether scores drift.

Theory. A forecast ``p`` of a failure is scored by ``(p - y)²``, with ``y`` 1 if it came and 0 if not; the mean is the
Brier score (Brier, 1950), 0 at best. Somebody who knows nothing but the base rate ``b`` gets ``b(1-b)``, which is what
a model must beat. Sorted into deciles, forecasts are reliable where the mean ``p`` of a decile is the share that failed
(Murphy, 1973); the interval beside that share is Wilson's (1927) for 95 %. The population stability index of two
samples in the same bins is ``Σ (a - e) ln(a / e)``; below 0.1 a distribution counts as stable, above 0.25 as another.

Everything is counted in whole numbers, so that the parts of many processes add up in any order.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import msgspec

UNITS = 10_000
"""Forecasts are counted in ten-thousandths."""
TENTHS = 10
"""Scores are counted in tenths."""

BINS = 10
_WILSON = 1.959963984540054
_LEAST_SHARE = 1e-4
"""An empty bin counts as so much: the index knows no logarithm of 0."""


class Forecasts(msgspec.Struct):
    """Forecasts that can be judged, by value (:data:`UNITS`): how many, and how many of them a failure followed.
    ``scores`` are all scores (:data:`TENTHS`) seen in the first and the second half of the history."""

    made: Counter[int] = msgspec.field(default_factory=Counter)
    failed: Counter[int] = msgspec.field(default_factory=Counter)
    scores: tuple[Counter[int], Counter[int]] = msgspec.field(default_factory=lambda: (Counter(), Counter()))

    def add(self, other: "Forecasts") -> None:
        """Take in those of other firms."""
        self.made.update(other.made)
        self.failed.update(other.failed)
        for mine, theirs in zip(self.scores, other.scores, strict=True):
            mine.update(theirs)

    def forecast(self, p: float, *, failed: bool) -> None:
        """One forecast whose time is over."""
        value = round(p * UNITS)
        self.made[value] += 1
        self.failed[value] += failed

    def score(self, score: float, *, second: bool) -> None:
        """One score seen in a half of the history."""
        self.scores[second][round(score * TENTHS)] += 1

    def summary(self) -> dict[str, Any]:
        """Brier score, reliability by decile, and stability; None where there is nothing to judge."""
        many, failed = self.made.total(), self.failed.total()
        rate = failed / many if many else None
        score = brier(self.made, self.failed)
        return {
            "forecasts": many,
            "failed": failed,
            "base_rate": _rounded(rate),
            "brier": _rounded(score, 6),
            "brier_of_base_rate": None if rate is None else round(rate * (1 - rate), 6),
            "reliability": reliability(self.made, self.failed),
            "psi": _rounded(psi(*self.scores)),
            "scores": [half.total() for half in self.scores],
        }


def brier(made: Mapping[int, int], failed: Mapping[int, int]) -> float | None:
    """The mean squared error of forecasts counted as in :class:`Forecasts`; None of none.

    >>> brier({9000: 1, 1000: 1}, {9000: 1})
    0.01
    """
    many = sum(made.values())
    if not many:
        return None
    errors = 0
    for value, count in made.items():
        hits = failed.get(value, 0)
        errors += hits * (UNITS - value) ** 2 + (count - hits) * value**2
    return errors / (many * UNITS**2)


def reliability(made: Mapping[int, int], failed: Mapping[int, int], bins: int = BINS) -> list[dict[str, Any]]:
    """A row for each tenth of the forecasts, from the lowest; equal forecasts stay together, so there may be fewer.

    >>> rows = reliability({100: 6, 4000: 4}, {4000: 2}, 2)
    >>> [(row["from"], row["to"], row["forecasts"], row["mean"], row["failed"], row["share"]) for row in rows]
    [(0.01, 0.01, 6, 0.01, 0, 0.0), (0.4, 0.4, 4, 0.4, 2, 0.5)]
    """
    rows = []
    for values in _bins(made, bins):
        many, hits = sum(made[value] for value in values), sum(failed.get(value, 0) for value in values)
        low, high = wilson(hits, many)
        rows.append(
            {
                "from": values[0] / UNITS,
                "to": values[-1] / UNITS,
                "forecasts": many,
                "mean": round(sum(value * made[value] for value in values) / (many * UNITS), 6),
                "failed": hits,
                "share": round(hits / many, 6),
                "low": round(low, 6),
                "high": round(high, 6),
            }
        )
    return rows


def wilson(hits: int, many: int) -> tuple[float, float]:
    """The 95 % interval of a share.

    >>> [round(end, 4) for end in wilson(2, 4)], [round(end, 4) for end in wilson(0, 10)]
    ([0.15, 0.85], [0.0, 0.2775])
    """
    share, square = hits / many, _WILSON**2
    middle = (share + square / (2 * many)) / (1 + square / many)
    half = _WILSON * math.sqrt(share * (1 - share) / many + square / (4 * many**2)) / (1 + square / many)
    return max(0.0, middle - half), min(1.0, middle + half)


def psi(first: Mapping[int, int], second: Mapping[int, int], bins: int = BINS) -> float | None:
    """The population stability index in the deciles of the first sample; None if either sample is empty.

    >>> psi({0: 50, 10: 50}, {0: 50, 10: 50}, 2), round(psi({0: 50, 10: 50}, {0: 80, 10: 20}, 2), 4)
    (0.0, 0.4159)
    """
    before, after = sum(first.values()), sum(second.values())
    if not before or not after:
        return None
    ends = [values[-1] for values in _bins(first, bins)][:-1]
    shares = zip(_shares(first, ends, before), _shares(second, ends, after), strict=True)
    return math.fsum((new - old) * math.log(new / old) for old, new in shares)


def stability(index: float) -> str:
    """The index in words, by the bounds in common use.

    >>> stability(0.05), stability(0.1), stability(0.3)
    ('stable', 'shifted', 'another distribution')
    """
    return "stable" if index < 0.1 else "shifted" if index <= 0.25 else "another distribution"


def _shares(counts: Mapping[int, int], ends: Sequence[int], many: int) -> Iterable[float]:
    """The share of each bin; a bin reaches to its end, the last one to the highest value there is."""
    bins = [0] * (len(ends) + 1)
    for value, count in counts.items():
        bins[sum(value > end for end in ends)] += count
    return (max(count / many, _LEAST_SHARE) for count in bins)


def _bins(counts: Mapping[int, int], bins: int) -> list[list[int]]:
    """Values in order, cut into groups of about equal size: a value belongs where the middle of its run lies."""
    values, many = sorted(value for value in counts if counts[value]), sum(counts.values())
    ends = accumulate(counts[value] for value in values)
    found: dict[int, list[int]] = {}
    for value, end in zip(values, ends, strict=True):
        middle = 2 * end - counts[value]
        found.setdefault(middle * bins // (2 * many), []).append(value)
    return [found[number] for number in sorted(found)]


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
