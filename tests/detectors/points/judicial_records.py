"""Court records of the firm, in short hand."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import FIRM, money
from tests.detectors.points.vectors import rec

BANK, LESSOR, TRADER = "上虞某某银行股份有限公司", "浙江某某融资租赁有限公司", "绍兴某某贸易有限公司"


def suit(n: int, day: str, claim: float | None = None, by: str = "", **more: Any) -> Record:
    """F01, the n-th civil case, with the firm as defendant; ``by`` names the plaintiff."""
    case = more.pop("case", f"(2026)浙0604民初{n}号")
    record = {
        name: more.pop(name) for name in ("version", "op", "observed", "source_id", "quality") if name in more
    }
    payload = {
        "case_no": case,
        "filed_on": day,
        "case_type": "civil",
        "role": "defendant",
        "parties": [{"name": by, "kind": "org", "role": "plaintiff"}] if by else [],
        **more,
    }
    if claim is not None:
        payload["claim_amount"] = money(claim)
    return rec("F01", f"suit-{case}", day, payload, **record)


def labour(n: int, day: str, **more: Any) -> Record:
    """F01 over labour."""
    return suit(1000 + n, day, cause="追索劳动报酬纠纷", **more)


def preservation_case(n: int, day: str, claim: float | None = None, **more: Any) -> Record:
    """F01 of type 财保, with the firm as respondent."""
    values = {"case": f"(2026)浙0604财保{n}号", "case_type": "preservation", "role": "respondent", **more}
    return suit(n, day, claim, **values)


def judgment(n: int, day: str, *, pays: float | None = None, by: str | None = None, **more: Any) -> Record:
    """F03 on the n-th civil case: what the firm must pay, and until when."""
    record = {name: more.pop(name) for name in ("version", "op", "observed") if name in more}
    case = f"(2026)浙0604民初{n}号"
    payload = {"case_no": case, "doc_type": "judgment", "judged_on": day, **more}
    if pays is not None:
        payload["obligation_amount"] = money(pays)
    if by is not None:
        payload["perform_by"] = by
    return rec("F03", f"judgment-{n}", day, payload, **record)


def certificate(n: int, day: str, role: str = "debtor", **more: Any) -> Record:
    """F28, an execution certificate."""
    record = {name: more.pop(name) for name in ("version", "op", "observed") if name in more}
    kind = more.pop("kind", "execution_certificate")
    payload = {"cert_no": f"(2026)浙虞证执字第{n}号", "kind": kind, "role": role, "issued_on": day, **more}
    return rec("F28", f"cert-{n}", day, payload, **record)


def preserved(n: int, day: str, limit: float | None = None, **more: Any) -> Record:
    """F09 at the stage of preservation, on a bank account."""
    record = {name: more.pop(name) for name in ("version", "op", "observed") if name in more}
    payload = {
        "measure": "freeze",
        "stage": "preservation",
        "asset_class": "bank_account",
        "asset_ref": f"account-{n}",
        "notice_no": f"notice-{n}",
        "authority": "绍兴市上虞区人民法院",
        "from": day,
        "to": "2026-12-31",
        **more,
    }
    if limit is not None:
        payload["amount_limit"] = money(limit)
    return rec("F09", f"notice-{n}", day, payload, **record)


def restriction(n: int, day: str, capacity: str, **more: Any) -> Record:
    """F06 in the n-th enforcement case."""
    record = {name: more.pop(name) for name in ("version", "op", "observed") if name in more}
    case = f"(2026)浙0604执{n}号"
    payload = {"case_no": case, "published_on": day, "capacity": capacity, "restricted_id": PERSON, **more}
    return rec("F06", f"restriction-{n}", day, payload, **record)


PERSON = "0123456789abcdef"


def leads(day: str, until: str | None = None, **more: Any) -> Record:
    """F27: the person of :func:`restriction` is legal representative of the firm."""
    payload = {
        "from": f"ent:CN:{PERSON}",
        "to": FIRM,
        "from_kind": "person",
        "type": "legal_rep",
        "valid_from": day,
    }
    if until is not None:
        payload["valid_to"] = until
    return rec("F27", "relation", day, payload, **more)


def terminated(n: int, day: str, unperformed: float = 1_900_000, **more: Any) -> Record:
    """F07, the n-th enforcement case."""
    record = {
        name: more.pop(name) for name in ("version", "op", "observed", "match_confidence") if name in more
    }
    payload = {
        "case_no": f"(2025)浙0604执{n}号",
        "terminated_on": day,
        "exec_amount": money(2_000_000),
        "unperformed_amount": money(unperformed),
        **more,
    }
    return rec("F07", f"terminated-{n}", day, payload, **record)


def lot(n: int, day: str, status: str = "announced", *, worth: float | None = 100_000, **more: Any) -> Record:
    """F10: a vehicle whose bidding starts on ``starts`` (2026-03-01)."""
    record = {name: more.pop(name) for name in ("version", "op", "observed") if name in more}
    round_ = more.pop("round", "1")
    payload = {
        "platform": "p",
        "lot_id": f"lot-{n}",
        "round": round_,
        "asset_class": more.pop("asset", "vehicle"),
        "announced_on": day,
        "starts_at": f"{more.pop('starts', '2026-03-01')}T10:00:00+08:00",
        "status": status,
        **more,
    }
    if worth is not None:
        payload["appraisal"] = money(worth)
    return rec("F10", f"lot-{n}-{round_}", day, payload, **record)


def insolvency(case: str, day: str, event: str, **more: Any) -> Record:
    """F08; the record id is the case unless given, as one source changes its record and another adds one."""
    names = ("version", "op", "observed", "entity", "jurisdiction")
    record = {name: more.pop(name) for name in names if name in more}
    return rec("F08", more.pop("record_id", case), day, {"case_no": case, "event": event, **more}, **record)
