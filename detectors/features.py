"""What the online model sees of an entity: how much is known per feed, of what kind and size, and how much each point
weighs.

Nothing here measures recency to the day of asking: in a sampled history that is an artefact of the sampling, and what
it teaches fails later. No feature is taken from a personal attribute.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from detectors.catalogue.model import Catalogue
from detectors.fact import RETRACT, Fact
from detectors.judge import Judgement
from detectors.ledger import Ledger

KINDS: Mapping[str, tuple[str, ...]] = {"F01": ("role",), "F03": ("role", "result"), "F27": ("type",)}
"""Fields whose values are counted apart: losing a suit is not winning one."""

AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "F04": ("exec_amount",),
    "F16": ("balance",),
    "F21": ("credit_limit", "repaid"),
    "F29": ("paid_capital", "subscribed_capital"),
}
"""Amounts of the latest fact, as the logarithm of main units."""

OVERDUE: Mapping[str, tuple[str, ...]] = {"F21": ("principal_overdue_days", "interest_overdue_days")}
"""Days overdue: of the latest fact and the worst of all, in months."""

SERIES = ("F15", "F19")
"""Bills and insurance months come whatever happens: how many there are says nothing, how many were late does."""

_MONTH = 30.0


def features(ledger: Ledger, judgement: Judgement, catalogue: Catalogue) -> dict[str, float]:
    """Names to numbers: ``n.F04`` is log(1 + facts begun), ``open.F04`` of those in force, ``p.WP-08`` points / 100,
    ``F03.result=lost`` log(1 + judgments lost), ``F29.paid_capital`` log(1 + amount), ``late.F15`` a share of bills.
    """
    day = judgement.day
    found: dict[str, float] = {}
    for feed, facts in ledger.facts.items():
        known = [fact for fact in facts.values() if fact.start <= day and fact.rank != RETRACT]
        if not known:
            continue
        if feed in SERIES:
            late = _late_share(known, day)
            if late is not None:
                found[f"late.{feed}"] = late
            continue
        in_force = [fact for fact in known if fact.end is None or day < fact.end]
        found[f"n.{feed}"] = math.log1p(len(known))
        found[f"open.{feed}"] = math.log1p(len(in_force))
        if feed in _DETAILED:
            found |= _details(feed, known)
    for name, verdict in judgement.weighing.items():
        found[f"p.{name}"] = verdict.weight(day, catalogue.by_id[name].half_life_days) / 100
    return found


_DETAILED = frozenset({*KINDS, *AMOUNTS, *OVERDUE})


def _details(feed: str, known: Sequence[Fact]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in KINDS.get(feed, ()):
        for value, count in Counter(fact.data.get(name) for fact in known).items():
            if value is not None:
                found[f"{feed}.{name}={value}"] = math.log1p(count)
    latest = max(known, key=_begin)
    for name in AMOUNTS.get(feed, ()):
        found[f"{feed}.{name}"] = math.log1p(max(_minor(latest.data.get(name)), 0) / 100)
    for name in OVERDUE.get(feed, ()):
        found[f"{feed}.{name}"] = latest.data.get(name, 0) / _MONTH
        found[f"{feed}.worst.{name}"] = max(fact.data.get(name, 0) for fact in known) / _MONTH
    return found


def _minor(amount: int | list[Any] | None) -> int:
    """Hundredths in whatever currency: within one portfolio it is one, and the scaler takes out the rest."""
    return int(amount[0] if isinstance(amount, list) else amount or 0)


def _begin(fact: Fact) -> tuple[int, str, bytes]:
    """The digest last: two sources may state one fact, and the order in which they did must not show."""
    return fact.start, fact.key, fact.digest


def _late_share(bills: Sequence[Fact], day: int) -> float | None:
    """Share of the bills due by ``day`` that were not settled by their due date."""
    due = [
        (due_on, fact)
        for fact in bills
        if isinstance(due_on := fact.data.get("due_on"), int) and due_on < day
    ]
    if not due:
        return None
    return sum([fact.end is None or fact.end > due_on for due_on, fact in due]) / len(due)
