"""US records become records of our feeds, and validation takes every one of them."""

import json
from datetime import UTC, datetime
from typing import Any

from detectors import record as wire
from detectors.records.international import UsOrigin, from_ucc_filing, from_us_docket, from_us_tax_lien
from detectors.records.validation import validate

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)
ORIGIN = UsOrigin(
    source_id="us.example",
    jurisdiction="US-CA",
    subject={"scheme": "ein", "value": "12-3456789", "name": "Example Inc", "role": "defendant"},
    version=3,
    observed_at=NOW,
)


def taken(raws: list[dict[str, Any]]) -> wire.Record:
    """The one record, as the stream reads it."""
    [raw] = raws
    outcome = validate(json.loads(json.dumps(raw)), now=NOW)
    assert outcome.wire is not None, outcome.detail
    return wire.decode(outcome.wire)


def test_a_civil_docket_is_a_filing() -> None:
    """Parties that are no companies are masked."""
    case = {
        "court": "cand",
        "docket_number": "3:26-cv-00001",
        "nature_of_suit": "190 Contract",
        "date_filed": "2026-01-05",
        "parties": [
            {"name": "Jane Smith", "type": "Plaintiff"},
            {"name": "Example Inc", "type": "Defendant"},
        ],
    }
    record = taken(from_us_docket(case, ORIGIN))
    assert (record.feed, record.entity, record.version) == ("F01", "ent:US-CA:12-3456789", 3)
    assert [p["name"] for p in record.payload["parties"]] == ["J*** S***", "Example Inc"]


def test_a_bankruptcy_docket_is_an_insolvency() -> None:
    """And a dismissal ends it."""
    case = {"court": "canb", "docket_number": "26-10001", "chapter": "11", "date_filed": "2026-01-05"}
    assert taken(from_us_docket(case, ORIGIN)).payload["event"] == "application"
    dismissed = taken(from_us_docket({**case, "date_debtor_dismissed": "2026-01-06"}, ORIGIN))
    assert dismissed.payload["event"] == "dismissed"


def test_ucc_amounts_are_cents_and_termination_closes() -> None:
    """Middesk's schema."""
    lien = {
        "file_number": "U1",
        "state": "CA",
        "status": "open",
        "filing_date": "2026-01-05",
        "lapse_date": "2031-01-05",
        "amount_cents": 1250050,
        "secured_parties": [{"name": "Example Bank NA"}],
    }
    record = taken(from_ucc_filing(lien, ORIGIN))
    assert record.payload["secured_amount"] == {"amount": "12500.50", "currency": "USD"}
    del lien["lapse_date"]
    assert taken(from_ucc_filing(lien, ORIGIN)).payload["term_end"] == "2031-01-05"
    closed = taken(from_ucc_filing({**lien, "status": "terminated"}, ORIGIN))
    assert (closed.op, closed.payload["status"]) == ("close", "cancelled")


def test_a_tax_lien_closes_on_release_and_is_retracted_on_withdrawal() -> None:
    """Form 668(Y)."""
    notice = {
        "serial_number": "S1",
        "filed_on": "2026-01-05",
        "assessment_date": "2025-06-01",
        "period_ending": "2024-12-31",
        "unpaid_balance": "12345.67",
    }
    record = taken(from_us_tax_lien(notice, ORIGIN))
    assert (record.feed, record.op, record.payload["notice_period"]) == ("F16", "assert", "2024-12")
    assert record.payload["balance"] == {"amount": "12345.67", "currency": "USD"}
    assert taken(from_us_tax_lien({**notice, "released_on": "2026-01-06"}, ORIGIN)).op == "close"
    assert taken(from_us_tax_lien({**notice, "withdrawn_on": "2026-01-06"}, ORIGIN)).op == "retract"
