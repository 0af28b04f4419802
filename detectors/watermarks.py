"""How far sources have come, by what they say of themselves (F33).

A heartbeat or a snapshot may say up to when its source has told everything. It can know no more than was captured, and
is heeded in whole hours, because rules about absence count days.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from detectors.record import CONTROL_OPS, Record, epoch

HOUR = 3_600


def told_by(record: Record) -> tuple[str, int] | None:
    """Source, or ``source|feed``, and the instant (epoch seconds) up to which all has come; None if it is not said.

    >>> from detectors.record import Subject, from_epoch
    >>> at, who = from_epoch(1_767_225_600), Subject("source", "cn.court")
    >>> beat = {"schema": "F33/1.0", "source_id": "cn.court", "record_id": "beat", "version": 1, "op": "heartbeat"}
    >>> place = {"entity": "src:cn.court", "subject": who, "occurred_at": at, "observed_at": at, "jurisdiction": ""}
    >>> told_by(Record(**beat, **place, payload={"watermark": "2025-12-31T23:30:00+00:00"}))
    ('cn.court', 1767222000)
    """
    mark = record.payload.get("watermark") if record.op in CONTROL_OPS else None
    if mark is None:
        return None
    feed = record.payload.get("feed")
    name = record.source_id if feed is None else f"{record.source_id}|{feed}"
    return name, min(epoch(datetime.fromisoformat(mark)), epoch(record.observed_at)) // HOUR * HOUR


class Marks(dict[str, int]):
    """The furthest each source has come, by name as in :func:`told_by`; the same for every order of the records."""

    def hearing(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records, noting what sources say of themselves on the way."""
        for record in records:
            said = told_by(record)
            if said is not None and said[1] > self.get(said[0], -1):
                self[said[0]] = said[1]
            yield record
