"""Topics on a real broker: make, fill, read."""

import time
from collections.abc import Sequence

from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.engine.restore import partition_count
from tests.streams.wire import patiently


def make_topics(broker: str, *names: str, partitions: int = 2) -> None:
    admin = AdminClient({"bootstrap.servers": broker})  # kept in a name: it must outlive its futures
    made = admin.create_topics(
        [NewTopic(name, num_partitions=partitions, replication_factor=1) for name in names]
    )
    for future in made.values():
        future.result(timeout=10)


def publish(broker: str, topic: str, values: Sequence[bytes]) -> None:
    producer = Producer({"bootstrap.servers": broker, "acks": "all"})
    for number, value in enumerate(values):
        producer.produce(topic, value, key=str(number).encode())
    assert producer.flush(10) == 0


def read(broker: str, topic: str, count: int, seconds: float = 10.0) -> list[Message]:
    """The first ``count`` messages; AssertionError when they do not come."""
    consumer = Consumer({"bootstrap.servers": broker, "group.id": "reading", "auto.offset.reset": "earliest"})
    partitions = partition_count(consumer, topic)
    consumer.assign([TopicPartition(topic, number, 0) for number in range(partitions)])
    found: list[Message] = []
    deadline = time.monotonic() + seconds
    try:
        while len(found) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} messages in {topic}"
            found += [message for message in consumer.consume(10, 0.2) if message.error() is None]
    finally:
        consumer.close()
    return found


def committed(broker: str, group: str, topic: str, partitions: int = 2) -> int:
    """Sum of a group's committed offsets."""
    consumer = Consumer({"bootstrap.servers": broker, "group.id": group})
    try:
        places = [TopicPartition(topic, n) for n in range(partitions)]
        offsets = patiently(lambda: consumer.committed(places, timeout=10))
        return sum(max(0, one.offset) for one in offsets)
    finally:
        consumer.close()


def delete_topic(broker: str, name: str) -> None:
    """Delete and wait until it is gone."""
    admin = AdminClient({"bootstrap.servers": broker})
    admin.delete_topics([name])[name].result(timeout=10)
    deadline = time.monotonic() + 10
    while name in admin.list_topics(timeout=5).topics:
        assert time.monotonic() < deadline, f"{name} is still there"
        time.sleep(0.1)
