"""What was drawn from the mains (F15), by account and month: read once per view, for points, forces and indicators.

A meter reading is the measurement; a bill that tells the quantity counts where no reading does. An estimated reading is
none. Of several bills, or readings, of one account and month the latest stands.
"""

import math
from collections.abc import Collection, Mapping

from detectors.fact import Fact
from detectors.points.billing import Account, account_of, events_of
from detectors.points.months import month_number
from detectors.points.view import View

ELECTRICITY = "electricity"


def metered(view: View, utility: str) -> Mapping[Account, Mapping[int, Fact]]:
    """The fact that tells what was drawn, by account and month; accounts in order."""
    held: dict[Account, dict[int, Fact]] | None = view.memo.get(("metered", utility))
    if held is None:
        told: dict[Account, dict[int, Fact]] = {}
        events = events_of(view)
        for event in ("bill", "reading"):  # the later overwrites the former
            for fact in events.get((utility, event), ()):
                month = month_number(fact.data.get("period", ""))
                if month is not None and "quantity" in fact.data:
                    told.setdefault(account_of(fact), {})[month] = fact
        held = view.memo["metered", utility] = dict(sorted(told.items()))
    return held


def drawn_of(fact: Fact) -> float | None:
    """The quantity a reading or bill tells, in kWh or m³; None if it is estimated or no number."""
    if fact.data.get("estimated"):
        return None
    try:
        return float(fact.data["quantity"])
    except (KeyError, TypeError, ValueError):
        return None


def by_month(view: View, utility: str) -> Mapping[int, float | None]:
    """What was drawn in each month told of, over all accounts; None where a part is estimated or missing.

    An account has a part in the months from the first to the last it has told of.
    """
    held: dict[int, float | None] | None = view.memo.get(("drawn", utility))
    if held is None:
        meters = [
            {month: drawn_of(fact) for month, fact in facts.items()}
            for facts in metered(view, utility).values()
        ]
        months = sorted({month for told in meters for month in told})
        held = view.memo["drawn", utility] = {month: _sum(meters, month) for month in months}
    return held


def _sum(meters: Collection[Mapping[int, float | None]], month: int) -> float | None:
    parts = [told.get(month) for told in meters if min(told) <= month <= max(told)]
    known = [part for part in parts if part is not None]
    return math.fsum(known) if len(known) == len(parts) else None
