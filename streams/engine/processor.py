"""One partition: batches of records in, everything that must be written out. No I/O.

Order inside a batch is the order of the log. Stream time is the latest ``observed_at`` seen, so it depends on nothing
but the log; before a record is folded, every timer that is due by then fires as of its own due time. Where a batch is
cut therefore changes nothing that is told.
"""

import heapq
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from alerts.policy.alert import cloud_event_headers
from alerts.policy.alert import encode as encode_alert
from detectors.assessment import encode as encode_assessment
from detectors.catalogue.model import Catalogue
from detectors.fact import MANUAL
from detectors.features import features
from detectors.fold import NotCanonicalError
from detectors.judge import Judgement
from detectors.record import CONTROL_OPS, Record, decode, epoch
from detectors.score import score
from streams.engine import state as codec
from streams.engine.judging import NEVER, Case, Outcome, assessment, current, take, wake
from streams.engine.learning import Learned, Learning, Waiting
from streams.engine.raw import RawRecord
from streams.engine.sources import SourceWatch
from streams.engine.state import EntityState, PartitionState

CACHED = 50_000
"""Entities kept decoded in memory per partition."""

_STEP = 0.005
"""An assessment is published again when the model's probability moved by this much."""

_MISFITS = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a point raises over a field that no connector would have let through."""


class Values(Protocol):
    """Where encoded states are read from: the partition's view of a store."""

    def get(self, key: bytes) -> bytes | None:
        """The value last written, None if none."""

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """Everything written, in any order."""


class Routing(Protocol):
    """Who is told: (topic, key, value, id) of every copy of an alert."""

    def __call__(self, alert: Mapping[str, Any], value: bytes) -> Iterable[tuple[str, bytes, bytes, str]]:
        """The copies to send."""


class Out(msgspec.Struct, frozen=True, gc=False):
    """One message to publish. ``id`` lets a copy that is already out be left out after a crash."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    id: str = ""


class Effects(msgspec.Struct):
    """What one batch asks to be written, in this order: ``messages``, then ``states``, then ``partition``."""

    messages: list[Out]
    states: dict[bytes, bytes]
    partition: bytes
    counts: Counter[tuple[str, str]]
    alerts: list[tuple[dict[str, Any], int]]
    lag_from: int
    learned: list[Learned] = []


class Topics(msgspec.Struct, frozen=True):
    """Names of the topics written to."""

    alerts: str
    assessments: str
    dead_letters: str


class Processor:
    """The judgement of one partition. Everything it knows can be rebuilt from ``values``."""

    def __init__(
        self, partition: int, values: Values, catalogue: Catalogue, routing: Routing, topics: Topics
    ) -> None:
        """Take up a partition as it was last written."""
        self.partition = partition
        self.catalogue = catalogue
        self._values = values
        self._routing = routing
        self._topics = topics
        self._cases: OrderedDict[str, Case] = OrderedDict()
        self._told: dict[str, tuple[Any, ...]] = {}
        self._unassessed: set[str] = set()
        held = codec.decode_partition(values.get(codec.PARTITION_KEY))
        self.clock, self.next_offset = held.clock, held.next_offset
        self.sources = SourceWatch(held.sources, held.stale)
        self.learning = Learning(values.get(codec.MODEL_KEY))
        self._timers = [
            (codec.due_of(value), key.decode()) for key, value in values.items() if key[:1] != b"\x00"
        ]
        self._timers = [timer for timer in self._timers if timer[0] < NEVER]
        heapq.heapify(self._timers)
        self._scheduled = {entity: due for due, entity in self._timers}

    def process(self, batch: Sequence[RawRecord]) -> Effects:
        """Judge a batch; nothing is written before the caller does so."""
        effects = Effects([], {}, b"", Counter(), [], batch[0].timestamp)
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
        effects.partition = codec.encode_partition(
            PartitionState(self.clock, self.next_offset, self.sources.seen, self.sources.stale)
        )
        self._shrink()
        return effects

    def outcome(self, outcome: Waiting) -> list[Learned]:
        """Take in one outcome; returns what could be learned by now."""
        self.learning.add(outcome)
        return self._learn()

    def _learn(self) -> list[Learned]:
        """Learn the outcomes whose time has come, each from the features of its entity's last evaluation."""
        return [self._learn_one(outcome) for outcome in self.learning.ripe(self.clock)]

    def _learn_one(self, outcome: Waiting) -> Learned:
        case = self._case(outcome.entity)
        if not case.state.ledger.live():
            return Learned(outcome.defaulted, None)
        x = features(case.state.ledger, current(case, self.catalogue), self.catalogue)
        before = self.learning.model.probability(x)
        self.learning.model.learn(x, defaulted=outcome.defaulted)
        return Learned(outcome.defaulted, before)

    def _one(self, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        try:
            record = decode(raw.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._dead(raw, "undecodable", str(error), "", effects)
            return
        self.clock = max(self.clock, epoch(record.observed_at))
        self._fire(raw, dirty, effects)
        try:
            self._apply(record, raw, dirty, effects)
        except (NotCanonicalError, *_MISFITS) as error:  # nothing of it was applied; the stream goes on
            self._dead(raw, "not_canonical", f"{type(error).__name__}: {error}", record.source_id, effects)

    def _apply(self, record: Record, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        if record.op in CONTROL_OPS:
            self._tell_sources(self.sources.heard(record, self.clock), raw, effects)
            return
        case = self._case(record.entity)
        outcome = take(case, record, self.clock, (self.partition, raw.offset), self.catalogue)
        self._count(record, outcome, raw, effects)
        self._keep(case, outcome, raw, dirty, effects)

    def _fire(self, raw: RawRecord, dirty: dict[str, Case], effects: Effects) -> None:
        """Fire every timer due by now, each as of its own time, in order of (time, entity)."""
        while self._timers and self._timers[0][0] <= self.clock:
            due, entity = heapq.heappop(self._timers)
            case = self._case(entity)
            if case.due == due:
                self._scheduled.pop(entity, None)
                outcome = wake(case, due, (self.partition, raw.offset), self.catalogue)
                self._keep(case, outcome, raw, dirty, effects)
        self._tell_sources(self.sources.overdue(self.clock), raw, effects)
        effects.learned.extend(self._learn())

    def _keep(
        self, case: Case, outcome: Outcome, raw: RawRecord, dirty: dict[str, Case], effects: Effects
    ) -> None:
        if outcome.changed:
            dirty[case.entity] = case
            if outcome.assess:
                self._unassessed.add(case.entity)
            if case.due < NEVER and self._scheduled.get(case.entity) != case.due:
                self._scheduled[case.entity] = case.due
                heapq.heappush(self._timers, (case.due, case.entity))
        for alert in outcome.alerts:
            self._publish(alert, raw, effects)

    def _publish(self, alert: dict[str, Any], raw: RawRecord, effects: Effects) -> None:
        value, key = encode_alert(alert), alert["entity"].encode()
        headers = [*cloud_event_headers(alert), ("fenghuo-appended", str(raw.timestamp).encode())]
        effects.messages.append(Out(self._topics.alerts, key, value, headers, alert["alert_id"]))
        for topic, to, copy, name in self._routing(alert, value):
            effects.messages.append(Out(topic, to, copy, [*headers, ("fenghuo-id", name.encode())], name))
        effects.alerts.append((alert, raw.timestamp))

    def _tell_sources(self, told: Iterable[dict[str, Any]], raw: RawRecord, effects: Effects) -> None:
        for alert in told:
            alert["origin"] = {"partition": self.partition, "offset": raw.offset}
            alert["catalogue"] = self.catalogue.version
            self._publish(alert, raw, effects)

    def _count(self, record: Record, outcome: Outcome, raw: RawRecord, effects: Effects) -> None:
        effect = outcome.effect
        if effect in ("duplicate", "stale"):
            label = "duplicate"
        elif effect == "conflict":
            label = "quarantined"
            detail = f"{record.source_id} sent two contents as {record.record_id} version {record.version}"
            self._dead(raw, "version_conflict", detail, record.source_id, effects)
        else:
            label = "flagged" if record.flags else "accepted"
        effects.counts[record.feed, label] += 1

    def _dead(self, raw: RawRecord, reason: str, detail: str, source: str, effects: Effects) -> None:
        place = f"records/{self.partition}@{raw.offset}"
        headers = [
            ("reason", reason.encode()),
            ("detail", detail.encode()),
            ("place", place.encode()),
            ("source_id", source.encode()),
        ]
        effects.messages.append(
            Out(self._topics.dead_letters, source.encode(), raw.value or b"", headers, place)
        )
        if reason != "version_conflict":
            effects.counts["unknown", "quarantined"] += 1

    def _assess(self, case: Case, effects: Effects) -> None:
        """Publish the assessment if anything but its time changed."""
        judgement = current(case, self.catalogue)
        p = self.learning.model.probability(features(case.state.ledger, judgement, self.catalogue))
        gist = self._gist(case, judgement)
        held = self._told.get(case.entity)
        if held is not None and held[0] == gist and abs((p or 0.0) - (held[1] or 0.0)) < _STEP:
            return
        self._told[case.entity] = (gist, p)
        value = encode_assessment(assessment(case, self.catalogue, p))
        effects.messages.append(Out(self._topics.assessments, case.entity.encode(), value, []))

    def _gist(self, case: Case, judgement: Judgement) -> tuple[Any, ...]:
        """What an assessment says, but for its time: verdicts, evidence, base, score in whole points, told tier."""
        said = [verdict.settled() for verdict in judgement.verdicts.values() if verdict.state != "not_fired"]
        feeds = {feed for name in judgement.weighing for feed in (*self.catalogue.by_id[name].feeds, MANUAL)}
        evidence = {feed: case.state.ledger.of(feed) for feed in feeds}
        return (
            said,
            evidence,
            judgement.base,
            round(score(judgement, self.catalogue)),
            case.state.standing.tier,
        )

    def _case(self, entity: str) -> Case:
        case = self._cases.get(entity)
        if case is not None:
            self._cases.move_to_end(entity)
            return case
        value = self._values.get(entity.encode())
        if value is None:
            case = Case(entity, EntityState(), NEVER, self.catalogue)
        else:
            case = Case(entity, codec.decode(value), codec.due_of(value), self.catalogue)
        self._cases[entity] = case
        return case

    def _shrink(self) -> None:
        """Forget the entities not seen for longest; only between batches, when everything is written."""
        while len(self._cases) > CACHED:
            entity, _ = self._cases.popitem(last=False)
            self._told.pop(entity, None)
