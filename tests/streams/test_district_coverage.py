"""The simulated district drives every core point to fire and to clear, and silence alone drives none."""

from datetime import UTC, datetime

import msgspec
import pytest

from detectors.records.validation import validate
from streams.district import World
from streams.district.coverage import Coverage, Run, Tally, run
from streams.district.coverage_page import as_dict, page
from streams.district.dice import DAY
from streams.district.outages import Outages
from streams.district.statement import SOURCES, Almanac

CORE_POINTS = 49
pytestmark = pytest.mark.timeout(
    400
)  # three years of a district in which everything happens, on a busy machine


@pytest.fixture(scope="module")
def dense() -> Run:
    """A small world in which what is rare happens to nearly everybody."""
    return run(World(2, 100, 1_095, dense=True))


def test_every_core_point_fires_and_clears(dense: Run) -> None:
    assert len(dense.points) == CORE_POINTS
    assert [one.id for one in dense.points if not one.complete] == []
    assert (dense.refused, dense.refusal) == (0, "")


def test_two_departments_fall_silent_in_every_year(dense: Run) -> None:
    begun = [(one.source, one.begin[:4]) for one in dense.silences]
    assert sorted(begun) == [
        (name, year) for name in ("labour", "utility") for year in ("2025", "2026", "2027")
    ]


def test_silence_raises_and_hides_no_absence_point() -> None:
    """Readings and contributions of a whole month arrive after their term: nobody may be taken for gone."""
    silent, spoken = (run(World(4, 40, 500, dense=True, outages=outages)) for outages in (True, False))
    assert silent.records == spoken.records
    assert silent.absent == spoken.absent
    assert {point for point, _ in silent.absent} >= {"WP-28", "WP-37"}


def test_a_silent_department_sends_no_sign_of_life_and_loses_nothing() -> None:
    world = World(3, 60, 400)
    outages = world.silences.all()
    assert {one.source for one in outages} == {"utility", "labour"}
    for event in world.events():
        assert not world.silences.silent(event.source.key, event.second)
    loud = World(3, 60, 400, outages=False)
    assert sorted(world.canonical()) == sorted(loud.canonical())


def test_what_was_held_back_comes_in_the_same_order_right_after() -> None:
    outages = Outages(1, 1_095, Almanac(World().start))
    first = outages.all()[0]
    assert first.end - first.begin > 20 * DAY
    world = World(1, 300, 1_095)
    held = [
        one
        for one in world.told()
        if one.statement.source == first.source and one.at // DAY == first.end // DAY
    ]
    assert len(held) > 100
    assert [one.at for one in held] == sorted(one.at for one in held)
    assert any(one.statement.at < first.end - 10 * DAY for one in held)


def test_a_point_that_never_cleared_is_reported_missing() -> None:
    tallies = [Tally("WP-01", "a", blue=3, cleared=1), Tally("WP-02", "b", red=3)]
    one = Run(1, 1, 1, False, 1, 1.0, tallies, [], [("WP-28", "ent:CN-330604:x")])
    found = Coverage(one, one, msgspec.structs.replace(one, absent=[]))
    assert found.missing == ["WP-02"]
    assert found.by_silence == [("WP-28", "ent:CN-330604:x")]
    assert not found.complete
    assert as_dict(found)["missing"] == ["WP-02"]
    written = page(found, "command")
    assert "missing: WP-02" in written
    assert "1 differ: WP-28 `x`" in written


def test_every_feed_of_a_dense_world_keeps_its_contract() -> None:
    """No record of any department breaks a rule, and all feeds of the district are there."""
    now, feeds, families = datetime(2028, 1, 1, tzinfo=UTC), set[str](), set[str]()
    for wire in World(6, 150, 700, dense=True).wires():
        raw = msgspec.json.decode(wire)
        verdict = validate(raw, now=now)
        assert verdict.kind == "accepted" or verdict.flags, (verdict.detail, raw)
        feeds.add(raw["schema"][:3])
        families.add(raw["source_id"])
    assert feeds == {f"F{number:02d}" for number in range(1, 34)} - {"F31", "F32"} | feeds & {"F32"}
    assert families == {source.source_id for source in SOURCES.values()}
