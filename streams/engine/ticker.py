"""The clock on the wall, written into the log.

Stream time is what the log says, so a worker in production writes the time of day into the partitions it owns. Timers
then fire and silent sources are noticed although no source says anything, and a replay of the log still tells the
same.
"""

from datetime import datetime

import msgspec

from detectors.record import Record, Subject

SOURCE = "fenghuo.clock"
SECONDS = 5.0

_json = msgspec.json.Encoder()


def tick(now: datetime) -> tuple[bytes, bytes]:
    """Key and value of a control record that moves stream time to ``now`` (aware) and says nothing else."""
    entity = f"src:{SOURCE}"
    record = Record(
        schema="F33/1.0",
        source_id=SOURCE,
        record_id=f"tick|{int(now.timestamp())}",
        version=1,
        op="heartbeat",
        entity=entity,
        subject=Subject("source", SOURCE),
        occurred_at=now,
        observed_at=now,
        jurisdiction="",
        payload={},
    )
    return entity.encode(), _json.encode(record)
