"""What every story needs to know of its world."""

from streams.district.fate import Fate, fate_of
from streams.district.statement import Almanac


class Setting:
    """What every story needs: the seed, the calendar and the size of the world."""

    __slots__ = ("almanac", "days", "entities", "seed")

    def __init__(self, seed: int, entities: int, days: int, almanac: Almanac) -> None:
        self.seed, self.entities, self.days, self.almanac = seed, entities, days, almanac

    def fate(self, index: int) -> Fate | None:
        """The hidden course of a firm's distress, None if healthy."""
        return fate_of(self.seed, index, self.entities, self.days)
