"""Cool-down: no subscriber hears the same colour of the same point over and over, and none is left behind."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.policy.cooldown import Cooldowns, News, admit, news, release
from detectors.fact import DAY
from tests.alerts.samples import alert

T0 = 1_767_225_600
HOUR = 3_600


def said(
    revision: int, level: int, *, rises: bool = False, lowers: bool = False, point: str = "WP-08"
) -> News:
    """News about one point of one firm."""
    return News(f"{point}-{revision}", "ent:CN:1", point, level, revision, rises, lowers)


class Reader:
    """A subscriber with its cool-downs; hours count from the start."""

    def __init__(self) -> None:
        self.state = Cooldowns()

    def hear(self, hour: float, one: News) -> bool:
        """Whether it is sent now."""
        self.state, sent = admit(self.state, one, T0 + round(hour * HOUR))
        return sent

    def later(self, hour: float) -> tuple[str, ...]:
        """What was kept back until now."""
        self.state, ids = release(self.state, T0 + round(hour * HOUR))
        return ids


def test_the_same_colour_again_waits_for_its_span_and_is_then_told() -> None:
    """Yellow, over, yellow again the next day: told 72 hours after the first."""
    reader = Reader()
    assert reader.hear(0, said(1, 2))
    assert reader.hear(1, said(2, 0, lowers=True))
    assert not reader.hear(24, said(3, 2))
    assert reader.state.due == T0 + 72 * HOUR
    assert reader.later(71.9) == ()
    assert reader.later(72) == ("WP-08-3",)
    assert reader.later(73) == ()


def test_each_colour_has_its_own_span() -> None:
    """Seven days, 72 hours, 24 hours."""
    for level, hours in ((1, 168), (2, 72), (3, 24)):
        reader = Reader()
        reader.hear(0, said(1, level))
        reader.hear(1, said(2, 0, lowers=True))
        assert not reader.hear(hours - 0.1, said(3, level))
        other = Reader()
        other.hear(0, said(1, level))
        other.hear(1, said(2, 0, lowers=True))
        assert other.hear(hours, said(3, level))


def test_upgrades_and_rises_of_the_tier_are_never_kept_back() -> None:
    """Not even red again an hour after red."""
    reader = Reader()
    reader.hear(0, said(1, 3))
    reader.hear(1, said(2, 0, lowers=True))
    assert reader.hear(2, said(3, 3, rises=True))


def test_what_is_over_before_it_was_told_is_never_told() -> None:
    """The reader believes it is over, which is true."""
    reader = Reader()
    reader.hear(0, said(1, 2))
    reader.hear(1, said(2, 0, lowers=True))
    assert not reader.hear(2, said(3, 2))
    assert not reader.hear(3, said(4, 0, lowers=True))
    assert reader.later(1000) == ()
    assert reader.state == Cooldowns()


def test_points_do_not_disturb_each_other() -> None:
    """A cool-down is of one point of one firm."""
    reader = Reader()
    assert reader.hear(0, said(1, 2))
    assert reader.hear(0, said(1, 2, point="WP-09"))


def test_repetition_and_stale_news_change_nothing() -> None:
    """Delivery is at least once."""
    reader = Reader()
    reader.hear(0, said(2, 2))
    held = reader.state
    assert reader.hear(1, said(2, 2))
    assert not reader.hear(1, said(1, 3))
    assert reader.state is held


def test_an_alert_is_read_by_its_kind_and_tier() -> None:
    """A rise of the tier counts as a rise whatever the kind."""
    assert news(alert(type="alert.reopened")).rises
    assert not news(alert(type="alert.reopened", tier={"from": 3, "to": 3})).rises
    assert news(alert(type="alert.upgraded", tier={"from": 3, "to": 3})).rises
    assert news(alert(type="alert.cleared", tier={"from": 3, "to": 0})).lowers


@given(st.lists(st.tuples(st.integers(0, 2 * DAY), st.integers(0, 3), st.booleans()), max_size=25))
def test_belief_follows_the_truth(story: list[tuple[int, int, bool]]) -> None:
    """No rise is kept back; nobody believes in more than is true; in the end the truth is told; twice is once."""
    state, at, true, believed, levels, free = Cooldowns(), T0, 0, 0, {}, {}
    for revision, (pause, level, tier_rises) in enumerate(story, 1):
        at += pause
        state, ids = release(state, at)
        for name in ids:
            believed = levels[name]
            assert at >= free.get(believed, 0)
        rises = (tier_rises or 0 < true < level) and level > true
        one = said(revision, level, rises=rises, lowers=level < true)
        levels[one.alert_id], true = level, level
        state, sent = admit(state, one, at)
        assert admit(state, one, at) == (state, sent)
        assert sent or not rises
        if sent:
            believed = level
            free[level] = at + (0, 7, 3, 1)[level] * DAY
        assert believed <= true
    state, ids = release(state, at + 8 * DAY)
    for name in ids:
        believed = levels[name]
    assert believed == true
