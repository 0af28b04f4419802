"""A fact: what the ledger keeps of one record, in compact form.

Amounts are integers in minor units (fen, pence, cents), days are integers counted from 1970-01-01 in the zone of the
jurisdiction, so that a judgement needs no parsing and two equal facts are equal bytes.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from detectors.record import Record, epoch

DAY = 86_400
FAR = 10**9  # a day that never comes
_EPOCH_ORDINAL = 719_163  # date(1970, 1, 1).toordinal()

RANK: Mapping[str, int] = {"assert": 0, "amend": 1, "close": 2, "retract": 3}
"""Order of operations that carry the same version: the later one in this table wins."""
RETRACT = RANK["retract"]

RED_CEILING, YELLOW_CEILING, BLUE_CEILING = 3, 2, 1

MANUAL = "F32"
"""Feed of manual entries: each holds a record of another feed and is judged as one of that feed."""

TOMBSTONE_DAYS = 400
"""How long a retraction is remembered against a late assert."""
CLOSED_DAYS = 1_826
"""How long a closed fact of an organisation is kept: five years (engine default)."""
SERIES_DAYS = 1_096
"""How far a bounded series reaches back: 36 monthly periods."""

_SERIES_FEEDS = frozenset({"F15", "F19"})

# Never needed for a judgement and personal or bulky: they stay in the record, not in the ledger.
# fmt: off
_LEFT_OUT = frozenset({
    "name", "id", "parties", "judge", "department", "duty", "location", "owner", "legal_rep", "address",
    "secured_party", "grantor", "collateral", "currency", "doc_url", "iname", "cardnum", "mortgagor",
    "mortgagee", "applicant", "particulars", "scope", "before", "after",
})
# fmt: on


class Fact(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The highest version of one source record about one entity.

    ``start`` and ``end`` are the half-open interval of days in which the fact holds (``end`` None: open),
    ``until`` the day on which retention ends, ``ceiling`` the highest colour this evidence may raise on its own,
    ``entered`` the feed of a record that was entered by hand (F32), empty for all others. In ``data`` an amount is an
    integer of minor units in the profile's currency, or ``[minor units, currency]`` in a foreign one.
    """

    version: int
    rank: int
    digest: bytes
    observed: int
    occurred: int
    start: int
    end: int | None
    until: int | None
    quality: float
    confidence: float
    ceiling: int
    key: str
    data: dict[str, Any]
    conflict: bool = False
    entered: str = ""

    @property
    def retracted(self) -> bool:
        """True for a tombstone."""
        return self.rank == RETRACT

    @property
    def weight(self) -> float:
        """Factor on the points this fact raises: quality times match confidence."""
        return self.quality * self.confidence

    def holds(self, day: int) -> bool:
        """Whether the fact is in force on ``day``."""
        return self.start <= day and (self.end is None or day < self.end)


def day_number(value: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(2026, 1, 1))
    20454
    """
    return value.toordinal() - _EPOCH_ORDINAL


def day_of(seconds: int, utc_offset: int) -> int:
    """The local day of an instant; ``utc_offset`` in seconds east of Greenwich."""
    return (seconds + utc_offset) // DAY


def midnight(day: int, utc_offset: int) -> int:
    """The instant (epoch seconds) at which a local day begins."""
    return day * DAY - utc_offset


def iso_day(day: int) -> str:
    """ISO date of a day number, for people."""
    return date.fromordinal(day + _EPOCH_ORDINAL).isoformat()


def compact(payload: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """The payload as the ledger keeps it: minor units, day numbers, no names, no nested lists.

    >>> compact({"exec_amount": {"amount": "2000000.00", "currency": "CNY"}, "filed_on": "2026-01-05"}, "CNY")
    {'exec_amount': 200000000, 'filed_on': 20458}
    >>> compact({"exec_amount": {"amount": "12.50", "currency": "USD"}}, "CNY")
    {'exec_amount': [1250, 'USD']}
    """
    kept: dict[str, Any] = {}
    for name, value in payload.items():
        if name in _LEFT_OUT or value is None:
            continue
        if isinstance(value, dict):
            if "amount" in value:
                minor, unit = minor_units(value["amount"]), value.get("currency", currency)
                kept[name] = minor if unit == currency else [minor, unit]
        elif isinstance(value, str):
            kept[name] = _day_or_text(name, value)
        elif not isinstance(value, list):
            kept[name] = value
    return kept


def minor_units(amount: str) -> int:
    """A canonical decimal string (two places) as an integer of hundredths.

    >>> minor_units("12.50"), minor_units("-0.05"), minor_units("3")
    (1250, -5, 300)
    """
    whole, _, part = amount.partition(".")
    value = int(whole.lstrip("-") or "0") * 100 + int((part + "00")[:2])
    return -value if whole.startswith("-") else value


def _day_or_text(name: str, value: str) -> Any:
    if len(value) == 10 and value[4] == "-" == value[7] and not name.endswith(("_no", "_ref")):
        try:
            return day_number(date.fromisoformat(value))
        except ValueError:
            return value
    return value


_canonical = msgspec.json.Encoder(order="deterministic")


def content_digest(record: Record) -> bytes:
    """First 128 bits of the SHA-256 of what the record says (not of when it was captured).

    Two records with one version and different digests contradict each other.
    """
    said = (record.op, record.occurred_at, record.valid_from, record.valid_to, record.payload)
    return hashlib.sha256(_canonical.encode(said)).digest()[:16]


def fact_of(record: Record, natural_key: str, utc_offset: int, currency: str) -> Fact:
    """The fact a record states. Pure; the interval follows :func:`_interval`.

    ``utc_offset`` (seconds) and ``currency`` are those of the jurisdiction's profile.
    """
    observed, occurred = epoch(record.observed_at), epoch(record.occurred_at)
    feed, payload = record.feed, record.payload
    entered = ""
    if feed == MANUAL and "feed" in payload:
        feed = entered = payload["feed"]
        payload = payload["record"]
    data = compact(payload, currency)
    if feed == "F29" and record.subject.scheme != "person":
        data["name"] = payload.get("name") or record.subject.name
    rank = RANK[record.op]
    if rank == RETRACT:
        data, start = {}, day_of(observed, utc_offset)
        end: int | None = start
        until: int | None = start + TOMBSTONE_DAYS
    else:
        start, end = _interval(record, feed, data, utc_offset)
        until = _until(feed, start, end)
    return Fact(
        version=record.version,
        rank=rank,
        digest=content_digest(record),
        observed=observed,
        occurred=occurred,
        start=start,
        end=end,
        until=until,
        quality=record.quality,
        confidence=record.match_confidence,
        ceiling=_ceiling(record),
        key=natural_key,
        data=data,
        entered=entered,
    )


_UNAPPROVED = frozenset({"unapproved_entry", "manual_unapproved"})


def _ceiling(record: Record) -> int:
    """An unconfirmed identity may raise blue at most; an unapproved manual entry no red."""
    if record.match_confidence < 0.95:
        return BLUE_CEILING
    unapproved = record.feed == MANUAL and not record.payload.get("approved_by")
    return YELLOW_CEILING if unapproved or not _UNAPPROVED.isdisjoint(record.flags) else RED_CEILING


def _until(feed: str, start: int, end: int | None) -> int | None:
    if feed in _SERIES_FEEDS:
        return start + SERIES_DAYS
    return None if end is None else end + CLOSED_DAYS


# Payload fields that say when the fact began and ended, strongest first.
_STARTS: Mapping[str, tuple[str, ...]] = {
    "F04": ("filed_on",),
    "F05": ("published_on", "filed_on"),
    "F09": ("from",),
    "F16": ("published_on",),
}
_ENDS: Mapping[str, tuple[str, ...]] = {
    "F01": ("closed_on",),
    "F05": ("removed_on", "term_end"),
    "F09": ("lifted_on", "to"),
    "F11": ("cancelled_on", "term_end"),
    "F12": ("cancelled_on",),
    "F15": ("paid_on",),
    "F16": ("paid_on",),
    "F22": ("removed_on",),
    "F23": ("removed_on",),
    "F26": ("released_on",),
}
_ENDED_STATUS = frozenset({"concluded", "settled", "closed", "withdrawn", "dismissed"})
_DISHONEST_TERM_YEARS = 2
"""Conduct 2-6 is listed for two years; conduct 1 has no fixed term (最高人民法院失信名单规定, 2017, art. 2)."""


def _interval(record: Record, feed: str, data: Mapping[str, Any], utc_offset: int) -> tuple[int, int | None]:
    """Days in which the fact holds: the payload's own dates, else the envelope's, else the moment of occurrence."""
    start = _first(data, _STARTS.get(feed, ()))
    if start is None:
        start = (
            day_number(record.valid_from)
            if record.valid_from
            else day_of(epoch(record.occurred_at), utc_offset)
        )
    ends = [data[name] for name in _ENDS.get(feed, ()) if isinstance(data.get(name), int)]
    if feed == "F15" and _owing(data):  # paid in part: the bill stays open
        ends = []
    if record.valid_to is not None:
        ends.append(day_number(record.valid_to))
    if feed == "F05" and not ends and data.get("conduct_code") in {2, 3, 4, 5, 6}:
        ends.append(_years_later(start, _DISHONEST_TERM_YEARS))
    if record.op == "close" or data.get("status") in _ENDED_STATUS:
        said = day_of(epoch(record.published_at or record.observed_at), utc_offset)
        if not _closing_date(record, feed, data, said):
            ends.append(said)
    return start, min(ends, default=None)


def _owing(data: Mapping[str, Any]) -> bool:
    """Whether a bill that names a payment is still open in part, penalty included."""
    due = _minor(data.get("amount_due")) + _minor(data.get("penalty"))
    return "amount_paid" in data and _minor(data["amount_paid"]) < due


def _minor(amount: Any) -> int:
    """Minor units of an amount in whatever currency; a bill is due and paid in one."""
    return int(amount[0] if isinstance(amount, list) else amount or 0)


def _years_later(day: int, years: int) -> int:
    """The same date ``years`` later; 29 February becomes 1 March."""
    begun = date.fromordinal(day + _EPOCH_ORDINAL)
    try:
        return day_number(begun.replace(year=begun.year + years))
    except ValueError:
        return day_number(date(begun.year + years, 3, 1))


def _closing_date(record: Record, feed: str, data: Mapping[str, Any], said: int) -> bool:
    """Whether a closed record says itself when it ended; a term that runs on after ``said`` is not that."""
    if record.valid_to is not None and day_number(record.valid_to) <= said:
        return True
    own = [name for name in _ENDS.get(feed, ()) if name not in ("to", "term_end")]
    return any(isinstance(data.get(name), int) for name in own)


def _first(data: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((data[name] for name in names if isinstance(data.get(name), int)), None)
