"""What a record can change: most records concern few points, and disturb fewer."""

from collections.abc import Mapping, Sequence

import msgspec

from detectors.catalogue.entry import Point
from detectors.catalogue.model import Catalogue
from detectors.fact import Fact
from detectors.judgement import Judgement
from detectors.points.finding import Finding
from detectors.points.verdict import Verdict

NOTHING: Mapping[str, Verdict] = {}


def disturbed(
    before: Judgement, catalogue: Catalogue, feed: str | None, changed: tuple[Fact, ...], day: int
) -> tuple[list[Point], Mapping[str, Verdict]]:
    """Points to be looked at again after a record of a feed, and the verdicts of those that go on from where they
    were, if they are others than before."""
    again: list[Point] = []
    carried: dict[str, Verdict] = {}
    for point in _concerned(catalogue, feed, changed):
        verdict = before.verdicts[point.id]
        if not changed or not verdict.finding.quiet:
            again.append(point)
        elif not _harmless(point, verdict, changed, day):
            after = _carried(point, verdict, changed, day)
            if after is None:
                again.append(point)
            elif after is not verdict:
                carried[point.id] = after
    if len(changed) > 1 and changed[1].until != changed[0].until:
        # whoever was to change on the day on which the fact replaced would have left the ledger
        for one in catalogue.by_feed.get(feed or "", ()):
            if before.verdicts[one.id].until == changed[1].until and one not in again:
                again.append(one)
                carried.pop(one.id, None)
    return again, carried or NOTHING


def _harmless(point: Point, verdict: Verdict, changed: tuple[Fact, ...], day: int) -> bool:
    """Whether nothing weighed on this point and what has come cannot weigh either, now or later by itself."""
    harmless = point.behind.harmless
    if harmless is None:
        return False
    for fact in changed:
        if (fact.until is not None and fact.until < verdict.until) or not harmless(fact, day):
            return False
    return True


def _carried(point: Point, verdict: Verdict, changed: tuple[Fact, ...], day: int) -> Verdict | None:
    """The verdict that follows from the one before without a look at the ledger; None if only that can tell."""
    if point.behind.carried is None:
        return None
    fact, replaced = changed[0], changed[1] if len(changed) > 1 else None
    before = verdict.finding
    finding: Finding | None = point.behind.carried(fact, replaced, day, before, point.limit)
    if finding is None:
        return None
    facts_until = verdict.facts_until
    for turn in (fact.start, fact.end, fact.until):
        if turn is not None and day < turn < facts_until:
            facts_until = turn
    if finding is before and facts_until == verdict.facts_until:
        return verdict
    until = min(facts_until, finding.turn)
    return msgspec.structs.replace(
        verdict, until=until, finding=finding, facts_until=facts_until, told=finding.told
    )


def read_by_pattern(feed: str | None, before: Judgement, catalogue: Catalogue) -> bool:
    """Whether a pattern of which a member weighs reads this feed itself."""
    return bool(before.weighing) and any(
        feed in pattern.rule.reads and not before.weighing.keys().isdisjoint(pattern.members)
        for pattern in catalogue.patterns
    )


def _concerned(catalogue: Catalogue, feed: str | None, changed: tuple[Fact, ...]) -> Sequence[Point]:
    """Points of a feed that these facts can change: a water bill says nothing about electricity."""
    points = catalogue.by_feed.get(feed, ()) if feed is not None else ()
    if not changed:
        return points
    return [point for point in points if not point.only or any(about(point, fact) for fact in changed)]


def about(point: Point, fact: Fact) -> bool:
    """Whether a fact is of the kind that a point is about."""
    for name, value in point.only.items():  # noqa: SIM110 - a generator costs more than all else here
        if fact.data.get(name, value) != value:
            return False
    return True
