"""What one partition knows of what all share: how far sources have come, what is usual in a cohort, how groups fare."""

import functools
import zlib
from collections.abc import Iterable, Mapping

import msgspec

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue, Profile
from detectors.cohorts.firm import COMPARED, firm_of, is_compared, member_of
from detectors.cohorts.key import Attributes
from detectors.fact import MANUAL, day_of
from detectors.forces.measures import measured
from detectors.judge import Judgement
from detectors.ledger import Ledger
from detectors.macro.board import disclosed
from detectors.macro.counters import Standing
from detectors.macro.group import groups_of
from detectors.macro.in_force import USUAL, Terms
from detectors.macro.index import encode
from detectors.macro.standing import CLAIMS, claims, standing
from detectors.materiality import base_of, view_of
from detectors.objections import OBJECTION
from detectors.points.comparison import contributions
from detectors.points.finding import awaits_norm
from detectors.points.view import Base
from detectors.record import Record
from detectors.reference import Reference
from streams.engine.effects import Values
from streams.engine.exchange import HOME, MACRO, NORMS, WATERMARK, Sent, Watermarks
from streams.engine.macro import MacroBooks
from streams.engine.norms import STATE, Norming
from streams.engine.state import EntityState, PartitionState

WANTING = b"\x00wanting|"
"""Keys of the lists of entities that wait for a norm."""

_LISTS = 64
"""So many, by a sum of the id: where very many wait none outgrows a message, and one firm more rewrites little."""

_GROUPED_BY = ("F29", MANUAL)
"""Feeds that say which groups a firm belongs to."""

_CLAIMED_IN = (*_GROUPED_BY, *CLAIMS, OBJECTION)
"""Feeds that say what is claimed from a firm, and in which groups it counts."""


class Commons:
    """Shared knowledge of one partition; everything in it came through the partition's own log."""

    def __init__(
        self,
        partition: int,
        partitions: int,
        values: Values,
        held: PartitionState,
        terms: Terms = USUAL,
    ) -> None:
        """``partitions`` is how many ``records`` has, ``terms`` are those of the macro risk index in force."""
        self.watermarks = Watermarks(held.watermarks)
        kept = [value for key, value in values.items() if key.startswith(STATE)]
        self.norming = Norming(partition, partitions, kept, held.settled)
        self._wanting: list[set[str]] = [set() for _ in range(_LISTS)]
        for value in [value for key, value in values.items() if key.startswith(WANTING)]:
            for entity in msgspec.json.decode(value, type=list[str]):
                self._wanting[_list_of(entity)].add(entity)
        self._changed: set[int] = set()
        self._references: dict[int, Reference] = {}
        self._states: dict[bytes, bytes] = {}
        self.macro = MacroBooks(partition, partitions, values, terms)
        self._home = partition == HOME
        self._published: list[tuple[str, bytes, bytes]] = []

    def states(self) -> dict[bytes, bytes]:
        """What must be written of it since the last call."""
        states, self._states = self._states, {}
        for number in self._changed:
            states[WANTING + b"%d" % number] = msgspec.json.encode(sorted(self._wanting[number]))
        self._changed.clear()
        return states | self.macro.states()

    def published(self) -> list[tuple[str, bytes, bytes]]:
        """What is to be made known to all since the last call: (``macro`` or ``cohorts``, key, value)."""
        published, self._published = self._published, []
        return published

    def take(self, record: Record) -> Iterable[str]:
        """Take in a control record; who must be looked at again because of it, in a fixed order."""
        if record.feed == WATERMARK:
            self.further(record, ())
        elif record.feed == NORMS:
            key, value, complete = self.norming.take(record)
            self._states[key] = value
            if complete:
                self._references.clear()
                if self._home:
                    self._published += [("cohorts", *row) for row in self.norming.rows()]
                return sorted(set().union(*self._wanting))
        elif record.feed == MACRO:
            for reading in self.macro.take(record):
                told = disclosed(reading, "bank", self.macro.rules_on(reading.day))
                self._published.append(("macro", reading.group.encode(), encode(told)))
        return ()

    def further(self, record: Record, zones: Iterable[int]) -> int | None:
        """Take in how far a source has come; the day up to which it has told all where that day is latest, None if it
        has told of no further day in any of the ``zones`` (seconds east of Greenwich)."""
        name = str(record.payload["source"])
        before = self.watermarks.told.get(name, -1)
        if not self.watermarks.take(record):
            return None
        self._references.clear()
        until = self.watermarks.told[name]
        days = [day_of(until, zone) for zone in zones if day_of(until, zone) > day_of(before, zone)]
        return max(days, default=None)

    def moved(self, entity: str, before: EntityState, after: EntityState, catalogue: Catalogue) -> None:
        """Count a firm anew in its groups if its groups, its told tier or what is claimed from it have changed."""
        same = _same(before, after, _GROUPED_BY)
        if before.standing.tier == after.standing.tier and same and _same(before, after, _CLAIMED_IN):
            return
        firm = member_of(entity, after.ledger.stating("F29"))
        was = firm if same else member_of(entity, before.ledger.stating("F29"))
        at = after.standing.evaluated
        if before.standing.tier != after.standing.tier or firm != was:
            self.macro.moved(at, firm, was, before.standing.tier, after.standing.tier)
        if firm != was or not _same(before, after, _CLAIMED_IN):
            profile = catalogue.profile(jurisdiction_of(entity))
            old, new = (_claims(state.ledger, at, profile, catalogue) for state in (before, after))
            self.macro.claimed(was, old, firm, new)

    def reference(self, utc_offset: int) -> Reference:
        """For entities in a zone (seconds east of Greenwich)."""
        held = self._references.get(utc_offset)
        if held is None:
            days = {name: day_of(until, utc_offset) for name, until in self.watermarks.told.items()}
            held = self._references[utc_offset] = Reference(days, self.norming.norms)
        return held

    def judged(self, entity: str, judgement: Judgement | None, catalogue: Catalogue) -> None:
        """Note whether an entity waits for a norm."""
        verdicts = judgement.verdicts if judgement is not None else {}
        waits = any(
            awaits_norm(verdict.finding)
            for name in catalogue.comparing
            if (verdict := verdicts.get(name)) is not None
        )
        number = _list_of(entity)
        wanting = self._wanting[number]
        if waits != (entity in wanting):
            (wanting.add if waits else wanting.discard)(entity)
            self._changed.add(number)

    def round(
        self, at: int, clock: int, entities: Iterable[tuple[str, Ledger]], catalogue: Catalogue
    ) -> list[Sent]:
        """The monthly round that is due at ``at``: norms, and after a quarter the amounts of the groups."""
        firms: list[tuple[Attributes, Standing]] = []
        quarterly = self.norming.next_month()[5:] in _QUARTERS

        def contribute(
            entity: str, ledger: Ledger, day: int, period: str
        ) -> tuple[Attributes | None, Mapping[str, float]]:
            if not quarterly and ledger.facts.keys().isdisjoint(COMPARED):
                return None, {}
            firm = firm_of(entity, ledger.stating("F29"))
            if firm is None:
                return None, {}
            profile = catalogue.profile(firm.region)
            base = base_of(ledger, day, catalogue.materiality, profile)
            view = view_of(ledger, day, base, profile)
            if not quarterly:
                return firm, contributions(view, period) if is_compared(view) else {}
            member = member_of(entity, ledger.stating("F29")) or firm
            firms.append((member, standing(view, _groups(member), 0)))
            if not is_compared(view):
                return firm, {}
            return firm, {**measured(view), **contributions(view, period)}

        sent = self.norming.round(at, clock, entities, contribute)
        if quarterly:
            self.macro.recount(firms)
        return sent


def _same(before: EntityState, after: EntityState, feeds: Iterable[str]) -> bool:
    return all(before.ledger.of(feed) is after.ledger.of(feed) for feed in feeds)


def _claims(ledger: Ledger, at: int, profile: Profile, catalogue: Catalogue) -> list[tuple[int, int]]:
    """What counts at an instant as newly claimed from a firm."""
    view = view_of(ledger, day_of(at, profile.utc_offset), Base(0, "none"), profile)
    return list(claims(view, catalogue.macro_index.event_days))


def _list_of(entity: str) -> int:
    return zlib.crc32(entity.encode()) % _LISTS


_groups = functools.lru_cache(maxsize=65_536)(groups_of)
_QUARTERS = ("03", "06", "09", "12")
"""Months after which forces and amounts of groups are added up: they move slowly, and cost more than a month's
records."""
