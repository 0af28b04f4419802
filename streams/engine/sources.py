"""Sources that fall silent: a source not heard of for three of its cycles is itself an alert.

Judged in the partition that a source's heartbeats lie in, on stream time, so that a replay tells the same.
"""

from collections.abc import Iterator
from typing import Any

from alerts.policy.alert import alert_id
from detectors.assessment import stamp
from detectors.catalogue.model import Profile
from detectors.points.finding import SCALE, YELLOW
from detectors.record import Record, epoch
from detectors.records.money import NO_CURRENCY

CYCLES = 3
_NEVER = 1 << 60
_UTC = Profile(utc_offset_hours=0, currency=NO_CURRENCY)


class SourceWatch:
    """When each source last spoke, and which are held to be silent."""

    def __init__(self, seen: dict[str, tuple[int, int]], stale: tuple[str, ...]) -> None:
        """``seen`` maps a source to (last heartbeat, cycle), both in seconds."""
        self.seen = dict(seen)
        self.stale = stale
        self._due = self._next()

    def heard(self, record: Record, clock: int) -> list[dict[str, Any]]:
        """Note a heartbeat; tells of the recovery of a source held to be silent.

        A heartbeat that is itself older than three cycles, as one delivered late or twice, ends no silence.
        """
        source = record.source_id
        last, cycle = self.seen.get(source, (0, 0))
        given = record.payload.get("cycle_seconds")
        at, cycle = max(last, epoch(record.observed_at)), int(given) if given else cycle
        self.seen[source] = (at, cycle)
        recovered = source in self.stale and clock <= at + CYCLES * cycle
        if recovered:
            self.stale = tuple(name for name in self.stale if name != source)
        self._due = self._next()
        return [_alert("source.recovered", source, at, clock, cycle)] if recovered else []

    def overdue(self, clock: int) -> Iterator[dict[str, Any]]:
        """Tell of sources that have been silent for longer than three cycles."""
        if clock <= self._due:
            return
        for source, (last, cycle) in sorted(self.seen.items()):
            if cycle and clock > last + CYCLES * cycle and source not in self.stale:
                self.stale = (*self.stale, source)
                yield _alert("source.stale", source, last, clock, cycle)
        self._due = self._next()

    def _next(self) -> int:
        """The instant after which the next source counts as silent."""
        limits = (
            last + CYCLES * cycle
            for name, (last, cycle) in self.seen.items()
            if cycle and name not in self.stale
        )
        return min(limits, default=_NEVER)


def _alert(kind: str, source: str, last: int, clock: int, cycle: int) -> dict[str, Any]:
    """An operational alert: no colour of a firm, but the night shift and the regulator want to know."""
    silent = kind == "source.stale"
    level = YELLOW if silent else 0
    episode = f"silent since {last}" if silent else f"heard at {last}"
    return {
        "alert_id": alert_id(f"src:{source}", "SOURCE", episode, level, 1),
        "type": kind,
        "entity": f"src:{source}",
        "name": source,
        "jurisdiction": "",
        "point": "SOURCE",
        "point_name": "silent source",
        "point_name_zh": "数据源静默",
        "feed_family": "source",
        "level": level,
        "level_name": "yellow" if silent else "none",
        "previous": 0 if silent else YELLOW,
        "peak": YELLOW,
        "episode": episode,
        "revision": 1,
        "scale_id": SCALE,
        "tier": {"from": 0, "to": 0},
        "score": 0.0,
        "at": stamp(clock, _UTC),
        "reason": f"no sign of life since {stamp(last, _UTC)}, declared cycle {cycle} s"
        if silent
        else f"heard again at {stamp(last, _UTC)}",
        "points": [],
    }
