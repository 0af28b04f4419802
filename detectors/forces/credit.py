"""The credit score (信用评分): the firm's abilities, discounted by what the warning points say, capped by events.

The score is a level that moves slowly, the tier is for events; both are published, neither follows from the other.
With the standards and the coverage held fixed, an adverse record never raises the score.
"""

import math
from collections.abc import Mapping

import msgspec

from detectors.forces.efficacy import in_hundredths
from detectors.forces.forces import Force
from detectors.forces.measure import ForceId
from detectors.forces.rules import Cap, CreditRules
from detectors.forces.standing import Standing
from detectors.points.finding import LEVEL_NAMES


class Capped(msgspec.Struct, frozen=True, gc=False):
    """A cap that applies: its id and height, the points that raised it, why, and whether it lowered the score."""

    id: str
    at_most: float
    points: tuple[str, ...]
    reason: str
    binding: bool


class Credit(msgspec.Struct, frozen=True, gc=False):
    """The credit score on one day.

    ``base`` is the weighted mean of the known forces (``weights``, summing to 1), ``factor`` the discount for R,
    ``score`` what is left under the caps, ``grade`` its grade. All are None with the ``reason`` when too few forces
    are known.
    """

    score: float | None
    grade: str | None
    base: float | None
    risk: float
    factor: float
    weights: Mapping[ForceId, float]
    caps: tuple[Capped, ...]
    reason: str | None = None


def credit(forces: Mapping[ForceId, Force], standing: Standing, rules: CreditRules) -> Credit:
    """Credit score of 0 to 100 and grade. Pure."""
    factor = (1.0 - standing.risk / 100.0) ** rules.gamma
    known = {name: force.score for name, force in forces.items() if force.score is not None}
    if len(known) < rules.forces_needed:
        reason = f"{len(known)} of {len(rules.weights)} forces are known, {rules.forces_needed} are needed"
        return Credit(None, None, None, standing.risk, factor, {}, _caps(standing, math.inf, rules), reason)
    total = math.fsum([rules.weights[name] for name in known])
    weights = {name: rules.weights[name] / total for name in known}
    base = math.fsum([weights[name] * score for name, score in known.items()])
    earned = base * factor
    caps = _caps(standing, earned, rules)
    score = min([earned, *(cap.at_most for cap in caps)])
    return Credit(score, grade_of(in_hundredths(score), rules), base, standing.risk, factor, weights, caps)


def grade_of(score: float, rules: CreditRules) -> str:
    """The grade of a score: the first whose cut-off it reaches, else the last."""
    for grade, cut_off in zip(rules.grades, rules.cut_offs, strict=False):
        if score >= cut_off:
            return grade
    return rules.grades[-1]


def _caps(standing: Standing, earned: float, rules: CreditRules) -> tuple[Capped, ...]:
    """The caps that apply, lowest first. The lowest alone binds, and only if the score would be higher without it."""
    found = sorted(
        ((cap, points) for cap in rules.caps if (points := _raised_by(cap, standing))),
        key=lambda one: (one[0].at_most, one[0].id),
    )
    return tuple(
        Capped(
            cap.id, cap.at_most, points, _reason(cap, points, standing), rank == 0 and cap.at_most < earned
        )
        for rank, (cap, points) in enumerate(found)
    )


def _raised_by(cap: Cap, standing: Standing) -> tuple[str, ...]:
    names = standing.hard if cap.hard else cap.points
    return tuple(sorted(name for name in names if standing.levels.get(name, 0) >= cap.level))


def _reason(cap: Cap, points: tuple[str, ...], standing: Standing) -> str:
    shown = ", ".join(f"{name} {LEVEL_NAMES[standing.levels[name]]}" for name in points)
    return f"at most {cap.at_most:g}: {cap.reason} ({shown})"
