"""Default of credit-card clients, Taiwan, April to September 2005 (UCI Machine Learning Repository, data set 350).

Each client gives six statements of a revolving credit line (F21) and one outcome. They are loans and no utility
accounts, so F21 it is: days in arrears and balance are what that feed is for.

Calendar. The months are real; the day is not published, so a statement is dated to the last day of its month, and
whether the client defaulted in October is known on the last day of October.

- ``PAY_x`` counts months in arrears: 1 to 9 become 30 to 270 ``principal_overdue_days``; -2 (no use), -1 (paid in full)
  and 0 (revolving) are none. September is ``PAY_0``; there is no ``PAY_1``.
- ``BILL_AMTx`` is the ``balance``; below zero it is a credit of the client, which validation flags.
- ``PAY_AMTx`` is what was ``repaid`` in that month, that is, on the statement before.
- Some amounts were written by a spreadsheet as ``1.00E+05``.

The clients are natural persons and anonymous. SEX, EDUCATION, MARRIAGE and AGE never enter a record.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from connectors.datasets.envelope import envelope
from connectors.datasets.item import Dataset, Item, OutcomeLabel
from connectors.datasets.table import Row, Table, dead, money, pseudonym, read_rows
from connectors.errors import MappingError
from detectors.identifiers import entity

NAME = "uci_credit"
_JURISDICTION, _CURRENCY = "TW", "TWD"
_BASIS = "anonymous research data set, UCI 350, catalogued as CC0"
_TAIPEI = timezone(timedelta(hours=8))

_MONTHS: tuple[tuple[date, str, str], ...] = (
    (date(2005, 4, 30), "PAY_6", "6"),
    (date(2005, 5, 31), "PAY_5", "5"),
    (date(2005, 6, 30), "PAY_4", "4"),
    (date(2005, 7, 31), "PAY_3", "3"),
    (date(2005, 8, 31), "PAY_2", "2"),
    (date(2005, 9, 30), "PAY_0", "1"),
)
"""Statement day, column of the arrears, suffix of the amounts."""
_KNOWN_ON = date(2005, 10, 31)
_DAYS_A_MONTH = 30

_TABLE = Table(
    "credit_card_clients.csv",
    (
        "ID",
        "LIMIT_BAL",
        *(arrears for _, arrears, _ in _MONTHS),
        *(f"BILL_AMT{suffix}" for _, _, suffix in _MONTHS),
        *(f"PAY_AMT{suffix}" for _, _, suffix in _MONTHS),
        "class",
    ),
    unused=("SEX", "EDUCATION", "MARRIAGE", "AGE"),
)
_OUTCOMES = {"0": "survived", "1": "default"}


@dataclass(frozen=True, slots=True)
class _Statement:
    overdue_days: int
    balance: Decimal
    repaid: Decimal


@dataclass(frozen=True, slots=True)
class _Client:
    """A row that could be read whole; a row is taken whole or not at all."""

    row: Row
    number: int
    limit: Decimal
    statements: tuple[_Statement, ...]
    outcome: str

    @property
    def person(self) -> str:
        return pseudonym(NAME.encode(), str(self.number))


def read(directory: Path) -> Iterator[Item]:
    """All statements of April, then of May, and so on, each month in the order of the file; then the outcomes.

    Raises:
        DatasetError: the file is missing.
        ColumnError: its header is not the one known.
    """
    clients: dict[int, _Client] = {}
    for row in read_rows(NAME, directory, _TABLE):
        try:
            if row.problem:
                yield dead(row, _at(_MONTHS[0][0]))
            else:
                client = _client(row, clients)
                clients[client.number] = client
        except MappingError as error:
            yield dead(row, _at(_MONTHS[0][0]), error)
    for index, (day, _, _) in enumerate(_MONTHS):
        for client in clients.values():
            yield _item(client, day, client.statements[index])
    for client in clients.values():
        yield _outcome(client)


def _client(row: Row, known: Container[int]) -> _Client:
    number = row.integer("ID", 1, 10**9)
    if number in known:
        raise MappingError("ID", f"must be unique, got {number} again")
    return _Client(
        row,
        number,
        row.number("LIMIT_BAL"),
        tuple(
            _Statement(
                max(0, row.integer(arrears, -2, 9)) * _DAYS_A_MONTH,
                row.number(f"BILL_AMT{suffix}"),
                row.number(f"PAY_AMT{suffix}"),
            )
            for _, arrears, suffix in _MONTHS
        ),
        row.code("class", _OUTCOMES),
    )


def _item(client: _Client, day: date, statement: _Statement) -> Item:
    at = _at(day)
    payload = {
        "lender_id": "card-issuer",
        "contract_no": f"card-{client.number}",
        "as_of": day.isoformat(),
        "credit_limit": money(client.limit, _CURRENCY),
        "balance": money(statement.balance, _CURRENCY),
        "repaid": money(statement.repaid, _CURRENCY),
        "principal_overdue_days": statement.overdue_days,
    }
    subject = {"scheme": "person", "value": client.person}
    record_id = f"client-{client.number}-{day:%Y-%m}"
    raw = envelope(
        NAME, "F21", record_id, client.row, at, _JURISDICTION, subject, payload, legal_basis=_BASIS
    )
    return Item(client.row.place, client.row.original, at, raw=raw)


def _outcome(client: _Client) -> Item:
    at = _at(_KNOWN_ON)
    about = entity.of(_JURISDICTION, "person", client.person)
    label = OutcomeLabel(about, client.outcome, at, NAME, f"{NAME}-client-{client.number}")
    return Item(client.row.place, client.row.original, at, outcome=label)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_TAIPEI)


DATASET = Dataset(NAME, "credit-card clients, Taiwan 2005", (_TABLE.file,), read)
