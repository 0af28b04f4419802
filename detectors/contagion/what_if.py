"""Leaving the circle (解圈): what it would bring to release or replace guarantees. Nothing is alerted or
changed."""

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from detectors.contagion.graph import Graph, Link
from detectors.contagion.incremental import Vulnerability
from detectors.contagion.loss import balances, expected_loss
from detectors.contagion.parameters import Contagion
from detectors.contagion.rules import Subject, cells_of, judge, origins_of
from detectors.points.finding import YELLOW


class Outlook(msgspec.Struct, frozen=True):
    """A simulated change: expected loss in minor units, firms by p before and after, and who leaves or enters
    yellow or red by contagion.
    """

    loss_before: float
    loss_after: float
    p: Mapping[str, tuple[float, float]]
    relieved: tuple[str, ...]
    burdened: tuple[str, ...]

    @property
    def saved(self) -> float:
        """Expected loss avoided."""
        return self.loss_before - self.loss_after


class Value(msgspec.Struct, frozen=True):
    """What one guarantee costs the others: sum over the firms of the p it adds times what they answer for."""

    link: Link
    value: float


def simulate(
    graph: Graph,
    removed: Iterable[str],
    replaced: Iterable[Link],
    own_levels: Mapping[str, int],
    bases: Mapping[str, int],
    limit: Contagion,
) -> Outlook:
    """Take the links ``removed`` away and put ``replaced`` (by collateral, a guarantee company, a smaller sum) in
    place.

    ``own_levels`` leave out network points; ``bases`` are M in minor units of at least the firms in links. Works on
    a copy.

    Raises:
        ValueError: a link to be removed does not exist.
    """
    model = _model(graph, limit)
    before = dict(model.p)
    loss = expected_loss(model.graph, model.p)
    alerted = _alerted(model, own_levels, bases, limit)
    for ident in sorted(set(removed)):
        if model.graph.link(ident) is None:
            raise ValueError(f"link {ident} is not in the graph")
        model.drop(ident)
    for link in sorted(replaced, key=lambda one: one.id):
        model.put(link)
    model.finish()
    still = _alerted(model, own_levels, bases, limit)
    names = sorted({*before, *model.p})
    return Outlook(
        loss_before=loss,
        loss_after=expected_loss(model.graph, model.p),
        p={name: (before.get(name, graph.own(name)), model.p.get(name, graph.own(name))) for name in names},
        relieved=tuple(sorted(alerted - still)),
        burdened=tuple(sorted(still - alerted)),
    )


def _alerted(
    model: Vulnerability, own_levels: Mapping[str, int], bases: Mapping[str, int], limit: Contagion
) -> set[str]:
    graph = model.graph
    found = set()
    for name in graph:
        if graph.debtors(name):
            subject = Subject(name, bases[name], model.p[name], graph.own(name), own_levels.get(name, 0))
            cells = cells_of(graph, name, own_levels)
            verdict = judge(subject, origins_of(graph, name, own_levels, limit), limit, cells=cells)
            if verdict.level >= YELLOW:
                found.add(name)
    return found


def edge_values(graph: Graph, limit: Contagion, links: Iterable[str] | None = None) -> list[Value]:
    """The marginal value of each guarantee (or of ``links``), the most costly first.

    ``sum((p(v) - p_without(v)) * exposure(v))``, with what v answers for today. One incremental step away and one
    back per guarantee.
    """
    model = _model(graph, limit)
    return _values(model, balances(graph), [one.id for one in graph.links()] if links is None else links)


def _values(model: Vulnerability, exposure: Mapping[str, int], links: Iterable[str]) -> list[Value]:
    found = [
        Value(link, _value(model, exposure, link))
        for ident in links
        if (link := model.graph.link(ident)) is not None and link.guarantee
    ]
    return sorted(found, key=lambda one: (-one.value, one.link.id))


def _value(model: Vulnerability, exposure: Mapping[str, int], link: Link) -> float:
    model.drop(link.id)
    relieved = model.finish().changed
    model.put(link)
    model.finish()
    return math.fsum((before - after) * exposure[name] for name, (before, after) in relieved.items())


def _model(graph: Graph, limit: Contagion) -> Vulnerability:
    """A settled copy in which firms stay when their last link goes."""
    copy = graph.part()
    for name in copy:
        copy.tell(name, copy.own(name))
    model = Vulnerability(copy, limit)
    model.finish()
    return model


def best_exits(graph: Graph, k: int, limit: Contagion) -> Sequence[Value]:
    """Up to ``k`` guarantees to release, chosen greedily: each time the one of most value given those gone already.

    Looks at the ``limit.what_if_candidates`` of most value at the outset. Stops when none helps any more.
    """
    model = _model(graph, limit)
    exposure = balances(graph)
    first = _values(model, exposure, [one.id for one in graph.links()])
    left = [one.link.id for one in first[: limit.what_if_candidates]]
    chosen: list[Value] = []
    while left and len(chosen) < k:
        best = _values(model, exposure, left)[0]
        if best.value <= 0:
            break
        chosen.append(best)
        left.remove(best.link.id)
        model.drop(best.link.id)
        model.finish()
    return chosen
