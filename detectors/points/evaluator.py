"""What stands behind a catalogue entry: a pure function, its parameters, and when its condition can have ended."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from detectors.fact import Fact
from detectors.points.finding import Finding
from detectors.points.view import View

Evaluate = Callable[[View, Any], Finding]
Endings = Callable[[View, tuple[str, ...], Any], Iterable[int]]
Harmless = Callable[[Fact, int], bool]
Ordinary = Callable[[Fact, int, Finding], bool]


class Evaluator(msgspec.Struct, frozen=True):
    """A function with its parameter type, and the days on which its condition can have ended.

    ``endings(view, feeds, limit)`` gives the candidates; every one is tried when a point may still fade, so a feed
    with many facts (bills, readings) wants a function that names only days on which something really ended.
    ``harmless(fact, day)`` recognises a fact that cannot disturb a quiet finding (most bills are paid in time), so
    that it need not be evaluated again; ``ordinary(fact, day, finding)`` does the same where it takes what that finding
    said is usual. ``measured_by_base`` says that thresholds are shares of M, ``ends_with_others`` that the colour can
    end because that of a point looked at does (not where those only deepen it), ``compares`` that it asks for norms,
    ``as_told`` that its first feed is looked at as of the day up to which the source has told all: it rests on
    something not having been said (paid).
    """

    evaluate: Evaluate
    parameters: type[msgspec.Struct]
    endings: Endings
    harmless: Harmless | None = None
    measured_by_base: bool = False
    ordinary: Ordinary | None = None
    ends_with_others: bool = True
    compares: bool = False
    as_told: bool = False


class NoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For points without a number of their own: the listing is the fact."""


def ends(view: View, feeds: tuple[str, ...], _: object) -> Iterable[int]:
    """Conditions that hold while facts are in force end when a fact does."""
    return (fact.end for feed in feeds for fact in view.known(feed) if fact.end is not None)


def starts_and_ends(view: View, feeds: tuple[str, ...], limit: object) -> Iterable[int]:
    """A later fact can end the condition as well as the end of one can."""
    yield from (fact.start for feed in feeds for fact in view.known(feed))
    yield from ends(view, feeds, limit)
