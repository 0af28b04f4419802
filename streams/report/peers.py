"""The firm beside those of its trade, size and place that are found in the same records."""

from detectors.batch import Everybody, settled_quarter
from detectors.cohorts.compare import Comparison, compare
from detectors.cohorts.firm import firm_of
from detectors.cohorts.key import cohorts_of
from detectors.forces.measures import MEASURES
from detectors.points.view import View


def counted(entity: str, everyone: Everybody) -> int | None:
    """How many other firms share a cohort with an entity; None while nothing tells what it is to be compared as."""
    firm = firm_of(entity, everyone.ledgers[entity].stating("F29"))
    if firm is None:
        return None
    wanted = frozenset(cohorts_of(firm))
    others = (
        firm_of(other, ledger.stating("F29")) for other, ledger in everyone.ledgers.items() if other != entity
    )
    return sum(other is not None and not wanted.isdisjoint(cohorts_of(other)) for other in others)


def compared(entity: str, everyone: Everybody, view: View) -> tuple[Comparison, ...]:
    """The indicators of an entity beside those of its cohort in the latest settled quarter; none if no cohort is large
    enough to be shown."""
    firm = firm_of(entity, view.ledger.stating("F29"))
    if firm is None:
        return ()
    quarter = settled_quarter(view.day)
    values = ((name, measure.compute(view)) for name, measure in MEASURES.items())
    beside = (
        compare(everyone.cohorts, firm, name, quarter, value) for name, value in values if value is not None
    )
    return tuple(one for one in beside if one is not None)
