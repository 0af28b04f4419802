"""Months as numbers counted from year 0, and the lunar new year that moves between two of them."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from detectors.fact import day_number

_EPOCH_ORDINAL = 719_163  # date(1970, 1, 1).toordinal()

NEW_YEAR = (
    "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06",
    "2028-01-26", "2029-02-13", "2030-02-03",
)  # fmt: skip
"""First days of the lunar year (春节), after the calendar of the Purple Mountain Observatory (GB/T 33661-2017)."""

_NEW_YEAR_DAYS = {int(day[:4]): day_number(date.fromisoformat(day)) for day in NEW_YEAR}
_EARLIEST, _LATEST = (1, 21), (2, 20)
"""Between these days of the solar year the lunar one begins."""


def month_of(day: int) -> int:
    """The month a day number lies in.

    >>> label(month_of(20454))  # 1 January 2026
    '2026-01'
    """
    on = date.fromordinal(day + _EPOCH_ORDINAL)
    return on.year * 12 + on.month - 1


def first_day(month: int) -> int:
    """Day number of the first day of a month."""
    return date(month // 12, month % 12 + 1, 1).toordinal() - _EPOCH_ORDINAL


def label(month: int) -> str:
    """A month for people and keys: ``2026-03``."""
    return f"{month // 12}-{month % 12 + 1:02d}"


@lru_cache(maxsize=4096)
def month_number(period: str) -> int | None:
    """The month of a billing period, for one from date to date that in which its middle lies; None if it is none.

    >>> [label(month_number(period)) for period in ("2026-03", "2026-01-20/2026-02-19")]
    ['2026-03', '2026-02']
    >>> month_number("2026Q1") is None
    True
    """
    try:
        if "/" in period:
            begin, end = (day_number(date.fromisoformat(part)) for part in period.split("/"))
            return month_of((begin + end) // 2)
        if len(period) != 7 or period[4] != "-":
            return None
        return day_number(date.fromisoformat(f"{period}-01")) and int(period[:4]) * 12 + int(period[5:]) - 1
    except ValueError:
        return None


def seasons(first: int, last: int) -> Iterator[tuple[int, ...]]:
    """Months from ``first`` to ``last`` that may be held against those of the year before, January and February as one.

    The lunar new year, and with it some weeks of standstill, falls into either.

    >>> [[label(month)[5:] for month in months] for months in seasons(2025 * 12 + 11, 2026 * 12 + 2)]
    [['12'], ['01', '02'], ['03']]
    """
    for month in range(first, last + 1):
        if month % 12 > 1:
            yield (month,)
        elif month % 12 == 1:
            yield month - 1, month


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


def festive(day: int, before: int, after: int) -> bool:
    """Whether works may well stand still: so many days before and after the first day of the lunar year.

    In years that :data:`NEW_YEAR` does not hold all days count on which it may be.

    >>> days = [day_number(date(2026, *on)) for on in ((2, 1), (2, 2), (3, 4), (3, 5))]
    >>> [festive(day, 15, 15) for day in days]
    [False, True, True, False]
    >>> festive(day_number(date(2031, 1, 6)), 15, 15), festive(day_number(date(2031, 3, 8)), 15, 15)
    (True, False)
    """
    year = date.fromordinal(day + _EPOCH_ORDINAL).year
    new_year = _NEW_YEAR_DAYS.get(year)
    if new_year is not None:
        return new_year - before <= day <= new_year + after
    earliest, latest = (day_number(date(year, *on)) for on in (_EARLIEST, _LATEST))
    return earliest - before <= day <= latest + after
