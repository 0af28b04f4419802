"""A firm to whom verdicts happen, looked at through the life cycle with all of its rules."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.policy.alert import OPERATIONAL, Transition
from alerts.policy.dispute import NOTHING
from alerts.policy.inhibition import Inhibition
from alerts.policy.lifecycle import Correction, Standing, Step, advance
from detectors.fact import DAY
from detectors.judge import Verdict
from tests.detectors import build
from tests.detectors.verdicts import fact, fired, judged, silent

CATALOGUE = build.shipped()
T0 = 1_767_225_600  # 2026-01-01 00:00 UTC
POINTS = {"WP-08": 3, "WP-09": 3, "WP-22": 2, "WP-30": 3}
SCORES = (0.0, 10.0, 30.0, 70.0)


class Firm:
    """Nothing told yet; days count from the start."""

    def __init__(self, rules: tuple[Inhibition, ...] = (), linked: Mapping[str, str] | None = None) -> None:
        self.standing = Standing()
        self.rules = rules
        self.linked = linked or {}
        self.disputed = NOTHING
        self.due = 0

    def on(self, day: float, *verdicts: Verdict, correction: Correction | None = None) -> list[Transition]:
        """What is told when these verdicts are looked at."""
        return list(self.step(day, verdicts, correction).transitions)

    def step(self, day: float, verdicts: Sequence[Verdict], correction: Correction | None = None) -> Step:
        """One step, with everything it answers."""
        at, fix = T0 + round(day * DAY), correction or Correction(retraction=False)
        whole = judged(*verdicts, day=int(day))
        whole = replace(whole, weighing={v.point: v for v in verdicts if v.p or v.level})
        step = advance(
            self.standing, whole, at, CATALOGUE, -T0, fix, self.rules, lambda: self.linked, self.disputed
        )
        self.standing, self.due = step.standing, step.due
        return step


def lit(point: str, level: int, *about: Mapping[str, object]) -> Verdict:
    """A point in a colour, on evidence that says these things; a fact about a case has its number for a key."""
    made = fired(point, level, SCORES[level])
    facts = [
        replace(fact(str(data.get("case_no", f"k{n}"))), data=dict(data)) for n, data in enumerate(about)
    ]
    return replace(made, finding=replace(made.finding, evidence=tuple(facts))) if facts else made


def at_level(point: str, level: int) -> Verdict:
    """The point in a colour or in none."""
    return lit(point, level) if level else silent(point)


def short(told: Sequence[Transition]) -> list[tuple[str, str, int, str]]:
    """What was told, in short: kind, point, level, by whom suppressed."""
    return [
        (one.kind.removeprefix("alert."), one.point, one.level, one.suppressed_by)
        for one in told
        if one.point != "TIER"
    ]


class Subscriber:
    """Somebody who is sent everything that is not suppressed, and believes it."""

    def __init__(self) -> None:
        self.points: dict[str, int] = {}

    def hear(self, told: Sequence[Transition]) -> None:
        """Believe what is sent."""
        for one in told:
            if not (one.suppressed_by or one.kind in OPERATIONAL):
                self.points[one.point] = one.level


days = st.sampled_from([0.0, 0.25, 1.0, 2.0, 5.0, 8.0, 31.0])
levels = st.fixed_dictionaries({name: st.integers(0, highest) for name, highest in POINTS.items()})
histories = st.lists(st.tuples(days, levels), min_size=1, max_size=14)
"""Days that pass, and then the colour of every point."""
