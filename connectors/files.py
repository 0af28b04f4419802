"""Reading CSV and JSON lines row by row with the bytes of each row, from any remembered position.

Rows are cut at the byte level. That is safe in UTF-8 and in GB18030 alike: no byte of a multi-byte character of
either is a quote, a comma, a tab or a line feed (GB 18030-2022 section 4: trail bytes are 30-39 and 40-7E, 80-FE).
"""

import codecs
import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from connectors.errors import ColumnError

MAX_ROW_BYTES = 1_048_576
MAX_ROW_LINES = 200
"""A quoted cell may span lines, but a stray quote must not swallow the rest of the file."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a file: its line, where the next one starts, its bytes, and its cells or what is wrong with it.

    ``partial`` marks a last row without its line end: more of it may still be on its way.
    """

    line: int
    position: int
    original: bytes
    values: Mapping[str, object]
    problem: str = ""
    partial: bool = False


class NotYet(Exception):  # noqa: N818 - not an error: the file is still being written
    """The file cannot be read yet, but may be when its writer is done; the text says what is missing."""


class TableFile(Protocol):
    """A file of rows; ``header`` is None where every row names its own columns (JSON lines)."""

    @property
    def header(self) -> tuple[str, ...] | None:
        """The names of the columns."""

    def items(self, line: int, position: int, *, final: bool) -> Iterator[Item]:
        """Rows after ``line`` lines, from ``position`` (0, 0 for the first); ``final`` if no more will come."""


def detect_encoding(path: Path) -> tuple[str, bool]:
    """The encoding by strict decoding of the whole file: UTF-8 first, then GB18030.

    The second value is False when the file is pure ASCII so far, and later bytes may still decide.

    Raises:
        ColumnError: the file has a UTF-16 or UTF-32 byte order mark.
    """
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise ColumnError(path.name, "is UTF-16", "save it as UTF-8 or GB18030")
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", True
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        ascii_only = True
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
                ascii_only = ascii_only and chunk.isascii()
        except UnicodeDecodeError:
            return "gb18030", True
    return "utf-8", not ascii_only


@dataclass(frozen=True, slots=True)
class _Cut:
    line: int
    position: int
    raw: bytes
    terminated: bool
    too_long: bool = False


def _lines(file: BinaryIO, line: int, position: int) -> Iterator[_Cut]:
    """Physical lines; one longer than a row may be is cut short and skipped to its end."""
    file.seek(position)
    while raw := file.readline(MAX_ROW_BYTES):
        line += 1
        position += len(raw)
        too_long = len(raw) == MAX_ROW_BYTES and not raw.endswith(b"\n")
        rest = raw
        while too_long and rest and not rest.endswith(b"\n"):
            rest = file.readline(MAX_ROW_BYTES)
            position += len(rest)
        yield _Cut(line, position, raw, (rest or raw).endswith(b"\n"), too_long)


def _open_quote(raw: bytes, delimiter: str) -> bool:
    """Whether ``raw`` ends inside a quoted cell (RFC 4180: a quote opens only at the start of a cell)."""
    if raw.count(b'"') % 2 == 0:
        return False
    separator = ord(delimiter)
    quoted, at_start = False, True
    for byte in raw:
        if quoted:
            # a doubled quote closes and opens again at once, which comes to the same
            quoted = byte != 0x22
            at_start = not quoted
        else:
            quoted = byte == 0x22 and at_start
            at_start = byte == separator
    return quoted


class CsvFile:
    """A CSV file (RFC 4180) whose first line names the columns."""

    def __init__(self, path: Path, encoding: str, delimiter: str = ",") -> None:
        """Read the header.

        Raises:
            NotYet: the header line is not complete.
            ColumnError: the header cannot be read.
        """
        self._path = path
        self._encoding = encoding
        self._delimiter = delimiter
        with path.open("rb") as file:
            first = next(self._rows(file, 0, 0), None)
        if first is None or not first.terminated:
            raise NotYet("the header line is not complete")
        try:
            text = first.raw.decode(encoding).removeprefix("\ufeff")
            cells = self._cells(text)
        except (UnicodeDecodeError, csv.Error) as error:
            raise ColumnError(
                f"{path.name}:1", f"header cannot be read ({error})", "set 'encoding'"
            ) from error
        self.header: tuple[str, ...] = tuple(cell.strip() for cell in cells)
        self._start = first

    def _cells(self, text: str) -> list[str]:
        return next(csv.reader([text], delimiter=self._delimiter, strict=True), [])

    def _rows(self, file: BinaryIO, line: int, position: int, *, final: bool = False) -> Iterator[_Cut]:
        """Physical lines joined while a quoted cell is open."""
        source = _lines(file, line, position)
        while (cut := next(source, None)) is not None:
            if cut.too_long or not _open_quote(cut.raw, self._delimiter):
                yield cut
                continue
            joined = self._joined(cut, source, final=final)
            if joined is None:
                source = _lines(file, cut.line, cut.position)
            yield joined or cut

    def _joined(self, first: _Cut, source: Iterator[_Cut], *, final: bool) -> _Cut | None:
        """``first`` with the lines its open cell spans; None when its quote is a stray one.

        At the end of the file an open cell may still be completed, unless the file is ``final``.
        """
        raw = first.raw
        for count, cut in enumerate(source):
            raw += cut.raw
            if not _open_quote(raw, self._delimiter):
                return _Cut(first.line, cut.position, raw, cut.terminated)
            if count >= MAX_ROW_LINES or len(raw) >= MAX_ROW_BYTES:
                return None
        if final and len(raw) > len(first.raw):
            return None
        return _Cut(first.line, first.position - len(first.raw) + len(raw), raw, terminated=False)

    def items(self, line: int, position: int, *, final: bool) -> Iterator[Item]:
        """Rows after the header or after the remembered position; ``line`` counts physical lines."""
        with self._path.open("rb") as file:
            if position == 0:
                line, position = self._lines_of(self._start), self._start.position
            for cut in self._rows(file, line, position, final=final):
                if cut.raw.strip():
                    yield self._item(cut)

    @staticmethod
    def _lines_of(cut: _Cut) -> int:
        return cut.line + cut.raw.count(b"\n", 0, -1)

    def _item(self, cut: _Cut) -> Item:
        place = f"{self._path.name}:{cut.line}"
        last_line = self._lines_of(cut)
        if cut.too_long:
            return Item(last_line, cut.position, cut.raw, {}, f"{place}: row is longer than 1 MiB")
        try:
            cells = self._cells(cut.raw.decode(self._encoding))
        except UnicodeDecodeError as error:
            problem = f"{place}: bytes {error.start}-{error.end} are not {self._encoding}; set 'encoding'"
            return Item(last_line, cut.position, cut.raw, {}, problem, not cut.terminated)
        except csv.Error as error:
            problem = f"{place}: quotes or separators are broken ({error})"
            return Item(last_line, cut.position, cut.raw, {}, problem, not cut.terminated)
        if len(cells) != len(self.header):
            problem = f"{place}: row has {len(cells)} cells, the header has {len(self.header)}"
            return Item(last_line, cut.position, cut.raw, {}, problem, not cut.terminated)
        values = dict(zip(self.header, cells, strict=True))
        return Item(last_line, cut.position, cut.raw, values, partial=not cut.terminated)


class JsonLinesFile:
    """One JSON object per line; every row names its own columns."""

    header = None

    def __init__(self, path: Path, encoding: str) -> None:
        """Nothing is read before :meth:`items`."""
        self._path = path
        self._encoding = encoding

    def items(self, line: int, position: int, *, final: bool) -> Iterator[Item]:  # noqa: ARG002 - see TableFile
        """Objects after ``line`` lines; a last line that is not yet an object is ``partial``."""
        with self._path.open("rb") as file:
            for cut in _lines(file, line, position):
                if cut.raw.strip():
                    yield self._item(cut)

    def _item(self, cut: _Cut) -> Item:
        place = f"{self._path.name}:{cut.line}"
        if cut.too_long:
            return Item(cut.line, cut.position, cut.raw, {}, f"{place}: row is longer than 1 MiB")
        values, problem = parse_object(cut.raw, place, self._encoding)
        # an object that has closed is whole, with or without a line feed after it
        return Item(cut.line, cut.position, cut.raw, values, problem, bool(problem) and not cut.terminated)


def parse_object(raw: bytes, place: str, encoding: str = "utf-8") -> tuple[dict[str, object], str]:
    """A JSON object, or an empty one and a sentence about what is wrong."""
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
        value = json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        return {}, f"{place}: byte {error.start} is not {encoding}"
    except (ValueError, RecursionError) as error:
        return {}, f"{place}: not a JSON object ({error})"
    if not isinstance(value, dict):
        return {}, f"{place}: a JSON object is needed, {type(value).__name__} came"
    return value, ""


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
