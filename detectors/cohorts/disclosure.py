"""What may be shown of a cohort, and to whom, so that no member can be read off its numbers.

Threshold and dominance rules as statistical offices use them (Hundepool et al., Statistical Disclosure Control, 2012);
the numbers are configuration defaults.
"""

from typing import Literal

from detectors.cohorts.rules import CohortRules
from detectors.cohorts.statistics import Summary, cut

Role = Literal["public", "bank", "regulator"]
Suppression = Literal["", "mean", "all"]
"""What is withheld: nothing; the mean, and the trimmed mean where nothing was trimmed; everything."""


def least(role: Role, rules: CohortRules) -> int:
    """How many members a cohort needs before this role sees its numbers."""
    return rules.regulator_from if role == "regulator" else rules.disclosed_from


def suppression(summary: Summary, role: Role, rules: CohortRules) -> Suppression:
    """What this role may not see of a summary."""
    if summary.n < least(role, rules):
        return "all"
    return "mean" if summary.largest_share > rules.dominance else ""


def trimmed_is_mean(n: int, rules: CohortRules) -> bool:
    """Whether so few members leave nothing to trim, so that the trimmed mean would give the mean away."""
    return cut(n, rules.trim) == 0
