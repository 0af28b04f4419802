"""Indicators where records tell one thing in several pieces, or a part of a thing."""

from typing import Any

import pytest

from detectors.forces.measures import MEASURES
from detectors.indicators.registry import value
from detectors.points.example import cny, seen
from detectors.points.exposure import open_exposure
from detectors.points.security import MortgagedAssetSeized, mortgaged_asset_seized

TODAY = "2026-06-01"


def charge(day: str, seq: int, amount: float, **said: Any) -> dict[str, Any]:
    """F11: an entry of one registration."""
    return {"on": day, "reg_no": "R1", "seq": seq, "reg_on": day, "secured_amount": cny(amount), **said}


def change(day: str, before: float | None, after: float | None) -> dict[str, Any]:
    """F25 about the registered capital."""
    told = {"before_amount": before, "after_amount": after}
    amounts = {name: cny(amount) for name, amount in told.items() if amount is not None}
    return {"on": day, "changed_on": day, "item": "reg_capital", **amounts}


ACCOUNTS = [
    {"on": "2026-01-31", "period": "2025", "assets": cny(10_000), "liabilities": cny(0), "basis": "tax"}
]
FIRST, AMENDED = charge("2025-03-01", 0, 1_000), charge("2026-05-01", 1, 3_000)
CANCELLED = charge("2026-05-20", 2, 3_000, status="cancelled", cancelled_on="2026-05-20")


@pytest.mark.parametrize(
    ("entries", "count", "amount", "free"),
    [([FIRST], 1, 1_000, 0.9), ([FIRST, AMENDED], 1, 3_000, 0.7), ([FIRST, AMENDED, CANCELLED], 0, 0, 1.0)],
    ids=["registered", "amended", "cancelled by an entry of its own"],
)
def test_a_registration_is_one_charge_however_often_amended(
    entries: list[dict[str, Any]], count: int, amount: float, free: float
) -> None:
    view = seen(TODAY, F11=entries, F30=ACCOUNTS)
    assert value(view, "security.f11.count.active").value == count
    assert value(view, "security.f11.amount.active").value == amount
    assert value(view, "security.f11.count.90d").value == 0  # registered more than a year ago
    assert MEASURES["unencumbered_assets"].compute(view) == pytest.approx(free)
    assert len(open_exposure(view).get("security", [])) == count


def test_a_charge_cancelled_by_an_entry_of_its_own_is_not_hit_by_a_seizure() -> None:
    """WP-21 is red while the charge stands."""
    seizure = {"on": "2026-05-25", "from": "2026-05-25", "asset_ref": "R1", "asset_class": "movable"}
    levels = [
        mortgaged_asset_seized(seen(TODAY, F09=[seizure], F11=entries), MortgagedAssetSeized()).level
        for entries in ([FIRST, AMENDED], [FIRST, AMENDED, CANCELLED])
    ]
    assert levels == [3, 0]


@pytest.mark.parametrize(
    ("changes", "cut"),
    [
        ([change("2026-01-05", 1_000, None), change("2026-02-05", 500, 400)], 100),
        ([change("2026-01-05", None, 10), change("2026-02-05", 500, 900)], 0),
        ([change("2026-01-05", 900, 700), change("2026-02-05", 700, 400)], 500),
        ([change("2026-01-05", 1_000, None)], None),
        ([], 0),
    ],
)
def test_capital_is_cut_by_what_one_change_tells(changes: list[dict[str, Any]], cut: float | None) -> None:
    """Before and after belong together; half a change tells nothing."""
    assert value(seen(TODAY, F25=changes), "regulatory.f25.amount.365d").value == cut


@pytest.mark.parametrize(
    ("spans", "days"),
    [
        ([("2025-01-01", "2025-07-01")], 30),  # of half a year, June alone lies in the twelve months
        ([("2024-01-01", None)], 365),
        ([("2026-05-01", "2026-05-11"), ("2026-05-06", "2026-05-16")], 15),
        ([("2025-01-01", "2025-05-01")], 0),
        ([("2026-06-01", None)], 0),
    ],
)
def test_days_as_tax_abnormal_household_are_those_of_the_twelve_months(
    spans: list[tuple[str, str | None]], days: int
) -> None:
    listed = [
        {"on": first, "event": "listed", "listed_on": first, **({"released_on": last} if last else {})}
        for first, last in spans
    ]
    assert value(seen(TODAY, F17=listed), "tax.abnormal_days.12m").value == days


def test_two_hearings_are_about_one_amount() -> None:
    case = "（2026）浙0604民初1号"
    suit = {"on": "2026-04-01", "case_no": case, "role": "defendant", "claim_amount": cny(1_000_000)}
    hearings = [
        {"on": day, "case_no": case, "start_at": f"{day}T09:00:00"} for day in ("2026-05-01", "2026-05-10")
    ]
    view = seen(TODAY, F01=[suit], F02=hearings)
    assert value(view, "judicial.f02.count.90d").value == 2
    assert value(view, "judicial.f02.amount.90d").value == 1_000_000
