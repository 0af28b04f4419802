"""What a catalogue forecast of a firm at fixed times of a history, held against what became of the firm."""

from collections.abc import Iterable, Sequence

import msgspec

from detectors.catalogue.model import Catalogue
from detectors.evaluation import Rules, Told, failures
from detectors.evaluation.calibration import Forecasts
from detectors.fact import DAY, day_of
from detectors.forces.default import insolvency_accepted, own_standing, probability_of_default
from detectors.forces.standing import standing_of
from detectors.materiality import view_of
from streams.engine.cases import Case

Look = tuple[int, float, float]
"""When (epoch seconds), the probability of default by the firm's own facts, and R."""


def times(begin: int, end: int, rules: Rules) -> tuple[int, ...]:
    """When to look: a month after the first record, and then every quarter; nothing can be forecast before."""
    return tuple(range(begin + rules.first_look_days * DAY, end + 1, rules.look_days * DAY))


def look(case: Case, at: int, catalogue: Catalogue) -> Look | None:
    """What is said of a firm at ``at``, by the judgement in force then; None while nothing is known of it."""
    held = case.judgement
    if held is None or not case.state.ledger.live():
        return None
    judgement = msgspec.structs.replace(held, day=max(held.day, day_of(at, case.profile.utc_offset)))
    rules = catalogue.scoring.default
    view = view_of(case.state.ledger, judgement.day, judgement.base, case.profile)
    own = own_standing(judgement, case.state.ledger, catalogue, case.profile)
    found = probability_of_default(own, rules, insolvency_accepted(view))
    return at, found.value, standing_of(judgement, catalogue).risk


def judged(
    looks: Iterable[Look],
    told: Sequence[Told],
    outcomes: Iterable[int],
    span: tuple[int, int],
    rules: Rules,
) -> Forecasts:
    """The forecasts of one firm. ``span`` are the first and the last instant of the history.

    A forecast is judged when its time is over before the history is; none is made of a firm that has failed and may not
    have recovered.
    """
    found, failed = Forecasts(), failures(told, outcomes, rules)
    begin, end = span
    for at, p, score in looks:
        found.score(score, second=2 * at >= begin + end)
        down = any(one.first <= at <= one.last + rules.horizon_days * DAY for one in failed)
        if down or at + rules.default_days * DAY > end:
            continue
        found.forecast(p, failed=any(at < one.first <= at + rules.default_days * DAY for one in failed))
    return found
