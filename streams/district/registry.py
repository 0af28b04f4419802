"""The registry: master data (F29), financial statements (F30) and guarantees (F26)."""

from hashlib import sha256
from typing import Any, Final

from streams.district.dice import DAY, Dice
from streams.district.fate import Fate
from streams.district.firm import REPORT, Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import LENDERS, ROADS, STREETS

_ON_PAPER: Final = 0.03
_TURNOVER: Final = 1.9
"""Yearly revenue per yuan of paid-in capital, median."""


def master(firm: Firm, at: int) -> Statement:
    """F29 主体 of the initial load."""
    return Statement(
        source="registry",
        feed="F29",
        record_id=firm.uscc,
        firm=firm,
        at=at,
        occurred=at // DAY,
        payload={
            "name": firm.name,
            "entity_type": firm.entity_type,
            "status": "active",
            "subscribed_capital": money(firm.subscribed),
            "paid_capital": money(firm.paid),
            "legal_rep": firm.person,
            "founded_on": f"{firm.founded_year}-{1 + firm.index % 12:02d}-{1 + firm.index % 27:02d}",
            "industry": firm.industry,
            "size_class": firm.size,
            "address": firm.address,
            "insured_count": firm.headcount,
        },
    )


def moved(firm: Firm, dice: Dice, first: Statement, day: int) -> Statement:
    """A change of domicile or of the insured headcount, as an amendment of the master record."""
    payload = dict(first.payload)
    if dice.chance(0.4):
        payload["address"] = f"绍兴市上虞区{dice.pick(STREETS)}{dice.pick(ROADS)}{dice.between(1, 899)}号"
    else:
        payload["insured_count"] = max(1, round(firm.headcount * dice.span(0.8, 1.25)))
    at = day * DAY + 32_400 + dice.between(0, 28_000)
    return Statement(
        source="registry", feed="F29", record_id=firm.uscc, firm=firm, at=at, occurred=day,
        payload=payload, version=2, op="amend",
    )  # fmt: skip


def report(seed: int, almanac: Almanac, firm: Firm, fate: Fate | None, at: int) -> Statement:
    """F30 of the quarter that ended before ``at``, as declared to the tax office."""
    day = at // DAY
    date = almanac.day(day)
    quarter = (date.month - 1) // 3 or 4
    year = date.year - (date.month <= 3)
    dice = Dice(seed, REPORT, firm.index, year * 4 + quarter)
    strain = max(0.0, min(fate.stage(day) / 230, 1.0)) if fate is not None and fate.ailing(day) else 0.0
    size = Dice(seed, REPORT, firm.index).span(0.6, 1.5)
    revenue = firm.paid * _TURNOVER / 4 * size * dice.span(0.88, 1.14) * (1 - 0.7 * strain)
    profit = revenue * (dice.span(0.02, 0.06) - 0.25 * strain)
    assets = firm.paid * 2.6 + sum(value for _, value in firm.units)
    equity = firm.paid * dice.span(0.9, 1.3) * (1 - 0.5 * strain)
    figures: dict[str, Any] = {
        "output_value": money(revenue * 1.04),
        "revenue": money(revenue),
        "profit": money(profit),
        "tax_paid": money(max(0.0, revenue * 0.035 + profit * 0.15)),
        "assets": money(assets),
        "liabilities": money(assets - equity),
        "equity": money(equity),
    }
    payload = {
        "period": f"{year}Q{quarter}",
        **figures,
        "headcount": max(1, round(firm.headcount * (1 - 0.5 * strain))),
        "audited": False,
        "basis": "tax",
    }
    if firm.size == "micro" and dice.chance(_ON_PAPER):
        return _by_hand(firm, payload, dice, at)
    return Statement(
        source="registry",
        feed="F30",
        record_id=f"{firm.uscc}|{year}Q{quarter}|tax",
        firm=firm,
        at=at,
        occurred=day,
        payload=payload,
    )


def _by_hand(firm: Firm, report: dict[str, Any], dice: Dice, at: int) -> Statement:
    """F32: a report handed in on paper and keyed in by a clerk; most are approved by a second one."""
    payload = {
        "feed": "F30",
        "record": report,
        "entered_by": f"scjgj-{dice.between(11, 29)}",
        "doc_scan_sha256": sha256(f"{firm.uscc}|{report['period']}".encode()).hexdigest(),
        "reason": "纸质报表补录",
    }
    if dice.chance(0.8):
        payload["approved_by"] = f"scjgj-{dice.between(1, 9):02d}"
    return Statement(
        source="registry", feed="F32", record_id=f"补录|{firm.uscc}|{report['period']}", firm=firm, at=at,
        occurred=at // DAY, payload=payload,
    )  # fmt: skip


def released(almanac: Almanac, given: Statement, day: int) -> Statement:
    """A guarantee that is released on a day of the world."""
    return Statement(
        source="registry", feed="F26", record_id=given.record_id, firm=given.firm, at=day * DAY + 36_000,
        occurred=given.occurred, payload={**given.payload, "released_on": almanac.iso(day)}, version=2, op="close",
        role=given.role, valid_from=given.valid_from, valid_to=day, doc_no=given.doc_no,
    )  # fmt: skip


def guarantee(almanac: Almanac, guarantor: Firm, debtor: Firm, dice: Dice, at: int) -> tuple[Statement, ...]:
    """F26: ``guarantor`` stands for a loan of ``debtor``; one copy of the relation for each end of it."""
    lender = LENDERS[max(debtor.lender, 0)]
    from_day = at // DAY - dice.between(30, 500)
    to_day = from_day + 365 * dice.between(2, 3)
    year = almanac.day(from_day).year
    number = f"{lender.subscriber.split('-')[0].upper()}-BZ-{year}-{guarantor.index:06d}-{debtor.index:06d}"
    payload = {
        "contract_no": number,
        "guarantor": guarantor.entity,
        "guarantor_name": guarantor.name,
        "debtor": debtor.entity,
        "debtor_name": debtor.name,
        "creditor_name": lender.name,
        "way": "joint_guarantee" if dice.chance(0.85) else "general_guarantee",
        "principal": money(round(debtor.paid * dice.span(0.2, 0.8), -4) or 10_000),
        "debt_from": almanac.iso(from_day),
        "debt_to": almanac.iso(to_day),
        "guarantee_from": almanac.iso(to_day),
        "guarantee_to": almanac.iso(to_day + 730),
    }
    return tuple(
        Statement(
            source="registry",
            feed="F26",
            record_id=f"{number}|{guarantor.uscc}|{debtor.uscc}",
            firm=firm,
            at=at,
            occurred=from_day,
            payload=payload,
            role=role,
            valid_from=from_day,
            valid_to=to_day + 730,
            doc_no=number,
        )
        for firm, role in ((guarantor, "guarantor"), (debtor, "debtor"))
    )
