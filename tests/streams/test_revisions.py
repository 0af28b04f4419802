"""A catalogue that comes through the log takes force on its day, for everybody, without a restart and without a gap."""

from collections.abc import Iterator

import pytest
import yaml

from detectors import catalogue as reading
from detectors.record import Record
from streams.catalogues import read_parts, shipped
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from streams.engine.revisions import announce
from streams.engine.ticker import tick
from tests.detectors import build
from tests.streams.cluster import Cluster, firm, founded, guarantee, insolvency
from tests.streams.partition import TOPICS, Partition, log, to_bank


def stricter(version: str = "2026.9", effective: str = "2026-01-01") -> str:
    """The shipped catalogue in which half a million is enough for red."""
    values = reading.joined(read_parts(shipped()), "shipped")
    values |= {"version": version, "effective_from": effective}
    [point] = [one for one in values["points"] if one["id"] == "WP-08"]
    point["parameters"]["red_amount"] = 500_000
    return yaml.safe_dump(values, allow_unicode=True)


def story(text: str, *, before: list[Record], after: list[bytes | Record]) -> list[bytes | Record]:
    return [*before, announce(text, build.epoch(build.at("2026-02-01"))).value, *after]


def clock(day: str) -> bytes:
    return tick(build.at(day, 12))[1]


def levels(partition: Partition) -> Iterator[tuple[str, str, str]]:
    return ((one["at"][:10], one["level_name"], one["catalogue"]) for one in partition.alerts())


def test_it_judges_everybody_anew_within_the_hour_and_names_itself() -> None:
    """The firm's record came long before; no new one is needed for the new colour."""
    partition = Partition()
    cases = [build.enforcement(1, "2026-01-05", 6e5)]
    partition.run(log(story(stricter(), before=cases, after=[clock("2026-02-02"), clock("2026-02-03")])))
    assert list(levels(partition)) == [
        ("2026-01-05", "yellow", build.shipped().version),
        ("2026-02-02", "red", "2026.9"),
    ]


def test_before_its_day_it_changes_nothing() -> None:
    partition = Partition()
    cases = [build.enforcement(1, "2026-01-05", 6e5)]
    days = [clock("2026-02-02"), clock("2026-02-09")]
    partition.run(log(story(stricter(effective="2026-02-10"), before=cases, after=days)))
    assert [level for _, level, _ in levels(partition)] == ["yellow"]
    raws = log(
        [
            *story(stricter(effective="2026-02-10"), before=cases, after=days),
            clock("2026-02-10"),
            clock("2026-02-11"),
        ]
    )
    partition.run(raws[len(days) + 2 :])
    assert [level for _, level, _ in levels(partition)] == ["yellow", "red"]


def restarted(before: Partition, text: str | None = None) -> Partition:
    """A worker that takes over, begun with another catalogue if one is given."""
    after = Partition(before.store, before.sent)
    if text is not None:
        catalogue = reading.parse(text, "configured")
        after.processor = Processor(0, after.store, catalogue, to_bank, TOPICS)
    return after


def hours(first: int, count: int) -> list[RawRecord]:
    """Ticks of two hours each behind the first ``first`` records."""
    return log([b"", *[tick(build.at("2026-02-02", 2 * n))[1] for n in range(1, first + count)]])[first:]


def test_a_restart_with_another_configured_catalogue_judges_everybody_anew() -> None:
    """The restart that a change of the setting, or a new version of the program, asks for. Once, whoever restarts."""
    partition = Partition()
    partition.run(log([build.enforcement(1, "2026-01-05", 6e5)]))
    for number, text in enumerate([None, stricter(), stricter(), stricter()]):
        partition = restarted(partition, text)
        partition.run(hours(1 + 2 * number, 2))
    assert [level for _, level, _ in levels(partition)] == ["yellow", "red"]
    assert next(reversed(list(levels(partition))))[2] == "2026.9"
    rounds = [effects.states.keys() for effects in partition.run(hours(9, 2))]
    assert not any(build.FIRM.encode() in keys for keys in rounds)


def test_that_round_is_finished_by_whoever_comes_after_a_crash() -> None:
    firms = [f"ent:CN-330604:9133060{n}MA0000015G" for n in range(4)]
    partition = Partition()
    partition.run(log([build.enforcement(n, "2026-01-05", 6e5, entity=one) for n, one in enumerate(firms)]))
    partition = restarted(partition, stricter())
    partition.run(hours(4, 1))  # the round has begun, nobody was visited
    partition = restarted(partition, stricter())
    partition.run(hours(5, 1))
    red = {one["entity"] for one in partition.alerts() if one["level_name"] == "red"}
    assert red == set(firms)


def test_a_catalogue_that_came_through_the_log_outlasts_a_change_of_the_setting() -> None:
    partition = Partition()
    cases = [build.enforcement(1, "2026-01-05", 6e5)]
    raws = log(story(stricter(), before=cases, after=[clock("2026-02-02"), clock("2026-02-03")]))
    partition.run(raws)
    told = len(partition.alerts())
    partition = restarted(partition, stricter("2027.1").replace("red_amount: 500000", "red_amount: 9000000"))
    partition.run([*log([b""] * len(raws) + [clock("2026-02-04"), clock("2026-02-05")])[len(raws) :]])
    assert (partition.processor.catalogue.version, len(partition.alerts())) == ("2026.9", told)


@pytest.mark.parametrize("killed_after", range(1, 8))
def test_a_crash_at_any_record_changes_nothing_that_is_told(killed_after: int) -> None:
    """The catalogue in force, those to come and the round of visits are part of the state."""
    firms = [f"ent:CN-330604:9133060{n}MA0000015G" for n in range(4)]
    cases = [build.enforcement(n, "2026-01-05", 6e5, entity=firm) for n, firm in enumerate(firms)]
    moments = [tick(build.at("2026-02-02", 12 + hour))[1] for hour in range(3)]
    raws = log(story(stricter(), before=cases, after=moments))
    whole = Partition()
    whole.run(raws)
    first = Partition()
    first.run(raws[:killed_after])
    second = Partition(first.store, first.sent)
    second.run(raws[killed_after:])
    assert second.told() == whole.told()
    assert [level for _, level, _ in levels(whole)] == ["yellow"] * 4 + ["red"] * 4


def test_announced_twice_it_takes_force_once() -> None:
    partition = Partition()
    text = announce(stricter(), 0).value
    partition.run(
        log(
            [
                build.enforcement(1, "2026-01-05", 6e5),
                text,
                text,
                clock("2026-02-02"),
                text,
                clock("2026-02-03"),
            ]
        )
    )
    assert [level for _, level, _ in levels(partition)] == ["yellow", "red"]
    assert not partition.processor._revisions.changed


def bolder(effective: str = "2026-01-01") -> str:
    """The shipped catalogue in which contagion of a fifth is red."""
    values = reading.joined(read_parts(shipped()), "shipped")
    values |= {"version": "2026.9", "effective_from": effective}
    values["contagion"] = {**values["contagion"], "delta_yellow": 0.15, "delta_red": 0.20}
    return yaml.safe_dump(values, allow_unicode=True)


@pytest.mark.parametrize("partitions", [1, 3])
@pytest.mark.parametrize("dying", [False, True])
def test_numbers_of_contagion_take_force_in_the_network(partitions: int, dying: bool) -> None:
    """No record says anything new of the guarantor; nothing is told before the day, and once on it."""
    cluster = Cluster(partitions)
    guarantor, debtor = firm(1), firm(2)
    cluster.say(founded(guarantor, 10e6), founded(debtor, 10e6), *guarantee(1, guarantor, debtor, 3e6))
    cluster.say(insolvency(debtor, "2026-01-10"))
    assert cluster.story(guarantor, "WP-49") == [("opened", 2, "2026-01-10")]
    for log_ in cluster.logs:
        log_.append(announce(bolder("2026-01-20"), build.epoch(build.at("2026-01-15"))).value)
    cluster.run(dying=dying)
    cluster.until("2026-01-19")
    assert len(cluster.story(guarantor, "WP-49")) == 1
    for day in ("2026-01-20", "2026-01-21"):
        cluster._tick(build.at(day))
        cluster.run(dying=dying)
    assert cluster.story(guarantor, "WP-49")[1:] == [("upgraded", 3, "2026-01-20")]
    said = cluster.heard()[guarantor]["threshold"]
    assert [
        bar
        for bar in ("raised by 10 points", "yellow from 15 points", "red from 20 points")
        if bar not in said
    ] == []
    cluster.restart()
    cluster.until("2026-01-22")
    assert len(cluster.story(guarantor, "WP-49")) == 2
