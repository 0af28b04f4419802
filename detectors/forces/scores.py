"""All scores of an entity on one day, as they are published with its assessment."""

from typing import Any

from detectors.catalogue.model import Catalogue, Profile
from detectors.forces.credit import Credit, credit
from detectors.forces.default import insolvency_accepted, own_standing, probability_of_default
from detectors.forces.efficacy import in_hundredths
from detectors.forces.forces import Force, five_forces
from detectors.forces.peers import peers_of
from detectors.forces.standing import standing_of
from detectors.judge import Judgement
from detectors.points.view import View


def scores(view: View, judgement: Judgement, catalogue: Catalogue, profile: Profile) -> dict[str, Any]:
    """Five forces, credit score and probability of default, with what they rest on. Pure."""
    rules = catalogue.scoring
    forces = five_forces(view, peers_of(view), rules, profile.connected)
    graded = credit(forces, standing_of(judgement, catalogue), rules.credit)
    own = own_standing(judgement, view.ledger, catalogue, profile, view.reference)
    default = probability_of_default(own, rules.default, insolvency_accepted(view))
    return {
        "forces": {name: _force(force) for name, force in forces.items()},
        "credit": _credit(graded),
        "default": {"probability": round(default.value, 6), "months": 12, "calibrated": default.calibrated},
        "version": rules.version,
    }


def _force(force: Force) -> dict[str, Any]:
    return {
        "score": None if force.score is None else in_hundredths(force.score),
        "level": force.level,
        "coverage": force.coverage,
        "top": [
            {
                "measure": one.measure,
                "value": round(one.value, 6),
                "score": round(one.score, 2),
                "effect": round(one.effect, 2),
                "standard": one.standard,
            }
            for one in force.top
        ],
    }


def _credit(graded: Credit) -> dict[str, Any]:
    said: dict[str, Any] = {
        "score": None if graded.score is None else in_hundredths(graded.score),
        "grade": graded.grade,
        "base": None if graded.base is None else round(graded.base, 2),
        "factor": round(graded.factor, 6),
        "caps": [{"id": cap.id, "at_most": cap.at_most, "reason": cap.reason} for cap in graded.caps],
    }
    return said if graded.reason is None else {**said, "reason": graded.reason}
