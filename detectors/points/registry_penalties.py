"""Registry points on administrative penalties (F24)."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.finding import NONE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.view import View
from detectors.points.wording import count, spoken


class PenaltyLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-01; the amount in main units of the profile's currency, shares of M, days."""

    least_fine: int = 50_000
    blue_share_of_base: float = 0.005
    yellow_share_of_base: float = 0.02
    window_days: int = 365


def penalty(view: View, limit: PenaltyLimits) -> Finding:
    """WX-01 行政处罚: fines of the last year, and what was done to licences.

    Blue when the fines come to 50,000 and 0.5 % of M; yellow to 2 % of M, or when a licence was suspended; red when
    one was revoked or business was ordered to stop. Penalties are displayed for three months to three years
    (市场监督管理行政处罚信息公示规定 art. 9-14); the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> fines = [{"on": "2026-01-05", "decision_no": n, "decided_on": "2026-01-05", "fine": cny(100_000)} for n in "12"]
    >>> [penalty(seen("2026-02-01", F24=fines[:n]), PenaltyLimits()).level for n in (1, 2)]
    [1, 2]
    """
    day = view.day
    recent = [fact for fact in view.active("F24") if day < fact.start + limit.window_days]
    if not recent:
        return NOT_FIRED
    turn = min(fact.start + limit.window_days for fact in recent)
    fined = [fact for fact in recent if view.money(fact, "fine")]
    total = sum(view.money(fact, "fine") or 0 for fact in fined)
    bars = [
        max(limit.least_fine * 100, round(share * view.base.amount))
        for share in (limit.blue_share_of_base, limit.yellow_share_of_base)
    ]
    acts = {fact.data.get("licence_action") for fact in recent}
    level = max(sum(total >= bar for bar in bars), _by_licence(acts))
    if level == NONE:
        return Finding(turn=turn)
    evidence = sorted(
        [fact for fact in recent if fact in fined or _by_licence({fact.data.get("licence_action")})],
        key=lambda fact: (-_by_licence({fact.data.get("licence_action")}), -fact.start, fact.key),
    )
    done = sorted(str(act) for act in acts if _by_licence({act}))
    return Finding(
        level=level,
        value=", ".join([*_fines(view, fined, total), *(f"licence: {spoken(act)}" for act in done)]),
        threshold=f"blue from {view.text(bars[0])}, yellow from {view.text(bars[1])} or a suspended licence, red for a "
        "revoked licence or an order to stop",
        since=min(fact.start for fact in evidence),
        evidence=tuple(evidence),
        turn=turn,
        details={"fines": total, "licence": done, "base_rung": view.base.rung},
    )


def _fines(view: View, fined: list[Fact], total: int) -> list[str]:
    return [f"{count(len(fined), 'fine')}, {view.text(total)} in all"] if fined else []


def _by_licence(acts: set[str | None]) -> int:
    if acts & {"revoke", "order_closure"}:
        return RED
    return YELLOW if "suspend" in acts else NONE


def _penalty_endings(view: View, _: object, limit: PenaltyLimits) -> Iterable[int]:
    for fact in view.known("F24"):
        yield fact.start + limit.window_days
        if fact.end is not None:
            yield fact.end


class Shutdown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-02; days."""

    red_days: int = 30
    longest_days: int = 1_096


def shutdown(view: View, limit: Shutdown) -> Finding:
    """WX-02 环保/安全停产: an order to stop production for the environment, fire or production safety.

    Yellow from the order, red after more than 30 days in which it was not lifted. One that is never reported as
    lifted counts for the three years it may be displayed. 30 days are a configuration default.

    >>> from detectors.points.example import seen
    >>> order = {"on": "2026-01-05", "decision_no": "1", "decided_on": "2026-01-05", "field": "environment",
    ...          "licence_action": "order_closure"}
    >>> [shutdown(seen(day, F24=[order]), Shutdown()).level for day in ("2026-02-04", "2026-02-05")]
    [2, 3]
    """
    day = view.day
    orders = [
        fact for fact in view.active("F24") if _is_order(fact) and day < fact.start + limit.longest_days
    ]
    if not orders:
        return NOT_FIRED
    longest = day - orders[0].start
    bars = [fact.start + days for fact in orders for days in (limit.red_days + 1, limit.longest_days)]
    return Finding(
        level=RED if longest > limit.red_days else YELLOW,
        value=f"{count(len(orders), 'order')} to stop, in force for {longest} days",
        threshold=f"yellow from the order, red over {limit.red_days} days",
        since=orders[0].start,
        evidence=tuple(orders),
        turn=min([bar for bar in bars if bar > day], default=FAR),
        details={"orders": len(orders), "days": longest},
    )


_SAFETY = frozenset({"environment", "fire", "production_safety"})


def _is_order(fact: Fact) -> bool:
    return fact.data.get("field") in _SAFETY and fact.data.get("licence_action") in (
        "suspend",
        "order_closure",
    )


def _shutdown_endings(view: View, _: object, limit: Shutdown) -> Iterable[int]:
    for fact in view.known("F24"):
        if _is_order(fact):
            yield fact.start + limit.longest_days if fact.end is None else fact.end


EVALUATORS: Mapping[str, Evaluator] = {
    "penalty": Evaluator(penalty, PenaltyLimits, _penalty_endings, measured_by_base=True),
    "shutdown": Evaluator(shutdown, Shutdown, _shutdown_endings, drifts=True),
}
