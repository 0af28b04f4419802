"""The worker: batches in, one at a time, acknowledged only when the handler has returned.

What a handler may rely on:

- one batch is in hand at a time, over all topics and partitions, in offset order within a partition (or, for a
  handler that takes several, one from each partition for which some wait);
- ``on_assigned`` was awaited with a partition before its first batch, and ``on_revoked`` before it is given up;
- offsets are committed only behind batches whose handler returned. A handler that raises stops the worker:
  nothing of that batch is acknowledged, the process ends non-zero and its supervisor starts another, which
  reads the batch again. (Stock Faust acknowledges an event whose handler raised, and goes on.)
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterable, Coroutine, Mapping, Sequence
from typing import Any, cast

from faust.streams import Stream
from faust.types import EventT, Message, StreamT
from yarl import URL

from detectors.errors import FenghuoError
from streams.engine.driver import Assignor, BatchApp, BatchSchema, Consumer
from streams.engine.hooks import Batch, Handler, Hooks, PartitionsHook, Superseded, Together
from streams.engine.raw import RawRecord

log = logging.getLogger(__name__)

_COMMIT_SECONDS = 5.0
"""Longest wait for the last commit before partitions are given up; without it records are read again."""

_QUEUED_BATCHES = 4
"""Batches waiting between fetcher and handler: bounds memory, and what a rebalance makes fetch again."""


class WorkerApp(BatchApp):
    """The Faust app of one worker process: made by :func:`build_app`, run by ``streams.engine.run``.

    ``failure`` is the first error of a handler or hook; once it is set no further batch is handled.
    ``held`` are the partitions whose state is restored and whose batches are handled.
    """

    hooks: Hooks

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Faust takes; :func:`build_app` sets the hooks."""
        super().__init__(*args, **kwargs)
        self.failure: BaseException | None = None
        self.held: frozenset[int] = frozenset()
        self._turn = 0  # counts revocations: Kafka's generations may start over
        self._assigned_turn = 0
        self._stopping = False
        self._in_hand: asyncio.Future[None] | None = None
        self._restoring: asyncio.Future[None] | None = None

    async def consume(self, stream: StreamT[Any]) -> None:
        """The agent: hand over each batch, acknowledge it, stop at the first failure."""
        source = cast(Stream[Any], stream).noack()
        async for event in cast(AsyncIterable[EventT[Any]], source.events()):
            try:
                if await self._handle(event.message):
                    await source.ack(event)
            finally:
                self._in_hand = None
            if self.failure is not None:
                return

    async def _handle(self, message: Message) -> bool:
        """True when the batch is done and may be acknowledged; what was handled with it is acknowledged here."""
        consumer = cast(Consumer, self.consumer)
        if not consumer.progress.is_open(message):
            consumer.ack(message)  # void, or done together with an earlier one: Faust need not remember it
            return False
        if message.partition not in self.held:
            return False
        group = self._group(message)
        batches = [self._batch(messages) for messages in group.values()]
        self._in_hand = asyncio.ensure_future(self._work(message.topic, batches))
        place = ", ".join(
            f"{one.topic}/{one.partition} offsets {one.records[0].offset} to {one.records[-1].offset}"
            for one in batches
        )
        done = await self._settle(self._in_hand, f"{place}, nothing of which was acknowledged")
        for other in (one for messages in group.values() for one in messages if done and one is not message):
            consumer.ack(other)
        return done

    def _group(self, message: Message) -> dict[int, list[Message]]:
        """What is handled in one go, by partition: this batch and, for a handler that takes several, those waiting
        behind it, up to as many records as one poll brings. Under load the wait for the broker is then shared."""
        found: dict[int, list[Message]] = {}
        if message.topic not in self.hooks.together:
            return {message.partition: [message]}
        records = 0
        for one in cast(Consumer, self.consumer).progress.waiting(message.topic):
            if one.partition in self.held and (one is message or records < self.conf.broker_max_poll_records):
                found.setdefault(one.partition, []).append(one)
                records += len(cast(list[RawRecord], one.value))
        return found

    def _batch(self, messages: Sequence[Message]) -> Batch:
        """Batches of one partition that follow each other, as one."""
        first, consumer = messages[0], cast(Consumer, self.consumer)
        records = [raw for message in messages for raw in cast(list[RawRecord], message.value)]
        generation = first.generation_id
        return Batch(first.topic, first.partition, records, lambda: consumer.member_of(generation))

    def _work(self, topic: str, batches: list[Batch]) -> Coroutine[Any, Any, None]:
        handler = self.hooks.handlers[topic]
        if topic in self.hooks.together:
            return cast(Together, handler)(batches)
        return cast(Handler, handler)(batches[0])

    async def _settle(self, work: asyncio.Future[None], place: str) -> bool:
        """Wait for ``work``: True when it succeeded; any error of it stops the worker."""
        try:
            await asyncio.wait({work})
        finally:
            work.cancel()  # without effect on what is done; otherwise the worker is being stopped
        error = None if work.cancelled() else work.exception()
        if isinstance(error, Superseded):
            log.warning("%s: dropped, the partition has another owner", place)
        elif error is not None:
            error.add_note(f"while handling {place}")
            await self.fail(error)
        return error is None and not work.cancelled()

    async def fail(self, error: BaseException) -> None:
        """Stop for good because of ``error``; the first one is kept and reported."""
        if self.failure is None:
            self.failure = error
        await self.crash(error)

    async def on_restore(self, *_: Any, **__: Any) -> None:
        """Restore the partitions now owned; Faust resumes reading when this returns.

        When they are taken away meanwhile, wait for the next assignment, else Faust would resume this one.
        """
        turn = self._assigned_turn
        if turn == self._turn:
            partitions = frozenset(tp.partition for tp in self.consumer.assignment())
            self._restoring = asyncio.ensure_future(self.hooks.on_assigned(partitions))
            if await self._settle(self._restoring, f"the state of partitions {sorted(partitions)}"):
                self.held = partitions if turn == self._turn else frozenset()
            elif self.failure is not None:
                raise self.failure
        while turn == self._assigned_turn != self._turn and not self.should_stop:
            await asyncio.sleep(0.02)

    def before_assigned(self) -> None:
        """A new assignment begins; what was being restored for the previous one is void."""
        self._assigned_turn = self._turn

    async def before_revoked(self, partitions: frozenset[int]) -> None:
        """Finish the batch in hand, commit and tell the processor, before other workers get the partitions."""
        self._turn += 1
        await self.quiesce()
        if partitions and self.failure is None:
            revoking = asyncio.ensure_future(self.hooks.on_revoked(partitions))
            await self._settle(revoking, f"giving up partitions {sorted(partitions)}")

    async def quiesce(self) -> None:
        """Take no further batch, let the one in hand finish, commit what is finished.

        A batch that outlasts ``drain_timeout`` stops the worker: it must not write once others own its partition.
        """
        self.held = frozenset()
        consumer = self.consumer
        consumer.stop_flow()
        self.flow_control.suspend()
        self.flow_control.clear()
        if self._restoring is not None and self._restoring.cancel():
            await asyncio.wait({self._restoring})
        if not await self._drained():
            limit = f"{self.hooks.drain_timeout:g} s"
            problem = f"the batch in hand took longer than {limit} when its partition had to be given up"
            await self.fail(FenghuoError("worker", problem, "use smaller batches"))
        elif self.failure is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(consumer.commit(), _COMMIT_SECONDS)

    async def _drained(self) -> bool:
        if self._in_hand is None:
            return True
        log.info("waiting for the batch in hand, at most %g s", self.hooks.drain_timeout)
        done, late = await asyncio.wait({self._in_hand}, timeout=self.hooks.drain_timeout)
        for work in late:
            work.cancel()
        while done and self._in_hand is not None:
            await asyncio.sleep(0)  # until the agent has acknowledged it
        return bool(done)

    async def stop(self) -> None:
        """Stop gracefully: finish the batch in hand, commit, leave the group."""
        if self.started and not self._stopping:
            self._stopping = True
            if not self.crashed and self._consumer is not None and self._consumer.started:
                await self.quiesce()
        await super().stop()


def build_app(
    *,
    app_id: str,
    broker: str,
    records_topic: str,
    handler: Handler | Together,
    on_assigned: PartitionsHook,
    on_revoked: PartitionsHook,
    batch_max: int = 2000,
    together: bool = False,
    extra_topics: Mapping[str, Handler] | None = None,
    commit_interval: float = 1.0,
    session_timeout: float = 10.0,
    heartbeat_interval: float = 3.0,
    rebalance_timeout: float = 60.0,
    drain_timeout: float | None = None,
    fetch_wait: float = 0.1,
    instance_id: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> WorkerApp:
    """Make the app of one worker; nothing connects before it is started.

    Args:
        app_id: consumer group.
        broker: ``host:port`` of one or more brokers, separated by commas.
        records_topic: topic read with ``handler``.
        handler: awaited with each :class:`Batch`; what it raises stops the worker (:class:`Superseded` excepted).
        on_assigned: awaited with all partitions now owned, also those kept, before any batch of them; cancelled
            if they are taken away meanwhile. What was owned before and is not among them is lost.
        on_revoked: awaited with all partitions owned, with no batch in hand, before they are given up. Faust
            rebalances eagerly: all are given up and most come back with the next ``on_assigned``.
        batch_max: records per poll, over all partitions.
        together: ``handler`` takes a sequence of batches, each of another partition: all that wait, up to
            ``batch_max`` records.
        extra_topics: further topics with their own handlers. All topics must have the same number of partitions:
            a worker owns the same partition numbers of each.
        commit_interval: seconds between commits.
        session_timeout: seconds without heartbeat after which a worker counts as dead.
        heartbeat_interval: seconds, about a third of the session timeout.
        rebalance_timeout: seconds the group waits for a member. (The embedded broker keeps the first member
            waiting for 5 s, whatever is set here.)
        drain_timeout: seconds a batch in hand may still take when its partition has to be given up; longer stops
            the worker. Default: 60 % of the rebalance timeout.
        fetch_wait: seconds after which the broker answers a fetch without records. Latency does not depend on it on
            Kafka, but does on the embedded broker: use 0.01 there.
        instance_id: static group membership: a restart under the same id gets its partitions back at once.
        options: further Faust settings, such as ``broker_credentials``.
    """
    handlers: dict[str, Handler | Together] = {records_topic: handler, **(extra_topics or {})}
    settings: dict[str, Any] = {
        "broker": [URL(f"kafka://{address.strip()}") for address in broker.split(",")],
        "autodiscover": False,
        "store": "memory://",
        "web_enabled": False,  # Faust's own web server would serve internals to anyone
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "processing_guarantee": "at_least_once",
        "PartitionAssignor": Assignor,
        "table_standby_replicas": 1,  # at 0 Faust's driver ignores PartitionAssignor; ours asks for none
        "stream_wait_empty": False,  # before_revoked waits instead, and not for ever
        "stream_buffer_maxsize": _QUEUED_BATCHES,
        "stream_recovery_delay": 0.0,
        "broker_max_poll_records": batch_max,
        "broker_commit_interval": commit_interval,
        "broker_session_timeout": session_timeout,
        "broker_heartbeat_interval": heartbeat_interval,
        "broker_rebalance_timeout": rebalance_timeout,
        "consumer_auto_offset_reset": "earliest",
    }
    if instance_id is not None:
        settings["consumer_group_instance_id"] = instance_id
    app = WorkerApp(app_id, **{**settings, **(options or {})})
    app.batch_topics = frozenset(handlers)
    app.fetch_wait = fetch_wait
    app.hooks = Hooks(
        handlers,
        frozenset({records_topic}) if together else frozenset(),
        on_assigned,
        on_revoked,
        drain_timeout or 0.6 * rebalance_timeout,
    )
    topic = app.topic(*handlers, schema=BatchSchema())
    app.agent(topic, name=f"{app_id}.consume", concurrency=1)(app.consume)
    app.on_rebalance_complete.connect(app.on_restore)
    return app
