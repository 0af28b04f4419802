"""Other numbers of the macro risk index take force in the stream with their catalogue, on its day, in every run."""

from typing import Any

import msgspec
import pytest
import yaml

from detectors import catalogue as reading
from detectors.fact import iso_day
from detectors.macro.in_force import Terms
from detectors.macro.index import Reading
from detectors.macro.rules import MacroRules
from streams.catalogues import read_catalogue, read_parts, shipped
from streams.engine.areas import Areas
from streams.engine.effects import Effects
from streams.engine.revisions import announce
from tests.detectors.build import at, epoch
from tests.streams.cluster import Cluster
from tests.streams.partition import TOPICS
from tests.streams.test_macro import AREA, COUNTY, STRUCK, days, of_areas, parts, struck, umbrella_makers

BEGUN = "2025-08-15"
LAST = "2025-12-26"


class Published(Cluster):
    """Notes how many firms of the county the topic that all may read has shown, by day."""

    def __init__(self, partitions: int) -> None:
        super().__init__(partitions)
        self.shown: dict[str, int] = {}

    def _send(self, effects: Effects) -> None:
        for out in effects.messages:
            if (out.topic, out.key) == (TOPICS.macro, COUNTY.encode()):
                told = msgspec.json.decode(out.value, type=Reading)
                self.shown[iso_day(told.day)] = told.n
        super()._send(effects)


def text(effective: str, **macro: Any) -> str:
    """The shipped catalogue with other numbers of the index."""
    values = reading.joined(read_parts(shipped()), "shipped")
    values |= {"version": "2026.9", "effective_from": effective, "macro": {**values["macro"], **macro}}
    return yaml.safe_dump(values, allow_unicode=True)


def run(
    said: str | None,
    heard: str = "2025-12-10",
    *,
    cluster: Cluster | None = None,
    size: int = 100,
    dying: bool = False,
) -> Cluster:
    """The county of twelve firms up to a week behind the blow; a catalogue is announced on a day."""
    cluster = cluster or Cluster(1)
    cluster.put(*umbrella_makers())
    for day in days(BEGUN, LAST):
        if day == heard and said is not None:
            for log in cluster.logs:
                log.append(announce(said, epoch(at(day))).value)
        if day == STRUCK:
            cluster.put(*struck(day))
        cluster._tick(at(day))
        if not dying or day >= heard:
            cluster.run(size, dying=dying)
    cluster.run(size)
    return cluster


def story(cluster: Cluster) -> list[tuple[str, int, str]]:
    """What was told of the county."""
    return cluster.story(AREA, "MRI")


@pytest.fixture(scope="module")
def usual() -> list[dict[str, Any]]:
    """What is told while nobody announces anything."""
    return of_areas(run(None))


def test_the_numbers_of_the_day_decide_what_is_told(usual: list[dict[str, Any]]) -> None:
    """Red by the shipped numbers, told on the third day; by others on the first or the fifth, or yellow."""
    assert [(one["level"], one["at"][:10]) for one in usual if one["entity"] == AREA] == [(3, "2025-12-23")]
    assert story(run(text("2025-12-15", confirm_days=1))) == [("opened", 3, "2025-12-21")]
    assert story(run(text("2025-12-15", confirm_days=5))) == [("opened", 3, "2025-12-25")]
    higher = run(text("2025-12-15", entry={"blue": 60, "yellow": 70, "red": 99.9}))
    assert story(higher) == [("opened", 2, "2025-12-23")]
    assert "at 70 or above" in of_areas(higher)[0]["reason"]
    assert {one["catalogue"] for one in of_areas(higher)} == {"2026.9"}


def test_before_its_day_it_changes_nothing_and_from_its_day_on_the_row_begins_anew(
    usual: list[dict[str, Any]],
) -> None:
    """In force on the second day of the blow, which is the first of its row."""
    assert story(run(text("2025-12-21", confirm_days=2))) == [("opened", 3, "2025-12-23")]
    assert story(run(text("2025-12-21", confirm_days=3, winsor=2.9))) == [("opened", 3, "2025-12-24")]
    late = run(text("2025-12-25", confirm_days=1))
    assert [one["alert_id"] for one in of_areas(late)] == [one["alert_id"] for one in usual]


def test_a_catalogue_that_changes_none_of_them_changes_nothing_but_its_name(
    usual: list[dict[str, Any]],
) -> None:
    """Not even the row of days, though the blow was two days ago."""
    assert of_areas(run(text("2025-12-22"))) == [one | {"catalogue": "2026.9"} for one in usual]


def test_one_whose_day_has_passed_is_in_force_from_the_day_on_in_which_it_is_heard() -> None:
    """Behind the noon of the 21st: the 21st is the first day closed by it, at its end."""
    assert story(run(text("2025-11-01", confirm_days=1), heard="2025-12-22")) == [("opened", 3, "2025-12-22")]


@pytest.mark.parametrize(
    ("partitions", "size", "dying"),
    [(1, 1, False), (3, 100, False), (4, 2, False), (1, 100, True), (3, 100, True)],
)
def test_partitions_batches_and_crashes_change_nothing_of_it(partitions: int, size: int, dying: bool) -> None:
    said = text("2025-12-21", confirm_days=2, entry={"blue": 60, "yellow": 70, "red": 99.9})
    expected = of_areas(run(said))
    found = of_areas(run(said, cluster=Cluster(partitions), size=size, dying=dying))
    assert [one["level"] for one in expected if one["entity"] == AREA] == [2]
    assert found == expected


def test_days_before_it_are_closed_by_the_numbers_of_their_time_however_late() -> None:
    """A partition is read to its end, past the day of the catalogue, before the next one begins."""
    said = text("2025-12-24", confirm_days=1, disclosed_from=20)
    late = Cluster(3)
    late.put(*umbrella_makers())
    for day in days(BEGUN, LAST):
        if day == "2025-12-10":
            for log in late.logs:
                log.append(announce(said, epoch(at(day))).value)
        if day == STRUCK:
            late.put(*struck(day))
        late._tick(at(day))
    late.run(10_000)
    assert of_areas(late) == of_areas(run(said))
    assert {one["catalogue"] for one in of_areas(late)} == {read_catalogue().version}


def test_a_restart_takes_up_the_numbers_of_days_not_yet_closed() -> None:
    """The home partition has heard of a new catalogue, another partition is still days behind."""
    strict, lax = Terms(MacroRules(), "2026.1"), Terms(MacroRules(disclosed_from=20), "2026.2")
    kept: dict[bytes, bytes] = {}
    areas = Areas(kept, strict)
    for part in parts(0, range(10, 21)):
        areas.take(part)
    areas.revised(15, lax)
    kept |= areas.states()
    back = Areas(kept, lax)
    assert [one.day for one in back.take(parts(1, [16])[0])] == [16]
    assert [back.rules_on(day) for day in (14, 15, 16)] == [one.rules for one in (strict, lax, lax)]


def test_what_all_may_read_follows_the_numbers() -> None:
    """Twelve firms are shown by the shipped numbers and no more by others."""
    assert read_catalogue().macro_index.disclosed_from == 10
    cluster = Published(1)
    run(text("2025-12-21", disclosed_from=13), cluster=cluster)
    assert {n for day, n in cluster.shown.items() if day < "2025-12-21"} == {12}
    assert {n for day, n in cluster.shown.items() if day >= "2025-12-21"} == {0}
