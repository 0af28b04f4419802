"""Tax points about conduct: missed returns (逾期未申报), tax-abnormal households (非正常户), major violations."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator, ends
from detectors.points.finding import AS_SOON_AS_TOLD, BLUE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.lawful import suspensions
from detectors.points.months import first_day, month_number
from detectors.points.tax import months_of
from detectors.points.view import View
from detectors.points.wording import count, spans


class MissedFilings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-32. A firm is taken to file every month once ``expected_months`` in a row are known; its return
    is missed when there is none ``filing_days`` after the end of the month."""

    yellow_months: int = 2
    expected_months: int = 3
    filing_days: int = 30


class _Missed(msgspec.Struct, frozen=True, gc=False):
    """A month without a return: known since when, from which fact, and whether it was missing for all taxes."""

    since: int
    fact: Fact
    all_taxes: bool


def missed_filings(view: View, limit: MissedFilings) -> Finding:
    """WP-32 逾期未申报: returns that were due and are still missing, until they are filed.

    Blue from one period, yellow from two months in a row for all taxes; three months make a tax-abnormal household
    (国家税务总局公告 2019 年第 48 号). The tax office says so (F17); for a firm known to file every month its silence
    says so too (F30), once the source has told all until then. Months of a filed suspension (歇业) do not count.

    >>> from detectors.points.example import seen
    >>> told = [{"on": f"2026-0{month + 1}-20", "event": "missed_filing", "period": f"2026-0{month}",
    ...          "taxpayer_id": "1"} for month in (3, 4)]
    >>> missed_filings(seen("2026-05-21", F17=told), MissedFilings()).value
    '2 periods missed: 2026-03 to 2026-04'
    """
    missed, (turn, told) = _silent(view, limit)
    missed |= _told(view)
    free = suspensions(view)
    months = {month: one for month, one in sorted(missed.items()) if not _explained(month, free)}
    if not months:
        waits = _waits(view)
        return Finding(missing=waits or None, turn=turn, told=told)
    run = _longest([month for month, one in months.items() if one.all_taxes])
    yellow = len(run) >= limit.yellow_months
    shown = run if yellow else list(months)
    return Finding(
        level=YELLOW if yellow else BLUE,
        value=f"{count(len(months), 'period')} missed: {spans(months)}",
        threshold=f"blue from 1 period, yellow from {limit.yellow_months} months in a row for all taxes",
        since=months[run[limit.yellow_months - 1]].since if yellow else min(m.since for m in months.values()),
        evidence=tuple({months[month].fact.key: months[month].fact for month in shown}.values()),
        turn=turn,
        details={"periods": len(months), "run": len(run)},
        told=told,
    )


def _told(view: View) -> dict[int, _Missed]:
    """Months that the tax office says were missed and not filed since."""
    found: dict[int, _Missed] = {}
    for fact in view.active("F17"):
        span = months_of(str(fact.data.get("period", "")))
        if fact.data.get("event") == "missed_filing" and span is not None:
            every = "tax_type" not in fact.data
            for month in range(span[0], span[1] + 1):
                if month not in found or (every and not found[month].all_taxes):
                    found[month] = _Missed(fact.start, fact, every)
    return found


def _silent(view: View, limit: MissedFilings) -> tuple[dict[int, _Missed], tuple[int, int]]:
    """Months of which a firm that files every month has told nothing; the day on which the next one may be, and the
    one up to which the source must have told all before."""
    filed = _filed(view)
    if not filed:
        return {}, (FAR, FAR)
    last = max(filed)
    if any(last - back not in filed for back in range(limit.expected_months)):
        return {}, (FAR, FAR)
    fed = view.fed_until("F30")
    if fed is None:
        return {}, (FAR, AS_SOON_AS_TOLD)
    missed: dict[int, _Missed] = {}
    month, as_of = last + 1, min(view.day, fed)
    while (due := first_day(month + 1) + limit.filing_days) <= as_of:
        missed[month] = _Missed(due, filed[last], all_taxes=True)
        month += 1
    return missed, (due, FAR) if fed >= view.day else (FAR, due)


def _filed(view: View) -> dict[int, Fact]:
    """Months for which the tax office has a return of this firm."""
    return {
        month: fact
        for fact in view.known("F30")
        if fact.data.get("basis") == "tax"
        and (month := month_number(str(fact.data.get("period", "")))) is not None
    }


def _waits(view: View) -> str:
    """Why silence cannot be judged: returns are known, but not how far their source is."""
    if _filed(view) and view.fed_until("F30") is None and not _of_returns(view):
        return "the source of the tax returns has not said how far it is"
    return ""


def _of_returns(view: View) -> bool:
    """Whether the tax office has ever spoken of missed returns, or of a listing for them."""
    return any(fact.data.get("event", "listed") in ("listed", "missed_filing") for fact in view.known("F17"))


def _explained(month: int, free: list[tuple[int, int]]) -> bool:
    """Whether business was suspended for the whole month."""
    return any(begin <= first_day(month) and first_day(month + 1) <= end for begin, end in free)


def _longest(months: list[int]) -> list[int]:
    """The longest run of months that follow each other; the latest of equals."""
    best: list[int] = []
    run: list[int] = []
    for month in months:
        run = [*run, month] if run and month == run[-1] + 1 else [month]
        best = run if len(run) >= len(best) else best
    return best


def _missed_endings(view: View, _: tuple[str, ...], limit: MissedFilings) -> Iterable[int]:
    """Days on which a missed return was filed, by the tax office or, late, by the firm, or a suspension began."""
    yield from ends(view, ("F17",), limit)
    filed = _filed(view)
    for month, fact in filed.items():
        if fact.start >= first_day(month + 1) + limit.filing_days:
            yield fact.start
    yield from (begin for begin, _ in suspensions(view))


class AbnormalHousehold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WP-33 has no threshold: the listing is the fact."""


def abnormal_household(view: View, _: AbnormalHousehold) -> Finding:
    """WP-33 非正常户: listed by the tax office after three months without any return; red and hard.

    Listing and release, after the penalty and all returns, are automatic (国家税务总局公告 2019 年第 48 号).

    >>> from detectors.points.example import seen
    >>> listing = {"on": "2026-03-01", "event": "listed", "listed_on": "2026-03-01", "taxpayer_id": "1"}
    >>> abnormal_household(seen("2026-03-01", F17=[listing]), AbnormalHousehold()).level
    3
    """
    listed = [fact for fact in view.active("F17") if fact.data.get("event", "listed") == "listed"]
    return _listed(view, listed, "listed as tax-abnormal household, which stops its invoices")


VIOLATIONS = {
    "1": "tax evaded by false books or returns",
    "2": "assets moved or hidden from the collection of tax",
    "3": "export refunds by fraud",
    "4": "tax refused by violence or threats",
    "5": "false invoices that deduct tax",
    "6": "false ordinary invoices",
    "7": "invoices forged or printed without licence",
    "8": "absconded before a tax case was carried out",
    "9": "accounts, invoices or papers lent to others' tax fraud",
    "10": "tax lost through it as tax agent",
    "11": "another grave tax violation",
}
"""Why a firm is published, by category (F18), after 国家税务总局令第 54 号 art. 6."""


class MajorViolation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-34."""

    publication_days: int = 1_096


def major_violation(view: View, limit: MajorViolation) -> Finding:
    """WP-34 重大税收违法: published as an untrustworthy party of a major tax violation; red and hard.

    Publication ends after three years or earlier when it is stopped (重大税收违法失信主体信息公布管理办法, 2022).

    >>> from detectors.points.example import seen
    >>> case = {"on": "2026-03-01", "decision_no": "1", "category_code": 1, "published_on": "2026-03-01"}
    >>> major_violation(seen("2026-03-01", F18=[case]), MajorViolation()).level
    3
    """
    active = [fact for fact in view.active("F18") if view.day < fact.start + limit.publication_days]
    finding = _listed(view, active, "published for a major tax violation")
    turn = min([fact.start + limit.publication_days for fact in active], default=FAR)
    return msgspec.structs.replace(finding, turn=turn)


def _listed(view: View, facts: list[Fact], what: str) -> Finding:
    if not facts:
        return NOT_FIRED
    codes = sorted({str(fact.data["category_code"]) for fact in facts if "category_code" in fact.data})
    owed = sum(view.money(fact, "arrears_balance", "amount") or 0 for fact in facts)
    return Finding(
        level=RED,
        value=what
        + (f", {len(facts)} times" if len(facts) > 1 else "")
        + (": " + ", ".join(VIOLATIONS.get(code, f"category {code}") for code in codes) if codes else "")
        + (f"; {view.text(owed)}" if owed else ""),
        threshold="red while the listing lasts",
        since=facts[0].start,
        evidence=tuple(facts),
        details={"cases": len(facts), "amount": owed},
    )


def _violation_endings(view: View, feeds: tuple[str, ...], limit: MajorViolation) -> Iterable[int]:
    yield from ends(view, feeds, limit)
    yield from (fact.start + limit.publication_days for fact in view.known("F18"))


EVALUATORS: Mapping[str, Evaluator] = {
    "missed_filings": Evaluator(missed_filings, MissedFilings, _missed_endings, awaits="F30"),
    "abnormal_household": Evaluator(abnormal_household, AbnormalHousehold, ends),
    "major_violation": Evaluator(major_violation, MajorViolation, _violation_endings),
}
