"""One point on one day: what it says now, what it still shows, and what it still weighs.

Theory. When a point is not fired today, it may still weigh: it cleared on the last day on which its condition ended,
stays in its colour for ``hold_days`` after that (an arrears point wants a whole billing cycle without arrears), and
then decays with its half-life. A colour that is held is not lowered by a weaker condition that comes true meanwhile:
paying part of the arrears cannot look better than paying all. All of that is read off the facts, so it does not
depend on when the engine happened to look.
"""

import math
from typing import Any

import msgspec

from detectors.catalogue.entry import Point
from detectors.catalogue.model import Catalogue
from detectors.fact import FAR, MANUAL
from detectors.points.evaluator import Evaluate
from detectors.points.finding import BLUE, NONE, RED, Finding
from detectors.points.verdict import Verdict
from detectors.points.view import View

NEVER = -FAR
"""A day before all days."""


def verdict_of(point: Point, view: View, catalogue: Catalogue, quiet_on: int = NEVER) -> Verdict:
    """The verdict of a point on the day of the view. Pure.

    ``quiet_on`` is a day on which nothing of it was shown or fading, and up to which the past is what it was then:
    endings up to that day need not be tried again.
    """
    finding = _strongest(point, view)
    until = min(view.next_turn(point.feeds), finding.turn)
    if finding.missing is not None:
        return Verdict(point.id, "not_evaluable", 0, 0.0, 0, None, until, finding, view.day)
    if point.hold_days and finding.level < RED:
        held = _held(point, view, catalogue, finding.level, until, quiet_on)
        if held is not None:
            return held
    if finding.level:
        p = _points(point, finding, catalogue)
        return Verdict(point.id, "fired", finding.level, p, finding.since, None, until, finding, view.day)
    faded = _residual(point, view, catalogue, until, quiet_on) if _told_of(point, view) else None
    return faded or Verdict(point.id, "not_fired", 0, 0.0, 0, None, until, finding, view.day)


def _told_of(point: Point, view: View) -> bool:
    """Whether anything was ever said in the feeds of a point; without a fact of its own no point has ever fired."""
    facts = view.ledger.facts
    return MANUAL in facts or any(feed in facts for feed in point.feeds)


def _ends_of(point: Point, view: View, catalogue: Catalogue) -> set[int]:
    """Days on which a point can have stopped showing its colour."""
    return {end + point.hold_days for end in _endings(point, view, catalogue)}


def _endings(point: Point, view: View, catalogue: Catalogue) -> list[int]:
    """Days up to now on which the condition of a point can have ended, latest first."""
    held: list[int] | None = view.memo.get(point.id)
    if held is None:
        turns = set(point.behind.endings(view, point.feeds, point.limit))
        for name in point.looks_at if point.behind.ends_with_others else ():
            turns |= _ends_of(catalogue.point[name], view, catalogue) if name in catalogue.point else set()
        held = view.memo[point.id] = sorted([turn for turn in turns if turn <= view.day], reverse=True)
    return held


def _held(
    point: Point, view: View, catalogue: Catalogue, above: int, until: int, quiet_on: int
) -> Verdict | None:
    """Verdict of a colour that ended so recently that it is still shown; None if it is not higher than ``above``."""
    best: tuple[int, Finding] | None = None
    for end in _endings(point, view, catalogue):
        if end <= quiet_on or view.day >= end + point.hold_days:
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


def _residual(point: Point, view: View, catalogue: Catalogue, until: int, quiet_on: int) -> Verdict | None:
    """The verdict of a point that fired before and does not now; None if it never did or has faded."""
    day, floor = view.day, catalogue.score.drop_below
    longest = _fading_days(catalogue.score.cap, floor, point.half_life_days)
    for end in _endings(point, view, catalogue):
        cleared = end + point.hold_days
        if end <= quiet_on or day >= cleared + longest:
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
    behind, limit = point.behind, point.limit
    evaluate = behind.evaluate if not behind.as_told else _as_told(point)
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


_LAG_DAYS = 2
"""A source further behind than this is taken to be silent, and is asked about every day."""


def _as_told(point: Point) -> Evaluate:
    """The evaluator on the day up to which the source has told all; it is asked again when the source has told more."""

    def evaluate(view: View, limit: Any) -> Finding:
        told = view.as_told(point.feeds[0])
        finding = point.behind.evaluate(told, limit)
        if told is view:
            return finding
        # a source that is a day behind is usually a day behind when the turn comes, too
        turn = max(view.day + 1, finding.turn + min(view.day - told.day, _LAG_DAYS))
        return msgspec.structs.replace(finding, turn=min(turn, FAR))

    return evaluate


def _points(point: Point, finding: Finding, catalogue: Catalogue) -> float:
    score = catalogue.score
    base = score.hard if point.hard and finding.level == RED else score.points[finding.level]
    weight = max([fact.quality * fact.confidence for fact in finding.evidence], default=1.0)
    return min(base * weight, score.cap)
