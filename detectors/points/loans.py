"""Loans as their lenders report them (F21): one status per contract and reporting day, the latest of which counts.

Days overdue are the lender's own count on the day of the status: a status says nothing about later days, and a lender
that falls silent neither raises nor clears a colour.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from detectors.fact import RETRACT, Fact
from detectors.points.finding import NONE
from detectors.points.view import View

Contracts = dict[tuple[str, str], list[Fact]]
Grade = Callable[[Fact], int]

GUARANTOR = "guarantor"
NO_LOANS = "no lender reports a loan"


def contracts(view: View, role: str = "") -> Contracts:
    """Statuses by (lender, contract) in order of their day; ``role`` is that of the firm, empty for the borrower."""
    held: dict[str, Contracts] | None = view.memo.get("loans")
    if held is None:
        held = view.memo["loans"] = _read(view)
    return held.get(role, {})


def _read(view: View) -> dict[str, Contracts]:
    found: dict[str, Contracts] = defaultdict(lambda: defaultdict(list))
    for fact in view.known("F21"):
        data = fact.data
        role = GUARANTOR if data.get("role") == GUARANTOR else ""
        found[role][data.get("lender_id", ""), data.get("contract_no", "")].append(fact)
    return found


def current(view: View) -> list[Fact]:
    """The latest status of every contract that has not ended."""
    day = view.day
    latest = [statuses[-1] for statuses in contracts(view).values()]
    return [fact for fact in latest if fact.end is None or day < fact.end]


def run_of(statuses: list[Fact], grade: Grade) -> list[Fact]:
    """The statuses at the end of a contract's list that all show a colour."""
    run: list[Fact] = []
    for fact in reversed(statuses):
        if grade(fact) == NONE:
            break
        run.insert(0, fact)
    return run


def improvements(view: View, grade: Grade) -> Iterator[int]:
    """Days on which a status showed less than the one before it, or a contract that showed a colour ended."""
    for statuses in contracts(view).values():
        yield from (after.start for before, after in pairwise(statuses) if grade(after) < grade(before))
        yield from (fact.end for fact in statuses if fact.end is not None and grade(fact))


_BAD = ("interest_overdue_days", "principal_overdue_days", "restructured", "extended", "past_due_elsewhere",
        "share_over_90_days", "subrogation", "subrogated_on")  # fmt: skip


def is_healthy(fact: Fact, day: int) -> bool:
    """Whether a fact is a loan status, known by ``day``, that shows no trouble at all."""
    data = fact.data
    if fact.rank == RETRACT or fact.start > day or "lender_id" not in data:
        return False
    return data.get("classification") in (None, "normal") and not any(data.get(name) for name in _BAD)
