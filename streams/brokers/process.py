"""Child processes that never outlive us, on loopback ports nobody else uses.

On Linux the kernel kills the child when its parent dies, even of ``kill -9`` (prctl(2), PR_SET_PDEATHSIG). Two traps
are handled here. "Parent" means the *thread* that forked, so every child is forked by one thread that lives as long as
the program. And the signal must be asked for in the child; a ``preexec_fn`` may deadlock in a threaded parent, so a
tiny interpreter asks for it and then becomes the program (it survives execve).
Elsewhere the children are killed when the interpreter ends normally.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import functools
import os
import random
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from detectors.errors import FenghuoError

LOOPBACK = "127.0.0.1"
# Below every default ephemeral range: a port there is never the source port of an outgoing connection, so it stays ours
# while its broker is down, and a client knocking on it cannot connect to itself (TCP simultaneous open).
PORTS = range(20_000, 32_000)
POLL_SECONDS = 0.02

# argv: pid of the parent, program, its arguments
_DIE_WITH_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""

_live: weakref.WeakSet[subprocess.Popen[bytes]] = weakref.WeakSet()


class BrokerError(FenghuoError):
    """A broker that cannot be started, or that does not answer."""


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on ``host:port`` now (sockets in TIME_WAIT do not count)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


_given: set[int] = set()


def free_port() -> int:
    """A loopback TCP port free at this moment, outside the ephemeral range; never one that was given before."""
    draw = random.SystemRandom()
    for _ in range(200):
        port = draw.choice(PORTS)
        if port not in _given and is_free(LOOPBACK, port):
            _given.add(port)
            return port
    raise BrokerError(
        LOOPBACK, f"no free port in {PORTS.start}-{PORTS.stop - 1} in 200 tries", "name one yourself"
    )


def require_free(port: int, what: str) -> None:
    """Raise BrokerError unless ``what`` could listen on the loopback port."""
    if not is_free(LOOPBACK, port):
        raise BrokerError(
            f"{LOOPBACK}:{port}",
            f"{what} cannot listen here because the port is already in use or not permitted",
            "stop the program that holds it, or choose another port",
        )


@functools.cache
def _spawner(pid: int) -> ThreadPoolExecutor:
    """The one thread that forks, per process (``pid``: a fork does not inherit threads)."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"spawn-{pid}")


def spawn(
    argv: Sequence[str | Path],
    *,
    directory: Path,
    log: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server in its own session (Ctrl-C reaches us, not it), output appended to ``log``.

    ``argv[0]`` is the absolute path of an executable; ``env`` replaces the environment (default: PATH and HOME only, so
    that a variable of ours is never read by a broker). Raises BrokerError when the file cannot be executed.
    """
    program = Path(argv[0])
    if not os.access(program, os.X_OK):
        raise BrokerError(
            str(program), "is missing or not executable", "reinstall the package that brings it"
        )
    command = [str(part) for part in argv]
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *command]
    process = (
        _spawner(os.getpid()).submit(_popen, command, directory, log, dict(env or _minimal_env())).result()
    )
    _live.add(process)
    if process.stdin is not None:
        process.stdin.write(stdin)
        process.stdin.close()
    return process


def _popen(command: list[str], directory: Path, log: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 -- the program is ours, no shell, no user text
            command,
            cwd=directory,
            env=env,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _minimal_env() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_HOME") if name in os.environ}


def stop(process: subprocess.Popen[bytes], grace: float = 0.0) -> None:
    """End the process: SIGTERM and up to ``grace`` seconds when grace is positive, then SIGKILL; always reaped."""
    if process.poll() is None and grace > 0:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    if process.poll() is None:
        process.kill()
    process.wait()
    _live.discard(process)


def await_ready(
    process: subprocess.Popen[bytes], ready: Callable[[], bool], *, what: str, log: Path, timeout: float
) -> None:
    """Poll until ``ready()``; BrokerError with the end of the log when the process dies or ``timeout`` seconds pass."""
    deadline = time.monotonic() + timeout
    while True:
        if process.poll() is not None:
            raise BrokerError(what, f"ended while starting ({last_words(log)})", f"read {log}")
        if ready():
            return
        if time.monotonic() > deadline:
            raise BrokerError(what, f"did not answer within {timeout:g} s ({last_words(log)})", f"read {log}")
        time.sleep(POLL_SECONDS)


def last_words(log: Path) -> str:
    """The last line a server wrote that is not part of a stack trace, as a clause for an error message."""
    lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    said = [line.strip() for line in lines[-40:] if line.strip() and not line.startswith(("\tat ", "note: "))]
    return f"it said last: {said[-1][:300]}" if said else "it said nothing"


@atexit.register
def _kill_all() -> None:
    for process in list(_live):
        if process.poll() is None:
            process.kill()
            process.wait()
