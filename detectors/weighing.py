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
from detectors.concern import about
from detectors.fact import FAR, MANUAL, RETRACT
from detectors.objections import confidence
from detectors.points.evaluator import BEHIND, Evaluate
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
    facts_until = view.next_turn(point.feeds)
    verdict = _verdict(point, finding, view, catalogue, min(facts_until, finding.turn), quiet_on)
    told = min(finding.told, view.memo.get((_BACK, point.id), FAR))
    return msgspec.structs.replace(verdict, facts_until=facts_until, told=told)


_BACK = "looked back"
"""In the memo of a view: what a look at an earlier day waits for, because its source has not told all up to there."""


def _looked_back(point: Point, view: View, day: int) -> Finding:
    """What a point showed on an earlier day, as far as is known today."""
    finding, key = _strongest(point, view.at(day)), (_BACK, point.id)
    view.memo[key] = min(view.memo.get(key, FAR), finding.told)
    return finding


def _verdict(
    point: Point, finding: Finding, view: View, catalogue: Catalogue, until: int, quiet_on: int
) -> Verdict:
    if finding.missing is not None:
        return Verdict(point.id, "not_evaluable", 0, 0.0, 0, None, until, finding, view.day)
    if point.hold_days and finding.level < RED:
        held = _held(point, view, catalogue, finding.level, until, quiet_on)
        if held is not None:
            return held
    if finding.level:
        p = _points(point, finding, view, catalogue)
        return Verdict(point.id, "fired", finding.level, p, finding.since, None, until, finding, view.day)
    faded = _residual(point, view, catalogue, until, quiet_on) if told_of(point, view) else None
    return faded or Verdict(point.id, "not_fired", 0, 0.0, 0, None, until, finding, view.day)


def told_of(point: Point, view: View) -> bool:
    """Whether anything was ever said in the feeds of a point; without a fact of its own no point has ever fired."""
    facts, rests_on = view.ledger.facts, point.behind.rests_on
    return MANUAL in facts or (rests_on in facts if rests_on else any(feed in facts for feed in point.feeds))


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
        earlier = _looked_back(point, view, end - 1)
        if earlier.level > above:
            above, best = earlier.level, (end, earlier)
    if best is None:
        return None
    end, earlier = best
    p = _points(point, earlier, view, catalogue)
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
        earlier = _looked_back(point, view, end - 1)
        if not earlier.level:
            continue
        p = _points(point, earlier, view, catalogue)
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
    best, turn, told = msgspec.structs.replace(finding, level=NONE), finding.turn, finding.told
    for level in range(finding.level, BLUE - 1, -1):
        trusted: Finding = evaluate(view.at(view.day, floor=level), limit)
        turn, told = min(turn, trusted.turn), min(told, trusted.told)
        if min(level, trusted.level) > best.level:
            best = msgspec.structs.replace(trusted, level=min(level, trusted.level))
    return msgspec.structs.replace(best, turn=turn, told=told)


def _as_told(point: Point) -> Evaluate:
    """The evaluator on the day up to which the source has told all; it is asked again when the source has told more."""

    def evaluate(view: View, limit: Any) -> Finding:
        told = view.as_told(point.feeds[0])
        finding = point.behind.evaluate(told, limit)
        if told is view:
            return finding
        usual = {**finding.usual, BEHIND: True} if finding.quiet else finding.usual
        known = told.next_turn(point.feeds) if finding.missing else _next_known(point, told)
        turn = min(finding.turn, known)
        return msgspec.structs.replace(finding, turn=FAR, told=turn, usual=usual)

    return evaluate


def _next_known(point: Point, told: View) -> int:
    """The next day on which a fact that this point looks at begins, ends or leaves."""
    speaks, soonest, day = point.behind.as_told, told.next_turn(point.feeds[1:]), told.day
    for fact in told.ledger.stating(point.feeds[0]):
        if fact.rank != RETRACT and speaks is not None and speaks(fact) and about(point, fact):
            for turn in (fact.start, fact.end, fact.until):
                if turn is not None and day < turn < soonest:
                    soonest = turn
    return soonest


def _points(point: Point, finding: Finding, view: View, catalogue: Catalogue) -> float:
    score = catalogue.score
    base = score.hard if point.hard and finding.level == RED else score.points[finding.level]
    return min(base * confidence(view, point.feeds, finding), score.cap)
