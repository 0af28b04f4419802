"""The records of a history on disk: JSON lines in one file, or in the files of a folder, merged by time of capture."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from detectors.errors import FenghuoError
from detectors.fact import IMPULSE, compact
from detectors.record import decode
from detectors.records.validation import validate

CHUNK = 32 << 20
"""Bytes of a file that one process reads at a time."""

_SAMPLE = 200


class Head(msgspec.Struct, gc=False):
    """What is read of a record before it is judged."""

    entity: str
    observed_at: datetime
    op: str
    schema: str

    @property
    def timeless(self) -> bool:
        """Whether it was written by a worker: that does not move stream time."""
        return self.op == "exchange" or self.schema[:3] == IMPULSE


head = msgspec.json.Decoder(Head).decode


class Chunk(msgspec.Struct, frozen=True):
    """The lines of ``path`` that begin in ``start`` <= byte < ``end``; ``number`` orders chunks as the data are."""

    number: int
    path: Path
    start: int
    end: int


def files(data: Path) -> list[Path]:
    """The files of a history, in order.

    Raises:
        FenghuoError: nothing is there, or nothing can be read.
    """
    found = sorted(data.glob("*.jsonl")) if data.is_dir() else [data]
    if not found:
        raise FenghuoError(str(data), "holds no .jsonl file", "give records as JSON lines")
    for path in found:
        try:
            with path.open("rb"):
                pass
        except OSError as error:
            what = f"cannot be read ({error.strerror})"
            raise FenghuoError(str(path), what, "give records as JSON lines") from None
    return found


def chunks(paths: list[Path]) -> list[Chunk]:
    """All lines of all files, in pieces."""
    pieces = [(path, start) for path in paths for start in range(0, path.stat().st_size, CHUNK)]
    return [Chunk(number, path, start, start + CHUNK) for number, (path, start) in enumerate(pieces)]


def lines(chunk: Chunk) -> Iterator[tuple[int, bytes]]:
    """Byte position and text of each line that begins in a chunk."""
    with chunk.path.open("rb") as file:
        position = chunk.start
        if position:
            file.seek(position - 1)
            position += len(file.readline()) - 1
        while position < chunk.end and (line := file.readline()):
            yield position, line
            position += len(line)


def mended(line: bytes) -> tuple[bytes | None, str]:
    """The canonical form of a record that is not in it, as a connector would write it; None if it is refused, and
    why."""
    try:
        raw = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return None, f"not a JSON object ({error})"
    if not isinstance(raw, dict):
        return None, "a record is a JSON object"
    outcome = validate(raw, now=datetime.now(UTC))
    return outcome.wire, f"{outcome.reason}: {outcome.detail}"


def require_canonical(path: Path) -> None:
    """Compare the first records with what a connector would have made of them.

    Raises:
        FenghuoError: they are not in the form in which records lie in the log, which is what is replayed at full speed.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number > _SAMPLE:
                return
            made, _ = mended(line)
            if made is not None and _read(line) not in (None, _read(made)):
                remedy = "give --check to have every record brought into it, which takes longer"
                raise FenghuoError(f"{path}:{number}", "not in canonical form", remedy)


def _read(line: bytes) -> Any:
    """What a judgement takes from the record as it is: amounts, days and numbers."""
    try:
        record = decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    kept = compact(record.payload, "")
    numbers = {name: value for name, value in kept.items() if isinstance(value, int | float | list)}
    return record.feed, record.op, record.entity, record.occurred_at, numbers
