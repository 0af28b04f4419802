"""Who and what a record is about: subjects, persons, counterparties, keys and divisions."""

import json

import pytest

from detectors.identifiers.division import SHANGYU
from detectors.records.keys import natural_key
from detectors.records.reasons import Flag, Reason
from detectors.records.validation import validate
from tests.detectors.examples import FIRM, OTHER, example_record
from tests.detectors.validated import NOW, judged, wire


def test_a_name_only_subject_gets_its_confidence() -> None:
    """0.9 unless given; a masked name never more than 0.3."""
    firm = {"scheme": "name", "value": "绍兴测试有限公司"}
    assert wire(judged("F04", subject=firm))["match_confidence"] == 0.9
    assert wire(judged("F04", subject={"scheme": "name", "value": "李某"}))["match_confidence"] == 0.3
    record = {**example_record("F04"), "subject": firm, "match_confidence": 0.97}
    del record["entity"]
    confirmed = validate(record, now=NOW)
    assert (confirmed.kind, wire(confirmed)["match_confidence"]) == ("accepted", 0.97)


def test_a_person_is_masked_wherever_the_name_stands() -> None:
    """Subject, payload, parties; and the id of a person is never in clear."""
    person = {"scheme": "person", "value": "0123456789abcdef", "name": "张三丰"}
    outcome = judged(
        "F05",
        {"name": "张三丰", "id": "360426199101010071", "type": 0},
        subject=person,
        legal_basis="失信名单公开",
    )
    text = json.dumps(wire(outcome), ensure_ascii=False)
    assert "张三丰" not in text
    assert "19910101" not in text
    assert wire(outcome)["payload"]["name"] == "张某某"
    parties = [{"name": "李四", "kind": "person"}, {"name": "王五"}, {"name": "甲乙有限公司"}]
    names = [p["name"] for p in wire(judged("F01", {"parties": parties}))["payload"]["parties"]]
    assert names == ["李某", "王某", "甲乙有限公司"]
    assert wire(judged("F06", {"restricted_name": "张三丰"}))["payload"]["restricted_name"] == "张某某"
    surety = {"guarantor": "ent:CN-330604:person-0123456789abcdef", "guarantor_name": "张三丰"}
    lender = {"creditor": "ent:CN-330604:person-1123456789abcdef", "creditor_name": "欧阳小明"}
    bond = wire(judged("F26", {**surety, **lender, "debtor_name": "丙公司"}))["payload"]
    assert [bond[f"{end}_name"] for end in ("guarantor", "creditor", "debtor")] == [
        "张某某",
        "欧阳某某",
        "丙公司",
    ]


def test_counterparties_are_resolved_in_the_jurisdiction_of_the_record() -> None:
    """A bare code becomes an entity id, so the graph has one node per firm."""
    made = wire(judged("F26", {"guarantor": FIRM, "debtor": OTHER, "creditor": "绍兴银行股份有限公司"}))[
        "payload"
    ]
    assert (made["guarantor"], made["debtor"]) == (f"ent:CN-330604:{FIRM}", f"ent:CN-330604:{OTHER}")
    assert made["creditor"].startswith("ent:CN-330604:name-")


def test_a_source_without_keys_gets_the_hash_of_the_natural_key() -> None:
    """Stable, and another fact gets another one."""
    record = example_record("F04")
    del record["record_id"]
    first, again = validate(record, now=NOW), validate(record, now=NOW)
    assert wire(first)["record_id"] == wire(again)["record_id"]
    assert len(wire(first)["record_id"]) == 64
    record["payload"]["case_no"] = "(2026)浙0604执13号"
    assert wire(validate(record, now=NOW))["record_id"] != wire(first)["record_id"]
    record["subject"] = {"scheme": "uscc", "value": "1"}
    assert validate(record, now=NOW).reason is Reason.INVALID_IDENTIFIER


def test_division_codes_are_checked_against_dated_editions_when_given() -> None:
    """Any historical edition will do: firms keep the code they were registered under."""
    record = example_record("F04")
    assert validate(record, now=NOW, divisions=SHANGYU).kind == "accepted"
    record["jurisdiction"], record["entity"] = "CN-332322", f"ent:CN-332322:{FIRM}"
    assert validate(record, now=NOW, divisions=SHANGYU).kind == "accepted"
    del record["entity"]
    for change in (
        {"jurisdiction": "CN-330602"},
        {"subject": {"scheme": "uscc", "value": "91350100M000100Y43"}},
    ):
        assert validate({**record, **change}, now=NOW, divisions=SHANGYU).flags == (Flag.UNKNOWN_DIVISION,)
        assert validate({**record, **change}, now=NOW).kind == "accepted"


def test_the_same_hearing_has_one_key_in_any_zone() -> None:
    """The instant counts, not how it is written."""
    case = "(2026)浙0604民初12号之一"
    here = natural_key("F02", {"case_no": case, "start_at": "2026-02-10T09:00:00+08:00"}, "e")
    there = natural_key("F02", {"case_no": case, "start_at": "2026-02-10T01:00:00Z"}, "e")
    assert here == there == "(2026)浙0604民初12号|2026-02-10T01:00:00+00:00"


def test_a_separator_inside_a_part_does_not_join_two_keys() -> None:
    """``a|b`` and ``c`` are not ``a`` and ``b|c``."""
    keys = {natural_key("F13", {"reg_no": r}, "e") for r in ("a|b", "a\\|b", "a")}
    assert len(keys) == 3
    assert natural_key("F11", {"reg_no": "a|b", "seq": None}, "e") != natural_key(
        "F11", {"reg_no": "a", "seq": "b|"}, "e"
    )


def test_a_wrong_value_in_a_message_never_shows_a_resident_number() -> None:
    """Dead letters are read by operators."""
    outcome = judged("F04", {"case_no": "360426199101010071"})
    assert outcome.reason is Reason.INVALID_CASE_NUMBER
    assert "19910101" not in outcome.detail


@pytest.mark.parametrize("subject", [None, {"scheme": "name", "value": "某公司"}])
def test_half_a_surrogate_pair_in_what_ids_are_made_of_is_refused(subject: dict[str, str] | None) -> None:
    """JSON may hold one, UTF-8 may not, and a hash is of bytes."""
    record = example_record("F04")
    del record["record_id"], record["entity"]
    record |= {"jurisdiction": "CN-\ud800", **({"subject": subject} if subject else {})}
    assert validate(record, now=NOW).reason is Reason.INVALID_FIELD
