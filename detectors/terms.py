"""Terms that the law sets where the parties have not agreed on one."""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

from detectors.fact import day_number, iso_day

GUARANTEE_MONTHS = 6
"""After the debt is due, for a guarantee without a period of its own (民法典 692)."""


def guarantee_end(data: Mapping[str, Any], said: int | None) -> int | None:
    """The first day on which a guarantor (F26) cannot be called any more; None if nothing tells it.

    ``data`` is the compact payload, ``said`` the end (exclusive) that stands beside it. Without an agreed period
    (保证期间), or with one that ends on or before the due date, it is six calendar months from the due date
    (民法典 692).
    """
    agreed, due = data.get("guarantee_to"), data.get("debt_to")
    if agreed is None and said is not None:
        agreed = said - 1
    if due is None:
        return None if agreed is None else int(agreed) + 1
    if agreed is None or agreed <= due:
        return months_later(due, GUARANTEE_MONTHS) + 1
    return int(agreed) + 1


def months_later(day: int, months: int) -> int:
    """The same day of the month so many months later, or the last of that month (民法典 202).

    >>> iso_day(months_later(day_number(date(2025, 8, 31)), 6))
    '2026-02-28'
    """
    begun = date.fromisoformat(iso_day(day))
    year, month = divmod(begun.year * 12 + begun.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day_number(date(year, month + 1, min(begun.day, last)))
