"""How a firm's distress reaches others within a few hops: the one path that explains it, or the sum of all.

Nothing returns to where it has been, so that mutual guarantees do not feed themselves. Influence is the severity at
the origin times the weights along the path, times ``decay`` for each hop after the first.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

import msgspec

from detectors.contagion.graph import Graph, Pair
from detectors.contagion.parameters import Contagion

Path = tuple[str, ...]
Steps = Callable[[str], Iterable[tuple[str, Pair]]]


class Influence(msgspec.Struct, frozen=True):
    """What reaches ``path[-1]`` from ``path[0]``: product of the weights, and influence with severity and decay."""

    path: Path
    weight: float
    influence: float

    @property
    def hops(self) -> int:
        """Number of arcs."""
        return len(self.path) - 1


def strongest_paths(
    graph: Graph, origin: str, severity: float, limit: Contagion, *, weak: bool = True
) -> dict[str, Influence]:
    """The strongest path (max-product) from an origin to each firm within ``limit.hops``, by firm, sorted.

    Influences below ``limit.epsilon`` are not followed. Of equal paths the shorter stands, then the one with lesser
    ids. ``weak`` False leaves out arcs that never raise an alert alone.
    """

    def steps(node: str) -> Iterable[tuple[str, Pair]]:
        return [(v, graph.debtors(v)[node]) for v in graph.guarantors(node)]

    return {
        path[-1]: _measured(graph, path, severity, limit)
        for path in _search(steps, origin, severity, limit, weak=weak)
    }


def paths_into(graph: Graph, entity: str, limit: Contagion, *, hops: int) -> dict[str, Path]:
    """The strongest path of strong arcs to a firm from each firm within ``hops`` arcs, by origin; not cut off."""
    open_limit = msgspec.structs.replace(limit, hops=hops, epsilon=0.0)
    found = _search(lambda node: graph.debtors(node).items(), entity, 1.0, open_limit, weak=False)
    return {path[-1]: path[::-1] for path in found}


def path_weight(graph: Graph, path: Path) -> float:
    """Product of the weights along a path from origin to guarantor, in that order."""
    weight = 1.0
    for debtor, guarantor in pairwise(path):
        weight *= graph.debtors(guarantor)[debtor].weight
    return weight


def path_ceiling(graph: Graph, path: Path) -> int:
    """Highest colour that the evidence of every arc on a path allows."""
    return min(graph.debtors(v)[x].ceiling for x, v in pairwise(path))


def _measured(graph: Graph, path: Path, severity: float, limit: Contagion) -> Influence:
    weight = path_weight(graph, path)
    return Influence(path, weight, severity * weight * limit.decay ** (len(path) - 2))


def _search(steps: Steps, start: str, severity: float, limit: Contagion, *, weak: bool) -> list[Path]:
    """One path per firm reached, sorted by firm.

    Keeping one path per firm and hop is enough: a path that would come back to a firm is no stronger than its own
    beginning, since no weight exceeds 1.
    """
    best: dict[str, tuple[float, Path]] = {}
    layer: dict[str, tuple[float, Path]] = {start: (severity, (start,))}
    for hop in range(limit.hops):
        fade = limit.decay if hop else 1.0
        reached: dict[str, tuple[float, Path]] = {}
        for node in sorted(layer):
            strength, path = layer[node]
            for name, pair in steps(node):
                passed = strength * pair.weight * fade
                if name in path or passed <= 0 or passed < limit.epsilon or (pair.weak and not weak):
                    continue
                candidate: tuple[float, Path] = (passed, (*path, name))
                if name not in reached or _better(candidate, reached[name]):
                    reached[name] = candidate
        for name, candidate in reached.items():
            if name not in best or candidate[0] > best[name][0]:
                best[name] = candidate
        layer = reached
    return [best[name][1] for name in sorted(best)]


def _better(candidate: tuple[float, Path], held: tuple[float, Path]) -> bool:
    return (-candidate[0], candidate[1]) < (-held[0], held[1])


def sum_of_paths(graph: Graph, origin: str, severity: float, limit: Contagion) -> dict[str, float]:
    """Influence summed over all paths without return within ``limit.hops`` (sum-push), by firm, sorted.

    Counts parallel routes, so it may exceed 1. Paths weaker than ``limit.epsilon`` are not followed.
    """
    parts: dict[str, list[float]] = {}
    trail: list[tuple[str, float, Path]] = [(origin, severity, (origin,))]
    while trail:
        node, strength, path = trail.pop()
        fade = limit.decay if len(path) > 1 else 1.0
        for name in graph.guarantors(node):
            passed = strength * graph.debtors(name)[node].weight * fade
            if name in path or passed <= 0 or passed < limit.epsilon:
                continue
            parts.setdefault(name, []).append(passed)
            if len(path) < limit.hops:
                trail.append((name, passed, (*path, name)))
    return {name: math.fsum(parts[name]) for name in sorted(parts)}


def influences(graph: Graph, severities: Mapping[str, float], limit: Contagion) -> dict[str, list[Influence]]:
    """For several origins at once: per firm reached, what reaches it from each, strongest first."""
    found: dict[str, list[Influence]] = {}
    for origin in sorted(severities):
        for entity, influence in strongest_paths(graph, origin, severities[origin], limit).items():
            found.setdefault(entity, []).append(influence)
    return {
        entity: sorted(found[entity], key=lambda one: (-one.influence, one.path)) for entity in sorted(found)
    }
