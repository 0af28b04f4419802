"""The retry schedule of webhooks: the port, and its twin in memory.

The schedule remembers, per *lane* (one per subscriber), what must be sent and when, and how far every
partition of the notifications topic has been read. Both are changed together, so a message is in the schedule
or will be read again, never neither. It is a working copy: the topic is the source. Two positions make that
safe:

- ``position``: the next offset to read. Kept in the schedule; a worker that starts, or takes over a
  partition, goes on from there.
- ``low_water``: the lowest offset whose notification is not settled (sent, given up or refused). Only this is
  committed to Kafka. When the schedule is emptied, reading starts again from the committed offset, so
  everything unsettled is scheduled anew; what was settled out of order above it is sent twice, and receivers
  drop it by ``webhook-id``.

A claimed notification is hidden for the length of a *lease* instead of being taken out: if the process dies,
it becomes due again by itself.
"""

import heapq
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from alerts.delivery.notification import Notification, Partition


class ScheduleUnavailableError(Exception):
    """The schedule cannot be reached now; what was asked did not happen, or will be harmless to ask again."""


class ScheduleEmptiedError(Exception):
    """The schedule no longer knows the partition: it was emptied and must be filled again from the topic."""


class Schedule(Protocol):
    """What the dispatcher needs of a schedule. All times are aware; lanes are subscriber ids.

    Every method raises :class:`ScheduleUnavailableError` when the schedule cannot be reached.
    """

    async def begin(self, partition: Partition, offset: int) -> None:
        """Set the position of a partition that has none, or whose topic was made anew."""

    async def position(self, partition: Partition) -> int | None:
        """Next offset to read, or None when the schedule does not know the partition."""

    async def put(
        self, partition: Partition, notifications: Sequence[Notification], next_offset: int, now: datetime
    ) -> int:
        """Schedule at ``now`` and set the position to ``next_offset``, in one step; returns the number added.

        Offsets below the position, ids already waiting and ids sent lately are skipped.

        Raises:
            ScheduleEmptiedError: the partition has no position.
        """

    async def claim(self, lane: str, now: datetime, lease: timedelta, limit: int) -> list[Notification]:
        """Up to ``limit`` due notifications, earliest first, hidden from others until ``now + lease``."""

    async def settle(self, notification: Notification, *, sent_memory: timedelta | None = None) -> None:
        """Forget a notification for good; for ``sent_memory`` an equal id is not scheduled again."""

    async def postpone(self, notification: Notification, due: datetime) -> None:
        """Keep it as it is now and make it due at ``due``; nothing if it was settled meanwhile."""

    async def next_due(self, lane: str) -> datetime | None:
        """When the lane needs attention next, or None when it is empty."""

    async def low_water(self, partition: Partition) -> int | None:
        """The offset that is safe to commit; None when the schedule does not know the partition."""

    async def lanes(self) -> set[str]:
        """Every lane that has held a notification, also of subscribers since removed."""

    async def disable(self, lane: str, url: str) -> None:
        """Remember that the receiver at ``url`` answered 410 Gone."""

    async def disabled(self, lane: str) -> str | None:
        """The address that is disabled, or None. A new address in the subscription is a new beginning."""

    async def enable(self, lane: str) -> None:
        """Forget a 410."""

    async def close(self) -> None:
        """Let go of connections."""


class MemorySchedule:
    """The same in memory, for tests and for a demo that may forget."""

    def __init__(self) -> None:
        self._positions: dict[Partition, int] = {}
        self._waiting: dict[str, dict[str, tuple[datetime, Notification]]] = {}
        self._sent: dict[tuple[str, str], datetime] = {}
        self._disabled: dict[str, str] = {}
        self._now: datetime | None = None

    async def begin(self, partition: Partition, offset: int) -> None:
        self._positions[partition] = offset

    async def position(self, partition: Partition) -> int | None:
        return self._positions.get(partition)

    async def put(
        self, partition: Partition, notifications: Sequence[Notification], next_offset: int, now: datetime
    ) -> int:
        if partition not in self._positions:
            raise ScheduleEmptiedError(f"{partition.topic}[{partition.number}] has no position")
        before, new = self._positions[partition], 0
        self._tick(now)
        for item in notifications:
            lane = self._waiting.setdefault(item.subscriber_id, {})
            known = item.notification_id in lane or (item.subscriber_id, item.notification_id) in self._sent
            if item.offset >= before and not known:
                lane[item.notification_id] = (now, item)
                new += 1
        self._positions[partition] = max(before, next_offset)
        return new

    async def claim(self, lane: str, now: datetime, lease: timedelta, limit: int) -> list[Notification]:
        self._tick(now)
        waiting = self._waiting.get(lane, {})
        ready = ((due, key) for key, (due, _) in waiting.items() if due <= now)
        items = [waiting[key][1] for _, key in heapq.nsmallest(limit, ready)]
        for item in items:
            waiting[item.notification_id] = (now + lease, item)
        return items

    async def settle(self, notification: Notification, *, sent_memory: timedelta | None = None) -> None:
        self._waiting.get(notification.subscriber_id, {}).pop(notification.notification_id, None)
        if sent_memory is not None and self._now is not None:
            key = (notification.subscriber_id, notification.notification_id)
            self._sent[key] = self._now + sent_memory

    async def postpone(self, notification: Notification, due: datetime) -> None:
        lane = self._waiting.get(notification.subscriber_id, {})
        if notification.notification_id in lane:
            lane[notification.notification_id] = (due, notification)

    async def next_due(self, lane: str) -> datetime | None:
        return min((due for due, _ in self._waiting.get(lane, {}).values()), default=None)

    async def low_water(self, partition: Partition) -> int | None:
        position = self._positions.get(partition)
        if position is None:
            return None
        waiting = (item for lane in self._waiting.values() for _, item in lane.values())
        return min(position, *(item.offset for item in waiting if item.partition == partition), position)

    async def lanes(self) -> set[str]:
        return set(self._waiting)

    async def disable(self, lane: str, url: str) -> None:
        self._disabled[lane] = url

    async def disabled(self, lane: str) -> str | None:
        return self._disabled.get(lane)

    async def enable(self, lane: str) -> None:
        self._disabled.pop(lane, None)

    async def close(self) -> None:
        """Nothing is held open."""

    def _tick(self, now: datetime) -> None:
        self._now = now
        self._sent = {key: until for key, until in self._sent.items() if until > now}
