"""The departments: each puts what it has to say into its own medium, in order, when told to flush."""

import csv
import io
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from streams.district.formats import court, tax, wire
from streams.district.formats import property as estate
from streams.district.statement import Almanac, Source
from streams.district.world import SourceEvent

HALF_LINE: Final = "half_line"
_encode = msgspec.json.encode


class Department(Protocol):
    """Takes events one by one and makes them visible to its connector at each flush."""

    source: Source

    def say(self, event: SourceEvent) -> None:
        """Note an event; nothing is visible before :meth:`flush`."""

    def flush(self) -> None:
        """Make everything said so far visible, all of it or nothing."""

    def close(self) -> None:
        """Let go of files and connections; may be called twice."""


def broken_rule(event: SourceEvent) -> str:
    """The rule the event's row is to break, empty for a sound one."""
    kind, _, rule = event.tag.partition(":")
    return rule if kind in ("bad", "soft") else ""


class FileDepartment:
    """Drops numbered files into a directory, each complete the moment it appears (written aside, then renamed)."""

    def __init__(self, source: Source, almanac: Almanac, directory: Path) -> None:
        """``directory`` is made if missing; files are ``<source key>-<day>-<number>.csv`` or ``.jsonl``."""
        self.source, self._almanac, self._directory = source, almanac, directory
        self._rows: list[str] = []
        self._day = ""
        self._number = 0
        directory.mkdir(parents=True, exist_ok=True)

    def say(self, event: SourceEvent) -> None:
        """Note an event as a line of the next file."""
        self._day = self._almanac.iso(event.second // 86_400).replace("-", "")
        self._rows.append(self._line(event))

    def flush(self) -> None:
        """Write the file; nothing if nothing was said."""
        if not self._rows:
            return
        self._number += 1
        path = self._directory / f"{self.source.key}-{self._day}-{self._number:05d}{self.suffix}"
        aside = path.with_suffix(path.suffix + ".part")
        aside.write_bytes(self._encoded())
        os.replace(aside, path)
        self._rows.clear()

    def close(self) -> None:
        """Nothing is held open."""

    suffix = ""

    def _line(self, event: SourceEvent) -> str:
        raise NotImplementedError

    def _encoded(self) -> bytes:
        raise NotImplementedError


class CourtDepartment(FileDepartment):
    """CSV in GB18030 with Chinese headers."""

    suffix = ".csv"

    def _line(self, event: SourceEvent) -> str:
        if event.statement is None:
            return _csv_line(court.beat(event.second, self._almanac).values())
        cells, rule = court.row(event.statement, self._almanac), broken_rule(event)
        court.spoil(cells, rule)
        line = _csv_line(cells.values())
        # the line breaks off inside the name of the court: too few cells, whatever is made of the rest
        return line[: line.index(cells["法院"]) + 2] + "\r\n" if rule == HALF_LINE else line

    def _encoded(self) -> bytes:
        return (_csv_line(court.COLUMNS) + "".join(self._rows)).encode("gb18030")


def _csv_line(cells: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


class TaxDepartment(FileDepartment):
    """JSON lines in UTF-8 with Chinese keys."""

    suffix = ".jsonl"

    def _line(self, event: SourceEvent) -> str:
        if event.statement is None:
            cells = tax.beat(event.second, self._almanac)
        else:
            cells = tax.row(event.statement, self._almanac)
        rule = broken_rule(event)
        tax.spoil(cells, rule)
        line = _encode(cells).decode()
        return (line[: len(line) // 2] if rule == HALF_LINE else line) + "\n"

    def _encoded(self) -> bytes:
        return "".join(self._rows).encode()


class CanonicalDepartment(FileDepartment):
    """JSON lines that are canonical records already: departments that adopted the platform's format."""

    suffix = ".jsonl"

    def _line(self, event: SourceEvent) -> str:
        return _encode(wire_record(event, self._almanac)).decode() + "\n"

    def _encoded(self) -> bytes:
        return "".join(self._rows).encode()


class SqlDepartment:
    """Appends to the journal table of a SQLite database, one transaction per flush."""

    def __init__(self, source: Source, almanac: Almanac, path: Path) -> None:
        """The database and its table are made if missing."""
        self.source, self._almanac = source, almanac
        self._rows: list[tuple[str | None, ...]] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")  # the connector reads while we write
        columns = ", ".join(f'"{name}" TEXT' for name in estate.COLUMNS)
        self._connection.execute(
            f'CREATE TABLE IF NOT EXISTS "{estate.TABLE}" (seq INTEGER PRIMARY KEY, {columns})'
        )
        self._connection.commit()
        names = ", ".join(f'"{name}"' for name in estate.COLUMNS)
        holes = ", ".join("?" for _ in estate.COLUMNS)
        self._insert = f'INSERT INTO "{estate.TABLE}" ({names}) VALUES ({holes})'  # noqa: S608 - our own constants

    def say(self, event: SourceEvent) -> None:
        """Note an event as a row."""
        if event.statement is None:
            cells = estate.beat(event.second, self._almanac)
        else:
            cells = estate.row(event.statement, self._almanac)
        estate.spoil(cells, broken_rule(event))
        self._rows.append(tuple(cells[name] for name in estate.COLUMNS))

    def flush(self) -> None:
        """Insert and commit."""
        if self._rows:
            with self._connection:
                self._connection.executemany(self._insert, self._rows)
            self._rows.clear()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def wire_record(event: SourceEvent, almanac: Almanac) -> dict[str, Any]:
    """The event as a department that speaks the canonical format sends it, defects included."""
    if event.statement is None:
        return wire.beat(event.source, event.second, almanac)
    record = wire.row(event.statement, almanac)
    if rule := broken_rule(event):
        wire.spoil(record, rule)
    return record


Deliver = Callable[[bytes, str], None]
"""Sends one batch (a JSON array) under an idempotency key and returns when the receiver has taken it over."""


class PushDepartment:
    """Sends batches to an endpoint. Each batch is first written to an outbox: what was sent can be looked up."""

    def __init__(
        self, source: Source, almanac: Almanac, outbox: Path, deliver: Deliver, batch: int = 500
    ) -> None:
        """``outbox`` is made if missing; a batch has at most ``batch`` records."""
        self.source, self._almanac, self._outbox, self._deliver = source, almanac, outbox, deliver
        self._batch = batch
        self._records: list[dict[str, Any]] = []
        self._number = 0
        outbox.mkdir(parents=True, exist_ok=True)

    def say(self, event: SourceEvent) -> None:
        """Note an event as a record of the next batch."""
        self._records.append(wire_record(event, self._almanac))

    def flush(self) -> None:
        """Send everything in batches.

        Raises:
            FenghuoError: the endpoint did not take a batch.
        """
        while self._records:
            body = _encode(self._records[: self._batch])
            self._number += 1
            (self._outbox / f"{self.source.key}-{self._number:05d}.json").write_bytes(body)
            self._deliver(body, f"{self.source.key}-{self._number:05d}")
            del self._records[: self._batch]

    def close(self) -> None:
        """Nothing is held open."""
