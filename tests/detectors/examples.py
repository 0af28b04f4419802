"""A valid, minimal, canonical record of every feed, with synthetic identifiers; as it stands on the wire."""

from copy import deepcopy
from typing import Any

FIRM = "91330604MA0000015G"
OTHER = "91330604MA0000023B"
COURT = "绍兴市上虞区人民法院"
TAX_OFFICE = "国家税务总局绍兴市上虞区税务局"


def _cny(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


def _ent(code: str) -> str:
    return f"ent:CN-330604:{code}"


PAYLOADS: dict[str, dict[str, Any]] = {
    "F01": {
        "case_no": "(2026)浙0604民初12号",
        "court_name": COURT,
        "court_code": "浙0604",
        "filed_on": "2026-01-05",
        "case_type": "civil",
        "role": "defendant",
        "parties": [{"name": "绍兴原告有限公司", "role": "plaintiff", "kind": "org"}],
        "claim_amount": _cny("800000.00"),
    },
    "F02": {
        "case_no": "(2026)浙0604民初12号",
        "court": COURT,
        "start_at": "2026-02-10T09:00:00+08:00",
        "parties": [{"name": "绍兴原告有限公司", "kind": "org"}],
    },
    "F03": {
        "case_no": "(2026)浙0604民初12号",
        "doc_type": "judgment",
        "judged_on": "2026-01-05",
        "parties": [{"name": "绍兴原告有限公司", "kind": "org"}],
    },
    "F04": {
        "case_no": "(2026)浙0604执12号",
        "exec_court": COURT,
        "filed_on": "2026-01-05",
        "exec_amount": _cny("2000000.00"),
        "status": "executing",
    },
    "F05": {
        "case_no": "(2026)浙0604执12号",
        "court": COURT,
        "filed_on": "2026-01-05",
        "published_on": "2026-01-05",
        "performance": "none",
        "conduct_code": 1,
        "type": 1,
    },
    "F06": {
        "case_no": "(2026)浙0604执12号",
        "court": COURT,
        "filed_on": "2026-01-05",
        "restricted_name": "张某某",
        "restricted_id": "0123456789abcdef",
        "capacity": "legal_rep",
    },
    "F07": {
        "case_no": "(2025)浙0604执12号",
        "court": COURT,
        "filed_on": "2025-09-05",
        "terminated_on": "2026-01-05",
        "exec_amount": _cny("2000000.00"),
        "unperformed_amount": _cny("1900000.00"),
    },
    "F08": {"case_no": "(2026)浙0604破申3号", "event": "application"},
    "F09": {
        "measure": "seal",
        "stage": "enforcement",
        "asset_class": "real_estate",
        "asset_ref": "330604001001GB00001F00010001",
        "notice_no": "(2026)浙0604执12号协执1",
        "authority": COURT,
        "from": "2026-01-05",
        "to": "2029-01-04",
        "sequence": 1,
    },
    "F10": {
        "platform": "platform-1",
        "lot_id": "lot-1",
        "round": "1",
        "asset_class": "real_estate",
        "court": COURT,
        "starts_at": "2026-02-10T10:00:00+08:00",
        "status": "announced",
    },
    "F11": {
        "reg_no": "00000000000000000001",
        "security_type": "movable_mortgage",
        "secured_party": [],
        "grantor": [],
        "reg_on": "2026-01-05",
        "changes": [],
        "status": "active",
    },
    "F12": {
        "cert_no": "浙(2026)绍兴市上虞区不动产证明第0000001号",
        "kind": "mortgage",
        "owner": [],
        "unit_no": "330604001001GB00001F00010001",
        "secured_principal": _cny("5000000.00"),
        "registered_at": "2026-01-05T10:00:00+08:00",
    },
    "F13": {"reg_no": "A-1", "target": _ent(OTHER), "reg_on": "2026-01-05", "state": "valid"},
    "F14": {
        "notice_no": "n-1",
        "executed_person": _ent(FIRM),
        "target": _ent(OTHER),
        "court": COURT,
        "matter": "freeze",
        "published_on": "2026-01-05",
    },
    "F15": {
        "utility": "electricity",
        "provider_id": "sgcc-shangyu",
        "account_no": "3306040000001",
        "event": "bill",
        "period": "2025-12",
        "amount_due": _cny("12345.60"),
        "due_on": "2026-01-05",
    },
    "F16": {
        "taxpayer_id": FIRM,
        "tax_type": "增值税",
        "notice_period": "2025Q4",
        "authority": TAX_OFFICE,
        "balance": _cny("150000.00"),
        "newly_arisen": _cny("50000.00"),
    },
    "F17": {"taxpayer_id": FIRM, "event": "listed", "listed_on": "2026-01-05", "authority": TAX_OFFICE},
    "F18": {"decision_no": "d-1", "category_code": 1, "authority": TAX_OFFICE, "published_on": "2026-01-05"},
    "F19": {"insurance": "pension", "period": "2025-12", "insured_count": 42, "owed": _cny("0.00")},
    "F20": {"decision_no": "d-2", "event": "complaint", "authority": "上虞区人力资源和社会保障局"},
    "F21": {
        "lender_id": "bank-1",
        "contract_no": "c-1",
        "as_of": "2026-01-05",
        "principal_overdue_days": 0,
        "collateral_refs": [],
        "guarantee_refs": [],
    },
    "F22": {"put_on": "2026-01-05", "reason": 1, "authority": "绍兴市上虞区市场监督管理局"},
    "F23": {"put_on": "2026-01-05", "authority": "绍兴市上虞区市场监督管理局"},
    "F24": {
        "decision_no": "d-3",
        "decided_on": "2026-01-05",
        "authority": "绍兴市上虞区市场监督管理局",
        "licence_action": "none",
    },
    "F25": {"item": "status", "changed_on": "2026-01-05", "status": "suspended"},
    "F26": {
        "contract_no": "g-1",
        "guarantor": _ent(FIRM),
        "debtor": _ent(OTHER),
        "way": "joint_guarantee",
        "principal": _cny("3000000.00"),
    },
    "F27": {"from": _ent(FIRM), "to": _ent(OTHER), "from_kind": "org", "type": "shareholder", "ratio": 0.35},
    "F28": {
        "cert_no": "(2026)浙虞证执字第1号",
        "kind": "execution_certificate",
        "parties": [],
        "issued_on": "2026-01-05",
    },
    "F29": {"name": "绍兴上虞测试有限公司", "former_names": [], "status": "active", "size_class": "small"},
    "F30": {"period": "2025", "basis": "declared", "revenue": _cny("9000000.00")},
    "F31": {
        "objection_id": "o-1",
        "complainant": _ent(FIRM),
        "targets": ["r-1"],
        "ground": "not_mine",
        "evidence": [],
        "received_at": "2026-01-05T10:00:00+08:00",
        "state": "received",
    },
    "F32": {
        "feed": "F22",
        "record": {"put_on": "2026-01-05", "reason": 4, "authority": "绍兴市上虞区市场监督管理局"},
        "entered_by": "staff-1",
        "approved_by": "staff-2",
        "doc_scan_sha256": "0" * 64,
        "reason": "来函登记",
    },
    "F33": {"cycle_seconds": 86400},
    "F35": {
        "outlet": "news.example.com",
        "article": "https://news.example.com/2026/01/05/1.html",
        "published_at": "2026-01-05T09:30:00+08:00",
        "polarity": "negative",
        "confidence": 0.91,
        "original": "https://agency.example.com/8812",
        "original_outlet": "agency.example.com",
    },
}


def example_record(feed: str) -> dict[str, Any]:
    """A fresh canonical record of ``feed``; validation accepts it without a flag and changes nothing in it."""
    record: dict[str, Any] = {
        "schema": f"{feed}/1.0",
        "source_id": "cn.330604.example",
        "record_id": f"{feed}-1",
        "version": 1,
        "op": "assert",
        "jurisdiction": "CN-330604",
        "subject": {"scheme": "uscc", "value": FIRM, "name": "绍兴上虞测试有限公司", "role": ""},
        "entity": _ent(FIRM),
        "occurred_at": "2026-01-05T00:00:00+08:00",
        "observed_at": "2026-01-06T02:00:00+08:00",
        "visibility": "public",
        "payload": deepcopy(PAYLOADS[feed]),
        "quality": 1.0,
        "match_confidence": 1.0,
        "flags": [],
    }
    if feed == "F21":
        record |= {"visibility": "authorised", "consent_id": "consent-1"}
    if feed == "F33":
        source = record["source_id"]
        record |= {
            "op": "heartbeat",
            "subject": {"scheme": "source", "value": source, "name": "", "role": ""},
        }
        record["entity"] = f"src:{source}"
    return record
