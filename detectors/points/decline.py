"""WP-35 纳税额骤降: less tax than last year, while the peers go on paying."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from detectors.fact import FAR, RETRACT, Fact
from detectors.points.consumption import kwh_yoy, usage
from detectors.points.delay import showing, waiting
from detectors.points.evaluator import Evaluator
from detectors.points.finding import AWAITS_NORM, BLUE, NONE, RED, YELLOW, Finding, no_norm
from detectors.points.flows import Flow, change, ends_of, facts_of, flow_of, rolling, told
from detectors.points.months import label
from detectors.points.view import View
from detectors.points.wording import peers, percent, spans
from detectors.reference import Norm

INDICATOR = "tax_yoy_3m"


class Decline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-35, as shares; ``peers_above`` is what the median of the cohort must exceed, ``band`` how far
    below it a firm is in order again, ``on_delay_days`` the evaluation period for which blue and yellow must hold."""

    blue_fall: float = 0.40
    yellow_fall: float = 0.70
    red_fall: float = 0.90
    red_power_fall: float = 0.50
    peers_above: float = -0.15
    band: float = 0.20
    recovery_months: int = 2
    on_delay_days: int = 31


class _Step(msgspec.Struct, frozen=True, gc=False):
    """Three months (at the turn of the year four) with their change; ``length`` months after the step before;
    ``told`` the day from which on all of it was known."""

    months: tuple[int, ...]
    yoy: float
    length: int
    told: int


class _State(msgspec.Struct, frozen=True, gc=False):
    """Where the story stands: the colour, the steps that began and last measured it, months back in the band.

    ``unknown`` is the step that only a norm can tell more of, ``due`` the colour of the last step, which ``level`` may
    still wait for until ``turn``, ``since`` the day on which a colour first showed.
    """

    level: int = NONE
    begun: int = 0
    shown: int = 0
    good: int = 0
    unknown: int | None = None
    due: int = NONE
    turn: int = FAR
    since: int = 0


def tax_decline(view: View, limit: Decline) -> Finding:
    """WP-35 纳税额骤降: tax paid in three months against the same months of last year (F30).

    Blue from -40 % while the median of the cohort is above -15 %, yellow from -70 %, red from -90 % when electricity in
    these months fell by half as well (F15). Blue and yellow show when they have held for one evaluation period
    (:mod:`detectors.points.delay`). It ends after two months within 20 points of the median. Decrease of turnover is a
    signal on supervisors' lists (SAMA); the numbers are configuration defaults.

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
    state = _ripe(_followed(view, steps, limit)[-1], view.day)
    quiet = all(step.yoy > -limit.red_fall for step in steps)  # then the electricity is not asked for
    if state.level:
        return _fired(view, flow, steps, state, limit, quiet=quiet)
    last = max(ends_of(flow), default=0)
    if not steps or steps[-1].months[-1] < last - (last % 12 == 0):  # a year's turn is told with February
        return Finding(missing="no comparable tax payments of the year before", quiet=quiet, turn=state.turn)
    if state.unknown is not None:
        missing = no_norm(INDICATOR, label(steps[state.unknown].months[-1]))
        return msgspec.structs.replace(missing, turn=state.turn)
    return Finding(quiet=quiet, turn=state.turn)


def _steps(flow: Flow) -> list[_Step]:
    steps: list[_Step] = []
    for last in ends_of(flow):
        months = rolling(last)
        yoy = change(flow, months)
        if yoy is not None:
            gap = months[-1] - steps[-1].months[-1] if steps else len(months)
            steps.append(_Step(months, yoy, gap, max(fact.start for fact in facts_of(flow, months))))
    return steps


def _followed(view: View, steps: Sequence[_Step], limit: Decline) -> list[_State]:
    """The state before the first step, and after each."""
    states = [_State()]
    for index, step in enumerate(steps):
        states.append(_next(view, _ripe(states[-1], step.told - 1), step, index, limit))
    return states


def _ripe(state: _State, day: int) -> _State:
    """The state at the end of a day before the next step is known: what has waited long enough shows."""
    if day < state.turn:
        return state
    since = state.since if state.level else state.turn
    return msgspec.structs.replace(state, level=state.due, turn=FAR, since=since)


def _next(view: View, state: _State, step: _Step, index: int, limit: Decline) -> _State:
    fallen = _fall(view, step, limit)
    if not fallen and not state.level:
        return _State()
    median = _median(view, step)
    if median is None:
        return msgspec.structs.replace(state, unknown=index)
    if fallen and median > limit.peers_above:
        return _fallen(state, fallen, step, index, limit)
    good = state.good + step.length if step.yoy >= median - limit.band else 0
    if good >= limit.recovery_months or not state.level:
        return _State()
    return msgspec.structs.replace(state, good=good, unknown=None, due=NONE, turn=FAR)


def _fallen(state: _State, fallen: int, step: _Step, index: int, limit: Decline) -> _State:
    before = max(state.level, state.due)
    level, turn = showing(fallen, before, step.told, step.told, limit.on_delay_days)
    return _State(
        level=level,
        begun=state.begun if before else index,
        shown=index,
        unknown=None if turn == FAR else state.unknown,
        due=fallen,
        turn=turn,
        since=state.since if state.level else step.told,
    )


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
    shown, first, before = steps[state.shown], steps[state.begun], steps[max(state.begun, state.shown - 1)]
    behind = "" if state.turn == FAR else waiting(state.level, state.due)
    norm, power = _norm(view, shown), _power(view, shown)
    paid, last_year = (_paid(flow, shown.months, earlier) for earlier in (0, 12))
    said = f"tax of {spans(shown.months)} {view.text(paid)} against {view.text(last_year)} a year before "
    bars = (-limit.blue_fall, -limit.yellow_fall, -limit.red_fall)
    said += f"({percent(shown.yoy, *bars, sign='+')}){peers(norm)}"
    if power is not None and shown.yoy <= -limit.red_fall:
        said += f"; electricity {power:+.0%}"
    if shown is not steps[-1]:
        said += f"; not back near its peers in {label(steps[-1].months[-1])} ({steps[-1].yoy:+.0%})"
    return Finding(
        level=state.level,
        value=said + behind,
        threshold=f"blue from {-limit.blue_fall:.0%} while the median of the peers is above {limit.peers_above:.0%}, "
        f"yellow from {-limit.yellow_fall:.0%}, red from {-limit.red_fall:.0%} with electricity at "
        f"{-limit.red_power_fall:.0%}",
        since=state.since,
        evidence=tuple(
            {fact.key: fact for one in (shown, before) for fact in facts_of(flow, one.months)}.values()
        ),
        turn=state.turn,
        details={
            "yoy": round(shown.yoy, 4),
            "power_yoy": power,
            "cohort": None if norm is None else norm.cohort,
            "n": None if norm is None else norm.n,
            "median": None if norm is None else norm.median,
            **(AWAITS_NORM if state.unknown is not None else {}),
        },
        episode=facts_of(flow, first.months)[0].key,
        quiet=quiet,
    )


def _paid(flow: Flow, months: Sequence[int], earlier: int) -> int:
    """What was paid for these months, or for those ``earlier`` months before, in minor units."""
    return sum(amount for amount, _ in told(flow, [month - earlier for month in months]))


def of_utilities(fact: Fact, _: int) -> bool:
    """Whether a fact is one of the utilities (F15), which matter only where tax has nearly ceased."""
    return fact.data.get("event") is not None and "utility" in fact.data and fact.rank != RETRACT


def _endings(view: View, _: tuple[str, ...], limit: Decline) -> Iterable[int]:
    """Days on which the figures became known that ended a colour."""
    flow = flow_of(view, "tax_paid")
    steps = _steps(flow)
    states = _followed(view, steps, limit)
    for step, before, after in zip(steps, states, states[1:], strict=False):
        if _ripe(before, step.told - 1).level > after.level:
            yield step.told


EVALUATORS: Mapping[str, Evaluator] = {
    "tax_decline": Evaluator(tax_decline, Decline, _endings, harmless=of_utilities, compares=True),
}
