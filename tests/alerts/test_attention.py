"""Attention: who does not answer is reminded, then somebody else is told; who answers is left in peace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.policy.attention import (
    GROUNDS,
    HOUR,
    Acknowledged,
    Action,
    Attention,
    Clock,
    Disposed,
    Disposition,
    Event,
    Told,
    advance_attention,
    objection,
)
from detectors.records.control import Objection
from tests.alerts.samples import alert

T0 = 1_767_225_600


def at(hours: float) -> int:
    """An instant so many hours after the start."""
    return T0 + round(hours * HOUR)


class Desk:
    """One subscriber and one point."""

    def __init__(self, level: int = 3) -> None:
        self.state = Attention()
        self.due: int | None = None
        self.take(Told("a-1", level, 1, at(0)))

    def take(self, event: Event) -> list[tuple[str, float]]:
        """What to do, with the hours at which it was due."""
        self.state, actions, self.due = advance_attention(self.state, event)
        return [(one.kind, (one.at - T0) / HOUR) for one in actions]


def test_red_is_reminded_daily_and_escalated_after_two_days() -> None:
    """Until somebody answers."""
    desk = Desk()
    assert (desk.state.status, desk.due) == ("OPEN", at(24))
    assert desk.take(Clock(at(47))) == [("remind", 24)]
    assert desk.take(Clock(at(50))) == [("alert.escalated", 48), ("remind", 48)]
    assert desk.state.status == "ESCALATED"
    assert desk.take(Clock(at(24 * 10)))[-1] == ("remind", 240)
    assert desk.take(Acknowledged("li", 1, at(241))) == []
    assert desk.take(Acknowledged("wang", 1, at(242))) == [("alert.acknowledged", 242)]
    assert (desk.state.status, desk.due) == ("ACKNOWLEDGED", None)
    assert desk.take(Clock(at(1000))) == []


def test_yellow_is_reminded_three_times_every_three_days() -> None:
    """And never escalated; one person is enough."""
    desk = Desk(2)
    assert desk.take(Clock(at(2000))) == [("remind", 72), ("remind", 144), ("remind", 216)]
    assert desk.due is None
    assert desk.take(Acknowledged("li", 1, at(2001))) == [("alert.acknowledged", 2001)]


def test_blue_asks_for_nothing() -> None:
    """It stands in the digest."""
    desk = Desk(1)
    assert (desk.due, desk.take(Clock(at(2000)))) == (None, [])


def test_red_wants_two_people() -> None:
    """The same person twice is one."""
    desk = Desk()
    assert desk.take(Acknowledged("li", 1, at(1))) + desk.take(Acknowledged("li", 1, at(2))) == []
    assert desk.state.status == "OPEN"


def test_a_higher_colour_wants_to_be_acknowledged_anew() -> None:
    """An answer to yellow is none to red, even if it arrives after red."""
    desk = Desk(2)
    desk.take(Acknowledged("li", 1, at(1)))
    desk.take(Told("a-2", 3, 2, at(10)))
    assert (desk.state.status, desk.due) == ("OPEN", at(34))
    assert desk.take(Acknowledged("wang", 1, at(11))) + desk.take(Acknowledged("sun", 1, at(12))) == []
    desk.take(Acknowledged("wang", 2, at(13)))
    assert desk.take(Acknowledged("sun", 2, at(14))) == [("alert.acknowledged", 14)]


def test_the_end_of_the_alert_ends_the_reminders() -> None:
    """Answered or not; the next episode starts afresh."""
    desk = Desk()
    desk.take(Told("a-2", 0, 2, at(1)))
    assert (desk.state.status, desk.due, desk.take(Clock(at(900)))) == ("CLOSED", None, [])
    desk.take(Told("a-3", 3, 3, at(1000)))
    assert (desk.state.status, desk.due) == ("OPEN", at(1024))


def test_a_fall_keeps_the_answer_and_slows_the_reminders() -> None:
    """From red to yellow."""
    desk = Desk()
    desk.take(Told("a-2", 2, 2, at(30)))
    assert (desk.state.status, desk.due) == ("OPEN", at(102))
    answered = Desk(2)
    answered.take(Acknowledged("li", 1, at(1)))
    answered.take(Told("a-2", 1, 2, at(30)))
    assert answered.state.status == "ACKNOWLEDGED"


def test_an_answer_in_the_last_second_is_in_time() -> None:
    """The reminder is for those who have not answered by then."""
    desk = Desk(2)
    assert desk.take(Acknowledged("li", 1, at(72))) == [("alert.acknowledged", 72)]


@pytest.mark.parametrize("code", list(Disposition))
def test_a_disposition_is_an_answer_and_may_object(code: Disposition) -> None:
    """Wrong entity and wrong data open one objection each; whoever repeats it opens none."""
    desk = Desk(2)
    kinds = [kind for kind, _ in desk.take(Disposed("li", code, 1, at(5)))]
    assert kinds == (["object"] if code in GROUNDS else []) + ["alert.acknowledged"]
    assert desk.take(Disposed("li", code, 1, at(6))) == []
    assert desk.state.dispositions == (code.value,)


def test_what_was_found_out_afterwards_is_recorded_too() -> None:
    """A default confirmed after the alert ended."""
    desk = Desk()
    desk.take(Told("a-2", 0, 2, at(1)))
    desk.take(Disposed("li", Disposition.CONFIRMED_DEFAULT, 2, at(900)))
    assert desk.state.dispositions == ("confirmed_default",)


def test_an_objection_names_the_records_and_keeps_its_contract() -> None:
    """It is a valid F31, always the same one, against the evidence of the alert's own point."""
    rows = [{"record_id": "r-2"}, {"record_id": "r-1"}, {"record_id": "r-1"}]
    said = alert(
        points=[{"id": "WP-09", "evidence": rows}, {"id": "WP-30", "evidence": [{"record_id": "x"}]}]
    )
    action = Action("object", "a-1", at(5), GROUNDS[Disposition.WRONG_ENTITY])
    payload = objection(said, "bank-1", action)
    assert payload == objection(said, "bank-1", action)
    checked = Objection.model_validate(payload)
    assert (checked.targets, checked.ground, checked.state) == (("r-1", "r-2"), "not_mine", "received")
    assert objection(alert(points=[]), "bank-1", action)["targets"] == ["a-1"]


people = st.sampled_from(["li", "wang", "sun"])
hours = st.integers(0, 400)
events = st.one_of(
    st.builds(lambda level, revision, h: Told(f"a-{revision}", level, revision, at(h)),
              st.integers(0, 3), st.integers(1, 8), hours),
    st.builds(lambda by, revision, h: Acknowledged(by, revision, at(h)), people, st.integers(1, 8), hours),
    st.builds(lambda by, code, revision, h: Disposed(by, code, revision, at(h)),
              people, st.sampled_from(list(Disposition)), st.integers(1, 8), hours),
)  # fmt: skip


@given(st.lists(events, max_size=12), st.lists(hours, max_size=12))
def test_ticking_often_is_ticking_once_and_repetition_is_harmless(
    story: list[Event], ticks: list[int]
) -> None:
    """The same actions at the same instants, however often the clock is looked at and every event delivered."""
    story = sorted(story, key=lambda event: event.at)
    end = Clock(at(500))

    def run(log: list[Event]) -> tuple[Attention, list[Action]]:
        state, done = Attention(), []
        for event in log:
            state, actions, due = advance_attention(state, event)
            done += actions
            assert due is None or due >= event.at
        return state, done

    # a tick one second before an hour cannot fall together with an event
    mixed: list[Event] = [Clock(at(h) - 1) for h in ticks]
    often = sorted([*story, *mixed], key=lambda event: event.at)
    twice = [event for event in often for _ in range(2)]
    assert run([*story, end]) == run([*often, end]) == run([*twice, end, end])
