"""Labour records of the firm, in short hand."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import money
from tests.detectors.points.vectors import rec


def insured(
    month: str,
    *,
    count: int | None = None,
    due: float | None = None,
    paid: float | None = None,
    owed: float | None = None,
    kind: str = "pension",
    **more: Any,
) -> Record:
    """F19 for one month (or year), stated on its 28th (or 20 June of the next year)."""
    record = {name: more.pop(name) for name in ("version", "op", "observed") if name in more}
    day = f"{month}-28" if len(month) == 7 else f"{int(month) + 1}-06-20"
    payload: dict[str, Any] = {"insurance": kind, "period": month, **more}
    if count is not None:
        payload["insured_count"] = count
    for name, amount in (("due", due), ("paid", paid), ("owed", owed)):
        if amount is not None:
            payload[name] = money(amount)
    return rec("F19", f"{kind}-{month}", day, payload, **record)


def staff(first: str, *counts: int | None, kind: str = "pension") -> list[Record]:
    """Headcounts of months in a row; None for a month without a record."""
    year, month = int(first[:4]), int(first[5:])
    months = [f"{year + (month - 1 + n) // 12}-{(month - 1 + n) % 12 + 1:02d}" for n in range(len(counts))]
    return [
        insured(on, count=count, kind=kind)
        for on, count in zip(months, counts, strict=True)
        if count is not None
    ]


def wages(n: int, day: str, event: str, workers: int | None = None, **more: Any) -> Record:
    """F20, the n-th matter; the record id is the matter unless given."""
    record = {name: more.pop(name) for name in ("version", "op", "observed") if name in more}
    payload: dict[str, Any] = {"decision_no": f"d-{n}", "event": event, "authority": "上虞区人社局", **more}
    if workers is not None:
        payload["workers"] = workers
    record_id = payload.pop("record_id", f"wages-{n}")
    return rec("F20", record_id, day, payload, **record)


def status(value: str, day: str, **more: Any) -> Record:
    """F25, a change of the state of existence."""
    return rec("F25", f"status-{day}", day, {"item": "status", "changed_on": day, "status": value, **more})
