"""Statistics of a cohort, worked out by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.cohorts.rules import CohortRules
from detectors.cohorts.statistics import (
    between,
    exact_sum,
    largest_share,
    mad,
    mean,
    percentile,
    quantile,
    robust_z,
    shrunk,
    summarise,
    trimmed_mean,
    without,
)
from detectors.errors import FenghuoError

TEN = np.array([2.0, 4.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 15.0, 100.0])


def test_ten_values_by_hand() -> None:
    """Every statistic of ten values, each checked on paper."""
    found = summarise(TEN, CohortRules())
    assert (found.n, found.mean, found.median) == (10, 16.0, 6.5)
    # distances from 6.5: 4.5 2.5 2.5 1.5 .5 .5 1.5 2.5 8.5 93.5 -> middle two 2.5 and 2.5
    assert found.mad == 2.5
    # places 0.9, 2.7, 4.5, 6.3, 8.1 of 0..9
    assert [round(x, 9) for x in (found.p10, found.p30, found.p50, found.p70, found.p90)] == [
        3.8,
        4.7,
        6.5,
        8.3,
        23.5,
    ]
    assert found.iqr == 8.75 - 4.25
    assert found.largest_share == 0.625
    assert found.trimmed_mean == 16.0  # 5 % of ten is nobody


def test_trimmed_mean_drops_one_in_twenty_at_each_end() -> None:
    """20 values lose the smallest and the largest; 39 still only one each; 40 two each."""
    values = np.array([-1e9, *[3.0] * 18, 1e9])
    assert trimmed_mean(values, 0.05) == 3.0
    assert trimmed_mean(np.array([0.0, *[2.0] * 37, 100.0]), 0.05) == 2.0
    assert trimmed_mean(np.array([0.0, 0.0, *[2.0] * 36, 9.0, 9.0]), 0.05) == 2.0


def test_percentile_is_by_mid_rank() -> None:
    """Ties count half; outside all it is 0 or 100."""
    assert percentile(TEN, 4.0) == 20.0  # one below, two equal: (1 + 3) / 2 of ten
    assert percentile(TEN, 5.5) == 40.0
    assert (percentile(TEN, 1.0), percentile(TEN, 101.0)) == (0.0, 100.0)


def test_robust_z_falls_back_from_mad_to_iqr_to_none() -> None:
    """More than half equal: MAD is 0 and the interquartile range is asked; all equal: there is no z."""
    assert robust_z(9.0, 6.5, 2.5, 4.5) == pytest.approx(2.5 / (1.4826 * 2.5))
    values = np.array([5.0, 5.0, 5.0, 5.0, 5.0, 8.0, 8.0, 9.0])
    assert mad(values, 5.0) == 0.0
    iqr = quantile(values, 0.75) - quantile(values, 0.25)
    assert iqr == 3.0
    assert robust_z(9.0, 5.0, 0.0, iqr) == pytest.approx(4 * 1.349 / 3)
    assert robust_z(9.0, 5.0, 0.0, 0.0) is None


def test_shrinkage() -> None:
    """(n·mean + 20·parent) / (n + 20)."""
    assert shrunk(10, 7.0, 1.0, 20.0) == 3.0
    assert shrunk(0, 0.0, 5.0, 20.0) == 5.0


def test_without_removes_one_of_equals_and_nothing_else() -> None:
    """Leaving a firm out of its cohort leaves its twin in."""
    assert without(TEN, 4.0).tolist() == [2.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 15.0, 100.0]
    assert without(TEN, 4.5).tolist() == TEN.tolist()


def test_largest_share_looks_at_sizes() -> None:
    """A large loss dominates a sum as a large gain does."""
    assert largest_share(np.array([-6.0, 1.0, 3.0])) == 0.6
    assert largest_share(np.zeros(5)) == 0.0


def test_between_published_quantiles() -> None:
    """Linear inside, half the rest outside, the middle of equal quantiles."""
    points = [(10.0, 0.0), (30.0, 0.0), (50.0, 0.0), (70.0, 10.0), (90.0, 30.0)]
    assert [between(points, x) for x in (-1.0, 0.0, 5.0, 10.0, 20.0, 31.0)] == [
        5.0,
        30.0,
        60.0,
        70.0,
        80.0,
        95.0,
    ]


NUMBERS = st.lists(st.floats(-1e18, 1e18, allow_nan=False), min_size=1, max_size=40)


@given(NUMBERS, st.randoms(use_true_random=False))
def test_sums_do_not_depend_on_order_or_grouping(values: list[float], random: object) -> None:
    """However values are shuffled and split, the parts of an exact sum add up to the same bits."""
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis hands out a random.Random
    at = len(values) // 3
    parts = exact_sum(shuffled[:at]) + exact_sum(shuffled[at:])
    assert math.fsum(parts) == math.fsum(values) == float(sum(map(Fraction, values)))
    assert mean(shuffled) == mean(values)


@given(NUMBERS, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]))
def test_quantile_is_that_of_numpy(values: list[float], p: float) -> None:
    """Definition 7, as in numpy; only the rounding of the interpolation may differ."""
    ordered = np.sort(np.array(values))
    assert quantile(ordered, p) == pytest.approx(float(np.quantile(ordered, p)), rel=1e-9, abs=1e3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"trim": 0.5},
        {"enough": 5},
        {"regulator_from": 0},
        {"dominance": 0.0},
        {"months": 0},
        {"exact_below": 20},
    ],
)
def test_rules_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    """The message says which rule is broken."""
    with pytest.raises(FenghuoError, match=next(iter(wrong))):
        CohortRules(**wrong)  # type: ignore[arg-type] # the wrong value is the test
