"""Brier score, reliability and stability on forecasts one can count on the fingers."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.evaluation import Rules, Told
from detectors.evaluation.calibration import UNITS, Forecasts, brier, psi, reliability, stability
from detectors.fact import DAY
from streams.backtest.forecasts import judged, times

RULES = Rules()
SPAN = (0, 1_000 * DAY)


def made(*pairs: tuple[float, bool]) -> Forecasts:
    """Forecasts with what came."""
    found = Forecasts()
    for p, failed in pairs:
        found.forecast(p, failed=failed)
    return found


def test_the_brier_score_is_the_mean_squared_error() -> None:
    found = made((0.9, True), (0.1, False), (0.4, True), (0.0, False))
    assert brier(found.made, found.failed) == pytest.approx((0.01 + 0.01 + 0.36 + 0.0) / 4)
    assert found.summary()["base_rate"] == 0.5
    assert found.summary()["brier_of_base_rate"] == 0.25


@given(st.lists(st.tuples(st.integers(0, UNITS), st.booleans()), min_size=1))
def test_counting_says_what_adding_up_one_by_one_says(pairs: list[tuple[int, bool]]) -> None:
    found = made(*((value / UNITS, failed) for value, failed in pairs))
    score = math.fsum((value / UNITS - failed) ** 2 for value, failed in pairs) / len(pairs)
    assert brier(found.made, found.failed) == pytest.approx(score)
    rows = reliability(found.made, found.failed)
    assert sum(row["forecasts"] for row in rows) == len(pairs)
    assert sum(row["failed"] for row in rows) == sum(failed for _, failed in pairs)
    assert 1 <= len(rows) <= 10
    assert all(row["low"] <= row["share"] <= row["high"] for row in rows)
    bounds = [bound for row in rows for bound in (row["from"], row["to"])]
    assert bounds == sorted(bounds)


def test_tenths_are_of_equal_size_and_equal_forecasts_stay_together() -> None:
    even = made(*((number / 100, False) for number in range(100)))
    assert [row["forecasts"] for row in reliability(even.made, even.failed)] == [10] * 10
    lumpy = made(*[(0.01, False)] * 85, *[(0.03, True)] * 5, *[(0.4, True)] * 10)
    assert [
        (row["from"], row["forecasts"], row["share"]) for row in reliability(lumpy.made, lumpy.failed)
    ] == [
        (0.01, 85, 0.0),
        (0.03, 5, 1.0),
        (0.4, 10, 1.0),
    ]


def test_the_index_is_zero_of_the_same_and_grows_with_the_shift() -> None:
    calm = Counter({0: 700, 100: 200, 400: 100})
    assert psi(calm, Counter({0: 7, 100: 2, 400: 1})) == pytest.approx(0.0)
    shifted = psi(calm, Counter({0: 500, 100: 300, 400: 200}))
    gone = psi(calm, Counter({400: 100}))
    by_hand = -0.2 * math.log(5 / 7) + 0.1 * math.log(1.5) + 0.1 * math.log(2)
    assert shifted == pytest.approx(by_hand)
    assert gone is not None
    assert shifted is not None
    assert stability(shifted) == "shifted"
    assert stability(gone) == "another distribution"
    assert psi(calm, Counter()) is None


def test_parts_add_up_to_the_whole() -> None:
    one, other = made((0.1, True), (0.3, False)), made((0.1, False))
    one.score(40.0, second=True)
    other.score(10.0, second=False)
    one.add(other)
    assert one.made == Counter({1000: 2, 3000: 1})
    assert one.summary()["scores"] == [1, 1]


def test_it_is_looked_at_a_month_after_the_beginning_and_every_quarter() -> None:
    assert times(0, 300 * DAY, RULES) == tuple(day * DAY for day in (30, 121, 212))
    assert times(0, 29 * DAY, RULES) == ()


@pytest.mark.parametrize(
    ("day", "failure", "expected"),
    [
        # within twelve months, on the last day of them, a day later
        (100, 101, (1, 1)),
        (100, 465, (1, 1)),
        (100, 466, (1, 0)),
        # nothing came, and the time is over exactly with the history; a day later it is not
        (635, 2_000, (1, 0)),
        (636, 2_000, (0, 0)),
        # no forecast of who has failed, until it may have recovered
        (100, 100, (0, 0)),
        (280, 100, (0, 0)),
        (281, 100, (1, 0)),
    ],
)
def test_a_forecast_is_judged_when_its_time_is_over(
    day: int, failure: int, expected: tuple[int, int]
) -> None:
    found = judged([(day * DAY, 0.1, 20.0)], [], [failure * DAY], SPAN, RULES)
    assert (found.made.total(), found.failed.total()) == expected
    assert [half.total() for half in found.scores] == [int(day < 500), int(day >= 500)]


def test_a_failure_that_an_alert_tells_of_counts_like_a_reported_one() -> None:
    listed = [Told(200 * DAY, "x", "alert.opened", "WP-09", 3, 0, 3)]
    found = judged([(100 * DAY, 0.1, 20.0)], listed, [], SPAN, RULES)
    assert (found.made.total(), found.failed.total()) == (1, 1)


def test_nothing_is_said_where_there_is_nothing_to_judge() -> None:
    said = Forecasts().summary()
    assert (said["brier"], said["base_rate"], said["psi"], said["reliability"]) == (None, None, None, [])
