"""The macro risk index in the stream: every partition counts its own firms, one of them closes the day for all.

A partition keeps whole-number sums per group (region, industry, size class, cluster), moved by changes of the tier
that was told and of what is newly claimed or enforced; amounts (arrears, what was billed, M, exposure, contagion) are
added up afresh after every quarter. After the end of each day, in stream time, it writes its sums as a control record
to the home partition, which closes the day when all have spoken, publishes the readings and warns
(:mod:`streams.engine.areas`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from detectors.cohorts.key import Attributes
from detectors.fact import DAY
from detectors.macro.counters import Changed, Claimed, GroupCounters, Standing, Totals
from detectors.macro.group import groups_of
from detectors.macro.in_force import USUAL, Terms
from detectors.macro.index import Reading
from detectors.macro.rules import MacroRules
from detectors.record import Record
from streams.engine.areas import OFFSET, Areas, Day
from streams.engine.effects import Values
from streams.engine.exchange import HOME, MACRO, Sent, control

COUNTERS = b"\x00macro"
"""Key of a partition's own sums."""


Claims = Sequence[tuple[int, int]]
"""Days and amounts."""


class Sums(msgspec.Struct, frozen=True):
    """What a partition keeps: the sums of its groups and the last day it has sent."""

    groups: list[tuple[str, Totals]] = []
    sent: int = -1


_sums = msgspec.json.Decoder(Sums)


class MacroBooks:
    """The sums of one partition; in the home partition also the board of all."""

    def __init__(self, partition: int, partitions: int, values: Values, terms: Terms = USUAL) -> None:
        """Take up what was written before; ``terms`` are those of the catalogue in force."""
        saved = values.get(COUNTERS)
        held = Sums() if saved is None else _sums.decode(saved)
        self._partition, self._partitions, self._rules = partition, partitions, terms.rules
        self._counters, self._sent = GroupCounters(held.groups), held.sent
        self._areas = (
            Areas({key: value for key, value in values.items() if key[:1] == b"\x00"}, terms)
            if partition == HOME
            else None
        )
        self._dirty = False

    def revised(self, at: int, terms: Terms) -> None:
        """Another catalogue is in force since ``at`` (epoch seconds): from the day of that instant on."""
        self._rules = terms.rules
        if self._areas is not None:
            self._areas.revised(_day(at), terms)

    def rules_on(self, day: int) -> MacroRules:
        """The rules by which a day is closed."""
        return self._rules if self._areas is None else self._areas.rules_on(day)

    def moved(
        self, at: int, firm: Attributes | None, was: Attributes | None, before: int, after: int
    ) -> None:
        """A firm's groups, or the tier told of it, are no longer what they were at ``at`` (epoch seconds)."""
        one, other = (
            None if who is None else Standing(groups_of(who), tier)
            for who, tier in ((was, before), (firm, after))
        )
        if one is not None or other is not None:
            self._counters.apply(Changed(_day(at), one, other))
            self._dirty = True

    def claimed(self, was: Attributes | None, before: Claims, firm: Attributes | None, after: Claims) -> None:
        """What is newly claimed from a firm (day and minor units), or its groups, are no longer what they were."""
        if (was, before) == (firm, after):
            return
        for day, amount in before:
            self._counters.retract(Claimed(day, _groups(was), amount))
        for day, amount in after:
            self._counters.apply(Claimed(day, _groups(firm), amount))
        self._dirty = True

    def recount(self, firms: Iterable[tuple[Attributes, Standing]]) -> None:
        """Amounts added up afresh; tiers and daily sums are kept as they were counted."""
        fresh = GroupCounters()
        for _, standing in firms:
            fresh.apply(Changed(0, None, standing))
        amounts = dict(fresh.all())
        groups = [(name, _with_amounts(totals, amounts.get(name))) for name, totals in self._counters.all()]
        self._counters, self._dirty = GroupCounters(groups), True

    def due(self, clock: int) -> list[Sent]:
        """The day that has ended by ``clock`` and is not sent; a long silence is one message, not one per day.

        To be asked before anything of the new day is counted, so that the sums are those of the day's end.
        """
        yesterday = _day(clock) - 1
        if yesterday <= self._sent:
            return []
        first, self._sent, self._dirty = self._sent < 0, yesterday, True
        self._counters.forget(yesterday - self._rules.event_days - 1)
        if first:
            return []
        part = Day(yesterday, self._partition, self._partitions, self._counters.all())
        name = f"macro|{yesterday}|{self._partition}"
        return [control(MACRO, name, clock, msgspec.to_builtins(part), to=HOME)]

    def take(self, record: Record) -> list[Reading]:
        """In the home partition: the sums of a partition; the readings of the day that all have reached with it."""
        return [] if self._areas is None else self._areas.take(msgspec.convert(record.payload, Day))

    def alerts(self) -> list[dict[str, Any]]:
        """In the home partition: the warnings that follow from what was taken in since the last call."""
        return [] if self._areas is None else self._areas.alerts()

    def states(self) -> dict[bytes, bytes]:
        """What must be written since the last call."""
        states = {} if self._areas is None else self._areas.states()
        if self._dirty:
            states[COUNTERS] = msgspec.json.encode(Sums(self._counters.all(), self._sent))
            self._dirty = False
        return states


def _groups(firm: Attributes | None) -> tuple[str, ...]:
    return () if firm is None else groups_of(firm)


def _day(at: int) -> int:
    return (at + OFFSET) // DAY


def _with_amounts(totals: Totals, amounts: Totals | None) -> Totals:
    one = Totals() if amounts is None else amounts
    return msgspec.structs.replace(
        totals,
        exposures=one.exposures,
        base=one.base,
        arrears=one.arrears,
        billed=one.billed,
        loss=one.loss,
        contagion=one.contagion,
    )
