"""Looking back: what a point showed on days gone by, as far as is known today."""

from collections.abc import Iterable, Iterator

from detectors.catalogue.entry import Point
from detectors.catalogue.model import Catalogue, Profile
from detectors.judge import BASE_FEEDS, judge, seen
from detectors.ledger import Ledger
from detectors.materiality import base_of
from detectors.points.finding import NONE, RED
from detectors.points.verdict import Verdict
from detectors.points.view import View
from detectors.reference import NOTHING, Reference
from detectors.weighing import verdict_of


def peak(days: Iterable[tuple[int, int]]) -> int:
    """The highest colour in a :func:`course`, which is followed no further than to the first red."""
    highest = NONE
    for _, level in days:
        highest = max(highest, level)
        if highest == RED:
            break
    return highest


def course(
    name: str,
    ledger: Ledger,
    first: int,
    last: int,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference = NOTHING,
) -> Iterator[tuple[int, int]]:
    """The colour of a point or pattern on ``first``, and on each day up to ``last`` on which it may be another, as far
    as is known today."""
    catalogue = catalogue.within(profile)
    point, day = catalogue.point.get(name), first
    while day <= last:
        if point is None:
            judgement = judge(ledger, day, catalogue, profile, reference)
            yield day, judgement.verdicts[name].level
            day = judgement.until
        else:
            base = base_of(ledger, day, catalogue.materiality, profile)
            view = seen(ledger, day, base, catalogue, profile, reference, today=last)
            verdict = verdict_of(point, view, catalogue)
            yield day, verdict.level
            day = _turn(point, verdict, view, catalogue)


def _turn(point: Point, verdict: Verdict, view: View, catalogue: Catalogue) -> int:
    """The next day on which this point's verdict may be another: by itself, by the base, or by whom it looks at."""
    turns = [verdict.until, View(view.ledger, view.day, view.base, view.fx).next_turn(BASE_FEEDS)]
    turns += [view.other(name).until for name in point.looks_at if name in catalogue.point]
    return min(turns)
