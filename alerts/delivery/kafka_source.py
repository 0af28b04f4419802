"""Notifications, and the answers to them, from two topics of Kafka."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from alerts.delivery.notification import Partition
from alerts.delivery.schedule import Schedule
from alerts.delivery.source import Chunk, Logged, SourceUnavailableError, start_at
from detectors.errors import FenghuoError

_log = logging.getLogger(__name__)
_CALM, _LONG = 2.0, 60.0


class KafkaSource:
    """Notifications and outcomes, read with one consumer group: partitions of equal number are about the same firms and
    go to the same member.

    Args:
        broker: ``host:port``, several separated by commas.
        topic: the notifications topic.
        outcomes: the outcomes topic.
        group: consumer group; several dispatchers of one group share the partitions.
        schedule: asked where to begin each partition.
        config: further librdkafka settings (TLS, SASL).

    Raises:
        FenghuoError: the broker does not answer.
    """

    def __init__(
        self,
        broker: str,
        topic: str,
        outcomes: str,
        group: str,
        schedule: Schedule,
        config: Mapping[str, str] | None = None,
    ) -> None:
        self._schedule = schedule
        self._topic = topic
        self._since: float | None = None
        self._calm_since = 0.0
        self._caught_up = False
        self._assigned: tuple[Partition, ...] = ()
        self._started = True
        settings: dict[str, str | int | bool | Callable[[KafkaError], None]] = {
            "bootstrap.servers": broker,
            "group.id": group,
            "enable.auto.commit": False,
            "partition.assignment.strategy": "range",  # the one that keeps equal numbers together
            "auto.offset.reset": "error",  # an offset that cannot be: see _on_error
            "error_cb": lambda error: _log.warning("notifications topic: %s", error),
            **(config or {}),
        }
        self._consumer = Consumer(settings, logger=_log)
        try:
            known = self._consumer.list_topics(timeout=5)
        except KafkaException as error:
            self._consumer.close()
            problem = f"does not answer ({error.args[0].str()})"
            raise FenghuoError(f"broker {broker}", problem, "start it, or name another broker") from None
        self._cluster = known.cluster_id or ""
        self.spread = len(known.topics[topic].partitions) if topic in known.topics else 1
        self._consumer.subscribe([topic, outcomes], on_assign=self._on_assign, on_revoke=self._on_revoke)

    async def read(self) -> Sequence[Chunk]:
        if not self._started:
            await self._start()
        messages = await asyncio.to_thread(self._consumer.consume, 500, 0.1)
        found: defaultdict[Partition, list[Logged]] = defaultdict(list)
        for message in messages:
            partition, offset = self._where(message)
            if (error := message.error()) is not None:
                await self._on_error(error, partition)
                continue
            found[partition].append(Logged(offset, message.value() or b"", message.timestamp()[1] // 1000))
        self._watch(any(found.values()))
        chunks = [Chunk(one, tuple(items), self._home(one)) for one, items in found.items()]
        return sorted(chunks, key=lambda chunk: not chunk.answers)  # an answer read first saves a reminder

    async def rewind(self) -> None:
        self._started = self._caught_up = False
        self._since = None

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
        return self._assigned if self._started else ()

    def homes(self) -> Sequence[Partition]:
        return [one for one in self.partitions() if one.topic == self._topic]

    def caught_up(self) -> bool:
        return self._caught_up

    async def close(self) -> None:
        await asyncio.to_thread(self._consumer.close)

    def _home(self, partition: Partition) -> Partition:
        return Partition(self._topic, partition.number, partition.cluster)

    def _watch(self, busy: bool) -> None:
        """Caught up is who has read nothing for two seconds, or read for a minute, since the start."""
        now = time.monotonic()
        if not self._assigned or self._since is None:
            self._since = self._calm_since = now
        elif busy:
            self._calm_since = now
        self._caught_up = self._caught_up or now - self._calm_since > _CALM or now - self._since > _LONG

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        # nothing is fetched before the schedule was asked where to begin: read() asks, and may have to ask again
        consumer.assign([])
        self._assigned = tuple(Partition(p.topic, p.partition, self._cluster) for p in assigned)
        self._started = self._caught_up = False
        self._since = None

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
