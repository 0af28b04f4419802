"""From a record to the fact it states: what it says in compact form, from when until when it holds, and how far it is
trusted.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from detectors.derive import derived
from detectors.fact import (
    BLUE_CEILING,
    CLOSED_DAYS,
    IMPULSE,
    IMPULSE_DAYS,
    MANUAL,
    MENTION_DAYS,
    RANK,
    RED_CEILING,
    RETRACT,
    SERIES_DAYS,
    TOMBSTONE_DAYS,
    YELLOW_CEILING,
    Fact,
    compact,
    day_number,
    day_of,
    iso_day,
)
from detectors.record import Record, epoch
from detectors.records.freezes import longest_freeze
from detectors.terms import guarantee_end

_BY_ROLE = frozenset({"F06", "F11", "F12", "F13", "F14", "F21", "F26", "F27", "F28"})
"""Feeds whose statement means another thing for each of those it concerns."""
_SERIES: Mapping[str, int] = {
    "F15": SERIES_DAYS,
    "F19": SERIES_DAYS,
    "F21": SERIES_DAYS,
    "F35": MENTION_DAYS,
}
"""Feeds of which each fact is one of a series, and how many days of it are kept."""

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
    data = compact(payload, currency) | derived(feed, payload)
    if feed in _BY_ROLE and (role := _role(record, feed, data)):
        data["role"] = role
    if feed == "F29" and record.subject.scheme != "person":
        data["name"] = payload.get("name") or record.subject.name
    rank = RANK[record.op]
    if rank == RETRACT:
        data, start = {}, day_of(observed, utc_offset)
        end: int | None = start
        until: int | None = start + TOMBSTONE_DAYS
    else:
        start, end = _interval(record, feed, data, utc_offset)
        until = _until(feed, start, end, data)
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


_SIDES = ("guarantor", "debtor")


def _role(record: Record, feed: str, data: Mapping[str, Any]) -> str:
    """The part the subject takes: as the record says, else, in a guarantee, the side that it is by its id."""
    said = record.subject.role
    if feed != "F26" or said in _SIDES:
        return said
    return next((side for side in _SIDES if data.get(side) == record.entity), said)


_UNAPPROVED = frozenset({"unapproved_entry", "manual_unapproved"})


def _ceiling(record: Record) -> int:
    """An unconfirmed identity may raise blue at most; an unapproved manual entry no red."""
    if record.match_confidence < 0.95:
        return BLUE_CEILING
    unapproved = record.feed == MANUAL and not record.payload.get("approved_by")
    return YELLOW_CEILING if unapproved or not _UNAPPROVED.isdisjoint(record.flags) else RED_CEILING


def _until(feed: str, start: int, end: int | None, data: Mapping[str, Any]) -> int | None:
    """The day on which retention ends, None as long as the fact is open. What was deleted on an objection (F31) never
    comes back, so the decision is kept for good."""
    if feed == "F31" and data.get("decision") == "delete":
        return None
    series = _SERIES.get(feed)
    if series is not None or data.get("event") == "invoices":
        return start + (series or SERIES_DAYS)
    kept = IMPULSE_DAYS if feed == IMPULSE else CLOSED_DAYS
    return None if end is None else end + kept


# Payload fields that say when the fact began and ended, strongest first.
_STARTS: Mapping[str, tuple[str, ...]] = {
    "F01": ("filed_on",),
    "F03": ("judged_on",),
    "F04": ("filed_on",),
    "F05": ("published_on", "filed_on"),
    "F06": ("published_on", "filed_on"),
    "F07": ("terminated_on",),
    "F08": ("applied_on", "accepted_on"),
    "F09": ("from",),
    "F10": ("announced_on",),
    "F11": ("reg_on",),
    "F13": ("reg_on",),
    "F14": ("frozen_from", "published_on"),
    "F16": ("published_on",),
    "F17": ("listed_on",),
    "F18": ("published_on",),
    "F20": ("event_on",),
    "F21": ("as_of",),
    "F22": ("put_on",),
    "F23": ("put_on",),
    "F24": ("decided_on",),
    "F25": ("changed_on",),
    "F28": ("issued_on",),
}
_ENDS: Mapping[str, tuple[str, ...]] = {
    "F01": ("closed_on",),
    "F05": ("removed_on", "term_end"),
    "F06": ("lifted_on",),
    "F08": ("ended_on",),
    "F09": ("lifted_on", "to"),
    "F10": ("sold_on",),
    "F11": ("cancelled_on", "term_end"),
    "F12": ("cancelled_on",),
    "F13": ("cancelled_on",),
    "F14": ("released_on", "to"),
    "F15": ("paid_on",),
    "F16": ("paid_on",),
    "F17": ("released_on",),
    "F18": ("ceased_on",),
    "F19": ("paid_on",),
    "F20": ("removed_on",),
    "F22": ("removed_on",),
    "F23": ("removed_on",),
    "F24": ("withdrawn_on",),
    "F25": ("suspended_until",),
    "F26": ("released_on",),
    "F27": ("valid_to",),
    "F28": ("withdrawn_on",),
}
_ENDED_STATUS = frozenset({"concluded", "settled", "closed", "withdrawn", "dismissed", "transferred"})
"""A suit that is transferred (移送) goes on at the other court, under another number."""
_ENDED_EVENT = frozenset({"dismissed", "terminated", "removed"})
"""The last event of insolvency proceedings (F08) or of a case of wage arrears (F20)."""
_DISHONEST_TERM_YEARS = 2
"""Conduct 2-6 is listed for two years; conduct 1 has no fixed term (最高人民法院失信名单规定, 2017, art. 2)."""
_WAGES_TERM_YEARS = 3
"""On the joint-discipline list for wage arrears (人社部令第45号)."""
_SERIOUS_TERM_YEARS = 3
"""On the serious-violation list (市场监管总局令第44号); earlier removal comes as a record."""


def _interval(record: Record, feed: str, data: Mapping[str, Any], utc_offset: int) -> tuple[int, int | None]:
    """Days in which the fact holds: the payload's own dates, else the envelope's, else the moment of occurrence."""
    start = _first(data, _STARTS.get(feed, ()))
    if start is None:
        if record.valid_from and feed != "F35":
            start = day_number(record.valid_from)
        else:
            moment = data["published_at"] if feed == "F35" else epoch(record.occurred_at)
            start = day_of(moment, utc_offset)
    ends = [data[name] for name in _ENDS.get(feed, ()) if isinstance(data.get(name), int)]
    if feed == "F20" and data.get("event") == "removed" and isinstance(data.get("event_on"), int):
        ends.append(data["event_on"])
    if feed == "F15" and _owing(data):  # paid in part: the bill stays open
        ends = []
    if record.valid_to is not None:
        ends.append(day_number(record.valid_to))
    if feed == "F26" and "released_on" not in data:  # the law may prolong what was agreed
        term = guarantee_end(data, min(ends, default=None))
        ends = [] if term is None else [term]
    if not ends and (years := _term_years(feed, data, record.jurisdiction)):
        ends.append(_years_later(start, years))
    if record.op == "close" or _over(feed, data):
        said = day_of(epoch(record.published_at or record.observed_at), utc_offset)
        if not _closing_date(record, feed, data, said):
            ends.append(said)
    return start, min(ends, default=None)


def _term_years(feed: str, data: Mapping[str, Any], jurisdiction: str) -> int:
    """How long a listing or a freeze lasts that does not say so itself; 0 without a fixed term."""
    if feed in ("F09", "F14"):
        frozen = jurisdiction.startswith("CN") and data.get("measure") != "deduction"
        return longest_freeze(str(data.get("asset_class"))) if frozen else 0
    if feed == "F05" and data.get("conduct_code") in {2, 3, 4, 5, 6}:
        return _DISHONEST_TERM_YEARS
    if feed == "F23" and data.get("listing", "serious_violation") == "serious_violation":
        return _SERIOUS_TERM_YEARS
    return _WAGES_TERM_YEARS if feed == "F20" and data.get("event") == "joint_discipline_listed" else 0


def _over(feed: str, data: Mapping[str, Any]) -> bool:
    """Whether a record that is not closed says that what it is about has ended."""
    if feed in ("F08", "F20"):
        return data.get("event") in _ENDED_EVENT
    if feed in ("F11", "F13"):
        return "cancelled" in (data.get("status"), data.get("state"))
    return data.get("status") in _ENDED_STATUS or (feed == "F03" and data.get("performed") is True)


def _owing(data: Mapping[str, Any]) -> bool:
    """Whether a bill that names a payment is still open in part, penalty included."""
    due = _minor(data.get("amount_due")) + _minor(data.get("penalty"))
    return "amount_paid" in data and _minor(data["amount_paid"]) < due


def _minor(amount: Any) -> int:
    """Minor units of an amount in whatever currency; a bill is due and paid in one."""
    return int(amount[0] if isinstance(amount, list) else amount or 0)


def _years_later(day: int, years: int) -> int:
    """The same date ``years`` later; 29 February becomes 1 March."""
    begun = date.fromisoformat(iso_day(day))
    try:
        return day_number(begun.replace(year=begun.year + years))
    except ValueError:
        return day_number(date(begun.year + years, 3, 1))


def _closing_date(record: Record, feed: str, data: Mapping[str, Any], said: int) -> bool:
    """Whether a closed record says itself when it ended; a term that runs on after ``said`` is not that."""
    if record.valid_to is not None and day_number(record.valid_to) <= said:
        return True
    own = [name for name in _ENDS.get(feed, ()) if name not in ("to", "term_end", "suspended_until")]
    return any(isinstance(data.get(name), int) for name in own)


def _first(data: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((data[name] for name in names if isinstance(data.get(name), int)), None)
