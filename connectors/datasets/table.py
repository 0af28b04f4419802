"""The CSV files of a data set: rows with their bytes, and cells read strictly, each mistake naming its column."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from connectors.datasets.item import Item, existing
from connectors.errors import ColumnError, MappingError
from connectors.files import CsvFile, NotYet
from detectors.records.reasons import Reason

_FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Table:
    """A file and the columns it must have; ``unused`` ones may be there and are never read into a record."""

    file: str
    columns: tuple[str, ...]
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``problem`` says why it could not be cut into cells, and then there are none."""

    place: str
    original: bytes
    values: Mapping[str, object]
    problem: str = ""

    def text(self, column: str) -> str:
        """The cell without outer blanks, empty if it is empty."""
        return str(self.values[column]).strip()

    def key(self, column: str) -> str:
        """The cell, which must not be empty.

        Raises:
            MappingError: it is.
        """
        if not (text := self.text(column)):
            raise MappingError(column, "must not be empty, got nothing")
        return text

    def number(self, column: str) -> Decimal:
        """The cell as a decimal number; ``1.00E+05``, as spreadsheets write it, is 100000.

        Raises:
            MappingError: it is none.
        """
        try:
            value = Decimal(self.text(column))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise MappingError(column, f"must be a number, got {self.text(column)!r}")
        return value

    def integer(self, column: str, low: int, high: int) -> int:
        """The cell as a whole number between two bounds, both included.

        Raises:
            MappingError: it is none.
        """
        value = self.number(column)
        if value != value.to_integral_value() or not low <= value <= high:
            raise MappingError(
                column, f"must be a whole number from {low} to {high}, got {self.text(column)!r}"
            )
        return int(value)

    def code(self, column: str, known: Mapping[str, str]) -> str:
        """What the cell's code stands for.

        Raises:
            MappingError: the code is not known.
        """
        if (text := self.text(column)) not in known:
            raise MappingError(column, f"must be one of {', '.join(known)}, got {text!r}")
        return known[text]

    @property
    def sha256(self) -> str:
        """Hash of the row's bytes, for the evidence of its records."""
        return hashlib.sha256(self.original).hexdigest()


def read_rows(dataset: str, directory: Path, table: Table) -> list[Row]:
    """All rows of one file, in order; UTF-8, with or without byte order mark.

    Raises:
        DatasetError: there is no such file.
        ColumnError: its columns are not those of the table.
    """
    path = existing(dataset, directory / table.file)
    try:
        file = CsvFile(path, "utf-8")
    except NotYet as error:
        raise ColumnError(path.name, f"has no header line ({error})", _columns(table)) from error
    _check(path.name, file.header, table)
    return list(_rows(file, path.name))


def _rows(file: CsvFile, name: str) -> Iterator[Row]:
    for item in file.items(0, 0, final=True):
        yield Row(f"{name}:{item.line}", item.original, item.values, item.problem)


def _check(name: str, header: tuple[str, ...], table: Table) -> None:
    missing = [column for column in table.columns if column not in header]
    unknown = [column for column in header if column not in table.columns + table.unused]
    twice = [column for column in dict.fromkeys(header) if header.count(column) > 1]
    for what, columns in (("lacks", missing), ("has the unknown", unknown), ("repeats the", twice)):
        if columns:
            noun = "column" if len(columns) == 1 else "columns"
            raise ColumnError(f"{name}:1", f"the header {what} {noun} {', '.join(columns)}", _columns(table))


def _columns(table: Table) -> str:
    optional = f", and may have {', '.join(table.unused)}" if table.unused else ""
    return f"its columns are {', '.join(table.columns)}{optional}"


def dead(row: Row, at: datetime, error: MappingError | None = None) -> Item:
    """The dead letter of a row that could not be cut into cells, or could not be mapped."""
    if error is None:
        return Item(row.place, row.original, at, reason=Reason.UNREADABLE, detail=row.problem)
    return Item(row.place, row.original, at, reason=Reason.MAPPING_FAILED, detail=f"{row.place}: {error}")


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """An amount in main units as the contracts take it, rounded half even to hundredths.

    >>> money(Decimal("11942.931999999999") * 10000, "CNY")
    {'amount': '119429320.00', 'currency': 'CNY'}
    """
    return {"amount": f"{amount.quantize(_FEN):f}", "currency": currency}


def pseudonym(key: bytes, *parts: str) -> str:
    """32 hex digits standing for a key of the source: HMAC-SHA-256 under ``key``.

    >>> pseudonym(b"k", "person", "7") == pseudonym(b"k", "person", "7") != pseudonym(b"k", "person", "8")
    True
    """
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:32]
