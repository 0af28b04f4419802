"""What the failure of some firms would do to the others: DebtRank, and its linear form.

For "what if X fails" and for ranking, not for alerts. The weight of an arc is the impact of the debtor's distress
on the guarantor. Distress h runs from 0 (none) to 1 (failed).
"""

from collections.abc import Mapping

import msgspec

from detectors.contagion.graph import Graph
from detectors.contagion.order import groups
from detectors.contagion.parameters import Contagion


class Impact(msgspec.Struct, frozen=True):
    """Distress by firm, sorted, and the share of economic value lost beyond the shock itself."""

    distress: Mapping[str, float]
    loss: float


class Linear(msgspec.Struct, frozen=True):
    """Distress by firm, sorted; ``lambda_max`` as by :func:`spectral_radius`; ``rounds`` taken.

    ``stable`` False: the radius is 1 or more, so that the system amplifies any shock until the cap of 1 stops it.
    """

    distress: Mapping[str, float]
    lambda_max: float
    stable: bool
    rounds: int


def debtrank(graph: Graph, value: Mapping[str, float], shock: Mapping[str, float]) -> Impact:
    """DebtRank (Battiston et al., Scientific Reports 2, 2012): each firm passes its distress on once, then is
    inactive.

    ``value`` is the economic value of a firm in any unit (absent: 0); ``shock`` the distress it begins with. So a
    circle does not reverberate.

    Raises:
        ValueError: a shock outside 0 to 1 or on a firm that is not in the graph.
    """
    h = _shocked(graph, shock)
    start = dict(h)
    active = {node for node, distress in h.items() if distress > 0}
    spent: set[str] = set()
    while active:
        added = {
            node: sum(graph.debtors(node)[x].weight * h[x] for x in graph.debtors(node) if x in active)
            for node in sorted({v for x in active for v in graph.guarantors(x)})
        }
        spent |= active
        for node, more in added.items():
            h[node] = min(1.0, h[node] + more)
        active = {node for node in added if h[node] > 0} - spent
    total = sum(value.get(node, 0.0) for node in h)
    lost = sum((h[node] - start[node]) * value.get(node, 0.0) for node in h)
    return Impact(h, lost / total if total > 0 else 0.0)


def linear_debtrank(graph: Graph, shock: Mapping[str, float], limit: Contagion) -> Linear:
    """Linear DebtRank (Bardoscia et al., PLoS ONE 10, 2015): each further bit of distress is passed on, echo
    included.

    Stops when no firm gains more than ``limit.tolerance`` in a round, or after ``limit.max_rounds``.

    Raises:
        ValueError: as :func:`debtrank`.
    """
    h = _shocked(graph, shock)
    step = dict(h)
    rounds = 0
    while rounds < limit.max_rounds and max(step.values(), default=0.0) > limit.tolerance:
        rounds += 1
        after = {
            node: min(1.0, h[node] + sum(pair.weight * step[x] for x, pair in graph.debtors(node).items()))
            for node in h
        }
        step = {node: after[node] - h[node] for node in h}
        h = after
    radius = spectral_radius(graph, limit)
    return Linear(h, radius, radius < 1.0, rounds)


def spectral_radius(graph: Graph, limit: Contagion) -> float:
    """Largest eigenvalue of the matrix of weights; below 1 the linear model dies out, from 1 on it amplifies.

    Taken per circular group, since outside of circles nothing comes back. By power iteration on W + 1, with the
    bounds of Collatz and Wielandt: the answer is an upper bound, exact to ``limit.tolerance`` unless
    ``limit.max_rounds`` is reached first.
    """
    loaded = Graph()
    for link in graph.links():
        if link.weight > 0:  # what carries nothing closes no circle
            loaded.put(link)
    circular = [group for group in groups(loaded, frozenset(loaded)) if len(group) > 1]
    return max((_radius(loaded, group, limit) for group in circular), default=0.0)


def _radius(graph: Graph, group: tuple[str, ...], limit: Contagion) -> float:
    inside = frozenset(group)
    rows = {
        node: [(x, pair.weight) for x, pair in graph.debtors(node).items() if x in inside] for node in group
    }
    x = dict.fromkeys(group, 1.0)
    upper = float("inf")
    for _ in range(limit.max_rounds):
        y = {node: x[node] + sum(weight * x[debtor] for debtor, weight in rows[node]) for node in group}
        ratios = [y[node] / x[node] for node in group if x[node] > 0]  # 0 only where weights underflow
        upper = min(upper, max(ratios))
        if upper - min(ratios) <= limit.tolerance:
            break
        largest = max(y.values())
        x = {node: distress / largest for node, distress in y.items()}
    return max(0.0, upper - 1.0)


def _shocked(graph: Graph, shock: Mapping[str, float]) -> dict[str, float]:
    for node, distress in sorted(shock.items()):
        if node not in graph:
            raise ValueError(f"shock on {node}, which is not in the graph")
        if not 0 <= distress <= 1:
            raise ValueError(f"shock on {node}: distress is from 0 to 1, got {distress}")
    return {node: float(shock.get(node, 0.0)) for node in graph}
