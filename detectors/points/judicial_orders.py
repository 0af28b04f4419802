"""What courts and notaries order before a firm is listed: certificates, judgments and preservation."""

from collections.abc import Mapping

import msgspec

from detectors.chains import case_key
from detectors.fact import Fact
from detectors.points.evaluator import Evaluator, NoParameters, ends
from detectors.points.finding import NOT_FIRED, RED, YELLOW, Finding, not_evaluable, worst
from detectors.points.view import View
from detectors.points.wording import count


def notarial_certificate(view: View, _: NoParameters) -> Finding:
    """WP-05 公证执行证书: an execution certificate (F28) that names the firm as debtor or guarantor.

    It allows enforcement without a trial (民事诉讼法 on notarised claims; 公证法 art. 37) and so is the earliest hard
    judicial sign. Yellow from one; red when an enforcement case (F04) names it as its basis, itself or through the
    listing (F05) of the same case. It is paid when every such case has ended.

    >>> from detectors.points.example import seen
    >>> paper = {"on": "2026-01-05", "cert_no": "7", "kind": "execution_certificate", "role": "debtor"}
    >>> notarial_certificate(seen("2026-01-06", F28=[paper]), NoParameters()).value
    '1 certificate, 0 in enforcement'
    """
    enforced = _enforced(view)
    issued, taken, cases = [], [], list[Fact]()
    for paper in view.active("F28"):
        if paper.data.get("kind") != "execution_certificate" or paper.data.get("role") not in _OWING:
            continue
        own = enforced.get(str(paper.data.get("cert_no")), [])
        running = [case for case in own if case.end is None or view.day < case.end]
        if own and not running:
            continue  # every case brought on it has ended: it is paid
        issued.append(paper)
        if running:
            taken.append(paper)
            cases += running
    if not issued:
        return NOT_FIRED
    return Finding(
        level=RED if taken else YELLOW,
        value=f"{count(len(issued), 'certificate')}, {len(taken)} in enforcement",
        threshold="yellow from 1 certificate, red when it is enforced",
        since=min(case.start for case in cases) if cases else issued[0].start,
        evidence=(*(taken or issued), *cases),
        details={"certificates": len(issued), "in_enforcement": len(taken)},
    )


_OWING = frozenset({"debtor", "guarantor"})


def _enforced(view: View) -> dict[str, list[Fact]]:
    """Enforcement cases by the document that is their basis."""
    cases = {case_key(str(fact.data.get("case_no", ""))): fact for fact in view.known("F04")}
    found: dict[str, dict[str, Fact]] = {}
    for fact in (*view.known("F04"), *view.known("F05")):
        case = cases.get(case_key(str(fact.data.get("case_no", ""))))
        if case is not None and "basis_doc_no" in fact.data:
            found.setdefault(str(fact.data["basis_doc_no"]), {})[case.key] = case
    return {basis: list(by_key.values()) for basis, by_key in found.items()}


class JudgmentDebt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-06; spans in days, the amount in main units of the profile's currency."""

    yellow_amount: int = 200_000
    yellow_share_of_base: float = 0.05
    red_share_of_base: float = 0.30
    grace_days: int = 10
    term_days: int = 10


def judgment_debt(view: View, limit: JudgmentDebt) -> Finding:
    """WP-06 判决未履行: what a judgment (F03) orders the firm to pay, and has not been paid, against M.

    From ``grace_days`` after the day it was to be performed by; a judgment that names no such day was to be performed
    ``term_days`` after it took effect. Each judgment counts for itself, as an appeal repeats the first instance. From
    then on interest doubles (民事诉讼法 art. 264); the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> paper = {"on": "2026-01-05", "obligation_amount": cny(600_000), "perform_by": "2026-02-01"}
    >>> judgment_debt(seen("2026-02-12", F03=[paper]), JudgmentDebt()).value
    'CNY 600,000 unpaid 11 days after it was due (6% of M)'
    """
    floor = max(limit.yellow_amount * 100, round(limit.yellow_share_of_base * view.base.amount))
    red = max(floor, round(limit.red_share_of_base * view.base.amount))
    findings, undated = [], 0
    for paper in view.active("F03"):
        amount = view.money(paper, "obligation_amount")
        if amount is None or amount < floor:
            continue
        due = _due(paper, limit)
        if due is None:
            undated += 1
        else:
            findings.append(_unpaid(view, paper, amount, due, floor, red, limit))
    finding = worst(findings)
    if undated and not finding.level:
        return not_evaluable(
            f"{count(undated, 'judgment')} over {view.text(floor)} without a day to perform by"
        )
    return finding


def _due(paper: Fact, limit: JudgmentDebt) -> int | None:
    due, effective = paper.data.get("perform_by"), paper.data.get("effective_on")
    if isinstance(due, int):
        return due
    return effective + limit.term_days if isinstance(effective, int) else None


def _unpaid(
    view: View, paper: Fact, amount: int, due: int, floor: int, red: int, limit: JudgmentDebt
) -> Finding:
    late = due + limit.grace_days + 1
    if view.day < late:
        return Finding(turn=late)
    share = f" ({amount / view.base.amount:.0%} of M)" if view.base.amount else ""
    return Finding(
        level=RED if amount >= red else YELLOW,
        value=f"{view.text(amount)} unpaid {view.day - due} days after it was due{share}",
        threshold=f"yellow from {view.text(floor)}, red from {view.text(red)}, over {limit.grace_days} days",
        since=late,
        evidence=(paper,),
        details={"amount": amount, "days_overdue": view.day - due, "base_rung": view.base.rung},
    )


class PreservationOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-07."""

    red_share_of_base: float = 0.50


def preservation_order(view: View, limit: PreservationOrder) -> Finding:
    """WP-07 财产保全: assets immobilised before judgment, by the court's case (F01) or by its measures (F09).

    Yellow from one; red when the amount preserved reaches ``red_share_of_base`` of M. Measures of one order bind no
    more than its limit; case and measures are two views of one thing, so the larger amount counts. Source: 民事诉讼法
    art. 103-108; 最高人民法院查封扣押冻结规定; the share is a configuration default.

    >>> from detectors.points.example import cny, seen
    >>> freeze = {"on": "2026-01-05", "stage": "preservation", "notice_no": "1", "amount_limit": cny(6_000_000)}
    >>> preservation_order(seen("2026-01-06", F09=[freeze]), PreservationOrder()).value
    'CNY 6,000,000 preserved (60% of M) by 1 measure'
    """
    cases = [
        case
        for case in view.active("F01")
        if case.data.get("case_type") == "preservation" and case.data.get("role") in _AGAINST
    ]
    measures = [fact for fact in view.active("F09") if fact.data.get("stage") == "preservation"]
    if not cases and not measures:
        return NOT_FIRED
    claimed = sum(view.money(case, "claim_amount") or 0 for case in cases)
    amount = max(claimed, _bound(view, measures))
    trigger = round(limit.red_share_of_base * view.base.amount)
    share = f" ({amount / view.base.amount:.0%} of M)" if view.base.amount else ""
    evidence = sorted((*cases, *measures), key=lambda fact: (fact.start, fact.key))
    return Finding(
        level=RED if trigger and amount >= trigger else YELLOW,
        value=f"{view.text(amount)} preserved{share} by {_by(cases, measures)}",
        threshold=f"yellow from 1 case or measure, red from {view.text(trigger)} "
        f"({limit.red_share_of_base:.0%} of M)",
        since=evidence[0].start,
        evidence=tuple(evidence),
        details={"amount": amount, "base_rung": view.base.rung},
    )


def _by(cases: list[Fact], measures: list[Fact]) -> str:
    """What preserves the assets, in words."""
    said = ((cases, "case"), (measures, "measure"))
    return " and ".join(count(len(facts), noun) for facts, noun in said if facts)


_AGAINST = frozenset({"respondent", "defendant"})


def _bound(view: View, measures: list[Fact]) -> int:
    """What the measures bind: per order the values of the assets, at most the order's limit."""
    orders: dict[str, list[Fact]] = {}
    for fact in measures:
        orders.setdefault(str(fact.data.get("order_no") or fact.key), []).append(fact)
    total = 0
    for facts in orders.values():
        limits = [one for fact in facts if (one := view.money(fact, "amount_limit")) is not None]
        values = [one for fact in facts if (one := view.money(fact, "asset_value")) is not None]
        bounds = [sum(values)] if len(values) == len(facts) or not limits else []
        total += min([*bounds, *([max(limits)] if limits else [])])
    return total


EVALUATORS: Mapping[str, Evaluator] = {
    "notarial_certificate": Evaluator(notarial_certificate, NoParameters, ends),
    "judgment_debt": Evaluator(judgment_debt, JudgmentDebt, ends, measured_by_base=True, drifts=True),
    "preservation_order": Evaluator(preservation_order, PreservationOrder, ends, measured_by_base=True),
}
