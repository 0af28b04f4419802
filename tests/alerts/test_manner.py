"""How a real subscriber is told: together, not too often, again until somebody answers. Real sockets, a slow clock."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import redis

from alerts.delivery.answer import answer_to, read_answer
from alerts.delivery.receiver import Inbox, Receiver, read_inbox
from alerts.delivery.redis_schedule import RedisSchedule
from alerts.delivery.results import Result
from alerts.delivery.schedule import Schedule
from alerts.policy.subscriptions import Subscriptions
from tests.alerts.samples import SECRET, alert, message, regulator
from tests.alerts.scripted import Bench, Play, Scripted

EIGHT = datetime(2026, 1, 6, 0, 0, tzinfo=UTC)  # in the morning, in China
ELSEWHERE = "ent:CN-330604:91330604MA0000023B"


class Watch:
    """A clock that only moves when told."""

    def __init__(self, at: datetime = EIGHT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


def told(number: int, level: int, **more: Any) -> bytes:
    """A message about one point, by default without a change of the tier."""
    name = ("none", "blue", "yellow", "red")[level]
    base = {"level": level, "level_name": name, "tier": {"from": level, "to": level}}
    return message(number, **{**base, **more})


def answer(number: int, by: str, outcome: str = "acknowledged", **more: Any) -> bytes:
    """What ``fenghuo alerts ack`` publishes."""
    about = alert(alert_id=f"a-{number}", revision=number + 1, **more)
    return msgspec.json.encode(answer_to(about, "scjgj", by, outcome, EIGHT))


def bodies(receiver: Scripted) -> list[dict[str, Any]]:
    """What arrived, each message once."""
    return [json.loads(body) for body in {ident: body for ident, body, _ in receiver.requests}.values()]


def kinds(receiver: Scripted) -> list[str]:
    """Types of what arrived."""
    return [one["type"] for one in bodies(receiver)]


def ids(body: dict[str, Any]) -> list[str]:
    """Alerts in a message."""
    return [one["alert_id"] for one in body["data"]["alerts"]]


async def quiet(bench: Bench) -> None:
    """Everything read and nothing sent that should wait: some turns of the loops."""
    turns = 0

    def enough() -> bool:
        nonlocal turns
        turns += 1
        return turns > 15

    await bench.run_until(enough)


def test_yellows_of_one_firm_are_one_signed_message_and_red_does_not_wait(play: Play, tmp_path: Path) -> None:
    """Verified by the official library, stored once."""
    path, watch = tmp_path / "in.jsonl", Watch(datetime.now(UTC))

    async def scenario(schedule: Schedule) -> None:
        with Receiver([SECRET], Inbox(path)) as receiver:
            values = [told(1, 2), told(2, 2, point="WP-22"), told(3, 3, entity=ELSEWHERE)]
            bench = Bench(regulator(receiver.url), schedule, values, now=watch)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            await quiet(bench)
            assert [entry["webhook_id"] for entry in read_inbox(path)] == ["a-3"]
            assert bench.source.committed == 0, "what waits for company is not settled"
            watch.forward(seconds=30)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 2)
            assert bench.count(Result.GROUPED) == 2
            assert bench.source.committed == 3

    play(scenario)
    event = read_inbox(path)[1]["event"]
    assert (event["type"], event["data"]["level"], ids(event)) == ("alerts.grouped", 2, ["a-1", "a-2"])


def test_an_upgrade_takes_along_what_waits(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver:
            values = [told(1, 2), told(2, 2, point="WP-22", type="alert.upgraded")]
            bench = Bench(regulator(receiver.url), schedule, values, now=watch)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            assert ids(bodies(receiver)[0]) == ["a-1", "a-2"]

    play(scenario)


def test_blue_is_one_digest_a_day_about_all_firms(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver:
            bench = Bench(
                regulator(receiver.url), schedule, [told(1, 1), told(2, 1, entity=ELSEWHERE)], now=watch
            )
            watch.forward(hours=23)
            await quiet(bench)
            assert receiver.requests == []
            watch.forward(hours=2)
            await quiet(bench)
            watch.forward(seconds=20)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            (digest,) = bodies(receiver)
            assert (digest["type"], ids(digest)) == ("alerts.digest", ["a-1", "a-2"])
            assert bench.source.committed == 2

    play(scenario)


def test_the_same_red_within_a_day_is_kept_back_and_then_told(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver:
            bench = Bench(regulator(receiver.url), schedule, [told(1, 3)], now=watch)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            watch.forward(hours=1)
            over = {"type": "alert.cleared", "previous": 3, "peak": 3}
            bench.source.values += [told(2, 0, **over), told(3, 3, type="alert.reopened")]
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 2)
            assert (bench.count(Result.COOLED_DOWN), receiver.ids) == (1, ["a-1", "a-2"])
            watch.forward(hours=23)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 3)
            assert receiver.ids[2] == "a-3"

    play(scenario)


def test_red_is_reminded_daily_then_a_second_contact_hears_and_two_answers_end_it(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver, Scripted() as second:
            contact = {"url": second.url, "secret_env": "SECOND"}
            bench = Bench(regulator(receiver.url, escalate_to=contact), schedule, [told(1, 3)], now=watch)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            watch.forward(hours=24)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 2)
            assert second.requests == []
            watch.forward(hours=24)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 4)
            assert (receiver.ids, second.ids) == (
                ["a-1", "a-1.reminder.1", "a-1.reminder.2"],
                ["a-1.escalated"],
            )
            reminder, escalated = bodies(receiver)[1], bodies(second)[0]
            assert (reminder["type"], reminder["data"]["number"]) == ("alert.reminder", 1)
            assert escalated["data"]["alert"]["alert_id"] == "a-1"
            assert escalated["data"]["unacknowledged_since"] == EIGHT.isoformat()
            bench.source.answers += [answer(1, "li"), answer(1, "wang", "limit_reduced")]
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 5)
            taken = bodies(receiver)[-1]
            assert (taken["type"], receiver.ids[-1]) == ("alert.acknowledged", "a-1.acknowledged")
            assert taken["data"]["acknowledged_by"] == ["li", "wang"]
            assert taken["data"]["dispositions"] == ["limit_reduced"]
            assert taken["data"]["alert"]["alert_id"] == "a-1"
            watch.forward(days=3)
            await quiet(bench)
            assert bench.count(Result.DELIVERED) == 5
            assert (bench.count(Result.REMINDED), bench.count(Result.ESCALATED)) == (2, 1)

    play(scenario)


def test_answers_of_others_and_other_outcomes_do_not_count(play: Play) -> None:
    """A default label, a stranger's answer and nonsense lie on the same topic."""

    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver:
            bench = Bench(regulator(receiver.url), schedule, [told(1, 2)], now=watch)
            label = {"entity": "ent:CN:1", "outcome": "default", "at": EIGHT.isoformat(), "source": "bank"}
            stranger = msgspec.json.encode(answer_to(alert(alert_id="a-1"), "nobody", "x", "benign", EIGHT))
            bench.source.answers += [msgspec.json.encode(label), stranger, b"{"]
            watch.forward(seconds=1)
            await quiet(bench)
            watch.forward(seconds=30)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            watch.forward(hours=73)
            await bench.run_until(lambda: bench.count(Result.REMINDED) == 1)
            assert read_answer(stranger) is not None

    play(scenario)


def test_a_subscriber_that_lost_its_authorisation_is_not_reminded(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver:
            ends = EIGHT + timedelta(hours=12)
            bench = Bench(regulator(receiver.url, valid_to=ends), schedule, [told(1, 3)], now=watch)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            watch.forward(hours=24)
            await bench.run_until(lambda: bench.count(Result.REFUSED) == 1)
            assert receiver.ids == ["a-1"]
            assert bench.dead_letters.letters[0].reason == "subscription_ended"

    play(scenario)


def test_an_opt_out_sends_everything_at_once_and_once(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        manner = {"group": False, "cool_down": False, "reminders": False}
        with Scripted() as receiver:
            values = [told(1, 1), told(2, 2, point="WP-22"), told(2, 2, point="WP-22")]
            bench = Bench(regulator(receiver.url, delivery=manner), schedule, values, now=watch)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 2)
            watch.forward(days=9)
            await quiet(bench)
            assert receiver.ids == ["a-1", "a-2"]
            assert bench.source.committed == 3

    play(scenario)


def test_a_restart_goes_on_with_what_waited(play: Play) -> None:
    """The desk is loaded from the schedule: the group, and the reminder of what was told before."""

    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver:
            values = [told(1, 3), told(2, 2, entity=ELSEWHERE)]
            bench = Bench(regulator(receiver.url), schedule, values, now=watch)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            watch.forward(hours=24)
            again = Bench(regulator(receiver.url), schedule, [], now=watch)
            again.source.values = bench.source.values
            await again.run_until(lambda: again.count(Result.DELIVERED) == 2)
            assert set(receiver.ids) == {"a-1", "a-2", "a-1.reminder.1"}

    play(scenario)


def test_what_waits_for_a_subscriber_since_removed_is_refused(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver:
            bench = Bench(
                regulator(receiver.url), schedule, [told(1, 2), told(2, 3, entity=ELSEWHERE)], now=watch
            )
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            later = Bench(Subscriptions(subscriptions=()), schedule, [], now=watch)
            later.source.values = bench.source.values
            await later.run_until(lambda: later.count(Result.REFUSED) == 1)
            assert later.source.committed == 2

    play(scenario)


def test_an_emptied_redis_loses_no_group_no_reminder_and_no_answer(redis_url: str) -> None:
    """While a group, a digest and a cool-down wait, and one of two reds is acknowledged: everything comes, with the
    same ids; nothing settled is sent again but the reminders that stand."""

    async def scenario() -> None:
        schedule, watch = RedisSchedule(redis_url), Watch()
        with Scripted() as receiver:
            values = [told(1, 3), told(2, 3, entity=ELSEWHERE)]
            bench = Bench(regulator(receiver.url), schedule, values, now=watch)
            bench.source.answers += [answer(2, who, entity=ELSEWHERE) for who in ("li", "wang")]
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 3)  # with an acknowledgement
            watch.forward(hours=24)
            await bench.run_until(lambda: bench.count(Result.REMINDED) == 1)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 4)
            bench.source.values += [
                told(3, 2, point="WP-22"),
                told(4, 2, point="WP-30"),
                told(5, 1, point="WP-01"),
            ]
            await quiet(bench)
            with redis.Redis.from_url(redis_url) as client:
                client.flushall()
            del receiver.requests[:]
            await quiet(bench)
            watch.forward(seconds=30)
            await bench.run_until(lambda: "alerts.grouped" in kinds(receiver))
            watch.forward(hours=24)
            await quiet(bench)
            watch.forward(seconds=1)
            await bench.run_until(
                lambda: "alerts.digest" in kinds(receiver) and "a-1.reminder.2" in receiver.ids
            )
            sent = set(receiver.ids)
        groups = sorted(ids(body) for body in bodies(receiver) if "alerts" in body["data"])
        assert groups == [["a-3", "a-4"], ["a-5"]]
        single = {name for name in sent if not name.startswith("group-")}
        assert single == {"a-1.reminder.1", "a-1.reminder.2"}, "a-1 and a-2 were settled, a-2 is acknowledged"
        await schedule.close()

    asyncio.run(scenario())


def test_a_red_waiting_for_its_receiver_survives_an_emptied_redis_without_news(redis_url: str) -> None:
    """Nobody has to publish anything for the loss to be noticed."""

    async def scenario() -> None:
        schedule, watch = RedisSchedule(redis_url), Watch()
        with Scripted([(500, {}), (204, {})]) as receiver:
            bench = Bench(regulator(receiver.url), schedule, [told(1, 3)], now=watch)
            await bench.run_until(lambda: bench.count(Result.RETRIED) == 1)
            with redis.Redis.from_url(redis_url) as client:
                client.flushall()
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            assert receiver.ids == ["a-1", "a-1"]
        await schedule.close()

    asyncio.run(scenario())


def test_two_dispatchers_that_believe_a_partition_theirs_do_no_harm(play: Play) -> None:
    """The slower one is refused, reads again and finds everything done."""

    async def scenario(schedule: Schedule) -> None:
        watch = Watch()
        with Scripted() as receiver:
            values = [told(n, 3, entity=f"ent:CN-330604:X{n}") for n in range(20)]
            one = Bench(regulator(receiver.url), schedule, values, now=watch)
            other = Bench(regulator(receiver.url), schedule, values, now=watch)

            def done() -> bool:
                return one.count(Result.DELIVERED) + other.count(Result.DELIVERED) >= 20

            await asyncio.gather(one.run_until(done), other.run_until(done))
            assert set(receiver.ids) == {f"a-{n}" for n in range(20)}
            assert len(receiver.ids) == 20

    play(scenario)
