"""The worker's shell: restores partitions, hands batches to the pure processor, and writes what it answers.

Order of durability, per batch: alerts and assessments are acknowledged; then ledgers and,
behind them in the same log, the partition's clock and next offset; then the local store; then the batch. After a crash
the records behind the last written offset are judged again from the same state, so the same alerts come out; those
whose ids are found in the tails of the alert topics are not sent twice.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from confluent_kafka import KafkaException

from alerts.policy.routing import Router
from detectors.catalogue.model import Catalogue
from detectors.errors import FenghuoError
from detectors.record import epoch
from streams.engine import persist, restore, ticker
from streams.engine import state as codec
from streams.engine.app import WorkerApp, build_app
from streams.engine.effects import Effects, Topics
from streams.engine.exchange import KEYED, Sent
from streams.engine.hooks import Batch, Superseded
from streams.engine.learning import Waiting, decode_outcome
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from streams.engine.routes import Routes
from streams.engine.store import Store
from streams.metrics import Metrics
from streams.topics import Names

log = logging.getLogger(__name__)

ADVERSE = frozenset({"default", "confirmed_default"})
BENIGN = frozenset({"survived", "benign"})
"""Outcomes that teach the model; other dispositions are somebody's opinion, not a label."""


class PartitionValues:
    """One partition of a store, as the processor reads it."""

    def __init__(self, store: Store, partition: int) -> None:
        """A view; nothing is copied."""
        self._store = store
        self._partition = partition

    def get(self, key: bytes) -> bytes | None:
        """The value last acknowledged."""
        return self._store.get(self._partition, key)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """All values."""
        return self._store.scan(self._partition)


class Worker:
    """What the engine calls: partitions come and go, batches are judged and written."""

    def __init__(
        self,
        *,
        broker: str,
        names: Names,
        catalogue: Catalogue,
        router: Router,
        store: Store,
        producer: persist.Producer,
        metrics: Metrics,
        bank_topics: Sequence[str] = (),
        client: dict[str, object] | None = None,
        ticking: bool = False,
    ) -> None:
        """``ticking`` writes the time of day into the partitions held, so that timers need no record to fire.

        ``bank_topics`` are written to as the router says; ``client`` are librdkafka settings for reading back.
        """
        self._broker = broker
        self._names = names
        self._catalogue = catalogue
        self._router = router
        self._store = store
        self._producer = producer
        self._metrics = metrics
        self._alert_topics = (names.alerts, names.notifications, *bank_topics)
        self._unkeyed = frozenset({names.dead_letters, names.macro, names.cohorts})
        self._client = client or {}
        self._processors: dict[int, Processor] = {}
        self._out: set[tuple[str, str]] = set()
        self._write_lock = asyncio.Lock()
        self._ticking = ticking
        self._ticker: asyncio.Task[None] | None = None
        self.fail: Callable[[BaseException], Awaitable[None]] | None = None  # ends the process

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Restore each partition and learn which of its alerts are out already."""
        began = time.monotonic()
        await _side_by_side(self._take_over(partition) for partition in sorted(partitions))
        self._metrics.partitions.set(len(partitions))
        if self._ticking and self._ticker is None:
            self._ticker = asyncio.create_task(self._tick())
        log.info("took over partitions %s in %.2f s", sorted(partitions), time.monotonic() - began)

    async def _take_over(self, partition: int) -> None:
        restored = await restore.restore_into(
            self._store, self._broker, self._names.ledgers, partition, client=self._client
        )
        self._metrics.restored.inc(restored)
        names = self._names
        topics = Topics(names.alerts, names.assessments, names.dead_letters, names.macro, names.cohorts)
        routes = Routes(self._router, self._names.notifications)
        values = PartitionValues(self._store, partition)
        partitions = await asyncio.to_thread(self._producer.partitions, self._names.records)
        processor = await asyncio.to_thread(
            Processor, partition, values, self._catalogue, routes, topics, partitions
        )
        self._processors[partition] = processor
        self._out.update(await self._already_out(partition, processor.next_offset))
        self._metrics.entities.labels(str(partition)).set(self._store.size(partition))

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Forget everything in memory; the store stays and is brought up to date if the partition returns."""
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
            self._ticker = None
        for partition in self._processors:
            self._metrics.forget(partition)
        self._processors.clear()
        self._out.clear()
        self._metrics.partitions.set(0)
        log.info("gave up partitions %s", sorted(partitions))

    async def _tick(self) -> None:
        """Write the time of day into every partition held, until cancelled. A worker that cannot do so ends: where no
        source says anything, time would stand still and nobody would notice."""
        try:
            while True:
                await asyncio.sleep(ticker.SECONDS)
                key, value = ticker.tick(datetime.now(UTC))
                for partition in list(self._processors):
                    self._producer.produce(self._names.records, partition, key, value)
        except (FenghuoError, KafkaException) as error:
            if self.fail is None:
                raise
            await self.fail(error)

    async def records(self, batches: Sequence[Batch]) -> None:
        """Judge batches, each of another partition, and write what follows; they share the waits for the broker."""
        began = time.monotonic()
        async with self._write_lock:
            judged = []
            for batch in batches:
                effects = self._processors[batch.partition].process(batch.records)
                effects.judged_at = time.time()
                judged.append((batch, effects))
                await asyncio.sleep(0)  # signals and revocations are noticed between partitions
            await self._write(judged)
        for batch, effects in judged:
            self._observe(batch, effects, began)

    async def outcomes(self, batch: Batch) -> None:
        """Let the model learn; its snapshot says which outcomes it has seen."""
        async with self._write_lock:
            processor = self._processors[batch.partition]
            for raw in batch.records:
                if raw.offset >= processor.learning.next_outcome:
                    self._take_outcome(processor, batch, raw)
                    processor.learning.next_outcome = raw.offset + 1
            await self._write_states([(batch, {codec.MODEL_KEY: processor.learning.save()})])

    def _take_outcome(self, processor: Processor, batch: Batch, raw: RawRecord) -> None:
        try:
            said = decode_outcome(raw.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            place = f"outcomes/{batch.partition}@{raw.offset}"
            headers = [("reason", b"undecodable"), ("detail", str(error).encode()), ("place", place.encode())]
            self._producer.produce(self._names.dead_letters, None, b"outcomes", raw.value, headers)
            self._metrics.dead_letters.labels("undecodable").inc()
            return
        if said.outcome in ADVERSE | BENIGN:
            waiting = Waiting(epoch(said.at), said.entity, said.outcome in ADVERSE)
            self._metrics.outcomes.labels(said.outcome).inc()
            self._metrics.learned(processor.outcome(waiting))

    async def _write(self, judged: Sequence[tuple[Batch, Effects]]) -> None:
        """Everything that is told, acknowledged; then what is remembered."""
        await _require_ownership(batch for batch, _ in judged)
        for batch, effects in judged:
            for out in effects.messages:
                if (out.topic, out.id) not in self._out:
                    partition = None if out.topic in self._unkeyed else batch.partition
                    self._producer.produce(out.topic, partition, out.key, out.value, out.headers)
            for sent in effects.shared:
                self._share(sent)
        await self._producer.flush()
        await self._write_states(
            [(batch, {**effects.states, codec.PARTITION_KEY: effects.partition}) for batch, effects in judged]
        )

    def _share(self, sent: Sent) -> None:
        """Write a record into the partition it is for, or into every one."""
        records = self._names.exchange
        to = self._producer.home(records, sent.key) if sent.to == KEYED else sent.to
        every = range(self._producer.partitions(records)) if to is None else (to,)
        for partition in every:
            self._producer.produce(records, partition, sent.key, sent.value)

    async def _write_states(self, written: Sequence[tuple[Batch, dict[bytes, bytes]]]) -> None:
        """Ledgers first, the partition's own record last: one log, so one flush keeps the order."""
        await _require_ownership(batch for batch, _ in written)
        for batch, states in written:
            for key, value in states.items():
                self._producer.produce(self._names.ledgers, batch.partition, key, value)
        await self._producer.flush()
        for batch, states in written:
            offset = self._producer.position(self._names.ledgers, batch.partition)
            self._store.put_many(batch.partition, states.items(), offset=offset)

    def _observe(self, batch: Batch, effects: Effects, began: float) -> None:
        now, metrics, label = time.time(), self._metrics, str(batch.partition)
        for (feed, outcome), count in effects.counts.items():
            metrics.records.labels(feed, outcome).inc(count)
        for out in effects.messages:
            if out.topic == self._names.dead_letters:
                metrics.dead_letters.labels(dict(out.headers)["reason"].decode()).inc()
        metrics.learned(effects.learned)
        metrics.source_lags.observe(effects, now)
        for alert, appended in effects.alerts:
            metrics.alert(alert, now - appended / 1000)
        metrics.lag.labels(label).set(now - batch.records[0].timestamp / 1000)
        metrics.clock.labels(label).set(self._processors[batch.partition].clock)
        metrics.entities.labels(label).set(self._store.size(batch.partition))
        metrics.batch_seconds.observe(time.monotonic() - began)
        metrics.batch_records.observe(len(batch.records))
        metrics.finished.set(now)

    async def _already_out(self, partition: int, next_offset: int) -> set[tuple[str, str]]:
        """Ids sent for records from ``next_offset`` on, by topic: sent before a crash that came before the ledgers."""
        tails = [asyncio.to_thread(self._sent, topic, partition, next_offset) for topic in self._alert_topics]
        return {sent for tail in await asyncio.gather(*tails) for sent in tail}

    def _sent(self, topic: str, partition: int, next_offset: int) -> list[tuple[str, str]]:
        def settled(raw: RawRecord) -> bool:
            origin = dict(raw.headers).get("fenghuo-origin", b"0:-1")
            return int(origin.rpartition(b":")[2]) < next_offset

        found = restore.tail(self._broker, topic, partition, settled, client=self._client)
        return [(topic, _id_of(raw)) for raw in found]


async def _side_by_side(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all; when one fails, or this is cancelled, the others are cancelled and waited for."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _require_ownership(batches: Iterable[Batch]) -> None:
    """Before each step of writing: what another worker has taken over must not be told or remembered here."""
    for batch in batches:
        if not await batch.owned():
            raise Superseded


def _id_of(raw: RawRecord) -> str:
    headers = dict(raw.headers)
    return headers.get("fenghuo-id", headers.get("ce_id", b"")).decode()


def worker_app(worker: Worker, names: Names, group: str, broker: str, **engine: object) -> WorkerApp:
    """The Faust app around a worker; ``engine`` goes to :func:`build_app`."""
    app = build_app(
        app_id=group,
        broker=broker,
        records_topic=names.records,
        handler=worker.records,
        together=True,
        on_assigned=worker.assigned,
        on_revoked=worker.revoked,
        extra_topics={names.outcomes: worker.outcomes},
        **engine,  # type: ignore[arg-type]  # the caller's keywords are those of build_app
    )
    worker.fail = app.fail
    return app
