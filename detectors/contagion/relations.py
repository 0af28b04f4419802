"""Edges from relations (F27): control, holdings, a shared controller or legal representative, a shared address."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from detectors.contagion.edges import Edge
from detectors.contagion.parameters import Contagion
from detectors.fact import RETRACT, Fact

_SHARED = {"actual_controller": "same_controller", "legal_rep": "same_legal_rep"}
_LED = ("actual_controller", "branch")
_OWNED = ("shareholder", "investment")
_MUTUAL = ("same_address", "same_phone")


def relation_edges(facts: Iterable[Fact], limit: Contagion) -> list[Edge]:
    """Edges stated by relation facts, in the order of ids; both ends of a relation may report it.

    A parent bears the distress of what it controls, and the reverse; a holding from ``limit.holding_from`` up to
    ``limit.control_above`` binds either way. Firms with one controller or legal representative bear each other's,
    pair by pair, unless they are more than ``limit.largest_group`` (agencies that register firms). Persons are no
    nodes: they only join the firms they stand behind.
    """
    stated = [fact for fact in facts if fact.rank != RETRACT]
    edges = [edge for fact in stated for edge in _direct(fact, limit)]
    for kind, way in _SHARED.items():
        edges.extend(_shared([fact for fact in stated if fact.data.get("type") == kind], way, limit))
    return sorted(
        edges, key=lambda edge: (edge.id, edge.start, edge.end is None, edge.end or 0, edge.confidence)
    )


def _direct(fact: Fact, limit: Contagion) -> Iterator[Edge]:
    data = fact.data
    kind, one, other = data.get("type"), data["from"], data["to"]
    if kind in _MUTUAL:
        yield from _both(fact, one, other, kind, kind)
    elif data.get("from_kind", "org") == "org":
        share = data.get("ratio") or 0.0 if kind in _OWNED else 0.0
        if kind in _LED or share > limit.control_above:
            yield from _both(fact, one, other, "subsidiary", "parent")
        elif share >= limit.holding_from:
            yield from _both(fact, one, other, "holding", "holding")


def _both(fact: Fact, one: str, other: str, borne_by_one: str, borne_by_other: str) -> Iterator[Edge]:
    for bearer, source, way in ((one, other, borne_by_one), (other, one, borne_by_other)):
        edge = _edge(bearer, source, way, *relation_days(fact), fact.weight, fact.ceiling)
        if edge is not None:
            yield edge


def _shared(facts: list[Fact], way: str, limit: Contagion) -> Iterator[Edge]:
    behind: dict[str, dict[str, list[Fact]]] = {}
    for fact in facts:
        behind.setdefault(fact.data["from"], {}).setdefault(fact.data["to"], []).append(fact)
    for name in sorted(behind):
        firms = behind[name]
        if len(firms) > limit.largest_group:
            continue
        for one, other in combinations(sorted(firms), 2):
            for first in firms[one]:
                for second in firms[other]:
                    yield from _joined(first, second, one, other, way)


def _joined(first: Fact, second: Fact, one: str, other: str, way: str) -> Iterator[Edge]:
    (start, end), (begun, ended) = relation_days(first), relation_days(second)
    until = min((day for day in (end, ended) if day is not None), default=None)
    ceiling = min(first.ceiling, second.ceiling)
    for bearer, source in ((one, other), (other, one)):
        confidence = first.weight * second.weight
        edge = _edge(bearer, source, way, max(start, begun), until, confidence, ceiling)
        if edge is not None:
            yield edge


def relation_days(fact: Fact) -> tuple[int, int | None]:
    """The relation's own dates before those of the record; a closure counts in any case."""
    data = fact.data
    start = data.get("valid_from", fact.start)
    ends = [end for end in (data.get("valid_to"), fact.end) if end is not None]
    return start, min(ends, default=None)


def _edge(
    bearer: str, source: str, way: str, start: int, end: int | None, confidence: float, ceiling: int
) -> Edge | None:
    if end is not None and end <= start:
        return None
    return Edge(
        id=f"{way}|{bearer}|{source}",
        guarantor=bearer,
        debtor=source,
        way=way,
        start=start,
        end=end,
        confidence=confidence,
        ceiling=ceiling,
    )
