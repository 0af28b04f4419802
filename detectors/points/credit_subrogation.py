"""Credit point on guarantors: somebody paid for the firm, or the firm paid for others (F21)."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import Fact
from detectors.points.credit import QUIET
from detectors.points.evaluator import Evaluator
from detectors.points.finding import NONE, NOT_FIRED, RED, YELLOW, Finding, not_evaluable
from detectors.points.loans import GUARANTOR, NO_LOANS, contracts, is_healthy
from detectors.points.view import View
from detectors.points.wording import percent


class Subrogation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-43; shares of M, and of what was paid."""

    yellow_share_of_base: float = 0.05
    red_share_of_base: float = 0.30
    recovered_share: float = 0.80


class Paid(msgspec.Struct, frozen=True, gc=False):
    """A guarantor's payment on one contract: the status that tells it, the amount (None: unknown), and the day."""

    fact: Fact
    amount: int | None
    day: int


def subrogation(view: View, limit: Subrogation) -> Finding:
    """WP-43 担保代偿: a guarantor paid for the firm, or the firm paid for others as their guarantor (F21).

    Red when somebody paid for it, or when it paid 30 % of M for others; yellow from 5 % of M or an unknown amount. Who
    paid has recourse (民法典 art. 700): a payment counts no more once 80 % of it was repaid, or the lender closes the
    record. A guarantor's default is a published warning sign (SAMA credit-risk rules, appendix 1); the shares are
    configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> loan = {"on": "2026-01-31", "lender_id": "b", "contract_no": "1", "as_of": "2026-01-31",
    ...         "subrogation": cny(500_000)}
    >>> subrogation(seen("2026-02-01", F21=[loan]), Subrogation()).value
    'CNY 500,000 paid for the firm'
    >>> subrogation(seen("2026-02-01", F21=[{**loan, "role_of_subject": "guarantor"}]), Subrogation()).value
    'CNY 500,000 (5% of M) paid by the firm for others'
    """
    own, given = contracts(view), contracts(view, GUARANTOR)
    if not own and not given:
        return not_evaluable(NO_LOANS)
    if not any(
        map(_tells_payment, (fact for held in (own, given) for facts in held.values() for fact in facts))
    ):
        return QUIET
    received = [one for facts in own.values() if (one := _paid(view, facts, limit))]
    paid = [one for facts in given.values() if (one := _paid(view, facts, limit))]
    amount = sum(one.amount or 0 for one in paid)
    level = RED if received else _guarantor_level(view, paid, amount, limit)
    if level == NONE:
        return NOT_FIRED
    counted = sorted([*received, *paid], key=lambda one: (one.day, one.fact.key))
    said = [f"{_paid_in_all(view, received)} paid for the firm"] if received else []
    share = amount / view.base.amount if view.base.amount else 0.0
    of_base = (
        f" ({percent(share, limit.yellow_share_of_base, limit.red_share_of_base)} of M)" if amount else ""
    )
    said += [f"{_paid_in_all(view, paid)}{of_base} paid by the firm for others"] if paid else []
    return Finding(
        level=level,
        value=", ".join(said),
        threshold=f"red when paid for the firm or from {limit.red_share_of_base:.0%} of M paid for others, yellow "
        f"from {limit.yellow_share_of_base:.0%}",
        since=counted[0].day,
        evidence=tuple(one.fact for one in (*received, *paid)),
        details={"paid_for_others": amount, "base_rung": view.base.rung},
        episode="|".join(counted[0].fact.key.split("|")[:2]),
    )


def _paid_in_all(view: View, payments: list[Paid]) -> str:
    """The sum of payments; an unknown one is not nothing."""
    known = [one.amount for one in payments if one.amount is not None]
    if not known:
        return "an unknown amount"
    return view.text(sum(known)) + (" and an unknown amount" if len(known) < len(payments) else "")


def _guarantor_level(view: View, paid: list[Paid], amount: int, limit: Subrogation) -> int:
    if paid and amount >= limit.red_share_of_base * view.base.amount:
        return RED
    unknown = any(one.amount is None for one in paid)
    return YELLOW if unknown or (paid and amount >= limit.yellow_share_of_base * view.base.amount) else NONE


def _tells_payment(fact: Fact) -> bool:
    return "subrogation" in fact.data or "subrogated_on" in fact.data


def _paid(view: View, statuses: list[Fact], limit: Subrogation) -> Paid | None:
    """The payment on a contract that is still to be recovered."""
    telling = [fact for fact in statuses if _tells_payment(fact)]
    if not telling or (telling[-1].end is not None and telling[-1].end <= view.day):
        return None
    last, first = telling[-1], telling[0]
    amount = view.money(last, "subrogation")
    repaid = sum(view.money(fact, "repaid") or 0 for fact in statuses if fact.start > first.start)
    if amount is not None and repaid >= limit.recovered_share * amount:
        return None
    return Paid(last, amount, min(last.data.get("subrogated_on", first.start), first.start))


def _subrogation_endings(view: View, _: object, __: object) -> Iterable[int]:
    for role in ("", GUARANTOR):
        for facts in contracts(view, role).values():
            if any(map(_tells_payment, facts)):
                yield from (fact.start for fact in facts)
                yield from (fact.end for fact in facts if fact.end is not None)


EVALUATORS: Mapping[str, Evaluator] = {
    "subrogation": Evaluator(
        subrogation, Subrogation, _subrogation_endings, is_healthy, measured_by_base=True
    ),
}
