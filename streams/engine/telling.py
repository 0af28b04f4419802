"""Transitions dressed up as alerts: who, what, why, on what evidence, and what to do by when."""

from typing import Any

from alerts.policy.alert import OPERATIONAL, TIER, Transition, alert_id
from alerts.policy.deadlines import deadlines
from alerts.policy.standing import Step
from detectors.assessment import contributions, jurisdiction_of, materiality, stamp
from detectors.catalogue.model import Catalogue
from detectors.fact import MANUAL
from detectors.judge import Judgement
from detectors.points.finding import LEVEL_NAMES, SCALE
from detectors.score import score
from streams.engine.state import EntityState


def alerts_of(
    entity: str,
    state: EntityState,
    step: Step,
    judgement: Judgement,
    origin: tuple[int, int],
    catalogue: Catalogue,
) -> tuple[dict[str, Any], ...]:
    """The alerts of one step. ``origin`` is (partition, offset) of the record that led to it."""
    profile = catalogue.profile(jurisdiction_of(entity))
    shared = {
        "entity": entity,
        "name": state.name,
        "jurisdiction": jurisdiction_of(entity),
        "scale_id": SCALE,
        "score": round(score(judgement, catalogue), 4),
        "at": stamp(step.standing.evaluated, profile),
        "points": contributions(state.ledger, judgement, catalogue, state.offsets),
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
        "episode": one.episode,
        "revision": one.revision,
        "tier": {"from": one.tier_from, "to": one.tier_to},
        "reason": one.why,
    }
    return said | _marks(entity, one, judgement)


def _marks(entity: str, one: Transition, judgement: Judgement) -> dict[str, Any]:
    """What only some alerts carry: what made them superfluous, that they flap or are disputed, and dates to keep."""
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
    return marks


def gist_of(state: EntityState, judgement: Judgement, catalogue: Catalogue) -> tuple[Any, ...]:
    """What an assessment says, but for its time: verdicts, evidence, base, score in whole points, told tier."""
    said = [verdict.settled() for verdict in judgement.verdicts.values() if verdict.state != "not_fired"]
    feeds = {feed for name in judgement.weighing for feed in (*catalogue.by_id[name].feeds, MANUAL)}
    evidence = {feed: state.ledger.of(feed) for feed in feeds}
    return said, evidence, judgement.base, round(score(judgement, catalogue)), state.standing.tier
