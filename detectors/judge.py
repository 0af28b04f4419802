"""From a ledger to verdicts: each point on a day, with holding, clearing and decay.

Theory. A point is a function of (ledger, day). When it is not fired today, it may still weigh: it cleared on the last
day on which its condition ended, stays in its colour for ``hold_days`` after that (an arrears point wants a whole
billing cycle without arrears), and then decays with its half-life. A colour that is held is not lowered by a weaker
condition that comes true meanwhile: paying part of the arrears cannot look better than paying all. All of that is
read off the facts, so it does not depend on when the engine happened to look.

A verdict says until which day it stays as it is. :func:`rejudge` uses that to evaluate only what a record or the
passing of days can have changed; its answer always equals that of :func:`judge`, which is a property test.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from detectors.catalogue.model import Catalogue, Point, Profile
from detectors.fact import FAR, MANUAL, Fact
from detectors.ledger import EMPTY, Ledger
from detectors.materiality import base_of
from detectors.points.finding import BLUE, NONE, RED, Finding
from detectors.points.view import Base, View

__all__ = ["FAR", "Judgement", "State", "Verdict", "judge", "peak", "refresh", "rejudge"]

State = Literal["fired", "holding", "residual", "not_fired", "not_evaluable"]

BASE_FEEDS = ("F29", "F30")
"""Feeds that move the materiality base, and with it every point."""


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """One point on one day. ``p`` is its weight in points on the day it fired; ``cleared`` the day decay began;
    ``until`` the first day on which it may change by itself; ``day`` the one it was evaluated on, which only the
    wording of the finding depends on."""

    point: str
    state: State
    level: int
    p: float
    since: int
    cleared: int | None
    until: int
    finding: Finding
    day: int = 0

    @property
    def live(self) -> bool:
        """Whether the point shows its colour (fired or holding)."""
        return self.level > 0

    def weight(self, day: int, half_life: int) -> float:
        """Points on ``day``: full while live, halved every ``half_life`` days after clearing.

        >>> v = Verdict("WP-22", "residual", 0, 30.0, 0, 0, FAR, Finding())
        >>> [round(v.weight(day, 90), 3) for day in (0, 30, 90, 180, 365)]
        [30.0, 23.811, 15.0, 7.5, 1.804]
        """
        if self.cleared is None:
            return self.p
        return float(self.p * 2.0 ** (-(day - self.cleared) / half_life))

    def settled(self) -> tuple[object, ...]:
        """What must not depend on whether the verdict was cached: all but the wording."""
        finding = self.finding
        keys = tuple([fact.key for fact in finding.evidence])
        return (self.point, self.state, self.level, self.p, self.since, self.cleared, finding.missing, keys)


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """All verdicts of one entity on one day, in catalogue order; ``weighing`` those of them that show a colour or
    fade, ``until`` the first day on which any may change by itself."""

    day: int
    base: Base
    base_until: int
    verdicts: dict[str, Verdict]
    weighing: dict[str, Verdict]
    until: int


def judge(ledger: Ledger, day: int, catalogue: Catalogue, profile: Profile) -> Judgement:
    """Every point of the catalogue, evaluated afresh. Pure."""
    base = base_of(ledger, day, catalogue.materiality, profile)
    view = View(ledger, day, base, profile.fx)
    verdicts = dict(_blank(catalogue))
    for point in _touched(ledger.facts, catalogue):
        verdicts[point.id] = _verdict(point, view, catalogue)
    return _judgement(view, view.next_turn(BASE_FEEDS), verdicts)


def rejudge(
    before: Judgement,
    ledger: Ledger,
    day: int,
    catalogue: Catalogue,
    profile: Profile,
    feed: str | None,
    changed: tuple[Fact, ...] = (),
) -> Judgement:
    """The judgement after a record of ``feed`` (None: only time has passed), from the one before it. Pure.

    ``changed`` are the fact now in force and the one it replaced; without them every point of the feed is looked at.
    """
    if feed == MANUAL or day >= before.base_until or day < before.day:
        return judge(ledger, day, catalogue, profile)
    if feed in BASE_FEEDS:
        return _rebased(before, ledger, day, catalogue, profile)
    touched = _concerned(catalogue, feed, changed)
    if day < before.until and all(_undisturbed(point, before, changed, day) for point in touched):
        return msgspec.structs.replace(before, day=day)
    view = View(ledger, day, before.base, profile.fx)
    return _renewed(before, view, before.base_until, touched, catalogue)


def _renewed(
    before: Judgement, view: View, base_until: int, touched: Iterable[Point], catalogue: Catalogue
) -> Judgement:
    """The judgement with the points touched, and those whose day has come, evaluated again."""
    verdicts, day = dict(before.verdicts), view.day
    for point in touched:
        verdicts[point.id] = _verdict(point, view, catalogue)
    for name, verdict in before.verdicts.items():
        if verdict.until <= day:
            verdicts[name] = _verdict(catalogue.by_id[name], view, catalogue)
    return _judgement(view, base_until, verdicts)


def _rebased(
    before: Judgement, ledger: Ledger, day: int, catalogue: Catalogue, profile: Profile
) -> Judgement:
    """The judgement after a record that moves the materiality base, or only could have."""
    base = base_of(ledger, day, catalogue.materiality, profile)
    view = View(ledger, day, base, profile.fx)
    moved = base != before.base
    measured = [point for point in catalogue.points if moved and point.behind.measured_by_base]
    return _renewed(before, view, view.next_turn(BASE_FEEDS), measured, catalogue)


def _undisturbed(point: Point, before: Judgement, changed: tuple[Fact, ...], day: int) -> bool:
    """Whether nothing weighed on this point and what has come cannot weigh either, now or later by itself."""
    verdict, harmless = before.verdicts[point.id], point.behind.harmless
    if harmless is None or not changed or not verdict.finding.quiet:
        return False
    return all(
        harmless(fact, day) and (fact.until is None or fact.until >= verdict.until) for fact in changed
    )


def _concerned(catalogue: Catalogue, feed: str | None, changed: tuple[Fact, ...]) -> Sequence[Point]:
    """Points of a feed that these facts can change: a water bill says nothing about electricity."""
    points = catalogue.by_feed.get(feed, ()) if feed is not None else ()
    if not changed:
        return points
    return [point for point in points if not point.only or any(_about(point, fact) for fact in changed)]


def _about(point: Point, fact: Fact) -> bool:
    return all(fact.data.get(name, value) == value for name, value in point.only.items())


def refresh(judgement: Judgement, ledger: Ledger, catalogue: Catalogue, profile: Profile) -> Judgement:
    """The same judgement with the measured values of its very day in every verdict that weighs."""
    stale = [name for name, verdict in judgement.weighing.items() if verdict.day != judgement.day]
    if not stale:
        return judgement
    view = View(ledger, judgement.day, judgement.base, profile.fx)
    fresh = {name: _verdict(catalogue.by_id[name], view, catalogue) for name in stale}
    return _judgement(view, judgement.base_until, {**judgement.verdicts, **fresh})


def peak(name: str, ledger: Ledger, first: int, last: int, catalogue: Catalogue, profile: Profile) -> int:
    """The highest colour a point showed on any day from ``first`` to ``last``, as far as is known today."""
    point = catalogue.by_id[name]
    highest, day = NONE, first
    while day <= last and highest < RED:
        base = base_of(ledger, day, catalogue.materiality, profile)
        verdict = _verdict(point, View(ledger, day, base, profile.fx, today=last), catalogue)
        highest = max(highest, verdict.level)
        turn = View(ledger, day, base, profile.fx).next_turn(BASE_FEEDS)
        day = min(verdict.until, turn)
    return highest


def _judgement(view: View, base_until: int, verdicts: dict[str, Verdict]) -> Judgement:
    weighing = {name: verdict for name, verdict in verdicts.items() if verdict.p}
    until = min([verdict.until for verdict in verdicts.values()], default=FAR)
    return Judgement(view.day, view.base, base_until, verdicts, weighing, min(until, base_until))


def _blank(catalogue: Catalogue) -> dict[str, Verdict]:
    """What every point says of an entity about which nothing is known."""
    held: dict[str, Verdict] | None = catalogue.memo.get("blank")
    if held is None:
        view = View(EMPTY, 0, Base(0, "none"), {})
        held = {point.id: _verdict(point, view, catalogue) for point in catalogue.points}
        catalogue.memo["blank"] = held
    return held


def _touched(feeds: Iterable[str], catalogue: Catalogue) -> Iterator[Point]:
    """Points about which these feeds say something; one that two feeds speak to comes twice."""
    for feed in feeds:
        yield from catalogue.points if feed == MANUAL else catalogue.by_feed.get(feed, ())


def _verdict(point: Point, view: View, catalogue: Catalogue) -> Verdict:
    finding = _strongest(point, view)
    until = min(view.next_turn(point.feeds), finding.turn)
    if finding.missing is not None:
        return Verdict(point.id, "not_evaluable", 0, 0.0, 0, None, until, finding, view.day)
    if point.hold_days and finding.level < RED:
        held = _held(point, view, catalogue, finding.level, until)
        if held is not None:
            return held
    if finding.level:
        p = _points(point, finding, catalogue)
        return Verdict(point.id, "fired", finding.level, p, finding.since, None, until, finding, view.day)
    faded = _residual(point, view, catalogue, until)
    return faded or Verdict(point.id, "not_fired", 0, 0.0, 0, None, until, finding, view.day)


def _endings(point: Point, view: View) -> list[int]:
    """Days up to now on which the condition of a point can have ended, latest first."""
    held: list[int] | None = view.memo.get(point.id)
    if held is None:
        turns = {turn for turn in point.behind.endings(view, point.feeds, point.limit) if turn <= view.day}
        held = view.memo[point.id] = sorted(turns, reverse=True)
    return held


def _held(point: Point, view: View, catalogue: Catalogue, above: int, until: int) -> Verdict | None:
    """Verdict of a colour that ended so recently that it is still shown; None if it is not higher than ``above``."""
    best: tuple[int, Finding] | None = None
    for end in _endings(point, view):
        if view.day >= end + point.hold_days:
            break
        earlier = _strongest(point, view.at(end - 1))
        if earlier.level > above:
            above, best = earlier.level, (end, earlier)
    if best is None:
        return None
    end, earlier = best
    p = _points(point, earlier, catalogue)
    until = min(until, end + point.hold_days)
    return Verdict(point.id, "holding", earlier.level, p, earlier.since, None, until, earlier, view.day)


def _residual(point: Point, view: View, catalogue: Catalogue, until: int) -> Verdict | None:
    """The verdict of a point that fired before and does not now; None if it never did or has faded."""
    day, floor = view.day, catalogue.score.drop_below
    longest = _fading_days(catalogue.score.cap, floor, point.half_life_days)
    for end in _endings(point, view):
        cleared = end + point.hold_days
        if day >= cleared + longest:
            return None
        earlier = _strongest(point, view.at(end - 1))
        if not earlier.level:
            continue
        p = _points(point, earlier, catalogue)
        faded = cleared + _fading_days(p, floor, point.half_life_days)
        if day >= faded:
            return None
        until = min(until, faded)
        return Verdict(point.id, "residual", 0, p, earlier.since, cleared, until, earlier, day)
    return None


def _fading_days(p: float, floor: float, half_life: int) -> int:
    return math.ceil(half_life * math.log2(p / floor)) if p > floor else 0


def _strongest(point: Point, view: View) -> Finding:
    """The highest colour whose evidence is trusted that far (``Fact.ceiling``)."""
    evaluate, limit = point.behind.evaluate, point.limit
    finding: Finding = evaluate(view, limit)
    if finding.level <= min([fact.ceiling for fact in finding.evidence], default=RED):
        return finding
    best, turn = msgspec.structs.replace(finding, level=NONE), finding.turn
    for level in range(finding.level, BLUE - 1, -1):
        trusted: Finding = evaluate(view.at(view.day, floor=level), limit)
        turn = min(turn, trusted.turn)
        if min(level, trusted.level) > best.level:
            best = msgspec.structs.replace(trusted, level=min(level, trusted.level))
    return msgspec.structs.replace(best, turn=turn)


def _points(point: Point, finding: Finding, catalogue: Catalogue) -> float:
    score = catalogue.score
    base = score.hard if point.hard and finding.level == RED else score.points[finding.level]
    weight = max([fact.quality * fact.confidence for fact in finding.evidence], default=1.0)
    return min(base * weight, score.cap)
