"""``fenghuo explain`` as its user meets it: from a file, from the broker, in words, as JSON, and verified."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer
from msgspec.structs import replace

from detectors.record import Evidence, Record, decode
from detectors.records.validation import validate
from streams.brokers.embedded import EmbeddedBroker
from streams.topics import Names
from tests.detectors import build
from tests.streams.commands import Ended, fenghuo, lines, mistake
from tests.streams.desk import NOBODY
from tests.streams.partition import Partition, log
from tests.streams.wire import own_settings
from tests.streams.wrong_records import no_unit

FIRM = build.FIRM
SHA = "cd" * 32


def told() -> list[Record]:
    """A base, two cases and a listing of one firm, a case of another, as a connector passes them on."""
    listing = build.saying(
        build.dishonest(3, "2026-03-01"), court="绍兴市上虞区人民法院", performance="none", type=1
    )
    records = [
        build.master("2025-01-02", 8_000_000),
        build.enforcement(1, "2026-02-05", 900_000),
        build.enforcement(4, "2026-02-06", 10_000, entity=build.OTHER),
        build.enforcement(2, "2026-02-20", 300_000),
        replace(listing, evidence=Evidence(doc_no="(2026)浙0604执3号", sha256=SHA)),
    ]
    passed = [validate(wire(one), now=build.at("2026-05-01")).wire for one in records]
    return [decode(one) for one in passed if one is not None]


def wire(record: Record) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(msgspec.json.encode(record))
    return value


def alerts() -> list[dict[str, Any]]:
    """What the engine tells of them."""
    partition = Partition()
    partition.run(log(told()))
    return partition.alerts()


def about(point: str) -> dict[str, Any]:
    return next(one for one in alerts() if one["point"] == point and one["entity"] == FIRM)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return lines(tmp_path / "records.jsonl", *map(wire, told()))


@pytest.fixture
def file_of_alerts(tmp_path: Path) -> Path:
    return lines(tmp_path / "alerts.jsonl", *alerts())


def explain(*arguments: object, directory: Path, **env: str) -> Ended:
    return fenghuo("explain", *arguments, directory=directory, **env)


def answer(ended: Ended) -> dict[str, Any]:
    assert (ended.code, ended.err) == (0, ""), ended
    said: dict[str, Any] = json.loads(ended.out)
    return said


def test_an_entity_is_explained_in_words_a_reader_can_follow(data: Path) -> None:
    ended = explain(FIRM, "--data", data, "--verify", directory=data.parent)
    assert (ended.code, ended.err) == (0, ""), ended
    for part in (
        "RED (level 3 of 3)",
        "绍兴上虞测试有限公司",
        "WP-09 dishonest judgment debtor 失信被执行人",
        "2 active cases, CNY 1,200,000",
        "the tier would still be RED",
        "exec_amount CNY 900,000",
        f"SHA-256 of the source's bytes {SHA}",
        "CNY 8,000,000, paid-in capital",
        "WP-23 water arrears: no water account linked",
        "Verification: it holds",
    ):
        assert part in ended.out, part


def test_the_tier_is_the_one_that_assess_gives(data: Path) -> None:
    said = answer(explain(FIRM, "--data", data, "--json", directory=data.parent))
    assessed = [json.loads(line) for line in fenghuo("assess", data, directory=data.parent).out.splitlines()]
    mine = next(one for one in assessed if one["entity"] == FIRM)
    assert (said["tier"], said["score"], said["as_of"]) == (mine["tier"], mine["score"], mine["as_of"])
    assert [row["id"] for row in said["points"]] == [
        row["id"] for row in mine["points"] if row["id"][:2] != "CP"
    ]


def test_as_of_asks_for_another_day(data: Path) -> None:
    said = answer(explain(FIRM, "--data", data, "--as-of", "2026-02-10", "--json", directory=data.parent))
    assert (said["tier"], [row["id"] for row in said["points"]]) == ("yellow", ["WP-08"])


def test_an_alert_is_explained_and_verified_for_its_own_moment(data: Path, file_of_alerts: Path) -> None:
    """What was captured later is not looked at; the beginning of the id will do."""
    alert = about("WP-08")
    given = (alert["alert_id"][:12], "--data", data, "--alerts", file_of_alerts, "--verify", "--json")
    said = answer(explain(*given, directory=data.parent))
    assert said["alert"]["alert_id"] == alert["alert_id"]
    assert said["as_of"] == alert["at"] < "2026-02-20"
    (row,) = said["points"][0]["evidence"]
    assert (row["partition"], row["offset"]) == (0, 1)
    assert said["verification"]["ok"] is True
    assert said["verification"]["from"] == {"WP-08": "evidence"}


def test_a_changed_record_fails_the_verification_in_one_sentence(data: Path, file_of_alerts: Path) -> None:
    changed = [wire(one) for one in told()]
    changed[1]["payload"]["exec_amount"]["amount"] = "9000.00"
    lines(data, *changed)
    ended = explain(
        about("WP-08")["alert_id"],
        "--data",
        data,
        "--alerts",
        file_of_alerts,
        "--verify",
        directory=data.parent,
    )
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert "does not hold: cn.330604.test (2026)浙0604执1号 version 1: told digest" in ended.err
    assert "WP-08 value: told 1 active case, CNY 900,000, found 1 active case, CNY 9,000" in ended.out


def test_a_changed_alert_fails_the_verification(data: Path, tmp_path: Path) -> None:
    alert = about("WP-09")
    forged = lines(tmp_path / "forged.jsonl", alert | {"level": 1, "level_name": "blue"})
    ended = explain(
        alert["alert_id"], "--data", data, "--alerts", forged, "--verify", "--json", directory=data.parent
    )
    assert ended.code == 1
    found = json.loads(ended.out)["verification"]
    assert found["ok"] is False
    assert [one["place"] for one in found["differences"]] == ["level of WP-09", "alert id"]


def test_mistakes_are_one_sentence(data: Path, file_of_alerts: Path, tmp_path: Path) -> None:
    place = tmp_path
    mistake(explain(FIRM, directory=place), "--data FILE or --broker")
    mistake(explain(FIRM, "--data", data, "--broker", NOBODY, directory=place), "--data FILE or --broker")
    mistake(explain("abcdef", "--data", data, directory=place), "--alerts FILE")
    mistake(
        explain("abcdef", "--data", data, "--alerts", file_of_alerts, directory=place),
        "holds no alert abcdef",
    )
    mistake(explain("", "--data", data, "--alerts", file_of_alerts, directory=place), "give more of the id")
    mistake(
        explain(FIRM, "--data", data, "--alerts", file_of_alerts, directory=place), "an entity needs none"
    )
    mistake(
        explain("ab", "--data", data, "--alerts", file_of_alerts, "--as-of", "2026-01-01", directory=place),
        "--as-of",
        "its own moment",
    )
    mistake(explain(FIRM[:-1] + "X", "--data", data, directory=place), "did you mean")
    mistake(explain(FIRM, "--data", data, "--as-of", "soon", directory=place), "--as-of", "2026-03-01")


def test_a_refused_record_is_told_and_fails(data: Path) -> None:
    lines(data, *map(wire, told()), no_unit())
    ended = explain(FIRM, "--data", data, directory=data.parent)
    assert ended.code == 1
    assert "amount_without_unit" in ended.err
    assert "RED" in ended.out


@pytest.mark.embedded
def test_from_the_broker_it_knows_where_each_record_lies(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    """An alert by its id out of the topic, verified from the records before it in its partition's log."""
    names = Names(own_settings().prefix)
    env = {"FENGHUO_PREFIX": names.records.removesuffix(".records"), "FENGHUO_PARTITIONS": "1"}
    broker = ("--broker", embedded_broker.bootstrap)
    assert fenghuo("topics", "apply", *broker, directory=tmp_path, **env).code == 0
    _publish(embedded_broker.bootstrap, names)
    given = (*broker, "--verify", "--json")
    entity = answer(explain(FIRM, *given, directory=tmp_path, **env))
    alert = answer(explain(about("WP-08")["alert_id"], *given, directory=tmp_path, **env))
    mistake(explain("0000ffff", *given, directory=tmp_path, **env), "holds no alert 0000ffff")
    (row,) = next(row for row in entity["points"] if row["id"] == "WP-09")["evidence"]
    assert (row["topic"], row["partition"], row["offset"], row["sha256"]) == (names.records, 0, 4, SHA)
    assert entity["verification"]["ok"] is True
    assert (alert["alert"]["point"], [row["id"] for row in alert["points"]]) == ("WP-08", ["WP-08"])
    assert alert["verification"]["ok"] is True


def _publish(bootstrap: str, names: Names) -> None:
    """The records in the order of :func:`told`, and what was told of them."""
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "log_level": 0})
    for one in told():
        producer.produce(names.records, msgspec.json.encode(one), one.entity.encode())
    for alert in alerts():
        producer.produce(names.alerts, msgspec.json.encode(alert), alert["entity"].encode())
    assert producer.flush(20) == 0
