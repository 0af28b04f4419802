"""Materiality base M(e): what an amount is measured against, and the rung it was taken from."""

from detectors.catalogue.model import Materiality, Profile
from detectors.fact import MANUAL, Fact
from detectors.ledger import Ledger
from detectors.objections import undisputed
from detectors.points.figures import stated_net_assets
from detectors.points.view import Base, View
from detectors.reference import NOTHING, Reference

_SAID_IN = ("F29", "F30", MANUAL)


def base_of(ledger: Ledger, day: int, rules: Materiality, profile: Profile) -> Base:
    """Net assets if known and positive, else paid-in capital, else a share of subscribed capital, else size class."""
    return based_on(ledger, day, rules, profile)[0]


def based_on(ledger: Ledger, day: int, rules: Materiality, profile: Profile) -> tuple[Base, Fact | None]:
    """The base and the fact that alone gives it; None if nothing known does. What an objection has set aside gives
    none."""
    unknown = Base(rules.unknown * 100, "unknown", profile.currency)
    if not any(feed in ledger.facts for feed in _SAID_IN):
        return unknown, None
    view = view_of(ledger, day, Base(0, "none", profile.currency), profile)
    told = ((stated_net_assets(view, fact), fact) for fact in reversed(view.known("F30")))
    net, accounts = next((one for one in told if one[0] is not None), (None, None))
    if net is not None and net > 0:  # what was once there, and is used up, measures nothing
        return Base(net, "net_assets", profile.currency), accounts
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


def view_of(ledger: Ledger, day: int, base: Base, profile: Profile, reference: Reference = NOTHING) -> View:
    """A look at a ledger as it may be judged: without what objections have set aside. Whatever is worked out of it
    besides the points (scores, norms, sums of groups, the network) looks at it so."""
    return View(undisputed(ledger, profile.dispute_effect), day, base, profile.fx, reference=reference)


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
