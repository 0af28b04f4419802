"""The life cycle of alerts: rises at once, falls slowly, withdrawn at once. A deterministic function of the log.

Rules:

1. A rise of a point or of the tier shows immediately.
2. A fall of a point waits for the off-delay of its level after the fall and for the dwell of its level after the rise;
   the entity's tier then steps down one level at a time, each level with its own dwell.
3. What a retraction or a correction shows never to have been so falls at once, dwell or not: nobody stays red on a
   record known to be wrong. A fall that was lawfully under way keeps its delays.
4. A statutory point ends when the statute says so, without dwell.
5. An episode lasts from opening to clearing; its key comes from the evidence, and for court cases from their chain.
   Revisions are counted per point, over all its episodes, in this state, which is written with the ledger, so that
   both are the same however often a record is processed again, and no two alerts share an id.
6. A point that changes too often keeps its colour until it is quiet (:mod:`alerts.policy.chatter`).
7. What another alert says already is marked as such and not sent (:mod:`alerts.policy.inhibition`). A rise of the tier
   is always told: if no point that is sent explains it, as an alert about the tier.
8. What may no longer be kept ends at once (:mod:`alerts.policy.expiry`).

Nothing here may depend on when a verdict was evaluated, only on what it says: verdicts are cached.
"""

import msgspec

from alerts.policy import dispute
from alerts.policy.alert import LOWERING, TIER, Kind, Transition
from alerts.policy.chatter import held_until, noted
from alerts.policy.dispute import Dispute
from alerts.policy.inhibition import Chains, Inhibition, heard
from alerts.policy.moves import Moves
from alerts.policy.recovery import recovered
from alerts.policy.standing import Correction, PointState, Standing, Step
from alerts.policy.wording import tier_reason
from detectors.catalogue.model import Catalogue
from detectors.chains import case_of
from detectors.fact import DAY, midnight
from detectors.judge import FAR, Judgement, Verdict
from detectors.objections import keys_of
from detectors.points.finding import LEVEL_NAMES, NONE, YELLOW
from detectors.score import score, several_blues

__all__ = ["Correction", "PointState", "Standing", "Step", "advance"]

_NEW = PointState()
_NOTHING = Correction(retraction=False)


def advance(
    before: Standing,
    judgement: Judgement,
    at: int,
    catalogue: Catalogue,
    utc_offset: int,
    correction: Correction = _NOTHING,
    inhibitions: tuple[Inhibition, ...] = (),
    chains: Chains = dict,
    disputed: Dispute = dispute.NOTHING,
) -> Step:
    """One step. ``at`` is stream time (epoch seconds), ``utc_offset`` that of the entity's profile; ``disputed`` is
    what somebody objects to. Pure.
    """
    if not (judgement.weighing or before.tier or before.points):
        return Step(Standing(evaluated=max(at, before.evaluated), revision=before.revision), (), FAR * DAY)
    moves = Moves(before, judgement)
    for name in sorted(correction.lapsed - correction.unfounded):
        moves.expire(name, at)
    for name, verdict in judgement.verdicts.items():
        if not (verdict.level or name in moves.points):
            continue
        held = moves.points.get(name, _NEW)
        if verdict.level or held.level:
            move = _point(held, verdict, at, catalogue, correction, chains)
            if disputed.keys or held.disputed:
                keys = keys_of(disputed.keys, catalogue.by_id[name].feeds)
                move = dispute.marked(held, move, verdict, keys, at, suspends=disputed.suspends)
            moves.take(name, held, move, at, catalogue)
    for name in sorted(disputed.settled):
        moves.settle(name, at, catalogue, withdrawn=name in disputed.withdrawn)
    points, told = moves.points, moves.told
    tier = _tier(before, points, judgement, at, catalogue, correction, released=moves.released)
    if inhibitions and (told or any(state.hidden for state in points.values())):
        told = heard(told, before.points, points, judgement, before.tier, inhibitions, chains)
    since = before.since if tier == before.tier else at if tier else 0
    standing = Standing(tier, since, before.revision, max(at, before.evaluated), points)
    if tier != before.tier and not _explained(told, before.tier, tier):
        standing = msgspec.structs.replace(standing, revision=before.revision + 1)
        told.append(_tier_alone(before.tier, standing, judgement, catalogue, correction))
    told += moves.notices + recovered(points, judgement, before, at)
    transitions = tuple([msgspec.structs.replace(one, tier_from=before.tier, tier_to=tier) for one in told])
    return Step(standing, transitions, _due(standing, judgement, catalogue, utc_offset))


def _explained(told: list[Transition], was: int, tier: int) -> bool:
    """Whether everybody who must hear of a change of the tier is sent an alert that tells it."""
    sent = [one for one in told if not one.suppressed_by]
    if tier > was:
        return any(one.level >= tier for one in sent)
    return any(one.kind in LOWERING and max(one.previous, one.peak) >= was for one in sent)


def _point(
    held: PointState,
    verdict: Verdict,
    at: int,
    catalogue: Catalogue,
    correction: Correction,
    chains: Chains,
) -> dispute.Move:
    """The next state of one point, the event to tell (None: nothing) and its reason."""
    new = verdict.level
    if new > held.level:
        episode = held.episode if held.level else _episode(verdict, chains)
        again = episode == held.episode
        kind: Kind = "alert.upgraded" if held.level else "alert.reopened" if again else "alert.opened"
        peak = max(new, held.peak) if held.level else new
        changes = noted(held.changes, at)
        risen = PointState(new, episode, held.revision + 1, at, None, peak, held.hidden, changes)
        return risen, kind, verdict.finding.value
    if new < held.level:
        return _fall(held, verdict, at, catalogue, correction)
    kept = held
    if held.falling is not None:
        kept = msgspec.structs.replace(held, falling=None, changes=noted(held.changes, at))
    if correction.amended and any(fact.key == correction.amended for fact in verdict.finding.evidence):
        why = f"evidence corrected: {verdict.finding.value}"
        return msgspec.structs.replace(kept, revision=held.revision + 1), "alert.corrected", why
    return kept, None, ""


def _fall(
    held: PointState, verdict: Verdict, at: int, catalogue: Catalogue, correction: Correction
) -> dispute.Move:
    new = verdict.level
    unfounded = verdict.point in correction.unfounded
    waiting = held
    if held.falling is None:
        waiting = msgspec.structs.replace(held, falling=at, changes=noted(held.changes, at))
    statutory = catalogue.by_id[verdict.point].statutory
    if not (unfounded or statutory or at >= _release(waiting, catalogue)):
        return waiting, None, ""
    fallen = msgspec.structs.replace(
        waiting,
        level=new,
        revision=held.revision + 1,
        since=at,
        falling=None,
        disputed=False,
        suspended=False,
    )
    if unfounded:
        taken_back = "withdrawn by its source" if correction.retraction else "corrected by its source"
        taken_back = "deleted: an objection to it was upheld" if correction.upheld else taken_back
        kind: Kind = (
            "alert.downgraded" if new else "alert.retracted" if correction.retraction else "alert.cleared"
        )
        return fallen, kind, f"the evidence was {taken_back}"
    if new:
        why = f"no longer {LEVEL_NAMES[held.level]}, and the waiting time is over: {verdict.finding.value}"
        return fallen, "alert.downgraded", why
    return fallen, "alert.cleared", _STATUTORY_END if statutory else _END


_END = "the condition has ended, and the waiting time is over"
_STATUTORY_END = "the statutory ground has ended"


def _release(state: PointState, catalogue: Catalogue) -> int:
    """When a falling point may be told to have fallen."""
    rules = catalogue.dynamics
    fell = state.since if state.falling is None else state.falling
    wait = fell + round(rules.off_delay_days[state.level] * DAY)
    dwell = state.since + round(rules.dwell_days[state.level] * DAY)
    return max(wait, dwell, held_until(state.changes))


def _episode(verdict: Verdict, chains: Chains) -> str:
    """The finding's own, else the chain or key of the earliest evidence, else the day the condition began."""
    finding = verdict.finding
    if finding.episode:
        return finding.episode
    first = min(finding.evidence, key=lambda fact: (fact.start, fact.key), default=None)
    if first is None:
        return f"since {verdict.since}"
    case = case_of(first)
    return first.key if case is None else chains().get(case, case)


def _tier(
    before: Standing,
    points: dict[str, PointState],
    judgement: Judgement,
    at: int,
    catalogue: Catalogue,
    correction: Correction,
    *,
    released: bool,
) -> int:
    if correction.at_once:  # no dead band either: the tier as if entered now
        return _target(NONE, points, judgement, catalogue)
    target = _target(before.tier, points, judgement, catalogue)
    if target >= before.tier or released:
        return target
    dwell = round(catalogue.dynamics.dwell_days[before.tier] * DAY)
    return before.tier - 1 if at >= before.since + dwell else before.tier


def _target(tier: int, points: dict[str, PointState], judgement: Judgement, catalogue: Catalogue) -> int:
    """Where the tier would go now: shown points, several blues, and the score with its dead band."""
    value = score(judgement, catalogue)
    rules = catalogue.score
    by_score = next((n for n in (3, 2, 1) if value >= (rules.exit[n] if n <= tier else rules.enter[n])), NONE)
    return max(_shown(points, judgement, catalogue), by_score)


def _shown(points: dict[str, PointState], judgement: Judgement, catalogue: Catalogue) -> int:
    """The tier that points give without the score."""
    shown = max([state.level for state in points.values()], default=NONE)
    return YELLOW if shown < YELLOW and several_blues(judgement, catalogue) else shown


def _tier_alone(
    tier_from: int, standing: Standing, judgement: Judgement, catalogue: Catalogue, correction: Correction
) -> Transition:
    """A change of tier that no single point explains: by score, by several blues, or a step down."""
    up = standing.tier > tier_from
    kind: Kind = ("alert.upgraded" if tier_from else "alert.opened") if up else "alert.downgraded"
    if not standing.tier:
        kind = "alert.cleared"
    why = tier_reason(tier_from, standing.tier, judgement, catalogue, at_once=correction.at_once)
    peak = max(standing.tier, tier_from)
    return Transition(kind, TIER, standing.tier, tier_from, peak, TIER, standing.revision, 0, 0, why)


def _due(standing: Standing, judgement: Judgement, catalogue: Catalogue, utc_offset: int) -> int:
    """The next instant at which the life cycle itself wants to be looked at."""
    dues = [_release(state, catalogue) for state in standing.points.values() if state.falling is not None]
    if standing.tier and _shown(standing.points, judgement, catalogue) < standing.tier:
        dues.append(_step_down(standing, judgement, catalogue, utc_offset))
    return max(min(dues, default=FAR * DAY), standing.evaluated + 1)


_HORIZON = 8_192
"""Days ahead beyond which every half-life in use has faded."""


def _step_down(standing: Standing, judgement: Judgement, catalogue: Catalogue, utc_offset: int) -> int:
    """When both the dwell has passed and the score has decayed below the exit of the tier."""
    floor, day = catalogue.score.exit[standing.tier], judgement.day
    low, high = 0, _HORIZON
    if score(judgement, catalogue, day + high) >= floor:
        return FAR * DAY
    while low < high:
        middle = (low + high) // 2
        if score(judgement, catalogue, day + middle) < floor:
            high = middle
        else:
            low = middle + 1
    dwell = round(catalogue.dynamics.dwell_days[standing.tier] * DAY)
    return max(standing.since + dwell, midnight(day + low, utc_offset))
