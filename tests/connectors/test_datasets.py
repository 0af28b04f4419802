"""The data set adapters: every trap of the data on made-up rows, every row of the real data accounted for."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.datasets import DATASETS
from connectors.datasets.item import Accounting, Dataset, DatasetError, Item, Skip, Tally
from connectors.errors import ColumnError
from detectors.record import decode
from detectors.records.reasons import Flag, Reason
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


# --- SMEsD ---


def test_a_firm_becomes_a_master_record_and_an_outcome_in_yuan_and_dates(tmp_path: Path) -> None:
    """Capital comes in 10,000 yuan with floating-point dust, age in months before the observation."""
    items = smesd(tmp_path, firms=("train,7,11942.931999999999,0.5,12.0,1", "validate,8,3.0,3.0,240.0,0"))
    masters = {record["name"]: record for record in records(items, "F29")}
    assert masters["smesd-7"]["subscribed_capital"] == {"amount": "119429320.00", "currency": "CNY"}
    assert masters["smesd-7"]["paid_capital"]["amount"] == "5000.00"
    assert masters["smesd-7"]["founded_on"] == "2017-12-31"
    assert masters["smesd-7"]["_"].entity == "ent:CN:smesd-7"
    labels = {item.outcome.entity: item.outcome for item in items if item.outcome}
    assert labels["ent:CN:smesd-7"].outcome == "default"
    assert labels["ent:CN:smesd-8"].outcome == "survived"
    assert labels["ent:CN:smesd-7"].at.date().isoformat() == "2018-12-31"
    assert labels["ent:CN:smesd-8"].at.date().isoformat() == "2019-12-31"
    assert b'"outcome":"default"' in labels["ent:CN:smesd-7"].to_wire()


def test_judgments_run_back_by_months_and_have_no_case_number(tmp_path: Path) -> None:
    """A month is 30.4375 days; alike rows are two judgments; nothing is taken for a case number."""
    items = smesd(tmp_path, lawsuits=("train,7,0,1,3,12,1", "train,7,0,1,3,12,1", "train,7,10,3,0,0,0"))
    first, second, last = records(items, "F03")
    assert (first["judged_on"], last["judged_on"]) == ("2017-12-31", "2018-12-31")
    assert first["case_ref"] != second["case_ref"]
    assert "case_no" not in first
    assert (first["role"], first["result"], first["court"]) == ("defendant", "lost", "中级人民法院")
    assert (last["role"], last["result"], last["court"]) == ("plaintiff", "won", "最高人民法院")
    assert first["cause"] == "借贷与追偿权纠纷"
    assert first["_"].observed_at == first["_"].occurred_at


def test_judgments_of_month_0_come_before_the_outcome(tmp_path: Path) -> None:
    """14.6 % of the judgments of bankrupt firms are in month 0."""
    items = smesd(tmp_path, lawsuits=("train,7,9,0,3,0,0",))
    assert [item.outcome is not None for item in items] == [False, False, True]
    assert items[-2].at.date() == items[-1].at.date()


def test_relations_come_before_the_first_judgment(tmp_path: Path) -> None:
    """Even if the firm was founded after it, as the source has it for a few."""
    items = smesd(
        tmp_path,
        firms=("train,7,1.0,1.0,5.0,1", "train,8,1.0,1.0,9.0,0"),
        lawsuits=("train,7,1,0,2,30,0", "train,7,1,0,2,60,1"),
        edges=("train,7,8,6,invest_CC,100.0", "train,8,7,7,invested_CC,100.0"),
    )
    of_seven = [record for record in records(items) if record["_"].entity == "ent:CN:smesd-7"]
    assert [record["_"].feed for record in of_seven] == ["F29", "F27", "F03", "F03"]
    assert of_seven[1]["_"].occurred_at < of_seven[2]["_"].occurred_at


def test_the_time_a_firm_becomes_known_does_not_depend_on_when_it_is_observed(tmp_path: Path) -> None:
    """Time to observation is an artefact of the sampling and must not be written into the stream."""
    items = smesd(tmp_path, firms=("train,7,1.0,1.0,400.0,1", "validate,8,1.0,1.0,400.0,0"))
    assert len({item.at for item in items if item.raw}) == 1


def test_each_end_of_a_relation_gets_its_copy_and_persons_are_hashed(tmp_path: Path) -> None:
    """A relation stands twice in the file; the person's copy is left out."""
    items = smesd(
        tmp_path,
        firms=("train,7,1.0,1.0,99.0,1", "train,8,1.0,1.0,99.0,0"),
        edges=(
            "train,7,4467,0,supervised_CP,1",
            "train,4467,7,1,supervise_PC,1",
            "train,7,8,10,branch_CC,1",
            "train,8,7,11,branched_CC,1",
            "train,8,7,12,loan_CC,1",
        ),
    )
    supervisor, parent, branch, loan = records(items, "F27")
    assert (supervisor["type"], supervisor["from_kind"]) == ("supervisor", "person")
    assert supervisor["from"].startswith("ent:CN:person-")
    assert "4467" not in supervisor["from"]
    assert supervisor["to"] == "ent:CN:smesd-7" == supervisor["_"].entity
    assert (
        (parent["from"], parent["to"])
        == (branch["from"], branch["to"])
        == ("ent:CN:smesd-7", "ent:CN:smesd-8")
    )
    assert (parent["_"].entity, branch["_"].entity) == ("ent:CN:smesd-7", "ent:CN:smesd-8")
    assert (loan["type"], loan["from"]) == ("transacts_with", "ent:CN:smesd-8")
    assert skips(items) == {"edges.csv:3": Skip.OTHER_SIDE}
    assert not any("subscribed" in record for record in (supervisor, parent, loan)), "an amount has no unit"


def test_a_relation_told_by_the_person_alone_is_not_lost(tmp_path: Path) -> None:
    """Without its reverse the row of the person gives the company its copy."""
    items = smesd(tmp_path, edges=("train,4467,7,9,invested_CP,5.0", "train,5000,7,8,invest_PC,5.0"))
    told = {record["_"].entity: record for record in records(items, "F27")}
    assert told["ent:CN:smesd-7"]["type"] == "investment"
    assert told["ent:CN:smesd-7"]["from_kind"] == "person"


def test_a_repeated_relation_counts_once(tmp_path: Path) -> None:
    """Some relations stand there two, four or eight times."""
    items = smesd(tmp_path, edges=("train,7,9,12,loan_CC,1", "train,7,9,12,loan_CC,1"))
    assert len(records(items, "F27")) == 1
    assert skips(items) == {"edges.csv:3": Skip.REPEATED}


def test_the_later_copy_of_a_firm_is_dropped_with_all_its_rows(tmp_path: Path) -> None:
    """53 firms of the whole data set are in two cohorts. The order of the rows must not matter."""
    items = smesd(
        tmp_path,
        firms=("validate,7,2.0,2.0,130.0,0", "train,7,1.0,1.0,120.0,1"),
        lawsuits=("validate,7,1,0,2,3,0", "train,7,1,0,2,3,0"),
        edges=("validate,7,4467,0,supervised_CP,1",),
        groups=("validate,area,绍兴市,7", "train,area,杭州市,7"),
    )
    assert skips(items) == {
        "firms.csv:2": Skip.LATER_COPY,
        "lawsuits.csv:2": Skip.LATER_COPY,
        "edges.csv:2": Skip.LATER_COPY,
        "groups.csv:2": Skip.LATER_COPY,
        "groups.csv:3": Skip.ATTACHED,
    }
    assert [item.outcome.outcome for item in items if item.outcome] == ["default"]
    assert records(items, "F29")[0]["address"] == "杭州市"


def test_groups_join_the_master_record_or_say_why_not(tmp_path: Path) -> None:
    """An industry cut at its commas is one industry; what the publisher does not explain is left out."""
    items = smesd(
        tmp_path,
        firms=("train,7,1.0,1.0,99.0,1", "train,8,1.0,1.0,99.0,0"),
        groups=(
            "train,industry,毛皮,7",
            "train,industry,皮革,7",
            "train,industry,羽毛及其制品和制鞋业,7",
            "train,industry,钢铁—钢铁,8",
            "train,area,nan,7",
            "train,qualify,4727,7",
        ),
    )
    masters = {record["name"]: record for record in records(items, "F29")}
    assert masters["smesd-7"]["industry"] == "C19"
    assert "industry" not in masters["smesd-8"]
    assert "address" not in masters["smesd-7"]
    assert list(skips(items).values()).count(Skip.ATTACHED) == 3
    assert skips(items)["groups.csv:5"] is Skip.NO_STANDARD_CODE
    assert skips(items)["groups.csv:6"] is Skip.NO_VALUE
    assert skips(items)["groups.csv:7"] is Skip.UNEXPLAINED


def test_rows_that_cannot_be_mapped_are_dead_letters_with_their_bytes(tmp_path: Path) -> None:
    """Each tells place, column, rule and what came instead; the rest goes on."""
    items = smesd(
        tmp_path,
        firms=(
            "train,7,1.0,1.0,99.0,1",
            "train,8,much,1.0,99.0,1",
            "train,9,1.0,1.0",
            "train,7,1.0,1.0,9.0,0",
        ),
        lawsuits=("train,7,11,0,0,1,0", "train,8,1,0,0,1,0", "train,7,1,0,0,-1,0"),
        edges=("train,7,8,6,invest_XX,1", "train,7,8,7,invest_CC,1"),
        groups=("train,colour,red,7",),
    )
    found = letters(items)
    assert "registered_capital" in found["firms.csv:3"]
    assert found["firms.csv:4"].startswith("unreadable: ")
    assert "unique in its split" in found["firms.csv:5"]
    assert "cause" in found["lawsuits.csv:2"]
    assert "'11'" in found["lawsuits.csv:2"]
    assert "readable row in firms.csv" in found["lawsuits.csv:3"]
    assert "from 0 to" in found["lawsuits.csv:4"]
    assert "invest_XX" in found["edges.csv:2"]
    assert "must be 6 for invest_CC" in found["edges.csv:3"]
    assert "kind" in found["groups.csv:2"]
    originals = {item.place: item.original for item in items if item.reason}
    assert originals["firms.csv:4"] == b"train,9,1.0,1.0\n"
    assert len(records(items, "F29")) == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, Reason.MISSING_FIELD),
        ({"case_no": "(2024)浙0604民初12号", "case_ref": "x"}, Reason.MISSING_FIELD),
        ({"case_no": "lawsuits.csv:2"}, Reason.INVALID_CASE_NUMBER),
    ],
)
def test_a_judgment_has_a_case_number_or_the_sources_own_key(
    tmp_path: Path, given: dict[str, str], reason: Reason
) -> None:
    """A key of the source is never taken for a case number, nor does it replace one."""
    (item,) = [item for item in smesd(tmp_path, lawsuits=("train,7,1,0,2,3,0",)) if "F03" in str(item.raw)]
    assert item.raw is not None
    payload = {key: value for key, value in dict(item.raw["payload"]).items() if key != "case_ref"}  # type: ignore[call-overload] # a mapping, as the adapter made it
    assert validate({**item.raw, "payload": {**payload, **given}}, now=item.at).reason is reason


# --- Fayette ---


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


# --- UCI ---


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


# --- all of them ---


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


# --- the real data ---

FOLDERS = {"smesd": "smesd", "fayette": "fayette_tax_liens", "uci_credit": "uci_credit_default"}


def real(name: str) -> tuple[Path, list[Item]]:
    root = os.environ.get("FENGHUO_DATA")
    if not root:
        pytest.skip("FENGHUO_DATA does not name the directory of the real records")
    directory = Path(root) / FOLDERS[name]
    return directory, read(name, directory)


@pytest.mark.data
def test_smesd_is_accounted_for_to_the_last_row() -> None:
    """Counts of the notes that come with the data; nothing is refused."""
    directory, items = real("smesd")
    result = account(DATASETS["smesd"], directory, items)
    assert result.rows == {"firms.csv": 3537, "groups.csv": 11026, "lawsuits.csv": 13771, "edges.csv": 23130}
    assert result.reconciled
    assert result.dead == {}
    assert result.records["F29"] == sum(result.outcomes.values()) == 3537 - 35
    assert result.skipped["other_side"] + result.skipped["repeated"] + result.records["F27"] <= 23130
    first_judgment: defaultdict[str, list[int]] = defaultdict(list)
    relations: defaultdict[str, list[int]] = defaultdict(list)
    for position, item in enumerate(items):
        if item.raw is not None:
            feed, subject = str(item.raw["schema"])[:3], str(item.raw["subject"])
            if feed in ("F03", "F27"):
                (first_judgment if feed == "F03" else relations)[subject].append(position)
    assert all(max(relations[firm]) < min(days) for firm, days in first_judgment.items() if relations[firm])


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
