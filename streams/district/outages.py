"""Departments that fall silent: no heartbeat for days or weeks, and everything delivered late when the line is back.

What is said meanwhile keeps its own time of capture, so that a world with outages and one without say the same; only
the order of arrival differs.
"""

from bisect import bisect_right
from typing import Final

import msgspec

from streams.district.defects import Told
from streams.district.dice import DAY, Dice
from streams.district.firm import OUTAGE
from streams.district.statement import Almanac

_SILENT: Final = ("utility", "labour")
"""The power company's line, and the front end of social insurance: those whose silence could be taken for a sign."""
_CATCH_UP: Final = 5_400
"""Seconds in which everything held back is delivered."""
_FIRST_DAY: Final = 60
_BACK_AT: Final = 32_400


class Outage(msgspec.Struct, frozen=True):
    """One silence of a department: seconds of the world, ``begin`` included, ``end`` not."""

    source: str
    begin: int
    end: int


class Outages:
    """All silences of a world: one of each department named above in every year.

    They begin late in a month and last three to four weeks, so that the term for the readings and contributions of a
    month passes before they arrive.
    """

    def __init__(self, seed: int, days: int, almanac: Almanac) -> None:
        """``days`` 0: none at all."""
        self._by_source: dict[str, list[Outage]] = {name: [] for name in _SILENT}
        for place, source in enumerate(_SILENT):
            for year in range(-(-days // 365)):
                dice = Dice(seed, OUTAGE, place, year)
                month = almanac.month_of(max(year * 365, _FIRST_DAY) + dice.between(0, 270)) + 1
                begin = almanac.month_start(month) - dice.between(5, 9)
                back = begin + dice.between(23, 27)
                if back < days:
                    self._by_source[source].append(Outage(source, begin * DAY, back * DAY + _BACK_AT))
        self._begins = {name: [one.begin for one in found] for name, found in self._by_source.items()}

    def all(self) -> list[Outage]:
        """Every silence, in order of its begin."""
        return sorted((one for found in self._by_source.values() for one in found), key=lambda one: one.begin)

    def during(self, source: str, second: int) -> Outage | None:
        """The silence of a department at a second of the world."""
        begins = self._begins.get(source)
        if not begins:
            return None
        place = bisect_right(begins, second) - 1
        found = self._by_source[source][place] if place >= 0 else None
        return found if found is not None and second < found.end else None

    def silent(self, source: str, second: int) -> bool:
        """Whether a department says nothing at that second."""
        return self.during(source, second) is not None

    def held_back(self, told: list[Told]) -> list[Told]:
        """A story as it is delivered: what falls into a silence comes right after it, in the same order."""
        if not any(one.statement.source in self._begins for one in told):
            return told
        moved = [self._delivered(one) for one in told]
        if len(moved) > 1:
            moved.sort(key=_emission)
        return moved

    def _delivered(self, one: Told) -> Told:
        outage = self.during(one.statement.source, one.at)
        if outage is None:
            return one
        at = outage.end + (one.at - outage.begin) * _CATCH_UP // (outage.end - outage.begin)
        return Told(at, one.statement, one.tag, one.outcome)


def _emission(one: Told) -> int:
    return one.at
