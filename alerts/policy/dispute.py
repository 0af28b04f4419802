"""Disputes (异议): while an objection is open, what rests on the record it is against says so.

What is contested, and whether it is believed by half or set aside, is :mod:`detectors.objections`. Rules:

1. Where evidence is only marked, the colour stays: opening and closing of the objection are told as annotations.
2. Where it is set aside, a colour that the rest does not give is suspended at once, and the tier falls with it. When
   the objection is closed the colour is back, or the alert is over: withdrawn if nothing is left of its evidence.
"""

from collections.abc import Iterable, Mapping

import msgspec

from alerts.policy.alert import Kind
from alerts.policy.expiry import mark
from alerts.policy.standing import PointState
from detectors.catalogue.model import Catalogue
from detectors.fact import Fact
from detectors.judge import Verdict
from detectors.ledger import Ledger
from detectors.objections import OBJECTION, Contested, DisputeEffect, contested, keys_of

Move = tuple[PointState, Kind | None, str]
"""The next state of a point, the event to tell (None: nothing) and its reason."""


class Dispute(msgspec.Struct, frozen=True):
    """What of an entity is under objection.

    ``keys`` are natural keys by feed, ``suspends`` says that they are set aside, ``settled`` are suspended points about
    whose evidence nothing is open any more, ``withdrawn`` those of them of whose evidence nothing is left.
    """

    keys: Contested = {}
    suspends: bool = False
    settled: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()


NOTHING = Dispute()
_CLOSED = "the objection to the evidence is closed"


def disputes(
    ledger: Ledger, effect: DisputeEffect, points: Mapping[str, PointState], catalogue: Catalogue
) -> Dispute:
    """What objections mean for what was told about an entity."""
    if OBJECTION not in ledger.facts:
        return NOTHING
    against = contested(ledger, effect)
    settled, withdrawn = set(), set()
    for name, state in points.items():
        entry = catalogue.by_id.get(name)
        if not state.suspended or entry is None or _named(state, keys_of(against, entry.feeds)):
            continue
        settled.add(name)
        live = (fact.key for feed in entry.feeds for fact in ledger.stating(feed) if not fact.retracted)
        if not _named(state, live):
            withdrawn.add(name)
    return Dispute(against, effect == "suspend", frozenset(settled), frozenset(withdrawn))


def marked(
    held: PointState, move: Move, verdict: Verdict, keys: frozenset[str], at: int, *, suspends: bool
) -> Move:
    """The move of a point with the mark of a dispute over ``keys``; one that only the mark changes is told as an
    annotation, a colour that falls because its evidence is set aside as a suspension."""
    if suspends and verdict.level < held.level and not held.suspended and _named(held, keys):
        why = "an objection to the evidence is open, and its disclosure suspended"
        return _ended(held, verdict.level, at, disputed=True, suspended=True), "alert.suspended", why
    if held.suspended:
        return move
    moved, kind, why = move
    now = bool(moved.level) and _disputed(verdict.finding.evidence, held, keys)
    if now == moved.disputed:
        return move
    moved = msgspec.structs.replace(moved, disputed=now)
    if kind is not None or now == held.disputed:
        return moved, kind, why
    moved = msgspec.structs.replace(moved, revision=moved.revision + 1)
    why = "an objection to the evidence is open" if now else _CLOSED
    return moved, "alert.annotated", why


def settled(held: PointState, verdict: Verdict, at: int, *, withdrawn: bool) -> Move:
    """The move of a suspended point about which nothing is contested any more, if its colour does not come back."""
    if held.level:
        rest = msgspec.structs.replace(held, suspended=False, disputed=False, revision=held.revision + 1)
        return rest, "alert.annotated", _CLOSED
    kind: Kind = "alert.retracted" if withdrawn else "alert.cleared"
    left = "nothing is left of the evidence" if withdrawn else "the condition has ended"
    return _ended(held, verdict.level, at), kind, f"the objection is decided, and {left}"


def _ended(
    held: PointState, level: int, at: int, *, disputed: bool = False, suspended: bool = False
) -> PointState:
    return msgspec.structs.replace(
        held,
        level=level,
        revision=held.revision + 1,
        since=at,
        falling=None,
        disputed=disputed,
        suspended=suspended,
    )


def _named(state: PointState, keys: Iterable[str]) -> bool:
    """Whether an alert named one of these facts."""
    named = frozenset(state.evidence)
    return any(mark(key) in named for key in keys)


def _disputed(evidence: Iterable[Fact], held: PointState, against: frozenset[str]) -> bool:
    """A colour that only waits out its delays has no evidence any more, and keeps its mark."""
    keys = [fact.key for fact in evidence]
    return any(key in against for key in keys) if keys else held.disputed
