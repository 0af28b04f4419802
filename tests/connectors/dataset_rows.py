"""Made-up rows of the data sets, and what their adapters make of them; the real data where they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from connectors.datasets import DATASETS
from connectors.datasets.item import Accounting, Dataset, Item, Skip, Tally
from detectors.record import decode
from detectors.records.validation import validate

FIRMS = "split,company,registered_capital,paid_capital,age_months,bankrupt"


LAWSUITS = "split,company,cause,court,result,months_before_observation,time_label"


EDGES = "split,source,target,edge_type,edge_name,weight"


GROUPS = "split,kind,group,company"


BILLS = (
    "inst_num,bill_number,tax_year,status,owner_id,owner_is_entity,parcel_num,district,"
    "face_value,owed_at_sale,amount_due,bankruptcy,released,date_released,scrape_date"
)


LAND = "instrument_number,book_page,recording_date,instrument_type,cross_references,grantor_id,grantee_id,query_name"


CLIENTS = (
    "ID,LIMIT_BAL,SEX,EDUCATION,MARRIAGE,AGE,PAY_0,PAY_2,PAY_3,PAY_4,PAY_5,PAY_6,"
    "BILL_AMT1,BILL_AMT2,BILL_AMT3,BILL_AMT4,BILL_AMT5,BILL_AMT6,"
    "PAY_AMT1,PAY_AMT2,PAY_AMT3,PAY_AMT4,PAY_AMT5,PAY_AMT6,class"
)


def write(path: Path, header: str, *rows: str) -> None:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def smesd(
    directory: Path,
    *,
    firms: tuple[str, ...] = ("train,7,100.0,50.0,120.0,1",),
    lawsuits: tuple[str, ...] = (),
    edges: tuple[str, ...] = (),
    groups: tuple[str, ...] = (),
) -> list[Item]:
    write(directory / "firms.csv", FIRMS, *firms)
    write(directory / "lawsuits.csv", LAWSUITS, *lawsuits)
    write(directory / "edges.csv", EDGES, *edges)
    write(directory / "groups.csv", GROUPS, *groups)
    return read("smesd", directory)


def bill(**cells: str) -> str:
    usual = {
        "inst_num": "2020041501234",
        "bill_number": "900001",
        "tax_year": "2019",
        "status": "Delinquent",
        "owner_id": "o00000000000a",
        "owner_is_entity": "1",
        "parcel_num": "12345678",
        "district": "1",
        "face_value": "100.50",
        "owed_at_sale": "130.00",
        "amount_due": "222.22",
        "bankruptcy": "NO",
        "released": "NO",
        "date_released": "",
        "scrape_date": "2026-03-21",
    }
    return ",".join({**usual, **cells}.values())


def instrument(
    page: str, day: str, kind: str, *, refs: str = "", grantor: str = "oaa", grantee: str = "obb"
) -> str:
    return f"bp_{page},{page},{day},{kind},{refs},{grantor},{grantee},SOME LIEN CO"


def fayette(directory: Path, bills: tuple[str, ...] = (), land: tuple[str, ...] = ()) -> list[Item]:
    write(directory / "delinquent_bills_pseudonymised.csv", BILLS, *bills)
    write(directory / "land_records_pseudonymised.csv", LAND, *land)
    return read("fayette", directory)


def client(number: int, **cells: str) -> str:
    usual = dict.fromkeys(CLIENTS.split(","), "0")
    usual |= {
        "ID": str(number),
        "LIMIT_BAL": "50000",
        "SEX": "2",
        "EDUCATION": "3",
        "MARRIAGE": "1",
        "AGE": "77",
    }
    return ",".join({**usual, **cells}.values())


def clients(directory: Path, *rows: str) -> list[Item]:
    write(directory / "credit_card_clients.csv", CLIENTS, *rows)
    return read("uci_credit", directory)


def read(name: str, directory: Path) -> list[Item]:
    """All items; in order of time, and every row accounted for, whatever the rows are."""
    items = list(DATASETS[name].read(directory))
    assert [item.at for item in items] == sorted(item.at for item in items)
    assert account(DATASETS[name], directory, items).reconciled
    return items


def account(dataset: Dataset, directory: Path, items: list[Item]) -> Accounting:
    tally = Tally()
    for item in items:
        tally.add(item, validate(item.raw, now=item.at).reason if item.raw is not None else None)
    return tally.result(dataset, directory)


def records(items: list[Item], feed: str = "") -> list[dict[str, Any]]:
    """Validated records as they go on the wire, with the payload on top."""
    made = []
    for item in items:
        if item.raw is not None and str(item.raw["schema"]).startswith(feed):
            outcome = validate(item.raw, now=item.at)
            assert outcome.wire is not None, outcome.detail
            record = decode(outcome.wire)
            made.append({**record.payload, "_": record})
    return made


def skips(items: list[Item]) -> dict[str, Skip]:
    return {item.place: item.skipped for item in items if item.skipped}


def letters(items: list[Item]) -> dict[str, str]:
    return {item.place: f"{item.reason}: {item.detail}" for item in items if item.reason}


FOLDERS = {"smesd": "smesd", "fayette": "fayette_tax_liens", "uci_credit": "uci_credit_default"}


def real(name: str) -> tuple[Path, list[Item]]:
    root = os.environ.get("FENGHUO_DATA")
    if not root:
        pytest.skip("FENGHUO_DATA does not name the directory of the real records")
    directory = Path(root) / FOLDERS[name]
    return directory, read(name, directory)
