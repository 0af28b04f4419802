"""Writing to Kafka in bulk, through librdkafka.

The order of durability is the caller's: alerts flushed, then ledgers, then the partition's clock, then the store,
and only then does the handler return and the offsets are committed. :meth:`Producer.flush` is the barrier between
the steps.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import confluent_kafka as kafka
from kafka.partitioner import murmur2  # type: ignore[import-untyped]  # kafka-python ships no types

from detectors.errors import FenghuoError
from streams.engine.restore import partition_count
from streams.topics import LARGEST

log = logging.getLogger(__name__)

Headers = Sequence[tuple[str, bytes]]
_WAIT_SECONDS = 0.05


class FlushError(FenghuoError):
    """Records that the broker did not acknowledge; nothing may be built on them."""


class Producer:
    """A producer whose flush is a barrier: it returns when every record is acknowledged by all in-sync replicas.

    Without idempotence one request is in flight at a time, so a retry cannot change the order of records.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        idempotence: bool = True,
        linger_ms: float = 2.0,
        timeout: float = 30.0,
        client: Mapping[str, Any] | None = None,
    ) -> None:
        """``timeout`` in seconds bounds the delivery of a record; ``client`` are further librdkafka settings.

        ``idempotence`` must be off on brokers without ``InitProducerId`` (the embedded one).
        """
        self._bootstrap = bootstrap
        self._timeout = timeout
        self._failed: Counter[str] = Counter()
        self._acked: dict[tuple[str | None, int | None], int] = {}
        self._counts: dict[str, int] = {}
        self._flusher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="flush")
        self._producer = kafka.Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": idempotence,
                "max.in.flight.requests.per.connection": 5 if idempotence else 1,
                "acks": "all",
                "linger.ms": linger_ms,
                "message.timeout.ms": int(timeout * 1000),
                "message.max.bytes": LARGEST,
                "socket.nagle.disable": True,
                "queue.buffering.max.messages": 1_000_000,
                "queue.buffering.max.kbytes": 256 << 10,
                **(client or {}),
            },
            logger=log,
        )

    def produce(
        self,
        topic: str,
        partition: int | None,
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None = None,
    ) -> None:
        """Queue one record; ``partition`` None lets the key decide (murmur2 only if ``client`` says so).

        Raises:
            FlushError: the queue stayed full for ``timeout`` seconds.
            confluent_kafka.KafkaException: the record can never be sent (too large, unknown partition).
        """
        where = -1 if partition is None else partition
        extra: dict[str, Any] = {"headers": list(headers)} if headers else {}
        try:
            self._producer.produce(topic, value, key, where, self._delivered, **extra)
        except BufferError:
            deadline = time.monotonic() + self._timeout
            while time.monotonic() < deadline:
                self._producer.poll(_WAIT_SECONDS)
                try:
                    self._producer.produce(topic, value, key, where, self._delivered, **extra)
                except BufferError:
                    continue
                return
            raise self._error("the send queue stayed full") from None

    def _delivered(self, error: kafka.KafkaError | None, message: kafka.Message) -> None:
        if error is not None:
            self._failed[f"{message.topic()}: {error.str()}"] += 1
        else:
            self._acked[message.topic(), message.partition()] = message.offset() or 0

    async def flush(self) -> None:
        """Wait, without blocking the event loop, until everything produced so far is acknowledged.

        Raises:
            FlushError: some records were not; counted and named by topic and cause. They are not retried.
        """
        if len(self._producer) or self._failed:
            await asyncio.get_running_loop().run_in_executor(self._flusher, self.flush_now)

    def flush_now(self) -> None:
        """The same, blocking."""
        waiting = self._producer.flush(self._timeout + 5)
        failed, self._failed = self._failed, Counter()
        if failed:
            causes = ", ".join(f"{count} on {cause}" for cause, count in failed.most_common(3))
            raise self._error(f"{failed.total()} records not acknowledged ({causes})")
        if waiting:
            raise self._error(f"{waiting} records not acknowledged within {self._timeout:g} s")

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has; asked once, for a topic of entities never changes it.

        Raises:
            FlushError: the broker does not say.
        """
        count = self._counts.get(topic)
        if count is None:
            try:
                count = partition_count(self._producer, topic, self._timeout)
            except kafka.KafkaException as error:
                raise self._error(f"does not say what partitions {topic} has ({error})") from error
            self._counts[topic] = count
        return count

    def home(self, topic: str, key: bytes) -> int:
        """The partition of a key, by Kafka's own partitioner, whatever the client is set to.

        Raises:
            FlushError: the broker does not say how many partitions there are.
        """
        return int(murmur2(key) & 0x7FFFFFFF) % self.partitions(topic)

    def position(self, topic: str, partition: int) -> int | None:
        """The offset after the last acknowledged record of a partition; None before the first."""
        last = self._acked.get((topic, partition))
        return None if last is None else last + 1

    def _error(self, problem: str) -> FlushError:
        return FlushError(
            f"broker {self._bootstrap}", problem, "check that it runs and that the topic exists"
        )

    def close(self) -> None:
        """Drop what is not sent and stop the threads; flush first."""
        self._producer.purge()
        self._producer.flush(1.0)
        self._flusher.shutdown()
