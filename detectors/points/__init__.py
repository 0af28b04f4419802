"""Warning points: the evaluators behind the catalogue.

A point is a catalogue entry (data) that names an evaluator (a small pure function here) and gives its parameters.
To add one: write ``def my_point(view, limit) -> Finding`` with a parameter struct in the family it belongs to, add a
line to :data:`EVALUATORS`, and an entry to the catalogue.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from detectors.fact import Fact
from detectors.points import billing, judicial, seizures, tax, utilities
from detectors.points.finding import Finding
from detectors.points.view import View

Evaluate = Callable[[View, Any], Finding]
Endings = Callable[[View, tuple[str, ...], Any], Iterable[int]]
Harmless = Callable[[Fact, int], bool]


class Evaluator(msgspec.Struct, frozen=True):
    """A function with its parameter type, and the days on which its condition can have ended.

    ``harmless(fact, day)`` recognises a fact that cannot disturb a quiet finding (most bills are paid in time), so
    that it need not be evaluated again; ``measured_by_base`` says that thresholds are shares of M.
    """

    evaluate: Evaluate
    parameters: type[msgspec.Struct]
    endings: Endings
    harmless: Harmless | None = None
    measured_by_base: bool = False


def _ends(view: View, feeds: tuple[str, ...], _: object) -> Iterable[int]:
    return (fact.end for feed in feeds for fact in view.known(feed) if fact.end is not None)


def _starts_and_ends(view: View, feeds: tuple[str, ...], limit: object) -> Iterable[int]:
    """A later notice can end a point as well as a payment can."""
    yield from (fact.start for feed in feeds for fact in view.known(feed))
    yield from _ends(view, feeds, limit)


def _electricity(view: View, _: object, limit: utilities.ElectricityArrears) -> Iterable[int]:
    return utilities.electricity_endings(view, limit)


def _water(view: View, _: object, limit: utilities.WaterArrears) -> Iterable[int]:
    return utilities.water_endings(view, limit)


EVALUATORS: Mapping[str, Evaluator] = {
    "under_enforcement": Evaluator(
        judicial.under_enforcement, judicial.UnderEnforcement, _ends, measured_by_base=True
    ),
    "dishonest_debtor": Evaluator(judicial.dishonest_debtor, judicial.DishonestDebtor, _ends),
    "real_estate_seizure": Evaluator(seizures.real_estate_seizure, seizures.RealEstateSeizure, _ends),
    "stacked_seizures": Evaluator(seizures.stacked_seizures, seizures.StackedSeizures, _ends),
    "electricity_arrears": Evaluator(
        utilities.electricity_arrears, utilities.ElectricityArrears, _electricity, billing.paid_in_time
    ),
    "water_arrears": Evaluator(utilities.water_arrears, utilities.WaterArrears, _water, billing.paid_in_time),
    "arrears_notice": Evaluator(
        tax.arrears_notice, tax.ArrearsNotice, _starts_and_ends, measured_by_base=True
    ),
    "persistent_arrears": Evaluator(tax.persistent_arrears, tax.PersistentArrears, _starts_and_ends),
}
