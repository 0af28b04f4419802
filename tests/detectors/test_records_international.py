"""Companies House events become records of our feeds, and validation takes every one of them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from detectors import record as wire
from detectors.identifiers.errors import IdentifierError
from detectors.records.international import from_companies_house
from detectors.records.reasons import Flag
from detectors.records.validation import Outcome, validate

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)


def event(kind: str, data: dict[str, Any], path: str = "", **about: Any) -> dict[str, Any]:
    """A stream event about company 00445790."""
    return {
        "resource_kind": kind,
        "resource_uri": f"/company/00445790{path}",
        "resource_id": "00445790",
        "data": data,
        "event": {"timepoint": 42, "published_at": "2026-01-05T10:00:00", "type": "changed", **about},
    }


def made(raw: dict[str, Any]) -> list[tuple[wire.Record, Outcome]]:
    """Records of an event, as the stream reads them; every one must be taken."""
    found = []
    for each in from_companies_house(raw, observed_at=NOW):
        outcome = validate(json.loads(json.dumps(each)), now=NOW)
        assert outcome.wire is not None, outcome.detail
        found.append((wire.decode(outcome.wire), outcome))
    return found


PROFILE = {
    "company_number": "00445790",
    "company_name": "EXAMPLE PLC",
    "company_status": "active",
    "date_of_creation": "1947-11-27",
    "sic_codes": ["47110"],
    "registered_office_address": {
        "address_line_1": "1 Example Way",
        "locality": "Welwyn",
        "postal_code": "AL7 1GA",
    },
    "accounts": {"next_due": "2026-06-30", "overdue": False},
    "confirmation_statement": {"next_due": "2026-06-30", "overdue": False},
}


def test_a_healthy_profile_is_master_data_and_nothing_else() -> None:
    """Version is the timepoint; a time without offset is UTC."""
    [(record, outcome)] = made(event("company-profile", PROFILE))
    assert (record.feed, record.version, record.op, record.entity) == ("F29", 42, "assert", "ent:GB:00445790")
    assert record.published_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert record.payload["status"] == "active"
    assert record.payload["industry"] == "47110"
    assert outcome.kind == "accepted"


def test_fields_changed_make_an_amend() -> None:
    """The register says that it corrects."""
    [(record, _)] = made(event("company-profile", PROFILE, fields_changed=["company_name"]))
    assert record.op == "amend"


def test_strike_off_and_overdue_filings_are_facts_of_their_own() -> None:
    """WX-21: F25 and F22 beside the master data."""
    data = {
        **PROFILE,
        "company_status_detail": "active-proposal-to-strike-off",
        "accounts": {"next_due": "2025-12-01", "overdue": True},
        "undeliverable_registered_office_address": True,
    }
    records = {r.record_id.rpartition("#")[2]: r for r, _ in made(event("company-profile", data))}
    assert records["strike-off"].payload["status"] == "deregistration_notice"
    assert (records["accounts"].feed, records["accounts"].payload["put_on"]) == ("F22", "2025-12-01")
    assert records["undeliverable_registered_office_address"].payload["reason"] == 4


def test_what_is_over_is_closed_only_when_the_register_says_it_changed() -> None:
    """No flood of closes for what never was."""
    changed = ["accounts.overdue", "company_status_detail"]
    records = made(event("company-profile", PROFILE, fields_changed=changed))
    assert [(r.feed, r.op) for r, _ in records] == [("F29", "amend"), ("F25", "close"), ("F22", "close")]


def test_a_dissolved_company_is_deregistered() -> None:
    """On the day it ceased."""
    data = {**PROFILE, "company_status": "dissolved", "date_of_cessation": "2026-01-03"}
    records = made(event("company-profile", data))
    assert [(r.feed, r.payload.get("status")) for r, _ in records] == [
        ("F29", "deregistered"),
        ("F25", "deregistered"),
    ]
    assert records[1][0].payload["changed_on"] == "2026-01-03"


CHARGE = {
    "charge_code": "004457900001",
    "status": "outstanding",
    "created_on": "2026-01-02",
    "delivered_on": "2026-01-04",
    "persons_entitled": [{"name": "Example Bank plc"}],
    "particulars": {
        "type": "brief-description",
        "description": "All stock",
        "contains_floating_charge": True,
    },
}


def test_a_charge_over_movables_is_f11_and_satisfaction_closes_it() -> None:
    """A satisfied charge arrives as changed."""
    [(record, outcome)] = made(event("company-charges", CHARGE, "/charges/abc"))
    assert (record.feed, record.op, outcome.kind) == ("F11", "assert", "accepted")
    assert record.payload["security_type"] == "floating_charge"
    done = {**CHARGE, "status": "fully-satisfied", "satisfied_on": "2026-01-05"}
    [(closed, _)] = made(event("company-charges", done, "/charges/abc", timepoint=43))
    assert (closed.op, closed.record_id, closed.version) == ("close", record.record_id, 43)
    assert closed.payload["cancelled_on"] == "2026-01-05"


def test_a_charge_over_land_is_f12() -> None:
    """Without a unit number, which the UK register does not give."""
    data = {**CHARGE, "particulars": {"description": "Freehold land at 1 Example Way, title number HD1"}}
    [(record, outcome)] = made(event("company-charges", data, "/charges/abc"))
    assert (record.feed, record.payload["kind"]) == ("F12", "mortgage")
    assert outcome.flags == (Flag.ASSET_UNIDENTIFIED,)


def test_a_deleted_charge_is_retracted() -> None:
    """It was never there, whether it had been told as one over land or not: a deletion does not say."""
    found = made(event("company-charges", {}, "/charges/abc", type="deleted"))
    assert sorted(record.feed for record, _ in found) == ["F11", "F12"]
    assert {(record.op, len(record.payload)) for record, _ in found} == {("retract", 0)}


def test_a_charge_that_turns_out_to_be_over_land_is_told_once() -> None:
    """The particulars came later: what was told without them is taken back."""
    data = {**CHARGE, "particulars": {"description": "Freehold land at 1 Example Way"}}
    later = event("company-charges", data, "/charges/abc", fields_changed=["particulars.description"])
    assert [(record.feed, record.op) for record, _ in made(later)] == [("F11", "retract"), ("F12", "amend")]


@pytest.mark.parametrize(
    ("kind", "dates", "what", "solvent"),
    [
        ("compulsory-liquidation", {"petitioned-on": "2025-12-01"}, "application", None),
        (
            "compulsory-liquidation",
            {"petitioned-on": "2025-12-01", "wound-up-on": "2026-01-02"},
            "accepted",
            None,
        ),
        ("in-administration", {"administration-started-on": "2026-01-02"}, "accepted", None),
        (
            "in-administration",
            {"administration-started-on": "2025-01-02", "administration-ended-on": "2026-01-02"},
            "terminated",
            None,
        ),
        ("members-voluntary-liquidation", {"wound-up-on": "2026-01-02"}, "accepted", True),
    ],
)
def test_an_insolvency_case_is_f08(kind: str, dates: dict[str, str], what: str, solvent: bool | None) -> None:
    """A members' voluntary liquidation is solvent, so that it is not red by itself."""
    case = {"number": "1", "type": kind, "dates": [{"type": t, "date": d} for t, d in dates.items()]}
    [(record, _)] = made(event("company-insolvency", {"cases": [case]}, "/insolvency"))
    assert (record.feed, record.payload["event"], record.payload["procedure"]) == ("F08", what, kind)
    assert record.payload.get("solvent") is solvent
    assert record.payload["case_no"] == "00445790/1"


def test_officers_and_controllers_are_relations() -> None:
    """A director is named, for the role is public; a controlling person is masked; an exit closes."""
    officer = {
        "name": "SMITH, Jane",
        "officer_role": "director",
        "appointed_on": "2020-01-01",
        "links": {"officer": {"appointments": "/officers/xyz/appointments"}},
    }
    [(director, _)] = made(event("company-officers", officer, "/appointments/a1"))
    assert (director.feed, director.payload["type"], director.payload["from"]) == (
        "F27",
        "director",
        "ent:GB:officer-xyz",
    )
    assert director.payload["from_name"] == "SMITH, Jane"
    [(left, _)] = made(
        event("company-officers", {**officer, "resigned_on": "2026-01-02"}, "/appointments/a1")
    )
    assert (left.op, str(left.valid_to)) == ("close", "2026-01-02")
    person = {
        "name": "Mr John Doe",
        "kind": "individual-person-with-significant-control",
        "natures_of_control": ["ownership-of-shares-25-to-50-percent"],
        "notified_on": "2020-01-01",
    }
    uri = "/persons-with-significant-control/individual/p1"
    [(holder, _)] = made(event("company-psc-individual", person, uri))
    assert (holder.payload["type"], holder.payload["ratio"]) == ("beneficial_owner", 0.25)
    assert "John" not in json.dumps(holder.payload)
    parent = {
        **person,
        "name": "HOLDING LTD",
        "kind": "corporate-entity",
        "identification": {"registration_number": "123456"},
    }
    [(corporate, _)] = made(event("company-psc-corporate", parent, uri))
    assert corporate.payload["from"] == "ent:GB:00123456"


def test_an_unknown_kind_gives_nothing_and_a_broken_event_is_told() -> None:
    """Streams carry more than we read."""
    assert from_companies_house(event("filing-history", {}), observed_at=NOW) == []
    broken = event("company-profile", PROFILE)
    del broken["event"]["timepoint"]
    with pytest.raises(IdentifierError, match="timepoint, published_at and a company number"):
        from_companies_house(broken, observed_at=NOW)
