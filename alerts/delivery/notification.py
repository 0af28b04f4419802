"""The unit of work of the webhook dispatcher: one message for one subscriber, as it waits in the schedule."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

Desk = Literal["", "digest", "second"]


class Partition(msgspec.Struct, frozen=True, order=True):
    """A partition of the notifications topic; ``cluster`` is the id of the Kafka cluster it lives in.

    With the cluster, offsets of a broker that was replaced by an empty one are not mistaken for its own.
    """

    topic: str
    number: int
    cluster: str = ""


class Cover(msgspec.Struct, frozen=True):
    """A message of the notifications topic that is settled when something else is."""

    partition: Partition
    notification_id: str
    offset: int


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way to one subscriber: an alert, several together, a reminder.

    Args:
        notification_id: identity of the notification (alert, subscriber, level, revision).
        subscriber_id: who gets it.
        alert_id: becomes ``webhook-id``, by which the receiver recognises a repetition.
        body: the webhook's JSON text, the same bytes at every attempt.
        original: the bytes read from the topic, for the dead letter.
        partition: where it was read.
        offset: and at which offset.
        attempts: how many times it was sent so far.
        rejections: how many of those the receiver answered with 4xx or 3xx.
        entity: which firm it is about; empty for the digest. What is about one firm is sent in order.
        desk: empty, ``digest``, or ``second`` for the second contact.
        covers: messages of the topic that are told by it; None: the one it was read from.
        sent_as: the webhook id of the last attempt, which digests sent as one share; empty before the first.
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
    entity: str = ""
    desk: Desk = ""
    covers: tuple[Cover, ...] | None = None
    sent_as: str = ""

    @property
    def alerts(self) -> Sequence[Mapping[str, Any]]:
        """The alerts inside the body."""
        return alerts_in(json.loads(self.body))

    @property
    def lane(self) -> str:
        """Where in the schedule it waits; a subscriber id has no dot."""
        return lane_of(self.subscriber_id, self.desk)

    @property
    def settles(self) -> tuple[Cover, ...]:
        """What of the topic is done when this is."""
        if self.covers is not None:
            return self.covers
        return (Cover(self.partition, self.notification_id, self.offset),)

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
    revision: int
    jurisdiction: str = ""
    tier: dict[str, int] = {}
    points: list[dict[str, Any]] = []


_wire = msgspec.json.Decoder(_Wire)
_alert = msgspec.json.Decoder(_Alert)


def alerts_in(event: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The alerts in a webhook, whatever its type: one, several, or one that is told again."""
    data = event["data"]
    found: Sequence[Mapping[str, Any]] = data["alerts"] if "alerts" in data else [data.get("alert", data)]
    return found


def lane_of(subscriber_id: str, desk: Desk = "") -> str:
    """The lane of the schedule for one desk of a subscriber."""
    return f"{subscriber_id}.{desk}" if desk else subscriber_id


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
        entity=alert.entity,
    )


def to_wire(subscriber_id: str, notification_id: str, alert: Mapping[str, Any]) -> bytes:
    """The message of the notifications topic for one delivery, the inverse of :func:`read_notification`."""
    return msgspec.json.encode(
        {"subscriber_id": subscriber_id, "notification_id": notification_id, "alert": alert}
    )
