"""Months as ``YYYY-MM`` and as counted numbers."""

import re

from detectors.errors import FenghuoError

_FORM = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_number(period: str) -> int:
    """Months since year 0.

    Raises:
        FenghuoError: not ``YYYY-MM``.

    >>> month_number("2026-01") - month_number("2025-12")
    1
    """
    found = _FORM.fullmatch(period)
    if not found:
        raise FenghuoError("period", f"a month is written YYYY-MM, got {period!r}")
    return int(found[1]) * 12 + int(found[2]) - 1


def earlier(period: str, months: int) -> str:
    """The month that many months before.

    >>> earlier("2026-02", 3)
    '2025-11'
    """
    year, month = divmod(month_number(period) - months, 12)
    return f"{year:04d}-{month + 1:02d}"
