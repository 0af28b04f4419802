"""The benchmark measures what it says: all arms do the same job, and a run in which they do not is refused."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest

from bench import history, load, report
from bench.arms import ARMS, Run, measure
from bench.brokers import Opened
from bench.hotspots import summed
from bench.options import parse
from bench.plan import Measured
from bench.scale import base
from bench.targets import Results, verdicts
from bench.throughput import Table, same
from detectors.errors import FenghuoError
from streams.brokers.embedded import EmbeddedBroker

ROOT = Path(__file__).resolve().parents[2]
RECORDS = 600


def measured(rate: float) -> Measured:
    return Measured(records=1000, wall=1000 / rate, cpu=0.5, rss_mb=100.0, broker_cpu=0.1)


@pytest.mark.embedded
def test_this_engine_and_a_stock_agent_tell_the_same_alerts(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    """A tiny run of three arms on one broker; nothing is said about how fast they are."""
    model, mark = tmp_path / "model.json", uuid.uuid4().hex[:8]
    load.train(model)
    broker = Opened(embedded_broker.bootstrap, embedded_broker.pid, True, tmp_path)
    stage = broker.stage(f"b{mark}", load.make(RECORDS, 60), 2, model)
    runs = {name: measure(ARMS[name], stage, f"{name}-{mark}") for name in ("engine", "faust", "aiokafka")}
    same(ARMS["engine"], runs["engine"], ARMS["faust"], runs["faust"])
    assert {suffix for suffix, _ in runs["engine"].told} == {"alerts", "bank"}
    assert runs["engine"].measured.records == runs["faust"].measured.records == RECORDS
    assert runs["aiokafka"].measured.records >= RECORDS * ARMS["aiokafka"].rounds
    assert all(run.measured.wall > 0 and run.measured.cpu > 0 for run in runs.values())


def test_a_run_in_which_an_alert_is_missing_is_refused() -> None:
    engine, faust = ARMS["engine"], ARMS["faust"]
    whole = Run(measured(1.0), frozenset({("alerts", "a"), ("alerts", "b")}))
    part = Run(measured(1.0), frozenset({("alerts", "a"), ("alerts", "c")}))
    same(engine, whole, faust, whole)
    with pytest.raises(FenghuoError, match=r"stock Faust agent: 1 alerts .* missing and 1 others"):
        same(engine, whole, faust, part)
    with pytest.raises(FenghuoError, match="no alert at all"):
        same(engine, Run(measured(1.0), frozenset()), faust, whole)


def test_ratios_are_those_of_the_same_round() -> None:
    table = Table("embedded", 1000, 100)
    table.runs = {
        "engine": [measured(r) for r in (100, 300, 200)],
        "faust": [measured(r) for r in (10, 20, 20)],
    }
    assert table.ratio("engine", "faust") == pytest.approx(10)
    assert table.ratio("engine", "quix") is None
    found = {one.what: one for one in verdicts(Results(tables=[table]))}
    assert found["against a stock Faust agent"].found == "10.0×"
    text = report.markdown(Results(tables=[table]), [("cores", "2")], [("faust-streaming", "0")])
    assert "| this engine | 200 (100 – 300) |" in text
    assert "| cores | 2 |" in text


def test_a_profile_charges_libraries_to_who_called_them() -> None:
    main, fold = ("main", f"{ROOT}/bench/history.py"), ("fold", f"{ROOT}/detectors/fold.py")
    decode, walk = ("decode", "/elsewhere/json/decoder.py"), ("walk", f"{ROOT}/streams/backtest/walk.py")
    found = summed([[fold, main], [decode, fold, main], [decode, fold], [walk, main], [main]])
    assert found.modules == [("detectors/fold.py", 0.75), ("streams/backtest/walk.py", 0.25)]
    assert found.functions[0] == ("fold (detectors/fold.py)", 0.75)


def test_the_backtest_is_measured_from_decoding_to_judging() -> None:
    found = history.measure(600, 60, lambda _: None)
    assert found.records == 600
    assert len(found.stages) == 3
    assert all(seconds > 0 for _, seconds in found.stages)
    assert sum(share for _, share in found.profile.modules) == pytest.approx(1)
    results = Results(history=found)
    assert [one.met for one in verdicts(results)] == [found.per_cpu >= 50_000]
    text = report.markdown(results, [], [])
    assert "## Where the time of a backtest goes" in text
    assert "## Backtest: 600 records of 60 enterprises, one process" in text


def test_copies_of_a_district_are_enterprises_of_their_own(tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    load.train(model)
    start = base(model, records=10, smallest=4_000)
    keys = [key for key, _ in start.ledgers(2)]
    assert len(keys) == len(set(keys)) == 2 * len(start.states)
    told = list(start.records(2, 6))
    entities = [load.head(wire).entity for wire in told]
    assert entities[1] == entities[0] + "-1"
    assert set(map(str.encode, entities[:2])) <= set(keys)


def test_the_judgement_is_the_same_code_beside_quix() -> None:
    """What the judgement imports has one version in both locks."""

    def pins(path: Path) -> dict[str, str]:
        return dict(re.findall(r"^(msgspec|pyyaml|river)==(\S+)", path.read_text("utf-8"), re.MULTILINE))

    ours = pins(ROOT / "requirements.lock")
    assert len(ours) == 3
    assert pins(ROOT / "bench" / "requirements-quix.lock") == ours


@pytest.mark.parametrize("argv", [["--arms", "engine,storm"], ["--records", "0"], ["--scale", "many"]])
def test_a_wrong_option_is_refused_in_words(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(argv)
    assert f"argument {argv[0]}" in capsys.readouterr().err
