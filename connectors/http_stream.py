"""The long-lived stream of one JSON document per line, as the UK Companies House streaming API runs it.

``timepoint`` is the broker offset behind the stream. We resume at the last one processed, which the server sends
again, and recognise it. Blank lines are heartbeats; silence for twice their interval means the line is dead.
416 says that the timepoint is no longer kept: events are lost to us, which is reported, not hidden.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from connectors.checkpoint import Checkpoint
from connectors.config import ConnectorConfig
from connectors.errors import SourceError
from connectors.files import parse_object
from connectors.http_common import HttpSource, dig, refuse
from connectors.pipeline import Clock
from connectors.publish import DeadLetter
from connectors.rows import Batch, Progress, Row, Trouble
from connectors.wire import Lines, Wire

_RECENT = 1000


class HttpStream(HttpSource):
    """Source over one stream. State: ``{"timepoint": n, "at": [hashes at n], "captured": [up to, time]}``."""

    alive_on_poll = False

    def __init__(self, config: ConnectorConfig, clock: Clock) -> None:
        """See :class:`HttpSource`."""
        assert config.http_stream is not None  # noqa: S101 - guaranteed by ConnectorConfig
        self._settings = config.http_stream
        silence = httpx.Timeout(self._settings.connect_seconds, read=2 * self._settings.heartbeat_seconds)
        super().__init__(config, self._settings, clock, silence)
        default = "event.timepoint" if self._settings.profile == "companies_house" else "timepoint"
        self._timepoint_field = self._settings.timepoint_field or default
        self._recent: OrderedDict[tuple[int, str], None] = OrderedDict()

    @property
    def pause(self) -> float:
        """Seconds before connecting again after the server has ended the stream."""
        return self._settings.reconnect_seconds

    def poll(self, memory: Checkpoint, stop: threading.Event) -> Generator[Batch, None, None]:
        """One connection, from the remembered timepoint until the server ends it.

        Raises:
            SourceError: no connection, an error status, or silence.
            ConfigError: the credentials are refused.
        """
        last = memory.state.get("timepoint")
        self._recent.clear()
        if last is not None:
            self._recent.update({(last, digest): None for digest in memory.state["at"]})
        params = {} if last is None else {self._settings.timepoint_param: str(last)}
        lines = Lines()
        with Wire(self._client, self._url.copy_merge_params(params), self._place, stop) as wire:
            response = wire.response()
            if response is None:
                return
            if response.status_code == 416:
                yield self._gap(last)
                return
            refuse(response, self._place, self._clock())
            for chunk in wire.chunks():
                lines.feed(chunk)
                while not lines.empty:
                    yield from self._batches(lines.take(self._settings.batch), memory)
        if not stop.is_set() and (rest := lines.rest()):
            yield from self._cut_short(rest, memory)

    def _gap(self, last: int | None) -> Batch:
        """What to do when the server no longer keeps our timepoint."""
        detail = (
            f"{self._place}: timepoint {last} is too old for the server (HTTP 416): events after it are missing;"
            " load a bulk snapshot of the register to fill the gap"
        )
        if self._settings.on_too_old == "stop" or last is None:
            raise SourceError(self._place, f"no longer keeps timepoint {last} (HTTP 416)", "snapshot needed")
        original = json.dumps({"timepoint": last}).encode()
        letter = DeadLetter(self._source_id, Trouble.GAP, detail, self._place, original, self._clock())
        return Batch(letters=[letter], state={"timepoint": None, "at": []})

    def _cut_short(self, rest: bytes, memory: Checkpoint) -> Iterator[Batch]:
        """A last line without its end: whole if its object has closed, else asked for again where that is possible."""
        if not parse_object(rest, self._place)[1]:
            yield from self._batches([rest], memory)
        elif memory.state.get("timepoint") is None:
            problem = f"{self._place}: the connection ended inside this line"
            yield Batch([Row(self._place, rest, {}, self._clock(), problem, Trouble.PARTIAL)])

    def _batches(self, lines: list[bytes], memory: Checkpoint) -> Iterator[Batch]:
        """The new events of ``lines``; an empty batch when there are only heartbeats."""
        events = [self._event(line) for line in lines if line.strip()]
        fresh: list[_Event] = []
        for event in events:
            if event.key is None or event.key not in self._recent:
                fresh.append(event)
                self._note(event)
        skipped = len(events) - len(fresh)
        if not fresh:
            yield Batch(skipped=skipped)
            return
        # after a crash: first what was captured before it, with the time it was captured at
        upto = (memory.state.get("captured") or [-1])[0]
        again = [event for event in fresh if event.key is not None and event.key[0] <= upto]
        later = [event for event in fresh if event.key is None or event.key[0] > upto]
        for part in (again, later):
            if part:
                yield self._batch(part, memory, skipped)
                skipped = 0

    def _note(self, event: "_Event") -> None:
        if event.key is not None:
            self._recent[event.key] = None
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    def _event(self, line: bytes) -> "_Event":
        values, problem = parse_object(line, self._place)
        timepoint = dig(values, self._timepoint_field)
        if isinstance(timepoint, bool) or not isinstance(timepoint, int):
            timepoint = None
        if self._settings.profile != "companies_house":
            values.pop(self._timepoint_field, None)
        digest = hashlib.sha256(line).hexdigest()[:24]
        return _Event(line, values, problem, timepoint, digest)

    def _batch(self, events: "list[_Event]", memory: Checkpoint, skipped: int) -> Batch:
        points = [event.timepoint for event in events if event.timepoint is not None]
        before = memory.state.get("timepoint")
        last = max([*points, *([] if before is None else [before])], default=None)
        captured = self._captured(events, memory, max(points, default=-1))
        rows = [self._row(event, captured) for event in events]
        same = memory.state.get("at", []) if before == last else []
        at = (
            [*same, *(event.digest for event in events if event.timepoint == last)]
            if last is not None
            else []
        )
        count = memory.state.get("rows", 0) + len(rows)
        state = {**memory.state, "timepoint": last, "at": at, "rows": count}
        progress = Progress(self._source_id, self._place, count, last or 0, None)
        return Batch(rows, state, progress=progress, skipped=skipped)

    def _captured(self, events: "list[_Event]", memory: Checkpoint, upto: int) -> datetime:
        """When these events were captured, written down before they are published."""
        known = memory.state.get("captured")
        if known and upto <= known[0]:
            return datetime.fromisoformat(known[1])
        now = self._clock()
        if upto >= 0 and any(event.published_at() is None for event in events):
            memory.save({**memory.state, "captured": [upto, now.isoformat()]})
        return now

    def _row(self, event: "_Event", captured: datetime) -> Row:
        label = "" if event.timepoint is None else f"@{event.timepoint}"
        moment = event.published_at() or captured
        return Row(f"{self._place}{label}", event.line, event.values, moment, event.problem)


@dataclass(frozen=True, slots=True)
class _Event:
    """One line: its document, or what is wrong with it, and its timepoint if it has one."""

    line: bytes
    values: dict[str, object]
    problem: str
    timepoint: int | None
    digest: str

    @property
    def key(self) -> tuple[int, str] | None:
        """What tells it from every other event; None without a timepoint."""
        return None if self.timepoint is None else (self.timepoint, self.digest)

    def published_at(self) -> datetime | None:
        """The server's own time of the event, which is the same whenever it is sent."""
        given = dig(self.values, "event.published_at") or self.values.get("observed_at")
        try:
            moment = datetime.fromisoformat(given) if isinstance(given, str) else None
        except ValueError:
            return None
        # Companies House writes its times without a zone; they are UTC
        return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
