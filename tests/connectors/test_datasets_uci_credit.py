"""UCI credit: every trap of the data on made-up rows, every row of the real data accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.datasets import DATASETS
from connectors.datasets.item import Item
from detectors.records.reasons import Flag
from detectors.records.validation import validate
from tests.connectors.dataset_rows import (
    CLIENTS,
    account,
    client,
    clients,
    letters,
    read,
    real,
    records,
    write,
)


def test_a_client_gives_six_statements_april_to_september_and_an_outcome_in_october(tmp_path: Path) -> None:
    """September is PAY_0 and suffix 1; April is PAY_6 and suffix 6."""
    row = client(1, PAY_0="2", PAY_6="-2", BILL_AMT1="900", PAY_AMT6="30", **{"class": "1"})
    items = clients(tmp_path, row)
    loans = records(items, "F21")
    assert [loan["as_of"][:7] for loan in loans] == [f"2005-{month:02}" for month in range(4, 10)]
    assert [loan["principal_overdue_days"] for loan in loans] == [0, 0, 0, 0, 0, 60]
    assert loans[-1]["balance"] == {"amount": "900.00", "currency": "TWD"}
    assert loans[0]["repaid"]["amount"] == "30.00"
    assert loans[0]["credit_limit"]["amount"] == "50000.00"
    label = items[-1].outcome
    assert label is not None
    assert (label.outcome, label.at.date().isoformat()) == ("default", "2005-10-31")
    assert label.entity == loans[0]["_"].entity


def test_all_clients_of_a_month_come_before_the_next_month(tmp_path: Path) -> None:
    items = clients(tmp_path, client(1), client(2))
    months = [item.at.month for item in items]
    assert months == [4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10]


def test_amounts_written_by_a_spreadsheet_and_credit_balances_are_read(tmp_path: Path) -> None:
    """``1.00E+05`` is 100000; a balance below zero is kept and flagged."""
    items = clients(tmp_path, client(1, LIMIT_BAL="1.00E+05", BILL_AMT2="-165580"))
    august = next(item for item in items if item.raw and item.at.month == 8)
    assert august.raw is not None
    outcome = validate(august.raw, now=august.at)
    assert outcome.flags == (Flag.NEGATIVE_AMOUNT,)
    assert b'"-165580.00"' in (outcome.wire or b"")
    assert b'"100000.00"' in (outcome.wire or b"")


def test_sex_marriage_age_and_education_change_nothing(tmp_path: Path) -> None:
    """They may not be used: the same client with others, or a file without these columns, says the same."""
    one = tmp_path / "one"
    other = tmp_path / "other"
    one.mkdir()
    other.mkdir()

    def said(items: list[Item]) -> list[Any]:
        return [{**item.raw, "evidence": None} for item in items if item.raw]

    first = said(clients(one, client(1)))
    assert first == said(clients(other, client(1, SEX="1", EDUCATION="1", MARRIAGE="2", AGE="22")))
    unused = ("SEX", "EDUCATION", "MARRIAGE", "AGE")
    names = [name for name in CLIENTS.split(",") if name not in unused]
    cells = dict(zip(CLIENTS.split(","), client(1).split(","), strict=True))
    write(other / "credit_card_clients.csv", ",".join(names), ",".join(cells[name] for name in names))
    assert first == said(read("uci_credit", other))


def test_a_client_row_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    items = clients(tmp_path, client(1, PAY_3="12"), client(2, BILL_AMT4="nan"), client(3), client(3))
    found = letters(items)
    assert "PAY_3" in found["credit_card_clients.csv:2"]
    assert "BILL_AMT4" in found["credit_card_clients.csv:3"]
    assert "must be unique" in found["credit_card_clients.csv:5"]
    assert {item.place for item in items if item.raw or item.outcome} == {"credit_card_clients.csv:4"}


@pytest.mark.data
def test_uci_credit_is_accounted_for_to_the_last_row() -> None:
    """Six statements and one outcome a client; none is refused."""
    directory, items = real("uci_credit")
    result = account(DATASETS["uci_credit"], directory, items)
    assert result.rows == {"credit_card_clients.csv": 20000}
    assert result.reconciled
    assert (result.dead, result.skipped) == ({}, {})
    assert result.records == {"F21": 120000}
    assert sum(result.outcomes.values()) == 20000
