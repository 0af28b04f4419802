"""What stands behind a catalogue entry: a pure function, its parameters, and when its condition can have ended."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.finding import Finding
from detectors.points.view import View

Evaluate = Callable[[View, Any], Finding]
Endings = Callable[[View, tuple[str, ...], Any], Iterable[int]]
Harmless = Callable[[Fact, int], bool]
Carried = Callable[[Fact, Fact | None, int, Finding, Any], Finding | None]

BEHIND = "behind"
"""In ``usual`` of a quiet finding: it is as of an earlier day, up to which its source has told all."""


def when(finding: Finding, turn: int, *, behind: bool) -> Finding:
    """A finding that may change when ``turn`` has come; if its source is behind, when that has told all up to it."""
    if behind:
        return msgspec.structs.replace(finding, turn=FAR, told=turn)
    return msgspec.structs.replace(finding, turn=turn, told=FAR)


class Evaluator(msgspec.Struct, frozen=True):
    """A function with its parameter type, and the days on which its condition can have ended.

    ``endings(view, feeds, limit)`` gives the candidates; every one is tried when a point may still fade, so a feed
    with many facts (bills, readings) wants a function that names only days on which something really ended.
    ``harmless(fact, day)`` recognises a fact that cannot disturb a quiet finding (most bills are paid in time), so
    that it need not be evaluated again; ``carried(fact, replaced, day, finding, limit)`` does the same where it takes
    what that finding said is usual: it answers the finding after the fact, without looking at the ledger, and None
    where only that can tell. ``measured_by_base`` says that thresholds are shares of M, ``ends_with_others`` that the
    colour can end because that of a point looked at does (not where those only deepen it), ``compares`` that it asks
    for norms, ``as_told(fact)`` that its first feed is looked at as of the day up to which the source has told all (it
    rests on something not having been said: paid), and of which facts that is; ``awaits`` names the feed whose silence
    it asks about itself, ``drifts`` says that the wording moves with the day (days overdue) while the colour stays.
    ``rests_on`` names the one of its feeds without a fact of which it has never shown anything; empty if any will do.
    """

    evaluate: Evaluate
    parameters: type[msgspec.Struct]
    endings: Endings
    harmless: Harmless | None = None
    measured_by_base: bool = False
    ends_with_others: bool = True
    compares: bool = False
    as_told: Callable[[Fact], bool] | None = None
    carried: Carried | None = None
    awaits: str = ""
    drifts: bool = False
    rests_on: str = ""


class NoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For points without a number of their own: the listing is the fact."""


def ends(view: View, feeds: tuple[str, ...], _: object) -> Iterable[int]:
    """Conditions that hold while facts are in force end when a fact does."""
    return (fact.end for feed in feeds for fact in view.known(feed) if fact.end is not None)


def starts_and_ends(view: View, feeds: tuple[str, ...], limit: object) -> Iterable[int]:
    """A later fact can end the condition as well as the end of one can."""
    yield from (fact.start for feed in feeds for fact in view.known(feed))
    yield from ends(view, feeds, limit)
