"""The numbers behind the scores, as frozen values that check themselves; read from YAML by :mod:`detectors.forces`."""

import math
from collections.abc import Mapping
from itertools import pairwise

import msgspec

from detectors.forces.efficacy import Five, check_order
from detectors.forces.measure import ForceId
from detectors.forces.measures import FORCES, GROWTHS, MEASURES
from detectors.points.finding import BLUE, LEVEL_NAMES, RED, YELLOW

_EXTRA = {"quick_ratio": True, **dict.fromkeys(GROWTHS, True)}
_HIGHER_IS_BETTER = {name: measure.higher_is_better for name, measure in MEASURES.items()} | _EXTRA


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class StandardSet(_Strict, frozen=True):
    """Standard values by indicator, excellent first, with the name under which a score says that it used them."""

    id: str
    source: str
    values: Mapping[str, Five]

    def __post_init__(self) -> None:
        """Refuse values of unknown indicators, or in the wrong order."""
        for name, five in self.values.items():
            if name not in _HIGHER_IS_BETTER:
                known = ", ".join(sorted(_HIGHER_IS_BETTER))
                raise ValueError(f"standards of {name!r}: no such indicator; known are {known}")
            try:
                check_order(five, _HIGHER_IS_BETTER[name])
            except ValueError as error:
                raise ValueError(f"standards of {name}: {error}") from error


class Bands(_Strict, frozen=True):
    """Score below which a force shows a colour."""

    blue: float
    yellow: float
    red: float

    def __post_init__(self) -> None:
        """Refuse bands out of order."""
        if not 100 >= self.blue >= self.yellow >= self.red >= 0:
            raise ValueError(f"bands fall from blue to red within 0 to 100, got {self}")

    def level(self, score: float) -> int:
        """Level 0 to 3 of a score."""
        if score < self.red:
            return RED
        return YELLOW if score < self.yellow else BLUE if score < self.blue else 0


class Cap(_Strict, frozen=True):
    """A bound on the credit score while one of ``points`` shows ``level`` or worse; ``hard`` means any hard point."""

    id: str
    at_most: float
    reason: str
    level: int
    points: tuple[str, ...] = ()
    hard: bool = False

    def __post_init__(self) -> None:
        """Refuse a cap that can never apply, or applies to everybody."""
        if not 0 <= self.at_most <= 100:
            raise ValueError(f"cap {self.id} lies within 0 to 100, got {self.at_most}")
        if not BLUE <= self.level <= RED:
            raise ValueError(f"cap {self.id} applies from level 1, 2 or 3, got {self.level}")
        if self.hard == bool(self.points):
            raise ValueError(f"cap {self.id} names points, or else is hard")


class CreditRules(_Strict, frozen=True):
    """Weights of the forces, exponent of the risk discount, caps and grades (best first, cut-offs falling)."""

    weights: Mapping[ForceId, float]
    forces_needed: int
    gamma: float
    caps: tuple[Cap, ...]
    grades: tuple[str, ...]
    cut_offs: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse weights that do not sum to 1, and grades that cannot be told apart."""
        if set(self.weights) != set(FORCES) or min(self.weights.values()) <= 0:
            raise ValueError(f"every force has a weight above 0, got {dict(self.weights)}")
        if not math.isclose(math.fsum(self.weights.values()), 1.0, abs_tol=1e-9):
            raise ValueError(f"weights of the forces sum to 1, got {math.fsum(self.weights.values()):g}")
        if not 1 <= self.forces_needed <= len(FORCES):
            raise ValueError(f"forces_needed lies within 1 to {len(FORCES)}, got {self.forces_needed}")
        if self.gamma <= 0:
            raise ValueError(f"gamma is above 0, got {self.gamma:g}")
        if len(self.grades) != len(self.cut_offs) + 1:
            raise ValueError(
                f"{len(self.grades)} grades need {len(self.grades) - 1} cut-offs, got {len(self.cut_offs)}"
            )
        if any(upper <= lower for upper, lower in pairwise(self.cut_offs)):
            raise ValueError(f"cut-offs fall from the best grade on, got {list(self.cut_offs)}")


class DefaultRules(_Strict, frozen=True):
    """Probability of default within twelve months: by tier, and by the logistic form alpha + beta * R/100."""

    by_tier: Mapping[str, float]
    hard: float
    insolvent: float
    alpha: float
    beta: float
    network_points: frozenset[str]
    outcomes_needed: int
    floor: float

    def __post_init__(self) -> None:
        """Refuse what is no probability, or would fall as the tier rises."""
        if set(self.by_tier) != set(LEVEL_NAMES):
            raise ValueError(f"by_tier names {', '.join(LEVEL_NAMES)}, got {', '.join(self.by_tier)}")
        ladder = [self.floor, *(self.by_tier[name] for name in LEVEL_NAMES), self.hard, self.insolvent]
        if any(not 0 <= p <= 1 for p in ladder) or any(low > high for low, high in pairwise(ladder)):
            raise ValueError(f"probabilities rise within 0 to 1 from floor to insolvent, got {ladder}")
        if self.beta < 0:
            raise ValueError(f"beta is not below 0, got {self.beta:g}")


class Rules(_Strict, frozen=True):
    """A version of all of it. ``standards`` are the fallbacks in order of preference."""

    version: str
    coverage_needed: float
    top: int
    neutral: float
    bands: Bands
    standards: tuple[StandardSet, ...]
    credit: CreditRules
    default: DefaultRules

    def __post_init__(self) -> None:
        """Refuse a coverage that no force could have."""
        if not 0 < self.coverage_needed <= 1:
            raise ValueError(f"coverage_needed lies within 0 to 1, got {self.coverage_needed:g}")

    def fallback(self, indicator: str) -> tuple[Five, str] | None:
        """Standard values of an indicator without peers, and the id of the set they come from."""
        for known in self.standards:
            if indicator in known.values:
                return known.values[indicator], known.id
        return None
