"""Guarantee circles in the stream: distress reaches guarantors through the log, and is taken back through it."""

from datetime import date, timedelta
from typing import Any

import pytest

from detectors.contagion.batch import network_of, reached
from detectors.contagion.impulse import heard
from detectors.fact import IMPULSE
from detectors.fold import assess_all, fold_all
from detectors.ledger import Ledger
from detectors.record import Record, epoch
from streams.engine.circles import Circles
from streams.engine.exchange import NODE, SETTLE
from tests.detectors import build
from tests.detectors.build import at, dishonest, enforcement
from tests.streams.cluster import Cluster, firm, founded, guarantee, insolvency, relation

A, B, C, D, E = (firm(number) for number in range(1, 6))
PERSON = "ent:CN-330604:person:7f3a"


def days(cluster: Cluster, first: str, count: int) -> None:
    """Day after day, in every partition."""
    for number in range(count):
        cluster.until((date.fromisoformat(first) + timedelta(number)).isoformat())


def mutual(cluster: Cluster) -> None:
    """A and B stand for each other with all they have."""
    cluster.say(founded(A, 10e6), founded(B, 10e6))
    cluster.say(*guarantee(1, A, B, 10e6), *guarantee(2, B, A, 10e6))
    cluster.until("2026-01-09")


@pytest.mark.parametrize("partitions", [1, 3])
def test_scenario_4_a_mutual_guarantee_and_a_bankruptcy_that_is_dismissed(partitions: int) -> None:
    """A turns red with B's insolvency, and hears what it heard before within one push of its dismissal."""
    cluster = Cluster(partitions)
    mutual(cluster)
    before = cluster.heard()
    assert (before[A]["level"], before[A]["p_self"]) == (0, 0.01)
    cluster.say(insolvency(B, "2026-01-10"))
    shocked = cluster.heard()[A]
    assert (shocked["level"], shocked["delta"], shocked["p"]) == (3, 0.79, 0.8)
    assert [(one["entity"], one["hop"]) for one in shocked["origins"]] == [(B, 1)]
    assert cluster.story(A, "WP-49") == [("opened", 3, "2026-01-10")]
    cluster.until("2026-02-10")
    pushes = cluster.written(SETTLE)
    cluster.say(insolvency(B, "2026-02-10", "dismissed", op="amend", version=2))
    assert cluster.written(SETTLE) == pushes + 1
    assert cluster.heard() == before
    # held for a week, and the off-delay of red is another
    days(cluster, "2026-02-11", 30)
    assert cluster.story(A, "WP-49")[1:] == [("cleared", 0, "2026-02-24")]


def test_a_colour_that_came_from_elsewhere_names_its_cause_and_no_other_does() -> None:
    """By which very many of them are told as one incident."""
    cluster = Cluster(1)
    cluster.say(*(founded(one, 10e6) for one in (A, B, C)))
    cluster.say(*guarantee(1, A, B, 10e6), *guarantee(2, C, B, 10e6))
    cluster.until("2026-01-09")
    cluster.say(insolvency(B, "2026-01-10"))
    causes = {(one["entity"], one["point"]): one.get("cause") for one in cluster.alerts if one["level"] == 3}
    assert causes.pop((B, "WP-13")) is None
    assert causes == {(A, "WP-49"): B, (C, "WP-49"): B}


@pytest.mark.parametrize("partitions", [1, 3])
def test_scenario_3_a_listing_of_the_wrong_firm_is_taken_back_from_its_guarantor(partitions: int) -> None:
    """The alert of the guarantor is retracted, not cleared: no dwell keeps it, and its tier falls at once."""
    cluster = Cluster(partitions)
    cluster.say(founded(A, 10e6), founded(B, 10e6), *guarantee(1, A, B, 3e6))
    cluster.say(dishonest(1, "2026-01-10", entity=B))
    assert cluster.story(A, "WP-49") == [("opened", 2, "2026-01-10")]
    cluster.until("2026-01-12")
    cluster.say(dishonest(1, "2026-01-10", entity=B, op="retract", version=2, observed="2026-01-13"))
    assert cluster.story(A, "WP-49")[1:] == [("retracted", 0, "2026-01-13")]
    assert cluster.heard() == {}
    states = cluster.states()
    assert (states[A].standing.tier, states[B].standing.tier) == (0, 0)
    # the nightly file says it again: nothing comes back
    cluster.say(dishonest(1, "2026-01-10", entity=B, observed="2026-01-14"))
    assert len(cluster.story(A, "WP-49")) == 2


def test_what_is_left_after_a_retraction_is_told_in_its_own_colour() -> None:
    """Two debtors are red, one of them by mistake."""
    cluster = Cluster(2)
    cluster.say(founded(A, 10e6), *guarantee(1, A, B, 8e6), *guarantee(2, A, C, 3e6))
    cluster.say(dishonest(1, "2026-01-10", entity=B), dishonest(2, "2026-01-10", entity=C))
    assert cluster.story(A, "WP-49")[-1][:2] == ("opened", 3)
    cluster.say(dishonest(1, "2026-01-10", entity=B, op="retract", version=2, observed="2026-01-13"))
    assert cluster.story(A, "WP-49")[1:] == [("downgraded", 2, "2026-01-13")]
    assert [one["entity"] for one in cluster.heard()[A]["origins"]] == [C]


def test_a_guarantee_that_never_was_takes_its_alert_with_it() -> None:
    cluster = Cluster(2)
    cluster.say(founded(A, 10e6), *guarantee(1, A, B, 3e6), dishonest(1, "2026-01-10", entity=B))
    assert cluster.story(A, "WP-49") == [("opened", 2, "2026-01-10")]
    cluster.say(*guarantee(1, A, B, 3e6, op="retract", version=2, observed="2026-01-13"))
    assert cluster.story(A, "WP-49")[1:] == [("retracted", 0, "2026-01-13")]


def test_a_lawful_end_is_no_retraction() -> None:
    """Delisted: the guarantor's alert clears with its delays."""
    cluster = Cluster(2)
    cluster.say(founded(A, 10e6), *guarantee(1, A, B, 3e6), dishonest(1, "2026-01-10", entity=B))
    gone = dishonest(1, "2026-01-10", entity=B, op="close", version=2, observed="2026-02-10")
    cluster.say(build.saying(gone, removed_on="2026-02-10"))
    days(cluster, "2026-02-11", 15)
    assert cluster.story(A, "WP-49")[1:] == [("cleared", 0, "2026-02-20")]


def test_a_guarantee_that_runs_out_ends_the_contagion_without_a_record() -> None:
    cluster = Cluster(2)
    short = {"guarantee_to": "2026-02-15", "debt_to": "2026-02-01"}
    cluster.say(
        founded(A, 10e6), *guarantee(1, A, B, 3e6, fields=short), dishonest(1, "2026-01-10", entity=B)
    )
    assert cluster.heard()[A]["level"] == 2
    cluster.until("2026-02-15")
    assert cluster.heard()[A]["level"] == 2
    cluster.until("2026-02-16")
    assert cluster.heard() == {}


def test_three_members_of_a_circle_that_sink_together_warn_all_of_it() -> None:
    """CP-06: yellow for who stands by, red for who stands for three of them; a month later it is over."""
    cluster = Cluster(3)
    cluster.say(*(founded(one, 100e6) for one in (A, B, C, D, E)))
    cluster.say(*(one for n, debtor in enumerate((B, C, D)) for one in guarantee(n, A, debtor, 1e5)))
    cluster.say(*guarantee(9, D, E, 1e5))
    for number, debtor in enumerate((B, C, D)):
        assert cluster.story(E, "CP-06") == cluster.story(A, "CP-06") == []
        cluster.say(enforcement(number, "2026-01-10", 6e6, entity=debtor))
    assert cluster.story(A, "CP-06") == [("opened", 3, "2026-01-10")]
    assert cluster.story(E, "CP-06") == [("opened", 2, "2026-01-10")]
    days(cluster, "2026-01-11", 45)
    assert [one[0] for one in cluster.story(E, "CP-06")] == ["opened", "cleared"]


def test_key_persons_and_affiliates_are_told_through_the_log() -> None:
    cluster = Cluster(3)
    led = {"from_kind": "person"}
    cluster.say(*relation("actual_controller", PERSON, A, fields=led))
    cluster.say(*relation("actual_controller", PERSON, B, fields=led))
    cluster.say(dishonest(1, "2026-01-10", entity=PERSON))
    assert cluster.story(A, "WX-04") == [("opened", 2, "2026-01-10")]
    cluster.say(dishonest(2, "2026-01-11", entity=B))
    assert cluster.story(A, "WX-05") == [("opened", 2, "2026-01-11")]


def test_a_debtor_of_whom_no_copy_was_sent_is_asked() -> None:
    """A guarantor's annual report names the debtor; the debtor's own partition has never heard of it."""
    cluster = Cluster(3)
    cluster.say(founded(A, 10e6), guarantee(1, A, B, 3e6)[0])
    cluster.say(dishonest(1, "2026-01-10", entity=B))
    assert cluster.story(A, "WP-49") == [("opened", 2, "2026-01-10")]
    assert firm(1) in cluster.states()
    cluster.restart()
    cluster.say(dishonest(1, "2026-01-10", entity=B, op="retract", version=2, observed="2026-01-13"))
    assert cluster.story(A, "WP-49")[1:] == [("retracted", 0, "2026-01-13")]


def test_who_was_only_named_leaves_no_trace_of_his_own() -> None:
    cluster = Cluster(2)
    cluster.say(founded(A, 10e6), guarantee(1, A, B, 3e6)[0])
    assert B not in cluster.states()


def story_of_many() -> list[Record]:
    """Firms that stand for each other in a chain, a ring and a star, with distress that comes and goes."""
    firms = [firm(number) for number in range(1, 9)]
    pairs = [(1, 2), (2, 3), (3, 1), (4, 3), (5, 4), (6, 1), (6, 2), (6, 4), (7, 6)]
    records = [founded(one, 10e6) for one in firms]
    for number, (one, other) in enumerate(pairs):
        records += guarantee(number, firm(one), firm(other), 1e6 * (number + 1))
    led = {"from_kind": "person"}
    records += relation("legal_rep", PERSON, firm(7), fields=led) + relation(
        "legal_rep", PERSON, firm(8), fields=led
    )
    records += [
        insolvency(firm(3), "2026-01-10"),
        dishonest(1, "2026-01-11", entity=firm(4)),
        enforcement(2, "2026-01-12", 6e5, entity=firm(1)),
        dishonest(3, "2026-01-13", entity=PERSON),
        enforcement(4, "2026-01-14", 6e5, entity=firm(2)),
        dishonest(1, "2026-01-11", entity=firm(4), op="retract", version=2, observed="2026-01-15"),
        *guarantee(2, firm(3), firm(1), 3e6, op="close", version=2, observed="2026-01-16"),
        insolvency(firm(3), "2026-01-17", "dismissed", op="amend", version=2),
        dishonest(5, "2026-01-18", entity=firm(2)),
    ]
    return records


def batch_of(records: list[Record], cluster: Cluster, day: str) -> dict[str, dict[str, Any]]:
    """What the ledgers of a file come to."""
    return reached(fold_all(records, cluster.catalogue), epoch(at(day)), cluster.catalogue)


def kept_of(records: list[Record], cluster: Cluster, day: str) -> dict[str, dict[str, Any]]:
    """The same for firms that have a colour already, which they keep while it is not far below its trigger."""
    held = {name: said["level"] for name, said in cluster.heard().items()}
    network = network_of(fold_all(records, cluster.catalogue), epoch(at(day)), cluster.catalogue)
    said = {name: heard(now, held.get(name, 0)) for name, now in network.settle().items()}
    return {name: now for name, now in said.items() if now}


@pytest.mark.parametrize(("partitions", "size"), [(1, 100), (3, 1), (4, 7)])
def test_the_stream_tells_in_the_end_what_the_file_comes_to(partitions: int, size: int) -> None:
    """Whatever the partitions and wherever batches are cut: impulses, colours and what is told of the circle."""
    cluster = Cluster(partitions)
    records = story_of_many()
    cluster.put(*records)
    cluster.run(size)
    cluster.until("2026-01-20")
    assert cluster.heard() == batch_of(records, cluster, "2026-01-20")
    ledgers = {name: Ledger({k: v for k, v in state.ledger.facts.items() if k != IMPULSE})
               for name, state in cluster.states().items()}  # fmt: skip
    assert ledgers == fold_all(records, cluster.catalogue)


@pytest.mark.parametrize("together", [1, 4])
def test_step_by_step_it_tells_the_same_as_file_after_file(together: int) -> None:
    """After every few records, everybody has heard what the records so far come to, or keeps what comes near it."""
    cluster = Cluster(3)
    records = story_of_many()
    for start in range(0, len(records), together):
        cluster.say(*records[start : start + together])
        cluster.until("2026-01-20")
        assert cluster.heard() == kept_of(records[: start + together], cluster, "2026-01-20")


def test_a_file_is_assessed_as_the_stream_shows_it() -> None:
    """The colours of points from the network, of firms to whom nothing had to be taken back."""
    records = [
        *guarantee(1, A, B, 10e6),
        *guarantee(2, B, A, 1e6),
        founded(A, 10e6),
        insolvency(B, "2026-01-10"),
    ]
    cluster = Cluster(3)
    cluster.say(*records)
    said = {one["entity"]: one for one in assess_all(fold_all(records, cluster.catalogue), cluster.catalogue)}
    shown = {
        name: {point: one.level for point, one in state.standing.points.items() if one.level}
        for name, state in cluster.states().items()
    }
    assert {name: {p["id"]: p["level"] for p in one["points"]} for name, one in said.items()} == shown


@pytest.mark.parametrize("partitions", [1, 3])
def test_a_crash_behind_every_batch_changes_nothing_and_tells_nothing_twice(partitions: int) -> None:
    """Records and impulses go out again and are recognised: same ids, same versions, same words."""
    calm, dying = Cluster(partitions), Cluster(partitions)
    for one in story_of_many():
        calm.say(one)
        dying.say(one, dying=True)
    calm.until("2026-01-20")
    dying.until("2026-01-20")
    assert dying.heard() == calm.heard()
    assert [(one["entity"], one["alert_id"], one["type"]) for one in dying.alerts] == [
        (one["entity"], one["alert_id"], one["type"]) for one in calm.alerts
    ]
    assert {name: state.ledger for name, state in dying.states().items()} == {
        name: state.ledger for name, state in calm.states().items()
    }
    assert dying.dead == calm.dead == []
    assert dying.repeated > 0


def test_a_restart_tells_nothing_anew() -> None:
    cluster = Cluster(3)
    cluster.say(*story_of_many())
    cluster.until("2026-01-20")
    alerts, impulses, nodes = len(cluster.alerts), cluster.written(IMPULSE), cluster.written(NODE)
    cluster.restart()
    cluster.until("2026-01-20")
    assert (len(cluster.alerts), cluster.written(IMPULSE), cluster.written(NODE)) == (alerts, impulses, nodes)


def test_impulses_are_no_records_of_a_source() -> None:
    """What came in is what is counted, and they move no clock."""
    cluster = Cluster(2)
    records = story_of_many()
    cluster.say(*records)
    assert cluster.written(IMPULSE) > 0
    assert sum(cluster.counts.values()) == len(records)
    assert IMPULSE not in {feed for feed, _ in cluster.counts}


def test_an_impulse_does_not_move_the_clock_of_a_partition() -> None:
    """What a partition ahead in time tells one that is behind waits for its day."""
    cluster = Cluster(3)
    assert len({cluster.home(one.encode()) for one in (A, B)}) == 2
    cluster.say(founded(A, 10e6), *guarantee(1, A, B, 3e6))
    cluster.put(dishonest(1, "2026-01-10", entity=B))
    cluster.run()
    assert cluster.states()[A].standing.evaluated == epoch(at("2025-12-15", 6))
    assert cluster.story(A, "WP-49") == []
    cluster.until("2026-01-10")
    assert [one[:2] for one in cluster.story(A, "WP-49")] == [("opened", 2)]


def test_who_is_bound_to_nobody_pays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No node is ever made for a firm without guarantees and relations."""
    monkeypatch.setattr("streams.engine.circles.node_of", None)
    cluster = Cluster(1)
    cluster.say(
        founded(A, 10e6),
        enforcement(1, "2026-01-05", 6e5, entity=A),
        build.tax_notice("2026Q1", "2026-01-06", 1e6, entity=A),
    )
    assert cluster.written(NODE) == cluster.written(SETTLE) == 0


def test_a_node_is_written_again_only_when_it_is_another() -> None:
    """A paid bill, a score that fades, or a colour from the network make no other node."""
    cluster = Cluster(1)
    cluster.say(founded(A, 10e6), *guarantee(1, A, B, 3e6))
    nodes = cluster.written(NODE)
    cluster.say(build.bill("2025-12", "2026-01-01", 1000.0, paid="2025-12-30", entity=A))
    cluster.say(dishonest(1, "2026-01-10", entity=B))
    assert cluster.written(NODE) == nodes + 1
    days(cluster, "2026-01-11", 5)
    assert cluster.written(NODE) == nodes + 1


def test_only_the_home_partition_keeps_the_network() -> None:
    elsewhere = Circles(1, {}, build.shipped())
    assert elsewhere.close(0) == []
    cluster = Cluster(3)
    cluster.say(*story_of_many())
    kept = [sum(key.startswith(b"\x00node|") for key in store) for store in cluster.stores]
    assert (kept[0], kept[1:]) == (9, [0, 0])
