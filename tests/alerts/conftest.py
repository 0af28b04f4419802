"""The servers as delivery sees them: addresses."""

from collections.abc import Iterator

import pytest
import redis

from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.valkey import Valkey


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
