"""Grouping: fewer messages, none of them late that must not be, and none lost."""

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.policy.fan_out import incident
from alerts.policy.grouping import (
    INTERVAL,
    WAIT,
    Box,
    Message,
    next_digest,
    receive,
    tick,
)
from alerts.policy.item import Item, item
from detectors.fact import DAY
from tests.alerts.samples import alert

CHINA = 8 * 3600
T0 = 1_767_225_600  # 2026-01-01 08:00 in China


class Mail:
    """The box of one subscriber; seconds count from the start."""

    def __init__(self) -> None:
        self.box = Box()

    def put(
        self, second: int, name: str, reach: int, point: str = "WP-08", entity: str = "a"
    ) -> list[Message]:
        """One alert more."""
        self.box, messages = receive(self.box, Item(name, entity, point, reach), T0 + second, CHINA)
        return list(messages)

    def wait(self, second: int) -> list[tuple[str, tuple[str, ...], int]]:
        """What goes out by then."""
        self.box, messages = tick(self.box, T0 + second)
        return [(one.entity, one.alert_ids, one.at - T0) for one in messages]


def test_yellow_waits_half_a_minute_for_company() -> None:
    """Two points of one firm are one message."""
    mail = Mail()
    assert mail.put(0, "1", 2) + mail.put(20, "2", 2, "WP-22") == []
    assert mail.box.due == T0 + WAIT
    assert mail.wait(29) == []
    assert mail.wait(30) == [("a", ("1", "2"), 30)]


def test_at_most_one_message_about_a_firm_in_five_minutes() -> None:
    """Another firm does not wait for it."""
    mail = Mail()
    mail.put(0, "1", 2)
    mail.wait(30)
    mail.put(40, "2", 2)
    mail.put(41, "3", 2, entity="b")
    assert mail.wait(71) == [("b", ("3",), 71)]
    assert mail.wait(329) == []
    assert mail.wait(330) == [("a", ("2",), 330)]


def test_red_waits_for_nothing_and_takes_along_what_waits() -> None:
    """Not even right after a message."""
    mail = Mail()
    mail.put(0, "1", 2)
    assert [(m.alert_ids, m.at - T0) for m in mail.put(10, "2", 3)] == [(("1", "2"), 10)]
    assert [(m.alert_ids, m.at - T0) for m in mail.put(11, "3", 3)] == [(("3",), 11)]


def test_blue_comes_once_a_day() -> None:
    """At 8 in the morning, all firms together; of a point the latest; not what was told since."""
    mail = Mail()
    mail.put(100, "1", 1)
    mail.put(200, "2", 1, entity="b")
    mail.put(300, "3", 1)
    mail.put(400, "4", 1, "WP-22")
    mail.put(500, "5", 2, "WP-22")
    assert mail.wait(530) == [("a", ("5",), 530)]
    assert mail.wait(DAY - 1) == []
    assert mail.wait(DAY) == [("", ("2", "3"), DAY)]
    assert mail.box.due is None


def test_a_digest_that_is_empty_is_not_sent() -> None:
    """Its only blue became yellow."""
    mail = Mail()
    mail.put(100, "1", 1)
    mail.put(200, "2", 2)
    mail.wait(230)
    assert (mail.box.due, mail.wait(2 * DAY)) == (None, [])


def test_what_takes_back_red_is_as_urgent_as_red() -> None:
    """By the highest level it takes back."""
    gone = alert(type="alert.retracted", level=0, previous=2, peak=3)
    assert item(gone).reach == 3
    assert item(alert(type="alert.opened", level=1, peak=1)).reach == 1


def test_digests_go_out_at_eight_local_time() -> None:
    """One that comes at eight sharp waits for the next day."""
    assert next_digest(T0, CHINA) == T0 + DAY
    assert next_digest(T0 - 1, CHINA) == T0
    assert next_digest(T0, 0) == T0 + 8 * 3600


arrivals = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 3), st.sampled_from("ab"), st.sampled_from(["WP-08", "WP-22"])),
    max_size=30,
)  # fmt: skip


@settings(deadline=None)
@given(arrivals)
def test_nothing_is_lost_doubled_or_late(plan: list[tuple[int, int, str, str]]) -> None:
    """Red in its second, yellow within five minutes and a half, blue within a day or replaced by newer news."""
    box, at, sent, come = Box(), T0, [], {}
    for n, (pause, reach, entity, point) in enumerate(plan):
        at += pause
        one = Item(str(n), entity, point, reach)
        come[one.alert_id] = (one, at)
        box, out = receive(box, one, at, CHINA)
        again, more = receive(box, one, at, CHINA)
        assert reach == 3 or (again, more) == (
            box,
            (),
        )  # what has left the box is known to the receiver by its id
        sent += out
    while box.due is not None:
        box, out = tick(box, box.due)
        sent += out
    told = {name: message.at for message in sent for name in message.alert_ids}
    assert len(told) == sum(len(message.alert_ids) for message in sent)
    for name, (one, when) in come.items():
        if one.reach == 3:
            assert told[name] == when
        elif one.reach == 2:
            assert when <= told[name] <= when + INTERVAL + WAIT
        elif name in told:
            assert told[name] <= when + DAY
        else:
            newer = [other for other, _ in come.values() if int(other.alert_id) > int(name)]
            assert any((other.entity, other.point) == (one.entity, one.point) for other in newer)
    for entity in "ab":
        calm = [
            m.at for m in sent
            if m.entity == entity and all(come[name][0].reach < 3 for name in m.alert_ids)
        ]  # fmt: skip
        assert all(late - early >= INTERVAL for early, late in itertools.pairwise(calm))


def test_very_many_alerts_of_one_event_are_one_incident() -> None:
    """The worst first, page by page, the same whatever order they come in."""
    alerts = [alert(alert_id=f"a-{n}", entity=f"ent:CN:{n:03}", level=n % 3 + 1) for n in range(201)]
    made = incident("hub", alerts)
    shuffled = [*alerts, *alerts[:50]]
    random.Random(1).shuffle(shuffled)
    assert incident("hub", shuffled) == made
    assert (made.count, made.level, [len(page) for page in made.pages]) == (201, 3, [100, 100, 1])
    assert [member.level for page in made.pages for member in page] == [3] * 67 + [2] * 67 + [1] * 67
