"""The demonstration, as a newcomer starts it: the whole mission on one machine, with nothing else running."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from streams.cli.demo_view import headline
from streams.demo.plan import plan
from streams.district.vocabulary import LENDERS
from streams.district.world import World
from streams.metrics import Metrics
from tests.streams.commands import Command, Ended, fenghuo, mistake
from tests.streams.workers import wait_for

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(240)]

SECONDS, ENTITIES = 20, 600
PER_CONNECTOR = "fenghuo_connector_"


class Shown:
    """One run: what it printed, and its ``/metrics`` pages while it ran."""

    def __init__(self, ended: Ended, pages: dict[str, str], tail: str, directory: Path) -> None:
        assert ended.code == 0, ended.err
        self.ended, self.pages, self.tail, self.directory = ended, pages, tail, directory
        self.summary: dict[str, Any] = json.loads(ended.out)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Run it once for all tests."""
    directory = tmp_path_factory.mktemp("demo")
    asked = ("--json", "--seconds", SECONDS, "--entities", ENTITIES, "--directory", directory / "district")
    running = Command(("demo", *asked), directory, name="demo")
    try:
        pages: dict[str, str] = {}
        wait_for(lambda: running.alive() and busy(directory / "district", pages), running.tail, 120)
        broker = json.loads((directory / "district" / "ports.json").read_text())["broker"]
        looks = (
            "alerts",
            "tail",
            "--bank",
            LENDERS[0].subscriber,
            "--broker",
            broker,
            "--limit",
            1,
            "--idle",
            60,
        )
        tail = fenghuo(*looks, directory=directory)
        assert tail.code == 0, tail.err
        yield Shown(running.result(150), pages, tail.out, directory)
    finally:
        running.kill()


def busy(directory: Path, pages: dict[str, str]) -> bool:
    """Whether all processes answer and alerts flow; keeps the last pages seen."""
    try:
        ports = json.loads((directory / "ports.json").read_text())["metrics"]
        for name, port in ports.items():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
                assert page.headers["content-type"].startswith("text/plain")
                pages[name] = page.read().decode()
    except (FileNotFoundError, urllib.error.URLError, ConnectionError):
        return False
    return (
        sample(pages["worker"], "fenghuo_alerts_total") > 20
        and sample(pages["notify"], "fenghuo_webhooks_total") > 0
    )


def sample(page: str, name: str) -> float:
    """Sum over all labels."""
    return sum(s.value for f in text_string_to_metric_families(page) for s in f.samples if s.name == name)


def test_it_prints_one_object_with_everything_asked_for(shown: Shown) -> None:
    summary = shown.summary
    assert len(shown.ended.out.splitlines()) == 1
    assert set(summary["records"]) == {"in", "accepted", "flagged", "quarantined", "duplicates"}
    assert {"by_tier", "by_feed"} <= set(summary["alerts"])
    assert set(summary["latency_ms"]) == {"p50", "p99"}
    assert summary["records_per_second"] > 0
    assert "Traceback" not in shown.ended.err


def test_the_books_agree_with_the_simulator_to_the_last_record(shown: Shown) -> None:
    summary = shown.summary
    assert (summary["reconciled"], summary["differences"]) == (True, [])
    days = plan(SECONDS, ENTITIES).days
    known = World(seed=1, entities=ENTITIES, days=days).expected().as_dict()
    assert summary["records"] == known["records"]
    books = dict(summary["records"])
    assert books.pop("in") == sum(books.values())
    assert min(books.values()) > 0, "a simulation without duplicates or mistakes proves little"


def test_each_of_the_four_named_feeds_and_each_colour_warns(shown: Shown) -> None:
    alerts = shown.summary["alerts"]
    assert [
        feed for feed in ("court", "seizure_mortgage", "utility", "tax") if not alerts["by_feed"].get(feed)
    ] == []
    assert [tier for tier in ("blue", "yellow", "red") if not alerts["by_tier"].get(tier)] == []
    enterprises = shown.summary["enterprises"]
    assert sum(group["enterprises"] for group in enterprises.values()) <= ENTITIES
    assert enterprises["red"]["enterprises"] > 0


def test_the_regulator_got_every_webhook_once(shown: Shown) -> None:
    """The inbox keeps what came with a valid signature only; a group may still have closed after the last look."""
    webhooks = shown.summary["webhooks"]
    assert webhooks["received"] == webhooks["delivered"] > 0
    kept = (shown.directory / "district" / "regulator.jsonl").read_text("utf-8").splitlines()
    assert len({json.loads(line)["webhook_id"] for line in kept}) == len(kept) >= webhooks["received"]


def test_the_model_learned_in_the_stream_and_moved_the_probabilities(shown: Shown) -> None:
    """A model that has learned nothing says one half of everybody."""
    model, enterprises = shown.summary["model"], shown.summary["enterprises"]
    assert model["learned"] > 0
    assert 0 < model["brier"] < 0.25, "no better than always saying one half"
    assert 0 < enterprises["none"]["mean_probability"] < 0.25


def test_a_bank_reads_its_alerts_while_it_runs(shown: Shown) -> None:
    assert shown.tail.strip()


def test_prometheus_own_parser_takes_every_page(shown: Shown) -> None:
    """And finds there every metric the program declares."""
    declared = {family.name: family.type for family in Metrics(CollectorRegistry()).registry.collect()}
    assert set(shown.pages) == {"worker", "connect", "notify"}
    for name, page in shown.pages.items():
        found = {family.name: family for family in text_string_to_metric_families(page)}
        assert declared.items() <= {key: family.type for key, family in found.items()}.items(), name
        assert all(family.documentation for family in found.values()), name
    told = {family.name for family in text_string_to_metric_families(shown.pages["connect"])}
    assert any(name.startswith(PER_CONNECTOR) for name in told)


def test_the_pages_tell_what_is_going_on(shown: Shown) -> None:
    worker, connect, notify = (shown.pages[name] for name in ("worker", "connect", "notify"))
    for name in ("fenghuo_records_total", "fenghuo_alerts_total", "fenghuo_partitions", "fenghuo_entities"):
        assert sample(worker, name) > 0, name
    assert sample(worker, "fenghuo_alert_latency_seconds_count") == sample(worker, "fenghuo_alerts_total")
    assert sample(connect, "fenghuo_connector_records_total") > 0
    assert sample(notify, "fenghuo_webhooks_total") > 0


def test_a_demonstration_too_small_to_show_anything_says_so(tmp_path: Path) -> None:
    ended = fenghuo("demo", "--seconds", 1, directory=tmp_path)
    assert ended.code == 2
    assert ended.err.startswith("fenghuo: demo: 1 s and 2000 enterprises are too few")
    assert "use at least 10 s" in ended.err


@pytest.mark.parametrize(
    ("asked", "problem", "remedy"),
    [
        (("--seconds", "nan"), "too few", "at least 10 s"),
        (("--seconds", "inf"), "too many", "at most 86400 s"),
        (("--entities", "30000000"), "too many", "1000000 enterprises"),
        (("--directory", "taken"), "taken: cannot be written", "give a folder"),
    ],
)
def test_a_demonstration_that_cannot_be_is_a_mistake(
    tmp_path: Path, asked: tuple[str, str], problem: str, remedy: str
) -> None:
    (tmp_path / "taken").touch()
    mistake(fenghuo("demo", *asked, directory=tmp_path), problem, remedy)


def test_a_headline_names_the_point_once() -> None:
    alert = {
        "type": "alert.upgraded",
        "level": 3,
        "level_name": "red",
        "name": "示例甲纺织有限公司",
        "point": "WP-24",
        "point_name": "gas arrears",
        "reason": "gas arrears: 90 days overdue",
        "tier": {"from": 2, "to": 3},
    }
    said = "RED (3) 示例甲纺织有限公司 · upgraded: WP-24 gas arrears, 90 days overdue [tier yellow → red]"
    assert headline(alert) == said
