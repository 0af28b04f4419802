"""Utility bills as of a day: read from the facts of feed F15, with payments and dunning letters joined to them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

import msgspec

from detectors.fact import FAR, RETRACT, Fact
from detectors.points.evaluator import BEHIND, when
from detectors.points.finding import Finding
from detectors.points.payments import Payment, payments_on_account, set_off
from detectors.points.view import View

UTILITIES = ("electricity", "water", "gas", "heat")

YEAR = 366
"""How far back the mean bill looks, in days."""


class Bill(msgspec.Struct, frozen=True, gc=False):
    """One bill as of a day: what is still open, and since when. ``paid_on`` is None while anything is open;
    ``credited_on`` is the day of a part payment that the bill itself tells of, ``deadline`` the last day that the first
    dunning letter gave (the day of the letter if it gave none)."""

    fact: Fact
    period: str
    due_on: int
    amount: int
    open: int
    paid_on: int | None
    dunned_on: int | None
    credited_on: int = 0
    deadline: int | None = None


Account = tuple[str, str]
"""Provider and account number."""

Accounts = dict[Account, list[Bill]]

_Letter = tuple[int, int]
_NO_LETTER = (None, None)


def events_of(view: View) -> dict[tuple[str, str], list[Fact]]:
    """Facts of F15 by utility and event, each in order of begin; sorted once for all points."""
    held: dict[tuple[str, str], list[Fact]] | None = view.memo.get("F15")
    if held is None:
        held = view.memo["F15"] = {}
        for fact in view.known("F15"):
            data = fact.data
            held.setdefault((data.get("utility", ""), data.get("event", "")), []).append(fact)
    return held


def account_of(fact: Fact) -> Account:
    """Provider and number of the account a fact of F15 is about."""
    data = fact.data
    return data.get("provider_id", ""), data.get("account_no", "")


def all_bills(view: View) -> Iterator[tuple[str, Account, list[Bill]]]:
    """Every account with its bills, by utility."""
    for utility in UTILITIES:
        for account, bills in accounts_of(view, utility).items():
            yield utility, account, bills


def accounts_of(view: View, utility: str) -> Accounts:
    """Bills by (provider, account), in billing order, with payments and dunning letters joined to them."""
    held: Accounts | None = view.memo.get(utility)
    if held is None:
        held = view.memo[utility] = _read_accounts(view, utility)
    return held


def _read_accounts(view: View, utility: str) -> Accounts:
    billed: dict[Account, list[Fact]] = {}
    joined: list[Fact] = []
    for (kind, event), facts in events_of(view).items():
        if kind != utility:
            continue
        for fact in facts:
            bills = billed.setdefault(account_of(fact), [])
            if event == "bill" and isinstance(fact.data.get("due_on"), int):
                bills.append(fact)
        if event == "dunning" or (event == "payment" and view.latest is view):
            joined += facts
    if view.latest is not view and _tells_payments(view):  # what is known to be settled is settled
        joined += events_of(view.latest).get((utility, "payment"), ())
    paid, dunned = (_payments(view, joined), _dunning(joined)) if joined else ({}, {})
    free = payments_on_account(view, joined)
    return {
        account: _account(
            sorted([_bill(view, fact, paid, dunned) for fact in facts], key=_in_billing_order),
            free.get(account, ()),
        )
        for account, facts in billed.items()
    }


def _account(bills: list[Bill], payments: Sequence[Payment]) -> list[Bill]:
    """Bills as they stand; nearly always as they are."""
    if not payments and all(bill.open >= 0 and bill.amount >= 0 for bill in bills):
        return bills
    return set_off(bills, payments)


def _tells_payments(view: View) -> bool:
    return any(fact.data.get("event") == "payment" for fact in view.ledger.stating("F15"))


_in_billing_order = attrgetter("due_on", "period")


def _bill(
    view: View,
    fact: Fact,
    paid: dict[tuple[str, str, str], tuple[int, int]],
    dunned: dict[tuple[str, str, str], _Letter],
) -> Bill:
    data, end = fact.data, fact.end
    slot = _slot(fact) if paid or dunned else _NO_SLOT
    amount = _amount(view, fact, "amount_due") + (_amount(view, fact, "penalty") if "penalty" in data else 0)
    period, due_on, credited_on = data.get("period", ""), data["due_on"], data.get("paid_on") or 0
    dunned_on, deadline = dunned.get(slot, _NO_LETTER)
    if end is not None and end <= view.latest.day:
        return Bill(fact, period, due_on, amount, 0, end, dunned_on, credited_on, deadline)
    extra, extra_on = paid.get(slot, (0, 0))
    left = amount - extra - _credited(view, fact)
    paid_on = max(extra_on, fact.start) if left <= 0 else None
    return Bill(fact, period, due_on, amount, left, paid_on, dunned_on, credited_on, deadline)


_NO_SLOT = ("", "", "")


def _amount(view: View, fact: Fact, name: str) -> int:
    amount = fact.data.get(name)
    if amount is None:
        return 0
    return amount if isinstance(amount, int) else view.money(fact, name) or 0


def _credited(view: View, fact: Fact) -> int:
    """What the bill itself says was paid, once the day of payment has come."""
    paid_on = fact.data.get("paid_on")
    return _amount(view, fact, "amount_paid") if paid_on is None or paid_on <= view.latest.day else 0


def _slot(fact: Fact) -> tuple[str, str, str]:
    data = fact.data
    return data.get("provider_id", ""), data.get("account_no", ""), data.get("period", "")


def _payments(view: View, facts: list[Fact]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Sum and last day of separate payment records, by bill."""
    paid: dict[tuple[str, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for fact in facts:
        paid_on = fact.data.get("paid_on") or fact.start
        if fact.data.get("event") == "payment" and paid_on <= view.latest.day:
            total, last = paid[_slot(fact)]
            amount = view.money(fact, "amount_paid", "amount_due") or 0
            paid[_slot(fact)] = (total + amount, max(last, paid_on))
    return paid


def _dunning(facts: list[Fact]) -> dict[tuple[str, str, str], _Letter]:
    """Day and deadline of the first dunning letter, by bill."""
    dunned: dict[tuple[str, str, str], _Letter] = {}
    for fact in facts:
        if fact.data.get("event") == "dunning":
            day = fact.data.get("notice_on") or fact.start
            letter = (day, max(day, fact.data.get("due_on") or day))
            dunned[_slot(fact)] = min(letter, dunned.get(_slot(fact), letter))
    return dunned


def settlements(bills: list[Bill]) -> Iterator[tuple[int, list[Bill]]]:
    """Days on which a bill was settled after its due date, with the bills that were late the day before."""
    spans = [(bill.due_on + 1, bill.paid_on, bill) for bill in bills if bill.paid_on is None or _late(bill)]
    for end in {paid_on for _, paid_on, _ in spans if paid_on is not None}:
        late = [bill for began, paid_on, bill in spans if began < end and (paid_on is None or paid_on >= end)]
        if late:
            yield end, late


def _late(bill: Bill) -> bool:
    return bill.paid_on is not None and bill.paid_on > bill.due_on + 1


def settled(accounts: Iterable[list[Bill]], day: int, grace: int = 1) -> Finding | None:
    """The quiet finding of accounts on which nothing weighs or ever did; None if something does or may have.

    A bill can weigh from ``grace`` days after it was due. ``usual`` tells of bills that are open but not so far yet
    (``waiting``: the day of each), and the day from which on a bill paid in time concerns no day that any was late on
    (``after``).
    """
    after, waiting = 0, dict[_Open, int]()
    for bills in accounts:
        for bill in bills:
            paid_on = bill.paid_on
            if paid_on is None:
                if bill.due_on + grace <= day or bill.dunned_on is not None or bill.credited_on:
                    return None
                waiting[_open(bill.fact)] = bill.due_on + grace
            elif paid_on > after and paid_on > bill.due_on + grace:
                after = paid_on
    if not (after or waiting):
        return QUIET
    usual = {"after": after, "waiting": waiting}
    return Finding(quiet=True, usual=usual, turn=min(waiting.values(), default=FAR))


_Open = tuple[bytes, float]
"""What tells one open bill from another: its content, and how much its source is believed."""


def _open(fact: Fact) -> _Open:
    return fact.digest, fact.weight


QUIET = Finding(quiet=True, usual={"after": 0, "waiting": {}})
"""Every bill ever sent was paid in time: no arrears, none ended, none to come without a new bill."""

_NO_BILL = frozenset({"reading", "cutoff_notice", "cutoff", "restore", "theft_or_breach", "close_account"})


def still_settled(
    fact: Fact, replaced: Fact | None, day: int, finding: Finding, grace: int = 1
) -> Finding | None:
    """What :func:`settled` says after one fact more, or one in the place of another; None if only it can tell."""
    usual = finding.usual
    after: int = usual["after"]
    waiting: dict[_Open, int] = usual["waiting"]
    left = dict(waiting)
    if not (replaced is None or left.pop(_open(replaced), 0) or _owes_nothing(replaced, day, after, grace)):
        return None
    if _owed_later(fact, day, after, grace):
        left[_open(fact)] = fact.data["due_on"] + grace
    elif not _owes_nothing(fact, day, after, grace):
        return None
    if left == waiting:
        return finding
    carried = msgspec.structs.replace(finding, usual={**usual, "waiting": left})
    turn = min(left.values(), default=FAR)
    if BEHIND in usual and finding.told < min(waiting.values(), default=FAR):
        turn = min(turn, finding.told)  # something else is to be known then
    return when(carried, turn, behind=BEHIND in usual)


def is_billing(fact: Fact) -> bool:
    """Whether a fact is a bill, or about the payment of one."""
    return fact.data.get("event") not in _NO_BILL


def _owes_nothing(fact: Fact, day: int, after: int, grace: int) -> bool:
    """Whether a fact is no bill, or one that was settled in full and in time by ``day``, after all that were late."""
    data = fact.data
    if data.get("event") in _NO_BILL:
        return True
    return paid_in_time(fact, day, grace) and bool(data["due_on"] >= after)


def paid_in_time(fact: Fact, day: int, grace: int = 1) -> bool:
    """Whether a fact is a bill that was settled, in full and before it could weigh, by ``day``."""
    due_on, end = fact.data.get("due_on"), fact.end
    if fact.data.get("event") != "bill" or not isinstance(due_on, int) or end is None or fact.rank == RETRACT:
        return False
    return fact.start <= day and end <= day and end <= due_on + grace


def _owed_later(fact: Fact, day: int, after: int, grace: int) -> bool:
    """Whether a fact is a bill of which nothing was paid and which is not yet so late that it could weigh."""
    data = fact.data
    due_on = data.get("due_on")
    if data.get("event") != "bill" or not isinstance(due_on, int) or fact.end is not None:
        return False
    return (
        fact.rank != RETRACT
        and fact.start <= day < due_on + grace
        and due_on >= after
        and "paid_on" not in data
        and "amount_paid" not in data
    )


def mean_bill(bills: list[Bill], day: int, needed: int) -> float:
    """Mean of the actual bills of the last twelve months that were due; 0 while there are too few."""
    recent = [
        bill.amount
        for bill in bills
        if day - YEAR <= bill.due_on < day and not bill.fact.data.get("estimated")
    ]
    return sum(recent) / len(recent) if len(recent) >= needed else 0.0
