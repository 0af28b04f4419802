"""What an entity is told of the network, as records: what stands, what is amended, closed and taken back."""

from typing import Any

import pytest

from detectors.contagion.impulse import Told, tell
from detectors.record import Record
from tests.detectors.build import FIRM

DAY = 86_400


def said(level: int, **more: Any) -> dict[str, Any]:
    """What reaches somebody."""
    return {"level": level, "origins": [], "delta": 0.1 * level, **more}


def steps(*told: tuple[dict[str, Any], bool]) -> list[list[tuple[str, str, int, int]]]:
    """Operation, record, version and level of the records that each step writes, a day apart."""
    standing, found = Told(), []
    for number, (what, withdrawn) in enumerate(told, 1):
        standing, records = tell(FIRM, standing, what, number * DAY, withdrawn=withdrawn)
        found.append([_row(one) for one in records])
    return found


def _row(one: Record) -> tuple[str, str, int, int]:
    return one.op, one.record_id, one.version, one.payload["network"]["level"]


def test_the_same_again_is_not_told() -> None:
    assert steps((said(2), False), (said(2), False)) == [[("assert", "impulse|1", 1, 2)], []]
    assert steps(({}, False)) == [[]]


def test_what_moves_no_colour_is_an_amendment() -> None:
    assert steps((said(2), False), (said(2, delta=0.3), False))[1] == [("amend", "impulse|1", 2, 2)]


def test_another_colour_is_another_impulse_and_the_old_one_ends_behind_it() -> None:
    assert steps((said(1), False), (said(3), False))[1] == [
        ("assert", "impulse|2", 1, 3),
        ("close", "impulse|1", 2, 1),
    ]


@pytest.mark.parametrize(
    "more", [{"persons": [{"entity": "p"}]}, {"affiliates": [{"entity": "f"}]}, {"circle": {"cycle": 2}}]
)
def test_so_is_another_reason_for_a_colour_of_another_point(more: dict[str, Any]) -> None:
    assert [row[0] for row in steps((said(0), False), (said(0, **more), False))[1]] == ["assert", "close"]


def test_a_person_that_turns_red_is_no_other_reason() -> None:
    before, after = ([{"entity": "p", **more}] for more in ({"level": 2}, {}))
    assert steps((said(0, persons=before), False), (said(0, persons=after), False))[1] == [
        ("amend", "impulse|1", 2, 0)
    ]


def test_what_is_over_is_closed_and_the_next_one_has_the_next_number() -> None:
    assert steps((said(2), False), ({}, False), (said(2), False))[1:] == [
        [("close", "impulse|1", 2, 2)],
        [("assert", "impulse|2", 1, 2)],
    ]


def test_what_fell_because_a_record_was_taken_back_is_taken_back() -> None:
    assert steps((said(2), False), ({}, True))[1] == [("retract", "impulse|1", 2, 2)]
    assert [row[0] for row in steps((said(3), False), (said(1), True))[1]] == ["assert", "retract"]


def test_a_colour_is_kept_while_it_is_not_far_below_its_trigger() -> None:
    """By whoever has it: nobody else hears of it. What was taken back keeps nothing."""
    near = said(1, kept={"level": 2, "reason": "nearly", "origins": []})
    assert steps((said(2), False), (near, False))[1] == [("amend", "impulse|1", 2, 2)]
    assert steps((said(3), False), (near, False))[1] == [
        ("assert", "impulse|2", 1, 2),
        ("close", "impulse|1", 2, 3),
    ]
    assert steps((said(1), False), (near, False))[1] == []
    assert steps((near, False)) == [[("assert", "impulse|1", 1, 1)]]
    assert [row[::3] for row in steps((said(2), False), (near, True))[1]] == [("assert", 1), ("retract", 2)]


def test_what_only_keeps_a_colour_is_nothing_to_who_has_none() -> None:
    only = said(0, kept={"level": 1, "reason": "nearly", "origins": []})
    assert steps((only, False)) == [[]]
    assert steps((said(1), False), (only, False), ({}, False)) == [
        [("assert", "impulse|1", 1, 1)],
        [("amend", "impulse|1", 2, 1)],
        [("close", "impulse|1", 3, 1)],
    ]


def test_a_rise_takes_nothing_back() -> None:
    assert [row[0] for row in steps((said(1), False), (said(3), True))[1]] == ["assert", "close"]


def test_every_version_of_an_impulse_begins_when_it_was_first_told() -> None:
    told, first = tell(FIRM, Told(), said(2), DAY, withdrawn=False)
    _, second = tell(FIRM, told, {}, 5 * DAY, withdrawn=False)
    assert first[0].occurred_at == second[0].occurred_at
    assert second[0].observed_at > first[0].observed_at


def test_numbers_sort_as_text_in_the_order_in_which_they_were_told() -> None:
    told = Told(number=9, version=1, since=DAY, network=said(1), stands=True)
    after, records = tell(FIRM, told, said(2), DAY, withdrawn=False)
    assert after.number == 10
    assert records[0].payload["impulse"] > records[1].payload["impulse"]
