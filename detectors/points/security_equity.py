"""Security points on the firm's own equity: shares of it frozen by courts, shares of it pledged."""

from collections.abc import Mapping

import msgspec

from detectors.fact import Fact
from detectors.points.evaluator import Evaluator, ends
from detectors.points.figures import subscribed_capital
from detectors.points.finding import BLUE, NONE, NOT_FIRED, RED, YELLOW, Finding, not_evaluable
from detectors.points.latch import Span, latched, totals
from detectors.points.others import showing
from detectors.points.view import View
from detectors.points.wording import count, percent

_CONTROLLER = 2.0
"""More than the whole: control that the register of relations tells without a share."""
_WHOLE = 10**9
"""Shares are added up as billionths, so that three tenths are three tenths."""


def _of_this_firm(facts: list[Fact]) -> list[Fact]:
    """Facts about the firm's own equity, not about shares it holds in others."""
    return [fact for fact in facts if fact.data.get("role", "target") == "target"]


def _share(view: View, fact: Fact, ratio: str, amount: str) -> int | None:
    """The share of the whole equity a fact concerns: as it says, else its amount of the subscribed capital."""
    said = fact.data.get(ratio)
    if isinstance(said, int | float):
        return round(said * _WHOLE)
    value, capital = view.money(fact, amount), subscribed_capital(view)
    return min(_WHOLE, round(value / capital * _WHOLE)) if value is not None and capital else None


class EquityFreeze(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-17: shares of the whole equity."""

    blue_share: float = 0.05
    yellow_share: float = 0.30
    red_share: float = 0.50
    yellow_holder: float = 0.20
    controlling_holder: float = 0.50


def equity_freeze(view: View, limit: EquityFreeze) -> Finding:
    """WP-17 股权冻结: the part of the firm's equity that courts have frozen (F14), holder by holder (F27).

    Blue from 5 %, yellow from 30 % or when a holder of 20 % is concerned, red from 50 % or for the controlling
    holder; a freeze of unknown size is blue. It takes effect on publication (最高人民法院强制执行股权规定 art. 6) and
    ends when a release is published or on its last day. Freezes of one holder mostly wait for each other, so the
    largest counts. The break points are configuration defaults.

    >>> from detectors.points.example import seen
    >>> freeze = {"on": "2026-01-05", "published_on": "2026-01-05", "matter": "freeze", "executed_person": "ent:CN:1",
    ...           "target": "ent:CN:2", "notice_no": "n", "court": "c", "ratio": 0.3}
    >>> equity_freeze(seen("2026-02-01", F14=[freeze]), EquityFreeze()).value
    '30% of the equity frozen, of 1 holder'
    """
    frozen = _frozen(view)
    if not frozen:
        return NOT_FIRED
    shares: dict[str, int] = {}
    held: dict[str, float] = {}
    for fact in frozen:
        holder = str(fact.data.get("executed_person", ""))
        held[holder] = _held(view, holder, str(fact.data.get("target", "")))
        share = _share(view, fact, "ratio", "amount")
        known = round(min(held[holder], 1.0) * _WHOLE) if share is None else share
        shares[holder] = max(known, shares.get(holder, 0))
    total = min(1.0, sum(shares.values()) / _WHOLE)
    largest = max(held.values())
    level = _freeze_level(total, largest, 0 in shares.values(), limit)
    if level == NONE:
        return NOT_FIRED
    return Finding(
        level=level,
        value=f"{percent(total, limit.blue_share, limit.yellow_share, limit.red_share)} of the equity frozen, of "
        + count(len(shares), "holder")
        + _strongest_holder(largest, len(shares), limit)
        + (", a share unknown" if 0 in shares.values() else ""),
        threshold=f"blue from {limit.blue_share:.0%}, yellow from {limit.yellow_share:.0%} or a holder of "
        f"{limit.yellow_holder:.0%}, red from {limit.red_share:.0%} or the controlling holder",
        since=frozen[0].start,
        evidence=tuple(frozen),
        details={"share": total, "largest_holder": min(largest, 1.0), "holders": len(shares)},
    )


def _strongest_holder(largest: float, holders: int, limit: EquityFreeze) -> str:
    """What is known of the holder with most; the actual controller need not hold a share of its own."""
    if not largest:
        return ""
    who = "who" if holders == 1 else "one of whom"
    if largest >= _CONTROLLER:
        return f", {who} is the actual controller"
    return f", {who} holds {largest:.0%}" + (
        " and controls the firm" if largest >= limit.controlling_holder else ""
    )


def _freeze_level(total: float, largest: float, unknown: bool, limit: EquityFreeze) -> int:
    if total >= limit.red_share or largest >= limit.controlling_holder:
        return RED
    if total >= limit.yellow_share or largest >= limit.yellow_holder:
        return YELLOW
    return BLUE if total >= limit.blue_share or unknown else NONE


def _frozen(view: View) -> list[Fact]:
    """Freezes in force: not released under their own notice, nor by a release of the same court and order."""
    active = _of_this_firm(view.active("F14"))
    released = [
        fact for fact in _of_this_firm(view.known("F14"))
        if "released_on" in fact.data and fact.data["released_on"] <= view.day
    ]  # fmt: skip
    return [fact for fact in active if not any(_releases(release, fact) for release in released)]


def _releases(release: Fact, freeze: Fact) -> bool:
    one, other = release.data, freeze.data
    same = all(one.get(name) == other.get(name) for name in ("executed_person", "target", "court"))
    orders = one.get("order_no"), other.get("order_no")
    return same and freeze.start < one["released_on"] and (None in orders or orders[0] == orders[1])


def _held(view: View, holder: str, target: str) -> float:
    """The share a holder has by the register of relations; one above the whole for the actual controller."""
    share = 0.0
    for fact in view.active("F27"):
        data = fact.data
        if data.get("from") == holder and data.get("to") == target:
            if data.get("type") == "actual_controller":
                return _CONTROLLER
            if data.get("type") in ("shareholder", "beneficial_owner"):
                share = max(share, data.get("ratio") or 0.0)
    return share


class EquityPledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-18: shares of the whole equity, and how far below a bar its colour is left."""

    blue_share: float = 0.30
    yellow_share: float = 0.50
    red_share: float = 0.80
    dead_band: float = 0.05


DISTRESS = ("WP-39", "WP-40", "WP-41", "WP-42")
"""Points while which a new pledge is more than financing: labour disputes and trouble with loans."""

# fmt: off
ALARMS = (
    "WP-02", "WP-03", "WP-04", "WP-05", "WP-06", "WP-07", "WP-08", "WP-09", "WP-10", "WP-11", "WP-12", "WP-13",
    "WP-14", "WP-15", "WP-16", "WP-17", "WP-20", "WP-21", "WP-22", "WP-23", "WP-24", "WP-25", "WP-26", "WP-27",
    "WP-29", "WP-30", "WP-31", "WP-33", "WP-34", "WP-35", "WP-36", "WP-37", "WP-38", "WP-39", "WP-40", "WP-41",
    "WP-42", "WP-43", "WP-44", "WP-45", "WP-46", "WP-48", "WP-49",
)
# fmt: on
"""Points one of which must be red for a pledge of nearly everything to be red: all of the 49 that can be red, but for
those that look at others themselves."""


def equity_pledge(view: View, limit: EquityPledge) -> Finding:
    """WP-18 股权出质集中: the part of the firm's equity that is pledged (F13).

    Blue from 30 %, yellow from 50 % or when a pledge was made while one of WP-39 to WP-42 shows a colour, red from
    80 % while any of the points it looks at is red. A colour is left 5 points below its bar. Pledges exist from
    registration (民法典 art. 443); 30 % and 50 % are break points of vendors' scores, 80 % is a configuration default.
    A pledge without a share or amount cannot be added up; if the rest shows nothing the point is not evaluable.

    >>> from detectors.points.example import seen
    >>> from detectors.points.verdict import Verdict
    >>> calm = {name: Verdict(name, "not_fired", 0, 0.0, 0, None, 10**9, NOT_FIRED) for name in DISTRESS}
    >>> pledge = {"on": "2026-01-05", "reg_no": "1", "reg_on": "2026-01-05", "pledged_ratio": 0.5}
    >>> equity_pledge(seen("2026-02-01", others=calm, F13=[pledge]), EquityPledge()).value
    '50% of the equity pledged in 1 registration'
    """
    every = _of_this_firm(view.known("F13"))
    active = [fact for fact in every if fact.end is None or view.day < fact.end]
    if not active:
        return NOT_FIRED
    shares = {fact.key: _share(view, fact, "pledged_ratio", "equity_amount") for fact in every}
    spans = [Span(fact.start, fact.end, shares[fact.key] or 0) for fact in every]
    bars = [round(bar * _WHOLE) for bar in (limit.blue_share, limit.yellow_share, limit.red_share)]
    low = [bar - round(limit.dead_band * _WHOLE) for bar in bars]
    latch = latched(totals(spans, view.day), bars, low)
    share = min(1.0, sum(shares[fact.key] or 0 for fact in active) / _WHOLE)
    late, trouble = _pledged_in_distress(view, active)
    alarms = [other.point for other in showing(view, ALARMS, RED)] if latch.level == RED else []
    level = RED if alarms else max(min(latch.level, YELLOW), YELLOW if late else NONE)
    unknown = sum(shares[fact.key] is None for fact in active)
    if level == NONE:
        return not_evaluable(f"share of {count(unknown, 'pledge')} unknown") if unknown else NOT_FIRED
    return Finding(
        level=level,
        value=f"{percent(share, limit.blue_share, limit.yellow_share, limit.red_share)} of the equity pledged in "
        + count(len(active), "registration")
        + (f", {len(late)} made after {trouble} began" if late else "")
        + (f", red at the same time: {', '.join(alarms)}" if alarms else ""),
        threshold=f"blue from {limit.blue_share:.0%}, yellow from {limit.yellow_share:.0%} or for a pledge made in "
        f"trouble, red from {limit.red_share:.0%} while another point is red; kept down to "
        f"{limit.dead_band * 100:.0f} points below",
        since=latch.since if latch.level else late[0].start,
        evidence=tuple(active),
        details={"share": share, "unknown": unknown, "made_in_trouble": len(late), "red": alarms},
    )


def _pledged_in_distress(view: View, active: list[Fact]) -> tuple[list[Fact], str]:
    """Pledges made since the earliest of the points on trouble began that show a colour, and that point."""
    since = min([(other.since, other.point) for other in showing(view, DISTRESS, BLUE)], default=None)
    if since is None:
        return [], ""
    return [fact for fact in active if fact.start >= since[0]], since[1]


EVALUATORS: Mapping[str, Evaluator] = {
    "equity_freeze": Evaluator(equity_freeze, EquityFreeze, ends),
    "equity_pledge": Evaluator(equity_pledge, EquityPledge, ends, rests_on="F13"),
}
