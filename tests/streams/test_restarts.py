"""A worker that loses everything it had in memory, as often as may be, tells what one tells that never does."""

from collections.abc import Iterator
from typing import Any

from detectors.record import decode
from streams.district import World
from streams.engine.effects import Out
from streams.engine.raw import RawRecord
from tests.streams.cluster import Cluster
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


def _without_offsets(told: Any) -> Any:
    """A worker that starts again says to the others what it has said, so records behind the log lie elsewhere."""
    if isinstance(told, dict):
        return {name: _without_offsets(value) for name, value in told.items() if name != "offset"}
    return [_without_offsets(one) for one in told] if isinstance(told, list) else told


def test_nor_does_it_while_sources_are_followed_behind_the_log() -> None:
    """Records of half a year lie there before any worker says how far their sources have come: the first time a source
    does, what rested on its silence is judged anew, by whoever remembers and by whoever does not."""
    stories = []
    for forgetting in (False, True):
        cluster = Cluster(2)
        for value in World(seed=7, entities=60, days=200).wires():
            cluster.logs[cluster.home(decode(value).entity.encode())].append(value)
        cluster.run(300, forgetting=forgetting)
        stories.append(_without_offsets(sorted(cluster.alerts, key=lambda one: one["alert_id"])))
    assert len(stories[0]) > 80
    assert stories[1] == stories[0]
