"""Who states which edge, who leads whom, and on which days something of it begins or ends by itself."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from detectors.contagion.edges import Edge, guarantee_edge
from detectors.contagion.node import LEADS, Node
from detectors.contagion.parameters import Contagion
from detectors.contagion.relations import relation_days, relation_edges
from detectors.fact import Fact

Turn = tuple[int, bool, str]
"""A day, whether it concerns an edge (else an entity), and the id of that."""


class Statements:
    """What all nodes say of edges and leads. ``stale`` are ids of edges to be looked at again, ``touched`` entities
    about whom something else is stated now; whoever has dealt with them empties both."""

    def __init__(self, limit: Contagion, fx: Mapping[str, float]) -> None:
        """``fx`` gives units of the reckoning currency for one of another."""
        self.stale: set[str] = set()
        self.touched: set[str] = set()
        self._limit, self._fx = limit, fx
        self._stated: dict[str, dict[str, list[Edge]]] = defaultdict(dict)  # edge id, then who states it
        self._by: dict[str, set[str]] = {}  # edge ids by who states them
        self._ends: dict[str, set[str]] = defaultdict(set)  # edge ids by entity
        self._leading: dict[str, dict[str, list[Fact]]] = defaultdict(dict)  # lead, then who states it
        self._leads: dict[str, set[str]] = defaultdict(set)  # leads by firm
        self._says: dict[str, set[str]] = {}  # leads by who states something of them
        self._turns: list[Turn] = []

    def restate(self, node: Node) -> None:
        """Put what a node says in the place of what it said before."""
        edges = (guarantee_edge(fact, self._limit, self._fx) for fact in node.guarantees)
        self._state(node.entity, [edge for edge in edges if edge is not None])
        direct = [fact for fact in node.relations if fact.data["type"] not in LEADS]
        self._state(f"{node.entity}|relations", relation_edges(direct, self._limit))
        leading: dict[str, list[Fact]] = defaultdict(list)
        for fact in node.relations:
            if fact.data["type"] in LEADS:
                leading[str(fact.data["from"])].append(fact)
        for lead in sorted(leading.keys() | self._says.get(node.entity, set())):
            self._lead(lead, node.entity, leading.get(lead, []))
        self._says[node.entity] = set(leading)

    def _lead(self, lead: str, who: str, facts: list[Fact]) -> None:
        """Replace what ``who`` says of those a person or firm leads."""
        before = {str(fact.data["to"]) for fact in self._facts(lead)}
        self._leading[lead].pop(who, None)
        if facts:
            self._leading[lead][who] = facts
        stated = list(self._facts(lead))
        after = {str(fact.data["to"]) for fact in stated}
        for firm in before - after:
            self._leads[firm].discard(lead)
        for firm in after:
            self._leads[firm].add(lead)
        self.touched |= before | after
        self._state(f"lead|{lead}", relation_edges(stated, self._limit))
        for fact in facts:
            self._expect(False, str(fact.data["to"]), relation_days(fact))

    def _facts(self, lead: str) -> Iterator[Fact]:
        return (fact for _, facts in sorted(self._leading[lead].items()) for fact in facts)

    def _state(self, who: str, edges: Iterable[Edge]) -> None:
        for ident in self._by.pop(who, set()):
            self._stated[ident].pop(who, None)
            self.stale.add(ident)
        said = self._by.setdefault(who, set())
        for edge in edges:
            self._stated[edge.id].setdefault(who, []).append(edge)
            said.add(edge.id)
            self.stale.add(edge.id)
            for end in (edge.guarantor, edge.debtor):
                self._ends[end].add(edge.id)
            self._expect(True, edge.id, (edge.start, edge.end))

    def _expect(self, of_edge: bool, ident: str, days: tuple[int, int | None]) -> None:
        for day in days:
            if day is not None:
                heapq.heappush(self._turns, (day, of_edge, ident))

    def expect(self, entity: str, day: int) -> None:
        """An entity wants to be looked at again on a day."""
        self._expect(False, entity, (day, None))

    def turn(self, day: int) -> None:
        """A day has come: what begins or ends by then is to be looked at again."""
        while self._turns and self._turns[0][0] <= day:
            _, of_edge, ident = heapq.heappop(self._turns)
            (self.stale if of_edge else self.touched).add(ident)

    def edges(self, ident: str) -> list[Edge]:
        """All statements about an edge."""
        return [edge for edges in self._stated.get(ident, {}).values() for edge in edges]

    def ends(self, entity: str) -> set[str]:
        """Ids of the edges that may begin or end at an entity."""
        return self._ends.get(entity, set())

    def leads(self, firm: str, day: int) -> list[tuple[str, str]]:
        """Who leads a firm on a day, and in which relation; sorted."""
        found = {
            (lead, str(fact.data["type"]))
            for lead in self._leads.get(firm, ())
            for fact in self._facts(lead)
            if fact.data["to"] == firm and _holds(fact, day)
        }
        return sorted(found)

    def firms(self, lead: str, kind: str, day: int) -> list[str]:
        """The firms somebody leads in one relation on a day; sorted."""
        if lead not in self._leading:
            return []
        found = {str(f.data["to"]) for f in self._facts(lead) if f.data["type"] == kind and _holds(f, day)}
        return sorted(found)

    def fellows(self, entity: str) -> set[str]:
        """Everybody who has a lead in common with an entity, or is led by it, on any day."""
        leads = {entity, *self._leads.get(entity, ())} & self._leading.keys()
        return {str(fact.data["to"]) for lead in leads for fact in self._facts(lead)}


def _holds(fact: Fact, day: int) -> bool:
    start, end = relation_days(fact)
    return start <= day and (end is None or day < end)
