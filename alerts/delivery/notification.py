"""The unit of work of the webhook dispatcher: one alert for one subscriber, as it waits in the schedule."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec


class Partition(msgspec.Struct, frozen=True, order=True):
    """A partition of the notifications topic; ``cluster`` is the id of the Kafka cluster it lives in.

    With the cluster, offsets of a broker that was replaced by an empty one are not mistaken for its own.
    """

    topic: str
    number: int
    cluster: str = ""


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One alert on its way to one subscriber.

    Args:
        notification_id: identity of the notification (alert, subscriber, level, revision).
        subscriber_id: who gets it; also the lane of the schedule it waits in.
        alert_id: becomes ``webhook-id``, by which the receiver recognises a repetition.
        body: the webhook's JSON text, the same bytes at every attempt.
        original: the bytes read from the topic, for the dead letter.
        partition: where it was read.
        offset: and at which offset.
        attempts: how many times it was sent so far.
        rejections: how many of those the receiver answered with 4xx or 3xx.
    """

    notification_id: str
    subscriber_id: str
    alert_id: str
    body: str
    original: bytes
    partition: Partition
    offset: int
    attempts: int = 0
    rejections: int = 0

    @property
    def alert(self) -> Mapping[str, Any]:
        """The alert inside the body."""
        data: Mapping[str, Any] = json.loads(self.body)["data"]
        return data

    @property
    def place(self) -> str:
        """Topic, partition and offset, for people."""
        return place(self.partition, self.offset)


class UnreadableError(Exception):
    """A message of the notifications topic that is no notification; says what is missing."""


class _Wire(msgspec.Struct):
    subscriber_id: str
    notification_id: str
    alert: msgspec.Raw


class _Alert(msgspec.Struct):
    """What is needed to route and send; that it has the right types is checked here, once."""

    alert_id: str
    type: str
    at: str
    entity: str
    point: str
    level: int
    jurisdiction: str = ""
    tier: dict[str, int] = {}
    points: list[dict[str, Any]] = []


_wire = msgspec.json.Decoder(_Wire)
_alert = msgspec.json.Decoder(_Alert)


def place(partition: Partition, offset: int) -> str:
    """Topic, partition and offset, for people."""
    return f"{partition.topic}[{partition.number}]@{offset}"


def read_notification(value: bytes, partition: Partition, offset: int) -> Notification:
    """Decode one message ``{"subscriber_id", "notification_id", "alert"}`` of the notifications topic.

    A ``url`` in the message is not looked at: addresses come from the subscriptions alone, so that whoever
    may write to the topic cannot choose where requests go. The body follows the payload structure of the
    Standard Webhooks specification: type, timestamp, data.

    Raises:
        UnreadableError: with the field that is wrong.
    """
    try:
        wire = _wire.decode(value)
        alert = _alert.decode(wire.alert)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableError(f"no notification: {error}") from None
    for name, text in (("alert_id", alert.alert_id), ("notification_id", wire.notification_id)):
        # the alert id travels in an HTTP header
        if not (0 < len(text) <= 256 and text.isascii() and text.isprintable() and " " not in text):
            raise UnreadableError(f"{name} must be 1 to 256 printable ASCII characters without blanks")
    envelope = {"type": alert.type, "timestamp": alert.at, "data": wire.alert}
    return Notification(
        notification_id=wire.notification_id,
        subscriber_id=wire.subscriber_id,
        alert_id=alert.alert_id,
        body=msgspec.json.encode(envelope).decode(),
        original=value,
        partition=partition,
        offset=offset,
    )


def to_wire(subscriber_id: str, notification_id: str, alert: Mapping[str, Any]) -> bytes:
    """The message of the notifications topic for one delivery, the inverse of :func:`read_notification`."""
    return msgspec.json.encode(
        {"subscriber_id": subscriber_id, "notification_id": notification_id, "alert": alert}
    )
