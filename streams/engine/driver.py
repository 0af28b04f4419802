"""Faust, a batch at a time: one message per partition and poll, whose value is the list of records.

A stock Faust agent handles about 5,000 events/s, because of what Faust does per message; here one message is a
whole batch. Fetching, group membership, rebalancing and flow control stay Faust's. What is replaced is the
accounting of offsets: Faust's gap accounting would commit past a batch that is still being worked on
(faust-streaming #606).
"""

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, cast

import faust
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]  # aiokafka ships no types
from faust.assignor.partition_assignor import PartitionAssignor
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, AppT, EventT, Message
from faust.types.transports import TPorTopicSet

from streams.engine.progress import Progress
from streams.engine.raw import RawRecord

_LEASE = 2 / 3
"""Share of the session timeout for which an answered heartbeat is trusted; the rest is for writing."""

_LOOK_SECONDS = 0.02
"""Between two looks at whether a heartbeat was answered."""

_now: Callable[[], float] = (
    functools.partial(time.clock_gettime, time.CLOCK_BOOTTIME)  # goes on while the machine sleeps
    if hasattr(time, "CLOCK_BOOTTIME")
    else time.monotonic
)

_SEEK_SECONDS = 0.1
"""Between two attempts to seek while partitions change hands."""


class Assignor(PartitionAssignor):
    """Faust's sticky, co-partitioning assignor without standby replicas (no Faust tables: nothing to stand by).

    Co-partitioned: a worker owns the same partition numbers of every input topic, so that the state of one
    partition has one owner. With standbys Faust would fill some workers to the brim and leave others idle.
    """

    def __init__(self, app: AppT, replicas: int = 0) -> None:
        """Take what Faust passes, ``replicas`` excepted."""
        del replicas
        super().__init__(app, replicas=0)


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """The thread of the aiokafka client, asking the broker to answer an empty fetch after the app's ``fetch_wait``.

    Faust fixes 1.5 s. Kafka answers as soon as there is a record; the embedded broker looks only now and then within
    that time, which put up to 0.8 s between a record and its handler.
    """

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        client = super()._create_worker_consumer(transport)
        client._fetch_max_wait_ms = int(cast(BatchApp, self.app).fetch_wait * 1000)
        return client


class Consumer(driver.Consumer):
    """Faust's aiokafka consumer, yielding whole batches and committing only what is finished."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Faust passes."""
        super().__init__(*args, **kwargs)
        self.progress = Progress()
        self._epoch = 0  # counts changes of assignment and position
        self._discarded = False
        self._heard = 0.0  # when the last heartbeat that was answered was sent
        self._listening = False
        self._batch_app = cast(BatchApp, self.app)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Fetch once, for at most ``timeout`` seconds, and yield one message per partition.

        Records that were fetched while partitions changed hands or positions moved are thrown away, for nobody can
        say to which assignment they belong; then the next call seeks back to the committed offsets first. (Faust
        only looks at what has changed *after* the fetch, and may skip records it fetched and did not yield.)
        """
        if not self.flow_active:
            await self.wait(self.can_resume_flow)  # type: ignore[arg-type]  # mode forgets asyncio's own Event
        if self._discarded and not await self._seek_back():
            return
        epoch = self._epoch
        records, active = await self._wait_next_records(timeout)
        if self.should_stop:
            return
        for tp, fetched in (records or {}).items():
            if epoch != self._epoch or not self.flow_active or (active is not None and tp not in active):
                self._discarded = True
            elif fetched:
                for message in self._messages(tp, fetched):
                    yield tp, message

    async def _seek_back(self) -> bool:
        try:
            await self.perform_seek()
        except (KafkaError, AssertionError) as error:  # aiokafka asserts that there is an assignment
            self.log.info("partitions change hands, seeking is tried again: %s", error)
            await self.sleep(_SEEK_SECONDS)
        else:
            self._discarded = False
        return not self._discarded

    def _messages(self, tp: TP, fetched: list[Any]) -> Iterator[Message]:
        self._batch_app.monitor.track_tp_end_offset(tp, self.highwater(tp))
        if tp.topic not in self._batch_app.batch_topics:
            yield from (self._to_message(tp, record) for record in fetched)
            return
        message = self._to_message(tp, fetched[-1])
        message.key = message.headers = None
        message.value = cast(  # bytes to Faust; a list between this driver and BatchSchema
            Any, [RawRecord(r.offset, r.key, r.value, r.headers, r.timestamp) for r in fetched]
        )
        self.progress.opened(tp, fetched[0].offset, message)
        yield message

    def ack(self, message: Message) -> bool:
        """Mark a batch finished; False, without effect, once its partition has changed hands."""
        if message.topic not in self._batch_app.batch_topics:
            return super().ack(message)
        self._unacked_messages.discard(message)
        return self.progress.finished(message)

    def _filter_tps_with_pending_acks(self, topics: TPorTopicSet | None = None) -> Iterator[TP]:
        yield from super()._filter_tps_with_pending_acks(topics)
        for tp in list(self.progress.committable()):
            if topics is None or tp in topics or tp.topic in topics:
                yield tp

    def _new_offset(self, tp: TP) -> int | None:
        if tp.topic in self._batch_app.batch_topics:
            return self.progress.committable().get(tp)
        return super()._new_offset(tp)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        # Faust takes the offsets inside a batch for compacted away, and would commit them before it is done
        if tp.topic not in self._batch_app.batch_topics:
            await super()._add_gap(tp, offset_from, offset_to)

    def on_buffer_full(self, tp: TP) -> None:
        """Leave the partition active: a full queue of batches already holds the fetcher back."""

    def on_buffer_drop(self, tp: TP) -> None:
        """Nothing was held back, see :meth:`on_buffer_full`."""

    async def perform_seek(self) -> None:
        """Seek every partition to its committed offset, or to its beginning when nothing was committed.

        What was handed out and not finished becomes void. Two traps of aiokafka's are stepped around: it asserts
        that there is an assignment, and leaves a partition without committed offset where it is: past records that
        were fetched and thrown away.
        """
        self._epoch += 1
        self.progress.forget()
        assigned = self.assignment()
        if not assigned:
            return
        await super().perform_seek()
        if fresh := [tp for tp in assigned if not self._read_offset[tp]]:
            await self._thread.seek_to_beginning(*(driver.ensure_aiokafka_TP(tp) for tp in fresh))

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let the app finish and commit the batch in hand, then give the partitions up."""
        self._epoch += 1
        await self._batch_app.before_revoked(frozenset(tp.partition for tp in revoked))
        self.progress.forget()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Tell the app that a new assignment begins."""
        self._epoch += 1
        self._heard = _now()  # the broker has just answered that we belong to the group
        self._listen()
        self._batch_app.before_assigned()
        await super().on_partitions_assigned(assigned, generation_id)

    async def member_of(self, generation: int | None) -> bool:
        """Whether this worker is still a member of the group in that generation; False once expelled.

        A process that was suspended may have been expelled without knowing it: when the last answered heartbeat is
        too old to be trusted, the next answer is waited for.

        Looks into aiokafka's coordinator, which lives in another thread: one attribute, replaced as a whole.
        """
        lease = _LEASE * self._batch_app.conf.broker_session_timeout
        coordinator = self._coordinator()
        while still := coordinator is not None and coordinator.generation == generation:
            if _now() - self._heard < lease:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return still

    def _coordinator(self) -> Any:
        return getattr(self._thread._consumer, "_coordinator", None)

    def _listen(self) -> None:
        """Note every answered heartbeat of aiokafka's, which keeps that to itself."""
        coordinator = self._coordinator()
        if self._listening or coordinator is None:
            return
        self._listening, beat = True, coordinator._do_heartbeat

        async def heard() -> bool:
            sent = _now()
            answered = bool(await beat())
            if answered:
                self._heard = sent
            return answered

        coordinator._do_heartbeat = heard


class Transport(driver.Transport):
    """Faust's aiokafka transport with the batching consumer."""

    Consumer = Consumer


class BatchSchema(faust.Schema[None, list[RawRecord]]):
    """Passes the list of records through undecoded."""

    def compile(self, app: AppT, **_: Any) -> Callable[..., Any]:
        """Return the coroutine Faust calls for each message."""
        create_event = app.create_event

        async def decode(message: Message, *, propagate: bool = False) -> EventT[Any]:
            del propagate  # nothing is decoded here, so nothing can fail
            return create_event(None, cast(Any, message.value), {}, message)

        return decode


class BatchApp(faust.App):
    """A Faust app whose input topics are read in batches; ``fetch_wait`` in seconds."""

    batch_topics: frozenset[str] = frozenset()
    fetch_wait: float = 0.1

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """Create none: there are no Faust tables, and Faust would put folders where it was started."""

    async def before_revoked(self, partitions: frozenset[int]) -> None:
        """Awaited before ``partitions`` are given up, while the worker is still a member of the group."""

    def before_assigned(self) -> None:
        """Called when a new assignment arrives, before anything of it is read."""
