"""A district's records in the log of a real broker, and the workers that judge them until somebody kills them.

Every scenario has topics of its own (a prefix), filled with the same records in the same partitions in the same order,
so that what two scenarios tell can be compared byte for byte.
"""

from __future__ import annotations

import json
import os
import signal
import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from streams.district.connectors_yaml import subscriptions, write_yaml
from streams.district.labels import outcomes
from streams.district.world import World
from streams.engine import persist, worker
from streams.engine import state as codec
from streams.engine.restore import passing, restore_chunks
from streams.settings import Settings
from streams.topics import Names, apply
from tests.streams.commands import Command
from tests.streams.wire import patiently
from tests.streams.workers import wait_for

PARTITIONS = 2
SILENT = ("cn.330604.tax", 100, 160)
"""A source whose heartbeats are missing for some days, so that its silence and its recovery are told."""
SESSION_SECONDS = 2.5
"""Long enough that a worker on a busy machine is not taken for dead behind the log, where it would be restarted."""


Crash = tuple[str, int] | tuple[str, int, int]
"""See :func:`arm`."""


class Line(NamedTuple):
    """One record as it is appended."""

    partition: int
    key: bytes
    value: bytes


class Written:
    """What is in the log before a worker begins, and the outcomes beside it."""

    def __init__(self, records: list[Line]) -> None:
        self.records = records
        self.outcomes: list[Line] = []

    @staticmethod
    def _line(entity: str, value: bytes) -> Line:
        return Line(zlib.crc32(entity.encode()) % PARTITIONS, entity.encode(), value)

    def ends(self) -> list[int]:
        """Number of records in each partition."""
        return [sum(line.partition == number for line in self.records) for number in range(PARTITIONS)]


class District(Written):
    """A simulated district as a log: records with their defects, heartbeats, a few lines of rubbish, outcomes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.records = [self._line(entity, value) for entity, value in _said(world)]
        for place in range(100, len(self.records), 1500):
            self.records.insert(place, Line(place % PARTITIONS, b"rubbish", b'{"feed": "F04", "entity"'))
        self.outcomes = [self._line(label.entity, label.wire()) for label in outcomes(world)]


def _said(world: World) -> list[tuple[str, bytes]]:
    source, first, last = SILENT
    said = []
    for event in world.events():
        day = (event.at.date() - world.start).days
        silent = event.statement is None and event.source.source_id == source and first <= day < last
        if event.outcome != "quarantined" and not silent:
            record = world.record(event)
            said.append((record["entity"], json.dumps(record, ensure_ascii=False).encode()))
    return said


@cache
def district() -> District:
    """The one all scenarios share."""
    return District(World(seed=7, entities=110, days=300))


class Told(NamedTuple):
    """A message without what depends on the hour: its offset and when the record before it was appended."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


class Site:
    """The topics under one prefix, and the workers on them; a context manager that kills what is left."""

    def __init__(
        self, bootstrap: str, prefix: str, directory: Path, said: Written | None = None, wanted: Any = None
    ) -> None:
        """``said`` and ``wanted`` (subscriptions) are by default those of the district."""
        directory.mkdir(parents=True)
        self.bootstrap, self.names, self.directory = bootstrap, Names(prefix), directory
        self.district = said or district()
        self.subscriptions = directory / "subscriptions.yaml"
        content = wanted or subscriptions(district().world, "http://127.0.0.1:9/hook", "none.secret")
        write_yaml(self.subscriptions, content, "who wants what")
        self.banks = [one["subscriber_id"] for one in content["subscriptions"] if one["channel"] == "kafka"]
        apply(bootstrap, Settings(broker=bootstrap, prefix=prefix, partitions=PARTITIONS), self.banks)
        self.workers: list[Child] = []
        # of the workers' group, to ask for its offsets; it never joins
        self._watch = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": f"{prefix}.workers",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 20,
                "log_level": 0,
            }
        )

    def fill(self) -> None:
        """Append the district's outcomes and records."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "enable.idempotence": True})
        topics = ((self.names.outcomes, self.district.outcomes), (self.names.records, self.district.records))
        for topic, lines in topics:
            for line in lines:
                producer.produce(topic, line.value, line.key, line.partition)
        assert producer.flush(30) == 0

    def start(self, name: str, crash: Crash | None = None, **settings: object) -> Child:
        """Start ``fenghuo worker``; ``crash``: see :func:`arm`."""
        said = {
            "prefix": self.names.prefix,
            "batch_max": 20,
            "broker_session_timeout": SESSION_SECONDS,
            "broker_rebalance_timeout": 10,
            "metrics_port": 0,
            "clock": "log",  # the district's time, not ours
            **settings,
        }
        argv = ["worker", "--broker", self.bootstrap, "--subscriptions", self.subscriptions]
        argv += [part for key, value in said.items() for part in ("--set", f"{key}={value}")]
        before = partial(arm, *crash) if crash else None
        child = Child(tuple(argv), self.directory, name=name, before=before)
        self.workers.append(child)
        return child

    def end(self, topic: str) -> int:
        """How many messages a topic has ever held."""
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        return sum(high for _, high in map(self._bounds, partitions))

    def _bounds(self, place: TopicPartition) -> tuple[int, int]:
        """The first offset of a partition and the one after its last."""
        return patiently(lambda: self._watch.get_watermark_offsets(place, 10))

    def caught_up(self) -> bool:
        """Whether the workers' group has committed the whole log; False while no broker can say so.

        The log is longer than what was published: workers write control records and impulses behind it.
        """
        places = [TopicPartition(self.names.records, number) for number in range(PARTITIONS)]
        try:
            done = [place.offset for place in self._watch.committed(places, 5)]
            ends = [self._watch.get_watermark_offsets(place, 5)[1] for place in places]
        except KafkaException:
            return False
        return done == ends and all(end >= own for end, own in zip(ends, self.district.ends(), strict=True))

    def finish(self, child: Child) -> None:
        """Wait until everything is judged, then let the worker end in order."""
        wait_for(
            lambda: child.alive() and self.caught_up(), lambda: f"{child.name} to finish\n{child.tail()}", 150
        )
        assert child.terminate() == 0, child.tail()

    def told(self) -> dict[str, list[list[Told]]]:
        """Everything told, by topic and partition, in order: all alerts, each bank's, and the notifications."""
        topics = [self.names.alerts, self.names.notifications, *map(self.names.bank, self.banks)]
        places = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        found = self._read(places)
        return {
            topic.removeprefix(self.names.prefix): [found[topic, number] for number in range(PARTITIONS)]
            for topic in topics
        }

    def _read(self, places: list[TopicPartition]) -> dict[tuple[str, int], list[Told]]:
        """All messages there are now."""
        bounds = {place: self._bounds(place) for place in places}
        left = sum(high - low for low, high in bounds.values())
        found: dict[tuple[str, int], list[Told]] = {(place.topic, place.partition): [] for place in places}
        self._watch.assign([TopicPartition(p.topic, p.partition, low) for p, (low, _) in bounds.items()])
        deadline = time.monotonic() + 30
        while left:
            assert time.monotonic() < deadline, f"{left} messages did not come"
            for message in self._watch.consume(left, 0.2):
                if (error := message.error()) is not None:
                    assert passing(error), error
                    continue
                headers = tuple(
                    (name, value) for name, value in message.headers() if name != "fenghuo-appended"
                )
                told = Told(message.key(), message.value(), headers)
                found[message.topic(), message.partition()].append(told)
                left -= 1
        self._watch.unassign()
        return found

    def states(self) -> list[dict[bytes, bytes]]:
        """The latest value of each key of the ledgers topic, by partition."""
        found: list[dict[bytes, bytes]] = [{} for _ in range(PARTITIONS)]
        for number, values in enumerate(found):
            for changes, _ in restore_chunks(self.bootstrap, self.names.ledgers, number):
                values.update((key, value) for key, value in changes if value is not None)
        return found

    def dead_letters(self) -> set[str]:
        """Places of the dead letters (they may be told twice)."""
        place = TopicPartition(self.names.dead_letters, 0)
        return {dict(one.headers)["place"].decode() for told in self._read([place]).values() for one in told}

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self.workers:
            child.kill()
        self._watch.close()


def ids(partitions: list[list[Told]]) -> list[str]:
    """The ids of messages, notifications by their own."""
    return [
        dict(one.headers).get("fenghuo-id", dict(one.headers)["ce_id"]).decode()
        for partition in partitions
        for one in partition
    ]


def readable(states: list[dict[bytes, bytes]], ends: list[int]) -> list[dict[bytes, Any]]:
    """States decoded, so that a difference can be read.

    Left out is what may differ after a kill: the model, which learns in the order of arrival; what partitions keep of
    what they told each other, which may be told twice; offsets of what workers wrote behind the log that was published
    (``ends``), and how an entity that heard of it came to its colours, since who speaks first there is not in that log;
    when an entity was or will be looked at for nothing, or what for, which depends on what was in memory; and how often
    a recovery was told, because sources step forward behind the log, each at its own time.
    """
    return [
        {
            key: _read_state(key, value, end)
            for key, value in values.items()
            if key[:1] != b"\x00" or key == codec.PARTITION_KEY
        }
        for values, end in zip(states, ends, strict=True)
    ]


def differing(ours: Any, theirs: Any, place: str = "") -> Iterator[str]:
    """Where two values read by :func:`readable` are not the same, down to the field."""
    if ours == theirs:
        return
    mine, other = (_opened(one) for one in (ours, theirs))
    if isinstance(mine, dict) and isinstance(other, dict):
        for name in sorted(mine.keys() | other.keys(), key=str):
            yield from differing(mine.get(name), other.get(name), f"{place}/{name}")
    else:
        yield f"{place}: {ours!r} instead of {theirs!r}"[:600]


def _opened(value: Any) -> Any:
    if isinstance(value, list):
        return dict(enumerate(value))
    return msgspec.structs.asdict(value) if isinstance(value, msgspec.Struct) else value


def _read_state(key: bytes, value: bytes, end: int) -> Any:
    if key == codec.PARTITION_KEY:
        return msgspec.structs.replace(codec.decode_partition(value), next_offset=0)
    state = codec.decode(value)
    offsets = {name: offset for name, offset in state.offsets.items() if offset < end}
    points = {name: point for name, point in state.standing.points.items() if name != "CP-07"}
    standing: Any = msgspec.structs.replace(state.standing, evaluated=0, points=points)
    if len(offsets) < len(state.offsets):  # colours follow from the facts, the way to them from their order
        standing = {name: point.level for name, point in points.items()}
    return msgspec.structs.replace(state, offsets=offsets, standing=standing, awaits=None)


def from_the_log(told: list[list[Told]], ends: list[int]) -> list[list[Told]]:
    """What was told because of the log that was published, not of what workers wrote behind it."""
    return [
        [one for one in partition if _origin(one) < end] for partition, end in zip(told, ends, strict=True)
    ]


def _origin(one: Told) -> int:
    return int(dict(one.headers)["fenghuo-origin"].rpartition(b":")[2])


class Child(Command):
    """A worker process."""

    def holds(self, count: int) -> bool:
        """Whether it has taken over ``count`` partitions."""
        taken = [line for line in self.tail().splitlines() if "took over partitions [" in line]
        return bool(taken) and len(taken[-1].partition("[")[2].partition("]")[0].split(",")) == count


def arm(point: str, count: int, number: int = signal.SIGKILL) -> None:
    """Send this process a signal at the ``count``-th time it passes ``point``.

    ``judged``: a batch with alerts is judged, nothing of it was sent; ``alert``: an alert was handed to the client
    library and maybe sent; ``acknowledged``: alerts are on disk, ledgers are not; ``half``: ledgers of a batch are on
    disk, the partition's own record is not; ``written``: all is on disk and the local store knows nothing of it;
    ``stored``: only the offset is not committed.
    """
    left = count

    def passed() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)

    {"judged": _before_writing, "alert": _after_an_alert, "half": _between_ledgers}.get(
        point, _around_states
    )(point, passed)


def _before_writing(_: str, passed: Callable[[], None]) -> None:
    write = worker.Worker._write

    async def writing(self: Any, judged: Any) -> None:
        if any(effects.alerts for _, effects in judged):
            passed()
        await write(self, judged)

    worker.Worker._write = writing  # type: ignore[method-assign]  # this process exists to be broken


def _after_an_alert(_: str, passed: Callable[[], None]) -> None:
    produce = persist.Producer.produce

    def producing(self: Any, topic: str, *given: Any) -> None:
        produce(self, topic, *given)
        if ".alerts" in topic:
            self._producer.poll(0)
            passed()

    persist.Producer.produce = producing  # type: ignore[method-assign]  # the same


def _between_ledgers(_: str, passed: Callable[[], None]) -> None:
    produce = persist.Producer.produce

    def producing(self: Any, topic: str, partition: Any, key: Any, *more: Any) -> None:
        if key == codec.PARTITION_KEY:
            self.flush_now()
            passed()
        produce(self, topic, partition, key, *more)

    persist.Producer.produce = producing  # type: ignore[method-assign]  # the same


def _around_states(point: str, passed: Callable[[], None]) -> None:
    write = worker.Worker._write_states

    async def writing(self: Any, written: Any) -> None:
        if point == "acknowledged" and any(len(states) > 1 for _, states in written):
            passed()
        if point == "written" and not isinstance(self._store, _Trap):
            self._store = _Trap(self._store, passed)
        await write(self, written)
        if point == "stored":
            passed()

    worker.Worker._write_states = writing  # type: ignore[method-assign]  # the same


class _Trap:
    """A store that springs when it is written to."""

    def __init__(self, store: Any, passed: Callable[[], None]) -> None:
        self._store, self._passed = store, passed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put_many(self, *given: Any, **more: Any) -> None:
        self._passed()
        self._store.put_many(*given, **more)
