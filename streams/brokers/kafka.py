"""A real Apache Kafka (KRaft, one or three combined nodes) on this machine, without a container engine.

``python -m streams.brokers.kafka`` runs one in the foreground until Ctrl-C; tests and benchmarks use KafkaCluster.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import subprocess
import sys
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Self

from pydantic import SecretStr

from detectors.errors import FenghuoError
from streams.access import Reachability, Security
from streams.brokers.distribution import ADMIN, HOME, Node, Users, missing, prepare, properties
from streams.brokers.process import (
    LOOPBACK,
    POLL_SECONDS,
    BrokerError,
    await_ready,
    free_port,
    last_words,
    require_free,
    spawn,
    stop,
)

__all__ = ["ADMIN", "QUICK_JVM", "KafkaCluster", "missing", "prepare"]

# Starts a quarter faster, runs slower once warm: for tests, not for measurements.
QUICK_JVM = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
DEFAULT_PORT = 9092


class KafkaCluster:
    """One or three brokers with their data under ``directory``; a context manager.

    Kept data is found again: a cluster stopped and started on the same directory has the same topics.
    With ``users`` (name to password, may be empty) clients must log in by SASL/PLAIN and StandardAuthorizer refuses
    whatever no ACL allows; without, every client of this machine may do everything.
    """

    def __init__(
        self,
        directory: Path,
        *,
        brokers: int = 1,
        port: int | None = None,
        users: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        heap_mb: int = 384,
        jvm: Sequence[str] = (),
    ) -> None:
        """``port``: client ports are port, port+1 …; None picks free ones. ``extra``: more server properties."""
        if brokers not in (1, 3):
            raise BrokerError("Apache Kafka", f"a cluster has 1 or 3 brokers, not {brokers}", "choose 1 or 3")
        self.directory = directory.resolve()
        self.nodes = tuple(self._node(number, port) for number in range(1, brokers + 1))
        self._users = (
            Users(admin_password=secrets.token_hex(16), passwords=dict(users)) if users is not None else None
        )
        self._extra = dict(extra or {})
        self._jvm = (f"-Xmx{heap_mb}m", f"-Xms{min(heap_mb, 256)}m", *jvm)
        self._libraries = HOME / "libs"
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._cluster = ""

    def _node(self, number: int, port: int | None) -> Node:
        return Node(
            number=number,
            port=free_port() if port is None else port + number - 1,
            controller_port=free_port(),
            directory=self.directory / f"broker-{number}",
        )

    @property
    def bootstrap(self) -> str:
        """``host:port,…`` of every broker, for clients."""
        return ",".join(f"{LOOPBACK}:{node.port}" for node in self.nodes)

    def security(self, user: str = ADMIN) -> Security:
        """What a client presents: nothing, or with access control the credentials of ``user``; KeyError if unknown."""
        if self._users is None:
            return Security()
        known = {ADMIN: self._users.admin_password, **self._users.passwords}
        return Security(
            protocol="SASL_PLAINTEXT", mechanism="PLAIN", username=user, password=SecretStr(known[user])
        )

    def pid(self, number: int) -> int | None:
        """Process id of broker ``number`` (from 1) while it runs."""
        process = self._processes.get(number)
        return process.pid if process is not None and process.poll() is None else None

    def start(self, timeout: float = 60.0) -> Self:
        """Fetch the jars if need be, format new data directories, start all brokers, wait until all answer.

        Raises BrokerError naming the port in use, the broker that died with its last words, or the time passed.
        """
        self._libraries = prepare()
        for node in self.nodes:
            require_free(node.port, f"Kafka broker {node.number}")
            require_free(node.controller_port, f"the controller of Kafka broker {node.number}")
        self._format()
        try:
            for node in self.nodes:
                self._launch(node)
            self._await([node.number for node in self.nodes], timeout)
        except BrokerError:
            self.stop(grace=0.0)
            raise
        return self

    def stop(self, grace: float = 10.0) -> None:
        """SIGTERM, up to ``grace`` seconds in all, then SIGKILL. Harmless when not running.

        Of three brokers the last to go waits in vain for a quorum that is gone; it is killed once it is alone.
        """
        deadline = time.monotonic() + grace
        for process in self._processes.values():
            if grace > 0 and process.poll() is None:
                process.terminate()
        alone = 0 if len(self.nodes) == 1 else 1
        while self._running() > alone and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        for process in self._processes.values():
            stop(process)
        self._processes.clear()

    def _running(self) -> int:
        return sum(process.poll() is None for process in self._processes.values())

    def kill(self, number: int) -> None:
        """SIGKILL broker ``number`` (from 1), as a power cut would. KeyError when it does not run."""
        stop(self._processes.pop(number))

    def restart(self, number: int, timeout: float = 60.0) -> None:
        """Start broker ``number`` again (killing it first if it runs) and wait until the cluster lists it."""
        if number in self._processes:
            self.kill(number)
        self._launch(self.nodes[number - 1])
        self._await([number], timeout)

    def failed(self) -> str | None:
        """A sentence about a broker that ended by itself, None while all that were started run."""
        for number, process in self._processes.items():
            if (code := process.poll()) is not None:
                return f"Kafka broker {number} ended with {code}; read {self.nodes[number - 1].log}"
        return None

    def _format(self) -> None:
        cluster = _cluster_id(self.nodes) or new_cluster_id()
        running = []
        for node in self.nodes:
            node.directory.mkdir(parents=True, exist_ok=True)
            node.config.touch(mode=0o600)  # it may hold passwords
            node.config.write_text(properties(node, self.nodes, self._users, self._extra), "utf-8")
            if not (node.data / "meta.properties").is_file():
                argv = self._java(
                    *QUICK_JVM, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", node.config
                )
                running.append((node, spawn(argv, directory=node.directory, log=node.log)))
        for node, process in running:
            if process.wait() != 0:
                problem = f"Kafka could not format this directory ({last_words(node.log)})"
                raise BrokerError(str(node.data), problem, f"read {node.log}")
        self._cluster = cluster

    def _java(self, *arguments: str | Path) -> list[str | Path]:
        log4j = f"-Dlog4j2.configurationFile={HOME / 'log4j2.properties'}"
        java = shutil.which("java") or "java"
        return [java, *self._jvm, log4j, "-cp", f"{self._libraries}/*", *arguments]

    def _launch(self, node: Node) -> None:
        argv = self._java("kafka.Kafka", node.config)
        self._processes[node.number] = spawn(argv, directory=node.directory, log=node.log)

    def _await(self, numbers: Sequence[int], timeout: float) -> None:
        """Until each of these brokers itself answers that all that were started are there."""
        deadline = time.monotonic() + timeout
        wanted = (self._cluster, len(self._processes))
        for number in numbers:
            node = self.nodes[number - 1]
            # A probe of its own for each: the others still list a killed broker until its session ends.
            probe = Reachability(f"{LOOPBACK}:{node.port}", self.security())
            await_ready(
                self._processes[number],
                partial(_lists, probe, wanted),
                what=f"Kafka broker {number} on {LOOPBACK}:{node.port}",
                log=node.log,
                timeout=max(0.0, deadline - time.monotonic()),
            )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def new_cluster_id() -> str:
    """A random UUID as Kafka writes it: base64url without padding, never beginning like an option of its tools."""
    while (text := urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text


def _lists(probe: Reachability, wanted: tuple[str, int]) -> bool:
    return probe.brokers() == wanted


def _cluster_id(nodes: Sequence[Node]) -> str | None:
    """The id the data directories were formatted with; None when none is. BrokerError when only some are."""
    known: dict[str, Path] = {}
    for node in nodes:
        meta = node.data / "meta.properties"
        lines = meta.read_text("ascii").splitlines() if meta.is_file() else []
        known |= {line.partition("=")[2]: node.data for line in lines if line.startswith("cluster.id=")}
    if len(known) > 1:
        first, second, *_ = known.values()
        raise BrokerError(str(second), f"belongs to another cluster than {first}", "use a fresh directory")
    return next(iter(known), None)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a cluster in the foreground until SIGINT or SIGTERM; exit code 1 with one sentence when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m streams.brokers.kafka", description=__doc__)
    parser.add_argument("--brokers", type=int, choices=(1, 3), default=1)
    parser.add_argument(
        "--directory", type=Path, default=Path("var/kafka"), help="data and logs, kept between runs"
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="of the first broker; the others follow"
    )
    parser.add_argument("--heap", type=int, default=512, metavar="MB", help="Java heap of each broker")
    options = parser.parse_args(argv)
    home = options.directory / f"{options.brokers}-broker"  # one and three nodes are different clusters
    # a background job of a shell begins by ignoring SIGINT
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    try:
        with KafkaCluster(home, brokers=options.brokers, port=options.port, heap_mb=options.heap) as cluster:
            print(f"Apache Kafka ready on {cluster.bootstrap}, data in {home}; Ctrl-C stops it", flush=True)
            while (problem := cluster.failed()) is None:
                time.sleep(0.5)
            raise BrokerError(cluster.bootstrap, problem, "start it again")
    except KeyboardInterrupt:
        return 0
    except FenghuoError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
