"""The chatter guard: a point that changes its colour too often is marked, and falls no more until it is quiet.

The idea is the chattering alarm of ANSI/ISA-18.2; four changes in seven days are a configuration default. A change is
a rise, a fall or a return of the condition behind a colour, whether the fall was told or is waiting out its delays.
No rise is ever held back, and neither is a fall that the law or a withdrawn record demands.
"""

from detectors.fact import DAY

CHANGES = 4
WINDOW = 7 * DAY
"""Seconds in which so many changes are too many, and for which a marked point must then keep quiet."""


def noted(changes: tuple[int, ...], at: int) -> tuple[int, ...]:
    """The changes to remember after one at ``at`` (epoch seconds, not before the last). At most ``CHANGES``.

    >>> noted((0, 100), 100 + WINDOW)
    (604900,)
    """
    if flapping(changes, at):
        return (*changes[1:], at)
    return (*[change for change in changes if change > at - WINDOW], at)


def flapping(changes: tuple[int, ...], at: int) -> bool:
    """Whether a point with these changes is marked at ``at``: only a marked one remembers as many as ``CHANGES``.

    >>> four = (0, DAY, 2 * DAY, 3 * DAY)
    >>> flapping(four, 10 * DAY - 1), flapping(four, 10 * DAY), flapping(four[:3], 3 * DAY)
    (True, False, False)
    """
    return len(changes) == CHANGES and at < changes[-1] + WINDOW


def held_until(changes: tuple[int, ...]) -> int:
    """Until when a marked point keeps its colour, if it stays quiet; 0 if it is not marked."""
    return changes[-1] + WINDOW if len(changes) == CHANGES else 0
