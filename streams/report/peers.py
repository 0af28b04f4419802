"""The firm beside those of its trade, size and place that are found in the same records."""

from collections.abc import Mapping

import msgspec

from detectors.catalogue.model import Catalogue
from detectors.cohorts.cohort import CohortStore, Contribution
from detectors.cohorts.compare import Comparison, compare
from detectors.cohorts.firm import firm_of
from detectors.cohorts.key import Attributes, cohorts_of
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.norm import NormTable, norms
from detectors.cohorts.standards import Standards
from detectors.errors import FenghuoError
from detectors.fact import iso_day
from detectors.forces.efficacy import Five
from detectors.forces.measure import read
from detectors.forces.measures import GROWTHS, MEASURES
from detectors.ledger import Ledger
from detectors.materiality import base_of
from detectors.points.view import View

_LOWER = frozenset(name for name, measure in MEASURES.items() if not measure.higher_is_better)


class Peers(msgspec.Struct, frozen=True):
    """A firm's peers in one month: ``firm`` and ``cohorts`` are None while nothing tells what it is to be compared as.

    What it can be measured against is offered as the standards of the five forces.
    """

    period: str
    firm: Attributes | None
    cohorts: Cohorts
    standards: Standards | None
    counted: int

    def standard(self, measure_id: str) -> Five | None:
        """The five standard values of the cohort."""
        return None if self.standards is None else self.standards.standard(measure_id)

    def median(self, measure_id: str) -> float | None:
        """The median of the cohort."""
        return None if self.standards is None else self.standards.median(measure_id, self.period)

    def percentile(self, measure_id: str, value: float) -> float | None:
        """Percentile of a value in the cohort."""
        return None if self.standards is None else self.standards.percentile(measure_id, value)

    def beside(self, measure_id: str, value: float) -> Comparison | None:
        """The firm's value beside its cohort; None if no cohort is large enough to be shown."""
        return None if self.firm is None else compare(self.cohorts, self.firm, measure_id, self.period, value)


def peers_of(entity: str, ledgers: Mapping[str, Ledger], day: int, catalogue: Catalogue) -> Peers:
    """Peers of an entity among ``ledgers`` on a day. Pure."""
    period, store = iso_day(day)[:7], CohortStore()
    firm = _attributes(entity, ledgers)
    if firm is None:
        return Peers(period, None, Cohorts(), None, 0)
    wanted, counted = frozenset(cohorts_of(firm)), 0
    for other in sorted(ledgers):
        theirs = _attributes(other, ledgers)
        shared = () if theirs is None else tuple(sorted(wanted.intersection(cohorts_of(theirs))))
        if not shared:
            continue
        counted += other != entity
        for name, value in _values(other, ledgers[other], day, catalogue).items():
            store.apply(Contribution(other, name, period, 1, shared, value))
    cohorts = Cohorts(partials=store.partials(0, 1))
    return Peers(period, firm, cohorts, Standards(NormTable(norms(cohorts)), firm, period, _LOWER), counted)


def _attributes(entity: str, ledgers: Mapping[str, Ledger]) -> Attributes | None:
    try:
        return firm_of(entity, ledgers[entity].stating("F29"))
    except FenghuoError:  # an industry code that no standard knows: there is nobody to compare with
        return None


def _values(entity: str, ledger: Ledger, day: int, catalogue: Catalogue) -> dict[str, float]:
    """What an entity contributes: every indicator of the five forces that can be measured."""
    profile = catalogue.profile([*entity.split(":", 2), ""][1])
    view = View(ledger, day, base_of(ledger, day, catalogue.materiality, profile), profile.fx)
    known = {name: measure.read(view).value for name, measure in MEASURES.items()}
    known |= {name: read(view, name, behind).value for name, behind in GROWTHS.items()}
    return {name: value for name, value in known.items() if value is not None}
