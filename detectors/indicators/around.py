"""What only the whole circle knows: the guarantee circle of a firm, worked out from the ledgers of all its members."""

from collections.abc import Mapping

import msgspec

from detectors.catalogue.model import Catalogue
from detectors.contagion.batch import network_of
from detectors.contagion.circle import Circle, Member, circles, measure, pagerank
from detectors.fact import DAY
from detectors.ledger import Ledger
from detectors.points.view import View
from detectors.reference import NOTHING, Reference

DAYS = 90
"""How far back the change of a figure of the circle looks."""

_KEY = "around"


class Around(msgspec.Struct, frozen=True):
    """The circle of a firm on one day, its place by PageRank (1: the first) and its rank."""

    circle: Circle
    place: int
    rank: float


def tell_around(view: View, now: Around | None, before: Around | None) -> None:
    """Tell a view what surrounds its firm today and :data:`DAYS` ago; None where it stands in no circle."""
    view.memo[_KEY] = {0: now, DAYS: before}


def around(view: View, days: int) -> Around | None:
    """What the view was told of ``days`` ago.

    Raises:
        LookupError: nothing was.
    """
    told: Mapping[int, Around | None] | None = view.memo.get(_KEY)
    if told is None:
        raise LookupError(_KEY)
    return told[days]


def around_of(
    entity: str,
    ledgers: Mapping[str, Ledger],
    as_of: int,
    catalogue: Catalogue,
    reference: Reference = NOTHING,
) -> tuple[Around | None, Around | None]:
    """What surrounds an entity at ``as_of`` (epoch seconds) and :data:`DAYS` before. Pure."""
    return (
        _around(entity, ledgers, as_of, catalogue, reference),
        _around(entity, ledgers, as_of - DAYS * DAY, catalogue, reference),
    )


def _around(
    entity: str, ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference
) -> Around | None:
    network = network_of(ledgers, as_of, catalogue, reference)
    network.settle()
    graph = network.solved.graph
    members = next((members for members in circles(graph).values() if entity in members), ())
    if len(members) < 2:
        return None
    known = {
        name: Member(node.level, node.base)
        for name in members
        if (node := network.nodes.get(name)) is not None
    }
    circle = measure(graph, members, known, network.solved.p, catalogue.spreading)
    ranks = pagerank(graph.part(members, guarantees_only=True), catalogue.spreading)
    order = sorted(members, key=lambda name: (-ranks[name], name))
    return Around(circle, order.index(entity) + 1, ranks[entity])
