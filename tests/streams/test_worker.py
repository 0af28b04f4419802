"""Worker processes on a broker: nothing is lost and nothing is acknowledged early, whatever ends a worker."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.engine.app import build_app
from streams.engine.hooks import Batch
from streams.engine.run import serve
from tests.streams.workers import Crew, Journal, committed, create_topics, publish, wait_for

PARTITIONS = 2
BOTH = [
    pytest.param("embedded_broker", marks=pytest.mark.embedded, id="embedded"),
    pytest.param("kafka_broker", marks=pytest.mark.kafka, id="kafka"),
]
EMBEDDED, KAFKA = BOTH


@pytest.fixture
def crew(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Crew]:
    """Workers on the broker named by the test's parameter, with topics of their own."""
    bootstrap = request.getfixturevalue(request.param).bootstrap
    topic = f"w{uuid.uuid4().hex[:8]}"
    create_topics(bootstrap, [topic, f"{topic}.outcomes"], PARTITIONS)
    quick = {"rebalance_timeout": 6.0, "session_timeout": 6.0}
    crew = Crew(tmp_path, bootstrap, topic, quick)
    yield crew
    crew.end()


def fill(crew: Crew, count: int = 100, start: int = 0) -> range:
    """``count`` new records, half on each partition."""
    half = start + count // 2
    publish(crew.bootstrap, crew.topic, 0, range(start, half))
    publish(crew.bootstrap, crew.topic, 1, range(half, start + count))
    return range(start, start + count)


@pytest.mark.parametrize("crew", BOTH, indirect=True)
def test_a_failing_handler_ends_the_worker_non_zero_and_its_batch_is_read_again(crew: Crew) -> None:
    ids = fill(crew)
    broken = crew.start("broken", fail_on=17)
    assert broken.exit_code() == 1
    assert broken.says("the store is gone")
    assert broken.says(f"{crew.topic}/0 offsets 0 to 49, nothing of which was acknowledged")
    assert crew.committed(PARTITIONS)[0] == 0
    healthy = crew.start("healthy")
    wait_for(crew.journal.holds(ids), "every record handled by the second worker")
    assert healthy.terminate() == 0
    assert crew.committed(PARTITIONS) == [50, 50]


@pytest.mark.parametrize("crew", BOTH, indirect=True)
def test_batches_that_wait_are_handled_together_and_acknowledged_together(crew: Crew, tmp_path: Path) -> None:
    """While one is in hand others queue up; then one call takes them all, one batch for each partition."""
    hold = tmp_path / "hold"
    hold.touch()
    ids = fill(crew)
    worker = crew.start("sociable", hold=str(hold), together=True, behind=PARTITIONS)
    wait_for(lambda: bool(crew.journal.events("taken")), "a first group in hand")
    ids = range(fill(crew, start=100).stop)
    wait_for(lambda: bool(crew.journal.events("queued")), "batches of both partitions behind it")
    hold.unlink()
    wait_for(crew.journal.holds(ids), "every record handled")
    groups = [event["partitions"] for event in crew.journal.events("group")]
    assert all(len(group) == len(set(group)) for group in groups)
    assert max(map(len, groups)) == PARTITIONS
    assert worker.terminate() == 0
    assert sorted(crew.journal.done()) == list(ids), "nothing twice, nothing left out"
    assert crew.committed(PARTITIONS) == [100, 100]


@pytest.mark.parametrize("crew", [EMBEDDED], indirect=True)
def test_of_a_group_that_fails_nothing_is_acknowledged(crew: Crew, tmp_path: Path) -> None:
    hold = tmp_path / "hold"
    hold.touch()
    ids = fill(crew)
    broken = crew.start("broken", hold=str(hold), together=True, fail_on=99)
    wait_for(lambda: bool(crew.journal.events("taken")), "a first group in hand")
    hold.unlink()
    assert broken.exit_code() == 1
    last = crew.journal.events("group", "broken")[-1]["partitions"]
    assert 1 in last, "the record that fails lies on partition 1"
    assert crew.committed(PARTITIONS)[1] < 50
    healthy = crew.start("healthy", together=True)
    wait_for(crew.journal.holds(ids), "every record handled by the second worker")
    assert healthy.terminate() == 0
    assert crew.committed(PARTITIONS) == [50, 50]


@pytest.mark.parametrize("crew", [EMBEDDED], indirect=True)
def test_a_worker_that_cannot_restore_ends_non_zero_and_handles_nothing(crew: Crew) -> None:
    fill(crew)
    worker = crew.start("amnesiac", fail_restore=True)
    assert worker.exit_code() == 1
    assert worker.says("the changelog is gone")
    assert crew.journal.events("taken") == []
    assert crew.committed(PARTITIONS) == [0, 0]


@pytest.mark.parametrize("crew", [EMBEDDED], indirect=True)
def test_a_worker_whose_broker_does_not_answer_ends_non_zero(crew: Crew, tmp_path: Path) -> None:
    crew.bootstrap = "127.0.0.1:9"  # the discard port: refused
    worker = crew.start("lonely")
    assert worker.exit_code() == 1


@pytest.mark.parametrize("crew", BOTH, indirect=True)
def test_sigterm_lets_the_batch_in_hand_finish_commits_it_and_leaves_the_group(
    crew: Crew, tmp_path: Path
) -> None:
    hold = tmp_path / "hold"
    hold.touch()
    fill(crew)
    worker = crew.start("polite", hold=str(hold))
    wait_for(lambda: bool(crew.journal.events("taken")), "a batch in hand")
    worker.process.send_signal(signal.SIGTERM)
    wait_for(lambda: worker.says("waiting for the batch in hand"), "the signal")
    hold.unlink()
    assert worker.exit_code() == 0
    taken = crew.journal.events("taken")
    assert len(taken) == 1, "no further batch was begun"
    expected = [0, 0]
    expected[taken[0]["partition"]] = 50
    assert crew.committed(PARTITIONS) == expected
    heir = crew.start("heir")
    wait_for(lambda: set(crew.journal.done()) == set(range(100)), "the rest handled")
    assert sorted(crew.journal.done()) == list(range(100)), "what was committed is not read again"
    assert heir.terminate() == 0


@pytest.mark.parametrize("crew", BOTH, indirect=True)
def test_kill_9_in_the_middle_loses_nothing(crew: Crew) -> None:
    ids = fill(crew, 2000)
    victim = crew.start("victim", pause=0.02, batch_max=20)
    wait_for(lambda: len(crew.journal.done()) > 300, "work under way")
    victim.process.kill()
    assert victim.exit_code() == -signal.SIGKILL
    assert len(set(crew.journal.done())) < len(ids), "killed too late to prove anything"
    finished = {n for e in crew.journal.events("done", "victim") for n in e["ids"]}
    offsets = crew.committed(PARTITIONS)
    behind = set(range(offsets[0])) | set(range(1000, 1000 + offsets[1]))
    assert behind <= finished, "committed only what was finished"
    second = crew.start("second", batch_max=500)
    wait_for(crew.journal.holds(ids), "everything handled at least once")
    assert second.terminate() == 0
    assert crew.committed(PARTITIONS) == [1000, 1000]


@pytest.mark.parametrize("crew", BOTH, indirect=True)
def test_an_idle_worker_beyond_the_partitions_lives_and_takes_over(crew: Crew) -> None:
    workers = [crew.start(f"w{n}") for n in range(PARTITIONS + 1)]
    wait_for(
        lambda: idle_one(crew.journal, len(workers)) is not None, "one idle, the others with a partition each"
    )
    ids = fill(crew)
    wait_for(crew.journal.holds(ids), "records handled while one is idle")
    idle = idle_one(crew.journal, len(workers))
    assert all(worker.process.poll() is None for worker in workers)
    for worker in workers:
        if worker.name != idle:
            assert worker.terminate() == 0
    more = fill(crew, start=100)
    wait_for(crew.journal.holds(more), "the idle worker took over")
    assert {e["worker"] for e in crew.journal.events("done")[-2:]} == {idle}
    assert next(w for w in workers if w.name == idle).terminate() == 0
    assert sorted(crew.journal.done()) == list(range(200)), "a clean handover repeats nothing"


def idle_one(journal: Journal, workers: int) -> str | None:
    """The one worker without partitions once the group has settled."""
    last = {e["worker"]: e["partitions"] for e in journal.events("assigned")}
    spread = sorted(map(len, last.values()))
    return min(last, key=lambda name: len(last[name])) if spread == [0] + [1] * (workers - 1) else None


@pytest.mark.parametrize("crew", BOTH, indirect=True)
def test_a_batch_in_hand_is_finished_and_committed_before_its_partition_is_given_up(
    crew: Crew, tmp_path: Path
) -> None:
    hold = tmp_path / "hold"
    ids = fill(crew)
    hold.touch()
    first = crew.start("first", hold=str(hold), drain_timeout=30.0, rebalance_timeout=40.0)
    wait_for(lambda: bool(crew.journal.events("taken")), "a batch in hand")
    second = crew.start("second", rebalance_timeout=40.0)
    wait_for(lambda: first.says("waiting for the batch in hand"), "the rebalance reached the first")
    assert crew.journal.events("revoked", "first") == []
    hold.unlink()
    wait_for(crew.journal.holds(ids), "every record handled")
    second.await_ready()
    order = [e["event"] for e in crew.journal.events(worker="first")]
    assert order[:4] == ["assigned", "taken", "done", "revoked"], order
    assert sorted(crew.journal.done()) == list(ids), "the finished batch was not read again by its next owner"
    assert [first.terminate(), second.terminate()] == [0, 0]


@pytest.mark.parametrize("crew", BOTH, indirect=True)
def test_a_batch_that_outlasts_a_rebalance_stops_its_worker_and_is_read_by_the_next_owner(
    crew: Crew, tmp_path: Path
) -> None:
    hold = tmp_path / "hold"
    ids = fill(crew)
    hold.touch()
    stuck = crew.start("stuck", hold=str(hold), drain_timeout=1.0)
    wait_for(lambda: bool(crew.journal.events("taken")), "a batch in hand")
    heir = crew.start("heir")
    assert stuck.exit_code() == 1
    assert stuck.says("took longer than 1 s")
    assert crew.journal.events("done", "stuck") == [], "not applied after its partition was given up"
    wait_for(crew.journal.holds(ids), "every record handled by the heir")
    assert heir.terminate() == 0
    assert crew.committed(PARTITIONS) == [50, 50]


@pytest.mark.parametrize("crew", BOTH, indirect=True)
def test_no_batch_is_handled_before_its_partition_is_restored_nor_after_it_is_given_up(crew: Crew) -> None:
    ids = fill(crew, 4000)
    first = crew.start("first", pause=0.05, batch_max=10)
    wait_for(lambda: len(crew.journal.done()) > 100, "work under way")
    second = crew.start("second", pause=0.05, batch_max=10)
    wait_for(crew.journal.holds(ids), "every record handled")
    assert [first.terminate(), second.terminate()] == [0, 0]
    assert {e["worker"] for e in crew.journal.events("done")} == {"first", "second"}
    for name in ("first", "second"):
        assert_batches_lie_between_restore_and_revocation(crew.journal, name)
    assert sorted(crew.journal.done()) == list(ids), "a rebalance among the living repeats nothing"


def assert_batches_lie_between_restore_and_revocation(journal: Journal, worker: str) -> None:
    held: set[int] = set()
    for event in journal.events(worker=worker):
        if event["event"] == "assigned":
            held = set(event["partitions"])
        elif event["event"] == "revoked":
            held = set()
        else:
            assert event["partition"] in held, event


@pytest.mark.parametrize("crew", [KAFKA], indirect=True)
def test_a_suspended_worker_is_replaced_and_knows_it_when_it_wakes(crew: Crew, tmp_path: Path) -> None:
    hold = tmp_path / "hold"
    ids = fill(crew)
    hold.touch()
    sleeper = crew.start("sleeper", hold=str(hold), ask_owner=True)
    wait_for(lambda: bool(crew.journal.events("taken")), "a batch in hand")
    sleeper.process.send_signal(signal.SIGSTOP)
    heir = crew.start("heir")
    wait_for(crew.journal.holds(ids), "every record handled by the heir")
    sleeper.process.send_signal(signal.SIGCONT)
    wait_for(lambda: sleeper.says("waiting for the batch in hand"), "the sleeper learnt that it was replaced")
    hold.unlink()
    wait_for(lambda: sleeper.says("dropped, the partition has another owner"), "its batch dropped")
    wait_for(lambda: len(crew.journal.events("assigned", "sleeper")) == 2, "it joined again")
    assert [sleeper.terminate(), heir.terminate()] == [0, 0]
    assert sorted(crew.journal.done()) == list(ids)
    assert crew.committed(PARTITIONS) == [50, 50]


@pytest.mark.embedded
def test_each_topic_has_its_handler_and_commits_are_the_last_offset_plus_one(embedded_broker: Any) -> None:
    """In this process, so that no warning of Faust's goes unseen."""
    bootstrap, topic = embedded_broker.bootstrap, f"w{uuid.uuid4().hex[:8]}"
    outcomes = f"{topic}.outcomes"
    create_topics(bootstrap, [topic, outcomes], PARTITIONS)
    publish(bootstrap, topic, 0, range(500))
    publish(bootstrap, outcomes, 1, range(7))
    seen: dict[str, list[int]] = {"records": [], "outcomes": []}
    restored: list[frozenset[int]] = []

    async def on_record(batch: Batch) -> None:
        assert batch.topic == topic
        assert await batch.owned()
        seen["records"] += [int(r.value or b"") for r in batch.records]
        assert len(batch.records) <= 100
        stop_when_complete()

    async def on_outcome(batch: Batch) -> None:
        assert (batch.topic, batch.partition) == (outcomes, 1)
        seen["outcomes"] += [r.offset for r in batch.records]
        assert batch.records[0].headers == (("n", b"0"),)
        stop_when_complete()

    def stop_when_complete() -> None:
        if (len(seen["records"]), len(seen["outcomes"])) == (500, 7):
            os.kill(os.getpid(), signal.SIGTERM)

    async def on_assigned(partitions: frozenset[int]) -> None:
        restored.append(partitions)

    async def on_revoked(partitions: frozenset[int]) -> None:
        restored.append(frozenset())

    app = build_app(
        app_id=f"{topic}-group",
        broker=bootstrap,
        records_topic=topic,
        handler=on_record,
        on_assigned=on_assigned,
        on_revoked=on_revoked,
        batch_max=100,
        extra_topics={outcomes: on_outcome},
        rebalance_timeout=6.0,
    )
    assert asyncio.run(serve(app)) == 0
    assert seen == {"records": list(range(500)), "outcomes": list(range(7))}
    assert restored == [frozenset({0, 1})]
    assert committed(bootstrap, f"{topic}-group", topic, 2) == [500, 0]
    assert committed(bootstrap, f"{topic}-group", outcomes, 2) == [0, 7]
