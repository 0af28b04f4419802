"""Edges: what guarantees (F26) and relations (F27) say about who bears whose failure, and for how long.

Statements become edges with an interval of days; on a given day, one edge per id becomes a weighted link of the
graph. Relations are in ``relations``; here are the value, the guarantees, the choice of a day and the weight.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from detectors.contagion.graph import Link
from detectors.contagion.parameters import GUARANTEES, Beta, Contagion
from detectors.fact import FAR, RANK, RED_CEILING, RETRACT, Fact
from detectors.terms import guarantee_end


class Edge(msgspec.Struct, frozen=True, gc=False):
    """``guarantor`` bears the failure of ``debtor`` in the half-open days ``start`` to ``end`` (None: open).

    ``id`` is the same for all statements about one edge. ``way`` is a field of :class:`Beta`; ``amount`` in minor
    units, None if unknown or, for a relation, meaningless; ``amount_imputed`` says that it was not stated but
    assumed; ``confidence`` 0 to 1; ``ceiling`` the highest colour the evidence may raise; ``debt`` names the debt
    guaranteed.
    """

    id: str
    guarantor: str
    debtor: str
    way: str
    start: int
    end: int | None = None
    creditor: str | None = None
    amount: int | None = None
    amount_imputed: bool = False
    counter_guarantee: bool = False
    confidence: float = 1.0
    ceiling: int = RED_CEILING
    debt: str = ""

    def __post_init__(self) -> None:
        if self.guarantor == self.debtor:
            raise ValueError(f"edge {self.id}: {self.guarantor} cannot stand for itself")
        if self.way not in Beta.__struct_fields__:
            raise ValueError(f"edge {self.id}: unknown way {self.way!r}")
        if self.amount is not None and self.amount <= 0:
            raise ValueError(f"edge {self.id}: an amount is above 0, got {self.amount}")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"edge {self.id}: confidence is from 0 to 1, got {self.confidence}")

    @property
    def is_guarantee(self) -> bool:
        """Whether the bearer answers for a debt; otherwise it is bound by control or circumstance."""
        return self.way in GUARANTEES

    def holds(self, day: int) -> bool:
        """Whether the edge is in force on ``day``."""
        return self.start <= day and (self.end is None or day < self.end)


class Told(msgspec.Struct, frozen=True):
    """What other feeds say about guarantees.

    ``no_discussion``: debtors without executable property or with accepted bankruptcy, and contracts whose
    guarantor waived the benefit of discussion. ``claimed``: contracts on which the creditor claimed in time.
    ``debts``: known debt of a debtor, minor units. ``at_most``: per contract, the balance outstanding under a
    maximum amount (最高额) or the value of the collateral, minor units.
    """

    no_discussion: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()
    debts: Mapping[str, int] = {}
    at_most: Mapping[str, int] = {}


NOTHING_TOLD = Told()


def guarantee_edge(
    fact: Fact, limit: Contagion, fx: Mapping[str, float], told: Told = NOTHING_TOLD
) -> Edge | None:
    """The edge a guarantee fact (F26) states; None for a retraction, or one that ends before it begins.

    ``fx`` gives units of the profile's currency for one unit of a foreign one; an amount in a currency that is not
    there counts as unknown.
    """
    if fact.rank == RETRACT:
        return None
    data = fact.data
    contract = str(data["contract_no"])
    start, end = edge_days(fact, claimed=contract in told.claimed)
    if end is not None and end <= start:
        return None
    amount, imputed = _amount(data, fx, limit, told)
    if contract in told.at_most and not imputed and amount is not None:
        amount = min(amount, told.at_most[contract])
        if amount <= 0:  # all repaid
            return None
    creditor = data.get("creditor") or data.get("creditor_name")
    return Edge(
        id=f"{contract}|{data['guarantor']}|{data['debtor']}",
        guarantor=data["guarantor"],
        debtor=data["debtor"],
        creditor=creditor,
        way=_way(data.get("way"), start, limit),
        amount=amount,
        amount_imputed=imputed,
        counter_guarantee=bool(data.get("counter_guarantee")),
        start=start,
        end=end,
        confidence=fact.weight,
        ceiling=fact.ceiling,
        debt=_debt(data, contract, creditor),
    )


def _way(way: Any, start: int, limit: Contagion) -> str:
    """A way not agreed is a general guarantee since the Civil Code (民法典 686), a joint one before (担保法 19)."""
    if way in GUARANTEES and way != "unclear":
        return str(way)
    return "unclear" if start >= limit.civil_code_from else "joint_guarantee"


def _amount(
    data: Mapping[str, Any], fx: Mapping[str, float], limit: Contagion, told: Told
) -> tuple[int | None, bool]:
    stated = data.get("principal")
    if isinstance(stated, list):
        rate = fx.get(stated[1])
        stated = None if rate is None else round(stated[0] * rate)
    if isinstance(stated, int) and stated > 0:
        return stated, False
    known = round(limit.imputed_debt_share * told.debts.get(data["debtor"], 0))
    return (known if known > 0 else None), True


def _debt(data: Mapping[str, Any], contract: str, creditor: str | None) -> str:
    """Guarantors each sign a contract of their own; the debt is the same if its parties, sum and due date are."""
    due = data.get("debt_to")
    if creditor is None or due is None:
        return f"{data['debtor']}|{contract}"
    return f"{data['debtor']}|{creditor}|{data.get('debt_from')}|{due}|{data.get('principal')}"


def edge_days(fact: Fact, *, claimed: bool) -> tuple[int, int | None]:
    """Days on which a guarantor may be called, half-open.

    It is bound from the contract on, also where the period in which it may be called (保证期间) begins only when
    the debt falls due. How long that runs tells :func:`detectors.terms.guarantee_end`. A creditor that claimed in
    time may go on until paid. A release or closure ends it in any case.
    """
    data = fact.data
    starts = [data[name] for name in ("guarantee_from", "debt_from") if isinstance(data.get(name), int)]
    start = min(starts, default=fact.start)
    if fact.rank == RANK["close"] or isinstance(data.get("released_on"), int):
        return start, fact.end
    if claimed:
        return start, None
    return start, guarantee_end(data, fact.end)


def in_force(edges: Iterable[Edge], day: int) -> tuple[Edge, ...]:
    """Edges in force on ``day``, one per id, in the order of ids.

    Each end of a guarantee reports it and so may several sources; the statement of most confidence stands.
    """
    best: dict[str, Edge] = {}
    for edge in edges:
        if edge.holds(day):
            held = best.get(edge.id)
            if held is None or _strength(edge) > _strength(held):
                best[edge.id] = edge
    return tuple(best[ident] for ident in sorted(best))


def _strength(edge: Edge) -> tuple[Any, ...]:
    """A total order, so that nothing depends on which statement came first."""
    return (
        edge.confidence,
        edge.ceiling,
        not edge.amount_imputed,
        edge.amount or 0,
        FAR if edge.end is None else edge.end,
        -edge.start,
        msgspec.json.encode(edge),
    )


def next_turn(edges: Iterable[Edge], day: int) -> int:
    """The next day after ``day`` on which an edge begins or ends; FAR if none does."""
    turns = [turn for edge in edges for turn in (edge.start, edge.end) if turn is not None and turn > day]
    return min(turns, default=FAR)


def link_of(edge: Edge, base: int, limit: Contagion, told: Told = NOTHING_TOLD) -> Link:
    """The weighted link of an edge: ``beta * min(1, amount / base) * confidence``.

    ``base`` is M of the guarantor in minor units. A general guarantee weighs as a joint one once discussion has
    failed or was waived (民法典 687). A counter-guarantee takes off what it brings back. A relation has no amount:
    its factor is beta times confidence, its exposure 0.

    Raises:
        ValueError: ``base`` is not above 0.
    """
    if base <= 0:
        raise ValueError(f"materiality base of {edge.guarantor}: above 0, got {base}")
    exposure = 0
    share = 1.0
    if edge.is_guarantee:
        exposure = round(limit.imputed_base_share * base) if edge.amount is None else edge.amount
        share = min(1.0, exposure / base)
    factor = limit.beta.of(_way_in_effect(edge, told)) * share * edge.confidence
    if edge.counter_guarantee:
        factor *= 1.0 - limit.recovery
    return Link(
        id=edge.id,
        guarantor=edge.guarantor,
        debtor=edge.debtor,
        weight=factor,
        exposure=exposure,
        guarantee=edge.is_guarantee,
        weak=edge.way in limit.never_alone,
        ceiling=edge.ceiling,
        debt=edge.debt,
    )


def _way_in_effect(edge: Edge, told: Told) -> str:
    if edge.way in ("general_guarantee", "unclear") and not told.no_discussion.isdisjoint(
        (edge.debtor, edge.id.partition("|")[0])
    ):
        return "joint_guarantee"
    return edge.way
