"""Records of the security points: freezes, pledges, charges, mortgages. Dates are ISO days, amounts yuan."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import FIRM, money, record

COURT = "绍兴市上虞区人民法院"
HOLDER = "ent:CN-330604:91330604MA0000031A"
OTHER_HOLDER = "ent:CN-330604:91330604MA00000401"


def account_order(n: int, day: str, amount: float | None, until: str | None = None, **more: Any) -> Record:
    """F09 on a bank account; ``fields`` are further payload fields."""
    payload: dict[str, Any] = {
        "measure": more.pop("measure", "freeze"),
        "asset_class": "bank_account",
        "asset_ref": more.pop("account", "6228****0001"),
        "notice_no": f"notice-{n}",
        "authority": COURT,
        "from": day,
        **more.pop("fields", {}),
    }
    if until is not None:
        payload["to"] = until
    if amount is not None:
        payload["amount_limit"] = money(amount)
    return record("F09", f"notice-{n}", day, payload, **more)


def accounts(period: str, day: str, **amounts: float) -> Record:
    """F30, figures of a period."""
    payload = {
        "period": period,
        "basis": "declared",
        **{name: money(amount) for name, amount in amounts.items()},
    }
    return record("F30", f"accounts-{period}", day, payload)


def equity_freeze(n: int, day: str, ratio: float | None, **more: Any) -> Record:
    """F14 about the firm's own equity; matter ``freeze`` unless said otherwise."""
    payload: dict[str, Any] = {
        "notice_no": more.pop("notice", f"freeze-{n}"),
        "order_no": more.pop("order", f"order-{n}"),
        "executed_person": more.pop("holder", HOLDER),
        "target": more.pop("target", FIRM),
        "court": more.pop("court", COURT),
        "matter": more.pop("matter", "freeze"),
        "published_on": day,
        **more.pop("fields", {}),
    }
    if ratio is not None:
        payload["ratio"] = ratio
    return record("F14", more.pop("rid", f"freeze-{n}-{payload['matter']}"), day, payload, **more)


def relation(kind: str, ratio: float | None = None, holder: str = HOLDER, **more: Any) -> Record:
    """F27 from a holder to the firm."""
    day = more.pop("day", "2020-01-01")
    payload: dict[str, Any] = {
        "from": holder,
        "to": FIRM,
        "type": kind,
        "valid_from": day,
        **more.pop("fields", {}),
    }
    if ratio is not None:
        payload["ratio"] = ratio
    return record("F27", f"{kind}-{holder}-{day}", day, payload, **more)


def pledge(n: int, day: str, ratio: float | None, **more: Any) -> Record:
    """F13 over the firm's own equity."""
    payload: dict[str, Any] = {"reg_no": f"pledge-{n}", "target": FIRM, "reg_on": day, "state": "valid"}
    payload |= more.pop("fields", {})
    if ratio is not None:
        payload["pledged_ratio"] = ratio
    return record("F13", f"pledge-{n}", day, payload, **more)


def charge(n: int, day: str, amount: float | None, **more: Any) -> Record:
    """F11, a registration over movables or rights."""
    payload: dict[str, Any] = {
        "reg_no": f"charge-{n}",
        "security_type": more.pop("kind", "movable_mortgage"),
        "secured_party": [more.pop("creditor", f"第{n}租赁公司")],
        "reg_on": day,
        "status": "active",
        **more.pop("fields", {}),
    }
    if amount is not None:
        payload["secured_amount"] = money(amount)
    return record("F11", more.pop("rid", f"charge-{n}"), day, payload, **more)


def mortgage(n: int, unit: str, day: str, amount: float, **more: Any) -> Record:
    """F12, a mortgage over a unit."""
    payload: dict[str, Any] = {
        "cert_no": f"mortgage-{n}",
        "kind": "mortgage",
        "unit_no": unit,
        "mortgagee": more.pop("creditor", f"第{n}银行"),
        "secured_principal": money(amount),
        **more.pop("fields", {}),
    }
    return record("F12", f"mortgage-{n}", day, payload, **more)


def suit(n: int, day: str, **more: Any) -> Record:
    """F01 against the firm."""
    case = f"(2026)浙0604民初{n}号"
    payload = {
        "case_no": case,
        "court_name": COURT,
        "filed_on": day,
        "role": more.pop("role", "defendant"),
        "status": more.pop("status", "filed"),
    }
    return record("F01", f"suit-{n}", day, payload, **more)
