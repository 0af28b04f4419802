"""The tables of the manual are those of the code."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from detectors.catalogue.entry import Pattern, Point
from detectors.catalogue.pages import COLOURS
from streams.catalogues import read_catalogue

DOCS = Path(__file__).parents[2] / "docs"
RULES = DOCS.parent / "deploy" / "prometheus"
GENERATE: dict[str, Any] = runpy.run_path(str(DOCS / "generate.py"))


@pytest.mark.parametrize("page", GENERATE["PAGES"])
def test_the_committed_tables_are_current(page: str) -> None:
    """Run ``make docs`` when this fails, and look at the difference."""
    assert (DOCS / page).read_text("utf-8") == GENERATE["rendered"](page)


def test_the_pages_of_the_points_are_current() -> None:
    """One for each entry of the catalogue, and no other."""
    held = {path.name: path.read_text("utf-8") for path in (DOCS / "points").glob("*")}
    assert held == GENERATE["point_pages"]()


@pytest.mark.parametrize("entry", read_catalogue().by_id.values(), ids=lambda entry: entry.id)
def test_every_entry_says_what_a_reader_asks_for(entry: Point | Pattern) -> None:
    """When it raises a colour and when it clears, who answers for it, where it comes from, what it is good for."""
    colours = [colour for colour in COLOURS if entry.said(colour)]
    assert colours or entry.id in ("WX-18", "CP-07")  # which never show one
    assert all((entry.said("clear"), entry.owner, entry.source, entry.why, entry.name, entry.name_zh))


def test_every_one_of_the_49_points_has_tests_on_the_page() -> None:
    """By their names; a table with a row less would go unnoticed."""
    rows = dict(
        re.findall(r"^\| (WP-\d\d) \| (\d+) \|", (DOCS / "catalogue.md").read_text("utf-8"), re.MULTILINE)
    )
    assert sorted(rows) == [f"WP-{number:02d}" for number in range(1, 50)]
    assert [point for point, count in rows.items() if int(count) < 6] == []


def test_every_table_is_on_a_page() -> None:
    """A table nobody can read helps nobody."""
    pages = "".join((DOCS / page).read_text("utf-8") for page in GENERATE["PAGES"])
    assert [name for name in GENERATE["TABLES"] if f"<!-- generated: {name} -->" not in pages] == []


def test_every_metric_the_alert_rules_name_exists() -> None:
    """A rule about a metric that is not there never fires."""
    rules = [
        rule
        for group in yaml.safe_load((RULES / "rules.yml").read_text("utf-8"))["groups"]
        for rule in group["rules"]
    ]
    named = {name for rule in rules for name in re.findall(r"fenghuo_[a-z_]+", rule["expr"])}
    assert len(named) > 5
    assert sorted(named - GENERATE["exposed"]()) == []


def test_every_metric_the_manual_names_exists() -> None:
    """Also in prose and in the table of symptoms."""
    named = set(re.findall(r"fenghuo_[a-z_]+", (DOCS / "operations.md").read_text("utf-8")))
    exposed = GENERATE["exposed"]()
    shown = exposed | {re.sub("_(bucket|sum|count)$", "", name) for name in exposed}
    assert sorted(named - shown) == []


def test_every_alert_rule_is_explained_and_the_other_way_round() -> None:
    """Whoever is woken by a rule finds it in the manual."""
    groups = yaml.safe_load((RULES / "rules.yml").read_text("utf-8"))["groups"]
    rules = {rule["alert"] for group in groups for rule in group["rules"]}
    assert rules == set(re.findall(r"`(Fenghuo\w+)`", (DOCS / "operations.md").read_text("utf-8")))
    assert all(
        rule["labels"]["severity"] in ("page", "ticket") for group in groups for rule in group["rules"]
    )


def test_the_example_of_a_scrape_configuration_stays_on_the_loopback() -> None:
    """It reads the rules beside it."""
    config = yaml.safe_load((RULES / "prometheus.yml").read_text("utf-8"))
    targets = [
        t for job in config["scrape_configs"] for group in job["static_configs"] for t in group["targets"]
    ]
    assert targets
    assert all(target.startswith("127.0.0.1:") for target in targets)
    assert [name for name in config["rule_files"] if not (RULES / name).is_file()] == []
