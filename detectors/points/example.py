"""Short hands for the runnable examples of the evaluators: facts in, a view out. Nothing else uses this module."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from detectors.catalogue.model import Profile
from detectors.fact import day_number
from detectors.fold import stated
from detectors.ledger import EMPTY, fold
from detectors.points.verdict import Verdict
from detectors.points.view import Base, View
from detectors.record import Record, Subject
from detectors.reference import NOTHING, Reference

FIRM = "ent:CN-330604:91330604MA0000015G"
_PROFILE = Profile(utc_offset_hours=8, currency="CNY")


def cny(amount: float) -> dict[str, str]:
    """Canonical money in yuan.

    >>> cny(2_000_000)
    {'amount': '2000000.00', 'currency': 'CNY'}
    """
    return {"amount": f"{amount:.2f}", "currency": "CNY"}


def seen(
    day: str,
    base: float = 10_000_000,
    reference: Reference = NOTHING,
    others: Mapping[str, Verdict] | None = None,
    **feeds: Sequence[Mapping[str, Any]],
) -> View:
    """A view on ``day`` of one firm: ``F04=[payload, …]``, each with ``on`` (the day it occurred) and
    maybe ``role_of_subject``.

    ``base`` is M in yuan, ``others`` what other points say.

    >>> seen("2026-03-01", F04=[{"on": "2026-01-05", "filed_on": "2026-01-05"}]).active("F04")[0].start
    20458
    """
    ledger = EMPTY
    for feed, payloads in feeds.items():
        for number, payload in enumerate(payloads):
            said = stated(_record(feed, number, payload), _PROFILE)
            ledger = fold(ledger, said.feed, said.ident, said.fact).ledger
    held = others or {}
    return View(
        ledger,
        day_number(date.fromisoformat(day)),
        Base(round(base * 100), "example"),
        {},
        reference=reference,
        judged=lambda name, _: held[name],
    )


def _record(feed: str, number: int, payload: Mapping[str, Any]) -> Record:
    said = {name: value for name, value in payload.items() if name not in ("on", "role_of_subject")}
    at = datetime.fromisoformat(payload["on"]).replace(tzinfo=UTC)
    return Record(
        schema=f"{feed}/1.0",
        source_id="example",
        record_id=str(number),
        version=1,
        op="assert",
        entity=FIRM,
        subject=Subject("uscc", FIRM.rpartition(":")[2], role=str(payload.get("role_of_subject", ""))),
        occurred_at=at,
        observed_at=at,
        jurisdiction="CN-330604",
        payload=said,
    )
