"""Instants as people write them in a file: a date, or a time that says its zone."""

from datetime import date, datetime, timedelta, timezone
from typing import Annotated

from pydantic import BeforeValidator

_DAY_ZONE = timezone(timedelta(hours=8))  # China keeps one zone and no summer time


def _moment(value: object) -> object:
    """A plain date means the start of that day in China (UTC+8); a time must say its zone."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            value = repr(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(
                "the time has no zone; write it like 2026-01-05T00:00:00+08:00, or only the date"
            )
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=_DAY_ZONE)
    if value is None:
        return None
    raise ValueError(f"{value} is no date; write it like 2026-01-05 or 2026-01-05T00:00:00+08:00")


Moment = Annotated[datetime, BeforeValidator(_moment)]
