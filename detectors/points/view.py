"""What an evaluator may look at: one ledger, as of one day, and the reference data of the jurisdiction."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from detectors.fact import FAR, RETRACT, Fact
from detectors.ledger import Ledger


class Base(msgspec.Struct, frozen=True, gc=False):
    """Materiality base M(e) in minor units of ``currency``, and the rung of the ladder it came from."""

    amount: int
    rung: str
    currency: str = "CNY"


class View:
    """A read-only look at a ledger on ``day``; cheap to make, caches what several points ask for.

    ``floor`` leaves out evidence that may not raise a colour of that height on its own (see ``Fact.ceiling``).
    ``today`` is the day on which somebody looks, which ``day`` may precede: what retention had dropped by ``today`` is
    not seen on any day, so that purging never changes a verdict.
    """

    __slots__ = ("_known", "_turns", "base", "day", "floor", "fx", "ledger", "memo", "today")

    def __init__(
        self,
        ledger: Ledger,
        day: int,
        base: Base,
        fx: Mapping[str, float],
        floor: int = 0,
        today: int | None = None,
    ) -> None:
        """``fx`` gives units of the profile's currency for one unit of a foreign one."""
        self.ledger = ledger
        self.day = day
        self.today = day if today is None else today
        self.base = base
        self.fx = fx
        self.floor = floor
        self.memo: dict[str, Any] = {}
        self._known: dict[str, list[Fact]] = {}
        self._turns: dict[str, int] = {}

    def at(self, day: int, floor: int = 0) -> "View":
        """The same ledger on another day, seen from today."""
        return View(self.ledger, day, self.base, self.fx, floor, self.today)

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


def _strength(fact: Fact) -> tuple[float, int, bytes]:
    """Two sources of one fact: the better quality speaks, then the higher version."""
    return fact.weight, fact.version, fact.digest


_order = attrgetter("start", "key")
