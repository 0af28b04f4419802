"""The real-estate register's journal: a database table that only grows, one row per version of a record."""

from datetime import date, timedelta
from typing import Any, Final

from streams.district.codes import break_uscc
from streams.district.formats.court import beat_mapping
from streams.district.statement import SOURCES, Almanac, Statement

TABLE: Final = "right_journal"
_COMMON: Final = (
    "biz_type",
    "op",
    "version",
    "record_no",
    "credit_code",
    "company_name",
    "occurred_on",
    "valid_until",
)
_SEIZURE: Final = (
    "measure", "stage", "asset_class", "asset_ref", "order_no", "notice_no", "authority", "amount_limit",
    "date_from", "date_to", "rank_no", "lifted_on", "lift_reason",
)  # fmt: skip
_MORTGAGE: Final = (
    "cert_no", "kind", "unit_no", "location", "owner", "mortgagor", "mortgagee", "secured_principal",
    "registered_at", "debt_from", "debt_to", "cancelled_on", "cancel_reason",
)  # fmt: skip
COLUMNS: Final = (*_COMMON, *_SEIZURE, *_MORTGAGE, "asset_value", "updated_at")
"""Columns beside ``seq``, the number that grows; all text, empty ones NULL."""

_BUSINESS: Final = {"F09": "查封登记", "F12": "不动产登记"}
_OPS: Final = {"assert": "登簿", "amend": "更正", "close": "注销", "retract": "撤销"}
_MEASURES: Final = {"seal": "查封", "freeze": "冻结", "seizure": "扣押", "deduction": "扣划"}
_STAGES: Final = {"preservation": "诉讼保全", "enforcement": "强制执行"}
_ASSETS: Final = {"real_estate": "不动产", "bank_account": "银行账户"}
_KINDS: Final = {"first": "首次登记", "mortgage": "抵押权登记"}

Cells = dict[str, str | None]


def row(said: Statement, almanac: Almanac) -> Cells:
    """One row of the journal."""
    cells: Cells = dict.fromkeys(COLUMNS)
    cells.update(
        biz_type=_BUSINESS[said.feed],
        op=_OPS[said.op],
        version=str(said.version),
        record_no=said.record_id,
        credit_code=said.firm.uscc,
        company_name=said.firm.name,
        occurred_on=almanac.iso(said.occurred),
        valid_until=None if said.valid_to is None else almanac.iso(said.valid_to),
        updated_at=almanac.stamp(said.at),
        **(_seizure(said.payload) if said.feed == "F09" else _mortgage(said.payload)),
    )
    value = said.payload.get("asset_value")
    cells["asset_value"] = None if value is None else value["amount"]
    return cells


def _seizure(payload: dict[str, Any]) -> Cells:
    return {
        "measure": _MEASURES[payload["measure"]],
        "stage": _STAGES[payload["stage"]],
        "asset_class": _ASSETS[payload["asset_class"]],
        "amount_limit": payload["amount_limit"]["amount"],
        "date_from": payload["from"],
        "date_to": payload["to"],
        "rank_no": str(payload["sequence"]),
        **{
            name: payload.get(name)
            for name in ("asset_ref", "order_no", "notice_no", "authority", "lifted_on", "lift_reason")
        },
    }


def _mortgage(payload: dict[str, Any]) -> Cells:
    secured = payload.get("secured_principal")
    same = (
        "cert_no",
        "unit_no",
        "location",
        "mortgagor",
        "mortgagee",
        "registered_at",
        "debt_from",
        "debt_to",
    )
    return {
        "kind": _KINDS[payload["kind"]],
        "owner": "、".join(payload["owner"]) if "owner" in payload else None,
        "secured_principal": None if secured is None else secured["amount"],
        **{name: payload.get(name) for name in (*same, "cancelled_on", "cancel_reason")},
    }


def beat(second: int, almanac: Almanac) -> Cells:
    """The entry at the end of the day: nothing more so far."""
    cells: Cells = dict.fromkeys(COLUMNS)
    cells.update(biz_type="心跳", version=str(second + 1), updated_at=almanac.stamp(second))
    return cells


def spoil(cells: Cells, rule: str) -> None:
    """Break a row in place."""
    seizure = cells["biz_type"] == _BUSINESS["F09"]
    if rule == "bad_uscc":
        cells["credit_code"] = break_uscc(cells["credit_code"] or "")
    elif rule == "missing_value":
        cells["notice_no" if seizure else "unit_no"] = None
    elif rule == "unknown_enum":
        cells["asset_class" if seizure else "kind"] = "待核"
    elif rule == "valid_to_before_from":
        cells["valid_until"] = cells["date_to"] = _days_after(cells["date_from"], -30)
    elif rule == "term_too_long":
        cells["valid_until"] = cells["date_to"] = _days_after(cells["date_from"], 5 * 365)
    elif rule == "asset_unidentified":
        cells["asset_ref"] = None


def _days_after(day: str | None, days: int) -> str:
    return (date.fromisoformat(day or "") + timedelta(days=days)).isoformat()


def mappings() -> list[dict[str, Any]]:
    """How a connector reads the journal."""
    beat_row = {"column": "biz_type", "equals": "心跳"}
    beats = beat_mapping(SOURCES["property"], beat_row, version="version", moment="updated_at")
    return [_seizure_mapping(), _mortgage_mapping(), beats]


def _envelope(feed: str) -> dict[str, Any]:
    return {
        "feed": feed,
        "when": {"column": "biz_type", "equals": _BUSINESS[feed]},
        "record_id": "{record_no}",
        "version": {"column": "version"},
        "op": {"column": "op", "values": {label: op for op, label in _OPS.items()}},
        "subject": {"scheme": "uscc", "value": {"column": "credit_code"}, "name": {"column": "company_name"}},
        "occurred_at": {"column": "occurred_on"},
        "observed_at": {"column": "updated_at"},
        "valid_from": {"column": "occurred_on"},
        "valid_to": {"column": "valid_until"},
    }


def _coded(column: str, labels: dict[str, str]) -> dict[str, Any]:
    return {"column": column, "values": {label: code for code, label in labels.items()}}


def _yuan(column: str) -> dict[str, str]:
    return {"column": column, "unit": "元", "currency": "CNY"}


def _seizure_mapping() -> dict[str, Any]:
    mapping = _envelope("F09")
    mapping["evidence"] = {"doc_no": {"column": "order_no"}}
    mapping["payload"] = {
        "measure": _coded("measure", _MEASURES),
        "stage": _coded("stage", _STAGES),
        "asset_class": _coded("asset_class", _ASSETS),
        **{name: name for name in ("asset_ref", "order_no", "notice_no", "authority")},
        "amount_limit": _yuan("amount_limit"),
        "asset_value": _yuan("asset_value"),
        "from": "date_from",
        "to": "date_to",
        "sequence": {"column": "rank_no"},
        "lifted_on": "lifted_on",
        "lift_reason": "lift_reason",
    }
    return mapping


def _mortgage_mapping() -> dict[str, Any]:
    mapping = _envelope("F12")
    mapping["payload"] = {
        "kind": _coded("kind", _KINDS),
        "owner": {"column": "owner", "split": "、"},
        "secured_principal": _yuan("secured_principal"),
        "asset_value": _yuan("asset_value"),
        **{
            name: name
            for name in (
                "cert_no", "unit_no", "location", "mortgagor", "mortgagee", "registered_at", "debt_from", "debt_to",
                "cancelled_on", "cancel_reason",
            )
        },
    }  # fmt: skip
    return mapping
