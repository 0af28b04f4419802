"""The chatter guard: a point that will not keep still is marked, told of once, and does not fall before it is quiet."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.policy.alert import OPERATIONAL
from alerts.policy.chatter import CHANGES, WINDOW, flapping, noted
from alerts.policy.lifecycle import Correction, PointState, Standing
from detectors.fact import DAY
from tests.alerts.steps import POINTS, T0, Firm, at_level, histories, lit
from tests.detectors.verdicts import silent

ON, OFF = lit("WP-08", 2), silent("WP-08")


def test_four_changes_in_a_week_mark_the_point_and_tell_the_steward_once() -> None:
    """On, off, on, off within three days: nothing more is told of the firm, and one notice of the data."""
    firm = Firm()
    assert [one.kind for one in firm.on(0, ON)] == ["alert.opened"]
    assert firm.on(1, OFF) == []
    assert firm.on(2, ON) == []
    (notice,) = firm.on(3, OFF)
    assert (notice.kind, notice.point, notice.level, notice.flapping) == ("alert.flapping", "WP-08", 0, True)
    assert notice.kind in OPERATIONAL
    assert firm.on(4, ON) + firm.on(5, OFF) == []


def test_a_marked_point_holds_its_colour_until_it_has_been_quiet_for_a_week() -> None:
    """Dwell and off-delay of yellow are over on day 23; the quiet week on day 29."""
    firm = Firm()
    firm.on(0, ON)
    for day, verdict in ((19, OFF), (20, ON), (21, OFF), (21.5, ON), (22, OFF)):
        firm.on(day, verdict)
    assert firm.due == T0 + 29 * DAY
    assert firm.on(28.99, OFF) == []
    (cleared, *_) = firm.on(29, OFF)
    assert (cleared.kind, cleared.flapping) == ("alert.cleared", False)


def test_the_same_changes_over_a_longer_time_are_no_chatter() -> None:
    """Four in nine days."""
    firm = Firm()
    for day, verdict in ((0, ON), (3, OFF), (6, ON), (9, OFF)):
        assert all(one.kind != "alert.flapping" for one in firm.on(day, verdict))
    assert firm.due == T0 + 14 * DAY


def test_after_a_quiet_week_a_point_is_marked_and_told_of_anew() -> None:
    """The mark does not last for ever."""
    firm = Firm()
    told = []
    for start in (0, 40):
        for n, verdict in enumerate((ON, OFF, ON, OFF)):
            told += [one.kind for one in firm.on(start + n, verdict)]
        firm.on(start + 30, OFF)
    assert told.count("alert.flapping") == 2


def test_a_rise_of_a_marked_point_is_told_at_once_and_says_that_it_flaps() -> None:
    """An upgrade is never delayed."""
    firm = Firm()
    for n, verdict in enumerate((ON, OFF, ON, OFF)):
        firm.on(n, verdict)
    (up,) = firm.on(4, lit("WP-08", 3))
    assert (up.kind, up.level, up.flapping, up.tier_to) == ("alert.upgraded", 3, True, 3)


def test_neither_statute_nor_retraction_waits_for_quiet() -> None:
    """A deletion from the list is in force on its day, and what was never true is taken back, marked or not."""
    firm = Firm()
    listed, deleted = lit("WP-09", 3), silent("WP-09")
    told = [one for n in range(6) for one in firm.on(n, deleted if n % 2 else listed)]
    assert [one.kind for one in told if one.point == "WP-09"] == [
        "alert.opened", "alert.cleared", "alert.reopened", "alert.cleared", "alert.flapping",
        "alert.reopened", "alert.cleared",
    ]  # fmt: skip
    other = Firm()
    for n, verdict in enumerate((ON, OFF, ON, OFF, ON)):
        other.on(n, verdict)
    fix = Correction(retraction=True, unfounded=frozenset({"WP-08"}), lowered=True)
    (gone,) = other.on(5, OFF, correction=fix)
    assert (gone.kind, gone.tier_to) == ("alert.retracted", 0)


def test_no_two_alerts_of_a_flapping_point_share_a_revision() -> None:
    """A reopening that is also the fourth change is told twice: as an alert and as a notice."""
    firm, told = Firm(), []
    listed, deleted = lit("WP-09", 3), silent("WP-09")
    for n in range(9):
        told += firm.on(n / 2, deleted if n % 2 else listed)
    revisions = [one.revision for one in told if one.point == "WP-09"]
    assert len(set(revisions)) == len(revisions)


@given(st.lists(st.integers(0, 3 * DAY), max_size=30))
def test_the_guard_remembers_four_changes_at_most_and_marks_exactly_the_dense_ones(
    pauses: list[int],
) -> None:
    """Marked from four changes in seven days on, until seven days without one."""
    held: tuple[int, ...] = ()
    every: list[int] = []
    at, marked = 0, False
    for pause in pauses:
        at += pause
        marked = marked and at < every[-1] + WINDOW
        every.append(at)
        held = noted(held, at)
        marked = marked or sum(one > at - WINDOW for one in every) >= CHANGES
        assert (flapping(held, at), len(held) <= CHANGES) == (marked, True)


@settings(max_examples=150, deadline=None)
@given(histories)
def test_no_rise_waits_whatever_flaps(history: list[tuple[float, dict[str, int]]]) -> None:
    """The colour shown is never below the colour found, and the tier never below either."""
    firm, day = Firm(), 0.0
    for pause, wanted in history:
        day += pause
        standing = firm.step(day, [at_level(name, wanted[name]) for name in POINTS]).standing
        assert all(standing.points[name].level >= level for name, level in wanted.items() if level)
        assert standing.tier >= max(wanted.values())


@pytest.mark.parametrize("points", [{}, {"WP-08": [2, "k", 3, 100, None, 2]}])
def test_states_written_before_there_was_a_guard_still_read(points: dict[str, list[object]]) -> None:
    """New fields are at the end and have defaults."""
    old = msgspec.msgpack.encode([2, 100, 0, 200, points])
    standing = msgspec.msgpack.decode(old, type=Standing)
    assert standing.points == {name: PointState(2, "k", 3, 100, None, 2) for name in points}
    assert all((state.hidden, state.changes) == (None, ()) for state in standing.points.values())
