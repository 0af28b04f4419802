"""Recovery (修复): an entity of which everything told is over, and has been for long enough, is told to be well again.

Whether it has recovered is a pattern of the catalogue that shows no colour when it holds. It lifts nothing: the score
decays as it would have. The news is told once for as long as the pattern holds.
"""

import msgspec

from alerts.policy.alert import Transition
from alerts.policy.standing import PointState, Standing
from detectors.judge import Judgement
from detectors.points.finding import NONE

PATTERN = "CP-07"


def recovered(
    points: dict[str, PointState], judgement: Judgement, before: Standing, at: int
) -> list[Transition]:
    """The news, if anything was ever told that it takes back; ``points`` remember that it was told."""
    verdict = judgement.verdicts.get(PATTERN)
    if verdict is None:
        return []
    held = points.get(PATTERN, PointState())
    now = verdict.state == "fired" and not verdict.level
    if now == bool(held.episode):
        return []
    if not now:
        points[PATTERN] = msgspec.structs.replace(held, episode="")
        return []
    episode, revision = f"since {verdict.since}", held.revision + 1
    if not before.revision and all(not state.revision for state in points.values()):
        # noted all the same, or a later look would tell what this one, by mere timing, did not
        points[PATTERN] = msgspec.structs.replace(held, episode=episode)
        return []
    peak = max([before.tier, *(state.peak for state in points.values())])
    points[PATTERN] = PointState(NONE, episode, revision, at)
    why = verdict.finding.value or "every point has cleared and nothing is owing"
    return [Transition("entity.recovered", PATTERN, NONE, NONE, peak, episode, revision, 0, 0, why)]
