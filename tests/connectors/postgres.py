"""A PostgreSQL server of its own for a test run: initialised, started and stopped in a temporary directory."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The directory of ``initdb`` and ``pg_ctl``; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def as_nobody() -> list[str] | None:
    """How to start a program that refuses to run as root; None when there is no way."""
    if os.geteuid() != 0:
        return []
    for user in ("postgres", "nobody"):
        if (
            shutil.which("runuser")
            and subprocess.run(["id", user], capture_output=True, check=False).returncode == 0
        ):
            return ["runuser", "-u", user, "--"]
    return None


@contextmanager
def server(bin_folder: Path, prefix: list[str]) -> Iterator[str]:
    """A running server; gives its SQLAlchemy URL."""
    # its user must be able to reach the folder, which pytest's own folders do not allow
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if prefix:
        shutil.chown(folder, prefix[2])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"

    def command(*words: str) -> None:
        subprocess.run([*prefix, *words], check=True, capture_output=True, cwd=folder, timeout=60)

    try:
        command(
            str(bin_folder / "initdb"), "-D", data, "-U", "fenghuo", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        command(
            str(bin_folder / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start"
        )
        try:
            yield f"postgresql+psycopg://fenghuo@127.0.0.1:{port}/postgres"
        finally:
            command(str(bin_folder / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
