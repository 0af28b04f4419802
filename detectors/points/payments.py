"""Payments that name no bill, credit notes and what was overpaid: set against the bills of an account, oldest first.

Only a bill and a reading must name their period (F15), so a payment may come for the account as a whole. What is left
over is prepaid.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from detectors.fact import Fact
from detectors.points.view import View

if TYPE_CHECKING:  # bills are made from this module
    from detectors.points.billing import Account, Bill

Payment = tuple[int, int]
"""Day and amount in minor units."""


def payments_on_account(view: View, facts: Iterable[Fact]) -> "Mapping[Account, list[Payment]]":
    """Payments without a period that were made by the day up to which ``view`` knows of payments, by account."""
    found: dict[Account, list[Payment]] = {}
    for fact in facts:
        data = fact.data
        paid_on = data.get("paid_on") or fact.start
        if data.get("event") == "payment" and not data.get("period") and paid_on <= view.latest.day:
            account = data.get("provider_id", ""), data.get("account_no", "")
            found.setdefault(account, []).append(
                (paid_on, view.money(fact, "amount_paid", "amount_due") or 0)
            )
    return found


def set_off(bills: "list[Bill]", payments: Iterable[Payment]) -> "list[Bill]":
    """Bills in billing order, without the credit notes among them, as they stand once all credit has been used."""
    credit = [(bill.paid_on or 0, -bill.open) for bill in bills if bill.open < 0]
    left = [bill for bill in bills if bill.amount >= 0]
    for paid_on, amount in sorted([*credit, *payments]):
        free = amount
        for index, bill in enumerate(left):
            if free > 0 and bill.paid_on is None:
                used = min(free, bill.open)
                settled_on = max(paid_on, bill.fact.start) if used == bill.open else None
                left[index] = msgspec.structs.replace(bill, open=bill.open - used, paid_on=settled_on)
                free -= used
    return left
