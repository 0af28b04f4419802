"""The district at work: departments on their media below one directory, connector files, and the pace of emission.

::

    config/*.yaml        connector files, one per department      registry.db      real-estate register (SQL)
    config/subscriptions.yaml                                      stream.jsonl     the utilities' stream, spooled
    drop/*/              files for the file-drop connectors        outbox/          batches pushed by the registry
"""

import shutil
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Self

from streams.district.connectors_yaml import connector_files, subscriptions, write_yaml
from streams.district.departments import (
    CanonicalDepartment,
    CourtDepartment,
    Deliver,
    Department,
    PushDepartment,
    SqlDepartment,
    TaxDepartment,
)
from streams.district.dice import DAY
from streams.district.expected import Expected
from streams.district.labels import Label, outcomes
from streams.district.pusher import Pusher
from streams.district.statement import CANONICAL_FILES, SOURCES
from streams.district.stream_server import StreamDepartment
from streams.district.truth import write_truth
from streams.district.world import SourceEvent, World, count

_TITLES = {
    "court": "the court's exchange files (F01, F04, F05)",
    "property": "the real-estate register's journal (F09, F12)",
    "utility": "the stream of the electricity, water and gas companies (F15)",
    "tax": "the tax bureau's bulletin (F16)",
    "registry": "the registry's front end (F22 to F27, F29, F30, F32)",
    "judicial": "the courts' and the notary's publications (F02, F03, F06 to F08, F10, F28)",
    "movables": "the registers of movables and of equity (F11, F13, F14)",
    "taxpayer": "the tax office on returns and violations (F17, F18)",
    "labour": "the front end of social insurance and the labour office (F19, F20)",
    "credit": "the banks' loan reports (F21)",
}


class District:
    """Everything the departments own, below one directory; a context manager.

    ``expected`` grows with what has been emitted so far.
    """

    def __init__(
        self, directory: Path, world: World, *, deliver: Deliver | None = None, stream_port: int = 0
    ) -> None:
        """The directory must be empty or hold an earlier district, whose media are removed.

        ``deliver`` takes the pushed batches, by default the endpoint of the registry connector; ``stream_port`` 0
        picks a free one.
        """
        self.directory, self.world = directory, world
        self.expected = Expected()
        self._clear()
        self._write_secrets()
        self._pusher = None if deliver else Pusher(directory / "push.port", directory / "push.token")
        almanac = world.almanac
        self.stream = StreamDepartment(SOURCES["utility"], almanac, directory / "stream.jsonl", stream_port)
        self.departments: dict[str, Department] = {
            "court": CourtDepartment(SOURCES["court"], almanac, directory / "drop" / "court"),
            "property": SqlDepartment(SOURCES["property"], almanac, directory / "registry.db"),
            "utility": self.stream,
            "tax": TaxDepartment(SOURCES["tax"], almanac, directory / "drop" / "tax"),
            "registry": PushDepartment(
                SOURCES["registry"], almanac, directory / "outbox", deliver or self._pushed
            ),
            **{
                key: CanonicalDepartment(SOURCES[key], almanac, directory / "drop" / key)
                for key in CANONICAL_FILES
            },
        }
        self._events = world.events()
        self._next: SourceEvent | None = None
        self._labels = outcomes(world)
        self._label: Label | None = None

    def _clear(self) -> None:
        for name in ("config", "drop", "done", "failed", "outbox"):
            shutil.rmtree(self.directory / name, ignore_errors=True)
        for name in ("registry.db", "registry.db-wal", "registry.db-shm", "stream.jsonl", "push.port"):
            (self.directory / name).unlink(missing_ok=True)
        (self.directory / "config").mkdir(parents=True, exist_ok=True)

    def _write_secrets(self) -> None:
        """Made from the seed: they guard a simulated district on the loopback, and runs stay repeatable."""
        for name in ("push.token", "webhook.secret"):
            digest = sha256(f"{self.world.seed}|{name}".encode()).hexdigest()
            path = self.directory / name
            path.touch(mode=0o600)
            path.write_text(digest + "\n")

    def _pushed(self, body: bytes, key: str) -> None:
        assert self._pusher is not None  # noqa: S101 - made in the constructor unless ``deliver`` was given
        self._pusher(body, f"{self.world.seed}-{self.world.entities}-{self.world.days}-{key}")

    # -- what the platform is told ------------------------------------------------------------------------------

    def configs(self, poll_seconds: float = 0.2) -> list[Path]:
        """Write the connector files and give their paths, one per department; the stream is served from now on."""
        self.stream.start()
        written = []
        for key, content in connector_files(self.stream.url, poll_seconds).items():
            path = self.directory / "config" / f"{key}.yaml"
            write_yaml(path, content, f"Simulated district: {_TITLES[key]}.")
            written.append(path)
        return written

    def subscriptions(self, webhook_url: str, secret_file: str | None = None) -> Path:
        """Write ``config/subscriptions.yaml``: three banks by topic, the regulator by webhook to ``webhook_url``."""
        content = subscriptions(
            self.world, webhook_url, secret_file or str(self.directory / "webhook.secret")
        )
        path = self.directory / "config" / "subscriptions.yaml"
        write_yaml(path, content, "Simulated district: who wants to be warned of whom.")
        return path

    def write_truth(self, path: Path) -> None:
        """Write the hidden truth as JSON lines; see :mod:`streams.district.truth`."""
        write_truth(self.world, path)

    # -- emission -----------------------------------------------------------------------------------------------

    def emit(
        self,
        until: int | None = None,
        *,
        pace: float | None = None,
        chunk: int = 500,
        on_outcome: Callable[[Label], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Expected:
        """Emit up to the day numbered ``until`` (not included; None: to the end); a second call goes on from there.

        ``pace`` is in records per second of ``clock``; media are flushed at the end of each simulated day and after
        ``chunk`` records. ``on_outcome`` is called for each label whose time of telling has come.
        """
        end = self.world.days if until is None else min(until, self.world.days)
        began, sent = clock(), 0
        for batch in self._batches(end, chunk):
            if stop():
                break
            for event in batch:
                self._say(event, on_outcome)
            for department in self.departments.values():
                department.flush()
            sent += len(batch)
            if pace and (ahead := sent / pace - (clock() - began)) > 0:
                sleep(ahead)
        else:
            self._tell(end * DAY, on_outcome)
        return self.expected

    def _say(self, event: SourceEvent, on_outcome: Callable[[Label], None] | None) -> None:
        self._tell(event.second, on_outcome)
        self.departments[event.source.key].say(event)
        count(self.expected, event)

    def _tell(self, second: int, on_outcome: Callable[[Label], None] | None) -> None:
        while (label := self._label or next(self._labels, None)) is not None and label.second < second:
            self._label = None
            self.expected.outcomes += 1
            if on_outcome is not None:
                on_outcome(label)
        self._label = label

    def _batches(self, end: int, chunk: int) -> Iterator[list[SourceEvent]]:
        """Events before day ``end``, cut at the end of each day and after ``chunk`` events."""
        batch: list[SourceEvent] = []
        while (event := self._next or next(self._events, None)) is not None:
            self._next = event
            if event.second >= end * DAY:
                break
            if batch and (len(batch) >= chunk or batch[-1].second // DAY != event.second // DAY):
                yield batch
                batch = []
                continue
            batch.append(event)
            self._next = None
        if batch:
            yield batch

    def close(self) -> None:
        """Stop serving and let go of everything; the media stay."""
        for department in self.departments.values():
            department.close()
        if self._pusher is not None:
            self._pusher.close()

    def __enter__(self) -> Self:
        """The district itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
