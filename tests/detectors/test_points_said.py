"""What a colour says it measured: with the amounts and periods it was reckoned from, and nothing that no record says.

Whoever reads it must be able to work a share out again, and must not take what is unknown for nothing.
"""

import pytest

from detectors.record import Record
from tests.detectors.build import FIRM, estate, master, saying, seizure, tax_notice, verdict
from tests.detectors.points.credit_records import status
from tests.detectors.points.labour_records import insured, wages
from tests.detectors.points.registry_records import abnormal, change, state
from tests.detectors.points.security_records import (
    OTHER_HOLDER,
    account_order,
    accounts,
    charge,
    equity_freeze,
    mortgage,
    pledge,
    relation,
    suit,
)
from tests.detectors.points.test_contract import VECTORS
from tests.detectors.points.vectors import judged, rec

DAY = "2026-02-01"
BASE = master("2026-01-01", 1_000_000)
FREEZE = equity_freeze(1, "2026-01-05", 0.25)
ARREARS = tax_notice("2025Q4", "2026-01-15", 30_000)
LABOUR = [saying(suit(n, f"2026-01-{n:02d}"), cause="劳动争议") for n in (10, 11, 12)]


def ended(what: str, day: str) -> Record:
    """An account that was closed."""
    payload = {"utility": what, "provider_id": f"{what}-co", "account_no": "1", "event": "close_account"}
    return rec("F15", f"close-{what}", day, {**payload, "notice_on": day})


def untold(notice: Record) -> Record:
    """A notice that leaves out what is owed."""
    payload = {name: value for name, value in notice.payload.items() if name != "balance"}
    return saying(rec("F16", notice.record_id, notice.occurred_at.date().isoformat(), payload))


@pytest.mark.parametrize(
    ("point", "records", "said"),
    [
        pytest.param(
            "WP-14",
            [estate("unit-1", 3e6), estate("unit-2", 7e6), seizure(1, "2026-01-10", "2028-01-01")],
            "1 unit, 30% of known real estate (CNY 3,000,000 of CNY 10,000,000)",
            id="the value that is seized and that which is known",
        ),
        pytest.param(
            "WP-14",
            [estate("unit-1", 2_999_000), estate("unit-2", 7e6), seizure(1, "2026-01-10", "2028-01-01")],
            "1 unit, 29.99% of known real estate (CNY 2,999,000 of CNY 9,999,000)",
            id="yellow by a hair does not look like the bar of red",
        ),
        pytest.param(
            "WP-16",
            [accounts("2025Q4", "2026-01-20", revenue=300_000.0), account_order(1, "2026-01-25", 9_000)],
            "1 order for CNY 9,000, 9% of the monthly inflow of CNY 100,000 (revenue of 2025Q4)",
            id="the inflow and the period it is of",
        ),
        pytest.param(
            "WP-17",
            [relation("actual_controller"), FREEZE],
            "25% of the equity frozen, of 1 holder, who is the actual controller",
            id="a controller of whom no share is known is not said to have one",
        ),
        pytest.param(
            "WP-17",
            [relation("shareholder", 0.6), FREEZE],
            "25% of the equity frozen, of 1 holder, who holds 60% and controls the firm",
            id="the share of the holder",
        ),
        pytest.param(
            "WP-17",
            [relation("shareholder", 0.22), FREEZE, equity_freeze(2, "2026-01-06", 0.1, holder=OTHER_HOLDER)],
            "35% of the equity frozen, of 2 holders, one of whom holds 22%",
            id="of several the one with most",
        ),
        pytest.param(
            "WP-18",
            [status("2026-01-10", interest_overdue_days=3), pledge(1, "2026-01-20", 0.1)],
            "10% of the equity pledged in 1 registration, 1 made after WP-40 began",
            id="the trouble after which a pledge was made",
        ),
        pytest.param(
            "WP-19",
            [BASE, ARREARS, charge(1, "2026-01-20", 1_200_000)],
            "1 registration in force for CNY 1,200,000, 1 new in 90 days, CNY 1,200,000 added in 180 days, while in "
            "arrears: WP-30",
            id="what is in arrears",
        ),
        pytest.param(
            "WP-20",
            [
                estate("u", 1e6),
                mortgage(1, "u", "2026-01-05", 600_000),
                mortgage(2, "u", "2026-01-06", 500_000),
            ],
            "2 mortgages for CNY 1,100,000, 110% of the CNY 1,000,000 known value",
            id="a unit mortgaged twice has its value once",
        ),
        pytest.param(
            "WP-30",
            [BASE, ARREARS],
            "balance CNY 30,000 in 2025Q4",
            id="one authority",
        ),
        pytest.param(
            "WP-30",
            [BASE, ARREARS, saying(tax_notice("2025Q3", "2026-01-16", 5_000), authority="越城区税务局")],
            "balance CNY 35,000 in 2025Q3, 2025Q4 (notices of 2 authorities)",
            id="the periods of two authorities",
        ),
        pytest.param(
            "WP-30",
            [BASE, untold(ARREARS)],
            "listed with an unknown balance in 2025Q4",
            id="no balance is told",
        ),
        pytest.param(
            "WP-31",
            [tax_notice("2025Q3", "2025-10-15", 10_000), tax_notice("2025Q4", "2026-01-15", 13_000)],
            "2 notices in a row (2025Q3 to 2025Q4), balance CNY 13,000 after CNY 10,000 (+30%)",
            id="the periods and both balances",
        ),
        pytest.param(
            "WP-34",
            [
                rec(
                    "F18",
                    "case",
                    "2026-01-05",
                    {"decision_no": "1", "category_code": 6, "published_on": "2026-01-05"},
                )
            ],
            "published for a major tax violation: false ordinary invoices",
            id="the category in words",
        ),
        pytest.param(
            "WP-36",
            [insured("2025-12", due=900, paid=900, owed=500)],
            "CNY 500 owed",
            id="a debt without an unpaid month names no month",
        ),
        pytest.param(
            "WP-38",
            [wages(1, "2026-01-05", "criminal_referral", amount={"amount": "80000.00", "currency": "CNY"})],
            "criminal referral, CNY 80,000 unpaid",
            id="an unknown number of workers is not none",
        ),
        pytest.param(
            "WP-39",
            [*LABOUR, insured("2025-12", count=10)],
            "3 suits in 30 days, 3 in 90 days, 30% of 10 insured in 2025-12",
            id="the month of the headcount",
        ),
        pytest.param(
            "WP-43",
            [status("2026-01-31", subrogated_on="2026-01-20")],
            "an unknown amount paid for the firm",
            id="an unknown payment is not CNY 0",
        ),
        pytest.param(
            "WP-43",
            [status("2026-01-31", subrogation=5), status("2026-01-31", "loan-2", subrogated_on="2026-01-20")],
            "CNY 5 and an unknown amount paid for the firm",
            id="one payment of two is known",
        ),
        pytest.param(
            "WP-44",
            [abnormal("2026-01-02", 4), ended("electricity", "2026-01-05"), ended("water", "2026-01-06")],
            "listed since 2026-01-02 (30 days): not found at its address; electricity supply ended; water supply ended",
            id="how long, and every supply that ended",
        ),
        pytest.param(
            "WP-47",
            [ARREARS, change("2025-12-20", "legal_rep"), change("2026-01-20", "domicile")],
            "2 key changes: legal representative 2025-12-20, domicile 2026-01-20; that of 2026-01-20 within 30 days "
            "after WP-30",
            id="which change followed on the heels of trouble",
        ),
    ],
)
def test_what_was_measured_can_be_worked_out_again(point: str, records: list[Record], said: str) -> None:
    found = verdict(point, records, DAY)
    assert found.level
    assert found.finding.value == said


def test_waiting_seizures_say_what_is_claimed() -> None:
    """Of those that wait; the first has the asset already."""
    claims = [
        saying(
            seizure(n, "2026-01-10", "2028-01-01", asset="unit-1"),
            sequence=n,
            amount_limit={"amount": f"{n}00000.00", "currency": "CNY"},
        )
        for n in (1, 2, 3)
    ]
    said = verdict("WP-15", claims, DAY, FIRM).finding.value
    assert (
        said == "2 seizures waiting behind others on one asset, 1 asset with a queue, for CNY 500,000 in all"
    )


def test_tax_of_a_quarter_is_held_against_that_of_the_year_before_in_amounts() -> None:
    """Without peers nothing fires; the words are those of the finding that the vectors of WP-35 lead to."""
    values = [
        judged(one.records, one.day, one.reference, one.entity).verdicts["WP-35"].finding.value
        for one in VECTORS
        if one.point == "WP-35" and one.expect == "red"
    ]
    assert values
    assert all(" against CNY " in value and " a year before (-" in value for value in values)


def test_only_a_simple_deregistration_has_a_last_day_to_object_by_law() -> None:
    """市场主体登记管理条例 art. 33; another notice has the day it names itself, or none."""
    until = {"published_on": "2026-01-20", "objection_until": "2026-03-05"}
    notices = {
        "simple_deregistration_notice": (
            "simple deregistration notice with no known debt, objections until 2026-02-09",
            {},
        ),
        "deregistration_notice": ("deregistration notice with no known debt", {}),
        "deregistration_notice ": (
            "deregistration notice with no known debt, objections until 2026-03-05",
            until,
        ),
    }
    for status_, (said, more) in notices.items():
        assert (
            verdict("WP-46", [state("2026-01-20", status_.strip(), fields=more)], DAY).finding.value == said
        )
