"""Where notifications end that could not or may not be delivered: the ``dead-letters`` topic, bytes kept."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec
from confluent_kafka import KafkaError, KafkaException, Message, Producer


class Undelivered(msgspec.Struct, frozen=True, kw_only=True):
    """A notification that ends here.

    Args:
        subscriber_id: who should have got it; empty when the message could not be read.
        reason: a word of a closed set: a :class:`alerts.policy.retry.Cause`, a
            :class:`alerts.policy.routing.Reason`, ``no_address`` or ``unreadable``.
        detail: a sentence for people.
        place: topic, partition and offset of the message.
        original: its bytes.
        observed_at: when it was given up.
    """

    subscriber_id: str
    reason: str
    detail: str
    place: str
    original: bytes
    observed_at: datetime

    @property
    def source_id(self) -> str:
        """Key on the topic, beside the ids of record sources."""
        return f"webhook.{self.subscriber_id}" if self.subscriber_id else "webhook"


class DeadLetterError(Exception):
    """The dead letter was not acknowledged; the notification stays where it is."""


class DeadLetters(Protocol):
    """What the dispatcher needs to put a notification aside."""

    async def send(self, letter: Undelivered) -> None:
        """Returns when the letter is safe.

        Raises:
            DeadLetterError: it is not.
        """

    async def close(self) -> None:
        """Let go of connections."""


class MemoryDeadLetters:
    """The same in memory."""

    def __init__(self) -> None:
        self.letters: list[Undelivered] = []

    async def send(self, letter: Undelivered) -> None:
        self.letters.append(letter)

    async def close(self) -> None:
        """Nothing is held open."""


class KafkaDeadLetters:
    """Publishes to the dead-letters topic and waits for the acknowledgement of all replicas.

    Args:
        broker: ``host:port``, several separated by commas.
        topic: the dead-letters topic.
        config: further librdkafka settings (TLS, SASL).
        timeout: seconds to wait for the acknowledgement.
    """

    def __init__(
        self, broker: str, topic: str, config: Mapping[str, str] | None = None, timeout: float = 10.0
    ) -> None:
        self._topic = topic
        self._timeout = timeout
        settings: dict[str, str | int | float | bool] = {
            "bootstrap.servers": broker,
            "acks": "all",
            "message.timeout.ms": int(timeout * 1000),
            **(config or {}),
        }
        self._producer = Producer(settings)

    async def send(self, letter: Undelivered) -> None:
        await asyncio.to_thread(self._send, letter)

    async def close(self) -> None:
        await asyncio.to_thread(self._producer.flush, self._timeout)

    def _send(self, letter: Undelivered) -> None:
        outcome: list[KafkaError | None] = []

        def acknowledged(error: KafkaError | None, _message: Message) -> None:
            outcome.append(error)

        headers = {
            "reason": letter.reason,
            "detail": letter.detail,
            "place": letter.place,
            "source_id": letter.source_id,
            "observed_at": letter.observed_at.isoformat(),
        }
        try:
            self._producer.produce(
                self._topic,
                key=letter.source_id.encode(),
                value=letter.original,
                headers=[(name, text.encode()) for name, text in headers.items()],
                on_delivery=acknowledged,
            )
        except (KafkaException, BufferError) as error:
            raise DeadLetterError(f"{self._topic}: {error}") from None
        while not outcome:  # ends at the latest with message.timeout.ms, which calls back with an error
            self._producer.poll(0.1)
        if outcome[0] is not None:
            raise DeadLetterError(f"{self._topic}: {outcome[0].str()}")
