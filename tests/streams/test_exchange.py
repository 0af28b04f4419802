"""What partitions tell each other travels in the log: a replay sees it where the first run did."""

import msgspec

from detectors.fact import day_of
from detectors.record import Record, Subject
from streams.engine.exchange import ENTITY, Sent
from tests.detectors import build
from tests.streams.partition import Partition, log


def heartbeat(day: str, until: str, **payload: object) -> Record:
    """A source says how far it is."""
    return Record(
        schema="F33/1.0",
        source_id="cn.330604.power",
        record_id=f"beat|{day}",
        version=1,
        op="heartbeat",
        entity="src:cn.330604.power",
        subject=Subject("source", "cn.330604.power"),
        occurred_at=build.at(day),
        observed_at=build.at(day),
        jurisdiction="CN-330604",
        payload={"cycle_seconds": 86_400, "watermark": until, **payload},
    )


def shared(partition: Partition, *records: Record) -> list[Sent]:
    """What a partition tells all others on hearing these."""
    told = [sent for effects in partition.run(log(records)) for sent in effects.shared]
    return [sent for sent in told if sent.to is None]


def test_a_source_that_has_come_further_is_told_to_every_partition_once() -> None:
    home = Partition()
    sent = shared(
        home,
        heartbeat("2026-03-02", "2026-03-01T23:00:00+08:00"),
        heartbeat("2026-03-03", "2026-03-02T23:00:00+08:00"),
    )
    assert [one.to for one in sent] == [None, None]
    assert {one.key for one in sent} == {ENTITY.encode()}
    other = Partition()
    other.run(log([one.value for one in sent]))
    reference = other.processor.commons.reference(8 * 3600)
    assert reference.complete_until("cn.330604.power", "F15") == day_of(
        build.epoch(build.at("2026-03-02")), 28_800
    )
    assert shared(other, heartbeat("2026-03-03", "2026-03-02T23:10:00+08:00")) == []


def test_what_is_told_twice_or_late_changes_nothing() -> None:
    told = shared(
        Partition(),
        heartbeat("2026-03-02", "2026-03-01T00:00:00Z"),
        heartbeat("2026-03-09", "2026-03-08T00:00:00Z"),
    )
    early, late = (one.value for one in told)
    for order in ([early, late], [late, early], [late, late, early]):
        partition = Partition()
        partition.run(log(order))
        assert partition.processor.commons.watermarks.told == {"cn.330604.power": 1772928000}


def test_a_watermark_never_lies_ahead_of_the_heartbeat_that_tells_it() -> None:
    [sent] = shared(Partition(), heartbeat("2026-03-02", "2030-01-01T00:00:00Z"))
    assert msgspec.json.decode(sent.value)["payload"]["until"] <= build.epoch(build.at("2026-03-02"))


def test_it_does_not_move_the_clock_and_survives_a_restart() -> None:
    [sent] = shared(Partition(), heartbeat("2026-03-02", "2026-03-01T00:00:00Z"))
    partition = Partition()
    partition.run(log([sent.value]))
    assert partition.processor.clock == 0
    again = Partition(partition.store, partition.sent)
    assert again.processor.commons.watermarks.told == partition.processor.commons.watermarks.told != {}


def test_a_feed_has_a_watermark_of_its_own() -> None:
    told = shared(Partition(), heartbeat("2026-03-02", "2026-03-01T00:00:00Z", feed="F15"))
    partition = Partition()
    partition.run(log([one.value for one in told]))
    reference = partition.processor.commons.reference(0)
    assert reference.complete_until("cn.330604.power", "F15") is not None
    assert reference.complete_until("cn.330604.power", "F19") is None
