"""The fan-out guard: one event that gives very many firms a colour is told as one incident, and nothing else waits."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.office import rules_of
from alerts.delivery.receiver import Inbox, Receiver, read_inbox
from alerts.delivery.redis_schedule import RedisSchedule
from alerts.delivery.results import Result
from alerts.delivery.schedule import Schedule
from alerts.policy.desk import Rules
from alerts.policy.fan_out import FAN_WAIT, FORGOTTEN, incident
from alerts.policy.quiet import Quiet
from detectors.fact import DAY
from tests.alerts.samples import SECRET, alert, message, regulator, subscription
from tests.alerts.scripted import Bench, Play, Scripted
from tests.alerts.test_desk import HOUR, Reader
from tests.alerts.test_manner import Watch, bodies, ids, quiet, told

HUB = "ent:CN-330604:hub"


def struck(numbers: Iterable[int], level: int = 3, **more: Any) -> list[dict[str, Any]]:
    """Firms that have a colour because of the hub."""
    common = {"point": "WP-49", "level": level, "tier": {"from": 0, "to": level}, "cause": HUB}
    return [alert(**{"alert_id": f"a-{n}", "entity": f"ent:CN:{n:03}", **common, **more}) for n in numbers]


def sent(reader: Reader) -> list[tuple[str, int, int]]:
    """Kinds of messages, how many alerts were in each, and when; messages alike counted together."""
    return sorted(Counter((kind, len(names), at) for kind, names, at in reader.got).elements())


def test_more_than_the_limit_are_one_incident_after_five_seconds() -> None:
    reader = Reader()
    reader.hear(0, *struck(range(201)))
    assert reader.got == []
    reader.wait(FAN_WAIT)
    assert sent(reader) == [("incident", 201, FAN_WAIT)]


def test_as_many_as_the_limit_go_one_by_one() -> None:
    reader = Reader()
    reader.hear(0, *struck(range(200)))
    reader.wait(FAN_WAIT)
    assert sent(reader) == [("alerts", 1, FAN_WAIT)] * 200


def test_whose_cause_is_another_or_their_own_facts_are_not_counted() -> None:
    """200 and 200 for two hubs, and a red by own facts, which does not wait."""
    reader = Reader()
    reader.hear(0, *struck(range(200)), *struck(range(200, 400), cause="ent:CN:other"))
    reader.hear(1, alert(alert_id="own", entity="ent:CN:own"))
    assert reader.got == [("alerts", ("own",), 1)]
    reader.wait(FAN_WAIT)
    assert {kind for kind, _, _ in reader.got} == {"alerts"}


def test_a_slow_wave_is_stopped_when_the_limit_is_passed() -> None:
    """Never more than the limit on their own; what comes later joins, until nothing was heard for five minutes."""
    reader = Reader(Rules(incident_above=20))
    for turn in range(3):
        reader.hear(10 * turn, *struck(range(10 * turn, 10 * turn + 10)))
    reader.hear(200, *struck([98]))
    reader.wait(200 + FAN_WAIT)
    assert sent(reader) == [
        *[("alerts", 1, 5)] * 10,
        *[("alerts", 1, 15)] * 10,
        ("incident", 1, 205),
        ("incident", 10, 25),
    ]
    again = 205 + FORGOTTEN
    reader.hear(again, *struck([99]))
    reader.wait(again + FAN_WAIT)
    assert reader.got[-1] == ("alerts", ("a-99",), again + FAN_WAIT)


def test_what_takes_an_alert_back_does_not_overtake_it() -> None:
    """It goes at once, with what it takes back before it."""
    reader = Reader()
    reader.hear(0, *struck([1]))
    reader.hear(1, *struck([1], 0, alert_id="over", type="alert.retracted", peak=3, previous=3, revision=2))
    assert reader.got == [("alerts", ("a-1", "over"), 1)]
    reader.wait(DAY)
    assert len(reader.got) == 1


def test_yellow_waits_for_company_and_not_longer() -> None:
    reader = Reader()
    reader.hear(0, *struck([1], 2))
    reader.wait(HOUR)
    assert reader.got == [("alerts", ("a-1",), 30)]


def test_blue_is_in_the_digest_as_ever() -> None:
    reader = Reader(Rules(incident_above=1))
    reader.hear(0, *struck(range(3), 1))
    reader.wait(2 * DAY)
    assert sent(reader) == [("digest", 3, DAY)]


def test_members_ask_for_no_answer_of_their_own() -> None:
    """And a member that is told something new on its own does."""
    reader = Reader(Rules(incident_above=1))
    reader.hear(0, *struck(range(2)))
    reader.wait(3 * DAY)
    assert sent(reader) == [("incident", 2, FAN_WAIT)]
    gone = struck([1], 0, alert_id="b-1", type="alert.cleared", peak=3, previous=3, revision=2)
    reader.hear(3 * DAY, *gone, alert(alert_id="c-1", entity="ent:CN:001", point="WP-49", revision=3))
    reader.wait(4 * DAY)
    assert [kind for kind, names, _ in reader.got if names == ("c-1",)] == ["alerts", "reminder"]


def test_without_a_limit_nothing_waits() -> None:
    reader = Reader(Rules(incident_above=0))
    reader.hear(0, *struck(range(300)))
    assert sent(reader) == [("alerts", 1, 0)] * 300


@pytest.mark.parametrize(
    ("level", "expected"), [(2, ("incident", 3, 23 * HOUR)), (3, ("incident", 3, 14 * HOUR + 5))]
)
def test_in_quiet_hours_an_incident_without_red_waits(level: int, expected: tuple[str, int, int]) -> None:
    """At 22 o'clock in China."""
    reader = Reader(Rules(incident_above=2, quiet=Quiet(22 * HOUR, 7 * HOUR, 8 * HOUR)))
    reader.hear(14 * HOUR, *struck(range(3), level))
    reader.wait(2 * DAY)
    assert sent(reader)[0] == expected


def test_an_upgrade_counts_and_an_annotation_does_not() -> None:
    reader = Reader(Rules(incident_above=1))
    reader.hear(
        0, *struck([1]), *struck([2], type="alert.upgraded", previous=2), *struck([3], type="alert.corrected")
    )
    reader.wait(HOUR)
    assert sent(reader) == [("alerts", 1, 0), ("incident", 2, FAN_WAIT)]


waves = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 4, 20, 400, 20 * HOUR]),
        st.integers(1, 6),
        st.sampled_from(["", HUB, "ent:CN:other"]),
        st.sampled_from(["alert.opened", "alert.upgraded", "alert.cleared"]),
        st.integers(1, 3),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(waves, st.lists(st.integers(0, 9 * DAY), max_size=8), st.booleans())
def test_nothing_is_lost_or_doubled_and_the_log_alone_decides(
    wave: list[tuple[int, int, str, str, int]], ticks: list[int], night: bool
) -> None:
    """However often the clock is looked at; and what is about one point goes in order."""
    rules = Rules(incident_above=2, quiet=Quiet(22 * HOUR, 7 * HOUR, 0) if night else None)

    def run(looks: list[int]) -> tuple[list[tuple[str, tuple[str, ...], int]], list[str]]:
        reader, left, at = Reader(rules), sorted(looks), 0
        for n, (pause, firm, cause, kind, level) in enumerate(wave):
            at += pause
            while left and left[0] < at:
                reader.wait(left.pop(0))
            now = 0 if kind == "alert.cleared" else level
            (one,) = struck([firm], now, alert_id=f"w-{n:02}", type=kind, cause=cause, revision=n + 1)
            reader.hear(at, {**one, "peak": level, "previous": level})
        reader.wait(60 * DAY)
        return [one for one in reader.got if one[0] in ("alerts", "digest", "incident")], reader.dropped

    got, dropped = run(ticks)
    assert (got, sorted(dropped)) == (run([])[0], sorted(run([])[1]))
    out = [name for _, names, _ in got for name in names]
    assert sorted([*out, *dropped]) == [f"w-{n:02}" for n in range(len(wave))]
    for firm in range(1, 7):
        mine = [f"w-{n:02}" for n, one in enumerate(wave) if one[1] == firm and one[4] > 1]
        loud = [name for kind, names, _ in got if kind != "digest" for name in names if name in mine]
        assert loud == sorted(loud)


def test_the_incident_is_the_same_whatever_order_they_come_in() -> None:
    """The worst first, page by page."""
    alerts = [one for n in range(201) for one in struck([n], n % 3 + 1)]
    made = incident(HUB, alerts)
    assert incident(HUB, [*alerts[100:], *alerts, *alerts[:50]]) == made
    assert (made.count, made.level, [len(page) for page in made.pages]) == (201, 3, [100, 100, 1])
    assert [member.level for page in made.pages for member in page] == [3] * 67 + [2] * 67 + [1] * 67


def test_each_partition_has_its_share_of_the_limit() -> None:
    """So all together do not send more than the limit on their own."""
    hook = {"channel": "webhook", "url": "https://example.org/hook", "secret_env": "SECRET"}
    asked = subscription(**hook)
    few, never = (subscription(**hook, delivery={"incident_above": above}) for above in (3, 0))
    assert [rules_of(one, 8).incident_above for one in (asked, few, never)] == [25, 1, 0]


# -- over sockets -----------------------------------------------------------------------------------------------------


def wave(count: int) -> list[bytes]:
    """Red alerts because of the hub on the topic, with a correction of the first one between."""
    values = [message(n, **{**one, "alert_id": f"a-{n}"}) for n, one in enumerate(struck(range(count)), 1)]
    return [*values[:50], told(count + 1, 3, entity="ent:CN:own"), *values[50:]]


def test_a_regulator_gets_one_signed_incident_in_pages(play: Play, tmp_path: Path) -> None:
    """Verified by the official library; every alert once; settled only when sent."""
    path, watch = tmp_path / "in.jsonl", Watch(datetime.now(UTC))

    async def scenario(schedule: Schedule) -> None:
        with Receiver([SECRET], Inbox(path)) as receiver:
            bench = Bench(
                regulator(receiver.url, delivery={"incident_above": 120}), schedule, wave(130), now=watch
            )
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            await quiet(bench)
            assert [entry["webhook_id"] for entry in read_inbox(path)] == ["a-131"], "by own facts: at once"
            assert bench.source.committed == 0
            watch.forward(seconds=FAN_WAIT)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 3)
            assert bench.source.committed == 131

    play(scenario)
    events = [entry["event"] for entry in read_inbox(path)]
    pages = sorted(
        (one["data"] for one in events if one["type"] == "alerts.incident"), key=lambda one: one["page"]
    )
    assert [(one["page"], one["pages"], one["count"], len(one["alerts"])) for one in pages] == [
        (1, 2, 130, 100),
        (2, 2, 130, 30),
    ]
    assert {(one["cause"], one["level_name"]) for one in pages} == {(HUB, "red")}
    assert len({one["incident_id"] for one in pages}) == 1
    assert sorted(
        name for one in events if one in pages or "alerts" in one["data"] for name in ids(one)
    ) == sorted(f"a-{n}" for n in range(1, 131))


def test_a_page_that_failed_comes_again_as_it_was_and_nobody_is_reminded_of_its_members(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted([(204, {}), (500, {}), (204, {})]) as receiver:
            bench = Bench(
                regulator(receiver.url, delivery={"incident_above": 120}), schedule, wave(130), now=watch
            )
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            watch.forward(seconds=FAN_WAIT)
            await bench.run_until(lambda: bench.count(Result.RETRIED) == 1)
            watch.forward(seconds=1)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 3)
            seen: dict[str, set[bytes]] = {}
            for name, body, _ in receiver.requests:
                seen.setdefault(name, set()).add(body)
            assert (len(receiver.requests), len(seen)) == (4, 3)
            assert all(len(same) == 1 for same in seen.values())
            watch.forward(days=3)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 4)
            await quiet(bench)
            assert receiver.ids[4:] == ["a-131.reminder.3"]

    play(scenario)


def test_a_restart_or_an_emptied_redis_while_they_wait_makes_the_same_incident(redis_url: str) -> None:
    """What waits is in the schedule, and in the log if that is lost."""

    async def scenario(empty: bool) -> list[dict[str, Any]]:
        schedule, watch = RedisSchedule(redis_url), Watch()
        with redis.Redis.from_url(redis_url) as client:
            client.flushall()
        with Scripted() as receiver:
            manner = {"incident_above": 120}
            bench = Bench(regulator(receiver.url, delivery=manner), schedule, wave(130), now=watch)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            if empty:
                with redis.Redis.from_url(redis_url) as client:
                    client.flushall()
            again = Bench(regulator(receiver.url, delivery=manner), schedule, [], now=watch)
            again.source = bench.source
            watch.forward(seconds=FAN_WAIT)
            await again.run_until(lambda: again.count(Result.DELIVERED) >= 2 + empty)
            found = [one for one in bodies(receiver) if one["type"] == "alerts.incident"]
        await schedule.close()
        return sorted(found, key=lambda one: int(one["data"]["page"]))

    kept, lost = asyncio.run(scenario(False)), asyncio.run(scenario(True))
    assert [len(one["data"]["alerts"]) for one in kept] == [100, 30]
    assert [one["data"]["incident_id"] for one in lost] == [one["data"]["incident_id"] for one in kept]
