"""What a partition counts of its groups for the macro risk index: tiers as told, and what is newly claimed."""

from datetime import date

import msgspec

from detectors.fact import day_number
from detectors.macro.counters import Totals
from detectors.record import Record
from streams.engine.macro import COUNTERS, Sums
from tests.detectors.build import at, bill, enforcement, money, saying
from tests.streams.cluster import firm, founded
from tests.streams.partition import Partition, log

COUNTY = "region:CN-330604"
ONE, OTHER = firm(1), firm(2)
MASTER = saying(founded(ONE, 10e6, "2025-12-01"), industry="C1969")
FILED = day_number(date(2026, 1, 5))


def counted(*records: Record) -> dict[str, Totals]:
    """The sums of the groups of one partition after these records."""
    worker = Partition()
    worker.run(log(records))
    return dict(msgspec.json.decode(worker.store[COUNTERS], type=Sums).groups)


def later(day: str) -> Record:
    """A firm of no known industry, which belongs to no group and lets time pass."""
    return founded(OTHER, 1e6, day)


def claims(totals: Totals) -> list[tuple[int, int]]:
    """The days on which anything was claimed, and how much."""
    return [(row[0], row[3]) for row in totals.days if row[3]]


def claimed(*records: Record) -> list[tuple[int, int]]:
    """The same of the county after these records."""
    return claims(counted(MASTER, *records, later("2026-01-12"))[COUNTY])


def filed(amount: float, **more: object) -> Record:
    """An enforcement case of the fifth of January."""
    return enforcement(1, "2026-01-05", amount, entity=ONE, **more)


def test_a_tier_that_time_alone_changes_is_counted() -> None:
    """An unpaid bill turns its firm blue after ten days and yellow after thirty, without a word from anybody."""
    told = (MASTER, bill("2025-12", "2026-01-05", 900_000, entity=ONE))
    assert counted(*told)[COUNTY].tiers == (1, 0, 0, 0)
    assert counted(*told, later("2026-01-20"))[COUNTY].tiers == (0, 1, 0, 0)
    yellow = counted(*told, later("2026-02-10"))[COUNTY]
    assert (yellow.tiers, [row[1:3] for row in yellow.days]) == ((0, 0, 1, 0), [(1, 0), (1, 0)])
    paid = bill("2025-12", "2026-01-05", 900_000, entity=ONE, paid="2026-02-21")
    after = counted(*told, later("2026-02-10"), paid, later("2026-12-01"))[COUNTY]
    assert after.tiers == (1, 0, 0, 0)


def test_a_claim_counts_on_the_day_it_was_filed_and_no_more_once_it_is_taken_back() -> None:
    """Corrected it counts as corrected; whoever heard of it first; what two sources tell is one case."""
    first, less = filed(200_000), filed(50_000, version=2, op="amend", observed="2026-01-08")
    gone = filed(50_000, version=3, op="retract", observed="2026-01-09")
    again = msgspec.structs.replace(first, source_id="cn.330604.other")
    assert claimed(first) == claimed(first, first) == claimed(first, again) == [(FILED, 20_000_000)]
    assert claimed(first, less) == claimed(less, first) == [(FILED, 5_000_000)]
    assert claimed(first, less, gone) == claimed(gone, first) == []


def test_a_claim_in_dollars_counts_in_the_currency_of_the_firm() -> None:
    dollars = saying(filed(0), exec_amount=money(200_000, "USD"))
    assert claimed(dollars) == [(FILED, 142_000_000)]  # at 7.1


def test_a_firm_whose_trade_is_corrected_takes_its_claims_along() -> None:
    """The old trade is as if it had never counted it; so is one that was claimed from before anybody knew its trade."""
    corrected = msgspec.structs.replace(
        saying(MASTER, industry="C1751"), version=2, op="amend", observed_at=at("2026-01-08", 6)
    )
    for story in ((MASTER, filed(200_000), corrected), (filed(200_000), corrected, MASTER)):
        sums: dict[str, Totals] = counted(*story)
        left = sums.get("industry:gbt4754:C19", Totals())
        assert (left.n, claims(left)) == (0, [])
        assert claims(sums["industry:gbt4754:C17"]) == [(FILED, 20_000_000)]


def test_what_an_objection_deleted_is_no_claim() -> None:
    """As if it had never been told, and again once the decision is taken back."""
    first = filed(200_000)

    def decided(day: str, version: int, decision: str) -> Record:
        said = {
            "objection_id": "yy-1",
            "targets": [first.record_id],
            "state": "decided",
            "decision": decision,
            "decided_at": f"{day}T09:00:00+08:00",
        }
        one = msgspec.structs.replace(
            first, schema="F31/1.0", record_id="yy-1", version=version, payload=said, observed_at=at(day, 6)
        )
        return one if version == 1 else msgspec.structs.replace(one, op="amend")

    upheld, dropped = decided("2026-01-08", 1, "delete"), decided("2026-01-09", 2, "maintain")
    assert claimed(first, upheld) == []
    assert claimed(first, upheld, dropped) == [(FILED, 20_000_000)]
