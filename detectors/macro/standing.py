"""What one firm counts for in the groups it belongs to, read off its ledger."""

from collections.abc import Iterator, Mapping

from detectors.forces.solvency import insurance_owed, loans, tax_owed
from detectors.macro.counters import BILLION, Standing
from detectors.points.billing import UTILITIES, YEAR, accounts_of
from detectors.points.view import View

CLAIMS: Mapping[str, str] = {"F01": "claim_amount", "F04": "exec_amount"}
"""Feeds of new claims and enforcement, and the amount they tell."""


def standing(view: View, groups: tuple[str, ...], tier: int) -> Standing:
    """The standing of a firm on the day of the view: arrears of utilities, tax and social insurance against what was
    billed in twelve months, M, loans outstanding, and what contagion adds to its probability of default."""
    bills = [bill for name in UTILITIES for account in accounts_of(view, name).values() for bill in account]
    overdue = sum(bill.open for bill in bills if bill.paid_on is None and bill.due_on < view.day)
    billed = sum(bill.amount for bill in bills if view.day - YEAR <= bill.due_on < view.day)
    lent = sum(view.money(loan, "balance", "principal") or 0 for loan in loans(view))
    told = view.active("F34")
    delta = float(told[-1].data["network"].get("delta", 0.0)) if told else 0.0
    return Standing(
        groups=groups,
        tier=tier,
        base=max(view.base.amount, 0),
        arrears=overdue + tax_owed(view) + insurance_owed(view),
        billed=billed,
        exposure=lent,
        loss=round(lent * delta),
        contagion=round(delta * BILLION),
    )


def claims(view: View, days: int) -> Iterator[tuple[int, int]]:
    """New claims against the firm and enforcement in the ``days`` up to that of the view: the day each began, and its
    amount in minor units of the profile's currency."""
    for feed, name in CLAIMS.items():
        for fact in view.known(feed):
            amount = view.money(fact, name)
            against = fact.data.get("role", "defendant") == "defendant"
            if amount is not None and amount > 0 and against and view.day - days < fact.start:
                yield fact.start, amount
