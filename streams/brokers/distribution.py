"""The files of an Apache Kafka broker: its jars (through Maven, from deploy/kafka/pom.xml) and its properties.

A broker here is a combined KRaft node (broker and controller in one process) that listens on loopback only.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from streams.brokers.process import LOOPBACK, BrokerError

HOME = Path(__file__).resolve().parents[2] / "deploy" / "kafka"
JAVA_AT_LEAST = 17
ADMIN = "fenghuo-admin"  # super user of a cluster with access control; also what the brokers call each other
USER_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def missing(home: Path = HOME) -> str | None:
    """Why Apache Kafka cannot be started on this machine, in a few words; None when it can."""
    if not (home / "pom.xml").is_file():
        return f"{home / 'pom.xml'} does not exist (Apache Kafka is started from a checkout of the project)"
    if (version := java_version()) is None:
        return f"no java on PATH (Java {JAVA_AT_LEAST} or newer is needed)"
    if version < JAVA_AT_LEAST:
        return f"java on PATH is version {version} (Java {JAVA_AT_LEAST} or newer is needed)"
    if not _prepared(home) and shutil.which("mvn") is None:
        return "no mvn on PATH (Maven 3.6.3 or newer is needed once, to fetch the jars)"
    return None


def java_version() -> int | None:
    """Feature number of the java on PATH (17, 21 …); None when there is none or it says nothing we understand."""
    java = shutil.which("java")
    if java is None:
        return None
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603 -- fixed
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


def prepare(home: Path = HOME) -> Path:
    """Fetch the jars into ``home/libs`` unless they are there for exactly this pom.xml; returns that directory.

    Raises BrokerError when something is missing or Maven fails. Safe to call from several processes at once.
    """
    if why := missing(home):
        raise BrokerError("Apache Kafka", why, "install it, or use the embedded broker")
    with (home / "pom.xml").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _prepared(home):
            _fetch(home)
    return home / "libs"


def _prepared(home: Path) -> bool:
    stamp = home / "libs" / "pom.sha256"
    return stamp.is_file() and stamp.read_text("ascii") == _fingerprint(home)


def _fingerprint(home: Path) -> str:
    return hashlib.sha256((home / "pom.xml").read_bytes()).hexdigest()


def _fetch(home: Path) -> None:
    fresh = (
        home / "target" / "libs"
    )  # moved into place when whole; a jar of an older pom must not stay on the class path
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={fresh}"]
    argv = [
        shutil.which("mvn") or "mvn",
        "-q",
        "-B",
        "--strict-checksums",
        "-f",
        str(home / "pom.xml"),
        *goal,
    ]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603 -- fixed command line
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise BrokerError(
            str(home / "pom.xml"),
            f"Maven could not fetch the jars of Apache Kafka ({said[0][:300] if said else 'no message'})",
            "check the network and Maven's settings.xml, then try again",
        )
    (fresh / "pom.sha256").write_text(_fingerprint(home), "ascii")
    shutil.rmtree(home / "libs", ignore_errors=True)
    fresh.rename(home / "libs")


@dataclass(frozen=True, kw_only=True)
class Node:
    """One broker of a cluster: number from 1, its two loopback ports, its directory."""

    number: int
    port: int
    controller_port: int
    directory: Path

    @property
    def config(self) -> Path:
        """The properties file."""
        return self.directory / "server.properties"

    @property
    def data(self) -> Path:
        """Where logs and metadata live."""
        return self.directory / "data"

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.directory / "broker.log"


@dataclass(frozen=True, kw_only=True)
class Users:
    """Passwords of a cluster with access control; ``passwords`` never holds ADMIN."""

    admin_password: str = field(repr=False)
    passwords: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        for name, password in self.passwords.items():
            if not USER_NAME.fullmatch(name) or name == ADMIN:
                raise BrokerError(
                    f"user {name!r}",
                    f"not allowed: 1-64 of A-Z a-z 0-9 _ - and not {ADMIN}",
                    "rename the user",
                )
            if not re.fullmatch(r"[!#-\[\]-~]+", password):  # goes between double quotes in a JAAS entry
                raise BrokerError(
                    f"user {name!r}", "the password needs printable ASCII without quotes", "change it"
                )


def properties(node: Node, nodes: Sequence[Node], users: Users | None, extra: Mapping[str, str]) -> str:
    """The text of server.properties for ``node`` of the cluster ``nodes``; ``extra`` wins over everything."""
    copies = min(3, len(nodes))
    client, controller = f"CLIENT://{LOOPBACK}:{node.port}", f"CONTROLLER://{LOOPBACK}:{node.controller_port}"
    protocol = "SASL_PLAINTEXT" if users else "PLAINTEXT"
    entries = {
        "process.roles": "broker,controller",
        "node.id": str(node.number),
        "controller.quorum.voters": ",".join(f"{n.number}@{LOOPBACK}:{n.controller_port}" for n in nodes),
        "listeners": f"{client},{controller}",
        "advertised.listeners": client,
        "listener.security.protocol.map": f"CLIENT:{protocol},CONTROLLER:{protocol}",
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(node.data),
        "auto.create.topics.enable": "false",  # a misspelt topic is an error, not a new topic
        "default.replication.factor": str(copies),
        "min.insync.replicas": str(max(1, copies - 1)),
        "offsets.topic.replication.factor": str(copies),
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.replication.factor": str(copies),
        "transaction.state.log.min.isr": str(max(1, copies - 1)),
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": str(copies),
        "share.coordinator.state.topic.min.isr": str(max(1, copies - 1)),
        "group.initial.rebalance.delay.ms": "0",
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "6000",  # a killed broker's partitions get a new leader in seconds
        "num.network.threads": "2",
        "num.io.threads": "4",
    }
    entries |= _access_control(users) if users else {}
    entries |= extra
    return "".join(f"{name}={value}\n" for name, value in entries.items())


def _access_control(users: Users) -> dict[str, str]:
    login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    us = f'username="{ADMIN}" password="{users.admin_password}" user_{ADMIN}="{users.admin_password}"'
    them = "".join(f' user_{name}="{password}"' for name, password in sorted(users.passwords.items()))
    return {
        "sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.client.plain.sasl.jaas.config": f"{login} {us}{them};",
        "listener.name.controller.plain.sasl.jaas.config": f"{login} {us};",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": f"User:{ADMIN}",
    }
