"""``audit`` and ``replay --verify``: every alert is checked against the log, and what does not follow is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer

from streams.brokers.embedded import EmbeddedBroker
from streams.topics import Names
from tests.connectors.dataset_rows import bill, fayette
from tests.streams.commands import fenghuo
from tests.streams.test_cli_catalogue import own
from tests.streams.test_history_of_the_log import PARTITIONS, district
from tests.streams.wire import own_settings

BILLS = tuple(
    bill(
        owner_id=f"o{owner:012d}",
        inst_num=f"2020041{owner}{year}",
        tax_year=str(2014 + year),
        bill_number=str(900_000 + 10 * owner + year),
    )
    for owner in range(3)
    for year in range(4)
)


def replayed(directory: Path, *arguments: object) -> dict[str, Any]:
    """The summary of a replay of a few made-up tax bills, and how the command ended."""
    fayette(directory, BILLS)
    ended = fenghuo("replay", "fayette", "--data", directory, *arguments, "--json", directory=directory)
    return {"code": ended.code, **json.loads(ended.out)}


def test_a_replay_verifies_every_alert_it_told(tmp_path: Path) -> None:
    said = replayed(tmp_path, "--broker", "none", "--verify")
    assert said["code"] == 0
    checked = said["verified"].pop("checked")
    assert said["verified"] == {
        "hold": checked,
        "unreached": 0,
        "shortened": 0,
        "differing": [],
        "ok": True,
    }
    assert checked == sum(said["alerts"]["by_feed"].values()) > 0
    assert "verified" not in replayed(tmp_path, "--broker", "none")


@pytest.mark.embedded
@pytest.mark.timeout(240)
def test_a_replay_through_a_worker_judges_by_the_catalogue_given(tmp_path: Path) -> None:
    """And is verified by it, from the topics; a bill of a hundred dollars is red to the catalogue given."""
    strict = own(tmp_path / "strict.yaml", ("WP-30", "red_amount", 50))
    asked = ("--verify", "--broker")
    usual, local = replayed(tmp_path, *asked, "embedded"), replayed(tmp_path, *asked, "none")
    assert usual["code"] == 0
    assert usual["alerts"] == local["alerts"]
    assert usual["verified"] == local["verified"]
    other = replayed(tmp_path, "--catalogue", strict, *asked, "embedded")
    assert other["code"] == 0
    assert other["alerts"] == replayed(tmp_path, "--catalogue", strict, *asked, "none")["alerts"]
    assert other["alerts"] != usual["alerts"]
    setting = replayed(tmp_path, "--set", f"catalogue={strict}", *asked, "embedded")
    assert (setting["code"], setting["alerts"]) == (0, other["alerts"])
    assert replayed(tmp_path, "--set", f"catalogue={strict}", *asked, "none")["alerts"] == other["alerts"]


@pytest.mark.embedded
@pytest.mark.timeout(240)
def test_the_alerts_in_the_topics_follow_from_the_log(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    """Of three partitions; an alert whose colour was changed is named, and one from beyond the log is counted."""
    prefix = own_settings().prefix
    env = {"FENGHUO_PREFIX": prefix, "FENGHUO_PARTITIONS": str(PARTITIONS)}
    broker = ("--broker", embedded_broker.bootstrap)
    assert fenghuo("topics", "apply", *broker, directory=tmp_path, **env).code == 0
    producer = Producer({"bootstrap.servers": embedded_broker.bootstrap, "log_level": 0})
    for number, log in enumerate(district().logs):
        for value in log:
            producer.produce(Names(prefix).records, value, partition=number)
    alerts = [one for one in district().alerts if one["entity"].startswith("ent:")]
    for one in alerts:
        producer.produce(Names(prefix).alerts, msgspec.json.encode(one), one["entity"].encode())
    assert producer.flush(20) == 0
    ended = fenghuo("audit", *broker, directory=tmp_path, **env)
    assert ended.code == 0, ended.out + ended.err
    assert f"{len(alerts)} of {len(alerts)} follow from the log" in ended.out

    wrong = next(one for one in alerts if one["points"])
    shown = {**wrong["points"][0], "level": 1 + wrong["points"][0]["level"] % 3}
    changed = {**wrong, "alert_id": "changed", "points": [shown, *wrong["points"][1:]]}
    beyond = {**wrong, "alert_id": "beyond", "origin": {"partition": 0, "offset": 1 << 40}}
    for one in (changed, beyond):
        producer.produce(Names(prefix).alerts, msgspec.json.encode(one), one["entity"].encode())
    assert producer.flush(20) == 0
    ended = fenghuo("audit", *broker, "--json", directory=tmp_path, **env)
    said = json.loads(ended.out)
    assert (ended.code, said["ok"]) == (1, False)
    assert (said["checked"], said["hold"], said["unreached"]) == (len(alerts) + 1, len(alerts), 1)
    assert [(one["alert_id"], one["entity"]) for one in said["differing"]] == [("changed", wrong["entity"])]
