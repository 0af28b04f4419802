"""The registry of the 27 indicators behind the five forces (五力).

To add one: write a pure function of a view in the module of its force, which raises :class:`Unknown` with the reason
where the data do not tell, and a line in that module's ``MEASURES``; the weights of a force sum to 1.
"""

from collections.abc import Mapping

from detectors.forces import capital, operations, potential, profitability, solvency
from detectors.forces.measure import ForceId, Measure, Unknown, read
from detectors.forces.potential import GROWTHS
from detectors.points.view import View

__all__ = ["FORCES", "GROWTHS", "MEASURES", "Measure", "Unknown", "by_force", "measured"]

_FAMILIES = (capital, operations, profitability, solvency, potential)

MEASURES: Mapping[str, Measure] = {measure.id: measure for family in _FAMILIES for measure in family.MEASURES}
"""Every indicator by id, force by force."""

FORCES: Mapping[ForceId, tuple[str, str]] = {
    "capital": ("capital", "资本实力"),
    "operations": ("operations", "运营能力"),
    "profitability": ("profitability", "盈利能力"),
    "solvency": ("solvency", "偿付能力"),
    "potential": ("potential", "发展潜力"),
}
"""The five forces with their names, English and Chinese."""


def by_force(force: ForceId) -> list[Measure]:
    """The indicators of one force, in the order of the registry."""
    return [measure for measure in MEASURES.values() if measure.force == force]


def measured(view: View) -> dict[str, float]:
    """What a firm contributes to the comparison of the five forces: every indicator that can be measured, and the
    growth rates behind the growth mix."""
    known = {name: measure.compute(view) for name, measure in MEASURES.items()}
    known |= {name: read(view, name, behind).value for name, behind in GROWTHS.items()}
    return {name: value for name, value in known.items() if value is not None}
