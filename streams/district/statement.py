"""What a department wants to say, before it is put into the department's own format."""

from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

import msgspec

from streams.district.dice import DAY
from streams.district.firm import Firm

JURISDICTION: Final = "CN-330604"
ZONE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


class Almanac:
    """Simulated time: whole days and seconds counted from the first day of the world, midnight in Asia/Shanghai."""

    __slots__ = ("_iso", "_months", "start", "zero")

    def __init__(self, start: date) -> None:
        self.start = start
        self.zero = start.toordinal()
        self._iso: dict[int, str] = {}
        self._months: dict[int, int] = {}

    def day(self, number: int) -> date:
        """The calendar day; negative numbers lie before the world began."""
        return date.fromordinal(self.zero + number)

    def number(self, day: date) -> int:
        """The inverse of :meth:`day`."""
        return day.toordinal() - self.zero

    def month_of(self, number: int) -> int:
        """The month a day lies in, counted from year 0."""
        day = date.fromordinal(self.zero + number)
        return day.year * 12 + day.month - 1

    def month_start(self, month: int) -> int:
        """The first day of a month, as a number."""
        held = self._months.get(month)
        if held is None:
            held = self._months[month] = date(month // 12, month % 12 + 1, 1).toordinal() - self.zero
        return held

    def iso(self, number: int) -> str:
        """ISO date of a day number."""
        text = self._iso.get(number)
        if text is None:
            text = self._iso[number] = self.day(number).isoformat()
        return text

    def stamp(self, second: int) -> str:
        """RFC 3339 with offset."""
        day, rest = divmod(second, DAY)
        minutes, seconds = divmod(rest, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{self.iso(day)}T{hours:02d}:{minutes:02d}:{seconds:02d}+08:00"

    def moment(self, second: int) -> datetime:
        """The same as an aware datetime."""
        return datetime(self.start.year, self.start.month, self.start.day, tzinfo=ZONE) + timedelta(
            seconds=second
        )


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one record about one firm, in canonical vocabulary.

    ``at`` is the simulated second of capture, days are numbers of the :class:`Almanac`; ``payload`` holds canonical
    field names with money as ``{"amount", "currency"}`` and dates as ISO text.
    """

    source: str
    feed: str
    record_id: str
    firm: Firm
    at: int
    occurred: int
    payload: dict[str, Any]
    version: int = 1
    op: str = "assert"
    role: str = ""
    valid_from: int | None = None
    valid_to: int | None = None
    doc_no: str = ""


def money(amount: float) -> dict[str, str]:
    """An amount in yuan as it travels on the wire: decimal string and currency."""
    return {"amount": f"{amount:.2f}", "currency": "CNY"}


class Source(msgspec.Struct, frozen=True):
    """A department as the platform registers it. ``cycle_seconds`` is its declared cycle (F33)."""

    key: str
    source_id: str
    family: str
    visibility: str
    legal_basis: str
    cycle_seconds: int


SOURCES: Final[dict[str, Source]] = {
    source.key: source
    for source in (
        Source("court", "cn.330604.court", "court", "public", "", DAY),
        Source(
            "property",
            "cn.330604.realestate",
            "seizure_mortgage",
            "gov_shared",
            "不动产登记信息共享协议",
            DAY,
        ),
        Source("utility", "cn.330604.utility", "utility", "gov_shared", "公用事业信息归集协议", DAY),
        Source("tax", "cn.330604.tax", "tax", "public", "", 7 * DAY),
        Source("registry", "cn.330604.registry", "registry", "gov_shared", "企业信用信息共享协议", DAY),
        Source("judicial", "cn.330604.judicial", "court", "public", "", DAY),
        Source("movables", "cn.330604.movables", "seizure_mortgage", "public", "", DAY),
        Source("taxpayer", "cn.330604.taxpayer", "tax", "gov_shared", "涉税信息共享协议", DAY),
        Source("labour", "cn.330604.labour", "labour", "gov_shared", "社会保险信息共享协议", DAY),
        Source("credit", "cn.330604.credit", "credit", "authorised", "征信业务授权", DAY),
    )
}
"""Every department of the district, by the key used throughout this package; one feed family each."""


CANONICAL_FILES: Final = ("judicial", "movables", "taxpayer", "labour", "credit")
"""Departments that drop files of canonical records."""


def canonical(statement: Statement, almanac: Almanac) -> dict[str, Any]:
    """The statement as a canonical wire record, nulls omitted."""
    source, firm = SOURCES[statement.source], statement.firm
    subject = {"scheme": "uscc", "value": firm.uscc, "name": firm.name}
    if statement.role:
        subject["role"] = statement.role
    record = {
        "schema": statement.feed + "/1.0",
        "source_id": source.source_id,
        "record_id": statement.record_id,
        "version": statement.version,
        "op": statement.op,
        "subject": subject,
        "entity": firm.entity,
        "occurred_at": almanac.iso(statement.occurred) + "T00:00:00+08:00",
        "observed_at": almanac.stamp(statement.at),
        "jurisdiction": JURISDICTION,
        "visibility": source.visibility,
        "payload": statement.payload,
    }
    if statement.valid_from is not None:
        record["valid_from"] = almanac.iso(statement.valid_from)
    if statement.valid_to is not None:
        record["valid_to"] = almanac.iso(statement.valid_to)
    if source.legal_basis:
        record["legal_basis"] = source.legal_basis
    if source.visibility == "authorised":
        record["consent_id"] = "SQ-" + firm.uscc
    if statement.doc_no:
        record["evidence"] = {"doc_no": statement.doc_no}
    return record


def heartbeat(source: Source, at: int, almanac: Almanac) -> dict[str, Any]:
    """A sign of life (F33): the source has said everything it knows up to the simulated second ``at``.

    Its record id differs from that of the connector's own heartbeat, which carries the time of the machine.
    """
    stamp = almanac.stamp(at)
    return {
        "schema": "F33/1.0",
        "source_id": source.source_id,
        "record_id": f"pulse|{source.source_id}",
        "version": at + 1,
        "op": "heartbeat",
        "subject": {"scheme": "source", "value": source.source_id},
        "entity": "src:" + source.source_id,
        "occurred_at": stamp,
        "observed_at": stamp,
        "jurisdiction": JURISDICTION,
        "visibility": "public",
        "payload": {"cycle_seconds": source.cycle_seconds, "watermark": stamp},
    }
