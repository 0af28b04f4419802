"""The ledger: everything known about one entity, as a set of facts in which the highest version of each wins.

Theory. A fact is identified by who said it (source), its record id and the role of the subject. For one identity the
versions form a join-semilattice ordered by (version, rank of the operation), and within one version by content;
folding takes the join. The join is commutative, associative and idempotent, so any order, duplication or lateness of
the same records gives the same ledger, and a retraction of version N hides every assert up to N whether it comes
before or after them. What the others said is kept as marks, which join as well (:mod:`detectors.earlier`).
Values are never changed in place: folding returns a new ledger that shares the untouched feeds.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from detectors.earlier import joined
from detectors.fact import FAR, IMPULSE, MANUAL, Fact

Effect = Literal["new", "amended", "closed", "retracted", "duplicate", "stale", "conflict"]
"""What folding a record did. ``duplicate`` and ``stale`` (a version not greater) leave the facts in force as they were;
``conflict`` is a second, different content under one version."""

MAX_FACTS = 2_048
"""Facts kept per feed and entity. Beyond it the facts that began first are dropped; order-freedom holds up to here."""

Facts = Mapping[str, Fact]


class Ledger(msgspec.Struct, frozen=True, gc=False):
    """Facts by feed and identity (``source|record|role``)."""

    facts: dict[str, dict[str, Fact]] = msgspec.field(default_factory=dict)

    def of(self, feed: str) -> Facts:
        """Facts of one feed, tombstones included."""
        return self.facts.get(feed) or _NOTHING

    def stating(self, feed: str) -> Iterable[Fact]:
        """Facts of one feed and facts of that kind that were entered by hand, tombstones included."""
        own = self.of(feed).values()
        entered = self.facts.get(MANUAL)
        if entered is None:
            return own
        return [*own, *(fact for fact in entered.values() if fact.entered == feed)]

    def live(self) -> bool:
        """Whether anything but tombstones is known."""
        return any(not fact.retracted for feed in self.facts.values() for fact in feed.values())


_NOTHING: Facts = {}
EMPTY = Ledger()


class Fold(msgspec.Struct, frozen=True, gc=False):
    """The ledger after a record, and what the record did to it.

    ``changed`` says whether anything must be written (for a stale record at most what it said), ``held`` is the fact
    that stood in its place before, ``dropped`` the identity of the fact that had to go because the feed was full.
    """

    ledger: Ledger
    effect: Effect
    changed: bool
    held: Fact | None = None
    dropped: str | None = None


def identity(source_id: str, record_id: str, role: str) -> str:
    """Identity of a fact inside one entity's ledger."""
    return f"{source_id}|{record_id}|{role}"


def fold(ledger: Ledger, feed: str, ident: str, fact: Fact) -> Fold:
    """Join one fact into the ledger. Pure."""
    facts = ledger.of(feed)
    held = facts.get(ident)
    if held is None:
        return _added(ledger, feed, ident, fact)
    if (fact.version, fact.rank) == (held.version, held.rank):
        return _same_version(ledger, feed, ident, held, fact)
    if (fact.version, fact.rank) < (held.version, held.rank):
        return _stale(ledger, feed, ident, held, fact)
    if feed != IMPULSE:
        fact = joined(fact, held)
    return Fold(_with(ledger, {**facts, ident: fact}, feed), _EFFECTS[fact.rank], True, held)


def _stale(ledger: Ledger, feed: str, ident: str, held: Fact, fact: Fact) -> Fold:
    """An older version: at most it says what the record said before."""
    winner = held if feed == IMPULSE else joined(held, fact)
    if winner is held:
        return Fold(ledger, "stale", False, held)
    return Fold(_with(ledger, {**ledger.of(feed), ident: winner}, feed), "stale", True, held)


_EFFECTS: tuple[Effect, ...] = ("amended", "amended", "closed", "retracted")
_FIRST: tuple[Effect, ...] = ("new", "new", "closed", "retracted")


def _added(ledger: Ledger, feed: str, ident: str, fact: Fact) -> Fold:
    facts = {**ledger.of(feed), ident: fact}
    dropped = None
    if len(facts) > MAX_FACTS:
        dropped = min(facts, key=lambda name: (facts[name].start, name))
        if dropped == ident:
            return Fold(ledger, "stale", False)
        del facts[dropped]
    return Fold(_with(ledger, facts, feed), _FIRST[fact.rank], True, None, dropped)


def _same_version(ledger: Ledger, feed: str, ident: str, held: Fact, fact: Fact) -> Fold:
    """Of several statements under one version the least in a total order stands, whatever came first."""
    same = fact.digest == held.digest
    if same and (fact.observed > held.observed or fact == held):
        return Fold(ledger, "duplicate", False, held)
    conflict = held.conflict or not same
    winner, other = sorted((held, fact), key=_order)
    if feed != IMPULSE:
        winner = joined(winner, other)
    if winner.conflict != conflict:
        winner = msgspec.structs.replace(winner, conflict=conflict)
    effect: Effect = "duplicate" if same else "conflict"
    if winner == held:
        return Fold(ledger, effect, False, held)
    return Fold(_with(ledger, {**ledger.of(feed), ident: winner}, feed), effect, True, held)


def _order(fact: Fact) -> tuple[bytes, int, float, float, bytes]:
    """By content, then by capture; what is left are differences of judgement, of which the more careful one stands."""
    return fact.digest, fact.observed, fact.quality, fact.confidence, _whole(fact)


_encoder = msgspec.msgpack.Encoder(order="deterministic")


def _whole(fact: Fact) -> bytes:
    return _encoder.encode(msgspec.structs.replace(fact, conflict=False, earlier=()))


def _with(ledger: Ledger, facts: dict[str, Fact], feed: str) -> Ledger:
    return Ledger({**ledger.facts, feed: facts})


def purge(ledger: Ledger, day: int) -> Ledger:
    """Drop what retention no longer allows on ``day``. Never changes an assessment as of ``day`` or later."""
    kept = {
        feed: {name: fact for name, fact in facts.items() if fact.until is None or day < fact.until}
        for feed, facts in ledger.facts.items()
    }
    if all(len(kept[feed]) == len(facts) for feed, facts in ledger.facts.items()):
        return ledger
    return Ledger({feed: facts for feed, facts in kept.items() if facts})


def next_expiry(ledger: Ledger) -> int:
    """The day on which retention ends for the first fact, tombstones included; FAR if for none."""
    soonest = FAR
    for facts in ledger.facts.values():
        for fact in facts.values():
            until = fact.until
            if until is not None and until < soonest:
                soonest = until
    return soonest
