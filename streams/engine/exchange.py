"""What partitions tell each other, through the log.

A judgement may need what no single partition knows: how far a source has come, what is usual in an industry. Each
partition writes what it knows as control records into the partitions that need it, and every partition takes up only
what lies in its own log. So a replay of the log sees the same at the same place, and no other channel is needed.

Control records are written by workers alone (no connector can publish one), may be written twice after a crash and say
the same then, and do not move stream time.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from detectors.record import Record, Subject, from_epoch
from detectors.watermarks import told_by

SOURCE = "fenghuo.exchange"
ENTITY = f"src:{SOURCE}"
HOME = 0
"""The partition that knows what takes all partitions together."""
WATERMARK = "S01"
"""A source has come further."""
CATALOGUE = "S02"
"""A catalogue takes force on a day."""
NORMS = "S03"
"""What the firms of one partition contribute to their cohorts in a month."""
NODE = "S04"
"""What an entity is to the network of guarantees."""
MACRO = "S05"
"""The sums of one partition's groups at the end of a day."""
SETTLE = "S06"
"""The place in the log at which the network is worked out."""
ASK = "S07"
"""Somebody named an entity: it is to say what it is."""
CIRCLES = frozenset({NODE, SETTLE, ASK})

KEYED = -1
"""To the partition that a record of this key lies in."""

_json = msgspec.json.Encoder(order="deterministic")


class Sent(msgspec.Struct, frozen=True, gc=False):
    """A record for one partition of ``records``, for the one its key belongs in (:data:`KEYED`), or for every one
    (``to`` None)."""

    to: int | None
    key: bytes
    value: bytes


def control(kind: str, record_id: str, at: int, payload: dict[str, Any], to: int | None = None) -> Sent:
    """A control record of ``kind`` (``S01`` …), written at stream time ``at``."""
    moment = from_epoch(at)
    record = Record(
        schema=f"{kind}/1.0",
        source_id=SOURCE,
        record_id=record_id,
        version=1,
        op="exchange",
        entity=ENTITY,
        subject=Subject("source", SOURCE),
        occurred_at=moment,
        observed_at=moment,
        jurisdiction="",
        payload=payload,
    )
    return Sent(to, ENTITY.encode(), _json.encode(record))


class Watermarks:
    """How far each source has come, as told in this partition's log. Times in epoch seconds."""

    def __init__(self, told: Mapping[str, int]) -> None:
        """Take up what was known."""
        self.told = dict(told)

    def heard(self, record: Record, clock: int) -> list[Sent]:
        """A heartbeat in its home partition: when its source has come a day further, all partitions are told."""
        heard = told_by(record)
        if heard is None or heard[1] <= self.told.get(heard[0], -1):
            return []
        name, said = heard
        return [control(WATERMARK, f"{name}|{said}", clock, {"source": name, "until": said})]

    def take(self, record: Record) -> bool:
        """A control record that tells of a watermark; whether it is news."""
        name, until = str(record.payload["source"]), int(record.payload["until"])
        if until <= self.told.get(name, -1):
            return False
        self.told[name] = until
        return True
