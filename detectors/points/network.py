"""Network points: what a firm has guaranteed, and what reaches it through those it is bound to.

What reaches a firm is worked out where the whole circle is known and told to it as an impulse (F34), which lies in its
ledger like any other fact.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from detectors.fact import IMPULSE, Fact
from detectors.points.evaluator import Evaluator, NoParameters, ends, starts_and_ends
from detectors.points.finding import BLUE, LEVEL_NAMES, NONE, NOT_FIRED, RED, YELLOW, Finding, not_evaluable
from detectors.points.view import View
from detectors.points.wording import count, percent, spoken


class OverGuarantee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-48; shares of net assets, numbers of guaranteed clients, multiples for guarantee companies."""

    blue_share: float = 0.70
    yellow_share: float = 1.00
    red_share: float = 2.00
    blue_clients: int = 4
    yellow_above_clients: int = 5
    company_words: tuple[str, ...] = ("担保",)
    company_multiple: float = 10.0
    company_client_share: float = 0.10


def over_guarantee(view: View, limit: OverGuarantee) -> Finding:
    """WP-48 过度担保: guarantees given (F26) against net assets (F30) and by number of clients.

    Blue from 70 % of net assets or 4 clients, yellow above 5 clients or net assets, red above twice net assets. A
    financing guarantee company: red above ten times net assets (fifteen, as a parameter, for small firms and farming),
    or one client above 10 %. Source: the banking regulator's notice of 2014 on guarantee chains (guarantees within net
    assets, 5 clients); 融资担保公司监督管理条例 art. 15 and 16; 70 % and 200 % are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> given = {"on": "2025-03-01", "role_of_subject": "guarantor", "guarantor": "a", "way": "joint_guarantee"}
    >>> four = [{**given, "contract_no": str(n), "debtor": f"d{n}", "principal": cny(1e5)} for n in range(4)]
    >>> over_guarantee(seen("2026-01-01", F26=four), OverGuarantee()).level
    1
    """
    given = [fact for fact in view.active("F26") if fact.data.get("role") == "guarantor"]
    if not given:
        return NOT_FIRED
    clients: dict[str, int] = defaultdict(int)
    for fact in given:
        clients[str(fact.data.get("debtor", ""))] += view.money(fact, "principal") or 0
    balance = sum(clients.values())
    net = view.base.amount if view.base.rung == "net_assets" else None
    if _is_guarantee_company(view, limit):
        return _company(given, clients, net, limit)
    share = balance / net if net else 0.0
    level = _over(share, len(clients), limit)
    if level == NONE:
        return Finding(details={"clients": len(clients), "share": round(share, 4)})
    bars = (limit.blue_share, limit.yellow_share, limit.red_share)
    of_net = f", {percent(share, *bars)} of net assets" if net else ", net assets unknown"
    return Finding(
        level=level,
        value=f"{view.text(balance)} for {count(len(clients), 'client')}{of_net}",
        threshold=f"blue from {limit.blue_share:.0%} of net assets or {limit.blue_clients} clients, yellow above "
        f"{limit.yellow_share:.0%} or more than {limit.yellow_above_clients} clients, red above {limit.red_share:.0%}",
        since=_since(given),
        evidence=tuple(reversed(given)),
        details={"clients": len(clients), "share": round(share, 4), "base_rung": view.base.rung},
    )


def _over(share: float, clients: int, limit: OverGuarantee) -> int:
    if share > limit.red_share:
        return RED
    if share > limit.yellow_share or clients > limit.yellow_above_clients:
        return YELLOW
    return BLUE if share >= limit.blue_share or clients >= limit.blue_clients else NONE


def _company(given: list[Fact], clients: Mapping[str, int], net: int | None, limit: OverGuarantee) -> Finding:
    if net is None:
        return not_evaluable("net assets of the guarantee company unknown")
    multiple, largest = sum(clients.values()) / net, max(clients.values()) / net
    if multiple <= limit.company_multiple and largest <= limit.company_client_share:
        return NOT_FIRED
    return Finding(
        level=RED,
        value=f"{multiple:.1f} times net assets, largest client {largest:.0%}",
        threshold=f"red above {limit.company_multiple:g} times, or a client above {limit.company_client_share:.0%}",
        since=_since(given),
        evidence=tuple(reversed(given)),
        details={"multiple": round(multiple, 4), "largest": round(largest, 4)},
    )


def _is_guarantee_company(view: View, limit: OverGuarantee) -> bool:
    name = str(view.master("name") or "")
    return any(word in name for word in limit.company_words)


def _since(given: list[Fact]) -> int:
    """The last guarantee is the one too many."""
    return max(fact.start for fact in given)


def told(view: View) -> tuple[Fact, Mapping[str, Any]] | None:
    """What the circle says of this firm today."""
    facts = view.active(IMPULSE)
    return (facts[-1], facts[-1].data["network"]) if facts else None


def contagion(view: View, _: NoParameters) -> Finding:
    """WP-49 担保圈传染: distress that reaches the firm through guarantees and control.

    The colour was decided where the circle is known, from the contagion increment p - p_s, the hops and the exposure
    against M (self-consistent vulnerability after the VulnDS model of a bank's guarantee monitor; thresholds are
    configuration defaults); the impulse carries the reason and the paths, by which it can be checked.
    """
    heard = told(view)
    if heard is None or not heard[1]["level"]:
        return NOT_FIRED if heard is None else Finding(details=_details(heard[1]))
    fact, said = heard
    return Finding(
        level=int(said["level"]),
        value=str(said["reason"]),
        threshold=str(said["threshold"]),
        since=fact.start,
        evidence=(fact,),
        details=_details(said),
        episode=f"circle {said['circle']['id']}" if said.get("circle") else "",
    )


def _details(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("p", "p_self", "delta", "origins", "circle") if name in said}


def key_person(view: View, _: NoParameters) -> Finding:
    """WX-04 关键人失信/被执行: a legal representative or controller is listed for debts of their own: yellow."""
    return _reached(view, "persons", YELLOW, NONE, "yellow when a key person is red by own debts")


def red_affiliate(view: View, _: NoParameters) -> Finding:
    """WX-05 关联企业红色: a firm under the same controller is red: yellow; under the same representative: blue."""
    return _reached(
        view, "affiliates", YELLOW, BLUE, "yellow for one controller, blue for one legal representative"
    )


def _reached(view: View, kind: str, strong: int, weak: int, threshold: str) -> Finding:
    heard = told(view)
    others = heard[1].get(kind, []) if heard is not None else []
    if heard is None or not others:
        return NOT_FIRED
    level = strong if any(other["strong"] for other in others) else weak
    if not level:
        return NOT_FIRED
    names = ", ".join(f"{other['entity']} ({spoken(other['relation'])})" for other in others[:_NAMED])
    return Finding(
        level=level,
        value=f"{len(others)} {LEVEL_NAMES[RED]}: {names}{_more(len(others))}",
        threshold=threshold,
        since=heard[0].start,
        evidence=(heard[0],),
        details={kind: others},
    )


_NAMED = 5


def _more(number: int) -> str:
    return f" and {number - _NAMED} more" if number > _NAMED else ""


class Circular(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WX-06: longest cycle that counts."""

    longest: int = 5


def circular_guarantee(view: View, limit: Circular) -> Finding:
    """WX-06 互保/循环担保: two firms that guarantee each other are blue; a cycle that carries M or more is yellow.

    Reciprocal guarantees are the fragile motif of guarantee networks (Wang and others, Nature Communications 2020).
    """
    heard = told(view)
    circle = heard[1].get("circle") if heard is not None else None
    if heard is None or not circle or not 2 <= circle.get("cycle", 0) <= limit.longest:
        return NOT_FIRED
    length, amount = int(circle["cycle"]), int(circle["cycle_amount"])
    heavy = amount >= view.base.amount
    if length > 2 and not heavy:
        return NOT_FIRED
    return Finding(
        level=YELLOW if heavy else BLUE,
        value=f"cycle of {length} firms, {view.text(amount)}",
        threshold=f"blue for 2 firms, yellow up to {limit.longest} firms with {view.text(view.base.amount)} or more",
        since=heard[0].start,
        evidence=(heard[0],),
        details={"cycle": length, "amount": amount, "base_rung": view.base.rung},
    )


class CircleSize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WX-07: size and density of a circle, and the share of red members."""

    firms: int = 10
    density: float = 0.20
    red_share: float = 0.10


def circle_size(view: View, limit: CircleSize) -> Finding:
    """WX-07 担保圈规模密度: a large and dense circle, or a large one with many red members: yellow for all members."""
    heard = told(view)
    circle = heard[1].get("circle") if heard is not None else None
    if heard is None or not circle or circle["firms"] < limit.firms:
        return NOT_FIRED
    if circle["density"] < limit.density and circle["red_share"] < limit.red_share:
        return NOT_FIRED
    return Finding(
        level=YELLOW,
        value=f"circle of {circle['firms']} firms, density {circle['density']:.2f}, {circle['red_share']:.0%} red "
        "(rounded down)",
        threshold=f"yellow from {limit.firms} firms with density {limit.density:.2f} or {limit.red_share:.0%} red",
        since=heard[0].start,
        evidence=(heard[0],),
        details={"circle": circle},
        episode=f"circle {circle['id']}",
    )


EVALUATORS: Mapping[str, Evaluator] = {
    "over_guarantee": Evaluator(over_guarantee, OverGuarantee, starts_and_ends, measured_by_base=True),
    "contagion": Evaluator(contagion, NoParameters, ends),
    "key_person": Evaluator(key_person, NoParameters, ends),
    "red_affiliate": Evaluator(red_affiliate, NoParameters, ends),
    "circular_guarantee": Evaluator(circular_guarantee, Circular, ends, measured_by_base=True),
    "circle_size": Evaluator(circle_size, CircleSize, ends),
}
