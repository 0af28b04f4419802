"""What an upheld objection has deleted does not come back with the next nightly file, in whatever order things come."""

import itertools
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors import codec
from detectors.assessment import encode
from detectors.earlier import KEPT, contents
from detectors.fact import day_number, day_of
from detectors.fold import assess_all, fold_all, stated
from detectors.judge import judge, rejudge
from detectors.ledger import EMPTY, Ledger, fold, purge
from detectors.objections import deleted, returned
from detectors.record import Record, epoch
from tests.detectors import build
from tests.detectors.build import FIRM
from tests.detectors.test_objections import ANNOTATE, SUSPEND, rows, seen

BOTH = pytest.mark.parametrize("catalogue", [ANNOTATE, SUSPEND], ids=["annotate", "suspend"])
LISTED = build.dishonest(1, "2026-01-05")


def version(number: int, day: str, op: Any = "assert", conduct: int = 1, **more: Any) -> Record:
    """The listing, told again on a day."""
    return build.dishonest(1, "2026-01-05", version=number, op=op, observed=day, conduct=conduct, **more)


def upheld(target: Record = LISTED, day: str = "2026-01-20", decision: str = "delete", **more: Any) -> Record:
    """F31, decided on a day."""
    said = {
        "objection_id": "yy-1",
        "targets": [target.record_id],
        "state": "decided",
        "decision": decision,
        "decided_at": f"{day}T09:00:00+08:00",
    }
    fields = {"version": 2, "op": "amend", **more}
    return build.record("F31", "yy-1", day, said, **fields)


def ledger_of(*records: Record) -> Ledger:
    return fold_all(records, ANNOTATE)[FIRM]


@BOTH
def test_the_same_content_does_not_count_again(catalogue: Any) -> None:
    """Withdrawn by its source and told again every night, as a new version each time."""
    nights = [version(3 + n, f"2026-01-{22 + n}", op) for n, op in enumerate(("assert", "amend", "assert"))]
    story = [LISTED, upheld(), version(2, "2026-01-21", "retract"), *nights]
    for length in range(1, len(story) + 1):
        shown = "WP-09" in rows(seen(*story[:length], catalogue=catalogue))
        assert shown is (length == 1)
    assert seen(*story, catalogue=catalogue)["points"] == []


@BOTH
def test_a_content_that_is_new_comes_in_and_says_that_it_was_disputed(catalogue: Any) -> None:
    """And what was deleted stays deleted after it."""
    story = [LISTED, upheld(), version(2, "2026-01-21", "retract"), version(3, "2026-01-25", conduct=4)]
    (row,) = seen(*story, catalogue=catalogue)["points"]
    assert (row["id"], [one.get("previously_disputed") for one in row["evidence"]]) == ("WP-09", [True])
    assert seen(*story, version(4, "2026-01-26"), catalogue=catalogue)["points"] == []
    again = seen(*story, version(4, "2026-01-27", conduct=4), catalogue=catalogue)["points"]
    assert [one["id"] for one in again] == ["WP-09"]


@pytest.mark.parametrize("decision", ["reject", "correct", "supplement"])
def test_another_decision_deletes_nothing(decision: str) -> None:
    assert "WP-09" in rows(seen(LISTED, upheld(decision=decision), version(2, "2026-01-25")))


def test_a_decision_taken_back_gives_everything_back() -> None:
    gone = replace(upheld(), version=3, op="retract", payload={})
    assert seen(LISTED, upheld(), gone)["points"] == seen(LISTED)["points"]


def test_the_decision_outlives_retention() -> None:
    """A listing without a term is still there when closed cases are long forgotten."""
    kept = purge(ledger_of(version(1, "2026-01-05"), upheld(op="close")), day_number(date(2040, 1, 1)))
    assert {feed for feed, _ in deleted(kept)} == {"F05"}


def test_the_decision_counts_and_not_what_was_told_of_it_later() -> None:
    """What came between the decision and the notice to the objector stays in."""
    notified = build.saying(upheld(version=3), state="notified")
    late = replace(notified, observed_at=build.at("2026-02-10"))
    story = [LISTED, upheld(), version(2, "2026-01-25", "amend", conduct=4), late]
    assert "WP-09" in rows(seen(*story, on="2026-03-01"))


def test_another_source_that_says_the_same_is_another_matter() -> None:
    """Where objections only mark; and the deleted record is no evidence of it."""
    other = build.dishonest(1, "2026-01-05", source_id="cn.33.crawler")
    other = replace(other, record_id="their-id")
    (row,) = seen(LISTED, other, upheld())["points"]
    assert [one["record_id"] for one in row["evidence"]] == ["their-id"]


def test_a_record_deleted_and_one_come_back_are_named() -> None:
    ledger = ledger_of(LISTED, upheld())
    (name,) = ledger.of("F05")
    assert (deleted(ledger), returned(ledger)) == ({("F05", name)}, frozenset())
    ledger = ledger_of(LISTED, upheld(), version(2, "2026-01-25", conduct=4))
    assert (deleted(ledger), returned(ledger)) == (frozenset(), {("F05", name)})


def test_a_record_that_was_never_amended_carries_nothing() -> None:
    (fact,) = ledger_of(LISTED, LISTED, version(1, "2026-01-09")).of("F05").values()
    assert fact.earlier == ()


# -- order ------------------------------------------------------------------------------------------------------------

STORY = [
    LISTED,
    upheld(),
    version(2, "2026-01-21", "retract"),
    version(3, "2026-01-22"),
    version(4, "2026-01-25", conduct=4),
    version(5, "2026-01-26"),
]


@BOTH
def test_every_order_of_a_story_gives_the_same_bytes(catalogue: Any) -> None:
    """All 720, each with one record told twice."""

    def outcome(records: list[Record]) -> tuple[bytes, list[bytes]]:
        ledgers = fold_all(records, catalogue)
        at = epoch(build.at("2026-02-01"))
        return codec.encode(ledgers[FIRM]), [encode(one) for one in assess_all(ledgers, catalogue, at)]

    once = outcome(STORY)
    for number, order in enumerate(itertools.permutations(STORY)):
        told = [*order, order[number % len(order)]]
        found = fold_all(told, catalogue)
        assert codec.encode(found[FIRM]) == once[0]
        if number % 24 == 0:
            assert outcome(told) == once


@st.composite
def one_version(draw: st.DrawFn) -> Record:
    """Of one record: many versions, contents and captures, contradictions among them; or a decision about it."""
    day = f"2026-01-{draw(st.integers(5, 28)):02d}"
    if draw(st.integers(0, 5)) == 0:
        decision = draw(st.sampled_from(["delete", "delete", "reject"]))
        return upheld(day=day, decision=decision, version=draw(st.integers(1, 3)))
    op = draw(st.sampled_from(["assert", "assert", "amend", "close", "retract"]))
    contents_of = {} if op == "retract" else {"case_no": f"(2026)浙0604执{draw(st.integers(1, 14))}号"}
    one = version(draw(st.integers(1, 9)), day, op, conduct=draw(st.integers(1, 6)))
    return build.saying(one, **contents_of) if contents_of else replace(one, payload={})


@settings(max_examples=300, deadline=None)
@given(st.lists(one_version(), min_size=2, max_size=24), st.integers(0, 2**32))
def test_any_order_and_repetition_gives_the_same_bytes_and_no_more_than_a_few_marks(
    records: list[Record], seed: int
) -> None:
    """With more contents than are kept, too."""
    dice = random.Random(seed)  # a seed that hypothesis can shrink
    mixed = dice.sample([*records, *records[:5]], len(records) + len(records[:5]))
    one, other = ledger_of(*records), ledger_of(*mixed)
    assert codec.encode(one) == codec.encode(other)
    for fact in one.of("F05").values():
        assert len(fact.earlier) <= 2 * KEPT
        assert len(contents(fact)) <= KEPT + 1


@BOTH
@settings(max_examples=150, deadline=None)
@given(records=st.lists(one_version(), min_size=2, max_size=10))
def test_judging_record_by_record_gives_the_same(catalogue: Any, records: list[Record]) -> None:
    """Whatever a record deletes, gives back, or turns out to have said before."""
    profile = catalogue.profile("CN-330604")
    day = day_of(epoch(build.at("2026-02-01")), profile.utc_offset)
    ledger, held = EMPTY, judge(EMPTY, day, catalogue, profile)
    for record in records:
        said = stated(record, profile)
        folded = fold(ledger, said.feed, said.ident, said.fact)
        ledger = folded.ledger
        changed = tuple(one for one in (said.fact, folded.held) if one and folded.effect != "stale")
        held = rejudge(held, ledger, day, catalogue, profile, said.feed, changed)
        fresh = judge(ledger, day, catalogue, profile)
        assert [v.settled() for v in held.verdicts.values()] == [v.settled() for v in fresh.verdicts.values()]
