"""On-delay: a colour of a measured point shows when its condition has held for one evaluation period.

The idea is the on-delay of ANSI/ISA-18.2 and ``for`` in Prometheus; that red waits for nothing is a configuration
default, and so is the period: a month, in days. A condition has held

1. if the figures of the period before say so too, or
2. if nothing told within the period after it became known says otherwise: a firm whose figures come by the quarter is
   not kept waiting for the next one.

Read off the facts and the day, so that it does not depend on when anybody looked. What lapses before it has held was
never shown.
"""

from detectors.fact import FAR
from detectors.points.finding import LEVEL_NAMES, RED


def showing(now: int, before: int, told: int, day: int, delay: int) -> tuple[int, int]:
    """The colour that shows on ``day``, and the day on which it may rise to ``now`` by itself (FAR: it shows all).

    ``now`` is the colour of the latest figures, known since ``told``; ``before`` the colour of those before.

    >>> showing(2, 0, told=100, day=130, delay=31), showing(2, 0, told=100, day=131, delay=31)
    ((0, 131), (2, 1000000000))
    >>> showing(2, 1, told=100, day=100, delay=31)[0], showing(RED, 0, told=100, day=100, delay=31)[0]
    (1, 3)
    """
    if now == RED or now <= before or day >= told + delay:
        return now, FAR
    return before, told + delay


def waiting(shown: int, now: int) -> str:
    """What is added to the value of a colour that is about to rise; empty if it is not."""
    return f"; {LEVEL_NAMES[now]} if it lasts" if shown < now else ""
