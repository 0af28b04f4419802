"""Solvency (偿付能力): what the firm owes, what it is late with, and what it stands for."""

from collections import defaultdict

from detectors.fact import Fact
from detectors.forces.accounts import flow, latest_balance, latest_net_assets, latest_year, stock
from detectors.forces.measure import Measure, Unknown
from detectors.forces.months import WINDOWS
from detectors.forces.operations import bills_of
from detectors.points.billing import Bill
from detectors.points.exposure import guarantees_given
from detectors.points.tax import months_of
from detectors.points.view import View


def debt_ratio(view: View) -> float:
    """Liabilities over assets at the latest balance, in percent.

    Raises:
        Unknown: either is unknown, or there are no assets.
    """
    last = latest_balance(view, "liabilities", "assets")
    liabilities, assets = stock(view, "liabilities", last), stock(view, "assets", last)
    if liabilities is None or not assets:
        raise Unknown("there are no assets")
    return 100.0 * liabilities / assets


def interest_cover(view: View) -> float:
    """Profit before interest and tax over interest of a year, in times.

    Raises:
        Unknown: either is unknown, or no interest was paid.
    """
    last = latest_year(view, "profit", "interest_expense")
    profit, interest = flow(view, "profit", last), flow(view, "interest_expense", last)
    if profit is None or not interest:
        raise Unknown("no interest was paid")
    return (profit + interest) / interest


def arrears_load(view: View) -> float:
    """Everything overdue over the materiality base: utilities, tax, social insurance, wages, loans.

    Raises:
        Unknown: there is no materiality base.
    """
    owed = [
        sum(bill.open for bill in bills_of(view) if bill.due_on < view.day and bill.open > 0),
        tax_owed(view), insurance_owed(view), _wages_owed(view), _loans_overdue(view),
    ]  # fmt: skip
    return sum(owed) / _base(view)


def _base(view: View) -> int:
    if view.base.amount <= 0:
        raise Unknown("there is no materiality base")
    return view.base.amount


def tax_owed(view: View) -> int:
    """Balances still unpaid in each authority's latest notice; what it no longer lists is settled."""
    notices: dict[str, dict[int, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in view.known("F16"):
        span = months_of(str(fact.data.get("notice_period", "")))
        if span is not None:
            notices[str(fact.data.get("authority", ""))][span[1]].append(fact)
    latest = [fact for periods in notices.values() for fact in periods[max(periods)]]
    return sum(view.money(fact, "balance") or 0 for fact in latest if fact.holds(view.day))


def insurance_owed(view: View) -> int:
    """The cumulative debt of each insurance in its latest period."""
    latest: dict[str, tuple[int, int]] = {}
    for fact in view.known("F19"):
        span, owed = months_of(str(fact.data.get("period", ""))), view.money(fact, "owed")
        if span is not None and owed is not None and fact.holds(view.day):
            name = str(fact.data.get("insurance"))
            latest[name] = max(latest.get(name, (0, 0)), (span[1], owed))
    return sum(owed for _, owed in latest.values())


_WAGES_DUE = frozenset({"order_to_pay", "order_expired", "criminal_referral", "joint_discipline_listed"})


def _wages_owed(view: View) -> int:
    """Wages that an authority has found to be owed; a complaint alone has not."""
    cases = [fact for fact in view.active("F20") if fact.data.get("event") in _WAGES_DUE]
    return sum(view.money(fact, "amount") or 0 for fact in cases if _before(view, fact, "removed_on"))


def _before(view: View, fact: Fact, name: str) -> bool:
    end = fact.data.get(name)
    return not isinstance(end, int) or view.day < end


def loans(view: View) -> list[Fact]:
    """The latest status of each loan, read once per view."""
    held: list[Fact] | None = view.memo.get("forces.loans")
    if held is None:
        latest: dict[tuple[str, str], Fact] = {}
        for fact in view.active("F21"):
            key = (str(fact.data.get("lender_id")), str(fact.data.get("contract_no")))
            if key not in latest or _as_of(fact) >= _as_of(latest[key]):
                latest[key] = fact
        held = view.memo["forces.loans"] = list(latest.values())
    return held


def _as_of(fact: Fact) -> int:
    as_of = fact.data.get("as_of")
    return as_of if isinstance(as_of, int) else fact.start


def _loans_overdue(view: View) -> int:
    """The whole balance once principal is overdue, and the interest that is due while interest is."""
    owed = 0
    for fact in loans(view):
        if fact.data.get("principal_overdue_days", 0) > 0:
            owed += view.money(fact, "balance", "principal") or 0
        if fact.data.get("interest_overdue_days", 0) > 0:
            owed += view.money(fact, "interest_due") or 0
    return owed


def enforcement_load(view: View) -> float:
    """Unperformed judgments and active enforcement cases over the materiality base.

    A judgment counts while its source says that it is not performed, or its time has passed without word of it.
    Sources do not link a judgment to the enforcement that follows, so a debt that both tell of counts twice.

    Raises:
        Unknown: there is no materiality base.
    """
    judged = sum(
        view.money(fact, "obligation_amount") or 0 for fact in view.active("F03") if _unperformed(view, fact)
    )
    enforced = sum(view.money(fact, "unperformed_amount", "exec_amount") or 0 for fact in view.active("F04"))
    return (judged + enforced) / _base(view)


def _unperformed(view: View, fact: Fact) -> bool:
    performed, by = fact.data.get("performed"), fact.data.get("perform_by")
    if fact.data.get("result") == "won" or performed is True:
        return False
    return performed is False or (isinstance(by, int) and by < view.day)


def max_days_past_due(view: View) -> float:
    """The most days a bill or a loan was overdue within the last twelve months.

    Raises:
        Unknown: neither a bill nor a loan is known.
    """
    since = view.day - WINDOWS.year_days
    late = [
        _days_late(bill, view.day) for bill in bills_of(view) if bill.paid_on is None or bill.paid_on >= since
    ]
    for fact in view.known("F21"):
        if _as_of(fact) >= since:
            days = (fact.data.get("principal_overdue_days", 0), fact.data.get("interest_overdue_days", 0))
            late.append(max(days))
    if not late:
        raise Unknown("no utility bill or loan is known in the last twelve months")
    return float(max(late))


def _days_late(bill: Bill, day: int) -> int:
    until = day if bill.paid_on is None else bill.paid_on
    late = until - bill.due_on
    return late if late > 1 or (bill.paid_on is None and late > 0) else 0


def guarantee_load(view: View) -> float:
    """Guarantees given to others over net assets (或有负债比率), in percent: contracts in force (F26), or what the
    accounts state if that is more.

    Raises:
        Unknown: net assets are unknown or used up.
    """
    last, net = latest_net_assets(view)
    if net <= 0:
        raise Unknown("net assets are used up")
    contracts = sum(view.money(fact, "principal") or 0 for fact in guarantees_given(view.active("F26")))
    stated = stock(view, "guarantees_given", last)
    return 100.0 * max(contracts, stated or 0.0) / net


MEASURES = (
    Measure("debt_ratio", "solvency", "debt ratio", "资产负债率", ("F30",), "%", False, 0.20, debt_ratio),
    Measure(
        "interest_cover", "solvency", "interest cover", "已获利息倍数", ("F30",), "times", True, 0.10,
        interest_cover,
    ),
    Measure(
        "arrears_load", "solvency", "arrears against the base", "欠费负担", ("F15", "F16", "F19", "F20", "F21"),
        "ratio to M", False, 0.25, arrears_load, registers=("F16", "F20"),
    ),
    Measure(
        "enforcement_load", "solvency", "enforcement against the base", "执行负担", ("F03", "F04"), "ratio to M",
        False, 0.20, enforcement_load, registers=("F03", "F04"),
    ),
    Measure(
        "max_days_past_due", "solvency", "most days overdue in a year", "最长逾期天数", ("F21", "F15"), "days",
        False, 0.10, max_days_past_due,
    ),
    Measure(
        "guarantee_load", "solvency", "guarantees against net assets", "或有负债比率", ("F26", "F30"), "%", False,
        0.15, guarantee_load, registers=("F26",),
    ),
)  # fmt: skip
