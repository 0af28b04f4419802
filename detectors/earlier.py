"""What the other versions of a record said: enough to recognise a content that was there before, and nothing to read.

Theory. Every statement about a record adds a pair: a mark of its content, and when it was captured. Of each mark the
first capture is kept, and of all marks the first few. The least elements of a union do not depend on the order in which
it is formed, nor on repetition, so a ledger that carries them is the same for every order of the same records.
"""

from hashlib import blake2b

import msgspec

from detectors.fact import Fact

KEPT = 8
"""Contents remembered of one record; of one that had more, those captured first."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def mark(fact: Fact) -> int:
    """32 bits of a hash of what the ledger keeps of a payload: what is never judged (a name, an address) is left out.

    >>> from detectors.points.example import seen
    >>> (fact,) = seen("2026-01-02", F04=[{"on": "2026-01-01", "case_no": "a", "status": "executing"}]).known("F04")
    >>> mark(fact) == mark(msgspec.structs.replace(fact, version=2, observed=0))
    True
    """
    return int.from_bytes(blake2b(_encode(fact.data), digest_size=4).digest(), "big")


def contents(fact: Fact) -> dict[int, int]:
    """First capture (epoch seconds) of every content known of a record, by mark; a withdrawal has no content."""
    pairs = fact.earlier
    known = dict(zip(pairs[1::2], pairs[::2], strict=True))
    if not fact.retracted:
        own = mark(fact)
        known[own] = min(fact.observed, known.get(own, fact.observed))
    return known


def joined(fact: Fact, other: Fact) -> Fact:
    """The fact in force with what another version of the same record said, and knew of others."""
    known = contents(fact)
    for content, at in contents(other).items():
        known[content] = min(at, known.get(content, at))
    first = sorted([(at, content) for content, at in known.items()])[:KEPT]
    own = None if fact.retracted else (fact.observed, mark(fact))
    earlier = tuple([number for pair in first if pair != own for number in pair])
    return fact if earlier == fact.earlier else msgspec.structs.replace(fact, earlier=earlier)
