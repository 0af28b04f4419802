"""What an evaluator may look at: one ledger, as of one day, and the reference data of the jurisdiction."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from detectors.fact import FAR, RETRACT, Fact
from detectors.ledger import Ledger
from detectors.points.verdict import Verdict
from detectors.reference import NOTHING, Norm, Reference


class Base(msgspec.Struct, frozen=True, gc=False):
    """Materiality base M(e) in minor units of ``currency``, and the rung of the ladder it came from."""

    amount: int
    rung: str
    currency: str = "CNY"


class View:
    """A read-only look at a ledger on ``day``; cheap to make, caches what several points ask for.

    ``floor`` leaves out evidence that may not raise a colour of that height on its own (see ``Fact.ceiling``).
    ``today`` is the day on which somebody looks, which ``day`` may precede: what retention had dropped by ``today`` is
    not seen on any day, so that purging never changes a verdict. ``latest`` is the view from which this one was made to
    look at a day up to which all was told (:meth:`as_told`); what is known there to be settled is settled.
    """

    __slots__ = (
        "_fed", "_known", "_later", "_turns", "base", "day", "floor", "fx", "judged", "ledger", "memo", "reference",
        "today",
    )  # fmt: skip

    def __init__(
        self,
        ledger: Ledger,
        day: int,
        base: Base,
        fx: Mapping[str, float],
        floor: int = 0,
        today: int | None = None,
        reference: Reference = NOTHING,
        judged: "Judge | None" = None,
    ) -> None:
        """``fx`` gives units of the profile's currency for one unit of a foreign one; ``judged`` judges another point
        on a view, for points that look at others."""
        self.ledger = ledger
        self.day = day
        self.today = day if today is None else today
        self.base = base
        self.fx = fx
        self.floor = floor
        self.reference = reference
        self.judged = judged
        self.memo: dict[Any, Any] = {}
        self._later: View | None = None
        self._fed: dict[str, int | None] = {}
        self._known: dict[str, list[Fact]] = {}
        self._turns: dict[str, int] = {}

    def at(self, day: int, floor: int = 0) -> "View":
        """The same ledger on another day, seen from today."""
        other = View(self.ledger, day, self.base, self.fx, floor, self.today, self.reference, self.judged)
        other._fed = self._fed
        return other

    @property
    def latest(self) -> "View":
        """The view itself, or that from which it was made to look at the day up to which all was told."""
        return self if self._later is None else self._later

    def known(self, feed: str) -> list[Fact]:
        """Facts of a feed that were ever true and have begun by ``day``, one per natural key, in order of begin."""
        found = self._known.get(feed)
        if found is None:
            found = self._known[feed] = self._merge(feed)
        return found

    def _merge(self, feed: str) -> list[Fact]:
        day, today, floor = self.day, self.today, self.floor
        best: dict[str, Fact] = {}
        for fact in self.ledger.stating(feed):
            if fact.rank == RETRACT or fact.start > day or fact.ceiling < floor:
                continue
            if fact.until is not None and today >= fact.until:
                continue
            held = best.get(fact.key)
            if held is None or _strength(fact) > _strength(held):
                best[fact.key] = fact
        if len(best) < 2:
            return list(best.values())
        return sorted(best.values(), key=_order)

    def active(self, feed: str) -> list[Fact]:
        """Facts of a feed in force today."""
        day = self.day
        return [fact for fact in self.known(feed) if fact.end is None or day < fact.end]

    def other(self, point: str) -> Verdict:
        """The verdict of another point of the catalogue on this day; the entry must name it in ``looks_at``."""
        found: Verdict | None = self.memo.get(("verdict", point))
        if found is None:
            if self.judged is None:
                raise LookupError(f"this view cannot judge {point}")
            found = self.memo["verdict", point] = self.judged(point, self)
        return found

    def fed_until(self, feed: str) -> int | None:
        """The day before which nothing of this feed is still to come from the sources that spoke of this entity.

        None when one of them has never said how far it is: its silence proves nothing.
        """
        if feed not in self._fed:
            self._fed[feed] = fed_until(self.ledger, feed, self.reference)
        return self._fed[feed]

    def as_told(self, feed: str) -> "View":
        """The day up to which the sources of a feed have told all, if that is before this one; else this one.

        What has not been paid, or not been told as paid, is only known up to there: a payment may still be on its way.
        """
        fed = self.fed_until(feed)
        if fed is None or fed >= self.day:
            return self
        held: View | None = self.memo.get(("told", fed))
        if held is None:
            held = self.memo["told", fed] = self.at(fed, self.floor)
            held._later = self.at(self.day, self.floor)
        return held

    def master(self, name: str) -> Any:
        """A field of the entity's latest master data (F29) that gives it; None if none does."""
        return next((fact.data[name] for fact in reversed(self.known("F29")) if name in fact.data), None)

    @property
    def region(self) -> str:
        """Jurisdiction of the entity (``CN-330604``), as its master data (F29) tell; empty without them."""
        masters = self.known("F29")
        return [*masters[-1].key.split(":", 2), ""][1] if masters else ""

    def norm(self, indicator: str, period: str) -> Norm | None:
        """What is usual for an indicator among the entity's peers in a month (``YYYY-MM``)."""
        industry, size = self.master("industry"), self.master("size_class")
        return self.reference.norms.norm(industry, size, self.region, indicator, period)

    def money(self, fact: Fact, *names: str) -> int | None:
        """The first amount present among ``names``, in minor units of the profile's currency; None if unknown."""
        for name in names:
            amount = fact.data.get(name)
            if isinstance(amount, int):
                return amount
            if isinstance(amount, list):
                rate = self.fx.get(amount[1])
                return None if rate is None else round(amount[0] * rate)
        return None

    def text(self, minor: int) -> str:
        """An amount for people, with its currency."""
        return f"{self.base.currency} {minor / 100:,.2f}".removesuffix(".00")

    def next_turn(self, feeds: Iterable[str]) -> int:
        """The next day on which a fact of these feeds begins, ends or leaves the ledger; FAR if none does."""
        soonest = FAR
        for feed in feeds:
            turn = self._turns.get(feed)
            if turn is None:
                turn = self._turns[feed] = self._next_turn(feed)
            soonest = min(soonest, turn)
        return soonest

    def _next_turn(self, feed: str) -> int:
        day, soonest = self.day, FAR
        for fact in self.ledger.stating(feed):
            if fact.rank != RETRACT:
                for turn in (fact.start, fact.end, fact.until):
                    if turn is not None and day < turn < soonest:
                        soonest = turn
        return soonest


def fed_until(ledger: Ledger, feed: str, reference: Reference) -> int | None:
    """See :meth:`View.fed_until`."""
    if not reference.watermarks:
        return None
    days = [reference.complete_until(source, feed) for source in sources_of(ledger, feed)]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def sources_of(ledger: Ledger, feed: str) -> set[str]:
    """Who told anything of a feed that still stands."""
    return {name.partition("|")[0] for name, fact in ledger.of(feed).items() if not fact.retracted}


def _strength(fact: Fact) -> tuple[float, int, int, int, bytes]:
    """Two statements of one fact: the better quality speaks, then the higher version, then the later one (some sources
    send a release, or a cancellation, as a record of its own)."""
    return fact.weight, fact.version, fact.occurred, fact.observed, fact.digest


_order = attrgetter("start", "key")

Judge = Callable[[str, View], Verdict]
