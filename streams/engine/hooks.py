"""What the engine hands over, and to whom: batches of records, the functions that take them, and how they refuse."""

from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from collections.abc import Callable as Fun
from dataclasses import dataclass
from typing import Any

from streams.engine.raw import RawRecord


async def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Batch:
    """The records of one partition fetched by one poll, in offset order, never empty."""

    topic: str
    partition: int
    records: list[RawRecord]
    owned: Fun[[], Awaitable[bool]] = _always
    """Whether this worker still owns the partition. Ask right before writing: a worker that was suspended for
    longer than the session timeout has been replaced without hearing of it. Then raise :class:`Superseded`.
    Waits while it cannot be known, until the broker answers."""


class Superseded(Exception):  # noqa: N818 - not an error: the batch belongs to another worker now
    """Raised by a handler to drop its batch unacknowledged because the partition has another owner."""


Handler = Fun[[Batch], Coroutine[Any, Any, None]]
Together = Fun[[Sequence[Batch]], Coroutine[Any, Any, None]]
"""A handler of several batches at once, each of another partition."""
PartitionsHook = Fun[[frozenset[int]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the processor gives the engine; see :func:`streams.engine.app.build_app`."""

    handlers: Mapping[str, Handler | Together]
    together: frozenset[str]
    on_assigned: PartitionsHook
    on_revoked: PartitionsHook
    drain_timeout: float
