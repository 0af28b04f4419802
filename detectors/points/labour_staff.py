"""The insured headcount of a firm (F19): a fall, and a firm that insures nobody any more."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from detectors.fact import FAR, RETRACT, Fact
from detectors.points.delay import showing, waiting
from detectors.points.evaluator import Evaluator, when
from detectors.points.finding import AS_SOON_AS_TOLD, BLUE, NONE, RED, YELLOW, Finding, not_evaluable
from detectors.points.labour import monthly
from detectors.points.lawful import LONGEST_DAYS
from detectors.points.months import first_day, label, month_number
from detectors.points.view import View

_KINDS = ("pension", "medical", "unemployment", "work_injury")
_ALIVE = frozenset({"active", "insolvent"})
_EXPLAINED = frozenset({"suspended", "moved_out"})


class HeadcountCollapse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-37: falls within ``months``; how long a lower headcount is held against what it was; how many
    days after its end a month without any record counts as nobody insured; and ``on_delay_days``, the evaluation period
    for which blue and yellow must hold."""

    blue_fall: float = 0.20
    yellow_fall: float = 0.40
    min_persons: int = 5
    months: int = 3
    remembered_months: int = 12
    late_days: int = 45
    on_delay_days: int = 31


class _Month(msgspec.Struct, frozen=True, gc=False):
    """A month of one kind of insurance: persons insured, what they are held against, and the colour of that."""

    month: int
    count: int
    fact: Fact
    against: int = 0
    since: int = 0
    level: int = NONE


def headcount_collapse(view: View, limit: HeadcountCollapse) -> Finding:
    """WP-37 参保人数骤降: the insured headcount of a month against the highest of the three months before.

    Blue from a fall of ``blue_fall`` and yellow from ``yellow_fall``, of ``min_persons`` at least, that has held for
    one evaluation period (:mod:`detectors.points.delay`); red when a firm in existence insures nobody. The colour lasts
    until the headcount recovers, or ``remembered_months``. A month without a record counts as nobody insured
    ``late_days`` after its end, if the source has told all there is until then. A firm that has suspended business
    (歇业, 市场主体登记管理条例 art. 30) or moved away is explained; one that was struck off is yellow at most, as other
    points tell of that. A falling payroll within three months is a published signal of regulators; the numbers are
    configuration defaults.

    >>> from detectors.points.example import seen
    >>> months = [{"on": f"2026-0{n}-28", "insurance": "pension", "period": f"2026-0{n}", "insured_count": count}
    ...           for n, count in ((1, 50), (2, 35), (3, 35))]
    >>> headcount_collapse(seen("2026-03-27", F19=months), HeadcountCollapse()).level
    0
    >>> headcount_collapse(seen("2026-03-28", F19=months), HeadcountCollapse()).value
    '35 insured in 2026-03 against 50 (-30%)'
    """
    series = _latest_series(view)
    if not series:
        return not_evaluable("no insured headcount known")
    status, until = _status(view)
    if status in _EXPLAINED:
        return Finding(turn=until)
    swept = _swept(series, limit)
    absent, (turn, told), missing = _absence(view, swept[-1], limit)
    last = absent or swept[-1]
    before = swept[-2].level if len(swept) > 1 else NONE
    shown, rises = showing(last.level, before, last.fact.start, view.day, limit.on_delay_days)
    turn = min(turn, rises)
    if shown == NONE:
        quiet = not missing and status in {None, *_ALIVE} and all(one.level == NONE for one in swept)
        return Finding(
            missing=missing or None,
            turn=turn,
            quiet=quiet,
            usual=_usual(swept, limit) if quiet else {},
            told=told,
        )
    facts = _evidence(last, swept)
    said = f"{last.count} insured in" if absent is None else "no record for"
    return Finding(
        level=shown if status is None or status in _ALIVE else min(shown, YELLOW),
        value=f"{said} {label(last.month)} against {last.against} ({last.count / last.against - 1:+.0%})"
        + waiting(shown, last.level),
        threshold=f"blue from {-limit.blue_fall:.0%} and {limit.min_persons} persons in {limit.months} months, "
        f"yellow from {-limit.yellow_fall:.0%}, red when nobody is insured",
        since=_since(last, swept, limit),
        evidence=facts,
        turn=turn,
        details={"count": last.count, "against": last.against, "month": label(last.month)},
        told=told,
    )


def _usual(swept: Sequence[_Month], limit: HeadcountCollapse) -> dict[str, Any]:
    """Between which headcounts the months to come cannot be a fall, whatever their order."""
    last = swept[-1]
    most = max(one.count for one in swept if one.month >= last.month - limit.months)
    kind, least = str(last.fact.data.get("insurance", "")), most * (1 - limit.blue_fall)
    return {"kind": kind, "last": label(last.month), "least": least, "most": most}


def _carried(
    fact: Fact, replaced: Fact | None, day: int, finding: Finding, limit: HeadcountCollapse
) -> Finding | None:
    """A later month of the same series, with nobody gone and nobody more, puts off the day on which the firm would
    count as insuring nobody."""
    month = _as_before(fact, finding)
    if month is None or (replaced is not None and _as_before(replaced, finding) is None):
        return None
    turn = _deadline(month, limit)
    if turn <= day:
        return None
    return when(
        msgspec.structs.replace(finding, usual={**finding.usual, "last": label(month)}), turn, behind=False
    )


def _as_before(fact: Fact, finding: Finding) -> int | None:
    """The month of a fact that tells of a later one than known, with nobody gone and nobody more."""
    data, usual = fact.data, finding.usual
    count = data.get("insured_count")
    if (
        fact.rank == RETRACT
        or not usual
        or data.get("insurance") != usual["kind"]
        or not isinstance(count, int)
    ):
        return None
    month = month_number(data.get("period", ""))
    if month is None or label(month) <= usual["last"]:
        return None
    return month if usual["least"] < count <= usual["most"] else None


def _deadline(last: int, limit: HeadcountCollapse) -> int:
    """The day from which on the month after ``last`` counts as one with nobody insured, if nothing is told of it."""
    return first_day(last + 2) + limit.late_days


def _since(last: _Month, swept: Sequence[_Month], limit: HeadcountCollapse) -> int:
    """The day on which a colour first showed: the first month of the fall was known, by its record or by there being
    none, and the fall had held."""
    run = [one for one in swept if one.month >= last.since]
    if not run:
        return first_day(last.month + 1) + limit.late_days
    told = run[0].fact.start
    if run[0].level == RED:
        return told
    return max(told, min([told + limit.on_delay_days, *(one.fact.start for one in run[1:2])]))


def _evidence(last: _Month, swept: Sequence[_Month]) -> tuple[Fact, ...]:
    """The month before the fall, the first one of it and the latest."""
    before = [one for one in swept if one.month < last.since and one.count == last.against]
    fallen = [one for one in swept if one.month >= last.since]
    facts = {one.fact.key: one.fact for one in (*before[-1:], *fallen[:1], *fallen[-1:])}
    return tuple(facts.values()) or (last.fact,)


def _latest_series(view: View) -> list[_Month]:
    """The headcount by month, of the kind of insurance that speaks of the latest month: kinds differ in scope."""
    found = [_counts(monthly(view).get(kind, {})) for kind in _KINDS]
    return max(found, key=lambda series: series[-1].month if series else -1)


def _counts(facts: Mapping[int, Fact]) -> list[_Month]:
    return [
        _Month(month, int(fact.data["insured_count"]), fact)
        for month, fact in facts.items()
        if "insured_count" in fact.data
    ]


def _swept(series: Sequence[_Month], limit: HeadcountCollapse) -> list[_Month]:
    """The months with what each is held against, and its colour."""
    done: list[_Month] = []
    for one in series:
        done.append(_held(one, done, limit))
    return done


def _held(one: _Month, before: Sequence[_Month], limit: HeadcountCollapse) -> _Month:
    near = [early.count for early in before if early.month >= one.month - limit.months]
    last = before[-1] if before else None
    fallen = last is not None and last.level and one.month - last.since < limit.remembered_months
    against = max([*near, *([last.against] if last is not None and fallen else [])], default=0)
    level = _graded(one.count, against, limit)
    since = last.since if last is not None and fallen else one.month
    return msgspec.structs.replace(one, against=against, level=level, since=since if level else 0)


def _graded(count: int, against: int, limit: HeadcountCollapse) -> int:
    if count == 0:
        return RED if against else NONE
    fall = (against - count) / against if against - count >= limit.min_persons else 0.0
    return YELLOW if fall >= limit.yellow_fall else BLUE if fall >= limit.blue_fall else NONE


def _absence(
    view: View, last: _Month, limit: HeadcountCollapse
) -> tuple[_Month | None, tuple[int, int], str]:
    """The first month without a record, if it is proven that none will come; the next day to look, and the one up to
    which the source must have told all before; what is missing."""
    if not last.count:
        return None, (FAR, FAR), ""
    month, deadline = last.month + 1, _deadline(last.month, limit)
    if view.day < deadline:
        return None, (deadline, FAR), ""
    fed = view.fed_until("F19")
    if fed is None:
        return None, (FAR, AS_SOON_AS_TOLD), "the source of social insurance has not said how far it is"
    if fed < deadline:
        return None, (FAR, deadline), ""
    against = max(last.count, last.against if last.level else 0)
    since = last.since if last.level else month
    return _Month(month, 0, last.fact, against, since, RED), (FAR, FAR), ""


def _status(view: View) -> tuple[str | None, int]:
    """State of existence (F25, else F29), and the day on which a suspension ends by itself."""
    for change in reversed(view.known("F25")):
        if change.data.get("item") != "status":
            continue
        status, until = str(change.data.get("status")), FAR if change.end is None else change.end
        if status == "suspended":
            until = min(until, change.start + LONGEST_DAYS)
        return ("active", FAR) if until <= view.day else (status, until)
    return view.master("status"), FAR


def _endings(view: View, _: tuple[str, ...], limit: HeadcountCollapse) -> Iterable[int]:
    for facts in monthly(view).values():
        swept = _swept(_counts(facts), limit)
        for before, one in pairwise(swept):
            if one.level < before.level or one.month > before.month + 1:
                yield one.fact.start
    for change in view.known("F25"):
        if change.data.get("item") == "status":
            yield change.start


EVALUATORS: Mapping[str, Evaluator] = {
    "headcount_collapse": Evaluator(
        headcount_collapse, HeadcountCollapse, _endings, carried=_carried, awaits="F19"
    ),
}
