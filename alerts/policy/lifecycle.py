"""The life cycle of alerts: rises at once, falls slowly, withdrawn at once. A deterministic function of the log.

Rules:

1. A rise of a point or of the tier shows immediately.
2. A fall of a point waits for the off-delay of its level after the fall and for the dwell of its level after the rise;
   the entity's tier then steps down one level at a time, each level with its own dwell.
3. What a retraction or a correction shows never to have been so falls at once, dwell or not: nobody stays red on a
   record known to be wrong. A fall that was lawfully under way keeps its delays.
4. A statutory point ends when the statute says so, without dwell.
5. An episode lasts from opening to clearing; its key comes from the evidence. Revisions are counted per point, over
   all its episodes, in this state, which is written with the ledger, so that both are the same however often a record
   is processed again, and no two alerts share an id.

Nothing here may depend on when a verdict was evaluated, only on what it says: verdicts are cached.
"""

import msgspec

from alerts.policy.alert import TIER, Kind, Transition
from detectors.catalogue.model import Catalogue
from detectors.fact import DAY, midnight
from detectors.judge import FAR, Judgement, Verdict
from detectors.points.finding import LEVEL_NAMES, NONE, YELLOW
from detectors.score import score, several_blues


class Correction(msgspec.Struct, frozen=True, gc=False):
    """What a record that takes something back, or states it anew, means for what was told before.

    ``amended`` is the natural key of a fact that now says something else, ``unfounded`` the points shown in a colour
    that the corrected history never had, ``lowered`` whether a retraction took weight away; ``retraction`` is False
    for an amendment.
    """

    retraction: bool
    amended: str | None = None
    unfounded: frozenset[str] = frozenset()
    lowered: bool = False

    @property
    def at_once(self) -> bool:
        """Whether the tier is derived afresh instead of stepping down."""
        return self.lowered or bool(self.unfounded)


class PointState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was last told about one point. Times in epoch seconds; ``falling`` when the condition ended; ``peak`` the
    highest level told in the episode, which is who must hear that it is over."""

    level: int = NONE
    episode: str = ""
    revision: int = 0
    since: int = 0
    falling: int | None = None
    peak: int = NONE


class Standing(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was last told about one entity."""

    tier: int = NONE
    since: int = 0
    revision: int = 0
    evaluated: int = 0
    points: dict[str, PointState] = msgspec.field(default_factory=dict)


class Step(msgspec.Struct, frozen=True, gc=False):
    """The new standing, what to tell, and when to look again (epoch seconds; FAR * DAY: only with a record)."""

    standing: Standing
    transitions: tuple[Transition, ...]
    due: int


_NEW = PointState()
_NOTHING = Correction(retraction=False)


def advance(
    before: Standing,
    judgement: Judgement,
    at: int,
    catalogue: Catalogue,
    utc_offset: int,
    correction: Correction = _NOTHING,
) -> Step:
    """One step. ``at`` is stream time (epoch seconds), ``utc_offset`` that of the entity's profile. Pure."""
    if not (judgement.weighing or before.tier or before.points):
        return Step(Standing(evaluated=max(at, before.evaluated), revision=before.revision), (), FAR * DAY)
    # a point that left the catalogue leaves the standing with it
    points = {name: state for name, state in before.points.items() if name in judgement.verdicts}
    told: list[Transition] = []
    released = False
    for name, verdict in judgement.verdicts.items():
        held = points.get(name, _NEW)
        if not (verdict.level or held.level):
            continue
        moved, kind, why = _point(held, verdict, at, catalogue, correction)
        points[name] = moved
        released = released or (kind == "alert.cleared" and catalogue.by_id[name].statutory)
        if kind is not None:
            told.append(
                Transition(
                    kind, name, moved.level, held.level, moved.peak, moved.episode, moved.revision, 0, 0, why
                )
            )
    tier = _tier(before, points, judgement, at, catalogue, correction, released=released)
    since = before.since if tier == before.tier else at
    standing = Standing(tier, since, before.revision, max(at, before.evaluated), points)
    if tier != before.tier and not told:
        standing = msgspec.structs.replace(standing, revision=before.revision + 1)
        told.append(_tier_alone(before.tier, standing, judgement, catalogue, correction))
    transitions = tuple([msgspec.structs.replace(one, tier_from=before.tier, tier_to=tier) for one in told])
    return Step(standing, transitions, _due(standing, judgement, catalogue, utc_offset))


def _point(
    held: PointState, verdict: Verdict, at: int, catalogue: Catalogue, correction: Correction
) -> tuple[PointState, Kind | None, str]:
    """The next state of one point, the event to tell (None: nothing) and its reason."""
    new = verdict.level
    if new > held.level:
        episode = held.episode if held.level else _episode(verdict)
        again = episode == held.episode
        kind: Kind = "alert.upgraded" if held.level else "alert.reopened" if again else "alert.opened"
        peak = max(new, held.peak) if held.level else new
        return PointState(new, episode, held.revision + 1, at, peak=peak), kind, verdict.finding.value
    if new < held.level:
        return _fall(held, verdict, at, catalogue, correction)
    kept = held if held.falling is None else msgspec.structs.replace(held, falling=None)
    if correction.amended and any(fact.key == correction.amended for fact in verdict.finding.evidence):
        why = f"evidence corrected: {verdict.finding.value}"
        return msgspec.structs.replace(kept, revision=held.revision + 1), "alert.corrected", why
    return kept, None, ""


def _fall(
    held: PointState, verdict: Verdict, at: int, catalogue: Catalogue, correction: Correction
) -> tuple[PointState, Kind | None, str]:
    new = verdict.level
    unfounded = verdict.point in correction.unfounded
    waiting = held if held.falling is not None else msgspec.structs.replace(held, falling=at)
    statutory = catalogue.by_id[verdict.point].statutory
    if not (unfounded or statutory or at >= _release(waiting, catalogue)):
        return waiting, None, ""
    fallen = PointState(new, held.episode, held.revision + 1, at, peak=held.peak)
    if unfounded:
        taken_back = "withdrawn" if correction.retraction else "corrected"
        kind: Kind = (
            "alert.downgraded" if new else "alert.retracted" if correction.retraction else "alert.cleared"
        )
        return fallen, kind, f"the evidence was {taken_back} by its source"
    if new:
        return fallen, "alert.downgraded", f"no longer {LEVEL_NAMES[held.level]}, delays passed"
    return (
        fallen,
        "alert.cleared",
        "the statutory ground ended" if statutory else "condition ended, delays passed",
    )


def _release(state: PointState, catalogue: Catalogue) -> int:
    """When a falling point may be told to have fallen."""
    rules = catalogue.dynamics
    fell = state.since if state.falling is None else state.falling
    wait = fell + round(rules.off_delay_days[state.level] * DAY)
    return max(wait, state.since + round(rules.dwell_days[state.level] * DAY))


def _episode(verdict: Verdict) -> str:
    """The finding's own, else the natural key of the earliest evidence, else the day the condition began."""
    finding = verdict.finding
    if finding.episode:
        return finding.episode
    first = min(finding.evidence, key=lambda fact: (fact.start, fact.key), default=None)
    return first.key if first is not None else f"since {verdict.since}"


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
    why = f"score {score(judgement, catalogue):.1f}"
    up = standing.tier > tier_from
    kind: Kind = ("alert.upgraded" if tier_from else "alert.opened") if up else "alert.downgraded"
    if not standing.tier:
        kind = "alert.cleared"
    if correction.at_once:
        why += ", evidence was withdrawn or corrected"
    elif not up:
        why += f", dwell of {LEVEL_NAMES[tier_from]} passed"
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
