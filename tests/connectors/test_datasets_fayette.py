"""Fayette County: every trap of the data on made-up rows, every row of the real data accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.datasets import DATASETS
from tests.connectors.dataset_rows import (
    account,
    bill,
    fayette,
    instrument,
    letters,
    real,
    records,
)


def test_a_bill_is_an_arrears_notice_known_when_the_clerk_took_it_over(tmp_path: Path) -> None:
    """The balance is what was owed then: without interest, and not the amount of the day of the snapshot."""
    (notice,) = records(fayette(tmp_path, (bill(),)), "F16")
    assert notice["balance"] == {"amount": "100.50", "currency": "USD"}
    assert notice["published_on"] == "2020-04-15"
    assert notice["arrears_since"] == "2020-01-01"
    assert notice["notice_period"] == "2019"
    assert notice["tax_type"] == "房产税"
    assert notice["_"].observed_at.date().isoformat() == "2020-04-15"


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("2020050100001", "2020-05-01"),
        ("2024700003", "2024-12-31"),  # no such month: known in 2024, no earlier than its last day is safe
        ("2019040100001", "2020-04-15"),  # does not follow the tax year
        ("X1", "2020-04-15"),
        ("2026123100001", "2026-03-21"),  # never after the snapshot it is in
    ],
)
def test_a_bill_without_a_usable_date_is_dated_by_rule(tmp_path: Path, number: str, known: str) -> None:
    (notice,) = records(fayette(tmp_path, (bill(inst_num=number),)), "F16")
    assert notice["published_on"] == known


def test_owners_are_told_apart_and_no_number_of_the_source_is_published(tmp_path: Path) -> None:
    """Ids are re-identifiable; a person is masked and carries the legal basis."""
    items = fayette(
        tmp_path,
        (bill(), bill(owner_id="o00000000000b", owner_is_entity="0", bill_number="900002")),
        (instrument("475/181", "2010/07/20", "CERT DEL ASSIGN", grantor="o00000000000a"),),
    )
    firm, person = records(items, "F16")
    (lien,) = records(items, "F11")
    assert firm["_"].subject.scheme == "local"
    assert person["_"].subject.scheme == "person"
    assert person["_"].legal_basis
    assert lien["_"].entity == firm["_"].entity, "one owner is one entity in both files"
    said = " ".join(str(item.raw) for item in items)
    for number in (
        "o00000000000a",
        "o00000000000b",
        "12345678",
        "900001",
        "20200415",
        "475/181",
        "SOME LIEN",
    ):
        assert number not in said


def test_bills_of_one_owner_and_year_stay_apart(tmp_path: Path) -> None:
    """They would otherwise be two statements about one fact."""
    items = fayette(tmp_path, (bill(), bill(bill_number="900002")))
    first, second = records(items, "F16")
    assert first["_"].entity == second["_"].entity
    assert first["taxpayer_id"] != second["taxpayer_id"]


def test_a_released_bill_is_closed_and_a_bankruptcy_is_a_disposition(tmp_path: Path) -> None:
    """No court record is made up for either, nor for a suit whose court, number and date are unknown."""
    items = fayette(
        tmp_path,
        (
            bill(status="Released", released="YES", date_released="09-30-2025"),
            bill(bill_number="2", status="Bankruptcy", bankruptcy="YES"),
            bill(bill_number="3", status="Suit Filed"),
        ),
    )
    closed = [record["_"] for record in records(items) if record["_"].op == "close"]
    assert [(record.version, record.occurred_at.date().isoformat()) for record in closed] == [
        (2, "2025-09-30")
    ]
    (label,) = [item.outcome for item in items if item.outcome]
    assert (label.outcome, label.at.date().isoformat()) == ("bankruptcy", "2026-03-21")
    assert {record["_"].feed for record in records(items)} == {"F16"}


def test_assignment_amends_and_release_closes_the_certificate_it_cites(tmp_path: Path) -> None:
    """References of one instrument follow each other without a separator."""
    items = fayette(
        tmp_path,
        (),
        (
            instrument(
                "1897/306", "2018/05/07", "DEL TAX RELEASE", refs="475/202-072", grantor="occ", grantee="oaa"
            ),
            instrument(
                "475/202",
                "2010/07/20",
                "CERT DEL ASSIGN",
                refs="530/723-0711897/306-071",
                grantor="oaa",
                grantee="obb",
            ),
            instrument(
                "530/723", "2017/02/21", "ASSIGN/ENCUMBRA", refs="475/202-073", grantor="obb", grantee="occ"
            ),
        ),
    )
    first, second, last = records(items, "F11")
    assert [record["_"].op for record in (first, second, last)] == ["assert", "amend", "close"]
    assert [record["_"].version for record in (first, second, last)] == [1, 2, 3]
    assert (
        len(
            {
                (record["_"].record_id, record["_"].entity, record["reg_no"])
                for record in (first, second, last)
            }
        )
        == 1
    )
    assert first["secured_party"] != second["secured_party"] == last["secured_party"]
    assert (last["reg_on"], last["cancelled_on"], last["status"]) == ("2010-07-20", "2018-05-07", "cancelled")
    assert "cancelled_on" not in second


def test_a_second_release_does_not_move_the_end(tmp_path: Path) -> None:
    """Three certificates of the real data were released twice."""
    items = fayette(
        tmp_path,
        (),
        (
            instrument("1/1", "2011/01/03", "CERT DEL ASSIGN"),
            instrument("2/1", "2012/01/03", "DEL TAX RELEASE", refs="1/1-072"),
            instrument("2/9", "2013/01/03", "DEL TAX RELEASE", refs="1/1-072"),
        ),
    )
    assert [record.get("cancelled_on") for record in records(items, "F11")] == [
        None,
        "2012-01-03",
        "2012-01-03",
    ]


def test_an_instrument_about_an_unknown_certificate_is_a_dead_letter(tmp_path: Path) -> None:
    """So is all that hangs on a certificate whose own row is broken."""
    items = fayette(
        tmp_path,
        (bill(face_value=""), bill(bill_number="7", status="Eaten")),
        (
            instrument("2/1", "2012/01/03", "DEL TAX RELEASE", refs="9/9-072"),
            instrument("3/1", "someday", "CERT DEL ASSIGN"),
            instrument("3/2", "2012/01/03", "DEL TAX RELEASE", refs="3/1-072"),
            instrument("4/1", "2012/01/03", "CERT DEL ASSIGN"),
            instrument("4/1", "2012/01/04", "CERT DEL ASSIGN"),
        ),
    )
    found = letters(items)
    land, bills = "land_records_pseudonymised.csv", "delinquent_bills_pseudonymised.csv"
    assert "name one certificate" in found[f"{land}:2"]
    assert "YYYY/MM/DD" in found[f"{land}:3"]
    assert "own row cannot be used" in found[f"{land}:4"]
    assert "must be unique" in found[f"{land}:6"]
    assert "face_value" in found[f"{bills}:2"]
    assert "'Eaten'" in found[f"{bills}:3"]
    assert len(records(items)) == 1


@pytest.mark.data
def test_fayette_is_accounted_for_to_the_last_row() -> None:
    """6,317 bills, of which 5 released and 5 bankrupt; 926 instruments: all are taken, none is refused."""
    directory, items = real("fayette")
    result = account(DATASETS["fayette"], directory, items)
    assert list(result.rows.values()) == [6317, 926]
    assert result.reconciled
    assert (result.dead, result.skipped) == ({}, {})
    assert result.records == {"F11": 926, "F16": 6317 + 5}
    assert result.outcomes == {"bankruptcy": 5}
    ops = [str(item.raw["op"]) for item in items if item.raw and str(item.raw["schema"]).startswith("F11")]
    assert [ops.count(op) for op in ("assert", "amend", "close")] == [474, 24, 428]
