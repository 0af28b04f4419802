"""Electricity by month, from meter readings and bills of feed F15."""

from datetime import date
from statistics import median

import msgspec

from detectors.fact import day_number
from detectors.forces.measure import Unknown
from detectors.forces.months import WINDOWS, comparable_span, current, days_in, month_of, number, total
from detectors.points.tax import months_of
from detectors.points.view import View


class Power(msgspec.Struct, frozen=True, gc=False):
    """kWh by month over all accounts; None where a reading is missing or estimated. ``last`` is the latest month that
    every account in use has told of."""

    months: dict[int, float | None]
    last: int


def power(view: View) -> Power:
    """The electricity of the firm, read once per view.

    An account that has told nothing for longer than the series may be stale is taken to be out of use.

    Raises:
        Unknown: no account is linked, or nothing recent is known.
    """
    held: Power | Unknown | None = view.memo.get("forces.power")
    if held is None:
        try:
            held = _read(view)
        except Unknown as unknown:
            held = unknown
        view.memo["forces.power"] = held
    if isinstance(held, Unknown):
        raise Unknown(str(held))
    return held


def _read(view: View) -> Power:
    accounts: dict[tuple[str, str], dict[int, float | None]] = {}
    for fact in view.known("F15"):
        data = fact.data
        event, kwh = data.get("event"), number(data.get("quantity"))
        if data.get("utility") != "electricity" or event not in ("reading", "bill"):
            continue
        month = _month(str(data.get("period", "")))
        if month is None or (event == "bill" and kwh is None):
            continue
        account = accounts.setdefault((str(data.get("provider_id", "")), str(data.get("account_no", ""))), {})
        if event == "reading" or month not in account:  # a reading is the measurement, a bill repeats it
            account[month] = None if data.get("estimated") else kwh
    if not accounts:
        raise Unknown("no electricity consumption is known")
    recent = current(view) - WINDOWS.stale_series
    in_use = [max(months) for months in accounts.values() if max(months) >= recent]
    if not in_use:
        raise Unknown("no recent electricity consumption is known")
    return Power(_summed(list(accounts.values())), min(in_use))


def _summed(accounts: list[dict[int, float | None]]) -> dict[int, float | None]:
    """Over all accounts; a month in which one of them should have told something and has not is unknown."""
    months: dict[int, float | None] = {}
    for account in accounts:
        for month in range(min(account), max(account) + 1):
            kwh, before = account.get(month), months.get(month, 0.0)
            months[month] = None if kwh is None or before is None else before + kwh
    return months


def _month(period: str) -> int | None:
    """The month of a period; a billing period from date to date counts for the month in which its middle lies."""
    if "/" not in period:
        span = months_of(period)
        return None if span is None or span[0] != span[1] else span[0]
    try:
        begin, end = (day_number(date.fromisoformat(part)) for part in period.split("/"))
    except ValueError:
        return None
    return month_of((begin + end) // 2)


def year_on_year(view: View) -> float:
    """kWh of the last three months over those of the same months last year; January and February go together.

    Raises:
        Unknown: a month is missing or estimated, or last year's were 0.
    """
    known = power(view)
    span = comparable_span(known.last, WINDOWS.activity_months)
    now, before = total(known.months, span), total(known.months, [month - 12 for month in span])
    if now is None or before is None:
        raise Unknown("electricity of these months, or of the same months last year, is missing or estimated")
    if before <= 0:
        raise Unknown("no electricity was used in the same months last year")
    return now / before


def load(view: View) -> float:
    """Daily kWh of the latest month over what is normal: the median of the active months of the year before it.

    January and February are one month here too.

    Raises:
        Unknown: the latest month is estimated, or too few active months are known.
    """
    known = power(view)
    units = _units(known.last)
    daily = {months[-1]: kwh for months in units if (kwh := _daily(known, months)) is not None}
    last = units[-1][-1]
    active = [kwh for month, kwh in sorted(daily.items()) if month != last and kwh > 0]
    if last not in daily:
        raise Unknown("the latest electricity reading is missing or estimated")
    if len(active) < WINDOWS.normal_needed:
        raise Unknown(
            f"{len(active)} active months of electricity are known, {WINDOWS.normal_needed} are needed"
        )
    return daily[last] / median(active)


def _units(last: int) -> list[list[int]]:
    """The months of the window, oldest first, with January and February as one unit; January alone is none."""
    months = range(last - WINDOWS.normal_months, last + 1)
    return [[month - 1, month] if month % 12 == 1 else [month] for month in months if month % 12 != 0]


def _daily(known: Power, months: list[int]) -> float | None:
    kwh = total(known.months, months)
    return None if kwh is None else kwh / sum(days_in(month) for month in months)


def year_of(view: View, last: int) -> float | None:
    """kWh of the twelve months up to ``last``; None if any of them is unknown."""
    return total(power(view).months, range(last - 11, last + 1))
