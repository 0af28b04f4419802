"""Arrears that the tariff of one utility does not tell alone: gas, and arrears that come again or in several places."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.billing import (
    Bill,
    accounts_of,
    all_bills,
    is_billing,
    settled,
    settlements,
    still_settled,
)
from detectors.points.evaluator import Evaluator
from detectors.points.finding import BLUE, NONE, RED, YELLOW, Finding, not_evaluable, worst
from detectors.points.months import month_of
from detectors.points.view import View
from detectors.points.wording import count


class GasArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-24, in days; 0 switches one of the two roads to yellow off."""

    blue_days: int = 10
    yellow_days: int = 30
    yellow_days_after_deadline: int = 0
    red_days: int = 90


def gas_arrears(view: View, limit: GasArrears) -> Finding:
    """WP-24 气费逾期: days overdue, worst account first.

    Local rules say when the supply may be stopped: in Qingdao 30 days after the due date, in Shanghai 60 days after the
    deadline that the dunning letter gave; 10 and 90 days are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> bill = {"on": "2026-01-10", "utility": "gas", "event": "bill", "due_on": "2026-01-20", "amount_due": cny(900)}
    >>> gas_arrears(seen("2026-02-19", F15=[bill]), GasArrears()).value
    '30 days overdue, CNY 900 outstanding'
    """
    accounts = accounts_of(view, "gas")
    if not accounts:
        return not_evaluable("no gas account linked")
    quiet = settled(accounts.values(), view.day, _gas_grace(limit))
    return quiet or worst([_gas_account(view, bills, limit) for bills in accounts.values()])


def _gas_account(view: View, bills: list[Bill], limit: GasArrears) -> Finding:
    day = view.day
    unpaid = [bill for bill in bills if bill.paid_on is None]
    days = [day_ for bill in unpaid for day_ in (*_gas_steps(bill, limit), bill.credited_on)]
    turn = min([day_ for day_ in days if day_ > day], default=FAR)
    late = [bill for bill in unpaid if any(step <= day for step in _gas_steps(bill, limit))]
    level = max([_gas_level(bill, day, limit) for bill in late], default=NONE)
    if level == NONE:
        return Finding(turn=turn)
    overdue, outstanding = max(day - bill.due_on for bill in late), sum(bill.open for bill in late)
    roads = [f"{limit.yellow_days} days"] if limit.yellow_days else []
    if limit.yellow_days_after_deadline:
        roads.append(f"{limit.yellow_days_after_deadline} days after the deadline of the dunning letter")
    return Finding(
        level=level,
        value=f"{count(overdue, 'day')} overdue, {view.text(outstanding)} outstanding",
        threshold=f"blue from {limit.blue_days} days, yellow from {' or '.join(roads) or 'no day'}, "
        f"red from {limit.red_days} days",
        since=min(step for bill in late for step in _gas_steps(bill, limit)),
        evidence=tuple(bill.fact for bill in late),
        turn=turn,
        details={"days_overdue": overdue, "outstanding": outstanding},
    )


def _gas_steps(bill: Bill, limit: GasArrears) -> Iterator[int]:
    """Days on which an unpaid bill reaches a colour, in no order."""
    yield bill.due_on + limit.blue_days
    yield bill.due_on + limit.red_days
    if limit.yellow_days:
        yield bill.due_on + limit.yellow_days
    if limit.yellow_days_after_deadline and bill.deadline is not None:
        yield bill.deadline + limit.yellow_days_after_deadline


def _gas_level(bill: Bill, day: int, limit: GasArrears) -> int:
    overdue = day - bill.due_on
    if overdue >= limit.red_days:
        return RED
    warned = None if bill.deadline is None else day - bill.deadline
    if limit.yellow_days and overdue >= limit.yellow_days:
        return YELLOW
    if limit.yellow_days_after_deadline and warned is not None and warned >= limit.yellow_days_after_deadline:
        return YELLOW
    return BLUE if overdue >= limit.blue_days else NONE


def _gas_grace(limit: GasArrears) -> int:
    """Days after the due date from which on an unpaid bill can weigh, if no letter was sent."""
    return min(limit.blue_days, limit.red_days, limit.yellow_days or limit.red_days)


def _gas_carried(
    fact: Fact, replaced: Fact | None, day: int, finding: Finding, limit: GasArrears
) -> Finding | None:
    return still_settled(fact, replaced, day, finding, _gas_grace(limit))


def _gas_endings(view: View, _: tuple[str, ...], limit: GasArrears) -> Iterable[int]:
    """Days on which bills that had shown a colour were settled."""
    for bills in accounts_of(view, "gas").values():
        for end, late in settlements(bills):
            if any(_gas_level(bill, end - 1, limit) for bill in late):
                yield end


class RepeatedArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-26. A month is delinquent when a bill due in it stayed open for ``delinquent_days``; it counts
    for ``window_days``, and as long as the bill is open."""

    delinquent_days: int = 10
    window_days: int = 365
    blue_months: int = 2
    yellow_months: int = 3
    red_run_months: int = 4
    overdue_days: int = 15
    yellow_utilities: int = 2
    red_utilities: int = 3


def repeated_arrears(view: View, limit: RepeatedArrears) -> Finding:
    """WP-26 反复/多项欠费: delinquent months of the last year, their longest run, and utilities overdue at once.

    Number, recency and longest run of delinquencies are the published predictors of default in utility-payment data;
    the numbers are configuration defaults. A run is counted per account, in months from its first bill to its last.

    >>> from detectors.points.example import cny, seen
    >>> bills = [{"on": f"2026-0{month}-01", "utility": "water", "event": "bill", "period": f"2026-0{month}",
    ...           "due_on": f"2026-0{month}-10", "amount_due": cny(300)} for month in (1, 2)]
    >>> repeated_arrears(seen("2026-02-20", F15=bills), RepeatedArrears()).value
    '2 months paid late or not in 365 days, longest run over 2 months; 1 utility overdue 15 days or more'
    """
    accounts = list(all_bills(view))
    if not accounts:
        return not_evaluable("no utility account linked")
    late = [bill for _, _, bills in accounts for bill in bills if _delinquent(bill, view.day, limit)]
    quiet = settled((bills for _, _, bills in accounts), view.day, _grace(limit))
    if not late and quiet is not None:
        return quiet
    turn = _repeated_turn(view.day, accounts, late, limit)
    months = _months(late, limit)
    utilities = _overdue(view.day, accounts, limit)
    run = max([_run(bills, view.day, limit) for _, _, bills in accounts], default=0)
    level = _repeated_level(len(months), run, len(utilities), limit)
    if level == NONE:
        return msgspec.structs.replace(quiet, turn=turn) if quiet is not None else Finding(turn=turn)
    return Finding(
        level=level,
        value=f"{count(len(months), 'month')} paid late or not in {limit.window_days} days, longest run over "
        f"{count(run, 'month')}; {count(len(utilities), 'utility', 'utilities')} overdue "
        f"{limit.overdue_days} days or more",
        threshold=f"blue from {limit.blue_months} months, yellow from {limit.yellow_months} or "
        f"{limit.yellow_utilities} utilities at once, red from a run of {limit.red_run_months} months or "
        f"{limit.red_utilities} utilities",
        since=min(_since(months, utilities, limit)),
        evidence=tuple(bill.fact for bill in late),
        turn=turn,
        details={"months": len(months), "run": run, "utilities": sorted(utilities)},
    )


def _grace(limit: RepeatedArrears) -> int:
    """Days after the due date from which on an unpaid bill can weigh."""
    return min(limit.delinquent_days, limit.overdue_days)


def _carried(
    fact: Fact, replaced: Fact | None, day: int, finding: Finding, limit: RepeatedArrears
) -> Finding | None:
    return still_settled(fact, replaced, day, finding, _grace(limit))


def _delinquent(bill: Bill, day: int, limit: RepeatedArrears) -> bool:
    since = bill.due_on + limit.delinquent_days
    if bill.paid_on is None:
        return since <= day
    return since <= day < since + limit.window_days and bill.paid_on > since


def _forgotten(bill: Bill, limit: RepeatedArrears) -> int:
    """The day from which on a bill that was paid late counts no more."""
    return max(bill.due_on + limit.delinquent_days + limit.window_days, bill.paid_on or 0)


def _months(late: list[Bill], limit: RepeatedArrears) -> dict[int, int]:
    """Delinquent months, each with the day on which it became one, in order."""
    months: dict[int, int] = {}
    for bill in sorted(late, key=lambda bill: bill.due_on):
        months.setdefault(month_of(bill.due_on), bill.due_on + limit.delinquent_days)
    return months


def _overdue(
    day: int, accounts: list[tuple[str, tuple[str, str], list[Bill]]], limit: RepeatedArrears
) -> dict[str, int]:
    """Utilities overdue for long enough today, each with the day since when."""
    found: dict[str, int] = {}
    for utility, _, bills in accounts:
        for bill in bills:
            since = bill.due_on + limit.overdue_days
            if bill.paid_on is None and since <= day:
                found[utility] = min(since, found.get(utility, since))
    return found


def _run(bills: list[Bill], day: int, limit: RepeatedArrears) -> int:
    """Months from the first to the last bill of the longest run of delinquent bills of one account.

    Bills come every month or every second one; where more lie between, a bill is not known and the run ends.
    """
    longest, first, before = 0, None, 0
    for bill in bills:
        if not _delinquent(bill, day, limit):
            first = None if bill.due_on + limit.delinquent_days <= day else first
            continue
        month = month_of(bill.due_on)
        first = month if first is None or month > before + 2 else first
        longest, before = max(longest, month - first + 1), month
    return longest


def _repeated_level(months: int, run: int, utilities: int, limit: RepeatedArrears) -> int:
    if utilities >= limit.red_utilities or run >= limit.red_run_months:
        return RED
    if months >= limit.yellow_months or utilities >= limit.yellow_utilities:
        return YELLOW
    return BLUE if months >= limit.blue_months else NONE


def _since(months: dict[int, int], utilities: dict[str, int], limit: RepeatedArrears) -> Iterator[int]:
    days, overdue = sorted(months.values()), sorted(utilities.values())
    if len(days) >= limit.blue_months:
        yield days[limit.blue_months - 1]
    if len(overdue) >= limit.yellow_utilities:
        yield overdue[limit.yellow_utilities - 1]
    if len(days) < limit.blue_months and len(overdue) < limit.yellow_utilities:
        yield days[0]  # one account with bills far apart: the run is what counts


def _repeated_turn(
    day: int,
    accounts: list[tuple[str, tuple[str, str], list[Bill]]],
    late: list[Bill],
    limit: RepeatedArrears,
) -> int:
    turns = [_forgotten(bill, limit) for bill in late]
    for _, _, bills in accounts:
        for bill in bills:
            if bill.paid_on is None:
                due = bill.due_on
                turns += (due + limit.delinquent_days, due + limit.overdue_days, bill.credited_on)
    return min([turn for turn in turns if turn > day], default=FAR)


def _repeated_endings(view: View, __: tuple[str, ...], limit: RepeatedArrears) -> Iterable[int]:
    """Days on which a delinquent month left the window or, where several utilities were late, one was settled."""
    lately = [
        (utility, bill)
        for utility, _, bills in all_bills(view)
        for bill in bills
        if bill.paid_on is None or bill.paid_on > bill.due_on + limit.delinquent_days
    ]
    if len({month_of(bill.due_on) for _, bill in lately}) >= limit.blue_months:
        for _, bill in lately:
            yield _forgotten(bill, limit)
    if len({utility for utility, _ in lately}) >= limit.yellow_utilities:
        yield from (bill.paid_on for _, bill in lately if bill.paid_on is not None)


EVALUATORS: Mapping[str, Evaluator] = {
    "gas_arrears": Evaluator(
        gas_arrears, GasArrears, _gas_endings, as_told=is_billing, carried=_gas_carried, drifts=True
    ),
    "repeated_arrears": Evaluator(
        repeated_arrears, RepeatedArrears, _repeated_endings, as_told=is_billing, carried=_carried
    ),
}
