"""The dispatcher over real sockets, on the schedule in memory and on the one in Redis."""

import asyncio
import json
import logging
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import redis

from alerts.delivery.messages import Letter, compose
from alerts.delivery.notification import Notification, Partition
from alerts.delivery.receiver import Inbox, Receiver, read_inbox
from alerts.delivery.redis_schedule import RedisSchedule
from alerts.delivery.results import Result
from alerts.delivery.schedule import MemorySchedule, Schedule, ScheduleUnavailableError
from alerts.policy.desk import Outgoing
from alerts.policy.subscriptions import Subscriptions
from tests.alerts.samples import SECRET, alert, message, regulator
from tests.alerts.scripted import Answers, Bench, Play, Scripted


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_regulator_gets_signed_alerts_and_the_offsets_are_committed(play: Play, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"

    async def scenario(schedule: Schedule) -> None:
        with Receiver([SECRET], Inbox(path)) as receiver:
            bench = Bench(regulator(receiver.url), schedule, [message(n) for n in range(20)])
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 20)
        assert bench.source.committed == 20
        assert bench.dead_letters.letters == []

    play(scenario)
    entries = read_inbox(path)
    assert {entry["webhook_id"] for entry in entries} == {f"a-{n}" for n in range(20)}
    first = next(entry["event"] for entry in entries if entry["webhook_id"] == "a-0")
    expected = alert(alert_id="a-0")
    assert first == {"type": "alert.opened", "timestamp": expected["at"], "data": expected}


def test_a_receiver_that_is_down_first_gets_everything_later(play: Play, tmp_path: Path) -> None:
    port = free_port()

    async def scenario(schedule: Schedule) -> None:
        bench = Bench(regulator(f"http://127.0.0.1:{port}/hook"), schedule, [message()])
        await bench.run_until(lambda: bench.count(Result.RETRIED) >= 3)
        assert bench.source.committed == 0, "unsettled work must stay readable in the topic"
        with Receiver([SECRET], Inbox(tmp_path / "in.jsonl"), port=port):
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
        assert bench.source.committed == 1

    play(scenario)
    assert len(read_inbox(tmp_path / "in.jsonl")) == 1


def outcome(play: Play, answers: Answers, until: Result) -> tuple[Bench, Scripted]:
    """Send one alert to a receiver with these answers."""
    seen: list[tuple[Bench, Scripted]] = []

    async def scenario(schedule: Schedule) -> None:
        with Scripted(answers) as receiver:
            bench = Bench(regulator(receiver.url), schedule, [message()])
            await bench.run_until(lambda: bench.count(until) == 1)
            seen.append((bench, receiver))

    play(scenario)
    return seen[0]


def test_errors_of_the_receiver_are_retried_with_the_same_id_and_body(play: Play) -> None:
    bench, receiver = outcome(play, [(500, {}), (503, {}), (408, {}), (204, {})], Result.DELIVERED)
    assert [result for result, _ in bench.results] == [Result.RETRIED] * 3 + [Result.DELIVERED]
    assert len({(ident, body) for ident, body, _ in receiver.requests}) == 1


def digest(number: int) -> Notification:
    """The digest of one partition, with one alert."""
    home, at = Partition("memory.notifications", number), 1_767_225_600
    said = Outgoing("digest", "", ((alert()["entity"], f"a-{number}"),), at)
    (made,) = compose("scjgj", home, said, [Letter(message(number), f"n-{number}", 0)])
    return made


def test_a_message_loses_what_its_receiver_may_not_see_any_more_and_keeps_the_rest(play: Play) -> None:
    """A firm left the list, or only red is wanted by now, while the receiver was down: the other alerts come."""
    other, home = "ent:CN-330604:91330604MA0000023B", Partition("memory.notifications", 1)

    async def scenario(schedule: Schedule) -> None:
        async def put(kind: Literal["alerts", "digest"], *alerts: dict[str, Any]) -> None:
            letters = [Letter(message(**one), f"n-{one['alert_id']}", n) for n, one in enumerate(alerts)]
            names = tuple((str(one["entity"]), str(one["alert_id"])) for one in alerts)
            said = Outgoing(kind, "" if kind == "digest" else other, names, 1_767_225_600)
            await schedule.put(home, list(compose("scjgj", home, said, letters)), 1, datetime.now(UTC))

        with Scripted([(503, {}), (503, {}), (204, {})]) as receiver:
            await schedule.begin(home, 0)
            await put(
                "digest",
                {"alert_id": "d-1", "entity": alert()["entity"]},
                {"alert_id": "d-2", "entity": other},
            )
            grouped = {"level": 2, "level_name": "yellow", "alert_id": "g-1", "entity": other}
            await put("alerts", {"alert_id": "g-2", "entity": other}, grouped)
            kept = regulator(receiver.url, entities=[other], min_level="red")
            bench = Bench(kept, schedule, [])
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 2)
        sent = {
            event["type"]: event["data"] for event in (json.loads(body) for _, body, _ in receiver.requests)
        }
        assert [one["alert_id"] for one in sent["alerts.digest"]["alerts"]] == ["d-2"]
        assert [one["alert_id"] for one in sent["alerts.grouped"]["alerts"]] == ["g-2"]
        assert (sent["alerts.grouped"]["level"], sent["alerts.grouped"]["level_name"]) == (3, "red")
        letters = sorted(
            (one.reason, json.loads(one.original)["alert"]["alert_id"]) for one in bench.dead_letters.letters
        )
        assert letters == [("below_min_level", "g-1"), ("entity_not_subscribed", "d-1")]
        assert await schedule.low_water(home) == 1

    play(scenario)


class Hasty:
    """A clock that moves a millisecond at every look, and otherwise when told."""

    def __init__(self) -> None:
        self.at = datetime.fromtimestamp(1_767_225_600, UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


def test_digests_sent_as_one_are_tried_again_as_one(play: Play) -> None:
    """The same id and body, although a fresh digest has come meanwhile, and nothing is sent in two messages."""

    async def scenario(schedule: Schedule) -> None:
        async def put(*items: Notification) -> None:
            for item in items:
                await schedule.begin(item.partition, 0)
                await schedule.put(item.partition, [item], 1, clock())

        clock = Hasty()
        with Scripted([(503, {}), (503, {"retry-after": "3600"}), (204, {})]) as receiver:
            await put(*map(digest, range(1, 9)))
            bench = Bench(regulator(receiver.url), schedule, [], now=clock)
            await bench.run_until(lambda: bench.count(Result.RETRIED) == 2)
            await put(digest(9))
            clock.at += timedelta(hours=2)
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 2)
            sent = [(ident, body) for ident, body, _ in receiver.requests]
        assert sent[0] == sent[1]
        assert sent[2:].count(sent[0]) == 1
        told = [one["alert_id"] for _, body in sent[2:] for one in json.loads(body)["data"]["alerts"]]
        assert sorted(told) == [f"a-{n}" for n in range(1, 10)]

    play(scenario)


def test_retry_after_is_honoured(play: Play) -> None:
    _, receiver = outcome(play, [(429, {"retry-after": "1"}), (204, {})], Result.DELIVERED)
    first, second = (at for _, _, at in receiver.requests)
    assert second - first >= 1.0


def test_a_wrong_request_is_given_up_soon_and_kept_as_dead_letter(play: Play) -> None:
    bench, receiver = outcome(play, [(404, {})], Result.GAVE_UP)
    assert len(receiver.requests) == 2
    (letter,) = bench.dead_letters.letters
    assert (letter.subscriber_id, letter.reason, letter.place) == (
        "scjgj",
        "client_error",
        "memory.notifications[0]@0",
    )
    assert letter.original == message()
    assert bench.source.committed == 1


def test_when_the_schedule_of_pauses_is_used_up_it_is_given_up(play: Play) -> None:
    bench, receiver = outcome(play, [(500, {})], Result.GAVE_UP)
    assert len(receiver.requests) == 7
    assert bench.dead_letters.letters[0].reason == "server_error"


def test_an_address_that_can_be_none_is_tried_again_and_harms_nobody_else(play: Play) -> None:
    """A host of which no name can be made is out of reach like one that does not answer."""

    async def scenario(schedule: Schedule) -> None:
        with Scripted() as receiver:
            both = regulator("https://xn--/hook").subscriptions
            both += regulator(receiver.url, subscriber_id="quick").subscriptions
            values = [message(1), message(2, "quick")]
            bench = Bench(Subscriptions(subscriptions=both), schedule, values)
            await bench.run_until(
                lambda: {result for result, _ in bench.results} >= {Result.GAVE_UP, Result.DELIVERED}
            )
        assert [one.reason for one in bench.dead_letters.letters] == ["unreachable"]

    play(scenario)


def test_a_redirect_is_not_followed(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        with Scripted() as elsewhere, Scripted([(307, {"location": elsewhere.url})]) as receiver:
            bench = Bench(regulator(receiver.url), schedule, [message()])
            await bench.run_until(lambda: bench.count(Result.GAVE_UP) == 1)
            assert elsewhere.requests == []

    play(scenario)


def test_410_disables_the_address_until_the_subscription_names_another(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        with Scripted([(410, {})]) as old, Scripted() as new:
            bench = Bench(regulator(old.url), schedule, [message(1)])
            await bench.run_until(lambda: bench.count(Result.GONE) == 1)
            bench.source.values += [message(2)]
            await bench.run_until(lambda: bench.count(Result.GONE) == 2)
            assert old.ids == ["a-1"], "nothing is sent to an address that is gone"
            assert [letter.reason for letter in bench.dead_letters.letters] == ["gone", "gone"]

            values = [message(n) for n in range(1, 4)]
            moved = Bench(regulator(new.url), schedule, values)
            await moved.run_until(lambda: moved.count(Result.DELIVERED) == 1)
            assert new.ids == ["a-3"]

    play(scenario)


def test_what_may_not_be_sent_is_refused_with_a_reason(play: Play) -> None:
    """Unreadable, for nobody, for somebody without webhook, and for a subscription that has ended since."""

    async def scenario(schedule: Schedule) -> None:
        ended = datetime.now(UTC) - timedelta(seconds=1)
        with Scripted() as receiver:
            values = [b"{", message(1, "nobody"), message(2), message(3, level="red")]
            bench = Bench(regulator(receiver.url, valid_to=ended), schedule, values)
            await bench.run_until(lambda: bench.count(Result.REFUSED) == 4)
            assert receiver.requests == []
        reasons = sorted(letter.reason for letter in bench.dead_letters.letters)
        assert reasons == ["entity_not_subscribed", "subscription_ended", "unreadable", "unreadable"]
        assert sorted(letter.original for letter in bench.dead_letters.letters) == sorted(values)
        assert bench.source.committed == 4

    play(scenario)


def test_the_waiting_of_a_subscriber_since_removed_is_refused_too(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        bench = Bench(regulator(f"http://127.0.0.1:{free_port()}/hook"), schedule, [message()])
        await bench.run_until(lambda: bench.count(Result.RETRIED) >= 1)
        later = Bench(Subscriptions(subscriptions=()), schedule, [message()])
        await later.run_until(lambda: later.count(Result.REFUSED) == 1)
        assert later.source.committed == 1

    play(scenario)


def test_the_address_comes_from_the_subscription_alone(play: Play) -> None:
    """Whoever can write to the topic must not be able to choose where requests go."""

    async def scenario(schedule: Schedule) -> None:
        with Scripted() as receiver, Scripted() as stranger:
            forged = json.dumps({**json.loads(message()), "url": stranger.url}).encode()
            bench = Bench(regulator(receiver.url), schedule, [forged])
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            assert (len(receiver.requests), len(stranger.requests)) == (1, 0)

    play(scenario)


def test_a_receiver_that_hangs_delays_nobody_else(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        with Scripted(hang=30.0) as slow, Scripted() as quick:
            both = (
                regulator(slow.url).subscriptions + regulator(quick.url, subscriber_id="quick").subscriptions
            )
            values = [message(n) for n in range(10)] + [message(n, "quick") for n in range(10)]
            bench = Bench(Subscriptions(subscriptions=both), schedule, values)
            await bench.run_until(lambda: bench.results.count((Result.DELIVERED, "quick")) == 10)
            assert (Result.DELIVERED, "scjgj") not in bench.results
            slow.released.set()

    play(scenario)


def test_a_stop_waits_for_the_requests_under_way_and_commits_what_they_settled(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        with Scripted(hang=0.3) as receiver:
            bench = Bench(regulator(receiver.url), schedule, [message()])
            await bench.run_until(lambda: bool(receiver.requests))
            assert bench.count(Result.DELIVERED) == 1
        assert bench.source.committed == 1

    play(scenario)


def test_a_message_published_twice_is_sent_once(play: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        with Scripted() as receiver:
            bench = Bench(regulator(receiver.url), schedule, [message(1)])
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            bench.source.values += [message(1), message(2)]
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 2)
            assert receiver.ids == ["a-1", "a-2"]
        assert bench.source.committed == 3

    play(scenario)


def test_an_emptied_redis_is_filled_again_from_the_topic(redis_url: str) -> None:
    """While the dispatcher runs, with one alert waiting and one settled: the waiting one is not lost."""

    async def scenario() -> None:
        schedule = RedisSchedule(redis_url)
        with Scripted([(204, {}), (500, {}), (500, {}), (204, {})]) as receiver:
            bench = Bench(regulator(receiver.url), schedule, [message(1)])
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 1)
            assert bench.source.committed == 1
            bench.source.values += [message(2)]
            await bench.run_until(lambda: bench.count(Result.RETRIED) == 1)
            with redis.Redis.from_url(redis_url) as client:
                client.flushall()
            bench.source.values += [message(3)]
            await bench.run_until(lambda: bench.count(Result.DELIVERED) == 3)
            assert set(receiver.ids[1:]) == {"a-2", "a-3"}
        await schedule.close()

    asyncio.run(scenario())


class Away(MemorySchedule):
    """A schedule that nobody gets through to at first."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals

    async def low_water(self, partition: Partition) -> int | None:
        if self.refusals:
            self.refusals -= 1
            raise ScheduleUnavailableError("nobody there")
        return await super().low_water(partition)


def test_the_night_shift_can_see_that_the_dispatcher_gets_through_to_nothing() -> None:
    """A turn that failed does not count as one."""

    async def scenario() -> None:
        with Scripted() as receiver:
            schedule = Away(3)
            bench = Bench(regulator(receiver.url), schedule, [])
            seen = set[int]()
            await bench.run_until(lambda: schedule.refusals == 0 or seen.add(bench.turns) is not None)
            assert seen == {0}
            await bench.run_until(lambda: bench.turns > 2)

    asyncio.run(scenario())


def test_secrets_never_reach_the_log(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcome(play, [(500, {}), (404, {}), (204, {})], Result.DELIVERED)
    logged = caplog.text + "".join(str(record.args) for record in caplog.records)
    assert "a-1" in logged
    assert SECRET not in logged
    assert SECRET.removeprefix("whsec_").rstrip("=") not in logged
