"""What is remembered of a table: the highest cursor, and the rows of the overlap that were sent."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from connectors.errors import ConfigError
from connectors.fields import plain
from connectors.rows import State
from connectors.settings import SqlConfig


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of the overlap: its cursor, its key and the hash of its content."""

    cursor: Any
    key: Any
    digest: str


def remember(state: State, sent: Sequence[Seen], settings: SqlConfig) -> State:
    """The state once ``sent`` is acknowledged: the new high mark and the rows of its overlap, oldest first."""
    before = [Seen(decode(cursor), decode(key), digest) for cursor, key, digest in state.get("seen", ())]
    latest = {one.key: one for one in (*before, *sent)}
    ordered = sorted(latest.values(), key=lambda one: (one.cursor, one.key))
    high = ordered[-1].cursor
    if isinstance(settings.overlap, timedelta):
        low = earlier(high, settings.overlap)
        ordered = [one for one in ordered if one.cursor >= low][-settings.seen :]
    else:
        ordered = ordered[-max(settings.overlap, 1) :]
    seen = [[encode(one.cursor), encode(one.key), one.digest] for one in ordered]
    return {"high": encode(high), "seen": seen}


def low_mark(state: State, settings: SqlConfig) -> tuple[Any, Any]:
    """(cursor, key) where the overlap starts; no key means every row with that cursor."""
    cursor, key, _ = state["seen"][0]
    if isinstance(settings.overlap, timedelta) and len(state["seen"]) < settings.seen:
        return earlier(decode(state["high"]), settings.overlap), None
    return decode(cursor), decode(key)


def encode(value: object) -> list[str | int | float]:
    """A cursor value for the checkpoint, with its type."""
    if isinstance(value, datetime | date):
        return [type(value).__name__, value.isoformat()]
    if isinstance(value, Decimal | UUID):
        return [type(value).__name__, str(value)]
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        return [type(value).__name__, value]
    raise ConfigError(
        "sql.cursor",
        f"a value of type {type(value).__name__} cannot be ordered",
        "choose a number, time or text",
    )


def decode(pair: Sequence[Any]) -> Any:
    """The inverse of :func:`encode`."""
    kind, value = pair
    readers: dict[str, Any] = {
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "Decimal": Decimal,
        "UUID": UUID,
        "int": int,
        "float": float,
        "str": str,
    }
    return readers[kind](value)


def earlier(cursor: Any, overlap: timedelta) -> Any:
    """The cursor ``overlap`` earlier; numbers are seconds, text is an ISO time in the form the database uses."""
    if isinstance(cursor, datetime | date):
        return cursor - overlap
    if isinstance(cursor, int | float | Decimal):
        return cursor - type(cursor)(overlap.total_seconds())  # type: ignore[operator] # the same type twice
    try:
        earlier = datetime.fromisoformat(cursor) - overlap
    except ValueError:
        raise ConfigError(
            "sql.overlap", f"is a time, but the cursor holds {cursor!r}", "give 'overlap' as a number of rows"
        ) from None
    return earlier.isoformat(sep="T" if "T" in cursor else " ", timespec="auto")


def original(row: Mapping[str, Any]) -> bytes:
    """A database row has no bytes of its own: the JSON object of its columns stands for them."""
    return json.dumps({k: plain(v) for k, v in row.items()}, ensure_ascii=False, default=str).encode()


def digest_of(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(original(row)).hexdigest()[:24]
