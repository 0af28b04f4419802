"""Noisy-or score and tier: the worked values of the domain description, and what each point contributes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.fact import day_of
from detectors.fold import fold_all
from detectors.judge import judge
from detectors.record import Record, epoch
from detectors.score import level_of_score, noisy_or, score, several_blues, tier
from tests.detectors import build
from tests.detectors.verdicts import faded, fired, judged

CATALOGUE = build.shipped()


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], 0.0),
        ([10], 10.0),
        ([10, 10], 19.0),
        ([10, 10, 10], 27.1),
        ([30], 30.0),
        ([30, 30], 51.0),
        ([30] * 3, 65.7),
        ([30] * 4, 75.99),
        ([30, 30, 30, 10], 69.13),
        ([30, 30, 30, 10, 10], 72.217),
        ([70, 30], 79.0),
        ([70, 70], 91.0),
    ],
)
def test_worked_values(points: list[float], expected: float) -> None:
    """The worked values of the score, in every order."""
    assert {round(noisy_or(order), 3) for order in itertools.permutations(points)} == {expected}


@given(st.lists(st.floats(0, 99), max_size=49))
def test_score_stays_below_a_hundred_and_never_falls_with_a_point(points: list[float]) -> None:
    """However many points there are."""
    assert noisy_or(points) <= noisy_or([*points, 10.0]) <= 100.0


@pytest.mark.parametrize(("days", "weight"), [(0, 30.0), (30, 23.811), (90, 15.0), (180, 7.5), (365, 1.804)])
def test_worked_decay(days: int, weight: float) -> None:
    """30 points with a half-life of 90 days."""
    assert round(faded("WP-22", 30.0).weight(days, 90), 3) == weight


@pytest.mark.parametrize(
    ("value", "level"), [(0, 0), (14.99, 0), (15, 1), (39.99, 1), (40, 2), (69.99, 2), (70, 3), (100, 3)]
)
def test_score_enters_a_tier_at_its_threshold(value: float, level: int) -> None:
    """15, 40, 70."""
    assert level_of_score(value, CATALOGUE) == level


def test_four_yellows_are_red_by_score_and_each_is_decisive() -> None:
    """R = 75.99; without any one of them 65.7, which is yellow."""
    four = judged(*(fired(name, 2, 30.0) for name in ("WP-08", "WP-14", "WP-22", "WP-30")))
    assert (tier(four, CATALOGUE), round(score(four, CATALOGUE), 2)) == (3, 75.99)
    assert {tier(four, CATALOGUE, without=name) for name in four.verdicts} == {2}


def test_tier_without_the_only_red_is_what_the_rest_gives() -> None:
    """A red point of 70 beside a blue one of 10."""
    both = judged(fired("WP-08", 3, 70.0), fired("WP-22", 1, 10.0))
    assert (tier(both, CATALOGUE), tier(both, CATALOGUE, without="WP-08")) == (3, 1)
    assert (tier(both, CATALOGUE, without="WP-22"), tier(judged(), CATALOGUE)) == (3, 0)


def test_residue_weighs_in_the_score_and_shows_no_colour() -> None:
    """39.9 points that fade are blue by score; as they decay, nothing is left."""
    left = judged(faded("WP-30", 39.9))
    assert [tier(replace(left, day=day), CATALOGUE) for day in (0, 180, 360)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("blues", "yellow"),
    [
        # three blues of distinct feeds (F04, F09, F16) that first fired within 90 days
        pytest.param([("WP-08", 0), ("WP-14", 40), ("WP-30", 90)], True, id="within 90 days"),
        pytest.param([("WP-08", 0), ("WP-14", 40), ("WP-30", 91)], False, id="91 days"),
        pytest.param([("WP-08", 0), ("WP-14", 40)], False, id="two"),
        # two points of one feed (electricity and water are both F15) count once
        pytest.param([("WP-22", 0), ("WP-23", 0), ("WP-30", 0)], False, id="two of one feed"),
        pytest.param(
            [("WP-22", 0), ("WP-23", 0), ("WP-30", 0), ("WP-08", 9)], True, id="three feeds in four"
        ),
        # any three of four may make up the window
        pytest.param(
            [("WP-08", 0), ("WP-14", 80), ("WP-22", 100), ("WP-30", 160)], True, id="the last three"
        ),
    ],
)
def test_three_blues_of_distinct_feeds_are_yellow(blues: list[tuple[str, int]], yellow: bool) -> None:
    """By their number, not by the score: three blues make R = 27.1, which is blue."""
    found = judged(*(fired(name, 1, 10.0, since) for name, since in blues))
    assert several_blues(found, CATALOGUE) is yellow
    assert tier(found, CATALOGUE) == (2 if yellow else 1)


def test_three_doubtful_statements_from_three_feeds_are_yellow_and_each_is_decisive() -> None:
    """The same through the whole core: identity in doubt, blue each, and the assessment says what it hinges on."""
    doubt = {"match_confidence": 0.9}
    records: list[Record] = [
        build.enforcement(1, "2026-01-05", 5e6, **doubt),
        build.seizure(1, "2026-01-10", "2028-01-10", **doubt),
        build.tax_notice("2025Q4", "2026-01-15", 9e6, **doubt),
    ]
    profile = CATALOGUE.profile("CN-330604")
    ledger = fold_all(records, CATALOGUE)[build.FIRM]
    found = judge(ledger, day_of(epoch(build.at("2026-02-01")), profile.utc_offset), CATALOGUE, profile)
    assert (tier(found, CATALOGUE), [v.level for v in found.weighing.values()]) == (2, [1, 1, 1])
    assert {tier(found, CATALOGUE, without=name) for name in found.weighing} == {1}
