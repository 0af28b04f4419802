"""Registry point on whether the firm goes on existing."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from detectors.fact import FAR, RETRACT, Fact, iso_day
from detectors.points.evaluator import Evaluator
from detectors.points.exposure import exposure_endings, in_words, open_exposure
from detectors.points.finding import BLUE, NONE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.view import View
from detectors.points.wording import spoken

_ENDED_BY_FORCE = frozenset({"licence_revoked", "closure_ordered", "registration_cancelled"})
_STATES = {"suspended": "business suspended", "moved_out": "moved out of the district"}
_NOTICES = frozenset({"simple_deregistration_notice", "deregistration_notice"})


class Existence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-46; days."""

    objection_days: int = 20
    suspended_days: int = 1_096


def existence(view: View, limit: Existence) -> Finding:
    """WP-46 主体存续异常: the latest state of existence in the register (F25), against what is still owed.

    Blue while business is suspended (歇业, three years at most). Yellow for a notice of deregistration without known
    debt, and for moving out of the district with open exposure. Red and hard for revocation, closure or cancellation,
    and for a notice of deregistration, or deregistration, while a debt, suit, tax or guarantee is open: creditors can
    object to a simple deregistration for 20 days (市场主体登记管理条例 art. 33).

    >>> from detectors.points.example import seen
    >>> notice = {"on": "2026-01-05", "item": "status", "changed_on": "2026-01-05",
    ...           "status": "simple_deregistration_notice"}
    >>> case = {"on": "2025-12-05", "case_no": "1", "filed_on": "2025-12-05"}
    >>> existence(seen("2026-01-06", F25=[notice], F04=[case]), Existence()).value
    'simple deregistration notice with 1 enforcement case, objections until 2026-01-25'
    """
    states = list(_states(view))
    if all(fact.data.get("status") == "active" for fact in states):
        return Finding(quiet=True)
    held = [fact for fact in states if view.day < _lapses(fact, limit)]
    if not held or held[-1].data.get("status") == "active":
        return NOT_FIRED
    latest = held[-1]
    status = str(latest.data.get("status", ""))
    exposure = open_exposure(view)
    level = _level(status, bool(exposure))
    if level == NONE:
        return NOT_FIRED
    until = _objections(latest, limit) if status in _NOTICES else None
    owed = [fact for facts in exposure.values() for fact in facts] if level > BLUE else []
    return Finding(
        level=level,
        value=_STATES.get(status, spoken(status))
        + (f" with {in_words(exposure)}" if status not in _ENDED_BY_FORCE and level > BLUE else "")
        + (f", objections until {iso_day(until)}" if until is not None else ""),
        threshold="blue when suspended, yellow for a notice of deregistration or when moved out with something open, "
        "red when ended by force, or for a deregistration or its notice with something open",
        since=latest.start,
        evidence=(latest, *owed),
        turn=_lapses(latest, limit),
        details={"status": status, "open": {kind: len(facts) for kind, facts in exposure.items()}}
        | ({"objection_until": iso_day(until)} if until is not None else {}),
        episode=latest.key,
    )


def _states(view: View) -> Iterator[Fact]:
    return (fact for fact in view.known("F25") if fact.data.get("item") == "status")


def _lapses(fact: Fact, limit: Existence) -> int:
    """The day from which a state counts no more; a later one takes its place before that."""
    end = FAR if fact.end is None else fact.end
    return min(end, fact.start + limit.suspended_days) if fact.data.get("status") == "suspended" else end


def _level(status: str, owing: bool) -> int:
    if status in _ENDED_BY_FORCE:
        return RED
    if status in _NOTICES:
        return RED if owing else YELLOW
    if status == "deregistered":
        return RED if owing else NONE
    if status == "moved_out":
        return YELLOW if owing else NONE
    return BLUE if status == "suspended" else NONE


def _objections(fact: Fact, limit: Existence) -> int | None:
    """The last day to object, as the notice says or, to a simple deregistration, as the law says."""
    said, published = fact.data.get("objection_until"), fact.data.get("published_on")
    if isinstance(said, int):
        return said
    if fact.data.get("status") != "simple_deregistration_notice":
        return None
    return (published if isinstance(published, int) else fact.start) + limit.objection_days


def _not_a_state(fact: Fact, _: int) -> bool:
    """While the firm simply exists, what it owes does not matter here."""
    return fact.rank != RETRACT and "changed_on" not in fact.data


def _endings(view: View, _: object, limit: Existence) -> Iterable[int]:
    states = list(_states(view))
    for fact in states:
        yield from (fact.start, _lapses(fact, limit))
    if any(fact.data.get("status") in ("moved_out", "deregistered") for fact in states):
        yield from exposure_endings(view)


EVALUATORS: Mapping[str, Evaluator] = {
    "existence": Evaluator(existence, Existence, _endings, _not_a_state),
}
