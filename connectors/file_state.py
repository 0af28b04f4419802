"""What is remembered of one dropped file, and how it is recognised again."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Entry:
    """What the checkpoint knows about one file in hand."""

    prefix: str
    prefix_bytes: int
    captured_at: str
    line: int = 0
    position: int = 0
    rows: int = 0
    encoding: str | None = None
    finished: str = ""
    identity: str = ""

    def json(self) -> dict[str, Any]:
        """As the checkpoint keeps it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Look:
    """When a file was last seen to change, on the monotonic clock."""

    size: int
    mtime_ns: int
    since: float
    waiting: bool = False


def prefix_of(path: Path, length: int) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(length)).hexdigest()


def identity_of(path: Path) -> str:
    """Tells a file from another one dropped later under the same name."""
    status = path.stat()
    return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"
