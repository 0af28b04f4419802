"""One partition: batches of records in, everything that must be written out. No I/O.

Order inside a batch is the order of the log. Stream time is the latest ``observed_at`` seen, so it depends on nothing
but the log; before a record is folded, every timer that is due by then fires as of its own due time. Where a batch is
cut therefore changes nothing that is told.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from detectors.assessment import encode as encode_assessment
from detectors.catalogue.model import Catalogue
from detectors.fact import IMPULSE
from detectors.features import features
from detectors.fold import MISFITS, NotCanonicalError
from detectors.judge import Judgement
from detectors.macro.in_force import Terms
from detectors.record import CONTROL_OPS, Record, decode, epoch
from detectors.reference import Reference
from streams.engine import state as codec
from streams.engine.awaiting import Awaiting
from streams.engine.cases import NEVER, Case, Cases
from streams.engine.circles import Circles
from streams.engine.commons import Commons
from streams.engine.effects import Effects, Out, Routing, Topics, Values
from streams.engine.exchange import CATALOGUE, CIRCLES, WATERMARK
from streams.engine.judging import Outcome, assessment, current, take, told, wake
from streams.engine.learning import Learned, Learning, Waiting
from streams.engine.outbox import Outbox
from streams.engine.raw import RawRecord
from streams.engine.revisions import Revisions
from streams.engine.sources import SourceWatch
from streams.engine.state import PartitionState
from streams.engine.telling import gist_of
from streams.engine.visits import Visits

_STEP = 0.005
"""An assessment is published again when the model's probability moved by this much."""


class Processor:
    """The judgement of one partition. Everything it knows can be rebuilt from ``values``."""

    def __init__(
        self,
        partition: int,
        values: Values,
        catalogue: Catalogue,
        routing: Routing,
        topics: Topics,
        partitions: int = 1,
    ) -> None:
        """Take up a partition as it was last written; it is one of ``partitions``."""
        self.partition = partition
        self._revisions = Revisions(catalogue, values.get(codec.CATALOGUE_KEY))
        self.catalogue = self._revisions.current
        self._outbox = Outbox(partition, routing, topics)
        self._topics = topics
        self._cases = Cases(values, self.catalogue)
        self._told: dict[str, tuple[Any, ...]] = {}
        self._unassessed: set[str] = set()
        held = codec.decode_partition(values.get(codec.PARTITION_KEY))
        self.clock, self.next_offset = held.clock, held.next_offset
        self.sources = SourceWatch(held.sources, held.stale)
        self.learning = Learning(values.get(codec.MODEL_KEY))
        self.commons = Commons(partition, partitions, values, held, _terms(self.catalogue))
        own: dict[bytes, bytes] = {}
        self._timers: list[tuple[int, str]] = []
        waiting: list[tuple[int, str]] = []
        for key, value in values.items():
            if key[:1] == b"\x00":
                own[key] = value
            else:
                self._timers.append((codec.due_of(value), key.decode()))
                waiting.append((codec.awaited_of(value), key.decode()))
        self._awaiting = Awaiting(waiting)
        self._circles = Circles(partition, own, self.catalogue)
        self._visits = Visits(held.revisit, self.clock, (entity for _, entity in self._timers))
        self._timers = [timer for timer in self._timers if timer[0] < NEVER]
        heapq.heapify(self._timers)
        self._scheduled = {entity: due for due, entity in self._timers}

    def process(self, batch: Sequence[RawRecord]) -> Effects:
        """Judge a batch; nothing is written before the caller does so."""
        effects = Effects([], {}, b"", Counter(), [])
        dirty: dict[str, Case] = {}
        for raw in batch:
            if raw.offset >= self.next_offset:
                self._one(raw, dirty, effects)
                self.next_offset = raw.offset + 1
        for entity, case in dirty.items():
            effects.states[entity.encode()] = codec.encode(case.state, case.due)
            if entity in self._unassessed:
                self._assess(case, effects)
        self._unassessed.clear()
        if effects.learned:
            effects.states[codec.MODEL_KEY] = self.learning.save()
        effects.shared += self._circles.close(self.clock)
        effects.states |= self.commons.states() | self._circles.states()
        for topic, key, value in self.commons.published():
            effects.messages.append(Out(getattr(self._topics, topic), key, value, []))
        if self._revisions.changed:
            effects.states[codec.CATALOGUE_KEY] = self._revisions.save()
        effects.partition = codec.encode_partition(
            PartitionState(
                self.clock,
                self.next_offset,
                self.sources.seen,
                self.sources.stale,
                self.commons.watermarks.told,
                self._visits.since,
                self.commons.norming.settled,
            )
        )
        for entity in self._cases.shrink():
            self._told.pop(entity, None)
        return effects

    def outcome(self, outcome: Waiting) -> list[Learned]:
        """Take in one outcome; returns what could be learned by now."""
        self.learning.add(outcome)
        return self._learn()

    def _learn(self) -> list[Learned]:
        """Learn the outcomes whose time has come, each from the features of its entity's last evaluation."""
        return [self._learn_one(outcome) for outcome in self.learning.ripe(self.clock)]

    def _learn_one(self, outcome: Waiting) -> Learned:
        case = self._cases.of(outcome.entity)
        if not case.state.ledger.live():
            return Learned(outcome.defaulted, None)
        x = features(case.state.ledger, self._current(case), self.catalogue)
        before = self.learning.model.probability(x)
        self.learning.model.learn(x, defaulted=outcome.defaulted)
        return Learned(outcome.defaulted, before)

    def _one(self, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        try:
            record = decode(raw.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._outbox.dead(raw, "undecodable", str(error), "", effects)
            return
        if record.op == "exchange":
            self._take_up(record, raw, dirty, effects)
            return
        if record.feed != IMPULSE:  # what workers say moves no clock
            before, self.clock = self.clock, max(self.clock, epoch(record.observed_at))
            self._fire(before, raw, dirty, effects)
        try:
            self._apply(record, raw, dirty, effects)
        except MISFITS as error:  # nothing of it was applied; the stream goes on
            self._outbox.dead(
                raw, "not_canonical", f"{type(error).__name__}: {error}", record.source_id, effects
            )

    def _take_up(self, record: Record, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        """What another partition, or an operator, says to this one."""
        if record.feed == CATALOGUE:
            self._revisions.take(record)
        elif record.feed == WATERMARK:
            self._heard(record, raw, dirty, effects)
        elif record.feed in CIRCLES:
            effects.shared += self._circles.take(record, self.clock, self._look, self.catalogue)
        else:
            for entity in self.commons.take(record):
                self._cases.of(entity).judgement = None
                self._wake(entity, self.clock, raw, dirty, effects)
            self._tell_sources(self.commons.macro.alerts(), raw, effects)

    def _heard(self, record: Record, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        """A source has come further: those are looked at who waited for that."""
        zones = {profile.utc_offset for profile in self.catalogue.profiles.values()}
        day = self.commons.further(record, zones)
        for entity in self._awaiting.reached(day) if day is not None else ():
            case = self._cases.of(entity)
            if told(case, self._reference(case)):
                self._wake(entity, self.clock, raw, dirty, effects)

    def _revise(self, since: int) -> None:
        """A catalogue takes force, at ``since`` (epoch seconds): everybody is looked at again, spread over an hour."""
        self.catalogue = self._revisions.current
        self.commons.macro.revised(since, _terms(self.catalogue))
        everybody = self._cases.revised(self.catalogue)
        self._told.clear()
        self._circles.revised(self.catalogue)
        self._visits.begin(self.clock, everybody)

    def _apply(self, record: Record, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        if record.op in CONTROL_OPS:
            self._tell_sources(self.sources.heard(record, self.clock), raw, effects)
            effects.shared.extend(self.commons.watermarks.heard(record, self.clock))
            return
        if record.entity[:1] == "\0":
            place = f"entity {record.entity!r}"
            raise NotCanonicalError(place, "a key of the partition's own", "publish through a connector")
        case = self._cases.of(record.entity)
        reference = self._reference(case)
        outcome = take(case, record, self.clock, (self.partition, raw.offset), self.catalogue, reference)
        self._outbox.count(record, outcome.effect, raw, effects)
        self._keep(case, outcome, raw, dirty, effects)

    def _fire(self, before: int, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        """Fire everything due by now, each as of its own time: rounds first, then (time, entity)."""
        effects.shared += self.commons.macro.due(self.clock)
        while True:
            round_at = self.commons.norming.due(self.clock)
            first = min([*self._timers[:1], *self._visits.head()], default=None)
            if round_at is not None and (first is None or round_at <= first[0]):
                effects.shared += self.commons.round(
                    round_at, self.clock, self._cases.ledgers(), self.catalogue
                )
            elif first is None or first[0] > self.clock:
                break
            elif first in self._visits.head():
                self._visits.pop()
                self._wake(first[1], first[0], raw, dirty, effects)
            else:
                self._ring(raw, dirty, effects)
        self._visits.end(self.clock)
        begun = self._revisions.due(self.clock)
        if begun is not None:
            self._revise(max(begun, before))
        self._tell_sources(self.sources.overdue(self.clock), raw, effects)
        effects.learned.extend(self._learn())

    def _ring(self, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        """The first timer; one that was set anew meanwhile rings for nobody."""
        due, entity = heapq.heappop(self._timers)
        if self._cases.of(entity).due == due:
            self._scheduled.pop(entity, None)
            self._wake(entity, due, raw, dirty, effects)

    def _wake(self, entity: str, due: int, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        case = self._cases.of(entity)
        outcome = wake(case, due, (self.partition, raw.offset), self.catalogue, self._reference(case))
        self._keep(case, outcome, raw, dirty, effects)

    def _keep(
        self, case: Case, outcome: Outcome, raw: RawRecord, dirty: dict[str, Case], effects: Effects
    ) -> None:
        if outcome.changed:
            dirty[case.entity] = case
            self.commons.judged(case.entity, case.judgement, self.catalogue)
            effects.shared += self._circles.judged(
                case, outcome.withdrawn, self.clock, self.catalogue, self._reference(case)
            )
            if outcome.before is not None:
                self.commons.moved(case.entity, outcome.before, case.state, self.catalogue)
            if outcome.assess:
                self._unassessed.add(case.entity)
            self._awaiting.put(case.entity, case.state.awaited)
            if case.due < NEVER and self._scheduled.get(case.entity) != case.due:
                self._scheduled[case.entity] = case.due
                heapq.heappush(self._timers, (case.due, case.entity))
        for alert in outcome.alerts:
            self._outbox.publish(alert, raw, effects)

    def _tell_sources(self, told: Iterable[dict[str, Any]], raw: RawRecord, effects: Effects) -> None:
        for alert in told:
            alert["origin"] = {"partition": self.partition, "offset": raw.offset}
            alert.setdefault("catalogue", self.catalogue.version)
            self._outbox.publish(alert, raw, effects)

    def _assess(self, case: Case, effects: Effects) -> None:
        """Publish the assessment if anything but its time changed."""
        judgement = self._current(case)
        p = self.learning.model.probability(features(case.state.ledger, judgement, self.catalogue))
        gist = gist_of(case.state, judgement, self.catalogue)
        held = self._told.get(case.entity)
        if held is not None and held[0] == gist and abs((p or 0.0) - (held[1] or 0.0)) < _STEP:
            return
        self._told[case.entity] = (gist, p)
        value = encode_assessment(assessment(case, self.catalogue, self._reference(case), p))
        effects.messages.append(Out(self._topics.assessments, case.entity.encode(), value, []))

    def _look(self, entity: str) -> tuple[Case, Judgement, Reference]:
        """An entity as it is now; one of which nothing is known is not kept in memory."""
        case = self._cases.peek(entity)
        return case, self._current(case), self._reference(case)

    def _reference(self, case: Case) -> Reference:
        return self.commons.reference(case.profile.utc_offset)

    def _current(self, case: Case) -> Judgement:
        return current(case, self.catalogue, self._reference(case))


def _terms(catalogue: Catalogue) -> Terms:
    return Terms(catalogue.macro_index, catalogue.version)
