"""What an upheld objection has deleted counts nowhere: not in the base, the scores, the report, an indicator, a norm,
the sums of a region, nor in the network."""

from typing import Any

import msgspec
import pytest

from detectors.batch import Everybody, assessed_one, cohorts_among, totals_of
from detectors.contagion.node import Node, node_of
from detectors.fact import day_of
from detectors.fold import together
from detectors.history import versions
from detectors.indicators.registry import value
from detectors.judge import judge
from detectors.record import Record, epoch
from streams.cli.indicators import _view
from streams.report.content import report
from tests.detectors import build
from tests.detectors.build import FIRM, OTHER, at, enforcement, master, money, record, saying
from tests.detectors.test_deleted import upheld
from tests.streams.cluster import Cluster, firm, founded, guarantee

CATALOGUE = build.shipped()
NOW = epoch(at("2026-03-20"))
MASTER = saying(master("2020-01-01", 10e6), industry="C1751", founded_on="2019-01-01")
CASE = enforcement(1, "2026-03-05", 5e6)
ACCOUNTS = record(
    "F30", "f30", "2026-01-31",
    {"period": "2025", "basis": "declared", "equity": money(9e9), "assets": money(9.5e9), "liabilities": money(5e8)},
)  # fmt: skip
GUARANTEE = record(
    "F26", "g1", "2026-01-05",
    {"contract_no": "BZ-1", "guarantor": FIRM, "debtor": OTHER, "creditor_name": "绍兴银行", "way": "joint_guarantee",
     "principal": money(1e6), "debt_from": "2026-01-01", "debt_to": "2027-01-01"},
    role="guarantor",
)  # fmt: skip
TOLD = (CASE, ACCOUNTS, GUARANTEE)
DELETED = [
    msgspec.structs.replace(upheld(one, "2026-03-10"), record_id=f"yy-{number}")
    for number, one in enumerate(TOLD)
]


def everybody(records: list[Record]) -> Everybody:
    return together(records, CATALOGUE, NOW)


def node(everyone: Everybody) -> Node:
    profile = CATALOGUE.profile("CN-330604")
    ledger = everyone.ledgers[FIRM]
    judgement = judge(ledger, day_of(NOW, profile.utc_offset), CATALOGUE, profile)
    return node_of(FIRM, ledger, judgement, CATALOGUE, profile)


def indicators(everyone: Everybody) -> list[Any]:
    view = _view(FIRM, everyone, CATALOGUE, circle=False)
    names = ("judicial.f04.amount.active", "network.clients.now", "forces.debt_ratio.value")
    return [value(view, name).value for name in names]


def reported(records: list[Record]) -> tuple[Any, ...]:
    found = report(FIRM, records, everybody(records), CATALOGUE)
    return found.forces, found.credit, found.probability


@pytest.mark.parametrize("gone", [DELETED, []], ids=["deleted", "never told"])
def test_it_is_as_if_it_had_never_been_told(gone: list[Record]) -> None:
    records = [MASTER, *(TOLD if gone else ()), *gone]
    everyone = everybody(records)
    assessed = assessed_one(FIRM, everyone, CATALOGUE)
    assert assessed["materiality"] == {"amount": "10000000.00", "rung": "paid_capital"}
    assert assessed["points"] == []
    assert reported(records) == reported([MASTER])
    assert indicators(everyone) == [0, 0, None]
    assert node(everyone) == node(everybody([MASTER]))
    assert totals_of(everyone.ledgers, NOW, CATALOGUE) == totals_of(
        everybody([MASTER]).ledgers, NOW, CATALOGUE
    )


def test_while_it_stands_it_counts() -> None:
    """Or the test above would show nothing."""
    records = [MASTER, *TOLD]
    everyone = everybody(records)
    assert assessed_one(FIRM, everyone, CATALOGUE)["materiality"]["rung"] == "net_assets"
    assert reported(records) != reported([MASTER])
    assert indicators(everyone) == [5e6, 1, pytest.approx(100 * 5 / 95)]
    assert len(node(everyone).guarantees) == 1
    (day,) = totals_of(everyone.ledgers, NOW, CATALOGUE)["region:CN-330604"].days
    assert day[3] == 500_000_000


def test_nor_in_a_norm() -> None:
    """Thirty firms, each with accounts; of one they are deleted."""
    firms = [f"ent:CN-330604:F{number:02d}" for number in range(30)]
    told = [
        msgspec.structs.replace(one, entity=firm, record_id=f"{firm} {one.feed}")
        for firm in firms
        for one in (MASTER, ACCOUNTS)
    ]
    last = told[-1]
    gone = msgspec.structs.replace(upheld(last, "2026-03-10"), entity=last.entity)
    counts = []
    for records in (told, [*told, gone]):
        cohorts = cohorts_among(everybody(records).ledgers, day_of(NOW, 28_800), CATALOGUE)
        counts.append(max(cohorts.count(*cell) for cell in cohorts.cells() if cell[1] == "debt_ratio"))
    assert counts == [30, 29]


def test_history_says_that_it_was_deleted_and_not_what_it_said() -> None:
    records = [MASTER, CASE, DELETED[0]]
    when = at("2026-03-20")
    (version,) = next(
        fact["versions"] for fact in versions(records, FIRM, when, CATALOGUE) if fact["feed"] == "F04"
    )
    assert (version["status"], "says" in version) == ("deleted", False)
    (before,) = next(
        fact["versions"]
        for fact in versions(records, FIRM, at("2026-03-09"), CATALOGUE)
        if fact["feed"] == "F04"
    )
    assert (before["status"], "says" in before) == ("stands", True)


def test_the_timeline_of_a_report_leaves_it_out() -> None:
    lanes = [
        {lane.feed for lane in report(FIRM, records, everybody(records), CATALOGUE).lanes}
        for records in ([MASTER, CASE], [MASTER, CASE, DELETED[0]])
    ]
    assert lanes == [{"F29", "F04"}, {"F29", "F31"}]


@pytest.mark.parametrize("what", ["the guarantee", "the debtor's listing"])
def test_what_reached_a_guarantor_through_it_is_taken_back_at_once(what: str) -> None:
    """A dwell keeps nobody red on what is known to be wrong."""
    one, other = firm(1), firm(2)
    (given,) = [record for record in guarantee(1, one, other, 9e6) if record.entity == one]
    listed = build.dishonest(1, "2026-01-05", entity=other)
    cluster = Cluster(1)
    cluster.say(founded(one, 10e6), founded(other, 10e6), given)
    cluster.say(listed)
    target = given if what == "the guarantee" else listed
    cluster.say(msgspec.structs.replace(upheld(target, "2026-01-10"), entity=target.entity))
    assert cluster.story(one, "WP-49") == [("opened", 3, "2026-01-05"), ("retracted", 0, "2026-01-10")]
