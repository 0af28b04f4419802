"""From the append of a record to its alert being readable on the bank's topic, at a steady rate."""

import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import confluent_kafka as kafka

from bench.arms import ARMS, Child, prepare
from bench.brokers import opened
from bench.load import head
from bench.plan import BANK
from bench.throughput import Say
from connectors.kafka import KafkaPublisher
from detectors.errors import FenghuoError
from streams.topics import Names

WARM_UP_SECONDS = 5.0
_DRAIN_SECONDS = 5.0
_TICK_SECONDS = 0.002
_BEHIND_SECONDS = 1.0


@dataclass(frozen=True)
class Latency:
    """Milliseconds from append to readable, over ``alerts`` alerts at ``rate`` records per second."""

    broker: str
    rate: float
    seconds: float
    alerts: int
    p50: float
    p99: float
    worst: float


class Listener:
    """A bank: reads its topic and notes when each alert could be read. Runs in a thread of its own."""

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        """Start reading at once."""
        self.seen: list[tuple[float, float]] = []
        self._stop = threading.Event()
        self._consumer = kafka.Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "bench-listener",  # required by librdkafka; nothing is joined or committed
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 10,
            }
        )
        self._consumer.assign([kafka.TopicPartition(topic, number, 0) for number in range(partitions)])
        self._thread = threading.Thread(target=self._read, name="bank", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._stop.is_set():
            message = self._consumer.poll(0.1)
            if message is not None and message.error() is None:
                headers = dict(message.headers() or [])
                appended = int(headers.get("fenghuo-appended") or 0)
                self.seen.append((appended / 1000, time.time()))

    def stop(self) -> None:
        """Read no more."""
        self._stop.set()
        self._thread.join()
        self._consumer.close()


def measure(kind: str, wires: list[bytes], model: Path, rate: float, partitions: int, say: Say) -> Latency:
    """Append records at ``rate`` per second to a running worker and listen at the bank.

    Raises:
        FenghuoError: the worker failed, or the records could not be appended at that rate.
    """
    seconds = len(wires) / rate
    say(f"{kind}: latency at {rate:,.0f} records/s for {seconds:.0f} s …")
    with (
        tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as directory,
        opened(kind, Path(directory)) as broker,
    ):
        stage = broker.stage("live", [], partitions, model)
        plan = stage.plan(ARMS["engine"], "engine")
        prepare(plan)
        with Child(ARMS["engine"], plan) as child:
            child.wait(plan.ready, 60.0)
            listener = Listener(broker.bootstrap, Names(plan.prefix).bank(BANK), partitions)
            publisher = KafkaPublisher(
                broker.bootstrap, prefix="live", idempotence=not broker.embedded, options={"linger.ms": "1"}
            )
            began = _pace(publisher, wires, rate)
            _drained(listener)
            listener.stop()
    steady = [read - appended for appended, read in listener.seen if appended >= began + WARM_UP_SECONDS]
    return _summary(kind, rate, seconds - WARM_UP_SECONDS, steady)


def _pace(publisher: KafkaPublisher, wires: list[bytes], rate: float) -> float:
    """Publish at the rate; returns when it began (seconds since 1970)."""
    heads = [(to.entity, to.feed) for to in map(head, wires)]
    wall, began = time.time(), time.monotonic()
    sent = 0
    while sent < len(wires):
        due = min(len(wires), int((time.monotonic() - began) * rate) + 1)
        for at in range(sent, due):
            publisher.publish(*heads[at], wires[at])
        sent = due
        time.sleep(_TICK_SECONDS)
    publisher.flush()
    late = time.monotonic() - began - len(wires) / rate
    if late > _BEHIND_SECONDS:
        problem = f"the last record was appended {late:.1f} s late"
        raise FenghuoError(f"{rate:,.0f} records/s", problem, "ask for lower --rates on this machine")
    return wall


def _drained(listener: Listener) -> None:
    """Wait until no alert has come for a while."""
    deadline, before = time.monotonic() + 2 * _DRAIN_SECONDS, -1
    while len(listener.seen) != before and time.monotonic() < deadline:
        before = len(listener.seen)
        time.sleep(_DRAIN_SECONDS / 5)


def _summary(kind: str, rate: float, seconds: float, latencies: list[float]) -> Latency:
    if not latencies:
        raise FenghuoError("latency", "no alert arrived after the warm-up", "measure for longer")
    ordered = [1000 * one for one in sorted(latencies)]
    p50, p99 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.50, 0.99))
    return Latency(kind, rate, seconds, len(ordered), p50, p99, ordered[-1])
