"""Security points on how fast a firm gives away what it has as security: movables and rights, everything at once."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.exposure import as_debtor, is_mortgage, registered
from detectors.points.finding import BLUE, RED, YELLOW, Finding, not_evaluable
from detectors.points.latch import Span, latched, totals
from detectors.points.others import ARREARS, showing
from detectors.points.view import View
from detectors.points.wording import count


class Registration(msgspec.Struct, frozen=True, gc=False):
    """One registration of security over movables (F11) with its amendments: when it was made, what it says last, and
    the amounts it has secured over time."""

    start: int
    last: Fact
    spans: tuple[Span, ...]

    def in_force(self, day: int) -> bool:
        """Whether its latest entry stands."""
        return self.last.end is None or day < self.last.end


def registrations(view: View) -> list[Registration]:
    """Registrations that bind the firm, in order of their making."""
    return sorted(
        [_registration(view, facts) for facts in registered(view)], key=lambda one: (one.start, one.last.key)
    )


def _registration(view: View, facts: list[Fact]) -> Registration:
    spans: list[Span] = []
    for fact, after in zip(facts, [*facts[1:], None], strict=True):
        stops = [stop for stop in (fact.end, after.start if after else None) if stop is not None]
        spans.append(Span(fact.start, min(stops, default=None), view.money(fact, "secured_amount") or 0))
    return Registration(min(fact.start for fact in facts), facts[-1], tuple(spans))


class SecuritySurge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-19; shares of M. ``floating_level`` is the colour (0 to 3) a floating charge shows by itself."""

    blue_share_of_base: float = 0.10
    yellow_new: int = 3
    new_days: int = 90
    yellow_share_of_base: float = 0.50
    red_share_of_base: float = 1.00
    red_days: int = 180
    kept_from: float = 0.80
    floating_level: int = 2


def security_surge(view: View, limit: SecuritySurge) -> Finding:
    """WP-19 动产与权利担保激增: security over movables and rights given in a short time (F11).

    Blue for a new registration of 10 % of M; yellow from three new ones in 90 days, when all in force secure 50 % of
    M, or for a floating charge; red when those of 180 days secure 100 % of M while a point on arrears is yellow. The
    sums keep their colour down to 80 % of the bar. More debt and collateral elsewhere is a published warning sign
    (SAMA credit-risk rules, appendix 1); the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> charge = {"on": "2026-01-05", "reg_no": "1", "reg_on": "2026-01-05", "secured_amount": cny(5_000_000)}
    >>> security_surge(seen("2026-02-01", F11=[charge]), SecuritySurge()).value
    '1 registration in force for CNY 5,000,000, 1 new in 90 days, CNY 5,000,000 added in 180 days'
    """
    day, every = view.day, registrations(view)
    held = [one for one in every if one.in_force(day)]
    if not held:
        return Finding(turn=FAR)
    new = [one for one in held if one.start > day - limit.new_days]
    spans = [span for one in every for span in one.spans]
    recent = [_within(span, one.start + limit.red_days) for one in every for span in one.spans]
    found = [*_by_kind(view, held, new, limit), *_by_sum(view, spans, recent, limit)]
    if not found:
        unknown = all(view.money(one.last, "secured_amount") is None for one in held)
        return (
            not_evaluable("no registration tells what it secures") if unknown else _quiet(view, every, limit)
        )
    level, since = max(found, key=lambda one: (one[0], -one[1]))
    now = sum(span.amount for span in spans if span.start <= day and (span.end is None or day < span.end))
    lately = sum(span.amount for span in recent if span.start <= day and (span.end is None or day < span.end))
    share = round(limit.red_share_of_base * view.base.amount)
    return Finding(
        level=level,
        value=f"{count(len(held), 'registration')} in force for {view.text(now)}, {len(new)} new in "
        f"{limit.new_days} days, {view.text(lately)} added in {limit.red_days} days"
        + (f", while in arrears: {_in_arrears(view)}" if level == RED else ""),
        threshold=f"blue for a new one of {limit.blue_share_of_base:.0%} of M, yellow from {limit.yellow_new} new, "
        f"{limit.yellow_share_of_base:.0%} of M in all or a floating charge, red from {view.text(share)} "
        f"({limit.red_share_of_base:.0%} of M) added in {limit.red_days} days while something is in arrears",
        since=since,
        evidence=tuple(one.last for one in reversed(held)),
        turn=_quiet(view, every, limit).turn,
        details={"in_force": now, "new": len(new), "recent": lately, "base_rung": view.base.rung},
        episode=held[0].last.key,
    )


def _in_arrears(view: View) -> str:
    return ", ".join(other.point for other in showing(view, ARREARS, YELLOW))


def _within(span: Span, end: int) -> Span:
    return span._replace(end=end if span.end is None else min(span.end, end))


def _by_kind(
    view: View, held: list[Registration], new: list[Registration], limit: SecuritySurge
) -> Iterator[tuple[int, int]]:
    """Colours for single registrations and for their number, with the day each came true."""
    large = limit.blue_share_of_base * view.base.amount
    yield from ((BLUE, one.start) for one in new if (view.money(one.last, "secured_amount") or 0) >= large)
    if len(new) >= limit.yellow_new:
        yield YELLOW, new[limit.yellow_new - 1].start
    if limit.floating_level:
        floating = [one for one in held if one.last.data.get("security_type") == "floating_charge"]
        yield from ((limit.floating_level, one.start) for one in floating)


def _by_sum(
    view: View, spans: list[Span], recent: list[Span], limit: SecuritySurge
) -> Iterator[tuple[int, int]]:
    """Colours for the sums, each with its dead band."""
    for level, amounts, share in (
        (YELLOW, spans, limit.yellow_share_of_base), (RED, recent, limit.red_share_of_base),
    ):  # fmt: skip
        bar = share * view.base.amount
        latch = latched(totals(amounts, view.day), (bar,), (bar * limit.kept_from,))
        if latch.level and (level < RED or showing(view, ARREARS, YELLOW)):
            yield level, latch.since


def _quiet(view: View, every: list[Registration], limit: SecuritySurge) -> Finding:
    turns = [one.start + days for one in every for days in (limit.new_days, limit.red_days)]
    return Finding(turn=min([turn for turn in turns if turn > view.day], default=FAR))


def _surge_endings(view: View, _: object, limit: SecuritySurge) -> Iterable[int]:
    for one in registrations(view):
        yield from (one.start + limit.new_days, one.start + limit.red_days)
        yield from (span.end for span in one.spans if span.end is not None)


class Stacking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-16."""

    interests: int = 3
    creditors: int = 3
    window_days: int = 30


def stacking(view: View, limit: Stacking) -> Finding:
    """WX-16 短期多头担保融资: several creditors take security within a month (F11, F12, F13, F26).

    Yellow from three new security interests for three creditors in 30 days (configuration defaults). A guarantee
    counts where it is given for the firm, not where the firm gives it.

    >>> from detectors.points.example import seen
    >>> charges = [{"on": "2026-01-05", "reg_no": n, "reg_on": "2026-01-05", "secured_party": [n]} for n in "123"]
    >>> [stacking(seen("2026-02-01", F11=charges[:n]), Stacking()).level for n in (2, 3)]
    [0, 2]
    """
    new = [(start, fact) for start, fact in _interests(view) if start > view.day - limit.window_days]
    creditors = {name for _, fact in new for name in str(fact.data.get("creditors", "")).split()}
    turn = min([start + limit.window_days for start, _ in new], default=FAR)
    if len(new) < limit.interests or len(creditors) < limit.creditors:
        return Finding(turn=turn)
    return Finding(
        level=YELLOW,
        value=f"{len(new)} new security interests for {len(creditors)} creditors in {limit.window_days} days",
        threshold=f"yellow from {limit.interests} for {limit.creditors} creditors",
        since=new[limit.interests - 1][0],
        evidence=tuple(fact for _, fact in reversed(new)),
        turn=turn,
        details={"interests": len(new), "creditors": len(creditors)},
        episode=new[0][1].key,
    )


def _interests(view: View) -> list[tuple[int, Fact]]:
    """Security interests in force that bind the firm, by the day they were made; an amendment makes no new one."""
    found = [(one.start, one.last) for one in registrations(view) if one.in_force(view.day)]
    found += [(fact.start, fact) for fact in as_debtor(view.active("F12")) if is_mortgage(fact)]
    found += [(fact.start, fact) for fact in as_debtor(view.active("F13"))]
    given = [fact for fact in as_debtor(view.active("F26")) if fact.data.get("role") != "guarantor"]
    found += [(fact.start, fact) for fact in given]
    return sorted(found, key=lambda one: (one[0], one[1].key))


def _stacking_endings(view: View, feeds: tuple[str, ...], limit: Stacking) -> Iterable[int]:
    for feed in feeds:
        for fact in view.known(feed):
            yield fact.start + limit.window_days
            if fact.end is not None:
                yield fact.end


EVALUATORS: Mapping[str, Evaluator] = {
    "security_surge": Evaluator(security_surge, SecuritySurge, _surge_endings, measured_by_base=True),
    "stacking": Evaluator(stacking, Stacking, _stacking_endings),
}
