"""Objections (异议): which facts somebody objects to, and what that does to their weight.

An objection (F31) names records by their ids, or facts by their natural keys. It is open until it is decided. While it
is, a jurisdiction does one of two things (:attr:`detectors.catalogue.model.Profile.dispute_effect`):

- ``annotate``: the evidence is believed by half. No colour changes, and a red keeps its whole weight until the
  objection is decided (the mark of 征信业管理条例 art. 25; the half is a configuration default).
- ``suspend``: the fact is treated as if it were not there (台州市企业信用促进条例 art. 13 suspends its disclosure).
  What is to be deleted, or cannot be verified, does not come back; what is captured after the decision is judged.

An objection that is upheld by deletion (删除) holds for good in both: a record it names counts no more, in whatever
version, as long as it says what it said before the decision; else the next nightly file would restore the error. A
content that is new comes in again, and its evidence says that it was disputed before.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from detectors.earlier import contents, mark
from detectors.fact import MANUAL, Fact
from detectors.ledger import Fold, Ledger
from detectors.points.finding import RED, Finding
from detectors.points.view import View

OBJECTION = "F31"
"""Feed of objections."""

DisputeEffect = Literal["annotate", "suspend"]
Contested = Mapping[str, frozenset[str]]
"""By feed, the natural keys of the facts that an open objection is against."""

NOTHING: Contested = {}
NOBODY: frozenset[tuple[str, str]] = frozenset()
DOUBT = 0.5
"""Factor on the confidence of evidence under objection."""

_CLOSED = frozenset({"decided", "notified"})
_DELETE = "delete"
_ENDED = frozenset({_DELETE, "undecidable"})
"""Decisions after which what was objected to is not disclosed again, where disclosure was suspended."""
_ALWAYS = 1 << 60


def contested(ledger: Ledger, effect: DisputeEffect = "annotate") -> Contested:
    """What objections are against; a manual entry counts as the feed that was entered."""
    if OBJECTION not in ledger.facts:
        return NOTHING
    against: dict[str, int] = {}
    for objection in ledger.of(OBJECTION).values():
        until = _until(objection, effect)
        for target in _targets(objection) if until else ():
            against[target] = max(until, against.get(target, 0))
    found: dict[str, set[str]] = {}
    for feed, ident, fact in _named(ledger, against):
        if fact.observed <= max(against.get(fact.key, -1), against.get(_record_id(ident), -1)):
            found.setdefault(_kind(feed, fact), set()).add(fact.key)
    if effect == "suspend":
        for feed, ident in deleted(ledger):
            fact = ledger.facts[feed][ident]
            found.setdefault(_kind(feed, fact), set()).add(fact.key)
    return {feed: frozenset(keys) for feed, keys in found.items()}


def deleted(ledger: Ledger) -> frozenset[tuple[str, str]]:
    """Facts, by feed and identity, that say what an upheld objection has deleted."""
    decided = _decided(ledger)
    return frozenset(
        (feed, ident)
        for feed, ident, fact in _named(ledger, decided)
        if contents(fact)[mark(fact)] <= _latest(decided, ident, fact)
    )


def deletes(folded: Fold, feed: str, fact: Fact) -> bool:
    """Whether what was folded may have deleted something: a decision, or what a record said before one."""
    if feed == OBJECTION:
        return fact.data.get("decision") == _DELETE
    return folded.effect == "stale" and OBJECTION in folded.ledger.facts


def returned(ledger: Ledger) -> frozenset[tuple[str, str]]:
    """Facts, by feed and identity, of records of which an upheld objection has deleted another content."""
    decided = _decided(ledger)
    return frozenset((feed, ident) for feed, ident, _ in _named(ledger, decided)) - deleted(ledger)


def keys_of(against: Contested, feeds: Iterable[str]) -> frozenset[str]:
    """Natural keys of contested facts of these feeds."""
    return frozenset(key for feed in feeds for key in against.get(feed, ()))


def undisputed(ledger: Ledger, effect: DisputeEffect) -> Ledger:
    """The ledger as it may be judged: without what was deleted, and under ``suspend`` without contested facts, which
    the same key names in all sources."""
    if OBJECTION not in ledger.facts:
        return ledger
    gone, against = deleted(ledger), contested(ledger, effect) if effect == "suspend" else NOTHING
    if not (gone or against):
        return ledger
    facts = {
        feed: {
            ident: fact
            for ident, fact in held.items()
            if (feed, ident) not in gone and fact.key not in against.get(_kind(feed, fact), ())
        }
        for feed, held in ledger.facts.items()
    }
    return Ledger({feed: held for feed, held in facts.items() if held})


def confidence(view: View, feeds: tuple[str, ...], finding: Finding) -> float:
    """How far the best evidence of a finding is trusted: quality times confidence, by half under objection."""
    if OBJECTION not in view.ledger.facts or finding.level == RED:
        return max([fact.quality * fact.confidence for fact in finding.evidence], default=1.0)
    against: Contested | None = view.memo.get(OBJECTION)
    if against is None:
        against = view.memo[OBJECTION] = contested(view.ledger)
    doubted = keys_of(against, feeds)
    return max(
        [fact.weight * (DOUBT if fact.key in doubted else 1.0) for fact in finding.evidence], default=1.0
    )


def _kind(feed: str, fact: Fact) -> str:
    return fact.entered if feed == MANUAL and fact.entered else feed


def _until(objection: Fact, effect: DisputeEffect) -> int:
    """Up to which capture (epoch seconds) facts are contested by an objection; 0: none is any more."""
    if objection.retracted or objection.end is not None:
        return 0
    if "decision" not in objection.data and objection.data.get("state") not in _CLOSED:
        return _ALWAYS
    ended = effect == "suspend" and objection.data.get("decision") in _ENDED
    return objection.observed if ended else 0


def _decided(ledger: Ledger) -> dict[str, int]:
    """By target, the last instant (epoch seconds) at which an objection against it was upheld by deletion."""
    decided: dict[str, int] = {}
    for objection in ledger.of(OBJECTION).values():
        if not objection.retracted and objection.data.get("decision") == _DELETE:
            at = _decided_at(objection)
            for target in _targets(objection):
                decided[target] = max(at, decided.get(target, at))
    return decided


def _decided_at(objection: Fact) -> int:
    """When it was decided; of one that does not say so, when the decision was captured."""
    said = objection.data.get("decided_at")
    try:
        return int(datetime.fromisoformat(said).timestamp()) if isinstance(said, str) else objection.observed
    except ValueError:
        return objection.observed


def _named(ledger: Ledger, targets: Mapping[str, int]) -> Iterator[tuple[str, str, Fact]]:
    """Facts in force that targets name, by feed and identity."""
    if targets:
        for feed, facts in ledger.facts.items():
            for ident, fact in facts.items():
                if not fact.retracted and (fact.key in targets or _record_id(ident) in targets):
                    yield feed, ident, fact


def _latest(decided: Mapping[str, int], ident: str, fact: Fact) -> int:
    return max(decided.get(fact.key, 0), decided.get(_record_id(ident), 0))


def _targets(fact: Fact) -> Iterable[str]:
    """The objection's targets, as a list or as one text with a line for each."""
    targets = fact.data.get("targets") or ()
    return targets.split("\n") if isinstance(targets, str) else [str(one) for one in targets]


def _record_id(ident: str) -> str:
    return ident.partition("|")[2].rpartition("|")[0]
