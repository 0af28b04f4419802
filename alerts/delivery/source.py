"""Where notifications and the answers to them come from: the port, and a twin in memory."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from alerts.delivery.notification import Partition
from alerts.delivery.schedule import Schedule


class Logged(msgspec.Struct, frozen=True, gc=False):
    """One message; ``at`` is when it was logged, in epoch seconds."""

    offset: int
    value: bytes
    at: int


class Chunk(msgspec.Struct, frozen=True):
    """Consecutive messages of one partition; ``home`` is the partition of the notifications topic with its number."""

    partition: Partition
    messages: tuple[Logged, ...]
    home: Partition

    @property
    def answers(self) -> bool:
        """Whether these are answers of subscribers and not notifications."""
        return self.partition != self.home

    @property
    def next_offset(self) -> int:
        """Where reading goes on."""
        return self.messages[-1].offset + 1


class SourceUnavailableError(Exception):
    """The broker does not answer now."""


class Source(Protocol):
    """What the dispatcher needs of the two topics: notifications, and outcomes with the answers to them."""

    async def read(self) -> Sequence[Chunk]:
        """What arrived lately, perhaps nothing; waits a moment. Starts every partition at its position.

        Raises:
            SourceUnavailableError: the broker does not answer now; ask again.
        """

    async def rewind(self) -> None:
        """The schedule was emptied: start again from the committed offsets."""

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Make offsets durable, so that reading starts there when the schedule is lost."""

    def partitions(self) -> Sequence[Partition]:
        """The partitions read now, each begun at its position."""

    def homes(self) -> Sequence[Partition]:
        """Those of the notifications topic."""

    @property
    def spread(self) -> int:
        """Over how many partitions the notifications topic is spread."""

    def caught_up(self) -> bool:
        """Whether what was logged before the start is read: before that the clock must not remind of anything."""

    async def close(self) -> None:
        """Leave the group."""


class MemorySource:
    """One partition of each topic held in memory, for tests. ``committed`` is what a broker would remember of the
    notifications; ``now`` stamps what is read for the first time."""

    def __init__(
        self,
        schedule: Schedule,
        values: Sequence[bytes] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.partition = Partition("memory.notifications", 0)
        self.outcomes = Partition("memory.outcomes", 0)
        self.values = list(values)
        self.answers: list[bytes] = []
        self.committed = 0
        self.spread = 1
        self._schedule = schedule
        self._now = now
        self._stamps: dict[tuple[Partition, int], int] = {}
        self._next: dict[Partition, int] = {}

    async def read(self) -> Sequence[Chunk]:
        await asyncio.sleep(0.005)
        chunks = []
        for partition, values in ((self.outcomes, self.answers), (self.partition, self.values)):
            if partition not in self._next:
                committed = self.committed if partition == self.partition else None
                self._next[partition] = await start_at(self._schedule, partition, committed, 0)
            first = self._next[partition]
            logged = tuple(self._logged(partition, n, value) for n, value in enumerate(values[first:], first))
            self._next[partition] = len(values)
            chunks += [Chunk(partition, logged, self.partition)] if logged else []
        return chunks

    async def rewind(self) -> None:
        self._next = {}

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        self.committed = offsets.get(self.partition, self.committed)

    def partitions(self) -> Sequence[Partition]:
        return list(self._next)

    def homes(self) -> Sequence[Partition]:
        return [self.partition] if self._next else []

    def caught_up(self) -> bool:
        return True

    async def close(self) -> None:
        """Nothing is held open."""

    def _logged(self, partition: Partition, offset: int, value: bytes) -> Logged:
        at = self._stamps.setdefault((partition, offset), int(self._now().timestamp()))
        return Logged(offset, value, at)


async def start_at(schedule: Schedule, partition: Partition, committed: int | None, low: int) -> int:
    """The offset to begin a partition at, and make sure the schedule knows it.

    The schedule's own position if it has one; otherwise (schedule emptied or new) the oldest message (``low``), because
    what is known of every firm follows from all of them. What lies below the committed offset is not sent again.
    """
    position = await schedule.position(partition)
    if position is not None:
        return max(position, low)
    await schedule.begin(partition, low, committed or 0)
    return low
