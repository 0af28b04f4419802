"""What the adapters of all data sets share: their files, their headers, and the account of every row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from connectors.datasets import DATASETS
from connectors.datasets.item import DatasetError, Item, Skip, Tally
from connectors.errors import ColumnError
from detectors.records.reasons import Reason
from tests.connectors.dataset_rows import (
    CLIENTS,
    account,
    client,
    clients,
    letters,
    read,
)


@pytest.mark.parametrize("name", list(DATASETS))
def test_a_missing_directory_or_file_is_one_sentence(name: str, tmp_path: Path) -> None:
    dataset = DATASETS[name]
    with pytest.raises(DatasetError, match=r"no such directory, and \w+ needs .*\.csv; check --data"):
        list(dataset.read(tmp_path / "nowhere"))
    with pytest.raises(DatasetError, match=f"no such file, and {name} needs {dataset.files[0]}"):
        list(dataset.read(tmp_path))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (CLIENTS.replace(",class", ""), "the header lacks column class"),
        (CLIENTS + ",ZIP", "the header has the unknown column ZIP"),
        (CLIENTS + ",ID", "the header repeats the column ID"),
        ("", "has no header line"),
    ],
)
def test_a_wrong_header_names_file_column_and_known_columns(tmp_path: Path, header: str, said: str) -> None:
    path = tmp_path / "credit_card_clients.csv"
    path.write_text(f"{header}\n" if header else "", encoding="utf-8")
    with pytest.raises(ColumnError) as caught:
        list(DATASETS["uci_credit"].read(tmp_path))
    message = str(caught.value)
    assert "credit_card_clients.csv" in message
    assert said in message
    assert "BILL_AMT6" in message
    assert "\n" not in message


def test_a_byte_order_mark_blank_lines_and_other_bytes_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "credit_card_clients.csv"
    rows = f"\ufeff{CLIENTS}\r\n\r\n{client(1)}\r\n".encode() + b"\xff\xfe\r\n" + client(2).encode()
    path.write_bytes(rows)
    items = read("uci_credit", tmp_path)
    assert {item.place for item in items if item.raw} == {
        "credit_card_clients.csv:3",
        "credit_card_clients.csv:5",
    }
    assert letters(items)["credit_card_clients.csv:4"].startswith("unreadable")


def test_the_account_notices_a_row_that_came_to_nothing(tmp_path: Path) -> None:
    """Rows are counted in the file, not by the adapter."""
    items = clients(tmp_path, client(1), client(2))
    lost = [item for item in items if item.place.endswith(":2")]
    result = account(DATASETS["uci_credit"], tmp_path, lost)
    assert not result.reconciled
    assert (result.rows, result.accounted) == ({"credit_card_clients.csv": 2}, {"credit_card_clients.csv": 1})


def test_a_refused_record_counts_as_a_dead_letter(tmp_path: Path) -> None:
    items = clients(tmp_path, client(1))
    tally = Tally()
    for item in items:
        tally.add(item, Reason.INVALID_FIELD if item.raw else None)
    result = tally.result(DATASETS["uci_credit"], tmp_path)
    assert (result.records, result.dead) == ({}, {"invalid_field": 6})


def test_an_item_is_one_thing_at_one_instant() -> None:
    with pytest.raises(ValueError, match="just one"):
        Item("a.csv:2", b"", datetime.fromisoformat("2005-01-01T00:00:00+08:00"))
    with pytest.raises(ValueError, match="offset"):
        Item("a.csv:2", b"", datetime.fromisoformat("2005-01-01T00:00:00"), skipped=Skip.REPEATED)
