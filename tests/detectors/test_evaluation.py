"""Precision, recall and lead time on hand-made alerts."""

import pytest

from detectors.evaluation import Failure, Measures, Rules, Told, failures, measure, spans
from detectors.evaluation.measures import ALL, quantile
from detectors.fact import DAY

RULES = Rules()
END = 1_000 * DAY
BLUE, YELLOW, RED = 1, 2, 3


def told(
    day: int, point: str, level: int, was: int, now: int, kind: str = "alert.opened", *, sent: bool = True
) -> Told:
    """An alert on a day that took the tier from ``was`` to ``now``."""
    return Told(day * DAY, f"{day}|{point}|{level}", kind, point, level, was, now, sent)


def cleared(day: int, point: str, was: int, now: int = 0) -> Told:
    return told(day, point, 0, was, now, "alert.cleared")


def test_a_warning_followed_by_a_failure_within_the_horizon_is_right() -> None:
    found = measure([told(100, "WP-22", YELLOW, 0, YELLOW)], [280 * DAY], END, RULES)
    assert (found.episodes[YELLOW], found.mature[YELLOW], found.right[YELLOW]) == (1, 1, 1)


def test_a_warning_followed_by_a_failure_a_day_after_the_horizon_is_wrong() -> None:
    found = measure([told(100, "WP-22", YELLOW, 0, YELLOW)], [281 * DAY], END, RULES)
    assert (found.mature[YELLOW], found.right[YELLOW]) == (1, 0)


@pytest.mark.parametrize(("end", "mature"), [(279, 0), (280, 1)])
def test_an_episode_matures_after_the_horizon(end: int, mature: int) -> None:
    found = measure([told(100, "WP-22", YELLOW, 0, YELLOW)], [], end * DAY, RULES)
    assert (found.episodes[YELLOW], found.mature[YELLOW], found.right[YELLOW]) == (1, mature, 0)


def test_an_episode_is_mature_before_the_horizon_once_its_failure_has_been_seen() -> None:
    found = measure([told(100, "WP-22", YELLOW, 0, YELLOW)], [120 * DAY], 130 * DAY, RULES)
    assert (found.mature[YELLOW], found.right[YELLOW]) == (1, 1)


def test_no_credit_for_reporting_the_outcome() -> None:
    """The listing is the failure: the red episode it opens is neither right nor wrong, and intercepts nothing."""
    found = measure([told(100, "WP-09", RED, 0, RED)], [], END, RULES)
    assert (found.episodes[RED], found.reporting[RED], found.mature[RED], found.right[RED]) == (1, 1, 0, 0)
    assert (found.failures, found.cold, found.intercepted[RED]) == (1, 1, 0)


def test_no_credit_and_no_blame_for_an_episode_after_a_reported_failure() -> None:
    found = measure([told(110, "WP-08", RED, 0, RED)], [100 * DAY], END, RULES)
    assert (found.reporting[RED], found.mature[RED], found.cold) == (1, 0, 1)


def test_a_point_that_is_an_outcome_only_in_red_is_an_ordinary_warning_in_yellow() -> None:
    found = measure([told(100, "WP-40", YELLOW, 0, YELLOW)], [150 * DAY], END, RULES)
    assert (found.failures, found.right[YELLOW]) == (1, 1)


def test_a_step_lifted_by_another_point_as_well_is_no_mere_report() -> None:
    both = [told(100, "WP-09", RED, 0, RED), told(100, "WP-16", RED, 0, RED)]
    assert not spans(both, RED, RULES)[0].reporting
    assert spans(both[:1], RED, RULES)[0].reporting


@pytest.mark.parametrize(("day", "caught"), [(92, 1), (93, 1), (94, 0)])
def test_a_failure_is_intercepted_by_a_warning_at_least_a_week_before(day: int, caught: int) -> None:
    found = measure([told(day, "WP-22", YELLOW, 0, YELLOW)], [100 * DAY], END, RULES)
    assert (found.intercepted[YELLOW], found.intercepted[RED], found.cold) == (caught, 0, 0)


def test_a_warning_that_was_over_long_before_intercepts_nothing() -> None:
    story = [told(10, "WP-22", YELLOW, 0, YELLOW), cleared(30, "WP-22", YELLOW)]
    assert measure(story, [210 * DAY], END, RULES).intercepted[YELLOW] == 1
    late = measure(story, [211 * DAY], END, RULES)
    assert (late.intercepted[YELLOW], late.cold) == (0, 0)


def test_a_rise_to_red_at_once_is_no_episode_of_yellow_but_a_rise_through_yellow_is_both() -> None:
    straight = measure([told(10, "WP-08", RED, 0, RED)], [], END, RULES)
    assert (straight.episodes[YELLOW], straight.episodes[RED]) == (0, 1)
    stepwise = [
        told(10, "WP-08", YELLOW, 0, YELLOW),
        told(20, "WP-08", RED, YELLOW, RED, "alert.upgraded"),
    ]
    both = measure(stepwise, [60 * DAY], END, RULES)
    assert (both.episodes[YELLOW], both.episodes[RED], both.right[YELLOW], both.right[RED]) == (1, 1, 1, 1)


def test_signs_of_one_failure_within_the_horizon_are_one_failure() -> None:
    listed = [told(150, "WP-09", RED, 0, RED)]
    assert failures(listed, [100 * DAY], RULES) == [Failure(100 * DAY, 150 * DAY)]
    assert failures(listed, [100 * DAY, 331 * DAY], RULES) == [
        Failure(100 * DAY, 150 * DAY),
        Failure(331 * DAY, 331 * DAY),
    ]


def test_lead_time_counts_from_the_first_yellow_of_each_point_and_of_the_tier() -> None:
    story = [
        told(10, "WP-22", BLUE, 0, BLUE),
        told(40, "WP-22", YELLOW, BLUE, YELLOW, "alert.upgraded"),
        told(80, "WP-08", RED, YELLOW, RED),
        told(90, "TIER", RED, RED, RED),
    ]
    found = measure(story, [100 * DAY], END, RULES)
    assert found.leads == {ALL: [60.0], "WP-22": [60.0], "WP-08": [20.0]}


def test_what_is_kept_from_subscribers_warns_nobody_and_is_not_counted() -> None:
    found = measure([told(10, "WP-08", YELLOW, 0, 0, sent=False)], [100 * DAY], END, RULES)
    assert (found.sent.total(), found.leads) == (0, {})


def test_only_rises_count_as_alerts_by_colour_and_month() -> None:
    story = [
        told(0, "WP-22", BLUE, 0, BLUE),
        told(5, "WP-22", YELLOW, BLUE, YELLOW, "alert.upgraded"),
        told(6, "WP-22", YELLOW, YELLOW, YELLOW, "alert.corrected"),
        told(40, "WP-22", BLUE, YELLOW, BLUE, "alert.downgraded"),
        told(41, "WP-22", YELLOW, BLUE, YELLOW, "alert.upgraded"),
    ]
    found = measure(story, [], END, RULES)
    assert found.sent == {BLUE: 1, YELLOW: 2}
    assert found.monthly == {("1970-01", BLUE): 1, ("1970-01", YELLOW): 1, ("1970-02", YELLOW): 1}


def test_sums_do_not_depend_on_the_order_of_firms() -> None:
    firms = [
        measure([told(93, "WP-22", YELLOW, 0, YELLOW)], [100 * DAY], END, RULES),
        measure([told(50, "WP-22", YELLOW, 0, YELLOW)], [], END, RULES),
        measure([], [70 * DAY], END, RULES),
    ]
    one, other = Measures(), Measures()
    for firm in firms:
        one.add(firm)
    for firm in reversed(firms):
        other.add(firm)
    assert one.summary() == other.summary()
    summary = one.summary()
    assert summary["precision"]["yellow"]["share"] == 0.5
    assert summary["precision"]["red"]["share"] is None
    assert summary["recall"]["yellow"]["share"] == 0.5
    assert summary["cold"] == {"failures": 1, "share": 0.5}
    assert summary["lead_days"]["WP-22"] == {"failures": 1, "median": 7.0, "p10": 7.0}


def test_quantiles_interpolate() -> None:
    assert [quantile([10.0, 20.0, 30.0, 40.0, 50.0], share) for share in (0.1, 0.5)] == [14.0, 30.0]
