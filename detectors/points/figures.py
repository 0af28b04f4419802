"""Figures of the accounts (F30) that other amounts are held against."""

from detectors.fact import Fact
from detectors.points.flows import statements
from detectors.points.view import View


def latest_accounts(view: View, name: str) -> tuple[Fact, int, int] | None:
    """The accounts of the latest period that give a figure, the figure, and the months of the period.

    Of periods that end together the shortest speaks.
    """
    best: tuple[tuple[int, int, str], Fact, int] | None = None
    for months, fact in statements(view):
        amount = view.money(fact, name)
        if amount is None:
            continue
        order = (months[1], months[0], fact.key)
        if best is None or order > best[0]:
            best = order, fact, amount
    if best is None:
        return None
    (last, first, _), fact, amount = best
    return fact, amount, last - first + 1


def stated_net_assets(view: View, fact: Fact) -> int | None:
    """Equity in accounts (F30), else their assets less liabilities, in minor units; None if they tell neither."""
    equity = view.money(fact, "equity")
    if equity is not None:
        return equity
    assets, liabilities = view.money(fact, "assets"), view.money(fact, "liabilities")
    return None if assets is None or liabilities is None else assets - liabilities


def monthly_inflow(view: View) -> tuple[float, str] | None:
    """Revenue per month in the latest accounts, minor units, and their period; None if none give a revenue above 0."""
    found = latest_accounts(view, "revenue")
    if found is None or found[1] <= 0:
        return None
    fact, revenue, months = found
    return revenue / months, str(fact.data.get("period", ""))


def subscribed_capital(view: View) -> int | None:
    """Subscribed capital of the entity: from its master data, else what its shareholders have subscribed."""
    for fact in reversed(view.known("F29")):
        if amount := view.money(fact, "subscribed_capital"):
            return amount
    held = [fact for fact in view.active("F27") if fact.data.get("type") == "shareholder"]
    shares = [view.money(fact, "subscribed") for fact in held if fact.data.get("role") in (None, "to")]
    known = [share for share in shares if share is not None]
    return sum(known) if known and len(known) == len(shares) else None
