"""Silences and quiet hours: what a subscriber is not told now, and what nothing keeps from it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.policy.desk_file import Answer
from alerts.policy.quiet import Quiet, parsed
from alerts.policy.routing import Router
from alerts.policy.silence import Shelf, hides, silent_until
from alerts.policy.subscription_file import parse_subscriptions
from detectors.fact import DAY
from streams.engine.routes import Routes
from tests.alerts.samples import alert
from tests.alerts.test_desk import HOUR, T0, Reader, Rules, said

MONTH = Shelf(T0 + DAY, T0 + 31 * DAY, points=frozenset({"WP-09"}))
NIGHT = Quiet(22 * HOUR, 7 * HOUR, 8 * HOUR)  # T0 is 8 in the morning
EVENING = 14 * HOUR + 60  # a minute past 22


def silent() -> Reader:
    """A subscriber that does not want to hear of WP-09 for a month, from the second day on."""
    return Reader(Rules(silences=(MONTH,), reminders=False))


def test_a_silence_covers_what_it_names_from_its_begin_to_its_end() -> None:
    """The end excluded; empty sets mean all."""
    one = Shelf(10, 20, frozenset({"ent:CN:1"}))
    assert [one.covers("ent:CN:1", "WP-01", at) for at in (9, 10, 19, 20)] == [False, True, True, False]
    assert not one.covers("ent:CN:2", "WP-01", 15)
    assert (
        silent_until([one, Shelf(0, 99), Shelf(0, 999, points=frozenset({"WP-02"}))], "ent:CN:1", "WP-01", 15)
        == 99
    )
    assert silent_until([one], "ent:CN:2", "WP-01", 15) == 0


@pytest.mark.parametrize(
    ("kind", "tier", "hidden"),
    [
        ("alert.opened", (0, 2), True),
        ("alert.opened", (0, 3), False),
        ("alert.opened", (1, 2), False),
        ("alert.reopened", (3, 3), True),
        ("alert.corrected", (3, 3), True),
        ("alert.annotated", (2, 2), True),
        ("alert.upgraded", (2, 2), False),
        ("alert.cleared", (2, 0), False),
        ("alert.expired", (2, 0), False),
    ],
)
def test_no_rise_and_no_end_is_hidden(kind: str, tier: tuple[int, int], *, hidden: bool) -> None:
    assert hides(alert(type=kind, tier={"from": tier[0], "to": tier[1]})) is hidden


def test_what_is_still_true_when_the_silence_ends_is_told_then() -> None:
    """Also of a colour never told before, and whatever the cool-down."""
    reader = silent()
    reader.hear(2 * DAY, said(1, 2))
    reader.wait(31 * DAY - 1)
    assert reader.got == []
    reader.wait(31 * DAY + 60)
    assert reader.got == [("alerts", ("a-1",), 31 * DAY + 30)]


def test_what_is_over_by_then_is_never_told() -> None:
    """Neither that it was, nor that it is over."""
    reader = silent()
    reader.hear(2 * DAY, said(1, 2))
    reader.hear(3 * DAY, said(2, 0, type="alert.cleared", previous=2, peak=2))
    reader.wait(60 * DAY)
    assert (reader.got, reader.dropped) == ([], ["a-1", "a-2"])


def test_a_rise_and_the_end_of_what_was_told_before_pass() -> None:
    """Told yellow before the silence: red, and that it is over, are told in it; a correction waits."""
    reader = silent()
    reader.hear(0, said(1, 2))
    reader.hear(2 * DAY, said(2, 2, type="alert.corrected"))
    reader.wait(3 * DAY)
    assert [names for _, names, _ in reader.got] == [("a-1",)]
    reader.hear(4 * DAY, said(3, 3, type="alert.upgraded"))
    reader.hear(5 * DAY, said(4, 0, type="alert.cleared", previous=3, peak=3))
    assert [(names, at // DAY) for _, names, at in reader.got[1:]] == [(("a-3",), 4), (("a-4",), 5)]


def test_other_points_and_other_times_are_told_as_ever() -> None:
    reader = silent()
    reader.hear(2 * DAY, said(1, 3, point="WP-13"))
    reader.hear(32 * DAY, said(2, 3))
    assert [names for _, names, _ in reader.got] == [("a-1",), ("a-2",)]


def test_nobody_is_reminded_of_what_it_silenced() -> None:
    """Of the second contact nothing was said."""
    reader = Reader(Rules(silences=(MONTH,)))
    reader.hear(0, said(1, 3))
    for day in range(1, 6):
        reader.wait(day * DAY)
    assert [(kind, at // DAY) for kind, _, at in reader.got] == [("alerts", 0), ("escalation", 2)]
    reader.wait(31 * DAY)
    assert reader.got[-1][0] == "reminder"


def test_quiet_hours_go_over_midnight_or_not() -> None:
    """In the subscriber's own clock."""
    assert parsed("22:00-07:00", 8 * HOUR) == NIGHT
    assert NIGHT.over(T0) == T0
    assert NIGHT.over(T0 + 14 * HOUR) == NIGHT.over(T0 + 22 * HOUR) == T0 + 23 * HOUR
    assert NIGHT.over(T0 + 23 * HOUR) == T0 + 23 * HOUR
    noon = parsed("12:00-13:30", 8 * HOUR)
    assert noon.over(T0 + 4 * HOUR) == T0 + 5 * HOUR + 1800


def test_at_night_yellow_waits_for_the_morning_and_red_does_not() -> None:
    """A rise to yellow is not red; what waited about the firm goes along with red."""
    reader = Reader(Rules(quiet=NIGHT, reminders=False))
    reader.hear(EVENING, said(1, 2, type="alert.upgraded"))
    reader.hear(EVENING + 600, said(2, 2, point="WP-13"))
    reader.wait(22 * HOUR)
    assert reader.got == []
    reader.wait(23 * HOUR)
    assert reader.got == [("alerts", ("a-1", "a-2"), 23 * HOUR)]
    red = Reader(Rules(quiet=NIGHT, reminders=False))
    red.hear(EVENING, said(1, 2))
    red.hear(EVENING + 5, said(2, 3, point="WP-13"))
    assert red.got == [("alerts", ("a-1", "a-2"), EVENING + 5)]


def test_what_would_be_sent_in_the_night_waits_though_it_came_before() -> None:
    """Half a minute for company ends past 22 o'clock."""
    reader = Reader(Rules(quiet=NIGHT, reminders=False))
    reader.hear(14 * HOUR - 10, said(1, 2))
    reader.wait(23 * HOUR)
    assert reader.got == [("alerts", ("a-1",), 23 * HOUR)]


def test_quiet_hours_hold_without_grouping_and_for_the_digest() -> None:
    """Nothing else is changed by them."""
    single = Reader(Rules(group=False, quiet=NIGHT, reminders=False))
    single.hear(HOUR, said(1, 2))
    single.hear(EVENING, said(2, 2, point="WP-13"))
    single.wait(23 * HOUR)
    assert single.got == [("alerts", ("a-1",), HOUR), ("alerts", ("a-2",), 23 * HOUR)]
    late = Reader(Rules(quiet=Quiet(22 * HOUR, 9 * HOUR, 8 * HOUR), reminders=False))
    late.hear(2 * HOUR, said(1, 1))
    late.wait(2 * DAY)
    assert late.got == [("digest", ("a-1",), 25 * HOUR)]


def test_a_reminder_of_yellow_waits_for_the_morning() -> None:
    """Red is reminded of at any hour."""
    reader = Reader(Rules(quiet=NIGHT))
    reader.hear(EVENING, said(1, 2, point="WP-13"))
    reader.hear(EVENING + 5, said(2, 3))
    for who in ("li", "wang"):
        reader.answers(who, EVENING + 60, revision=2)
    reader.wait(EVENING + 5 + 3 * DAY)
    assert [kind for kind, _, _ in reader.got] == ["alerts", "acknowledged"]
    reader.wait(23 * HOUR + 3 * DAY)
    assert reader.got[2:] == [("reminder", ("a-1",), EVENING + 5 + 3 * DAY)]
    red = Reader(Rules(quiet=NIGHT))
    red.hear(EVENING, said(1, 3))
    red.wait(EVENING + DAY)
    assert red.got[1:] == [("reminder", ("a-1",), EVENING + DAY)]


def test_an_answer_in_the_night_counts() -> None:
    """Quiet hours are for what is sent."""
    reader = Reader(Rules(quiet=NIGHT))
    reader.hear(0, said(1, 2))
    reader.wait(30)
    reader.desk.answer(alert()["entity"], "WP-09", Answer("li", 1, T0 + 15 * HOUR))
    reader.wait(30 * DAY)
    assert [kind for kind, _, _ in reader.got] == ["alerts"]


def copies(**more: Any) -> list[dict[str, Any]]:
    """What two banks get on their topics, of which one has silenced the point for January."""
    text = """
subscriptions:
  - {subscriber_id: a, role: bank, entities: "*", silences: [
      {from: 2026-01-01, until: 2026-02-01, points: [WP-09], reason: known since autumn}]}
  - {subscriber_id: b, role: bank, entities: "*"}
"""
    one = alert(**{"at": datetime(2026, 1, 20, tzinfo=UTC).isoformat(), "tier": {"from": 3, "to": 3}, **more})
    routes = Routes(Router(parse_subscriptions(text)), "notifications")
    return [json.loads(value) for _, _, value, _ in routes(one, json.dumps(one).encode())]


def test_on_a_topic_what_is_silenced_is_marked_and_lost_for_nobody() -> None:
    """The bank's own copy says why; the other bank's does not. After the end, and of a rise, none does."""
    assert [one.get("silenced") for one in copies()] == ["known since autumn", None]
    for more in ({"point": "WP-13"}, {"at": "2026-02-01T00:00:00+08:00"}, {"type": "alert.upgraded"}):
        assert [one.get("silenced") for one in copies(**more)] == [None, None]
