"""Rows in, validated records and dead letters out; the one path every connector uses."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from connectors.checkpoint import Checkpoint
from connectors.config import ConnectorConfig
from connectors.errors import MappingError
from connectors.mapping import CanonicalMapper, ColumnMapper
from connectors.publish import MAX_WIRE_BYTES, DeadLetter, Publisher
from connectors.rows import Batch, Results, Row, RowResult, Trouble
from connectors.rules import Raw
from connectors.stats import Stats
from detectors.record import CONTROL_OPS
from detectors.records.validation import Outcome, validate

Clock = Callable[[], datetime]
Mapper = Callable[[Row], Sequence[Raw]]
_AHEAD = timedelta(hours=24)


def wall_clock() -> datetime:
    """The time of the machine, aware, in UTC."""
    return datetime.now(UTC)


def mapper_for(config: ConnectorConfig) -> Mapper:
    """How rows of ``config`` become raw envelopes: by its mappings, or as they are."""
    if config.http_stream is not None and config.http_stream.profile == "companies_house":
        from connectors.companies_house import CompaniesHouseMapper  # noqa: PLC0415 - only this profile needs it

        return CompaniesHouseMapper(config)
    return ColumnMapper(config) if config.mappings else CanonicalMapper(config)


class Pipeline:
    """Maps, validates, publishes and counts the rows of one source."""

    def __init__(
        self, config: ConnectorConfig, publisher: Publisher, stats: Stats, clock: Clock, memory: Checkpoint
    ) -> None:
        """``memory`` keeps the watermark: the newest business time sent, never later than now."""
        self._config = config
        self._publisher = publisher
        self._stats = stats
        self._clock = clock
        self._memory = memory
        self._mapper = mapper_for(config)
        optional = {"legal_basis": config.legal_basis, "consent_id": config.consent_id}
        self._defaults: dict[str, object] = {
            "source_id": config.source_id,
            "jurisdiction": config.jurisdiction,
            "visibility": config.visibility,
            **{key: value for key, value in optional.items() if value is not None},
        }

    def commit(self, batch: Batch) -> Results:
        """Publish a batch and wait for the broker, then remember its state: in this order, whatever dies.

        Raises:
            PublishError: nothing was remembered; the batch must be sent again.
            CheckpointError: everything was sent, but the position could not be written.
        """
        results = [self.row(row) for row in batch.rows]
        for letter in batch.letters:
            self._bury(letter)
        if batch.rows or batch.letters:
            self._publisher.flush()
            self._stats.add("batches")
        if batch.state is not None:
            self._memory.save(batch.state)
        batch.committed(results)
        newest = max((row.captured_at for row in batch.rows), default=None)
        self._stats.success(self._clock(), newest)
        return results

    def row(self, row: Row) -> list[RowResult]:
        """Publish the records of one row, or bury the row; nothing is flushed."""
        self._stats.add("rows")
        if row.problem:
            return [self._refused(row, "", "", row.trouble, row.problem)]
        try:
            raws = self._mapper(row)
        except MappingError as error:
            return [self._refused(row, "", "", error.reason, f"{row.place}: {error}")]
        return [self._record(self._completed(raw, row), row) for raw in raws]

    def _completed(self, raw: Raw, row: Row) -> Raw:
        for key, value in self._defaults.items():
            raw.setdefault(key, value)
        if "observed_at" not in raw:
            raw["observed_at"] = row.captured_at.isoformat()
        evidence = raw.get("evidence")
        if evidence is None or isinstance(evidence, dict):
            digest = hashlib.sha256(row.original).hexdigest()
            raw["evidence"] = {"sha256": digest, **(evidence or {})}
        return raw

    def _record(self, raw: Raw, row: Row) -> RowResult:
        feed = str(raw.get("schema", ""))[:3]
        record_id = str(raw.get("record_id", ""))
        try:
            outcome = validate(raw, now=self._now(raw, row))
        except RecursionError:
            return self._refused(row, feed, record_id, Trouble.UNREADABLE, f"{row.place}: nested too deeply")
        if outcome.kind == "quarantined" or outcome.wire is None or outcome.entity is None:
            return self._refused(row, feed, record_id, str(outcome.reason or ""), outcome.detail)
        if len(outcome.wire) > MAX_WIRE_BYTES:
            problem = f"record of {len(outcome.wire)} bytes; at most {MAX_WIRE_BYTES} can be published"
            return self._refused(row, feed, record_id, Trouble.TOO_LARGE, problem)
        self._publisher.publish(outcome.entity, feed, outcome.wire)
        self._stats.record(feed, outcome.kind)
        self._measure(outcome)
        self._advance(outcome)
        return RowResult(outcome.kind, feed, record_id, flags=tuple(outcome.flags))

    def _measure(self, outcome: Outcome) -> None:
        """The lags of a first statement, in parts if it says when it was published; a later version repeats the old
        dates."""
        record = outcome.record
        if record is None or record.op != "assert":
            return
        self._stats.lag("observation", (record.observed_at - record.occurred_at).total_seconds())
        if record.published_at is None:
            return
        self._stats.lag("publication", (record.published_at - record.occurred_at).total_seconds())
        self._stats.lag("capture", (record.observed_at - record.published_at).total_seconds())

    def _now(self, raw: Raw, row: Row) -> datetime:
        """ "Now" for the rules about the future: the time of capture, so that a row sent again is judged the same.

        A source that claims to be more than a day ahead of our own clock is judged by our clock.
        """
        now = row.captured_at
        observed = raw["observed_at"]
        if isinstance(observed, str):
            with suppress(ValueError, TypeError):  # validation refuses what is not an aware time
                now = max(now, datetime.fromisoformat(observed))
        limit = self._clock() + _AHEAD
        return now if now <= limit else limit - _AHEAD

    def _advance(self, outcome: Outcome) -> None:
        if outcome.record is None or outcome.record.op in CONTROL_OPS:
            return
        occurred = outcome.record.occurred_at
        known = self._memory.watermark
        if occurred <= self._clock() and (known is None or occurred > known):
            self._memory.watermark = occurred

    def _refused(self, row: Row, feed: str, record_id: str, reason: str, detail: str) -> RowResult:
        letter = DeadLetter(
            self._config.source_id, str(reason), detail, row.place, row.original, row.captured_at
        )
        self._stats.record(feed or "-", "quarantined")
        self._bury(letter)
        return RowResult("quarantined", feed, record_id, str(reason), detail)

    def _bury(self, letter: DeadLetter) -> None:
        self._publisher.dead_letter(letter)
        self._stats.add("dead_letters")

    def heartbeat(self) -> None:
        """Publish one F33 heartbeat and wait for the broker; silence is judged in the stream by its absence.

        Raises:
            PublishError: the broker did not acknowledge it.
        """
        now = self._clock()
        mark = self._memory.watermark
        source = self._config.source_id
        raw: Raw = {
            "schema": "F33/1.0",
            "source_id": source,
            "record_id": f"heartbeat|{source}",
            "version": max(1, int(now.timestamp() * 1000)),
            "op": "heartbeat",
            "subject": {"scheme": "source", "value": source},
            "entity": f"src:{source}",
            "occurred_at": now.isoformat(),
            "observed_at": now.isoformat(),
            "jurisdiction": self._config.jurisdiction,
            "visibility": "public",
            "payload": {
                "cycle_seconds": max(1, round(self._config.cycle.total_seconds())),
                **({} if mark is None else {"watermark": mark.isoformat()}),
            },
        }
        self._record(raw, Row(f"heartbeat of {source}", b"", {}, now))
        self._publisher.flush()
        self._stats.add("heartbeats")
