"""What a record can change: most records concern few points, and disturb fewer."""

from collections.abc import Sequence

from detectors.catalogue.entry import Point
from detectors.catalogue.model import Catalogue
from detectors.fact import Fact
from detectors.judgement import Judgement


def disturbed(
    before: Judgement, catalogue: Catalogue, feed: str | None, changed: tuple[Fact, ...], day: int
) -> list[Point]:
    """Points to be looked at again after a record of a feed."""
    found = [
        one for one in _concerned(catalogue, feed, changed) if not _undisturbed(one, before, changed, day)
    ]
    if len(changed) > 1 and changed[1].until != changed[0].until:
        # whoever was to change on the day on which the fact replaced would have left the ledger
        for one in catalogue.by_feed.get(feed or "", ()):
            if before.verdicts[one.id].until == changed[1].until and one not in found:
                found.append(one)
    return found


def _undisturbed(point: Point, before: Judgement, changed: tuple[Fact, ...], day: int) -> bool:
    """Whether nothing weighed on this point and what has come cannot weigh either, now or later by itself."""
    verdict, behind = before.verdicts[point.id], point.behind
    finding = verdict.finding
    if not (changed and finding.quiet and (behind.harmless or behind.ordinary)):
        return False
    for fact in changed:
        if fact.until is not None and fact.until < verdict.until:
            return False
        harmless = behind.harmless is not None and behind.harmless(fact, day)
        if not harmless and (behind.ordinary is None or not behind.ordinary(fact, day, finding)):
            return False
    return True


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
    return [point for point in points if not point.only or any(_about(point, fact) for fact in changed)]


def _about(point: Point, fact: Fact) -> bool:
    for name, value in point.only.items():  # noqa: SIM110 - a generator costs more than all else here
        if fact.data.get(name, value) != value:
            return False
    return True
