"""How a firm works from day to day: what its fate, or a lesser trouble, makes of its output."""

from typing import Final, NamedTuple

from streams.district.fate import Fate

_STANDSTILL: Final = 0.002
_SUDDEN: Final = 0.12
_SUDDEN_FROM: Final = 130
"""Stage from which a firm in severe distress nearly stops."""
_SEVERE: Final = 0.7
_REOPENED: Final = 0.9


class Course(NamedTuple):
    """One firm's course. ``halt`` is the first and the last day of a standstill that passes."""

    fate: Fate | None
    halt: tuple[int, int] | None

    def output(self, day: int) -> float:
        """What is produced on a day, as a share of the usual."""
        if self.halt is not None and self.halt[0] <= day <= self.halt[1]:
            return _STANDSTILL
        fate = self.fate
        if fate is None or day < fate.onset:
            return 1.0
        if not fate.ailing(day):
            return 1.0 if fate.restored_on is None else _REOPENED
        if fate.default_on is not None and day >= fate.default_on:
            return _STANDSTILL
        stage = fate.stage(day)
        if fate.path != "strained" and fate.severity >= _SEVERE and stage >= _SUDDEN_FROM:
            return _SUDDEN
        return max(0.35, 1.0 - stage / 260)

    def staff(self, day: int) -> float:
        """People still insured, as a share of the usual headcount."""
        fate = self.fate
        if fate is None or fate.path == "strained" or not fate.ailing(day):
            return 1.0
        if fate.default_on is not None and day >= fate.default_on + 20:
            return 0.0
        return max(0.3, 1.0 - max(fate.stage(day) - 60, 0) / 160)

    def ailing(self, day: int) -> bool:
        """Whether bills go unpaid on that day."""
        return self.fate is not None and self.fate.ailing(day)

    def gone(self, day: int) -> bool:
        """Whether there is nobody left to bill, insure or lend to."""
        return self.fate is not None and self.fate.gone(day)
