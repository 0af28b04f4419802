"""The processor of a partition: the log alone decides what is told, wherever batches are cut and whatever dies."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.record import Record, epoch
from streams.engine import state as codec
from streams.engine.effects import Out
from streams.engine.learning import Waiting
from streams.engine.raw import RawRecord
from tests.detectors import build, strategies
from tests.detectors.build import FIRM, OTHER, bill, dishonest, enforcement, record, seizure
from tests.streams.partition import Partition, log, wire

COURT = "src:cn.330604.court"


def heartbeat(
    day: str, hours: float = 0, cycle: int | None = 86_400, source: str = "cn.330604.court"
) -> Record:
    """F33: the source lives."""
    moment = build.at(day) + timedelta(hours=hours)
    said = {} if cycle is None else {"cycle_seconds": cycle}
    one = record(
        "F33", f"{source}-{moment:%s}", day, said, entity=f"src:{source}", source_id=source, op="heartbeat"
    )
    return replace(one, observed_at=moment, occurred_at=moment)


def tick(day: str, hour: int = 6) -> Record:
    """Something about somebody else, which moves the clock of the partition."""
    one = record(
        "F01",
        f"tick-{day}-{hour}",
        day,
        {"case_no": "(2026)浙0604民初1号", "role": "plaintiff"},
        entity=OTHER,
    )
    return replace(one, observed_at=build.at(day, hour))


@st.composite
def streams(draw: st.DrawFn) -> list[RawRecord]:
    """A log: records of two firms captured over a year, heartbeats, repetitions and garbage."""
    records: list[Record | bytes | None] = []
    for one in draw(st.lists(strategies.one_record(), max_size=18)):
        captured = build.at("2026-03-28") + timedelta(hours=draw(st.integers(0, 9000)))
        records.append(replace(one, observed_at=captured))
    records = draw(st.permutations(records)) if draw(st.booleans()) else sorted(records, key=_captured)
    for _ in range(draw(st.integers(0, 4))):
        other = draw(
            st.sampled_from([b"{", None, heartbeat("2026-04-01"), heartbeat("2026-09-01"), *records[:3]])
        )
        records.insert(draw(st.integers(0, len(records))), other)
    return log(records)


def _captured(one: Record | bytes | None) -> object:
    assert isinstance(one, Record)
    return one.observed_at


@settings(max_examples=120, deadline=None)
@given(streams(), st.lists(st.integers(1, 22), max_size=6))
def test_where_a_batch_is_cut_changes_nothing_that_is_told(raws: list[RawRecord], cuts: list[int]) -> None:
    """Alerts, copies and dead letters are equal byte for byte; so are the states and the last assessments."""
    if not raws:
        return
    whole, pieces, single = Partition(), Partition(), Partition()
    whole.run(raws)
    pieces.run(raws, cuts)
    single.run(raws, range(len(raws)))
    assert whole.told() == pieces.told() == single.told()
    assert whole.store == pieces.store == single.store
    assert whole.gists() == pieces.gists() == single.gists()


@settings(max_examples=200, deadline=None)
@given(streams(), st.data())
def test_whatever_dies_no_alert_is_lost_and_none_is_new(raws: list[RawRecord], data: st.DataObject) -> None:
    """The worker dies between its writes, twice: alerts out, any part of the states written, the clock not.

    The successor reads again from the clock's offset. It tells the same alerts, and ends in the same states.
    """
    if not raws:
        return
    calm = Partition()
    calm.run(raws)
    store: dict[bytes, bytes] = {}
    sent: list[Out] = []
    for _ in range(2):
        survivor = Partition(store, sent)
        begin = survivor.processor.next_offset
        good = data.draw(st.integers(begin, len(raws)))
        survivor.run(raws[begin:good], data.draw(st.lists(st.integers(1, 22), max_size=2)))
        doomed = raws[good : data.draw(st.integers(good, len(raws)))]
        if doomed:
            effects = survivor.processor.process(doomed)
            out = data.draw(st.integers(0, len(effects.messages)))
            sent += effects.messages[:out]
            if out == len(effects.messages):  # states follow alerts, never the other way round
                written = (
                    data.draw(st.sets(st.sampled_from(sorted(effects.states)))) if effects.states else set()
                )
                store |= {key: effects.states[key] for key in written}
    last = Partition(store, sent)
    last.run(raws[last.processor.next_offset :], data.draw(st.lists(st.integers(1, 22), max_size=2)))
    assert {one["alert_id"]: one for one in last.alerts()} == {one["alert_id"]: one for one in calm.alerts()}
    assert store == calm.store
    assert last.gists() == calm.gists()


@settings(max_examples=60, deadline=None)
@given(streams())
def test_no_two_alerts_of_one_run_share_an_id(raws: list[RawRecord]) -> None:
    """What is deduplicated by id after a crash must never have been two things."""
    if raws:
        calm = Partition()
        calm.run(raws)
        ids = [one["alert_id"] for one in calm.alerts()]
        assert len(ids) == len(set(ids))


def counted(records: list[Record | bytes | None]) -> dict[tuple[str, str], int]:
    """Counts by feed and outcome."""
    (effects,) = Partition().run(log(records))
    return dict(effects.counts)


def test_every_record_is_counted_once_under_what_became_of_it() -> None:
    """In = accepted + flagged + quarantined + duplicates."""
    case = enforcement(1, "2026-01-05", 1.0)
    again = replace(case, observed_at=build.at("2026-02-01"))
    other = build.saying(case, exec_amount=build.money(2.0))
    newer = replace(case, version=3)
    flagged = enforcement(2, "2026-01-05", 1.0, flags=("court_mismatch",))
    assert counted([case, again, other, newer, replace(case, version=2), flagged, b"{", None, b"\xff"]) == {
        ("F04", "accepted"): 2,
        ("F04", "duplicate"): 2,
        ("F04", "quarantined"): 1,
        ("F04", "flagged"): 1,
        ("unknown", "quarantined"): 3,
    }


def letters(partition: Partition) -> list[tuple[str, str, bytes]]:
    """Dead letters: reason, place, original bytes."""
    found = [out for out in partition.sent if out.topic == "dead-letters"]
    return [(dict(o.headers)["reason"].decode(), dict(o.headers)["place"].decode(), o.value) for o in found]


CASE = enforcement(1, "2026-01-05", 1.0)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(b"{", "undecodable", id="cut short"),
        pytest.param(b"\xff\xfe", "undecodable", id="not text"),
        pytest.param(b"[]", "undecodable", id="not a record"),
        pytest.param(b'{"schema":"F04/1.0"}', "undecodable", id="incomplete"),
        pytest.param(wire(CASE).replace(b"T04:00:00Z", b"T04:00:00"), "undecodable", id="no zone"),
        # decodes, but no connector would have let it through: the stream goes on all the same
        pytest.param(replace(CASE, schema="F99/1.0"), "not_canonical", id="unknown feed"),
        pytest.param(replace(CASE, entity="\0partition"), "not_canonical", id="a key of the partition"),
        pytest.param(build.saying(CASE, exec_amount={"amount": "a lot"}), "not_canonical", id="amount"),
        pytest.param(
            build.saying(seizure(1, "2026-01-05", "2027-01-05"), sequence="first"), "not_canonical", id="rank"
        ),
        pytest.param(
            replace(build.manual(CASE, approved=True), payload={"feed": "F04"}),
            "not_canonical",
            id="empty F32",
        ),
        pytest.param(
            build.saying(heartbeat("2026-01-05"), cycle_seconds="daily"), "not_canonical", id="cycle"
        ),
        # a second content under one version
        pytest.param(build.saying(CASE, exec_amount=build.money(2.0)), "version_conflict", id="conflict"),
    ],
)
def test_bad_record_becomes_a_dead_letter_and_the_stream_goes_on(bad: Record | bytes, reason: str) -> None:
    """With its original bytes, its place and a reason; what comes behind it is judged as ever."""
    partition = Partition()
    raws = log([CASE, bad, dishonest(2, "2026-01-06")])
    partition.run(raws)
    assert letters(partition) == [(reason, "records/0@1", raws[1].value)]
    assert [one["point"] for one in partition.alerts()] == ["WP-08", "WP-09"]
    assert partition.processor.next_offset == 3


def test_conflict_is_marked_in_the_evidence() -> None:
    """Whoever reads the alert sees that the source contradicted itself."""
    partition = Partition()
    other = build.saying(CASE, exec_amount=build.money(2.0))
    partition.run(log([CASE, other, enforcement(2, "2026-01-07", 2e6)]))
    rows = [row for point in partition.alerts()[-1]["points"] for row in point["evidence"]]
    assert [row.get("conflict", False) for row in rows] == [True, False]
    assert [row["offset"] for row in rows][1] == 2


def test_source_is_stale_after_three_cycles_and_recovers() -> None:
    """Silence is an alert, told once; the first sign of life ends it."""
    partition = Partition()
    day = {"2026-01-01": heartbeat("2026-01-01")}
    story = [
        day["2026-01-01"],
        tick("2026-01-04", 4),  # three cycles to the second: not yet
        tick("2026-01-04", 5),
        tick("2026-01-09"),
        heartbeat("2026-01-10", cycle=None),  # the declared cycle stays known
        tick("2026-01-14"),
    ]
    partition.run(log(story))
    told = [
        (one["type"], one["entity"], one["at"][:13], one["origin"]["offset"]) for one in partition.alerts()
    ]
    assert told == [
        ("source.stale", COURT, "2026-01-04T05", 2),
        ("source.recovered", COURT, "2026-01-10T04", 4),
        ("source.stale", COURT, "2026-01-14T06", 5),
    ]
    assert len({one["alert_id"] for one in partition.alerts()}) == 3


def test_late_heartbeat_does_not_move_the_last_sign_of_life_back() -> None:
    """Out of order, an older heartbeat is no news; one source's life is not another's."""
    partition = Partition()
    other = heartbeat("2026-01-05", source="cn.330604.tax")
    partition.run(
        log(
            [
                heartbeat("2026-01-05"),
                heartbeat("2026-01-02"),
                other,
                tick("2026-01-08", 3),
                tick("2026-01-08"),
            ]
        )
    )
    assert [(one["type"], one["name"]) for one in partition.alerts()] == [
        ("source.stale", "cn.330604.court"),
        ("source.stale", "cn.330604.tax"),
    ]


def test_heartbeat_delivered_again_ends_no_silence() -> None:
    """A replayed file is no sign of life; and the same silence is not told twice."""
    partition = Partition()
    beat = heartbeat("2026-01-01")
    partition.run(log([beat, tick("2026-01-05"), beat, tick("2026-01-06"), beat, heartbeat("2026-01-06")]))
    assert [one["type"] for one in partition.alerts()] == ["source.stale", "source.recovered"]


def about(partition: Partition, point: str) -> list[dict[str, Any]]:
    return [one for one in partition.alerts() if one["point"] == point]


def test_seizure_expires_by_itself_with_no_record_about_the_entity() -> None:
    """Timers run on stream time: somebody else's record moves it, in another batch, after a restart."""
    first = Partition()
    raws = log(
        [seizure(1, "2026-01-01", "2026-02-01"), tick("2026-01-20"), tick("2026-02-03"), tick("2026-02-05")]
    )
    first.run(raws[:2])
    second = Partition(first.store, first.sent)
    second.run(raws[2:3])
    assert [one["type"] for one in about(second, "WP-14")] == ["alert.opened"]
    second.run(raws[3:])
    opened, cleared = about(second, "WP-14")
    # over on 1 February (Chinese midnight), three days of off-delay, dwell long past
    assert (cleared["type"], cleared["entity"], cleared["at"]) == (
        "alert.cleared",
        FIRM,
        "2026-02-04T00:00:00+08:00",
    )
    assert (cleared["episode"], cleared["origin"]["offset"]) == (opened["episode"], 3)


def test_timers_fire_in_order_of_time_each_as_of_its_own() -> None:
    """After a long silence one record releases many; none is told as of the moment it was noticed."""
    partition = Partition()
    story = [seizure(1, "2026-01-01", "2026-03-01"), seizure(2, "2026-01-01", "2026-02-01", entity=OTHER)]
    partition.run(log([*story, tick("2026-09-01")]))
    times = [(one["entity"], one["at"]) for one in partition.alerts()[2:]]
    assert times == sorted(times, key=lambda one: one[1])
    assert {entity for entity, _ in times} == {FIRM, OTHER}
    assert all(at < "2026-09-01" for _, at in times)


def test_record_out_of_retention_leaves_nothing_behind() -> None:
    """Neither fact nor offset; and an entity nobody speaks of any more is purged by its own timer."""
    partition = Partition()
    old = enforcement(1, "2019-01-05", 1.0, status="concluded", observed="2026-01-05")
    old = replace(old, published_at=build.at("2019-06-01"))
    gone = dishonest(2, "2026-01-05", op="retract", entity=OTHER)
    partition.run(log([old, gone, tick("2026-01-06")]))
    assert codec.decode(partition.store[FIRM.encode()]).offsets == {}
    assert len(codec.decode(partition.store[OTHER.encode()]).offsets) == 2
    later = replace(tick("2027-06-01"), record_id="later")
    partition.processor.process([RawRecord(3, b"", msgspec.json.encode(later), (), 0)])
    partition.run([RawRecord(4, b"", msgspec.json.encode(replace(later, record_id="last")), (), 0)])
    assert "F05" not in codec.decode(partition.store[OTHER.encode()]).ledger.facts


def test_two_feeds_of_one_source_may_use_one_record_id() -> None:
    """Each piece of evidence names the offset of its own record."""
    partition = Partition()
    both = [enforcement(1, "2026-01-05", 1.0), dishonest(1, "2026-01-05")]
    partition.run(log(replace(one, record_id="x") for one in both))
    rows = {
        row["feed"]: row["offset"] for point in partition.alerts()[-1]["points"] for row in point["evidence"]
    }
    assert rows == {"F04": 0, "F05": 1}


def test_model_learns_and_its_snapshot_survives() -> None:
    """The probability of an entity moves with the outcomes of others like it; an unknown entity teaches nothing."""
    partition = Partition()
    firms = [f"ent:CN-330604:9133{n:014d}" for n in range(40)]
    sick = [dishonest(1, "2026-01-05", entity=entity) for entity in firms[:20]]
    sound = [bill("2026-01", "2026-01-20", 9.0, paid="2026-01-18", entity=entity) for entity in firms[20:]]
    partition.run(log([*sick, *sound]))
    assert _tell(partition, "ent:CN-330604:nobody", defaulted=True) is None
    assert _tell(partition, firms[0], defaulted=True) is None
    for _ in range(20):
        for n, entity in enumerate(firms):
            _tell(partition, entity, defaulted=n < 20)
    high, low = _tell(partition, firms[0], defaulted=True), _tell(partition, firms[20], defaulted=False)
    assert high is not None
    assert low is not None
    assert high > 0.8 > 0.3 > low
    partition.processor.learning.next_outcome = 77
    partition.store[codec.MODEL_KEY] = partition.processor.learning.save()
    again = Partition(partition.store)
    assert again.processor.learning.next_outcome == 77
    assert again.processor.learning.save() == partition.processor.learning.save()


def test_an_outcome_waits_until_stream_time_has_reached_it() -> None:
    """Read before the records that preceded it, an outcome is learned after them, also across a restart."""
    partition = Partition()
    late = Waiting(epoch(build.at("2026-02-01")), FIRM, defaulted=True)
    assert partition.processor.outcome(late) == []
    partition.store[codec.MODEL_KEY] = partition.processor.learning.save()
    again = Partition(partition.store)
    again.run(log([dishonest(1, "2026-01-05")]))
    assert again.processor.learning.model.learned == 0
    again.run([RawRecord(1, b"", msgspec.json.encode(tick("2026-02-02")), (), 0)])
    assert again.processor.learning.model.learned == 1
    assert Partition(again.store).processor.learning.model.learned == 1


def _tell(partition: Partition, entity: str, *, defaulted: bool) -> float | None:
    """The probability held before an outcome whose time has come is learned."""
    (learned,) = partition.processor.outcome(Waiting(0, entity, defaulted))
    return learned.before


def test_probability_is_published_and_lowers_no_rule() -> None:
    """The model stands beside the verdict: told tier and points are those of the rules."""
    partition = Partition()
    partition.run(log([dishonest(1, "2026-01-05")]))
    for _ in range(50):
        _tell(partition, FIRM, defaulted=False)
    partition.run([replace(raw, offset=1) for raw in log([enforcement(1, "2026-01-06", 1.0)])])
    said = partition.assessments()[FIRM]
    assert (said["probability"] < 0.5, said["tier"], said["told_tier"]) == (True, "red", "red")


def test_assessment_is_published_when_it_says_something_else() -> None:
    """A second source is new evidence, a tier that steps down is news; a suit that no point asks for is neither."""
    partition = Partition()
    suit = replace(tick("2026-01-07"), entity=FIRM)
    over = replace(CASE, version=2, op="close", observed_at=build.at("2026-01-08"))
    story = [CASE, replace(CASE, source_id="crawler"), suit, over, tick("2026-03-01")]
    batches = partition.run(log(story), range(5))
    published = [[one["told_tier"] for out in batch.messages if (one := _assessed(out))] for batch in batches]
    assert published == [["yellow"], ["yellow"], [], ["yellow"], ["blue", "none"]]


def _assessed(out: Out) -> dict[str, Any] | None:
    """The assessment in a message, if it is one."""
    return msgspec.json.decode(out.value) if out.topic == "assessments" else None
