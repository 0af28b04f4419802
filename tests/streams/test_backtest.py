"""A backtest tells what the stream would have told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from detectors import catalogue as reading
from detectors.catalogue.model import Catalogue
from detectors.contagion.impulse import Told, tell
from detectors.errors import FenghuoError
from detectors.record import Record, decode, epoch
from streams.backtest import run as running
from streams.backtest import source
from streams.backtest.content import content
from streams.backtest.outcomes import Outcomes, read_outcomes
from streams.backtest.page import page
from streams.backtest.run import Job, Run, run
from streams.catalogues import read_catalogue, read_parts, shipped
from streams.district.world import World
from streams.engine import state as codec
from streams.engine.exchange import NORMS, WATERMARK
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from tests.detectors import build
from tests.streams.partition import CATALOGUE, TOPICS, wire

WORLD = World(seed=5, entities=90, days=400)


def stream(values: Iterable[bytes], catalogue: Catalogue = CATALOGUE, *, talking: bool = False) -> Streamed:
    """The streaming engine over a log; ``talking`` puts what it tells all partitions into the log behind it."""
    return Streamed(values, catalogue, talking=talking)


class Streamed:
    """One partition judged record by record."""

    def __init__(self, values: Iterable[bytes], catalogue: Catalogue, *, talking: bool) -> None:
        self.log: list[bytes] = []
        self.alerts: list[dict[str, Any]] = []
        self._store: dict[bytes, bytes] = {}
        self._processor = Processor(0, self._store, catalogue, lambda _alert, _value: (), TOPICS)
        for value in values:
            told = self._one(value)
            while talking and told:
                told = [more for sent in told for more in self._one(sent)]

    def _one(self, value: bytes) -> list[bytes]:
        effects = self._processor.process([RawRecord(len(self.log), None, value, (), 0)])
        self._store |= effects.states
        self.log.append(value)
        self.alerts += [alert for alert, _ in effects.alerts]
        return [sent.value for sent in effects.shared]

    @property
    def ids(self) -> list[str]:
        return sorted(alert["alert_id"] for alert in self.alerts)

    def tiers(self) -> dict[str, int]:
        states = {key.decode(): value for key, value in self._store.items() if key[:1] != b"\x00"}
        return {entity: codec.decode(value).standing.tier for entity, value in states.items()}


def written(path: Path, values: Iterable[bytes]) -> Path:
    path.write_bytes(b"".join(value + b"\n" for value in values))
    return path


def backtest(data: Path, **more: Any) -> Run:
    return run(Job(more.pop("catalogues", (None,)), data, keep=True, **more))


def ids(done: Run) -> list[str]:
    """Ids of everything told by the last catalogue, of firms, sources and areas."""
    told = done.result.judged[-1].told.values()
    return sorted([one.id for alerts in told for one in alerts] + done.source_alerts + done.area_alerts)


@pytest.fixture(scope="module")
def history() -> list[bytes]:
    return list(WORLD.canonical())


@pytest.fixture(scope="module")
def streamed(history: list[bytes]) -> Streamed:
    return stream(history)


@pytest.fixture(scope="module")
def half(history: list[bytes]) -> list[bytes]:
    """Its first part, with a heartbeat of the utilities every day."""
    return beating(history[: len(history) // 2], range(0))


@pytest.fixture(scope="module")
def talked(half: list[bytes]) -> Streamed:
    """The same with what was told to all partitions behind it."""
    return stream(half, talking=True)


def test_a_backtest_tells_the_same_alerts_as_the_stream(
    tmp_path: Path, history: list[bytes], streamed: Streamed
) -> None:
    done = backtest(written(tmp_path / "h.jsonl", history))
    assert len(streamed.ids) > 100
    assert ids(done) == streamed.ids
    tiers = streamed.tiers()
    assert {levels[0]: n for levels, n in done.result.tiers.items()} == {
        level: list(tiers.values()).count(level) for level in set(tiers.values())
    }
    assert (done.records, done.refused) == (len(history), [])


def test_neither_chunks_nor_shards_nor_processes_change_what_is_told(
    tmp_path: Path, history: list[bytes], streamed: Streamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(tmp_path / "h.jsonl", history)
    monkeypatch.setattr(source, "CHUNK", 100_001)
    monkeypatch.setattr(running, "SHARD", 90_000)
    assert ids(backtest(data)) == streamed.ids
    assert ids(backtest(data, processes=2)) == streamed.ids


def test_a_late_record_is_judged_at_the_time_the_log_has_reached(tmp_path: Path) -> None:
    log = [
        build.master("2026-01-02", 5_000_000),
        build.bill("2026-01", "2026-01-20", 30_000),
        build.dishonest(1, "2026-03-01", entity=build.OTHER),
        build.dishonest(2, "2026-01-05"),
        build.bill("2026-01", "2026-01-20", 30_000, paid="2026-01-25"),
        build.dishonest(3, "2026-06-01", entity=build.OTHER),
    ]
    values = [wire(one) for one in log]
    assert ids(backtest(written(tmp_path / "h.jsonl", values))) == stream(values).ids


def test_files_of_a_folder_are_merged_by_time_of_capture(
    tmp_path: Path, history: list[bytes], streamed: Streamed
) -> None:
    ordered = sorted(history, key=lambda value: epoch(decode(value).observed_at))
    folder = tmp_path / "sources"
    folder.mkdir()
    for feed in {decode(value).source_id for value in history}:
        written(folder / f"{feed}.jsonl", [value for value in ordered if decode(value).source_id == feed])
    one = tmp_path / "one.jsonl"
    by_file = sorted(ordered, key=lambda value: (epoch(decode(value).observed_at), decode(value).source_id))
    assert ids(backtest(folder)) == ids(backtest(written(one, by_file)))


def heartbeat(day: datetime) -> Record:
    return Record(
        schema="F33/1.0",
        source_id="cn.330604.utility",
        record_id=f"beat|{day.date()}",
        version=1,
        op="heartbeat",
        entity="src:cn.330604.utility",
        subject=build.record("F33", "b", "2025-01-01", {}).subject,
        occurred_at=day,
        observed_at=day,
        jurisdiction="CN-330604",
        payload={"cycle_seconds": 86_400, "watermark": day.isoformat()},
    )


def beating(history: list[bytes], silent: range) -> list[bytes]:
    """The history with a heartbeat of the utilities at the end of each day but some."""
    values, day = [], 0
    for value in history:
        now = decode(value).observed_at
        while (now.astimezone(UTC) - datetime(2025, 1, 1, tzinfo=UTC)).days > day:
            day += 1
            moment = datetime.fromtimestamp(epoch(datetime(2025, 1, 1, tzinfo=UTC)) + day * 86_400, UTC)
            if day not in silent:
                values.append(wire(heartbeat(moment)))
        values.append(value)
    return values


def test_what_partitions_told_each_other_counts_where_it_lies_in_the_log(
    tmp_path: Path, history: list[bytes]
) -> None:
    log = stream(beating(history[: len(history) // 2], range(100, 110)), talking=True)
    kinds = {decode(value).feed for value in log.log}
    assert {WATERMARK, NORMS} <= kinds
    assert {"source.stale", "source.recovered"} <= {alert["type"] for alert in log.alerts}
    assert ids(backtest(written(tmp_path / "log.jsonl", log.log))) == log.ids


def test_what_the_data_do_not_hold_is_said(tmp_path: Path, history: list[bytes], talked: Streamed) -> None:
    """Norms and impulses are written by workers: a file from connectors holds neither, a log may hold both."""
    alone = Job((None,), written(tmp_path / "h.jsonl", history))
    norms, network, held = content(alone, run(alone), [CATALOGUE], simulated=True)["without"]
    assert "trade" in norms
    assert all(name in norms for name in CATALOGUE.comparing)
    assert "WP-49" in network
    assert "records topic" in held
    told = tell(
        build.FIRM, Told(), {"level": 3, "reason": "x", "threshold": "y", "origins": []}, 0, withdrawn=False
    )
    log = [*talked.log, *map(wire, told[1])]
    whole = Job((None,), written(tmp_path / "log.jsonl", log))
    assert content(whole, run(whole), [CATALOGUE], simulated=True)["without"] == []


def test_watermarks_follow_from_heartbeats_where_the_log_has_no_others(
    tmp_path: Path, half: list[bytes], talked: Streamed
) -> None:
    known = set(half)
    marks = [value for value in talked.log if decode(value).feed == WATERMARK or value in known]
    assert len(marks) > len(half)
    whole = backtest(written(tmp_path / "marks.jsonl", marks))
    assert ids(backtest(written(tmp_path / "beats.jsonl", half))) == ids(whole)


def test_records_that_break_their_contract_are_refused_and_the_rest_is_judged(tmp_path: Path) -> None:
    broken = build.bill("2026-01", "2026-01-20", 30_000)
    broken = msgspec.structs.replace(broken, payload={**broken.payload, "amount_due": {"amount": "x"}})
    values = [wire(build.dishonest(1, "2026-01-05")), b"{}", wire(broken), b"not json"]
    done = backtest(written(tmp_path / "h.jsonl", values), check=False)
    assert len(done.refused) == 3
    assert ids(done) == stream(values[:1]).ids


def test_records_that_are_not_canonical_are_a_mistake_unless_they_are_to_be_checked(tmp_path: Path) -> None:
    one = build.dishonest(1, "2026-01-05")
    raw = json.loads(wire(build.enforcement(1, "2026-01-05", 2_000_000)))
    raw["payload"]["exec_amount"] = {"amount": "200", "unit": "万元", "currency": "CNY"}
    data = written(tmp_path / "h.jsonl", [wire(one), json.dumps(raw).encode()])
    with pytest.raises(FenghuoError, match="canonical"):
        backtest(data)
    assert backtest(data, check=True).result.firms.total() == 1


def blind_eye(tmp_path: Path) -> Path:
    """The shipped catalogue without the two points that tell of enforcement."""
    values = reading.joined(read_parts(shipped()), "shipped")
    values["version"] = "blind"
    values["profiles"]["CN"]["without"] = ["WP-08", "WP-09"]
    path = tmp_path / "blind.yaml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    return path


def test_two_catalogues_are_compared_firm_by_firm(
    tmp_path: Path, history: list[bytes], streamed: Streamed
) -> None:
    new = blind_eye(tmp_path)
    done = backtest(written(tmp_path / "h.jsonl", history), catalogues=(None, new))
    assert sorted(one.id for told in done.result.judged[0].told.values() for one in told) == streamed.ids
    blind = stream(history, read_catalogue(new))
    assert ids(done) == blind.ids
    old_tiers, new_tiers = streamed.tiers(), blind.tiers()
    moved = sum(old_tiers[entity] != new_tiers[entity] for entity in old_tiers)
    job = Job((None, new), tmp_path / "h.jsonl")
    found = content(job, done, [CATALOGUE, read_catalogue(new)], simulated=True)
    assert found["tiers"]["differ"] == moved
    assert sum(found["tiers"]["matrix"]["red"].values()) == list(old_tiers.values()).count(3)
    assert len(found["moved"]) == found["highest"]["differ"] > 0
    assert "SIMULATED" in page(found)


def test_rates_are_per_thousand_firms_and_month(tmp_path: Path) -> None:
    """Two firms known for the whole of 30 days of April, one red alert each: 1,000 per 1,000 firms and month."""
    log = [
        build.dishonest(1, "2026-04-01"),
        build.dishonest(1, "2026-04-01", entity=build.OTHER),
        build.bill("2026-04", "2026-05-09", 1.0, observed="2026-05-01"),
    ]
    job = Job((None,), written(tmp_path / "h.jsonl", [wire(one) for one in log]))
    found = content(job, run(job), [CATALOGUE], simulated=False)
    (one,) = found["catalogues"]
    assert [row["month"] for row in one["monthly"]] == ["2026-04", "2026-05"]
    assert one["alerts"]["red"] == 2
    assert one["alerts_per_1000_firms_month"]["red"] == pytest.approx(1_000, rel=0.02)
    assert found["note"].startswith("Measured against")


def test_outcomes_are_read_as_messages_and_as_the_hidden_truth(tmp_path: Path) -> None:
    plain = tmp_path / "outcomes.jsonl"
    plain.write_text(
        '{"entity":"a","outcome":"default","at":"2026-01-01T00:00:00Z"}\n'
        '{"entity":"a","outcome":"survived","at":"2026-02-01T00:00:00Z"}\n'
    )
    at = epoch(datetime(2026, 1, 1, tzinfo=UTC))
    assert read_outcomes(plain, CATALOGUE) == Outcomes({"a": [at]}, 1, False)
    truth = tmp_path / "truth.jsonl"
    truth.write_text(
        '{"kind":"firm","entity":"ent:CN-330604:x","default_on":"2026-01-01"}\n'
        '{"kind":"firm","entity":"ent:CN-330604:y","default_on":null}\n{"kind":"world"}\n'
    )
    assert read_outcomes(truth, CATALOGUE) == Outcomes({"ent:CN-330604:x": [at - 8 * 3600]}, 2, True)
    plain.write_text('{"entity":"a"}\n')
    with pytest.raises(FenghuoError, match=":1: not an outcome"):
        read_outcomes(plain, CATALOGUE)


def failing(day: str) -> list[Record]:
    """Four firms, of which one has debts it does not pay and one is listed before the history is two years old."""
    firms = [f"ent:CN-330604:9133060{number}MA0000015G" for number in range(4)]
    log = [build.master("2024-01-02", 5_000_000, entity=firm) for firm in firms]
    log += [build.enforcement(1, "2024-01-20", 1_500_000, entity=firms[0])]
    log += [build.dishonest(2, "2024-07-01", entity=firms[1])]
    return [*log, build.bill("2026-01", day, 1.0, observed=day, entity=firms[2])]


def test_forecasts_are_held_against_outcomes(tmp_path: Path) -> None:
    """The debtor had a high probability and failed; the listing came out of the blue; two firms live on."""
    log = failing("2025-03-01")
    data = written(tmp_path / "h.jsonl", [wire(one) for one in log])
    debtor = log[0].entity
    outcomes = Outcomes({debtor: [epoch(build.at("2024-09-01"))]}, 0, False)
    # a month after the beginning, all four; the first look a year before the end is the only one
    done = backtest(data, outcomes=outcomes)
    found = content(Job((None,), data, outcomes), done, [CATALOGUE], simulated=False)
    (one,) = found["catalogues"]
    said = one["calibration"]
    assert (said["months"], said["forecasts"], said["failed"], said["base_rate"]) == (12, 4, 2, 0.5)
    low, high = said["reliability"][0], said["reliability"][-1]
    assert (low["mean"], low["forecasts"], low["failed"]) == (pytest.approx(0.01, abs=1e-3), 3, 1)
    assert (high["forecasts"], high["failed"], high["mean"] > 0.3) == (1, 1, True)
    assert said["brier"] == pytest.approx(((1 - high["mean"]) ** 2 + 0.99**2 + 2 * 0.01**2) / 4, abs=1e-3)
    assert said["psi"] > 0
    html = page(found)
    assert html.count("<circle") == len(said["reliability"])
    assert f"Brier score {said['brier']:.4f}" in html
    assert "违约概率" in html


def test_looking_at_forecasts_changes_nothing_that_is_told(
    tmp_path: Path, history: list[bytes], streamed: Streamed
) -> None:
    data = written(tmp_path / "h.jsonl", history)
    entity = decode(history[-1]).entity
    outcomes = Outcomes({entity: [epoch(datetime(2025, 9, 1, tzinfo=UTC))]}, 0, True)
    done = backtest(data, outcomes=outcomes, processes=2)
    assert ids(done) == streamed.ids
    alone = backtest(data, outcomes=outcomes)
    summaries = [one.result.judged[0].forecasts.summary() for one in (done, alone)]
    assert summaries[0] == summaries[1]
    assert summaries[0]["scores"][0] > 100


def test_without_outcomes_nothing_is_forecast(tmp_path: Path) -> None:
    data = written(tmp_path / "h.jsonl", [wire(one) for one in failing("2025-03-01")])
    done = backtest(data)
    found = content(Job((None,), data), done, [CATALOGUE], simulated=False)
    assert found["catalogues"][0]["calibration"] is None
    assert "<circle" not in page(found)
