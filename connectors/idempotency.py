"""Answers already given, by Idempotency-Key, so that a front end may send again without being counted twice.

After draft-ietf-httpapi-idempotency-key-header: the same key with the same body gets the same answer; with another
body 422; while the first is still in hand 409. The time of first receipt is kept too, so that a request repeated
after a crash makes the very same records.
"""

import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connectors.errors import CheckpointError


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known about a key: ``answer`` to repeat, a ``conflict`` (422), ``busy`` (409), or go on."""

    received_at: datetime
    answer: bytes | None = None
    conflict: bool = False
    busy: bool = False


class AnswerStore:
    """Durable answers in one SQLite file; safe to use from several threads."""

    def __init__(self, path: Path, keep: timedelta) -> None:
        """Open or create ``path``; answers older than ``keep`` are dropped as new ones come.

        Raises:
            CheckpointError: the file cannot be used.
        """
        self._keep = keep
        self._lock = threading.Lock()
        self._in_hand: set[str] = set()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS answers"
                " (key TEXT PRIMARY KEY, body TEXT NOT NULL, received_at TEXT NOT NULL, answer BLOB)"
            )
        except (OSError, sqlite3.Error) as error:
            raise CheckpointError(
                str(path), f"cannot be used ({error})", "set 'checkpoint' to a safe place"
            ) from error

    def claim(self, key: str, body: str, now: datetime) -> Claim:
        """Take ``key`` for the body with digest ``body``, or learn what became of it before."""
        with self._lock:
            self._database.execute(
                "DELETE FROM answers WHERE received_at < ?", ((now - self._keep).isoformat(),)
            )
            self._database.execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, NULL)", (key, body, now.isoformat())
            )
            found = self._database.execute(
                "SELECT body, received_at, answer FROM answers WHERE key = ?", (key,)
            ).fetchone()
            received_at = datetime.fromisoformat(found[1])
            if found[0] != body:
                return Claim(received_at, conflict=True)
            if found[2] is not None:
                return Claim(received_at, answer=found[2])
            if key in self._in_hand:
                return Claim(received_at, busy=True)
            self._in_hand.add(key)
            return Claim(received_at)

    def finish(self, key: str, answer: bytes) -> None:
        """Keep the answer; from now on it is repeated."""
        with self._lock:
            self._database.execute("UPDATE answers SET answer = ? WHERE key = ?", (answer, key))
            self._in_hand.discard(key)

    def release(self, key: str) -> None:
        """The request failed on our side: it may be sent again, and keeps its time of first receipt."""
        with self._lock:
            self._in_hand.discard(key)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
