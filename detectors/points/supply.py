"""Supply points: cut off for arrears, and supply taken in breach of the contract."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import RETRACT, Fact
from detectors.points.billing import UTILITIES, Account, Bill, account_of, accounts_of, events_of, settlements
from detectors.points.evaluator import Evaluator
from detectors.points.finding import NOT_FIRED, RED, YELLOW, Finding, worst
from detectors.points.view import View
from detectors.points.wording import count


class CutOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WP-25 has no number: the notice and the cut are the facts."""


_STEPS = ("cutoff_notice", "cutoff", "restore")
_NOTHING_CUT = Finding(quiet=True)


class _Supply(msgspec.Struct, frozen=True, gc=False):
    """One account: notices and cuts that count, restorations, and its bills."""

    utility: str
    notices: list[Fact]
    cuts: list[Fact]
    restored: list[int]
    bills: list[Bill]


def cut_off(view: View, _: CutOff) -> Finding:
    """WP-25 停供: notice of a cut-off for arrears is yellow, the cut red, until the supply is back and all is paid.

    Electricity may be cut after more than 30 days and dunning, with some days' notice (电力供应与使用条例 art. 39 and
    provincial rules). Only arrears count, not safety or maintenance; where no reason is given, a bill must be late.

    >>> from detectors.points.example import seen
    >>> cut = {"on": "2026-03-10", "utility": "water", "event": "cutoff", "reason": "arrears"}
    >>> cut_off(seen("2026-03-12", F15=[cut]), CutOff()).value
    'water cut off for arrears'
    """
    events = events_of(view)
    if not any((utility, step) in events for utility in UTILITIES for step in ("cutoff_notice", "cutoff")):
        return _NOTHING_CUT
    return worst([_supply(view, one) for one in _supplies(view)])


def _supplies(view: View) -> list[_Supply]:
    """Accounts that were ever threatened with a cut-off or suffered one."""
    events = events_of(view)
    found: list[_Supply] = []
    for utility in UTILITIES:
        told = {step: events.get((utility, step), []) for step in _STEPS}
        if not (told["cutoff_notice"] or told["cutoff"]):
            continue
        accounts = accounts_of(view, utility)
        concerned = {account_of(fact) for step in ("cutoff_notice", "cutoff") for fact in told[step]}
        found += [_read(utility, account, told, accounts.get(account, [])) for account in sorted(concerned)]
    return [supply for supply in found if supply.notices or supply.cuts]


def _read(utility: str, account: Account, told: Mapping[str, list[Fact]], bills: list[Bill]) -> _Supply:
    own = {step: [fact for fact in told[step] if account_of(fact) == account] for step in _STEPS}
    counting = {step: [fact for fact in own[step] if _for_arrears(fact, bills)] for step in own}
    return _Supply(
        utility, counting["cutoff_notice"], counting["cutoff"], [fact.start for fact in own["restore"]], bills
    )


def _for_arrears(fact: Fact, bills: list[Bill]) -> bool:
    reason = fact.data.get("reason")
    if reason is not None:
        return bool(reason == "arrears")
    return any(
        bill.due_on < fact.start and (bill.paid_on is None or bill.paid_on > fact.start) for bill in bills
    )


def _supply(view: View, supply: _Supply) -> Finding:
    """One account today: its colour, from the last cut or notice that is neither withdrawn nor made good."""
    cuts = [fact for fact in supply.cuts if _stands(view.day, fact, supply)]
    notices = [fact for fact in supply.notices if _stands(view.day, fact, supply)]
    if not (cuts or notices):
        return NOT_FIRED
    standing = cuts or notices
    what = "cut off" if cuts else "to be cut off"
    owed = sum(bill.open for bill in supply.bills if bill.due_on < view.day)
    return Finding(
        level=RED if cuts else YELLOW,
        value=f"{supply.utility} {what} for arrears" + (f", {view.text(owed)} outstanding" if owed else ""),
        threshold="yellow with the notice, red with the cut, until restored and paid",
        since=standing[0].start,
        evidence=tuple(standing) + tuple(notices if cuts else ()),
        details={"utility": supply.utility, "outstanding": owed},
    )


def _stands(day: int, fact: Fact, supply: _Supply) -> bool:
    """Whether a cut or a notice is in force: not withdrawn, and not both followed by supply and paid for.

    Only what was due by then must be paid. A notice is done with by payment alone; where no bill is to be seen, by
    the news that supply was restored.
    """
    if fact.end is not None and fact.end <= day:
        return False
    owed = [bill for bill in supply.bills if bill.due_on <= fact.start]
    late = any(bill.paid_on is None for bill in owed)
    restored = any(restored >= fact.start for restored in supply.restored)
    if fact.data.get("event") == "cutoff":
        return late or not restored
    return late or not (restored or owed)


def _cut_endings(view: View, _: tuple[str, ...], __: CutOff) -> Iterable[int]:
    """Days of restoration, of settlement and of withdrawal on accounts that were cut or threatened."""
    for supply in _supplies(view):
        yield from supply.restored
        yield from (fact.end for fact in (*supply.notices, *supply.cuts) if fact.end is not None)
        yield from (end for end, _ in settlements(supply.bills))


_NO_CUT = frozenset({"reading", "bill", "payment", "dunning", "restore", "theft_or_breach", "close_account"})


def _no_cut(fact: Fact, _: int) -> bool:
    return fact.data.get("event") in _NO_CUT and fact.rank != RETRACT


class BreachOfSupply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-29."""

    window_days: int = 365
    red_events: int = 2
    red_share_of_base: float = 0.05


def breach_of_supply(view: View, limit: BreachOfSupply) -> Finding:
    """WP-29 违约用电/窃电: confirmed theft or breach of supply in the last twelve months.

    The penalty for theft is up to five times what was owed (电力供应与使用条例 art. 40-41). Red from two events, or
    when the penalties reach 5 % of M; these numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> theft = {"on": "2026-01-05", "utility": "electricity", "event": "theft_or_breach", "penalty": cny(20_000)}
    >>> breach_of_supply(seen("2026-02-01", F15=[theft]), BreachOfSupply()).value
    '1 event in 365 days, penalties CNY 20,000'
    """
    told = _thefts(view)
    if not told:
        return _NOTHING_CUT
    recent = [fact for fact in told if view.day < fact.start + limit.window_days]
    if not recent:
        return NOT_FIRED
    penalties = sum(view.money(fact, "penalty", "amount_due") or 0 for fact in recent)
    share = round(limit.red_share_of_base * view.base.amount)
    red = len(recent) >= limit.red_events or penalties >= share
    return Finding(
        level=RED if red else YELLOW,
        value=f"{count(len(recent), 'event')} in {limit.window_days} days, penalties {view.text(penalties)}",
        threshold=f"yellow from 1 event, red from {limit.red_events} or penalties of {view.text(share)} "
        f"({limit.red_share_of_base:.0%} of M)",
        since=recent[0].start,
        evidence=tuple(recent),
        turn=recent[0].start + limit.window_days,
        details={"events": len(recent), "penalties": penalties, "base_rung": view.base.rung},
    )


def _thefts(view: View) -> list[Fact]:
    events = events_of(view)
    told = [fact for utility in UTILITIES for fact in events.get((utility, "theft_or_breach"), ())]
    return sorted(told, key=lambda fact: (fact.start, fact.key))


def _breach_endings(view: View, _: tuple[str, ...], limit: BreachOfSupply) -> Iterable[int]:
    return (fact.start + limit.window_days for fact in _thefts(view))


def _no_theft(fact: Fact, _: int) -> bool:
    return fact.data.get("event") not in (None, "theft_or_breach") and fact.rank != RETRACT


EVALUATORS: Mapping[str, Evaluator] = {
    "cut_off": Evaluator(cut_off, CutOff, _cut_endings, harmless=_no_cut, drifts=True),
    "breach_of_supply": Evaluator(
        breach_of_supply, BreachOfSupply, _breach_endings, harmless=_no_theft, measured_by_base=True
    ),
}
