"""Keeping p up to date as records arrive, at the cost of the firms that a change can reach.

A rise is pushed from debtor to guarantors. After a fall (a lower p_s, a link gone or lighter) every ancestor begins
anew from its p_s while all others stay, since iterating down may stick above the least fixed point. Both end
exactly where :func:`~detectors.contagion.vulnerability.solve` does.
"""

from collections.abc import Mapping

import msgspec

from detectors.contagion.graph import Graph, Link
from detectors.contagion.order import ancestors
from detectors.contagion.parameters import Contagion
from detectors.contagion.vulnerability import raise_up


class Settled(msgspec.Struct, frozen=True):
    """What one step did: firms whose p changed with (before, after), sorted; ``relaxations`` done.

    ``truncated`` says that the bound was reached: the values are lower bounds, good enough to warn and not to
    clear; call ``settle`` again to go on. ``changed`` always counts from the last step that was not truncated.
    """

    changed: Mapping[str, tuple[float, float]]
    relaxations: int
    truncated: bool


class Vulnerability:
    """Owns a graph and the p of its firms. Tell it any number of changes, then ``settle`` once."""

    def __init__(self, graph: Graph, limit: Contagion) -> None:
        """Takes over ``graph``: from now on it is changed only through this object. ``p`` is empty until
        settled."""
        self.graph = graph
        self._limit = limit
        self._p: dict[str, float] = {}
        self._risen: set[str] = set()
        self._fallen: set[str] = set()
        self._touched = set(graph)
        self._before: dict[str, float] = {}

    @property
    def p(self) -> Mapping[str, float]:
        """p by firm as last settled."""
        return self._p

    def tell(self, node: str, own: float) -> None:
        """p_s of a firm is now ``own``."""
        before = self.graph.own(node)
        self.graph.tell(node, own)
        self._weigh(node, before, own)

    def put(self, link: Link) -> None:
        """Add or replace a link."""
        held = self.graph.link(link.id)
        if held is not None and (held.guarantor, held.debtor) != (link.guarantor, link.debtor):
            self.drop(link.id)
        before = self._weight(link)
        self.graph.put(link)
        self._touched.add(link.debtor)
        self._weigh(link.guarantor, before, self._weight(link))

    def drop(self, ident: str) -> None:
        """Take a link away: released, expired, retracted. Nothing happens if there is none of that id."""
        link = self.graph.link(ident)
        if link is not None:
            before = self._weight(link)
            self.graph.drop(ident)
            self._touched.add(link.debtor)
            self._weigh(link.guarantor, before, self._weight(link))

    def settle(self, bound: int | None = None) -> Settled:
        """Bring p up to date with at most ``bound`` recomputations (None: the configured number)."""
        return self._settle(self._limit.max_relaxations if bound is None else bound)

    def finish(self) -> Settled:
        """Bring p up to date, however long it takes: at the start, after a truncated step, in a simulation."""
        return self._settle(None)

    def _settle(self, bound: int | None) -> Settled:
        self._come_and_go()
        self._begin_anew()
        done = raise_up(
            self.graph,
            self._p,
            self._risen,
            self._limit.resolution_bits,
            bound,
            self._before,
        )
        changed = {
            node: (before, self._p.get(node, 0.0))
            for node, before in sorted(self._before.items())
            if before != self._p.get(node, 0.0)
        }
        truncated = bool(self._risen)
        if not truncated:
            self._before.clear()
        return Settled(changed, done, truncated)

    def _weight(self, link: Link) -> float:
        pair = self.graph.pair(link.guarantor, link.debtor)
        return 0.0 if pair is None else pair.weight

    def _weigh(self, node: str, before: float, after: float) -> None:
        self._touched.add(node)
        if after > before:
            self._risen.add(node)
        elif after < before:
            self._fallen.add(node)

    def _come_and_go(self) -> None:
        """Firms that entered the graph begin at p_s; those that left it are forgotten."""
        for node in self._touched:
            if node not in self.graph:
                self._before.setdefault(node, self._p.pop(node, 0.0))
                self._risen.discard(node)
                self._fallen.discard(node)
            elif node not in self._p:
                self._before.setdefault(node, 0.0)
                self._p[node] = self.graph.own(node)
                self._risen.add(node)
        self._touched.clear()

    def _begin_anew(self) -> None:
        for node in ancestors(self.graph, self._fallen):
            self._before.setdefault(node, self._p[node])
            self._p[node] = self.graph.own(node)
            self._risen.add(node)
        self._fallen.clear()
