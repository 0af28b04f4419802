"""One subscriber's desk: cool-down, grouping and attention put together, from the log of what it was to be told.

A function of the notifications and answers with the times at which they were logged, and of the clock: no other input,
so whoever reads the log again comes to the same messages. Times are epoch seconds.

    news -> cool-down (:mod:`alerts.policy.cooldown`) -> grouping (:mod:`alerts.policy.grouping`) -> message
    message -> attention (:mod:`alerts.policy.attention`) -> reminder, second contact

Every alert that comes in leaves in exactly one way: in a message, or dropped because newer news made it superfluous.
"""

import heapq
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from alerts.policy.alert import OPERATIONAL
from alerts.policy.attention import (
    DEFAULT,
    Acknowledged,
    Attention,
    Clock,
    Event,
    Pace,
    Told,
    advance_attention,
)
from alerts.policy.cooldown import SPANS, release
from alerts.policy.desk_file import Answer, File, Known, admitted, dues, forget_ended
from alerts.policy.grouping import Box, Item, Message, item, receive, tick
from detectors.points.finding import BLUE, NONE, RED, YELLOW

_ANSWERS = 8


class Rules(msgspec.Struct, frozen=True):
    """What the subscriber wants; ``min_level`` as a number, ``utc_offset`` in seconds."""

    min_level: int = BLUE
    group: bool = True
    digest: bool = True
    cool_down: bool = True
    reminders: bool = True
    utc_offset: int = 8 * 3600
    pace: Pace = DEFAULT


class Outgoing(msgspec.Struct, frozen=True):
    """One message to send: alerts together (``entity`` empty: the digest), or one alert again; each alert as
    (entity, id).

    ``number`` counts the reminders about it; ``since`` is when it was told first.
    """

    kind: Literal["alerts", "digest", "reminder", "escalation"]
    entity: str
    alerts: tuple[tuple[str, str], ...]
    at: int
    number: int = 0
    since: int = 0


class Turn(msgspec.Struct):
    """What one step led to: messages, alerts dropped as (entity, id), and how many were kept back by a cool-down."""

    outgoing: list[Outgoing] = []
    dropped: list[tuple[str, str]] = []
    kept_back: int = 0


class Desk:
    """One subscriber on one partition: all news about a firm come here, in the order of the log.

    Args:
        rules: what the subscriber wants.
        box: messages that wait for company.
        files: by entity, as kept.
    """

    def __init__(self, rules: Rules, box: Box | None = None, files: Mapping[str, File] | None = None) -> None:
        self.rules, self.box, self.files = rules, box or Box(), dict(files or {})
        self.touched: set[str] = set()
        """Entities whose file changed since the caller cleared this; the empty name stands for the box."""
        self._patient = msgspec.structs.replace(rules.pace, remind_every=(0,) * 4, escalate_after=(0,) * 4)
        self._spans = SPANS if rules.cool_down else (0,) * 4
        self._pace = rules.pace if rules.reminders else self._patient
        self._cooling: list[tuple[int, str]] = []
        self._attentive: list[tuple[int, str]] = []
        self._entities = {name: entity for entity, file in self.files.items() for name in file.pending}
        self._dirty: set[str] = set()
        for entity, file in self.files.items():
            heapq.heappush(self._cooling, (file.cool_due, entity))
            heapq.heappush(self._attentive, (file.attention_due, entity))

    @property
    def due(self) -> int | None:
        """When the clock changes something; None: only news do."""
        return _earliest(self._box_due(), self._top(self._attentive))

    def hear(self, alert: Mapping[str, Any], at: int) -> Turn:
        """Take in one notification logged at ``at``. The same again while it waits changes nothing."""
        turn = Turn()
        self._run(at - 1, turn)
        name, entity = alert["alert_id"], alert["entity"]
        if name not in self._entities:
            self._take(name, entity, alert, at, turn)
        self._run(at, turn)
        return self._finished(turn, at)

    def answer(self, entity: str, point: str, said: Answer) -> None:
        """Take in an answer; one that comes before the message it answers is kept for it."""
        file = self._file(entity)
        answers = file.answers.get(point, ())
        if all((one.by, one.revision) != (said.by, said.revision) for one in answers):
            file.answers[point] = (*answers, said)[-_ANSWERS:]
            if point in file.attention:
                self._advance(file, point, Acknowledged(said.by, said.revision, said.at))
        self._finished(Turn(), said.at)

    def tick(self, at: int) -> Turn:
        """Everything due by ``at``. Of several reminders overdue only the last one is given."""
        turn = Turn()
        self._run(at, turn)
        while (due := self._top(self._attentive)) is not None and due <= at:
            entity = heapq.heappop(self._attentive)[1]
            file = self._file(entity)
            file.attention_due = 0
            for point in sorted(file.attention):
                self._look_after(entity, file, point, at, turn)
        return self._finished(turn, at)

    def keeps(self, entity: str) -> set[str]:
        """Ids of the alerts about a firm that may still be sent."""
        file = self.files.get(entity)
        return set() if file is None else file.pending.keys() | file.standing

    def _file(self, entity: str) -> File:
        self._dirty.add(entity)
        return self.files.setdefault(entity, File())

    def _take(self, name: str, entity: str, alert: Mapping[str, Any], at: int, turn: Turn) -> None:
        file, said = self._file(entity), item(alert)
        urgent = said.reach >= RED or alert["type"] == "alert.upgraded"
        quiet = alert["type"] in OPERATIONAL
        level, revision = int(alert["level"]), int(alert["revision"])
        file.pending[name] = Known(said.point, level, revision, said.reach, urgent, quiet)
        self._entities[name] = entity
        if quiet or admitted(file, alert, at, self._spans):
            self._group(entity, name, at, turn)
        turn.kept_back += name in file.held

    def _run(self, at: int, turn: Turn) -> None:
        """What the cool-downs and the box want done by ``at``, each at its own time."""
        while (due := self._box_due()) is not None and due <= at:
            while self._top(self._cooling) == due:
                entity = heapq.heappop(self._cooling)[1]
                file = self._file(entity)
                file.cool, names = release(file.cool, due, self._spans)
                file.cool_due = 0
                for name in names:
                    self._group(entity, name, due, turn)
                self._remember(entity, due)
            self._into(*tick(self.box, due), turn)

    def _group(self, entity: str, name: str, at: int, turn: Turn) -> None:
        known = self.files[entity].pending[name]
        if not self.rules.group:
            self._into(self.box, (Message(entity, (name,), at),), turn)
            return
        reach = RED if known.urgent else known.reach if self.rules.digest else max(known.reach, YELLOW)
        # news about the data stands beside news about the point, and does not replace it
        waiting = Item(name, entity, f"{known.point}*" if known.quiet else known.point, reach)
        self._into(*receive(self.box, waiting, at, self.rules.utc_offset), turn)

    def _into(self, box: Box, messages: tuple[Message, ...], turn: Turn) -> None:
        """The new box, and what left it."""
        self.box = box
        self._dirty.add("")
        for message in messages:
            kind: Literal["alerts", "digest"] = "alerts" if message.entity else "digest"
            alerts = tuple((self._entities.pop(name), name) for name in message.alert_ids)
            turn.outgoing.append(Outgoing(kind, message.entity, alerts, message.at))
            for entity, name in alerts:
                file = self._file(entity)
                self._told(file, name, file.pending.pop(name), message.at)

    def _told(self, file: File, name: str, known: Known, at: int) -> None:
        if known.quiet or not self.rules.reminders:
            return
        if known.revision == 1 < file.attention.get(known.point, _NOBODY).revision:
            del file.attention[known.point]
        # what the subscriber did not ask for needs no answer, but ends the wait for one
        level = known.level if known.level >= self.rules.min_level else NONE
        self._advance(file, known.point, Told(name, level, known.revision, at))
        for one in file.answers.get(known.point, ()):
            self._advance(file, known.point, Acknowledged(one.by, one.revision, max(one.at, at)))

    def _advance(self, file: File, point: str, event: Event) -> None:
        """Reminders are left to the clock: while an old log is read again, answers may still be on their way."""
        file.attention[point] = advance_attention(file.attention.get(point, _NOBODY), event, self._patient)[0]

    def _look_after(self, entity: str, file: File, point: str, at: int, turn: Turn) -> None:
        state, actions, _ = advance_attention(file.attention[point], Clock(at), self._pace)
        file.attention[point] = state
        wanted = [one for one in actions if one.kind == "remind"][-1:]
        wanted += [one for one in actions if one.kind == "alert.escalated"]
        for one in wanted:
            remind = one.kind == "remind"
            kind: Literal["reminder", "escalation"] = "reminder" if remind else "escalation"
            number = state.reminded if remind else 0
            turn.outgoing.append(
                Outgoing(kind, entity, ((entity, one.alert_id),), one.at, number, state.since)
            )

    def _finished(self, turn: Turn, at: int) -> Turn:
        """Drop what nothing waits for any more, forget what has ended, and note when to look again."""
        boxed = {held.alert_id for held in self.box.digest}
        for entity in self._dirty - {""}:
            file = self.files.get(entity)
            if file is None:
                continue
            group = self.box.groups.get(entity)
            waiting = file.held | boxed | {held.alert_id for held in (group.waiting if group else ())}
            for name in [name for name in file.pending if name not in waiting]:
                del file.pending[name], self._entities[name]
                turn.dropped.append((entity, name))
            forget_ended(file)
            if file.cool.points or file.attention or file.answers or file.pending:
                self._remember(entity, at)
            else:
                del self.files[entity]
        self.touched |= self._dirty
        self._dirty.clear()
        return turn

    def _remember(self, entity: str, at: int) -> None:
        """Note when to look at a file again."""
        file = self.files[entity]
        before = file.cool_due, file.attention_due
        file.cool_due, file.attention_due = dues(file, at, self._pace)
        if file.cool_due and file.cool_due != before[0]:
            heapq.heappush(self._cooling, (file.cool_due, entity))
        if file.attention_due and file.attention_due != before[1]:
            heapq.heappush(self._attentive, (file.attention_due, entity))

    def _box_due(self) -> int | None:
        return _earliest(self.box.due, self._top(self._cooling))

    def _top(self, heap: list[tuple[int, str]]) -> int | None:
        """The earliest time in a heap that is still true; those that are not are taken out."""
        while heap:
            due, entity = heap[0]
            file = self.files.get(entity)
            if due and file is not None and due == _due_in(file, cooling=heap is self._cooling):
                return due
            heapq.heappop(heap)
        return None


_NOBODY = Attention()


def _due_in(file: File, *, cooling: bool) -> int:
    return file.cool_due if cooling else file.attention_due


def _earliest(*dues: int | None) -> int | None:
    return min([due for due in dues if due is not None], default=None)
