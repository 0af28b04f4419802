"""Reporting rate (信用信息报送率), timeliness, validity and completeness of each source and period.

``report_rate = Σ min(received, due) / Σ due`` over the items of the agreement; the appraisal score is
``report_rate × (0.4 timely + 0.4 valid + 0.2 complete)``.

What counts, and once only:

* A delivery is one (source, record id, role, entity, version) that was accepted; sent again, it is a duplicate, and of
  several the one captured first counts. A delivery that was refused is told apart by its content.
* A retraction of version N takes back the deliveries up to N: they leave every rate, as if they had never come, and the
  retraction itself is no delivery. A higher version stands again. It does not matter which comes first.
* An item has received as many as there are different record ids among its deliveries, refused ones included; an
  amendment in a later period is no second report. Whoever sends rubbish fills the quota and loses validity.
* Timeliness and lags are measured on first statements (``assert``): an amendment repeats the date of the event.
  Timeliness and completeness concern what was accepted; if nothing was, both are 0.

The sums are therefore the same for every order and repetition of the same records. That needs one small entry per
delivery, which is the price of exactness under retraction.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, tzinfo
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from detectors.governance.exchange import Exchange
from detectors.governance.lags import Lags, lags, timely
from detectors.governance.periods import Period, months
from detectors.governance.rates import SourceReport, Tally
from detectors.record import CONTROL_OPS, Record, decode
from detectors.records.validation import Outcome

NOBODY = "-"
"""Source of refused records that name none."""

_encoder = msgspec.json.Encoder(order="deterministic")


class _Delivery(NamedTuple):
    """One accepted delivery; ordered, so that of several under one version the least counts.

    ``timely`` is -1 where it is not measured, ``item`` where the agreement knows none.
    """

    observed: float
    day: date
    flagged: bool
    record: bytes
    item: int
    timely: int
    filled: int
    required: int
    lag: tuple[int | None, int | None, int | None]


class _Refusal(NamedTuple):
    day: date | None
    reason: str
    record: bytes
    item: int


class _Source:
    """Everything one source delivered."""

    def __init__(self) -> None:
        self.versions: dict[bytes, dict[int, _Delivery]] = {}
        self.refusals: dict[bytes, _Refusal] = {}
        self.taken_back: dict[bytes, int] = {}
        self.repeated: Counter[date] = Counter()

    def standing(self) -> Iterator[tuple[_Delivery, bool]]:
        """Every delivery, and whether it still stands."""
        for key, versions in self.versions.items():
            until = self.taken_back.get(key, 0)
            for version, delivery in versions.items():
                yield delivery, version > until


class Reporting:
    """Counts deliveries; asked for a report at any time. Not thread-safe."""

    def __init__(self, exchange: Exchange, zone_of: Callable[[str], tzinfo]) -> None:
        """``zone_of`` says which zone the days of a jurisdiction are counted in."""
        self._exchange = exchange
        self._zone_of = zone_of
        self._sources: dict[str, _Source] = {source: _Source() for source in exchange.sources}

    def add(self, raw: Mapping[str, object], outcome: Outcome) -> None:
        """Count one record as it came (``raw``) and as it was judged. Heartbeats and the like are no deliveries."""
        if outcome.wire is None:
            self._refuse(raw, str(outcome.reason))
            return
        record = decode(outcome.wire)
        if record.op not in CONTROL_OPS:
            self._accept(record, flagged=outcome.kind == "flagged")

    def _accept(self, record: Record, *, flagged: bool) -> None:
        source = self._sources.setdefault(record.source_id, _Source())
        key = _digest(f"{record.record_id}|{record.subject.role}|{record.entity}")
        if record.op == "retract":
            source.taken_back[key] = max(record.version, source.taken_back.get(key, 0))
            return
        made, versions = self._delivery(record, flagged), source.versions.setdefault(key, {})
        held = versions.get(record.version)
        if held is not None:
            source.repeated[max(made, held).day] += 1
        versions[record.version] = made if held is None else min(made, held)

    def _delivery(self, record: Record, flagged: bool) -> _Delivery:
        exchange, zone = self._exchange, self._zone_of(record.jurisdiction)
        agreement, said = exchange.agreement(record.source_id), Lags(None, None, None, None)
        number, in_time = agreement.item_of(record.feed, record.payload), -1
        if record.op == "assert":
            legal, calendar = exchange.legal(record.feed), exchange.calendar(record.jurisdiction)
            in_time, said = int(timely(record, legal, agreement.span, zone, calendar)), lags(record)
        item = None if number is None else agreement.items[number]
        return _Delivery(
            observed=record.observed_at.timestamp(),
            day=record.observed_at.astimezone(zone).date(),
            flagged=flagged,
            record=_digest(record.record_id),
            item=-1 if number is None else number,
            timely=in_time,
            filled=0 if item is None else item.filled(record),
            required=0 if item is None else len(item.required),
            lag=(said.observation, said.publication, said.capture),
        )

    def _refuse(self, raw: Mapping[str, object], reason: str) -> None:
        name = raw.get("source_id")
        name = name if isinstance(name, str) and name else NOBODY
        source = self._sources.setdefault(name, _Source())
        content = _digest(_encoder.encode(raw))
        zone = self._zone_of(str(raw.get("jurisdiction", "")))
        schema, record = str(raw.get("schema", "")), raw.get("record_id")
        number = self._exchange.agreement(name).item_of(schema[:3], raw.get("payload"))
        refusal = _Refusal(
            day=_day(raw, zone),
            reason=reason,
            record=_digest(record) if isinstance(record, str) else content,
            item=-1 if number is None else number,
        )
        if content in source.refusals and refusal.day is not None:
            source.repeated[refusal.day] += 1
        source.refusals[content] = refusal

    def periods(self) -> list[Period]:
        """Every month from the first delivery of anybody to the last."""
        days = {d.day for source in self._sources.values() for d, _ in source.standing()}
        days |= {
            r.day for source in self._sources.values() for r in source.refusals.values() if r.day is not None
        }
        return list(months(min(days), max(days))) if days else []

    def undated(self) -> int:
        """Refused records that do not say when they were captured, and so belong to no period."""
        return sum(r.day is None for source in self._sources.values() for r in source.refusals.values())

    def reports(self, within: Iterable[Period]) -> list[SourceReport]:
        """A report for each source and period, sorted by source; sources that delivered nothing are not left out."""
        spans = list(within)
        return [
            self._report(name, source, one)
            for name, source in sorted(self._sources.items())
            for one in spans
            if name != NOBODY or any(r.day is not None and r.day in one for r in source.refusals.values())
        ]

    def _report(self, name: str, source: _Source, within: Period) -> SourceReport:
        tally, first = Tally(), dict[tuple[int, bytes], date]()
        for delivery, stands in source.standing():
            if stands:
                _earliest(first, delivery.item, delivery.record, delivery.day)
            if delivery.day not in within:
                continue
            if stands:
                tally.accept(
                    delivery.flagged, delivery.timely, delivery.filled, delivery.required, delivery.lag
                )
            else:
                tally.taken_back += 1
        for refusal in source.refusals.values():
            if refusal.day is not None:
                _earliest(first, refusal.item, refusal.record, refusal.day)
                if refusal.day in within:
                    tally.reasons[refusal.reason] += 1
        tally.repeated = sum(count for day, count in source.repeated.items() if day in within)
        got = Counter(item for (item, _), day in first.items() if day in within)
        items = self._exchange.agreement(name).items
        due = [(item, self._exchange.due(name, item, within), got[n]) for n, item in enumerate(items)]
        return tally.report(name, self._exchange.agreement(name).unit, within.name, due)


def _earliest(first: dict[tuple[int, bytes], date], item: int, record: bytes, day: date) -> None:
    known = first.get((item, record))
    first[item, record] = day if known is None else min(known, day)


def _digest(content: str | bytes) -> bytes:
    return blake2b(content.encode() if isinstance(content, str) else content, digest_size=16).digest()


def _day(raw: Mapping[str, object], zone: tzinfo) -> date | None:
    """The day a refused record says it was captured, else published, else occurred; None if it says nothing usable."""
    for name in ("observed_at", "published_at", "occurred_at"):
        try:
            moment = datetime.fromisoformat(str(raw.get(name)))
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(zone).date()
        except (ValueError, OverflowError):
            continue
    return None
