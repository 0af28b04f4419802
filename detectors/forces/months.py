"""Months as numbers (counted from year 0) and the spans in which indicators look back."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from detectors.fact import day_number
from detectors.points.view import View

_EPOCH_ORDINAL = 719_163  # date(1970, 1, 1).toordinal()


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


def month_of(day: int) -> int:
    """The month a day number lies in.

    >>> month_of(20454) == 2026 * 12  # 1 January 2026
    True
    """
    on = date.fromordinal(day + _EPOCH_ORDINAL)
    return on.year * 12 + on.month - 1


def first_day(month: int) -> int:
    """Day number of the first day of a month."""
    return day_number(date(month // 12, month % 12 + 1, 1))


def days_in(month: int) -> int:
    """Days of a month.

    >>> [days_in(2024 * 12 + month) for month in (0, 1, 3)]
    [31, 29, 30]
    """
    return first_day(month + 1) - first_day(month)


def comparable_span(last: int, length: int) -> list[int]:
    """At least ``length`` months up to ``last`` that may be held against the same months of the year before.

    The lunar new year falls into January or February, so the two are only ever compared together: a span that would
    hold February alone takes January in too, one that would end in January ends before it.

    >>> [[month % 12 + 1 for month in comparable_span(2026 * 12 + last, 3)] for last in (0, 1, 2, 3, 6)]
    [[10, 11, 12], [12, 1, 2], [1, 2, 3], [1, 2, 3, 4], [5, 6, 7]]
    """
    end = last - 1 if last % 12 == 0 else last
    start = end - length + 1
    return list(range(start - 1 if start % 12 == 1 else start, end + 1))


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
