"""The entities of a partition in memory: those looked at lately are kept decoded, with what was judged of them."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue, Profile
from detectors.fact import DAY
from detectors.judge import FAR, Judgement
from detectors.ledger import Ledger
from streams.engine import state as codec
from streams.engine.effects import Values
from streams.engine.state import EntityState

CACHED = 50_000
"""Entities kept decoded in memory per partition."""

NEVER = FAR * DAY
"""A timer that never fires."""


class Case:
    """One entity in memory: its state, the last judgement, and when it wants to be looked at again."""

    __slots__ = ("due", "entity", "judgement", "profile", "scores", "state")

    def __init__(self, entity: str, state: EntityState, due: int, catalogue: Catalogue) -> None:
        """Take up an entity as it was last written."""
        self.entity = entity
        self.state = state
        self.due = due
        self.profile: Profile = catalogue.profile(jurisdiction_of(entity))
        self.judgement: Judgement | None = None
        self.scores: tuple[int, dict[str, Any]] | None = None

    def revised(self, catalogue: Catalogue) -> None:
        """Another catalogue is in force: what was judged by the one before is forgotten."""
        self.profile = catalogue.profile(jurisdiction_of(self.entity))
        self.judgement = self.scores = None


class Cases:
    """Every entity of a partition, decoded when asked for."""

    def __init__(self, values: Values, catalogue: Catalogue) -> None:
        """``values`` hold what was written of the entities that are not in memory."""
        self._values, self._catalogue = values, catalogue
        self._held: OrderedDict[str, Case] = OrderedDict()

    def of(self, entity: str) -> Case:
        """The entity, from now on in memory; a new one if nothing is known of it."""
        case = self._held.get(entity)
        if case is not None:
            self._held.move_to_end(entity)
            return case
        case = self._held[entity] = self._read(entity)
        return case

    def peek(self, entity: str) -> Case:
        """The same, but one of which nothing is known is not kept."""
        known = entity in self._held or self._values.get(entity.encode()) is not None
        return self.of(entity) if known else self._read(entity)

    def _read(self, entity: str) -> Case:
        value = self._values.get(entity.encode())
        if value is None:
            return Case(entity, EntityState(), NEVER, self._catalogue)
        return Case(entity, codec.decode(value), codec.due_of(value), self._catalogue)

    def ledgers(self) -> Iterator[tuple[str, Ledger]]:
        """Every ledger as it is now, in no particular order."""
        for key, value in self._values.items():
            if key[:1] != b"\x00" and (entity := key.decode()) not in self._held:
                yield entity, codec.decode(value).ledger
        yield from ((entity, case.state.ledger) for entity, case in self._held.items())

    def revised(self, catalogue: Catalogue) -> set[str]:
        """Another catalogue is in force; the ids of all entities."""
        self._catalogue = catalogue
        for case in self._held.values():
            case.revised(catalogue)
        return {*self._held, *(key.decode() for key, _ in self._values.items() if key[:1] != b"\x00")}

    def shrink(self, most: int = CACHED) -> list[str]:
        """Keep at most so many: the ids of those not seen for longest, now forgotten. Only when all is written."""
        return [self._held.popitem(last=False)[0] for _ in range(len(self._held) - most)]
