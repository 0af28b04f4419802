"""WP-48 过度担保: what a firm has guaranteed against what it owns."""

import math
from collections.abc import Iterator, Mapping

import msgspec

from detectors.fact import Fact
from detectors.points.evaluator import Evaluator, starts_and_ends
from detectors.points.exposure import guarantees_given
from detectors.points.figures import stated_net_assets
from detectors.points.finding import NONE, NOT_FIRED, RED, Finding, not_evaluable
from detectors.points.latch import latched
from detectors.points.view import View
from detectors.points.wording import count, percent


class OverGuarantee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-48; shares of net assets, numbers of guaranteed clients, multiples for guarantee companies; a
    colour is left below ``leave_share`` of its trigger."""

    blue_share: float = 0.70
    yellow_share: float = 1.00
    red_share: float = 2.00
    blue_clients: int = 4
    yellow_above_clients: int = 5
    company_words: tuple[str, ...] = ("担保",)
    company_multiple: float = 10.0
    company_client_share: float = 0.10
    leave_share: float = 0.90


class _Given(msgspec.Struct, frozen=True, gc=False):
    """Guarantees in force from a day on: their sum, that for the largest client, the number of clients, and net assets
    (None: unknown), in minor units."""

    day: int
    balance: int = 0
    largest: int = 0
    clients: int = 0
    net: int | None = None

    def share(self, amount: int) -> float:
        """An amount of the net assets: 0 where they are unknown, without bound where they are used up."""
        if not amount or self.net is None:
            return 0.0
        return amount / self.net if self.net > 0 else math.inf


def over_guarantee(view: View, limit: OverGuarantee) -> Finding:
    """WP-48 过度担保: guarantees given (F26) against net assets (F30) and by number of clients.

    Blue from 70 % of net assets or 4 clients, yellow above 5 clients or net assets, red above twice net assets. A
    financing guarantee company: red above ten times net assets (fifteen, as a parameter, for small firms and farming),
    or one client above 10 %. A colour is left a tenth below its trigger. Whoever has used up its net assets guarantees
    more than any multiple of them. Source: the banking regulator's notice of 2014 on guarantee chains (guarantees
    within net assets, 5 clients); 融资担保公司监督管理条例 art. 15 and 16; 70 %, 200 % and the tenth are configuration
    defaults.

    >>> from detectors.points.example import cny, seen
    >>> given = {"on": "2025-03-01", "role_of_subject": "guarantor", "guarantor": "a", "way": "joint_guarantee"}
    >>> four = [{**given, "contract_no": str(n), "debtor": f"d{n}", "principal": cny(1e5)} for n in range(4)]
    >>> over_guarantee(seen("2026-01-01", F26=four), OverGuarantee()).level
    1
    """
    given = guarantees_given(view.active("F26"))
    if not given:
        return NOT_FIRED
    past = list(_history(view))
    if _is_guarantee_company(view, limit):
        return _company(given, past, limit)
    now = past[-1]
    bars = (limit.blue_share, limit.yellow_share, limit.red_share)
    share = now.share(now.balance)
    level = max(_by_share(past, bars, limit), _by_clients(past, limit))
    if level == NONE and now.net is None:
        return not_evaluable("net assets unknown, against which its guarantees are held")
    if level == NONE and any(view.money(fact, "principal") is None for fact in given):
        return not_evaluable("a guarantee is in a currency without a rate")
    if level == NONE:
        return Finding(details={"clients": now.clients, "share": _finite(share)})
    return Finding(
        level=level,
        value=f"{view.text(now.balance)} for {count(now.clients, 'client')}, {_of_net(now, share, bars)}",
        threshold=f"blue from {limit.blue_share:.0%} of net assets or {limit.blue_clients} clients, yellow above "
        f"{limit.yellow_share:.0%} or more than {limit.yellow_above_clients} clients, red above {limit.red_share:.0%}; "
        + _left(limit),
        since=_since(given),
        evidence=tuple(reversed(given)),
        details={"clients": now.clients, "share": _finite(share)},
    )


def _of_net(now: _Given, share: float, bars: tuple[float, ...]) -> str:
    if now.net is None:
        return "net assets unknown"
    return "net assets used up" if share == math.inf else f"{percent(share, *bars)} of net assets"


def _left(limit: OverGuarantee) -> str:
    return f"left below {limit.leave_share:.0%} of its trigger"


def _finite(share: float) -> float | None:
    return None if share == math.inf else round(share, 4)


def _by_share(past: list[_Given], bars: tuple[float, ...], limit: OverGuarantee) -> int:
    blue, *above = bars
    enter = (blue, *(math.nextafter(bar, math.inf) for bar in above))
    return latched(((at.day, at.share(at.balance)) for at in past), enter, _leaving(bars, limit)).level


def _by_clients(past: list[_Given], limit: OverGuarantee) -> int:
    enter = (limit.blue_clients, limit.yellow_above_clients + 1)
    leave = _leaving((limit.blue_clients, limit.yellow_above_clients), limit)
    return latched(((at.day, at.clients) for at in past), enter, leave).level


def _leaving(bars: tuple[float, ...], limit: OverGuarantee) -> tuple[float, ...]:
    return tuple(round(bar * limit.leave_share, 9) for bar in bars)


def _history(view: View) -> Iterator[_Given]:
    """What was guaranteed, and the net assets, from each day on which either changed; the last is as of today."""
    steps: dict[int, list[tuple[str, int, int]]] = {}
    for fact in guarantees_given(view.known("F26")):
        client, amount = str(fact.data.get("debtor", "")), view.money(fact, "principal") or 0
        steps.setdefault(fact.start, []).append((client, 1, amount))
        if fact.end is not None and fact.end <= view.day:
            steps.setdefault(fact.end, []).append((client, -1, -amount))
    nets = {
        fact.start: net for fact in view.known("F30") if (net := stated_net_assets(view, fact)) is not None
    }
    given: dict[str, tuple[int, int]] = {}
    balance, largest, net = 0, 0, None
    for day in sorted({*steps, *nets}):
        for client, contract, amount in steps.get(day, ()):
            contracts, held = given.pop(client, (0, 0))
            if contracts + contract:
                given[client] = contracts + contract, held + amount
            balance += amount
            if amount < 0 and held == largest:  # whoever was largest may be so no more
                largest = max((left for _, left in given.values()), default=0)
            largest = max(largest, held + amount)
        net = nets.get(day, net)
        yield _Given(day, balance, largest, len(given), net)


def _company(given: list[Fact], past: list[_Given], limit: OverGuarantee) -> Finding:
    now = past[-1]
    if now.net is None:
        return not_evaluable("net assets of the guarantee company unknown")
    reached = any(
        latched(series, (math.nextafter(bar, math.inf),), _leaving((bar,), limit)).level
        for series, bar in (
            ([(at.day, at.share(at.balance)) for at in past], limit.company_multiple),
            ([(at.day, at.share(at.largest)) for at in past], limit.company_client_share),
        )
    )
    if not reached:
        return NOT_FIRED
    multiple, largest = now.share(now.balance), now.share(now.largest)
    said = f"{multiple:.1f} times net assets, largest client {largest:.0%}"
    return Finding(
        level=RED,
        value="net assets used up" if multiple == math.inf else said,
        threshold=f"red above {limit.company_multiple:g} times, or a client above {limit.company_client_share:.0%}; "
        + _left(limit),
        since=_since(given),
        evidence=tuple(reversed(given)),
        details={"multiple": _finite(multiple), "largest": _finite(largest)},
    )


def _is_guarantee_company(view: View, limit: OverGuarantee) -> bool:
    name = str(view.master("name") or "")
    return any(word in name for word in limit.company_words)


def _since(given: list[Fact]) -> int:
    """The last guarantee is the one too many."""
    return max(fact.start for fact in given)


EVALUATORS: Mapping[str, Evaluator] = {
    "over_guarantee": Evaluator(over_guarantee, OverGuarantee, starts_and_ends),
}
