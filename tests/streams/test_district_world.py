"""The simulated world: repeatable, in order, true to its own books, plausible, and bounded in memory."""

import hashlib
import itertools
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from detectors.fact import Fact
from detectors.fold import assess_all, fold_all, fold_record
from detectors.identifiers import case_number, uscc
from detectors.ledger import EMPTY, Ledger
from detectors.record import decode
from detectors.records.validation import validate
from streams.catalogues import read_catalogue
from streams.district import World, outcomes, truth
from streams.district.dice import DAY, Dice
from streams.district.statement import SOURCES, canonical

ROOT = Path(__file__).parents[2]


def small() -> World:
    return World(seed=5, entities=300, days=200)


def digest_of_world(world: World) -> str:
    digest = hashlib.sha256()
    for wire in world.canonical():
        digest.update(wire + b"\n")
    for event in world.events():
        digest.update(f"{event.second}{event.tag}{event.outcome}".encode())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    assert digest_of_world(small()) == digest_of_world(small())
    assert digest_of_world(small()) != digest_of_world(World(seed=6, entities=300, days=200))


def test_the_bytes_do_not_depend_on_the_hash_seed_of_the_process() -> None:
    code = "from tests.streams.test_district_world import *; print(digest_of_world(small()))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert found == {digest_of_world(small()) + "\n"}


def test_events_come_in_order_of_time_inside_the_window() -> None:
    world = small()
    seconds = [event.second for event in world.events()]
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0
    assert seconds[-1] < world.days * DAY


def test_any_enterprise_can_be_told_on_its_own() -> None:
    world = small()
    told = list(world.told())
    for index in (0, 17, 142, 299):
        entity = world.firm(index).entity
        # a guarantee is told once for each end of it, in the story of the guarantor
        alone = [e for e in world.history(index) if e.statement.feed != "F26"]
        together = [e for e in told if e.statement.firm.entity == entity and e.statement.feed != "F26"]
        assert sorted(map(repr, alone)) == sorted(map(repr, together))
        assert alone


def test_the_books_agree_with_a_naive_count() -> None:
    """A duplicate is a version not greater than the greatest its source has emitted for the record and role."""
    world = small()
    greatest: dict[tuple[str, str, str], int] = {}
    counted: Counter[str] = Counter()
    heartbeats = 0
    for event in world.events():
        said = event.statement
        if said is None:
            heartbeats += 1
            continue
        counted["in"] += 1
        if event.outcome == "quarantined":
            counted["quarantined"] += 1
            continue
        key = (event.source.source_id, said.record_id, said.role)
        if said.version <= greatest.get(key, 0):
            counted["duplicates"] += 1
        else:
            greatest[key] = said.version
            counted["flagged" if event.tag.startswith("soft:") else "accepted"] += 1
    books = world.expected()
    assert books.total.as_dict() == dict(counted)
    assert books.heartbeats == heartbeats > 4 * world.days
    sums = Counter[str]()
    for counts in books.families.values():
        sums.update(counts.as_dict())
    assert sums == counted
    assert set(books.families) == {source.family for source in SOURCES.values()}


def test_every_kind_of_defect_occurs_and_every_operation() -> None:
    books = World(seed=1).expected()
    kinds = {tag.partition(":")[0] for tag in books.tags}
    assert kinds == {"bad", "soft", "duplicate", "resent", "overtaken", "stale", "typo", "correction", "late"}
    rules = {tag.partition(":")[2] for tag in books.tags if tag.startswith("bad:")}
    assert rules >= {
        "bad_uscc", "amount_without_unit", "unknown_enum", "missing_value", "half_line", "valid_to_before_from",
    }  # fmt: skip
    assert set(books.ops) == {"assert", "amend", "close", "retract"}
    assert 90_000 <= books.total.total <= 110_000


def test_canonical_records_are_valid_and_the_ledger_counts_the_same_duplicates() -> None:
    world, catalogue = small(), read_catalogue()
    now = datetime(2026, 6, 1, tzinfo=UTC)
    ledgers, repeated = {}, 0
    for wire in world.canonical():
        raw = msgspec.json.decode(wire)
        verdict = validate(raw, now=now)
        assert verdict.kind != "quarantined", (verdict.detail, raw)
        assert verdict.entity == raw["entity"]
        record = decode(wire)
        folded = fold_record(ledgers.get(record.entity, EMPTY), record, catalogue)
        ledgers[record.entity] = folded.ledger
        repeated += folded.effect in ("duplicate", "stale")
        assert folded.effect != "conflict"
    assert repeated == world.expected().total.duplicates > 0


def test_identifiers_are_valid() -> None:
    world = World(seed=3, entities=400, days=365)
    codes = [uscc.parse(world.firm(index).uscc) for index in range(400)]
    assert all(code.organisation_code_agrees and code.division == "330604" for code in codes)
    assert len({code.value for code in codes}) == 400
    cases = [
        event.statement.payload["case_no"] for event in world.told() if "case_no" in event.statement.payload
    ]
    assert {case_number.parse(case).court for case in cases} >= {"浙0604"}
    assert all(len(world.firm(index).power_no) in (0, 10) for index in range(400))


def test_the_default_district_shows_every_colour_and_every_family_and_few_reds() -> None:
    """About 3 to 8 % of firms end red, nearly all of them in distress or in a lesser trouble."""
    world, catalogue = World(seed=1), read_catalogue()
    ledgers = fold_all(map(decode, world.canonical()), catalogue)
    end = int(world.almanac.moment(world.days * DAY).timestamp())
    assessed = assess_all(ledgers, catalogue, end)
    tiers = Counter(entry["tier"] for entry in assessed)
    assert 0.025 <= tiers["red"] / world.entities <= 0.08
    assert tiers["blue"] > 10
    assert tiers["yellow"] > 10
    live = {point["id"] for entry in assessed for point in entry["points"] if point["level"]}
    assert live >= {"WP-08", "WP-09", "WP-14", "WP-15", "WP-22", "WP-23", "WP-30", "WP-31"}
    calm = [n for n in range(world.entities) if world.fate(n) is None and world.setting.trouble(n) is None]
    healthy = {world.firm(index).entity for index in calm}
    assert (
        sum(entry["tier"] == "red" and entry["entity"] in healthy for entry in assessed)
        <= tiers["red"] * 0.15
    )


def test_defects_leave_the_truth_intact() -> None:
    """Without defects the same world ends in the same tiers, but for what is only half corrected at the end."""
    world, catalogue = small(), read_catalogue()
    clean = [
        event.statement
        for index in range(world.entities)
        for event in world.history(index)
        if event.outcome in ("accepted", "flagged")
    ]
    plain = fold_all(
        (decode(msgspec.json.encode(canonical(said, world.almanac))) for said in clean), catalogue
    )
    assert standing(fold_all(map(decode, world.canonical()), catalogue)) == standing(plain)


def standing(ledgers: dict[str, Ledger]) -> dict[str, dict[str, dict[str, Fact]]]:
    """The facts in force by entity, feed and identity, without what older versions said."""
    return {
        entity: {
            feed: {name: msgspec.structs.replace(fact, earlier=()) for name, fact in facts.items()}
            for feed, facts in ledger.facts.items()
        }
        for entity, ledger in ledgers.items()
    }


def test_outcomes_are_told_after_the_default_and_never_against_the_truth() -> None:
    world = World(seed=2, entities=1500, days=365)
    labels = list(outcomes(world))
    assert [label.second for label in labels] == sorted(label.second for label in labels)
    told = {label.entity: label for label in labels if label.outcome == "default"}
    fates = {world.firm(index).entity: world.fate(index) for index in range(world.entities)}
    assert len(told) > 10
    for entity, label in told.items():
        fate = fates[entity]
        assert fate is not None
        assert fate.default_on is not None
        assert label.at[:10] == world.almanac.iso(fate.default_on)
        assert label.second >= (fate.default_on + 30) * DAY
    survived = {label.entity for label in labels if label.outcome == "survived"}
    assert len(survived) > 1400
    assert msgspec.json.decode(labels[0].wire()).keys() == {"entity", "outcome", "at", "source", "outcome_id"}


def test_the_truth_names_every_defect_and_ends_with_the_counts() -> None:
    world = small()
    entries = list(truth(world))
    books = world.expected().as_dict()
    assert entries[-1]["records"] == books["records"]
    assert Counter(e["tag"] for e in entries if e["kind"] == "record") == books["tags"]
    distressed = sum(world.fate(index) is not None for index in range(world.entities))
    assert sum(e["kind"] == "firm" for e in entries) == distressed > 5


def test_the_truth_names_every_silence_of_a_department() -> None:
    """A source says nothing from the moment given until the other, and the first thing after it is said late."""
    world = World(seed=5, entities=60, days=300)
    told = [entry for entry in truth(world) if entry["kind"] == "outage"]
    assert told == [entry for entry in truth(World(5, 60, 300)) if entry["kind"] == "outage"]
    utility, labour = SOURCES["utility"].source_id, SOURCES["labour"].source_id
    assert {entry["source_id"] for entry in told} == {utility, labour}
    for entry in told:
        begin, end = (datetime.fromisoformat(entry[name]) for name in ("from", "to"))
        said = [event.at for event in world.events() if event.source.source_id == entry["source_id"]]
        assert not [at for at in said if begin <= at < end]
        assert min(at for at in said if at >= end) - end < timedelta(hours=2)
    assert not [entry for entry in truth(World(5, 60, 300, outages=False)) if entry["kind"] == "outage"]


def peak_megabytes(entities: int, events: int) -> float:
    """Peak resident memory of a process of its own that generates so many events and keeps none."""
    code = (
        "import collections, itertools, resource; from streams.district import World;"
        f"world = World(seed=1, entities={entities}, days=365);"
        f"collections.deque(itertools.islice(world.events(), {events}), maxlen=0);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def test_a_million_enterprises_fit_in_bounded_memory() -> None:
    """The agenda costs bytes per firm; firms and stories are made when they are needed and forgotten."""
    assert peak_megabytes(1_000_000, 50_000) - peak_megabytes(40_000, 50_000) < 60


def test_a_long_stream_does_not_grow() -> None:
    """Once the caches are full, three times the events take no more memory."""
    assert peak_megabytes(5_000, 90_000) - peak_megabytes(5_000, 30_000) < 30


@pytest.mark.parametrize(("records", "entities"), [(30_000, 2_000), (12_000, 500), (60_000, 5_000)])
def test_a_world_can_be_sized_by_its_number_of_records(records: int, entities: int) -> None:
    world = World.sized(records, seed=4, entities=entities)
    assert world.expected().total.total == pytest.approx(records, rel=0.12)


@pytest.mark.parametrize(("entities", "days"), [(0, 10), (10, 0), (29_000_000, 10), (10, 4_000)])
def test_impossible_worlds_are_refused(entities: int, days: int) -> None:
    with pytest.raises(ValueError, match="must be between"):
        World(seed=1, entities=entities, days=days)


def test_a_world_of_one_and_a_leap_day_work() -> None:
    world = World(seed=1, entities=1, days=70, start=date(2024, 1, 1))
    assert sum(1 for _ in world.events()) > 70


def test_dice_are_uniform_and_independent_of_each_other() -> None:
    draws = [Dice(1, 2, index).unit() for index in range(20_000)]
    assert sum(draws) / len(draws) == pytest.approx(0.5, abs=0.01)
    neighbours = sum(a * b for a, b in itertools.pairwise(draws)) / (len(draws) - 1)
    assert neighbours == pytest.approx(0.25, abs=0.01)
    assert Counter(Dice(1, 3, index).between(1, 6) for index in range(12_000)).keys() == set(range(1, 7))
