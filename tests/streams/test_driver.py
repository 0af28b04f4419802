"""The batching driver: what a batch is, and that commits never pass unfinished work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import IllegalStateError
from aiokafka.structs import ConsumerRecord
from faust.types import TP, Message
from hypothesis import given
from hypothesis import strategies as st

from streams.engine.app import WorkerApp, build_app
from streams.engine.driver import Assignor, Consumer
from streams.engine.hooks import Batch
from streams.engine.progress import Progress
from streams.engine.raw import RawRecord


def message(tp: TP, last_offset: int) -> Message:
    return Message(tp.topic, tp.partition, last_offset, 0.0, 0, None, None, None, None, tp=tp)


P0, P1 = TP("records", 0), TP("records", 1)


def test_commits_the_offset_after_the_last_record_of_a_finished_batch() -> None:
    progress, batch = Progress(), message(P0, 99)
    progress.opened(P0, 0, batch)
    assert progress.committable() == {}
    assert progress.finished(batch)
    assert progress.committable() == {P0: 100}


def test_batches_finished_out_of_order_are_committed_only_up_to_the_first_unfinished_one() -> None:
    progress, first, second = Progress(), message(P0, 99), message(P0, 199)
    progress.opened(P0, 0, first)
    progress.opened(P0, 100, second)
    progress.finished(second)
    assert progress.committable() == {}
    progress.finished(first)
    assert progress.committable() == {P0: 200}


def test_a_batch_of_a_former_assignment_can_no_longer_be_finished() -> None:
    progress, batch = Progress(), message(P0, 99)
    progress.opened(P0, 0, batch)
    progress.forget()
    assert not progress.finished(batch)
    assert progress.committable() == {}


def test_reading_again_from_an_earlier_offset_voids_the_batches_it_covers() -> None:
    progress, vanished, again = Progress(), message(P0, 99), message(P0, 149)
    progress.opened(P0, 0, vanished)
    progress.opened(P0, 0, again)
    assert not progress.is_open(vanished)
    assert progress.finished(again)
    assert progress.committable() == {P0: 150}


def test_a_batch_is_finished_once() -> None:
    progress, batch = Progress(), message(P0, 99)
    progress.opened(P0, 0, batch)
    assert progress.finished(batch)
    assert not progress.finished(batch)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.randoms())
def test_no_order_of_finishing_commits_past_unfinished_work(sizes: list[int], random: Any) -> None:
    progress, batches, start = Progress(), [], 0
    for number, size in enumerate(sizes):
        tp = P1 if number % 3 == 0 else P0
        batch = message(tp, start + size - 1)
        progress.opened(tp, start, batch)
        batches.append((start, batch))
        start += size
    order = batches.copy()
    random.shuffle(order)
    for done, (_, batch) in enumerate(order):
        progress.finished(batch)
        for tp, offset in progress.committable().items():
            assert all(offset <= first for first, open_ in order[done + 1 :] if open_.tp == tp)
    assert max(progress.committable().values()) == start


async def unused(_: Any) -> None:
    raise AssertionError("nothing is handled in this test")


def app_for(*topics: str) -> WorkerApp:
    extra = dict.fromkeys(topics[1:], unused)
    return build_app(
        app_id="unit",
        broker="127.0.0.1:1",
        records_topic=topics[0],
        handler=unused,
        on_assigned=unused,
        on_revoked=unused,
        extra_topics=extra,
    )


def fetched(tp: TP, first: int, count: int) -> list[ConsumerRecord[bytes, bytes]]:
    headers = (("feed", b"F04"),)
    return [
        ConsumerRecord(
            tp.topic, tp.partition, n, 1_700_000_000_000 + n, 0, b"k%d" % n, b"v%d" % n, None, 2, 2, headers
        )
        for n in range(first, first + count)
    ]


class Polled(Consumer):
    """The driver with one poll's worth of records instead of a broker."""

    records: dict[TP, list[ConsumerRecord[bytes, bytes]]] = {}  # noqa: RUF012 - set once per test

    async def _wait_next_records(self, timeout: float) -> Any:
        return self.records, set(self.records)

    def highwater(self, tp: TP) -> int:
        return 1000


def poll(records: dict[TP, list[ConsumerRecord[bytes, bytes]]]) -> tuple[Polled, list[tuple[TP, Message]]]:
    async def run() -> tuple[Polled, list[tuple[TP, Message]]]:
        app = app_for("records", "outcomes")
        app.transport.Consumer = Polled
        consumer: Any = app._new_consumer()
        consumer.records = records
        return consumer, [pair async for pair in consumer.getmany(timeout=0.0)]

    return asyncio.run(run())


def test_a_poll_yields_one_message_per_partition_carrying_every_record() -> None:
    outcomes = TP("outcomes", 0)
    _, messages = poll({P0: fetched(P0, 10, 3), P1: fetched(P1, 0, 2), outcomes: fetched(outcomes, 5, 1)})
    assert [(tp, m.offset, len(m.value or ())) for tp, m in messages] == [
        (P0, 12, 3),
        (P1, 1, 2),
        (outcomes, 5, 1),
    ]
    value: Any = messages[0][1].value
    assert value[0] == RawRecord(10, b"k10", b"v10", (("feed", b"F04"),), 1_700_000_000_010)
    assert [r.offset for r in value] == [10, 11, 12]


class Disturbed(Polled):
    """A rebalance reaches the consumer while it waits for records, once; seeks are counted."""

    seeks = 0

    async def _wait_next_records(self, timeout: float) -> Any:
        if self._epoch == 0:
            self._epoch += 1
        return await super()._wait_next_records(timeout)

    async def perform_seek(self) -> None:
        self.seeks += 1


def test_records_fetched_during_a_rebalance_are_thrown_away_and_read_again_from_the_committed_offset() -> (
    None
):
    async def run() -> tuple[Disturbed, list[list[tuple[TP, Message]]]]:
        app = app_for("records")
        app.transport.Consumer = Disturbed
        consumer: Any = app._new_consumer()
        consumer.records = {P0: fetched(P0, 10, 3)}
        return consumer, [[pair async for pair in consumer.getmany(timeout=0.0)] for _ in range(3)]

    consumer, polls = asyncio.run(run())
    assert [len(messages) for messages in polls] == [0, 1, 1]
    assert consumer.seeks == 1


class Seeks:
    """Stands for aiokafka: what it is asked to seek, and what it says was committed."""

    def __init__(self, committed: dict[TP, int | None], *, fails: bool = False) -> None:
        self.committed, self.fails = committed, fails
        self.to_beginning: list[TP] = []

    async def seek_to_committed(self) -> dict[TP, int | None]:
        if self.fails:
            raise IllegalStateError("not assigned")
        assert self.committed, "No partitions are currently assigned"  # as aiokafka does
        return self.committed

    async def seek_to_beginning(self, *partitions: TP) -> None:
        self.to_beginning += partitions

    def assignment(self) -> set[TP]:
        return set(self.committed)

    def close(self) -> None: ...


def seek(thread: Seeks) -> Any:
    async def run() -> Any:
        consumer: Any = app_for("records")._new_consumer()
        consumer._thread = thread
        await consumer.perform_seek()
        return consumer

    return asyncio.run(run())


def test_a_partition_without_committed_offset_is_sought_to_its_beginning() -> None:
    """aiokafka would leave it behind the records that were fetched and thrown away."""
    thread = Seeks({P0: 7, P1: None, TP("records", 2): -1})
    consumer = seek(thread)
    assert set(thread.to_beginning) == {P1, TP("records", 2)}
    assert (consumer._read_offset[P0], consumer._read_offset[P1]) == (7, None)


def test_an_idle_worker_seeks_nothing() -> None:
    assert seek(Seeks({})).progress.committable() == {}


def test_a_seek_refused_during_a_rebalance_is_tried_again_and_ends_no_worker() -> None:
    async def run() -> tuple[bool, bool]:
        consumer: Any = app_for("records")._new_consumer()
        consumer._discarded = True
        consumer._thread = Seeks({P0: 7}, fails=True)
        first = await consumer._seek_back()
        consumer._thread = Seeks({P0: 7})
        return first, await consumer._seek_back()

    assert asyncio.run(run()) == (False, True)


def test_other_topics_are_yielded_record_by_record() -> None:
    other = TP("something-else", 0)
    _, messages = poll({other: fetched(other, 0, 2)})
    assert [m.value for _, m in messages] == [b"v0", b"v1"]


def test_an_acknowledged_batch_becomes_committable_and_a_gap_inside_it_does_not() -> None:
    consumer, [(_, batch)] = poll({P0: fetched(P0, 10, 3)})
    asyncio.run(consumer._add_gap(P0, 10, 12))
    assert consumer._filter_committable_offsets([P0]) == {}
    assert consumer.ack(batch)
    assert consumer._filter_committable_offsets(consumer._filter_tps_with_pending_acks()) == {P0: 13}


def test_the_broker_is_asked_to_answer_an_empty_fetch_soon() -> None:
    """Faust fixes 1.5 s, half of which the embedded broker makes every record wait."""

    async def run() -> int:
        app = app_for("records")
        app.fetch_wait = 0.02
        consumer: Any = app._new_consumer()
        client = consumer._thread._create_worker_consumer(app.transport)
        client._closed = True  # it was never started
        return int(client._fetch_max_wait_ms)

    assert asyncio.run(run()) == 20


class Coordinator:
    """aiokafka's, as far as the driver looks into it."""

    def __init__(self, *answers: bool) -> None:
        self.generation, self._answers = 7, list(answers)

    async def _do_heartbeat(self) -> bool:
        return self._answers.pop(0)


class Suspended:
    """A consumer whose last answered heartbeat is older than its lease, and its coordinator."""

    def __init__(self, coordinator: Coordinator) -> None:
        self.consumer: Any = app_for("records")._new_consumer()
        self.coordinator = coordinator
        self.consumer._thread = SimpleNamespace(_consumer=SimpleNamespace(_coordinator=coordinator))
        self.consumer._listen()
        self.consumer._heard -= 1e6

    async def asks(self, meanwhile: Callable[[], Awaitable[object]]) -> tuple[bool, bool]:
        """Whether the question had to wait, and its answer."""
        question = asyncio.ensure_future(self.consumer.member_of(7))
        await asyncio.sleep(0.1)
        waited = not question.done()
        await meanwhile()
        return waited, await asyncio.wait_for(question, 5)


def test_a_worker_that_slept_waits_for_the_broker_before_it_believes_to_be_a_member() -> None:
    async def run(*answers: bool) -> tuple[bool, bool]:
        woken = Suspended(Coordinator(*answers))

        async def beat() -> None:
            for _ in answers:
                await woken.coordinator._do_heartbeat()

        return await woken.asks(beat)

    assert asyncio.run(run(True)) == (True, True)
    assert asyncio.run(run(False, True)) == (True, True)


def test_a_worker_that_slept_and_was_expelled_is_told_so() -> None:
    async def run() -> tuple[bool, bool]:
        woken = Suspended(Coordinator(False))

        async def beat() -> None:
            await woken.coordinator._do_heartbeat()
            woken.coordinator.generation = -1

        return await woken.asks(beat)

    assert asyncio.run(run()) == (True, False)


def test_a_member_that_was_answered_lately_is_believed_at_once() -> None:
    async def run() -> tuple[bool, bool]:
        awake = Suspended(Coordinator(True))
        await awake.coordinator._do_heartbeat()
        return await awake.consumer.member_of(7), await awake.consumer.member_of(6)

    assert asyncio.run(run()) == (True, False)


class Cluster:
    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(range(8))


@pytest.mark.parametrize("workers", [1, 2, 3, 5, 6, 8, 11])
def test_workers_get_the_same_partitions_of_every_topic_evenly(workers: int) -> None:
    app = app_for("records", "outcomes")
    metadata = {f"w{n}": Assignor(app).metadata({"records", "outcomes"}) for n in range(workers)}
    assigned = Assignor(app).assign(Cluster(), metadata)
    owned = [dict(found.assignment) for found in assigned.values()]
    assert all(by_topic.get("records", []) == by_topic.get("outcomes", []) for by_topic in owned)
    counts = [len(by_topic.get("records", [])) for by_topic in owned]
    assert sorted(p for by_topic in owned for p in by_topic.get("records", [])) == list(range(8))
    assert max(counts) - min(counts) <= 1


def test_building_an_app_creates_no_folder_and_serves_nothing(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_for("records")
    app.finalize()
    app._create_directories()
    assert list(tmp_path.iterdir()) == []
    assert not app.conf.web_enabled
    assert app.conf.processing_guarantee.value == "at_least_once"


def test_a_batch_is_owned_unless_the_engine_says_otherwise() -> None:
    assert asyncio.run(Batch("records", 0, []).owned())
