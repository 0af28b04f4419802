"""The tables of the manual are those of the code."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCS = Path(__file__).parents[2] / "docs"
RULES = DOCS.parent / "deploy" / "prometheus"
GENERATE: dict[str, Any] = runpy.run_path(str(DOCS / "generate.py"))


@pytest.mark.parametrize("page", GENERATE["PAGES"])
def test_the_committed_tables_are_current(page: str) -> None:
    """Run ``make docs`` when this fails, and look at the difference."""
    assert (DOCS / page).read_text("utf-8") == GENERATE["rendered"](page)


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
