"""Registry points on changes: who leads and controls the firm, where it sits, and its capital (F25, F27)."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

import msgspec

from detectors.fact import FAR, Fact, iso_day
from detectors.points.evaluator import Evaluator
from detectors.points.finding import BLUE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.others import showing
from detectors.points.view import View
from detectors.points.wording import count, spoken

_LEADING = frozenset({"legal_rep", "controller"})
_KEY_ITEMS = _LEADING | {"domicile", "name"}
_CAPITAL = frozenset({"reg_capital", "paid_capital"})

# fmt: off
TROUBLE = (
    "WP-01", "WP-02", "WP-03", "WP-04", "WP-05", "WP-06", "WP-07", "WP-08", "WP-09", "WP-10", "WP-11", "WP-12",
    "WP-13", "WP-22", "WP-23", "WP-24", "WP-25", "WP-26", "WP-30", "WP-31", "WP-36", "WP-38", "WP-40", "WP-41",
)
# fmt: on
"""Points on courts and on arrears (of supply, tax, insurance, wages and loans), after which a change of registration
looks like flight."""


class UnstableRegistration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-47; days, and a share of the capital before."""

    yellow_changes: int = 2
    yellow_days: int = 90
    yellow_capital_fall: float = 0.30
    red_days_after_trouble: int = 30
    stable_days: int = 180


def unstable_registration(view: View, limit: UnstableRegistration) -> Finding:
    """WP-47 关键登记变更频繁: changes of legal representative, controller, domicile, name, and capital reductions.

    Blue for one change of legal representative or controller; yellow for two key changes within 90 days or a capital
    reduction by 30 %; red when one of them came within 30 days after a point on courts or arrears that is still yellow
    had become so (the way of those who run from debts). Ends after 180 days without a key change. Capital reduction and
    change of structure are published warning signs (SAMA credit-risk rules, appendix 1); the numbers are configuration
    defaults.

    >>> from detectors.points.example import seen
    >>> changes = [{"on": day, "item": item, "changed_on": day} for day, item in
    ...            (("2026-01-05", "legal_rep"), ("2026-04-05", "domicile"))]
    >>> view = seen("2026-04-06", others={}, F25=changes)
    >>> unstable_registration(view, UnstableRegistration()).value
    '2 key changes: legal representative 2026-01-05, domicile 2026-04-05'
    """
    run = _run(view, limit)
    if not run:
        return NOT_FIRED
    turn = run[-1].start + limit.stable_days
    yellow = _yellow_since(view, run, limit)
    leading = [fact.start for fact in run if fact.data["item"] in _LEADING]
    if yellow is None and not leading:
        return Finding(turn=turn)
    fled = _after_trouble(view, run, limit) if yellow is not None else None
    return Finding(
        level=BLUE if yellow is None else YELLOW if fled is None else RED,
        value=f"{count(len(run), 'key change')}: {', '.join(_said(fact) for fact in run[-4:])}"
        + (
            f"; that of {iso_day(fled[0])} within {limit.red_days_after_trouble} days after {fled[1]}"
            if fled
            else ""
        ),
        threshold=f"blue for a new legal representative or controller, yellow from {limit.yellow_changes} in "
        f"{limit.yellow_days} days or capital -{limit.yellow_capital_fall:.0%}, red when one came "
        f"within {limit.red_days_after_trouble} days after a yellow point on courts or arrears",
        since=leading[0] if yellow is None else yellow if fled is None else max(fled[0], yellow),
        evidence=tuple(reversed(run)),
        turn=turn,
        details={"changes": len(run), "after": fled[1] if fled else None},
        episode=run[0].key,
    )


def _said(fact: Fact) -> str:
    return f"{spoken(fact.data['item'])} {iso_day(fact.start)}"


def _fall(view: View, fact: Fact) -> float:
    """By which share a change reduces the capital."""
    before, after = view.money(fact, "before_amount"), view.money(fact, "after_amount")
    if fact.data.get("item") not in _CAPITAL or not before or after is None:
        return 0.0
    return round((before - after) / before, 9)


def _key_changes(view: View) -> list[Fact]:
    return [
        fact for fact in view.active("F25") if fact.data.get("item") in _KEY_ITEMS or _fall(view, fact) > 0
    ]


def _run(view: View, limit: UnstableRegistration) -> list[Fact]:
    """The key changes up to now with less than ``stable_days`` between them; empty once that long is past."""
    run: list[Fact] = []
    next_start = view.day
    for fact in reversed(_key_changes(view)):
        if next_start - fact.start >= limit.stable_days:
            break
        run.insert(0, fact)
        next_start = fact.start
    return run


def _yellow_since(view: View, run: list[Fact], limit: UnstableRegistration) -> int | None:
    size = limit.yellow_changes
    windows = zip(run, run[size - 1 :], strict=False)
    days = [last.start for first, last in windows if last.start - first.start <= limit.yellow_days]
    days += [fact.start for fact in run if _fall(view, fact) >= limit.yellow_capital_fall]
    return min(days, default=None)


def _after_trouble(view: View, run: list[Fact], limit: UnstableRegistration) -> tuple[int, str] | None:
    """The earliest change that followed on the heels of trouble, and the point that tells of it: yellow still, and
    yellow on the day of the change, but not so long before."""
    troubles = sorted(other.point for other in showing(view, TROUBLE, YELLOW))
    for day in sorted({fact.start for fact in run}) if troubles else ():
        then = {other.point for other in showing(view.at(day), troubles, YELLOW)}
        if then:
            before = view.at(day - limit.red_days_after_trouble - 1)
            then -= {other.point for other in showing(before, sorted(then), YELLOW)}
        if then:
            return day, min(then)
    return None


def _change_endings(view: View, _: object, limit: UnstableRegistration) -> Iterable[int]:
    for fact in view.known("F25"):
        if fact.data.get("item") in _KEY_ITEMS or _fall(view, fact) > 0:
            yield fact.start + limit.stable_days
            if fact.end is not None:
                yield fact.end


class CapitalWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-03."""

    yellow_fall: float = 0.30
    window_days: int = 180


def capital_withdrawn(view: View, limit: CapitalWithdrawn) -> Finding:
    """WX-03 减资/抽逃: paid-in capital reduced by 30 % (F25), or a shareholder who forfeits what was never paid (F27).

    Yellow for 180 days. A shareholder who does not pay within the grace period of 60 days forfeits the unpaid part
    (公司法 art. 52, 2023): what is subscribed falls towards what was paid. The numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> change = {"on": "2026-01-05", "item": "paid_capital", "changed_on": "2026-01-05", "before_amount": cny(100),
    ...           "after_amount": cny(70)}
    >>> capital_withdrawn(seen("2026-02-01", F25=[change]), CapitalWithdrawn()).value
    'paid-in capital -30%'
    """
    found = [one for one in _withdrawals(view, limit) if view.day < one[0].start + limit.window_days]
    if not found:
        return NOT_FIRED
    first = found[0][0]
    return Finding(
        level=YELLOW,
        value=", ".join(said for _, said in found),
        threshold=f"yellow from -{limit.yellow_fall:.0%} or for a forfeited subscription",
        since=first.start,
        evidence=tuple(fact for fact, _ in reversed(found)),
        turn=min((fact.start + limit.window_days for fact, _ in found), default=FAR),
        details={"events": len(found)},
        episode=first.key,
    )


def _withdrawals(view: View, limit: CapitalWithdrawn) -> list[tuple[Fact, str]]:
    found = [
        (fact, f"paid-in capital -{fall:.0%}")
        for fact in view.active("F25")
        if fact.data.get("item") == "paid_capital" and (fall := _fall(view, fact)) >= limit.yellow_fall
    ]
    holders: dict[tuple[str, str], list[Fact]] = {}
    for fact in view.known("F27"):
        if fact.data.get("type") == "shareholder" and fact.data.get("role") in (None, "to"):
            holders.setdefault((fact.data.get("from", ""), fact.data.get("to", "")), []).append(fact)
    for facts in holders.values():
        found += [
            (after, "a shareholder forfeits its unpaid subscription")
            for before, after in pairwise(facts)
            if _forfeits(view, before, after)
        ]
    return sorted(found, key=lambda one: (one[0].start, one[0].key))


def _forfeits(view: View, before: Fact, after: Fact) -> bool:
    was, now = view.money(before, "subscribed"), view.money(after, "subscribed")
    paid = view.money(before, "paid")
    return was is not None and now is not None and paid is not None and paid < was and paid <= now < was


def _withdrawal_endings(view: View, _: object, limit: CapitalWithdrawn) -> Iterable[int]:
    for fact, _said_of_it in _withdrawals(view, limit):
        yield fact.start + limit.window_days
    yield from (fact.end for fact in view.known("F25") if fact.end is not None)


EVALUATORS: Mapping[str, Evaluator] = {
    "unstable_registration": Evaluator(
        unstable_registration, UnstableRegistration, _change_endings, ends_with_others=False
    ),
    "capital_withdrawn": Evaluator(capital_withdrawn, CapitalWithdrawn, _withdrawal_endings),
}
