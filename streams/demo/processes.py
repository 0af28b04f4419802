"""The processes of a demonstration: the same commands an operator would start, as children that die with us."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from detectors.errors import FenghuoError
from streams.brokers.process import spawn, stop

_LAST_LINES = 3


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    """Settings as environment variables of a child."""
    return {f"FENGHUO_{name.upper()}": str(value) for name, value in settings.items()}


class Children:
    """Named child processes with their logs; a context manager that ends them in reverse order."""

    def __init__(self, directory: Path, env: Mapping[str, str]) -> None:
        """``directory`` takes the logs; ``env`` is added to the environment of every child."""
        self._directory = directory
        self._env = {**os.environ, **env}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, arguments: Sequence[str | Path]) -> None:
        """Start ``fenghuo`` with these arguments."""
        command = [sys.executable, "-m", "streams", *map(str, arguments)]
        self._running[name] = spawn(command, directory=Path.cwd(), log=self.log(name), env=self._env)

    def log(self, name: str) -> Path:
        """Where a child writes."""
        return self._directory / f"{name}.log"

    def check(self) -> None:
        """Raise if a child has ended by itself, with its last words."""
        for name, process in self._running.items():
            if process.poll() is not None:
                words = (
                    self.log(name).read_text("utf-8", errors="replace").strip().splitlines()[-_LAST_LINES:]
                )
                problem = f"ended with exit code {process.returncode}: {' / '.join(words)}"
                raise FenghuoError(name, problem, f"see {self.log(name)}")

    def kill(self, name: str) -> None:
        """Kill a child with SIGKILL, as a fault would."""
        self._running.pop(name).send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._running.values()):
            stop(process, grace=5.0)
