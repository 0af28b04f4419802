"""Labour points: social insurance that is not paid (F19), as the fund says and as the firm reports."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.finding import BLUE, RED, YELLOW, Finding, not_evaluable
from detectors.points.months import first_day, month_number
from detectors.points.view import View
from detectors.points.wording import count, spans

Series = dict[str, dict[int, Fact]]


def monthly(view: View) -> Series:
    """Statements about single months (F19), by kind of insurance and month, months in order."""
    held: Series | None = view.memo.get("insurance")
    if held is None:
        held = {}
        for fact in view.known("F19"):
            month = month_number(str(fact.data.get("period", "")))
            if month is not None:
                held.setdefault(str(fact.data.get("insurance")), {})[month] = fact
        held = {kind: dict(sorted(held[kind].items())) for kind in sorted(held)}
        view.memo["insurance"] = held
    return held


class InsuranceArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-36; a month is unpaid ``grace_days`` after it ended."""

    yellow_months: int = 2
    red_months: int = 3
    red_share_of_base: float = 0.05
    grace_days: int = 15


class _Arrears(msgspec.Struct, gc=False):
    """What one kind of insurance, or all of them, show on a day: unpaid months with their facts, and what is owed."""

    months: dict[int, Fact]
    owed: int = 0
    turn: int = FAR


def insurance_arrears(view: View, limit: InsuranceArrears) -> Finding:
    """WP-36 社保欠缴: months for which social insurance (F19) was not paid in full.

    A month is unpaid when less was paid than due or, where that is not said, when the amount owed has grown; it is
    paid when the source says so or owes nothing later. Blue from one month, yellow from ``yellow_months`` in a row,
    red from ``red_months`` or when ``red_share_of_base`` of M is owed. Late payment costs 0.05 % a day, then a fine
    (社会保险法 art. 86); the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> month = {"on": "2026-01-31", "insurance": "pension", "period": "2026-01", "due": cny(900), "paid": cny(0)}
    >>> insurance_arrears(seen("2026-02-16", F19=[month]), InsuranceArrears()).value
    '1 month unpaid (2026-01), CNY 900 owed'
    """
    series = monthly(view)
    if not series:
        return not_evaluable("no social-insurance records of this firm")
    since_told = monthly(view.latest)
    found = [
        _arrears(view, facts, since_told.get(kind, facts), limit.grace_days) for kind, facts in series.items()
    ]
    months = {month: fact for one in found for month, fact in one.months.items()}
    owed, turn = sum(one.owed for one in found), min(one.turn for one in found)
    trigger = round(limit.red_share_of_base * view.base.amount)
    if not months and not owed:
        return Finding(
            turn=turn, quiet=all(_clean(fact) for facts in series.values() for fact in facts.values())
        )
    facts = [fact for one in found for fact in one.months.values()] or [_latest_owing(series)]
    first = min(months, default=0)
    return Finding(
        level=_arrears_level(months, owed, trigger, limit),
        value=(f"{count(len(months), 'month')} unpaid ({spans(months)}), " if months else "")
        + f"{view.text(owed)} owed",
        threshold=f"blue from 1 month, yellow from {limit.yellow_months} in a row, red from {limit.red_months} "
        f"or {view.text(trigger)} owed ({limit.red_share_of_base:.0%} of M)",
        since=max(
            first_day(first + 1) + limit.grace_days if months else 0, min(fact.start for fact in facts)
        ),
        evidence=tuple(sorted(facts, key=lambda fact: (fact.start, fact.key))),
        turn=turn,
        details={"months": len(months), "owed": owed, "base_rung": view.base.rung},
    )


def _arrears_level(months: Iterable[int], owed: int, trigger: int, limit: InsuranceArrears) -> int:
    unpaid, run, longest = sorted(months), 0, 0
    for number, month in enumerate(unpaid):
        run = run + 1 if number and unpaid[number - 1] == month - 1 else 1
        longest = max(longest, run)
    if len(unpaid) >= limit.red_months or owed >= trigger > 0:
        return RED
    return YELLOW if longest >= limit.yellow_months else BLUE


def _arrears(view: View, facts: Mapping[int, Fact], since_told: Mapping[int, Fact], grace: int) -> _Arrears:
    """One kind of insurance on the day of the view; nothing up to a month counts of which it is known by now that
    nothing was owed."""
    settled = max((month for month, fact in since_told.items() if view.money(fact, "owed") == 0), default=0)
    found, stated, shortfall = _Arrears({}), 0, 0
    for month, fact in facts.items():
        late, short = first_day(month + 1) + grace, _short(view, facts, month)
        owed = view.money(fact, "owed")
        if month <= settled or (fact.end is not None and fact.end <= view.latest.day) or not (short or owed):
            continue
        if late > view.day:
            found.turn = min(found.turn, late)
            continue
        if short:
            found.months[month] = fact
        stated, shortfall = (stated, shortfall + short) if owed is None else (owed, 0)
    found.owed = stated + shortfall
    return found


def _short(view: View, facts: Mapping[int, Fact], month: int) -> int:
    """What was not paid for a month, in minor units."""
    due, paid, owed = (view.money(facts[month], name) for name in ("due", "paid", "owed"))
    if facts[month].end is not None:  # made good on that day: the amounts tell how it was afterwards
        return due or owed or 0
    if due is not None and (paid is not None or owed is None):
        return max(due - (paid or 0), 0)
    before = facts.get(month - 1)
    return max((owed or 0) - ((view.money(before, "owed") or 0) if before else 0), 0)


def _latest_owing(series: Series) -> Fact:
    owing = [fact for facts in series.values() for fact in facts.values() if fact.data.get("owed")]
    return max(owing, key=lambda fact: (fact.start, fact.key))


def _clean(fact: Fact) -> bool:
    """A statement that never showed arrears."""
    due, paid, owed = (fact.data.get(name, 0) for name in ("due", "paid", "owed"))
    if fact.end is not None or not all(isinstance(amount, int) for amount in (due, paid, owed)):
        return False
    return bool(paid >= due and not owed)


def _paid_up(fact: Fact, _: int) -> bool:
    return _clean(fact) or month_number(str(fact.data.get("period", ""))) is None


def _arrears_endings(view: View, _: tuple[str, ...], __: InsuranceArrears) -> Iterable[int]:
    for facts in monthly(view).values():
        before: Fact | None = None
        for fact in facts.values():
            if fact.end is not None:
                yield fact.end
            owed, was = view.money(fact, "owed"), view.money(before, "owed") if before else 0
            if owed is not None and (was is None or owed < was):
                yield fact.start
            before = fact


class ReportedArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WX-09 has no threshold: any amount is the signal."""


def reported_arrears(view: View, _: ReportedArrears) -> Finding:
    """WX-09 年报社保欠缴: the firm's last annual report says that social insurance is owed (F19 of a whole year).

    Source: the report has the amounts owed per insurance (企业信息公示暂行条例 art. 9; form of the annual report).

    >>> from detectors.points.example import cny, seen
    >>> report = {"on": "2026-06-20", "insurance": "pension", "period": "2025", "owed": cny(900)}
    >>> reported_arrears(seen("2026-06-21", F19=[report]), ReportedArrears()).value
    'CNY 900 owed in the report for 2025'
    """
    years = _annual(view)
    if not years:
        return Finding(missing="no annual report with social insurance", quiet=True)
    year = max(years)
    owing = [fact for fact in years[year] if _open_debt(view, fact)]
    if not owing:
        quiet = not any(fact.data.get("owed") for facts in years.values() for fact in facts)
        return Finding(quiet=quiet)
    owed = sum(view.money(fact, "owed") or 0 for fact in owing)
    return Finding(
        level=BLUE,
        value=f"{view.text(owed)} owed in the report for {year}",
        threshold="blue from any amount",
        since=min(fact.start for fact in owing),
        evidence=tuple(owing),
        details={"owed": owed, "year": int(year)},
    )


def _open_debt(view: View, fact: Fact) -> bool:
    owes = "owed" in fact.data and view.money(fact, "owed") != 0
    return owes and (fact.end is None or view.day < fact.end)


def _annual(view: View) -> dict[str, list[Fact]]:
    years: dict[str, list[Fact]] = {}
    for fact in view.known("F19"):
        period = str(fact.data.get("period", ""))
        if len(period) == 4 and period.isdigit():
            years.setdefault(period, []).append(fact)
    return years


def _about_a_month(fact: Fact, _: int) -> bool:
    return month_number(str(fact.data.get("period", ""))) is not None


def _report_endings(view: View, _: tuple[str, ...], __: object) -> Iterable[int]:
    for facts in _annual(view).values():
        for fact in facts:
            yield fact.start
            if fact.end is not None:
                yield fact.end


def _any(_: Fact) -> bool:
    return True


EVALUATORS: Mapping[str, Evaluator] = {
    "insurance_arrears": Evaluator(
        insurance_arrears, InsuranceArrears, _arrears_endings, _paid_up, measured_by_base=True, as_told=_any
    ),
    "reported_arrears": Evaluator(reported_arrears, ReportedArrears, _report_endings, _about_a_month),
}
