"""What every connector must do, written once; each kind brings a harness that puts rows into its source."""

import json
import os
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.checkpoint import Checkpoint
from connectors.config import load
from connectors.errors import CheckpointError, PublishError
from connectors.publish import MemoryPublisher
from tests.connectors.helpers import Cells, ids, record_id, records, row, running, wait_until

ROOT = Path(__file__).parents[2]
BATCH = 10


class Harness(ABC):
    """A source of one kind that a test can fill."""

    config: Path

    @abstractmethod
    def feed(self, rows: list[Cells]) -> None:
        """Make rows available at the source, after those given before."""

    @abstractmethod
    def original(self, cells: Cells) -> bytes:
        """The bytes a dead letter about this row must carry."""

    def started(self, address: Callable[[], str]) -> None:  # noqa: B027 - most sources need not know
        """Called whenever a connector has been started; sources that are sent to learn where."""

    def close(self) -> None:  # noqa: B027 - most sources hold nothing
        """Let go of servers and threads."""


class Behaviour:
    """Subclass with a ``harness`` fixture; every test runs for every kind of source."""

    @pytest.fixture
    def harness(self, tmp_path: Path) -> Iterator[Harness]:
        raise NotImplementedError

    @contextmanager
    def connected(self, harness: Harness, publisher: Any = None, **options: Any) -> Iterator[tuple[Any, Any]]:
        with running(harness.config, publisher, **options) as (used, stats, _):
            harness.started(lambda: stats.address)
            yield used, stats

    def test_every_row_becomes_one_record(self, harness: Harness) -> None:
        """Rows are mapped, validated and published under their entity; counts agree."""
        harness.feed([row(number) for number in range(1, 26)])
        with self.connected(harness) as (publisher, stats):
            wait_until(lambda: stats.outcomes("accepted", "F04") == 25)
        assert sorted(ids(publisher)) == sorted((record_id(number), 1) for number in range(1, 26))
        assert {entity for entity, feed, _ in publisher.records if feed == "F04"} == {
            one["entity"] for one in records(publisher)
        }
        assert stats.count("rows") == 25
        assert not publisher.letters

    def test_rows_that_come_later_are_published_later(self, harness: Harness) -> None:
        """A running connector picks up what is new."""
        harness.feed([row(1)])
        with self.connected(harness) as (publisher, _):
            wait_until(lambda: len(ids(publisher)) == 1)
            harness.feed([row(2), row(1, version=2, amount="150")])
            wait_until(lambda: len(ids(publisher)) == 3)
        assert set(ids(publisher)) == {(record_id(1), 1), (record_id(2), 1), (record_id(1), 2)}

    def test_a_restart_neither_loses_nor_doubles(self, harness: Harness) -> None:
        """The checkpoint is the only memory between two runs."""
        harness.feed([row(number) for number in range(1, 16)])
        with self.connected(harness) as (first, stats):
            wait_until(lambda: stats.outcomes("accepted", "F04") == 15)
        harness.feed([row(number) for number in range(16, 31)])
        with self.connected(harness) as (second, stats):
            wait_until(lambda: stats.outcomes("accepted", "F04") >= 15)
        assert sorted(ids(first) + ids(second)) == sorted((record_id(number), 1) for number in range(1, 31))

    def test_kill_9_loses_nothing_and_what_is_sent_again_is_identical(self, harness: Harness) -> None:
        """A real process is killed in the middle of its work; the next one goes on."""
        harness.feed([row(number) for number in range(1, 121)])
        output = harness.config.with_name("sent.jsonl")
        with child(harness, output, 0.02) as process:  # two seconds for the kill to come in time
            wait_until(lambda: len(sent(output)) >= 35, 30)
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait(10) == -signal.SIGKILL
        before = len(sent(output))
        assert before < 120, "the process was killed too late to prove anything"
        with child(harness, output, 0) as process:
            wait_until(lambda: len({(i, v) for i, v, _ in sent(output)}) >= 120, 30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        given = sent(output)
        assert {(i, v) for i, v, _ in given} == {(record_id(number), 1) for number in range(1, 121)}
        assert len({wire for _, _, wire in given}) == 120, "a record sent again differs from the first"
        assert len(given) - 120 <= BATCH, "more than one batch was sent again"

    def test_a_broker_that_goes_away_costs_nothing(self, harness: Harness) -> None:
        """Nothing is remembered that was not acknowledged."""
        publisher = Unreliable(failures=2)
        harness.feed([row(number) for number in range(1, 16)])
        with self.connected(harness, publisher) as (_, stats):
            wait_until(
                lambda: {i for i, _ in publisher.acknowledged()} >= {record_id(n) for n in range(1, 16)}
            )
        assert stats.count("errors") >= 1
        assert "broker" in stats.last_error

    def test_a_slow_broker_holds_the_source_back(self, harness: Harness) -> None:
        """Never more than one batch is in hand: the source is read only as fast as the broker takes."""
        gate, opened = threading.Event(), list[bool]()
        publisher = MemoryPublisher(on_flush=lambda: opened.append(gate.wait(20)))
        harness.feed([row(number) for number in range(1, 101)])
        with self.connected(harness, publisher) as (_, stats):
            wait_until(lambda: len(publisher.records) > 0)
            held = threading.Event()
            held.wait(0.2)  # time in which a connector without back-pressure would read everything
            assert stats.count("rows") <= BATCH
            gate.set()
            wait_until(lambda: stats.outcomes("accepted", "F04") == 100)

    def test_bad_rows_are_buried_with_their_bytes_and_the_rest_goes_on(self, harness: Harness) -> None:
        """A broken identifier, a cell that is not in the list of values, an amount that is none."""
        bad = [
            row(1, 信用代码="91330604000000019X"),
            row(2, 状态="不明"),
            row(3, 执行标的="面议"),
        ]
        harness.feed([*bad, row(4)])
        with self.connected(harness) as (publisher, stats):
            wait_until(lambda: len(ids(publisher)) == 1 and len(publisher.letters) == 3)
        assert ids(publisher) == [(record_id(4), 1)]
        letters = publisher.letters
        assert [letter.reason for letter in letters] == [
            "invalid_identifier",
            "mapping_failed",
            "mapping_failed",
        ]
        assert [letter.original for letter in letters] == [harness.original(cells) for cells in bad]
        assert len({letter.place for letter in letters}) == 3
        assert "column '状态': '不明' is not one of its values" in letters[1].detail
        assert stats.outcomes("quarantined") == 3

    def test_the_source_is_shown_to_live(self, harness: Harness) -> None:
        """A heartbeat record of the source itself, with its cycle, once it has answered."""
        harness.feed([row(1)])
        with self.connected(harness) as (publisher, stats):
            wait_until(lambda: stats.count("heartbeats") >= 1 and bool(ids(publisher)))
        beat = records(publisher, "F33")[0]
        assert beat["op"] == "heartbeat"
        assert beat["entity"] == "src:cn.330604.court"
        assert beat["payload"]["cycle_seconds"] == 86400
        now = stats.snapshot()
        assert now["last_success"] is not None
        # of every first statement, whether or not it says when it was published
        measured = now["record_lags"]["observation"]  # type: ignore[index]  # numbers by name, of several kinds
        assert measured[0] == 1
        captured = datetime.fromisoformat(records(publisher, "F04")[0]["observed_at"])
        began = datetime.fromisoformat(records(publisher, "F04")[0]["occurred_at"])
        assert measured[1] == (captured - began).total_seconds()

    def test_one_connector_per_checkpoint(self, harness: Harness) -> None:
        """Two at once would send everything twice."""
        config = load(harness.config)
        with (
            Checkpoint.open(config.checkpoint_path(), config.source_id, config.connector),
            pytest.raises(CheckpointError, match=r"another connector for cn\.330604\.court is running"),
            self.connected(harness),
        ):
            pass


class Unreliable(MemoryPublisher):
    """Refuses the first flushes; remembers what was acknowledged."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self._failures = failures
        self._acknowledged = 0

    def flush(self) -> None:
        if self._failures:
            self._failures -= 1
            del self.records[self._acknowledged :]
            raise PublishError("broker test", "is away", "start it")
        self._acknowledged = len(self.records)

    def acknowledged(self) -> list[tuple[str, int]]:
        """(record id, version) of what a consumer would see."""
        made = [json.loads(wire) for _, feed, wire in self.records[: self._acknowledged] if feed == "F04"]
        return [(one["record_id"], one["version"]) for one in made]


@contextmanager
def child(harness: Harness, output: Path, delay: float) -> Iterator[subprocess.Popen[bytes]]:
    """The connector as a process of its own."""
    command = [sys.executable, "-m", "tests.connectors.child", str(harness.config), str(output), str(delay)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    try:
        harness.started(lambda: port_of(harness.config))
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        _, errors = process.communicate(timeout=10)
        assert not errors, errors.decode()


def port_of(config: Path) -> str:
    """The address a push connector has written down, empty before it has."""
    port = config.with_name("port")
    return f"http://127.0.0.1:{port.read_text().strip()}" if port.exists() else ""


def sent(output: Path) -> list[tuple[str, int, str]]:
    """(record id, version, bytes) of every record a child has published; the last line may be half written."""
    if not output.exists():
        return []
    lines = output.read_text("utf-8").split("\n")[:-1]
    wires = [entry["wire"] for line in lines if (entry := json.loads(line)).get("feed") == "F04"]
    return [(one["record_id"], one["version"], wire) for wire in wires for one in [json.loads(wire)]]
