"""What every story needs to know of its world."""

from typing import Final

from streams.district.course import Course
from streams.district.fate import Fate, fate_of
from streams.district.kinds import Kind, trouble_of
from streams.district.statement import Almanac

HALT_DAYS: Final = {Kind.HALT: 95, Kind.SUSPENSION: 150}
"""How long a passing standstill lasts: one that nobody was told of, and one that was filed (歇业)."""


class Setting:
    """What every story needs: the seed, the calendar and the size of the world; ``dense``: rare stories are not."""

    __slots__ = ("almanac", "days", "dense", "entities", "seed")

    def __init__(self, seed: int, entities: int, days: int, almanac: Almanac, dense: bool = False) -> None:
        self.seed, self.entities, self.days, self.almanac = seed, entities, days, almanac
        self.dense = dense

    def fate(self, index: int) -> Fate | None:
        """The hidden course of a firm's distress, None if healthy."""
        return fate_of(self.seed, index, self.entities, self.days, self.dense)

    def trouble(self, index: int) -> tuple[Kind, int] | None:
        """The lesser trouble of a healthy firm."""
        return trouble_of(self.seed, index, self.days, self.dense)

    def course(self, index: int) -> Course:
        """How the firm works from day to day."""
        fate = self.fate(index)
        trouble = self.trouble(index) if fate is None else None
        if trouble is None or trouble[0] not in HALT_DAYS:
            return Course(fate, None)
        kind, day = trouble
        return Course(None, (day, day + HALT_DAYS[kind]))
