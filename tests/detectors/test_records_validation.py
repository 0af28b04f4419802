"""Each rule of validation, broken on purpose: the reason or the flag, and the sentence that goes with it."""

from typing import Any

import pytest

from detectors.records.reasons import QUALITY, Flag, Reason
from detectors.records.validation import validate
from tests.detectors.examples import FIRM
from tests.detectors.validated import NOW, judged, wire

PERSON = "360426199101010071"
HARD = [
    (
        "F04",
        {},
        {"schema": "F34/1.0"},
        Reason.UNKNOWN_SCHEMA,
        "schema must be F01/1.x to F33/1.x or F35/1.x, got 'F34/1.0'",
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
    (
        "F04",
        {},
        {"record_id": f"x|{PERSON}"},
        Reason.PERSONAL_ID_IN_CLEAR,
        "record_id: a resident number in clear",
    ),
    ("F04", {}, {"evidence": {"doc_no": PERSON}}, Reason.PERSONAL_ID_IN_CLEAR, "evidence.doc_no: "),
    (
        "F04",
        {},
        {"subject": {"scheme": "local", "value": PERSON}},
        Reason.PERSONAL_ID_IN_CLEAR,
        "subject.value: ",
    ),
    ("F27", {"from": f"ent:CN:{PERSON}"}, {}, Reason.PERSONAL_ID_IN_CLEAR, "payload.from: "),
    ("F04", {}, {"record_id": "a\ud800"}, Reason.INVALID_FIELD, "record_id: input should be a valid string"),
    (
        "F04",
        {},
        {"evidence": {"url": "a\ud800"}},
        Reason.INVALID_FIELD,
        "evidence.url: input should be a valid",
    ),
    ("F26", {"debtor": "甲\ud800"}, {}, Reason.INVALID_FIELD, "payload.debtor: "),
    ("F04", {}, {"observed_at": "2026-01-07T12:00:01Z"}, Reason.FUTURE_EVENT, "observed_at: a capture is"),
    (
        "F04",
        {"filed_on": "0001-01-01T00:00:00+14:00"},
        {},
        Reason.INVALID_FIELD,
        "a day lies in the years 1600 to 2999",
    ),
    (
        "F04",
        {},
        {"occurred_at": "0001-01-01T00:00:00Z"},
        Reason.INVALID_FIELD,
        "a time lies between the years",
    ),
    (
        "F02",
        {"start_at": "9999-12-31T23:59:59-12:00"},
        {},
        Reason.INVALID_FIELD,
        "a time lies between the years",
    ),
    ("F19", {"period": "9999-12"}, {}, Reason.INVALID_FIELD, "payload.period: "),
    ("F15", {"period": "2026-01-31/2026-02-30"}, {}, Reason.INVALID_FIELD, "real days, got"),
    ("F15", {"period": "2026-01-31/2026-01-01"}, {}, Reason.INTERVAL_REVERSED, "a period ends on 2026-01-01"),
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
