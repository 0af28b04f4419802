"""Tax extensions on conduct: the credit grade that the tax office gives, and invoices that do not stand."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.finding import NOT_FIRED, YELLOW, Finding, not_evaluable
from detectors.points.months import label, month_number
from detectors.points.view import View


class CreditGrade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-12: the grades that count, separated by blanks."""

    grades: str = "D"


def credit_grade(view: View, limit: CreditGrade) -> Finding:
    """WX-12 纳税信用D级: the latest yearly grade of the tax office (F17) is D, the lowest.

    A D is graded directly for major violations and for tax-abnormal households, and closes the way to invoices and
    refunds (纳税信用管理办法（试行）, 国家税务总局公告 2014 年第 40 号). It lasts until the next grade.

    >>> from detectors.points.example import seen
    >>> graded = [{"on": day, "event": "credit_grade", "period": day[:4], "credit_grade": grade}
    ...           for day, grade in (("2025-04-30", "B"), ("2026-04-30", "D"))]
    >>> [credit_grade(seen(day, F17=graded), CreditGrade()).level for day in ("2026-04-29", "2026-04-30")]
    [0, 2]
    """
    grades = _told(view, "credit_grade")
    if not grades:
        return not_evaluable("no tax credit grade is known")
    last = max(grades, key=lambda fact: (str(fact.data.get("period", "")), fact.start, fact.key))
    grade = str(last.data.get("credit_grade", ""))
    if grade not in limit.grades.split():
        return NOT_FIRED
    return Finding(
        level=YELLOW,
        value=f"graded {grade} for {last.data.get('period', 'an unknown year')}",
        threshold=f"yellow for {' or '.join(limit.grades.split())}",
        since=last.start,
        evidence=(last,),
        details={"grade": grade},
    )


def _told(view: View, event: str) -> list[Fact]:
    """What the tax office says of one kind, in force today."""
    return [fact for fact in view.active("F17") if fact.data.get("event") == event]


def _grade_endings(view: View, _: tuple[str, ...], __: CreditGrade) -> Iterable[int]:
    """Another grade ends the one before; so does the end of a statement."""
    for fact in view.known("F17"):
        if fact.data.get("event") == "credit_grade":
            yield from (day for day in (fact.start, fact.end) if day is not None)


class InvoiceAnomaly(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-13: the share of invoices void or reversed, fewest invoices of a month that tell anything, and
    days for which the last month told counts."""

    share: float = 0.30
    least_invoices: int = 10
    shown_days: int = 62


def invoice_anomaly(view: View, limit: InvoiceAnomaly) -> Finding:
    """WX-13 发票异常: of the invoices of the last month told (F17), 30 % or more were made void or red-lettered.

    Goods come back, or there were none. A month with few invoices says nothing; all numbers are configuration defaults.

    >>> from detectors.points.example import seen
    >>> month = {"on": "2026-04-02", "event": "invoices", "period": "2026-03", "invoices": 40, "invoices_void": 12}
    >>> invoice_anomaly(seen("2026-04-03", F17=[month]), InvoiceAnomaly()).value
    '12 of 40 invoices of 2026-03 void or red-lettered (30%)'
    """
    months = {month: fact for fact in _told(view, "invoices") if (month := _month(fact)) is not None}
    if not months:
        return not_evaluable("no invoice counts are known")
    last = months[max(months)]
    turn = last.start + limit.shown_days
    if view.day >= turn:
        return not_evaluable(f"no invoice counts are known since {label(max(months))}")
    issued, void = (int(last.data.get(name) or 0) for name in ("invoices", "invoices_void"))
    if issued < limit.least_invoices or void < limit.share * issued:
        return Finding(turn=turn)
    return Finding(
        level=YELLOW,
        value=f"{void} of {issued} invoices of {label(max(months))} void or red-lettered ({void / issued:.0%})",
        threshold=f"yellow from {limit.share:.0%} of {limit.least_invoices} invoices or more",
        since=last.start,
        evidence=(last,),
        turn=turn,
        details={"invoices": issued, "void": void},
    )


def _month(fact: Fact) -> int | None:
    return month_number(str(fact.data.get("period", "")))


def _invoice_endings(view: View, _: tuple[str, ...], limit: InvoiceAnomaly) -> Iterable[int]:
    for fact in view.known("F17"):
        if fact.data.get("event") == "invoices":
            yield from (fact.start, fact.start + limit.shown_days, FAR if fact.end is None else fact.end)


EVALUATORS: Mapping[str, Evaluator] = {
    "credit_grade": Evaluator(credit_grade, CreditGrade, _grade_endings),
    "invoice_anomaly": Evaluator(invoice_anomaly, InvoiceAnomaly, _invoice_endings),
}
