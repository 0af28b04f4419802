"""The records every arm reads, and the model every arm asks."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from bench.core import Core, Memory
from bench.plan import Plan
from connectors.kafka import KafkaPublisher
from streams.district.labels import outcomes
from streams.district.world import World
from streams.engine.learning import Waiting
from streams.engine.raw import RawRecord

_TRAINING_RECORDS = 3_000
_TRAINING_LABELS = 300


class Head(msgspec.Struct):
    """What of a record says where it goes."""

    entity: str
    schema: str

    @property
    def feed(self) -> str:
        """Which kind of record, ``F01`` …"""
        return self.schema.partition("/")[0]


head = msgspec.json.Decoder(Head).decode
"""The head of a record on the wire."""


def make(records: int, entities: int, seed: int = 1) -> list[bytes]:
    """The first ``records`` canonical records of a simulated district of ``entities`` enterprises, in order of time."""
    world = World.sized(round(records * 1.05) + entities, seed, entities)
    wires = list(islice(world.canonical(), records))
    if len(wires) < records:
        raise ValueError(f"{entities} enterprises tell only {len(wires)} records; ask for more enterprises")
    return wires


def publish(bootstrap: str, prefix: str, wires: Iterator[bytes] | list[bytes], *, embedded: bool) -> None:
    """Append records to ``<prefix>.records`` as a connector would."""
    publisher = KafkaPublisher(bootstrap, prefix=prefix, idempotence=not embedded)
    for wire in wires:
        to = head(wire)
        publisher.publish(to.entity, to.feed, wire)
    publisher.flush()


def train(path: Path, seed: int = 1) -> None:
    """Write the snapshot of a model that has learned some hundred outcomes of a small district."""
    world = World.sized(_TRAINING_RECORDS, seed, _TRAINING_LABELS)
    core = Core(Plan("training", "", True, "", "training", 0, 1, path.parent, path))
    memory = Memory()
    raws = [RawRecord(offset, None, wire, (), 0) for offset, wire in enumerate(world.canonical())]
    memory.values.update(core.judge(0, raws, memory).states)
    processor = core.processor(0)
    for label in islice(outcomes(world), _TRAINING_LABELS):
        processor.outcome(Waiting(0, label.entity, label.outcome == "default"))
    path.write_bytes(processor.learning.save())
