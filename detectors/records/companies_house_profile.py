"""A company profile of the Companies House stream: F29, and what its state means for F25 and F22."""

from collections.abc import Iterator, Mapping

from detectors.records.companies_house_event import REGISTRAR, Event, Raw

_STATUS = {
    "active": "active",
    "open": "active",
    "registered": "active",
    "dissolved": "deregistered",
    "removed": "deregistered",
    "closed": "deregistered",
    "converted-closed": "deregistered",
    "liquidation": "insolvent",
    "receivership": "insolvent",
    "administration": "insolvent",
    "insolvency-proceedings": "insolvent",
    "voluntary-arrangement": "insolvent",
}
_STRIKE_OFF = "active-proposal-to-strike-off"


def profile(event: Event) -> Iterator[Raw]:
    """Records of one profile."""
    data = event.data
    status = str(data.get("company_status", ""))
    yield event.record(
        "F29",
        "",
        {
            "name": data.get("company_name"),
            "status": _STATUS.get(status),
            "register_status": data.get("company_status_detail") or status or None,
            "founded_on": data.get("date_of_creation"),
            "dissolved_on": data.get("date_of_cessation"),
            "industry": next(iter(data.get("sic_codes") or ()), None),
            "address": _address(data.get("registered_office_address")),
            "authority": REGISTRAR,
            "former_names": [p["name"] for p in data.get("previous_company_names") or () if p.get("name")],
        },
    )
    yield from _existence(event, status)
    yield from _overdue(event)


def _existence(event: Event, status: str) -> Iterator[Raw]:
    """Dissolution, and the proposal to strike off together with its end."""
    ended = str(event.data.get("date_of_cessation") or event.day)
    payload = {"item": "status", "changed_on": ended, "status": "deregistered"}
    if event.deleted or _STATUS.get(status) == "deregistered":
        yield event.record("F25", "dissolution", payload, occurred=ended)
    proposed = event.data.get("company_status_detail") == _STRIKE_OFF
    if event.deleted or proposed or event.touched("company_status_detail"):
        notice = {"item": "status", "changed_on": event.day, "status": "deregistration_notice"}
        yield event.record("F25", "strike-off", notice, op="" if proposed else "close")


def _overdue(event: Event) -> Iterator[Raw]:
    """Overdue accounts and confirmation statement (ground 1), and an office that cannot be reached (ground 4)."""
    data = event.data
    for name in ("accounts", "confirmation_statement"):
        part = data.get(name)
        part = part if isinstance(part, Mapping) else {}
        following = part.get("next_accounts")
        following = following if isinstance(following, Mapping) else {}
        overdue = bool(part.get("overdue") or following.get("overdue"))
        due = str(part.get("next_due") or following.get("due_on") or event.day)
        yield from _listed(event, name, overdue, 1, due)
    for name in ("undeliverable_registered_office_address", "registered_office_is_in_dispute"):
        yield from _listed(event, name, bool(data.get(name)), 4, event.day)


def _listed(event: Event, name: str, listed: bool, reason: int, since: str) -> Iterator[Raw]:
    payload: Raw = {"put_on": since, "reason": reason, "authority": REGISTRAR}
    if listed or event.deleted:
        yield event.record("F22", name, payload, occurred=since)
    elif event.touched(name):
        yield event.record("F22", name, {**payload, "put_on": event.day, "removed_on": event.day}, op="close")


def _address(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    parts = ("premises", "address_line_1", "address_line_2", "locality", "region", "postal_code", "country")
    return ", ".join(str(value[part]) for part in parts if value.get(part)) or None
