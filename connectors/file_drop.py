"""The file drop: departments put files into a directory; each is read once, remembered row by row, and moved aside.

A file that is still growing is read as far as its last whole row. Finished files go to ``done``; a file whose
columns do not fit the mapping goes to ``failed`` with one dead letter, and the others go on.
"""

import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from connectors.checkpoint import Checkpoint
from connectors.config import ConnectorConfig
from connectors.errors import ColumnError, ConfigError, SourceError
from connectors.file_state import PREFIX_BYTES, Entry, Look, identity_of, prefix_of
from connectors.files import CsvFile, Item, JsonLinesFile, NotYet, TableFile, detect_encoding
from connectors.mapping import ColumnMapper
from connectors.rows import Batch, Progress, Row, State, Trouble

_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", "~")
_KINDS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx"}


class FileDrop:
    """Source over a directory. State: ``{"files": {name: entry}}`` for files in hand only."""

    alive_on_poll = False
    address = ""
    patience = 30.0

    def __init__(self, config: ConnectorConfig, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Check the directory.

        Raises:
            ConfigError: the directory does not exist.
        """
        assert config.file_drop is not None  # noqa: S101 - guaranteed by ConnectorConfig
        self._settings = config.file_drop
        self._source_id = config.source_id
        self._monotonic = monotonic
        self._mapper = ColumnMapper(config) if config.mappings else None
        self._directory = config.resolve(self._settings.directory)
        self._done = config.resolve(self._settings.done or self._settings.directory / "done")
        self._failed = config.resolve(self._settings.failed or self._settings.directory / "failed")
        self._looks: dict[str, Look] = {}
        if not self._directory.is_dir():
            raise ConfigError(
                str(self._directory), "is not a directory", "create it or correct 'file_drop.directory'"
            )

    @property
    def pause(self) -> float:
        """Seconds between looks into the directory."""
        return self._settings.poll_seconds

    @property
    def settled(self) -> bool:
        """Whether no file was waiting, at the last poll, for its writer to go on."""
        return not self._looks

    def poll(self, memory: Checkpoint, stop: threading.Event) -> Generator[Batch, None, None]:
        """Read every file that has stopped changing, in order of name.

        Raises:
            SourceError: the directory cannot be read.
        """
        self._finish_interrupted(memory)
        refused: SourceError | None = None
        for path in self._candidates():
            look = self._look(path)
            if look is None or not self._due(look):
                continue
            if stop.is_set():
                return
            try:
                yield from self._read(path, look, memory)
            except FileNotFoundError:
                continue  # its writer took it back
            except OSError as error:
                refused = SourceError(
                    str(path), f"cannot be read ({error.strerror})", "correct its permissions"
                )
        if refused is not None:
            raise refused

    def close(self) -> None:
        """Nothing is held open between polls."""

    def _candidates(self) -> list[Path]:
        try:
            names = sorted(entry.name for entry in os.scandir(self._directory))
        except OSError as error:
            raise SourceError(str(self._directory), f"cannot be read ({error.strerror})") from error
        paths = [self._directory / name for name in names]
        found = [path for path in paths if self._wanted(path)]
        gone = self._looks.keys() - {path.name for path in found}
        for name in gone:
            del self._looks[name]
        return found

    def _wanted(self, path: Path) -> bool:
        name = path.name
        if name.startswith(".") or name.endswith(_UNFINISHED) or not path.match(self._settings.pattern):
            return False
        return self._settings.kind is not None or path.suffix.lower() in _KINDS

    def _look(self, path: Path) -> Look | None:
        """Note size and time of change; None for what is not a plain file (links are not followed)."""
        try:
            status = path.lstat()
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        known = self._looks.get(path.name)
        if known is None or (known.size, known.mtime_ns) != (status.st_size, status.st_mtime_ns):
            known = Look(status.st_size, status.st_mtime_ns, self._monotonic())
            self._looks[path.name] = known
        return known

    def _due(self, look: Look) -> bool:
        quiet = self._monotonic() - look.since
        return quiet >= (self._settings.partial_seconds if look.waiting else self._settings.settle_seconds)

    def _entry(self, path: Path, look: Look, memory: Checkpoint) -> Entry | None:
        """The remembered entry if the file still begins as it did; None for a new file."""
        known = memory.state.get("files", {}).get(path.name)
        if known is None:
            return None
        entry = Entry(**known)
        same = look.size >= max(entry.prefix_bytes, entry.position if self._kind(path) != "xlsx" else 0)
        return entry if same and prefix_of(path, entry.prefix_bytes) == entry.prefix else None

    def _kind(self, path: Path) -> str:
        return self._settings.kind or _KINDS[path.suffix.lower()]

    def _open(self, path: Path, encoding: str | None) -> tuple[TableFile, str | None]:
        kind = self._kind(path)
        if kind == "xlsx":
            from connectors.xlsx import XlsxFile  # noqa: PLC0415 - openpyxl costs half a second; most drops are text

            return XlsxFile(path, self._settings.sheet), None
        detected, certain = (encoding, True) if encoding else detect_encoding(path)
        detected = detected or "utf-8"
        table: TableFile
        if kind == "csv":
            delimiter = "\t" if path.suffix.lower() == ".tsv" else self._settings.delimiter
            table = CsvFile(path, detected, delimiter)
        else:
            table = JsonLinesFile(path, detected)
        return table, detected if certain else None

    def _read(self, path: Path, look: Look, memory: Checkpoint) -> Iterator[Batch]:
        final = look.waiting
        try:
            entry = self._entry(path, look, memory)
            if entry is None:
                captured = datetime.fromtimestamp(look.mtime_ns / 1e9, UTC).isoformat()
                length = min(look.size, PREFIX_BYTES)
                entry = Entry(prefix_of(path, length), length, captured)
            table, encoding = self._open(path, self._settings.encoding or entry.encoding)
            entry = replace(entry, encoding=encoding)
            if table.header is not None and self._mapper is not None:
                self._mapper.check_columns(table.header, f"{path.name}:1")
        except NotYet as waiting:
            if final:
                yield self._set_aside(path, memory, f"{path.name}: {waiting}", Trouble.BAD_FILE)
            look.waiting = True
            return
        except ColumnError as error:
            yield self._set_aside(path, memory, str(error), Trouble.UNKNOWN_COLUMN)
            return
        yield Batch(state=self._state(memory, path.name, entry))
        yield from self._rows(path, look, memory, entry, table)

    def _rows(
        self, path: Path, look: Look, memory: Checkpoint, entry: Entry, table: TableFile
    ) -> Iterator[Batch]:
        rows: list[Row] = []
        captured = datetime.fromisoformat(entry.captured_at)
        entry = replace(entry, identity=identity_of(path))  # before the first row, so that growth is noticed
        waits = False
        for item in table.items(entry.line, entry.position, final=look.waiting):
            if item.partial and not look.waiting:
                waits = True
                break
            rows.append(self._row(path, item, captured))
            line, position = item.line, item.position
            if len(rows) >= self._settings.batch:
                entry = replace(entry, line=line, position=position, rows=entry.rows + len(rows))
                progress = self._progress(path, look, entry)
                yield Batch(rows, self._state(memory, path.name, entry), progress=progress)
                rows = []
        if rows:
            entry = replace(entry, line=line, position=position, rows=entry.rows + len(rows))
        progress = self._progress(path, look, entry)
        if waits:
            yield Batch(rows, self._state(memory, path.name, entry), progress=progress)
            look.waiting = True
            return
        progress = replace(progress, done=look.size) if progress.total else progress
        yield self._last(path, memory, entry, rows, progress)

    def _row(self, path: Path, item: Item, captured: datetime) -> Row:
        first_line = item.line - item.original.count(b"\n", 0, -1)
        place = f"{path.name}:{first_line}"
        if item.partial and self._settings.unterminated == "dead_letter":
            problem = item.problem or (
                f"{place}: the last row has no line end, so it may be cut short; end it with a line feed,"
                " or set 'unterminated: accept'"
            )
            return Row(place, item.original, {}, captured, problem, Trouble.PARTIAL)
        return Row(place, item.original, item.values, captured, item.problem)

    def _progress(self, path: Path, look: Look, entry: Entry) -> Progress:
        xlsx = self._kind(path) == "xlsx"
        total = None if xlsx else look.size
        return Progress(self._source_id, path.name, entry.rows, entry.position, total)

    def _last(
        self, path: Path, memory: Checkpoint, entry: Entry, rows: list[Row], progress: Progress | None
    ) -> Batch:
        finished = replace(entry, finished=str(self._done))
        state = self._state(memory, path.name, finished)
        return Batch(
            rows, state, progress=progress, committed=lambda _results: self._finish(path, memory, finished)
        )

    def _set_aside(self, path: Path, memory: Checkpoint, problem: str, trouble: Trouble) -> Batch:
        """One dead letter with the file's first line; the rest of its bytes are in the folder named."""
        captured = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        with path.open("rb") as file:
            header = file.readline(PREFIX_BYTES)
        row = Row(f"{path.name}:1", header, {}, captured, f"{problem}; file moved to {self._failed}", trouble)
        failed = Entry("", 0, captured.isoformat(), finished=str(self._failed), identity=identity_of(path))
        state = self._state(memory, path.name, failed)
        return Batch([row], state, committed=lambda _results: self._move(path, memory, failed))

    @staticmethod
    def _state(memory: Checkpoint, name: str, entry: Entry) -> State:
        return {"files": {**memory.state.get("files", {}), name: entry.json()}}

    def _finish(self, path: Path, memory: Checkpoint, entry: Entry) -> None:
        """Move what has been read to its end, unless its writer has gone on meanwhile; forget what is gone."""
        now = identity_of(path) if path.exists() else "gone"
        if now == entry.identity:
            self._move(path, memory, entry)
        elif now.partition(":")[0] == entry.identity.partition(":")[0]:  # the same file, grown: read on
            self._looks.pop(path.name, None)
            memory.save(self._state(memory, path.name, replace(entry, finished="")))
        else:
            self._forget(path.name, memory)

    def _move(self, path: Path, memory: Checkpoint, entry: Entry) -> None:
        target_folder = Path(entry.finished)
        try:
            target_folder.mkdir(parents=True, exist_ok=True)
            target = target_folder / path.name
            number = 1
            while target.exists():
                target = target_folder / f"{path.stem}.{number}{path.suffix}"
                number += 1
            shutil.move(path, target)
        except OSError as error:
            raise SourceError(
                str(target_folder), f"cannot take {path.name} ({error.strerror})", "correct the permissions"
            ) from error
        self._forget(path.name, memory)

    def _forget(self, name: str, memory: Checkpoint) -> None:
        self._looks.pop(name, None)
        files = {key: value for key, value in memory.state.get("files", {}).items() if key != name}
        memory.save({"files": files})

    def _finish_interrupted(self, memory: Checkpoint) -> None:
        """Move what was finished but not yet moved when the process died; forget what is gone."""
        for name, known in list(memory.state.get("files", {}).items()):
            entry = Entry(**known)
            path = self._directory / name
            if entry.finished or not path.exists():
                self._finish(path, memory, entry)
