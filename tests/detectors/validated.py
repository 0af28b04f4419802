"""Verdicts of validation on the examples, at a fixed moment."""

import json
from datetime import UTC, datetime
from typing import Any

from detectors.records.validation import Outcome, validate
from tests.detectors.examples import example_record

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)


def judged(feed: str, payload: dict[str, Any] | None = None, **envelope: Any) -> Outcome:
    """Verdict on the example with some fields replaced."""
    record = {**example_record(feed), **envelope}
    if "subject" in envelope or "jurisdiction" in envelope:
        record.pop("entity")
        record.pop("match_confidence")
    record["payload"].update(payload or {})
    return validate(record, now=NOW)


def wire(outcome: Outcome) -> dict[str, Any]:
    """The canonical record."""
    assert outcome.wire is not None, outcome.detail
    made: dict[str, Any] = json.loads(outcome.wire)
    return made
