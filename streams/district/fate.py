"""The hidden truth about a firm: latent health and, for a few, the course of its distress."""

from functools import lru_cache
from math import exp
from typing import Final, Literal

import msgspec

from streams.district.dice import Dice
from streams.district.firm import ENDING, FATE, circle_of, trade
from streams.district.vocabulary import INDUSTRIES, SIZES

Path = Literal["strained", "cured", "default"]
"""strained: only utilities and tax slip, then recovers; cured: sued and enforced, but pays; default: does not."""

ANNUAL_HAZARD: Final = 0.040
"""Chance per year that distress begins, before industry, size and circle."""
_CEILING: Final = 0.55
_SHAKEN: Final = 5.0
"""Factor on the hazard of the members of a circle that a fall has shaken."""
_WORST: Final = (
    ANNUAL_HAZARD * max(size.risk for size in SIZES) * max(industry.risk for industry in INDUSTRIES)
)
_DENSER: Final = 4.0
_RESTORED: Final = 0.4
"""Share of defaults that end in a settlement or a plan instead of the firm's disappearance."""
BEFORE: Final = 150
"""Distress may have begun so many days before the world does: a window of any length shows every stage."""


class Fate(msgspec.Struct, frozen=True):
    """Course of one firm's distress. Days are counted from the first day of the world.

    ``pace`` stretches the course (1.0: about 230 days from the first late bill to default). ``cured_on`` and
    ``default_on`` may lie beyond the last day. Of those that default some are taken over and restored to
    business (``restored_on``), the others give up their accounts and staff (``gone_on``).
    """

    health: float
    path: Path
    onset: int
    pace: float
    severity: float
    cured_on: int | None
    default_on: int | None
    restored_on: int | None = None
    gone_on: int | None = None

    def day(self, stage: float) -> int:
        """World day on which a stage (days after onset at pace 1) is reached."""
        return self.onset + round(stage * self.pace)

    def stage(self, day: int) -> float:
        """Inverse of :meth:`day`; negative before the onset."""
        return (day - self.onset) / self.pace

    def ailing(self, day: int) -> bool:
        """Whether bills go unpaid on that day."""
        healed = self.healed_on
        return self.onset <= day and (healed is None or day < healed)

    @property
    def healed_on(self) -> int | None:
        """The day on which everything owed is paid or settled, None if that never comes."""
        return self.restored_on if self.cured_on is None else self.cured_on

    def gone(self, day: int) -> bool:
        """Whether there is nobody left to bill."""
        return self.gone_on is not None and day >= self.gone_on


def fate_of(seed: int, index: int, entities: int, days: int, dense: bool = False) -> Fate | None:
    """The firm's distress within the window, or None for a healthy firm. Costs one draw for most firms.

    In a ``dense`` world distress is several times as frequent.
    """
    dice = Dice(seed, FATE, index)
    draw = dice.unit()
    if draw >= _CEILING:
        return None
    window = days + BEFORE
    if not dense and draw >= _likely(days) and not _is_shaken(seed, index, entities):
        return None
    hazard = _hazard(seed, index, entities) * (_DENSER if dense else 1.0)
    if draw >= min(1 - exp(-hazard * window / 365), _CEILING):
        return None
    return _course(dice, hazard, window, Dice(seed, ENDING, index))


@lru_cache(maxsize=16)
def _likely(days: int) -> float:
    """Above this draw only the members of a shaken circle fall."""
    return 1 - exp(-_WORST * (days + BEFORE) / 365)


def _hazard(seed: int, index: int, entities: int) -> float:
    size, industry = trade(seed, index)
    return ANNUAL_HAZARD * size.risk * industry.risk * (_SHAKEN if _is_shaken(seed, index, entities) else 1.0)


def _is_shaken(seed: int, index: int, entities: int) -> bool:
    circle = circle_of(seed, index, entities)
    return circle.shaken and index in circle.members


def _course(dice: Dice, hazard: float, window: int, after: Dice) -> Fate:
    onset = -BEFORE + int(dice.unit() * (window - 20))
    pace = min(max(dice.lognormal(0.8, 0.25), 0.5), 1.25)
    severity = dice.unit()
    draw = dice.unit()
    path: Path = "default" if draw < 0.45 else "cured" if draw < 0.75 else "strained"
    end = dice.between(205, 245) if path == "default" else dice.between(150, 230) if path == "cured" else 0
    if path == "strained":
        end = dice.between(55, 130)
    day = onset + round(end * pace)
    restored = path == "default" and after.chance(_RESTORED)
    rest = after.between(130, 380)
    return Fate(
        health=exp(-hazard),
        path=path,
        onset=onset,
        pace=pace,
        severity=severity,
        cured_on=None if path == "default" else day,
        default_on=day if path == "default" else None,
        restored_on=day + rest if restored else None,
        gone_on=day + rest // 2 if path == "default" and not restored else None,
    )
