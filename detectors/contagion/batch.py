"""Impulses for a set of ledgers at one instant: what the stream would have told by then, without a stream."""

from collections.abc import Mapping

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.contagion.impulse import SOURCE, first_fact
from detectors.contagion.network import Network, Said
from detectors.contagion.node import RECKONING, Node, currencies, is_bound, node_of
from detectors.contagion.parameters import DEFAULTS
from detectors.fact import IMPULSE, Fact, day_of
from detectors.judge import judge
from detectors.ledger import EMPTY, Ledger, identity
from detectors.reference import NOTHING, Reference


def with_impulses(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> Mapping[str, Ledger]:
    """The ledgers with what the network says in them; the very same where nobody is bound to anybody.

    A ledger that holds impulses already keeps those.
    """
    found = impulses(ledgers, as_of, catalogue, reference)
    told = {name: fact for name, fact in found.items() if name in ledgers and not ledgers[name].of(IMPULSE)}
    if not told:
        return ledgers
    ident = identity(SOURCE, "impulse|1", "")
    return {
        name: Ledger({**ledger.facts, IMPULSE: {ident: told[name]}}) if name in told else ledger
        for name, ledger in ledgers.items()
    }


def impulses(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> dict[str, Fact]:
    """The impulse of each entity that anything reaches at ``as_of`` (epoch seconds), sorted by id.

    It begins on the day of ``as_of``: since when distress has reached it, only a stream knows.
    """
    return {
        name: _fact(name, said, as_of, catalogue)
        for name, said in reached(ledgers, as_of, catalogue, reference).items()
    }


def reached(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> dict[str, Said]:
    """What each entity that anything reaches would be told, sorted by id. Pure."""
    network = network_of(ledgers, as_of, catalogue, reference)
    return {name: said for name, said in network.settle().items() if said}


def network_of(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> Network:
    """The network of everybody who is bound to anybody, on the day of ``as_of`` (epoch seconds); not settled yet."""
    waiting = sorted(name for name, ledger in ledgers.items() if is_bound(ledger))
    nodes: dict[str, Node] = {}
    while waiting:
        name = waiting.pop()
        node = nodes[name] = _node(name, ledgers.get(name, EMPTY), as_of, catalogue, reference)
        waiting += [other for other in sorted(node.mentions()) if other not in nodes and other not in waiting]
    day = day_of(as_of, catalogue.profile(RECKONING).utc_offset)
    return Network(DEFAULTS, currencies(catalogue), nodes.values(), day)


def _node(entity: str, ledger: Ledger, as_of: int, catalogue: Catalogue, reference: Reference) -> Node:
    profile = catalogue.profile(jurisdiction_of(entity))
    judgement = judge(ledger, day_of(as_of, profile.utc_offset), catalogue, profile, reference)
    return node_of(entity, ledger, judgement, catalogue, profile, reference)


def _fact(entity: str, said: Said, as_of: int, catalogue: Catalogue) -> Fact:
    profile = catalogue.profile(jurisdiction_of(entity))
    return first_fact(entity, said, as_of, profile.utc_offset, profile.currency)
