"""The full judgement of many firms at once (points, scores, guarantees, comparison with peers, sums of groups) is a
function of the set of records: of neither their order nor their repetition, and of nothing that was taken back."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.assessment import encode
from detectors.batch import reference_of, settled_months, totals_of
from detectors.cohorts.firm import firm_of
from detectors.cohorts.norm import Norm
from detectors.fact import day_of
from detectors.fold import assess_all, fold_all
from detectors.macro.counters import Totals
from detectors.macro.index import History, close_day
from detectors.macro.rules import DEFAULT
from detectors.record import Record, epoch
from tests.detectors import build
from tests.detectors.build import FIRM, OTHER, money, record
from tests.detectors.points import utility_records
from tests.detectors.strategies import histories, one_record

CATALOGUE = build.shipped()
NOW = epoch(build.at("2026-05-10"))
TODAY = day_of(NOW, 8 * 3600)
HERE = "region:CN-330604"


def master(entity: str, **more: Any) -> Record:
    """F29 of an umbrella maker."""
    said = {
        "name": "伞业有限公司",
        "industry": "C1751",
        "size_class": "small",
        "paid_capital": money(3e6),
        **more,
    }
    return record("F29", f"master-{entity}", "2020-01-01", said, entity=entity)


def tax(entity: str, before: float, now: float) -> list[Record]:
    """F30: tax paid in the first quarters of two years."""
    return [
        replace(utility_records.accounts(f"{year}Q1", f"{year}-04-15", tax_paid=paid), entity=entity)
        for year, paid in ((2025, before), (2026, now))
    ]


def power(entity: str, before: float, now: float) -> list[Record]:
    """F15: the March readings of two years."""
    return [
        replace(utility_records.reading(f"{year}-03", kwh), entity=entity)
        for year, kwh in ((2025, before), (2026, now))
    ]


def peers(count: int) -> list[Record]:
    """Firms of one trade that pay as much tax as last year, more or less, and use as much power."""
    found = []
    for n in range(count):
        entity = f"ent:CN-330604:peer-{n:02d}"
        change = 1 + (n - count / 2) / 1000
        found += [master(entity), *tax(entity, 1e5, 1e5 * change), *power(entity, 1e4, 1e4 * change)]
    return found


TRADE = peers(31)
BOUND = [
    record(
        "F26",
        "db-1",
        "2025-01-01",
        {
            "contract_no": "db-1",
            "guarantor": FIRM,
            "debtor": OTHER,
            "way": "joint_guarantee",
            "principal": money(3e6),
        },
        entity=entity,
    )
    for entity in (FIRM, OTHER)
]
OURS = [
    *(master(entity) for entity in (FIRM, OTHER)),
    *tax(FIRM, 1e5, 5e4),
    *power(FIRM, 1e4, 4e3),
    build.enforcement(1, "2026-04-20", 4e6, entity=OTHER),
]  # fmt: skip
SETTING = [*TRADE, *OURS, *BOUND]


def outcome(records: list[Record]) -> tuple[Any, ...]:
    """Everything said of these records: assessments as bytes, what is usual in the trade, and the sums of groups."""
    ledgers = {name: ledger for name, ledger in fold_all(records, CATALOGUE).items() if ledger.live()}
    reference = reference_of(ledgers, TODAY, CATALOGUE)
    usual = [
        reference.norms.norm("C1751", "small", "CN-330604", indicator, "2026-03")
        for indicator in ("kwh_yoy", "tax_yoy_3m", "power_activity", "tax_trend", "arrears_load")
    ]
    said = [encode(one) for one in assess_all(ledgers, CATALOGUE, NOW)]
    return said, usual, totals_of(ledgers, NOW, CATALOGUE, reference)


QUIET = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(histories, st.data())
def test_order_and_repetition_leave_no_trace(history: list[Record], data: st.DataObject) -> None:
    """In whatever order the records of 33 firms come, and however often."""
    records = [*SETTING, *history]
    again = data.draw(st.lists(st.sampled_from(records), max_size=10))
    mixed = data.draw(st.randoms(use_true_random=False)).sample([*records, *again], len(records) + len(again))
    assert outcome(mixed) == outcome(records)


@QUIET
@given(histories, one_record(), st.booleans())
def test_what_is_taken_back_leaves_no_trace(history: list[Record], extra: Record, late: bool) -> None:
    """A record of a firm and its retraction: as if it had never been, for the firm and for everybody compared or bound
    with it."""
    extra = replace(extra, record_id="taken back", version=4, op="assert")
    gone = replace(extra, version=5, op="retract", payload={})
    records = [*SETTING, *history]
    both = [gone, *records, extra] if late else [*records, extra, gone]
    assert outcome(both) == outcome(records)


def test_taking_back_the_records_of_a_peer_moves_the_norm_back() -> None:
    """A peer that comes with a fall moves median and sums; its retraction restores them to the last bit."""
    peer = "ent:CN-330604:peer-99"
    more = [master(peer), *tax(peer, 1e5, 1e3), build.enforcement(9, "2026-04-20", 5e6, entity=peer)]
    gone = [replace(one, version=2, op="retract", payload={}) for one in more]
    before, during, after = outcome(SETTING), outcome([*SETTING, *more]), outcome([*SETTING, *more, *gone])
    assert during[1] != before[1]
    assert during[2][HERE].n == before[2][HERE].n + 1
    assert after == before


def test_firms_of_one_file_are_compared_with_each_other() -> None:
    """A fall of tax by half is blue because the trade as such did not fall; among too few it cannot be judged."""
    stood = epoch(build.at("2026-05-16"))  # for a month since the quarter was told
    among, alone = (
        {one["entity"]: one for one in assess_all(fold_all(records, CATALOGUE), CATALOGUE, stood)}[FIRM]
        for records in (SETTING, [*peers(20), *OURS])
    )
    (row,) = [row for row in among["points"] if row["id"] == "WP-35"]
    assert (row["colour"], row["n"]) == ("blue", 32)  # 31 peers and the firm itself
    assert "WP-35" in alone["not_evaluable"]


def test_norms_and_sums_by_hand() -> None:
    """Medians of 32 firms: 31 from 0.9845 on in steps of 0.001 and one at 0.5; sums of 33 firms of 3 million each."""
    ledgers = fold_all(SETTING, CATALOGUE)
    _, (kwh, tax_, *_), totals = outcome(SETTING)
    assert isinstance(kwh, Norm)
    assert isinstance(tax_, Norm)
    changes = sorted([(n - 15.5) / 1000 for n in range(31)] + [-0.5])
    assert (tax_.n, round(tax_.median or 0, 9)) == (32, round((changes[15] + changes[16]) / 2, 9))
    assert kwh.n == 32
    here = totals[HERE]
    assert (here.n, here.base, here.tiers[3]) == (33, 33 * 300_000_000, 1)
    assert [claims for *_, claims in here.days] == [400_000_000]
    assert {firm_of(name, ledger.stating("F29")) for name, ledger in ledgers.items()} != {None}
    _, reading = close_day(History(HERE), here, TODAY, DEFAULT)
    assert reading.level_index == 100 * (0.5 * here.tiers[2] + here.tiers[3]) / 33


def test_nothing_is_compared_before_its_month_has_settled() -> None:
    """Of March everything is told by 21 April."""
    ledgers = fold_all(SETTING, CATALOGUE)
    for day, known in (("2026-04-20", False), ("2026-04-21", True)):
        reference = reference_of(ledgers, day_of(epoch(build.at(day)), 8 * 3600), CATALOGUE)
        found = reference.norms.norm("C1751", "small", "CN-330604", "tax_yoy_3m", "2026-03")
        assert (found is not None) is known
    assert settled_months(TODAY)[0] == "2026-03"
    assert isinstance(outcome([])[2], dict)
    assert outcome([])[2] == dict[str, Totals]()
