"""The circle around each firm, as the points about circles need it: size, density, red members, cycles.

Figures are told on a coarse grid, rounded down: thresholds are multiples of its steps, so that no colour depends on
it, and a member more in a large circle is no news to everybody in it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from detectors.contagion.graph import Graph
from detectors.contagion.node import Node
from detectors.contagion.order import groups
from detectors.points.circles import LARGE, LONGEST, NEWLY_DAYS, STEPS, two_digits
from detectors.points.finding import RED, YELLOW


class Circle(msgspec.Struct, frozen=True):
    """Firms bound by guarantees. ``newly`` are members newly yellow or red; ``arcs`` are those on which cycles can lie,
    with the amounts answered for."""

    members: tuple[str, ...]
    density: float
    red_share: float
    newly: frozenset[str]
    arcs: Mapping[str, tuple[tuple[str, int], ...]]

    @property
    def id(self) -> str:
        """The least member."""
        return self.members[0]

    def shows(self) -> dict[str, Any]:
        """What is told alike to all members."""
        return {
            "id": self.id,
            "firms": two_digits(len(self.members)),
            "density": self.density,
            "red_share": self.red_share,
            "newly_yellow": min(len(self.newly), LARGE),
        }

    def seen_by(self, name: str, graph: Graph, rate: float) -> dict[str, Any]:
        """The circle as one of its members is told it, amounts at ``rate`` of its currency; empty if nothing in it
        concerns anybody yet."""
        cycle, amount = self._cycle(name)
        heavy, carried = self._heaviest(name) if cycle else (0, 0)
        others = self.newly - {name}
        if not (others or cycle or self.red_share or len(self.members) >= LARGE):
            return {}
        return {
            **self.shows(),
            "affected_guarantees": min(self._affected(name, graph), LARGE),
            "cycle": cycle,
            "cycle_amount": round(amount / rate),
            **({"heavy_cycle": heavy, "heavy_amount": round(carried / rate)} if carried > amount else {}),
        }

    def _affected(self, name: str, graph: Graph) -> int:
        """How many firms newly yellow or red a member answers for."""
        return sum(bool(_guarantees(graph, name, one)) for one in self.newly & graph.debtors(name).keys())

    def _cycle(self, name: str) -> tuple[int, int]:
        """Length and amount, over all its guarantees, of the shortest cycle through a firm; (0, 0) without one.

        Of several the first by ids.
        """
        layer: list[tuple[str, int]] = [(name, 0)]
        seen = set[str]()
        for length in range(1, LONGEST + 1):
            onward = []
            for firm, amount in layer:
                for debtor, exposure in self.arcs.get(firm, ()):
                    if debtor == name:
                        return length, amount + exposure
                    if debtor not in seen:
                        seen.add(debtor)
                        onward.append((debtor, amount + exposure))
            layer = onward
        return 0, 0

    def _heaviest(self, name: str) -> tuple[int, int]:
        """Length and amount of the heaviest cycle through a firm, going on from the heaviest way to each other firm."""
        best = 0, 0
        ways: dict[str, tuple[int, tuple[str, ...]]] = {name: (0, (name,))}
        for length in range(1, LONGEST + 1):
            onward: dict[str, tuple[int, tuple[str, ...]]] = {}
            for firm, (amount, path) in ways.items():
                for debtor, exposure in self.arcs.get(firm, ()):
                    carried = amount + exposure
                    if debtor == name:
                        best = max(best, (length, carried), key=lambda one: one[1])
                    elif debtor not in path and carried > onward.get(debtor, (-1,))[0]:
                        onward[debtor] = carried, (*path, debtor)
            ways = onward
        return best


class Surroundings:
    """The circles as they were last drawn."""

    def __init__(self) -> None:
        self._home: dict[str, str] = {}
        self._circles: dict[str, Circle] = {}

    def of(self, name: str) -> Circle | None:
        """The circle a firm lies in."""
        home = self._home.get(name)
        return None if home is None else self._circles[home]

    def renew(self, names: Iterable[str], graph: Graph, nodes: Mapping[str, Node], day: int) -> set[str]:
        """Draw the circles around these firms anew; both ends of whatever has changed must be among them.

        Returns everybody whose circle is another now.
        """
        drawn, changed, left = set[str](), set[str](), set[str]()
        for name in sorted(names):
            if name not in drawn:
                members = _component(graph, name)
                drawn |= members
                left |= {self._home[member] for member in members if member in self._home}
                changed |= self._draw(tuple(sorted(members)), graph, nodes, day)
        for ident in left:
            if self._home.get(ident) != ident:
                del self._circles[ident]
        return changed

    def _draw(self, members: tuple[str, ...], graph: Graph, nodes: Mapping[str, Node], day: int) -> set[str]:
        if len(members) < 2:
            return {name for name in members if self._home.pop(name, None) is not None}
        circle = _circle(members, graph, nodes, day)
        changed = {name for name in members if self._home.get(name) != circle.id}
        held = self._circles.get(circle.id)
        if held is None or (held.shows(), held.arcs) != (circle.shows(), circle.arcs):
            changed.update(members)  # all else concerns only those who have changed and who stand for them
        self._circles[circle.id] = circle
        self._home.update(dict.fromkeys(members, circle.id))
        return changed


def _component(graph: Graph, name: str) -> set[str]:
    """A firm and all it is bound to by guarantees, in either direction."""
    found, waiting = {name}, [name]
    while waiting:
        current = waiting.pop()
        below = [other for other in graph.debtors(current) if _guarantees(graph, current, other)]
        above = [other for other in graph.guarantors(current) if _guarantees(graph, other, current)]
        fresh = {*below, *above} - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _guarantees(graph: Graph, guarantor: str, debtor: str) -> int:
    """The amount one firm answers for to another, above 0 for every guarantee."""
    links = graph.debtors(guarantor)[debtor].links
    return sum(max(link.exposure, 1) for link in links if link.guarantee)


def _circle(members: tuple[str, ...], graph: Graph, nodes: Mapping[str, Node], day: int) -> Circle:
    arcs = {
        name: {other: amount for other in graph.debtors(name) if (amount := _guarantees(graph, name, other))}
        for name in members
    }
    known = [nodes[name] for name in members if name in nodes]
    part = graph.part(members, guarantees_only=True)
    rings = [group for group in groups(part, frozenset(members)) if len(group) > 1]
    inside = {name: frozenset(ring) for ring in rings for name in ring}
    return Circle(
        members=members,
        density=_share(sum(map(len, arcs.values())), len(members) * (len(members) - 1)),
        red_share=_share(sum(node.level >= RED for node in known), len(members)),
        newly=frozenset(node.entity for node in known if is_newly(node, day)),
        arcs={
            name: tuple((other, arcs[name][other]) for other in sorted(arcs[name]) if other in ring)
            for name, ring in sorted(inside.items())
        },
    )


def is_newly(node: Node, day: int) -> bool:
    """Whether a firm has been yellow or worse for less than a month."""
    return node.level >= YELLOW and day < node.since + NEWLY_DAYS


def _share(part: int, whole: int) -> float:
    return part * STEPS // whole / STEPS
