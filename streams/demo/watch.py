"""Looking at a running system from outside: its ``/metrics`` pages and the topics of its banks."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import Consumer, Producer
from prometheus_client.parser import text_string_to_metric_families

Samples = Mapping[str, list[tuple[Mapping[str, str], float]]]
"""Sample name to (labels, value)."""


def scrape(port: int) -> Samples:
    """One look at a ``/metrics`` page on the loopback, read by Prometheus' own parser; empty while it is not up."""
    found: dict[str, list[tuple[Mapping[str, str], float]]] = {}
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as page:
            text = page.read().decode()
    except (urllib.error.URLError, OSError):
        return found
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def total(samples: Samples, name: str, **labels: str) -> int:
    """Sum of a counter over the label values given."""
    rows = samples.get(name, [])
    return int(sum(value for has, value in rows if all(has.get(key) == want for key, want in labels.items())))


def counts(samples: Samples, name: str, label: str) -> Counter[str]:
    """Sums of a counter by one label."""
    found: Counter[str] = Counter()
    for has, value in samples.get(name, []):
        found[has[label]] += int(value)
    return found


class BankWatch:
    """Reads the topics of all banks of the demonstration in a thread, as their clients would."""

    def __init__(self, broker: str, topics: Iterable[str]) -> None:
        """Start reading at once."""
        self.latest: deque[dict[str, Any]] = deque(maxlen=6)
        self.by_tier: Counter[str] = Counter()
        self.by_feed: Counter[str] = Counter()
        self.latencies: list[float] = []
        self._seen: set[tuple[str, str]] = set()
        self._stop = threading.Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": broker,
                "group.id": "demo-banks",
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 10,
                "session.timeout.ms": 2_000,  # the embedded broker keeps a joining member waiting for half of it
                "heartbeat.interval.ms": 300,
                "log_level": 0,
            }
        )
        self._consumer.subscribe(list(topics))
        self._thread = threading.Thread(target=self._read, name="banks", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._stop.is_set():
            message = self._consumer.poll(0.1)
            if message is not None and message.error() is None:
                headers = dict(message.headers() or [])
                self._take(message.topic() or "", json.loads(message.value() or b"{}"), headers)
        self._consumer.close()

    def _take(self, topic: str, alert: dict[str, Any], headers: Mapping[str, Any]) -> None:
        if (topic, alert["alert_id"]) in self._seen:
            return
        self._seen.add((topic, alert["alert_id"]))
        self.latencies.append(time.time() - int(headers["fenghuo-appended"]) / 1000)
        self.by_tier[alert["level_name"]] += 1
        self.by_feed[alert["feed_family"]] += 1
        self.latest.append(alert)

    def __len__(self) -> int:
        return len(self._seen)

    def stop(self) -> None:
        """Stop reading."""
        self._stop.set()
        self._thread.join(10)


class OutcomeFeed:
    """Publishes outcomes as they become known."""

    def __init__(self, broker: str, topic: str) -> None:
        """``topic`` is the outcomes topic."""
        self._producer = Producer(
            {"bootstrap.servers": broker, "partitioner": "murmur2_random", "log_level": 0}
        )
        self._topic = topic

    def __call__(self, entity: str, wire: bytes) -> None:
        """Queue one outcome."""
        self._producer.produce(self._topic, wire, entity.encode())
        self._producer.poll(0)

    def flush(self) -> None:
        """Wait until all are acknowledged."""
        self._producer.flush(30)


def latest_assessments(broker: str, topic: str, partitions: int) -> dict[str, dict[str, Any]]:
    """The last assessment of every entity, read from the compacted topic."""
    from streams.engine.restore import restore_chunks  # noqa: PLC0415 - only the summary needs it

    found: dict[str, dict[str, Any]] = {}
    for partition in range(partitions):
        for changes, _ in restore_chunks(broker, topic, partition):
            found.update((key.decode(), json.loads(value)) for key, value in changes if value is not None)
    return found
