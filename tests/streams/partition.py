"""A partition without a broker: a log in a list, a store in a dictionary, and a worker that can die."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from alerts.policy.routing import Router
from alerts.policy.subscriptions import Subscriptions
from detectors.record import Record
from streams.engine import state as codec
from streams.engine.effects import Effects, Out, Topics
from streams.engine.persist import Producer
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from streams.engine.store import MemoryStore
from streams.engine.worker import Worker
from streams.metrics import Metrics
from streams.topics import Names
from tests.detectors import build

CATALOGUE = build.shipped()
TOPICS = Topics("alerts", "assessments", "dead-letters")
NAMES = Names("t")
_json = msgspec.json.Encoder()


def wire(record: Record) -> bytes:
    """The record as connectors publish it."""
    return _json.encode(record)


def log(records: Iterable[Record | bytes | None]) -> list[RawRecord]:
    """Records as they lie in partition 0, from offset 0 on."""
    values = [wire(one) if isinstance(one, Record) else one for one in records]
    return [RawRecord(n, b"", value, (), n * 1000) for n, value in enumerate(values)]


def to_bank(alert: Mapping[str, Any], value: bytes) -> Iterable[tuple[str, bytes, bytes, str]]:
    """One bank hears of yellow and red."""
    if alert["level"] >= 2:
        yield "alerts.bank.a", alert["entity"].encode(), value, alert["alert_id"]


class Partition:
    """A worker with one partition: ``store`` and ``sent`` survive it, everything else does not."""

    def __init__(self, store: dict[bytes, bytes] | None = None, sent: list[Out] | None = None) -> None:
        """Take up what was written before."""
        self.store = {} if store is None else store
        self.sent = [] if sent is None else sent
        self.processor = Processor(0, self.store, CATALOGUE, to_bank, TOPICS)

    def run(self, raws: Sequence[RawRecord], cuts: Iterable[int] = ()) -> list[Effects]:
        """Process and write, in batches that end at ``cuts``."""
        ends = sorted({cut for cut in cuts if 0 < cut < len(raws)} | {len(raws)})
        done = []
        for start, end in zip([0, *ends], ends, strict=False):
            if start < end:
                effects = self.processor.process(raws[start:end])
                self.sent += effects.messages
                self.store |= {**effects.states, codec.PARTITION_KEY: effects.partition}
                done.append(effects)
        return done

    def alerts(self) -> list[dict[str, Any]]:
        """Every alert sent, as often as it was sent."""
        return [msgspec.json.decode(out.value) for out in self.sent if out.topic == TOPICS.alerts]

    def assessments(self) -> dict[str, dict[str, Any]]:
        """The latest assessment of each entity."""
        found = [msgspec.json.decode(out.value) for out in self.sent if out.topic == TOPICS.assessments]
        return {one["entity"]: one for one in found}

    def gists(self) -> dict[str, tuple[Any, ...]]:
        """What the latest assessments say, but for the moment and what depends on it (days overdue, decay)."""
        return {
            entity: (
                one["told_tier"],
                one["not_evaluable"],
                one["materiality"],
                [(p["id"], p["state"], p["level"], p["since"], p["evidence"]) for p in one["points"]],
            )
            for entity, one in self.assessments().items()
        }

    def told(self) -> list[tuple[bytes, ...]]:
        """Everything told but assessments, which are one per batch: topic, key, value, headers."""
        return [
            (out.topic.encode(), out.key, out.value, msgspec.json.encode(dict(out.headers).get("place", b"")))
            for out in self.sent
            if out.topic != TOPICS.assessments
        ]


def shell(producer: object, *, ticking: bool = False) -> Worker:
    """A worker around ``producer``, which plays a :class:`Producer`; there is no broker to restore from."""
    return Worker(
        broker="nowhere",
        names=NAMES,
        catalogue=CATALOGUE,
        router=Router(Subscriptions(subscriptions=()), "t"),
        store=MemoryStore(),
        producer=cast(Producer, producer),
        metrics=Metrics(),
        ticking=ticking,
    )
