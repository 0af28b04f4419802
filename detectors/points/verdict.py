"""The verdict: one point on one day, with what it weighs and until when it stays so."""

from typing import Literal

import msgspec

from detectors.fact import FAR
from detectors.points.finding import Finding

State = Literal["fired", "holding", "residual", "not_fired", "not_evaluable"]


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """One point on one day. ``p`` is its weight in points on the day it fired; ``cleared`` the day decay began;
    ``until`` the first day on which it may change by itself, ``facts_until`` that on which a fact of its feeds begins,
    ends or leaves, ``told`` the day up to which its source must have told all before it may; ``day`` the one it was
    evaluated on, which only the wording of the finding depends on. A pattern is a verdict whose ``p`` is 0: it moves
    the tier, not the score."""

    point: str
    state: State
    level: int
    p: float
    since: int
    cleared: int | None
    until: int
    finding: Finding
    day: int = 0
    facts_until: int = FAR
    told: int = FAR

    @property
    def live(self) -> bool:
        """Whether the point shows its colour (fired or holding)."""
        return self.level > 0

    def weight(self, day: int, half_life: int) -> float:
        """Points on ``day``: full while live, halved every ``half_life`` days after clearing.

        >>> v = Verdict("WP-22", "residual", 0, 30.0, 0, 0, 10**9, Finding())
        >>> [round(v.weight(day, 90), 3) for day in (0, 30, 90, 180, 365)]
        [30.0, 23.811, 15.0, 7.5, 1.804]
        """
        if self.cleared is None:
            return self.p
        return float(self.p * 2.0 ** (-(day - self.cleared) / half_life))

    def settled(self) -> tuple[object, ...]:
        """What must not depend on whether the verdict was cached: all but the wording."""
        finding = self.finding
        keys = tuple([fact.key for fact in finding.evidence])
        return (self.point, self.state, self.level, self.p, self.since, self.cleared, finding.missing, keys)
