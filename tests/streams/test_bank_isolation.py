"""From a record to the bank it concerns and to nobody else: worker, access control and bank clients on Apache Kafka."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts.delivery.bank_client import BankClient
from connectors.kafka import KafkaPublisher
from detectors.errors import FenghuoError
from streams.access import kafka_python_options, librdkafka_options
from streams.brokers.kafka import ADMIN, KafkaCluster
from streams.topics import Names
from tests.detectors import build
from tests.streams.commands import Command, fenghuo
from tests.streams.workers import wait_for

pytestmark = pytest.mark.kafka

SUBSCRIPTIONS = f"""\
subscriptions:
  - {{subscriber_id: bank-a, role: bank, min_level: blue, entities: ["{build.FIRM}"], channel: kafka}}
  - {{subscriber_id: bank-b, role: bank, min_level: blue, entities: ["{build.OTHER}"], channel: kafka}}
"""
PATIENCE = 30.0


class Town:
    """Topics under a prefix of one's own on the cluster with access control, and a worker that logs in."""

    def __init__(self, cluster: KafkaCluster, directory: Path) -> None:
        self.cluster, self.directory = cluster, directory
        self.names = Names(f"t{uuid.uuid4().hex[:8]}")
        (directory / "subscriptions.yaml").write_text(SUBSCRIPTIONS)

    def env(self, user: str) -> dict[str, str]:
        """The environment of a command that logs in as ``user``."""
        password = self.cluster.security(user).secret()
        (self.directory / f"{user}.password").write_text(password)
        return {
            "FENGHUO_BROKER": self.cluster.bootstrap,
            "FENGHUO_PREFIX": self.names.prefix,
            "FENGHUO_PARTITIONS": "1",
            "FENGHUO_METRICS_PORT": "0",
            "FENGHUO_SUBSCRIPTIONS": "subscriptions.yaml",
            "FENGHUO_SECURITY__PROTOCOL": "SASL_PLAINTEXT",
            "FENGHUO_SECURITY__MECHANISM": "PLAIN",
            "FENGHUO_SECURITY__USERNAME": user,
            "FENGHUO_SECURITY__PASSWORD_FILE": f"{user}.password",
        }

    def publish(self, *entities: str) -> None:
        """A dishonest judgement debtor is red, whoever it is."""
        options = librdkafka_options(self.cluster.security())
        publisher = KafkaPublisher(self.cluster.bootstrap, prefix=self.names.prefix, options=options)
        for entity in entities:
            record = build.dishonest(1, "2026-02-10", entity=entity)
            publisher.publish(entity, "F05", msgspec.json.encode(record))
        publisher.flush()

    def client(self, user: str, bank: str) -> BankClient:
        """A reader of the topic of ``bank`` with the credentials of ``user``."""
        config = kafka_python_options(self.cluster.security(user))
        return BankClient(bank, self.cluster.bootstrap, prefix=self.names.prefix, config=config)

    def alerts(self, bank: str, count: int) -> list[dict[str, Any]]:
        """The first ``count`` alerts of a bank, read by itself."""
        deadline, found = time.monotonic() + PATIENCE, []
        with self.client(bank, bank) as client:
            for alert in client.alerts(lambda: time.monotonic() > deadline):
                found.append(alert)
                if len(found) == count:
                    return found
        raise AssertionError(f"{len(found)} alerts instead of {count} within {PATIENCE} s")


def test_a_bank_gets_the_alerts_of_its_firms_and_no_other_bank_can_read_them(
    kafka_acl: KafkaCluster, tmp_path: Path
) -> None:
    town = Town(kafka_acl, tmp_path)
    applied = fenghuo("topics", "apply", "--acls", "--json", directory=tmp_path, **town.env(ADMIN))
    assert applied.code == 0, applied.err
    worker = Command(("worker",), tmp_path, name="worker", env=town.env(ADMIN))
    try:
        wait_for(lambda: worker.alive() and "took over partitions [0]" in worker.tail(), worker.tail)
        town.publish(build.FIRM, build.OTHER)
        mine, theirs = town.alerts("bank-a", 1), town.alerts("bank-b", 1)
        assert worker.terminate() == 0, worker.tail()
    finally:
        worker.kill()
    assert {alert["entity"] for alert in mine} == {build.FIRM}
    assert {alert["entity"] for alert in theirs} == {build.OTHER}
    assert "red" in {alert["level_name"] for alert in mine}
    with pytest.raises(FenghuoError, match=r"has no topic \S+\.alerts\.bank\.bank-a that we may read"):
        town.client("bank-b", "bank-a")
    tail = ("alerts", "tail", "--json", "--idle", "1", "--bank", "bank-a")
    own = fenghuo(*tail, directory=tmp_path, **town.env("bank-a"))
    assert own.code == 0, own.err
    assert [json.loads(line) for line in own.out.splitlines()] == mine, "all there is on its topic"
    other = fenghuo(*tail, directory=tmp_path, **town.env("bank-b"))
    assert (other.code, other.out) == (2, "")
    assert "that we may read" in other.err
    assert "Traceback" not in other.err


def test_a_worker_whose_login_is_refused_says_so(kafka_acl: KafkaCluster, tmp_path: Path) -> None:
    town = Town(kafka_acl, tmp_path)
    env = town.env("bank-a")
    (tmp_path / "bank-a.password").write_text("guessed")
    ended = fenghuo("worker", directory=tmp_path, **env)
    assert ended.code == 2
    assert "the broker refused the login" in ended.err
    assert "check security.username and security.password_file" in ended.err
    assert "guessed" not in ended.err
    assert "Traceback" not in ended.err
