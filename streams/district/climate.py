"""What moves the consumption of everybody at once: the season, the lunar new year, and the course of an industry."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from detectors.points.months import NEW_YEAR
from streams.district.dice import Dice
from streams.district.firm import CLIMATE

_SEASON: Final = (1.0, 0.96, 0.97, 0.98, 1.0, 1.06, 1.2, 1.18, 1.04, 0.98, 1.0, 1.02)
"""Consumption by month: summer cooling high; the new year is counted apart, as it moves."""
_NEW_YEAR: Final = {int(day[:4]): date.fromisoformat(day) for day in NEW_YEAR}
_BEFORE, _AFTER = 6, 10
"""Days around the lunar new year on which works stand nearly still."""
_STILL: Final = 0.75
_SLUMP: Final = 0.62
_SLUMPS: Final = 0.2
"""An industry slumps for four months with this chance in a year, all of its firms together."""


@lru_cache(maxsize=8_192)
def climate(seed: int, industry: str, year: int, month: int) -> float:
    """Consumption of an industry in a month against its usual month."""
    number = int(industry[1:])
    quarter = Dice(seed, CLIMATE, number, year * 4 + (month - 1) // 3).span(0.94, 1.06)
    dice = Dice(seed, CLIMATE, number, year)
    slump, first = dice.chance(_SLUMPS), dice.between(3, 8)
    fallen = _SLUMP if slump and first <= month < first + 4 else 1.0
    return quarter * fallen * _SEASON[month - 1] * festival(year, month)


@lru_cache(maxsize=512)
def festival(year: int, month: int) -> float:
    """Factor of the lunar new year (春节) on a month: 1.0 for months it does not touch."""
    new_year = _NEW_YEAR.get(year)
    if new_year is None or month > 3:
        return 1.0
    days = monthrange(year, month)[1]
    still = [new_year + timedelta(days=step) for step in range(-_BEFORE, _AFTER + 1)]
    return 1.0 - _STILL * sum(day.month == month for day in still) / days
