"""Short hands for records of the utilities and the tax office. Days are ISO dates, amounts yuan."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec

from detectors.record import Record
from detectors.reference import Reference
from tests.detectors.build import at, bill, day_of, epoch, master, money, record, utility_event

SOURCE = "cn.330604.test"


class Usual(NamedTuple):
    """A norm, as a cohort would give it."""

    cohort: str
    n: int
    median: float | None


class Peers:
    """Norms that are the same whoever asks: a median for all months, or by month."""

    def __init__(self, median: float | Mapping[str, float]) -> None:
        """A month that is not among those given has no norm."""
        self._median = median

    def norm(self, *asked: object) -> Usual | None:
        """The norm of the month asked for."""
        period = str(asked[-1])
        median = self._median if isinstance(self._median, float) else self._median.get(period)
        return None if median is None else Usual("gbt4754:C17|*|CN-330604|*", 42, median)


def peers(median: float | Mapping[str, float]) -> Reference:
    """A reference that knows the median of the cohort and nothing else."""
    return Reference(norms=Peers(median))


def fed(day: str, median: float | None = None) -> Reference:
    """A reference in which the source of the builders has told all before ``day``."""
    marks = {SOURCE: day_of(epoch(at(day)), 8 * 3600)}
    return Reference(marks) if median is None else Reference(marks, Peers(median))


def after(period: str, days: int = 2) -> str:
    """So many days after the first of the month that follows."""
    year, month = int(period[:4]), int(period[5:])
    return (date(year + month // 12, month % 12 + 1, 1) + timedelta(days=days)).isoformat()


def reading(period: str, kwh: float | str, **more: Any) -> Record:
    """F15, the electricity meter read two days into the next month."""
    told = {"quantity": str(kwh), "account_class": "industrial", **more.pop("payload", {})}
    day = more.pop("day", after(period))
    event = more.pop("event", "reading")
    one = utility_event(event, period, day, **{"utility": "electricity", "payload": told, **more})
    return msgspec.structs.replace(one, record_id=f"{one.record_id}-{one.payload['account_no']}")


def months(first: str, count: int) -> list[str]:
    """So many months from ``first`` on."""
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(start, start + count)]


def readings(first: str, *kwh: float, **more: Any) -> list[Record]:
    """Readings of consecutive months."""
    return [reading(period, one, **more) for period, one in zip(months(first, len(kwh)), kwh, strict=True)]


def unpaid(utility: str, period: str, due: str, amount: float = 1000.0, **more: Any) -> Record:
    """F15, a bill nobody has paid."""
    return bill(period, due, amount, utility=utility, **more)


def paid(utility: str, period: str, due: str, on: str, amount: float = 1000.0, **more: Any) -> list[Record]:
    """F15, a bill and its payment."""
    return [
        bill(period, due, amount, utility=utility, **more),
        bill(period, due, amount, utility=utility, paid=on, **more),
    ]


def notice(
    event: str, day: str, utility: str = "electricity", reason: str | None = "arrears", **more: Any
) -> Record:
    """F15, a notice of cut-off, a cut-off or a restoration."""
    told = {} if reason is None else {"reason": reason}
    return utility_event(event, day[:7], day, utility=utility, payload=told, **more)


def theft(n: int, day: str, penalty: float = 0.0, **more: Any) -> Record:
    """F15, the n-th theft or breach."""
    payload = {"doc": f"theft-{n}", "penalty": money(penalty)}
    return utility_event(
        "theft_or_breach", f"{day[:4]}-{n:02d}", day, utility="electricity", payload=payload, **more
    )


def status(day: str, state: str, until: str | None = None, **more: Any) -> Record:
    """F25, a change of status."""
    payload = {"item": "status", "changed_on": day, "status": state}
    return record(
        "F25", f"status-{day}", day, payload | ({"suspended_until": until} if until else {}), **more
    )


def missed(period: str, day: str, tax_type: str | None = None, **more: Any) -> Record:
    """F17, a return that was not filed."""
    payload = {
        "taxpayer_id": "91330604MA0000015G",
        "event": "missed_filing",
        "period": period,
        "authority": "上虞区税务局",
    }
    kind = {} if tax_type is None else {"tax_type": tax_type}
    record_id = more.pop("record_id", f"missed-{period}")
    return record("F17", record_id, day, payload | kind | more.pop("payload", {}), **more)


def abnormal(day: str, **more: Any) -> Record:
    """F17, listed as tax-abnormal household."""
    payload = {
        "taxpayer_id": "91330604MA0000015G",
        "event": "listed",
        "listed_on": day,
        "authority": "上虞区税务局",
    }
    return record("F17", f"listed-{day}", day, payload | more.pop("payload", {}), **more)


def violation(n: int, day: str, **more: Any) -> Record:
    """F18, a major violation."""
    payload = {"decision_no": f"sx-{n}", "category_code": 1, "authority": "绍兴市税务局", "published_on": day}
    return record("F18", f"sx-{n}", day, payload | more.pop("payload", {}), **more)


def accounts(period: str, day: str, **figures: Any) -> Record:
    """F30 of a period, by the tax office unless told otherwise; amounts in yuan."""
    basis = figures.pop("basis", "tax")
    more = {name: figures.pop(name) for name in ("version", "op", "observed", "source_id") if name in figures}
    payload = {name: money(value) for name, value in figures.items()}
    return record("F30", f"f30-{period}-{basis}", day, {"period": period, "basis": basis, **payload}, **more)


def firm(**more: Any) -> Record:
    """F29, so that the firm has peers."""
    return master("2024-01-01", 10_000_000, **more)
