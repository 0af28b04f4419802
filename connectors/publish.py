"""The port records leave by, its twin in memory, and Kafka behind it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

MAX_WIRE_BYTES = 900_000
"""Largest value published: under the 1 MB a broker takes by default (``message.max.bytes``), with room for headers."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Input that could not become a record: its own bytes, where it stood, and why."""

    source_id: str
    reason: str
    detail: str
    place: str
    original: bytes
    observed_at: datetime

    def headers(self) -> list[tuple[str, bytes]]:
        """Header names and values of the message on ``<prefix>.dead-letters``; the value is the original."""
        headers = [
            ("reason", self.reason.encode()),
            ("detail", self.detail.encode()),
            ("place", self.place.encode(errors="surrogateescape")),
            ("source_id", self.source_id.encode()),
            ("observed_at", self.observed_at.isoformat().encode()),
        ]
        if len(self.original) > MAX_WIRE_BYTES:
            headers.append(("truncated_from", str(len(self.original)).encode()))
        return headers

    def body(self) -> bytes:
        """The original bytes, cut to what a broker takes; ``truncated_from`` then tells the length."""
        return self.original[:MAX_WIRE_BYTES]


class Publisher(Protocol):
    """Where records and dead letters go. Nothing counts as sent before :meth:`flush` has returned."""

    def publish(self, entity: str, feed: str, wire: bytes) -> None:
        """Hand over one validated record; blocks while too much is unacknowledged."""

    def dead_letter(self, letter: DeadLetter) -> None:
        """Hand over one dead letter; blocks while too much is unacknowledged."""

    def flush(self) -> None:
        """Return when everything handed over is acknowledged.

        Raises:
            PublishError: naming the broker and a remedy; nothing since the last flush may be relied on.
        """


@dataclass
class MemoryPublisher:
    """The twin for tests and for commands without a broker: keeps what it gets, calls ``on_flush`` if given."""

    records: list[tuple[str, str, bytes]] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    on_flush: Callable[[], None] | None = None

    def publish(self, entity: str, feed: str, wire: bytes) -> None:
        """Keep ``(entity, feed, wire)``."""
        self.records.append((entity, feed, wire))

    def dead_letter(self, letter: DeadLetter) -> None:
        """Keep the letter."""
        self.letters.append(letter)

    def flush(self) -> None:
        """Everything kept is as good as acknowledged."""
        if self.on_flush is not None:
            self.on_flush()
