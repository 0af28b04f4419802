"""Writing with a barrier, restoring a changelog, and reading the tail of a log, on both brokers."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import confluent_kafka as kafka
import pytest

from streams.brokers.kafka import KafkaCluster
from streams.engine.persist import FlushError, Producer
from streams.engine.restore import (
    Change,
    RestoreError,
    StaleOffsetError,
    restore_chunks,
    restore_into,
    tail,
)
from streams.engine.store import MemoryStore, RocksStore
from streams.topics import TOPICS
from tests.streams.workers import create_topics, wait_for

_CONSUMER = kafka.Consumer


class Log:
    """A fresh topic on one of the brokers."""

    def __init__(self, bootstrap: str, *, idempotence: bool) -> None:
        self.bootstrap, self.idempotence = bootstrap, idempotence
        self.topic = f"c{uuid.uuid4().hex[:8]}"

    def producer(self) -> Producer:
        return Producer(self.bootstrap, idempotence=self.idempotence, timeout=10.0)

    def make(self, **config: str) -> None:
        create_topics(self.bootstrap, [self.topic], 2, **config)

    def write(self, changes: list[Change], partition: int = 0) -> int | None:
        """Append and return the offset after the last."""
        producer = self.producer()
        for number, (key, value) in enumerate(changes):
            producer.produce(self.topic, partition, key, value, [("n", b"%d" % number)])
        producer.flush_now()
        position = producer.position(self.topic, partition)
        producer.close()
        return position

    def read(self, from_offset: int = 0, partition: int = 0) -> tuple[list[Change], int]:
        """All changes and the offset after them."""
        changes: list[Change] = []
        end = from_offset
        for chunk, after in restore_chunks(self.bootstrap, self.topic, partition, from_offset, timeout=10.0):
            changes += chunk
            end = after
        return changes, end


@pytest.fixture(
    params=[
        pytest.param("embedded_broker", marks=pytest.mark.embedded, id="embedded"),
        pytest.param("kafka_broker", marks=pytest.mark.kafka, id="kafka"),
    ]
)
def log(request: pytest.FixtureRequest) -> Log:
    broker = request.getfixturevalue(request.param)
    return Log(broker.bootstrap, idempotence=request.param == "kafka_broker")


def numbered(count: int) -> list[Change]:
    return [(b"k%d" % n, b"v%d" % n) for n in range(count)]


def test_flush_returns_when_everything_is_readable_and_position_is_the_offset_after_it(log: Log) -> None:
    log.make()

    async def run() -> int | None:
        producer = log.producer()
        for key, value in numbered(5000):
            producer.produce(log.topic, 0, key, value)
        await producer.flush()
        await producer.flush()  # nothing to wait for
        producer.close()
        return producer.position(log.topic, 0)

    assert asyncio.run(run()) == 5000
    assert log.read() == (numbered(5000), 5000)


def test_flush_does_not_block_the_event_loop(log: Log) -> None:
    log.make()

    async def run() -> int:
        producer = log.producer()
        for key, value in numbered(50_000):
            producer.produce(log.topic, 0, key, value)
        turns, flushing = 0, asyncio.ensure_future(producer.flush())
        while not flushing.done():
            turns += 1
            await asyncio.sleep(0)
        await flushing
        producer.close()
        return turns

    assert asyncio.run(run()) > 10


def test_the_home_of_a_key_is_where_connectors_put_it(log: Log) -> None:
    """What workers tell an entity must lie in the partition in which sources tell of it."""
    log.make()
    producer = Producer(
        log.bootstrap, idempotence=log.idempotence, timeout=10.0, client={"partitioner": "murmur2_random"}
    )
    keys = [f"ent:CN-330604:91330604MA{number:08d}".encode() for number in range(40)]
    for key in keys:
        producer.produce(log.topic, None, key, key)
    producer.flush_now()
    homes = {key: producer.home(log.topic, key) for key in keys}
    producer.close()
    assert set(homes.values()) == {0, 1}
    for partition in (0, 1):
        assert {key for key, _ in log.read(partition=partition)[0]} == {
            k for k in keys if homes[k] == partition
        }


def test_flush_fails_when_a_record_was_not_delivered_and_names_topic_and_number(log: Log) -> None:
    log.make()
    producer = Producer(
        log.bootstrap,
        idempotence=log.idempotence,
        timeout=10.0,
        client={"allow.auto.create.topics": False, "topic.metadata.propagation.max.ms": 100},
    )
    producer.produce("no-such-topic", 0, b"k", b"v")
    producer.produce("no-such-topic", 0, b"k", b"v")
    producer.produce(log.topic, 0, b"k", b"v")
    with pytest.raises(FlushError, match=r"2 records not acknowledged \(2 on no-such-topic: "):
        asyncio.run(producer.flush())
    producer.produce(log.topic, 0, b"k", b"v")
    asyncio.run(producer.flush())  # a failure is told once
    assert producer.position(log.topic, 0) == 2
    producer.close()


def test_flush_fails_when_the_broker_does_not_answer() -> None:
    producer = Producer("127.0.0.1:9", timeout=1.0, idempotence=False)
    producer.produce("t", 0, b"k", b"v")
    with pytest.raises(FlushError, match=r"broker 127\.0\.0\.1:9: 1 records not acknowledged"):
        asyncio.run(producer.flush())
    producer.close()


def test_a_full_queue_waits_for_the_broker_instead_of_failing(log: Log) -> None:
    log.make()
    producer = Producer(
        log.bootstrap, idempotence=log.idempotence, client={"queue.buffering.max.messages": 100}
    )
    for key, value in numbered(5000):
        producer.produce(log.topic, 0, key, value)
    producer.flush_now()
    assert producer.position(log.topic, 0) == 5000
    producer.close()


def test_an_empty_partition_restores_to_nothing_at_once(log: Log) -> None:
    """Its end is told; else reading would fail after the time a broker is given to answer."""
    log.make()
    assert log.read() == ([], 0)


class Electing:
    """A consumer whose partition has no leader for so many questions."""

    def __init__(self, real: kafka.Consumer, code: int, times: int) -> None:
        self._real, self._code, self.left = real, code, times

    def get_watermark_offsets(self, *given: Any, **more: Any) -> tuple[int, int]:
        if self.left:
            self.left -= 1
            raise kafka.KafkaException(kafka.KafkaError(self._code))
        return self._real.get_watermark_offsets(*given, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@pytest.mark.parametrize(
    ("code", "asked_again"),
    [
        (kafka.KafkaError.NOT_LEADER_FOR_PARTITION, True),
        (kafka.KafkaError.LEADER_NOT_AVAILABLE, True),
        (kafka.KafkaError._UNKNOWN_PARTITION, True),
        (kafka.KafkaError.TOPIC_AUTHORIZATION_FAILED, False),
    ],
)
def test_a_partition_between_two_leaders_is_asked_again(
    log: Log, monkeypatch: pytest.MonkeyPatch, code: int, asked_again: bool
) -> None:
    """A topic just made, or one whose broker just died: the broker asked does not lead it yet."""
    log.make()
    log.write(numbered(10))
    made: list[Electing] = []

    def consumer(*args: Any, **options: Any) -> Electing:
        made.append(Electing(_CONSUMER(*args, **options), code, 3))
        return made[0]

    monkeypatch.setattr(kafka, "Consumer", consumer)
    if asked_again:
        assert log.read() == (numbered(10), 10)
    else:
        with pytest.raises(RestoreError, match="its bounds cannot be read"):
            log.read()
    assert made[0].left == (0 if asked_again else 2)


class Joining:
    """A client whose broker has just joined: for so many questions it does not know the topic, then it has three."""

    def __init__(self, code: int, times: int) -> None:
        self._code, self.left = code, times

    def list_topics(self, topic: str, timeout: float) -> Any:
        error, self.left = kafka.KafkaError(self._code) if self.left else None, max(0, self.left - 1)
        found = SimpleNamespace(error=error, partitions={} if error else dict.fromkeys(range(3)))
        return SimpleNamespace(topics={topic: found})

    def purge(self) -> None:
        """Nothing waits."""

    def flush(self, _: float) -> None:
        """The same."""


def test_a_topic_that_its_broker_does_not_know_yet_is_asked_for_again() -> None:
    """Told "none", a worker would write what partitions tell each other nowhere, and never ask again."""
    producer = Producer("127.0.0.1:9", idempotence=False)
    producer._producer = Joining(kafka.KafkaError.UNKNOWN_TOPIC_OR_PART, 2)  # type: ignore[assignment] # plays it
    assert (producer.partitions("t"), producer.home("t", b"k") in range(3)) == (3, True)
    refusing = Joining(kafka.KafkaError.TOPIC_AUTHORIZATION_FAILED, 2)
    producer._producer = refusing  # type: ignore[assignment] # the same
    with pytest.raises(FlushError, match="does not say what partitions other has"):
        producer.partitions("other")
    assert refusing.left == 1
    producer.close()


def test_restoring_reads_to_the_very_last_record_whatever_the_broker_calls_its_end(log: Log) -> None:
    """The embedded broker's ListOffsets leaves out the last batch: a restore that trusted it would lose state."""
    log.make()
    for part in range(3):
        log.write([(b"p%d-%d" % (part, n), b"v") for n in range(1000)])
    changes, offset = log.read()
    assert (len(changes), offset) == (3000, 3000)
    assert changes[-1] == (b"p2-999", b"v")


def test_the_ledger_of_a_party_to_thousands_of_cases_is_written_and_read_back(log: Log) -> None:
    """A bank that sues its debtors: five thousand cases are more than a message may be that nobody allowed to be so."""
    [ledgers] = [topic for topic in TOPICS if topic.suffix == "ledgers"]
    log.make(**ledgers.config())
    log.write([(b"ent:bank", bytes(3_000_000)), (b"ent:firm", b"small")])
    assert log.read() == ([(b"ent:bank", bytes(3_000_000)), (b"ent:firm", b"small")], 2)
    told = [topic for topic in TOPICS if topic.suffix.startswith(("alerts", "assessments", "notifications"))]
    assert {topic.config()["max.message.bytes"] for topic in told} == {ledgers.config()["max.message.bytes"]}


def test_restoring_starts_where_the_store_stands_and_applies_deletions(log: Log) -> None:
    log.make()
    log.write(numbered(10))
    store = MemoryStore()
    assert asyncio.run(restore_into(store, log.bootstrap, log.topic, 0)) == 10
    log.write([(b"k3", None), (b"k4", b"new")])
    assert asyncio.run(restore_into(store, log.bootstrap, log.topic, 0)) == 2
    assert asyncio.run(restore_into(store, log.bootstrap, log.topic, 0)) == 0
    assert (store.get(0, b"k3"), store.get(0, b"k4"), store.offset(0), store.size(0)) == (None, b"new", 12, 9)


def test_rocks_is_restored_in_chunks_and_partitions_do_not_mix(log: Log, tmp_path: Path) -> None:
    log.make()
    log.write(numbered(25_000), partition=1)
    log.write([(b"other", b"x")], partition=0)
    store = RocksStore(tmp_path)
    assert asyncio.run(restore_into(store, log.bootstrap, log.topic, 1)) == 25_000
    assert (len(list(store.scan(1))), store.offset(1), store.get(1, b"other")) == (25_000, 25_000, None)
    store.close()


def test_a_store_ahead_of_its_changelog_is_dropped_and_restored_whole(log: Log) -> None:
    log.make()
    log.write(numbered(10))
    store = MemoryStore()
    store.put_many(0, [(b"from another life", b"x")], offset=500)
    with pytest.raises(StaleOffsetError, match="500"):
        log.read(from_offset=500)
    assert asyncio.run(restore_into(store, log.bootstrap, log.topic, 0)) == 10
    assert dict(store.scan(0)) == dict(numbered(10))
    assert store.offset(0) == 10


def test_restoring_can_be_cancelled_and_continued(log: Log) -> None:
    log.make()
    log.write(numbered(60_000))
    store = MemoryStore()

    async def interrupted() -> None:
        restoring = asyncio.ensure_future(restore_into(store, log.bootstrap, log.topic, 0))
        while not store.offset(0):
            await asyncio.sleep(0)
        while not restoring.done():  # as often as anybody likes, also while a chunk is being written
            restoring.cancel()
            await asyncio.sleep(0)
        assert restoring.cancelled()
        assert store.offset(0) == store.size(0) < 60_000

    asyncio.run(interrupted())
    asyncio.run(restore_into(store, log.bootstrap, log.topic, 0))
    assert store.offset(0) == store.size(0) == 60_000


def test_a_missing_topic_is_an_error_that_names_it(log: Log) -> None:
    with pytest.raises(RestoreError, match=f"nowhere/0 on {log.bootstrap}"):
        list(
            restore_chunks(
                log.bootstrap, "nowhere", 0, timeout=5.0, client={"allow.auto.create.topics": False}
            )
        )


@pytest.mark.kafka
def test_offsets_missing_after_compaction_do_not_stop_a_restore(kafka_broker: KafkaCluster) -> None:
    log = Log(kafka_broker.bootstrap, idempotence=True)
    quick = {"cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.001"}
    log.make(**quick, **{"delete.retention.ms": "0", "max.compaction.lag.ms": "100"})
    log.write([(b"k%d" % (n % 10), b"%d" % n) for n in range(1000)])
    log.write([(b"k0", None)])

    def compacted() -> bool:
        log.write([(b"last", b"x")])  # a new record rolls the segment, so that the old one can be compacted
        return len(log.read()[0]) < 500

    wait_for(compacted, "the log compacted", 90)
    store = MemoryStore()
    asyncio.run(restore_into(store, log.bootstrap, log.topic, 0))
    expected = {b"k%d" % n: b"%d" % (990 + n) for n in range(1, 10)} | {b"last": b"x"}
    assert dict(store.scan(0)) == expected
    assert store.offset(0) == log.read()[1]


def test_tail_yields_the_newest_records_first_until_told_to_stop(log: Log) -> None:
    log.make()
    log.write(numbered(2500))
    found = list(tail(log.bootstrap, log.topic, 0, lambda r: r.headers == (("n", b"2000"),), block=100))
    assert [r.offset for r in found] == list(range(2499, 2000, -1))
    assert (found[0].key, found[0].value, found[0].headers) == (b"k2499", b"v2499", (("n", b"2499"),))


def test_tail_of_a_log_without_a_stop_is_the_whole_log(log: Log) -> None:
    log.make()
    assert list(tail(log.bootstrap, log.topic, 0, lambda _: False)) == []
    log.write(numbered(250))
    found = tail(log.bootstrap, log.topic, 0, lambda _: False, block=100)
    assert [r.offset for r in found] == list(range(249, -1, -1))


def test_tail_reads_only_the_blocks_it_needs(log: Log) -> None:
    log.make()
    log.write(numbered(100))
    seen: list[int] = []

    def stop(record: object) -> bool:
        seen.append(1)
        return True

    assert list(tail(log.bootstrap, log.topic, 0, stop, block=10)) == []
    assert len(seen) == 1
