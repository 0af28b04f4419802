"""The court's exchange table: CSV in GB18030 with Chinese headers, one table for F01, F04 and F05."""

from typing import Any, Final

from streams.district.codes import break_uscc
from streams.district.statement import SOURCES, Almanac, Source, Statement
from streams.district.vocabulary import HIGH_COURT

COLUMNS: Final = (
    "业务类型", "操作", "版本", "案号", "法院代码", "法院", "立案日期", "案由", "诉讼地位", "对方当事人", "对方性质",
    "企业名称", "统一社会信用代码", "标的额", "执行标的", "未履行金额", "状态", "执行依据文号", "作出依据单位", "义务",
    "履行情况", "失信情形", "发布日期", "结束日期", "采集时间",
)  # fmt: skip

_BUSINESS: Final = {"F01": "立案", "F04": "被执行人", "F05": "失信被执行人"}
OPS: Final = {"assert": "新增", "amend": "更正", "close": "结案", "retract": "撤销"}
_ROLES: Final = {"defendant": "被告", "plaintiff": "原告"}
_KINDS: Final = {"org": "单位", "person": "自然人"}
_STATUS: Final = {"filed": "已立案", "closed": "已结案", "withdrawn": "已撤诉"}
_EXECUTION: Final = {"executing": "执行中", "concluded": "执行完毕"}
_PERFORMANCE: Final = {"none": "全部未履行", "partial": "部分未履行", "full": "全部已履行"}


def row(said: Statement, almanac: Almanac) -> dict[str, str]:
    """One row; columns that do not concern the kind of business stay empty."""
    payload, firm = said.payload, said.firm
    cells = dict.fromkeys(COLUMNS, "")
    cells.update(
        {
            "业务类型": _BUSINESS[said.feed],
            "操作": OPS[said.op],
            "版本": str(said.version),
            "案号": _wide(payload["case_no"]),
            "立案日期": payload["filed_on"],
            "企业名称": firm.name,
            "统一社会信用代码": firm.uscc,
            "结束日期": "" if said.valid_to is None else almanac.iso(said.valid_to),
            "采集时间": almanac.stamp(said.at),
            **_PARTS[said.feed](payload),
        }
    )
    return cells


def _wide(case_no: str) -> str:
    """Courts write case numbers with full-width brackets."""
    return case_no.replace("(", "（").replace(")", "）")


def _suit(payload: dict[str, Any]) -> dict[str, str]:
    return {
        "法院代码": payload["court_code"],
        "法院": payload["court_name"],
        "案由": payload["cause"],
        "诉讼地位": _ROLES[payload["role"]],
        "对方当事人": payload["parties"][0]["name"],
        "对方性质": _KINDS[payload["parties"][0]["kind"]],
        "标的额": payload["claim_amount"]["amount"] + "元",
        "状态": _STATUS[payload["status"]],
    }


def _enforcement(payload: dict[str, Any]) -> dict[str, str]:
    left = payload.get("unperformed_amount")
    return {
        "法院": payload["exec_court"],
        "执行标的": _wan(payload["exec_amount"]),
        "未履行金额": "" if left is None else _wan(left),
        "状态": _EXECUTION[payload["status"]],
    }


def _dishonest(payload: dict[str, Any]) -> dict[str, str]:
    return {
        "法院": payload["court"],
        "执行依据文号": _wide(payload["basis_doc_no"]),
        "作出依据单位": payload["basis_unit"],
        "义务": payload["duty"],
        "履行情况": _PERFORMANCE[payload["performance"]],
        "失信情形": str(payload["conduct_code"]),
        "发布日期": payload["published_on"],
    }


_PARTS: Final = {"F01": _suit, "F04": _enforcement, "F05": _dishonest}


def _wan(amount: dict[str, str]) -> str:
    """Yuan as 万元, exact."""
    return f"{float(amount['amount']) / 10_000:.6f}"


def beat(second: int, almanac: Almanac) -> dict[str, str]:
    """The last row of a file: all quiet up to here."""
    cells = dict.fromkeys(COLUMNS, "")
    cells.update({"业务类型": "心跳", "版本": str(second + 1), "采集时间": almanac.stamp(second)})
    return cells


def spoil(cells: dict[str, str], rule: str) -> None:
    """Break a row in place; ``half_line`` is done by the writer of the file."""
    if rule == "bad_uscc":
        cells["统一社会信用代码"] = break_uscc(cells["统一社会信用代码"])
    elif rule == "amount_without_unit":
        cells["标的额"] = cells["标的额"].removesuffix("元")
    elif rule == "missing_value":
        cells["案号"] = ""
    elif rule == "unknown_enum":
        cells["履行情况" if cells["业务类型"] == "失信被执行人" else "状态"] = "待核"
    elif rule == "court_mismatch":
        cells["法院"] = HIGH_COURT


def mappings() -> list[dict[str, Any]]:
    """How a connector reads the table."""
    return [_suit_mapping(), _enforcement_mapping(), _dishonest_mapping(), _beat_mapping()]


def _envelope(feed: str, record_id: str, occurred: str) -> dict[str, Any]:
    return {
        "feed": feed,
        "when": {"column": "业务类型", "equals": _BUSINESS[feed]},
        "record_id": record_id,
        "version": {"column": "版本"},
        "op": {"column": "操作", "values": {label: op for op, label in OPS.items()}},
        "subject": {
            "scheme": "uscc",
            "value": {"column": "统一社会信用代码"},
            "name": {"column": "企业名称"},
        },
        "occurred_at": {"column": occurred},
        "observed_at": {"column": "采集时间"},
        "valid_from": {"column": occurred},
        "valid_to": {"column": "结束日期"},
        "evidence": {"doc_no": {"column": "案号"}},
    }


def _coded(column: str, labels: dict[str, str]) -> dict[str, Any]:
    return {"column": column, "values": {label: code for code, label in labels.items()}}


def _suit_mapping() -> dict[str, Any]:
    mapping = _envelope("F01", "{案号}|{统一社会信用代码}|{诉讼地位}", "立案日期")
    role = _coded("诉讼地位", _ROLES)
    mapping["subject"]["role"] = role
    mapping["payload"] = {
        "case_no": "案号",
        "court_name": "法院",
        "court_code": "法院代码",
        "filed_on": "立案日期",
        "case_type": {"const": "civil"},
        "cause": "案由",
        "role": role,
        "parties": [
            {
                "name": "对方当事人",
                "role": {"column": "诉讼地位", "values": {"被告": "plaintiff", "原告": "defendant"}},
                "kind": _coded("对方性质", _KINDS),
            },
            {"name": "企业名称", "role": role, "kind": {"const": "org"}},
        ],
        "claim_amount": "标的额",
        "status": _coded("状态", _STATUS),
        "closed_on": "结束日期",
    }
    return mapping


def _enforcement_mapping() -> dict[str, Any]:
    mapping = _envelope("F04", "{案号}|{统一社会信用代码}", "立案日期")
    mapping["payload"] = {
        "case_no": "案号",
        "exec_court": "法院",
        "name": "企业名称",
        "id": "统一社会信用代码",
        "filed_on": "立案日期",
        "exec_amount": {"column": "执行标的", "unit": "万元", "currency": "CNY"},
        "unperformed_amount": {"column": "未履行金额", "unit": "万元", "currency": "CNY"},
        "status": _coded("状态", _EXECUTION),
    }
    return mapping


def _dishonest_mapping() -> dict[str, Any]:
    mapping = _envelope("F05", "失信|{案号}|{统一社会信用代码}", "发布日期")
    mapping["payload"] = {
        "case_no": "案号",
        "court": "法院",
        "filed_on": "立案日期",
        "published_on": "发布日期",
        "basis_doc_no": "执行依据文号",
        "basis_unit": "作出依据单位",
        "duty": "义务",
        "performance": _coded("履行情况", _PERFORMANCE),
        "conduct_code": "失信情形",
        "removed_on": "结束日期",
        "type": {"const": 1},
    }
    return mapping


def _beat_mapping() -> dict[str, Any]:
    return beat_mapping(
        SOURCES["court"], {"column": "业务类型", "equals": "心跳"}, version="版本", moment="采集时间"
    )


def beat_mapping(source: Source, when: dict[str, Any], *, version: str, moment: str) -> dict[str, Any]:
    """How a connector reads the sign of life in a department's table (F33)."""
    return {
        "feed": "F33",
        "when": when,
        "record_id": {"const": f"pulse|{source.source_id}"},
        "version": {"column": version},
        "op": {"const": "heartbeat"},
        "subject": {"scheme": "source", "value": {"const": source.source_id}},
        "occurred_at": {"column": moment},
        "observed_at": {"column": moment},
        "payload": {"cycle_seconds": {"const": source.cycle_seconds}, "watermark": moment},
    }
