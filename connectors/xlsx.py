"""Reading one sheet of an XLSX workbook row by row, without loading it whole (openpyxl's read-only mode)."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from connectors.errors import ColumnError
from connectors.fields import plain
from connectors.files import Item, NotYet


class XlsxFile:
    """The first sheet of a workbook, or the one named; its first row names the columns.

    A spreadsheet row has no bytes of its own: ``original`` is the JSON array of its cells.
    """

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        """Read the header.

        Raises:
            NotYet: the file is not (yet) a whole workbook.
            ColumnError: there is no such sheet, or no header.
        """
        self._path = path
        self._sheet = sheet
        first = next(self._rows(), None)
        if first is None:
            raise ColumnError(path.name, "has no rows", "put the column names into the first row")
        names = ["" if cell is None else str(cell).strip() for cell in first]
        while names and not names[-1]:
            names.pop()
        self.header: tuple[str, ...] = tuple(names)  # a column without a name keeps its place

    def _rows(self) -> Iterator[tuple[object, ...]]:
        try:
            with warnings.catch_warnings():
                # openpyxl warns about styles and extensions it does not draw; only values matter here
                warnings.simplefilter("ignore")
                book = load_workbook(self._path, read_only=True, data_only=True)
        except (BadZipFile, InvalidFileException, KeyError, EOFError, ValueError) as error:
            raise NotYet(f"not a whole workbook ({error})") from error
        try:
            if self._sheet is not None and self._sheet not in book.sheetnames:
                names = ", ".join(book.sheetnames)
                raise ColumnError(self._path.name, f"has no sheet {self._sheet!r}", f"it has: {names}")
            sheet = book[self._sheet] if self._sheet else book.worksheets[0]
            sheet.reset_dimensions()  # some writers leave a size that leaves rows out
            yield from sheet.iter_rows(values_only=True)
        finally:
            book.close()

    def items(self, line: int, position: int, *, final: bool) -> Iterator[Item]:  # noqa: ARG002 - see TableFile
        """Rows after ``line`` rows; ``position`` is the row number too, as a workbook is never half a row."""
        for number, cells in enumerate(self._rows(), start=1):
            if number > max(line, 1) and any(cell is not None for cell in cells):
                yield self._item(number, cells)

    def _item(self, number: int, cells: tuple[object, ...]) -> Item:
        original = _original(cells)
        width = len(self.header)
        if any(cell is not None for cell in cells[width:]):
            problem = f"{self._path.name}:{number}: row has cells beyond the {width} columns of the header"
            return Item(number, number, original, {}, problem)
        values = {name: _cell(cell) for name, cell in zip(self.header, cells, strict=False)}
        return Item(number, number, original, values)


def _cell(value: object) -> object:
    """A spreadsheet reckons with 15 significant digits; what a computed number has beyond them is noise."""
    return plain(float(f"{value:.15g}") if isinstance(value, float) else value)


def _original(cells: tuple[object, ...]) -> bytes:
    return json.dumps([plain(cell) for cell in cells], ensure_ascii=False, default=str).encode()
