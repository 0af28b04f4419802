"""Replaying through a broker and a real worker process, on topics of the replay's own."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from connectors.datasets.item import OutcomeLabel
from connectors.publish import DeadLetter
from detectors.errors import FenghuoError
from detectors.record import epoch
from streams.access import librdkafka_options
from streams.assembly import make_publisher
from streams.brokers.process import free_port
from streams.demo.processes import Children, environment
from streams.demo.watch import Samples, counts, latest_assessments, scrape, total
from streams.engine.ticker import tick
from streams.engine.worker import ADVERSE, BENIGN
from streams.settings import Settings
from streams.topics import Names, apply

_QUIET_SECONDS = 60.0


class ClusterSink:
    """Publishes records and outcomes; a worker started here judges them."""

    def __init__(self, settings: Settings, directory: Path, said: Sequence[str] = ()) -> None:
        """``settings`` name the broker and a prefix nobody else uses; ``said`` are options the worker is given too."""
        self._settings, self._names = settings, Names(settings.prefix)
        apply(settings.broker, settings)
        self._publisher = make_publisher(settings)
        self._publisher.check()
        options = {"bootstrap.servers": settings.broker, "partitioner": "murmur2_random", "log_level": 0}
        self._others = Producer({**options, **librdkafka_options(settings.security)})
        self._port = free_port()
        self._children = Children(directory, _env(settings))
        self._children.start("worker", ["worker", "--metrics-port", str(self._port), *said])
        self.published = self.labels = 0
        self._end = 0

    def record(self, entity: str, feed: str, wire: bytes) -> None:
        """Publish one record."""
        self._publisher.publish(entity, feed, wire)
        self.published += 1

    def outcome(self, label: OutcomeLabel) -> None:
        """Publish one outcome."""
        self._others.produce(self._names.outcomes, label.to_wire(), label.entity.encode())
        self._others.poll(0)
        self.labels += label.outcome in ADVERSE | BENIGN

    def dead(self, letter: DeadLetter) -> None:
        """Publish one dead letter."""
        self._publisher.dead_letter(letter)

    def end(self, at: datetime) -> None:
        """Write the end of the calendar into every partition, behind everything else."""
        self._publisher.flush()
        self._end = epoch(at)
        key, value = tick(at)
        for partition in range(self._settings.partitions):
            self._others.produce(self._names.records, value, key, partition)

    def finish(self, progress: Callable[[int], None]) -> dict[str, Any]:
        """Wait until the worker has judged and learned everything, and sum up.

        Raises:
            FenghuoError: the worker ended, or nothing moved for a minute.
        """
        self._publisher.flush()
        self._others.flush(60)
        seen: Samples = {}
        done, moved = (-1, -1), time.monotonic()
        while done != (self.published, self.labels) or not self._ended(seen):
            self._children.check()
            seen = scrape(self._port)
            now = (total(seen, "fenghuo_records_total"), total(seen, "fenghuo_model_learned_total"))
            if now != done:
                done, moved = now, time.monotonic()
                progress(now[0])
            elif time.monotonic() - moved > _QUIET_SECONDS:
                where = (
                    f"{now[0]:,} of {self.published:,} records judged and {now[1]:,} of {self.labels:,} outcomes "
                    "learned, then nothing for a minute"
                )
                raise FenghuoError("replay", where, f"see {self._children.log('worker')}")
            time.sleep(0.2)
        return self._summary()

    def _ended(self, seen: Samples) -> bool:
        """Whether stream time has reached the end in every partition."""
        clocks = [value for _, value in seen.get("fenghuo_stream_clock_timestamp_seconds", [])]
        return sum(clock >= self._end for clock in clocks) == self._settings.partitions

    def _summary(self) -> dict[str, Any]:
        seen = scrape(self._port)
        found = latest_assessments(self._settings.broker, self._names.assessments, self._settings.partitions)
        told = Counter(one["told_tier"] for one in found.values())
        learned, scored = (
            total(seen, "fenghuo_model_learned_total"),
            total(seen, "fenghuo_model_scored_total"),
        )
        error = sum(value for _, value in seen.get("fenghuo_model_squared_error_total", []))
        return {
            "judged": dict(sorted(counts(seen, "fenghuo_records_total", "outcome").items())),
            "alerts": {
                "by_tier": dict(sorted(counts(seen, "fenghuo_alerts_total", "level").items())),
                "by_feed": dict(sorted(counts(seen, "fenghuo_alerts_total", "family").items())),
            },
            "enterprises": {name: told[name] for name in ("none", "blue", "yellow", "red")},
            "model": {"learned": learned, "brier": round(error / scored, 4) if scored else None},
        }

    def close(self) -> None:
        """Stop the worker."""
        self._children.__exit__()


def _env(settings: Settings) -> dict[str, str]:
    passed = (
        "broker",
        "broker_idempotence",
        "broker_rebalance_timeout",
        "broker_fetch_wait",
        "partitions",
        "prefix",
        "catalogue",
    )
    chosen = {name: value for name in passed if (value := getattr(settings, name)) is not None}
    return environment({**chosen, "clock": "log", "log_level": "warning"})  # the calendar of the data
