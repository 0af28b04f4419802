"""Months, quarters and years as field types: the time a bill, a return or a set of accounts is about."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from detectors.records.fields import refuse
from detectors.records.reasons import Reason

_MONTH = re.compile(r"(\d{4})(?:-|年)?(0?[1-9]|1[0-2])月?")
_QUARTER = re.compile(r"(\d{4})年?(?:第)?(?:Q([1-4])|([一二三四1-4])季度)")
_HALF = re.compile(r"(\d{4})年?(?:H([12])|(上|下)半年)")


def _period(value: Any) -> Any:
    """``2026-01``, ``2026Q1``, ``2026H1``, ``2026``; also the Chinese ways of writing them."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a spreadsheet takes 202601 for a number
    if not isinstance(value, str):
        return value
    text = value.upper().strip()
    if found := _QUARTER.fullmatch(text):
        return f"{found[1]}Q{found[2] or ('一二三四'.find(found[3]) + 1 or found[3])}"
    if found := _HALF.fullmatch(text):
        return f"{found[1]}H{found[2] or '上下'.index(found[3]) + 1}"
    if (found := _MONTH.fullmatch(text)) and len(text) > 4:
        return f"{found[1]}-{found[2]:0>2}"
    return text.removesuffix("年")


def _real(value: str) -> str:
    """A period from day to day is made of real days, in order."""
    if "/" not in value:
        return value
    try:
        begun, ended = map(date.fromisoformat, value.split("/"))
    except ValueError as error:
        raise refuse(Reason.INVALID_FIELD, f"a period runs over real days, got {value} ({error})") from None
    if ended < begun:
        raise refuse(Reason.INTERVAL_REVERSED, f"a period ends on {ended}, before it begins on {begun}")
    return value


_YEAR = r"(1[6-9]|2\d)\d\d"  # as far as days reach
_DAY = rf"{_YEAR}-\d\d-\d\d"

Month = Annotated[
    str,
    BeforeValidator(_period),
    Field(pattern=rf"^{_YEAR}-(0[1-9]|1[0-2])$|^{_DAY}/{_DAY}$"),
    AfterValidator(_real),
]
"""A month ``2026-01``, or a billing period ``2026-01-15/2026-02-14``."""

Period = Annotated[
    str, BeforeValidator(_period), Field(pattern=rf"^{_YEAR}(-(0[1-9]|1[0-2])|Q[1-4]|H[12])?$")
]
"""A year, half-year, quarter or month: ``2026``, ``2026H1``, ``2026Q1``, ``2026-03``."""
