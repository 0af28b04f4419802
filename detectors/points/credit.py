"""Credit points: what lenders report about their own loans to a firm (F21), which is strictly need-to-know."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from detectors.fact import Fact, iso_day
from detectors.points.evaluator import Evaluator
from detectors.points.finding import BLUE, NONE, NOT_FIRED, RED, YELLOW, Finding, not_evaluable, worst
from detectors.points.loans import NO_LOANS, Grade, contracts, improvements, is_healthy, run_of
from detectors.points.view import View
from detectors.points.wording import count, percent

QUIET = Finding(quiet=True)
"""No status ever showed trouble."""


class Measure(msgspec.Struct, frozen=True):
    """How one point reads a status: its colour, the days overdue (0 if it is about none), and what to say of it."""

    grade: Grade
    days: Callable[[Fact], int]
    words: Callable[[Fact], str]
    threshold: str


def _judged(view: View, needs: tuple[str, ...], measure: Measure, missing: str) -> Finding:
    """The worst contract; not evaluable while nothing shows a colour and no status tells what the point needs."""
    every = contracts(view)
    statuses = [fact for facts in every.values() for fact in facts]
    if not statuses:
        return not_evaluable(NO_LOANS)
    if not any(measure.grade(fact) for fact in statuses):
        told = any(name in fact.data for fact in statuses for name in needs)
        return QUIET if told else not_evaluable(missing)
    return worst([_contract(view, key, facts, measure) for key, facts in every.items()])


def _contract(view: View, key: tuple[str, str], statuses: list[Fact], measure: Measure) -> Finding:
    last = statuses[-1]
    if last.end is not None and last.end <= view.day:
        return NOT_FIRED
    run = run_of(statuses, measure.grade)
    if not run:
        return NOT_FIRED
    days = measure.days(run[0])
    return Finding(
        level=measure.grade(last),
        value=f"{measure.words(last)}, status of {iso_day(last.start)}",
        threshold=measure.threshold,
        since=run[0].start - max(days - 1, 0),
        evidence=(last,) if len(run) == 1 else (last, run[0]),
        details={"days_overdue": measure.days(last), "statuses": len(run)},
        episode="|".join(key),
    )


def _days(name: str) -> Callable[[Fact], int]:
    return lambda fact: int(fact.data.get(name) or 0)


class InterestArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-40; days."""

    blue_days: int = 1
    yellow_days: int = 30
    red_days: int = 90


def interest_arrears(view: View, limit: InterestArrears) -> Finding:
    """WP-40 欠息: days for which interest is overdue, in the latest status of each contract (F21).

    30 days are where credit risk is presumed to have risen significantly (IFRS 9 B5.5.11), 90 days where default is
    presumed (IFRS 9 B5.5.37); one day is a configuration default.

    >>> from detectors.points.example import seen
    >>> loan = {"on": "2026-01-31", "lender_id": "b", "contract_no": "1", "as_of": "2026-01-31"}
    >>> interest_arrears(seen("2026-02-01", F21=[{**loan, "interest_overdue_days": 30}]), InterestArrears()).value
    'interest 30 days overdue, status of 2026-01-31'
    """
    return _judged(
        view, ("interest_overdue_days",), _interest(limit), "no lender tells whether interest is overdue"
    )


def _interest(limit: InterestArrears) -> Measure:
    days = _days("interest_overdue_days")
    return Measure(
        lambda fact: _by_days(days(fact), limit),
        days,
        lambda fact: f"interest {count(days(fact), 'day')} overdue",
        f"blue from {count(limit.blue_days, 'day')}, yellow from {limit.yellow_days} days, red from "
        f"{limit.red_days} days",
    )


class OverdueOrDowngraded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-41; days."""

    blue_days: int = 1
    yellow_days: int = 30
    red_days: int = 90


def overdue_or_downgraded(view: View, limit: OverdueOrDowngraded) -> Finding:
    """WP-41 贷款逾期/分类下迁: principal overdue, extension, restructuring and classification (F21).

    Blue from one day or when extended; yellow from 30 days, when restructured or classed as special mention (关注);
    red from 90 days or when classed substandard, doubtful or loss (商业银行金融资产风险分类办法, 2023).

    >>> from detectors.points.example import seen
    >>> loan = {"on": "2026-01-31", "lender_id": "b", "contract_no": "1", "as_of": "2026-01-31"}
    >>> overdue_or_downgraded(seen("2026-02-01", F21=[{**loan, "classification": "doubtful"}]),
    ...                       OverdueOrDowngraded()).value
    'classed as doubtful, status of 2026-01-31'
    """
    needs = ("principal_overdue_days", "classification")
    return _judged(view, needs, _principal(limit), "no lender tells days overdue or classification")


_CLASSES = {"special_mention": YELLOW, "substandard": RED, "doubtful": RED, "loss": RED}


def _principal(limit: OverdueOrDowngraded) -> Measure:
    days = _days("principal_overdue_days")

    def grade(fact: Fact) -> int:
        data = fact.data
        marks = YELLOW if data.get("restructured") else BLUE if data.get("extended") else NONE
        classed = _CLASSES.get(data.get("classification") or "", NONE)
        return max(_by_days(days(fact), limit), marks, classed)

    def words(fact: Fact) -> str:
        data, said = fact.data, []
        if days(fact):
            said.append(f"principal {count(days(fact), 'day')} overdue")
        if data.get("classification") in _CLASSES:
            said.append(f"classed as {data['classification'].replace('_', ' ')}")
        said += [name for name in ("restructured", "extended") if data.get(name)]
        return ", ".join(said)

    return Measure(
        grade,
        days,
        words,
        f"blue from {count(limit.blue_days, 'day')} or extended; yellow from {limit.yellow_days}, special mention or "
        f"restructured; red from {limit.red_days} or substandard",
    )


def _by_days(days: int, limit: InterestArrears | OverdueOrDowngraded) -> int:
    if days >= limit.red_days:
        return RED
    if days >= limit.yellow_days:
        return YELLOW
    return BLUE if days >= limit.blue_days else NONE


class CrossBankDefault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-42."""

    red_share: float = 0.20


def cross_bank_default(view: View, limit: CrossBankDefault) -> Finding:
    """WP-42 跨行违约: past due at other lenders, known as an aggregate only (F21).

    Yellow when the flag is set; red and hard when more than 20 % of the debt at all lenders is overdue for more than
    90 days: from there on every lender has to class it non-performing (商业银行金融资产风险分类办法, 2023).

    >>> from detectors.points.example import seen
    >>> loan = {"on": "2026-01-31", "lender_id": "b", "contract_no": "1", "as_of": "2026-01-31"}
    >>> cross_bank_default(seen("2026-02-01", F21=[{**loan, "share_over_90_days": 0.25}]), CrossBankDefault()).value
    '25% of all debt overdue for over 90 days, status of 2026-01-31'
    """
    needs = ("past_due_elsewhere", "share_over_90_days")
    return _judged(view, needs, _elsewhere(limit), "no lender tells of the debt at others")


def _elsewhere(limit: CrossBankDefault) -> Measure:
    def grade(fact: Fact) -> int:
        if (fact.data.get("share_over_90_days") or 0.0) > limit.red_share:
            return RED
        return YELLOW if fact.data.get("past_due_elsewhere") else NONE

    def words(fact: Fact) -> str:
        share = fact.data.get("share_over_90_days") or 0.0
        said = [f"{percent(share, limit.red_share)} of all debt overdue for over 90 days"] if share else []
        return ", ".join(
            [*said, *(["past due at another lender"] if fact.data.get("past_due_elsewhere") else [])]
        )

    return Measure(
        grade,
        lambda _: 0,
        words,
        f"yellow when past due at another lender, red when over {limit.red_share:.0%} of all debt "
        "is overdue for over 90 days",
    )


def _graded(measure: Callable[[Any], Measure]) -> Callable[[View, tuple[str, ...], Any], Iterable[int]]:
    """Endings of a point that reads one status at a time."""
    return lambda view, _, limit: improvements(view, measure(limit).grade)


EVALUATORS: Mapping[str, Evaluator] = {
    "interest_arrears": Evaluator(interest_arrears, InterestArrears, _graded(_interest), is_healthy),
    "overdue_or_downgraded": Evaluator(
        overdue_or_downgraded, OverdueOrDowngraded, _graded(_principal), is_healthy
    ),
    "cross_bank_default": Evaluator(cross_bank_default, CrossBankDefault, _graded(_elsewhere), is_healthy),
}
