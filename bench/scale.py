"""Many enterprises in state: does throughput hold, how much memory is used, how fast does a worker come back?

A base district is judged up to a day; then each of its enterprises is copied under further ids, states and timers
included, until there are as many as asked for. What the base district tells next is told by every copy, so that
timers come due as often per record at every size.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from bench.arms import ARMS, Child, prepare
from bench.brokers import opened
from bench.core import Core, Memory
from bench.load import head, publish
from bench.plan import Measured, Plan, Restored
from bench.throughput import Say
from streams.district.world import World
from streams.engine import state as codec
from streams.engine.persist import Producer
from streams.engine.raw import RawRecord
from streams.engine.state import PartitionState
from streams.topics import Names

BASE_ENTITIES = 2_000
BASE_RECORDS = 20_000
"""Judged before the copies are made: some half a year of a district of two thousand."""


@dataclass(frozen=True)
class Scale:
    """One size: ``entities`` in ``store``; what came back and how fast, and then the throughput."""

    broker: str
    store: str
    entities: int
    restored: Restored
    measured: Measured
    state_bytes: float


@dataclass(frozen=True)
class Base:
    """The base district: encoded states by entity, the clock, and what is told next."""

    states: dict[bytes, bytes]
    clock: int
    after: list[bytes]

    def clones(self, entities: int) -> int:
        """Copies of each enterprise needed for so many."""
        return max(1, round(entities / BASE_ENTITIES))

    def ledgers(self, copies: int) -> Iterator[tuple[bytes, bytes]]:
        """Key and state of every copy of every enterprise."""
        for entity, state in self.states.items():
            for copy in range(copies):
                yield entity + _mark(copy), state

    def records(self, copies: int, count: int) -> Iterator[bytes]:
        """The first ``count`` records told next, each told by every copy in turn."""
        told = (
            wire.replace(own, own + _mark(copy))
            for wire in self.after
            for own in [head(wire).entity.rpartition(":")[2].encode()]
            for copy in range(copies)
        )
        return islice(told, count)


def _mark(copy: int) -> bytes:
    return b"" if copy == 0 else b"-%d" % copy


def base(model: Path, records: int, smallest: int, seed: int = 1) -> Base:
    """Judge the base district; enough is told afterwards for ``records`` at the ``smallest`` size."""
    copies = max(1, round(smallest / BASE_ENTITIES))
    after = records // copies + 1
    world = World.sized(round(1.1 * (BASE_RECORDS + after)), seed, BASE_ENTITIES)
    wires = list(islice(world.canonical(), BASE_RECORDS + after))
    core, memory = Core(Plan("scale", "", True, "", "scale", 0, 1, model.parent, model)), Memory()
    raws = [RawRecord(offset, None, wire, (), 0) for offset, wire in enumerate(wires[:BASE_RECORDS])]
    states = core.judge(0, raws, memory).states
    return Base(states, core.processor(0).clock, wires[BASE_RECORDS:])


def measure(
    kind: str, start: Base, model: Path, entities: int, store: str, records: int, partitions: int, say: Say
) -> Scale:
    """Fill the changelog with ``entities`` ledgers, start a worker on it, and let it judge ``records``."""
    copies = start.clones(entities)
    say(f"{kind}: {entities:,} enterprises, {store} …")
    with (
        tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as directory,
        opened(kind, Path(directory)) as broker,
    ):
        stage = broker.stage("scale", [], partitions, model)
        publish(broker.bootstrap, "scale", start.records(copies, records), embedded=broker.embedded)
        plan = msgspec.structs.replace(stage.plan(ARMS["engine"], "engine", store=store), records=records)
        prepare(plan)
        written = _fill(plan, start, copies)
        with Child(ARMS["engine"], plan) as child:
            restored = msgspec.json.decode(child.wait(plan.ready, 60 + entities / 5_000), type=Restored)
            measured = msgspec.json.decode(child.wait(plan.result, 60 + records / 100), type=Measured)
    mean = sum(map(len, start.states.values())) / len(start.states)
    return Scale(kind, store, written, restored, measured, mean)


def _fill(plan: Plan, start: Base, copies: int) -> int:
    """Write the changelog a worker would have left behind; returns how many ledgers."""
    topic = Names(plan.prefix).ledgers
    producer = Producer(
        plan.bootstrap, idempotence=not plan.embedded, linger_ms=20, client={"partitioner": "murmur2_random"}
    )
    count = 0
    for key, state in start.ledgers(copies):
        producer.produce(topic, None, key, state)
        count += 1
    partition = codec.encode_partition(PartitionState(clock=start.clock))
    for number in range(plan.partitions):
        producer.produce(topic, number, codec.PARTITION_KEY, partition)
    producer.flush_now()
    producer.close()
    return count


def sizes_and_stores(sizes: Sequence[int], *, memory_up_to: int = 100_000) -> list[tuple[int, str]]:
    """What is measured: RocksDB at every size, memory where it is meant for."""
    wanted = [(size, "memory") for size in sizes if size <= memory_up_to]
    return wanted + [(size, "rocksdb") for size in sizes]
