"""One subscriber's desk: cool-down, grouping and attention put together, from the log of what it was to be told.

A function of the notifications and answers with the times at which they were logged, and of the clock: no other input,
so whoever reads the log again comes to the same messages. Times are epoch seconds.

    news -> cool-down (:mod:`alerts.policy.cooldown`) -> grouping (:mod:`alerts.policy.grouping`) -> message
    news with a cause elsewhere -> the same, by way of the fan-out guard (:mod:`alerts.policy.fan_out`)
    message -> attention (:mod:`alerts.policy.attention`) -> reminder, second contact

Every alert that comes in leaves in exactly one way: in a message, or dropped because newer news made it superfluous.
"""

import heapq
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from alerts.policy.alert import OPERATIONAL
from alerts.policy.attention import Action, Attention, Clock, Event, Told, advance_attention
from alerts.policy.cooldown import SPANS, release
from alerts.policy.desk_file import Answer, File, Known, admitted, dues, forget_ended
from alerts.policy.desk_rules import Outgoing, Rules, Turn
from alerts.policy.grouping import Box, Message, receive, tick
from alerts.policy.item import Item, item
from alerts.policy.silence import silent_until
from detectors.points.finding import BLUE, NONE, RED, YELLOW

__all__ = ["Desk", "Outgoing", "Rules", "Turn"]

_ANSWERS = 8


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

    def answer(self, entity: str, point: str, said: Answer) -> Turn:
        """Take in an answer; one that comes before the message it answers is kept for it."""
        file, turn = self._file(entity), Turn()
        answers = file.answers.get(point, ())
        same = (said.by, said.revision, said.outcome)
        if all((one.by, one.revision, one.outcome) != same for one in answers):
            file.answers[point] = (*answers, said)[-_ANSWERS:]
            if point in file.attention:
                self._heed(entity, file, point, said, said.at, turn)
        return self._finished(turn, said.at)

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
        file.pending[name] = Known(said.point, level, revision, said.reach, urgent, quiet, said.cause)
        self._entities[name] = entity
        silent = silent_until(self.rules.silences, entity, said.point, at)
        if quiet or admitted(file, alert, at, self._spans, silent):
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
            self._into(*tick(self.box, due, self.rules.quiet, self.rules.incident_above), turn)

    def _group(self, entity: str, name: str, at: int, turn: Turn) -> None:
        known, hours, limit = self.files[entity].pending[name], self.rules.quiet, self.rules.incident_above
        night = hours is not None and known.reach < RED and hours.over(at) > at
        group = self.rules.group
        # nothing overtakes what waits about the same firm: it goes along
        if not (group or night or (known.cause and limit)) and not self._waits(entity):
            self._into(self.box, (Message(entity, (name,), at),), turn)
            return
        now = (known.urgent or not group) and not night
        least = BLUE if self.rules.digest and group and not known.urgent else YELLOW
        reach = RED if now else max(known.reach, least)
        # news about the data stands beside news about the point, and does not replace it
        about = f"{known.point}*" if known.quiet else known.point
        waiting = Item(name, entity, about, reach, known.cause)
        self._into(*receive(self.box, waiting, at, self.rules.utc_offset, hours, limit), turn)

    def _waits(self, entity: str) -> bool:
        return any(held.entity == entity for held in self.box.waiting)

    def _into(self, box: Box, messages: tuple[Message, ...], turn: Turn) -> None:
        """The new box, and what left it."""
        self.box = box
        self._dirty.add("")
        for message in messages:
            alerts = tuple((self._entities.pop(name), name) for name in message.alert_ids)
            turn.outgoing.append(
                Outgoing(_kind(message), message.entity, alerts, message.at, cause=message.cause)
            )
            for entity, name in alerts:
                file = self._file(entity)
                known = file.pending.pop(name)
                if self.rules.reminders and not (known.quiet or message.cause):
                    self._told(entity, file, name, known, message.at, turn)

    def _told(self, entity: str, file: File, name: str, known: Known, at: int, turn: Turn) -> None:
        if known.revision == 1 < file.attention.get(known.point, _NOBODY).revision:
            del file.attention[known.point]
        # what the subscriber did not ask for needs no answer, but ends the wait for one
        level = known.level if known.level >= self.rules.min_level else NONE
        self._advance(file, known.point, Told(name, level, known.revision, at))
        for one in file.answers.get(known.point, ()):
            self._heed(entity, file, known.point, one, max(one.at, at), turn)

    def _heed(self, entity: str, file: File, point: str, one: Answer, at: int, turn: Turn) -> None:
        """An answer; when enough people have taken notice, the subscriber is told so."""
        event = msgspec.structs.replace(one.event, at=at)
        for action in self._advance(file, point, event):
            if action.kind == "alert.acknowledged":
                now, told = file.attention[point], ((entity, action.alert_id),)
                turn.outgoing.append(
                    Outgoing("acknowledged", entity, told, at, 0, now.since, now.seen_by, now.dispositions)
                )

    def _advance(self, file: File, point: str, event: Event) -> tuple[Action, ...]:
        """Reminders are left to the clock: while an old log is read again, answers may still be on their way."""
        before = file.attention.get(point, _NOBODY)
        file.attention[point], actions, _ = advance_attention(before, event, self._patient)
        return actions

    def _look_after(self, entity: str, file: File, point: str, at: int, turn: Turn) -> None:
        hours, held = self.rules.quiet, file.attention[point]
        if hours is not None and held.level < RED and hours.over(at) > at:
            return  # in the morning
        state, actions, _ = advance_attention(held, Clock(at), self._pace)
        file.attention[point] = state
        silent = silent_until(self.rules.silences, entity, point, at)
        wanted = [one for one in actions if one.kind == "remind" and not silent][-1:]
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
        boxed |= {held.alert_id for fan in self.box.fans.values() for held in fan.waiting}
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
        file.cool_due, file.attention_due = dues(file, at, self._pace, self.rules.quiet)
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


def _kind(message: Message) -> Literal["alerts", "digest", "incident"]:
    return "alerts" if message.entity else "incident" if message.cause else "digest"


def _due_in(file: File, *, cooling: bool) -> int:
    return file.cool_due if cooling else file.attention_due


def _earliest(*dues: int | None) -> int | None:
    return min([due for due in dues if due is not None], default=None)
