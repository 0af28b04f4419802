"""Security point on real estate: how much of it is mortgaged, and how fast that grows (F12)."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.exposure import as_debtor, is_mortgage
from detectors.points.finding import BLUE, NONE, YELLOW, Finding, not_evaluable
from detectors.points.latch import Latch, latched
from detectors.points.view import View
from detectors.points.wording import count, percent


class MortgageSurge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-20; shares of the known value of the real estate. ``last_of_parcels``: how many parcels a firm
    must own for the mortgage of the last one to count; most firms have one, and mortgage it when they borrow."""

    blue_growth: float = 0.30
    growth_days: int = 180
    yellow_share: float = 0.70
    red_share: float = 1.00
    dead_band: float = 0.10
    last_of_parcels: int = 2


def mortgage_surge(view: View, limit: MortgageSurge) -> Finding:
    """WP-20 不动产抵押激增: what mortgages secure, against its value and against half a year ago (F12).

    Blue when the sum grew by 30 % in 180 days; yellow from 70 % of the known value, or for 180 days after the last of
    several parcels was mortgaged; red from 100 %. Shares keep their colour down to 10 points below the bar. Mortgages
    of parcels whose value is not known are left out of the share. Losing what is free of charge is a published warning
    sign (SAMA credit-risk rules, appendix 1); the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> parcel = {"on": "2020-01-05", "kind": "first", "cert_no": "1", "unit_no": "u", "asset_value": cny(1000)}
    >>> mortgage = {"on": "2026-01-05", "kind": "mortgage", "cert_no": "2", "unit_no": "u",
    ...             "secured_principal": cny(700)}
    >>> mortgage_surge(seen("2026-02-01", F12=[parcel, mortgage]), MortgageSurge()).value
    '1 mortgage for CNY 700, 70% of the CNY 1,000 known value'
    """
    every = as_debtor(view.known("F12"))
    mortgages = [fact for fact in every if is_mortgage(fact)]
    held = [fact for fact in mortgages if fact.end is None or view.day < fact.end]
    turn = _growth_turn(view, mortgages, limit)
    if not held:
        return Finding(turn=turn)
    share, known = _share(view, every, view.day)
    latch = _share_latch(view, every, limit)
    now, before = _secured(view, held, view.day), _secured(view, mortgages, view.day - limit.growth_days)
    grown = before > 0 and round(now / before - 1, 9) >= limit.blue_growth
    last = _last_parcel(view, every, held, limit)
    found = [(level, since) for level, since in (
        (latch.level + BLUE if latch.level else NONE, latch.since),
        (YELLOW if last is not None else NONE, last or 0),
        (BLUE if grown else NONE, max(fact.start for fact in held)),
    ) if level]  # fmt: skip
    if not found:
        return (
            not_evaluable("value of the mortgaged real estate unknown")
            if share is None
            else Finding(turn=turn)
        )
    level, since = max(found, key=lambda one: (one[0], -one[1]))
    return Finding(
        level=level,
        value=f"{count(len(held), 'mortgage')} for {view.text(now)}"
        + (
            f", {percent(share, limit.yellow_share, limit.red_share)} of the {view.text(known)} known value"
            if share is not None
            else ", value unknown"
        )
        + (
            f", {percent(now / before - 1, limit.blue_growth, sign='+')} in {limit.growth_days} days"
            if before
            else ""
        )
        + (", no parcel free" if last is not None else ""),
        threshold=f"blue from {limit.blue_growth:+.0%} in {limit.growth_days} days, yellow from "
        f"{limit.yellow_share:.0%} of known value or when no parcel is free, red from {limit.red_share:.0%}; kept "
        f"down to {limit.dead_band * 100:.0f} points below",
        since=since,
        evidence=tuple(reversed(held)),
        turn=turn,
        details={"secured": now, "share": share, "before": before},
        episode=held[0].key,
    )


def _holds(fact: Fact, day: int) -> bool:
    return fact.start <= day and (fact.end is None or day < fact.end)


def _secured(view: View, mortgages: list[Fact], day: int) -> int:
    return sum(view.money(fact, "secured_principal") or 0 for fact in mortgages if _holds(fact, day))


def _share(view: View, every: list[Fact], day: int) -> tuple[float | None, int]:
    """What is secured on parcels of known value, against that value, and the value in minor units; None if none of the
    mortgaged ones has one."""
    values: dict[str, int] = {}
    for fact in every:
        if _holds(fact, day) and (value := view.money(fact, "asset_value")):
            values[str(fact.data.get("unit_no", fact.key))] = value
    bound = [fact for fact in every if is_mortgage(fact) and fact.data.get("unit_no", fact.key) in values]
    if not any(_holds(fact, day) for fact in bound):
        return None, 0
    whole = sum(values.values())
    return round(_secured(view, bound, day) / whole, 9), whole


def _share_latch(view: View, every: list[Fact], limit: MortgageSurge) -> Latch:
    days = sorted(
        {turn for fact in every for turn in (fact.start, fact.end) if turn is not None and turn <= view.day}
    )
    bars = (limit.yellow_share, limit.red_share)
    low = [round(bar - limit.dead_band, 9) for bar in bars]
    return latched(((day, _share(view, every, day)[0] or 0.0) for day in days), bars, low)


_OWNED = frozenset({"first", "change", "transfer", "correction"})


def _last_parcel(view: View, every: list[Fact], held: list[Fact], limit: MortgageSurge) -> int | None:
    """The day the last free parcel was mortgaged, if that is not long ago; None while one is free."""
    owned = {
        fact.data["unit_no"]
        for fact in every
        if fact.data.get("kind") in _OWNED
        and not is_mortgage(fact)
        and "unit_no" in fact.data
        and _holds(fact, view.day)
    }
    first: dict[str, int] = {}
    for fact in held:
        first.setdefault(fact.data.get("unit_no", ""), fact.start)
    if len(owned) < limit.last_of_parcels or not owned <= first.keys():
        return None
    taken = max(first[unit] for unit in owned)
    return taken if view.day < taken + limit.growth_days else None


def _growth_turn(view: View, mortgages: list[Fact], limit: MortgageSurge) -> int:
    turns = [fact.start + limit.growth_days for fact in mortgages]
    turns += [fact.end + limit.growth_days for fact in mortgages if fact.end is not None]
    return min([turn for turn in turns if turn > view.day], default=FAR)


def _mortgage_endings(view: View, _: object, limit: MortgageSurge) -> Iterable[int]:
    for fact in as_debtor(view.known("F12")):
        yield from (fact.start, fact.start + limit.growth_days)
        if fact.end is not None:
            yield fact.end


EVALUATORS: Mapping[str, Evaluator] = {
    "mortgage_surge": Evaluator(mortgage_surge, MortgageSurge, _mortgage_endings),
}
