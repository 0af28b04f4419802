"""The acceptance stories of the domain description (appendix 1), told record by record to a partition."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from detectors.record import Record
from tests.detectors import build
from tests.detectors.build import (
    FIRM,
    OTHER,
    bill,
    dishonest,
    enforcement,
    manual,
    master,
    record,
    saying,
    seizure,
)
from tests.streams.partition import Partition, log

CHINA = timedelta(hours=8)


def captured(one: Record, day: str, clock: str = "10:00") -> Record:
    """The record as captured at a moment in China."""
    return replace(one, observed_at=datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC) - CHINA)


def passing(day: str, clock: str = "00:00") -> Record:
    """A record about somebody else, which lets time pass."""
    said = {"case_no": "(2026)浙0604民初1号", "role": "plaintiff"}
    one = record("F01", f"pass-{day}-{clock}", day, said, entity="ent:CN-330604:91330604MA000009XX")
    return captured(one, day, clock)


def days(first: str, count: int) -> list[Record]:
    """Time passing day by day."""
    begin = datetime.fromisoformat(first)
    return [passing((begin + timedelta(days=n)).date().isoformat()) for n in range(count)]


def story(partition: Partition, entity: str = FIRM) -> list[tuple[str, str, int, int, str]]:
    """What was told about a firm: kind, point, level, tier after it, day."""
    return [
        (one["type"].removeprefix("alert."), one["point"], one["level"], one["tier"]["to"], one["at"][:10])
        for one in partition.alerts()
        if one["entity"] == entity
    ]


def summary(partition: Partition, entity: str = FIRM) -> dict[str, Any]:
    """The last assessment of a firm without what depends on the moment."""
    said = partition.assessments()[entity]
    return {"tier": said["tier"], "points": [(p["id"], p["state"], p["level"]) for p in said["points"]]}


def test_scenario_1_two_unpaid_power_bills() -> None:
    """Blue on day 10, yellow on day 31, paid on day 40, cleared after a cycle; a replay of the file tells nothing."""
    first, second = bill("2025-12", "2026-01-01", 1000.0), bill("2026-01", "2026-02-01", 1000.0)
    paid = [
        captured(bill("2025-12", "2026-01-01", 1000.0, paid="2026-02-10"), "2026-02-10"),
        captured(bill("2026-01", "2026-02-01", 1000.0, paid="2026-02-10"), "2026-02-10"),
    ]
    file = [captured(first, "2025-12-22"), captured(second, "2026-01-22")]
    partition = Partition()
    month = [*days("2026-01-01", 22), file[1], *days("2026-01-23", 19)]
    partition.run(log([file[0], *month, *paid, *days("2026-02-11", 130)]), range(200))
    assert story(partition) == [
        ("opened", "WP-22", 1, 1, "2026-01-11"),
        ("upgraded", "WP-22", 2, 2, "2026-02-01"),
        # held for a cycle of 30 days after payment, off-delay 3 days; the dwell of 14 days is long over
        ("cleared", "WP-22", 0, 1, "2026-03-15"),
        # 30 points halved every 60 days from 12 March on fall below 10, the exit of blue, after 95.1 days
        ("cleared", "TIER", 0, 0, "2026-06-16"),
    ]
    before = len(partition.sent)
    replay = [*file, *paid, *(captured(one, "2026-06-29") for one in (*file, *paid))]
    again = log([*[passing("2026-06-28")] * 200, *replay])
    partition.run([replace(raw, offset=raw.offset + 1000) for raw in again[200:]])
    assert partition.sent[before:] == []


def test_scenario_1_short_arrears_respect_the_dwell() -> None:
    """Yellow for one day only is shown for 14 days at least, and for the cycle after payment."""
    partition = Partition()
    due = bill("2025-12", "2026-01-01", 1000.0)
    paid = captured(bill("2025-12", "2026-01-01", 1000.0, paid="2026-02-02"), "2026-02-02")
    partition.run(log([captured(due, "2025-12-22"), *days("2026-01-01", 33), paid, *days("2026-02-03", 60)]))
    assert story(partition)[1:3] == [
        ("upgraded", "WP-22", 2, 2, "2026-02-01"),
        ("cleared", "WP-22", 0, 1, "2026-03-07"),
    ]


def test_scenario_2_order_of_delivery_does_not_change_the_verdict() -> None:
    """Suit, enforcement of 2 m against 10 m, listing: red; delivered backwards or shuffled, the same assessment."""
    case = enforcement(1, "2026-01-05", 2e6)
    suit = record("F01", "suit", "2025-06-01", {"case_no": "(2025)浙0604民初1号", "role": "defendant"})
    restriction = record(
        "F06", "xg", "2026-02-01", {"case_no": "(2026)浙0604执1号", "restricted_name": "张*"}
    )
    ended = record("F07", "zb", "2026-04-10", {"case_no": "(2026)浙0604执1号", "terminated_on": "2026-04-10"})
    records = [master("2020-01-01", 10e6), suit, case, dishonest(1, "2026-02-01"), restriction, ended]
    in_order = Partition()
    in_order.run(log(sorted(records, key=lambda one: one.observed_at)))
    assert story(in_order)[0] == ("opened", "WP-08", 3, 3, "2026-01-05")
    assert summary(in_order)["tier"] == "red"
    for seed in range(6):
        other = Partition()
        shuffled = list(reversed(records))
        random.Random(seed).shuffle(shuffled)
        other.run(log(shuffled if seed else reversed(records)))
        assert summary(other) == summary(in_order)
        assert {one["point"] for one in other.alerts()} == {"WP-08", "WP-09"}


def test_scenario_3_listing_of_the_wrong_firm() -> None:
    """Red at once, withdrawn at once, the right firm red instead; the nightly file does not bring it back."""
    wrong = captured(dishonest(1, "2026-01-05"), "2026-01-06")
    took = captured(replace(wrong, op="retract", payload={}), "2026-01-10", "09:00")
    right = captured(dishonest(1, "2026-01-05", entity=OTHER), "2026-01-10", "09:00")
    nightly = [captured(wrong, f"2026-01-{day}", "23:00") for day in (11, 12, 13)]
    partition = Partition()
    partition.run(
        log([wrong, *days("2026-01-07", 3), took, right, *nightly, *days("2026-01-14", 60)]), range(99)
    )
    assert story(partition) == [
        ("opened", "WP-09", 3, 3, "2026-01-06"),
        ("retracted", "WP-09", 0, 0, "2026-01-10"),
    ]
    assert story(partition, OTHER) == [("opened", "WP-09", 3, 3, "2026-01-10")]
    said = partition.assessments()[FIRM]
    assert (said["tier"], said["score"], said["points"]) == ("none", 0.0, [])


def test_scenario_5_silent_source_catches_up_out_of_order() -> None:
    """Five days of silence are told; what then comes in any order ends in the state that order would have given."""
    source = "cn.330604.test"

    def beat(day: str) -> Record:
        one = record(
            "F33", f"beat-{day}", day, {"cycle_seconds": 86_400}, entity=f"src:{source}", op="heartbeat"
        )
        return captured(replace(one, source_id=source), day, "06:00")

    late = [
        enforcement(1, "2026-01-03", 4e5),
        enforcement(2, "2026-01-04", 7e5),
        replace(enforcement(2, "2026-01-04", 6e5), version=2, op="amend"),
        seizure(1, "2026-01-05", "2027-01-05"),
        bill("2025-12", "2025-12-20", 100.0),
    ]
    begin = [beat("2026-01-01"), *days("2026-01-02", 5)]
    calm = Partition()
    calm.run(log([*begin, *(captured(one, "2026-01-07") for one in late), beat("2026-01-07")]))
    for seed in range(5):
        mixed = list(late)
        random.Random(seed).shuffle(mixed)
        partition = Partition()
        partition.run(log([*begin, *(captured(one, "2026-01-07") for one in mixed), beat("2026-01-07")]))
        control = [(one["type"], one["at"][:10]) for one in partition.alerts() if one["point"] == "SOURCE"]
        assert control == [("source.stale", "2026-01-04"), ("source.recovered", "2026-01-07")]
        assert summary(partition) == summary(calm)
        assert partition.assessments()[FIRM]["points"][0]["value"] == "2 active case(s), CNY 1,000,000"


def test_scenario_7_late_renewal_reopens_the_same_story() -> None:
    """The seizure ended yesterday and closes by itself; a renewal dated before that carries the episode on."""
    first = captured(seizure(1, "2023-01-10", "2026-01-10", asset="unit-1"), "2023-01-11")
    renewal = saying(seizure(2, "2026-01-05", "2028-01-05", asset="unit-1"), renewal_of="notice-1")
    partition = Partition()
    partition.run(
        log([first, passing("2026-01-09"), *days("2026-01-10", 20), captured(renewal, "2026-02-01")]),
        range(30),
    )
    told = [one for one in partition.alerts() if one["point"] == "WP-14"]
    assert [(one["type"], one["at"][:10]) for one in told] == [
        ("alert.opened", "2023-01-11"),
        ("alert.cleared", "2026-01-13"),  # off-delay of yellow: three days
        ("alert.reopened", "2026-02-01"),
    ]
    assert len({one["episode"] for one in told}) == 1
    assert len({one["alert_id"] for one in told}) == 3


def test_renewal_in_time_tells_nothing() -> None:
    """The restraint never ended."""
    first = captured(seizure(1, "2023-01-10", "2026-01-10", asset="unit-1"), "2023-01-11")
    renewal = saying(seizure(2, "2026-01-05", "2028-01-05", asset="unit-1"), renewal_of="notice-1")
    partition = Partition()
    partition.run(log([first, captured(renewal, "2026-01-06"), *days("2026-01-08", 60)]))
    assert [kind for kind, point, *_ in story(partition) if point == "WP-14"] == ["opened"]


def test_withdrawal_of_the_ground_of_a_red_that_is_falling() -> None:
    """Red is waiting out its dwell after the case was concluded; then the case turns out never to have been ours."""
    big, small = captured(enforcement(1, "2026-01-05", 5e6), "2026-01-05"), enforcement(2, "2026-01-05", 1.0)
    ended = captured(replace(big, version=2, op="close"), "2026-01-08")
    gone = captured(replace(big, version=3, op="retract", payload={}), "2026-01-10")
    partition = Partition()
    partition.run(log([captured(small, "2026-01-05"), big, ended, passing("2026-01-09"), gone]))
    assert story(partition)[-2:] == [
        ("upgraded", "WP-08", 3, 3, "2026-01-05"),
        ("downgraded", "WP-08", 2, 2, "2026-01-10"),
    ]


def test_withdrawal_of_something_else_leaves_a_lawful_fall_alone() -> None:
    """The dwell of the red that was true goes on."""
    big = captured(enforcement(1, "2026-01-05", 5e6), "2026-01-05")
    small = captured(enforcement(2, "2026-01-05", 1.0), "2026-01-05", "11:00")
    ended = captured(replace(big, version=2, op="close"), "2026-01-08")
    gone = captured(replace(small, version=2, op="retract", payload={}), "2026-01-10")
    partition = Partition()
    partition.run(log([big, small, ended, passing("2026-01-09"), gone, *days("2026-01-11", 40)]))
    assert story(partition)[:2] == [
        ("opened", "WP-08", 3, 3, "2026-01-05"),
        ("cleared", "WP-08", 0, 3, "2026-02-04"),  # the score of the residue keeps the tier up
    ]


def test_typing_error_put_right_takes_the_colour_back_at_once() -> None:
    """Five million that were fifty thousand: no dwell on what was never true."""
    typo = captured(enforcement(1, "2026-01-05", 5e6), "2026-01-05")
    fixed = captured(replace(enforcement(1, "2026-01-05", 5e4), version=2, op="amend"), "2026-01-06")
    partition = Partition()
    partition.run(log([typo, fixed]))
    assert story(partition) == [
        ("opened", "WP-08", 3, 3, "2026-01-05"),
        ("downgraded", "WP-08", 2, 2, "2026-01-06"),
    ]


def test_amendment_that_changes_nothing_measured_is_not_told() -> None:
    """A court's name is spelt anew: no correction; an amount is: one correction."""
    case = captured(enforcement(1, "2026-01-05", 5e4), "2026-01-05")
    spelt = captured(saying(replace(case, version=2, op="amend"), iname="x"), "2026-01-06")
    raised = captured(replace(enforcement(1, "2026-01-05", 6e4), version=3, op="amend"), "2026-01-07")
    partition = Partition()
    partition.run(log([case, spelt, raised]))
    assert story(partition) == [
        ("opened", "WP-08", 2, 2, "2026-01-05"),
        ("corrected", "WP-08", 2, 2, "2026-01-07"),
    ]


def test_manual_entry_turns_red_when_a_second_person_approves_it() -> None:
    """Yellow until then; withdrawn without repeating what was entered."""
    entry = captured(manual(dishonest(1, "2026-01-05"), approved=False), "2026-01-05")
    approved = captured(
        manual(dishonest(1, "2026-01-05"), approved=True, version=2, op="amend"), "2026-01-06"
    )
    gone = captured(replace(approved, version=3, op="retract", payload={}), "2026-01-07")
    partition = Partition()
    partition.run(log([entry, approved, gone]), [1, 2])
    assert story(partition) == [
        ("opened", "WP-09", 2, 2, "2026-01-05"),
        ("upgraded", "WP-09", 3, 3, "2026-01-06"),
        ("retracted", "WP-09", 0, 0, "2026-01-07"),
    ]
    (row,) = partition.alerts()[0]["points"][0]["evidence"]
    assert (row["feed"], row["raises_at_most"], row["offset"]) == ("F32", "yellow", 0)
    assert build.shipped().version == partition.alerts()[0]["catalogue"]
