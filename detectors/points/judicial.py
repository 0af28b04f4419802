"""Judicial points: what courts say about a firm as a debtor."""

import msgspec

from detectors.points.finding import NOT_FIRED, RED, YELLOW, Finding
from detectors.points.view import View


class UnderEnforcement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-08; amounts in main units of the profile's currency."""

    red_amount: int = 1_000_000
    red_share_of_base: float = 0.10
    red_cases: int = 3


def under_enforcement(view: View, limit: UnderEnforcement) -> Finding:
    """WP-08 被执行人: active enforcement cases (F04).

    Yellow from the first active case; red when the amount reaches max(``red_amount``, share of M) or there are
    ``red_cases`` cases. Source: vendor practice ranks it high; amounts are a configuration default.
    """
    cases = view.active("F04")
    if not cases:
        return NOT_FIRED
    amount = sum(view.money(case, "unperformed_amount", "exec_amount") or 0 for case in cases)
    trigger = max(limit.red_amount * 100, round(limit.red_share_of_base * view.base.amount))
    red = amount >= trigger or len(cases) >= limit.red_cases
    return Finding(
        level=RED if red else YELLOW,
        value=f"{len(cases)} active case(s), {view.text(amount)}",
        threshold=f"red from {view.text(trigger)} or {limit.red_cases} cases, yellow from 1 case",
        since=cases[0].start,
        evidence=tuple(cases),
        details={"cases": len(cases), "amount": amount, "base_rung": view.base.rung},
    )


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
        value=f"{len(listings)} active listing(s)",
        threshold="red from 1 listing",
        since=listings[0].start,
        evidence=tuple(listings),
        details={"listings": len(listings)},
    )
