"""Nothing is lost and nothing is doubled, whatever dies: real workers on a real Apache Kafka, killed with SIGKILL."""

from __future__ import annotations

import random
import signal
import sys
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from streams.brokers.kafka import QUICK_JVM, KafkaCluster
from streams.brokers.process import free_port
from streams.demo.watch import scrape, total
from tests.streams.faults import Child, Site, Told, differing, from_the_log, ids, readable
from tests.streams.workers import wait_for

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

KILLS = 10
SEED = 20260105


class Undisturbed:
    """What one worker tells that nobody disturbs, and what it remembers at the end."""

    def __init__(self, site: Site) -> None:
        site.fill()
        site.finish(site.start("undisturbed"))
        self.ends = site.district.ends()
        self.told, self.dead = site.told(), site.dead_letters()
        self.states = readable(site.states(), self.ends)
        self.alerts = sum(map(len, from_the_log(self.told[".alerts"], self.ends)))


@pytest.fixture(scope="module")
def undisturbed(kafka_broker: KafkaCluster, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Compared with by every test here."""
    with Site(kafka_broker.bootstrap, "calm", tmp_path_factory.mktemp("calm") / "site") as site:
        return Undisturbed(site)


def assert_same(site: Site, undisturbed: Undisturbed) -> None:
    """The same messages, each once, in the same order; the same state; nothing left to do.

    What follows from what workers wrote to each other behind the log (impulses of contagion) ends in the same state and
    is told once, too; the alerts on the way there may be cut otherwise.
    """
    told = site.told()
    for topic, calm in undisturbed.told.items():
        twice = {ident: count for ident, count in Counter(ids(told[topic])).items() if count > 1}
        assert not twice, f"{topic}: told more than once"
        ours, theirs = (from_the_log(one, undisturbed.ends) for one in (told[topic], calm))
        assert set(ids(ours)) == set(ids(theirs)), f"{topic}: other alerts"
        assert ours == theirs, f"{topic}: other contents or another order"
    states = readable(site.states(), undisturbed.ends)
    assert states == undisturbed.states, "\n".join(islice(differing(states, undisturbed.states), 20))
    assert site.dead_letters() == undisturbed.dead


def kill_when(worker: Child, condition: Callable[[], bool], what: str) -> None:
    """SIGKILL as soon as ``condition`` holds, looking without pause."""
    wait_for(lambda: worker.alive() and condition(), lambda: f"{what}\n{worker.tail()}", pause=0.001)
    worker.kill()


def test_the_undisturbed_run_is_worth_comparing_with(undisturbed: Undisturbed) -> None:
    """Alerts of every colour on every topic, each once; a source that fell silent; dead letters."""
    assert undisturbed.alerts > 120
    levels = Counter(level(one) for partition in undisturbed.told[".alerts"] for one in partition)
    assert min(levels[name] for name in (b"1", b"2", b"3")) > 10
    assert {b"fenghuo.source.stale", b"fenghuo.source.recovered"} <= {
        dict(one.headers)["ce_type"] for partition in undisturbed.told[".alerts"] for one in partition
    }
    for topic, partitions in undisturbed.told.items():
        assert any(partitions), f"{topic}: nothing was told"
        assert max(Counter(ids(partitions)).values()) == 1, topic
    assert len(undisturbed.dead) > 3


def level(one: Told) -> bytes:
    """The level of an alert."""
    return dict(one.headers)["fenghuo-level"]


def test_ten_kills_lose_no_alert_and_double_none(
    kafka_broker: KafkaCluster, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """Each kill falls when alerts (not yet remembered) or ledgers (not yet committed) have grown by a drawn number."""
    dice = random.Random(SEED)
    with Site(kafka_broker.bootstrap, "killed", tmp_path / "site") as site:
        site.fill()
        for number in range(KILLS):
            worker = site.start(f"victim-{number}")
            alerts = int(undisturbed.alerts * (number + dice.random()) / (KILLS + 3))
            ledgers = site.end(site.names.ledgers) + dice.randrange(20, 200)
            if dice.random() < 0.6:
                kill_when(worker, lambda: site.end(site.names.alerts) >= alerts, f"alert {alerts}")  # noqa: B023 - waited for here
            else:
                kill_when(worker, lambda: site.end(site.names.ledgers) >= ledgers, f"ledger {ledgers}")  # noqa: B023 - the same
            assert site.end(site.names.alerts) < undisturbed.alerts, "killed too late to prove anything"
        site.finish(site.start("last"))
        assert_same(site, undisturbed)


def test_a_kill_at_each_step_of_a_batch_loses_and_doubles_nothing(
    kafka_broker: KafkaCluster, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """The windows a kill from outside may miss: between alerts, ledgers, the partition's record, store and commit."""
    steps = [
        ("alert", 20),
        ("acknowledged", 30),
        ("half", 20),
        ("written", 15),
        ("stored", 20),
        ("acknowledged", 1),
    ]
    with Site(kafka_broker.bootstrap, "steps", tmp_path / "site") as site:
        site.fill()
        for point, count in steps:
            worker = site.start(f"{point}-{count}", crash=(point, count))
            assert worker.ended() == -9, f"did not come to {point} {count} times\n{worker.tail()}"
        assert site.end(site.names.alerts) < undisturbed.alerts
        site.finish(site.start("last"))
        assert_same(site, undisturbed)


def test_the_survivor_of_two_workers_takes_over(
    kafka_broker: KafkaCluster, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """Two share the partitions; one is killed in the middle, the other restores its partition and goes on."""
    with Site(kafka_broker.bootstrap, "pair", tmp_path / "site") as site:
        # none of them is given up while it is suspended below
        first, second = (site.start(name, broker_session_timeout=6) for name in ("first", "second"))
        wait_for(
            lambda: first.alive() and second.alive() and first.holds(1) and second.holds(1),
            "one partition each",
        )
        # what workers say to each other shall lie behind the records, as it does in the undisturbed run
        for worker in (first, second):
            worker.suspend()
        site.fill()
        for worker in (first, second):
            worker.wake()
        kill_when(second, lambda: site.end(site.names.alerts) >= undisturbed.alerts // 4, "a quarter told")
        assert not first.holds(2)
        site.finish(first)
        assert first.holds(2)
        assert_same(site, undisturbed)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc whether a process is suspended")
@pytest.mark.parametrize("point", ["judged", "acknowledged"])
def test_a_worker_that_was_suspended_and_replaced_writes_nothing_when_it_wakes(
    kafka_broker: KafkaCluster, undisturbed: Undisturbed, tmp_path: Path, point: str
) -> None:
    """It wakes in the middle of a batch and has not heard yet that its partitions have another owner."""
    with Site(kafka_broker.bootstrap, f"asleep-{point}", tmp_path / "site") as site:
        site.fill()
        sleeper = site.start("sleeper", crash=(point, 15, signal.SIGSTOP))
        wait_for(sleeper.suspended, "the worker to fall asleep", pause=0.002)
        heir = site.start("heir")
        wait_for(site.caught_up, lambda: f"the heir to finish\n{heir.tail()}", 150)
        sleeper.wake()
        wait_for(lambda: "gave up partitions" in sleeper.tail(), "the sleeper to hear of it")
        ended = [sleeper.terminate(), heir.terminate()]
        assert ended == [0, 0], f"{sleeper.tail()}\n{heir.tail()}"
        assert_same(site, undisturbed)


def test_a_broker_that_is_killed_and_comes_back_costs_nothing_but_time(
    kafka_directory: Path, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """The worker waits for it, and what was under way is neither lost nor told twice."""
    port = free_port()
    with (
        KafkaCluster(kafka_directory / "mortal", port=port, jvm=QUICK_JVM) as cluster,
        Site(cluster.bootstrap, "mortal", tmp_path / "site") as site,
    ):
        site.fill()
        worker = site.start("patient", broker_session_timeout=6)
        half = undisturbed.alerts // 2
        wait_for(lambda: worker.alive() and site.end(site.names.alerts) >= half, worker.tail, pause=0.001)
        cluster.stop()
        wait_for(lambda: worker.alive() and "Unable connect" in worker.tail(), "the worker to notice")
        cluster.start()
        site.finish(worker)
        assert_same(site, undisturbed)
        assert worker.tail().count("Unable connect") < 20, "its log is buried"


def test_a_worker_with_a_rocksdb_store_goes_on_from_its_local_state(
    kafka_broker: KafkaCluster, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """After a kill it reads back only what its disk lacks; what it tells is the same."""
    port = free_port()
    options = {"store": "rocksdb", "state_dir": tmp_path / "state", "metrics_port": port}
    with Site(kafka_broker.bootstrap, "rocks", tmp_path / "site") as site:
        site.fill()
        for share in (3, 2):
            worker = site.start(f"one-of-{share}", **options)
            wanted = undisturbed.alerts // share
            kill_when(worker, lambda: site.end(site.names.alerts) >= wanted, "its share told")  # noqa: B023 - waited for here
        held = site.end(site.names.ledgers)
        worker = site.start("last", **options)
        wait_for(lambda: worker.alive() and worker.holds(2), "partitions taken over")
        restored = total(scrape(port), "fenghuo_restored_states_total")
        assert restored * 10 < held, f"read back {restored} of {held} states"
        site.finish(worker)
        assert_same(site, undisturbed)
