"""Bitemporal questions: two times, asked apart, and knowledge that only grows."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.assessment import encode
from detectors.fold import assess_all, fold_all
from detectors.history import history, known_at, state, timeline, versions
from detectors.record import Record, epoch
from tests.detectors import build, strategies

CATALOGUE = build.shipped()
EVER = datetime(2100, 1, 1, tzinfo=UTC)
MAY = build.at("2026-05-01")
BEFORE, AFTER = build.at("2026-03-01"), build.at("2026-04-01")

LISTED = build.dishonest(1, "2026-02-10")
GONE = build.dishonest(1, "2026-02-10", op="retract", version=2, observed="2026-03-15")


def asked(records: list[Record], fact: datetime, knowledge: datetime) -> dict[str, Any]:
    """The assessment of the firm; fails if nothing was known."""
    found = state(records, build.FIRM, fact, knowledge, CATALOGUE)
    assert found is not None
    return found


def rows(records: list[Record], knowledge: datetime = MAY) -> list[dict[str, Any]]:
    """Versions of the only fact."""
    [fact] = versions(records, build.FIRM, knowledge, CATALOGUE)
    found: list[dict[str, Any]] = fact["versions"]
    return found


@settings(max_examples=150, deadline=None)
@given(strategies.histories)
def test_with_everything_known_the_state_is_the_assessment(records: list[Record]) -> None:
    """Byte for byte, for every entity, and nothing for an entity of which nothing stands."""
    plain = {
        one["entity"]: encode(one) for one in assess_all(fold_all(records, CATALOGUE), CATALOGUE, epoch(MAY))
    }
    told = {entity: state(records, entity, MAY, EVER, CATALOGUE) for entity in strategies.ENTITIES}
    assert {entity: encode(one) for entity, one in told.items() if one is not None} == plain


@settings(max_examples=100, deadline=None)
@given(strategies.shuffled(), st.integers(295, 335))
def test_the_answer_depends_on_the_set_of_known_records_alone(
    pair: tuple[list[Record], list[Record]], day: int
) -> None:
    """Order and repetition change nothing, and records captured later might as well not exist."""
    plain, mixed = pair
    knowledge = datetime.fromtimestamp(epoch(build.at("2025-06-01")) + day * 86_400, UTC)
    early = [one for one in plain if one.observed_at <= knowledge]
    for entity in strategies.ENTITIES:
        once = history(plain, entity, MAY, knowledge, CATALOGUE)
        assert once == history(mixed, entity, MAY, knowledge, CATALOGUE)
        assert once == history(early, entity, MAY, knowledge, CATALOGUE)


@settings(max_examples=60, deadline=None)
@given(strategies.histories)
def test_the_last_row_of_the_timeline_is_the_state(records: list[Record]) -> None:
    """And every row is the state as of its own instant."""
    for entity in strategies.ENTITIES:
        told = timeline(records, entity, MAY, EVER, CATALOGUE)
        for row in told:
            then = state(records, entity, MAY, datetime.fromisoformat(row["known_from"]), CATALOGUE)
            assert row["tier"] == ("none" if then is None else then["tier"])
            assert row["score"] == (0.0 if then is None else then["score"])
        last = state(records, entity, MAY, EVER, CATALOGUE)
        assert (told[-1]["tier"] if told else "none") == (last["tier"] if last else "none")


def test_the_instant_of_capture_is_known() -> None:
    assert known_at([LISTED, GONE], LISTED.observed_at) == [LISTED]
    assert known_at([LISTED, GONE], GONE.observed_at) == [LISTED, GONE]


def test_a_retraction_hides_from_when_it_is_known() -> None:
    """The same fact day, asked with the knowledge of before and after."""
    records = [build.master("2025-01-02", 8_000_000), LISTED, GONE]
    assert asked(records, MAY, BEFORE)["tier"] == "red"
    assert asked(records, MAY, AFTER)["tier"] == "none"
    assert asked(records, BEFORE, AFTER)["tier"] == "none"
    assert state([LISTED, GONE], build.FIRM, MAY, AFTER, CATALOGUE) is None


def test_what_was_true_before_it_was_known() -> None:
    """Listed in February, captured in April: unknown in March, true in March."""
    late = build.dishonest(1, "2026-02-10", observed="2026-04-10")
    records = [build.master("2025-01-02", 8_000_000), late]
    assert asked(records, BEFORE, BEFORE)["tier"] == "none"
    assert asked(records, BEFORE, MAY)["tier"] == "red"
    assert asked(records, build.at("2026-02-01"), MAY)["tier"] == "none"


def test_versions_say_what_was_known_when() -> None:
    bill = build.bill("2026-01", "2026-02-10", 500.0)
    paid = build.bill("2026-01", "2026-02-10", 500.0, paid="2026-04-09")
    first, second = rows([paid, bill])
    assert [row["version"] for row in (first, second)] == [1, 2]
    assert [row["status"] for row in (first, second)] == ["replaced", "stands"]
    assert first["known_from"] == "2026-01-31T14:00:00+08:00"
    assert first["says"]["amount_due"] == "CNY 500"
    assert second["changes"] == {"amount_paid": [None, "CNY 500"], "paid_on": [None, "2026-04-09"]}
    assert first["digest"] != second["digest"]
    [only] = rows([paid, bill], BEFORE)
    assert only["status"] == "stands"


def test_of_a_withdrawn_record_only_times_and_digests_are_shown() -> None:
    told = rows([LISTED, GONE])
    assert [row["status"] for row in told] == ["withdrawn", "stands"]
    assert [row["op"] for row in told] == ["assert", "retract"]
    assert not any({"says", "changes"} & row.keys() for row in told)
    assert all(len(row["digest"]) == 32 for row in told)
    [before] = rows([LISTED, GONE], BEFORE)
    assert before["says"]["conduct_code"] == "1 (able to perform and refuses)"


def test_what_is_past_its_retention_is_not_shown() -> None:
    """A closed fact of an organisation is kept for five years."""
    ended = build.dishonest(1, "2020-02-10", op="close", version=2, observed="2020-03-10")
    [row] = rows([ended], build.at("2024-01-01"))
    assert "says" in row
    [row] = rows([ended], build.at("2026-01-01"))
    assert "says" not in row


def test_two_contents_of_one_version_are_both_listed() -> None:
    other = build.saying(LISTED, conduct_code=6)
    told = rows([LISTED, other])
    assert sorted(row["status"] for row in told) == ["contradicted", "stands"]


def test_a_copy_is_known_from_its_first_capture() -> None:
    again = msgspec.structs.replace(LISTED, observed_at=build.at("2026-04-20"))
    [row] = rows([again, LISTED])
    assert row["known_from"] == "2026-02-10T14:00:00+08:00"


def test_names_stay_in_the_record() -> None:
    """Amounts, dates and codes are told; names and lists are not."""
    one = build.saying(build.enforcement(1, "2026-01-05", 10.0), name="张三丰", parties=[{"name": "李四光"}])
    assert "张三丰" not in str(rows([one]))
    assert "李四光" not in str(rows([one]))
    led = build.record(
        "F27", "r", "2026-01-05", {"type": "legal_rep", "from_name": "张三丰", "from_kind": "person"}
    )
    assert "张三丰" not in str(rows([led]))
    surety = {
        "contract_no": "1",
        "guarantor": "ent:CN:person-1",
        "guarantor_name": "张三丰",
        "debtor_name": "张三丰",
    }
    assert "张三丰" not in str(rows([build.record("F26", "g", "2026-01-05", surety)]))
    entered = build.manual(one, approved=True)
    assert "张三丰" not in str(rows([entered]))
    assert rows([entered])[0]["says"]["exec_amount"] == "CNY 10"


def test_the_timeline_names_the_records_that_turned_the_verdict() -> None:
    harmless = build.enforcement(7, "2026-02-12", 1.0)
    told = timeline([LISTED, GONE, harmless], build.FIRM, MAY, EVER, CATALOGUE)
    assert told[0]["known_from"][:10] == "2026-02-10"
    assert told[0]["points"]["WP-09"] == "red"
    assert [one["record_id"] for one in told[0]["because"]] == [LISTED.record_id]
    assert told[-1]["because"][0] | {"op": "retract", "effect": "retracted"} == told[-1]["because"][0]
    assert "WP-09" not in told[-1]["points"]


def test_other_entities_and_heartbeats_do_not_matter() -> None:
    other = build.dishonest(2, "2026-02-10", entity=build.OTHER)
    beat = build.record("F33", "beat", "2026-02-10", {"cycle_seconds": 60}, op="heartbeat")
    alone = history([LISTED], build.FIRM, MAY, EVER, CATALOGUE)
    assert history([LISTED, other, beat], build.FIRM, MAY, EVER, CATALOGUE) == alone
    assert len(alone["facts"]) == 1
