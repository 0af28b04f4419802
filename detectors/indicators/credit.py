"""Credit (F21): balances, days overdue, grades, lenders and maturities, as the lenders report them."""

from detectors.fact import Fact
from detectors.forces.measure import Unknown
from detectors.indicators.indicator import Direction, Indicator
from detectors.indicators.look import Behind, amounts, changed, highest, words
from detectors.points.loans import NO_LOANS, current
from detectors.points.view import View

GRADES = ("normal", "special_mention", "substandard", "doubtful", "loss")
"""The five grades of a loan (贷款五级分类), best first; their place is the value."""

_SOON = 90
_OVERDUE = ("principal_overdue_days", "interest_overdue_days")


def _loans(view: View) -> list[Fact]:
    loans = current(view)
    if not loans:
        raise Unknown(NO_LOANS)
    return loans


def _balance(view: View) -> float:
    return sum(amounts(view, _loans(view), "balance", "principal"))


def _days_overdue(view: View) -> float:
    said = [fact.data[name] for fact in _loans(view) for name in _OVERDUE if name in fact.data]
    if not said:
        raise Unknown("no lender tells days overdue")
    return float(max(said))


def _grade(view: View) -> float:
    said = [fact.data["classification"] for fact in _loans(view) if "classification" in fact.data]
    if not said:
        raise Unknown("no lender tells a grade")
    return float(max(GRADES.index(grade) for grade in said))


def _restructured(view: View) -> float:
    return float(
        sum(bool(fact.data.get("restructured") or fact.data.get("extended")) for fact in _loans(view))
    )


def _lenders(view: View) -> float:
    return float(len({fact.data.get("lender_id") for fact in _loans(view)}))


def _maturing(view: View) -> float:
    due = [
        fact
        for fact in _loans(view)
        if isinstance(day := fact.data.get("matures_on"), int) and view.day <= day < view.day + _SOON
    ]
    return sum(amounts(view, due, "balance", "principal"))


_MEASURES: tuple[tuple[str, str, str, str, str, Direction, str, Behind], ...] = (
    ("balance", "loans outstanding", "贷款余额", "sum", "main units", "neutral", "", _balance),
    ("days_overdue", "days overdue on loans", "贷款逾期天数", "max", "days", "higher_is_worse", "", _days_overdue),
    ("grade", "worst grade of a loan", "贷款最差分类", "max", "0 normal to 4 loss", "higher_is_worse", "", _grade),
    ("restructured", "loans restructured or extended", "重组展期贷款数", "count", "loans", "higher_is_worse",
     "restructured or extended", _restructured),
    ("lenders", "lenders", "贷款机构数", "distinct", "lenders", "neutral", "", _lenders),
    ("maturing", "loans that fall due in 90 days", "90日内到期贷款", "sum", "main units", "higher_is_worse",
     "due in 90 days", _maturing),
)  # fmt: skip

INDICATORS = tuple(
    Indicator(
        id=f"credit.{measure}.{window}",
        family="credit",
        feed=("F21",),
        measure=measure,
        agg=agg if window == "now" else "max" if window == "max12m" else "difference",
        window=window,
        filter=kept,
        unit=unit,
        direction=direction,
        null_policy="unknown",
        privacy_class="authorised",
        behind=behind,
        **words(window, english, chinese),
    )
    for measure, english, chinese, agg, unit, direction, kept, read in _MEASURES
    for window, behind in (("now", read), ("max12m", highest(read)), ("d3m", changed(read, 91)))
)
"""6 measures × 3 windows."""
