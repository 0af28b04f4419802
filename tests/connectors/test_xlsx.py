"""Workbooks as offices really leave them: unnamed columns, numbers for texts, computed cells, a wrong size."""

import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.connectors.helpers import COLUMNS, code, ids, records, row, run_once, write_config

FAST = "{directory: drop, poll_seconds: 0.01, settle_seconds: 0.02, partial_seconds: 0.1}"
BILLS = """\
mappings:
  - feed: F15
    record_id: "{户号}|{账期}"
    subject: {scheme: uscc, value: 信用代码}
    occurred_at: 日期
    payload:
      utility: {const: electricity}
      provider_id: {const: sgcc}
      account_no: 户号
      event: {const: bill}
      period: 账期
      amount_due: {column: 金额, unit: 元, currency: CNY}
      due_on: 日期
"""


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def book(drop: Path, *rows: list[Any]) -> Path:
    made = Workbook()
    for cells in rows:
        made.active.append(cells)
    made.save(drop / "a.xlsx")
    return drop / "a.xlsx"


def cells(number: int) -> list[Any]:
    return [row(number)[column] for column in COLUMNS]


def test_a_column_without_a_name_does_not_shift_the_others(drop: Path) -> None:
    """What stands under the next name would be taken for it; the file is set aside, as a CSV file is."""
    header: list[Any] = [*COLUMNS]
    at = COLUMNS.index("状态")
    header.insert(at, None)
    values = cells(1)
    values.insert(at, "执行中")
    values[-1] = None
    book(drop, header, values)
    publisher, _ = run_once(write_config(drop.parent, "file_drop", FAST))
    assert not ids(publisher)
    [letter] = publisher.letters
    assert "a.xlsx:1: column '' is not mapped" in letter.detail


def test_numbers_are_read_as_what_they_stand_for(drop: Path) -> None:
    """An account number, a period, a date and a computed amount, all of which a spreadsheet keeps as numbers."""
    day = datetime(2026, 1, 5)  # noqa: DTZ001 - spreadsheets know no zone
    book(drop, ["信用代码", "户号", "账期", "日期", "金额"], [code(1), 3301234567, 202601, day, 3 * 1.1])
    publisher, _ = run_once(write_config(drop.parent, "file_drop", FAST, mappings=BILLS))
    assert not publisher.letters, publisher.letters
    payload = records(publisher, "F15")[0]["payload"]
    assert (payload["account_no"], payload["period"], payload["due_on"]) == (
        "3301234567",
        "2026-01",
        "2026-01-05",
    )
    assert payload["amount_due"]["amount"] == "3.30"


def test_a_wrong_size_leaves_no_rows_out(drop: Path) -> None:
    """Some writers note a size before they know it; the rows beyond it are there all the same."""
    path = book(drop, [*COLUMNS], *(cells(number) for number in range(1, 6)))
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet], count = re.subn(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:I3"', parts[sheet])
    assert count == 1
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    publisher, _ = run_once(write_config(drop.parent, "file_drop", FAST))
    assert len(ids(publisher)) == 5
    assert json.loads(publisher.records[-1][2])["payload"]["status"] == "executing"
