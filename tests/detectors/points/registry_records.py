"""Records of the registry points. Dates are ISO days, amounts yuan."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import money, record

OFFICE = "绍兴市上虞区市场监督管理局"


def abnormal(day: str, reason: int, removed: str | None = None, **more: Any) -> Record:
    """F22, a listing."""
    payload: dict[str, Any] = {"put_on": day, "reason": reason, "authority": OFFICE}
    if removed is not None:
        payload["removed_on"] = removed
        more = {"version": 2, "op": "close", "observed": removed, **more}
    return record("F22", f"abnormal-{day}-{reason}", day, payload, **more)


def serious(day: str, removed: str | None = None, **more: Any) -> Record:
    """F23, a listing."""
    payload: dict[str, Any] = {"put_on": day, "authority": OFFICE}
    if removed is not None:
        payload["removed_on"] = removed
        more = {"version": 2, "op": "close", "observed": removed, **more}
    return record("F23", more.pop("rid", f"serious-{day}"), day, payload, **more)


def state(day: str, status: str, **more: Any) -> Record:
    """F25, a state of existence."""
    payload = {"item": "status", "changed_on": day, "status": status, **more.pop("fields", {})}
    return record("F25", f"status-{day}", day, payload, **more)


def change(
    day: str, item: str, before: float | None = None, after: float | None = None, **more: Any
) -> Record:
    """F25, a change of an item; amounts for those of capital."""
    payload: dict[str, Any] = {"item": item, "changed_on": day}
    if before is not None and after is not None:
        payload |= {"before_amount": money(before), "after_amount": money(after)}
    return record("F25", f"{item}-{day}", day, payload, **more)


def penalty(n: int, day: str, fine: float | None = None, **more: Any) -> Record:
    """F24; ``fields`` are further payload fields."""
    payload: dict[str, Any] = {
        "decision_no": f"decision-{n}",
        "decided_on": day,
        "authority": OFFICE,
        "licence_action": more.pop("licence", "none"),
        **more.pop("fields", {}),
    }
    if fine is not None:
        payload["fine"] = money(fine)
    return record("F24", f"decision-{n}", day, payload, **more)


def tax_abnormal(day: str, released: str | None = None) -> Record:
    """F17, a tax-abnormal household."""
    payload: dict[str, Any] = {
        "taxpayer_id": "1",
        "event": "listed",
        "listed_on": day,
        "authority": "上虞区税务局",
    }
    if released is not None:
        payload["released_on"] = released
    return record("F17", f"abnormal-household-{day}", day, payload)
