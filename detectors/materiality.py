"""Materiality base M(e): what an amount is measured against, and the rung it was taken from."""

from detectors.catalogue.model import Materiality, Profile
from detectors.fact import MANUAL, Fact
from detectors.ledger import Ledger
from detectors.points.view import Base, View

_SAID_IN = ("F29", "F30", MANUAL)


def base_of(ledger: Ledger, day: int, rules: Materiality, profile: Profile) -> Base:
    """Net assets if known and positive, else paid-in capital, else a share of subscribed capital, else size class."""
    return based_on(ledger, day, rules, profile)[0]


def based_on(ledger: Ledger, day: int, rules: Materiality, profile: Profile) -> tuple[Base, Fact | None]:
    """The base and the fact that alone gives it; None if nothing known does."""
    unknown = Base(rules.unknown * 100, "unknown", profile.currency)
    if not any(feed in ledger.facts for feed in _SAID_IN):
        return unknown, None
    view = View(ledger, day, Base(0, "none", profile.currency), profile.fx)
    for fact in reversed(view.known("F30")):
        net = _net_assets(view, fact)
        if net is not None and net > 0:
            return Base(net, "net_assets", profile.currency), fact
    masters = list(reversed(view.known("F29")))
    for name, share, rung in (
        ("paid_capital", 1.0, "paid_capital"),
        ("subscribed_capital", rules.subscribed_share, ""),
    ):
        for fact in masters:
            if amount := view.money(fact, name):
                base = Base(round(amount * share), rung or "subscribed_capital_share", profile.currency)
                return base, fact
    for fact in masters:
        size = str(fact.data.get("size_class"))
        if size in rules.size_class:
            return Base(rules.size_class[size] * 100, f"size_class_{size}", profile.currency), fact
    return unknown, None


def _net_assets(view: View, fact: Fact) -> int | None:
    equity = view.money(fact, "equity")
    if equity is not None:
        return equity
    assets, liabilities = view.money(fact, "assets"), view.money(fact, "liabilities")
    return None if assets is None or liabilities is None else assets - liabilities


_RUNGS = {
    "net_assets": "net assets",
    "paid_capital": "paid-in capital",
    "subscribed_capital_share": "a share of the subscribed capital",
    "unknown": "the default for a firm of which nothing is known",
}


def rung_words(rung: str) -> str:
    """A rung of the materiality ladder in words.

    >>> rung_words("paid_capital"), rung_words("size_class_small")
    ('paid-in capital', 'size class small')
    """
    return _RUNGS.get(rung, rung.replace("_", " "))
