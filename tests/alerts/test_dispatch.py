"""The dispatcher as it runs: a broker, Valkey, HTTP, a process that may be killed."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import redis

from alerts.delivery.answer import answer_to
from alerts.delivery.dispatch import DispatcherConfig, load_subscriptions, run_dispatcher
from alerts.delivery.pace import Pace
from alerts.delivery.receiver import Inbox, Receiver, read_inbox
from alerts.delivery.results import Result
from detectors.errors import FenghuoError
from streams.brokers.kafka import KafkaCluster
from tests.alerts.samples import SECRET, alert, message, regulator
from tests.alerts.scripted import QUICK, Scripted
from tests.alerts.test_webhooks import free_port
from tests.alerts.topics import committed, delete_topic, make_topics, publish, read

NOW = datetime(2026, 1, 6, tzinfo=UTC)
KAFKA = {"session.timeout.ms": "2000", "heartbeat.interval.ms": "300"}  # the embedded broker waits half of it


@pytest.fixture
def config(broker: str, redis_url: str) -> DispatcherConfig:
    """A fresh set of topics and an empty Redis."""
    prefix = f"t{uuid.uuid4().hex[:8]}"
    make_topics(broker, *(f"{prefix}.{name}" for name in ("notifications", "outcomes", "dead-letters")))
    return DispatcherConfig(
        broker=broker,
        redis_url=redis_url,
        prefix=prefix,
        group=f"{prefix}-webhooks",
        timeout=2.0,
        pace=QUICK,
        kafka=KAFKA,
    )


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


@contextmanager
def running(config: DispatcherConfig, url: str, results: list[Result]) -> Iterator[None]:
    """A dispatcher in a thread; its error, if any, is raised at the end."""
    stop, errors = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            run_dispatcher(
                config,
                regulator(url),
                stop=stop,
                environ={"SECRET": SECRET},
                observe=lambda result, _: results.append(result),
            )
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    if errors:
        raise errors[0]


@pytest.mark.embedded
def test_from_topic_to_regulator_and_the_rest_to_dead_letters(
    config: DispatcherConfig, tmp_path: Path
) -> None:
    topic, path = f"{config.prefix}.notifications", tmp_path / "in.jsonl"
    results: list[Result] = []
    publish(config.broker, topic, [message(n) for n in range(50)] + [b"not json"])
    with Receiver([SECRET], Inbox(path)) as receiver, running(config, receiver.url, results):
        wait_for(lambda: len(results) == 51, "51 results")
    assert {entry["webhook_id"] for entry in read_inbox(path)} == {f"a-{n}" for n in range(50)}
    assert results.count(Result.REFUSED) == 1
    (letter,) = read(config.broker, f"{config.prefix}.dead-letters", 1)
    headers = {name: (value or b"").decode() for name, value in letter.headers() or []}
    assert (letter.key(), letter.value(), headers["reason"]) == (b"webhook", b"not json", "unreadable")
    assert headers["place"].startswith(f"{topic}[")
    assert committed(config.broker, config.group, topic) == 51


@pytest.mark.embedded
def test_answers_are_read_from_the_outcomes_beside_the_notifications(config: DispatcherConfig) -> None:
    """And remembered by the desk, although they came before their alert."""
    said = alert(alert_id="a-1", revision=2)
    answers = [msgspec.json.encode(answer_to(said, "scjgj", who, "benign", NOW)) for who in ("li", "wang")]
    publish(config.broker, f"{config.prefix}.outcomes", answers)
    desks = f"{{{config.prefix}:webhooks}}:desks:*"
    results: list[Result] = []
    with Scripted() as receiver, running(config, receiver.url, results):
        with redis.Redis.from_url(config.redis_url) as client:

            def heard() -> int:
                return sum(len(client.hkeys(key)) for key in client.scan_iter(desks))

            wait_for(lambda: heard() > 0, "the answers")
        publish(config.broker, f"{config.prefix}.notifications", [message(1)])
        wait_for(lambda: results.count(Result.DELIVERED) == 2, "the alert and that it is acknowledged")


@pytest.mark.embedded
def test_a_second_run_goes_on_where_the_first_stopped(config: DispatcherConfig) -> None:
    topic, results = f"{config.prefix}.notifications", list[Result]()
    with Scripted() as receiver:
        for number in (1, 2):
            publish(config.broker, topic, [message(number)])
            with running(config, receiver.url, results):
                wait_for(lambda n=number: len(results) == n, "a delivery")  # type: ignore[misc]  # mypy: lambda default
        assert receiver.ids == ["a-1", "a-2"]


@pytest.mark.embedded
def test_an_empty_redis_is_filled_from_what_the_topic_still_holds_unsettled(config: DispatcherConfig) -> None:
    topic, results = f"{config.prefix}.notifications", list[Result]()
    publish(config.broker, topic, [message(n) for n in range(10)])
    with Scripted() as receiver, running(config, receiver.url, results):
        wait_for(lambda: len(results) == 10, "ten deliveries")
    publish(config.broker, topic, [message(n) for n in range(10, 15)])
    with running(config, f"http://127.0.0.1:{free_port()}/hook", results):
        wait_for(lambda: results.count(Result.RETRIED) >= 5, "five retries")
    with redis.Redis.from_url(config.redis_url) as client:
        client.flushall()
    with Scripted() as receiver, running(config, receiver.url, results):
        wait_for(lambda: results.count(Result.DELIVERED) == 15, "the five again")
        assert sorted(receiver.ids) == [f"a-{n}" for n in range(10, 15)]


SCRIPT = """
import os, sys, threading
from datetime import timedelta
from alerts.delivery.dispatch import DispatcherConfig, load_subscriptions, run_dispatcher
from alerts.delivery.pace import Pace
from alerts.policy.retry import RetryPolicy
from pathlib import Path
broker, redis_url, prefix, path = sys.argv[1:]
pace = Pace(retry=RetryPolicy(pauses=(3.0,) * 9), lease=timedelta(seconds=3), idle=timedelta(milliseconds=50))
config = DispatcherConfig(broker=broker, redis_url=redis_url, prefix=prefix, group=prefix, timeout=2.5, pace=pace,
                          kafka={"session.timeout.ms": "2000", "heartbeat.interval.ms": "300"})
run_dispatcher(config, load_subscriptions(Path(path)), stop=threading.Event(), environ=os.environ)
"""


@contextmanager
def process(config: DispatcherConfig, subscriptions: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A dispatcher of its own process, killed at the end."""
    argv = [sys.executable, "-c", SCRIPT, config.broker, config.redis_url, config.prefix, str(subscriptions)]
    child = subprocess.Popen(argv, env={**os.environ, "SECRET": SECRET}, cwd=Path(__file__).parents[2])
    try:
        yield child
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(10)


@pytest.mark.embedded
@pytest.mark.parametrize("moment", ["waiting for the next attempt", "in the middle of sending"])
def test_killed_between_redis_and_receiver_it_is_delivered_after_the_restart(
    config: DispatcherConfig, tmp_path: Path, moment: str
) -> None:
    port, path = free_port(), tmp_path / "subs.yaml"
    path.write_text(
        "subscriptions: [{subscriber_id: scjgj, role: regulator, entities: '*', channel: webhook,"
        f" url: 'http://127.0.0.1:{port}/hook', secret_env: SECRET}}]"
    )
    publish(config.broker, f"{config.prefix}.notifications", [message(7)])
    due = f"{{{config.prefix}:webhooks}}:due:scjgj"
    with redis.Redis.from_url(config.redis_url) as client:
        if moment == "in the middle of sending":
            with Scripted(hang=30.0, port=port) as silent:
                with process(config, path):
                    wait_for(lambda: bool(silent.requests), "a request")
                assert client.zcard(due) == 1
        else:
            with process(config, path):
                wait_for(lambda: client.zcard(due) == 1, "the write to Redis")
    inbox = tmp_path / "in.jsonl"
    with Receiver([SECRET], Inbox(inbox), port=port), process(config, path):
        wait_for(lambda: bool(read_inbox(inbox)), "the delivery")
    assert [entry["webhook_id"] for entry in read_inbox(inbox)] == ["a-7"]


def test_what_is_missing_at_the_start_is_said_in_one_sentence(
    redis_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away = DispatcherConfig(broker=f"127.0.0.1:{free_port()}", redis_url=redis_url)
    stop = threading.Event()
    with pytest.raises(FenghuoError, match=r"^broker 127.0.0.1:\d+: does not answer .*; start it"):
        run_dispatcher(away, regulator("https://r.example/h"), stop=stop, environ={"SECRET": SECRET})
    with pytest.raises(FenghuoError, match=r"^redis .*: does not answer"):
        run_dispatcher(
            DispatcherConfig(broker="127.0.0.1:1", redis_url=f"redis://127.0.0.1:{free_port()}"),
            regulator("https://r.example/h"),
            stop=stop,
            environ={"SECRET": SECRET},
        )
    with pytest.raises(FenghuoError, match="SECRET: is not set"):
        run_dispatcher(away, regulator("https://r.example/h"), stop=stop, environ={})
    with pytest.raises(FenghuoError, match=r"none.yaml: cannot be read \(No such file"):
        load_subscriptions(tmp_path / "none.yaml")
    with pytest.raises(FenghuoError, match="shorter than the lease"):
        DispatcherConfig(broker="b", redis_url="r", timeout=60.0, pace=Pace())


@pytest.mark.kafka
def test_a_topic_deleted_and_made_anew_is_read_from_its_beginning(
    kafka_broker: KafkaCluster, redis_url: str
) -> None:
    """The position in Redis lies beyond the new topic's end and must not hide what is in it."""
    prefix, results = f"t{uuid.uuid4().hex[:8]}", list[Result]()
    topic, server = f"{prefix}.notifications", kafka_broker.bootstrap
    config = DispatcherConfig(
        broker=server, redis_url=redis_url, prefix=prefix, group=prefix, timeout=2.0, pace=QUICK
    )
    with Scripted() as receiver:
        for first, count in ((0, 20), (20, 3)):
            make_topics(server, topic, partitions=1)
            publish(server, topic, [message(n) for n in range(first, first + count)])
            with running(config, receiver.url, results):
                wait_for(lambda total=first + count: len(results) == total, "all delivered")  # type: ignore[misc]  # as above
            delete_topic(server, topic)
        assert set(receiver.ids) == {f"a-{n}" for n in range(23)}
