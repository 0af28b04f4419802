"""The record as the stream sees it: a typed, frozen view of the wire form, decoded once per record.

Connectors validate with the pydantic contracts in :mod:`detectors.records` and write canonical JSON; the stream
reads it back through this module, which is several times faster and accepts exactly what the contracts emit.
The envelope is aligned with that of the Companies House streaming API.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import msgspec

Op = Literal["assert", "amend", "close", "retract", "heartbeat", "snapshot_begin", "snapshot_end", "exchange"]
"""What the source says: a new fact, a correction, an end, "was never true", or control of the feed; ``exchange`` is
what workers tell each other."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant with its offset; one without would mean another time on every machine."""

CONTROL_OPS: frozenset[str] = frozenset({"heartbeat", "snapshot_begin", "snapshot_end", "exchange"})


class Subject(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who the record is about; ``role`` tells apart the fanned-out copies of one filing."""

    scheme: str
    value: str
    name: str = ""
    role: str = ""


class Evidence(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where the statement can be looked up, and the SHA-256 (hex) of the source's own bytes."""

    doc_no: str | None = None
    url: str | None = None
    sha256: str | None = None


class Record(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One validated statement by a source about one subject."""

    schema: str
    source_id: str
    record_id: str
    version: int
    op: Op
    entity: str
    subject: Subject
    occurred_at: Moment
    observed_at: Moment
    jurisdiction: str
    payload: dict[str, Any]
    valid_from: date | None = None
    valid_to: date | None = None
    published_at: Moment | None = None
    visibility: str = "public"
    legal_basis: str | None = None
    consent_id: str | None = None
    evidence: Evidence | None = None
    quality: float = 1.0
    match_confidence: float = 1.0
    flags: tuple[str, ...] = ()

    @property
    def feed(self) -> str:
        """Feed id, ``F01`` to ``F33``, ``F35``."""
        return self.schema[:3]


_decoder = msgspec.json.Decoder(Record)


def decode(value: bytes) -> Record:
    """Decode one record of the ``records`` topic.

    Raises:
        msgspec.ValidationError: the JSON is not a canonical record; the message names the field.
        msgspec.DecodeError: the bytes are not JSON.
    """
    return _decoder.decode(value)


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970 UTC, the only clock unit inside the core."""
    return int(moment.timestamp())


def from_epoch(seconds: int) -> datetime:
    """The inverse of :func:`epoch`, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
