"""Acceptance stories 3 and 7 and their like: records objected to, withdrawn, put right, renewed or approved."""

from typing import Any

from msgspec.structs import replace

from detectors.record import Record
from tests.detectors import build
from tests.detectors.build import (
    FIRM,
    OTHER,
    dishonest,
    enforcement,
    manual,
    record,
    saying,
    seizure,
)
from tests.streams.partition import Partition, log
from tests.streams.stories import captured, days, passing, story


def objection(day: str, **decided: Any) -> Record:
    """F31 against the first listing: not ours."""
    said = {
        "objection_id": "yy-1",
        "complainant": FIRM,
        "targets": ["sx-(2026)浙0604执1号"],
        "ground": "not_mine",
        "received_at": "2026-01-08T09:00:00+08:00",
        "state": "decided" if decided else "marked",
        **decided,
    }
    more: dict[str, Any] = {"version": 2, "op": "amend"} if decided else {}
    return captured(record("F31", "yy-1", "2026-01-08", said, **more), day, "08:00")


def test_scenario_3_listing_of_the_wrong_firm() -> None:
    """Red at once, marked while the objection is open, withdrawn at once when it is upheld, the right firm red instead;
    the nightly file does not bring it back. (Its guarantors: see test_circles.)"""
    wrong = captured(dishonest(1, "2026-01-05"), "2026-01-06")
    upheld = objection("2026-01-10", decision="delete", decided_at="2026-01-10T08:00:00+08:00")
    took = captured(replace(wrong, op="retract", payload={}), "2026-01-10", "09:00")
    right = captured(dishonest(1, "2026-01-05", entity=OTHER), "2026-01-10", "09:00")
    nightly = [
        captured(replace(wrong, version=version), f"2026-01-{day}", "23:00")
        for version, day in ((1, 11), (2, 12), (3, 13))
    ]
    partition = Partition()
    begin = [wrong, *days("2026-01-07", 2), objection("2026-01-08"), *days("2026-01-09", 2)]
    partition.run(log([*begin, upheld, took, right, *nightly, *days("2026-01-14", 60)]), range(99))
    assert story(partition) == [
        ("opened", "WP-09", 3, 3, "2026-01-06"),
        ("annotated", "WP-09", 3, 3, "2026-01-08"),
        ("retracted", "WP-09", 0, 0, "2026-01-10"),
    ]
    assert [one.get("disputed", False) for one in partition.alerts() if one["entity"] == FIRM] == [
        False, True, False,
    ]  # fmt: skip
    assert story(partition, OTHER) == [("opened", "WP-09", 3, 3, "2026-01-10")]
    said = partition.assessments()[FIRM]
    assert (said["tier"], said["score"], said["points"]) == ("none", 0.0, [])


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
