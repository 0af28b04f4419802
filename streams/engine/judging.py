"""One record at a time: fold, judge, advance the life cycle. No I/O: what to write is returned.

A record that changes nothing stops after the fold. Judgements of entities seen recently are kept in memory and only
re-evaluated where a record or the passing of days can have changed them; the cache is derived, so that losing it
changes nothing.
"""

from typing import Any

import msgspec

from alerts.policy.alert import TIER, Transition, alert_id
from alerts.policy.lifecycle import Correction, Standing, Step, advance
from detectors.assessment import contributions, describe, jurisdiction_of, origin_key, stamp
from detectors.catalogue.model import Catalogue, Profile
from detectors.fact import DAY, MANUAL, Fact, day_of, midnight
from detectors.features import SERIES
from detectors.fold import Stated, stated
from detectors.identifiers.names import mask
from detectors.judge import BASE_FEEDS, FAR, Judgement, judge, peak, refresh, rejudge
from detectors.ledger import Effect, Fold, Ledger, fold, next_expiry, purge
from detectors.points.finding import LEVEL_NAMES, SCALE
from detectors.record import Record
from detectors.score import score
from streams.engine.state import EntityState

NEVER = FAR * DAY
"""A timer that never fires."""


class Case:
    """One entity in memory: its state, the last judgement, and when it wants to be looked at again."""

    __slots__ = ("due", "entity", "judgement", "profile", "state")

    def __init__(self, entity: str, state: EntityState, due: int, catalogue: Catalogue) -> None:
        """Take up an entity as it was last written."""
        self.entity = entity
        self.state = state
        self.due = due
        self.profile: Profile = catalogue.profile(jurisdiction_of(entity))
        self.judgement: Judgement | None = None


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What one record or timer did to an entity: the effect of the fold, whether to write, what to tell, and whether
    its assessment may now say something else.
    """

    effect: Effect | None
    changed: bool
    alerts: tuple[dict[str, Any], ...] = ()
    assess: bool = True


def take(case: Case, record: Record, clock: int, origin: tuple[int, int], catalogue: Catalogue) -> Outcome:
    """Fold a record into the case and judge what it changed. ``origin`` is (partition, offset).

    The case is changed at the very end or not at all.

    Raises:
        NotCanonicalError: the record breaks its contract.
    """
    said = stated(record, case.profile)
    folded = fold(case.state.ledger, said.feed, said.ident, said.fact)
    if not folded.changed:
        return Outcome(folded.effect, changed=False)
    at = max(clock, case.state.standing.evaluated)
    day = day_of(at, case.profile.utc_offset)
    before = case.state
    replaced = before.ledger.of(said.feed).get(said.ident)
    changed = (said.fact,) if replaced is None else (said.fact, replaced)
    after = _judged(case, folded.ledger, day, catalogue, said.feed, changed)
    correction = _correction(case, folded, said, after, catalogue)
    step = advance(before.standing, after, at, catalogue, case.profile.utc_offset, correction)
    state = EntityState(folded.ledger, step.standing, before.offsets, _name(before, record, said))
    case.state = _with_offset(state, said, folded, origin[1], day)
    same = case.judgement is not None and after.verdicts is case.judgement.verdicts and said.feed in SERIES
    alerts = _finish(case, step, after, origin, catalogue)
    return Outcome(folded.effect, True, alerts, assess=bool(alerts) or not same)


def wake(case: Case, due: int, origin: tuple[int, int], catalogue: Catalogue) -> Outcome:
    """A timer: judge the case as of the instant it was due, and drop what retention no longer allows."""
    at = max(due, case.state.standing.evaluated)
    day = day_of(at, case.profile.utc_offset)
    after = _judged(case, case.state.ledger, day, catalogue, None)
    step = advance(case.state.standing, after, at, catalogue, case.profile.utc_offset)
    case.state = _purged(msgspec.structs.replace(case.state, standing=step.standing), day)
    return Outcome(None, True, _finish(case, step, after, origin, catalogue))


def assessment(case: Case, catalogue: Catalogue, probability: float | None) -> dict[str, Any]:
    """The assessment to publish: the pure verdict, what subscribers were told, and the model's probability."""
    judgement = refresh(current(case, catalogue), case.state.ledger, catalogue, case.profile)
    as_of = case.state.standing.evaluated
    verdict = describe(case.entity, as_of, case.state.ledger, judgement, catalogue, case.profile)
    verdict["told_tier"] = LEVEL_NAMES[case.state.standing.tier]
    verdict["probability"] = probability
    return verdict


def current(case: Case, catalogue: Catalogue) -> Judgement:
    """The judgement of a case as of its last evaluation, made if it is not in memory."""
    if case.judgement is None:
        day = day_of(case.state.standing.evaluated, case.profile.utc_offset)
        case.judgement = judge(case.state.ledger, day, catalogue, case.profile)
    return case.judgement


def _judged(
    case: Case,
    ledger: Ledger,
    day: int,
    catalogue: Catalogue,
    feed: str | None,
    changed: tuple[Fact, ...] = (),
) -> Judgement:
    """The judgement of ``ledger``, which differs from the one judged last in ``feed`` only (None: not at all)."""
    if case.judgement is None:
        return judge(ledger, day, catalogue, case.profile)
    return rejudge(case.judgement, ledger, day, catalogue, case.profile, feed, changed)


def _correction(case: Case, folded: Fold, said: Stated, after: Judgement, catalogue: Catalogue) -> Correction:
    """What a retraction or an amendment takes back of what was told."""
    if folded.effect not in ("amended", "retracted"):
        return Correction(retraction=False)
    fact, held, standing = said.fact, folded.held, case.state.standing
    unfounded = _unfounded(case, standing, folded.ledger, said.feed, after, catalogue)
    if folded.effect == "amended":
        amended = fact.key if held is not None and _corrects(held, fact) else None
        return Correction(retraction=False, amended=amended, unfounded=unfounded)
    once = _judged(case, case.state.ledger, after.day, catalogue, None)
    lowered = any(
        (after.verdicts[name].level, after.verdicts[name].p) < (was.level, was.p)
        for name, was in once.verdicts.items()
    )
    return Correction(retraction=True, unfounded=unfounded, lowered=lowered)


def _corrects(held: Fact, fact: Fact) -> bool:
    """Whether an amendment says that something was otherwise: not if it repeats, and not if it ends what was so."""
    if held.end is None and fact.end is not None:
        return False
    return (held.data, held.start, held.end) != (fact.data, fact.start, fact.end)


def _unfounded(
    case: Case, standing: Standing, ledger: Ledger, feed: str, after: Judgement, catalogue: Catalogue
) -> frozenset[str]:
    """Points shown in a colour that the history, as it stands now, has not had since that colour was told."""
    every = feed == MANUAL or feed in BASE_FEEDS
    found = []
    for name, state in standing.points.items():
        point = catalogue.by_id.get(name)
        if point is None or not (every or feed in point.feeds):
            continue
        if after.verdicts[name].level < state.level:
            first = day_of(state.since, case.profile.utc_offset)
            if peak(name, ledger, first, after.day, catalogue, case.profile) < state.level:
                found.append(name)
    return frozenset(found)


def _with_offset(state: EntityState, said: Stated, folded: Fold, offset: int, day: int) -> EntityState:
    """The state that knows where the fact came from, and no longer where one came from that had to go."""
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
    case: Case, step: Step, after: Judgement, origin: tuple[int, int], catalogue: Catalogue
) -> tuple[dict[str, Any], ...]:
    """Keep the judgement, set the timer, and dress up what is to be told."""
    case.judgement = after
    turn = min(after.until, next_expiry(case.state.ledger))
    case.due = min(step.due, midnight(turn, case.profile.utc_offset) if turn < FAR else NEVER)
    if not step.transitions:
        return ()
    case.judgement = refresh(after, case.state.ledger, catalogue, case.profile)
    return _alerts(case, step, case.judgement, origin, catalogue)


def _alerts(
    case: Case, step: Step, judgement: Judgement, origin: tuple[int, int], catalogue: Catalogue
) -> tuple[dict[str, Any], ...]:
    """The alerts of one step."""
    shared = {
        "entity": case.entity,
        "name": case.state.name,
        "jurisdiction": jurisdiction_of(case.entity),
        "scale_id": SCALE,
        "score": round(score(judgement, catalogue), 4),
        "at": stamp(step.standing.evaluated, case.profile),
        "points": contributions(case.state.ledger, judgement, catalogue, case.state.offsets),
        "catalogue": catalogue.version,
        "origin": {"partition": origin[0], "offset": origin[1]},
    }
    return tuple({**shared, **_told(case.entity, one, catalogue)} for one in step.transitions)


def _told(entity: str, one: Transition, catalogue: Catalogue) -> dict[str, Any]:
    point = catalogue.by_id.get(one.point)
    return {
        "alert_id": alert_id(entity, one.point, one.episode, one.level, one.revision),
        "type": one.kind,
        "point": one.point,
        "point_name": point.name if point else "tier of the entity",
        "point_name_zh": point.name_zh if point else "主体等级",
        "feed_family": point.family if point else TIER.lower(),
        "level": one.level,
        "level_name": LEVEL_NAMES[one.level],
        "previous": one.previous,
        "peak": one.peak,
        "episode": one.episode,
        "revision": one.revision,
        "tier": {"from": one.tier_from, "to": one.tier_to},
        "reason": one.why,
    }


def _name(state: EntityState, record: Record, said: Stated) -> str:
    """The name to show: what the registry says, else the first name a source gave; of a person masked."""
    if record.subject.scheme == "person":
        return mask(record.subject.name)
    return said.fact.data.get("name") or state.name or record.subject.name
