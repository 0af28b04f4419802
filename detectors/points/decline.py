"""WP-35 纳税额骤降: less tax than last year, while the peers go on paying."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from detectors.fact import RETRACT, Fact
from detectors.points.consumption import kwh_yoy, usage
from detectors.points.evaluator import Evaluator
from detectors.points.finding import BLUE, NONE, RED, YELLOW, Finding, no_norm
from detectors.points.flows import Flow, change, ends_of, facts_of, flow_of, rolling
from detectors.points.months import label
from detectors.points.view import View
from detectors.reference import Norm

INDICATOR = "tax_yoy_3m"


class Decline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-35, as shares; ``peers_above`` is what the median of the cohort must exceed, ``band`` how far
    below it a firm is in order again."""

    blue_fall: float = 0.40
    yellow_fall: float = 0.70
    red_fall: float = 0.90
    red_power_fall: float = 0.50
    peers_above: float = -0.15
    band: float = 0.20
    recovery_months: int = 2


class _Step(msgspec.Struct, frozen=True, gc=False):
    """Three months (at the turn of the year four) with their change; ``length`` months after the step before."""

    months: tuple[int, ...]
    yoy: float
    length: int


class _State(msgspec.Struct, frozen=True, gc=False):
    """Where the story stands: the colour, the steps that began and last showed it, months back in the band."""

    level: int = NONE
    begun: int = 0
    shown: int = 0
    good: int = 0
    norm_missing: bool = False


def tax_decline(view: View, limit: Decline) -> Finding:
    """WP-35 纳税额骤降: tax paid in three months against the same months of last year (F30).

    Blue from -40 % while the median of the cohort is above -15 %, yellow from -70 %, red from -90 % when electricity in
    these months fell by half as well (F15). It ends after two months within 20 points of the median. Decrease of
    turnover is a signal on supervisors' lists (SAMA); the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> told = [{"on": f"{year}-04-15", "period": f"{year}Q1", "basis": "tax", "tax_paid": cny(paid)}
    ...         for year, paid in ((2025, 1000), (2026, 700))]
    >>> tax_decline(seen("2026-05-01", F30=told), Decline()).level
    0
    """
    flow = flow_of(view, "tax_paid")
    if not flow:
        return Finding(missing="no tax payments are known", quiet=True)
    steps = _steps(flow)
    states = _followed(view, steps, limit)
    quiet = all(step.yoy > -limit.red_fall for step in steps)  # then the electricity is not asked for
    if steps and states[-1].level:
        return _fired(view, flow, steps, states[-1], limit, quiet=quiet)
    last = max(ends_of(flow), default=0)
    if not steps or steps[-1].months[-1] < last - (last % 12 == 0):  # a year's turn is told with February
        return Finding(missing="no comparable tax payments of the year before", quiet=quiet)
    if states[-1].norm_missing:
        return no_norm(INDICATOR, label(steps[-1].months[-1]))
    return Finding(quiet=quiet)


def _steps(flow: Flow) -> list[_Step]:
    steps: list[_Step] = []
    for last in ends_of(flow):
        months = rolling(last)
        yoy = change(flow, months)
        if yoy is not None:
            gap = months[-1] - steps[-1].months[-1] if steps else len(months)
            steps.append(_Step(months, yoy, gap))
    return steps


def _followed(view: View, steps: Sequence[_Step], limit: Decline) -> list[_State]:
    """The state after each step."""
    states = [_State()]
    for index, step in enumerate(steps):
        states.append(_next(view, states[-1], step, index, limit))
    return states[1:]


def _next(view: View, state: _State, step: _Step, index: int, limit: Decline) -> _State:
    fallen = _fall(view, step, limit)
    if not fallen and not state.level:
        return _State()
    median = _median(view, step)
    if median is None:
        return msgspec.structs.replace(state, norm_missing=True)
    if fallen and median > limit.peers_above:
        return _State(fallen, state.begun if state.level else index, index)
    good = state.good + step.length if step.yoy >= median - limit.band else 0
    if good >= limit.recovery_months:
        return _State()
    return msgspec.structs.replace(state, good=good, norm_missing=False)


def _fall(view: View, step: _Step, limit: Decline) -> int:
    if step.yoy <= -limit.red_fall and _power_fell(view, step, limit):
        return RED
    if step.yoy <= -limit.yellow_fall:
        return YELLOW
    return BLUE if step.yoy <= -limit.blue_fall else NONE


def _power_fell(view: View, step: _Step, limit: Decline) -> bool:
    power = _power(view, step)
    return power is not None and power <= -limit.red_power_fall


def _power(view: View, step: _Step) -> float | None:
    known = usage(view)
    yoy = None if known is None else kwh_yoy(known, step.months)
    return None if yoy is None else round(yoy, 9)


def _norm(view: View, step: _Step) -> Norm | None:
    return view.norm(INDICATOR, label(step.months[-1]))


def _median(view: View, step: _Step) -> float | None:
    norm = _norm(view, step)
    return None if norm is None else norm.median


def _fired(
    view: View, flow: Flow, steps: Sequence[_Step], state: _State, limit: Decline, *, quiet: bool
) -> Finding:
    shown, first = steps[state.shown], steps[state.begun]
    norm, power = _norm(view, shown), _power(view, shown)
    said = f"tax of three months up to {label(shown.months[-1])} {shown.yoy:+.0%} against last year"
    if norm is not None and norm.median is not None:
        said += f"; cohort median {norm.median:+.0%} ({norm.cohort}, n={norm.n})"
    if power is not None and shown.yoy <= -limit.red_fall:
        said += f"; electricity {power:+.0%}"
    if shown is not steps[-1]:
        said += f"; not back in the band in {label(steps[-1].months[-1])} ({steps[-1].yoy:+.0%})"
    facts = facts_of(flow, shown.months)
    return Finding(
        level=state.level,
        value=said,
        threshold=f"blue from {-limit.blue_fall:.0%} while the cohort median is above {limit.peers_above:.0%}, "
        f"yellow from {-limit.yellow_fall:.0%}, red from {-limit.red_fall:.0%} with electricity at "
        f"{-limit.red_power_fall:.0%}",
        since=max(fact.start for fact in facts_of(flow, first.months)),
        evidence=tuple(facts),
        details={
            "yoy": round(shown.yoy, 4),
            "power_yoy": power,
            "cohort": None if norm is None else norm.cohort,
            "n": None if norm is None else norm.n,
            "median": None if norm is None else norm.median,
        },
        episode=facts_of(flow, first.months)[0].key,
        quiet=quiet,
    )


def of_utilities(fact: Fact, _: int) -> bool:
    """Whether a fact is one of the utilities (F15), which matter only where tax has nearly ceased."""
    return fact.data.get("event") is not None and "utility" in fact.data and fact.rank != RETRACT


def _endings(view: View, _: tuple[str, ...], limit: Decline) -> Iterable[int]:
    """Days on which the figures became known that ended a colour."""
    flow = flow_of(view, "tax_paid")
    steps = _steps(flow)
    states = [_State(), *_followed(view, steps, limit)]
    for step, before, after in zip(steps, states, states[1:], strict=False):
        if before.level > after.level:
            yield max(fact.start for fact in facts_of(flow, step.months))


EVALUATORS: Mapping[str, Evaluator] = {
    "tax_decline": Evaluator(tax_decline, Decline, _endings, harmless=of_utilities, compares=True),
}
