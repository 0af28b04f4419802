"""A connector's own numbers, safe to read from another thread while it runs."""

import threading
from collections import Counter
from datetime import datetime


class Stats:
    """Counts per feed and outcome, last success, lag and last error of one connector.

    ``rows`` counts what the source gave; ``records`` what the rows were mapped to, so that
    records = accepted + flagged + quarantined always holds.
    """

    def __init__(self) -> None:
        """Everything at zero."""
        self._lock = threading.Lock()
        self._records: Counter[tuple[str, str]] = Counter()
        self._counts: Counter[str] = Counter()
        self._lags: dict[str, tuple[int, float]] = {}
        self._last_success: datetime | None = None
        self._lag_seconds: float | None = None
        self._last_error = ""
        self._address = ""

    def record(self, feed: str, outcome: str) -> None:
        """Count one record of ``feed`` with ``outcome`` accepted, flagged or quarantined."""
        with self._lock:
            self._records[feed, outcome] += 1

    def lag(self, part: str, seconds: float) -> None:
        """Add one record's lag: ``observation`` (from the event to us), and its parts ``publication`` (from the event
        to it) and ``capture`` (from it to us)."""
        with self._lock:
            count, total = self._lags.get(part, (0, 0.0))
            self._lags[part] = (count + 1, total + seconds)

    def add(self, name: str, count: int = 1) -> None:
        """Count ``rows``, ``batches``, ``heartbeats``, ``dead_letters``, ``skipped``, ``errors`` and the like."""
        with self._lock:
            self._counts[name] += count

    def success(self, at: datetime, captured_at: datetime | None) -> None:
        """The source answered at ``at``; ``captured_at`` is the newest row just acknowledged, if any."""
        with self._lock:
            self._last_success = at
            if captured_at is not None:
                self._lag_seconds = max(0.0, (at - captured_at).total_seconds())

    def error(self, sentence: str) -> None:
        """Remember the last thing that went wrong and count it."""
        with self._lock:
            self._counts["errors"] += 1
            self._last_error = sentence

    def listening(self, address: str) -> None:
        """Where a push connector listens, as a URL."""
        with self._lock:
            self._address = address

    @property
    def address(self) -> str:
        """URL of a push connector once it listens, else empty."""
        with self._lock:
            return self._address

    @property
    def last_error(self) -> str:
        """The last sentence given to :meth:`error`, else empty."""
        with self._lock:
            return self._last_error

    def count(self, name: str) -> int:
        """One of the plain counters."""
        with self._lock:
            return self._counts[name]

    def outcomes(self, outcome: str, feed: str | None = None) -> int:
        """Records with ``outcome``, of one feed or of all."""
        with self._lock:
            return sum(n for (f, o), n in self._records.items() if o == outcome and feed in (None, f))

    def snapshot(self) -> dict[str, object]:
        """Everything as JSON-ready values: ``records`` is ``{feed: {outcome: n}}``, ``record_lags``
        ``{part: [n, sum of seconds]}``.
        """
        with self._lock:
            records: dict[str, dict[str, int]] = {}
            for (feed, outcome), n in sorted(self._records.items()):
                records.setdefault(feed, {})[outcome] = n
            return {
                "records": records,
                "record_lags": {part: list(lag) for part, lag in sorted(self._lags.items())},
                **dict(sorted(self._counts.items())),
                "last_success": None if self._last_success is None else self._last_success.isoformat(),
                "lag_seconds": self._lag_seconds,
                "last_error": self._last_error or None,
                "address": self._address or None,
            }
