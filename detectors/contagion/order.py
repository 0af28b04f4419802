"""Ancestors and circular groups: in which order firms depend on each other."""

from collections.abc import Callable, Collection, Iterable, Iterator

from detectors.contagion.graph import Graph


def ancestors(graph: Graph, seeds: Iterable[str]) -> set[str]:
    """The seeds, their guarantors, the guarantors of those, and so on: all whom a change at a seed can reach."""
    found = set(seeds)
    waiting = list(found)
    while waiting:
        for guarantor in graph.guarantors(waiting.pop()):
            if guarantor not in found:
                found.add(guarantor)
                waiting.append(guarantor)
    return found


def groups(graph: Graph, region: Collection[str]) -> list[tuple[str, ...]]:
    """Strongly connected groups within a region, debtors before their guarantors, members sorted.

    Tarjan (1972), without recursion, as a guarantee chain may be longer than the stack.
    """
    inside = region if isinstance(region, (set, frozenset)) else frozenset(region)
    walk = _Walk(lambda node: (debtor for debtor in graph.debtors(node) if debtor in inside))
    for node in sorted(inside):
        walk.visit(node)
    return walk.found


class _Walk:
    """State of one search: order of discovery, lowest node reached, and the stack of open nodes."""

    def __init__(self, following: Callable[[str], Iterator[str]]) -> None:
        self.found: list[tuple[str, ...]] = []
        self._following = following
        self._index: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._open: list[str] = []
        self._is_open: set[str] = set()

    def visit(self, root: str) -> None:
        if root in self._index:
            return
        trail = [(root, self._enter(root))]
        while trail:
            node, following = trail[-1]
            step = next(following, None)
            if step is None:
                trail.pop()
                if trail:
                    above = trail[-1][0]
                    self._low[above] = min(self._low[above], self._low[node])
                self._close(node)
            elif step not in self._index:
                trail.append((step, self._enter(step)))
            elif step in self._is_open:
                self._low[node] = min(self._low[node], self._index[step])

    def _enter(self, node: str) -> Iterator[str]:
        self._index[node] = self._low[node] = len(self._index)
        self._open.append(node)
        self._is_open.add(node)
        return self._following(node)

    def _close(self, node: str) -> None:
        if self._low[node] != self._index[node]:
            return
        at = len(self._open) - 1
        while self._open[at] != node:
            at -= 1
        members = self._open[at:]
        del self._open[at:]
        self._is_open.difference_update(members)
        self.found.append(tuple(sorted(members)))


def components(graph: Graph) -> list[tuple[str, ...]]:
    """Weakly connected components with at least one link, members sorted, the one with the least member first."""
    seen: set[str] = set()
    found = []
    for node in graph:
        if node in seen or not (graph.debtors(node) or graph.guarantors(node)):
            continue
        members = {node}
        waiting = [node]
        while waiting:
            current = waiting.pop()
            fresh = {*graph.debtors(current), *graph.guarantors(current)} - members
            members |= fresh
            waiting.extend(fresh)
        seen |= members
        found.append(tuple(sorted(members)))
    return found
