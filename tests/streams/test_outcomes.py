"""What stands on the topic of outcomes is told by others: none of it may stop a worker, nor be read as another time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams.engine.hooks import Batch
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from tests.streams.partition import CATALOGUE, NAMES, TOPICS, log, shell, to_bank


class Kept:
    """A producer that keeps what it is given."""

    def __init__(self) -> None:
        self.topics: list[str] = []

    def produce(self, topic: str, *_: Any) -> None:
        self.topics.append(topic)

    async def flush(self) -> None:
        """Everything is acknowledged at once."""

    def position(self, *_: Any) -> int:
        return len(self.topics)


def told(value: bytes) -> list[str]:
    """The topics a worker writes to after one outcome and, long after it, a record."""
    kept = Kept()
    worker, held = shell(kept), Processor(0, {}, CATALOGUE, to_bank, TOPICS)
    worker._processors[0], held.clock = held, 2_000_000_000  # all of it is past

    async def run() -> None:
        await worker.outcomes(Batch(NAMES.outcomes, 0, [RawRecord(0, b"", value, (), 0)]))
        await worker.records([Batch(NAMES.records, 0, log([b"not a record"]))])

    asyncio.run(run())
    return [topic for topic in kept.topics if topic == NAMES.dead_letters]


def outcome(at: str, entity: str = "ent:CN-330604:1") -> bytes:
    return f'{{"entity":"{entity}","outcome":"default","at":"{at}"}}'.encode()


def test_an_outcome_as_it_should_be_is_taken_in() -> None:
    assert told(outcome("2026-01-01T00:00:00+08:00")) == []


@pytest.mark.parametrize(
    "value",
    [
        b"\xff",
        outcome("2026-01-01T00:00:00"),  # another time on every machine
        outcome("0001-01-01T00:00:00"),  # and none at all where it was not yet the year 1
        outcome("2026-01-01T00:00:00Z", entity=r"\u0000partition"),  # a key of the partition's own
        outcome("2026-01-01T00:00:00Z", entity=""),
    ],
)
def test_an_outcome_that_is_none_is_a_dead_letter_and_ends_no_worker(value: bytes) -> None:
    assert told(value) == [NAMES.dead_letters]
