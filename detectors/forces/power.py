"""Electricity by month, from meter readings and bills of feed F15."""

from collections.abc import Mapping, Sequence
from statistics import median

import msgspec

from detectors.forces.measure import Unknown
from detectors.forces.months import WINDOWS, current, days_in, total
from detectors.points.meters import ELECTRICITY, by_month, metered
from detectors.points.months import comparable_span, seasons
from detectors.points.view import View


class Power(msgspec.Struct, frozen=True, gc=False):
    """kWh by month over all accounts; None where a reading is missing or estimated. ``last`` is the latest month that
    every account in use has told of."""

    months: Mapping[int, float | None]
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
    accounts = metered(view, ELECTRICITY)
    if not accounts:
        raise Unknown("no electricity consumption is known")
    recent = current(view) - WINDOWS.stale_series
    in_use = [last for months in accounts.values() if (last := max(months)) >= recent]
    if not in_use:
        raise Unknown("no recent electricity consumption is known")
    return Power(by_month(view, ELECTRICITY), min(in_use))


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
    units = list(seasons(known.last - WINDOWS.normal_months, known.last))
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


def _daily(known: Power, months: Sequence[int]) -> float | None:
    kwh = total(known.months, months)
    return None if kwh is None else kwh / sum(days_in(month) for month in months)


def year_of(view: View, last: int) -> float | None:
    """kWh of the twelve months up to ``last``; None if any of them is unknown."""
    return total(power(view).months, range(last - 11, last + 1))
