"""The network as a whole: firms and persons tell what they are and whom they are bound to; each hears what reaches it.

What somebody hears is a function of what all last said and of the day, whatever the order in which they said it. An
edge counts once both its ends have spoken.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from detectors.contagion.edges import Edge, Told, in_force, link_of
from detectors.contagion.graph import Graph
from detectors.contagion.impulse import KEPT
from detectors.contagion.incremental import Vulnerability
from detectors.contagion.node import LEADS, Node
from detectors.contagion.parameters import Contagion
from detectors.contagion.rules import Origin, Subject, Verdict, cells_of, judge, origins_of
from detectors.contagion.statements import Statements
from detectors.contagion.surroundings import Surroundings
from detectors.points.circles import NEWLY_DAYS
from detectors.points.finding import RED, YELLOW

Said = dict[str, Any]
"""What reaches an entity, as the points read it; empty if nothing does. Whoever tells it knows what the entity was told
before, and takes out what only concerns a colour that it has: :func:`detectors.contagion.impulse.heard`."""


class Network:
    """All nodes on one day. Tell it any number of nodes, then :meth:`settle` for those to whom something changed."""

    def __init__(
        self,
        limit: Contagion,
        fx: Mapping[str, float],
        nodes: Iterable[Node] = (),
        day: int = 0,
        colours: Callable[[str], Contagion] | None = None,
    ) -> None:
        """``fx`` gives units of the reckoning currency for one of another; ``colours`` the numbers that colour an
        entity, by default ``limit`` for all."""
        self.day = day
        self.nodes: dict[str, Node] = {}
        self._limit = limit
        self._colours = colours or (lambda _: limit)
        self._levels: dict[str, int] = {}
        self._stated = Statements(limit, fx)
        self._solved = Vulnerability(Graph(), limit)
        self._around = Surroundings()
        for node in nodes:
            self.tell(node)
        self._stated.turn(day)

    def tell(self, node: Node) -> bool:
        """Take in what an entity says of itself; False if it is what it said before."""
        before = self.nodes.get(node.entity)
        if before is not None and _same(before, node):
            return False
        self.nodes[node.entity] = node
        self._levels[node.entity] = node.level
        self._stated.touched.add(node.entity)
        if before is None or (before.guarantees, before.relations) != (node.guarantees, node.relations):
            self._stated.restate(node)
        if before is None or (before.base, before.no_discussion) != (node.base, node.no_discussion):
            self._stated.stale |= self._stated.ends(node.entity)
        if node.level >= YELLOW:
            self._stated.expect(node.entity, node.since + NEWLY_DAYS)
        return True

    def unknown(self, node: Node) -> list[str]:
        """Those whom a node names and who have not spoken yet; sorted."""
        return sorted(name for name in node.mentions() if name not in self.nodes)

    def advance(self, day: int) -> None:
        """A new day: guarantees and relations begin and end. An earlier day changes nothing."""
        if day > self.day:
            self.day = day
            self._stated.turn(day)

    @property
    def solved(self) -> Vulnerability:
        """Links and probabilities as of the last :meth:`settle`; to be read only."""
        return self._solved

    @property
    def unsettled(self) -> bool:
        """Whether anything was told, or began or ended, since the last :meth:`settle`."""
        return bool(self._stated.touched or self._stated.stale)

    def settle(self) -> dict[str, Said]:
        """What each entity to whom something may have changed hears now."""
        touched = self._stated.touched | self._relink()
        for name in sorted(touched & self.nodes.keys()):
            self._solved.tell(name, self.nodes[name].p_self)
        reached = self._reach(touched) | self._moved()
        reached |= self._around.renew(touched, self._solved.graph, self.nodes, self.day)
        self._stated.touched = set()
        return {name: self._said(self.nodes[name]) for name in sorted(reached) if name in self.nodes}

    def _relink(self) -> set[str]:
        """Bring the links up to date with what is stated of stale edges; returns their ends."""
        ends: set[str] = set()
        for ident in sorted(self._stated.stale):
            held = in_force(self._stated.edges(ident), self.day)
            link = self._solved.graph.link(ident)
            if link is not None:
                ends |= {link.guarantor, link.debtor}
            if held and held[0].guarantor in self.nodes and held[0].debtor in self.nodes:
                self._put(held[0])
                ends |= {held[0].guarantor, held[0].debtor}
            elif link is not None:
                self._solved.drop(ident)
        self._stated.stale = set()
        return ends

    def _put(self, edge: Edge) -> None:
        told = Told(no_discussion=frozenset({edge.debtor} if self.nodes[edge.debtor].no_discussion else ()))
        self._solved.put(link_of(edge, self.nodes[edge.guarantor].base, self._limit, told))

    def _moved(self) -> set[str]:
        """Bring the probabilities up to date; those for whom the increment is told otherwise now."""
        return {
            name
            for name, (before, after) in self._solved.finish().changed.items()
            if name in self.nodes and self._delta(name, before) != self._delta(name, after)
        }

    def _delta(self, name: str, p: float) -> float:
        return _percent(p - self.nodes[name].p_self)

    def _reach(self, touched: set[str]) -> set[str]:
        """Everybody who hears of these: two hops against the guarantees, and those with a lead in common."""
        graph, found = self._solved.graph, set(touched)
        for name in touched:
            found |= self._stated.fellows(name)
            for first in graph.guarantors(name):
                found.add(first)
                found.update(graph.guarantors(first))
            found.update(one for one in graph.debtors(name) if self._colours(one).literal_mode)
        return found

    def _said(self, node: Node) -> Said:
        name, graph, limit = node.entity, self._solved.graph, self._colours(node.entity)
        circle = self._around.of(name)
        around: Said = {
            "persons": list(self._persons(node)),
            "affiliates": list(self._affiliates(node)),
            "circle": circle.seen_by(name, graph, node.rate) if circle is not None else {},
        }
        delta = self._delta(name, self._solved.p[name])
        subject = Subject(name, node.base, node.p_self + delta, node.p_self, node.level)
        origins = origins_of(graph, name, self._levels, self._limit)
        cells = cells_of(graph, name, self._levels) if limit.literal_mode else []
        verdict = judge(subject, origins, limit, cells=cells)
        kept = judge(subject, origins, limit, cells=cells, held=RED)
        if not verdict.level and not kept.level and not any(around.values()):
            return {}
        return {
            **{key: value for key, value in around.items() if value},
            **self._coloured(verdict, node.rate),
            "threshold": _threshold(limit),
            "p": round(subject.p, 4),
            "p_self": round(subject.p_self, 4),
            "delta": delta,
            **({KEPT: self._coloured(kept, node.rate)} if kept.held else {}),
        }

    def _coloured(self, verdict: Verdict, rate: float) -> Said:
        origins = [_origin(one, rate) for one in verdict.origins[: self._limit.top]]
        return {"level": verdict.level, "reason": verdict.reason, "origins": origins}

    def _persons(self, node: Node) -> Iterator[Said]:
        """Those who lead a firm and are under enforcement, or red, by debts of their own."""
        for lead, kind in self._stated.leads(node.entity, self.day):
            level = self._levels.get(lead, 0)
            if lead != node.entity and (level >= RED or (lead in self.nodes and self.nodes[lead].enforced)):
                less = {"level": level} if level < RED else {}
                yield {"entity": lead, "relation": kind, "strong": True, **less}

    def _affiliates(self, node: Node) -> Iterator[Said]:
        """Red firms that the same persons or firms lead."""
        found = {
            (firm, kind)
            for lead, kind in self._stated.leads(node.entity, self.day)
            for firm in self._stated.firms(lead, kind, self.day)
            if firm != node.entity and self._levels.get(firm, 0) >= RED
        }
        for firm, kind in sorted(found):
            yield {"entity": firm, "relation": kind, "strong": LEADS[kind]}


def _same(one: Node, other: Node) -> bool:
    return one == msgspec.structs.replace(other, withdrawn=one.withdrawn)


def _percent(share: float) -> float:
    """Rounded down to whole percent, in which triggers are given: so a hair more or less is no news."""
    return math.floor(share * 100 + 1e-9) / 100


_THRESHOLD = (
    "blue from a probability of failure raised by {blue:g} points or a red firm, yellow from {yellow:g} points or "
    "{limit.exposure_yellow:.0%} of M guaranteed for a red firm, red from {red:g} points or {limit.exposure_red:.0%} "
    "of M"
)


def _threshold(limit: Contagion) -> str:
    """The triggers of a jurisdiction in words; a rise of a probability in points, not in shares of what it was."""
    rises = {"blue": limit.delta_blue, "yellow": limit.delta_yellow, "red": limit.delta_red}
    return _THRESHOLD.format(limit=limit, **{name: rise * 100 for name, rise in rises.items()})


def _origin(one: Origin, rate: float) -> Said:
    return {
        "entity": one.entity,
        "level": one.level,
        "hop": one.hop,
        "exposure": round(one.exposure / rate),
        "weight": round(one.weight, 4),
        "influence": round(one.influence, 4),
        "path": list(one.path),
    }
