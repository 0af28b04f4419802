"""Figures of a guarantee circle: one weakly connected component of guarantees."""

import math
from collections.abc import Iterable, Mapping

import msgspec

from detectors.contagion.debtrank import debtrank, spectral_radius
from detectors.contagion.graph import Graph
from detectors.contagion.loss import balances, expected_loss
from detectors.contagion.order import components, groups
from detectors.contagion.parameters import Contagion
from detectors.points.finding import RED, YELLOW


class Member(msgspec.Struct, frozen=True):
    """What is known of a firm: its level, its base M and its net assets (None: unknown), minor units."""

    level: int = 0
    base: int = 0
    net_assets: int | None = None


UNKNOWN = Member()


class Hub(msgspec.Struct, frozen=True):
    """A firm on which much hangs: ``given`` and ``received`` guarantees, minor units, and its PageRank."""

    entity: str
    given: int
    received: int
    rank: float


class Circle(msgspec.Struct, frozen=True):
    """Figures of one circle.

    ``id`` is the least member; ``contracts`` guarantees, ``pairs`` of guarantor and debtor; ``density`` pairs over
    possible pairs; ``reciprocity`` share of pairs whose reverse exists; ``circular`` groups in which everybody
    stands, directly or not, for everybody; ``longest_chain`` guarantees in a row, such a group counted as one firm.
    ``hubs`` by PageRank from guarantor to debtor. ``over_guaranteed`` firms with too many clients or a balance
    above their net assets (人民银行, limits on guarantees of an enterprise). ``leverage`` balance over net assets
    where these are known and positive, None if nowhere. Shares of members that are yellow, red. ``lambda_max`` as
    in linear DebtRank. ``expected_loss`` minor units. ``systemic`` firms and the share of value their failure would
    cost, largest first.
    """

    id: str
    members: tuple[str, ...]
    contracts: int
    pairs: int
    density: float
    reciprocity: float
    circular: tuple[tuple[str, ...], ...]
    longest_chain: int
    hubs: tuple[Hub, ...]
    over_guaranteed: tuple[str, ...]
    balance: int
    leverage: float | None
    share_yellow: float
    share_red: float
    lambda_max: float
    expected_loss: float
    systemic: tuple[tuple[str, float], ...]


def circles(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Members of each circle by its id, in the order of ids. Relations bind no circle, guarantees do."""
    return {members[0]: members for members in components(graph.part(guarantees_only=True))}


def measure(
    graph: Graph,
    members: Iterable[str],
    known: Mapping[str, Member],
    p: Mapping[str, float],
    limit: Contagion,
) -> Circle:
    """The figures of the circle with these ``members`` (as :func:`circles` gives them).

    ``p`` is the probability with contagion of at least the members.

    Raises:
        ValueError: fewer than two members.
    """
    names = tuple(sorted(members))
    if len(names) < 2:
        raise ValueError(f"a circle has at least two members, got {names}")
    part = graph.part(names, guarantees_only=True)
    pairs = [(guarantor, debtor) for guarantor in names for debtor in part.debtors(guarantor)]
    mutual = sum(part.pair(debtor, guarantor) is not None for guarantor, debtor in pairs)
    ordered = groups(part, frozenset(names))
    given = balances(part)
    ranks = pagerank(part, limit)
    by_rank = sorted(names, key=lambda name: (-ranks[name], name))
    levels = [known.get(name, UNKNOWN).level for name in names]
    return Circle(
        id=names[0],
        members=names,
        contracts=len(part.links()),
        pairs=len(pairs),
        density=len(pairs) / (len(names) * (len(names) - 1)),
        reciprocity=mutual / len(pairs) if pairs else 0.0,
        circular=tuple(sorted(group for group in ordered if len(group) > 1)),
        longest_chain=_longest_chain(part, ordered),
        hubs=tuple(
            Hub(name, given[name], _received(part, name), ranks[name]) for name in by_rank[: limit.top]
        ),
        over_guaranteed=tuple(name for name in names if _too_much(part, name, given[name], known, limit)),
        balance=sum(given.values()),
        leverage=_leverage(given, known),
        share_yellow=levels.count(YELLOW) / len(names),
        share_red=levels.count(RED) / len(names),
        lambda_max=spectral_radius(part, limit),
        expected_loss=expected_loss(part, p),
        systemic=_systemic(part, by_rank[: limit.ranked], known, limit),
    )


def _received(graph: Graph, name: str) -> int:
    return sum(graph.debtors(guarantor)[name].exposure for guarantor in graph.guarantors(name))


def _too_much(graph: Graph, name: str, balance: int, known: Mapping[str, Member], limit: Contagion) -> bool:
    if len(graph.debtors(name)) > limit.clients:
        return True
    net = known.get(name, UNKNOWN).net_assets
    return net is not None and balance > 0 and balance > limit.balance_share * net


def _leverage(given: Mapping[str, int], known: Mapping[str, Member]) -> float | None:
    net = {name: known[name].net_assets or 0 for name in given if name in known}
    counted = [name for name, amount in net.items() if amount > 0]
    total = sum(net[name] for name in counted)
    return sum(given[name] for name in counted) / total if total else None


def _longest_chain(graph: Graph, ordered: list[tuple[str, ...]]) -> int:
    """Linear in the number of arcs: without circles no chain is walked twice."""
    home = {name: at for at, group in enumerate(ordered) for name in group}
    length = [0] * len(ordered)
    for at, group in enumerate(ordered):  # debtors come first
        beyond = (home[debtor] for name in group for debtor in graph.debtors(name))
        length[at] = max((length[other] + 1 for other in beyond if other != at), default=0)
    return max(length)


def _systemic(
    graph: Graph, candidates: list[str], known: Mapping[str, Member], limit: Contagion
) -> tuple[tuple[str, float], ...]:
    value = {name: float(known.get(name, UNKNOWN).base) for name in graph}
    losses = [(name, debtrank(graph, value, {name: 1.0}).loss) for name in candidates]
    return tuple(sorted(losses, key=lambda one: (-one[1], one[0]))[: limit.top])


def pagerank(graph: Graph, limit: Contagion) -> dict[str, float]:
    """PageRank (Brin and Page, 1998) from guarantor to debtor, weighted by exposure; sums to 1, in the order of
    ids.

    High for those on whose health many guarantors hang.
    """
    names = list(graph)
    given = balances(graph)
    rank = dict.fromkeys(names, 1.0 / len(names)) if names else {}
    for _ in range(limit.max_rounds):
        idle = math.fsum(rank[name] for name in names if not given[name])
        floor = (1.0 - limit.damping + limit.damping * idle) / len(names)
        after = {
            name: floor
            + limit.damping
            * sum(
                rank[guarantor] * graph.debtors(guarantor)[name].exposure / given[guarantor]
                for guarantor in graph.guarantors(name)
                if given[guarantor]
            )
            for name in names
        }
        moved = max(abs(after[name] - rank[name]) for name in names)
        rank = after
        if moved <= limit.tolerance:
            break
    return rank
