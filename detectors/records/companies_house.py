"""UK Companies House stream events as records of our feeds.

One event ``{resource_kind, resource_uri, resource_id, data, event: {timepoint, published_at, type, fields_changed?}}``
becomes the raw records it implies, for validation to judge. ``timepoint`` is the version; ``changed`` is an assert, or
an amend where the register says which fields changed; ``deleted`` is a retract. A charge that is satisfied and an
officer who resigns arrive as ``changed`` and become a close.

========================  ======================================================================
resource kind             feeds
========================  ======================================================================
company-profile           F29; F25 for dissolution and strike-off; F22 for overdue filings and a
                          registered office that cannot be reached
company-charges           F11, F12 where the charge is over land
company-insolvency        F08, one per case; a members' voluntary liquidation is solvent
company-officers, -psc-*  F27
========================  ======================================================================
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from detectors.identifiers import company_number, names
from detectors.identifiers.errors import IdentifierError
from detectors.records.companies_house_event import Event, Raw, read
from detectors.records.companies_house_profile import profile

_OFFICER = re.compile(r"/officers/([^/]+)")
_SOLVENT = "members-voluntary-liquidation"
_CHARGE_STATUS = {
    "outstanding": "active",
    "part-satisfied": "partly_satisfied",
    "satisfied": "cancelled",
    "fully-satisfied": "cancelled",
}
_LAND = re.compile(
    r"\b(freehold|leasehold|land|legal mortgage|title number|property known as)\b", re.IGNORECASE
)
_PETITION = frozenset({"petitioned-on"})
_OVER = frozenset(
    {
        "concluded-winding-up-on",
        "administration-ended-on",
        "administration-discharged-on",
        "voluntary-arrangement-ended-on",
        "moratorium-ended-on",
        "ceased-to-act-as-receiver",
        "dissolved-on",
        "case-end-on",
    }
)
_BAND = re.compile(r"(?:shares|voting-rights)-(\d+)-to-(\d+)-percent")


def records(event: Mapping[str, Any], *, observed_at: datetime) -> list[Raw]:
    """Raw records of one stream event, best validated next; an unknown resource kind gives none.

    Raises:
        IdentifierError: the event lacks its timepoint, publication time or company number.

    >>> from datetime import UTC
    >>> event = {
    ...     "resource_kind": "company-profile", "resource_uri": "/company/00445790", "resource_id": "00445790",
    ...     "data": {"company_number": "00445790", "company_name": "EXAMPLE PLC", "company_status": "active"},
    ...     "event": {"timepoint": 7, "published_at": "2026-01-05T10:00:00", "type": "changed"},
    ... }
    >>> [(r["schema"], r["version"]) for r in records(event, observed_at=datetime(2026, 1, 5, 11, tzinfo=UTC))]
    [('F29/1.0', 7)]
    """
    kind = str(event.get("resource_kind", ""))
    make = next((make for prefix, make in _KINDS.items() if kind.startswith(prefix)), None)
    if make is None:
        return []
    return list(make(read(event, observed_at)))


def _charge(event: Event) -> Iterator[Raw]:
    data = event.data
    particulars = data.get("particulars")
    particulars = particulars if isinstance(particulars, Mapping) else {}
    text = str(particulars.get("description") or "")
    status = _CHARGE_STATUS.get(str(data.get("status", "")), "active")
    holders = [str(p["name"]) for p in data.get("persons_entitled") or () if p.get("name")]
    created = str(data.get("created_on") or data.get("delivered_on") or event.day)
    number = str(data.get("charge_code") or data.get("charge_number") or data.get("id") or event.uri)
    op = "close" if status == "cancelled" else ""
    over = data.get("satisfied_on") if status == "cancelled" else None
    over_land = bool(_LAND.search(text)) and not particulars.get("floating_charge_covers_all")
    if event.deleted or event.touched("particulars"):
        # it may have been told as the other kind before, and a deletion does not say as which
        yield event.record("F11" if over_land else "F12", "", {}, op="retract")
    if over_land:
        land = {
            "cert_no": number,
            "kind": "mortgage",
            "location": text[:2000],
            "mortgagee": holders[0] if holders else None,
            "registered_at": str(data.get("delivered_on") or created),
            "cancelled_on": over,
        }
        yield event.record("F12", "", land, op=op, occurred=created)
        return
    floating = particulars.get("contains_floating_charge") or particulars.get("floating_charge_covers_all")
    charge = {
        "reg_no": number,
        "security_type": "floating_charge" if floating else "fixed_charge",
        "secured_party": holders,
        "collateral": text[:2000] or None,
        "reg_on": created,
        "cancelled_on": over,
        "status": status,
    }
    yield event.record("F11", "", charge, op=op, occurred=created)


def _insolvency(event: Event) -> Iterator[Raw]:
    for case in event.data.get("cases") or ():
        kind, number = str(case.get("type", "")), str(case.get("number", "1"))
        dates = {str(d.get("type")): str(d.get("date")) for d in case.get("dates") or () if d.get("date")}
        begun = {name: day for name, day in dates.items() if name not in _OVER}
        ended = [day for name, day in dates.items() if name in _OVER]
        what = (
            "terminated"
            if ended
            else "application"
            if begun.keys() and begun.keys() <= _PETITION
            else "accepted"
        )
        first = min(begun.values(), default=event.day)
        payload = {
            "case_no": f"{event.number}/{number}",
            "event": what,
            "court": None,
            "procedure": kind or None,
            "solvent": True if kind == _SOLVENT else None,
            "applied_on": dates.get("petitioned-on"),
            "accepted_on": min((d for n, d in begun.items() if n not in _PETITION), default=None),
            "ended_on": max(ended, default=None),
            "administrator": next((p.get("name") for p in case.get("practitioners") or ()), None),
        }
        yield event.record("F08", f"case-{number}", payload, occurred=first)


def _officer(event: Event) -> Iterator[Raw]:
    links = event.data.get("links")
    links = links if isinstance(links, Mapping) else {}
    own = links.get("officer")
    found = _OFFICER.search(str(own.get("appointments", "")) if isinstance(own, Mapping) else "")
    role = str(event.data.get("officer_role", ""))
    kind = "org" if role.startswith("corporate") else "person"
    director = "director" in role or role.startswith("llp")
    yield _relation(
        event,
        key=f"officer-{found[1] if found else event.uri.rstrip('/').rpartition('/')[2]}",
        kind=kind,
        relation="director" if director else "senior_manager",
        began=event.data.get("appointed_on"),
        ended=event.data.get("resigned_on"),
    )


def _controller(event: Event) -> Iterator[Raw]:
    data = event.data
    person = str(data.get("kind", "")).startswith("individual")
    about = data.get("identification")
    number = about.get("registration_number") if isinstance(about, Mapping) else None
    key = f"psc-{event.uri.rstrip('/').rpartition('/')[2]}"
    if not person and isinstance(number, str):
        with suppress(IdentifierError):  # a register elsewhere: the stream's own id names the holder
            key = company_number.parse(number)
    bands = [int(m[1]) for nature in data.get("natures_of_control") or () if (m := _BAND.search(str(nature)))]
    made = _relation(
        event,
        key=key,
        kind="person" if person else "org",
        relation="beneficial_owner",
        began=data.get("notified_on"),
        ended=data.get("ceased_on"),
    )
    if bands and made["payload"]:
        made["payload"]["ratio"] = max(bands) / 100  # the register gives bands; the lower end is certain
    yield made


def _relation(event: Event, *, key: str, kind: str, relation: str, began: object, ended: object) -> Raw:
    name = event.data.get("name")
    if isinstance(name, str) and kind == "person" and relation == "beneficial_owner":
        name = names.mask(name)
    payload = {
        "from": f"ent:GB:{key}",
        "to": f"ent:GB:{event.number}",
        "from_name": name,
        "from_kind": kind,
        "type": relation,
        "valid_from": began,
        "valid_to": ended,
    }
    since = str(began or event.day)
    made = event.record("F27", "", payload, op="close" if ended else "", occurred=since)
    return {**made, "valid_from": began, "valid_to": ended}


_KINDS: dict[str, Callable[[Event], Iterator[Raw]]] = {
    "company-profile": profile,
    "company-charges": _charge,
    "charges": _charge,
    "company-insolvency": _insolvency,
    "insolvency-cases": _insolvency,
    "company-officers": _officer,
    "officers": _officer,
    "company-psc": _controller,
    "persons-with-significant-control": _controller,
}
