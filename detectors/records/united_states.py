"""US court dockets, UCC filings and federal tax liens as records of our feeds.

Dockets follow the model of RECAP/CourtListener, UCC filings Middesk's lien schema (amounts in cents), tax liens IRS
Form 668(Y). Each function takes the source's object and gives the raw records it implies, for validation to judge.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from detectors.records.seizure import years_after

Raw = dict[str, Any]


class Origin:
    """What a source's object does not say itself: who it is about, where, which revision, and when it was captured."""

    __slots__ = ("jurisdiction", "observed_at", "source_id", "subject", "version")

    def __init__(
        self,
        *,
        source_id: str,
        jurisdiction: str,
        subject: Mapping[str, str],
        version: int,
        observed_at: datetime,
    ) -> None:
        """``jurisdiction`` is ``US`` or ``US-CA``; ``subject`` has scheme, value and perhaps name and role."""
        self.source_id = source_id
        self.jurisdiction = jurisdiction
        self.subject = subject
        self.version = version
        self.observed_at = observed_at


def _record(about: Origin, feed: str, record_id: str, payload: Raw, *, op: str, occurred: object) -> Raw:
    return {
        "schema": f"{feed}/1.0",
        "source_id": about.source_id,
        "record_id": record_id[:128],
        "version": about.version,
        "op": op,
        "jurisdiction": about.jurisdiction,
        "subject": dict(about.subject),
        "occurred_at": occurred,
        "observed_at": about.observed_at.isoformat(),
        "visibility": "public",
        "payload": {key: value for key, value in payload.items() if value not in (None, "")},
    }


def docket(case: Mapping[str, Any], about: Origin) -> list[Raw]:
    """A docket: F08 for a bankruptcy (it has a chapter), else F01.

    >>> from datetime import UTC
    >>> about = Origin(source_id="us.recap", jurisdiction="US-CA", subject={"scheme": "name", "value": "Example Inc"},
    ...                version=1, observed_at=datetime(2026, 1, 6, tzinfo=UTC))
    >>> case = {"court": "canb", "docket_number": "26-10001", "chapter": "11", "date_filed": "2026-01-05"}
    >>> record = docket(case, about)[0]
    >>> record["schema"], record["payload"]["procedure"]
    ('F08/1.0', 'chapter-11')
    """
    number, court = str(case.get("docket_number", "")), str(case.get("court", ""))
    filed = case.get("date_filed")
    ended = case.get("date_terminated")
    record_id = f"docket/{court}/{number}"
    if case.get("chapter"):
        dismissed = case.get("date_debtor_dismissed")
        payload = {
            "case_no": number,
            "event": "dismissed" if dismissed else "terminated" if ended else "application",
            "court": court,
            "procedure": f"chapter-{case['chapter']}",
            "applied_on": filed,
            "ended_on": dismissed or ended,
            "administrator": case.get("trustee"),
        }
        return [_record(about, "F08", record_id, payload, op="assert", occurred=filed)]
    payload = {
        "case_no": number,
        "court_name": court,
        "filed_on": filed,
        "cause": case.get("nature_of_suit") or case.get("cause"),
        "role": about.subject.get("role") or "defendant",
        "parties": [_party(party) for party in case.get("parties") or () if party.get("name")],
        "status": "closed" if ended else "filed",
        "closed_on": ended,
    }
    return [_record(about, "F01", record_id, payload, op="assert", occurred=filed)]


_ROLES = {
    "plaintiff": "plaintiff",
    "defendant": "defendant",
    "appellant": "appellant",
    "appellee": "appellee",
}


_COMPANY = re.compile(
    r"\b(inc|llc|llp|lp|ltd|corp|corporation|company|co|bank|n\.?a|trust|fund|association|united states)\b",
    re.IGNORECASE,
)


def _party(party: Mapping[str, Any]) -> Raw:
    """A party that carries no sign of a company is taken for a person, and masked."""
    role = _ROLES.get(str(party.get("type", "")).casefold())
    kind = "org" if _COMPANY.search(str(party["name"])) else "person"
    return {"name": party["name"], "kind": kind, **({"role": role} if role else {})}


def ucc_filing(lien: Mapping[str, Any], about: Origin) -> list[Raw]:
    """A UCC filing as F11; it lapses after five years unless continued, and closes when terminated."""
    filed = lien.get("filing_date")
    closed = str(lien.get("status", "")).casefold() in {"terminated", "closed", "released"}
    cents = lien.get("amount_cents")
    collateral = lien.get("collateral")
    payload = {
        "reg_no": str(lien.get("file_number", "")),
        "security_type": "ucc",
        "secured_party": [p["name"] for p in lien.get("secured_parties") or () if p.get("name")],
        "grantor": [p["name"] for p in lien.get("debtors") or () if p.get("name")],
        "collateral": collateral.get("text") if isinstance(collateral, Mapping) else collateral,
        "secured_amount": _cents(cents),
        "reg_on": filed,
        "term_end": lien.get("lapse_date") or _lapses(filed),
        "cancelled_on": lien.get("terminated_on") if closed else None,
        "status": "cancelled" if closed else "active",
    }
    record_id = f"ucc/{lien.get('state', '')}/{lien.get('file_number', '')}"
    return [_record(about, "F11", record_id, payload, op="close" if closed else "assert", occurred=filed)]


def _lapses(filed: object) -> str | None:
    """Five years after filing (UCC 9-515)."""
    with suppress(ValueError):  # validation says what is wrong with the day
        return years_after(date.fromisoformat(str(filed)[:10]), 5).isoformat()
    return None


def tax_lien(notice: Mapping[str, Any], about: Origin) -> list[Raw]:
    """A federal tax lien as F16: release closes it, withdrawal retracts it."""
    serial = str(notice.get("serial_number", ""))
    filed = notice.get("filed_on") or notice.get("assessment_date")
    op = "retract" if notice.get("withdrawn_on") else "close" if notice.get("released_on") else "assert"
    balance = notice.get("unpaid_balance")
    payload = {
        "taxpayer_id": about.subject.get("value") or serial,
        "tax_type": "其他",
        "notice_period": str(notice.get("period_ending", ""))[:7],
        "authority": "Internal Revenue Service",
        "balance": None if balance is None else {"amount": str(balance), "currency": "USD"},
        "published_on": notice.get("filed_on"),
        "paid_on": notice.get("released_on"),
        "arrears_since": notice.get("assessment_date"),
    }
    return [_record(about, "F16", f"ftl/{serial}", payload, op=op, occurred=filed)]


def _cents(value: object) -> Raw | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return {"amount": str(Decimal(value) / 100), "currency": "USD"}
