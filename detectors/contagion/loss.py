"""What guarantors stand to lose: balances and the loss expected from contagion."""

import math
from collections.abc import Mapping

from detectors.contagion.graph import Graph


def balances(graph: Graph) -> dict[str, int]:
    """What each firm answers for in all, minor units, in the order of ids."""
    return {node: sum(pair.exposure for pair in graph.debtors(node).values()) for node in graph}


def expected_loss(graph: Graph, p: Mapping[str, float]) -> float:
    """Sum of (p - p_s) times exposure over all guarantees, minor units.

    Several guarantors of one debt without agreed shares each answer for all of it (民法典 699), but the creditor is
    paid once: together they lose no more than the debt.
    """
    parts: dict[str, list[float]] = {}
    whole: dict[str, int] = {}
    for link in graph.links():
        if link.exposure:
            debt = link.debt or link.id
            own = graph.own(link.guarantor)
            parts.setdefault(debt, []).append((p[link.guarantor] - own) * link.exposure)
            whole[debt] = max(whole.get(debt, 0), link.exposure)
    return math.fsum(min(float(whole[debt]), math.fsum(parts[debt])) for debt in sorted(parts))
