"""Registry points: the lists of the market regulator, and the annual report."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from detectors.fact import FAR, RETRACT, Fact, day_number, iso_day
from detectors.points.billing import account_of
from detectors.points.credit_lists import serious_listings
from detectors.points.evaluator import Evaluator, NoParameters, ends
from detectors.points.finding import BLUE, NOT_FIRED, RED, YELLOW, Finding, not_evaluable
from detectors.points.view import View
from detectors.points.wording import count

REASONS = {
    1: "no annual report",
    2: "order not obeyed",
    3: "false statements",
    4: "not found at its address",
}
"""Why a firm is on the list of abnormal businesses, by code (F22)."""
_NOT_FOUND = 4


class AbnormalList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-44; days on the list."""

    yellow_days: int = 60
    red_days: int = 1_035


def abnormal_list(view: View, limit: AbnormalList) -> Finding:
    """WP-44 经营异常名录: listings in force (F22).

    Blue for a missed annual report, yellow after 60 days or for another reason; red when the firm is not found at its
    address and its supply has ended (F15) or it is a tax-abnormal household (F17), or after two years and ten months:
    three years on the list lead to the serious-violation list (企业信息公示暂行条例 art. 17, 2014). 60 days are a
    configuration default.

    >>> from detectors.points.example import seen
    >>> listing = {"on": "2026-01-05", "put_on": "2026-01-05", "reason": 1}
    >>> [abnormal_list(seen(day, F22=[listing]), AbnormalList()).level for day in ("2026-03-05", "2026-03-06")]
    [1, 2]
    """
    every = view.known("F22")
    if not every:
        return Finding(quiet=True)
    listings = [fact for fact in every if fact.end is None or view.day < fact.end]
    if not listings:
        return NOT_FIRED
    gone = _gone(view) if any(_reason(fact) == _NOT_FOUND for fact in listings) else []
    level, worst = max(
        ((_listing_level(fact, view.day, bool(gone), limit), fact) for fact in listings),
        key=lambda one: (one[0], -one[1].start, one[1].key),
    )
    days = view.day - worst.start
    turns = [fact.start + bar for fact in listings for bar in (limit.yellow_days, limit.red_days)]
    return Finding(
        level=level,
        value=f"listed since {iso_day(worst.start)} ({count(days, 'day')}): "
        + "; ".join(
            [REASONS.get(_reason(worst), "reason unknown"), *dict.fromkeys(said for said, _ in gone)]
        ),
        threshold=f"blue for no annual report, yellow after {limit.yellow_days} days or for another reason, red when "
        f"not found at its address with supply ended or as tax-abnormal household, or after {limit.red_days} days",
        since=min(fact.start for fact in listings),
        evidence=(worst, *(fact for fact in listings if fact is not worst), *(fact for _, fact in gone)),
        turn=min([turn for turn in turns if turn > view.day], default=FAR),
        details={"days": days, "reason": _reason(worst), "listings": len(listings)},
    )


def _reason(fact: Fact) -> int:
    return int(fact.data.get("reason") or 0)


def _listing_level(fact: Fact, day: int, gone: bool, limit: AbnormalList) -> int:
    days = day - fact.start
    if days >= limit.red_days or (gone and _reason(fact) == _NOT_FOUND):
        return RED
    return YELLOW if _reason(fact) != 1 or days >= limit.yellow_days else BLUE


_SUPPLY = frozenset({"cutoff", "restore", "close_account"})


def _gone(view: View) -> list[tuple[str, Fact]]:
    """What says that nobody is there any more: supply closed or cut off on all accounts, a tax-abnormal household."""
    last: dict[tuple[str, ...], Fact] = {}
    used: dict[tuple[str, ...], int] = {}
    for fact in view.known("F15"):
        account = str(fact.data.get("utility", "")), *account_of(fact)
        used[account] = fact.start
        if fact.data.get("event") in _SUPPLY:
            last[account] = fact
    over = {account: fact for account, fact in sorted(last.items()) if fact.data["event"] != "restore"}
    ended = [
        (f"{account[0]} supply ended", fact)
        for account, fact in over.items()
        if not any(
            other[0] == account[0] and day >= fact.start for other, day in used.items() if other not in over
        )
    ]
    released = [fact for fact in view.active("F17") if fact.data.get("event", "listed") == "listed"]
    return [*ended, *(("tax-abnormal household", fact) for fact in released if not _released(fact, view.day))]


def _released(fact: Fact, day: int) -> bool:
    on = fact.data.get("released_on")
    return isinstance(on, int) and on <= day


def _not_a_listing(fact: Fact, _: int) -> bool:
    """While nothing is listed, bills and tax events do not matter."""
    return fact.rank != RETRACT and "put_on" not in fact.data


def _list_endings(view: View, _: object, __: object) -> Iterable[int]:
    return ends(view, ("F22",), None)


def serious_violation(view: View, _: NoParameters) -> Finding:
    """WP-45 严重违法失信: a listing in force (F23) is red and hard.

    A listing ends after three years, or earlier when removal is published (市场监管总局令第44号, 2021).

    >>> from detectors.points.example import seen
    >>> listing = {"on": "2023-01-05", "put_on": "2023-01-05"}
    >>> [serious_violation(seen(day, F23=[listing]), NoParameters()).level for day in ("2026-01-04", "2026-01-05")]
    [3, 0]
    """
    listings = serious_listings(view.active("F23"))
    if not listings:
        return NOT_FIRED
    return Finding(
        level=RED,
        value=f"{count(len(listings), 'listing')} in force since {iso_day(listings[0].start)}",
        threshold="red from 1 listing",
        since=listings[0].start,
        evidence=tuple(listings),
        details={"listings": len(listings)},
    )


class AnnualReportMissed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-08: the first day on which last year's report is late."""

    late_from_month: int = 7
    late_from_day: int = 1


def annual_report_missed(view: View, limit: AnnualReportMissed) -> Finding:
    """WX-08 年报未报送: no annual report for last year (F30, declared, period the year) by 1 July.

    The window runs from 1 January to 30 June (企业信息公示暂行条例 art. 8). Judged as far as the source of the reports
    has told all it has to tell; a firm founded last year or before is expected to report unless it has suspended its
    business (歇业, F25). Ends when the report comes, or when the firm is listed for it (F22), which WP-44 shows.

    >>> from detectors.points.example import seen
    >>> from detectors.reference import Reference
    >>> told = Reference({"example": day_number(date(2026, 7, 2))})
    >>> master, report = {"on": "2020-01-05", "founded_on": "2020-01-05"}, {"on": "2025-06-05", "period": "2024"}
    >>> annual_report_missed(seen("2026-07-03", reference=told, F29=[master], F30=[report]), AnnualReportMissed()).value
    'no annual report for 2025 by 2026-07-02'
    """
    founded, fed = view.master("founded_on"), _told_until(view)
    if not isinstance(founded, int):
        return not_evaluable("year of foundation unknown")
    if fed is None:
        return not_evaluable("no annual report ever seen, or its source has not said how far it is")
    day = min(view.day, fed)
    late = _last_deadline(day, limit)
    year = date.fromisoformat(iso_day(late)).year - 1
    ahead = _last_deadline(late + 400, limit)
    turn = view.day + 1 if fed < ahead <= view.day else (ahead if ahead > view.day else FAR)
    filed = any(
        _is_report(fact) and fact.data["period"] == str(year) and fact.start <= day
        for fact in view.known("F30")
    )
    if filed or founded >= day_number(date(year + 1, 1, 1)) or _excused(view, late):
        return Finding(turn=turn)
    return Finding(
        level=BLUE,
        value=f"no annual report for {year} by {iso_day(day)}",
        threshold=f"blue from {iso_day(late)}",
        since=late,
        evidence=tuple(fact for fact in view.known("F29") if fact.data.get("founded_on") == founded)[-1:],
        turn=turn,
        details={"year": year},
        episode=f"annual report {year}",
    )


def _is_report(fact: Fact) -> bool:
    """Whether accounts are an annual report: declared, for a whole year."""
    return len(str(fact.data.get("period", ""))) == 4 and fact.data.get("basis", "declared") == "declared"


def _told_until(view: View) -> int | None:
    """The day before which nothing is still to come from those who gave annual reports of this firm before.

    Other sources of accounts, such as the tax office, say nothing about annual reports by their silence.
    """
    facts = view.ledger.of("F30").items()
    sources = {ident.partition("|")[0] for ident, fact in facts if not fact.retracted and _is_report(fact)}
    days = [view.reference.complete_until(source, "F30") for source in sorted(sources)]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _last_deadline(day: int, limit: AnnualReportMissed) -> int:
    """The latest first day of lateness that is not after ``day``."""
    year = date.fromisoformat(iso_day(day)).year
    this = day_number(date(year, limit.late_from_month, limit.late_from_day))
    return this if this <= day else day_number(date(year - 1, limit.late_from_month, limit.late_from_day))


def _excused(view: View, late: int) -> bool:
    """Listed for it already, or business suspended on the day of the deadline."""
    listed = any(_reason(fact) == 1 for fact in view.active("F22"))
    status = [fact for fact in view.known("F25") if fact.data.get("item") == "status" and fact.start <= late]
    asleep = bool(status) and status[-1].data.get("status") == "suspended"
    return listed or (asleep and (status[-1].end is None or late < status[-1].end))


def _report_endings(view: View, _: object, limit: AnnualReportMissed) -> Iterable[int]:
    yield from (fact.start for fact in view.known("F22"))
    yield from (fact.start for fact in view.known("F30") if _is_report(fact))
    last = _last_deadline(view.day, limit)
    yield from (last, _last_deadline(last - 1, limit))


EVALUATORS: Mapping[str, Evaluator] = {
    "abnormal_list": Evaluator(abnormal_list, AbnormalList, _list_endings, _not_a_listing, drifts=True),
    "serious_violation": Evaluator(serious_violation, NoParameters, ends),
    "annual_report_missed": Evaluator(annual_report_missed, AnnualReportMissed, _report_endings, drifts=True),
}
