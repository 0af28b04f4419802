"""Where a connector stopped: one small JSON file, replaced atomically, locked while the connector runs.

The order is publish, flush, checkpoint. A process killed in between sends at most one batch again, and what it
sends is byte for byte the same, because the time of capture is written down before the batch is published.
"""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from connectors.errors import CheckpointError

FORMAT = 1


def write_atomically(path: Path, data: bytes) -> None:
    """Replace ``path`` so that a reader, or a power cut, sees the old content or the new, never a mixture."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@dataclass(slots=True)
class Checkpoint:
    """The remembered position of one source; :meth:`open` it as a context manager.

    ``state`` belongs to the source and is replaced whole. ``watermark`` is the newest business time sent so far.
    """

    path: Path
    source_id: str
    kind: str
    state: dict[str, Any] = field(default_factory=dict)
    watermark: datetime | None = None
    _pending: tuple[str, datetime] | None = None
    _lock: IO[bytes] | None = None

    @classmethod
    def open(cls, path: Path, source_id: str, kind: str) -> Self:
        """Lock and read ``path``; a missing file is an empty checkpoint.

        Raises:
            CheckpointError: locked by another process, unreadable, of another format, source or kind.
        """
        checkpoint = cls(path, source_id, kind)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            checkpoint._lock = path.with_name(path.name + ".lock").open("ab")
        except OSError as error:
            raise CheckpointError(
                str(path), f"cannot be used ({error.strerror})", "set 'checkpoint'"
            ) from error
        try:
            fcntl.flock(checkpoint._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            checkpoint._read()
        except BlockingIOError:
            checkpoint.close()
            raise CheckpointError(
                str(path), f"another connector for {source_id} is running with it", "stop that one first"
            ) from None
        except CheckpointError:
            checkpoint.close()
            raise
        return checkpoint

    def _read(self) -> None:
        remedy = "delete the file to read the source again from its beginning (records already sent are recognised)"
        try:
            content = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            raise CheckpointError(
                str(self.path), f"is not a readable checkpoint ({error})", remedy
            ) from error
        expected = {"format": FORMAT, "source_id": self.source_id, "connector": self.kind}
        came = {key: content.get(key) for key in expected} if isinstance(content, dict) else {}
        if came != expected:
            raise CheckpointError(str(self.path), f"belongs to {came}, this connector is {expected}", remedy)
        self.state = content["state"]
        self.watermark = _moment(content.get("watermark"))
        if content.get("pending"):
            unit, at = content["pending"]
            self._pending = (unit, datetime.fromisoformat(at))

    def save(self, state: dict[str, Any]) -> None:
        """Remember ``state`` durably; forgets the time of capture of the batch in hand."""
        self.state = state
        self._pending = None
        self._write()

    def capture(self, unit: str, clock: Callable[[], datetime]) -> datetime:
        """When ``unit`` (a page, say, that is always sent whole) was first captured.

        Written down now, before anything is published; read back when it is sent again after a crash.
        """
        if self._pending is None or self._pending[0] != unit:
            self._pending = (unit, clock())
            self._write()
        return self._pending[1]

    def _write(self) -> None:
        pending = self._pending
        content = {
            "format": FORMAT,
            "source_id": self.source_id,
            "connector": self.kind,
            "state": self.state,
            "watermark": None if self.watermark is None else self.watermark.isoformat(),
            "pending": pending and [pending[0], pending[1].isoformat()],
        }
        try:
            write_atomically(self.path, json.dumps(content, ensure_ascii=False).encode())
        except OSError as error:
            problem = f"cannot be written ({error.strerror})"
            raise CheckpointError(str(self.path), problem, "make room or correct the permissions") from error

    def close(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        """The checkpoint itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the lock."""
        self.close()


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
