"""What was drawn from the mains, month by month, and the bills for it: what the utility indicators are made of."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from statistics import fmean, pstdev

from detectors.forces.measure import Unknown
from detectors.forces.months import WINDOWS, days_in, total
from detectors.points import meters
from detectors.points.billing import Bill, accounts_of
from detectors.points.months import comparable_span, label
from detectors.points.view import View

YEAR = WINDOWS.year_days
_NEEDED = WINDOWS.normal_needed
_GRACE = 1
"""Days after the due date on which no colour has seen a bill as overdue yet."""


def bills(view: View, utility: str) -> list[Bill]:
    """All bills of a utility, account by account, in billing order.

    Raises:
        Unknown: no bill is known.
    """
    found = [bill for _, told in sorted(accounts_of(view, utility).items()) for bill in told]
    if not found:
        raise Unknown(f"no {utility} bill of this firm is known")
    return found


def overdue(view: View, utility: str) -> list[Bill]:
    """Bills past their due date and not paid in full."""
    return [bill for bill in bills(view, utility) if bill.paid_on is None and bill.due_on < view.day]


def days_late(bill: Bill, day: int) -> int:
    """Days a bill was, or is, overdue; 0 if it was paid in time."""
    late = (day if bill.paid_on is None else bill.paid_on) - bill.due_on
    return late if late > _GRACE or (bill.paid_on is None and late > 0) else 0


def fell_due(view: View, utility: str, days: int) -> list[Bill]:
    """Bills that fell due within so many days, up to yesterday.

    Raises:
        Unknown: none did.
    """
    found = [bill for bill in bills(view, utility) if view.day - days <= bill.due_on < view.day]
    if not found:
        raise Unknown(f"no {utility} bill fell due in {days} days")
    return found


def runs(told: Sequence[Bill], day: int) -> list[tuple[bool, int]]:
    """Bills in a row that were late, or not: (late, how many), in billing order."""
    return [(late, len(list(row))) for late, row in groupby(told, key=lambda bill: days_late(bill, day) > 0)]


def by_month(view: View, utility: str) -> Mapping[int, float | None]:
    """What was drawn in each month over all accounts; None where a part is estimated or missing.

    Raises:
        Unknown: nothing is known.
    """
    found = meters.by_month(view, utility)
    if not found:
        raise Unknown(f"no {utility} consumption of this firm is known")
    return found


def latest(view: View, utility: str) -> tuple[int, float]:
    """The latest month and what was drawn in it.

    Raises:
        Unknown: it is estimated, or nothing is known.
    """
    drawn = by_month(view, utility)
    month = max(drawn)
    value = drawn[month]
    if value is None:
        raise Unknown(f"{utility} of {label(month)} is estimated or missing")
    return month, value


def last_year(view: View, utility: str) -> dict[int, float]:
    """The months known of the twelve up to the latest.

    Raises:
        Unknown: too few are known.
    """
    drawn = by_month(view, utility)
    last = max(drawn)
    known = {
        month: value for month, value in drawn.items() if value is not None and last - 12 < month <= last
    }
    if len(known) < _NEEDED:
        raise Unknown(f"{len(known)} months of {utility} are known, {_NEEDED} are needed")
    return known


def change(view: View, utility: str, months: Sequence[int], back: int) -> float:
    """What was drawn in these months over that of ``back`` months earlier, less 1.

    Raises:
        Unknown: either is unknown, or nothing was drawn before.
    """
    drawn = by_month(view, utility)
    now, before = total(drawn, months), total(drawn, [month - back for month in months])
    if now is None or before is None:
        raise Unknown(f"{utility} of these months, or of those before, is estimated or missing")
    if before <= 0:
        raise Unknown(f"no {utility} was drawn in the months before")
    return now / before - 1


def season(month: int) -> list[int]:
    """The months to be held against those of the year before: one, or January and February together."""
    return comparable_span(month, 1)


def mean_of(values: Callable[[int], float], months: Sequence[int]) -> float:
    """The mean over the months for which there is a value.

    Raises:
        Unknown: there are too few.
    """
    found = list[float]()
    for month in months:
        try:
            found.append(values(month))
        except Unknown:
            continue
    if len(found) < _NEEDED:
        raise Unknown(f"{len(found)} months are known, {_NEEDED} are needed")
    return fmean(found)


def variation(values: Sequence[float]) -> float:
    """Standard deviation over mean.

    Raises:
        Unknown: the mean is 0.
    """
    mean = fmean(values)
    if mean <= 0:
        raise Unknown("nothing was drawn")
    return pstdev(values) / mean


def days_without(months: Sequence[int]) -> int:
    """Days of the months in which nothing was drawn."""
    return sum(days_in(month) for month in months)
