"""From the topics into the schedule: notifications and answers go over the desks, and the low-water marks go back."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from alerts.delivery.answer import read_answer
from alerts.delivery.notification import Notification, Partition, UnreadableError, place, read_notification
from alerts.delivery.office import Office, Work
from alerts.delivery.results import Aside, Observer, Result
from alerts.delivery.schedule import Schedule, ScheduleEmptiedError
from alerts.delivery.source import Chunk, Source
from alerts.policy.routing import Reason
from alerts.policy.subscriptions import Subscription

_log = logging.getLogger(__name__)


class Intake:
    """Reads for the dispatcher.

    Args:
        subscribers: the webhook subscribers by id.
        source: the topics.
        schedule: what is filled.
        aside: where unreadable and unwanted messages go.
        observe: told what was grouped, kept back, told again.
        now: the clock (aware).
        wake: called with the lane of what was scheduled.
        gather: how long digests wait for those of other partitions.
    """

    def __init__(
        self,
        subscribers: Mapping[str, Subscription],
        source: Source,
        schedule: Schedule,
        aside: Aside,
        *,
        observe: Observer,
        now: Callable[[], datetime],
        wake: Callable[[str], None],
        gather: timedelta,
    ) -> None:
        self._subscribers, self._source, self._schedule = subscribers, source, schedule
        self._aside, self._observe, self._now, self._wake = aside, observe, now, wake
        self._office = Office(subscribers, schedule, gather, source.spread)
        self._committed: dict[Partition, int] = {}

    async def turn(self) -> None:
        """Take in what arrived, do what is due, commit.

        Raises:
            ScheduleUnavailableError, DeadLetterError, SourceUnavailableError: nothing is lost if :meth:`again`
                is called before the next turn.
        """
        try:
            chunks = await self._source.read()
            for chunk in chunks:
                await self._take(chunk)
            if self._source.caught_up():
                for home in self._source.homes():
                    self._count(await self._office.tick(home, self._now()))
            await self.commit()
        except ScheduleEmptiedError as error:
            _log.warning("reading again what the schedule does not know: %s", error)
            self._committed.clear()
            await self.again()

    async def again(self) -> None:
        """What was read but not put must be read again, and the position says from where."""
        self._office.forget()
        await self._source.rewind()

    async def commit(self) -> None:
        """Tell the broker below which offsets everything is settled.

        Raises:
            ScheduleEmptiedError: the schedule no longer knows a partition.
        """
        fresh = {}
        for partition in self._source.partitions():
            offset = await self._schedule.low_water(partition)
            if offset is None:
                raise ScheduleEmptiedError(f"{partition.topic}[{partition.number}] is not known")
            if self._committed.get(partition) != offset:
                fresh[partition] = self._committed[partition] = offset
        if fresh:
            await self._source.commit(fresh)

    async def _take(self, chunk: Chunk) -> None:
        if not chunk.answers:
            items = [
                found
                for one in chunk.messages
                if (found := await self._read(chunk, one.offset, one.value, one.at))
            ]
            self._count(await self._office.notify(chunk.home, items, chunk.next_offset, self._now()))
        elif chunk.home in self._source.homes():
            answers = [(said, one.at) for one in chunk.messages if (said := read_answer(one.value))]
            now = self._now()
            self._count(
                await self._office.answered(chunk.home, chunk.partition, answers, chunk.next_offset, now)
            )
        else:  # about firms whose notifications are somebody else's, or nobody's
            await self._schedule.put(chunk.partition, (), chunk.next_offset, self._now())

    async def _read(
        self, chunk: Chunk, offset: int, value: bytes, at: int
    ) -> tuple[Notification, int] | None:
        try:
            item = read_notification(value, chunk.partition, offset)
        except UnreadableError as error:
            where = place(chunk.partition, offset)
            await self._aside.raw("", "unreadable", str(error), where, value, Result.REFUSED)
            return None
        if item.subscriber_id not in self._subscribers:
            problem = "no webhook subscription of that name"
            await self._aside.item(item, Result.REFUSED, Reason.OUT_OF_SCOPE, problem)
            return None
        return item, at

    def _count(self, work: Work | None) -> None:
        if work is None:
            return
        for who in work.grouped:
            self._observe(Result.GROUPED, who)
        for who in work.cooled_down:
            self._observe(Result.COOLED_DOWN, who)
        for who in work.reminded:
            self._observe(Result.REMINDED, who)
        for who in work.escalated:
            self._observe(Result.ESCALATED, who)
        for item in work.items.values():
            self._wake(item.lane)
