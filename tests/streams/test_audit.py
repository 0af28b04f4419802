"""Every alert of a replay follows from the log it came from, and a changed log or alert is found."""

from collections.abc import Iterator
from functools import cache
from itertools import islice, takewhile
from typing import Any

import msgspec
from msgspec.structs import replace

from detectors.record import Record, decode
from streams.district import World
from streams.engine.raw import RawRecord
from streams.replay.audit import audit, before
from streams.replay.reference import reference_at
from tests.detectors.build import money
from tests.streams.partition import CATALOGUE, Partition, log, wire

RECORDS = 2_000
BATCH = 1_000
Alert = dict[str, Any]


def records() -> Iterator[Record]:
    """What the district says, heartbeats included, as connectors would publish it."""
    world = World(seed=5, entities=300, days=240)
    for event in world.events():
        if event.outcome != "quarantined":
            yield decode(msgspec.json.encode(world.record(event)))


@cache
def replayed() -> tuple[list[RawRecord], list[Alert]]:
    """The log of one partition, with what the partition told itself, and the alerts it led to."""
    partition, lying, alerts = Partition(), log(islice(records(), RECORDS)), []
    done = 0
    while done < len(lying):
        batch, done = lying[done : done + 100], min(done + 100, len(lying))
        for effects in partition.run(batch):
            alerts += [msgspec.json.decode(msgspec.json.encode(alert)) for alert, _ in effects.alerts]
            lying += [RawRecord(len(lying), b"", sent.value, (), 0) for sent in effects.shared]
    return lying, alerts


@cache
def dense() -> tuple[list[RawRecord], list[Alert]]:
    """The same of a district in which much goes wrong, up to the days after a department had fallen silent."""
    told = takewhile(
        lambda one: f"{one.observed_at:%F}" < "2025-04-13",
        map(decode, World(2, 100, 1_095, dense=True).wires()),
    )
    partition, lying, alerts, shared = Partition(), list[RawRecord](), list[Alert](), list[bytes]()
    while batch := [*shared, *map(wire, islice(told, max(1, BATCH - len(shared))))]:
        raws = [RawRecord(len(lying) + n, b"", value, (), 0) for n, value in enumerate(batch)]
        lying += raws
        shared = []
        for effects in partition.run(raws):
            alerts += [msgspec.json.decode(msgspec.json.encode(alert)) for alert, _ in effects.alerts]
            shared += [sent.value for sent in effects.shared]
    return lying, alerts


def about_firms(alerts: list[Alert]) -> list[Alert]:
    return [one for one in alerts if one["entity"].startswith("ent:")]


def test_every_alert_of_the_district_is_verified_from_the_log() -> None:
    lying, alerts = replayed()
    outcomes = list(audit(lying, alerts, CATALOGUE))
    assert len(outcomes) == len(about_firms(alerts)) > 50
    assert [f"{alert['alert_id']} {found.sentence}" for alert, found in outcomes if not found.ok] == []
    bases = {basis for _, found in outcomes for basis in found.bases.values()}
    assert "evidence" in bases
    assert {alert["type"] for alert, _ in outcomes} >= {"alert.opened", "alert.upgraded", "alert.cleared"}


def test_every_alert_is_verified_although_a_department_was_silent() -> None:
    """What was told of a firm while a source was behind is what was known then, also where a colour only waits out its
    delays."""
    lying, alerts = dense()
    outcomes = list(audit(lying, alerts, CATALOGUE))
    assert len(outcomes) > 150
    assert [f"{alert['alert_id']} {found.sentence}" for alert, found in outcomes if not found.ok] == []


def test_most_points_need_no_more_than_their_evidence() -> None:
    bases = [basis for _, found in audit(*replayed(), CATALOGUE) for basis in found.bases.values()]
    assert bases.count("evidence") > 0.8 * len(bases)


def _evidence(alert: Alert) -> list[dict[str, Any]]:
    return [row for point in alert["points"] for row in point["evidence"]]


def test_a_log_in_which_a_record_was_changed_is_found() -> None:
    """By every alert that rests on it, and by no alert of another firm."""
    lying, alerts = replayed()
    alert = next(one for one in about_firms(alerts) if any(row["feed"] == "F04" for row in _evidence(one)))
    offset = next(row["offset"] for row in _evidence(alert) if row["feed"] == "F04")
    before = decode(lying[offset].value or b"")
    after = replace(before, payload={**before.payload, "exec_amount": money(1.0)})
    changed = [replace(raw, value=wire(after)) if raw.offset == offset else raw for raw in lying]
    wrong = [one for one, found in audit(changed, alerts, CATALOGUE) if not found.ok]
    assert alert["alert_id"] in {one["alert_id"] for one in wrong}
    assert {one["entity"] for one in wrong} == {alert["entity"]}


def test_an_alert_whose_identity_was_changed_is_found() -> None:
    lying, alerts = replayed()
    one = about_firms(alerts)[0]
    ((_, found),) = audit(lying, [one | {"revision": one["revision"] + 1}], CATALOGUE)
    assert [difference.place for difference in found.differences] == ["alert id"]


def test_each_alert_is_found_when_its_colour_is_changed() -> None:
    lying, alerts = replayed()
    lowered = []
    for one in about_firms(alerts):
        if one["points"]:
            first = {**one["points"][0], "level": 1 + one["points"][0]["level"] % 3}
            lowered.append(one | {"points": [first, *one["points"][1:]]})
    assert len(lowered) > 50
    assert [alert for alert, found in audit(lying, lowered, CATALOGUE) if found.ok] == []


def test_a_file_gives_the_watermarks_that_the_log_had() -> None:
    """As far as heartbeats had come by the moment asked for."""
    found = [one for one in islice(records(), RECORDS) if one.op == "heartbeat"]
    first, last = found[0], found[-1]
    early = reference_at(found, int(first.observed_at.timestamp()) - 1, 8 * 3600, CATALOGUE)
    late = reference_at(found, int(last.observed_at.timestamp()), 8 * 3600, CATALOGUE)
    assert early.watermarks == {}
    assert set(late.watermarks) == {one.source_id for one in found}


def test_what_partitions_tell_each_other_is_heard_before_it_wakes_anybody() -> None:
    """And a record only after the timers that the clock it moved has made due."""
    timed, heard = {"origin": {"timer": True}}, {"origin": {}}
    record, exchange = (RawRecord(1, b"", b'{"op":"%s"}' % op, (), 0) for op in (b"assert", b"exchange"))
    assert [before(one, raw) for one in (timed, heard) for raw in (record, exchange)] == [
        True,
        False,
        False,
        False,
    ]
