"""The desk: everything a subscriber is told, as a function of the log and the clock."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.policy.desk import Desk, Outgoing, Rules, Turn
from alerts.policy.desk_file import Answer
from alerts.policy.quiet import Quiet
from alerts.policy.silence import Shelf
from detectors.fact import DAY
from tests.alerts.samples import alert

T0 = 1_767_225_600  # 2026-01-01 08:00 in China
HOUR = 3_600
KINDS = (
    "alert.opened",
    "alert.opened",
    "alert.upgraded",
    "alert.cleared",
    "alert.corrected",
    "alert.flapping",
)


def said(number: int, level: int, **more: Any) -> dict[str, Any]:
    """News number so and so about a point; no change of the tier."""
    base = {
        "alert_id": f"a-{number}",
        "revision": number,
        "level": level,
        "tier": {"from": level, "to": level},
    }
    return alert(**{**base, **more})


class Reader:
    """A subscriber; seconds count from the start."""

    def __init__(self, rules: Rules = Rules()) -> None:  # noqa: B008 - frozen
        self.desk = Desk(rules)
        self.got: list[tuple[str, tuple[str, ...], int]] = []
        self.dropped: list[str] = []

    def _note(self, turn: Turn) -> None:
        self.got += [(one.kind, _names(one), one.at - T0) for one in turn.outgoing]
        self.dropped += [name for _, name in turn.dropped]

    def hear(self, second: float, *alerts: dict[str, Any]) -> None:
        for one in alerts:
            self._note(self.desk.hear(one, T0 + int(second)))

    def wait(self, second: float) -> None:
        self._note(self.desk.tick(T0 + int(second)))

    def answers(self, who: str, second: float, outcome: str = "acknowledged", revision: int = 1) -> Turn:
        one = Answer(who, revision, T0 + int(second), outcome)
        turn = self.desk.answer(alert()["entity"], "WP-09", one)
        self._note(turn)
        return turn


def _names(one: Outgoing) -> tuple[str, ...]:
    return tuple(name for _, name in one.alerts)


def test_red_and_upgrades_go_at_once_and_yellow_waits_for_company() -> None:
    reader = Reader()
    reader.hear(0, said(1, 2))
    reader.hear(5, said(1, 2, alert_id="b-1", point="WP-22"))
    reader.wait(30)
    reader.hear(40, said(2, 3, type="alert.upgraded"))
    reader.hear(41, said(2, 2, alert_id="b-2", point="WP-08", type="alert.upgraded"))
    assert reader.got == [
        ("alerts", ("a-1", "b-1"), 30),
        ("alerts", ("a-2",), 40),
        ("alerts", ("b-2",), 41),
    ]


def test_a_colour_told_yesterday_is_kept_back_and_told_when_its_span_is_over() -> None:
    reader = Reader()
    reader.hear(0, said(1, 3))
    reader.hear(HOUR, said(2, 0, type="alert.cleared", previous=3, peak=3))
    reader.hear(2 * HOUR, said(3, 3, type="alert.reopened"))
    assert [names for _, names, _ in reader.got] == [("a-1",), ("a-2",)]
    reader.wait(DAY)
    assert reader.got[-1] == ("alerts", ("a-3",), DAY)


def test_what_corrects_a_colour_already_told_is_not_kept_back() -> None:
    """A mark of dispute is news although the colour is not."""
    reader = Reader()
    reader.hear(0, said(1, 3))
    reader.hear(HOUR, said(2, 3, type="alert.annotated"))
    assert reader.got[-1] == ("alerts", ("a-2",), HOUR)


def test_news_about_the_data_does_not_replace_news_about_the_firm() -> None:
    """Both about the same point, in one digest."""
    reader = Reader()
    reader.hear(HOUR, said(1, 1), said(2, 0, type="alert.flapping"))
    reader.wait(DAY)
    assert reader.got == [("digest", ("a-1", "a-2"), DAY)]


def test_the_digest_overtakes_nothing_that_waits_about_the_same_point() -> None:
    """Yellow, ten seconds before the digest goes out, and blue since: the last word is the last there was."""
    reader = Reader(Rules(cool_down=False, reminders=False))
    reader.hear(DAY - 10, said(1, 2))
    reader.hear(DAY - 5, said(2, 1), said(3, 1, alert_id="b-1", point="WP-22"))
    reader.wait(2 * DAY)
    assert reader.got == [("digest", ("b-1",), DAY), ("alerts", ("a-1", "a-2"), DAY + 20)]


def test_everything_can_be_turned_off() -> None:
    reader = Reader(Rules(group=False, cool_down=False, reminders=False))
    reader.hear(0, said(1, 1))
    reader.hear(1, said(2, 0, type="alert.cleared", previous=1, peak=1), said(3, 1, type="alert.reopened"))
    reader.hear(2, said(3, 1, type="alert.reopened"))
    reader.wait(30 * DAY)
    assert reader.got == [("alerts", (f"a-{n}",), min(n - 1, 1)) for n in (1, 2, 3)]


def test_without_digest_blue_is_grouped_like_yellow() -> None:
    reader = Reader(Rules(digest=False))
    reader.hear(0, said(1, 1))
    reader.wait(30)
    assert reader.got == [("alerts", ("a-1",), 30)]


def test_red_is_reminded_until_two_people_acknowledge_and_escalated_after_two_days() -> None:
    reader = Reader()
    reader.hear(0, said(1, 3))
    reader.wait(DAY)
    reader.wait(2 * DAY)
    reader.answers("li", 2 * DAY + 1)
    reader.wait(3 * DAY)
    reader.answers("wang", 3 * DAY + 1)
    reader.wait(30 * DAY)
    kinds = [(kind, at // DAY) for kind, _, at in reader.got]
    assert kinds == [
        ("alerts", 0),
        ("reminder", 1),
        ("reminder", 2),
        ("escalation", 2),
        ("reminder", 3),
        ("acknowledged", 3),
    ]


def test_the_subscriber_is_told_once_when_enough_people_have_taken_notice() -> None:
    """Who they are and what came of it; what is said later about the same alert tells nothing new."""
    reader = Reader()
    reader.hear(0, said(1, 3))
    assert reader.answers("li", 60, "limit_reduced").outgoing == []
    assert reader.answers("li", 61).outgoing == []
    (told,) = reader.answers("wang", 62, "confirmed_deterioration").outgoing
    assert (told.kind, _names(told), told.at - T0) == ("acknowledged", ("a-1",), 62)
    assert (told.by, told.dispositions) == (("li", "wang"), ("limit_reduced", "confirmed_deterioration"))
    assert reader.answers("sun", 63, "benign").outgoing == []


def test_a_disposition_is_noted_of_somebody_who_has_acknowledged_before() -> None:
    """First notice, then what came of it: both are answers."""
    reader = Reader()
    reader.hear(0, said(1, 3))
    reader.answers("li", 60)
    reader.answers("li", 61, "limit_reduced")
    (told,) = reader.answers("wang", 62).outgoing
    assert told.dispositions == ("limit_reduced",)


def test_a_higher_colour_wants_an_acknowledgement_of_its_own() -> None:
    """Yellow wants one person, red two, and of each the subscriber is told."""
    reader = Reader()
    reader.hear(0, said(1, 2))
    reader.wait(30)
    reader.answers("li", 60)
    reader.hear(90, said(2, 3, type="alert.upgraded"))
    reader.answers("li", 120, revision=2)
    reader.answers("wang", 121, revision=2)
    assert [(kind, names) for kind, names, _ in reader.got if kind == "acknowledged"] == [
        ("acknowledged", ("a-1",)),
        ("acknowledged", ("a-2",)),
    ]


def test_after_a_long_silence_only_the_last_reminder_is_given() -> None:
    """Whoever slept for a week is not rung seven times."""
    reader = Reader()
    reader.hear(0, said(1, 3))
    reader.wait(7 * DAY)
    assert [(kind, at // DAY) for kind, _, at in reader.got[1:]] == [("reminder", 7), ("escalation", 2)]


def test_an_answer_read_before_its_alert_counts() -> None:
    """Two logs are read side by side; which is quicker must not matter."""
    reader = Reader()
    for who in ("li", "wang"):
        reader.answers(who, 9)
    reader.hear(0, said(1, 3))
    reader.wait(30 * DAY)
    assert [(kind, at) for kind, _, at in reader.got] == [("alerts", 0), ("acknowledged", 9)]


def test_an_answer_to_an_alert_is_none_to_the_next_episode() -> None:
    reader = Reader()
    for who in ("li", "wang"):
        reader.answers(who, 9)
    reader.hear(0, said(1, 3))
    reader.hear(DAY, said(2, 0, type="alert.cleared", previous=3, peak=3))
    reader.hear(2 * DAY, said(3, 3, type="alert.reopened"))
    reader.wait(3 * DAY)
    assert reader.got[-1] == ("reminder", ("a-3",), 3 * DAY)


def test_a_fall_below_what_is_subscribed_ends_the_reminders() -> None:
    reader = Reader(Rules(min_level=3))
    reader.hear(0, said(1, 3))
    reader.hear(HOUR, said(2, 2, type="alert.downgraded", previous=3, peak=3))
    reader.wait(30 * DAY)
    assert [kind for kind, _, _ in reader.got] == ["alerts", "alerts"]


def test_when_the_engine_counts_anew_nothing_is_taken_for_old() -> None:
    """A point that left the catalogue and came back begins with revision 1."""
    reader = Reader()
    reader.hear(0, said(7, 3))
    reader.hear(DAY, said(1, 3, alert_id="new", tier={"from": 0, "to": 3}))
    assert reader.got[-1] == ("alerts", ("new",), DAY)
    reader.wait(2 * DAY)
    assert reader.got[-1] == ("reminder", ("new",), 2 * DAY)


stories = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 20, 40, 400, HOUR, 20 * HOUR, 3 * DAY]),
        st.sampled_from(["ent:CN:1", "ent:CN:2"]),
        st.sampled_from(["WP-08", "WP-09"]),
        st.sampled_from(KINDS),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=25,
)


def told(story: Sequence[tuple[int, str, str, str, int, bool]]) -> list[tuple[int, dict[str, Any]]]:
    """Alerts with their times, as an engine would number them."""
    at, revisions, log = T0, dict[tuple[str, str], int](), []
    for n, (pause, entity, point, kind, level, rises) in enumerate(story):
        at += pause
        revision = revisions[entity, point] = revisions.get((entity, point), 0) + 1
        now = 0 if kind in ("alert.cleared", "alert.flapping") else max(level, 1)
        tier = {"from": 0, "to": now} if rises else {"from": 3, "to": 3}
        one = alert(
            alert_id=f"a-{n}",
            entity=entity,
            point=point,
            type=kind,
            level=level,
            revision=revision,
            tier=tier,
        )
        log.append((at, one))
    return log


@settings(deadline=None)
@given(stories, st.booleans(), st.booleans(), st.booleans())
def test_nothing_is_lost_doubled_or_late(
    story: list[tuple[int, str, str, str, int, bool]], group: bool, digest: bool, cool_down: bool
) -> None:
    """Every alert leaves once, in a message or dropped; upgrades, and red that is new, in their own second."""
    reader, log = Reader(Rules(group=group, digest=digest, cool_down=cool_down)), told(story)
    for at, one in log:
        reader.hear(at - T0, one)
        file = reader.desk.files.get(one["entity"])
        if file is not None and one["alert_id"] in file.pending:
            reader.hear(at - T0, one)
        out = [name for kind, names, when in reader.got if kind in ("alerts", "digest") for name in names]
        rises = one["tier"]["to"] > one["tier"]["from"]
        if one["type"] == "alert.upgraded" or (one["level"] == 3 and (rises or not cool_down)):
            assert one["alert_id"] in out
    reader.wait(60 * DAY)
    out = [name for kind, names, _ in reader.got if kind in ("alerts", "digest") for name in names]
    assert sorted([*out, *reader.dropped]) == sorted(one["alert_id"] for _, one in log)
    assert not reader.desk.box.due
    assert not any(file.pending for file in reader.desk.files.values())


@pytest.mark.parametrize("group", [True, False])
def test_what_is_told_at_once_takes_along_what_waits_about_the_firm(group: bool) -> None:
    """Yellow that waits for the morning is not sent after the red that followed it in the night, nor a red that waits
    for others with its cause after its own withdrawal."""
    night = Reader(Rules(group=group, cool_down=False, quiet=Quiet(22 * HOUR, 7 * HOUR, 0), reminders=False))
    night.hear(-HOUR, said(1, 2))
    night.hear(0, said(2, 3, type="alert.upgraded"))
    night.wait(DAY)
    assert night.got == [("alerts", ("a-1", "a-2"), 0)]
    fan = Reader(Rules(group=group, cool_down=False, reminders=False))
    fan.hear(0, said(1, 3, cause="ent:CN:hub"))
    fan.hear(2, said(2, 0, type="alert.retracted", previous=3, peak=3))
    fan.wait(DAY)
    assert fan.got == [("alerts", ("a-1", "a-2"), 2)]


@settings(deadline=None)
@given(stories, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from([0, 1, 200]))
def test_news_about_a_point_is_sent_in_its_order(
    story: list[tuple[int, str, str, str, int, bool]],
    group: bool,
    digest: bool,
    cool_down: bool,
    night: bool,
    limit: int,
) -> None:
    """Whatever the subscriber wants: the last it hears is the last there was."""
    quiet = Quiet(22 * HOUR, 7 * HOUR, 0) if night else None
    reader, revisions = Reader(Rules(1, group, digest, cool_down, quiet=quiet, incident_above=limit)), {}
    for n, (at, one) in enumerate(told(story)):
        about = one["type"] == "alert.flapping"  # news about the data is a matter of its own
        revisions[one["alert_id"]] = one["entity"], one["point"], about, one["revision"]
        reader.hear(at - T0, one | ({"cause": "ent:CN:hub"} if n % 3 else {}))
    reader.wait(60 * DAY)
    sent = [names for kind, names, _ in reader.got if kind in ("alerts", "digest", "incident")]
    heard: dict[tuple[str, str, bool], int] = {}
    for entity, point, about, revision in (revisions[name] for names in sent for name in names):
        assert revision > heard.get((entity, point, about), 0)
        heard[entity, point, about] = revision


SHELF = Shelf(T0 + 2 * DAY, T0 + 9 * DAY)
MANNERS = st.sampled_from([Rules(), Rules(quiet=Quiet(22 * HOUR, 7 * HOUR, 0), silences=(SHELF,))])


@settings(deadline=None)
@given(stories, st.lists(st.integers(0, 40 * DAY), max_size=8), MANNERS)
def test_the_log_alone_decides_however_often_the_clock_is_looked_at(
    story: list[tuple[int, str, str, str, int, bool]], ticks: list[int], rules: Rules
) -> None:
    """So a desk rebuilt from the log sends the same messages, which receivers recognise."""

    def run(looks: list[int]) -> list[tuple[str, tuple[str, ...], int]]:
        reader, left = Reader(rules), sorted(looks)
        for at, one in told(story):
            while left and T0 + left[0] < at:
                reader.wait(left.pop(0))
            reader.hear(at - T0, one)
        reader.wait(60 * DAY)
        return [one for one in reader.got if one[0] in ("alerts", "digest")]

    assert run(ticks) == run([])
