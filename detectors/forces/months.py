"""How far indicators look back, and sums over months (numbers counted from year 0)."""

import math
from collections.abc import Mapping, Sequence

import msgspec

from detectors.points.months import first_day, month_of
from detectors.points.view import View


class Windows(msgspec.Struct, frozen=True):
    """How far indicators look back, in days or months; configuration defaults.

    ``stale_series`` and ``stale_accounts`` say how old (in months) the latest month of a series and the latest year of
    accounts may be; ``normal_months`` and ``normal_needed`` how many months make what is normal for a meter, and how
    many of them must be known; ``filings_due`` are twelve monthly tax returns and one annual report.
    """

    year_days: int = 365
    two_years_days: int = 730
    activity_months: int = 3
    stale_series: int = 3
    stale_accounts: int = 24
    normal_months: int = 12
    normal_needed: int = 6
    filings_due: int = 13
    full_age_years: int = 10

    def __post_init__(self) -> None:
        """Refuse an empty window."""
        for name in self.__struct_fields__:
            if getattr(self, name) < 1:
                raise ValueError(f"window {name} is at least 1, got {getattr(self, name)}")


WINDOWS = Windows()


def days_in(month: int) -> int:
    """Days of a month.

    >>> [days_in(2024 * 12 + month) for month in (0, 1, 3)]
    [31, 29, 30]
    """
    return first_day(month + 1) - first_day(month)


def number(value: object) -> float | None:
    """A quantity of the wire (a decimal string) as a number; None if it is none.

    >>> [number(value) for value in ("12.5", 3, "many", None)]
    [12.5, 3.0, None, None]
    """
    if not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def total(months: Mapping[int, float | None], span: Sequence[int]) -> float | None:
    """Sum over a span; None if a month of it is unknown."""
    values = [months.get(month) for month in span]
    known = [value for value in values if value is not None]
    return math.fsum(known) if len(known) == len(values) else None


def current(view: View) -> int:
    """The month of the view."""
    return month_of(view.day)
