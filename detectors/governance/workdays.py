"""Working days: weekends, public holidays, and weekend days worked to make up for them (调休).

The dates are data. Those of China follow the yearly notices of the General Office of the State Council, those of
England the bank holidays of GOV.UK, those of the United States 5 U.S.C. 6103. In years that are not listed only
weekends are free; a later year is added in the exchange agreement as soon as it is announced.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """``holidays`` are free days, ``workdays`` weekend days on which work is done.

    >>> china = CALENDARS["CN"]
    >>> china.works(date(2026, 2, 28)), china.works(date(2026, 2, 20))  # a Saturday made up, the Spring Festival
    (True, False)
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """A day cannot be both.

        Raises:
            ValueError: it is.
        """
        if both := self.holidays & self.workdays:
            raise ValueError(f"{min(both)} is given as a holiday and as a working day")

    def works(self, day: date) -> bool:
        """Whether ``day`` is a working day."""
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``, which is not counted itself; ``day`` for 0.

        >>> CALENDARS["CN"].after(date(2026, 2, 10), 20).isoformat()  # across the Spring Festival
        '2026-03-16'
        """
        while count > 0:
            day += _DAY
            count -= self.works(day)
        return day

    def extended(self, holidays: Iterable[date], workdays: Iterable[date]) -> "WorkCalendar":
        """The same with further days; what is said here goes before what was known."""
        free, made_up = frozenset(holidays), frozenset(workdays)
        return WorkCalendar((self.holidays - made_up) | free, (self.workdays - free) | made_up)


def _dates(listed: Mapping[int, str]) -> frozenset[date]:
    days = ((year, day.split("-")) for year, text in listed.items() for day in text.split())
    return frozenset(date(year, int(month), int(day)) for year, (month, day) in days)


# Only days that change the answer are listed: holidays from Monday to Friday, and weekend days that are worked.
# fmt: off
CALENDARS: Mapping[str, WorkCalendar] = {
    "CN": WorkCalendar(
        holidays=_dates({
            2024: "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17 "
                  "10-01 10-02 10-03 10-04 10-07",
            2025: "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 "
                  "10-03 10-06 10-07 10-08",
            2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 "
                  "10-01 10-02 10-05 10-06 10-07",
        }),
        workdays=_dates({
            2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
            2025: "01-26 02-08 04-27 09-28 10-11",
            2026: "01-04 02-14 02-28 05-09 09-20 10-10",
        }),
    ),
    "GB": WorkCalendar(holidays=_dates({
        2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
        2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
        2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
        2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    })),
    "US": WorkCalendar(holidays=_dates({
        2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
        2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
        2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
        2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    })),
}
# fmt: on
"""Calendars by country."""

_WEEKENDS = WorkCalendar()


def calendar_of(jurisdiction: str, calendars: Mapping[str, WorkCalendar] = CALENDARS) -> WorkCalendar:
    """The calendar of the country of a jurisdiction (``CN-330604``: that of CN); weekends alone for others."""
    return calendars.get(jurisdiction.partition("-")[0], _WEEKENDS)
