"""Colours with a dead band: reached at one bar, left only below a lower one.

The history of a measure is read off the facts in force on each day, so the colour does not depend on when anybody
happened to look.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from detectors.fact import FAR


class Span(NamedTuple):
    """An amount in force from ``start`` until ``end`` (exclusive; None: still in force)."""

    start: int
    end: int | None
    amount: int


class Latch(msgspec.Struct, frozen=True, gc=False):
    """The number of bars that hold, and since when the first of them has held without a break."""

    level: int = 0
    since: int = 0


def totals(spans: Iterable[Span], day: int) -> Iterator[tuple[int, int]]:
    """The sum of the amounts in force, on every day up to ``day`` on which it changes.

    >>> list(totals([Span(1, 5, 10), Span(3, None, 7)], 9))
    [(1, 10), (3, 17), (5, 7)]
    """
    steps: dict[int, int] = {}
    for start, end, amount in spans:
        if end is None or end > start:
            for at, step in ((start, amount), (FAR if end is None else end, -amount)):
                if at <= day:
                    steps[at] = steps.get(at, 0) + step
    total = 0
    for at in sorted(steps):
        total += steps[at]
        yield at, total


def latched(series: Iterable[tuple[int, float]], enter: Sequence[float], leave: Sequence[float]) -> Latch:
    """Where a measure stands after its whole history; bars in rising order, each ``leave`` below its ``enter``.

    >>> latched([(1, 40), (2, 60), (3, 46), (4, 44)], enter=(30, 50), leave=(25, 45))
    Latch(level=1, since=1)
    >>> latched([(1, 40), (2, 60), (3, 46)], enter=(30, 50), leave=(25, 45))
    Latch(level=2, since=1)
    """
    level, since = 0, 0
    for day, value in series:
        reached = sum(value >= bar for bar in enter)
        kept = sum(value >= bar for bar in leave[:level])
        if max(reached, kept) and not level:
            since = day
        level = max(reached, kept)
    return Latch(level, since)
