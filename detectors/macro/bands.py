"""The colour of an index: entered and left only after several days in a row, left later than entered."""

from collections.abc import Sequence

from detectors.macro.rules import MacroRules


def target(index: float, level: int, rules: MacroRules) -> int:
    """The colour an index alone asks for, of a group that has colour ``level``.

    >>> [target(index, 0, MacroRules()) for index in (59.9, 60, 70, 80)]
    [0, 1, 2, 3]
    >>> [target(index, 2, MacroRules()) for index in (67.0, 66.9, 56.9)]
    [2, 1, 0]
    """
    bars = [
        entry - (rules.deadband if colour <= level else 0.0) for colour, entry in enumerate(rules.entry, 1)
    ]
    return max([colour for colour, bar in enumerate(bars, 1) if index >= bar], default=0)


def confirmed(level: int, targets: Sequence[int], rules: MacroRules) -> int:
    """The colour after these targets, one a day, the latest last: changed once all of the last days ask for it.

    >>> [confirmed(level, last, MacroRules()) for level, last in ((0, (2, 3, 1)), (0, (2, 0, 2)), (3, (0, 2, 1)))]
    [1, 0, 2]
    """
    recent = targets[-rules.confirm_days :]
    if len(recent) < rules.confirm_days:
        return level
    if min(recent) > level:
        return min(recent)
    return min(level, max(recent))
