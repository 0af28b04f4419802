"""Reading back what was written: a changelog from an offset to its end, or the tail of a log, in bulk."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping
from contextlib import suppress
from typing import Any, cast

import confluent_kafka as kafka

from detectors.errors import FenghuoError
from streams.engine.raw import RawRecord
from streams.engine.store import Store

log = logging.getLogger(__name__)

Change = tuple[bytes, bytes | None]
"""Key and value of a changelog record; None deletes."""

_CHUNK = 10_000
_WAIT_SECONDS = 0.02
_ANEW = "drop the local copy and restore from the beginning"

_PASSING = frozenset(
    getattr(kafka.KafkaError, name)
    for name in (
        "NOT_LEADER_FOR_PARTITION",
        "LEADER_NOT_AVAILABLE",
        "REPLICA_NOT_AVAILABLE",
        "FENCED_LEADER_EPOCH",
        "UNKNOWN_LEADER_EPOCH",
        "OFFSET_NOT_AVAILABLE",
        "NETWORK_EXCEPTION",
        "REQUEST_TIMED_OUT",
        "UNKNOWN_TOPIC_OR_PART",
        "COORDINATOR_LOAD_IN_PROGRESS",
        "COORDINATOR_NOT_AVAILABLE",
        "NOT_COORDINATOR",
        "_TRANSPORT",
        "_TIMED_OUT",
        "_ALL_BROKERS_DOWN",
        "_UNKNOWN_PARTITION",
        "_UNKNOWN_TOPIC",
    )
)
"""What a broker or the client says while a leader is chosen, a coordinator moves, a connection comes back, or not every
broker knows of a topic yet (KIP-320, KIP-207)."""


def passing(error: kafka.KafkaError) -> bool:
    """Whether asking again can help. ``error.retriable()`` alone does not say: it is false for bare codes."""
    return not error.fatal() and (error.retriable() or error.code() in _PASSING)


def partition_count(client: kafka.Producer | kafka.Consumer, topic: str, timeout: float = 10.0) -> int:
    """How many partitions a topic has, asked until the broker says: one that has just joined may not know the topic.

    Raises:
        confluent_kafka.KafkaException: it does not within ``timeout`` seconds, or refuses.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            found = client.list_topics(topic, timeout=max(0.1, deadline - time.monotonic())).topics[topic]
            error = found.error
        except kafka.KafkaException as raised:
            error = raised.args[0]
        if error is None:
            return len(found.partitions)
        if not passing(error) or time.monotonic() > deadline:
            raise kafka.KafkaException(error)
        time.sleep(_WAIT_SECONDS)


class RestoreError(FenghuoError):
    """A log that cannot be read."""


class StaleOffsetError(RestoreError):
    """The offset to start from is not in the log: drop the local copy and restore from the beginning."""


class _Reader:
    """A consumer of one partition that belongs to no group."""

    def __init__(
        self, bootstrap: str, topic: str, partition: int, timeout: float, client: Mapping[str, Any] | None
    ) -> None:
        self._timeout = timeout
        self.place = f"{topic}/{partition} on {bootstrap}"
        self._at = (topic, partition)
        self._consumer = kafka.Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "fenghuo-restore",  # required by librdkafka; nothing is joined or committed
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 20,  # how long the broker thinks before it says that this is the end
                "queued.min.messages": 500_000,
                "queued.max.messages.kbytes": 64 << 10,  # for each partition, and they are read side by side
                "fetch.message.max.bytes": 8 << 20,
                **(client or {}),
            },
            logger=log,
        )

    def bounds(self) -> tuple[int, int]:
        """The first offset of the log and about the one after its last.

        The embedded broker forgets its last batch of records here (and only here): never take it for the end.
        """
        at, deadline = kafka.TopicPartition(*self._at), time.monotonic() + self._timeout
        while True:
            try:
                return self._consumer.get_watermark_offsets(at, max(0.1, deadline - time.monotonic()))
            except kafka.KafkaException as error:
                if not passing(error.args[0]) or time.monotonic() > deadline:
                    problem = f"its bounds cannot be read ({error.args[0].str()})"
                    remedy = "check that the broker runs and the topic exists"
                    raise RestoreError(self.place, problem, remedy) from error
            time.sleep(_WAIT_SECONDS)

    def read(self, start: int, end: int | None = None) -> Iterator[list[kafka.Message]]:
        """Everything from ``start`` to before ``end`` (None: the end of the log as it is when it is reached).

        In chunks; offsets may be missing (compaction, transactions).
        """
        self._consumer.assign([kafka.TopicPartition(*self._at, start)])
        deadline = time.monotonic() + self._timeout
        at, ended = start, False
        while not ended and (end is None or at < end):
            chunk = self._consumer.consume(_CHUNK if end is None else min(_CHUNK, end - at), _WAIT_SECONDS)
            messages, ended = self._sort_out(chunk, start)
            if messages:
                deadline = time.monotonic() + self._timeout
                at = (messages[-1].offset() or 0) + 1
                yield messages if end is None else [m for m in messages if (m.offset() or 0) < end]
            elif not ended:
                self._look_around(at, deadline)

    def _sort_out(self, chunk: list[kafka.Message], start: int) -> tuple[list[kafka.Message], bool]:
        """The records among the events, and whether the end was reached."""
        ended = False
        for error in [e for m in chunk if (e := m.error()) is not None]:
            if error.code() == kafka.KafkaError._PARTITION_EOF:
                ended = True
            elif error.code() in (kafka.KafkaError._AUTO_OFFSET_RESET, kafka.KafkaError.OFFSET_OUT_OF_RANGE):
                raise StaleOffsetError(self.place, f"offset {start} is not in the log ({error.str()})", _ANEW)
            elif not passing(error):
                raise RestoreError(self.place, f"cannot be read ({error.str()})", "check the broker")
        return [m for m in chunk if m.error() is None], ended

    def _look_around(self, at: int, deadline: float) -> None:
        """Nothing came: because we wait beyond the end (the embedded broker never says so), or nobody answers?"""
        high = self._consumer.get_watermark_offsets(kafka.TopicPartition(*self._at), cached=True)[1]
        if 0 <= high < at:
            raise StaleOffsetError(self.place, f"offset {at} is beyond the end of the log ({high})", _ANEW)
        if time.monotonic() > deadline:
            raise RestoreError(
                self.place, f"no answer for {self._timeout:g} s at offset {at}", "check the broker"
            )

    def close(self) -> None:
        self._consumer.close()


def restore_chunks(
    bootstrap: str,
    topic: str,
    partition: int,
    from_offset: int = 0,
    *,
    timeout: float = 30.0,
    client: Mapping[str, Any] | None = None,
) -> Generator[tuple[list[Change], int], None, None]:
    """Read a changelog partition from ``from_offset`` to its present end: changes, and the offset after them.

    Raises:
        StaleOffsetError: ``from_offset`` lies beyond the end (the topic was made anew) or before the beginning
            (deleted meanwhile, so deletions may have been missed).
        RestoreError: the broker does not answer for ``timeout`` seconds, or refuses.
    """
    reader = _Reader(bootstrap, topic, partition, timeout, client)
    try:
        low, _ = reader.bounds()
        if 0 < from_offset < low:
            raise StaleOffsetError(
                reader.place, f"offset {from_offset} is gone (the log begins at {low})", _ANEW
            )
        for chunk in reader.read(max(from_offset, low)):
            yield [(m.key() or b"", m.value()) for m in chunk], (chunk[-1].offset() or 0) + 1
    finally:
        reader.close()


async def restore_into(
    store: Store,
    bootstrap: str,
    topic: str,
    partition: int,
    *,
    timeout: float = 30.0,
    client: Mapping[str, Any] | None = None,
) -> int:
    """Bring a partition of ``store`` up to the end of its changelog, from where it stands; returns how many changes.

    A copy whose offset is not in the log is dropped and restored whole. May be cancelled between chunks; what is
    written then is consistent, and a later call continues from there.
    """

    def step(chunks: Iterator[tuple[list[Change], int]]) -> int:
        changes, offset = next(chunks, ((), None))
        if offset is not None:
            store.put_many(partition, changes, offset=offset)
        return len(changes)

    chunks = restore_chunks(
        bootstrap, topic, partition, store.offset(partition), timeout=timeout, client=client
    )
    total = 0
    try:
        while count := await _complete(asyncio.to_thread(step, chunks)):
            total += count
    except StaleOffsetError as error:
        log.warning("%s; the local copy is restored from the beginning", error)
        store.drop(partition)
        return await restore_into(store, bootstrap, topic, partition, timeout=timeout, client=client)
    finally:
        chunks.close()
    return total


async def _complete(step: Coroutine[Any, Any, int]) -> int:
    """Run to the end even when cancelled: nobody may write to the store after the caller believes it stopped."""
    work = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():  # whoever is impatient cancels twice
            with suppress(asyncio.CancelledError):
                await asyncio.wait({work})
        raise


def tail(
    bootstrap: str,
    topic: str,
    partition: int,
    stop: Callable[[RawRecord], bool],
    *,
    block: int = 1000,
    timeout: float = 30.0,
    client: Mapping[str, Any] | None = None,
) -> Iterator[RawRecord]:
    """The last records of a partition, newest first, up to and without the first for which ``stop`` is true.

    Reads ``block`` offsets at a time from the end, so the cost is that of the tail and not of the log.

    Raises:
        RestoreError: as :func:`restore_chunks`.
    """
    reader = _Reader(bootstrap, topic, partition, timeout, client)
    try:
        low, high = reader.bounds()
        start, end = max(low, high - block), None
        while True:
            records = [_raw(m) for chunk in reader.read(start, end) for m in chunk]
            for record in reversed(records):
                if stop(record):
                    return
                yield record
            if start == low:
                return
            start, end = max(low, start - block), start
    finally:
        reader.close()


def _raw(message: kafka.Message) -> RawRecord:
    pairs = cast(list[tuple[str, bytes | None]], message.headers() or [])
    headers = tuple((name, value or b"") for name, value in pairs)
    return RawRecord(message.offset() or 0, message.key(), message.value(), headers, message.timestamp()[1])
