"""A worker whose clock cannot be written ends; it does not go on without one."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from confluent_kafka import KafkaError, KafkaException

from detectors.record import decode
from streams.engine import ticker
from streams.engine.persist import FlushError
from streams.engine.worker import worker_app
from tests.streams.partition import NAMES, shell


class Broken:
    """A producer that takes one record and then no more."""

    def __init__(self, error: Exception) -> None:
        self.error, self.taken = error, list[tuple[Any, ...]]()

    def produce(self, *given: Any) -> None:
        if self.taken:
            raise self.error
        self.taken.append(given)


@pytest.mark.parametrize(
    "error",
    [KafkaException(KafkaError(KafkaError._FATAL)), FlushError("broker b", "the queue is full", "look")],
)
def test_a_clock_that_cannot_be_written_ends_the_worker(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticker, "SECONDS", 0.0)
    broken = Broken(error)

    async def run() -> BaseException | None:
        worker = shell(broken, ticking=True)
        app = worker_app(worker, NAMES, "t.workers", "127.0.0.1:9")
        worker._processors[3] = cast(Any, None)
        await worker.assigned(frozenset())
        async with asyncio.timeout(20):
            while app.failure is None:
                await asyncio.sleep(0)
        await worker.revoked(frozenset({3}))
        return app.failure

    assert asyncio.run(run()) is error
    [(topic, partition, _, value)] = broken.taken
    assert (topic, partition, decode(value).op) == (NAMES.records, 3, "heartbeat")
