"""Replaying through the core alone: no broker, one partition, everything in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connectors.datasets.item import OutcomeLabel
from connectors.publish import DeadLetter
from detectors.catalogue.model import Catalogue
from detectors.points.finding import LEVEL_NAMES
from detectors.record import epoch
from streams.engine import state as codec
from streams.engine.effects import Topics
from streams.engine.learning import Learned, Waiting
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from streams.engine.ticker import tick
from streams.engine.worker import ADVERSE, BENIGN

_BATCH = 1_000


class Values(dict[bytes, bytes]):
    """States in a dict, as the processor reads them."""


class LocalSink:
    """Judges records as they come; outcomes are learned at their place in time, predictions scored before."""

    def __init__(self, catalogue: Catalogue, *, keep: bool = False) -> None:
        """Start empty; ``keep`` the log and the alerts, so that they can be verified."""
        self.log: list[RawRecord] = []
        self.alerts: list[Mapping[str, Any]] = []
        self._keep = keep
        self._values = Values()
        topics = Topics("alerts", "assessments", "dead-letters")
        self._processor = Processor(0, self._values, catalogue, _nobody, topics)
        self._waiting: list[RawRecord] = []
        self._offset = 0
        from river import metrics  # noqa: PLC0415 - loads SciPy, which other commands need not wait for

        self._auc: Any = metrics.ROCAUC()  # type: ignore[no-untyped-call]  # River is not annotated there
        self._brier, self._scored = 0.0, 0
        self.counts: Counter[str] = Counter()
        self.by_level: Counter[str] = Counter()
        self.by_feed: Counter[str] = Counter()

    def record(self, entity: str, feed: str, wire: bytes) -> None:
        """Queue one record."""
        del feed
        self._append(entity.encode(), wire)
        if len(self._waiting) >= _BATCH:
            self.flush()

    def outcome(self, label: OutcomeLabel) -> None:
        """Learn one outcome, after everything before it was judged."""
        self.flush()
        if label.outcome not in ADVERSE | BENIGN:
            return
        waiting = Waiting(epoch(label.at), label.entity, label.outcome in ADVERSE)
        self._score(self._processor.outcome(waiting))

    def _score(self, learned: Iterable[Learned]) -> None:
        for one in learned:
            if one.before is not None:
                self._auc.update(one.defaulted, one.before)
                self._brier += (one.before - one.defaulted) ** 2
                self._scored += 1

    def dead(self, letter: DeadLetter) -> None:
        """Refused rows are counted by the feed."""

    def end(self, at: datetime) -> None:
        """Let stream time reach the end, behind which the last outcomes wait."""
        key, value = tick(at)
        self._append(key, value)
        while self._waiting:
            self.flush()

    def _append(self, key: bytes, value: bytes) -> None:
        self._waiting.append(RawRecord(self._offset, key, value, (), 0))
        self._offset += 1

    def flush(self) -> None:
        """Judge what waits."""
        if not self._waiting:
            return
        effects = self._processor.process(self._waiting)
        if self._keep:
            self.log += self._waiting
            self.alerts += [alert for alert, _ in effects.alerts]
        self._values.update(effects.states)
        self._waiting = []
        for sent in effects.shared:  # one partition: what is told to all is told to it
            self._append(sent.key, sent.value)
        self._score(effects.learned)
        for (_, outcome), count in effects.counts.items():
            self.counts[outcome] += count
        for alert, _ in effects.alerts:
            self.by_level[alert["level_name"]] += 1
            self.by_feed[alert["feed_family"]] += 1

    def summary(self) -> dict[str, Any]:
        """Everything counted; the AUC is prequential: each prediction is made before its outcome is learned."""
        self.flush()
        told: Counter[str] = Counter()
        for key, value in self._values.items():
            if key[:1] != b"\x00":
                told[LEVEL_NAMES[codec.decode(value).standing.tier]] += 1
        model: dict[str, float] = {"learned": self._processor.learning.model.learned, "scored": self._scored}
        if self._scored:
            model |= {"auc": round(float(self._auc.get()), 4), "brier": round(self._brier / self._scored, 4)}
        return {
            "judged": dict(sorted(self.counts.items())),
            "alerts": {
                "by_tier": dict(sorted(self.by_level.items())),
                "by_feed": dict(sorted(self.by_feed.items())),
            },
            "enterprises": {name: told[name] for name in LEVEL_NAMES},
            "model": model,
        }


def _nobody(alert: Mapping[str, Any], value: bytes) -> Iterable[tuple[str, bytes, bytes, str]]:
    """No subscribers."""
    del alert, value
    return ()
