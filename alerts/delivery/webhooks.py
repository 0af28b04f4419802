"""The webhook dispatcher: from the notifications topic into the schedule, from the schedule to the receivers.

One reader fills the schedule; one loop per subscriber sends what is due, so a receiver that hangs delays
nobody else. What is safe at every moment is said in :mod:`alerts.delivery.schedule`; who may be told and when
to try again is decided in :mod:`alerts.policy`. Order is not promised: a receiver compares ``revision`` and
drops a repeated ``webhook-id``.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from alerts.delivery.dead_letters import DeadLetterError, DeadLetters, Undelivered
from alerts.delivery.notification import Notification, UnreadableError, place, read_notification
from alerts.delivery.pace import DEFAULT_PACE, Pace
from alerts.delivery.schedule import Schedule, ScheduleEmptiedError, ScheduleUnavailableError
from alerts.delivery.sender import Sender
from alerts.delivery.signing import Signer
from alerts.delivery.source import Chunk, Source, SourceUnavailableError
from alerts.policy.retry import REJECTIONS, RetryDecision, next_attempt
from alerts.policy.routing import Reason, Router
from alerts.policy.subscriptions import Subscription, Subscriptions

_log = logging.getLogger(__name__)
_RANDOM = random.SystemRandom()


class Result(StrEnum):
    """What became of a notification or an attempt: the closed set of the metric label ``status``."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    GAVE_UP = "gave_up"
    GONE = "gone"
    REFUSED = "refused"


Observer = Callable[[Result, str], None]
"""Told every result with the subscriber id (empty for a message that could not be read)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside the process that the dispatcher works with."""

    source: Source
    schedule: Schedule
    sender: Sender
    dead_letters: DeadLetters

    async def close(self) -> None:
        """Close all four."""
        for port in (self.source, self.schedule, self.sender, self.dead_letters):
            await port.close()


def ignore(_result: Result, _subscriber_id: str) -> None:
    """The observer that does not care."""


class Dispatcher:
    """Carries notifications to webhook subscribers.

    Args:
        subscriptions: who may be told what, and where.
        signers: one for every webhook subscriber.
        ports: topic, schedule, network and dead letters.
        pace: how fast and how patiently.
        observe: told every result.
        now: the clock (aware).
        chance: a number in [0, 1) at each call, for jitter.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        signers: Mapping[str, Signer],
        ports: Ports,
        *,
        pace: Pace = DEFAULT_PACE,
        observe: Observer = ignore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = _RANDOM.random,
    ) -> None:
        webhooks = [s for s in subscriptions.subscriptions if s.channel == "webhook"]
        self._subscribers: dict[str, Subscription] = {s.subscriber_id: s for s in webhooks}
        self._signers = dict(signers)
        self._router = Router(subscriptions)
        self._source, self._schedule = ports.source, ports.schedule
        self._sender, self._dead_letters = ports.sender, ports.dead_letters
        self._pace, self._observe, self._now, self._chance = pace, observe, now, chance
        self._wakes: dict[str, asyncio.Event] = {}
        self._committed: dict[object, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then finish the requests under way, commit, and return.

        Raises:
            FenghuoError: something only a person can repair.
        """
        lanes = {*self._subscribers, *await self._known_lanes(stop)}
        self._wakes = {lane: asyncio.Event() for lane in lanes}
        tasks = [asyncio.create_task(self._read(stop))]
        tasks += [asyncio.create_task(self._serve(lane, stop)) for lane in sorted(lanes)]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()

    async def _known_lanes(self, stop: asyncio.Event) -> set[str]:
        while not stop.is_set():
            try:
                return await self._schedule.lanes()
            except ScheduleUnavailableError as error:
                await self._rest(f"schedule: {error}", stop)
        return set()

    async def _read(self, stop: asyncio.Event) -> None:
        """Topic to schedule, and the low-water marks back to the topic."""
        while not stop.is_set():
            try:
                for chunk in await self._source.read():
                    await self._take_in(chunk)
                await self._commit()
            except ScheduleEmptiedError as error:
                _log.warning("schedule emptied, reading again from the committed offsets: %s", error)
                self._committed.clear()
                await self._source.rewind()
            except (ScheduleUnavailableError, DeadLetterError, SourceUnavailableError) as error:
                # what was read but not put must be read again, and the position says from where
                await self._source.rewind()
                await self._rest(str(error), stop)
        try:
            await self._commit()
        except ScheduleUnavailableError as error:
            _log.warning("offsets not committed at the end: %s", error)

    async def _take_in(self, chunk: Chunk) -> None:
        known: list[Notification] = []
        for offset, value in chunk.messages:
            try:
                item = read_notification(value, chunk.partition, offset)
            except UnreadableError as error:
                where = place(chunk.partition, offset)
                await self._put_aside(_unreadable(error, where, value, self._now()), Result.REFUSED)
                continue
            if item.subscriber_id in self._subscribers:
                known.append(item)
            else:
                letter = self._letter(item, Reason.OUT_OF_SCOPE, "no webhook subscription of that name")
                await self._put_aside(letter, Result.REFUSED)
        await self._schedule.put(chunk.partition, known, chunk.next_offset, self._now())
        for lane in {item.subscriber_id for item in known}:
            self._wakes[lane].set()

    async def _commit(self) -> None:
        fresh = {}
        for partition in self._source.partitions():
            offset = await self._schedule.low_water(partition)
            if offset is not None and self._committed.get(partition) != offset:
                fresh[partition] = self._committed[partition] = offset
        if fresh:
            await self._source.commit(fresh)

    async def _serve(self, lane: str, stop: asyncio.Event) -> None:
        """Send what is due for one subscriber, wait for the next, and so on."""
        wake = self._wakes[lane]
        while not stop.is_set():
            wake.clear()
            try:
                pause = await self._turn(lane)
            except (ScheduleUnavailableError, DeadLetterError) as error:
                await self._rest(str(error), stop)
                continue
            if pause > 0:
                await _either(wake, stop, pause)

    async def _turn(self, lane: str) -> float:
        """Send one armful; returns the seconds until there is more to do."""
        now = self._now()
        items = await self._schedule.claim(lane, now, self._pace.lease, self._pace.parallel)
        if items:
            results = await asyncio.gather(*map(self._deliver, items), return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
            return 0.0
        idle = self._pace.idle.total_seconds()
        due = await self._schedule.next_due(lane)
        return idle if due is None else min(idle, max(0.001, (due - now).total_seconds()))

    async def _deliver(self, item: Notification) -> None:
        subscription = self._subscribers.get(item.subscriber_id)
        # judged again at the moment of sending: an authorisation may have ended while the notification waited
        reason = self._router.judge(item.subscriber_id, item.alert, self._now())
        if subscription is None or subscription.url is None or not reason.tells:
            await self._end(item, Result.REFUSED, reason, f"the subscriptions no longer allow it: {reason}")
        elif await self._schedule.disabled(item.subscriber_id) == subscription.url:
            await self._end(item, Result.GONE, "gone", "the receiver answered 410 Gone before")
        else:
            await self._attempt(item, subscription.url)

    async def _attempt(self, item: Notification, url: str) -> None:
        now = self._now()
        headers = self._signers[item.subscriber_id].headers(item.alert_id, item.body, now)
        answer = await self._sender.send(url, item.body.encode(), headers, now)
        decision = next_attempt(
            item.attempts + 1, answer, self._pace.retry, rejections=item.rejections, chance=self._chance()
        )
        if decision.action == "delivered":
            await self._schedule.settle(item, sent_memory=self._pace.sent_memory)
            self._observe(Result.DELIVERED, item.subscriber_id)
        elif decision.action == "retry":
            await self._again(item, decision)
        elif decision.action == "gone":
            await self._schedule.disable(item.subscriber_id, url)
            await self._end(item, Result.GONE, decision.cause, decision.reason)
        else:
            await self._end(item, Result.GAVE_UP, decision.cause, decision.reason)

    async def _again(self, item: Notification, decision: RetryDecision) -> None:
        delay = decision.delay or 0.0
        rejections = item.rejections + (decision.cause in REJECTIONS)
        later = replace(item, attempts=item.attempts + 1, rejections=rejections)
        await self._schedule.postpone(later, self._now() + timedelta(seconds=delay))
        _log.info(
            "webhook to %s, alert %s: %s, again in %.1f s",
            item.subscriber_id,
            item.alert_id,
            decision.reason,
            delay,
        )
        self._observe(Result.RETRIED, item.subscriber_id)

    async def _end(self, item: Notification, result: Result, reason: str, detail: str) -> None:
        await self._put_aside(self._letter(item, reason, detail), result)
        await self._schedule.settle(item)

    def _letter(self, item: Notification, reason: str, detail: str) -> Undelivered:
        return Undelivered(
            subscriber_id=item.subscriber_id,
            reason=reason,
            detail=detail,
            place=item.place,
            original=item.original,
            observed_at=self._now(),
        )

    async def _put_aside(self, letter: Undelivered, result: Result) -> None:
        await self._dead_letters.send(letter)
        who = letter.subscriber_id
        _log.warning("webhook %s to %s put aside as %s: %s", letter.place, who or "?", result, letter.detail)
        self._observe(result, who)

    async def _rest(self, why: str, stop: asyncio.Event) -> None:
        _log.warning("webhooks wait: %s", why)
        await _either(stop, stop, self._pace.idle.total_seconds())


def _unreadable(error: UnreadableError, where: str, value: bytes, now: datetime) -> Undelivered:
    return Undelivered(
        subscriber_id="",
        reason="unreadable",
        detail=str(error),
        place=where,
        original=value,
        observed_at=now,
    )


async def _either(one: asyncio.Event, other: asyncio.Event, seconds: float) -> None:
    """Return when one of two events is set or the time is over."""
    waiting: Sequence[asyncio.Task[bool]] = [asyncio.create_task(event.wait()) for event in (one, other)]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
