"""One record at a time: fold, judge, advance the life cycle. No I/O: what to write is returned.

A record that changes nothing stops after the fold. Judgements of entities seen recently are kept in memory and only
re-evaluated where a record or the passing of days can have changed them; the cache is derived, so that losing it
changes nothing.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.policy.dispute import disputes
from alerts.policy.expiry import lapsed
from alerts.policy.inhibition import table
from alerts.policy.lifecycle import Correction, Standing, Step, advance
from detectors.assessment import describe, origin_key
from detectors.catalogue.entry import Point
from detectors.catalogue.model import Catalogue
from detectors.chains import chains
from detectors.fact import IMPULSE, MANUAL, Fact, day_of, midnight
from detectors.features import SERIES
from detectors.fold import Stated, stated
from detectors.forces.scores import scores
from detectors.identifiers.names import mask
from detectors.judge import BASE_FEEDS, FAR, Judgement, judge, refresh, rejudge, speaks_first
from detectors.ledger import Effect, Fold, Ledger, fold, next_expiry, purge
from detectors.materiality import view_of
from detectors.objections import OBJECTION, deletes
from detectors.past import course, peak
from detectors.points.finding import LEVEL_NAMES
from detectors.points.view import View
from detectors.record import Record
from detectors.reference import NOTHING, Reference
from detectors.waiting import has_told
from streams.engine.cases import NEVER, Case
from streams.engine.state import EntityState
from streams.engine.telling import alerts_of

_SCORED_DAYS = 90
"""The scores move slowly: they are made anew when this many days have passed, when an alert is told, and when the
accounts, the master data or a loan of the firm have changed."""

_SCORED_FEEDS = frozenset({"F21", "F29", "F30", OBJECTION})


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What one record or timer did to an entity: the effect of the fold, whether to write, what to tell, whether its
    assessment may now say something else, and whether something was ``withdrawn``, by its source or a decision.
    """

    effect: Effect | None
    changed: bool
    alerts: tuple[dict[str, Any], ...] = ()
    assess: bool = True
    before: EntityState | None = None
    withdrawn: bool = False


def take(
    case: Case,
    record: Record,
    clock: int,
    origin: tuple[int, int],
    catalogue: Catalogue,
    reference: Reference = NOTHING,
) -> Outcome:
    """Fold a record into the case and judge what it changed. ``origin`` is (partition, offset).

    The case is changed at the very end or not at all.

    Raises:
        NotCanonicalError: the record breaks its contract.
    """
    said = stated(record, case.profile)
    move = moved(case, said, clock, catalogue, reference)
    if isinstance(move, str):
        return Outcome(move, changed=False)
    folded, before, after = move.folded, case.state, move.after
    state = EntityState(folded.ledger, move.step.standing, before.offsets, _name(before, record, said))
    case.state = _with_offset(state, said, folded, origin[1], after.day)
    entered = {fact.entered for fact in (said.fact, folded.held) if fact is not None}
    if not _SCORED_FEEDS.isdisjoint({said.feed, *entered}):
        case.scores = None
    same = case.judgement is not None and after.verdicts is case.judgement.verdicts and said.feed in SERIES
    alerts = _finish(case, move.step, after, origin, catalogue, reference)
    return Outcome(folded.effect, True, alerts, bool(alerts) or not same, before, move.withdrawn)


def moved(
    case: Case, said: Stated, clock: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> "Moved | Effect":
    """What a statement does to a case, which is left as it is; only the effect if it changes nothing."""
    folded = fold(case.state.ledger, said.feed, said.ident, said.fact)
    if not folded.changed:
        return folded.effect
    at = max(clock, case.state.standing.evaluated)
    day = day_of(at, case.profile.utc_offset)
    changed = tuple(one for one in (said.fact, folded.held) if one and folded.effect != "stale")
    after = _judged(case, folded.ledger, day, catalogue, reference, said.feed, changed)
    correction = _correction(case, folded, said, after, catalogue, reference)
    if said.fact.until is not None and said.fact.until <= day:  # comes when it may be kept no longer
        over = lapsed(folded.ledger, case.state.standing.points, day, catalogue)
        correction = msgspec.structs.replace(correction, lapsed=over)
    step = _advanced(case, after, folded.ledger, at, catalogue, correction)
    return Moved(folded, after, step, correction.retraction)


class Moved(msgspec.Struct, frozen=True, gc=False):
    """The fold of a statement, the judgement after it, the step of the life cycle, whether it withdrew something."""

    folded: Fold
    after: Judgement
    step: Step
    withdrawn: bool


def wake(
    case: Case, due: int, origin: tuple[int, int], catalogue: Catalogue, reference: Reference = NOTHING
) -> Outcome:
    """A timer: judge the case as of the instant it was due, and drop what retention no longer allows."""
    after, step = woken(case, due, catalogue, reference)
    before = case.state
    case.state = _purged(msgspec.structs.replace(before, standing=step.standing), after.day)
    alerts = _finish(case, step, after, origin, catalogue, reference)
    for alert in alerts:  # the record at the origin only moved the clock; it was not known yet
        alert["origin"] = {**alert["origin"], "timer": True}
    return Outcome(None, True, alerts, before=before)


def woken(
    case: Case, due: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> tuple[Judgement, Step]:
    """What a timer that was due at ``due`` does to a case, which is left as it is."""
    at = max(due, case.state.standing.evaluated)
    day = day_of(at, case.profile.utc_offset)
    ledger, points = case.state.ledger, case.state.standing.points
    after = _judged(case, ledger, day, catalogue, reference)
    over = Correction(retraction=False, lapsed=lapsed(ledger, points, day, catalogue))
    return after, _advanced(case, after, ledger, at, catalogue, over)


def told(case: Case, reference: Reference) -> bool:
    """Whether a case waits for a day up to which its sources have told all by now."""
    awaits = case.state.awaits
    return awaits is None or has_told(awaits, case.state.ledger, reference)


def assessment(
    case: Case, catalogue: Catalogue, reference: Reference, probability: float | None
) -> dict[str, Any]:
    """The assessment to publish: the pure verdict, what subscribers were told, and the model's probability."""
    now = current(case, catalogue, reference)
    judgement = refresh(now, case.state.ledger, catalogue, case.profile, reference)
    as_of = case.state.standing.evaluated
    ledger = case.state.ledger
    if case.scores is None or case.scores[0] != judgement.day // _SCORED_DAYS:
        view = view_of(ledger, judgement.day, judgement.base, case.profile, reference)
        case.scores = judgement.day // _SCORED_DAYS, scores(view, judgement, catalogue, case.profile)
    made = case.scores[1]
    verdict = describe(case.entity, as_of, ledger, judgement, catalogue, case.profile, made, reference)
    verdict["told_tier"] = LEVEL_NAMES[case.state.standing.tier]
    verdict["probability"] = probability
    return verdict


def current(case: Case, catalogue: Catalogue, reference: Reference = NOTHING) -> Judgement:
    """The judgement of a case as of its last evaluation, made if it is not in memory or a source spoke for the first
    time since."""
    if case.judgement is None or speaks_first(case.judgement, reference):
        day = day_of(case.state.standing.evaluated, case.profile.utc_offset)
        case.judgement = judge(case.state.ledger, day, catalogue, case.profile, reference)
    return case.judgement


def _judged(
    case: Case,
    ledger: Ledger,
    day: int,
    catalogue: Catalogue,
    reference: Reference,
    feed: str | None = None,
    changed: tuple[Fact, ...] = (),
) -> Judgement:
    """The judgement of ``ledger``, which differs from the one judged last in ``feed`` only (None: not at all)."""
    if case.judgement is None:
        return judge(ledger, day, catalogue, case.profile, reference)
    return rejudge(case.judgement, ledger, day, catalogue, case.profile, feed, changed, reference)


def _advanced(
    case: Case, after: Judgement, ledger: Ledger, at: int, catalogue: Catalogue, correction: Correction
) -> Step:
    """One step of the life cycle; the chains of court cases are worked out only if it asks for them."""

    def linked() -> Mapping[str, str]:
        return chains(View(ledger, after.day, after.base, case.profile.fx))

    standing, offset = case.state.standing, case.profile.utc_offset
    disputed = disputes(ledger, case.profile.dispute_effect, standing.points, catalogue)
    return advance(standing, after, at, catalogue, offset, correction, table(catalogue), linked, disputed)


def _correction(
    case: Case, folded: Fold, said: Stated, after: Judgement, catalogue: Catalogue, reference: Reference
) -> Correction:
    """What a retraction or an amendment takes back of what was told."""
    from_now_on = folded.effect == "amended" and said.feed == IMPULSE  # corrects nothing that was told
    if deletes(folded, said.feed, said.fact):
        over = _unfounded(case, case.state.standing, folded.ledger, OBJECTION, after, catalogue, reference)
        return Correction(retraction=True, unfounded=over, upheld=True)
    if from_now_on or folded.effect not in ("amended", "retracted"):
        return Correction(retraction=False)
    fact, held, standing = said.fact, folded.held, case.state.standing
    unfounded = _unfounded(case, standing, folded.ledger, said.feed, after, catalogue, reference)
    if folded.effect == "amended":
        amended = fact.key if held is not None and held.corrected_by(fact) else None
        return Correction(retraction=False, amended=amended, unfounded=unfounded)
    once = _judged(case, case.state.ledger, after.day, catalogue, reference)
    lowered = any(
        (after.verdicts[name].level, after.verdicts[name].p) < (was.level, was.p)
        for name, was in once.weighing.items()
    )
    return Correction(retraction=True, unfounded=unfounded, lowered=lowered)


def _unfounded(
    case: Case,
    standing: Standing,
    ledger: Ledger,
    feed: str,
    after: Judgement,
    catalogue: Catalogue,
    reference: Reference,
) -> frozenset[str]:
    """Points shown in a colour that the history, as it stands now, has not had since that colour was told."""
    every = feed in (MANUAL, OBJECTION) or feed in BASE_FEEDS
    found = []
    for name, state in standing.points.items():
        point = catalogue.by_id.get(name)
        if point is None or name not in after.verdicts:
            continue
        if not (every or feed in point.feeds or (isinstance(point, Point) and point.looks_at)):
            continue
        if after.verdicts[name].level < state.level:
            first = day_of(state.since, case.profile.utc_offset)
            days = course(name, ledger, first, after.day, catalogue, case.profile, reference)
            if peak(days) < state.level:
                found.append(name)
    return frozenset(found)


def _with_offset(state: EntityState, said: Stated, folded: Fold, offset: int, day: int) -> EntityState:
    """The state that knows where the fact came from, and no longer where one came from that had to go."""
    if folded.effect == "stale":  # the fact in force came from elsewhere
        return state
    offsets = {**state.offsets, origin_key(said.feed, said.ident): offset}
    if folded.dropped is not None:
        offsets.pop(origin_key(said.feed, folded.dropped), None)
    state = msgspec.structs.replace(state, offsets=offsets)
    gone = said.fact.until is not None and said.fact.until <= day
    return _purged(state, day) if gone else state


def _purged(state: EntityState, day: int) -> EntityState:
    """What retention still allows on ``day``; no verdict of that day or a later one depends on the rest."""
    ledger = purge(state.ledger, day)
    if ledger is state.ledger:
        return state
    known = {origin_key(feed, name) for feed, facts in ledger.facts.items() for name in facts}
    offsets = {name: offset for name, offset in state.offsets.items() if name in known}
    return msgspec.structs.replace(state, ledger=ledger, offsets=offsets)


def _finish(
    case: Case,
    step: Step,
    after: Judgement,
    origin: tuple[int, int],
    catalogue: Catalogue,
    reference: Reference,
) -> tuple[dict[str, Any], ...]:
    """Keep the judgement, set the timer, and dress up what is to be told."""
    case.judgement = after
    turn = min(after.until, next_expiry(case.state.ledger))
    case.due = min(step.due, midnight(turn, case.profile.utc_offset) if turn < FAR else NEVER)
    if case.state.awaits != after.awaits:
        case.state = msgspec.structs.replace(case.state, awaits=after.awaits)
    if not step.transitions:
        return ()
    case.scores = None
    case.judgement = refresh(after, case.state.ledger, catalogue, case.profile, reference)
    return alerts_of(case.entity, case.state, step, case.judgement, origin, catalogue, reference)


def _name(state: EntityState, record: Record, said: Stated) -> str:
    """The name to show: what the registry says, else the first name a source gave; of a person masked."""
    if record.subject.scheme == "person":
        return mask(record.subject.name)
    return said.fact.data.get("name") or state.name or record.subject.name
