"""Folding records into ledgers without an engine: the pure core in two functions.

This is what ``fenghuo assess`` and the replay without a broker run, and what every property test compares against.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from detectors.assessment import jurisdiction_of
from detectors.batch import Everybody, assessed, everybody
from detectors.catalogue.model import Catalogue, Profile
from detectors.errors import FenghuoError
from detectors.fact import MANUAL, Fact
from detectors.ledger import EMPTY, Fold, Ledger, fold, identity
from detectors.record import CONTROL_OPS, Record
from detectors.records.keys import natural_key
from detectors.stating import fact_of
from detectors.watermarks import Marks


class NotCanonicalError(FenghuoError):
    """A record that decodes but breaks its contract: validation was bypassed."""


MISFITS = (NotCanonicalError, ArithmeticError, LookupError, TypeError, ValueError)
"""What folding or judging raises over a record that no connector would have let through."""


class Stated(msgspec.Struct, frozen=True, gc=False):
    """Where in a ledger a record belongs, and the fact it states there."""

    feed: str
    ident: str
    fact: Fact


def stated(record: Record, profile: Profile) -> Stated:
    """What a record states about its entity.

    A manual entry (F32) is kept under F32, because its withdrawal need not repeat which feed was entered, but its fact
    is one of the feed entered: same key, same data, so it merges with the same fact from another source.

    Raises:
        NotCanonicalError: the payload is not one that the contracts let through.
    """
    feed, payload = record.feed, record.payload
    try:
        if feed == MANUAL and "feed" in payload:
            key = natural_key(payload["feed"], payload["record"], record.entity)
        else:
            key = natural_key(feed, payload, record.entity)
        fact = fact_of(record, key, profile.utc_offset, profile.currency)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        what = f"{record.source_id} {record.record_id}: {type(error).__name__} {error}"
        raise NotCanonicalError(what, "not a canonical record", "publish through a connector") from error
    return Stated(feed, identity(record.source_id, record.record_id, record.subject.role), fact)


def fold_record(ledger: Ledger, record: Record, catalogue: Catalogue) -> Fold:
    """One record into the ledger of its entity. Control records change nothing."""
    if record.op in CONTROL_OPS:
        return Fold(ledger, "duplicate", False)
    said = stated(record, catalogue.profile(jurisdiction_of(record.entity)))
    return fold(ledger, said.feed, said.ident, said.fact)


def fold_all(records: Iterable[Record], catalogue: Catalogue) -> dict[str, Ledger]:
    """Ledgers by entity; the same for every order and duplication of the same records."""
    ledgers: dict[str, Ledger] = {}
    for record in records:
        if record.op not in CONTROL_OPS:
            ledgers[record.entity] = fold_record(ledgers.get(record.entity, EMPTY), record, catalogue).ledger
    return ledgers


def latest_capture(ledgers: Mapping[str, Ledger]) -> int:
    """When the last fact that still stands was captured (epoch seconds; 0 if there is none at all).

    The default as-of time: a retracted record does not move it, as if it had never been, unless nothing else is left.
    """
    captured = (
        (not fact.retracted, fact.observed)
        for ledger in ledgers.values()
        for facts in ledger.facts.values()
        for fact in facts.values()
    )
    return max(captured, default=(True, 0))[1]


def together(records: Iterable[Record], catalogue: Catalogue, at: int | None = None) -> Everybody:
    """Everybody these records tell of at an instant (epoch seconds; None: the last capture), each with what is known
    of the others; the same for every order and duplication of the same records."""
    marks = Marks()
    ledgers = fold_all(marks.hearing(records), catalogue)
    return everybody(ledgers, latest_capture(ledgers) if at is None else at, catalogue, marks)


def assess_all(
    ledgers: Mapping[str, Ledger], catalogue: Catalogue, as_of: int | None = None
) -> list[dict[str, Any]]:
    """One assessment per entity of which anything stands, sorted by entity id; with what reaches each through
    guarantees and relations among them, and compared with each other where they are firms enough.

    A ledger does not hold how far its sources have come; :func:`together` knows."""
    moment = latest_capture(ledgers) if as_of is None else as_of
    return list(assessed(everybody(ledgers, moment, catalogue), catalogue))
