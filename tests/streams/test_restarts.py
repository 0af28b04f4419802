"""A worker that loses everything it had in memory, as often as may be, tells what one tells that never does."""

from collections.abc import Iterator

from streams.district import World
from streams.engine.effects import Out
from streams.engine.raw import RawRecord
from tests.streams.partition import TOPICS, Partition

BATCH = 60


def _batches(partition: Partition) -> Iterator[list[RawRecord]]:
    """Half a year of a small district whose sources say day by day how far they are, as a worker hears of it."""
    waiting, offset, shared = list(World(seed=11, entities=60, days=240).wires()), 0, list[bytes]()
    while waiting:
        values, waiting = [*shared, *waiting[:BATCH]], waiting[BATCH:]
        batch = [RawRecord(offset + n, b"", value, (), 0) for n, value in enumerate(values)]
        yield batch
        (effects,) = partition.run(batch)
        offset += len(batch)
        shared = [sent.value for sent in effects.shared]


def _told(partition: Partition) -> list[Out]:
    """Assessments are one per batch and entity, and a new worker cannot know which of them it has published."""
    return [out for out in partition.sent if out.topic != TOPICS.assessments]


def test_what_is_told_does_not_depend_on_what_was_in_memory() -> None:
    """Byte for byte and in the same order, though judgements that rest on silence wait for their sources."""
    steady = Partition()
    log = list(_batches(steady))
    forgetful = Partition()
    for batch in log:
        forgetful.run(batch)
        forgetful = Partition(forgetful.store, forgetful.sent)
    assert len(_told(steady)) > 1_000
    assert _told(forgetful) == _told(steady)
