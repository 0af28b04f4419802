"""A small directed multigraph of links from guarantor to debtor.

A graph is owned by whoever made it: only the owner calls ``put``, ``drop`` and ``tell``. Everybody else reads; what
reading returns is never changed afterwards. Answers depend on what the graph holds, never on the order it was put
in.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec


class Link(msgspec.Struct, frozen=True, gc=False):
    """One guarantee or relation in force, weighted.

    ``weight`` is the probability that ``guarantor`` fails if ``debtor`` has; ``exposure`` the amount answered for
    in minor units (0 for a relation); ``weak`` never raises an alert alone; ``ceiling`` the highest colour the
    evidence may raise; ``debt`` says which debt is guaranteed, so that several guarantors of one debt are
    recognised.
    """

    id: str
    guarantor: str
    debtor: str
    weight: float
    exposure: int = 0
    guarantee: bool = True
    weak: bool = False
    ceiling: int = 3
    debt: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError(f"link {self.id}: a weight is a probability from 0 to 1, got {self.weight}")
        if self.guarantor == self.debtor:
            raise ValueError(f"link {self.id}: {self.guarantor} cannot stand for itself")
        if self.exposure < 0:
            raise ValueError(f"link {self.id}: an exposure is not negative, got {self.exposure}")


class Pair(msgspec.Struct, frozen=True, gc=False):
    """All links of one guarantor to one debtor taken together: the arc along which loss runs.

    ``weight`` is ``1 - prod(1 - w)`` over the links: the debtor fails once, however many contracts hang on it.
    """

    weight: float
    exposure: int
    weak: bool
    ceiling: int
    links: tuple[Link, ...]


class Graph:
    """Links by id, arcs both ways in the order of ids, and each firm's own probability of failure p_s."""

    __slots__ = ("_between", "_debtors", "_guarantors", "_links", "_self", "default")

    def __init__(self, default: float = 0.0) -> None:
        """``default`` is p_s of a firm nobody told about."""
        self.default = default
        self._links: dict[str, Link] = {}
        self._self: dict[str, float] = {}
        self._between: dict[str, dict[str, dict[str, Link]]] = {}
        self._debtors: dict[str, dict[str, Pair]] = {}  # in the order of ids
        self._guarantors: dict[str, tuple[str, ...]] = {}  # sorted

    def tell(self, node: str, own: float) -> None:
        """Set p_s of a firm.

        Raises:
            ValueError: not a probability.
        """
        if not 0 <= own <= 1:
            raise ValueError(f"{node}: its own probability is from 0 to 1, got {own}")
        self._self[node] = own

    def put(self, link: Link) -> Link | None:
        """Add a link, or replace the one with its id, which is returned."""
        held = self.drop(link.id)
        self._links[link.id] = link
        self._between.setdefault(link.guarantor, {}).setdefault(link.debtor, {})[link.id] = link
        self._renew(link.guarantor, link.debtor)
        return held

    def drop(self, ident: str) -> Link | None:
        """Take a link away; None if there is none of that id."""
        link = self._links.pop(ident, None)
        if link is not None:
            del self._between[link.guarantor][link.debtor][ident]
            self._renew(link.guarantor, link.debtor)
        return link

    def _renew(self, guarantor: str, debtor: str) -> None:
        between = self._between[guarantor]
        pairs = self._debtors.get(guarantor, {})
        if between[debtor]:
            pair = _pair(between[debtor])
            known = debtor in pairs
            pairs = {**pairs, debtor: pair}
            self._debtors[guarantor] = pairs if known else {name: pairs[name] for name in sorted(pairs)}
            if not known:
                self._guarantors[debtor] = tuple(sorted((*self.guarantors(debtor), guarantor)))
            return
        del between[debtor]
        self._debtors[guarantor] = {name: held for name, held in pairs.items() if name != debtor}
        self._guarantors[debtor] = tuple(name for name in self.guarantors(debtor) if name != guarantor)
        _prune(self._between, guarantor)
        _prune(self._debtors, guarantor)
        _prune(self._guarantors, debtor)

    def own(self, node: str) -> float:
        """p_s of a firm, without contagion."""
        return self._self.get(node, self.default)

    def debtors(self, node: str) -> dict[str, Pair]:
        """Whom a firm stands for, in the order of ids. Not to be changed."""
        return self._debtors.get(node, {})

    def guarantors(self, node: str) -> tuple[str, ...]:
        """Who stands for a firm, in the order of ids."""
        return self._guarantors.get(node, ())

    def pair(self, guarantor: str, debtor: str) -> Pair | None:
        """The arc between two firms, if there is one."""
        return self.debtors(guarantor).get(debtor)

    def link(self, ident: str) -> Link | None:
        """A link by id."""
        return self._links.get(ident)

    def links(self) -> list[Link]:
        """All links in the order of ids."""
        return [self._links[ident] for ident in sorted(self._links)]

    def __contains__(self, node: str) -> bool:
        return node in self._self or node in self._debtors or node in self._guarantors

    def __iter__(self) -> Iterator[str]:
        """All firms in the order of ids."""
        return iter(sorted({*self._self, *self._debtors, *self._guarantors}))

    def __len__(self) -> int:
        """Number of firms."""
        return len({*self._self, *self._debtors, *self._guarantors})

    def part(self, members: Collection[str] | None = None, *, guarantees_only: bool = False) -> "Graph":
        """A copy with the firms ``members`` (None: all) and the links among them."""
        part = Graph(self.default)
        for node in self if members is None else sorted(members):
            if node in self._self:
                part.tell(node, self._self[node])
        kept = None if members is None else frozenset(members)
        for link in self._among(kept):
            if link.guarantee or not guarantees_only:
                part.put(link)
        return part

    def _among(self, members: frozenset[str] | None) -> list[Link]:
        if members is None:
            return self.links()
        return [
            link
            for node in sorted(members)
            for debtor, pair in self.debtors(node).items()
            if debtor in members
            for link in pair.links
        ]


def _pair(links: dict[str, Link]) -> Pair:
    ordered = tuple(links[ident] for ident in sorted(links))
    strong = [link for link in ordered if not link.weak]
    return Pair(
        weight=together(link.weight for link in ordered),
        exposure=sum(link.exposure for link in ordered),
        weak=not strong,
        ceiling=max(link.ceiling for link in strong or ordered),
        links=ordered,
    )


def together(weights: Iterable[float]) -> float:
    """Probability that at least one of several independent things happens, in the order given.

    >>> together([0.5, 0.5]), together([0.3])
    (0.75, 0.3)
    """
    several = list(weights)
    if len(several) == 1:
        return several[0]  # not 1 - (1 - w), which differs in the last bit
    spared = 1.0
    for weight in several:
        spared *= 1.0 - weight
    return 1.0 - spared


def _prune(index: dict[str, Any], name: str) -> None:
    if name in index and not index[name]:
        del index[name]
