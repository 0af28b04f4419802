"""One contract for every schedule: the twin in memory and the one in Redis."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import redis

from alerts.delivery.notification import Notification, Partition, read_notification
from alerts.delivery.redis_schedule import RedisSchedule
from alerts.delivery.schedule import (
    Schedule,
    ScheduleEmptiedError,
    ScheduleUnavailableError,
)
from detectors.errors import FenghuoError
from tests.alerts.samples import message
from tests.alerts.scripted import Play

PART = Partition("fenghuo.notifications", 0)
OTHER_PART = Partition("fenghuo.notifications", 1)
NOW = datetime(2026, 1, 6, tzinfo=UTC)
LEASE = timedelta(seconds=60)


@pytest.fixture
def run(play: Play) -> Play:
    """Run one scenario against a fresh schedule whose partition begins at offset 0."""

    def go(scenario: Callable[[Schedule], Awaitable[None]]) -> None:
        async def begun(schedule: Schedule) -> None:
            await schedule.begin(PART, 0)
            await scenario(schedule)

        play(begun)

    return go


def item(offset: int, partition: Partition = PART, subscriber: str = "scjgj") -> Notification:
    return read_notification(message(offset, subscriber), partition, offset)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_what_is_put_comes_back_whole_and_only_once_during_the_lease(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        assert await schedule.put(PART, [item(0), item(1)], 2, NOW) == 2
        claimed = await schedule.claim("scjgj", NOW, LEASE, 10)
        assert sorted(claimed, key=lambda one: one.offset) == [item(0), item(1)]
        assert await schedule.claim("scjgj", after(59), LEASE, 10) == []

    run(scenario)


def test_what_was_claimed_by_a_process_that_died_becomes_due_again(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        await schedule.put(PART, [item(0)], 1, NOW)
        await schedule.claim("scjgj", NOW, LEASE, 10)
        assert await schedule.next_due("scjgj") == after(60)
        assert await schedule.claim("scjgj", after(60), LEASE, 10) == [item(0)]

    run(scenario)


def test_no_more_than_asked_for_is_claimed(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        await schedule.put(PART, [item(n) for n in range(5)], 5, NOW)
        assert len(await schedule.claim("scjgj", NOW, LEASE, 3)) == 3
        assert len(await schedule.claim("scjgj", NOW, LEASE, 3)) == 2

    run(scenario)


def test_lanes_are_separate(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        assert await schedule.lanes() == set()
        await schedule.put(PART, [item(0), item(1, subscriber="other")], 2, NOW)
        assert [one.offset for one in await schedule.claim("other", NOW, LEASE, 9)] == [1]
        assert [one.offset for one in await schedule.claim("scjgj", NOW, LEASE, 9)] == [0]
        assert await schedule.lanes() == {"scjgj", "other"}

    run(scenario)


def test_a_postponed_one_is_kept_as_it_is_now_and_waits(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        await schedule.put(PART, [item(0)], 1, NOW)
        (one,) = await schedule.claim("scjgj", NOW, LEASE, 1)
        await schedule.postpone(msgspec.structs.replace(one, attempts=1), after(300))
        assert await schedule.next_due("scjgj") == after(300)
        assert await schedule.claim("scjgj", after(299), LEASE, 1) == []
        (again,) = await schedule.claim("scjgj", after(300), LEASE, 1)
        assert (again.attempts, again.body) == (1, one.body)

    run(scenario)


def test_a_settled_one_is_gone_even_if_somebody_slow_postpones_it(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        await schedule.put(PART, [item(0)], 1, NOW)
        (one,) = await schedule.claim("scjgj", NOW, LEASE, 1)
        await schedule.settle(one)
        await schedule.postpone(one, NOW)
        assert await schedule.next_due("scjgj") is None
        assert await schedule.claim("scjgj", after(1000), LEASE, 1) == []

    run(scenario)


def test_messages_read_again_are_not_scheduled_again(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        await schedule.put(PART, [item(0), item(1)], 2, NOW)
        assert await schedule.put(PART, [item(0), item(1), item(2)], 3, NOW) == 1
        assert await schedule.position(PART) == 3
        assert await schedule.put(PART, [item(0)], 1, NOW) == 0
        assert await schedule.position(PART) == 3

    run(scenario)


def test_the_same_notification_published_twice_waits_once(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        twin = read_notification(message(0), PART, 1)
        assert await schedule.put(PART, [item(0), twin], 2, NOW) == 1
        assert len(await schedule.claim("scjgj", NOW, LEASE, 9)) == 1

    run(scenario)


def test_what_was_sent_lately_is_not_scheduled_again(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        await schedule.put(PART, [item(0)], 1, NOW)
        await schedule.settle(item(0), sent_memory=timedelta(days=1))
        assert await schedule.put(PART, [read_notification(message(0), PART, 1)], 2, NOW) == 0
        assert await schedule.position(PART) == 2

    run(scenario)


def test_the_low_water_mark_is_the_first_unsettled_offset(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        assert await schedule.low_water(PART) == 0
        await schedule.begin(OTHER_PART, 7)
        await schedule.put(PART, [item(n) for n in range(3)], 4, NOW)
        assert await schedule.low_water(PART) == 0
        await schedule.settle(item(1))
        assert await schedule.low_water(PART) == 0
        await schedule.settle(item(0))
        assert await schedule.low_water(PART) == 2
        await schedule.settle(item(2))
        assert await schedule.low_water(PART) == 4
        assert await schedule.low_water(OTHER_PART) == 7

    run(scenario)


def test_an_unknown_partition_takes_nothing_in(run: Play) -> None:
    """An emptied schedule must not look like one that has read everything."""

    async def scenario(schedule: Schedule) -> None:
        assert await schedule.position(OTHER_PART) is None
        assert await schedule.low_water(OTHER_PART) is None
        with pytest.raises(ScheduleEmptiedError, match="has no position"):
            await schedule.put(OTHER_PART, [item(0, OTHER_PART)], 1, NOW)
        assert await schedule.claim("scjgj", NOW, LEASE, 1) == []

    run(scenario)


def test_a_disabled_address_is_remembered_until_another_is(run: Play) -> None:
    async def scenario(schedule: Schedule) -> None:
        assert await schedule.disabled("scjgj") is None
        await schedule.disable("scjgj", "https://r.example/h")
        assert await schedule.disabled("scjgj") == "https://r.example/h"
        await schedule.disable("scjgj", "https://r.example/new")
        assert await schedule.disabled("scjgj") == "https://r.example/new"

    run(scenario)


def test_a_server_with_a_password_is_entered_with_it_and_not_without(redis_url: str) -> None:
    """The password comes beside the address, so that no address with a secret is ever shown."""
    server = redis.Redis.from_url(redis_url)
    server.config_set("requirepass", "open-sesame")
    try:

        async def scenario() -> None:
            with_it, without = RedisSchedule(redis_url, "p", "open-sesame"), RedisSchedule(redis_url, "p")
            await with_it.check()
            with pytest.raises(FenghuoError):
                await without.check()
            await with_it.close()
            await without.close()

        asyncio.run(scenario())
    finally:
        redis.Redis.from_url(redis_url, password="open-sesame").config_set("requirepass", "")
        server.close()


def test_two_prefixes_share_a_server_without_meeting(redis_url: str) -> None:
    async def scenario() -> None:
        one, two = RedisSchedule(redis_url, "one"), RedisSchedule(redis_url, "two")
        await one.begin(PART, 0)
        await one.put(PART, [item(0)], 1, NOW)
        assert await two.position(PART) is None
        assert await two.claim("scjgj", NOW, LEASE, 1) == []
        await one.close()
        await two.close()

    asyncio.run(scenario())


def test_a_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    async def scenario() -> None:
        schedule = RedisSchedule(f"unix://:hunter2@{tmp_path}/nobody.sock")
        with pytest.raises(ScheduleUnavailableError):
            await schedule.position(PART)
        with pytest.raises(FenghuoError) as caught:
            await schedule.check()
        assert "nobody.sock" in str(caught.value)
        assert "hunter2" not in str(caught.value)
        await schedule.close()

    asyncio.run(scenario())


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(FenghuoError, match="redis://127"):
        RedisSchedule("localhost:6379")
