"""Records for tests of the five forces, and the view and rules they are read with."""

import functools
from typing import Any

from detectors.fact import day_of
from detectors.fold import fold_all
from detectors.forces.rules import Rules
from detectors.judge import Judgement, judge
from detectors.ledger import EMPTY, Ledger
from detectors.materiality import base_of
from detectors.points.view import View
from detectors.record import Record, epoch
from tests.detectors import build

TODAY = "2026-04-15"


@functools.cache
def rules() -> Rules:
    """The numbers that ship with the package."""
    return build.shipped().scoring


def day_number(day: str) -> int:
    """Day number of an ISO date in China."""
    return day_of(epoch(build.at(day)), 8 * 3600)


def ledger_of(records: list[Record]) -> Ledger:
    """The ledger of the firm."""
    return fold_all(records, build.shipped()).get(build.FIRM, EMPTY)


def view_of(records: list[Record], day: str = TODAY) -> View:
    """The firm as of a day, with its materiality base."""
    catalogue = build.shipped()
    ledger, profile, number = ledger_of(records), catalogue.profile("CN-330604"), day_number(day)
    return View(ledger, number, base_of(ledger, number, catalogue.materiality, profile), profile.fx)


def judged(records: list[Record], day: str = TODAY) -> Judgement:
    """What the shipped catalogue says of the firm."""
    catalogue = build.shipped()
    return judge(ledger_of(records), day_number(day), catalogue, catalogue.profile("CN-330604"))


def accounts(
    period: str, day: str, basis: str = "declared", audited: bool = False, **figures: float
) -> Record:
    """F30; amounts in yuan, ``headcount`` in persons."""
    payload: dict[str, Any] = {"period": period, "basis": basis, "audited": audited}
    for name, value in figures.items():
        payload[name] = int(value) if name == "headcount" else build.money(value)
    return build.record("F30", f"accounts-{period}-{basis}", day, payload)


def reading(period: str, kwh: float, *, account: str = "3306040001", estimated: bool = False) -> Record:
    """F15, a meter reading of electricity, taken on the 28th of the month."""
    payload = {
        "utility": "electricity",
        "provider_id": "electricity-co",
        "account_no": account,
        "event": "reading",
        "period": period,
        "quantity": str(kwh),
        "estimated": estimated,
    }
    day = f"{period[-7:] if '/' not in period else period[-10:-3]}-28"
    return build.record("F15", f"reading-{account}-{period}", day, payload)


def readings(first: str, kwh: list[float], **more: Any) -> list[Record]:
    """Readings of consecutive months."""
    year, month = int(first[:4]), int(first[5:]) - 1
    return [
        reading(f"{year + (month + n) // 12}-{(month + n) % 12 + 1:02d}", one, **more)
        for n, one in enumerate(kwh)
    ]


def insured(period: str, count: int, *, insurance: str = "pension", owed: float | None = None) -> Record:
    """F19 of one month, known on its 28th."""
    payload: dict[str, Any] = {"insurance": insurance, "period": period, "insured_count": count}
    if owed is not None:
        payload["owed"] = build.money(owed)
    return build.record("F19", f"{insurance}-{period}", f"{period}-28", payload)


def master(**fields: Any) -> Record:
    """F29 of a firm founded in 2018 with 8 of 10 million paid in."""
    payload = {
        "name": "绍兴上虞测试有限公司",
        "subscribed_capital": build.money(10e6),
        "paid_capital": build.money(8e6),
        "founded_on": "2018-04-15",
        "size_class": "small",
        **fields,
    }
    return build.record("F29", "master", "2018-04-20", payload)


def two_years(**latest: float) -> list[Record]:
    """Accounts of 2024 and 2025: assets 20 then 22 million, equity 10 then 11, revenue 30 then 33."""
    before = {
        "revenue": 30e6,
        "profit": 1.5e6,
        "tax_paid": 1e6,
        "assets": 20e6,
        "liabilities": 10e6,
        "equity": 10e6,
    }
    now = {
        "revenue": 33e6,
        "profit": 2.1e6,
        "tax_paid": 1.2e6,
        "assets": 22e6,
        "liabilities": 11e6,
        "equity": 11e6,
    }
    more = {"interest_expense": 0.3e6, "headcount": 48, **latest}
    return [
        accounts("2024", "2025-03-20", "declared", False, **before),
        accounts("2025", "2026-03-20", "declared", False, **{**now, **more}),
    ]


def loan(
    n: int, as_of: str, *, balance: float = 1e6, principal_days: int = 0, interest_days: int = 0
) -> Record:
    """F21, one status of the n-th loan."""
    payload = {
        "lender_id": "bank-a",
        "contract_no": f"loan-{n}",
        "as_of": as_of,
        "balance": build.money(balance),
        "interest_due": build.money(20_000),
        "principal_overdue_days": principal_days,
        "interest_overdue_days": interest_days,
    }
    return build.record("F21", f"loan-{n}-{as_of}", as_of, payload)


def guarantee(
    n: int, principal: float, *, guarantor: str = build.FIRM, debt_to: str = "2027-01-31", **more: Any
) -> Record:
    """F26, the n-th guarantee, given by the firm unless told otherwise."""
    payload = {
        "contract_no": f"guarantee-{n}",
        "guarantor": guarantor,
        "debtor": build.OTHER if guarantor == build.FIRM else build.FIRM,
        "way": "joint_guarantee",
        "principal": build.money(principal),
        "debt_to": debt_to,
        **more,
    }
    return build.record("F26", f"guarantee-{n}", "2025-02-01", payload)


def healthy() -> list[Record]:
    """A firm of which four forces are known without any peers."""
    power = readings("2024-01", [10_000.0] * 12 + [11_000.0] * 12 + [12_000.0] * 3)
    staff = [insured("2025-03", 50), insured("2026-03", 52)]
    bills = [
        build.bill(f"2025-{month:02d}", f"2025-{month:02d}-25", 8_000, paid=f"2025-{month:02d}-20")
        for month in range(5, 13)
    ]
    return [master(), *two_years(), *power, *staff, *bills]
