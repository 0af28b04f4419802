"""SMEsD: every trap of the data on made-up rows, every row of the real data accounted for."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from connectors.datasets import DATASETS
from connectors.datasets.item import Skip
from detectors.records.reasons import Reason
from detectors.records.validation import validate
from tests.connectors.dataset_rows import (
    account,
    letters,
    real,
    records,
    skips,
    smesd,
)


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
