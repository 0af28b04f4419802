"""Brokers shared by the tests, each started once per process, only when a test asks for it; and what begins first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.kafka import QUICK_JVM, KafkaCluster, missing
from streams.brokers.valkey import Valkey

# how long an example takes says something of the machine, not of the program
settings.register_profile("new examples", deadline=None)
settings.register_profile(
    "the same examples", deadline=None, derandomize=True, database=None, print_blob=True
)
settings.load_profile("the same examples" if os.environ.get("CI") else "new examples")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that may last long come first, so that no process is left alone with one; the rest at random.

    Each file goes to one process whole (``--dist loadfile``), because of its fixtures.
    """
    longest: dict[Path, float] = {}
    for item in items:
        longest[item.path] = max(longest.get(item.path, 0.0), _patience(item))
    items.sort(key=lambda item: longest[item.path], reverse=True)


def _patience(item: pytest.Item) -> float:
    """Seconds a test asks for, else whether it waits for a broker at all."""
    if timeout := item.get_closest_marker("timeout"):
        return float(timeout.args[0])
    return float(any(item.iter_markers("kafka")) or any(item.iter_markers("embedded")))


@pytest.fixture(scope="session")
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """The embedded broker; use a topic prefix of your own."""
    with EmbeddedBroker(tmp_path_factory.mktemp("embedded")) as broker:
        yield broker


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A Redis-protocol server; use a key prefix of your own."""
    with Valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="session")
def kafka_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where clusters keep their data; skips, saying why, when Apache Kafka cannot run here."""
    if why := missing():
        pytest.skip(f"Apache Kafka: {why}")
    return tmp_path_factory.mktemp("kafka")


@pytest.fixture(scope="session")
def kafka_broker(kafka_directory: Path) -> Iterator[KafkaCluster]:
    """One Apache Kafka broker without access control; use a topic prefix of your own."""
    # a killed worker is missed after a second or two, not after six
    extra = {"group.min.session.timeout.ms": "1000"}
    with KafkaCluster(kafka_directory / "one", extra=extra, jvm=QUICK_JVM) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def kafka_acl(kafka_directory: Path) -> Iterator[KafkaCluster]:
    """One Apache Kafka broker with access control and two banks, ``bank-a`` and ``bank-b``."""
    users = {"bank-a": "password-of-a", "bank-b": "password-of-b"}
    with KafkaCluster(kafka_directory / "acl", users=users, jvm=QUICK_JVM) as cluster:
        yield cluster


@pytest.fixture
def kafka_cluster3(kafka_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """Three Apache Kafka brokers of the test's own, to be killed and restarted; slow, so use it rarely."""
    with KafkaCluster(tmp_path_factory.mktemp("three"), brokers=3, jvm=QUICK_JVM) as cluster:
        yield cluster
