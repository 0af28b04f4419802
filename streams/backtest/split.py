"""From lines in order of the log to whole firms: one pass over the data that decodes next to nothing.

Each chunk is written again as one file with a part for each shard, a part being firms with their lines. Stream time at
a record is the latest time of capture up to there; a chunk knows only its own, so what came before is added when all
chunks have been read.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from detectors.fact import IMPULSE
from detectors.record import CONTROL_OPS, epoch
from streams.backtest.source import Chunk, Head, head, lines, mended

Line = tuple[int, int, bytes]
"""Stream time, place in the log, text."""
Firms = dict[str, list[Line]]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Firms).decode


class Plan(msgspec.Struct, frozen=True):
    """How to split: into how many shards, where to, whether to validate every record, and whether the order of the log
    is that of the lines (one file) or of their times of capture (several)."""

    shards: int
    room: Path
    check: bool
    merge: bool


class Piece(msgspec.Struct):
    """What became of a chunk: its file with the end of each shard's part, what sources and workers said of themselves,
    how many records there were, the first and latest time of capture, and whether any tells what the network says."""

    number: int
    file: Path
    ends: list[int]
    controls: list[Line]
    records: int = 0
    refused: list[str] = []
    earliest: int = 1 << 60
    latest: int = 0
    impulses: bool = False


def split(plan: Plan, chunk: Chunk) -> Piece:
    """Read one chunk and write its parts."""
    firms: Firms = {}
    piece = Piece(chunk.number, plan.room / f"{chunk.number:06d}.part", [], [])
    for number, (position, text) in enumerate(lines(chunk), start=1):
        if not text.strip():
            continue
        piece.records += 1
        line, found, why = _known(text, check=plan.check)
        if found is not None:
            _put(firms, piece, found, (chunk.number << 40) + position, line, merge=plan.merge)
        else:  # only the first piece of a file knows its lines
            place = f", byte {position}" if chunk.start else f":{number}"
            piece.refused.append(f"{chunk.path}{place}: {why}")
    _write(plan, piece, firms)
    return piece


def _known(text: bytes, *, check: bool) -> tuple[bytes, Head | None, str]:
    """A line and what is read of it, or why nothing is; a line that lacks something is brought into the canonical form
    first."""
    if not check:
        try:
            return text, head(text), ""
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
    made, why = mended(text)
    return (text, None, why) if made is None else (made, head(made), "")


def _put(firms: Firms, piece: Piece, found: Head, place: int, line: bytes, *, merge: bool) -> None:
    seen = epoch(found.observed_at)
    if not found.timeless:
        piece.earliest = min(piece.earliest, seen)
        piece.latest = max(piece.latest, seen)
    piece.impulses |= found.schema[:3] == IMPULSE
    entry = (seen if merge else piece.latest, place, line)
    if found.op in CONTROL_OPS:
        piece.controls.append(entry)
    elif (held := firms.get(found.entity)) is not None:
        held.append(entry)
    else:
        firms[found.entity] = [entry]


def _write(plan: Plan, piece: Piece, firms: Firms) -> None:
    parts: list[Firms] = [{} for _ in range(plan.shards)]
    for entity, entries in firms.items():
        parts[zlib.crc32(entity.encode()) % plan.shards][entity] = entries
    with piece.file.open("wb") as file:
        for part in parts:
            file.write(_encode(part))
            piece.ends.append(file.tell())


def gather(pieces: Sequence[Piece], shard: int, *, merge: bool) -> Firms:
    """The firms of one shard, each with its lines in order of the log and stream time as the whole log has it."""
    firms: Firms = {}
    before = 0
    for piece in pieces:
        for entity, entries in _part(piece, shard).items():
            known = entries if merge or before <= entries[0][0] else _later(entries, before)
            firms.setdefault(entity, []).extend(known)
        before = max(before, piece.latest)
    if merge:
        for entries in firms.values():
            entries.sort()
    return firms


def _part(piece: Piece, shard: int) -> Firms:
    start = piece.ends[shard - 1] if shard else 0
    with piece.file.open("rb") as file:
        file.seek(start)
        return _decode(file.read(piece.ends[shard] - start))


def _later(entries: Sequence[Line], before: int) -> list[Line]:
    """The same lines at stream times not before ``before``."""
    return [(max(clock, before), place, line) for clock, place, line in entries]


def controls(pieces: Sequence[Piece], *, merge: bool) -> list[Line]:
    """Everything sources and workers said of themselves, in order of the log."""
    found: list[Line] = []
    before = 0
    for piece in pieces:
        found += piece.controls if merge else _later(piece.controls, before)
        before = max(before, piece.latest)
    return sorted(found)
