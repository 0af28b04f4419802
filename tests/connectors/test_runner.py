"""The runner, heartbeats and the Kafka publisher's answers to a broker that is slow or away."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.config import load
from connectors.errors import PublishError
from connectors.kafka import KafkaPublisher, with_room
from connectors.publish import MAX_WIRE_BYTES, DeadLetter, MemoryPublisher
from connectors.runner import run
from streams.brokers.embedded import EmbeddedBroker
from streams.engine.persist import Producer
from tests.alerts.topics import make_topics, read
from tests.connectors.helpers import csv_bytes, records, row, run_once, running, wait_until, write_config

FAST = "{directory: drop, poll_seconds: 0.01, settle_seconds: 0}"
NOW = datetime(2026, 1, 6, tzinfo=UTC)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def test_an_empty_directory_is_no_sign_of_life(drop: Path) -> None:
    """That a folder can be read says nothing about the department that should fill it."""
    path = write_config(drop.parent, "file_drop", FAST, extra="heartbeat_seconds: 0.01\n")
    publisher, stats = run_once(path)
    assert not publisher.records
    (drop / "a.csv").write_bytes(csv_bytes([row(1)]))
    publisher, stats = run_once(path)
    assert stats.count("heartbeats") >= 1
    polled = write_config(drop.parent, "file_drop", FAST, extra="heartbeat_seconds: 0.01\nalive_on: poll\n")
    publisher, stats = run_once(polled)
    assert stats.count("heartbeats") == 1


def test_a_source_that_sends_its_own_heartbeats_gets_none_from_us(drop: Path) -> None:
    """``alive_on: source``: only the source's word counts."""
    (drop / "a.csv").write_bytes(csv_bytes([row(1)]))
    publisher, stats = run_once(write_config(drop.parent, "file_drop", FAST, extra="alive_on: source\n"))
    assert len(records(publisher)) == 1
    assert not records(publisher, "F33")
    assert stats.count("heartbeats") == 0


def test_heartbeats_carry_cycle_and_watermark(drop: Path) -> None:
    """The watermark is the newest business time sent, kept over restarts, never later than now."""
    (drop / "a.csv").write_bytes(csv_bytes([row(1), row(2, 立案日期="2026-01-03")]))
    path = write_config(drop.parent, "file_drop", FAST, extra="alive_on: poll\n")
    run_once(path)
    publisher, _ = run_once(path)
    [beat] = records(publisher, "F33")
    assert beat["payload"] == {"cycle_seconds": 86400, "watermark": "2026-01-05T00:00:00+08:00"}
    assert beat["subject"]["scheme"] == "source"


def test_heartbeats_come_as_often_as_declared(drop: Path) -> None:
    """A third of the cycle, at most a minute, by the clock that was given."""
    path = write_config(drop.parent, "file_drop", FAST, extra="alive_on: poll\n")
    moments = [NOW]
    with running(path, clock=lambda: moments[-1]) as (publisher, stats, _):
        wait_until(lambda: stats.count("heartbeats") == 1)
        moments.append(NOW + timedelta(seconds=61))
        wait_until(lambda: stats.count("heartbeats") == 2)
        moments.append(NOW + timedelta(seconds=100))
        threading.Event().wait(0.1)
    assert [one["version"] for one in records(publisher, "F33")] == [
        int(NOW.timestamp() * 1000), int(NOW.timestamp() * 1000) + 61_000
    ]  # fmt: skip


def test_what_lies_too_far_ahead_is_judged_by_the_time_of_capture(drop: Path) -> None:
    """So that a row sent again after a crash is judged as it was the first time."""
    path = drop / "a.csv"
    path.write_bytes(csv_bytes([row(1, 立案日期="2026-01-20")]))
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    publisher, _ = run_once(
        write_config(drop.parent, "file_drop", FAST), clock=lambda: NOW + timedelta(days=60)
    )
    assert publisher.letters[0].reason == "future_event"


def test_a_record_too_large_for_the_broker_is_buried(drop: Path) -> None:
    """It would be refused for ever, and hold up everything behind it."""
    path = write_config(drop.parent, "file_drop", FAST, mappings="format: canonical\n")
    wire = (
        b'{"schema": "F29/1.0", "record_id": "1", "version": 1, "op": "assert", "deep": '
        + b"[" * 900
        + b"]" * 900
    )
    (drop / "a.jsonl").write_bytes(wire + b"}\n")
    publisher, stats = run_once(path)
    assert stats.outcomes("quarantined") == 1
    assert len(publisher.letters) == 1


def test_a_large_dead_letter_is_cut_and_says_so() -> None:
    """The broker takes a megabyte; the length that was is in a header."""
    letter = DeadLetter("s", "r", "d", "p", b"x" * (MAX_WIRE_BYTES + 5), NOW)
    assert len(letter.body()) == MAX_WIRE_BYTES
    assert dict(letter.headers())["truncated_from"] == str(MAX_WIRE_BYTES + 5).encode()


def test_a_full_queue_is_served_until_there_is_room() -> None:
    """librdkafka's BufferError means: let deliveries be acknowledged, then try again."""
    calls: list[str] = []

    def send() -> None:
        calls.append("send")
        if len(calls) < 6:
            raise BufferError

    with_room(send, lambda _seconds: calls.append("serve") or 0, timeout=5)  # type: ignore[func-returns-value]
    assert calls == ["send", "serve", "send", "serve", "send", "serve", "send", "serve"]


def test_a_full_queue_that_stays_full_is_an_error() -> None:
    """After the time allowed."""

    def send() -> None:
        raise BufferError

    with pytest.raises(BufferError):
        with_room(send, lambda _seconds: 0, timeout=0.02)


def test_a_broker_that_is_away_is_one_sentence() -> None:
    """Place, what happened, remedy; what is queued is dropped, as it will be sent again."""
    publisher = KafkaPublisher("127.0.0.1:1", timeout=0.5)
    with pytest.raises(
        PublishError, match=r"broker 127\.0\.0\.1:1: .*; start the broker or correct its address"
    ):
        publisher.check()
    publisher.publish("ent:CN:1", "F04", b"{}")
    with pytest.raises(PublishError, match=r"broker 127\.0\.0\.1:1: "):
        publisher.flush()
    publisher.flush()


def test_a_queue_without_room_holds_the_caller_back() -> None:
    """With a broker away, publishing stops at the bound instead of filling the memory."""
    publisher = KafkaPublisher("127.0.0.1:1", timeout=0.3, queue_messages=5)

    def fill() -> None:
        for number in range(1000):
            publisher.publish(f"ent:CN:{number}", "F04", b"{}")

    with pytest.raises(PublishError, match=r"broker 127\.0\.0\.1:1"):
        fill()


def test_records_and_dead_letters_reach_a_broker() -> None:
    """librdkafka's own mock broker acknowledges both topics."""
    publisher = KafkaPublisher(
        "mock", timeout=10, options={"test.mock.num.brokers": "1", "bootstrap.servers": ""}
    )
    publisher.publish("ent:CN:1", "F04", b"{}")
    publisher.dead_letter(DeadLetter("s", "reason", "detail 细节", "a.csv:1", b"\xff", NOW))
    publisher.flush()


@pytest.mark.embedded
def test_an_entity_lies_where_workers_and_other_clients_look_for_it(embedded_broker: EmbeddedBroker) -> None:
    """librdkafka's own choice of partition is another than Kafka's."""
    prefix, names = "home", [f"ent:CN:{number}" for number in range(12)]
    make_topics(embedded_broker.bootstrap, f"{prefix}.records", partitions=4)
    publisher = KafkaPublisher(embedded_broker.bootstrap, prefix=prefix)
    for name in names:
        publisher.publish(name, "F04", b"{}")
    publisher.flush()
    worker = Producer(embedded_broker.bootstrap, idempotence=False, timeout=10.0)
    found = {one.key(): one.partition() for one in read(embedded_broker.bootstrap, f"{prefix}.records", 12)}
    assert found == {name.encode(): worker.home(f"{prefix}.records", name.encode()) for name in names}
    worker.close()


def test_an_error_of_the_broker_ends_a_single_run(drop: Path) -> None:
    """``once`` is for people who wait for the answer."""
    (drop / "a.csv").write_bytes(csv_bytes([row(1)]))

    class Away(MemoryPublisher):
        def flush(self) -> None:
            raise PublishError("broker x", "is away", "start it")

    config = load(write_config(drop.parent, "file_drop", FAST))
    with pytest.raises(PublishError, match="broker x: is away; start it"):
        run(config, Away(), stop=threading.Event(), once=True)
    assert (drop / "a.csv").exists()
