"""The retry schedule of webhooks: the port, and its twin in memory.

The schedule remembers, per *lane* (the desks of a subscriber), what must be sent and when; how far every partition of
the topics has been read; and what the desks (:mod:`alerts.policy.desk`) have come to know by then. All three are
changed together, so a message is in the schedule or will be read again, never neither. It is a working copy: the topics
are the source. Three numbers make that safe:

- ``position``: the next offset to read. Kept in the schedule; a worker that starts, or takes over a
  partition, goes on from there.
- ``low_water``: the lowest offset whose notification is not settled (sent, given up, refused or dropped); one that
  waits for company or for a cool-down is not. Only this is committed to Kafka. When the schedule is emptied, reading
  starts again from the beginning of the topic, so that the desks come to know the same; what lies below the committed
  offset (``settled``) is not sent again, everything else is. What was settled out of order above it is sent twice, and
  receivers drop it by ``webhook-id``.
- ``version``: counts the changes of what the desks of a partition know. Of two dispatchers that believe the partition
  theirs, the slower one is refused and reads again.

A claimed notification is hidden for the length of a *lease* instead of being taken out: if the process dies,
it becomes due again by itself.
"""

import heapq
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from alerts.delivery.notification import Cover, Notification, Partition


class ScheduleUnavailableError(Exception):
    """The schedule cannot be reached now; what was asked did not happen, or will be harmless to ask again."""


class ScheduleEmptiedError(Exception):
    """The schedule no longer knows the partition as we do: it was emptied, or somebody else went on with it. What is
    known must be read again."""


class Memory(msgspec.Struct, frozen=True):
    """What the desks of a partition know, as kept: ``files`` by name."""

    version: int
    settled: int
    files: Mapping[str, bytes]


class Change(msgspec.Struct, frozen=True):
    """What the desks of ``home`` learned since ``version``.

    Args:
        home: their partition of the notifications topic.
        version: the one they knew.
        opened: messages of the topic that wait, as (subscriber id, message).
        dropped: those that need not be sent any more.
        files: what to keep; None: forget.
        gather: how long digests wait for those of other partitions.
    """

    home: Partition
    version: int
    opened: Sequence[tuple[str, Cover]] = ()
    dropped: Sequence[tuple[str, Cover]] = ()
    files: Mapping[str, bytes | None] = {}
    gather: timedelta = timedelta(0)


class Schedule(Protocol):
    """What the dispatcher needs of a schedule. All times are aware; lanes are subscriber ids.

    Every method raises :class:`ScheduleUnavailableError` when the schedule cannot be reached.
    """

    async def begin(self, partition: Partition, offset: int, settled: int = 0) -> None:
        """Set the position of a partition that has none, or whose topic was made anew; below ``settled`` everything
        was sent."""

    async def position(self, partition: Partition) -> int | None:
        """Next offset to read, or None when the schedule does not know the partition."""

    async def put(
        self,
        partition: Partition,
        notifications: Sequence[Notification],
        next_offset: int,
        now: datetime,
        change: Change | None = None,
    ) -> int:
        """Schedule at ``now``, set the position to ``next_offset`` and keep what the desks learned, in one step.

        Returns the number added. Ids already waiting or sent lately are skipped, and so are single messages from
        below the position unless they come with a change.

        Raises:
            ScheduleEmptiedError: the partition has no position, or its desks another version.
        """

    async def load(self, home: Partition) -> Memory | None:
        """What the desks of a partition know; None when the schedule does not know the partition."""

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

    async def close(self) -> None:
        """Let go of connections."""


class MemorySchedule:
    """The same in memory, for tests and for a demo that may forget."""

    def __init__(self) -> None:
        self._positions: dict[Partition, int] = {}
        self._settled: dict[Partition, int] = {}
        self._versions: dict[Partition, int] = {}
        self._files: dict[Partition, dict[str, bytes]] = {}
        self._open: dict[Partition, set[tuple[int, str, str]]] = {}
        self._waiting: dict[str, dict[str, tuple[datetime, Notification]]] = {}
        self._sent: dict[tuple[str, str], datetime] = {}
        self._disabled: dict[str, str] = {}
        self._now: datetime | None = None

    async def begin(self, partition: Partition, offset: int, settled: int = 0) -> None:
        self._positions[partition] = offset
        self._settled[partition] = settled
        self._versions[partition] = self._versions.get(partition, 0) + 1
        self._files[partition] = {}

    async def position(self, partition: Partition) -> int | None:
        return self._positions.get(partition)

    async def put(
        self,
        partition: Partition,
        notifications: Sequence[Notification],
        next_offset: int,
        now: datetime,
        change: Change | None = None,
    ) -> int:
        if partition not in self._positions or (
            change is not None and self._versions.get(change.home) != change.version
        ):
            raise ScheduleEmptiedError(
                f"{partition.topic}[{partition.number}] has no position, or another version"
            )
        before = self._positions[partition]
        self._tick(now)
        for who, cover in change.opened if change else ():
            self._reopen(who, cover)
        gather = change.gather if change else timedelta(0)
        new = sum(
            self._add(item, now + gather if item.desk == "digest" else now)
            for item in notifications
            if change is not None or item.offset >= before
        )
        for who, cover in change.dropped if change else ():
            self._close(who, cover)
        if change is not None:
            self._keep(change)
        self._positions[partition] = max(before, next_offset)
        return new

    def _add(self, item: Notification, due: datetime) -> bool:
        lane = self._waiting.setdefault(item.lane, {})
        known = item.notification_id in lane or (item.lane, item.notification_id) in self._sent
        for cover in item.settles:
            if known:
                self._close(item.subscriber_id, cover)
            else:
                self._reopen(item.subscriber_id, cover)
        if not known:
            lane[item.notification_id] = (due, item)
        return not known

    def _keep(self, change: Change) -> None:
        self._versions[change.home] += 1
        files = self._files.setdefault(change.home, {})
        for name, value in change.files.items():
            if value is None:
                files.pop(name, None)
            else:
                files[name] = value

    def _close(self, who: str, cover: Cover) -> None:
        self._open.get(cover.partition, set()).discard((cover.offset, who, cover.notification_id))

    def _reopen(self, who: str, cover: Cover) -> None:
        self._open.setdefault(cover.partition, set()).add((cover.offset, who, cover.notification_id))

    async def load(self, home: Partition) -> Memory | None:
        if home not in self._positions:
            return None
        return Memory(self._versions[home], self._settled[home], dict(self._files.get(home, {})))

    async def claim(self, lane: str, now: datetime, lease: timedelta, limit: int) -> list[Notification]:
        self._tick(now)
        waiting = self._waiting.get(lane, {})
        ready = ((due, key) for key, (due, _) in waiting.items() if due <= now)
        items = [waiting[key][1] for _, key in heapq.nsmallest(limit, ready)]
        for item in items:
            waiting[item.notification_id] = (now + lease, item)
        return items

    async def settle(self, notification: Notification, *, sent_memory: timedelta | None = None) -> None:
        self._waiting.get(notification.lane, {}).pop(notification.notification_id, None)
        for cover in notification.settles:
            self._close(notification.subscriber_id, cover)
        if sent_memory is not None and self._now is not None:
            key = (notification.lane, notification.notification_id)
            self._sent[key] = self._now + sent_memory

    async def postpone(self, notification: Notification, due: datetime) -> None:
        lane = self._waiting.get(notification.lane, {})
        if notification.notification_id in lane:
            lane[notification.notification_id] = (due, notification)

    async def next_due(self, lane: str) -> datetime | None:
        return min((due for due, _ in self._waiting.get(lane, {}).values()), default=None)

    async def low_water(self, partition: Partition) -> int | None:
        position = self._positions.get(partition)
        if position is None:
            return None
        done = max(position, self._settled.get(partition, 0))
        return min([done, *(offset for offset, _, _ in self._open.get(partition, ()))])

    async def lanes(self) -> set[str]:
        return set(self._waiting)

    async def disable(self, lane: str, url: str) -> None:
        self._disabled[lane] = url

    async def disabled(self, lane: str) -> str | None:
        return self._disabled.get(lane)

    async def close(self) -> None:
        """Nothing is held open."""

    def _tick(self, now: datetime) -> None:
        self._now = now
        self._sent = {key: until for key, until in self._sent.items() if until > now}
