"""Dates to keep: from the record where it gives them, from the law of China where that fixes them, and never passed."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.delivery.plain_words import render
from alerts.policy.deadlines import deadlines
from detectors.fact import day_number
from tests.alerts.samples import alert
from tests.detectors.verdicts import fact

TODAY = day_number(date(2026, 3, 2))  # a Monday


def on(**fields: Any) -> Any:
    """A fact that says this; ISO days become day numbers."""
    said = {
        name: day_number(date.fromisoformat(value)) if isinstance(value, str) and len(value) == 10 else value
        for name, value in fields.items()
    }
    return replace(fact("k"), data=said)


NOTICE = {"item": "status", "status": "simple_deregistration_notice", "published_on": "2026-02-20"}
LOT = {"status": "announced", "round": "1", "starts_at": "2026-04-01T10:00:00+08:00"}

ROWS = [
    # the creditor's twenty days, or what the register says
    ("WP-46", NOTICE, {"objection_deadline": "2026-03-12"}),
    ("WP-46", {**NOTICE, "objection_until": "2026-03-13"}, {"objection_deadline": "2026-03-13"}),
    ("WP-46", {**NOTICE, "published_on": "2026-01-02"}, {}),
    ("WP-46", {**NOTICE, "status": "licence_revoked"}, {}),
    # claims in an insolvency: as announced, never guessed
    (
        "WP-13",
        {"accepted_on": "2026-02-20", "claims_deadline": "2026-04-20"},
        {"claims_deadline": "2026-04-20"},
    ),
    ("WP-13", {"accepted_on": "2026-02-20"}, {}),
    # restraints end by themselves: as ordered, at the latest when the law says
    (
        "WP-14",
        {"from": "2025-05-01", "to": "2026-05-01", "asset_class": "real_estate"},
        {"expires_on": "2026-05-01"},
    ),
    ("WP-14", {"from": "2025-05-01", "asset_class": "real_estate"}, {"expires_on": "2028-05-01"}),
    ("WP-16", {"from": "2025-05-01", "asset_class": "bank_account"}, {"expires_on": "2026-05-01"}),
    ("WP-07", {"from": "2025-05-01", "asset_class": "movable"}, {"expires_on": "2027-05-01"}),
    ("WP-17", {"from": "2025-05-01"}, {"expires_on": "2028-05-01"}),
    # auctions
    ("WP-12", LOT, {"start_at": LOT["starts_at"], "deposit_deadline": LOT["starts_at"]}),
    (
        "WP-12",
        {**LOT, "announced_on": "2026-02-27"},
        {
            "start_at": LOT["starts_at"],
            "deposit_deadline": LOT["starts_at"],
            "priority_purchase_notice": "2026-02-24",
        },
    ),
    ("WP-12", {**LOT, "status": "withdrawn"}, {}),
    (
        "WP-12",
        {**LOT, "status": "failed", "ends_at": "2026-02-25T10:00:00+08:00"},
        {"reauction_by": "2026-03-27"},
    ),
    ("WP-12", {**LOT, "status": "failed", "round": "2", "ends_at": "2026-02-25T10:00:00+08:00"}, {}),
    # guarantees: as agreed if that ends after the debt is due, else six months
    (
        "WP-48",
        {"debt_to": "2026-02-28", "guarantee_to": "2028-02-28"},
        {"guarantee_period_end": "2028-02-28"},
    ),
    (
        "WP-48",
        {"debt_to": "2026-02-28", "guarantee_to": "2026-02-28"},
        {"guarantee_period_end": "2026-08-28"},
    ),
    ("WP-43", {"debt_to": "2025-08-31"}, {}),
    ("WP-43", {"debt_to": "2025-12-31"}, {"guarantee_period_end": "2026-06-30"}),
    ("WP-49", {}, {}),
    # two years to apply for enforcement
    ("WP-06", {"perform_by": "2024-03-15"}, {"enforcement_limit": "2026-03-15"}),
    ("WP-05", {"debt_due_on": "2025-02-28"}, {"enforcement_limit": "2027-02-28"}),
    ("WP-06", {"perform_by": "2024-02-15"}, {}),
    # a wrong listing: 15 days to 17 March, then 3 working days
    ("WP-09", {}, {"correction_due": "2026-03-20"}),
    # points without a date
    ("WP-22", {"due_on": "2026-03-15"}, {}),
]


@pytest.mark.parametrize(("point", "said", "dates"), ROWS)
def test_a_date_follows_from_the_evidence(point: str, said: dict[str, Any], dates: dict[str, str]) -> None:
    """Every rule with its bounds."""
    assert deadlines(point, [on(**said)], TODAY, "CN-330604") == dates


def test_chinese_rules_hold_in_china_only() -> None:
    """Elsewhere only what the record itself says is shown."""
    assert deadlines("WP-09", [on()], TODAY, "GB") == {}
    assert deadlines("WP-14", [on(**{"from": "2025-05-01", "asset_class": "other"})], TODAY, "US-CA") == {}
    assert deadlines("WP-46", [on(**NOTICE)], TODAY, "GB") == {}
    assert deadlines("WP-13", [on(claims_deadline="2026-04-20")], TODAY, "GB") == {
        "claims_deadline": "2026-04-20"
    }


@given(st.permutations(range(5)))
def test_of_several_the_first_to_come_is_given_in_any_order(order: list[int]) -> None:
    """Those that have passed do not hide those to come."""
    ends = ["2026-01-01", "2026-03-02", "2026-03-03", "2027-01-01", "2025-01-01"]
    facts = [on(**{"from": "2024-06-01", "to": end, "asset_class": "other"}) for end in ends]
    assert deadlines("WP-15", [facts[n] for n in order], TODAY, "CN") == {"expires_on": "2026-03-02"}


def test_people_read_the_dates_soonest_first() -> None:
    """In both languages, with an unknown one by its name."""
    said = alert(
        deadlines={"objection_deadline": "2026-03-12", "expires_on": "2026-03-10", "x": "2027-01-01"}
    )
    english = [line for line in render(said).splitlines() if line.startswith("  !")]
    assert english == [
        "  ! the restraint lapses on 2026-03-10 unless it is renewed",
        "  ! creditors may object until 2026-03-12",
        "  ! x 2027-01-01",
    ]
    assert "债权人异议截止 2026-03-12" in render(said, "zh")
    assert "check the source" in render(alert(flapping=True))
    assert "!" not in render(alert())
