"""Transitions dressed up as alerts: who, what, why, on what evidence, and what to do by when."""

from datetime import date
from typing import Any

from alerts.policy.alert import OPERATIONAL, RAISING, TIER, Transition, alert_id
from alerts.policy.deadlines import deadlines
from alerts.policy.expiry import episode_hash
from alerts.policy.fan_out import cause_of
from alerts.policy.standing import Step
from alerts.policy.wording import sentence
from detectors.assessment import contributions, jurisdiction_of, materiality, stamp
from detectors.catalogue.model import Catalogue
from detectors.fact import MANUAL, iso_day
from detectors.governance.workdays import calendar_of
from detectors.judge import Judgement
from detectors.points.finding import LEVEL_NAMES, SCALE
from detectors.reference import NOTHING, Reference
from detectors.score import score
from streams.engine.state import EntityState


def alerts_of(
    entity: str,
    state: EntityState,
    step: Step,
    judgement: Judgement,
    origin: tuple[int, int],
    catalogue: Catalogue,
    reference: Reference = NOTHING,
) -> tuple[dict[str, Any], ...]:
    """The alerts of one step. ``origin`` is (partition, offset) of the record that led to it, ``reference`` what was
    known then."""
    profile = catalogue.profile(jurisdiction_of(entity))
    shared = {
        "entity": entity,
        "name": state.name,
        "jurisdiction": jurisdiction_of(entity),
        "scale_id": SCALE,
        "score": round(score(judgement, catalogue), 4),
        "at": stamp(step.standing.evaluated, profile),
        "points": contributions(state.ledger, judgement, catalogue, profile, reference, state.offsets),
        "materiality": materiality(state.ledger, judgement.day, catalogue, profile, state.offsets),
        "catalogue": catalogue.version,
        "origin": {"partition": origin[0], "offset": origin[1]},
    }
    return tuple({**shared, **_told(entity, one, judgement, catalogue)} for one in step.transitions)


def _told(entity: str, one: Transition, judgement: Judgement, catalogue: Catalogue) -> dict[str, Any]:
    point = catalogue.by_id.get(one.point)
    family = point.family if point else TIER.lower()
    said = {
        "alert_id": alert_id(entity, one.point, one.episode, one.level, one.revision),
        "type": one.kind,
        "point": one.point,
        "point_name": point.name if point else "tier of the entity",
        "point_name_zh": point.name_zh if point else "主体等级",
        "feed_family": "source" if one.kind in OPERATIONAL else family,
        "level": one.level,
        "level_name": LEVEL_NAMES[one.level],
        "previous": one.previous,
        "peak": one.peak,
        "episode": episode_hash(one.episode) if one.kind == "alert.expired" else one.episode,
        "revision": one.revision,
        "tier": {"from": one.tier_from, "to": one.tier_to},
        "reason": sentence(one.why, point, catalogue),
    }
    return said | _duty(entity, one, judgement.day, catalogue) | _marks(entity, one, judgement)


def _duty(entity: str, one: Transition, day: int, catalogue: Catalogue) -> dict[str, Any]:
    """Who is to see to it, by when, and whether a firm of that tier is to be watched (EBA guidelines on loan
    origination and monitoring: triggered indicators lead to allocated responsibility and a watch list)."""
    if one.kind in OPERATIONAL:
        return {}
    point, asked = catalogue.by_id.get(one.point), catalogue.handling
    handling, now = asked.get(LEVEL_NAMES[one.level]), asked.get(LEVEL_NAMES[one.tier_to])
    duty = {
        "owner": (point.owner if point else "") or catalogue.owner,
        "watchlist": bool(now and now.watchlist),
    }
    if handling is not None and one.kind in RAISING:
        calendar = calendar_of(jurisdiction_of(entity))
        due = calendar.after(date.fromisoformat(iso_day(day)), handling.within_working_days)
        duty["due_by"] = due.isoformat()
    return duty


def _marks(entity: str, one: Transition, judgement: Judgement) -> dict[str, Any]:
    """What only some alerts carry: what made them superfluous, that they flap or are disputed, dates to keep, and whom
    or which circle a colour rests on that came from elsewhere."""
    marks: dict[str, Any] = {}
    if one.suppressed_by:
        marks["suppressed_by"] = one.suppressed_by
    if one.flapping:
        marks["flapping"] = True
    if one.disputed:
        marks["disputed"] = True
    verdict = judgement.verdicts.get(one.point)
    if one.level and verdict is not None:
        dates = deadlines(one.point, verdict.finding.evidence, judgement.day, jurisdiction_of(entity))
        if dates:
            marks["deadlines"] = dates
        if cause := cause_of(verdict.finding.details):
            marks["cause"] = cause
    return marks


def gist_of(state: EntityState, judgement: Judgement, catalogue: Catalogue) -> tuple[Any, ...]:
    """What an assessment says, but for its time: verdicts, evidence, base, score in whole points, told tier."""
    said = [verdict.settled() for verdict in judgement.verdicts.values() if verdict.state != "not_fired"]
    feeds = {feed for name in judgement.weighing for feed in (*catalogue.by_id[name].feeds, MANUAL)}
    evidence = {feed: state.ledger.of(feed) for feed in feeds}
    return said, evidence, judgement.base, round(score(judgement, catalogue)), state.standing.tier
