"""Probability of default within twelve months, without contagion: what a firm's own points say about it.

By rule until outcomes have matured, and marked so. Points that look at a firm's neighbours are left out: the
contagion model adds their part, and would otherwise feed on itself.
"""

import math

import msgspec

from detectors.catalogue.model import Catalogue, Profile
from detectors.counterfactual import lacking
from detectors.forces.isotonic import Curve
from detectors.forces.rules import DefaultRules
from detectors.forces.standing import Standing, standing_of
from detectors.judge import Judgement
from detectors.ledger import Ledger
from detectors.points.finding import LEVEL_NAMES
from detectors.points.view import View
from detectors.reference import NOTHING, Reference


class Probability(msgspec.Struct, frozen=True, gc=False):
    """A probability within twelve months, and the two rules it is the larger of; ``calibrated`` says whether it has
    been held against outcomes."""

    value: float
    by_tier: float
    by_score: float
    calibrated: bool = False


def own_standing(
    judgement: Judgement,
    ledger: Ledger,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference = NOTHING,
) -> Standing:
    """R, tier and colours as if there were no network points, so that no pattern is measured by them either."""
    network = catalogue.scoring.default.network_points
    return standing_of(lacking(judgement, network, ledger, catalogue, profile, reference), catalogue)


def probability_of_default(standing: Standing, rules: DefaultRules, insolvent: bool = False) -> Probability:
    """The larger of the table and the logistic form; ``standing`` must be free of network points.

    ``insolvent``: insolvency proceedings have been accepted, see :func:`insolvency_accepted`.

    Raises:
        ValueError: a network point is among the colours of ``standing``.
    """
    network = sorted(rules.network_points & standing.levels.keys())
    if network:
        raise ValueError(f"network points are left out of a firm's own probability, got {', '.join(network)}")
    by_tier = rules.by_tier[LEVEL_NAMES[standing.tier]]
    if standing.hard:
        by_tier = rules.hard
    if insolvent:
        by_tier = rules.insolvent
    by_score = logistic(rules.alpha + rules.beta * standing.risk / 100.0)
    return Probability(max(by_tier, by_score), by_tier, by_score)


def logistic(x: float) -> float:
    """``1 / (1 + e**-x)``.

    >>> [round(logistic(-4.6 + 5.2 * risk / 100), 3) for risk in (0, 40, 70, 90)]
    [0.01, 0.074, 0.277, 0.52]
    """
    return 1.0 / (1.0 + math.exp(-x))


_ACCEPTED = frozenset(
    {"accepted", "administrator_appointed", "claims_deadline", "reorganisation_plan", "declared_bankrupt"}
)


def insolvency_accepted(view: View) -> bool:
    """Whether insolvency proceedings (F08) have been accepted and are not over; a solvent winding-up is none.

    Acceptance makes all debts due (企业破产法 art. 46).
    """
    for fact in view.active("F08"):
        data, ended = fact.data, fact.data.get("ended_on")
        over = data.get("event") in ("dismissed", "terminated") or (
            isinstance(ended, int) and ended <= view.day
        )
        accepted_on = data.get("accepted_on")
        accepted = data.get("event") in _ACCEPTED or (
            isinstance(accepted_on, int) and accepted_on <= view.day
        )
        if accepted and not over and data.get("solvent") is not True:
            return True
    return False


def recalibrated(found: Probability, curve: Curve, rules: DefaultRules) -> Probability:
    """The probability that outcomes have shown for firms of this one; accepted insolvency stays what it is."""
    if found.by_tier >= rules.insolvent:
        return msgspec.structs.replace(found, calibrated=True)
    value = min(max(curve.at(found.value), rules.floor), 1.0)
    return msgspec.structs.replace(found, value=value, calibrated=True)
