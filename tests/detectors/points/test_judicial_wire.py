"""What the judicial and labour points read is what the contracts let through, in the words of the sources."""

from datetime import UTC, datetime
from typing import Any

import pytest

from detectors import record as wire
from detectors.record import Record
from detectors.records.validation import validate
from tests.detectors.examples import COURT, example_record
from tests.detectors.points.vectors import judged

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_CASE = "(2026)浙0604执12号"
_CERT = "(2026)浙虞证执字第1号"


def _accepted(feed: str, payload: dict[str, Any]) -> Record:
    raw = example_record(feed)
    raw["payload"] = payload
    outcome = validate(raw, now=NOW)
    assert outcome.wire is not None, outcome.detail
    return wire.decode(outcome.wire)


@pytest.mark.parametrize(("bank", "level"), [("上虞某某银行股份有限公司", 2), ("绍兴某某贸易有限公司", 0)])
def test_a_filing_in_the_words_of_the_court_tells_a_lender_by_name(bank: str, level: int) -> None:
    filing = {
        "案号": "（2026）浙0604民初12号",
        "法院名称": COURT,
        "立案日期": "2026年1月5日",
        "案由": "金融借款合同纠纷",
        "诉讼地位": "被告",
        "当事人": [{"名称": bank, "诉讼地位": "原告"}],
    }
    assert judged([_accepted("F01", filing)], "2026-01-10").verdicts["WP-04"].level == level


def test_an_enforcement_names_the_certificate_it_rests_on() -> None:
    """执行依据文号 of the court is the number of the notary's certificate."""
    certificate = {
        "公证书编号": _CERT,
        "公证类别": "执行证书",
        "当事人地位": "债务人",
        "issued_on": "2026-01-02",
    }
    case = {
        "案号": _CASE,
        "执行法院": COURT,
        "立案日期": "2026-01-05",
        "执行标的": {"amount": "20", "unit": "万元", "currency": "CNY"},
        "执行依据文号": _CERT,
    }
    records = [_accepted("F28", certificate), _accepted("F04", case)]
    assert [judged(records[:n], "2026-01-10").verdicts["WP-05"].level for n in (1, 2)] == [2, 3]


def test_arrears_of_insurance_end_on_the_day_they_are_made_good() -> None:
    month = {
        "险种": "养老保险",
        "所属期": "2025-11",
        "应缴金额": {"amount": "900.00", "currency": "CNY"},
        "实缴金额": {"amount": "900.00", "currency": "CNY"},
        "缴清日期": "2026-01-20",
    }
    records = [_accepted("F19", month)]
    states = [judged(records, day).verdicts["WP-36"].state for day in ("2026-01-19", "2026-01-20")]
    assert states == ["fired", "residual"]
