"""The webhook dispatcher: from the topics over the desks into the schedule, from the schedule to the receivers.

One reader fills the schedule; one loop per desk of a subscriber sends what is due, so a receiver that hangs delays
nobody else. What is safe at every moment is said in :mod:`alerts.delivery.schedule`; who may be told, what goes
together and when to try again is decided in :mod:`alerts.policy`. What is about one firm is sent in the order of the
log as long as the receiver answers; what failed does not hold up what comes after it, so a receiver compares
``revision`` and drops a repeated ``webhook-id``.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from alerts.delivery.dead_letters import DeadLetterError, DeadLetters
from alerts.delivery.intake import Intake
from alerts.delivery.messages import batches, by_firm, merged, parted
from alerts.delivery.notification import Notification, lane_of
from alerts.delivery.pace import DEFAULT_PACE, Pace
from alerts.delivery.results import Aside, Observer, Result, ignore
from alerts.delivery.schedule import Schedule, ScheduleEmptiedError, ScheduleUnavailableError
from alerts.delivery.sender import Sender
from alerts.delivery.signing import Signer
from alerts.delivery.source import Source, SourceUnavailableError
from alerts.policy.fan_out import PAGE
from alerts.policy.retry import REJECTIONS, RetryDecision, next_attempt
from alerts.policy.routing import Reason, Router
from alerts.policy.subscriptions import Subscription, Subscriptions

_log = logging.getLogger(__name__)
_RANDOM = random.SystemRandom()
_NO_LONGER = "the subscriptions no longer allow it"


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


class Dispatcher:
    """Carries notifications to webhook subscribers.

    Args:
        subscriptions: who may be told what, and where.
        signers: one for every webhook subscriber by its id, and by ``<id>.second`` for its second contact.
        ports: topic, schedule, network and dead letters.
        pace: how fast and how patiently.
        observe: told every result.
        turned: called when topics and schedule were got through to, at least once a second while all is well.
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
        turned: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = _RANDOM.random,
    ) -> None:
        webhooks = [s for s in subscriptions.subscriptions if s.channel == "webhook"]
        self._subscribers: dict[str, Subscription] = {s.subscriber_id: s for s in webhooks}
        self._signers = dict(signers)
        self._router = Router(subscriptions)
        self._schedule, self._sender = ports.schedule, ports.sender
        self._pace, self._observe, self._turned = pace, observe, turned
        self._now, self._chance = now, chance
        self._wakes: dict[str, asyncio.Event] = {}
        self._aside = Aside(ports.dead_letters, observe, now)
        self._intake = Intake(
            self._subscribers,
            ports.source,
            ports.schedule,
            self._aside,
            observe=observe,
            now=now,
            wake=self._wake,
            gather=pace.gather,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then finish the requests under way, commit, and return.

        Raises:
            FenghuoError: something only a person can repair.
        """
        lanes = {*self._lanes(), *await self._known_lanes(stop)}
        self._wakes = {lane: asyncio.Event() for lane in lanes}
        tasks = [asyncio.create_task(self._read(stop))]
        tasks += [asyncio.create_task(self._serve(lane, stop)) for lane in sorted(lanes)]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()
        try:
            await self._intake.commit()  # what the last requests have settled, too
        except (ScheduleUnavailableError, ScheduleEmptiedError) as error:
            _log.warning("offsets not committed at the end: %s", error)

    async def _known_lanes(self, stop: asyncio.Event) -> set[str]:
        while not stop.is_set():
            try:
                return await self._schedule.lanes()
            except ScheduleUnavailableError as error:
                await self._rest(f"schedule: {error}", stop)
        return set()

    def _lanes(self) -> set[str]:
        """The desks there may be something for."""
        second = {lane_of(s.subscriber_id, "second") for s in self._subscribers.values() if s.escalate_to}
        return {*self._subscribers, *(lane_of(name, "digest") for name in self._subscribers), *second}

    def _wake(self, lane: str) -> None:
        if lane in self._wakes:
            self._wakes[lane].set()

    async def _read(self, stop: asyncio.Event) -> None:
        """Topics to schedule, and the low-water marks back to the topics."""
        while not stop.is_set():
            try:
                await self._intake.turn()
                self._turned()
            except (ScheduleUnavailableError, DeadLetterError, SourceUnavailableError) as error:
                await self._intake.again()
                await self._rest(str(error), stop)

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
        digest = lane.endswith(".digest")
        limit = 10 * PAGE if digest else self._pace.parallel
        items = await self._schedule.claim(lane, now, self._pace.lease, limit)
        if items:
            work = map(self._deliver, batches(items)) if digest else map(self._in_order, by_firm(items))
            results = await asyncio.gather(*work, return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
            return 0.0
        idle = self._pace.idle.total_seconds()
        due = await self._schedule.next_due(lane)
        return idle if due is None else min(idle, max(0.001, (due - now).total_seconds()))

    async def _in_order(self, items: Sequence[Notification]) -> None:
        """Send what is about one firm, one after the other; what would outlast the lease goes back."""
        until = self._now() + self._pace.lease / 4
        for item in items:
            if self._now() < until or item is items[0]:
                await self._deliver([item])
            else:
                await self._schedule.postpone(item, self._now())

    async def _deliver(self, items: Sequence[Notification]) -> None:
        """Send one message; several items only if they are digests that go together."""
        allowed = []
        for item in items:
            refused = self._refused(item)
            problem = await self._problem(item, refused)
            if problem is None:
                allowed.append(await self._entitled(item, refused))
            else:
                await self._end(item, *problem)
        if allowed:
            await self._attempt(allowed)

    async def _problem(
        self, item: Notification, refused: Mapping[str, Reason]
    ) -> tuple[Result, str, str] | None:
        """Why nothing of it must be sent, if so."""
        url = self._address(item)
        if len(refused) == len(item.alerts):
            reason = next(iter(refused.values()))
            return Result.REFUSED, reason, f"{_NO_LONGER}: {reason}"
        if url is None:
            return Result.REFUSED, "no_address", "the subscriptions name no address for it any more"
        if await self._schedule.disabled(_receiver(item)) == url:
            return Result.GONE, "gone", "the receiver answered 410 Gone before"
        return None

    def _refused(self, item: Notification) -> dict[str, Reason]:
        """Alerts in a message that must not be sent, and why; judged again at the moment of sending, because an
        authorisation may have ended while it waited."""
        judged = {a["alert_id"]: self._router.judge(item.subscriber_id, a, self._now()) for a in item.alerts}
        return {name: reason for name, reason in judged.items() if not reason.tells}

    async def _entitled(self, item: Notification, refused: Mapping[str, Reason]) -> Notification:
        """The message without them; they are put aside one by one."""
        if not refused:
            return item
        rest, letters = parted(item, refused)
        for name, letter in letters.items():
            detail = f"{_NO_LONGER}: {refused[name]}"
            await self._aside.raw(
                item.subscriber_id, refused[name], detail, item.place, letter, Result.REFUSED
            )
        return rest

    def _address(self, item: Notification) -> str | None:
        subscription = self._subscribers.get(item.subscriber_id)
        if subscription is None:
            return None
        second = subscription.escalate_to
        return (second.url if second else None) if item.desk == "second" else subscription.url

    async def _attempt(self, items: Sequence[Notification]) -> None:
        now, first = self._now(), items[0]
        name, body = merged(items)
        headers = self._signers[_receiver(first)].headers(name, body, now)
        url = self._address(first) or ""
        answer = await self._sender.send(url, body.encode(), headers, now)
        decision = next_attempt(
            first.attempts + 1, answer, self._pace.retry, rejections=first.rejections, chance=self._chance()
        )
        if decision.action == "gone":
            await self._schedule.disable(_receiver(first), url)
        # one time for all: they go together again
        later = self._now() + timedelta(seconds=decision.delay or 0.0)
        for item in items:
            await self._after(replace(item, sent_as=name), decision, later)
        if decision.action in ("delivered", "retry"):
            result = Result.DELIVERED if decision.action == "delivered" else Result.RETRIED
            self._observe(result, first.subscriber_id)

    async def _after(self, item: Notification, decision: RetryDecision, later: datetime) -> None:
        if decision.action == "delivered":
            await self._schedule.settle(item, sent_memory=self._pace.sent_memory)
        elif decision.action == "retry":
            await self._again(item, decision, later)
        else:
            result = Result.GONE if decision.action == "gone" else Result.GAVE_UP
            await self._end(item, result, decision.cause, decision.reason)

    async def _again(self, item: Notification, decision: RetryDecision, later: datetime) -> None:
        rejections = item.rejections + (decision.cause in REJECTIONS)
        await self._schedule.postpone(replace(item, attempts=item.attempts + 1, rejections=rejections), later)
        _log.info(
            "webhook to %s, alert %s: %s, again in %.1f s",
            item.subscriber_id,
            item.alert_id,
            decision.reason,
            decision.delay,
        )

    async def _end(self, item: Notification, result: Result, reason: str, detail: str) -> None:
        await self._aside.item(item, result, reason, detail)
        await self._schedule.settle(item)

    async def _rest(self, why: str, stop: asyncio.Event) -> None:
        _log.warning("webhooks wait: %s", why)
        await _either(stop, stop, self._pace.idle.total_seconds())


def _receiver(item: Notification) -> str:
    """Who is behind the address: the subscriber, or its second contact."""
    return lane_of(item.subscriber_id, "second" if item.desk == "second" else "")


async def _either(one: asyncio.Event, other: asyncio.Event, seconds: float) -> None:
    """Return when one of two events is set or the time is over."""
    waiting: Sequence[asyncio.Task[bool]] = [asyncio.create_task(event.wait()) for event in (one, other)]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
