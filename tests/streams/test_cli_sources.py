"""``fenghuo sources report`` as its user meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from connectors.stats import Stats
from streams.metrics_connectors import ConnectorCollector
from tests.detectors import build
from tests.streams.commands import Ended, fenghuo
from tests.streams.test_cli import lines, mistake, no_unit
from tests.streams.test_cli_history import told, wire

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange-agreement.yaml"
COURT = "cn.330604.court"


def said() -> list[dict[str, Any]]:
    """Two cases of March, one of them late, a refused one, and one of April; all of one court."""
    cases = [
        build.enforcement(1, "2026-03-02", 10.0, source_id=COURT, published_at=build.at("2026-03-02", 5)),
        build.enforcement(2, "2026-03-02", 10.0, source_id=COURT, observed="2026-03-09"),
        build.enforcement(3, "2026-04-02", 10.0, source_id=COURT),
    ]
    refused = no_unit() | {"source_id": COURT, "observed_at": "2026-03-05T12:00:00+08:00"}
    return [*(wire(one) for one in cases), refused]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Records as JSON lines."""
    return lines(tmp_path / "records.jsonl", *said())


def report(file: Path, *arguments: str | Path) -> Ended:
    """The report on a file."""
    return fenghuo("sources", "report", file, *arguments, directory=file.parent)


def test_rates_with_an_agreement(file: Path) -> None:
    answer = told(report(file, "--agreement", EXAMPLE, "--period", "2026-03", "--json"))
    court, utility = answer["sources"]
    assert (court["source"], court["unit"], court["period"]) == (COURT, "上虞区人民法院", "2026-03")
    assert (court["due"], court["received"], court["quarantined"]) == (25, 3, 1)
    assert court["items"][0] == {"item": "被执行人", "feed": "F04", "due": 20, "received": 3}
    assert (court["report_rate"], court["timely_rate"], court["valid_rate"]) == (0.12, 0.5, 0.6667)
    assert court["reasons"] == {"amount_without_unit": 1}
    assert court["lags"]["published_observed"]["p50"] == 3600
    assert (utility["received"], utility["report_rate"], utility["appraisal"]) == (0, 0.0, 0.0)
    assert (answer["agreement"], answer["undated"]) == ("2026.1", 0)


def test_without_a_period_every_month_and_several_files(file: Path, tmp_path: Path) -> None:
    more = lines(tmp_path / "more.jsonl", wire(build.enforcement(9, "2026-05-02", 10.0, source_id=COURT)))
    answer = told(report(file, more, "--json"))
    assert [(one["period"], one["received"]) for one in answer["sources"]] == [
        ("2026-03", 3), ("2026-04", 1), ("2026-05", 1),
    ]  # fmt: skip
    assert {one["report_rate"] for one in answer["sources"]} == {None}


def test_words_for_people(file: Path) -> None:
    ended = report(file, "--agreement", EXAMPLE, "--period", "2026-03")
    assert (ended.code, ended.err) == (0, "")
    for part in (COURT, "12.0%", "66.7%", "amount_without_unit 1", "Fewer than agreed", "被执行人 (F04)"):
        assert part in ended.out, part
    empty = report(lines(file.parent / "empty.jsonl"))
    assert (empty.code, empty.out) == (0, "No record was captured, and none was due.\n")


def test_mistakes_are_one_sentence(file: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("sources: {cn.court: {lag: soon}}")
    mistake(report(file, "--period", "March"), "'March'", "is no month", "write 2026-03")
    mistake(
        report(file, "--agreement", "none.yaml"), "none.yaml", "No such file", "give an exchange agreement"
    )
    mistake(report(file, "--agreement", wrong), "wrong.yaml", "cn.court.lag", "a lag is written 20wd")
    mistake(report(tmp_path / "none.jsonl"), "none.jsonl", "No such file")


def test_a_connector_shows_the_lags_of_its_records() -> None:
    """As a sum and a count, from which the mean over any time follows."""
    stats, registry = Stats(), CollectorRegistry()
    for seconds in (30.0, 90.0):
        stats.lag("publication", 86_400.0)
        stats.lag("capture", seconds)
    registry.register(ConnectorCollector({COURT: stats}))

    def value(end: str, part: str) -> float | None:
        name = f"fenghuo_connector_record_lag_seconds_{end}"
        return registry.get_sample_value(name, {"source": COURT, "part": part})

    assert (value("count", "capture"), value("sum", "capture")) == (2, 120.0)
    assert (value("count", "publication"), value("sum", "publication")) == (2, 172_800.0)
