"""Warning points: the evaluators behind the catalogue, one module per family.

A point is a catalogue entry (data) that names an evaluator (a small pure function here) and gives its parameters.
To add one: write ``def my_point(view, limit) -> Finding`` with a parameter struct in the module of its family, add a
line to that module's ``EVALUATORS``, an entry to the catalogue, and vectors to the tests.
"""

from collections.abc import Mapping

from detectors.points import (
    abroad,
    arrears,
    collapse,
    credit,
    credit_lists,
    credit_maturity,
    credit_subrogation,
    decline,
    divergence,
    filings,
    judicial,
    judicial_auction,
    judicial_claims,
    judicial_insolvency,
    judicial_orders,
    judicial_suits,
    labour,
    labour_disputes,
    labour_staff,
    media,
    network,
    over_guarantee,
    registry,
    registry_changes,
    registry_existence,
    registry_penalties,
    security,
    security_equity,
    security_mortgage,
    security_surge,
    seizures,
    shell,
    shutdown,
    silence,
    supply,
    tax,
    tax_conduct,
    utilities,
)
from detectors.points.evaluator import Evaluator
from detectors.points.patterns import PATTERNS, PatternRule

__all__ = ["EVALUATORS", "PATTERNS", "Evaluator", "PatternRule"]

_FAMILIES = (
    judicial,
    seizures,
    utilities,
    tax,
    network,
    over_guarantee,
    judicial_auction,
    judicial_claims,
    judicial_insolvency,
    judicial_orders,
    judicial_suits,
    labour,
    labour_disputes,
    labour_staff,
    arrears,
    collapse,
    shutdown,
    supply,
    abroad,
    credit,
    credit_maturity,
    credit_subrogation,
    registry,
    registry_changes,
    registry_existence,
    registry_penalties,
    security,
    security_equity,
    security_mortgage,
    security_surge,
    filings,
    decline,
    divergence,
    silence,
    shell,
    tax_conduct,
    credit_lists,
    media,
)

EVALUATORS: Mapping[str, Evaluator] = {
    name: evaluator for family in _FAMILIES for name, evaluator in family.EVALUATORS.items()
}
"""Every evaluator by the name under which the catalogue asks for it."""
