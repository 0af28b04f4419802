"""Labels for the learning model: what became of firms, told later than it happened, as a bank would tell it."""

from array import array
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from streams.district.dice import DAY
from streams.district.vocabulary import LENDERS
from streams.district.world import World

KNOWN_AFTER: Final = 30
"""Days from default until the lender reports it."""
_TOLD_AT: Final = 57_600


class Label(msgspec.Struct, frozen=True):
    """One outcome, as it travels on the ``outcomes`` topic; ``second`` is the simulated time of telling."""

    second: int
    entity: str
    outcome: Literal["default", "survived"]
    at: str
    source: str
    outcome_id: str

    def wire(self) -> bytes:
        """The JSON value of the message; its key is ``entity``."""
        fields = ("entity", "outcome", "at", "source", "outcome_id")
        return msgspec.json.encode({name: getattr(self, name) for name in fields})


def outcomes(world: World, delay_days: int = KNOWN_AFTER) -> Iterator[Label]:
    """Outcomes in order of telling: each default ``delay_days`` after it, and "survived" once for every other firm.

    A firm's survival is told on a day of the second half of the window that follows from its index; it means "no
    default until today", and the firm may still default later.
    """
    defaults: dict[int, array[int]] = {}
    for index in range(world.entities):
        day = _default_day(world, index)
        if day is not None and day >= -KNOWN_AFTER and max(day, 0) + delay_days < world.days:
            defaults.setdefault(max(day, 0) + delay_days, array("L")).append(index)
    half = world.days // 2
    for day in range(world.days):
        for index in defaults.pop(day, ()):
            yield _label(world, index, day, "default")
        if day >= half:
            for index in range(day - half, world.entities, world.days - half):
                fallen = _default_day(world, index)
                if fallen is None or fallen > day:
                    yield _label(world, index, day, "survived")


def _default_day(world: World, index: int) -> int | None:
    fate = world.setting.fate(index)
    return None if fate is None else fate.default_on


def _label(world: World, index: int, day: int, outcome: Literal["default", "survived"]) -> Label:
    firm = world.firm(index)
    fallen = _default_day(world, index) if outcome == "default" else day
    at = world.almanac.stamp((day if fallen is None else fallen) * DAY + _TOLD_AT)
    lender = LENDERS[firm.lender if firm.lender >= 0 else index % len(LENDERS)]
    number = f"{outcome}|{firm.uscc}|{at[:10]}"
    return Label(day * DAY + _TOLD_AT, firm.entity, outcome, at, f"lender.{lender.subscriber}", number)
