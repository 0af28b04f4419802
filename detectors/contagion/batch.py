"""Impulses for a set of ledgers at one instant: what the stream would have told by then, without a stream."""

from collections.abc import Mapping

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.contagion.impulse import SOURCE, fact_in, first_record, heard
from detectors.contagion.network import Network, Said
from detectors.contagion.node import RECKONING, Node, colours, currencies, is_bound, node_of
from detectors.fact import IMPULSE, Fact, day_of
from detectors.judge import judge
from detectors.ledger import EMPTY, Ledger, identity
from detectors.record import Record
from detectors.reference import NOTHING, Reference


def with_impulses(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> Mapping[str, Ledger]:
    """The ledgers with what the network says in them; the very same where nobody is bound to anybody.

    A ledger that holds impulses already keeps those.
    """
    return told(ledgers, untold(ledgers, as_of, catalogue, reference), catalogue)


def untold(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> dict[str, Record]:
    """Impulses at ``as_of`` (epoch seconds) of those of ``ledgers`` that hold none, as the records that would say so.

    They begin on the day of ``as_of``: since when distress has reached somebody, only a stream knows.
    """
    return {
        name: first_record(name, said, as_of)
        for name, said in reached(ledgers, as_of, catalogue, reference).items()
        if name in ledgers and not ledgers[name].of(IMPULSE)
    }


def told(
    ledgers: Mapping[str, Ledger], impulses: Mapping[str, Record], catalogue: Catalogue
) -> Mapping[str, Ledger]:
    """The ledgers with impulses in them."""
    if not impulses:
        return ledgers
    ident = identity(SOURCE, "impulse|1", "")
    return {
        name: Ledger({**ledger.facts, IMPULSE: {ident: _fact(impulses[name], catalogue)}})
        if name in impulses
        else ledger
        for name, ledger in ledgers.items()
    }


def reached(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> dict[str, Said]:
    """What each entity that anything reaches would be told, sorted by id. Pure."""
    network = network_of(ledgers, as_of, catalogue, reference)
    said = {name: heard(now) for name, now in network.settle().items()}
    return {name: now for name, now in said.items() if now}


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
    return Network(catalogue.spreading, currencies(catalogue), nodes.values(), day, colours(catalogue))


def _node(entity: str, ledger: Ledger, as_of: int, catalogue: Catalogue, reference: Reference) -> Node:
    profile = catalogue.profile(jurisdiction_of(entity))
    reference = reference.within(profile.utc_offset)
    judgement = judge(ledger, day_of(as_of, profile.utc_offset), catalogue, profile, reference)
    return node_of(entity, ledger, judgement, catalogue, profile, reference)


def _fact(record: Record, catalogue: Catalogue) -> Fact:
    profile = catalogue.profile(jurisdiction_of(record.entity))
    return fact_in(record, profile.utc_offset, profile.currency)
