"""The registry: every indicator by id, and the value of one for a firm on a day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from detectors.errors import FenghuoError
from detectors.forces.measure import Reading, read
from detectors.indicators import credit, forces, judicial, labour, network, regulatory, security, tax, utility
from detectors.indicators.indicator import FAMILIES, FamilyId, Indicator
from detectors.points.view import View

_MODULES = (judicial, security, utility, tax, labour, credit, regulatory, network, forces)


def _registered(indicators: Iterable[Indicator]) -> Mapping[str, Indicator]:
    found = list(indicators)
    twice = [name for name, times in Counter(one.id for one in found).items() if times > 1]
    if twice:
        raise FenghuoError("indicators", f"an id names one indicator, got {twice[0]} twice")
    return {one.id: one for one in found}


INDICATORS: Mapping[str, Indicator] = _registered(one for module in _MODULES for one in module.INDICATORS)
"""Every indicator by id, family by family."""


def of_family(family: FamilyId | None = None) -> list[Indicator]:
    """The indicators of one family, or all."""
    return [one for one in INDICATORS.values() if family in (None, one.family)]


def indicator(name: str) -> Indicator:
    """The indicator of an id.

    Raises:
        FenghuoError: there is none; with one that is spelt nearly so.
    """
    found = INDICATORS.get(name)
    if found is None:
        near = get_close_matches(name, INDICATORS, n=1, cutoff=0.3)
        hint = f"did you mean {near[0]}?" if near else f"families are {', '.join(FAMILIES)}"
        raise FenghuoError(f"indicator {name}", "there is none of this id", hint)
    return found


def value(view: View, name: str) -> Reading:
    """The value of an indicator for the firm of a view, or the reason why there is none; worked out once per view.

    Raises:
        FenghuoError: no indicator has this id.

    >>> from detectors.points.example import cny, seen
    >>> cases = [{"on": "2026-01-05", "case_no": str(n), "exec_amount": cny(1000)} for n in (1, 2)]
    >>> view = seen("2026-01-20", F04=cases)
    >>> value(view, "judicial.f04.count.30d").value, value(view, "judicial.f04.amount.30d").value
    (2.0, 2000.0)
    >>> value(view, "utility.water.outstanding.now").reason
    'no water bill of this firm is known'
    """
    one = indicator(name)
    return read(view, f"indicator.{one.id}", one.behind)
