"""Vectors of WP-46 (existence), WP-47 (key changes) and WX-03 (capital withdrawn)."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import dishonest, enforcement, money, tax_notice
from tests.detectors.points.credit_records import status
from tests.detectors.points.labour_records import wages
from tests.detectors.points.network_records import guarantee
from tests.detectors.points.registry_records import change, state
from tests.detectors.points.security_records import charge, mortgage, relation, suit
from tests.detectors.points.vectors import Series, Vector

SIMPLE = state("2026-01-05", "simple_deregistration_notice")
NOTICE = state("2026-01-05", "deregistration_notice")
MOVED = state("2026-01-05", "moved_out")
LOAN = status("2025-12-31", balance=100_000)
REPAID = status("2026-01-31", balance=0)
ENDED = guarantee(1, "2023-01-05", 9e6, fields={"debt_to": "2025-01-05", "guarantee_to": "2025-06-30"})


def _notice_with(debt: Record, what: str) -> Vector:
    return Vector("WP-46", f"a notice with {what} open is red", [NOTICE, debt], "2026-01-06", "red")


EXISTENCE = [
    Vector(
        "WP-46", "a firm that exists is calm", [LOAN, state("2026-01-05", "active")], "2026-02-01", "none"
    ),
    Vector("WP-46", "other changes are calm", [LOAN, change("2026-01-05", "name")], "2026-02-01", "none"),
    Vector(
        "WP-46", "suspended business is blue", [LOAN, state("2026-01-05", "suspended")], "2026-02-01", "blue"
    ),
    Vector(
        "WP-46",
        "suspended until a day",
        [state("2026-01-05", "suspended", fields={"suspended_until": "2026-06-01"})],
        "2026-06-01",
        "fading",
    ),
    Vector(
        "WP-46",
        "suspended for three years at most",
        [state("2022-12-31", "suspended")],
        "2025-12-31",
        "fading",
    ),
    Vector("WP-46", "a simple notice without known debt is yellow", [SIMPLE], "2026-01-05", "yellow"),
    Vector("WP-46", "a notice without known debt is yellow", [NOTICE], "2026-01-05", "yellow"),
    _notice_with(LOAN, "a loan"),
    _notice_with(suit(1, "2025-12-01"), "a suit"),
    _notice_with(enforcement(1, "2025-12-01", 10), "an enforcement case"),
    _notice_with(charge(1, "2025-12-01", 10), "a charge"),
    _notice_with(mortgage(1, "unit-1", "2025-12-01", 10), "a mortgage"),
    _notice_with(tax_notice("2025Q4", "2025-12-01", 10), "a tax notice"),
    Vector(
        "WP-46",
        "a notice after the loan was repaid is yellow",
        [NOTICE, LOAN, REPAID],
        "2026-01-31",
        "yellow",
    ),
    Vector(
        "WP-46",
        "a notice with a closed suit is yellow",
        [NOTICE, suit(1, "2025-12-01", status="closed")],
        "2026-01-06",
        "yellow",
    ),
    Vector(
        "WP-46",
        "the firm's own claim is no debt",
        [NOTICE, suit(1, "2025-12-01", role="plaintiff")],
        "2026-01-06",
        "yellow",
    ),
    Vector(
        "WP-46",
        "a tax that the next notice leaves out is no debt",
        [NOTICE, tax_notice("2025Q3", "2025-10-01", 10), tax_notice("2025Q4", "2025-12-01", 0)],
        "2026-01-06",
        "yellow",
    ),
    Vector("WP-46", "a guarantee that has run out is no debt", [NOTICE, ENDED], "2026-01-06", "yellow"),
    Vector("WP-46", "moved away without debt is calm", [MOVED], "2026-01-06", "none"),
    Vector("WP-46", "moved away with debt is yellow", [MOVED, LOAN], "2026-01-06", "yellow"),
    Vector("WP-46", "moved away and repaid, it fades", [MOVED, LOAN, REPAID], "2026-01-31", "fading"),
    Vector(
        "WP-46", "a revoked licence is red", [state("2026-01-05", "licence_revoked")], "2026-01-06", "red"
    ),
    Vector("WP-46", "closure ordered is red", [state("2026-01-05", "closure_ordered")], "2026-01-06", "red"),
    Vector(
        "WP-46",
        "registration cancelled is red",
        [state("2026-01-05", "registration_cancelled")],
        "2026-01-06",
        "red",
    ),
    Vector("WP-46", "gone without debt is calm", [state("2026-01-05", "deregistered")], "2026-01-06", "none"),
    Vector(
        "WP-46", "gone with debt is red", [LOAN, state("2026-01-05", "deregistered")], "2026-01-06", "red"
    ),
    Vector(
        "WP-46",
        "restored, it fades",
        [state("2026-01-05", "licence_revoked"), state("2026-03-01", "active")],
        "2026-03-01",
        "fading",
    ),
    Vector(
        "WP-46",
        "a notice that is withdrawn fades",
        [state("2026-01-05", "deregistration_notice", version=2, op="close", observed="2026-01-20")],
        "2026-01-20",
        "fading",
    ),
    Vector(
        "WP-46",
        "captured late it counts",
        [LOAN, state("2026-01-05", "moved_out", observed="2026-05-01")],
        "2026-05-01",
        "yellow",
    ),
]

LEADER = change("2026-01-05", "legal_rep")
HELD_AGAINST = tax_notice("2025Q4", "2026-01-05", 10)


def shrunk(after: float, day: str = "2026-01-05", item: str = "reg_capital") -> Record:
    """Capital of a thousand reduced."""
    return change(day, item, 1000, after)


def _overdue(days: int, day: str = "2025-12-31") -> Record:
    """What a lender reports of interest and principal."""
    return status(day, interest_overdue_days=days, principal_overdue_days=days)


CHANGES = [
    Vector("WP-47", "a new domicile alone is calm", [change("2026-01-05", "domicile")], "2026-02-01", "none"),
    Vector(
        "WP-47",
        "a new scope is calm",
        [change("2026-01-05", "scope"), change("2026-01-06", "term")],
        "2026-02-01",
        "none",
    ),
    Vector("WP-47", "a new legal representative is blue", [LEADER], "2026-01-05", "blue"),
    Vector("WP-47", "a new controller is blue", [change("2026-01-05", "controller")], "2026-01-05", "blue"),
    Vector("WP-47", "blue for 179 days", [LEADER], "2026-07-03", "blue"),
    Vector("WP-47", "stable for 180 days, it fades", [LEADER], "2026-07-04", "fading"),
    Vector(
        "WP-47",
        "two key changes 90 days apart are yellow",
        [LEADER, change("2026-04-05", "domicile")],
        "2026-04-05",
        "yellow",
    ),
    Vector(
        "WP-47",
        "two key changes 91 days apart are blue",
        [LEADER, change("2026-04-06", "domicile")],
        "2026-04-06",
        "blue",
    ),
    Vector(
        "WP-47",
        "name and domicile are two key changes",
        [change("2026-01-05", "name"), change("2026-01-05", "domicile")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-47",
        "180 days count from the last change",
        [LEADER, change("2026-04-05", "domicile")],
        "2026-10-01",
        "yellow",
    ),
    Vector(
        "WP-47",
        "180 days after the last change it fades",
        [LEADER, change("2026-04-05", "domicile")],
        "2026-10-02",
        "fading",
    ),
    Vector("WP-47", "capital down by less than three tenths is calm", [shrunk(701)], "2026-02-01", "none"),
    Vector("WP-47", "capital down by three tenths is yellow", [shrunk(700)], "2026-02-01", "yellow"),
    Vector("WP-47", "more capital is calm", [shrunk(2000)], "2026-02-01", "none"),
    Vector("WP-47", "a little less capital is one key change", [LEADER, shrunk(990)], "2026-02-01", "yellow"),
    Vector(
        "WP-47",
        "less capital on the day of a tax notice is red",
        [HELD_AGAINST, shrunk(700)],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-47",
        "30 days after the tax notice is red",
        [HELD_AGAINST, shrunk(700, "2026-02-04")],
        "2026-02-04",
        "red",
    ),
    Vector(
        "WP-47",
        "31 days after the tax notice is yellow",
        [HELD_AGAINST, shrunk(700, "2026-02-05")],
        "2026-02-05",
        "yellow",
    ),
    Vector(
        "WP-47",
        "before the tax notice is yellow",
        [HELD_AGAINST, shrunk(700, "2026-01-04")],
        "2026-02-05",
        "yellow",
    ),
    Vector(
        "WP-47", "one new leader after the tax notice is blue", [HELD_AGAINST, LEADER], "2026-02-01", "blue"
    ),
    Vector(
        "WP-47",
        "fleeing a dishonest listing is red",
        [dishonest(1, "2026-01-01"), LEADER, change("2026-01-06", "domicile")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-47",
        "fleeing an order to pay wages is red",
        [wages(1, "2026-01-01", "order_to_pay"), shrunk(700)],
        "2026-02-01",
        "red",
    ),
    Vector("WP-47", "fleeing a lender is red", [_overdue(45), shrunk(700)], "2026-02-01", "red"),
    Vector(
        "WP-47",
        "what counts is when trouble became yellow",
        [_overdue(15, "2025-11-30"), _overdue(45), shrunk(700, "2026-01-30")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-47",
        "31 days after it became yellow is yellow",
        [_overdue(15, "2025-11-30"), _overdue(45), shrunk(700, "2026-01-31")],
        "2026-02-01",
        "yellow",
    ),
    Vector("WP-47", "trouble that is only blue is none", [_overdue(29), shrunk(700)], "2026-02-01", "yellow"),
    Vector(
        "WP-47",
        "captured late it counts from its day",
        [change("2026-01-05", "legal_rep", observed="2026-06-01")],
        "2026-06-01",
        "blue",
    ),
]


def holder(day: str, subscribed: float, paid: float, **more: Any) -> Record:
    """F27, a shareholder and what it owes the firm."""
    fields = {"subscribed": money(subscribed), "paid": money(paid)}
    return relation("shareholder", 0.5, day=day, fields=fields, **more)


WITHDRAWN = [
    Vector("WX-03", "less registered capital is another point", [shrunk(100)], "2026-02-01", "none"),
    Vector(
        "WX-03",
        "paid-in capital down by less than three tenths",
        [shrunk(701, item="paid_capital")],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WX-03",
        "paid-in capital down by three tenths",
        [shrunk(700, item="paid_capital")],
        "2026-02-01",
        "yellow",
    ),
    Vector("WX-03", "yellow for half a year", [shrunk(700, item="paid_capital")], "2026-07-03", "yellow"),
    Vector("WX-03", "after half a year it fades", [shrunk(700, item="paid_capital")], "2026-07-04", "fading"),
    Vector(
        "WX-03",
        "a shareholder forfeits what it never paid",
        [holder("2024-01-05", 100, 20), holder("2026-01-05", 20, 20)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WX-03",
        "a shareholder who paid sells",
        [holder("2024-01-05", 100, 100), holder("2026-01-05", 50, 50)],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WX-03",
        "a shareholder pays up",
        [holder("2024-01-05", 100, 20), holder("2026-01-05", 100, 100)],
        "2026-02-01",
        "none",
    ),
]

VECTORS = [*EXISTENCE, *CHANGES, *WITHDRAWN]

SERIES = [
    Series(
        "WP-46",
        "ever closer to the end",
        [[LOAN], [LOAN, state("2026-01-05", "suspended")], [LOAN, MOVED], [LOAN, NOTICE]],
        "2026-01-06",
    ),
    Series(
        "WP-47",
        "ever more changes",
        [
            [HELD_AGAINST],
            [HELD_AGAINST, LEADER],
            [HELD_AGAINST, LEADER, change("2026-01-06", "domicile")],
            [HELD_AGAINST, LEADER, change("2026-01-06", "domicile"), shrunk(1)],
        ],
        "2026-02-01",
    ),
    Series(
        "WX-03",
        "ever less paid in",
        [[shrunk(n, item="paid_capital")] for n in (999, 701, 700, 1)],
        "2026-02-01",
    ),
]
