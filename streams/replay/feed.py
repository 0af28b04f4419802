"""From the items of a data set to validated records, with every row accounted for."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from connectors.datasets.item import Accounting, Dataset, Item, OutcomeLabel, Tally
from connectors.publish import DeadLetter
from detectors.records.reasons import Reason
from detectors.records.validation import validate


class Sink(Protocol):
    """Where a replay goes."""

    def record(self, entity: str, feed: str, wire: bytes) -> None:
        """A validated record."""

    def outcome(self, label: OutcomeLabel) -> None:
        """What became of an entity."""

    def dead(self, letter: DeadLetter) -> None:
        """A row or record that was refused."""

    def end(self, at: datetime) -> None:
        """Nothing more comes; the calendar of the data set ends at ``at``, which stream time is to reach."""


class Feed:
    """Reads a data set in time order into a sink and keeps the books."""

    def __init__(self, dataset: Dataset, path: Path, speed: float | None) -> None:
        """``speed`` is simulated seconds per second; None is as fast as it goes."""
        self._dataset, self._path, self._speed = dataset, path, speed
        self._tally = Tally()
        self.counts: Counter[str] = Counter()
        self.outcomes = 0

    def run(self, sink: Sink, progress: Callable[[int, datetime], None]) -> Accounting:
        """Everything, in order; ``progress`` is told (items, moment) now and then."""
        last: datetime | None = None
        for number, item in enumerate(self._paced()):
            self._one(item, sink)
            last = item.at if last is None else max(last, item.at)
            if number % 2_000 == 0:
                progress(number, item.at)
        if last is not None:
            sink.end(last)
        return self._tally.result(self._dataset, self._path)

    def _paced(self) -> Iterator[Item]:
        began, first = time.monotonic(), None
        for item in self._dataset.read(self._path):
            first = first or item.at
            if self._speed is not None:
                due = began + (item.at - first).total_seconds() / self._speed
                time.sleep(max(0.0, due - time.monotonic()))
            yield item

    def _one(self, item: Item, sink: Sink) -> None:
        refused: Reason | None = None
        if item.raw is not None:
            outcome = validate(item.raw, now=item.at)
            self.counts[outcome.kind] += 1
            if outcome.wire is None or outcome.entity is None or outcome.record is None:
                refused = Reason(outcome.reason) if outcome.reason else None
                self._bury(item, str(outcome.reason), outcome.detail, sink)
            else:
                sink.record(outcome.entity, outcome.record.schema_[:3], outcome.wire)
        elif item.outcome is not None:
            self.outcomes += 1
            sink.outcome(item.outcome)
        elif item.reason is not None:
            self.counts["quarantined"] += 1
            self._bury(item, item.reason.value, item.detail, sink)
        self._tally.add(item, refused)

    def _bury(self, item: Item, reason: str, detail: str, sink: Sink) -> None:
        sink.dead(DeadLetter(self._dataset.source_id, reason, detail, item.place, item.original, item.at))
