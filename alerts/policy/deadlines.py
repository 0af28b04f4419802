"""What must be done by when: the dates that the law, a court or a contract attaches to the evidence of an alert.

An alert that says "object by 25 January" can be acted on. A date that has passed is left out, and of several the first
to come is given. Where a rule of Chinese law fixes the date, it is worked out for China only; a date that the record
itself gives is shown everywhere.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta

from detectors.fact import Fact, iso_day
from detectors.governance.workdays import CALENDARS
from detectors.records.freezes import longest_freeze
from detectors.records.seizure import years_after

OBJECTION_DAYS = 20
"""For creditors against a simple deregistration, from its publication (市场主体登记管理条例 art. 33)."""
ENFORCEMENT_YEARS = 2
"""To apply for enforcement, from the last day for performance (民事诉讼法 art. 250)."""
GUARANTEE_MONTHS = 6
"""Guarantee period after the debt is due, where none was agreed that ends later (民法典 art. 692)."""
REVIEW_DAYS, REVIEW_WORKING_DAYS = 15, 3
"""For a court to review and to correct an error in the list of dishonest debtors (最高法 2017 rules on the list)."""
REAUCTION_DAYS = 30
"""From a failed first round to the second (最高法 2016 rules on online judicial auctions, art. 26)."""
PRIORITY_NOTICE_DAYS = 3
"""Before the announcement, notice to those with a right of priority purchase (the same, art. 16)."""

_STANDING = frozenset({"priority_purchase_notice"})
"""Dates that tell what should have been done by then, shown although they have passed."""

Found = Iterator[tuple[str, date | str]]
_Rule = Callable[[Fact, date, bool], Found]


def deadlines(point: str, evidence: Iterable[Fact], day: int, jurisdiction: str) -> dict[str, str]:
    """Field to ISO date, or time as the source gave it; empty for most points.

    ``evidence`` are the facts behind the point, ``day`` is the local day of the alert, ``jurisdiction`` that of the
    entity (``CN-330604``).

    >>> listed = Fact(1, 0, b"", 0, 0, 20_454, None, None, 1.0, 1.0, 3, "k",
    ...     {"item": "status", "status": "simple_deregistration_notice", "published_on": 20_454})
    >>> deadlines("WP-46", [listed], 20_460, "CN-330604")
    {'objection_deadline': '2026-01-21'}
    """
    rule = _RULES.get(point)
    if rule is None:
        return {}
    today, found = _date(day), dict[str, str]()
    for fact in evidence:
        for name, when in rule(fact, today, jurisdiction.startswith("CN")):
            text = when if isinstance(when, str) else when.isoformat()
            ahead = text[:10] >= today.isoformat() or name in _STANDING
            if ahead and text < found.get(name, "~"):
                found[name] = text
    return dict(sorted(found.items()))


def _deregistration(fact: Fact, _: date, china: bool) -> Found:
    until, published = _day(fact, "objection_until"), _day(fact, "published_on")
    if until is not None:
        yield "objection_deadline", until
    elif china and published and fact.data.get("status") == "simple_deregistration_notice":
        yield "objection_deadline", published + timedelta(days=OBJECTION_DAYS)


def _claims(fact: Fact, _: date, _china: bool) -> Found:
    announced = _day(
        fact, "claims_deadline"
    )  # 30 days to three months from the announcement (企业破产法 art. 45)
    if announced is not None:
        yield "claims_deadline", announced


def _restraint(fact: Fact, _: date, china: bool) -> Found:
    begun, end = _day(fact, "from"), _day(fact, "to")
    if china and begun is not None:  # 民诉法解释 art. 485
        longest = years_after(begun, longest_freeze(str(fact.data.get("asset_class"))))
        end = longest if end is None else min(end, longest)
    if end is not None:
        yield "expires_on", end


def _auction(fact: Fact, _: date, china: bool) -> Found:
    start, status = fact.data.get("starts_at"), fact.data.get("status")
    if isinstance(start, str) and status in ("announced", "bidding"):
        yield "start_at", start
        yield "deposit_deadline", start  # bidders pay it before they take part (the 2016 rules, art. 17)
        announced = _day(fact, "announced_on")
        if china and announced is not None:
            yield "priority_purchase_notice", announced - timedelta(days=PRIORITY_NOTICE_DAYS)
    if china and status == "failed" and fact.data.get("round") == "1":
        end = str(fact.data.get("ends_at") or start or "")[:10]
        if end:
            yield "reauction_by", date.fromisoformat(end) + timedelta(days=REAUCTION_DAYS)


def _guarantee(fact: Fact, _: date, china: bool) -> Found:
    agreed, due = _day(fact, "guarantee_to"), _day(fact, "debt_to")
    if china and due is not None and (agreed is None or agreed <= due):
        agreed = _months_after(due, GUARANTEE_MONTHS)
    if agreed is not None:
        yield "guarantee_period_end", agreed


def _enforcement(fact: Fact, _: date, china: bool) -> Found:
    due = _day(fact, "perform_by") or _day(fact, "debt_due_on")
    if china and due is not None:
        yield "enforcement_limit", years_after(due, ENFORCEMENT_YEARS)


def _listing(_: Fact, today: date, china: bool) -> Found:
    """If the listing is an error and its correction is applied for today."""
    if china:
        review = today + timedelta(days=REVIEW_DAYS)
        yield "correction_due", CALENDARS["CN"].after(review, REVIEW_WORKING_DAYS)


_RULES: Mapping[str, _Rule] = {
    "WP-05": _enforcement,
    "WP-06": _enforcement,
    "WP-07": _restraint,
    "WP-09": _listing,
    "WP-12": _auction,
    "WP-13": _claims,
    "WP-14": _restraint,
    "WP-15": _restraint,
    "WP-16": _restraint,
    "WP-17": _restraint,
    "WP-43": _guarantee,
    "WP-46": _deregistration,
    "WP-48": _guarantee,
    "WP-49": _guarantee,
    "WX-20": _restraint,
}


def _date(day: int) -> date:
    return date.fromisoformat(iso_day(day))


def _day(fact: Fact, name: str) -> date | None:
    value = fact.data.get(name)
    return _date(value) if isinstance(value, int) else None


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where there is none (民法典 art. 202).

    >>> _months_after(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
