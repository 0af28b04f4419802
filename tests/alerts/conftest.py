"""The servers as delivery sees them: addresses, and schedules on them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
import redis

from alerts.delivery.redis_schedule import RedisSchedule
from alerts.delivery.schedule import MemorySchedule, Schedule
from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.valkey import Valkey
from tests.alerts.scripted import Play


@pytest.fixture(scope="session")
def emptied_often(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey of these tests' own, because losing everything is one of the things they try."""
    with Valkey(tmp_path_factory.mktemp("delivery")) as server:
        yield server.url


@pytest.fixture
def redis_url(emptied_often: str) -> str:
    """Address of a real and empty Valkey."""
    with redis.Redis.from_url(emptied_often) as client:
        client.flushall()
    return emptied_often


@pytest.fixture(scope="session")
def broker(embedded_broker: EmbeddedBroker) -> str:
    """Address of an embedded broker."""
    return embedded_broker.bootstrap


@pytest.fixture(params=["memory", "redis"])
def play(request: pytest.FixtureRequest) -> Play:
    """Run a scenario with a fresh schedule of either kind."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""

    def go(scenario: Callable[[Schedule], Awaitable[None]]) -> None:
        async def whole() -> None:
            schedule: Schedule = RedisSchedule(url) if url else MemorySchedule()
            try:
                await scenario(schedule)
            finally:
                await schedule.close()

        asyncio.run(whole())

    return go
