"""The firm's peers as the scores see them: norms of its cohort in the last months, from the reference."""

from detectors.cohorts.firm import attributes
from detectors.cohorts.norm import NormTable
from detectors.cohorts.period import earlier
from detectors.cohorts.standards import Standards as CohortStandards
from detectors.fact import iso_day
from detectors.forces.efficacy import Five
from detectors.forces.forces import NoPeers, Standards
from detectors.forces.measures import MEASURES
from detectors.points.view import View

_LOWER = tuple(name for name, measure in MEASURES.items() if not measure.higher_is_better)


class Peers:
    """What is usual in the month before the day of asking, or in a recent one."""

    def __init__(self, standards: CohortStandards, period: str, months: int) -> None:
        """``months`` is how far back a median may lie."""
        self._standards, self._period, self._months = standards, period, months

    def standard(self, measure_id: str) -> Five | None:
        """Five values, excellent first."""
        return self._standards.standard(measure_id)

    def median(self, measure_id: str) -> float | None:
        """The median of the latest month that has one."""
        months = (earlier(self._period, back) for back in range(self._months + 1))
        return next(
            (m for period in months if (m := self._standards.median(measure_id, period)) is not None), None
        )

    def percentile(self, measure_id: str, value: float) -> float | None:
        """0 to 100."""
        return self._standards.percentile(measure_id, value)


def peers_of(view: View) -> Standards:
    """The peers of the firm of a view; nobody while it is not known what it is, or no norms are."""
    table, industry = view.reference.norms, view.master("industry")
    if not isinstance(table, NormTable) or industry is None:
        return NoPeers()
    firm = attributes(industry, view.master("size_class"), view.region)
    if firm is None:
        return NoPeers()
    period = earlier(iso_day(view.day)[:7], 1)
    return Peers(CohortStandards(table, firm, period, _LOWER), period, table.rules.look_back)
