"""Where notifications come from: the port, the notifications topic, and a twin in memory."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from alerts.delivery.notification import Partition
from alerts.delivery.schedule import Schedule
from detectors.errors import FenghuoError

_log = logging.getLogger(__name__)


class Chunk(msgspec.Struct, frozen=True):
    """Consecutive messages of one partition, as (offset, value)."""

    partition: Partition
    messages: tuple[tuple[int, bytes], ...]

    @property
    def next_offset(self) -> int:
        return self.messages[-1][0] + 1


class SourceUnavailableError(Exception):
    """The broker does not answer now."""


class Source(Protocol):
    """What the dispatcher needs of the notifications topic."""

    async def read(self) -> Sequence[Chunk]:
        """What arrived lately, perhaps nothing; waits a moment. Starts every partition at its position.

        Raises:
            SourceUnavailableError: the broker does not answer now; ask again.
        """

    async def rewind(self) -> None:
        """The schedule was emptied: start again from the committed offsets."""

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Make offsets durable, so that reading starts there when the schedule is lost."""

    def partitions(self) -> Sequence[Partition]:
        """The partitions read now."""

    async def close(self) -> None:
        """Leave the group."""


class MemorySource:
    """One partition held in memory, for tests. ``committed`` is what a broker would remember."""

    def __init__(self, schedule: Schedule, values: Sequence[bytes] = ()) -> None:
        self.partition = Partition("memory.notifications", 0)
        self.values = list(values)
        self.committed = 0
        self._schedule = schedule
        self._next: int | None = None

    async def read(self) -> Sequence[Chunk]:
        await asyncio.sleep(0.005)
        if self._next is None:
            self._next = await start_at(self._schedule, self.partition, self.committed, 0)
        messages = tuple(enumerate(self.values[self._next :], self._next))
        self._next = len(self.values)
        return [Chunk(self.partition, messages)] if messages else []

    async def rewind(self) -> None:
        self._next = None

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        self.committed = offsets.get(self.partition, self.committed)

    def partitions(self) -> Sequence[Partition]:
        return [self.partition]

    async def close(self) -> None:
        """Nothing is held open."""


async def start_at(schedule: Schedule, partition: Partition, committed: int | None, low: int) -> int:
    """The offset to begin a partition at, and make sure the schedule knows it.

    The schedule's own position if it has one; otherwise (schedule emptied or new) the committed offset, and without
    one the oldest message (``low``). What was deleted by retention is passed over.
    """
    position = await schedule.position(partition)
    if position is not None:
        return max(position, low)
    start = low if committed is None else max(committed, low)
    await schedule.begin(partition, start)
    return start


class KafkaSource:
    """The notifications topic, read with a consumer group.

    Args:
        broker: ``host:port``, several separated by commas.
        topic: the notifications topic.
        group: consumer group; several dispatchers of one group share the partitions.
        schedule: asked where to begin each partition.
        config: further librdkafka settings (TLS, SASL).

    Raises:
        FenghuoError: the broker does not answer.
    """

    def __init__(
        self, broker: str, topic: str, group: str, schedule: Schedule, config: Mapping[str, str] | None = None
    ) -> None:
        self._schedule = schedule
        self._assigned: tuple[Partition, ...] = ()
        self._started = True
        settings: dict[str, str | int | bool | Callable[[KafkaError], None]] = {
            "bootstrap.servers": broker,
            "group.id": group,
            "enable.auto.commit": False,
            "auto.offset.reset": "error",  # an offset that cannot be: see _on_error
            "error_cb": lambda error: _log.warning("notifications topic: %s", error),
            **(config or {}),
        }
        self._consumer = Consumer(settings, logger=_log)
        try:
            self._cluster = self._consumer.list_topics(timeout=5).cluster_id or ""
        except KafkaException as error:
            self._consumer.close()
            problem = f"does not answer ({error.args[0].str()})"
            raise FenghuoError(f"broker {broker}", problem, "start it, or name another broker") from None
        self._consumer.subscribe([topic], on_assign=self._on_assign, on_revoke=self._on_revoke)

    async def read(self) -> Sequence[Chunk]:
        if not self._started:
            await self._start()
        messages = await asyncio.to_thread(self._consumer.consume, 500, 0.1)
        found: defaultdict[Partition, list[tuple[int, bytes]]] = defaultdict(list)
        for message in messages:
            partition, offset = self._where(message)
            if (error := message.error()) is not None:
                await self._on_error(error, partition)
                continue
            found[partition].append((offset, message.value() or b""))
        return [Chunk(partition, tuple(items)) for partition, items in found.items()]

    async def rewind(self) -> None:
        self._started = False

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        mine = [
            TopicPartition(p.topic, p.number, offset) for p, offset in offsets.items() if p in self._assigned
        ]
        if not mine:
            return
        try:
            await asyncio.to_thread(self._consumer.commit, offsets=mine, asynchronous=False)
        except KafkaException as error:
            # the next commit says the same or more; until then only the work after a lost schedule grows
            _log.warning("offsets of the notifications topic not committed: %s", error.args[0])

    def partitions(self) -> Sequence[Partition]:
        return self._assigned

    async def close(self) -> None:
        await asyncio.to_thread(self._consumer.close)

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        # nothing is fetched before the schedule was asked where to begin: read() asks, and may have to ask again
        consumer.assign([])
        self._assigned = tuple(Partition(p.topic, p.partition, self._cluster) for p in assigned)
        self._started = False

    def _on_revoke(self, _consumer: Consumer, _revoked: list[TopicPartition]) -> None:
        self._assigned = ()

    async def _start(self) -> None:
        assigned = self._assigned
        begin = []
        for partition in assigned:
            committed, low = await asyncio.to_thread(self._bounds, partition)
            offset = await start_at(self._schedule, partition, committed, low)
            begin.append(TopicPartition(partition.topic, partition.number, offset))
        self._consumer.assign(begin)
        self._started = True

    def _bounds(self, partition: Partition) -> tuple[int | None, int]:
        """Committed offset (None without one) and oldest offset of a partition.

        The end is not asked for: the embedded broker names the first offset of its last batch, plus one.
        """
        bare = TopicPartition(partition.topic, partition.number)
        try:
            committed = self._consumer.committed([bare], timeout=10)[0].offset
            low, _ = self._consumer.get_watermark_offsets(bare, timeout=10)
        except KafkaException as error:
            raise SourceUnavailableError(error.args[0].str()) from None
        return committed if committed >= 0 else None, low

    async def _on_error(self, error: KafkaError, partition: Partition) -> None:
        """Let librdkafka go on by itself after what it can repair."""
        if error.fatal():
            raise FenghuoError("notifications topic", error.str(), "restart the dispatcher")
        _log.warning("notifications topic: %s", error.str())
        if error.code() == KafkaError._AUTO_OFFSET_RESET and partition in self._assigned:
            # the position lies beyond the end: the topic was deleted and made anew, so all of it is new
            _, low = await asyncio.to_thread(self._bounds, partition)
            await self._schedule.begin(partition, low)
            self._started = False

    def _where(self, message: Message) -> tuple[Partition, int]:
        partition = Partition(str(message.topic()), int(message.partition() or 0), self._cluster)
        return partition, int(message.offset() or 0)
