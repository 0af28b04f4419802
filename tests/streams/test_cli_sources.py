"""``fenghuo sources report`` as its user meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from connectors.stats import Stats
from detectors.record import epoch
from streams.engine.raw import RawRecord
from streams.engine.ticker import tick
from streams.metrics import Metrics, serve
from streams.metrics_connectors import ConnectorCollector
from tests.detectors import build
from tests.streams.commands import Ended, fenghuo, lines, mistake
from tests.streams.partition import Partition, log
from tests.streams.test_cli_history import told, wire
from tests.streams.wrong_records import no_unit

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
    # what is measured of a record is tested with the connectors
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


def test_the_way_from_the_event_to_the_capture_is_shown_of_every_record(file: Path) -> None:
    court = told(report(file, "--period", "2026-03", "--json"))["sources"][0]
    assert court["lags"]["occurred_observed"]["max"] == 7 * 86_400 + 7200
    assert "event to capture" in report(file, "--period", "2026-03").out


def judged(log: list[RawRecord], judged_at: float, alerted_at: float) -> Metrics:
    """The metrics of a worker after one batch."""
    metrics = Metrics(CollectorRegistry())
    effects = Partition().processor.process(log)
    effects.judged_at = judged_at
    metrics.source_lags.observe(effects, alerted_at)
    return metrics


def test_a_worker_measures_the_way_from_capture_to_alert_by_source() -> None:
    """A record of the court raises an alert, one of the registry none; what a timer lowers has no source."""
    court = build.enforcement(1, "2026-01-05", 6e5, source_id=COURT)
    quiet = build.master("2026-01-05", 10e6, source_id="cn.330604.registry")
    later = tick(build.at("2026-06-01"))[1]
    at = epoch(court.observed_at)
    metrics = judged(log([court, quiet, later]), at + 7.5, at + 9.0)

    def value(end: str, source: str, part: str) -> float | None:
        labels = {"source": source, "part": part}
        return metrics.registry.get_sample_value(f"fenghuo_record_lag_seconds_{end}", labels)

    assert (value("count", COURT, "judgement"), value("sum", COURT, "judgement")) == (1, 7.5)
    assert (value("count", COURT, "alert"), value("sum", COURT, "alert")) == (1, 1.5)
    assert value("sum", COURT, "capture_to_alert") == 9.0
    assert value("count", "cn.330604.registry", "judgement") == 1
    assert value("count", "cn.330604.registry", "alert") is None


def test_the_report_asks_workers_for_it(file: Path) -> None:
    """Two workers, one address each: what they measured is added up."""
    observed = epoch(build.enforcement(1, "2026-01-05", 6e5).observed_at)
    one = build.enforcement(1, "2026-01-05", 6e5, source_id=COURT)
    ports = [
        serve(judged(log([one]), observed + seconds, observed + seconds + 1.0), "127.0.0.1", 0)
        for seconds in (2.0, 4.0)
    ]
    urls = [part for port in ports for part in ("--metrics", f"http://127.0.0.1:{port}/metrics")]
    assert told(report(file, *urls, "--json"))["workers"] == [
        {"source": COURT, "records": 2, "alerts": 2, "judgement": 3.0, "alert": 1.0, "capture_to_alert": 4.0}
    ]
    shown = report(file, *urls).out
    assert "Through the workers since they began" in shown
    assert "3.00 s" in shown
    assert "workers" not in told(report(file, "--json"))


@pytest.mark.parametrize(
    ("url", "said"),
    [("ftp://x/metrics", "is no http address"), ("http://127.0.0.1:9/metrics", "does not answer")],
)
def test_an_address_that_is_none_is_said(file: Path, url: str, said: str) -> None:
    mistake(report(file, "--metrics", url), url, said, "127.0.0.1" if "ftp" in url else "a worker that runs")
