"""Industrial clusters (产业集群): a firm counted in one is counted in its macro index, and the cluster is warned of."""

from collections.abc import Sequence
from typing import Any

import pytest

from alerts.policy.routing import areas_around
from detectors.batch import totals_of
from detectors.fold import fold_all
from detectors.record import Record, epoch
from tests.detectors.build import at, dishonest, saying
from tests.streams.cluster import Cluster, firm, founded
from tests.streams.test_macro import FIRMS, FOUNDED, LAST, STRUCK, days, of_areas

UMBRELLAS = "cluster:崧厦伞业"
ELSEWHERE = [firm(number) for number in range(21, 26)]
LAMPS = "cluster:照明"


def master(entity: str, cluster: str | None, **more: Any) -> Record:
    """F29 of a small firm, with the cluster it is counted in."""
    one = saying(founded(entity, 10e6, FOUNDED, **more), industry="C1969")
    return one if cluster is None else saying(one, cluster=cluster)


def makers() -> list[Record]:
    """Twelve firms of one cluster, five of another, one of none."""
    return [
        *(master(entity, "崧厦伞业") for entity in FIRMS),
        *(master(entity, "照明") for entity in ELSEWHERE),
        master(firm(30), None),
    ]


def run(cluster: Cluster, blow: Sequence[Record]) -> Cluster:
    """Half a year, quiet until the blow."""
    cluster.put(*makers())
    for day in days(FOUNDED, LAST):
        if day == STRUCK:
            cluster.put(*blow)
        cluster._tick(at(day))
        cluster.run()
    return cluster


BLOW = [
    dishonest(number, STRUCK, entity=entity) for number, entity in enumerate([*FIRMS[:4], *ELSEWHERE[:2]])
]


@pytest.fixture(scope="module")
def struck() -> Cluster:
    """One partition, in which a third of both clusters becomes red on one day."""
    return run(Cluster(1), BLOW)


def test_the_blow_is_told_of_the_cluster(struck: Cluster) -> None:
    """Three days after the blow, as of a region, with its numbers; and over when it has become usual."""
    story = struck.story(f"area:{UMBRELLAS}", "MRI")
    assert story[0] == ("opened", 3, "2025-12-23")
    assert story[1:]
    opened = next(one for one in of_areas(struck) if one["entity"] == f"area:{UMBRELLAS}")
    assert opened["name"] == "cluster 崧厦伞业"
    assert opened["reason"].startswith("the macro risk index of cluster 崧厦伞业 is ")
    assert (opened["entities"], opened["audience"], opened["jurisdiction"]) == (12, "all", "")


def test_a_small_cluster_is_told_to_regulators_alone(struck: Cluster) -> None:
    """Its five firms could be told apart."""
    told = [one for one in of_areas(struck) if one["entity"] == f"area:{LAMPS}"]
    assert told
    assert {(one["audience"], one["entities"]) for one in told} == {("regulator", 5)}


def test_partitions_and_restarts_change_nothing_of_what_is_told(struck: Cluster) -> None:
    """The members of a cluster lie in any partition."""
    several = run(Cluster(3), BLOW)
    assert of_areas(several) == of_areas(struck)
    told = len(several.alerts)
    several.restart()
    several.until(LAST)
    assert len(several.alerts) == told


def test_a_subscription_names_a_cluster_by_its_group() -> None:
    """The way the manual says it."""
    assert areas_around(UMBRELLAS) == (UMBRELLAS,)


def test_a_firm_that_changes_its_cluster_is_counted_in_the_new_one() -> None:
    """And in none when its master data name none any more; what is counted at once is what a file of records gives."""
    cluster = Cluster(1)
    records = makers()
    cluster.say(*records)
    moved = [
        saying(master(FIRMS[0], "照明", version=2), name="改"),
        saying(master(FIRMS[1], None, version=2), name="改"),
    ]
    cluster.say(*moved)
    counters = cluster._workers[0].commons.macro._counters
    held = {name: counters.totals(name).n for name in (UMBRELLAS, LAMPS, "region:CN-330604")}
    assert held == {UMBRELLAS: 10, LAMPS: 6, "region:CN-330604": 18}
    ledgers = fold_all([*records, *moved], cluster.catalogue)
    sums = totals_of(ledgers, epoch(at(FOUNDED, 12)), cluster.catalogue)
    assert {name: sums[name].n for name in held} == held
