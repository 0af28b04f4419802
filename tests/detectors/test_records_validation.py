"""Each rule of validation, broken on purpose: the reason or the flag, and the sentence that goes with it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from detectors.identifiers.division import SHANGYU
from detectors.records.keys import natural_key
from detectors.records.reasons import QUALITY, Flag, Reason
from detectors.records.seizure import years_after
from detectors.records.validation import Outcome, validate
from tests.detectors.examples import FIRM, OTHER, example_record

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)


def judged(feed: str, payload: dict[str, Any] | None = None, **envelope: Any) -> Outcome:
    """Verdict on the example with some fields replaced."""
    record = {**example_record(feed), **envelope}
    if "subject" in envelope or "jurisdiction" in envelope:
        record.pop("entity")
        record.pop("match_confidence")
    record["payload"].update(payload or {})
    return validate(record, now=NOW)


def wire(outcome: Outcome) -> dict[str, Any]:
    """The canonical record."""
    assert outcome.wire is not None, outcome.detail
    made: dict[str, Any] = json.loads(outcome.wire)
    return made


HARD = [
    (
        "F04",
        {},
        {"schema": "F34/1.0"},
        Reason.UNKNOWN_SCHEMA,
        "schema must be F01/1.x to F33/1.x, got 'F34/1.0'",
    ),
    ("F04", {}, {"schema": "F04/2.0"}, Reason.UNKNOWN_SCHEMA, "got 'F04/2.0'"),
    ("F04", {}, {"op": "delete"}, Reason.UNKNOWN_CODE, "op must be 'assert'"),
    ("F04", {}, {"version": 0}, Reason.INVALID_FIELD, "version: "),
    ("F04", {}, {"versionn": 1}, Reason.UNKNOWN_FIELD, "did you mean version?"),
    ("F04", {}, {"entity": "ent:CN-330604:x"}, Reason.ENTITY_MISMATCH, "got ent:CN-330604:x"),
    (
        "F04",
        {},
        {"subject": {"scheme": "uscc", "value": FIRM[:-1] + "X"}},
        Reason.INVALID_IDENTIFIER,
        "subject.value: the check character",
    ),
    ("F04", {}, {"subject": {"scheme": "dun", "value": "1"}}, Reason.UNKNOWN_CODE, "subject.scheme must be"),
    (
        "F04",
        {},
        {"valid_from": "2026-02-01", "valid_to": "2026-01-31"},
        Reason.INTERVAL_REVERSED,
        "2026-01-31",
    ),
    ("F04", {}, {"occurred_at": "2026-01-07T12:00:01Z"}, Reason.FUTURE_EVENT, "at most 24 h ahead"),
    ("F04", {}, {"occurred_at": 1767571200}, Reason.INVALID_FIELD, "milliseconds"),
    ("F04", {}, {"visibility": "gov_shared"}, Reason.LEGAL_BASIS_MISSING, "needs legal_basis"),
    (
        "F04",
        {},
        {"visibility": "authorised", "legal_basis": "x"},
        Reason.LEGAL_BASIS_MISSING,
        "needs consent_id",
    ),
    (
        "F04",
        {},
        {"subject": {"scheme": "person", "value": "0123456789abcdef"}},
        Reason.LEGAL_BASIS_MISSING,
        "about a person",
    ),
    (
        "F04",
        {},
        {"subject": {"scheme": "person", "value": "360426199101010071"}},
        Reason.PERSONAL_ID_IN_CLEAR,
        "a resident number in clear",
    ),
    ("F04", {}, {"op": "heartbeat"}, Reason.CONTROL_MISUSED, "belongs to feed F33"),
    ("F33", {}, {"source_id": "cn.330604.other"}, Reason.CONTROL_MISUSED, "about the source"),
    (
        "F04",
        {"exec_amount": "2000000"},
        {},
        Reason.AMOUNT_WITHOUT_UNIT,
        "payload.exec_amount: an amount needs",
    ),
    ("F04", {"exec_amount": "2000000.001元"}, {}, Reason.INVALID_AMOUNT, "2 decimal places"),
    (
        "F04",
        {"case_no": "2026浙0604执12号"},
        {},
        Reason.INVALID_CASE_NUMBER,
        "year of four digits in brackets",
    ),
    ("F04", {"status": "待核"}, {}, Reason.UNKNOWN_CODE, "payload.status must be 'executing'"),
    ("F04", {"filed_on": "5 January"}, {}, Reason.INVALID_FIELD, "a day reads 2026-01-05, got '5 January'"),
    ("F01", {"status": "待核"}, {}, Reason.UNKNOWN_CODE, "payload.status must be"),
    (
        "F01",
        {"parties": [{"name": "甲公司", "role": "x"}]},
        {},
        Reason.UNKNOWN_CODE,
        "payload.parties.0.role",
    ),
    ("F01", {"closed_on": "2026-01-04"}, {}, Reason.INTERVAL_REVERSED, "before it begins"),
    ("F09", {"to": "2026-01-04"}, {}, Reason.INTERVAL_REVERSED, "a freeze ends on 2026-01-04"),
    ("F09", {"to": "2029-01-06"}, {}, Reason.FREEZE_TOO_LONG, "real_estate runs at most 3 y"),
    ("F09", {"asset_class": "bank_account", "to": "2027-01-06"}, {}, Reason.FREEZE_TOO_LONG, "at most 1 y"),
    ("F09", {"asset_class": "vehicle", "to": "2028-01-06"}, {}, Reason.FREEZE_TOO_LONG, "at most 2 y"),
    ("F09", {"asset_class": "equity", "to": "2029-01-06"}, {}, Reason.FREEZE_TOO_LONG, "at most 3 y"),
    ("F09", {"sequence": 0}, {}, Reason.INVALID_FIELD, "payload.sequence"),
    ("F12", {"cert_no": None}, {}, Reason.MISSING_FIELD, "cert_no or business_no"),
    ("F12", {"unit_no": None}, {}, Reason.MISSING_FIELD, "needs unit_no"),
    ("F14", {"from": "2026-01-05", "to": "2029-01-06"}, {}, Reason.FREEZE_TOO_LONG, "at most 3 y"),
    ("F15", {"amount_due": None}, {}, Reason.MISSING_FIELD, "an event bill needs amount_due"),
    ("F15", {"event": "payment"}, {}, Reason.MISSING_FIELD, "needs amount_paid"),
    ("F15", {"event": "billing"}, {}, Reason.UNKNOWN_CODE, "payload.event must be 'reading'"),
    ("F15", {"period": "2025-13"}, {}, Reason.INVALID_FIELD, "payload.period"),
    ("F17", {"event": "missed_filing"}, {}, Reason.MISSING_FIELD, "needs period"),
    ("F25", {"status": None}, {}, Reason.MISSING_FIELD, "a change of status needs status"),
    ("F26", {"debtor": FIRM}, {}, Reason.SELF_GUARANTEE, "for itself"),
    ("F26", {"principal": "0元"}, {}, Reason.INVALID_AMOUNT, "above 0"),
    ("F26", {"debt_from": "2026-02-01", "debt_to": "2026-01-01"}, {}, Reason.INTERVAL_REVERSED, "the debt"),
    ("F26", {"guarantor": "91330604MA0000015X"}, {}, Reason.INVALID_IDENTIFIER, "payload.guarantor"),
    ("F26", {"guarantor": "360426199101010071"}, {}, Reason.PERSONAL_ID_IN_CLEAR, "payload.guarantor"),
    ("F27", {"ratio": 1.01}, {}, Reason.INVALID_FIELD, "payload.ratio"),
    ("F27", {"to": FIRM}, {}, Reason.INVALID_FIELD, "two ends"),
    ("F29", {"industry": "A17"}, {}, Reason.INVALID_IDENTIFIER, "division 17 belongs to section C"),
    ("F31", {"decision": "delete"}, {}, Reason.MISSING_FIELD, "come together"),
    ("F32", {"approved_by": "staff-1"}, {}, Reason.FOUR_EYES, "two people"),
    (
        "F32",
        {"record": {"put_on": "2026-01-05"}},
        {},
        Reason.MISSING_FIELD,
        "payload.record.reason is required by F22",
    ),
    ("F32", {"feed": "F33"}, {}, Reason.UNKNOWN_CODE, "payload.feed must be"),
]


@pytest.mark.parametrize(("feed", "payload", "envelope", "reason", "words"), HARD)
def test_a_hard_rule_quarantines(
    feed: str, payload: dict[str, Any], envelope: dict[str, Any], reason: Reason, words: str
) -> None:
    """With the code, the place, the rule and what came instead, in one sentence."""
    outcome = judged(feed, payload, **envelope)
    assert (outcome.kind, outcome.reason) == ("quarantined", reason), outcome.detail
    assert words in outcome.detail
    assert "\n" not in outcome.detail
    assert (outcome.record, outcome.wire, outcome.entity, outcome.quality) == (None, None, None, 0.0)


BATCH = "(2026)浙0604执12-14号"
SOFT = [
    ("F01", {"court_name": "浙江省高级人民法院"}, {}, Flag.COURT_MISMATCH),
    ("F01", {"court_code": "浙0602"}, {}, Flag.COURT_MISMATCH),
    ("F01", {"filed_on": "2025-12-31"}, {}, Flag.FILED_YEAR_MISMATCH),
    ("F01", {"filed_on": "2028-01-01"}, {}, Flag.FILED_YEAR_MISMATCH),
    ("F01", {"parties": []}, {}, Flag.PARTIES_MISSING),
    ("F01", {"case_type": "怪"}, {}, Flag.UNKNOWN_CODE_DROPPED),
    ("F04", {"case_no": "(2026)浙0604民初12号"}, {}, Flag.CASE_TYPE_MISMATCH),
    ("F04", {"case_no": BATCH}, {}, Flag.CASE_BATCH),
    ("F04", {"exec_amount": "-5元"}, {}, Flag.NEGATIVE_AMOUNT),
    ("F04", {}, {"subject": {"scheme": "name", "value": "绍兴测试有限公司"}}, Flag.IDENTITY_UNCONFIRMED),
    ("F04", {}, {"subject": {"scheme": "name", "value": "张某某"}}, Flag.MASKED_NAME),
    ("F04", {}, {"match_confidence": 0.94}, Flag.IDENTITY_UNCONFIRMED),
    ("F04", {}, {"jurisdiction": "CN-160000"}, Flag.UNKNOWN_DIVISION),
    ("F04", {}, {"subject": {"scheme": "uscc", "value": "91160000MA0000016J"}}, Flag.UNKNOWN_DIVISION),
    (
        "F04",
        {},
        {"subject": {"scheme": "uscc", "value": "91330604MA0000017D"}},
        Flag.ORGANISATION_CODE_MISMATCH,
    ),
    ("F09", {"asset_ref": None}, {}, Flag.ASSET_UNIDENTIFIED),
    ("F10", {"appraisal": "100元", "start_price": "69.99元"}, {}, Flag.AUCTION_RULE),
    ("F10", {"start_price": "100元", "deposit": "20.01元"}, {}, Flag.AUCTION_RULE),
    ("F10", {"announced_on": "2026-01-12"}, {}, Flag.AUCTION_RULE),
    ("F15", {"estimated": True}, {}, Flag.ESTIMATED_READING),
    ("F15", {"account_class": "怪"}, {}, Flag.UNKNOWN_CODE_DROPPED),
    ("F16", {"newly_arisen": "150000.01元"}, {}, Flag.BALANCE_BELOW_NEW),
    ("F30", {"assets": "100元", "liabilities": "70元", "equity": "28元"}, {}, Flag.BALANCE_SHEET_OFF),
    ("F32", {"approved_by": None}, {}, Flag.UNAPPROVED_ENTRY),
]


@pytest.mark.parametrize(("feed", "payload", "envelope", "flag"), SOFT)
def test_a_soft_rule_flags_and_lowers_quality(
    feed: str, payload: dict[str, Any], envelope: dict[str, Any], flag: Flag
) -> None:
    """By the documented multiplier, and once: judged again, the record is the same."""
    from detectors.identifiers import uscc

    subject = envelope.get("subject", {})
    if subject.get("scheme") == "uscc":  # the vectors are given by their bodies; the outer check must hold
        subject = {**subject, "value": subject["value"][:17] + uscc.check_character(subject["value"][:17])}
        envelope = {**envelope, "subject": subject}
    outcome = judged(feed, payload, **envelope)
    assert outcome.kind == "flagged", outcome.detail
    assert flag in outcome.flags
    expected = 1.0
    for each in outcome.flags:
        expected *= QUALITY[each]
    assert outcome.quality == pytest.approx(expected, abs=1e-4)
    again = validate(wire(outcome), now=NOW)
    assert (again.wire, again.flags, again.quality) == (outcome.wire, outcome.flags, outcome.quality)


LAWFUL = [
    ("F09", {"asset_class": "bank_account", "to": "2027-01-05"}),
    ("F09", {"asset_class": "movable", "to": "2028-01-05"}),
    ("F09", {"to": "2029-01-05"}),
    ("F10", {"appraisal": "100元", "start_price": "70元", "deposit": "14元", "announced_on": "2026-01-11"}),
    ("F10", {"round": "2", "appraisal": "100元", "start_price": "56元"}),
    ("F10", {"round": "2", "asset_class": "vehicle", "announced_on": "2026-02-03"}),
    ("F01", {"filed_on": "2027-01-05"}),
    ("F30", {"profit": "-5元", "assets": "100元", "liabilities": "70元", "equity": "30.5元"}),
    ("F15", {"amount_due": "-5元"}),
]


@pytest.mark.parametrize(("feed", "payload"), LAWFUL)
def test_what_the_rules_just_allow_is_accepted(feed: str, payload: dict[str, Any]) -> None:
    """The edge itself is inside."""
    outcome = judged(feed, payload)
    assert (outcome.kind, outcome.detail, outcome.flags) == ("accepted", "", ())


@pytest.mark.parametrize("feed", ["F02", "F10", "F15", "F26"])
def test_hearings_auctions_due_dates_and_terms_may_lie_ahead(feed: str) -> None:
    """Their business time is in the future by nature."""
    assert judged(feed, occurred_at="2026-05-01").kind == "accepted"


def test_an_event_within_a_day_ahead_is_accepted() -> None:
    """A day of clock and zone trouble."""
    assert judged("F04", occurred_at="2026-01-07T12:00:00Z").kind == "accepted"


def test_texts_are_normal_and_evidence_is_untouched() -> None:
    """NFKC everywhere but in what must stay byte for byte."""
    evidence = {"doc_no": "（2026）浙0604执12号", "url": "https://example.org/１", "sha256": "a" * 64}
    outcome = judged("F04", {"case_no": "（２０２６）浙0604执12号 "}, evidence=evidence)
    assert wire(outcome)["payload"]["case_no"] == "(2026)浙0604执12号"
    assert wire(outcome)["evidence"] == evidence


def test_amounts_come_in_any_unit_and_a_currency_beside_them_is_theirs() -> None:
    """万元, a unit field, and a sibling ``currency``."""
    for amount in ("200万元", {"amount": "200", "unit": "万元", "currency": "CNY"}, "CNY 2,000,000.00"):
        assert (
            wire(judged("F04", {"exec_amount": amount}))["payload"]["exec_amount"]["amount"] == "2000000.00"
        )
    outcome = judged("F04", {"exec_amount": "12.5", "unperformed_amount": 7, "currency": "USD"})
    assert wire(outcome)["payload"]["exec_amount"] == {"amount": "12.50", "currency": "USD"}
    assert wire(outcome)["payload"]["unperformed_amount"] == {"amount": "7.00", "currency": "USD"}
    assert "currency" not in wire(outcome)["payload"]


def test_vendor_names_and_epoch_milliseconds_are_read() -> None:
    """A record under Tianyancha's field names; midnight in Shanghai is the same day there."""
    record = example_record("F04")
    record["payload"] = {
        "caseCode": "（2018）浙0604执567号",
        "execCourtName": "绍兴市上虞区人民法院",
        "pname": "绍兴上虞测试有限公司",
        "partyCardNum": "60003734-1",
        "caseCreateTime": 1546272000000,
        "execMoney": "2000000元",
    }
    made = wire(validate(record, now=NOW))["payload"]
    assert made["filed_on"] == "2019-01-01"
    assert made["status"] == "executing"
    assert made["case_no"] == "(2018)浙0604执567号"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年1月5日", "2026-01-05"),
        ("2026/1/5", "2026-01-05"),
        ("2026-01-04T16:00:00Z", "2026-01-05"),
        ("20260105", "2026-01-05"),
    ],
)
def test_days_are_read_in_the_zone_of_the_jurisdiction(text: str, day: str) -> None:
    """Four in the afternoon in London is the next day in Shanghai."""
    assert wire(judged("F04", {"filed_on": text}))["payload"]["filed_on"] == day


def test_a_time_without_offset_is_local_in_china_and_utc_elsewhere() -> None:
    """Asia/Shanghai has had one offset since 1991."""
    assert wire(judged("F04", occurred_at="2026-01-05"))["occurred_at"] == "2026-01-05T00:00:00+08:00"
    abroad = judged(
        "F29",
        jurisdiction="GB",
        subject={"scheme": "company_number", "value": "445790"},
        occurred_at="2026-01-05",
    )
    assert wire(abroad)["occurred_at"] == "2026-01-05T00:00:00Z"
    assert abroad.entity == "ent:GB:00445790"


def test_labels_and_percentages_are_read() -> None:
    """冻结 of 股权, and 35.2%."""
    made = wire(judged("F09", {"measure": "冻结", "asset_class": "股权", "stage": "保全"}))["payload"]
    assert (made["measure"], made["asset_class"], made["stage"]) == ("freeze", "equity", "preservation")
    assert wire(judged("F27", {"ratio": "35.2%"}))["payload"]["ratio"] == 0.352
    assert wire(judged("F16", {"notice_period": "2025年四季度"}))["payload"]["notice_period"] == "2025Q4"
    assert wire(judged("F16", {"notice_period": "2025年下半年"}))["payload"]["notice_period"] == "2025H2"
    assert wire(judged("F16", {"notice_period": "2025年3月"}))["payload"]["notice_period"] == "2025-03"


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


def test_what_must_not_be_trusted_or_kept_is_dropped() -> None:
    """The source's own days overdue, and a judge's name."""
    assert "days_overdue" not in wire(judged("F15", {"days_overdue": 99}))["payload"]
    assert "judge" not in wire(judged("F01", {"judge": "王法官"}))["payload"]


def test_counterparties_are_resolved_in_the_jurisdiction_of_the_record() -> None:
    """A bare code becomes an entity id, so the graph has one node per firm."""
    made = wire(judged("F26", {"guarantor": FIRM, "debtor": OTHER, "creditor": "绍兴银行股份有限公司"}))[
        "payload"
    ]
    assert (made["guarantor"], made["debtor"]) == (f"ent:CN-330604:{FIRM}", f"ent:CN-330604:{OTHER}")
    assert made["creditor"].startswith("ent:CN-330604:name-")


def test_court_code_and_kind_of_case_follow_from_the_number() -> None:
    """When the source does not say."""
    made = wire(judged("F01", {"court_code": None, "case_type": None}))["payload"]
    assert (made["court_code"], made["case_type"]) == ("浙0604", "civil")


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


def test_a_manual_entry_holds_the_canonical_payload_of_its_feed() -> None:
    """Labels inside are read too, its flags count, and its key is that of the record entered."""
    entered = {"列入日期": "2026年1月5日", "列入原因": "住所失联", "列入机关": "上虞区市场监督管理局"}
    made = wire(judged("F32", {"record": entered}))["payload"]
    assert made["record"] == {"put_on": "2026-01-05", "reason": 4, "authority": "上虞区市场监督管理局"}
    assert natural_key("F32", made, "e") == "F22|e|2026-01-05|4"
    flagged = judged(
        "F32", {"feed": "F15", "record": {**example_record("F15")["payload"], "estimated": True}}
    )
    assert flagged.flags == (Flag.ESTIMATED_READING,)


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


def test_a_field_given_twice_with_different_values_is_refused() -> None:
    """Once under each of its names; the same value twice is no contradiction."""
    assert judged("F04", {"caseCode": "(2026)浙0604执99号"}).reason is Reason.INVALID_FIELD
    assert judged("F04", {"caseCode": "(2026)浙0604执12号"}).kind == "accepted"


def test_a_wrong_value_in_a_message_never_shows_a_resident_number() -> None:
    """Dead letters are read by operators."""
    outcome = judged("F04", {"case_no": "360426199101010071"})
    assert outcome.reason is Reason.INVALID_CASE_NUMBER
    assert "19910101" not in outcome.detail


def test_a_leap_day_has_an_anniversary() -> None:
    """29 February plus one year is 1 March."""
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)
