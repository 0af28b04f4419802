"""Expiry (展示期限届满): what may no longer be kept of the evidence may no longer be told either.

Rules:

1. An alert expires on the day on which retention ends for the last of the facts that it named, whether it still shows
   its colour or is only remembered. Nothing waits for a delay then, and the tier falls at once to what is left.
2. While the point still weighs by other facts, the alert rests on those from then on.
3. An alert whose evidence was withdrawn is over already. A withdrawal that is itself forgotten expires nothing.
4. Everybody who was told the colour is told; the episode, which may be the number of a case, is forgotten, and a hash
   of it is told, by which a receiver finds what to erase.

The facts are kept as short hashes of their natural keys: enough to find them again, and nothing to read.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b

import msgspec

from alerts.policy.alert import Kind
from alerts.policy.standing import PointState
from detectors.catalogue.model import Catalogue
from detectors.fact import Fact
from detectors.judge import Verdict
from detectors.ledger import Ledger, next_expiry
from detectors.points.finding import NONE

WHY = "retention of the evidence has ended; erase what was kept of it"


def marks(facts: Iterable[Fact]) -> tuple[int, ...]:
    """What is kept of evidence: 56 bits of a hash for each natural key, sorted."""
    return tuple(sorted({mark(fact.key) for fact in facts}))


def mark(key: str) -> int:
    """The mark of one natural key."""
    return int.from_bytes(blake2b(key.encode(), digest_size=7).digest(), "big")


def lapsed(
    ledger: Ledger, points: Mapping[str, PointState], day: int, catalogue: Catalogue
) -> frozenset[str]:
    """Points told of whose evidence leaves the ledger on ``day`` for good; ``ledger`` still holds what leaves."""
    if not points or next_expiry(ledger) > day:
        return frozenset()
    found = set()
    for name, state in points.items():
        entry = catalogue.by_id.get(name)
        if not state.evidence or entry is None:
            continue
        facts = [fact for feed in entry.feeds for fact in ledger.stating(feed) if not fact.retracted]
        named = [fact for fact in facts if mark(fact.key) in state.evidence]
        if named and all(fact.until is not None and fact.until <= day for fact in named):
            found.add(name)
    return frozenset(found)


def move(held: PointState, verdict: Verdict, at: int) -> tuple[PointState, Kind, str] | None:
    """The move of a lapsed point about which nothing more is known; None if it shows or weighs by other facts."""
    if verdict.level or (verdict.p and verdict.finding.evidence):
        return None
    return PointState(NONE, "", held.revision + 1, at, hidden=held.hidden), "alert.expired", WHY


def renewed(state: PointState, verdict: Verdict) -> PointState:
    """A state with marks of the evidence that the verdict names; unchanged if it names none."""
    if not verdict.finding.evidence:
        return state
    return msgspec.structs.replace(state, evidence=marks(verdict.finding.evidence))


def episode_hash(episode: str) -> str:
    """What an expired alert tells of its episode: 128 bits in hex.

    >>> episode_hash("case-1")
    '8cb89a38fc7afb79abc1e54a020df3fc'
    """
    return blake2b(episode.encode(), digest_size=16).hexdigest()
