"""What a story may be about, and how often the lesser troubles of healthy firms happen."""

from enum import IntEnum
from typing import Final

from streams.district.dice import Dice
from streams.district.firm import TROUBLE


class Kind(IntEnum):
    """What a story is about."""

    MASTER = 0
    POWER = 1
    WATER = 2
    REPORT = 3
    DISTRESS = 4
    SUIT = 5
    PLAINTIFF = 6
    FREEZE = 7
    TAX_SLIP = 8
    MORTGAGE = 9
    MOVE = 10
    MISTAKE = 11
    READING = 12
    GAS = 13
    INSURANCE = 14
    LOAN = 15
    CALLED = 16
    THEFT = 17
    HALT = 18
    SUSPENSION = 19
    UNFILED = 20
    TAX_ABNORMAL = 21
    VIOLATION = 22
    UNREPORTED = 23
    SERIOUS = 24
    FINE = 25
    NEW_HANDS = 26
    WINDING_UP = 27
    PLEDGE = 28
    CHARGE = 29
    STAFF = 30
    WAGES = 31
    NOTARY = 32
    PETITION = 33
    RESTRICTED = 34
    EQUITY = 35
    GENEROUS = 36


TROUBLES: Final[tuple[tuple[Kind, float], ...]] = (
    (Kind.THEFT, 0.0030),
    (Kind.HALT, 0.0040),
    (Kind.SUSPENSION, 0.0030),
    (Kind.UNFILED, 0.0200),
    (Kind.TAX_ABNORMAL, 0.0030),
    (Kind.VIOLATION, 0.0015),
    (Kind.UNREPORTED, 0.0150),
    (Kind.SERIOUS, 0.0012),
    (Kind.FINE, 0.0200),
    (Kind.NEW_HANDS, 0.0250),
    (Kind.WINDING_UP, 0.0030),
    (Kind.PLEDGE, 0.0060),
    (Kind.CHARGE, 0.0300),
    (Kind.STAFF, 0.0030),
    (Kind.WAGES, 0.0050),
    (Kind.NOTARY, 0.0020),
    (Kind.PETITION, 0.0008),
    (Kind.RESTRICTED, 0.0020),
    (Kind.EQUITY, 0.0025),
    (Kind.GENEROUS, 0.0015),
)
"""Lesser troubles of healthy firms, per firm and year; at most one per firm and window (configuration)."""
_DENSE_SHARE: Final = 0.9
"""In a dense world nearly every healthy firm has one, all kinds alike."""


def trouble_of(seed: int, index: int, days: int, dense: bool) -> tuple[Kind, int] | None:
    """The lesser trouble a healthy firm has within the window, and the day on which it begins."""
    dice = Dice(seed, TROUBLE, index)
    draw, years = dice.unit(), min(days / 365, 3.0)
    for kind, rate in TROUBLES:
        draw -= _DENSE_SHARE / len(TROUBLES) if dense else rate * years
        if draw < 0:
            return kind, int(dice.unit() * days * (0.6 if dense else 1.0))
    return None
