"""Potential (发展潜力): growth, investment, age, and the state of the industry."""

import math
from collections.abc import Callable, Mapping

from detectors.forces import power
from detectors.forces.accounts import headcount_trend
from detectors.forces.capital import entity_of
from detectors.forces.measure import Measure, Unknown, read
from detectors.forces.months import WINDOWS
from detectors.forces.profitability import tax_trend, year_on_year
from detectors.points.view import View


def growth_revenue(view: View) -> float:
    """Growth of revenue over the year before, in percent."""
    return 100.0 * (year_on_year(view, "revenue") - 1.0)


def growth_tax(view: View) -> float:
    """Growth of tax paid over the year before, in percent."""
    return 100.0 * (tax_trend(view) - 1.0)


def growth_power(view: View) -> float:
    """Growth of electricity over the same months last year, in percent."""
    return 100.0 * (power.year_on_year(view) - 1.0)


def growth_headcount(view: View) -> float:
    """Growth of insured staff over twelve months, in percent."""
    return 100.0 * (headcount_trend(view) - 1.0)


GROWTHS: Mapping[str, Callable[[View], float]] = {
    "growth_revenue": growth_revenue,
    "growth_tax": growth_tax,
    "growth_power": growth_power,
    "growth_headcount": growth_headcount,
}
"""The growth rates behind the growth mix; each is compared with its own peers."""


def growth_mix(view: View) -> float:
    """Mean of the known growth rates of revenue, tax, electricity and headcount, in percent.

    What is scored is not this mean but the mean of their percentiles among the peers.

    Raises:
        Unknown: none of the four is known.
    """
    rates = [rate for name, behind in GROWTHS.items() if (rate := read(view, name, behind).value) is not None]
    if not rates:
        raise Unknown("growth of revenue, tax, electricity and headcount are all unknown")
    return math.fsum(rates) / len(rates)


_NEW_EQUIPMENT = frozenset({"financial_lease", "title_retention"})


def investment(view: View) -> float:
    """New subsidiaries and fixed assets in the last two years: holdings and branches (F27), first registrations of real
    estate (F12), equipment leased or bought on credit (F11)."""
    since, own = view.day - WINDOWS.two_years_days, entity_of(view)
    holdings = [
        fact
        for fact in view.known("F27")
        if fact.data.get("type") in ("investment", "branch") and own in (None, fact.data.get("from"))
    ]
    estates = [fact for fact in view.known("F12") if fact.data.get("kind") == "first"]
    leases = {
        str(fact.data.get("reg_no")): fact
        for fact in reversed(view.known("F11"))
        if fact.data.get("security_type") in _NEW_EQUIPMENT
    }
    return float(sum(fact.start > since for fact in [*holdings, *estates, *leases.values()]))


def qualifications(_: View) -> float:
    """New patents and certificates in the last two years.

    Raises:
        Unknown: always; no feed of the contract carries them.
    """
    raise Unknown("no feed of patents and certificates is connected")


def age(view: View) -> float:
    """Age up to ten years, as a share of ten years.

    Raises:
        Unknown: the founding date is unknown or lies ahead.
    """
    founded = next(
        (day for fact in reversed(view.known("F29")) if (day := fact.data.get("founded_on")) is not None),
        None,
    )
    if not isinstance(founded, int) or founded > view.day:
        raise Unknown("the founding date is unknown")
    return min((view.day - founded) / 365.25 / WINDOWS.full_age_years, 1.0)


def industry_momentum(_: View) -> float:
    """100 less the macro risk index of the firm's industry: a value of the group, which a ledger cannot know.

    Raises:
        Unknown: always; the score takes it from the standards.
    """
    raise Unknown("the macro risk index of the industry is not known")


MEASURES = (
    Measure(
        "growth_mix", "potential", "growth", "成长性", ("F30", "F15", "F19"), "%", True, 0.50, growth_mix,
        basis="mix", parts=tuple(GROWTHS),
    ),
    Measure(
        "investment", "potential", "investment", "投资扩张", ("F27", "F12", "F11"), "events in 24 months", True, 0.15,
        investment, registers=("F27", "F12", "F11"),
    ),
    Measure(
        "qualifications", "potential", "patents and certificates", "知识产权与资质", (), "new in 24 months", True,
        0.15, qualifications, basis="percentile",
    ),
    Measure("age", "potential", "age", "存续年限", ("F29",), "share of ten years", True, 0.10, age),
    Measure(
        "industry_momentum", "potential", "industry momentum", "行业景气", (), "100 - index", True, 0.10,
        industry_momentum, basis="group",
    ),
)  # fmt: skip
