"""Labour points: workers who complain, and workers who sue."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.finding import BLUE, NONE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.judicial_suits import LABOUR_CAUSES, about, sued
from detectors.points.labour import monthly
from detectors.points.months import label
from detectors.points.stages import begin, matters, running
from detectors.points.view import View
from detectors.points.wording import count, percent, spoken


class WageArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-38: workers who complain together, and for how many days a complaint counts."""

    blue_workers: int = 5
    complaint_days: int = 180


_STAGES = (
    "complaint",
    "order_to_pay",
    "order_expired",
    "criminal_referral",
    "joint_discipline_listed",
    "removed",
)
_LEVELS = {
    "order_to_pay": YELLOW,
    "order_expired": YELLOW,
    "criminal_referral": RED,
    "joint_discipline_listed": RED,
}


def wage_arrears(view: View, limit: WageArrears) -> Finding:
    """WP-38 欠薪: matters of unpaid wages (F20) by how far the authority has gone.

    Blue when complaints of the last ``complaint_days`` concern ``blue_workers``; yellow for an order to pay, expired
    or not; red once referred to the police or on the joint-discipline list, which lasts three years unless the firm
    is removed earlier (人社部令第45号). A matter ends when its record is closed. Numbers are configuration defaults.

    >>> from detectors.points.example import seen
    >>> order = {"on": "2026-01-05", "decision_no": "d-1", "event": "order_to_pay", "workers": 12}
    >>> wage_arrears(seen("2026-01-06", F20=[order]), WageArrears()).value
    'order to pay, 12 workers'
    """
    open_ = [matter for matter in matters(view, "F20", _STAGES) if running(matter, view.day)]
    levels = [max(_LEVELS.get(str(fact.data.get("event")), NONE) for fact in matter) for matter in open_]
    recent = [
        matter
        for matter, level in zip(open_, levels, strict=True)
        if level == NONE and view.day < begin(matter) + limit.complaint_days
    ]
    turn = min((begin(matter) + limit.complaint_days for matter in recent), default=FAR)
    level = max(levels, default=NONE)
    chosen = [matter for matter, own in zip(open_, levels, strict=True) if own == level] if level else recent
    workers = sum(max(int(fact.data.get("workers") or 0) for fact in matter) for matter in chosen)
    if level == NONE:
        level = BLUE if workers >= limit.blue_workers else NONE
    if level == NONE:
        return Finding(turn=turn) if recent else NOT_FIRED
    says = sorted(
        {_EVENTS.get(event := str(matter[-1].data.get("event")), spoken(event)) for matter in chosen}
    )
    return Finding(
        level=level,
        value=", ".join(says) + (f", {count(workers, 'worker')}" if workers else "") + _unpaid(view, chosen),
        threshold=f"blue from a complaint of {limit.blue_workers} workers, yellow from an order to pay, "
        "red from a criminal referral or the joint-discipline list",
        since=min(begin(matter) for matter in chosen),
        evidence=tuple(matter[-1] for matter in chosen),
        turn=turn,
        details={"matters": len(chosen), "workers": workers},
    )


def _unpaid(view: View, chosen: list[list[Fact]]) -> str:
    """What the workers are owed by the latest word on each matter that names an amount; empty if none does."""
    named = ([fact for fact in matter if "amount" in fact.data] for matter in chosen)
    known = sum(view.money(facts[-1], "amount") or 0 for facts in named if facts)
    return f", {view.text(known)} unpaid" if known else ""


_EVENTS = {"joint_discipline_listed": "on the joint-discipline list"}


def _wage_endings(view: View, _: tuple[str, ...], limit: WageArrears) -> Iterable[int]:
    for matter in matters(view, "F20", _STAGES):
        yield begin(matter) + limit.complaint_days
        for fact in matter:
            yield fact.start
            if fact.end is not None:
                yield fact.end


class LabourDisputes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-39: suits in ``days``, shares of the insured headcount in ``share_days``, words of causes."""

    days: int = 30
    blue_suits: int = 3
    yellow_suits: int = 5
    share_days: int = 90
    yellow_share: float = 0.10
    red_share: float = 0.20
    share_suits: int = 3
    causes: str = LABOUR_CAUSES


def labour_disputes(view: View, limit: LabourDisputes) -> Finding:
    """WP-39 劳动争议集中: labour suits against the firm (F01), in number and against its insured headcount.

    Blue and yellow by the number filed in the last ``days``; yellow and red by their share of the headcount over
    ``share_days``, from ``share_suits`` on, as one suit in a firm of five is no cluster. The headcount is that of the
    latest month of social insurance (F19), else of the register (F29); without it the shares stay silent. Wage stress
    shows in courts first (signal lists of lenders); the numbers are configuration defaults.

    >>> from detectors.points.example import seen
    >>> suits = [{"on": "2026-01-05", "case_no": str(n), "role": "defendant", "cause": "劳动争议"} for n in (1, 2, 3)]
    >>> labour_disputes(seen("2026-01-06", F01=suits), LabourDisputes()).value
    '3 suits in 30 days, 3 in 90 days'
    """
    day, suits = view.day, _labour_suits(view, limit)
    if not suits:
        return Finding(quiet=True)
    wide = [suit for suit in suits if day - suit.start < limit.share_days]
    near = [suit for suit in suits if day - suit.start < limit.days]
    spans = (limit.days, limit.share_days)
    turn = min((on for suit in suits for span in spans if (on := suit.start + span) > day), default=FAR)
    headcount, counted = _headcount(view)
    share = len(wide) / headcount if headcount and len(wide) >= limit.share_suits else 0.0
    level = _dispute_level(len(near), share, limit)
    if level == NONE:
        return Finding(turn=turn)
    weighing = wide if share >= limit.yellow_share else near
    return Finding(
        level=level,
        value=f"{count(len(near), 'suit')} in {limit.days} days, {len(wide)} in {limit.share_days} days"
        + (
            _of_staff(len(wide) / headcount, limit) + f" of {headcount} insured{counted}" if headcount else ""
        ),
        threshold=f"blue from {limit.blue_suits}, yellow from {limit.yellow_suits} suits in {limit.days} days or "
        f"{limit.yellow_share:.0%} of the insured in {limit.share_days} days, red from {limit.red_share:.0%}; a share "
        f"counts from {limit.share_suits} suits",
        since=weighing[min(limit.blue_suits, limit.share_suits, len(weighing)) - 1].start,
        evidence=tuple(weighing),
        turn=turn,
        details={"suits": len(near), "suits_wide": len(wide), "headcount": headcount},
    )


def _of_staff(share: float, limit: LabourDisputes) -> str:
    return f", {percent(share, limit.yellow_share, limit.red_share)}"


def _dispute_level(near: int, share: float, limit: LabourDisputes) -> int:
    if share >= limit.red_share:
        return RED
    if near >= limit.yellow_suits or share >= limit.yellow_share:
        return YELLOW
    return BLUE if near >= limit.blue_suits else NONE


def _labour_suits(view: View, limit: LabourDisputes) -> list[Fact]:
    return [suit for suit in sued(view) if about(suit, limit.causes)]


def _headcount(view: View) -> tuple[int | None, str]:
    """Insured persons in the latest month in which anybody was insured, over all kinds, and by which word; None if
    unknown."""
    counts: dict[int, int] = {}
    for facts in monthly(view).values():
        for month, fact in facts.items():
            if count := fact.data.get("insured_count"):
                counts[month] = max(counts.get(month, 0), int(count))
    if counts:
        return counts[max(counts)], f" in {label(max(counts))}"
    return view.master("insured_count") or None, " by the register"


def _of_insurance(fact: Fact, _: int) -> bool:
    return "insurance" in fact.data


def _dispute_endings(view: View, _: tuple[str, ...], limit: LabourDisputes) -> Iterable[int]:
    suits = _labour_suits(view, limit)
    for suit in suits:
        yield from (suit.start + limit.days, suit.start + limit.share_days)
    for fact in view.known("F19") if suits else ():  # a larger headcount lessens the share
        if any(0 < fact.start - suit.start < limit.share_days for suit in suits):
            yield fact.start


EVALUATORS: Mapping[str, Evaluator] = {
    "wage_arrears": Evaluator(wage_arrears, WageArrears, _wage_endings),
    "labour_disputes": Evaluator(labour_disputes, LabourDisputes, _dispute_endings, _of_insurance),
}
