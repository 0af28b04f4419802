"""Probability of default: table and logistic form, network points left out, insolvency, and recalibration."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import FenghuoError
from detectors.forces.default import (
    insolvency_accepted,
    own_standing,
    probability_of_default,
    recalibrated,
)
from detectors.forces.isotonic import Curve, fit, pool
from detectors.forces.standing import Standing, standing_of
from detectors.ledger import EMPTY
from tests.detectors import build
from tests.detectors.forces_records import rules, view_of
from tests.detectors.verdicts import fired, judged

RULES, CATALOGUE = rules().default, build.shipped()


@pytest.mark.parametrize(
    ("standing", "by_tier", "by_score"),
    [
        (Standing(0.0, 0), 0.01, 0.010),
        (Standing(10.0, 1), 0.03, 0.017),
        (Standing(40.0, 2), 0.10, 0.074),
        (Standing(70.0, 3), 0.40, 0.277),
        (Standing(90.0, 3), 0.40, 0.520),
        (Standing(90.0, 3, {"WP-09": 3}, ("WP-09",)), 0.90, 0.520),
    ],
)
def test_the_larger_of_table_and_logistic(standing: Standing, by_tier: float, by_score: float) -> None:
    """R = 0, 40, 70, 90 give 0.010, 0.074, 0.277, 0.520; nothing of it has been held against outcomes."""
    found = probability_of_default(standing, RULES)
    assert (found.by_tier, round(found.by_score, 3)) == (by_tier, by_score)
    assert found.value == max(found.by_tier, found.by_score)
    assert not found.calibrated


def test_accepted_insolvency_is_certain() -> None:
    """Whatever the points say."""
    assert probability_of_default(Standing(), RULES, insolvent=True).value == 1.0


def test_network_points_are_left_out() -> None:
    """R, tier and hard points of the rest; one left in by mistake is refused."""
    seen = judged(
        fired("WP-08", 2, 30.0), fired("WP-49", 3, 70.0), fired("WX-05", 2, 30.0), fired("CP-06", 3, 0.0)
    )
    own = own_standing(seen, EMPTY, CATALOGUE, CATALOGUE.profile("CN"))
    assert (round(own.risk, 6), own.tier, own.levels) == (30.0, 2, {"WP-08": 2})
    assert probability_of_default(own, RULES).value == 0.10
    alone = judged(fired("WP-49", 3, 70.0), fired("WX-07", 2, 30.0))
    assert own_standing(alone, EMPTY, CATALOGUE, CATALOGUE.profile("CN")) == Standing()
    whole = Standing(79.0, 3, {"WP-49": 3})
    with pytest.raises(ValueError, match="WP-49"):
        probability_of_default(whole, RULES)


@given(
    st.lists(st.sampled_from(["WP-08", "WP-14", "WP-22", "WP-30"]), unique=True),
    st.sampled_from([10.0, 30.0, 70.0]),
)
def test_a_point_more_never_lowers_the_probability(names: list[str], p: float) -> None:
    """Neither a yellow nor a red one."""
    level = {10.0: 1, 30.0: 2, 70.0: 3}[p]
    some = judged(*(fired(name, 1, 10.0) for name in names))
    more = judged(*(fired(name, 1, 10.0) for name in names), fired("WP-31", level, p))
    before, after = (probability_of_default(standing_of(one, CATALOGUE), RULES).value for one in (some, more))
    assert before <= after <= 1.0


@pytest.mark.parametrize(
    ("payload", "accepted"),
    [
        ({"event": "accepted", "accepted_on": "2026-02-01"}, True),
        ({"event": "declared_bankrupt"}, True),
        ({"event": "application", "applied_on": "2026-02-01"}, False),
        ({"event": "application", "accepted_on": "2026-03-01"}, True),
        ({"event": "accepted", "solvent": True}, False),
        ({"event": "dismissed"}, False),
        ({"event": "terminated", "accepted_on": "2025-03-01"}, False),
        ({"event": "reorganisation_plan", "ended_on": "2026-03-01"}, False),
    ],
)
def test_what_counts_as_accepted(payload: dict[str, object], accepted: bool) -> None:
    """An application is not; a solvent winding-up never is; what is over is over."""
    case = "(2026)浙0604破1号"
    records = [build.record("F08", case, "2026-02-01", {"case_no": case, **payload})]
    assert insolvency_accepted(view_of(records)) is accepted
    assert not insolvency_accepted(view_of([]))


def test_pooled_blocks_are_the_isotonic_fit() -> None:
    """Worked example: 1, 3, 2, 4 pools the middle; all falling pools everything; ties are one."""
    rows = [(1.0, 1.0), (2.0, 3.0), (3.0, 2.0), (4.0, 4.0)]
    assert pool(rows) == [(1.0, 1.0, 1.0), (2.0, 3.0, 2.5), (4.0, 4.0, 4.0)]
    assert pool([(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)]) == [(1.0, 3.0, 2.0)]
    assert pool([(0.0, 0.0), (1.0, 0.0), (1.0, 2.0)]) == [(0.0, 0.0, 0.0), (1.0, 1.0, 1.0)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=8))
def test_no_rising_curve_fits_better(rows: list[tuple[int, int]]) -> None:
    """Against every rising step function over the observed means (the fit is known to be built of those)."""
    rows = sorted(rows)
    fitted = {x: value for low, high, value in pool(rows) for x in range(int(low), int(high) + 1)}
    xs = sorted({x for x, _ in rows})
    loss = sum((y - fitted[x]) ** 2 for x, y in rows)
    for levels in itertools.combinations_with_replacement([0, 1, 1.5, 2, 3, 4], len(xs)):
        other = dict(zip(xs, levels, strict=True))
        assert loss <= sum((y - other[x]) ** 2 for x, y in rows) + 1e-9
    assert all(fitted[a] <= fitted[b] for a, b in itertools.pairwise(xs))


def outcomes() -> list[tuple[float, bool]]:
    """300 firms at 1 % of which 6 defaulted, 100 at 10 % of which 30, 20 at 40 % of which 2."""
    return (
        [(0.01, n < 6) for n in range(300)]
        + [(0.10, n < 30) for n in range(100)]
        + [(0.40, n < 2) for n in range(20)]
    )


def test_recalibration_gives_what_outcomes_have_shown() -> None:
    """1 % was 2 %; 10 % and 40 % are one block of 32 in 120; between them the curve is linear."""
    curve = fit(outcomes(), RULES.outcomes_needed)
    assert fit(reversed(outcomes()), RULES.outcomes_needed) == curve
    assert [curve.at(p) for p in (0.0, 0.01, 0.10, 0.25, 0.40, 1.0)] == [0.02, 0.02, *[32 / 120] * 4]
    assert math.isclose(curve.at(0.055), (0.02 + 32 / 120) / 2)
    shown = recalibrated(probability_of_default(Standing(40.0, 2), RULES), curve, RULES)
    assert (shown.value, shown.by_tier, shown.calibrated) == (32 / 120, 0.10, True)
    certain = probability_of_default(Standing(), RULES, insolvent=True)
    assert recalibrated(certain, curve, RULES).value == 1.0


def test_recalibrated_probability_is_never_nothing() -> None:
    """A floor under a group in which nobody has defaulted yet."""
    none = Curve(((0.0, 0.0), (1.0, 0.0)), 500)
    assert recalibrated(probability_of_default(Standing(), RULES), none, RULES).value == RULES.floor


@pytest.mark.parametrize(
    "rows", [[], [(0.1, True)] * 30, [(0.1, False)] * 400, [(0.1, n < 19) for n in range(400)]]
)
def test_too_few_outcomes_make_no_curve(rows: list[tuple[float, bool]]) -> None:
    """200 are needed, and 20 of either kind."""
    with pytest.raises(FenghuoError, match="200, and a tenth"):
        fit(rows, RULES.outcomes_needed)


def test_a_curve_that_falls_is_refused() -> None:
    """A probability may not fall as the score rises."""
    with pytest.raises(ValueError, match="rise"):
        Curve(((0.0, 0.5), (1.0, 0.4)), 500)
