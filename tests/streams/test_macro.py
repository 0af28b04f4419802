"""The macro risk index in the stream: days are closed, and a change of its level is told, once, whoever dies."""

import random
import zlib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detectors.fact import iso_day
from detectors.macro.counters import Totals
from detectors.record import Record
from streams.brokers.kafka import KafkaCluster
from streams.engine.areas import HEARD, HISTORY, Areas, Day
from streams.engine.exchange import MACRO
from streams.engine.ticker import tick
from tests.detectors.build import at, dishonest, saying
from tests.streams.cluster import Cluster, firm, founded
from tests.streams.faults import PARTITIONS, Line, Site, Written
from tests.streams.partition import wire

COUNTY = "region:CN-330604"
AREA = f"area:{COUNTY}"
FIRMS = [firm(number) for number in range(1, 13)]
FOUNDED = "2025-08-15"
STRUCK = "2025-12-20"
LAST = "2026-02-20"


def days(first: str, last: str) -> list[str]:
    """ISO days from the first to the last."""
    start, count = date.fromisoformat(first), (date.fromisoformat(last) - date.fromisoformat(first)).days
    return [(start + timedelta(number)).isoformat() for number in range(count + 1)]


def umbrella_makers() -> list[Record]:
    """Twelve small firms of one industry."""
    return [saying(founded(entity, 10e6, FOUNDED), industry="C1969") for entity in FIRMS]


def struck(day: str) -> Iterable[Record]:
    """A third of the county becomes red on one day."""
    return [dishonest(number, day, entity=entity) for number, entity in enumerate(FIRMS[:4])]


def run(cluster: Cluster, size: int = 100, *, dying: bool = False) -> Cluster:
    """Half a year of a county: quiet for more than a quarter, then a blow."""
    cluster.put(*umbrella_makers())
    for day in days(FOUNDED, LAST):
        if day == STRUCK:
            cluster.put(*struck(day))
        cluster._tick(at(day))
        cluster.run(size, dying=dying)
    return cluster


def of_areas(cluster: Cluster) -> list[dict[str, Any]]:
    """What was told of areas, in an order of its own, without its place in the log."""
    told = [one for one in cluster.alerts if one["entity"].startswith("area:")]
    return [
        {name: value for name, value in one.items() if name != "origin"}
        for one in sorted(told, key=lambda one: (one["entity"], one["revision"]))
    ]


@pytest.fixture(scope="module")
def calm() -> Cluster:
    """One partition, nobody dies."""
    return run(Cluster(1))


def test_a_blow_is_told_after_three_days_and_over_when_it_has_become_usual(calm: Cluster) -> None:
    story = calm.story(AREA, "MRI")
    # the day of the blow ends at midnight and is the first of three
    assert story[0] == ("opened", 3, "2025-12-23")
    assert [one[0] for one in story[1:]] == ["downgraded", "cleared"][: len(story) - 1]
    assert len(story) > 1
    opened = next(one for one in of_areas(calm) if one["entity"] == AREA)
    assert (opened["index"] >= 80, opened["entities"]) == (True, 12)
    assert "80 or above for 3 days in a row" in opened["reason"]
    assert opened["scale_id"] == "fenghuo-macro-risk"


def test_every_kind_of_group_of_these_firms_is_told(calm: Cluster) -> None:
    kinds = {one["entity"].split(":")[1] for one in of_areas(calm)}
    assert kinds == {"region", "industry", "size"}
    wider = {one["entity"] for one in of_areas(calm) if one["entity"].startswith("area:region")}
    assert wider == {f"area:region:CN-{code}" for code in ("330604", "330600", "330000")}


@pytest.mark.parametrize(("partitions", "size"), [(1, 1), (3, 100), (4, 2)])
def test_partitions_and_batches_change_nothing_of_what_is_told(
    calm: Cluster, partitions: int, size: int
) -> None:
    assert of_areas(run(Cluster(partitions), size)) == of_areas(calm)


@pytest.mark.parametrize("partitions", [1, 3])
def test_a_crash_behind_every_batch_tells_the_same_once(calm: Cluster, partitions: int) -> None:
    dying = run(Cluster(partitions), dying=True)
    assert of_areas(dying) == of_areas(calm)
    assert dying.repeated > 0


def test_a_history_read_in_one_go_tells_what_the_days_told(calm: Cluster) -> None:
    """A backlog: one partition is read to its end before the next one begins, in large batches."""
    late = Cluster(3)
    late.put(*umbrella_makers())
    for day in days(FOUNDED, LAST):
        if day == STRUCK:
            late.put(*struck(day))
        late._tick(at(day))
    late.run(10_000)
    assert of_areas(late) == of_areas(calm)
    assert late.written(MACRO) > 500


def test_a_restart_takes_up_what_was_told(calm: Cluster) -> None:
    """Who comes back knows the histories, what was told, and what partitions said last."""
    told = len(calm.alerts)
    calm.restart()
    calm.until(LAST)
    assert len(calm.alerts) == told


def parts(partition: int, spoken: Iterable[int], of: int = 2) -> list[Day]:
    """A partition with as many entities as its day."""
    return [Day(day, partition, of, [(COUNTY, Totals((day, 0, 0, 0)))]) for day in spoken]


def closed(areas: Areas, told: Iterable[Day]) -> list[tuple[int, int]]:
    """Days closed, and how many entities were counted in."""
    return [(one.day, one.n) for part in told for one in areas.take(part)]


def test_days_are_closed_in_order_with_what_was_told_last_by_then() -> None:
    """However partitions are ahead of each other, and whatever comes twice."""
    one, other = parts(0, range(10, 21)), parts(1, (10, 12, 13, 20))
    expected = [(day, day + max(said for said in (10, 12, 13, 20) if said <= day)) for day in range(10, 21)]
    dice = random.Random(20260105)
    for _ in range(20):
        mixed, left = list[Day](), [list(one), list(other)]
        while any(left):
            chosen = dice.choice([row for row in left if row])
            mixed.append(chosen.pop(0))
            if dice.random() < 0.3:
                mixed.append(dice.choice(mixed))
        assert closed(Areas({}), mixed) == expected


def test_a_week_of_silence_is_closed_day_by_day_and_a_longer_one_is_a_gap() -> None:
    """Nothing moved, so the last sums stand; of a month nobody knows what was missed."""
    week = closed(Areas({}), parts(0, (10, 18), of=1))
    assert [day for day, _ in week] == list(range(10, 19))
    month = closed(Areas({}), parts(0, (10, 40, 41), of=1))
    assert [day for day, _ in month] == [*range(10, 18), 40, 41]


def test_what_is_kept_is_bounded_and_enough() -> None:
    """A home partition that dies behind every message goes on as if it had not."""
    told = [part for day in range(10, 60) for number in (0, 1) for part in parts(number, [day])]
    kept: dict[bytes, bytes] = {}
    seen = []
    for part in told:
        areas = Areas(kept)
        seen += closed(areas, [part])
        kept |= areas.states()
    assert seen == closed(Areas({}), told)
    assert sum(key.startswith(HEARD) for key in kept) <= 4
    assert [key for key in kept if key.startswith(HISTORY)] == [HISTORY + COUNTY.encode()]


def test_a_partition_that_has_not_spoken_holds_the_day_open() -> None:
    assert closed(Areas({}), parts(0, range(10, 30))) == []


def test_state_of_an_earlier_version_is_read() -> None:
    """One key for each partition, without a number."""
    areas = Areas({HEARD + b"0": msgspec.json.encode(parts(0, [10])[0])})
    assert closed(areas, parts(1, [10])) == [(10, 20)]
    assert iso_day(10) == "1970-01-11"


# -- a worker process on a broker -------------------------------------------------------------------------------------


def half_a_year() -> Written:
    """The county as a log: the records of a day, and the day itself in every partition."""
    lines = [umbrella_line(one) for one in umbrella_makers()]
    for day in days(FOUNDED, LAST):
        lines += [umbrella_line(one) for one in (struck(day) if day == STRUCK else ())]
        key, value = tick(at(day))
        lines += [Line(number, key, value) for number in range(PARTITIONS)]
    return Written(lines)


def umbrella_line(one: Record) -> Line:
    """A record in the partition of its firm."""
    return Line(zlib.crc32(one.entity.encode()) % PARTITIONS, one.entity.encode(), wire(one))


WANTED = {
    "subscriptions": [
        {"subscriber_id": "office", "role": "regulator", "channel": "kafka", "areas": "*"},
        {
            "subscriber_id": "bank",
            "role": "bank",
            "channel": "kafka",
            "min_level": "red",
            "areas": ["region:CN-3306"],
        },
        {"subscriber_id": "other", "role": "bank", "channel": "kafka", "entities": "*"},
    ]
}


def told_to(site: Site, who: str) -> list[dict[str, Any]]:
    """Area alerts on the topic of a subscriber, as often as they were sent."""
    found = [msgspec.json.decode(one.value) for part in site.told()[f".alerts.bank.{who}"] for one in part]
    return sorted(
        (one for one in found if one["entity"].startswith("area:")),
        key=lambda one: (one["entity"], one["revision"]),
    )


@pytest.mark.kafka
@pytest.mark.timeout(240)
def test_a_worker_that_is_killed_tells_each_subscriber_what_it_asked_for_once(
    kafka_broker: KafkaCluster, tmp_path: Path, calm: Cluster
) -> None:
    """Killed behind a warning that nobody remembers yet, and between what is remembered of one."""
    with Site(kafka_broker.bootstrap, "areas", tmp_path / "site", half_a_year(), WANTED) as site:
        site.fill()
        for point, count in (("alert", 12), ("half", 4), ("alert", 12)):
            worker = site.start(f"{point}-{count}", crash=(point, count))
            assert worker.ended() == -9, worker.tail()
        site.finish(site.start("last"))
        office, bank, other = (told_to(site, who) for who in ("office", "bank", "other"))
    expected = of_areas(calm)
    assert [{name: one[name] for name in one if name != "origin"} for one in office] == expected
    assert len({one["alert_id"] for one in office}) == len(office)
    near = [one for one in expected if one["entity"] in (AREA, "area:region:CN-330600")]
    assert [one["alert_id"] for one in bank] == [
        one["alert_id"] for one in near if 3 in (one["level"], one["peak"])
    ]
    assert other == []
