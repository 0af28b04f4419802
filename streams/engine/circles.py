"""Guarantee circles in the stream: entities say what they are, the home partition works out what reaches whom.

All of it travels through the log:

1. An entity that is bound to others writes its node into the home partition whenever it is no longer the one it told.
2. Whoever is named by a node and has not spoken is asked to, by a record that its own key leads to its partition.
3. When anything has changed at home by the end of a batch, a mark is written into the log, and the network is settled
   where the mark is read: so what is told depends on the log and not on how it was cut into batches.
4. What an entity hears is written as an impulse (F34) under its key and lies in its ledger like any other fact.

Written twice after a crash, each of these says what it said before.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from detectors.catalogue.model import Catalogue
from detectors.contagion.impulse import Told, involved, tell
from detectors.contagion.network import Network
from detectors.contagion.node import BINDING, RECKONING, Node, colours, currencies, is_bound, node_of
from detectors.fact import MANUAL, day_of
from detectors.judge import Judgement
from detectors.objections import OBJECTION
from detectors.record import Record, epoch
from detectors.reference import Reference
from streams.engine.cases import Case
from streams.engine.exchange import ASK, HOME, KEYED, NODE, SETTLE, Sent, control

KEPT = b"\x00node|"
"""Keys under which the home partition keeps a node and what it was told."""
ASKED = b"\x00asked|"
"""Keys under which a partition keeps which of its entities somebody named."""
CLOCK = b"\x00circles"
"""Key of the latest instant the home partition has heard of from others."""

_SAID_IN = (*BINDING, MANUAL, OBJECTION, "F07", "F08")
"""Feeds whose facts make a node, besides the colours shown."""

Look = Callable[[str], tuple[Case, Judgement, Reference]]
"""An entity as it is now, its judgement, and what it was judged by."""

_wire = msgspec.json.Encoder(order="deterministic")
_compact = msgspec.msgpack.Encoder(order="deterministic")


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What the home partition keeps of an entity."""

    node: Node
    told: Told = Told()


_kept = msgspec.msgpack.Decoder(Kept)


class Circles:
    """The part of one partition in it; in the home partition also the network."""

    def __init__(self, partition: int, kept: Mapping[bytes, bytes], catalogue: Catalogue) -> None:
        """``kept`` is what was last written under keys of this module, among others."""
        self._asked = {key[len(ASKED) :].decode() for key in kept if key.startswith(ASKED)}
        self._said: dict[str, bytes] = {}
        self._seen: dict[str, tuple[object, ...]] = {}
        self._states: dict[bytes, bytes] = {}
        self._home: Home | None = None
        if partition == HOME:
            nodes = [_kept.decode(value) for key, value in kept.items() if key.startswith(KEPT)]
            self._home = Home(nodes, int(kept.get(CLOCK, b"0")), catalogue)

    def states(self) -> dict[bytes, bytes]:
        """What must be written since the last call."""
        states, self._states = self._states, {}
        return states if self._home is None else states | self._home.states()

    def revised(self, catalogue: Catalogue) -> None:
        """Another catalogue is in force."""
        if self._home is not None:
            self._home = self._home.revised(catalogue)

    def judged(
        self, case: Case, withdrawn: bool, clock: int, catalogue: Catalogue, reference: Reference
    ) -> list[Sent]:
        """After a case was judged: its node, if it is another than the one told. Nothing for who is bound to nobody.

        ``withdrawn``: because something was taken back, by its source or by a decision on an objection.
        """
        entity, ledger, judgement = case.entity, case.state.ledger, case.judgement
        if judgement is None or not (entity in self._asked or entity in self._said or is_bound(ledger)):
            return []
        facts = ledger.facts
        weighing = judgement.weighing.items()
        shown = tuple([(name, one.level, one.p, one.since) for name, one in weighing if one.level])
        seen = (shown, judgement.base, *(facts.get(feed) for feed in _SAID_IN))
        before = self._seen.get(entity)
        if before is not None and _same(before, seen):
            return []
        self._seen[entity] = seen
        node = node_of(entity, ledger, judgement, catalogue, case.profile, reference, withdrawn=withdrawn)
        return self._say(node, clock)

    def _say(self, node: Node, clock: int) -> list[Sent]:
        said = _compact.encode(msgspec.structs.replace(node, withdrawn=False))
        if self._said.get(node.entity) == said:
            return []
        self._said[node.entity] = said
        return [control(NODE, f"node|{node.entity}", clock, msgspec.to_builtins(node), to=HOME)]

    def take(self, record: Record, clock: int, look: Look, catalogue: Catalogue) -> list[Sent]:
        """Take in a control record of this module; what follows from it."""
        if record.feed == ASK:
            return self._answer(str(record.payload["entity"]), clock, look, catalogue)
        if self._home is None:
            return []
        if record.feed == NODE:
            return self._home.hear(msgspec.convert(record.payload, Node), epoch(record.observed_at))
        return self._home.settle(max(clock, epoch(record.observed_at)))

    def _answer(self, entity: str, clock: int, look: Look, catalogue: Catalogue) -> list[Sent]:
        """Somebody named an entity of this partition: from now on it says what it is."""
        if entity not in self._asked:
            self._asked.add(entity)
            self._states[ASKED + entity.encode()] = b"1"
        self._seen.pop(entity, None)
        self._said.pop(entity, None)
        case, judgement, reference = look(entity)
        return self._say(
            node_of(entity, case.state.ledger, judgement, catalogue, case.profile, reference), clock
        )

    def close(self, clock: int) -> list[Sent]:
        """At the end of a batch: the mark at which the network is to be settled, if there is anything to settle."""
        return [] if self._home is None else self._home.mark(clock)


def _same(before: tuple[object, ...], seen: tuple[object, ...]) -> bool:
    """Whether colours and base are equal, and the statements about bonds the very same."""
    return before[:2] == seen[:2] and all(
        one is other for one, other in zip(before[2:], seen[2:], strict=True)
    )


class Home:
    """The network, and what everybody was told last."""

    def __init__(self, kept: Iterable[Kept], at: int, catalogue: Catalogue) -> None:
        """``at`` is the latest instant heard of from others (epoch seconds)."""
        self._kept = {one.node.entity: one for one in kept}
        self._at = at
        self._offset = catalogue.profile(RECKONING).utc_offset
        nodes = (one.node for one in self._kept.values())
        day = day_of(at, self._offset)
        self._network = Network(catalogue.spreading, currencies(catalogue), nodes, day, colours(catalogue))
        self._withdrawn = {one.node.entity for one in self._kept.values() if one.node.withdrawn}
        self._asking: set[str] = set()
        self._marked = False
        self._states: dict[bytes, bytes] = {}

    def revised(self, catalogue: Catalogue) -> "Home":
        """The same under another catalogue."""
        home = Home(self._kept.values(), self._at, catalogue)
        home._states = self._states
        return home

    def states(self) -> dict[bytes, bytes]:
        """What must be written since the last call."""
        states, self._states = self._states, {}
        return states

    def hear(self, node: Node, at: int) -> list[Sent]:
        """An entity says what it is; those it names and who have not spoken are asked."""
        self._heard(at)
        held = self._kept.get(node.entity, Kept(node))
        fell = node.withdrawn and _less(node, held.node)
        if not self._network.tell(node):
            return []
        if fell:
            self._withdrawn.add(node.entity)
        node = msgspec.structs.replace(node, withdrawn=node.entity in self._withdrawn)
        self._keep(Kept(node, held.told))
        unknown = [name for name in self._network.unknown(node) if name not in self._asking]
        self._asking.update(unknown)
        return [_ask(name, self._at) for name in unknown]

    def mark(self, clock: int) -> list[Sent]:
        """The mark to write into the log; nothing while one is under way or there is nothing to settle."""
        at = max(clock, self._at)
        self._network.advance(day_of(at, self._offset))
        if self._marked or not self._network.unsettled:
            return []
        self._marked = True
        return [control(SETTLE, f"settle|{at}", at, {}, to=HOME)]

    def settle(self, at: int) -> list[Sent]:
        """Work out what reaches whom by now, and tell those to whom it is news."""
        self._heard(at)
        self._marked = False
        self._network.advance(day_of(self._at, self._offset))
        sent = []
        for entity, said in self._network.settle().items():
            held = self._kept[entity]
            withdrawn = self._is_withdrawn(entity, held.told)
            told, records = tell(entity, held.told, said, self._at, withdrawn=withdrawn)
            if records:
                self._keep(Kept(held.node, told))
                sent += [Sent(KEYED, entity.encode(), _wire.encode(record)) for record in records]
        for entity in sorted(self._withdrawn):
            node = msgspec.structs.replace(self._kept[entity].node, withdrawn=False)
            self._keep(Kept(node, self._kept[entity].told))
        self._withdrawn.clear()
        return sent

    def _is_withdrawn(self, entity: str, told: Told) -> bool:
        """Whether what an entity was told falls because records were taken back: all that fell did so for that."""
        nodes = self._network.nodes
        named = [(name, level) for name, level in involved(told.network) if name in nodes]
        fallen = {name for name, level in named if nodes[name].level < level}
        if fallen:
            return fallen <= self._withdrawn
        return not self._withdrawn.isdisjoint({entity, *(name for name, _ in named)})

    def _heard(self, at: int) -> None:
        if at > self._at:
            self._at = at
            self._states[CLOCK] = str(at).encode()

    def _keep(self, kept: Kept) -> None:
        self._kept[kept.node.entity] = kept
        self._states[KEPT + kept.node.entity.encode()] = _compact.encode(kept)


def _less(after: Node, before: Node) -> bool:
    """Whether a node says less than before: a lower level, or a statement gone."""
    return after.level < before.level or not (
        set(map(_compact.encode, before.guarantees + before.relations))
        <= set(map(_compact.encode, after.guarantees + after.relations))
    )


def _ask(entity: str, at: int) -> Sent:
    """The request to an entity to say what it is, which its key leads to its partition."""
    value = control(ASK, f"ask|{entity}", at, {"entity": entity}).value
    return Sent(KEYED, entity.encode(), value)
