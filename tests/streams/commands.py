"""``fenghuo`` as a process, forked off one that has the program in memory: a start costs no second of imports.

What a command does to its signals, its output and its exit code stays its own affair, unlike in a call inside pytest.
"""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

PATIENCE = 60.0
PRELOADED = [
    "streams.cli.app",
    "streams.engine.run",
    "streams.engine.worker",
    *(f"river.{name}" for name in ("compose", "linear_model", "optim", "preprocessing")),
]
"""What some command would load before or while it works."""


class Ended(NamedTuple):
    """How a command ended. ``code`` None: it has not."""

    code: int | None
    out: str
    err: str


class Command:
    """A running ``fenghuo``; its output is in files below ``directory``."""

    def __init__(
        self,
        arguments: tuple[object, ...],
        directory: Path,
        *,
        name: str = "command",
        stdin: Path | None = None,
        env: Mapping[str, str] | None = None,
        before: Callable[[], None] | None = None,
    ) -> None:
        """Start it in ``directory``; ``before`` is called in the new process (a function of a module, picklable)."""
        self.name, self.out, self.err = name, directory / f"{name}.out", directory / f"{name}.err"
        start = _Start([str(one) for one in arguments], directory, self.out, self.err, stdin, dict(env or {}))
        self.process = _server().Process(target=_become, args=(start, before), daemon=True)
        self.process.start()

    def alive(self) -> bool:
        """True; fails, with its last words, when it has ended."""
        assert self.process.is_alive(), f"{self.name} ended with {self.process.exitcode}\n{self.tail()}"
        return True

    def tail(self) -> str:
        """What it said last on standard error."""
        return self.err.read_text("utf-8", "replace")[-4000:] if self.err.exists() else ""

    def ended(self, seconds: float = PATIENCE) -> int | None:
        """Its exit code once it has ended (negative: the signal), None if it has not."""
        self.process.join(seconds)
        return self.process.exitcode

    def result(self, seconds: float = PATIENCE) -> Ended:
        """Wait until it has ended."""
        code = self.ended(seconds)
        return Ended(code, self.out.read_text("utf-8"), self.err.read_text("utf-8"))

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.join(20)

    def terminate(self) -> int | None:
        """SIGTERM; its exit code."""
        self.process.terminate()
        return self.ended()

    def suspended(self) -> bool:
        """Whether it was stopped by SIGSTOP (Linux)."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def suspend(self) -> None:
        """SIGSTOP."""
        os.kill(self.process.pid or 0, signal.SIGSTOP)

    def wake(self) -> None:
        """SIGCONT."""
        os.kill(self.process.pid or 0, signal.SIGCONT)


def fenghuo(*arguments: object, directory: Path, stdin: Path | None = None, **env: str) -> Ended:
    """Run a command to its end."""
    command = Command(arguments, directory, stdin=stdin, env=env)
    try:
        return command.result()
    finally:
        command.kill()


def mistake(ended: Ended, *parts: str, code: int = 2) -> None:
    """One sentence on standard error that holds all ``parts``, nothing on standard output, exit code ``code``."""
    said = [line for line in ended.err.splitlines() if line]
    assert ended.code == code, ended
    assert len(said) == 1, ended.err
    assert said[0].startswith("fenghuo: "), said[0]
    assert "Traceback" not in ended.err
    assert [part for part in parts if part not in said[0]] == [], said[0]
    assert ended.out == ""


def lines(path: Path, *records: object) -> Path:
    """Write records as JSON lines; text as it is."""
    said = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records)
    path.write_text("".join(line + "\n" for line in said), "utf-8")
    return path


class _Start(NamedTuple):
    argv: list[str]
    directory: Path
    out: Path
    err: Path
    stdin: Path | None
    env: dict[str, str]


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _become(start: _Start, before: Callable[[], None] | None) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # end when the process that forks does
    for number, path in ((1, start.out), (2, start.err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CREAT), number)
    if start.stdin is not None:
        sys.stdin = start.stdin.open()
    os.chdir(start.directory)
    for name in [name for name in os.environ if name.startswith("FENGHUO_")]:
        del os.environ[name]  # what the developer has set is no part of a test
    os.environ.update(start.env)
    sys.argv = ["fenghuo", *start.argv]
    if before is not None:
        before()
    from streams.__main__ import main

    main()
