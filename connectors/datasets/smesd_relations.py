"""The relations of SMEsD (edges.csv) as F27 records.

Every relation stands in the file twice, once from each end, under two names (``invest_PC``, ``invested_CP``): each row
is the copy of its ``source``. Companies get theirs; the copy of a person is left out, because persons are endpoints
here and not subjects, known by a hash. Loans, deals, leases and claims between companies are ``transacts_with``: the
source does not say which side lends. Amounts (``weight``) have no unit and are left out.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.datasets.envelope import envelope
from connectors.datasets.item import Item, Skip
from connectors.datasets.table import Row, Table, dead, pseudonym
from connectors.errors import MappingError

EDGES = Table("edges.csv", ("split", "source", "target", "edge_type", "edge_name", "weight"))

_TYPES = {
    "supervise": "supervisor",
    "execute": "senior_manager",
    "stakeholder": "shareholder",
    "invest": "investment",
    "branch": "branch",
    "loan": "transacts_with",
    "deal": "transacts_with",
    "rent": "transacts_with",
    "creditor": "transacts_with",
}
"""Word of the source to relation type of F27; the one who acts is ``from``, a parent is ``from`` its branch."""

# fmt: off
_NAMES: Sequence[tuple[str, str, bool]] = (
    ("supervised_CP", "supervise", False), ("supervise_PC", "supervise", True),
    ("executed_CP", "execute", False), ("execute_PC", "execute", True),
    ("stakeholderd_CP", "stakeholder", False), ("stakeholder_PC", "stakeholder", True),
    ("invest_CC", "invest", True), ("invested_CC", "invest", False),
    ("invest_PC", "invest", True), ("invested_CP", "invest", False),
    ("branch_CC", "branch", True), ("branched_CC", "branch", False),
    ("loan_CC", "loan", True), ("deal_CC", "deal", True), ("rent_CC", "rent", True), ("creditor_CC", "creditor", True),
    ("loaned_CC", "loan", False), ("dealed_CC", "deal", False), ("rented_CC", "rent", False),
    ("creditored_CC", "creditor", False),
)
# fmt: on
"""Edge types 0 to 19: name, word, and whether ``source`` is the one who acts."""
_BY_NAME = {name: (str(code), word, acts) for code, (name, word, acts) in enumerate(_NAMES)}


@dataclass(frozen=True, slots=True)
class _Edge:
    """A row that could be read. ``kinds`` are the ends: C company, P person; ``source`` first."""

    row: Row
    split: str
    source: str
    target: str
    word: str
    acts: bool
    kinds: str

    @property
    def company(self) -> str:
        """The end whose copy this is; of a person's row the company at the other end."""
        return self.source if self.kinds[0] == "C" else self.target

    @property
    def statement(self) -> tuple[str, str, str, str]:
        """Whose copy, and what it says."""
        actor, other = (self.source, self.target) if self.acts else (self.target, self.source)
        return self.company, actor, self.word, other


def relations(
    rows: Iterable[Row],
    known: Mapping[str, datetime],
    later: Container[tuple[str, str]],
    splits: Sequence[str],
    begin: datetime,
) -> Iterator[Item]:
    """One item per row: a record about the company it belongs to, or why there is none.

    ``known`` says when a company becomes known, ``later`` which copies of firms are left out, ``begin`` is the time of
    items that have none.
    """
    edges: list[_Edge] = []
    for row in rows:
        try:
            if row.problem:
                yield dead(row, begin)
            else:
                edges.append(_edge(row, splits))
        except MappingError as error:
            yield dead(row, begin, error)
    told_by_company = {(edge.split, *edge.statement) for edge in edges if edge.kinds[0] == "C"}
    said: set[tuple[str, str, str, str]] = set()
    for edge in edges:
        why = _left_out(edge, later, told_by_company, said)
        if why is not None:
            yield Item(edge.row.place, edge.row.original, begin, skipped=why)
            continue
        said.add(edge.statement)
        other = edge.target if edge.company == edge.source else edge.source
        at = known.get(edge.company) or known.get(other) or begin
        yield Item(edge.row.place, edge.row.original, at, raw=_record(edge, at))


def _edge(row: Row, splits: Sequence[str]) -> _Edge:
    split = row.code("split", dict(zip(splits, splits, strict=True)))
    name = row.code("edge_name", {name: name for name in _BY_NAME})
    code, word, acts = _BY_NAME[name]
    if row.key("edge_type") != code:
        raise MappingError("edge_type", f"must be {code} for {name}, got {row.text('edge_type')!r}")
    return _Edge(row, split, row.key("source"), row.key("target"), word, acts, name[-2:])


def _left_out(
    edge: _Edge,
    later: Container[tuple[str, str]],
    told_by_company: Container[tuple[str, ...]],
    said: Container[tuple[str, ...]],
) -> Skip | None:
    if (edge.split, edge.company) in later:
        return Skip.LATER_COPY
    if edge.kinds[0] == "P" and (edge.split, *edge.statement) in told_by_company:
        return Skip.OTHER_SIDE
    return Skip.REPEATED if edge.statement in said else None


def _record(edge: _Edge, at: datetime) -> dict[str, object]:
    _, actor, word, other = edge.statement
    person = edge.target if edge.kinds == "CP" else edge.source if edge.kinds == "PC" else ""
    payload = {
        "from": _end(actor, person=actor == person),
        "to": _end(other, person=other == person),
        "from_kind": "person" if actor == person else "org",
        "type": _TYPES[word],
    }
    subject = {"scheme": "local", "value": f"smesd-{edge.company}"}
    record_id = f"{word}-{actor}-{other}"
    return envelope("smesd", "F27", record_id, edge.row, at, "CN", subject, payload)


def _end(number: str, *, person: bool) -> dict[str, str]:
    if person:
        return {"scheme": "person", "value": pseudonym(b"smesd", "person", number)}
    return {"scheme": "local", "value": f"smesd-{number}"}
