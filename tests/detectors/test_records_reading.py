"""How values are read: texts, amounts, days, labels, and the names vendors give them."""

from datetime import date

import pytest

from detectors.records.keys import natural_key
from detectors.records.reasons import Flag, Reason
from detectors.records.seizure import years_after
from detectors.records.validation import validate
from tests.detectors.examples import example_record
from tests.detectors.validated import NOW, judged, wire

OTHER = "91330604MA0000023B"


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


def test_what_must_not_be_trusted_or_kept_is_dropped() -> None:
    """The source's own days overdue, and a judge's name."""
    assert "days_overdue" not in wire(judged("F15", {"days_overdue": 99}))["payload"]
    assert "judge" not in wire(judged("F01", {"judge": "王法官"}))["payload"]


def test_court_code_and_kind_of_case_follow_from_the_number() -> None:
    """When the source does not say."""
    made = wire(judged("F01", {"court_code": None, "case_type": None}))["payload"]
    assert (made["court_code"], made["case_type"]) == ("浙0604", "civil")


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


def test_a_field_given_twice_with_different_values_is_refused() -> None:
    """Once under each of its names; the same value twice is no contradiction."""
    assert judged("F04", {"caseCode": "(2026)浙0604执99号"}).reason is Reason.INVALID_FIELD
    assert judged("F04", {"caseCode": "(2026)浙0604执12号"}).kind == "accepted"


def test_a_leap_day_has_an_anniversary() -> None:
    """29 February plus one year is 1 March."""
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("feed", "given", "becomes"),
    [
        ("F10", {"round": 2}, {"round": "2"}),
        (
            "F11",
            {"pawnList": [{"pawnName": "车床", "ownership": "某厂", "detail": "两台"}]},
            {"collateral": "车床 两台"},
        ),
        ("F13", {"pledgor": {"name": "张三", "id": "3604261991****0071"}}, {"pledgor": "张某"}),
        ("F13", {"equityAmount": "1,500万股"}, {"shares": "1500"}),
        ("F13", {"equityAmount": "500万元"}, {"equity_amount": {"amount": "5000000.00", "currency": "CNY"}}),
        (
            "F14",
            {"executed_person": {"type": 1, "name": "乙公司", "id": OTHER}},
            {"executed_person": f"ent:CN-330604:{OTHER}", "holder_type": 1},
        ),
        ("F16", {"name": "绍兴上虞测试有限公司"}, {"taxpayer_name": "绍兴上虞测试有限公司"}),
        ("F19", {"period": 202601}, {"period": "2026-01"}),
        (
            "F26",
            {"creditoTerm": "2025年1月1日 - 2026年1月1日", "guaranteeTerm": "未约定"},
            {"debt_from": "2025-01-01", "debt_to": "2026-01-01", "guarantee_term": "未约定"},
        ),
        ("F05", {"disrupttypename": "以伪造证据、暴力、威胁等方法妨碍、抗拒执行"}, {"conduct_code": 2}),
        ("F05", {"disrupttypename": "无正当理由拒不履行执行和解协议"}, {"conduct_code": 6}),
        ("F35", {"sentiment": -1}, {"polarity": "negative"}),
    ],
)  # fmt: skip
def test_a_source_may_write_its_own_shape(
    feed: str, given: dict[str, object], becomes: dict[str, object]
) -> None:
    """What vendors and annual reports nest, join into one text or write as a number."""
    record = example_record(feed)
    record["payload"] = {
        name: value for name, value in record["payload"].items() if name not in {*becomes, "collateral"}
    } | given
    made = wire(validate(record, now=NOW))["payload"]
    assert {name: made.get(name) for name in becomes} == becomes


def test_parties_may_come_as_lists_by_role() -> None:
    """A filing as vendors give it: who sues, who is sued, and third parties."""
    record = example_record("F01")
    del record["payload"]["parties"]
    record["payload"] |= {
        "plaintiff": ["乙机械有限公司"],
        "defendant": "甲机械有限公司、张三",
        "third": [{"name": "丙银行股份有限公司"}],
    }
    made = wire(validate(record, now=NOW))["payload"]["parties"]
    assert [(one["name"], one["role"], one["kind"]) for one in made] == [
        ("甲机械有限公司", "defendant", "org"),
        ("张某", "defendant", "person"),
        ("乙机械有限公司", "plaintiff", "org"),
        ("丙银行股份有限公司", "third_party", "org"),
    ]


def test_two_people_of_one_masked_name_are_two() -> None:
    """The owner and the manager of a family firm: lifting the order against one does not lift the other's."""
    record = example_record("F06")
    del record["record_id"]
    keys = set()
    for name, capacity in (("张三", "legal_rep"), ("张四", "actual_controller")):
        record["payload"] |= {"restricted_name": name, "capacity": capacity, "restricted_id": None}
        made = wire(validate(record, now=NOW))
        assert made["payload"]["restricted_name"] == "张某"
        keys.add((made["record_id"], natural_key("F06", made["payload"], made["entity"])))
    assert len(keys) == 2


def test_a_term_without_end_is_a_day_far_off() -> None:
    """Registers write 9999-12-31 (长期); six months later must be a day too."""
    made = wire(judged("F26", {"debt_to": "9999-12-31", "guarantee_to": None}))["payload"]
    assert made["debt_to"] == "2999-12-31"


def test_a_resident_number_is_masked_wherever_a_payload_holds_one() -> None:
    """The taxpayer id of a sole trader is its owner's number; a court writes one into the duty."""
    masked = "360426********0071"
    arrears = judged("F16", {"taxpayer_id": "360426199101010071"})
    assert wire(arrears)["payload"]["taxpayer_id"] == masked
    duty = judged("F05", {"duty": "向张某(360426199101010071)偿还,合同330604202601050012"})
    assert wire(duty)["payload"]["duty"] == f"向张某({masked})偿还,合同330604202601050012"
    assert b"360426199101010071" not in (arrears.wire or b"") + (duty.wire or b"")
