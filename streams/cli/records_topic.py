"""What lies in the topics, read back from the broker: the records of one entity, an alert by its id."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from kafka.partitioner import murmur2  # type: ignore[import-untyped]  # kafka-python ships no types

from alerts.delivery.answer import Answer, read_answer
from detectors.errors import FenghuoError
from detectors.explanation import Place
from detectors.record import Record, decode
from streams.access import librdkafka_options
from streams.assembly import require_topics
from streams.engine.exchange import ENTITY as EXCHANGE
from streams.engine.raw import RawRecord
from streams.engine.restore import partition_count, passing
from streams.settings import Settings
from streams.topics import Names

_SILENCE_SECONDS = 30.0


class Lying(NamedTuple):
    """A record and where it lies."""

    record: Record
    place: Place


def log_of(settings: Settings, entity: str) -> Iterator[Lying]:
    """Every record of ``entity`` that the topic still holds, and what partitions told each other in the one it lies
    in, with their places, in the order of the log; no other partition is read.

    Raises:
        FenghuoError: no broker, no such topic, or the broker stops answering on the way.
    """
    topic = Names(settings.prefix).records
    keys = (entity.encode(), EXCHANGE.encode())
    for message in _read(settings, topic, _home(keys[0])):
        if message.key() in keys and message.value():
            place = Place(topic, _number(message.partition()), _number(message.offset()))
            yield Lying(decode(_value(message)), place)


def alert_of(settings: Settings, wanted: str) -> dict[str, Any]:
    """The alert whose id begins so; reads the topic of alerts.

    Raises:
        FenghuoError: no broker, no such topic, no such alert, or more than one.
    """
    place = f"{Names(settings.prefix).alerts} on {settings.broker}"
    return chosen(wanted, alerts_of(settings), place)


def alerts_of(settings: Settings) -> Iterator[dict[str, Any]]:
    """Every alert that the topic of alerts still holds.

    Raises:
        FenghuoError: no broker, no such topic, or the broker stops answering on the way.
    """
    return (json.loads(_value(one)) for one in _read(settings, Names(settings.prefix).alerts) if one.value())


def partitions_of(settings: Settings) -> dict[int, Iterator[RawRecord]]:
    """The log of each partition of the records, read when it is walked through.

    Raises:
        FenghuoError: no broker, no such topic, or the broker stops answering on the way.
    """
    topic = Names(settings.prefix).records
    require_topics(settings, [topic])
    consumer = Consumer(_options(settings))
    try:
        numbers = range(partition_count(consumer, topic))
    except KafkaException as error:
        raise _unreadable(f"{topic} on {settings.broker}", error.args[0].str()) from None
    finally:
        consumer.close()
    return {number: _raw(settings, topic, number) for number in numbers}


def _raw(settings: Settings, topic: str, number: int) -> Iterator[RawRecord]:
    for one in _read(settings, topic, lambda _: number):
        yield RawRecord(_number(one.offset()), None, one.value(), (), 0)


def answers_about(settings: Settings, entity: str) -> Iterator[Answer]:
    """What subscribers answered to alerts about an entity, oldest first.

    Raises:
        FenghuoError: no broker, no such topic, or the broker stops answering on the way.
    """
    for message in _read(settings, Names(settings.prefix).outcomes, _home(entity.encode())):
        answer = read_answer(_value(message)) if message.value() else None
        if answer is not None and answer.entity == entity:
            yield answer


def chosen(wanted: str, alerts: Iterable[dict[str, Any]], place: str) -> dict[str, Any]:
    """The alert whose id begins so.

    Raises:
        FenghuoError: there is none, or more than one; names ``place``.
    """
    found = {str(one["alert_id"]): one for one in alerts if str(one.get("alert_id", "")).startswith(wanted)}
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise FenghuoError(place, f"holds no alert {wanted}", "check the id, or give an entity id (ent:…)")
    raise FenghuoError(
        place, f"holds {len(found)} alerts whose id begins with {wanted}", "give more of the id"
    )


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "bootstrap.servers": settings.broker,
        "group.id": f"{settings.prefix}.history",  # required by librdkafka; nothing is joined or committed
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "log_level": 0,
        **librdkafka_options(settings.security),
    }


def _home(key: bytes) -> Callable[[int], int]:
    """Which of so many partitions a key lies in, by the partitioner of every client that writes here."""
    return lambda count: int((murmur2(key) & 0x7FFFFFFF) % count)


def _read(settings: Settings, topic: str, which: Callable[[int], int] | None = None) -> Iterator[Message]:
    """Everything in one partition, chosen by how many there are (None: in all of them), to its end."""
    require_topics(settings, [topic])
    consumer = Consumer(_options(settings))
    try:
        count = partition_count(consumer, topic)
        numbers = range(count) if which is None else [which(count)]
        consumer.assign([TopicPartition(topic, number, 0) for number in numbers])
        yield from _to_the_end(consumer, len(numbers), f"{topic} on {settings.broker}")
    except KafkaException as error:
        raise _unreadable(f"{topic} on {settings.broker}", error.args[0].str()) from None
    finally:
        consumer.close()


def _to_the_end(consumer: Consumer, partitions: int, place: str) -> Iterator[Message]:
    heard = time.monotonic()
    while time.monotonic() - heard < _SILENCE_SECONDS:
        message: Message | None = consumer.poll(0.5)
        if message is None:
            continue
        error = message.error()
        if error is not None and passing(error):
            continue  # no sign of life
        heard = time.monotonic()
        if error is None:
            yield message
        elif error.code() == KafkaError._PARTITION_EOF:
            partitions -= 1
            if not partitions:
                return
        else:
            raise _unreadable(place, error.str())
    raise _unreadable(place, f"nothing came for {_SILENCE_SECONDS:g} s")


def _value(message: Message) -> bytes:
    value: Any = message.value()
    return bytes(value)


def _number(value: int | None) -> int:
    """Partition and offset of a message that was consumed are always known."""
    return -1 if value is None else value


def _unreadable(place: str, problem: str) -> FenghuoError:
    return FenghuoError(place, f"cannot be read to its end ({problem})", "check the broker and try again")
