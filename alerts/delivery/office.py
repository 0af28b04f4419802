"""The desks of all webhook subscribers: fed from the two topics, kept in the schedule, emptied into it.

What a desk (:mod:`alerts.policy.desk`) knows is held in memory by whoever reads the partition, and written to the
schedule together with the position. A copy that turns out to be old is thrown away and loaded again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from alerts.delivery.answer import Answer
from alerts.delivery.messages import Letter, compose
from alerts.delivery.notification import Cover, Notification, Partition, read_notification
from alerts.delivery.schedule import Change, Schedule, ScheduleEmptiedError
from alerts.policy import desk_file as policy
from alerts.policy.desk import Desk, Outgoing, Rules, Turn
from alerts.policy.desk_file import File
from alerts.policy.grouping import Box
from alerts.policy.subscriptions import Subscription


class _Kept(msgspec.Struct, array_like=True):
    """A file with the messages it speaks of, by alert id."""

    file: File
    letters: dict[str, Letter]

    @property
    def waiting(self) -> list[Letter]:
        """Those not sent yet."""
        return [self.letters[name] for name in self.file.pending]


_encode = msgspec.msgpack.Encoder().encode
_kept = msgspec.msgpack.Decoder(_Kept)
_box = msgspec.msgpack.Decoder(Box)


class Work(msgspec.Struct):
    """What is to be scheduled, and whom to count as told several alerts together, kept waiting, told again."""

    items: dict[str, Notification] = {}
    opened: list[tuple[str, Cover]] = []
    dropped: list[tuple[str, Cover]] = []
    grouped: list[str] = []
    cooled_down: list[str] = []
    reminded: list[str] = []
    escalated: list[str] = []


class _Shelf:
    """The desks of one partition; ``letters`` by subscriber and entity."""

    def __init__(self, version: int, settled: int) -> None:
        self.version, self.settled = version, settled
        self.desks: dict[str, Desk] = {}
        self.letters: dict[tuple[str, str], dict[str, Letter]] = {}
        self.orphans: dict[str, _Kept | None] = {}


def rules_of(subscription: Subscription, spread: int = 1) -> Rules:
    """What a subscription asks of its desk in one of ``spread`` partitions, which has its share of every event."""
    manner = subscription.delivery
    return Rules(
        min_level=subscription.min_level.number,
        group=manner.group,
        digest=manner.digest == "daily",
        cool_down=manner.cool_down,
        reminders=manner.reminders,
        utc_offset=manner.offset_seconds,
        silences=tuple(one.shelf for one in subscription.silences),
        quiet=manner.quiet,
        incident_above=manner.incident_above and max(1, manner.incident_above // spread),
    )


class Office:
    """All desks of the partitions read here.

    Args:
        subscribers: the webhook subscribers by id.
        schedule: where the desks are kept.
        gather: how long digests wait for those of other partitions.
        spread: how many partitions there are in all.
    """

    def __init__(
        self,
        subscribers: Mapping[str, Subscription],
        schedule: Schedule,
        gather: timedelta = timedelta(0),
        spread: int = 1,
    ) -> None:
        self._subscribers, self._schedule, self._gather = subscribers, schedule, gather
        self._rules = {name: rules_of(one, spread) for name, one in subscribers.items()}
        self._shelves: dict[Partition, _Shelf] = {}

    def forget(self) -> None:
        """Load everything again before the next step."""
        self._shelves.clear()

    async def notify(
        self,
        home: Partition,
        items: Sequence[tuple[Notification, int]],
        next_offset: int,
        now: datetime,
    ) -> Work:
        """Take in notifications, each with the time it was logged."""
        shelf, work = await self._shelf(home), Work()
        for item, at in items:
            self._hear(shelf, item, at, work)
        await self._put(home, home, next_offset, shelf, work, now)
        return work

    async def answered(
        self,
        home: Partition,
        partition: Partition,
        answers: Iterable[tuple[Answer, int]],
        next_offset: int,
        now: datetime,
    ) -> Work:
        """Take in answers, each with the time it was logged."""
        shelf, work = await self._shelf(home), Work()
        for one, at in answers:
            if one.subscriber_id in self._subscribers:
                said = policy.Answer(one.by, one.revision, at, one.outcome)
                turn = self._desk(shelf, one.subscriber_id).answer(one.entity, one.point, said)
                self._turn(shelf, home, one.subscriber_id, turn, work)
        await self._put(home, partition, next_offset, shelf, work, now)
        return work

    async def tick(self, home: Partition, now: datetime) -> Work | None:
        """Do what is due; None when nothing is."""
        shelf, work, at = await self._shelf(home), Work(), int(now.timestamp())
        due = [name for name, desk in shelf.desks.items() if desk.due is not None and desk.due <= at]
        if not due and not shelf.orphans:
            return None
        for name in due:
            self._turn(shelf, home, name, shelf.desks[name].tick(at), work)
        await self._put(home, home, 0, shelf, work, now)
        return work

    def _hear(self, shelf: _Shelf, item: Notification, at: int, work: Work) -> None:
        (alert,) = item.alerts
        who, entity = item.subscriber_id, alert["entity"]
        desk = self._desk(shelf, who)
        if item.alert_id in desk.keeps(entity):
            return  # the same again, while the first is still on its way
        letter = Letter(item.original, item.notification_id, item.offset)
        shelf.letters.setdefault((who, entity), {})[item.alert_id] = letter
        if item.offset >= shelf.settled:
            cover = Cover(item.partition, item.notification_id, item.offset)
            work.opened.append((who, cover))
        self._turn(shelf, item.partition, who, desk.hear(alert, at), work)

    def _turn(self, shelf: _Shelf, home: Partition, who: str, turn: Turn, work: Work) -> None:
        for said in turn.outgoing:
            self._out(shelf, home, who, said, work)
        for entity, name in turn.dropped:
            letter = shelf.letters[who, entity][name]
            work.dropped.append((who, Cover(home, letter.notification_id, letter.offset)))
        work.cooled_down += [who] * turn.kept_back

    def _out(self, shelf: _Shelf, home: Partition, who: str, said: Outgoing, work: Work) -> None:
        letters = [shelf.letters[who, entity][name] for entity, name in said.alerts]
        if said.kind == "reminder":
            work.reminded.append(who)
        elif said.kind == "escalation":
            if self._subscribers[who].escalate_to is None:
                return
            work.escalated.append(who)
        elif all(letter.offset < shelf.settled for letter in letters):
            return  # sent before the schedule was emptied
        elif len(letters) > 1 or said.kind == "digest":
            work.grouped += [who] * len(letters)
        for item in compose(who, home, said, letters):
            work.items[f"{item.lane} {item.notification_id}"] = item

    async def _put(
        self,
        home: Partition,
        partition: Partition,
        next_offset: int,
        shelf: _Shelf,
        work: Work,
        now: datetime,
    ) -> None:
        """Everything in one step; afterwards the schedule knows what the desks know."""
        files: dict[str, bytes | None] = {}
        for file, kept in shelf.orphans.items():
            files[file] = None
            for letter in kept.waiting if kept else ():  # to where it is refused, and said why
                item = read_notification(letter.value, home, letter.offset)
                work.items[f"{item.lane} {item.notification_id}"] = item
        for who, desk in shelf.desks.items():
            for entity in desk.touched:
                files[f"{who} {entity}" if entity else who] = self._keep(shelf, who, desk, entity)
            desk.touched.clear()
        change = Change(
            home=home,
            version=shelf.version,
            opened=work.opened,
            dropped=work.dropped,
            files=files,
            gather=self._gather,
        )
        await self._schedule.put(partition, list(work.items.values()), next_offset, now, change)
        shelf.version += 1
        shelf.orphans.clear()

    def _keep(self, shelf: _Shelf, who: str, desk: Desk, entity: str) -> bytes | None:
        if not entity:
            return _encode(desk.box) if desk.box != Box() else None
        wanted = desk.keeps(entity)
        letters = {n: one for n, one in shelf.letters.get((who, entity), {}).items() if n in wanted}
        shelf.letters[who, entity] = letters
        if not letters:
            del shelf.letters[who, entity]
        return _encode(_Kept(desk.files[entity], letters)) if entity in desk.files else None

    def _desk(self, shelf: _Shelf, who: str) -> Desk:
        return shelf.desks.setdefault(who, Desk(self._rules[who]))

    async def _shelf(self, home: Partition) -> _Shelf:
        if home not in self._shelves:
            memory = await self._schedule.load(home)
            if memory is None:
                raise ScheduleEmptiedError(f"{home.topic}[{home.number}] is not known")
            self._shelves[home] = self._loaded(_Shelf(memory.version, memory.settled), memory.files)
        return self._shelves[home]

    def _loaded(self, shelf: _Shelf, files: Mapping[str, bytes]) -> _Shelf:
        boxes: dict[str, Box] = {}
        kept: dict[str, dict[str, File]] = {}
        for name, value in files.items():
            who, _, entity = name.partition(" ")
            one = _kept.decode(value) if entity else None
            if who not in self._subscribers:
                shelf.orphans[name] = one
            elif one is None:
                boxes[who] = _box.decode(value)
            else:
                kept.setdefault(who, {})[entity] = one.file
                shelf.letters[who, entity] = one.letters
        for who in boxes.keys() | kept.keys():
            shelf.desks[who] = Desk(self._rules[who], boxes.get(who), kept.get(who))
        return shelf
