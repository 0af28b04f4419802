"""Insolvency and compulsory winding-up (F08), from the application to the end of the proceedings."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.finding import NOT_FIRED, RED, YELLOW, Finding
from detectors.points.stages import begin, matters, running
from detectors.points.view import View

_STAGES = (
    "application",
    "accepted",
    "administrator_appointed",
    "claims_deadline",
    "reorganisation_plan",
    "declared_bankrupt",
    "dismissed",
    "terminated",
)
_UNCONFIRMED = frozenset({"application", "dismissed"})


class Insolvency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-13: procedures that are solvent in themselves, separated by blanks; days after a plan."""

    solvent: str = "members-voluntary-liquidation"
    plan_days: int = 180


def insolvency(view: View, limit: Insolvency) -> Finding:
    """WP-13 破产/强制清算: proceedings (F08) that have been applied for or accepted are red and hard.

    An application (破申, 清申; a petition) is red provisionally, until it is accepted or dismissed; acceptance makes
    undue debts due and guarantors callable (企业破产法 art. 46, 51). It replaces the application. A solvent winding-up
    (such as a UK members' voluntary liquidation, Insolvency Act 1986 s. 89-90) is yellow. Proceedings that ended with
    the plan of a reorganisation are yellow for ``plan_days`` (configuration default).

    >>> from detectors.points.example import seen
    >>> case = {"on": "2026-01-05", "case_no": "(2026)浙0604破申3号", "event": "application"}
    >>> insolvency(seen("2026-01-06", F08=[case]), Insolvency()).value
    'applied for (provisional)'
    """
    cases = matters(view, "F08", _STAGES)
    accepted = [
        begin(case)
        for case in cases
        if case[-1].data.get("event") not in _UNCONFIRMED and not _is_solvent(case[-1], limit)
    ]
    found = [
        case
        for case in cases
        if case[-1].data.get("event") != "application" or not any(begin(case) <= one for one in accepted)
    ]
    live = [(case, *_said(case, view.day, limit)) for case in found]
    turn = min((until for _, _, _, until in live if until > view.day), default=FAR)
    shown = [(case, level, says) for case, level, says, _ in live if level]
    if not shown:
        return Finding(turn=turn)
    level = max(level for _, level, _ in shown)
    weighing = [(case, says) for case, own, says in shown if own == level]
    return Finding(
        level=level,
        value=", ".join(sorted({says for _, says in weighing})),
        threshold=f"red from an application, yellow for a solvent winding-up and {limit.plan_days} days after a plan",
        since=min(begin(case) for case, _ in weighing),
        evidence=tuple(case[-1] for case, _ in weighing),
        turn=turn,
        details={
            "proceedings": len(shown),
            "confirmed": any("provisional" not in says for _, says in weighing),
        },
    )


def _said(case: list[Fact], day: int, limit: Insolvency) -> tuple[int, str, int]:
    """Colour, words, and the day until which they stay so."""
    last = case[-1]
    if running(case, day):
        if _is_solvent(last, limit):
            return YELLOW, "solvent winding-up", FAR
        accepted_on = last.data.get("accepted_on")
        begun = not isinstance(accepted_on, int) or accepted_on <= day
        if last.data.get("event") in _UNCONFIRMED or not begun:
            return RED, "applied for (provisional)", accepted_on if isinstance(accepted_on, int) else FAR
        return RED, "accepted", FAR
    until = (last.end or 0) + limit.plan_days
    if last.data.get("event") == "reorganisation_plan" and day < until:
        return YELLOW, "reorganisation plan completed", until
    return 0, "over", FAR


def _is_solvent(statement: Fact, limit: Insolvency) -> bool:
    said = statement.data.get("solvent")
    return bool(statement.data.get("procedure") in limit.solvent.split() if said is None else said)


def _turns(view: View) -> Iterable[int]:
    for case in matters(view, "F08", _STAGES):
        for fact in case:
            yield fact.start
            if fact.end is not None:
                yield fact.end


def _endings(view: View, _: tuple[str, ...], limit: Insolvency) -> Iterable[int]:
    for day in _turns(view):
        yield from (day, day + limit.plan_days)


def _chapter_endings(view: View, _: tuple[str, ...], __: object) -> Iterable[int]:
    return _turns(view)


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-24: procedures, separated by blanks."""

    procedures: str = "chapter-7 chapter-11"


def chapter_petition(view: View, limit: Chapter) -> Finding:
    """WX-24 US chapter 7/11 petition: a docket (F08) of liquidation or reorganisation that is open is red.

    A voluntary petition is an order for relief in itself (11 U.S.C. § 301). Source: dockets as RECAP publishes them.

    >>> from detectors.points.example import seen
    >>> case = {"on": "2026-01-05", "case_no": "26-10001", "event": "application", "procedure": "chapter-11"}
    >>> chapter_petition(seen("2026-01-06", F08=[case]), Chapter()).value
    'chapter-11 petition'
    """
    asked = limit.procedures.split()
    cases = [
        case
        for case in matters(view, "F08", _STAGES)
        if case[-1].data.get("procedure") in asked and running(case, view.day)
    ]
    if not cases:
        return NOT_FIRED
    kinds = sorted({str(case[-1].data.get("procedure")) for case in cases})
    return Finding(
        level=RED,
        value=f"{', '.join(kinds)} petition",
        threshold="red from 1 petition",
        since=begin(cases[0]),
        evidence=tuple(case[-1] for case in cases),
        details={"petitions": len(cases)},
    )


EVALUATORS: Mapping[str, Evaluator] = {
    "insolvency": Evaluator(insolvency, Insolvency, _endings),
    "chapter_petition": Evaluator(chapter_petition, Chapter, _chapter_endings),
}
