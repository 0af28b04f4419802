"""Concentration of risk: how much hangs on a few."""

from collections.abc import Iterable, Mapping

from detectors.macro.counters import Totals
from detectors.macro.rules import DEFAULT, MacroRules


def top_share(losses: Iterable[int], rules: MacroRules = DEFAULT) -> float | None:
    """Share of the largest (``top``) expected losses, whole minor units, in all; None if there is none to lose.

    >>> top_share([10] * 20)
    0.5
    """
    ranked = sorted(losses, reverse=True)
    total = sum(ranked)
    return sum(ranked[: rules.top]) / total if total > 0 else None


def risky_circles(totals: Mapping[str, Totals], rules: MacroRules = DEFAULT) -> int:
    """Number of guarantee circles with at least ``circle_reds`` red members.

    >>> risky_circles({"circle:a": Totals((0, 0, 0, 2)), "circle:b": Totals((5, 0, 0, 1))})
    1
    """
    return sum(
        1
        for group, sums in totals.items()
        if group.startswith("circle:") and sums.tiers[3] >= rules.circle_reds
    )
