"""WP-27 用电骤降: less electricity than last year, and less than the peers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from detectors.fact import Fact
from detectors.points.consumption import (
    GAP,
    NO_BASE,
    Usage,
    as_usual,
    facts_of,
    has_base,
    kwh_yoy,
    named,
    same_reading,
    told_seasons,
    usage,
)
from detectors.points.evaluator import Evaluator
from detectors.points.finding import AWAITS_NORM, BLUE, NONE, RED, YELLOW, Finding, no_norm, not_evaluable
from detectors.points.months import label
from detectors.points.view import View
from detectors.points.wording import peers
from detectors.reference import Norm

INDICATOR = "kwh_yoy"


class Collapse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-27, as shares; ``behind_peers`` is the distance to the median of the cohort."""

    blue_fall: float = 0.30
    yellow_fall: float = 0.50
    red_fall: float = 0.80
    behind_peers: float = 0.20
    recovered_to: float = 0.20


class _Step(msgspec.Struct, frozen=True, gc=False):
    """A month (or January and February) with its change against last year, and what is usual if that was asked."""

    months: tuple[int, ...]
    yoy: float | None


class _State(msgspec.Struct, frozen=True, gc=False):
    """Where the story stands after a step: the colour, since which step, and which pair of steps showed it last."""

    level: int = NONE
    begun: int = 0
    shown: int = 0
    norm_missing: bool = False


def consumption_collapse(view: View, limit: Collapse) -> Finding:
    """WP-27 用电骤降: kWh of two months in a row far below those of last year, and below what the cohort did.

    Blue from -30 %, yellow from -50 %, red from -80 % in both, each at least 20 points below the median of the cohort,
    which takes season, holidays and tariffs out. The second month is the evaluation period for which the first must
    hold (:mod:`detectors.points.delay`). The colour stays until two months are back at -20 % or the cohort has moved
    too; a missing or estimated month does not clear it. Power as a proxy of output follows utility-data credit
    practice; the numbers are configuration defaults.

    >>> from detectors.points.example import seen
    >>> told = [{"on": f"{year}-0{month + 1}-01", "utility": "electricity", "event": "reading",
    ...          "period": f"{year}-0{month}", "quantity": kwh}
    ...         for year, kwh in ((2025, "1000"), (2026, "950")) for month in (3, 4)]
    >>> consumption_collapse(seen("2026-05-02", F15=told), Collapse()).level
    0
    """
    known = usage(view)
    if known is None:
        return not_evaluable("no electricity consumption is known")
    steps = _since_recovery(known, limit)
    if not steps:
        return Finding(missing=NO_BASE, quiet=True, usual=_usual(known, limit, based=False))
    state = _followed(view, steps, limit)[-1]
    if state.level:
        return _fired(view, known, steps, state, limit)
    return _not_fired(known, steps, state, limit)


def _not_fired(known: Usage, steps: Sequence[_Step], state: _State, limit: Collapse) -> Finding:
    """The finding without a colour: in order, or why that cannot be said."""
    last = steps[-1]
    if last.yoy is not None and last.yoy > -limit.blue_fall:
        return Finding(quiet=True, usual=_usual(known, limit, based=True))
    if last.yoy is None and not has_base(known, last.months):
        return Finding(missing=NO_BASE, quiet=True, usual=_usual(known, limit, based=False))
    if state.norm_missing:
        return no_norm(INDICATOR, label(last.months[-1]))
    unknown = last.yoy is None or len(steps) < 2 or steps[-2].yoy is None
    return not_evaluable(GAP) if unknown else Finding()


def _since_recovery(known: Usage, limit: Collapse) -> list[_Step]:
    """The latest steps, back to two in a row that are in order: before those no colour is left."""
    steps: list[_Step] = []
    good = 0
    for months in reversed(told_seasons(known, known.first + 12)):
        steps.append(_Step(months, kwh_yoy(known, months)))
        yoy = steps[-1].yoy
        good = good + 1 if yoy is not None and yoy >= -limit.recovered_to else 0
        if good == 2:
            break
    return steps[::-1]


def _followed(view: View, steps: Sequence[_Step], limit: Collapse) -> list[_State]:
    """The state after each step."""
    states = [_State()]
    for index in range(1, len(steps)):
        states.append(_next(view, states[-1], steps, index, limit))
    return states


def _next(view: View, state: _State, steps: Sequence[_Step], index: int, limit: Collapse) -> _State:
    changes = [step.yoy for step in steps[index - 1 : index + 1] if step.yoy is not None]
    if len(changes) < 2:  # what is not known neither raises nor clears
        return msgspec.structs.replace(state, norm_missing=False)
    fallen = _fall(max(changes), limit)
    if not fallen:
        recovered = min(changes) >= -limit.recovered_to
        return _State() if recovered else msgspec.structs.replace(state, norm_missing=False)
    medians = [_median(view, step) for step in steps[index - 1 : index + 1]]
    if None in medians:
        return msgspec.structs.replace(state, norm_missing=True)
    # rounded, so that 20 points are 20 points and not 0.19999999999999996
    behind = min(round(m - change, 9) for m, change in zip(medians, changes, strict=True) if m is not None)
    if behind < limit.behind_peers:
        return _State()
    return _State(fallen, state.begun if state.level else index, index)


def _fall(yoy: float, limit: Collapse) -> int:
    yoy = round(yoy, 9)
    if yoy <= -limit.red_fall:
        return RED
    if yoy <= -limit.yellow_fall:
        return YELLOW
    return BLUE if yoy <= -limit.blue_fall else NONE


def _norm(view: View, step: _Step) -> Norm | None:
    return view.norm(INDICATOR, label(step.months[-1]))


def _median(view: View, step: _Step) -> float | None:
    norm = _norm(view, step)
    return None if norm is None else norm.median


def _fired(view: View, known: Usage, steps: Sequence[_Step], state: _State, limit: Collapse) -> Finding:
    pair = steps[state.shown - 1 : state.shown + 1]
    norm = _norm(view, pair[-1])
    said = ", ".join(f"{step.yoy:+.0%} in {named(step.months)}" for step in pair)
    latest = steps[-1]
    if latest is not pair[-1]:
        said += f"; not recovered in {named(latest.months)}" + (
            "" if latest.yoy is None else f" ({latest.yoy:+.0%})"
        )
    first = steps[state.begun - 1 : state.begun + 1]
    return Finding(
        level=state.level,
        value=f"electricity against last year: {said}{peers(norm)}",
        threshold=f"two months at {-limit.blue_fall:.0%} blue, {-limit.yellow_fall:.0%} yellow, "
        f"{-limit.red_fall:.0%} red, each {limit.behind_peers * 100:.0f} points below the median of the peers",
        since=_told_on(known, first),
        evidence=tuple(fact for step in pair for fact in facts_of(known, step.months)),
        details={
            "yoy": [None if step.yoy is None else round(step.yoy, 4) for step in pair],
            "cohort": None if norm is None else norm.cohort,
            "n": None if norm is None else norm.n,
            "median": None if norm is None else norm.median,
            **(AWAITS_NORM if state.norm_missing else {}),
        },
        episode=facts_of(known, first[0].months)[0].key,
    )


def _told_on(known: Usage, steps: Sequence[_Step]) -> int:
    """The day on which the last of these months was known."""
    return max(fact.start for step in steps for fact in facts_of(known, step.months))


def _usual(known: Usage, limit: Collapse, *, based: bool) -> dict[str, Any]:
    """Least kWh by month to come that change nothing, for a firm with one account; see :func:`_ordinary`.

    ``based``: the finding rests on a comparison with last year, so a month needs one too and must not fall; without
    it, it must have none.
    """
    if len(known.meters) != 1:
        return {}
    ((account, meter),) = known.meters.items()
    usual: dict[str, Any] = {"account": "|".join(account), "last": label(meter.last)}
    held = meter.kwh[meter.last]
    if held is not None:
        usual["kwh"] = held
    for month in range(meter.last + 1, meter.last + 13):
        before = meter.kwh.get(month - 12, _NEVER)
        if month % 12 == 1 or before is None or (before >= 0) != based or before == 0:
            continue
        usual[label(month)] = before * (1 - limit.blue_fall) if based else _NEVER
    return usual


_NEVER = -1.0


def _carried(fact: Fact, replaced: Fact | None, day: int, finding: Finding, _: Collapse) -> Finding | None:
    if replaced is not None and same_reading(fact, replaced):
        return finding
    same = _ordinary(fact, day, finding) and (replaced is None or _ordinary(replaced, day, finding))
    return finding if same else None


def _ordinary(fact: Fact, _: int, finding: Finding) -> bool:
    """Whether a fact is about no kWh, repeats the latest month, or tells of one to come with as much as is usual."""
    usual = finding.usual

    def later(period: str, kwh: float) -> bool:
        least = usual.get(period)
        return least is not None and kwh > least

    return as_usual(fact, finding, later)


def _endings(view: View, _: tuple[str, ...], limit: Collapse) -> Iterable[int]:
    """Days on which the month became known that ended a colour."""
    known = usage(view)
    if known is None:
        return
    kwh = [one or 0.0 for meter in known.meters.values() for one in meter.kwh.values()]
    if len(known.meters) == 1 and min(kwh) > (1 - limit.blue_fall) * max(kwh):
        return  # no month can have fallen far enough
    steps = [_Step(months, kwh_yoy(known, months)) for months in told_seasons(known, known.first + 12)]
    if not any(step.yoy is not None and _fall(step.yoy, limit) for step in steps):
        return
    states = _followed(view, steps, limit)
    for step, before, after in zip(steps[1:], states, states[1:], strict=False):
        if before.level > after.level:
            yield _told_on(known, [step])


EVALUATORS: Mapping[str, Evaluator] = {
    "consumption_collapse": Evaluator(
        consumption_collapse, Collapse, _endings, compares=True, carried=_carried
    ),
}
