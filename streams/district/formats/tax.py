"""The tax bureau's bulletin: JSON lines with Chinese keys, one object per firm, tax and period (F16)."""

from typing import Any, Final

from streams.district.codes import break_uscc
from streams.district.formats.court import OPS, beat_mapping
from streams.district.statement import SOURCES, Almanac, Statement

Cells = dict[str, str]
_OPS: Final = {**OPS, "close": "缴清"}


def row(said: Statement, almanac: Almanac) -> Cells:
    """One line of the bulletin."""
    payload = said.payload
    cells = {
        "类别": "欠税公告",
        "操作": _OPS[said.op],
        "版本": str(said.version),
        "纳税人识别号": said.firm.uscc,
        "纳税人名称": said.firm.name,
        "税种": payload["tax_type"],
        "所属期": payload["notice_period"],
        "主管税务机关": payload["authority"],
        "欠税余额": payload["balance"]["amount"] + "元",
        "本期新增": payload["newly_arisen"]["amount"] + "元",
        "公告日期": payload["published_on"],
        "公告文号": said.doc_no,
        "采集时间": almanac.stamp(said.at),
    }
    if "paid_on" in payload:
        cells["缴清日期"] = payload["paid_on"]
    return cells


def beat(second: int, almanac: Almanac) -> Cells:
    """The last line of a week."""
    return {"类别": "心跳", "版本": str(second + 1), "采集时间": almanac.stamp(second)}


def spoil(cells: Cells, rule: str) -> None:
    """Break a line in place; ``half_line`` is done by the writer of the file."""
    if rule == "bad_uscc":
        cells["纳税人识别号"] = break_uscc(cells["纳税人识别号"])
    elif rule == "amount_without_unit":
        cells["欠税余额"] = cells["欠税余额"].removesuffix("元")
    elif rule == "missing_value":
        del cells["所属期"]
    elif rule == "unknown_enum":
        cells["税种"] = "娱乐税"
    elif rule == "balance_below_new":
        cells["本期新增"] = f"{float(cells['欠税余额'].removesuffix('元')) * 2:.2f}元"


def mappings() -> list[dict[str, Any]]:
    """How a connector reads the bulletin."""
    beats = beat_mapping(
        SOURCES["tax"], {"column": "类别", "equals": "心跳"}, version="版本", moment="采集时间"
    )
    notice = {
        "feed": "F16",
        "when": {"column": "类别", "equals": "欠税公告"},
        "record_id": "{纳税人识别号}|{税种}|{所属期}|{主管税务机关}",
        "version": {"column": "版本"},
        "op": {"column": "操作", "values": {label: op for op, label in _OPS.items()}},
        "subject": {"scheme": "uscc", "value": {"column": "纳税人识别号"}, "name": {"column": "纳税人名称"}},
        "occurred_at": {"column": "公告日期"},
        "observed_at": {"column": "采集时间"},
        "valid_from": {"column": "公告日期"},
        "valid_to": {"column": "缴清日期"},
        "evidence": {"doc_no": {"column": "公告文号"}},
        "payload": {
            "taxpayer_id": "纳税人识别号",
            "tax_type": "税种",
            "notice_period": "所属期",
            "authority": "主管税务机关",
            "balance": "欠税余额",
            "newly_arisen": "本期新增",
            "published_on": "公告日期",
            "paid_on": "缴清日期",
        },
    }
    return [notice, beats]
