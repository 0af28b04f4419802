"""Judicial points: the lists of courts on which a firm stands as a debtor."""

from collections.abc import Collection, Iterator, Mapping

import msgspec

from detectors.fact import Fact
from detectors.points.evaluator import Evaluator, NoParameters, ends
from detectors.points.finding import NOT_FIRED, RED, YELLOW, Finding
from detectors.points.view import View
from detectors.points.wording import case_numbers, count, spoken


class UnderEnforcement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-08; amounts in main units of the profile's currency."""

    red_amount: int = 1_000_000
    red_share_of_base: float = 0.10
    red_cases: int = 3


def under_enforcement(view: View, limit: UnderEnforcement) -> Finding:
    """WP-08 被执行人: active enforcement cases (F04).

    Yellow from the first active case; red when the amount reaches max(``red_amount``, share of M) or there are
    ``red_cases`` cases. One that was resumed under a new number (执恢) is not counted twice. Source: vendor practice
    ranks it high; amounts are a configuration default.
    """
    every = view.active("F04")
    if not every:
        return NOT_FIRED
    cases = _debts(every)
    amount = sum(view.money(case, "unperformed_amount", "exec_amount") or 0 for case in cases)
    trigger = max(limit.red_amount * 100, round(limit.red_share_of_base * view.base.amount))
    red = amount >= trigger or len(cases) >= limit.red_cases
    return Finding(
        level=RED if red else YELLOW,
        value=f"{count(len(cases), 'active case')}, {view.text(amount)}",
        threshold=f"red from {view.text(trigger)} or {limit.red_cases} cases, yellow from 1 case",
        since=every[0].start,
        evidence=tuple(every),
        details={"cases": len(cases), "amount": amount, "base_rung": view.base.rung},
    )


def _debts(cases: list[Fact]) -> list[Fact]:
    """Cases without those that another one resumed: the earliest that was terminated on the same document."""
    left = list(cases)
    for case in cases:
        if "执恢" not in str(case.data.get("case_no", "")) or "basis_doc_no" not in case.data:
            continue
        resumed = [one for one in left if one is not case and _terminated_on_the_same(one, case)]
        left = [one for one in left if one not in resumed[:1]]
    return left


def _terminated_on_the_same(case: Fact, later: Fact) -> bool:
    data = case.data
    same = data.get("basis_doc_no") == later.data["basis_doc_no"] and case.start <= later.start
    return same and data.get("status") == "terminated_this_time"


class DishonestDebtor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WP-09 has no threshold: the listing is the fact."""


def dishonest_debtor(view: View, _: DishonestDebtor) -> Finding:
    """WP-09 失信被执行人: an active listing (F05) is red and hard.

    Source: 最高人民法院关于公布失信被执行人名单信息的若干规定 (2017).
    """
    listings = view.active("F05")
    if not listings:
        return NOT_FIRED
    return Finding(
        level=RED,
        value=f"{count(len(listings), 'listing')} in force{case_numbers(listings)}",
        threshold="red from 1 listing",
        since=listings[0].start,
        evidence=tuple(listings),
        details={"listings": len(listings)},
    )


class ConsumptionRestriction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-10 and WX-11: capacities, separated by blanks, in which a person's own trouble counts here."""

    leaders: str = "legal_rep principal actual_controller"


def consumption_restriction(view: View, limit: ConsumptionRestriction) -> Finding:
    """WP-10 限制高消费: orders (F06) against the firm, or against those who lead it.

    Red and hard when the firm itself is restricted, or anybody because of this firm: an order in a firm's case reaches
    the firm and four kinds of persons (最高人民法院关于限制被执行人高消费的若干规定, 2015, art. 3). Yellow when one who
    leads it is restricted because of another company, or it is not said because of which, unless relations (F27) say
    that the person leads it no more.

    >>> from detectors.points.example import seen
    >>> order = {"on": "2026-01-05", "case_no": "1", "capacity": "legal_rep", "because_of_entity": False}
    >>> consumption_restriction(seen("2026-01-06", F06=[order]), ConsumptionRestriction()).value
    '1 order against one who leads it, because of another firm, 1'
    """
    leaders = limit.leaders.split()
    own, others = [], []
    for order in view.active("F06"):
        if order.data.get("kind") == _EXIT:
            continue
        if _because_of_this(order):
            own.append(order)
        elif order.data.get("capacity") in leaders and _leads(view, order, leaders):
            others.append(order)
    if not own and not others:
        return NOT_FIRED
    weighing = own or others
    return Finding(
        level=RED if own else YELLOW,
        value=", ".join(_orders(own, others)),
        threshold="red from 1 order because of this firm, yellow from 1 against one who leads it",
        since=weighing[0].start,
        evidence=tuple(weighing),
        details={"own": len(own), "others": len(others)},
    )


def _orders(own: list[Fact], others: list[Fact]) -> Iterator[str]:
    if own:
        yield f"{count(len(own), 'order')} because of this firm{case_numbers(own)}"
    if others:
        said = f"{count(len(others), 'order')} against one who leads it, because of another firm"
        yield said + ("" if own else case_numbers(others))


_EXIT = "exit"
"""Kind of a restriction that bars somebody from leaving the country."""


def exit_ban(view: View, limit: ConsumptionRestriction) -> Finding:
    """WX-11 限制出境: one who leads the firm may not leave the country (F06): yellow.

    Courts bar debtors and their representatives until the debt is paid (民事诉讼法 art. 266; 出境入境管理法 art. 12).
    It does not matter in whose case, unless relations (F27) say that the person leads the firm no more.

    >>> from detectors.points.example import seen
    >>> ban = {"on": "2026-01-05", "case_no": "1", "capacity": "legal_rep", "kind": "exit"}
    >>> exit_ban(seen("2026-01-06", F06=[ban]), ConsumptionRestriction()).value
    '1 person barred from leaving the country: legal representative'
    """
    leaders = limit.leaders.split()
    bans = [
        ban
        for ban in view.active("F06")
        if ban.data.get("kind") == _EXIT
        and ban.data.get("capacity") in leaders
        and _leads(view, ban, leaders)
    ]
    if not bans:
        return NOT_FIRED
    capacities = sorted({str(ban.data["capacity"]) for ban in bans})
    return Finding(
        level=YELLOW,
        value=f"{count(len(bans), 'person')} barred from leaving the country: {', '.join(map(spoken, capacities))}",
        threshold="yellow from 1 who leads the firm",
        since=bans[0].start,
        evidence=tuple(bans),
        details={"bans": len(bans)},
    )


def _because_of_this(order: Fact) -> bool:
    """Whether the order was made in a case of this firm: as the source says, or by the unit it names."""
    if order.data.get("capacity") == "self_entity":
        return True
    said = order.data.get("because_of_entity")
    if said is None:
        said = str(order.data.get("entity_id", "")) == order.key.rpartition(":")[2]
    return bool(said)


def _leads(view: View, order: Fact, leaders: Collection[str]) -> bool:
    """Whether the restricted person still leads the firm; without any relation known, the order is believed."""
    person = order.data.get("restricted_id")
    relations = [
        fact
        for fact in view.known("F27")
        if person and fact.data.get("type") in leaders and _last_part(fact.data.get("from")) == person
    ]
    return not relations or any(fact.end is None or view.day < fact.end for fact in relations)


def _last_part(entity: object) -> str:
    return str(entity).rpartition(":")[2]


def terminated_enforcement(view: View, _: NoParameters) -> Finding:
    """WP-11 终本案件: an enforcement terminated for want of property (F07) is red and hard.

    The court has searched and found nothing for three months or more (最高人民法院关于严格规范终结本次执行程序的规定,
    2016). Resumption alone ends nothing: the case is closed when the debt is paid or the creditor lets go.

    >>> from detectors.points.example import cny, seen
    >>> case = {"on": "2026-01-05", "case_no": "1", "unperformed_amount": cny(1_900_000)}
    >>> terminated_enforcement(seen("2026-01-06", F07=[case]), NoParameters()).value
    '1 case, CNY 1,900,000 unperformed, 1'
    """
    cases = view.active("F07")
    if not cases:
        return NOT_FIRED
    amount = sum(view.money(case, "unperformed_amount", "exec_amount") or 0 for case in cases)
    return Finding(
        level=RED,
        value=f"{count(len(cases), 'case')}, {view.text(amount)} unperformed{case_numbers(cases)}",
        threshold="red from 1 case",
        since=cases[0].start,
        evidence=tuple(cases),
        details={"cases": len(cases), "amount": amount},
    )


EVALUATORS: Mapping[str, Evaluator] = {
    "under_enforcement": Evaluator(under_enforcement, UnderEnforcement, ends, measured_by_base=True),
    "dishonest_debtor": Evaluator(dishonest_debtor, DishonestDebtor, ends),
    "consumption_restriction": Evaluator(consumption_restriction, ConsumptionRestriction, ends),
    "exit_ban": Evaluator(exit_ban, ConsumptionRestriction, ends),
    "terminated_enforcement": Evaluator(terminated_enforcement, NoParameters, ends),
}
