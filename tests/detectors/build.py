"""Short hands for writing records in tests. Dates are ISO days; amounts yuan."""

import functools
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.fact import day_of
from detectors.fold import fold_all
from detectors.judge import Verdict, judge
from detectors.ledger import EMPTY
from detectors.record import Evidence, Record, Subject, epoch
from streams.catalogues import read_catalogue

FIRM = "ent:CN-330604:91330604MA0000015G"
OTHER = "ent:CN-330604:91330604MA0000023B"


@functools.cache
def shipped() -> Catalogue:
    """The catalogue that ships with the package."""
    return read_catalogue()


@functools.cache
def suspending() -> Catalogue:
    """The same, for a jurisdiction that sets evidence aside while somebody objects to it."""
    fields = {name: getattr(shipped(), name) for name in Catalogue.model_fields}
    fields["profiles"] = {
        name: profile.model_copy(update={"dispute_effect": "suspend"})
        for name, profile in shipped().profiles.items()
    }
    return Catalogue.model_construct(**fields)


def money(amount: float, currency: str = "CNY") -> dict[str, str]:
    """Canonical money."""
    return {"amount": f"{amount:.2f}", "currency": currency}


def at(day: str, hour: int = 4) -> datetime:
    """Noon in China of a day, by default."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour)


def record(feed: str, record_id: str, day: str, payload: dict[str, Any], **more: Any) -> Record:
    """A record that occurred and was captured on ``day``."""
    entity = more.pop("entity", FIRM)
    role = more.pop("role", "")
    observed = more.pop("observed", None)
    values: dict[str, Any] = {
        "schema": f"{feed}/1.0",
        "source_id": "cn.330604.test",
        "record_id": record_id,
        "version": 1,
        "op": "assert",
        "entity": entity,
        "subject": Subject("uscc", entity.rpartition(":")[2], "绍兴上虞测试有限公司", role),
        "occurred_at": at(day),
        "observed_at": at(observed or day, 6),
        "jurisdiction": "CN-330604",
        "payload": payload,
        "evidence": Evidence(doc_no=record_id),
    }
    return Record(**{**values, **more})


def enforcement(n: int, day: str, amount: float, **more: Any) -> Record:
    """F04, the n-th enforcement case."""
    case = f"(2026)浙0604执{n}号"
    payload = {
        "case_no": case,
        "exec_court": "绍兴市上虞区人民法院",
        "filed_on": day,
        "exec_amount": money(amount),
        "status": more.pop("status", "executing"),
    }
    return record("F04", case, day, payload, **more)


def dishonest(n: int, day: str, **more: Any) -> Record:
    """F05, a listing with conduct 1 (no fixed term)."""
    case = f"(2026)浙0604执{n}号"
    payload = {"case_no": case, "filed_on": day, "published_on": day, "conduct_code": more.pop("conduct", 1)}
    return record("F05", f"sx-{case}", day, payload, **more)


def seizure(n: int, day: str, until: str, **more: Any) -> Record:
    """F09 on real estate."""
    payload = {
        "measure": "seal",
        "stage": "enforcement",
        "asset_class": "real_estate",
        "asset_ref": more.pop("asset", f"unit-{n}"),
        "notice_no": f"notice-{n}",
        "authority": "绍兴市上虞区人民法院",
        "from": day,
        "to": until,
        "sequence": more.pop("sequence", 1),
    }
    value = more.pop("value", None)
    if value is not None:
        payload["asset_value"] = money(value)
    return record("F09", f"notice-{n}", day, payload, **more)


def bill(
    period: str,
    due: str,
    amount: float,
    *,
    utility: str = "electricity",
    paid: str | None = None,
    **more: Any,
) -> Record:
    """F15, a bill issued ten days before it is due; version 2 when paid."""
    issued = (datetime.fromisoformat(due) - timedelta(days=10)).date().isoformat()
    payload: dict[str, Any] = {
        "utility": utility,
        "provider_id": f"{utility}-co",
        "account_no": more.pop("account", "3306040001"),
        "account_class": "industrial",
        "event": "bill",
        "period": period,
        "amount_due": money(amount),
        "due_on": due,
    }
    if paid is not None:
        payload |= {"amount_paid": money(amount), "paid_on": paid}
        more = {"version": 2, "op": "amend", "observed": paid, **more}
    return record("F15", f"{utility}-{period}", issued, payload, **more)


def tax_notice(period: str, day: str, balance: float, newly: float = 0.0, **more: Any) -> Record:
    """F16, one authority, one tax type."""
    payload = {
        "taxpayer_id": "91330604MA0000015G",
        "tax_type": "增值税",
        "notice_period": period,
        "authority": "上虞区税务局",
        "balance": money(balance),
        "newly_arisen": money(newly),
        "published_on": day,
    }
    return record("F16", f"tax-{period}", day, payload, **more)


def master(day: str, paid_capital: float, **more: Any) -> Record:
    """F29 with paid-in capital, which is then M."""
    payload = {"name": "绍兴上虞测试有限公司", "paid_capital": money(paid_capital), "size_class": "small"}
    return record("F29", "master", day, payload, **more)


def saying(one: Record, **fields: Any) -> Record:
    """The same record with other payload fields."""
    return msgspec.structs.replace(one, payload={**one.payload, **fields})


def estate(unit: str, value: float | None, day: str = "2020-01-01", **more: Any) -> Record:
    """F12, a unit of real estate, with its value if the register knows it."""
    cert = more.pop("cert", f"cert-{unit}")
    payload: dict[str, Any] = {"cert_no": cert, "kind": more.pop("kind", "first"), "unit_no": unit}
    if value is not None:
        payload["asset_value"] = money(value)
    return record("F12", cert, day, payload, **more)


def utility_event(event: str, period: str, day: str, *, utility: str = "water", **more: Any) -> Record:
    """F15 other than a bill: dunning letter, payment and so on, of the account of :func:`bill`."""
    payload: dict[str, Any] = {
        "utility": utility,
        "provider_id": f"{utility}-co",
        "account_no": more.pop("account", "3306040001"),
        "event": event,
        "period": period,
        **more.pop("payload", {}),
    }
    return record("F15", f"{utility}-{period}-{event}-{day}", day, payload, **more)


def manual(inner: Record, *, approved: bool, **more: Any) -> Record:
    """F32: the same statement, keyed in from paper by a clerk."""
    payload: dict[str, Any] = {
        "feed": inner.feed,
        "record": inner.payload,
        "entered_by": "clerk-1",
        "doc_scan_sha256": "0" * 64,
        "reason": "paper",
    }
    if approved:
        payload["approved_by"] = "clerk-2"
    values = {
        "schema": "F32/1.0",
        "payload": payload,
        "record_id": f"paper-{inner.record_id}",
        "source_id": "cn.330604.paper",
    }
    return msgspec.structs.replace(inner, **{**values, **more})


def verdict(point: str, records: list[Record], day: str, entity: str = FIRM) -> Verdict:
    """What one point says of an entity at noon of ``day``, from the shipped catalogue."""
    catalogue_ = shipped()
    profile = catalogue_.profile(jurisdiction_of(entity))
    ledger = fold_all(records, catalogue_).get(entity, EMPTY)
    return judge(ledger, day_of(epoch(at(day)), profile.utc_offset), catalogue_, profile).verdicts[point]
