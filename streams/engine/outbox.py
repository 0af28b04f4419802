"""What a partition says to the world about a record: alerts with their copies, dead letters, and the count."""

from typing import Any

from alerts.policy.alert import cloud_event_headers, encode
from detectors.fact import IMPULSE
from detectors.ledger import Effect
from detectors.record import Record, epoch
from streams.engine.effects import Effects, Out, Routing, Topics
from streams.engine.raw import RawRecord


class Outbox:
    """Puts messages into the effects of a batch; of the log it keeps only which record it counted last."""

    def __init__(self, partition: int, routing: Routing, topics: Topics) -> None:
        """``partition`` is the one of ``records`` whose records are spoken of."""
        self._partition, self._routing, self._topics = partition, routing, topics
        self._counted = -1, "", 0  # offset, source and time of capture of the record counted last

    def publish(self, alert: dict[str, Any], raw: RawRecord, effects: Effects) -> None:
        """An alert and its copies for subscribers."""
        value, key = encode(alert), alert["entity"].encode()
        headers = [*cloud_event_headers(alert), ("fenghuo-appended", str(raw.timestamp).encode())]
        effects.messages.append(Out(self._topics.alerts, key, value, headers, alert["alert_id"]))
        for topic, to, copy, name in self._routing(alert, value):
            effects.messages.append(Out(topic, to, copy, [*headers, ("fenghuo-id", name.encode())], name))
        effects.alerts.append((alert, raw.timestamp))
        offset, source, seen = self._counted
        if offset == raw.offset:  # not a timer, nor what partitions tell each other
            effects.raised.append((source, seen))

    def count(self, record: Record, effect: Effect | None, raw: RawRecord, effects: Effects) -> None:
        """Count a record by what folding it did; one that contradicts another of its version goes to the dead letters.

        Impulses are not counted: no source sent them.
        """
        if record.feed == IMPULSE:
            return
        seen = epoch(record.observed_at)
        many, total = effects.observed.get(record.source_id, (0, 0))
        effects.observed[record.source_id] = many + 1, total + seen
        self._counted = raw.offset, record.source_id, seen
        if effect in ("duplicate", "stale"):
            label = "duplicate"
        elif effect == "conflict":
            label = "quarantined"
            detail = f"{record.source_id} sent two contents as {record.record_id} version {record.version}"
            self.dead(raw, "version_conflict", detail, record.source_id, effects)
        else:
            label = "flagged" if record.flags else "accepted"
        effects.counts[record.feed, label] += 1

    def dead(self, raw: RawRecord, reason: str, detail: str, source: str, effects: Effects) -> None:
        """A dead letter: the record as it lies in the log, why, and where."""
        place = f"records/{self._partition}@{raw.offset}"
        headers = [
            ("reason", reason.encode()),
            ("detail", detail.encode()),
            ("place", place.encode()),
            ("source_id", source.encode()),
        ]
        out = Out(self._topics.dead_letters, source.encode(), raw.value or b"", headers, place)
        effects.messages.append(out)
        if reason != "version_conflict":
            effects.counts["unknown", "quarantined"] += 1
