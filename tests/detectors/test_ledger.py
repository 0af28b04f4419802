"""The ledger is a set: order, duplicates and lateness do not matter, and a retraction is exact."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import codec
from detectors.assessment import encode
from detectors.catalogue.model import Catalogue
from detectors.fact import day_of
from detectors.fold import assess_all, fold_all, fold_record, stated
from detectors.judge import judge, rejudge
from detectors.ledger import EMPTY, MAX_FACTS, fold, purge
from detectors.record import Record, epoch
from tests.detectors import build, strategies

CATALOGUE = build.shipped()
AS_OF = epoch(build.at("2026-05-01"))


def _bytes(records: list[Record], as_of: int | None = AS_OF) -> list[bytes]:
    return [encode(one) for one in assess_all(fold_all(records, CATALOGUE), CATALOGUE, as_of)]


@settings(max_examples=300)
@given(strategies.shuffled())
def test_any_order_and_duplication_gives_the_same_bytes(pair: tuple[list[Record], list[Record]]) -> None:
    """Ledgers and assessments are byte-identical, with a given and with the default as-of time."""
    plain, mixed = pair
    one, other = fold_all(plain, CATALOGUE), fold_all(mixed, CATALOGUE)
    assert {e: codec.encode(x) for e, x in one.items()} == {e: codec.encode(x) for e, x in other.items()}
    assert _bytes(plain) == _bytes(mixed)
    assert _bytes(plain, None) == _bytes(mixed, None)


@settings(max_examples=200)
@given(strategies.histories, st.data())
def test_retract_equals_never_existed(records: list[Record], data: st.DataObject) -> None:
    """With a retraction anywhere in the order, assessments are those of the history without that record."""
    if not records:
        return
    victim = data.draw(st.sampled_from(records))

    def same(one: Record) -> bool:
        keys = ("source_id", "record_id", "entity")
        return one.feed == victim.feed and all(getattr(one, key) == getattr(victim, key) for key in keys)

    retraction = build.record(
        victim.feed, victim.record_id, "2026-04-01", {}, entity=victim.entity, version=9, op="retract",
        source_id=victim.source_id,
    )  # fmt: skip
    place = data.draw(st.integers(0, len(records)))
    without = [one for one in records if not same(one)]
    assert _bytes([*records[:place], retraction, *records[place:]]) == _bytes(without)
    assert _bytes([*records, retraction], None) == _bytes(without, None)


@pytest.mark.parametrize("catalogue", [CATALOGUE, build.suspending()], ids=["annotate", "suspend"])
@settings(max_examples=100)
@given(records=strategies.histories, waits=st.lists(st.integers(0, 90), max_size=6))
def test_incremental_judgement_equals_a_fresh_one(
    catalogue: Catalogue, records: list[Record], waits: list[int]
) -> None:
    """Re-evaluating only what can have changed never differs from evaluating everything, whatever an objection does."""
    profile = catalogue.profile("CN-330604")
    day = day_of(epoch(build.at("2026-03-01")), profile.utc_offset)
    ledger, held = EMPTY, judge(EMPTY, day, catalogue, profile)
    steps = [(record, wait) for record, wait in zip(records, [*waits, *[0] * len(records)], strict=False)]
    for record, wait in steps:
        day += wait
        said = stated(record, profile)
        replaced = ledger.of(said.feed).get(said.ident)
        ledger = fold(ledger, said.feed, said.ident, said.fact).ledger
        changed = (said.fact,) if replaced is None else (said.fact, replaced)
        held = rejudge(held, ledger, day, catalogue, profile, said.feed, changed)
        fresh = judge(ledger, day, catalogue, profile)
        assert [v.settled() for v in held.verdicts.values()] == [v.settled() for v in fresh.verdicts.values()]


@settings(max_examples=100)
@given(strategies.histories)
def test_codec_round_trips_and_purging_changes_no_assessment(records: list[Record]) -> None:
    """What is written is read back equal, and retention never changes a verdict as of the day it is applied."""
    ledgers = fold_all(records, CATALOGUE)
    assert {e: codec.decode(codec.encode(x)) for e, x in ledgers.items()} == ledgers
    for late in ("2027-06-01", "2031-06-01", "2034-06-01"):
        as_of = epoch(build.at(late))
        day = day_of(as_of, 28_800)
        purged = {entity: purge(ledger, day) for entity, ledger in ledgers.items()}
        kept = {e: x for e, x in ledgers.items() if purged[e].live()}
        before = [encode(one) for one in assess_all(kept, CATALOGUE, as_of)]
        assert before == [encode(one) for one in assess_all(purged, CATALOGUE, as_of)]


def test_conflicting_contents_of_one_version_resolve_alike_in_both_orders() -> None:
    """Neither content wins by arriving first; both orders keep the same one and mark it."""
    one, other = build.enforcement(1, "2026-01-05", 100.0), build.enforcement(1, "2026-01-05", 200.0)
    ledgers = [
        fold_all(pair, CATALOGUE)[build.FIRM] for pair in ([one, other], [other, one], [one, other, one])
    ]
    assert ledgers[0] == ledgers[1] == ledgers[2]
    assert [fact.conflict for fact in ledgers[0].of("F04").values()] == [True]


def test_retract_before_assert_is_remembered_and_a_higher_version_revives() -> None:
    """A tombstone of version N hides asserts up to N, whichever comes first; version N + 1 stands again."""
    said = build.dishonest(1, "2026-01-05")
    gone = build.dishonest(1, "2026-01-05", op="retract", version=2)
    back = build.dishonest(1, "2026-01-05", version=3)
    assert _bytes([gone, said]) == _bytes([said, gone]) == _bytes([])
    assert _bytes([gone, back, said]) == _bytes([back]) != []


def test_memory_is_bounded_over_a_long_stream() -> None:
    """Facts per feed are capped, and closed facts leave when retention ends."""
    ledger = EMPTY
    for n in range(MAX_FACTS + 500):
        ledger = fold_record(ledger, build.enforcement(n, "2026-01-05", 1.0), CATALOGUE).ledger
    assert len(ledger.of("F04")) == MAX_FACTS
    bills = EMPTY
    for n in range(120):
        period = f"{2016 + n // 12}-{n % 12 + 1:02d}"
        bills = fold_record(
            bills, build.bill(period, f"{period}-20", 10.0, paid=f"{period}-21"), CATALOGUE
        ).ledger
        bills = purge(bills, day_of(epoch(build.at(f"{period}-25")), 28_800))
    assert len(bills.of("F15")) <= 37
