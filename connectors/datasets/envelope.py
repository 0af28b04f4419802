"""The envelope every record of a data set travels in."""

from collections.abc import Mapping
from datetime import datetime

from connectors.datasets.table import Row


def envelope(
    source_id: str,
    feed: str,
    record_id: str,
    row: Row,
    at: datetime,
    jurisdiction: str,
    subject: Mapping[str, str],
    payload: Mapping[str, object],
    *,
    version: int = 1,
    op: str = "assert",
    legal_basis: str | None = None,
) -> dict[str, object]:
    """A raw record that occurs and is observed ``at`` one moment of the replay; nulls are left out by validation."""
    return {
        "schema": f"{feed}/1.0",
        "source_id": source_id,
        "record_id": record_id,
        "version": version,
        "op": op,
        "subject": subject,
        "occurred_at": at.isoformat(),
        "observed_at": at.isoformat(),
        "jurisdiction": jurisdiction,
        "legal_basis": legal_basis,
        "evidence": {"sha256": row.sha256},
        "payload": payload,
    }
