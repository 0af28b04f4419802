"""A real Apache Kafka: starts, keeps its data, survives the death of one broker in three, says why it cannot start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streams.access import Reachability, UnreachableError
from streams.brokers.distribution import HOME, Node, Users, missing, prepare, properties
from streams.brokers.kafka import ADMIN, QUICK_JVM, KafkaCluster, new_cluster_id
from streams.brokers.process import BrokerError, free_port
from streams.topics import Names, admin, apply
from tests.streams.wire import PATIENCE, consume, own_settings, produce


def parsed(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def nodes(count: int, directory: Path) -> list[Node]:
    return [
        Node(number=n, port=9000 + n, controller_port=9100 + n, directory=directory / str(n))
        for n in range(1, count + 1)
    ]


@pytest.mark.kafka
def test_what_is_written_is_read_with_an_idempotent_producer(kafka_broker: KafkaCluster) -> None:
    """The round trip, with what the embedded broker cannot do."""
    settings = own_settings(partitions=1)
    apply(kafka_broker.bootstrap, settings)
    topic = Names(settings.prefix).records
    produce(kafka_broker.bootstrap, topic, [b"a", b"b"], **{"enable.idempotence": True})
    assert consume(kafka_broker.bootstrap, topic, 2) == [b"a", b"b"]


@pytest.mark.kafka
def test_topics_are_not_made_by_a_slip_of_the_pen(kafka_broker: KafkaCluster) -> None:
    """Asking for an unknown topic does not create it."""
    with admin(kafka_broker.bootstrap, own_settings()) as client:
        client.describe_topics(["misspelt"])
        assert "misspelt" not in client.list_topics()


@pytest.mark.kafka
def test_one_broker_of_three_may_die_while_we_write(kafka_cluster3: KafkaCluster) -> None:
    """With three copies and min.insync.replicas two, one broker may be killed while we write; it comes back."""
    settings = own_settings(partitions=1)
    apply(kafka_cluster3.bootstrap, settings)
    topic = Names(settings.prefix).records
    produce(kafka_cluster3.bootstrap, topic, [b"before"])
    with admin(kafka_cluster3.bootstrap, settings) as client:
        leader = client.describe_topics([topic])[0]["partitions"][0]["leader_id"]
    kafka_cluster3.kill(leader)
    assert kafka_cluster3.pid(leader) is None
    produce(kafka_cluster3.bootstrap, topic, [b"without its leader"])
    kafka_cluster3.restart(leader)
    assert Reachability(kafka_cluster3.bootstrap).brokers(PATIENCE)[1] == 3
    assert consume(kafka_cluster3.bootstrap, topic, 2) == [b"before", b"without its leader"]


@pytest.mark.kafka
def test_foreground_command_keeps_data_between_runs_and_names_an_occupied_port(kafka_directory: Path) -> None:
    """What `make kafka` runs: ready line, clean end on Ctrl-C, same cluster again, one sentence when it cannot."""
    port = free_port()
    argv = [sys.executable, "-m", "streams.brokers.kafka", "--port", str(port)]
    argv += ["--directory", str(kafka_directory / "foreground"), "--heap", "256"]
    clusters = []
    for _ in range(2):
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=HOME.parents[1]) as program:
            assert program.stdout is not None
            assert f"ready on 127.0.0.1:{port}" in program.stdout.readline()
            clusters.append(Reachability(f"127.0.0.1:{port}").brokers(PATIENCE)[0])
            second = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=HOME.parents[1])
            program.send_signal(signal.SIGINT)
        assert program.returncode == 0
        assert second.returncode == 1
        assert second.stderr.startswith(f"127.0.0.1:{port}: Kafka broker 1 cannot listen here")
        assert second.stderr.count("\n") == 1
    assert clusters[0] == clusters[1] is not None


@pytest.mark.kafka
def test_a_broker_that_refuses_its_properties_is_quoted(kafka_directory: Path) -> None:
    """Its own complaint is in the message, not only in a log nobody reads."""
    cluster = KafkaCluster(kafka_directory / "refuses", extra={"num.io.threads": "0"}, jvm=QUICK_JVM)
    with pytest.raises(
        BrokerError, match=r"(format this directory|ended while starting) \(it said last: .*num.io.threads"
    ):
        cluster.start()
    assert cluster.pid(1) is None


@pytest.mark.kafka
def test_access_control_wants_a_login_everywhere(kafka_acl: KafkaCluster) -> None:
    """No listener, not even the controller's, lets an anonymous client in; a wrong password is told at once."""
    with pytest.raises(UnreachableError, match="no Kafka broker answered"):
        Reachability(kafka_acl.bootstrap).require(0.5)
    wrong = kafka_acl.security("bank-a").model_copy(
        update={"password": kafka_acl.security("bank-b").password}
    )
    with pytest.raises(
        UnreachableError, match=r"refused the login \(Authentication failed.*check security.username"
    ):
        Reachability(kafka_acl.bootstrap, wrong).require(PATIENCE)
    config = parsed(kafka_acl.nodes[0].config.read_text())
    assert "PLAINTEXT" not in config["listener.security.protocol.map"].replace("SASL_PLAINTEXT", "")
    assert kafka_acl.nodes[0].config.stat().st_mode & 0o077 == 0


@pytest.mark.kafka
def test_preparing_again_fetches_nothing(kafka_broker: KafkaCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The jars belong to exactly this pom.xml; Maven is not called a second time."""
    kept = os.stat(prepare() / "pom.sha256").st_mtime_ns
    monkeypatch.setattr("streams.brokers.distribution._fetch", lambda _: pytest.fail("Maven was called"))
    assert os.stat(prepare() / "pom.sha256").st_mtime_ns == kept


def test_missing_java_or_maven_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason shown by skipped tests and by doctor."""
    assert "pom.xml does not exist" in (missing(tmp_path) or "")
    (tmp_path / "pom.xml").write_text("<project/>")
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert "no java on PATH" in (missing(tmp_path) or "")
    java = tmp_path / "bin" / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o700)
    assert "version 11 (Java 17" in (missing(tmp_path) or "")
    java.write_text("#!/bin/sh\necho 'openjdk version \"21\" 2023-09-19' >&2\n")
    assert "no mvn on PATH" in (missing(tmp_path) or "")


def test_a_failing_maven_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first error line of Maven is in the sentence, and nothing half fetched is left in use."""
    (tmp_path / "pom.xml").write_text("<project/>")
    (tmp_path / "bin").mkdir()
    for name, says in (("java", 'version \\"17.0.1\\"'), ("mvn", "[ERROR] no network; exit 1")):
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\necho "{says}" >&2\nexit 1\n')
        (tmp_path / "bin" / name).chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    with pytest.raises(BrokerError, match=r"could not fetch the jars .*\[ERROR\] no network"):
        prepare(tmp_path)
    assert not (tmp_path / "libs").exists()


def test_every_listener_is_on_loopback_and_extra_properties_win(tmp_path: Path) -> None:
    """Nothing else can be configured by accident."""
    three = nodes(3, tmp_path)
    config = parsed(properties(three[1], three, None, {"min.insync.replicas": "1"}))
    assert config["listeners"] == "CLIENT://127.0.0.1:9002,CONTROLLER://127.0.0.1:9102"
    assert config["controller.quorum.voters"] == "1@127.0.0.1:9101,2@127.0.0.1:9102,3@127.0.0.1:9103"
    assert (config["default.replication.factor"], config["min.insync.replicas"]) == ("3", "1")
    assert "authorizer.class.name" not in config


def test_one_broker_keeps_one_copy(tmp_path: Path) -> None:
    """Else no internal topic could be made."""
    config = parsed(properties(*[(one := nodes(1, tmp_path))[0], one, None, {}]))
    assert {value for name, value in config.items() if name.endswith("replication.factor")} == {"1"}


@pytest.mark.parametrize("name", [ADMIN, "a b", "", 'x"', "a.b", "x" * 65])
def test_user_names_that_could_break_out_are_refused(name: str) -> None:
    """A user may neither be the super user nor end its place in the login configuration."""
    with pytest.raises(BrokerError, match="rename the user"):
        Users(admin_password="x", passwords={name: "secret"})


@pytest.mark.parametrize("password", ["", 'a"b', "a b", "a\\b", "密码"])
def test_passwords_that_could_break_out_are_refused_and_not_shown(password: str) -> None:
    """And the message does not repeat them."""
    with pytest.raises(BrokerError, match="printable ASCII") as told:
        Users(admin_password="x", passwords={"bank": password})
    assert not password or password not in str(told.value)
    assert "hidden" not in repr(Users(admin_password="hidden", passwords={"bank": "hidden"}))


def test_no_cluster_id_looks_like_an_option() -> None:
    """One random UUID in 64 begins with a dash in base64url, and StorageTool takes it for an option."""
    assert not [
        text for text in (new_cluster_id() for _ in range(2000)) if text.startswith("-") or len(text) != 22
    ]


def test_two_brokers_are_no_cluster(tmp_path: Path) -> None:
    """A quorum of two is worse than one."""
    with pytest.raises(BrokerError, match="1 or 3 brokers, not 2"):
        KafkaCluster(tmp_path, brokers=2)
