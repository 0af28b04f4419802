"""Reporting periods (a month, a quarter, a year) and the cycles that end in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from detectors.errors import FenghuoError
from detectors.governance.workdays import WorkCalendar

Cycle = Literal["day", "working_day", "week", "month", "quarter", "year"]
"""How often an item is to be delivered. A cycle falls due in the period in which it ends; a week ends on Sunday."""

_DAY = timedelta(days=1)
_FORM = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|Q([1-4]))?")
_SUNDAY = 6


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days ``first`` to ``last``, both included, under the name people use."""

    first: date
    last: date
    name: str

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last

    def days(self) -> Iterator[date]:
        """Every day."""
        day = self.first
        while day <= self.last:
            yield day
            day += _DAY


def period(text: str) -> Period:
    """A month ``2026-03``, a quarter ``2026Q1`` or a year ``2026``.

    Raises:
        FenghuoError: it is none of them.

    >>> period("2026Q1").last.isoformat(), period("2028-02").last.isoformat()
    ('2026-03-31', '2028-02-29')
    """
    found = _FORM.fullmatch(text)
    if found is None or found[1] == "0000":
        raise FenghuoError(
            f"period {text!r}", "is no month, quarter or year", "write 2026-03, 2026Q1 or 2026"
        )
    year = int(found[1])
    if found[2]:
        first = last = int(found[2])
    elif found[3]:
        first, last = 3 * int(found[3]) - 2, 3 * int(found[3])
    else:
        first, last = 1, 12
    return Period(date(year, first, 1), _month_end(year, last), text)


def month_of(day: date) -> Period:
    """The month a day lies in."""
    return period(f"{day.year:04d}-{day.month:02d}")


def months(first: date, last: date) -> Iterator[Period]:
    """Every month from that of ``first`` to that of ``last``."""
    one = month_of(first)
    while one.first <= last:
        yield one
        if one.last == date.max:
            return
        one = month_of(one.last + _DAY)


def cycles(cycle: Cycle, within: Period, calendar: WorkCalendar, begin: date | None, end: date | None) -> int:
    """How many cycles end in ``within`` while the item is in force (``begin`` to ``end``, both included).

    >>> cycles("week", period("2026-03"), WorkCalendar(), None, None)
    5
    """
    return sum(
        (begin is None or begin <= day) and (end is None or day <= end) and _ends(cycle, day, calendar)
        for day in within.days()
    )


def _ends(cycle: Cycle, day: date, calendar: WorkCalendar) -> bool:
    match cycle:
        case "day":
            return True
        case "working_day":
            return calendar.works(day)
        case "week":
            return day.weekday() == _SUNDAY
    every = {"month": 1, "quarter": 3, "year": 12}[cycle]
    return day.month % every == 0 and day == _month_end(day.year, day.month)


def _month_end(year: int, month: int) -> date:
    return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - _DAY
