"""Small clients for the broker tests: write some records, read them back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from streams.access import Security, librdkafka_options
from streams.engine.restore import passing
from streams.settings import Settings

PATIENCE = 20.0

T = TypeVar("T")


def patiently(ask: Callable[[], T], seconds: float = PATIENCE) -> T:
    """What a broker answers, asked again while it refuses for a passing reason: a leader is chosen, a coordinator
    moves, it does not know of a topic yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except KafkaException as error:
            if not passing(error.args[0]) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def own_settings(**values: object) -> Settings:
    """Settings with a topic prefix nobody else uses."""
    return Settings(prefix=f"t{uuid.uuid4().hex[:8]}", **values)


def produce(
    bootstrap: str, topic: str, values: list[bytes], security: Security | None = None, **options: object
) -> None:
    """Write to partition 0 with confluent-kafka and wait until all is acknowledged; KafkaException when it is not."""
    failed: list[KafkaError] = []
    conf = {"bootstrap.servers": bootstrap, "acks": "all", "log_level": 0, **options}
    producer = Producer(conf | librdkafka_options(security or Security()))
    for value in values:
        producer.produce(
            topic, value, partition=0, on_delivery=lambda error, _: error and failed.append(error)
        )
    left = producer.flush(PATIENCE)
    if failed:
        raise KafkaException(failed[0])
    assert left == 0


def consume(bootstrap: str, topic: str, count: int, security: Security | None = None) -> list[bytes]:
    """The first ``count`` values of partition 0, read with confluent-kafka."""
    conf = {"bootstrap.servers": bootstrap, "group.id": "none", "log_level": 0, "enable.auto.commit": False}
    consumer = Consumer(conf | librdkafka_options(security or Security()))
    consumer.assign([TopicPartition(topic, 0, 0)])
    found: list[bytes] = []
    deadline = time.monotonic() + PATIENCE
    try:
        while len(found) < count and time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is not None and message.error() is None:
                found.append(message.value() or b"")
    finally:
        consumer.close()
    return found
