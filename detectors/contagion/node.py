"""What a firm or a person is to the network, by facts of its own: how likely it fails, and whom it is bound to.

Points that look at the network are left out, so that contagion never feeds on itself, and so is what only fades: a
debtor that has recovered calls no guarantor, however long its score remembers. A node therefore changes with a colour,
a guarantee or a relation, and not with every day that passes.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue, Profile
from detectors.contagion.parameters import Contagion
from detectors.counterfactual import lacking
from detectors.fact import FAR, IMPULSE, MANUAL, RETRACT, Fact
from detectors.forces.default import insolvency_accepted, probability_of_default
from detectors.forces.standing import standing_of
from detectors.judge import Judgement
from detectors.ledger import Ledger
from detectors.materiality import view_of
from detectors.past import course
from detectors.points.circles import NEWLY_DAYS
from detectors.points.finding import YELLOW
from detectors.points.verdict import Verdict
from detectors.points.view import View
from detectors.reference import NOTHING, Reference

GUARANTEES, RELATIONS = "F26", "F27"
BINDING = (GUARANTEES, RELATIONS)
"""Feeds that bind an entity to others."""

RECKONING = "CN"
"""Profile in whose currency and zone the network reckons."""

LEADS: Mapping[str, bool] = {"actual_controller": True, "legal_rep": False}
"""Relations through which persons and affiliates matter; True for the strong one."""


class Node(msgspec.Struct, frozen=True):
    """What an entity says of itself.

    ``p_self`` probability of default without contagion; ``level`` the tier by own points that show a colour; ``since``
    the day from which it has been yellow or worse; ``base`` M in minor units of the reckoning currency and ``rate``
    units of that currency for one of its own; ``no_discussion`` that it has no executable property or is bankrupt
    (民法典 687); ``guarantees`` (F26) and ``relations`` (F27) with what the network needs of them. ``withdrawn`` is no
    part of what it is: it says that a record was taken back last. ``enforced`` that a court enforces against it (F04).
    """

    entity: str
    p_self: float
    level: int
    base: int
    since: int = 0
    no_discussion: bool = False
    guarantees: tuple[Fact, ...] = ()
    relations: tuple[Fact, ...] = ()
    rate: float = 1.0
    withdrawn: bool = False
    enforced: bool = False

    def mentions(self) -> set[str]:
        """Everybody it is bound to by what it says."""
        named = {str(fact.data[name]) for fact in self.guarantees for name in ("guarantor", "debtor")}
        named |= {str(fact.data[name]) for fact in self.relations for name in ("from", "to")}
        return {name for name in named if name.startswith("ent:")} - {self.entity}


def is_bound(ledger: Ledger) -> bool:
    """Whether a ledger holds anything that binds its entity to others."""
    facts = ledger.facts
    if GUARANTEES in facts or RELATIONS in facts:
        return True
    return MANUAL in facts and any(fact.entered in BINDING for fact in facts[MANUAL].values())


def node_of(
    entity: str,
    ledger: Ledger,
    judgement: Judgement,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference = NOTHING,
    *,
    withdrawn: bool = False,
) -> Node:
    """The node of an entity from its ledger and the judgement of it. Pure."""
    own = own_judgement(ledger, judgement, catalogue, profile, reference)
    rules = catalogue.scoring.default
    standing = standing_of(own, catalogue)
    view = view_of(ledger, judgement.day, judgement.base, profile)
    insolvent = insolvency_accepted(view)
    units = currencies(catalogue)
    rate = units.get(profile.currency, 1.0)

    def showed(point: str, first: int, last: int) -> Iterator[tuple[int, int]]:
        return course(point, ledger, first, last, catalogue, profile, reference)

    return Node(
        entity=entity,
        p_self=probability_of_default(standing, rules, insolvent).value,
        level=standing.tier,
        base=max(1, round(judgement.base.amount * rate)),
        since=_since(own, standing.tier, showed),
        no_discussion=insolvent or standing.levels.get("WP-11", 0) > 0,
        guarantees=_slim(_stating(view, GUARANTEES), _OF_GUARANTEE, profile.currency, catalogue),
        relations=_slim(_stating(view, RELATIONS), _OF_RELATION, profile.currency, catalogue),
        rate=rate,
        withdrawn=withdrawn,
        enforced=standing.levels.get("WP-08", 0) > 0,
    )


def currencies(catalogue: Catalogue) -> Mapping[str, float]:
    """Units of the reckoning currency for one of each known currency."""
    reckoning = catalogue.profile(RECKONING)
    return {**reckoning.fx, reckoning.currency: 1.0}


def colours(catalogue: Catalogue) -> Callable[[str], Contagion]:
    """The numbers that colour an entity: those of the profile of its jurisdiction."""
    return lambda entity: catalogue.spreading_in(jurisdiction_of(entity))


def network_points(catalogue: Catalogue) -> frozenset[str]:
    """Points that are told from outside by impulses, and patterns made of them."""
    held: frozenset[str] | None = catalogue.memo.get("network points")
    if held is None:
        told = {point.id for point in catalogue.points if IMPULSE in point.feeds}
        told |= {pattern.id for pattern in catalogue.patterns if told.intersection(pattern.members)}
        held = catalogue.memo["network points"] = frozenset(told | catalogue.scoring.default.network_points)
    return held


def own_judgement(
    ledger: Ledger,
    judgement: Judgement,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference = NOTHING,
) -> Judgement:
    """The judgement by own points that show a colour, and patterns measured by these alone."""
    own = lacking(judgement, network_points(catalogue), ledger, catalogue, profile, reference)
    live = {name: verdict for name, verdict in own.weighing.items() if verdict.live}
    return msgspec.structs.replace(judgement, verdicts=live, weighing=live)


Course = Callable[[str, int, int], Iterator[tuple[int, int]]]


def _since(own: Judgement, tier: int, showed: Course) -> int:
    """From when on it has been yellow or worse: since its first yellow point, else since the last of its points.

    A point may have been blue before; ``showed`` tells what it showed from one day to another.
    """
    if tier < YELLOW:
        return 0
    verdicts, first = own.weighing.values(), FAR
    for verdict in sorted([one for one in verdicts if one.level >= YELLOW], key=_fired):
        if verdict.since >= first:  # no point was yellow before it fired
            break
        first = min(first, _yellow_since(verdict, own.day, showed))
    return first if first < FAR else max([verdict.since for verdict in verdicts], default=0)


_fired = attrgetter("since")


def _yellow_since(verdict: Verdict, day: int, showed: Course) -> int:
    """The day on which a point became yellow, if that is less than a month ago; else the day on which it fired."""
    long_ago = day - NEWLY_DAYS
    if not verdict.p or verdict.since == day:  # patterns are as old as the last of their members
        return verdict.since
    if verdict.since <= long_ago and next(showed(verdict.point, long_ago, long_ago))[1] >= YELLOW:
        return verdict.since
    days = showed(verdict.point, max(verdict.since, long_ago + 1), day)
    return next((on for on, level in days if level >= YELLOW), verdict.since)


def _stating(view: View, feed: str) -> Iterator[Fact]:
    """Facts of a binding feed that name two ends."""
    one, other = ("guarantor", "debtor") if feed == GUARANTEES else ("from", "to")
    for fact in view.ledger.stating(feed):
        data = fact.data
        gone = fact.rank == RETRACT or (fact.until is not None and view.day >= fact.until)
        if gone or not data.get(one) or not data.get(other) or data[one] == data[other]:
            continue
        if feed == GUARANTEES or _matters(data):
            yield fact


def _matters(relation: Mapping[str, Any]) -> bool:
    """Whether a relation binds: holdings of persons and mere offices do not."""
    kind = relation.get("type")
    if kind in ("shareholder", "investment"):
        return bool(relation.get("ratio")) and relation.get("from_kind", "org") == "org"
    return kind in LEADS or kind in ("branch", "same_address", "same_phone")


# fmt: off
_OF_GUARANTEE = (
    "contract_no", "guarantor", "debtor", "creditor", "creditor_name", "way", "principal", "debt_from", "debt_to",
    "guarantee_from", "guarantee_to", "released_on", "counter_guarantee",
)
_OF_RELATION = ("type", "from", "to", "from_kind", "ratio", "valid_from", "valid_to")
# fmt: on
_canonical = msgspec.msgpack.Encoder(order="deterministic")


def _slim(
    facts: Iterator[Fact], names: tuple[str, ...], currency: str, catalogue: Catalogue
) -> tuple[Fact, ...]:
    """Facts with what the network needs of them, in one order; two sources that say the same count once."""
    home = catalogue.profile(RECKONING).currency
    slim = []
    for fact in facts:
        data = {name: fact.data[name] for name in names if name in fact.data}
        if currency != home and isinstance(data.get("principal"), int):
            data["principal"] = [data["principal"], currency]
        bare = {"version": 0, "digest": b"", "observed": 0, "occurred": 0, "until": None, "conflict": False}
        slim.append(msgspec.structs.replace(fact, data=data, entered="", **bare))
    by_content = {_canonical.encode(fact): fact for fact in slim}
    return tuple(by_content[content] for content in sorted(by_content))
