"""The verdict on one raw record: accepted, accepted with flags and lower quality, or quarantined.

Pure: the moment of judgement is an argument. The steps, in order:

1. normal form (NFKC, empty values dropped; evidence stays as it is, the caller keeps the raw bytes);
2. envelope complete, schema known;
3. payload by its feed's contract; an unknown code in a field that bears no colour is dropped and flagged;
4. envelope by its own rules; entity and match confidence are derived;
5. no event more than 24 h ahead, except hearings, auctions, due dates and terms, and no capture at all;
6. soft rules, each of which multiplies ``quality`` (:data:`detectors.records.reasons.QUALITY`).

A version not greater than the last one is no matter of validation: only the stream worker knows the last one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from pydantic import ValidationError

from detectors.identifiers import division, entity, names, uscc
from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import quoted
from detectors.records import normal
from detectors.records.control import ManualEntry
from detectors.records.envelope import Envelope, Subject
from detectors.records.feeds import FEEDS
from detectors.records.fields import Context, context_for
from detectors.records.payload import Payload, Withdrawn
from detectors.records.problems import Refused, names_of, refused
from detectors.records.reasons import Flag, Reason, quality_of

Kind = Literal["accepted", "flagged", "quarantined"]

AHEAD = timedelta(hours=24)
"""How far an event may lie ahead of ``now``: a day of clock and zone trouble, no more."""

_REQUIRED = frozenset(
    {
        "schema",
        "source_id",
        "version",
        "op",
        "jurisdiction",
        "subject",
        "occurred_at",
        "observed_at",
        "payload",
    }
)
_ENVELOPE_NAMES = tuple(info.alias or name for name, info in Envelope.model_fields.items())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a record.

    ``record``, ``wire`` (canonical JSON to publish) and ``entity`` (its key) are given unless quarantined;
    ``reason`` and a one-sentence ``detail`` only then. ``quality`` is 0 for a quarantined record.
    """

    kind: Kind
    record: Envelope | None = None
    wire: bytes | None = None
    entity: str | None = None
    reason: Reason | None = None
    detail: str = ""
    flags: tuple[Flag, ...] = ()
    quality: float = 0.0


def validate(
    raw: Mapping[str, object], *, now: datetime, divisions: division.DivisionTable | None = None
) -> Outcome:
    """Judge one record. ``now`` is an aware datetime; ``divisions`` checks division codes against dated
    editions.

    Never raises for anything that is in ``raw``.

    >>> from datetime import UTC
    >>> outcome = validate({"schema": "F04/1.0"}, now=datetime(2026, 1, 6, tzinfo=UTC))
    >>> outcome.kind, outcome.reason.value, outcome.detail[:36]
    ('quarantined', 'envelope_incomplete', 'the envelope lacks jurisdiction, obs')
    """
    try:
        record = _judged(raw, now, divisions)
    except Refused as verdict:
        return Outcome("quarantined", reason=verdict.reason, detail=verdict.detail)
    except normal.TooDeepError:
        detail = "record: a record is nested at most 16 levels deep, got more"
        return Outcome("quarantined", reason=Reason.UNREADABLE, detail=detail)
    return Outcome(
        "flagged" if record.flags else "accepted",
        record=record,
        wire=record.to_wire(),
        entity=record.entity,
        flags=record.flags,
        quality=record.quality,
    )


def _judged(raw: Mapping[str, object], now: datetime, divisions: division.DivisionTable | None) -> Envelope:
    if not isinstance(raw, Mapping):
        raise Refused(
            Reason.UNREADABLE, f"record: a record is an object with named fields, got {quoted(raw)}"
        )
    clean = normal.mapping(raw)
    contract = _contract(clean)
    context = _context(clean)
    payload, flags = _payload(clean, contract, context)
    if isinstance(payload, ManualEntry):
        payload, inner = _entered(payload, context)
        flags += inner
    record = _envelope(clean, payload, context)
    _in_time(record, payload, now)
    flags += (*payload.soft(), *_doubts(record, divisions))
    return _flagged(record, flags) if flags else record


def _in_time(record: Envelope, payload: Payload, now: datetime) -> None:
    """Refuse what lies ahead of ``now``: the stream's own time follows ``observed_at`` and never goes back."""
    if record.observed_at > now + AHEAD:
        at = record.observed_at.isoformat()
        text = f"observed_at: a capture is at most 24 h ahead of {now.isoformat()}, got {at}"
        raise Refused(Reason.FUTURE_EVENT, text)
    if record.occurred_at > now + AHEAD and not payload.may_lie_ahead():
        at = record.occurred_at.isoformat()
        text = f"occurred_at: an event of {record.feed} is at most 24 h ahead of {now.isoformat()}, got {at}"
        raise Refused(Reason.FUTURE_EVENT, text)


def _contract(clean: Mapping[str, object]) -> type[Payload]:
    missing = _REQUIRED - clean.keys()
    if missing:
        text = f"the envelope lacks {', '.join(sorted(missing))}: every record carries them"
        raise Refused(Reason.ENVELOPE_INCOMPLETE, text)
    schema = clean["schema"]
    contract = FEEDS.get(schema[:3]) if isinstance(schema, str) and schema[3:6] == "/1." else None
    if contract is None:
        raise Refused(
            Reason.UNKNOWN_SCHEMA, f"schema must be F01/1.x to F33/1.x or F35/1.x, got {quoted(schema)}"
        )
    return contract


def _context(clean: Mapping[str, object]) -> Context:
    subject = clean["subject"]
    person = isinstance(subject, Mapping) and subject.get("scheme") == "person"
    return context_for(str(clean["jurisdiction"]), person=person)


def _payload(
    clean: Mapping[str, object], contract: type[Payload], context: Context
) -> tuple[Payload, tuple[Flag, ...]]:
    given = clean["payload"]
    if not given and clean["op"] == "retract":
        return Withdrawn(), ()
    return _checked(given, contract, context, "payload")


def _checked(
    given: object, contract: type[Payload], context: Context, place: str
) -> tuple[Payload, tuple[Flag, ...]]:
    """The payload by its contract, once more without the soft codes nobody knows."""
    try:
        return contract.model_validate(given, context=context), ()
    except ValidationError as error:
        unknown = {
            str(e["loc"][0])
            for e in error.errors(include_url=False)
            if e["type"] == "literal_error" and e["loc"]
        }
        soft = unknown & contract.soft_codes
        if not soft or not isinstance(given, Mapping):
            raise refused(error, place, contract.feed, names_of(contract)) from None
    rest = {key: value for key, value in given.items() if contract.renamed.get(key, key) not in soft}
    payload, flags = _checked(rest, contract, context, place)
    return payload, (Flag.UNKNOWN_CODE_DROPPED, *flags)


def _entered(payload: ManualEntry, context: Context) -> tuple[ManualEntry, tuple[Flag, ...]]:
    """A manual entry holds the payload of another feed, to which that feed's contract applies."""
    inner, flags = _checked(payload.record, FEEDS[payload.entered_feed], context, "payload.record")
    record = inner.model_dump(mode="json", by_alias=True, exclude_none=True)
    return payload.model_copy(update={"record": record}), (*flags, *inner.soft())


def _envelope(clean: dict[str, object], payload: Payload, context: Context) -> Envelope:
    clean["payload"] = payload
    if "record_id" not in clean:
        clean["record_id"] = _derived_id(clean, payload)
    try:
        return Envelope.model_validate(clean, context=context)
    except ValidationError as error:
        raise refused(error, "", "the envelope", _ENVELOPE_NAMES) from None


def _derived_id(clean: Mapping[str, object], payload: Payload) -> str:
    """A source without keys of its own gets the SHA-256 of the natural key."""
    if isinstance(payload, Withdrawn):
        raise Refused(
            Reason.ENVELOPE_INCOMPLETE, "record_id: a withdrawal names the record it takes back, got nothing"
        )
    try:
        subject = Subject.model_validate(clean["subject"])
        entity_id = entity.of(str(clean["jurisdiction"]), subject.scheme, subject.value)
        key = f"{payload.feed}|{payload.natural_key(entity_id)}".encode()
    except (ValidationError, UnicodeEncodeError):
        return "-"  # the envelope's own checks of subject and jurisdiction follow and refuse it
    return hashlib.sha256(key).hexdigest()


def _doubts(record: Envelope, divisions: division.DivisionTable | None) -> Iterator[Flag]:
    """Soft rules about the envelope."""
    if record.match_confidence is not None and record.match_confidence < entity.CONFIRMED:
        yield Flag.IDENTITY_UNCONFIRMED
    subject = record.subject
    if subject.scheme == "name" and names.is_masked(subject.value):
        yield Flag.MASKED_NAME
    code = record.jurisdiction[3:] if record.jurisdiction.startswith("CN-") else ""
    if subject.scheme == "uscc":
        agrees, inside = _inside(subject.value)
        if not agrees:
            yield Flag.ORGANISATION_CODE_MISMATCH
        if not _known(inside, divisions):
            yield Flag.UNKNOWN_DIVISION
            return
    if code and not _known(code, divisions):
        yield Flag.UNKNOWN_DIVISION


@lru_cache(
    maxsize=65536
)  # one small tuple per enterprise seen lately; records of an enterprise come in bursts
def _inside(code: str) -> tuple[bool, str]:
    parts = uscc.parse(code)
    return parts.organisation_code_agrees, parts.division


@lru_cache(maxsize=4096)
def _well_formed(code: str) -> bool:
    try:
        division.parse(code)
    except IdentifierError:
        return False
    return True


def _known(code: str, divisions: division.DivisionTable | None) -> bool:
    return divisions.knows(code) if divisions is not None else _well_formed(code)


def _flagged(record: Envelope, flags: tuple[Flag, ...]) -> Envelope:
    """Flags that came with the record have lowered its quality already; only the new ones do so now."""
    fresh = tuple(flag for flag in dict.fromkeys(flags) if flag not in record.flags)
    quality = round(record.quality * quality_of(fresh), 4)
    return record.model_copy(update={"flags": (*record.flags, *fresh), "quality": quality})
