"""The macro risk index against a group's own past, its colours, disclosure and companions."""

import json
import math
from statistics import NormalDist

import pytest

from detectors.errors import FenghuoError
from detectors.macro.bands import confirmed, target
from detectors.macro.board import MacroBoard, decode_history, disclosed, encode_history, momentum
from detectors.macro.components import Measures
from detectors.macro.composite import averaged, chained, changes, composite, size
from detectors.macro.counters import Totals
from detectors.macro.diffusion import balance, diffusion
from detectors.macro.index import History, Reading, close_day, encode, mean_sd
from detectors.macro.rules import MacroRules

RULES = MacroRules()
GROUP = "region:CN-330604"


def past(days: int, *, level: float = 0.2, until: int = 1000, group: str = GROUP) -> History:
    """So many days before day ``until`` + 1, each measure going to and fro by 0.1 around ``level``."""
    rows: list[tuple[int, Measures]] = []
    for day in range(until - days + 1, until + 1):
        value = level + (0.1 if day % 2 else -0.1)
        rows.append((day, (value,) * 5))
    return History(group, tuple(rows), closed=until)


def totals(share: float) -> Totals:
    """1,000 entities whose five measures are all ``share``, on days up to 1030."""
    hit = round(1000 * share)
    return Totals(
        (1000 - hit, 0, hit, 0),
        base=1000,
        arrears=hit,
        billed=1000,
        contagion=hit * 10**9,
        days=((1001, hit, 0, hit),),
    )


def test_fifty_is_the_groups_own_normal() -> None:
    """A day like the mean of the past: every z is 0 and the index 50, however bad that is."""
    _, reading = close_day(past(100), totals(0.2), 1001, RULES)
    assert reading.index == pytest.approx(50.0, abs=1e-3)
    assert (reading.level_index, reading.level, reading.level_name, reading.coverage) == (
        10.0,
        0,
        "none",
        1.0,
    )
    _, bad = close_day(past(100, level=0.8), totals(0.8), 1001, RULES)
    assert bad.index == pytest.approx(50.0, abs=1e-3)
    assert bad.level_index == 40.0


def test_an_index_by_hand() -> None:
    """100 days at 0.1 and 0.3: sd √(100·0.01/99); the day at 0.3 has z 0.995 in all five, so the index is 100·Φ(z)."""
    _, reading = close_day(past(100), totals(0.3), 1001, RULES)
    z = 0.1 / math.sqrt(100 * 0.01 / 99)
    assert [part.z for part in reading.components] == [pytest.approx(z)] * 5
    assert reading.index == pytest.approx(100 * NormalDist().cdf(z), abs=1e-3)


def test_weights() -> None:
    """Only prevalence is off, at +3: 100·(0.30·Φ(3) + 0.70·0.5)."""
    day = Totals(
        (0, 0, 1000, 0),
        base=1000,
        arrears=200,
        billed=1000,
        contagion=200 * 10**9,
        days=((1001, 200, 0, 200),),
    )
    _, reading = close_day(past(100), day, 1001, RULES)
    assert reading.components[0].z == 3.0
    assert reading.index == pytest.approx(100 * (0.3 * NormalDist().cdf(3) + 0.35), abs=1e-3)


def test_a_past_without_variation() -> None:
    """A first event after a year of nothing is at the limit, one more day of nothing is normal."""
    assert mean_sd([0.1] * 7) == (0.1, 0.0)
    quiet = History(GROUP, tuple((day, (0.0,) * 5) for day in range(901, 1001)), closed=1000)
    _, same = close_day(quiet, totals(0.0), 1001, RULES)
    _, first = close_day(quiet, totals(0.001), 1001, RULES)
    assert same.index == 50.0
    assert first.index == pytest.approx(100 * NormalDist().cdf(3), abs=1e-3)


def test_a_short_past_is_measured_against_the_parent_and_without_one_not_at_all() -> None:
    """89 days are too few, 90 enough; without a parent that has them there is no index."""
    parent = past(365, level=0.1, group="region:CN-330600")
    _, own = close_day(past(90), totals(0.3), 1001, RULES, parent)
    _, lent = close_day(past(89), totals(0.3), 1001, RULES, parent)
    _, none = close_day(past(89), totals(0.3), 1001, RULES, past(89))
    assert {part.basis for part in own.components} == {"own"}
    assert {part.basis for part in lent.components} == {"parent"}
    assert lent.components[0].mean == pytest.approx(0.1, abs=1e-3)
    assert (none.index, none.coverage, none.level_index) == (None, 0.0, 15.0)


def test_only_the_past_year_counts_and_never_today() -> None:
    """Older days fall out of the ring; a parent closed before its children lends the same days."""
    rows = tuple((day, (9.0,) * 5) for day in range(500, 635))
    old = History(GROUP, (*rows, *past(365, until=1000).days), closed=1000)
    after, reading = close_day(old, totals(0.2), 1001, RULES)
    assert reading.components[0].mean == pytest.approx(0.2, abs=1e-3)
    assert len(after.days) == 366
    child = past(10, group="child")
    assert (
        close_day(child, totals(0.2), 1001, RULES, old)[1]
        == close_day(child, totals(0.2), 1001, RULES, after)[1]
    )


def test_what_cannot_be_measured_leaves_its_weight_to_the_rest() -> None:
    """No bills: four fifths of the weights carry the index. Less than half: there is none."""
    day = totals(0.3)
    unbilled = Totals(day.tiers, base=day.base, contagion=day.contagion, days=day.days)
    _, reading = close_day(past(100), unbilled, 1001, RULES)
    _, full = close_day(past(100), day, 1001, RULES)
    assert (reading.coverage, reading.index) == (0.8, full.index)
    _, poor = close_day(past(100), Totals(), 1001, RULES)
    assert (poor.index, poor.level_index, poor.n) == (None, None, 0)


def test_a_closed_day_stays_closed() -> None:
    """Closing it again would count it twice in the history."""
    after, _ = close_day(past(100), totals(0.2), 1001, RULES)
    with pytest.raises(FenghuoError, match="1001"):
        close_day(after, totals(0.2), 1001, RULES)


@pytest.mark.parametrize(
    ("index", "level", "expected"),
    [
        (59.99, 0, 0),
        (60.0, 0, 1),
        (70.0, 0, 2),
        (80.0, 1, 3),
        (57.0, 1, 1),
        (56.99, 1, 0),
        (77.0, 3, 3),
        (76.99, 3, 2),
        (66.99, 3, 1),
    ],
)
def test_bands_are_left_three_points_below_where_they_are_entered(
    index: float, level: int, expected: int
) -> None:
    """60, 70, 80 going up; 57, 67, 77 going down."""
    assert target(index, level, RULES) == expected


@pytest.mark.parametrize(
    ("level", "targets", "expected"),
    [
        (0, (3, 3), 0),
        (0, (3, 3, 3), 3),
        (0, (3, 1, 2), 1),
        (0, (3, 0, 3), 0),
        (2, (0, 0, 0), 0),
        (2, (0, 1, 0), 1),
        (2, (0, 2, 0), 2),
        (2, (3, 1, 3), 2),
    ],
)
def test_three_days_in_a_row_confirm(level: int, targets: tuple[int, ...], expected: int) -> None:
    """As far as all three days agree, up or down."""
    assert confirmed(level, targets, RULES) == expected


def test_a_colour_comes_on_the_third_day_and_a_gap_breaks_the_row() -> None:
    """Days 1001 to 1003 at the top: red on 1003. With day 1002 left out: red on 1005."""
    history, levels = past(365), []
    for day in (1001, 1002, 1003):
        history, reading = close_day(history, totals(0.9), day, RULES)
        levels.append((reading.level, reading.since))
    assert levels == [(0, None), (0, None), (3, 1003)]
    history, levels = past(365), []
    for day in (1001, 1003, 1004, 1005):
        history, reading = close_day(history, totals(0.9), day, RULES)
        levels.append((reading.level, reading.since))
    assert levels == [(0, None), (0, None), (0, None), (3, 1005)]


def test_every_reading_names_its_scale() -> None:
    """Red means risk here and overheating elsewhere; canonical JSON carries which it is."""
    _, reading = close_day(past(100), totals(0.2), 1001, RULES)
    told = json.loads(encode(reading))
    assert told["scale_id"] == "fenghuo-macro-risk"
    assert "red = most at risk" in told["scale_words"]
    assert "景气信号灯" in told["scale_words"]
    assert encode(reading) == encode(close_day(past(100), totals(0.2), 1001, RULES)[1])


def test_small_groups_are_not_shown() -> None:
    """Ten are shown to all, three to a regulator; of fewer not even the number."""
    reading = Reading(GROUP, 1, 9, index=90.0, level=3)
    assert disclosed(reading, "bank", RULES) == Reading(GROUP, 1, 0, suppressed=True)
    assert disclosed(reading, "regulator", RULES) == reading
    assert disclosed(Reading(GROUP, 1, 10, index=90.0), "public", RULES).index == 90.0
    assert disclosed(Reading(GROUP, 1, 2, index=90.0), "regulator", RULES).suppressed


def test_the_board_closes_every_group_with_its_parent_and_restores() -> None:
    """A young county is measured against its city, a cluster against the district named for it."""
    city, district = past(365, group="region:CN-330600"), past(365, group=GROUP)
    young = "region:CN-330602"
    board = MacroBoard(RULES, [city, district], parents={"cluster:umbrella": GROUP})
    readings = board.close(1001, {young: totals(0.3), "cluster:umbrella": totals(0.3), GROUP: totals(0.3)})
    assert [reading.group for reading in readings] == ["cluster:umbrella", "region:CN-330600", young, GROUP]
    assert [reading.components[0].basis for reading in readings] == ["parent", "none", "parent", "own"]
    again = MacroBoard(RULES, [decode_history(encode_history(history)) for history in board.histories()])
    assert again.histories() == board.histories()


def test_momentum_of_an_industry() -> None:
    """What is left of 100."""
    readings = [Reading("industry:gbt4754:C17", 1, 40, index=62.5)]
    assert momentum(readings, "gbt4754", "C17") == 37.5
    assert momentum(readings, "gbt4754", "C18") is None


def test_diffusion_index() -> None:
    """50 and 100 are neutral in the two forms."""
    assert (diffusion(50, 30, 20), balance(50, 30, 20)) == (65.0, 130.0)
    assert (diffusion(0, 7, 0), balance(0, 7, 0)) == (50.0, 100.0)
    assert (diffusion(0, 0, 5), balance(0, 0, 5)) == (0.0, 0.0)
    assert (diffusion(0, 0, 0), balance(0, 0, 0)) == (None, None)
    with pytest.raises(FenghuoError, match="negative"):
        diffusion(1, -1, 0)


SERIES = [100.0, 104.0, 98.0, 98.0, 110.0]


def test_composite_index_by_the_published_vector() -> None:
    """C = 3.9216, −5.9406, 0, 11.5385; A = 5.3502; with A = 1 the recursion returns the series."""
    changed = changes(SERIES)
    assert [round(change, 4) for change in changed] == [3.9216, -5.9406, 0.0, 11.5385]
    assert round(size(changed), 4) == 5.3502
    assert chained(averaged([changed], [1.0], sizes=[1.0])) == pytest.approx(SERIES, abs=1e-12)


def test_composite_of_several_series() -> None:
    """Standardised, a series and ten times its swings count the same; opposite ones cancel; a flat one counts 0."""
    assert composite([SERIES, SERIES], [1.0, 3.0]) == pytest.approx(composite([SERIES], [1.0]))
    up, down = [1.0, 2.0, 3.0, 2.0], [-1.0, -2.0, -3.0, -2.0]
    assert composite([up, down], [1.0, 1.0], levels=False) == pytest.approx([100.0] * 4)
    assert composite([[5.0] * 3], [1.0]) == [100.0] * 3


def test_composite_refuses_what_has_no_symmetric_change() -> None:
    """Levels must be positive, series of one length, a change below 200."""
    with pytest.raises(FenghuoError, match="levels=False"):
        changes([1.0, 0.0])
    with pytest.raises(FenghuoError, match="same length"):
        averaged([[1.0], [1.0, 2.0]], [1.0, 1.0])
    with pytest.raises(FenghuoError, match="200"):
        chained([200.0])


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": (0.3, 0.3, 0.3, 0.3, 0.3)},
        {"entry": (70.0, 60.0, 80.0)},
        {"winsor": 0.0},
        {"coverage": 0.0},
    ],
)
def test_rules_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    """The weights add up to 1 and the bands rise."""
    with pytest.raises(ValueError, match="it must hold"):
        MacroRules(**wrong)  # type: ignore[arg-type] # the wrong value is the test
