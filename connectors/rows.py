"""What travels between a source and the pipeline: rows in, batches with the state to remember once they are safe."""

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from connectors.checkpoint import Checkpoint
from connectors.publish import DeadLetter
from detectors.errors import FenghuoError

State = dict[str, Any]
"""A source's position, JSON only; never changed in place, so that an unacknowledged one can be dropped."""


class Trouble(StrEnum):
    """Why a row never reached validation; the ``reason`` of its dead letter."""

    UNREADABLE = "unreadable"
    PARTIAL = "partial_row"
    UNKNOWN_COLUMN = "unknown_column"
    UNMATCHED = "no_mapping_matches"
    FOREIGN_SOURCE = "foreign_source"
    TOO_LARGE = "record_too_large"
    BAD_FILE = "unreadable_file"
    GAP = "gap_in_source"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the source gave it.

    ``place`` is what a person can look up (``court.csv:17``); ``original`` the source's own bytes; ``captured_at``
    must be the same when the row is sent again, so it never comes from the clock at re-sending.
    A row that could not even be read has a ``problem``, a whole sentence, and a ``trouble``.
    """

    place: str
    original: bytes
    values: Mapping[str, object]
    captured_at: datetime
    problem: str = ""
    trouble: Trouble = Trouble.UNREADABLE


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one record of a row: ``outcome`` is accepted, flagged or quarantined."""

    outcome: str
    feed: str
    record_id: str
    reason: str = ""
    detail: str = ""
    flags: tuple[str, ...] = ()


Results = Sequence[Sequence[RowResult]]
"""Per row of the batch, one result per record the row was mapped to."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one unit of the source (a file, a table, a listing) has been read; totals are None if unknown."""

    source_id: str
    place: str
    rows: int
    done: int
    total: int | None


def _nothing(_results: Results) -> None:
    """Most sources have nothing to do after the checkpoint is written."""


def _no_failure(_error: FenghuoError) -> None:
    """Most sources simply read the batch again."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to publish, then ``state`` to remember, then ``committed`` to call: in that order.

    An empty batch says that the source is alive; ``skipped`` counts what it gave again and was recognised.
    """

    rows: Sequence[Row] = ()
    state: State | None = None
    letters: Sequence[DeadLetter] = ()
    skipped: int = 0
    progress: Progress | None = None
    committed: Callable[[Results], None] = _nothing
    failed: Callable[[FenghuoError], None] = _no_failure


class Source(Protocol):
    """A place records come from. The runner drives it; it publishes nothing itself."""

    @property
    def pause(self) -> float:
        """Seconds to wait after a poll that found nothing."""

    @property
    def patience(self) -> float:
        """Longest wait in seconds between tries when the source or the broker is away."""

    @property
    def alive_on_poll(self) -> bool:
        """Whether a successful poll without rows proves that the source is alive."""

    @property
    def settled(self) -> bool:
        """Whether nothing is known to be on its way still (a half-written file is)."""

    @property
    def address(self) -> str:
        """Where the source listens, as a URL; empty for sources that fetch."""

    def poll(self, memory: Checkpoint, stop: threading.Event) -> Generator[Batch, None, None]:
        """Yield what is new since ``memory.state``; end when there is no more for now.

        Raises:
            SourceError: the source is away; the runner waits and polls again.
            FenghuoError: anything else is a mistake of the operator and ends the run.
        """

    def close(self) -> None:
        """Let go of files, connections and threads; may be called twice."""
