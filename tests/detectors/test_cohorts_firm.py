"""What a firm is compared as, and the industrial cluster it is counted in, from its master data."""

from typing import Any

import pytest
from msgspec.structs import replace

from detectors import codec
from detectors.batch import cohorts_among
from detectors.cohorts.firm import firm_of, member_of
from detectors.cohorts.key import cohorts_of
from detectors.fact import day_of
from detectors.fold import fold_all
from detectors.ledger import EMPTY, Ledger
from detectors.macro.group import groups_of
from detectors.materiality import base_of
from detectors.points.view import Base, View
from detectors.record import Record, epoch
from detectors.records.reasons import Reason
from detectors.records.validation import validate
from tests.detectors.build import FIRM, at, master, money, record, saying, shipped
from tests.detectors.examples import example_record


def ledger(*records: Record) -> Ledger:
    """What the records say of the firm."""
    return fold_all(records, shipped())[FIRM]


def said(version: int = 1, **fields: Any) -> Record:
    """Master data of a maker of umbrellas."""
    return saying(master("2026-01-05", 1e6, version=version), industry="C1969", **fields)


def groups(*records: Record) -> set[str]:
    """Groups of the macro index that are clusters."""
    firm = member_of(FIRM, ledger(*records).stating("F29"))
    return set() if firm is None else {one for one in groups_of(firm) if one.startswith("cluster:")}


def test_a_cluster_is_a_group_of_its_own_beside_all_others() -> None:
    facts = ledger(said(cluster="崧厦伞业")).stating("F29")
    plain, member = firm_of(FIRM, facts), member_of(FIRM, facts)
    assert plain is not None
    assert member is not None
    assert set(groups_of(member)) - set(groups_of(plain)) == {"cluster:崧厦伞业"}


def test_without_a_cluster_nothing_is_otherwise() -> None:
    facts = ledger(said()).stating("F29")
    assert member_of(FIRM, facts) == firm_of(FIRM, facts)
    assert groups(said()) == set()


def test_the_cohorts_of_a_firm_do_not_depend_on_its_cluster() -> None:
    """A firm is compared with its trade; norms within a cluster are not made."""
    with_it, without = (firm_of(FIRM, ledger(one).stating("F29")) for one in (said(cluster="照明"), said()))
    assert with_it == without
    assert with_it is not None
    assert cohorts_of(with_it)


def test_the_latest_word_on_the_cluster_holds() -> None:
    assert groups(said(cluster="照明"), said(2, cluster="崧厦伞业")) == {"cluster:崧厦伞业"}
    assert groups(said(cluster="照明"), said(2)) == set()
    withdrawn = said(2, cluster="照明")
    assert groups(said(cluster="照明"), _retracted(withdrawn)) == set()


def _retracted(one: Record) -> Record:
    return master("2026-01-05", 1e6, version=one.version, op="retract")


def test_a_firm_of_unknown_industry_is_in_no_group() -> None:
    """As of regions and size classes."""
    assert groups(saying(master("2026-01-05", 1e6), cluster="照明")) == set()


def test_a_ledger_without_the_field_is_written_as_before() -> None:
    """Nothing is kept for a firm that is in none; one that is can be read back."""
    (fact,) = ledger(said()).stating("F29")
    assert "cluster" not in fact.data
    held = ledger(said(cluster="照明"))
    assert codec.decode(codec.encode(held)) == held
    assert codec.decode(b"\x01" + codec.encode(held)[1:]) == held  # in the layout before this one, too


@pytest.mark.parametrize("name", ["崧厦伞业", "Shangyu umbrella cluster", "照明电器（上虞）"])
def test_the_contract_takes_a_name(name: str) -> None:
    """Under the label of the registers as well, and writes nothing where none is given."""
    record = example_record("F29")
    record["payload"] |= {"产业集群": name}
    outcome = validate(record, now=at("2026-12-01"))
    assert outcome.record is not None, outcome.detail
    assert outcome.wire is not None
    assert b'"cluster":' in outcome.wire
    plain = validate(example_record("F29"), now=at("2026-12-01"))
    assert plain.wire is not None
    assert b"cluster" not in plain.wire


@pytest.mark.parametrize("name", ["a|b", "a:b", "*", "x" * 65])
def test_the_contract_refuses_what_cannot_be_the_id_of_a_group(name: str) -> None:
    record = example_record("F29")
    record["payload"]["cluster"] = name
    assert validate(record, now=at("2026-12-01")).reason is Reason.INVALID_FIELD


@pytest.mark.parametrize("version", [1, 7])
@pytest.mark.parametrize("cluster", ["x", "y", "z", "w", "照明"])
def test_a_list_of_members_hides_nothing_of_what_the_register_says(cluster: str, version: int) -> None:
    """Whichever digest is greater, and however often the list was amended: its key is its own."""
    register = said()
    listed = replace(
        master("2026-02-05", 1e6, version=version),
        source_id="src:cn.zhenjiang.clusters",
        payload={"name": "伞业有限公司", "cluster": cluster},
    )
    both = ledger(register, listed)
    day = day_of(epoch(listed.observed_at), 8 * 3600)
    terms = shipped().materiality, shipped().profile("CN-330604")
    assert base_of(both, day, *terms) == base_of(ledger(register), day, *terms) != base_of(EMPTY, day, *terms)
    view = View(both, day, Base(0, "none"), {})
    assert view.region == "CN-330604"
    assert view.master("industry") == "C1969"
    assert groups(register, listed) == groups(listed, register) == {f"cluster:{cluster}"}


TRADE = [f"ent:CN-330604:F{number:02d}" for number in range(31)]


def of_everybody(*records: Record) -> list[Record]:
    """The same records of each of thirty-one firms."""
    return [replace(one, entity=entity) for entity in TRADE for one in records]


def state(status: str, day: str, **fields: Any) -> Record:
    """F25 of the last of them: another state of existence."""
    told = {"item": "status", "status": status, "changed_on": day, **fields}
    return record("F25", f"state {day}", day, told, entity=TRADE[-1])


ACCOUNTS = record(
    "F30", "accounts", "2026-01-20",
    {"period": "2025", "basis": "tax", "assets": money(1e6), "liabilities": money(4e5)},
)  # fmt: skip


@pytest.mark.parametrize(
    ("more", "counted"),
    [
        ([], 31),
        ([state("deregistered", "2026-02-01")], 30),
        ([state("suspended", "2026-02-01", suspended_until="2027-02-01")], 30),
        ([state("suspended", "2025-02-01", suspended_until="2026-02-01")], 31),
        ([state("licence_revoked", "2026-02-01"), state("active", "2026-03-01")], 31),
        ([replace(said(2, status="registration_cancelled"), entity=TRADE[-1])], 30),
    ],
    ids=["all", "gone", "asleep", "awake again", "restored", "by its master data"],
)
def test_firms_are_compared_with_those_that_work(more: list[Record], counted: int) -> None:
    told = [*of_everybody(said(), ACCOUNTS), *more]
    found = cohorts_among(fold_all(told, shipped()), day_of(epoch(at("2026-04-25")), 28_800), shipped())
    assert {found.count(*cell) for cell in found.cells() if cell[1] == "debt_ratio"} == {counted}


def test_a_firm_of_which_nothing_can_be_compared_is_in_no_norm() -> None:
    """Master data alone say nothing of debts: not that there are none."""
    found = cohorts_among(fold_all(of_everybody(said()), shipped()), 20_600, shipped())
    assert found.cells() == []


def test_accounts_taken_back_leave_nothing_to_compare() -> None:
    """What is left of them in the ledger says nothing."""
    gone = replace(ACCOUNTS, version=2, op="retract", payload={})
    found = cohorts_among(fold_all(of_everybody(said(), ACCOUNTS, gone), shipped()), 20_600, shipped())
    assert found.cells() == []
