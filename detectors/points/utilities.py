"""Utility points: bills that stay unpaid, per account and across accounts.

Days overdue are always recomputed from the due date, never taken from the source.
"""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.billing import (
    YEAR,
    Bill,
    accounts_of,
    is_billing,
    mean_bill,
    settled,
    settlements,
    still_settled,
)
from detectors.points.evaluator import Evaluator
from detectors.points.finding import BLUE, NONE, RED, YELLOW, Finding, not_evaluable, worst
from detectors.points.view import View
from detectors.points.wording import count


class ElectricityArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-22; days after the due date, multiples of the mean bill."""

    blue_days: int = 10
    yellow_days: int = 30
    red_days: int = 60
    yellow_bills: float = 2.0
    red_bills: float = 3.0
    bills_for_mean: int = 3


def electricity_arrears(view: View, limit: ElectricityArrears) -> Finding:
    """WP-22 电费逾期: days overdue and outstanding amount against the mean bill, worst account first.

    After more than 30 days and dunning the supply may be stopped (电力供应与使用条例 art. 39); 10 and 60 days are
    configuration defaults. Blue from 10 days, yellow over 30 days or from two mean bills, red over 60 days and from
    three mean bills. The mean needs ``bills_for_mean`` bills; without them the amount criteria stay silent.
    """
    accounts = accounts_of(view, "electricity")
    if not accounts:
        return not_evaluable("no electricity account linked")
    quiet = settled(accounts.values(), view.day)
    return quiet or worst([_electricity_account(view, bills, limit) for bills in accounts.values()])


def _electricity_account(view: View, bills: list[Bill], limit: ElectricityArrears) -> Finding:
    day = view.day
    late = [bill for bill in bills if bill.paid_on is None and bill.due_on < day]
    turn = _next(view, [turn for bill in bills if bill.paid_on is None for turn in _turns(bill, limit)])
    if not late:
        return Finding(turn=turn)
    # while something is late, every bill that falls due or grows a year old moves the mean it is held against
    turn = min(turn, _next(view, [bill.due_on + age for bill in bills for age in (1, YEAR + 1)]))
    overdue = max(day - bill.due_on for bill in late)
    outstanding = sum(bill.open for bill in late)
    mean = mean_bill(bills, day, limit.bills_for_mean)
    level = _electricity_level(overdue, outstanding / mean if mean else 0.0, limit)
    if level == NONE:
        return Finding(turn=turn)
    mean_text = f", {outstanding / mean:.1f} mean bills" if mean else ""
    return Finding(
        level=level,
        value=f"{count(overdue, 'day')} overdue, {view.text(outstanding)} outstanding{mean_text}",
        threshold=f"blue from {limit.blue_days} days, yellow over {limit.yellow_days} days or from "
        f"{limit.yellow_bills:g} mean bills, red over {limit.red_days} days and from {limit.red_bills:g} mean bills",
        since=late[0].due_on + limit.blue_days if overdue >= limit.blue_days else late[-1].due_on + 1,
        evidence=tuple(bill.fact for bill in late),
        turn=turn,
        details={"days_overdue": overdue, "outstanding": outstanding, "mean_bill": mean},
    )


def _next(view: View, days: list[int]) -> int:
    return min([day for day in days if day > view.day], default=FAR)


def _turns(bill: Bill, limit: ElectricityArrears) -> tuple[int, ...]:
    due = bill.due_on
    return (
        due + 1,
        due + limit.blue_days,
        due + limit.yellow_days + 1,
        due + limit.red_days + 1,
        bill.credited_on,
    )


def _electricity_level(overdue: int, bills: float, limit: ElectricityArrears) -> int:
    if overdue > limit.red_days and bills >= limit.red_bills:
        return RED
    if overdue > limit.yellow_days or bills >= limit.yellow_bills:
        return YELLOW
    return BLUE if overdue >= limit.blue_days else NONE


class WaterArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-23; days after dunning, consecutive billing periods."""

    blue_days_after_dunning: int = 15
    yellow_periods: int = 2
    red_periods: int = 4


def water_arrears(view: View, limit: WaterArrears) -> Finding:
    """WP-23 水费逾期: unpaid periods in a row, or a dunning letter left unanswered.

    Local rules allow cutting the supply after two consecutive unpaid bills (Hangzhou) or 15 days after dunning
    (Qingdao, Jinan, for units); four periods are a configuration default.
    """
    accounts = accounts_of(view, "water")
    if not accounts:
        return not_evaluable("no water account linked")
    quiet = settled(accounts.values(), view.day)
    return quiet or worst([_water_account(view, bills, limit) for bills in accounts.values()])


def _water_account(view: View, bills: list[Bill], limit: WaterArrears) -> Finding:
    day = view.day
    run = _longest_unpaid_run([bill for bill in bills if bill.due_on < day])
    dunned = [
        bill for bill in bills if bill.paid_on is None and bill.due_on < day and bill.dunned_on is not None
    ]
    wait = max((day - (bill.dunned_on or day) for bill in dunned), default=0)
    turns = [turn for bill in bills if bill.paid_on is None for turn in (bill.due_on + 1, bill.credited_on)]
    turns += [
        bill.dunned_on + limit.blue_days_after_dunning + 1 for bill in bills if bill.dunned_on is not None
    ]
    turn = _next(view, turns)
    level = _water_level(len(run), wait, limit)
    if level == NONE:
        return Finding(turn=turn)
    if level > BLUE:
        late, since = run, run[limit.yellow_periods - 1].due_on + 1
    else:
        late, since = dunned, day - wait + limit.blue_days_after_dunning + 1
    return Finding(
        level=level,
        value=f"{count(len(run), 'unpaid period')} in a row, {view.text(sum(bill.open for bill in late))} outstanding"
        + (f", {wait} days after dunning" if dunned else ""),
        threshold=f"blue over {limit.blue_days_after_dunning} days after dunning, yellow from "
        f"{limit.yellow_periods} periods, red from {limit.red_periods}",
        since=since,
        evidence=tuple(bill.fact for bill in late),
        turn=turn,
        details={"periods": len(run), "days_after_dunning": wait if dunned else None},
    )


def _water_level(periods: int, wait: int, limit: WaterArrears) -> int:
    if periods >= limit.red_periods:
        return RED
    if periods >= limit.yellow_periods:
        return YELLOW
    return BLUE if periods and wait > limit.blue_days_after_dunning else NONE


def _longest_unpaid_run(bills: list[Bill]) -> list[Bill]:
    """The longest run of unpaid bills in billing order; the latest of equals."""
    best: list[Bill] = []
    run: list[Bill] = []
    for bill in bills:
        run = [*run, bill] if bill.paid_on is None else []
        best = run if len(run) >= len(best) else best
    return best


def electricity_endings(view: View, limit: ElectricityArrears) -> Iterable[int]:
    """Days on which arrears that may have shown a colour were settled; most bills paid late never got that far."""
    for bills in accounts_of(view, "electricity").values():
        # no mean is below the least bill, and none is asked for what is not even twice that
        enough = limit.yellow_bills * min([bill.amount for bill in bills], default=0)
        for end, late in settlements(bills):
            owed = sum([bill.amount for bill in late])
            mean = mean_bill(bills, end - 1, limit.bills_for_mean) if owed >= enough else 0.0
            if _electricity_level(end - 1 - late[0].due_on, owed / mean if mean else 0.0, limit):
                yield end


def water_endings(view: View, limit: WaterArrears) -> Iterable[int]:
    """The same for water: several bills were open, or one had been dunned."""
    for bills in accounts_of(view, "water").values():
        for end, late in settlements(bills):
            if len(late) >= limit.yellow_periods or any(bill.dunned_on is not None for bill in late):
                yield end


def _electricity(view: View, _: object, limit: ElectricityArrears) -> Iterable[int]:
    return electricity_endings(view, limit)


def _water(view: View, _: object, limit: WaterArrears) -> Iterable[int]:
    return water_endings(view, limit)


def _carried(fact: Fact, replaced: Fact | None, day: int, finding: Finding, _: object) -> Finding | None:
    return still_settled(fact, replaced, day, finding)


EVALUATORS: Mapping[str, Evaluator] = {
    "electricity_arrears": Evaluator(
        electricity_arrears,
        ElectricityArrears,
        _electricity,
        as_told=is_billing,
        carried=_carried,
        drifts=True,
    ),
    "water_arrears": Evaluator(
        water_arrears, WaterArrears, _water, as_told=is_billing, carried=_carried, drifts=True
    ),
}
