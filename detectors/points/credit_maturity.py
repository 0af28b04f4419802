"""Credit point on when debts fall due."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.figures import latest_accounts, monthly_inflow
from detectors.points.finding import BLUE, NONE, YELLOW, Finding, not_evaluable
from detectors.points.loans import NO_LOANS, contracts, current
from detectors.points.view import View
from detectors.points.wording import percent


class MaturityWall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-25."""

    window_days: int = 90
    blue_share: float = 0.40
    yellow_share: float = 0.60
    yellow_cover_below: float = 1.0


def maturity_wall(view: View, limit: MaturityWall) -> Finding:
    """WX-25 债务集中到期: the part of the debt (F21) that falls due within 90 days, or is due already.

    Debt of which no lender tells the maturity is debt that is not known to fall due. Blue from 40 %; yellow from 60 %
    while the accounts (F30) cover less than all of it: the revenue of 90 days with the receivables, as far as they are
    known, against what falls due. All numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> loan = {"on": "2026-01-31", "lender_id": "b", "as_of": "2026-01-31", "balance": cny(500)}
    >>> near, far = {"contract_no": "1", "matures_on": "2026-03-01"}, {"contract_no": "2", "matures_on": "2027-03-01"}
    >>> maturity_wall(seen("2026-02-01", F21=[{**loan, **near}, {**loan, **far}]), MaturityWall()).value
    '50% of CNY 1,000 due within 90 days, cover unknown'
    """
    statuses = current(view)
    if not statuses:
        return not_evaluable(NO_LOANS)
    debts = [(fact, amount) for fact in statuses if (amount := _owed(view, fact))]
    total = sum(_balance(view, fact) for fact in statuses)
    if not debts:
        return not_evaluable("no lender tells balance and maturity")
    due = [(fact, amount) for fact, amount in debts if _falls_due(fact) - limit.window_days <= view.day]
    turn = min(
        [day for fact, _ in debts if (day := _falls_due(fact) - limit.window_days) > view.day], default=FAR
    )
    wall = sum(amount for _, amount in due)
    cover = _cover(view, wall, limit)
    level = _level(wall / total, cover, limit)
    if level == NONE:
        return Finding(turn=turn)
    unknown = total - sum(amount for _, amount in debts)
    due.sort(key=lambda one: (-one[1], one[0].key))
    return Finding(
        level=level,
        value=f"{percent(wall / total, limit.blue_share, limit.yellow_share)} of {view.text(total)} due within "
        f"{limit.window_days} days, "
        + (f"{view.text(unknown)} of unknown maturity, " if unknown else "")
        + ("cover unknown" if cover is None else f"covered {cover:.2f} times"),
        threshold=f"blue from {limit.blue_share:.0%}, yellow from {limit.yellow_share:.0%} covered less than "
        f"{limit.yellow_cover_below:g} times",
        since=min(max(fact.start, _falls_due(fact) - limit.window_days) for fact, _ in due),
        evidence=tuple(fact for fact, _ in due),
        turn=turn,
        details={"due": wall, "debt": total, "cover": cover},
        episode="|".join(min(fact.key for fact, _ in due).split("|")[:2]),
    )


def _balance(view: View, fact: Fact) -> int:
    return view.money(fact, "balance") or 0


def _owed(view: View, fact: Fact) -> int:
    """Balance of a contract that says when it matures; 0 for others."""
    return _balance(view, fact) if isinstance(fact.data.get("matures_on"), int) else 0


def _falls_due(fact: Fact) -> int:
    return int(fact.data["matures_on"])


def _cover(view: View, due: int, limit: MaturityWall) -> float | None:
    inflow = monthly_inflow(view)
    if inflow is None or not due:
        return None
    receivables = latest_accounts(view, "receivables")
    return round((inflow[0] * limit.window_days / 30 + (receivables[1] if receivables else 0)) / due, 4)


def _level(share: float, cover: float | None, limit: MaturityWall) -> int:
    if share >= limit.yellow_share and cover is not None and cover < limit.yellow_cover_below:
        return YELLOW
    return BLUE if share >= limit.blue_share else NONE


def _endings(view: View, _: object, limit: MaturityWall) -> Iterable[int]:
    """Days on which a contract that was near its end was repaid, moved or closed, or the debt beside it grew."""
    for statuses in contracts(view).values():
        yield statuses[0].start
        for before, after in pairwise(statuses):
            near = _owed(view, before) and _falls_due(before) - limit.window_days <= after.start
            if near or _balance(view, after) > _balance(view, before):
                yield after.start
        yield from (fact.end for fact in statuses if fact.end is not None)


EVALUATORS: Mapping[str, Evaluator] = {
    "maturity_wall": Evaluator(maturity_wall, MaturityWall, _endings),
}
