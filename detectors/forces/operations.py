"""Operations (运营能力): whether the firm runs: power, people, and bills and returns in time."""

from detectors.fact import Fact
from detectors.forces import power
from detectors.forces.accounts import flow, headcount_trend, latest_year, mean_of_ends
from detectors.forces.measure import Measure, Unknown
from detectors.forces.months import WINDOWS
from detectors.points.billing import UTILITIES, Bill, accounts_of
from detectors.points.months import first_day, month_of
from detectors.points.tax import months_of
from detectors.points.view import View


def bills_of(view: View) -> list[Bill]:
    """All bills of all utilities, read once per view."""
    held: list[Bill] | None = view.memo.get("forces.bills")
    if held is None:
        used = {fact.data.get("utility") for fact in view.known("F15")}
        held = view.memo["forces.bills"] = [
            bill
            for utility in UTILITIES
            if utility in used
            for _, bills in sorted(accounts_of(view, utility).items())
            for bill in bills
        ]
    return held


def payment_punctuality(view: View) -> float:
    """Share of the bills that fell due in the last twelve months and were paid in full by then, over all utilities.

    Raises:
        Unknown: no bill fell due.
    """
    due = [bill for bill in bills_of(view) if view.day - WINDOWS.year_days <= bill.due_on < view.day]
    if not due:
        raise Unknown("no utility bill fell due in the last twelve months")
    # settled on the day after counts: on no day has the engine seen it overdue
    in_time = sum(bill.paid_on is not None and bill.paid_on <= bill.due_on + 1 for bill in due)
    return in_time / len(due)


def filing_punctuality(view: View) -> float:
    """On-time over due filings of the last twelve months: twelve monthly tax returns and one annual report.

    A missed return comes as F17; a firm listed as tax-abnormal (非正常户) has missed three in a row at least
    (国家税务总局公告 2019 年第 48 号); a listing for a missing annual report (F22,
    reasons 1 and 2) is one missed report.
    """
    since = view.day - WINDOWS.year_days
    missed = {month for fact in view.known("F17") for month in _missed(fact) if first_day(month + 1) > since}
    reports = [
        fact
        for fact in view.known("F22")
        if fact.data.get("reason") in (1, 2) and fact.data.get("put_on", fact.start) > since
    ]
    return max(1.0 - (len(missed) + len(reports)) / WINDOWS.filings_due, 0.0)


def _missed(fact: Fact) -> range:
    """Months whose return was missed, as one record of F17 tells."""
    if fact.data.get("event") == "missed_filing":
        span = months_of(str(fact.data.get("period", "")))
        return range(0) if span is None else range(span[0], span[1] + 1)
    if fact.data.get("event", "listed") != "listed":
        return range(0)
    listed = month_of(fact.data.get("listed_on", fact.start))
    return range(listed - _MONTHS_BEFORE_LISTING, listed)


_MONTHS_BEFORE_LISTING = 3


def asset_turnover(view: View) -> float:
    """Revenue of a year over mean total assets, in times.

    Raises:
        Unknown: revenue or assets are unknown, or there are no assets.
    """
    last = latest_year(view, "revenue")
    revenue, assets = flow(view, "revenue", last), mean_of_ends(view, "assets", last)
    if revenue is None or assets <= 0:
        raise Unknown("revenue is unknown or there are no assets")
    return revenue / assets


MEASURES = (
    Measure(
        "power_activity", "operations", "power activity", "用电活跃度", ("F15",), "ratio to last year", True, 0.30,
        power.year_on_year, basis="relative",
    ),
    Measure(
        "capacity_use", "operations", "daily power against normal", "达产率", ("F15",), "ratio", True, 0.15,
        power.load,
    ),
    Measure(
        "headcount_trend", "operations", "insured headcount trend", "参保人数趋势", ("F19",), "ratio to last year",
        True, 0.20, headcount_trend,
    ),
    Measure(
        "payment_punctuality", "operations", "utility bills paid in time", "缴费及时率", ("F15",), "ratio", True,
        0.15, payment_punctuality,
    ),
    Measure(
        "filing_punctuality", "operations", "filings in time", "申报及时率", ("F17", "F22"), "ratio", True, 0.10,
        filing_punctuality, registers=("F17", "F22"),
    ),
    Measure(
        "asset_turnover", "operations", "asset turnover", "总资产周转率", ("F30",), "times", True, 0.10,
        asset_turnover,
    ),
)  # fmt: skip
