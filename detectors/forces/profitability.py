"""Profitability (盈利能力): what the firm earns on its means, and the tax it pays on it."""

from detectors.forces import power
from detectors.forces.accounts import flow, insured, latest_year, mean_of_ends, stock
from detectors.forces.measure import Measure, Unknown
from detectors.points.view import View


def return_on_equity(view: View) -> float:
    """Profit of a year over mean equity, in percent.

    Raises:
        Unknown: profit or equity is unknown, or equity is not positive.
    """
    last = latest_year(view, "profit")
    equity = mean_of_ends(view, "equity", last)
    if equity <= 0:
        raise Unknown("equity is not positive")
    return 100.0 * _flow(view, "profit", last) / equity


def profit_margin(view: View) -> float:
    """Profit before tax over revenue of a year, in percent.

    Raises:
        Unknown: either is unknown, or there was no revenue.
    """
    last = latest_year(view, "profit", "revenue")
    revenue = _flow(view, "revenue", last)
    if revenue <= 0:
        raise Unknown("there was no revenue")
    return 100.0 * _flow(view, "profit", last) / revenue


def year_on_year(view: View, name: str) -> float:
    """A flow of the latest year over that of the year before.

    Raises:
        Unknown: either is unknown, or the earlier one is not positive.
    """
    last = latest_year(view, name)
    before = flow(view, name, last - 12)
    if before is None:
        raise Unknown(f"{name.replace('_', ' ')} of the year before is unknown")
    if before <= 0:
        raise Unknown(f"{name.replace('_', ' ')} of the year before is not positive")
    return _flow(view, name, last) / before


def tax_trend(view: View) -> float:
    """Tax paid in a year over that of the year before; refunds can make it negative.

    Raises:
        Unknown: see :func:`year_on_year`.
    """
    return year_on_year(view, "tax_paid")


def tax_per_kwh(view: View) -> float:
    """Tax paid in a year over the electricity of the same twelve months, in main units per kWh.

    Raises:
        Unknown: tax or electricity of these months is unknown, or none was used.
    """
    last = latest_year(view, "tax_paid")
    kwh = power.year_of(view, last)
    if kwh is None:
        raise Unknown("electricity of the twelve months of the tax year is missing or estimated")
    if kwh <= 0:
        raise Unknown("no electricity was used in the tax year")
    return _flow(view, "tax_paid", last) / 100 / kwh


def tax_per_head(view: View) -> float:
    """Tax paid in a year over the staff at its end (人均税收), in main units: insured staff, else that of the accounts.

    Raises:
        Unknown: tax or staff is unknown, or there is nobody.
    """
    last = latest_year(view, "tax_paid")
    heads = insured(view).get(last)
    if heads is None:
        heads = stock(view, "headcount", last)
    if not heads:
        raise Unknown("staff at the end of the tax year is unknown or nobody")
    return _flow(view, "tax_paid", last) / 100 / heads


def _flow(view: View, name: str, last: int) -> float:
    value = flow(view, name, last)
    if value is None:
        raise Unknown(f"{name.replace('_', ' ')} of the year is unknown")
    return value


MEASURES = (
    Measure(
        "roe", "profitability", "return on equity", "净资产收益率", ("F30",), "%", True, 0.30, return_on_equity
    ),
    Measure("profit_margin", "profitability", "profit margin", "利润率", ("F30",), "%", True, 0.20, profit_margin),
    Measure(
        "tax_trend", "profitability", "tax paid against last year", "纳税趋势", ("F30",), "ratio to last year", True,
        0.25, tax_trend, basis="relative",
    ),
    Measure(
        "tax_per_kwh", "profitability", "tax per kWh", "单位电量税收", ("F30", "F15"), "main units per kWh", True,
        0.15, tax_per_kwh, basis="percentile",
    ),
    Measure(
        "tax_per_head", "profitability", "tax per head", "人均税收", ("F30", "F19"), "main units per head", True,
        0.10, tax_per_head, basis="percentile",
    ),
)  # fmt: skip
