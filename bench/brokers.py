"""The brokers a measurement runs on, each with what the machine must have for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import engine, load
from bench.arms import Stage
from bench.plan import BANK, Plan
from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.kafka import KafkaCluster, missing
from streams.topics import apply

TITLES = {"embedded": "embedded broker (Tansu)", "kafka": "Apache Kafka"}
HEAP_MB = 768


def unavailable(kind: str) -> str | None:
    """Why this broker cannot be used here, None when it can."""
    return missing() if kind == "kafka" else None


@dataclass(frozen=True)
class Opened:
    """A running broker."""

    bootstrap: str
    pid: int | None
    embedded: bool
    directory: Path

    def stage(self, prefix: str, wires: list[bytes], partitions: int, model: Path) -> Stage:
        """Put the records on it, under ``prefix``."""
        topics = Plan("load", self.bootstrap, self.embedded, "", prefix, 0, partitions, self.directory, model)
        apply(self.bootstrap, engine.settings(topics), [BANK])
        load.publish(self.bootstrap, prefix, wires, embedded=self.embedded)
        return Stage(
            self.bootstrap, self.embedded, self.pid, prefix, len(wires), partitions, self.directory, model
        )


@contextmanager
def opened(kind: str, directory: Path) -> Iterator[Opened]:
    """Start a broker of this kind with nothing on it, its data below ``directory``."""
    if kind == "embedded":
        with EmbeddedBroker(directory / "broker") as tansu:
            yield Opened(tansu.bootstrap, tansu.pid, True, directory)
    else:
        with KafkaCluster(directory / "broker", heap_mb=HEAP_MB) as kafka:
            yield Opened(kafka.bootstrap, kafka.pid(1), False, directory)
