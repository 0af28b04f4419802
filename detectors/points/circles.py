"""How finely a circle tells its members of itself; thresholds on it can be no finer.

Shares are told in steps and rounded down, large numbers in two digits, so that a member more is no news to all.
"""

NEWLY_DAYS = 30
"""How long a member of a circle counts as newly yellow or red."""
LARGE = 10
"""Members from which on a circle is told to them for its size alone; the highest number of new colours that is told."""
LONGEST = 5
"""Firms in the longest cycle that is told."""
STEPS = 50
"""Steps from 0 to 1 in which shares are told."""


def two_digits(number: int) -> int:
    """Rounded down to two significant digits.

    >>> [two_digits(n) for n in (9, 99, 104, 1234)]
    [9, 99, 100, 1200]
    """
    step = 1
    while number // step >= 100:
        step *= 10
    return number // step * step


def require_step(name: str, share: float) -> None:
    """Refuse a threshold that falls between the steps in which shares are told.

    Raises:
        ValueError: with the steps.
    """
    if not 0 < share <= 1 or abs(share * STEPS - round(share * STEPS)) > 1e-9:
        raise ValueError(f"{name} is told in steps of {1 / STEPS:g}, got {share:g}")


def require_between(name: str, least: int, value: int, most: int) -> None:
    """Refuse a number that a circle does not tell.

    Raises:
        ValueError: with what it tells.
    """
    if not least <= value <= most:
        raise ValueError(f"{name} is told from {least} to {most}, got {value}")
