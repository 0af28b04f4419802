"""What a firm still owes or answers for: open debts, suits, taxes and guarantees."""

from collections.abc import Iterable

from detectors.fact import Fact
from detectors.points.loans import contracts, current
from detectors.points.tax import months_of
from detectors.points.view import View
from detectors.points.wording import count

EXPOSURE_FEEDS = ("F01", "F04", "F11", "F12", "F16", "F21", "F26")
"""Feeds that tell of open exposure."""

_CREDITORS = frozenset({"secured_party", "mortgagee", "pledgee", "creditor"})
_SUED = frozenset({"defendant", "appellee", "respondent"})


def as_debtor(facts: Iterable[Fact]) -> list[Fact]:
    """Securities and guarantees that bind the firm, not those it is the creditor of."""
    return [fact for fact in facts if fact.data.get("role") not in _CREDITORS]


def guarantees_given(facts: Iterable[Fact]) -> list[Fact]:
    """Those of the guarantees (F26) in which the firm stands for others."""
    return [fact for fact in facts if fact.data.get("role") == "guarantor"]


def is_mortgage(fact: Fact) -> bool:
    """Whether a real-estate entry (F12) is a mortgage: it says so, or it names what it secures."""
    kind = fact.data.get("kind")
    return kind == "mortgage" or (kind in ("change", "advance_notice") and "secured_principal" in fact.data)


def registered(view: View) -> list[list[Fact]]:
    """Registrations of security over movables and rights (F11) that bind the firm: the entries of each in order. An
    amendment is an entry of its own; the last one says what holds."""
    entries: dict[str, list[Fact]] = {}
    for fact in as_debtor(view.known("F11")):
        entries.setdefault(str(fact.data.get("reg_no", fact.key)), []).append(fact)
    return [
        sorted(facts, key=lambda fact: (fact.data.get("seq") or 0, fact.start)) for facts in entries.values()
    ]


def charges(view: View) -> list[Fact]:
    """Those in force, each by its last entry."""
    last = [entries[-1] for entries in registered(view)]
    return [fact for fact in last if fact.end is None or view.day < fact.end]


def is_suit_against(fact: Fact) -> bool:
    """Whether the firm is sued in a filing (F01)."""
    return fact.data.get("role") in _SUED


def open_exposure(view: View) -> dict[str, list[Fact]]:
    """Facts in force by kind of exposure; kinds without any are absent."""
    held: dict[str, list[Fact]] | None = view.memo.get("exposure")
    if held is None:
        every = {
            "loan contract": [fact for fact in current(view) if view.money(fact, "balance") != 0],
            "security": charges(view),
            "mortgage": [fact for fact in as_debtor(view.active("F12")) if is_mortgage(fact)],
            "guarantee": as_debtor(view.active("F26")),
            "suit": [fact for fact in view.active("F01") if is_suit_against(fact)],
            "enforcement case": view.active("F04"),
            "tax arrears": _tax(view),
        }
        held = view.memo["exposure"] = {kind: facts for kind, facts in every.items() if facts}
    return held


def _tax(view: View) -> list[Fact]:
    """Unpaid balances of each authority's latest notice: what is absent from it has been settled."""
    latest: dict[str, tuple[tuple[int, int], list[Fact]]] = {}
    for fact in view.known("F16"):
        months = months_of(str(fact.data.get("notice_period", ""))) or (0, 0)
        order, authority = (months[1], months[0]), str(fact.data.get("authority", ""))
        if authority not in latest or order > latest[authority][0]:
            latest[authority] = order, []
        if order == latest[authority][0]:
            latest[authority][1].append(fact)
    day = view.day
    return [
        fact
        for _, (_, facts) in sorted(latest.items())
        for fact in facts
        if view.money(fact, "balance") != 0 and (fact.end is None or day < fact.end)
    ]


def in_words(exposure: dict[str, list[Fact]]) -> str:
    """For people: how many of which kind.

    >>> in_words({})
    'no known debt'
    """
    said = [count(len(facts), kind, _PLURALS.get(kind, "")) for kind, facts in exposure.items()]
    return ", ".join(said) or "no known debt"


_PLURALS = {"security": "securities", "tax arrears": "tax arrears"}


def exposure_endings(view: View) -> Iterable[int]:
    """Days on which something owed came to an end."""
    for feed in EXPOSURE_FEEDS:
        yield from (fact.end for fact in view.known(feed) if fact.end is not None)
    yield from (fact.start for fact in view.known("F16"))  # a later notice that leaves a tax out
    for statuses in contracts(view).values():
        yield from (fact.start for fact in statuses if view.money(fact, "balance") == 0)
