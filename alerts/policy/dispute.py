"""Disputes (异议): while an objection is open, what rests on the record it is against says so. The colour stays.

An objection (F31) names records by their ids, or facts by their natural keys. It is open until it is decided.
"""

from collections.abc import Iterable

import msgspec

from alerts.policy.alert import Kind
from alerts.policy.standing import PointState
from detectors.fact import Fact
from detectors.judge import Verdict
from detectors.ledger import Ledger

FEED = "F31"
NOTHING: frozenset[str] = frozenset()
_CLOSED = frozenset({"decided", "notified"})

Move = tuple[PointState, Kind | None, str]
"""The next state of a point, the event to tell (None: nothing) and its reason."""


def contested(ledger: Ledger) -> frozenset[str]:
    """Natural keys of the facts that an open objection is against."""
    objections = ledger.of(FEED)
    if not objections:
        return NOTHING
    against = {target for fact in objections.values() if _open(fact) for target in _targets(fact)}
    if not against:
        return NOTHING
    return frozenset(
        fact.key
        for facts in ledger.facts.values()
        for ident, fact in facts.items()
        if fact.key in against or _record_id(ident) in against
    )


def marked(held: PointState, move: Move, verdict: Verdict, against: frozenset[str]) -> Move:
    """The move with the mark of a dispute; one that only the mark changes is told as an annotation."""
    moved, kind, why = move
    now = bool(moved.level) and _disputed(verdict.finding.evidence, held, against)
    if now == moved.disputed:
        return move
    moved = msgspec.structs.replace(moved, disputed=now)
    if kind is not None or now == held.disputed:
        return moved, kind, why
    moved = msgspec.structs.replace(moved, revision=moved.revision + 1)
    why = "an objection to the evidence is open" if now else "the objection to the evidence is closed"
    return moved, "alert.annotated", why


def _disputed(evidence: Iterable[Fact], held: PointState, against: frozenset[str]) -> bool:
    """A colour that only waits out its delays has no evidence any more, and keeps its mark."""
    keys = [fact.key for fact in evidence]
    return any(key in against for key in keys) if keys else held.disputed


def _open(fact: Fact) -> bool:
    return not fact.retracted and "decision" not in fact.data and fact.data.get("state") not in _CLOSED


def _targets(fact: Fact) -> Iterable[str]:
    """The objection's targets, as a list or as one text with a line for each."""
    targets = fact.data.get("targets") or ()
    return targets.split("\n") if isinstance(targets, str) else [str(one) for one in targets]


def _record_id(ident: str) -> str:
    return ident.partition("|")[2].rpartition("|")[0]
