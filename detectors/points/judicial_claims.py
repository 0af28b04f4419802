"""Suits against a firm (F01) that weigh by what is claimed and by who claims it."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.chains import case_key
from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator, ends
from detectors.points.finding import NONE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.judicial_suits import about, open_suits, sued
from detectors.points.latch import Span, latched, totals
from detectors.points.view import View
from detectors.points.wording import count


class LargeClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-03; the amount in main units of the profile's currency."""

    yellow_share_of_base: float = 0.20
    yellow_amount: int = 5_000_000
    red_share_of_base: float = 1.0
    clearing_share: float = 0.80


class _Claim(msgspec.Struct, frozen=True, gc=False):
    """A claim of known amount in minor units, open from ``start`` until before ``stop``."""

    start: int
    stop: int
    amount: int
    fact: Fact


def large_claim(view: View, limit: LargeClaim) -> Finding:
    """WP-03 大额被诉: the largest open claim (F01), and all open claims together, against M.

    Yellow from one claim of ``yellow_share_of_base`` of M or of ``yellow_amount``. Red when the open claims reach
    ``red_share_of_base`` of M, until they fall below ``clearing_share`` of that. A claim is open until the case is
    closed or a judgment (F03) is for the firm; a judgment also gives the amount where the filing does not. Material
    litigation is a listed signal of lenders; the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> suit = {"on": "2026-01-05", "role": "defendant", "claim_amount": cny(2_000_000)}
    >>> large_claim(seen("2026-01-06", F01=[suit]), LargeClaim()).value
    'largest open claim CNY 2,000,000, all open claims CNY 2,000,000 (20% of M)'
    """
    claims = _claims(view)
    trigger = round(limit.red_share_of_base * view.base.amount)
    single = min(limit.yellow_amount * 100, round(limit.yellow_share_of_base * view.base.amount))
    live = sorted(
        (one for one in claims if view.day < one.stop), key=lambda one: (-one.amount, one.start, one.fact.key)
    )
    if not live:
        return NOT_FIRED
    spans = [Span(one.start, one.stop, one.amount) for one in claims]
    red = latched(totals(spans, view.day), (trigger,), (limit.clearing_share * trigger,))
    large = [one for one in live if one.amount >= single]
    level = RED if red.level else YELLOW if large else NONE
    total = sum(one.amount for one in live)
    share = f" ({total / view.base.amount:.0%} of M)" if view.base.amount else ""
    weighing = live if red.level else large
    return Finding(
        level=level,
        value=f"largest open claim {view.text(live[0].amount)}, all open claims {view.text(total)}{share}",
        threshold=f"yellow from one claim of {view.text(single)}, red from {view.text(trigger)} open in all "
        f"until below {view.text(round(limit.clearing_share * trigger))}",
        since=red.since if red.level else min((one.start for one in large), default=0),
        evidence=tuple(one.fact for one in weighing),
        details={"largest": live[0].amount, "open": total, "base_rung": view.base.rung},
    )


def _claims(view: View) -> list[_Claim]:
    judged: dict[str, list[Fact]] = {}
    for fact in view.known("F03"):
        if "case_no" in fact.data:
            judged.setdefault(case_key(fact.data["case_no"]), []).append(fact)
    claims = []
    for suit in sued(view):
        judgments = judged.get(case_key(str(suit.data.get("case_no", ""))), ())
        amounts = [view.money(suit, "claim_amount"), *(view.money(one, "case_money") for one in judgments)]
        amount = next((one for one in amounts if one is not None), None)
        won = [one.start for one in judgments if one.data.get("result") == "won"]
        if amount is not None:
            stop = min([FAR if suit.end is None else suit.end, *won])
            claims.append(_Claim(suit.start, stop, amount, suit))
    return claims


def _claim_endings(view: View, _: tuple[str, ...], __: LargeClaim) -> Iterable[int]:
    return (one.stop for one in _claims(view))


class SuedByLender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-04; words of causes are separated by blanks."""

    causes: str = "借款 保证 融资租赁 保理 票据 追偿权 loan promissory foreclosure"
    guarantee_causes: str = "保证合同 guaranty guarantee"
    red_lenders: int = 2
    days: int = 180


def sued_by_lender(view: View, limit: SuedByLender) -> Finding:
    """WP-04 金融/借款/保证类被诉: open suits (F01) of licensed lenders over credit, and of anybody over a guarantee.

    Yellow from one; red when ``red_lenders`` lenders filed suits that are still open within ``days`` of each other.
    Who lends is told by words in the plaintiff's name. Default towards a financial institution is a listed signal of
    lenders; the span is a configuration default.

    >>> from detectors.points.example import seen
    >>> bank = {"name": "上虞某银行", "role": "plaintiff"}
    >>> suit = {"on": "2026-01-05", "role": "defendant", "cause": "金融借款合同纠纷", "parties": [bank]}
    >>> sued_by_lender(seen("2026-01-06", F01=[suit]), SuedByLender()).value
    '1 suit over credit or guarantee, 1 lender within 180 days'
    """
    credit, suits = [], []
    for suit in open_suits(view):
        if suit.data.get("lenders") and about(suit, limit.causes):
            credit.append(suit)
            suits.append(suit)
        elif about(suit, limit.guarantee_causes):
            suits.append(suit)
    if not suits:
        return NOT_FIRED
    lenders = _most_lenders(credit, limit.days)
    return Finding(
        level=RED if lenders >= limit.red_lenders else YELLOW,
        value=f"{count(len(suits), 'suit')} over credit or guarantee, {count(lenders, 'lender')} within "
        f"{limit.days} days",
        threshold=f"yellow from 1 suit, red from {limit.red_lenders} lenders within {limit.days} days",
        since=suits[0].start,
        evidence=tuple(suits),
        details={"suits": len(suits), "lenders": lenders},
    )


def _most_lenders(suits: list[Fact], days: int) -> int:
    """The greatest number of lenders that filed within one span of ``days``."""
    return max(
        (
            len(
                {
                    one
                    for suit in suits
                    if 0 <= suit.start - first.start < days
                    for one in suit.data["lenders"]
                }
            )
            for first in suits
        ),
        default=0,
    )


EVALUATORS: Mapping[str, Evaluator] = {
    "large_claim": Evaluator(large_claim, LargeClaim, _claim_endings, measured_by_base=True),
    "sued_by_lender": Evaluator(sued_by_lender, SuedByLender, ends),
}
