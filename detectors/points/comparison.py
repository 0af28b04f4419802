"""What a firm contributes to the comparison with its peers in a month."""

from collections.abc import Mapping

from detectors.points.consumption import yoy_of
from detectors.points.flows import change, flow_of, rolling
from detectors.points.months import month_number
from detectors.points.view import View


def contributions(view: View, period: str) -> Mapping[str, float]:
    """Values by indicator for a month (``2026-03``); what cannot be known is left out.

    ``kwh_yoy``: electricity against the same month of the year before, January and February together under February.
    ``tax_yoy_3m``: tax paid in the three months up to this one against the same three of the year before.

    >>> from detectors.points.example import cny, seen
    >>> power = [{"on": f"{year}-04-01", "utility": "electricity", "event": "reading", "period": f"{year}-03",
    ...           "quantity": kwh} for year, kwh in ((2025, "1000"), (2026, "700"))]
    >>> tax = [{"on": f"{year}-04-15", "period": f"{year}Q1", "basis": "tax", "tax_paid": cny(paid)}
    ...        for year, paid in ((2025, 1000), (2026, 1100))]
    >>> contributions(seen("2026-04-20", F15=power, F30=tax), "2026-03")
    {'kwh_yoy': -0.3, 'tax_yoy_3m': 0.1}
    """
    month = month_number(period)
    if month is None:
        return {}
    found = {
        "kwh_yoy": yoy_of(view, month),
        "tax_yoy_3m": change(flow_of(view, "tax_paid"), rolling(month)),
    }
    return {name: round(value, 9) for name, value in found.items() if value is not None}
