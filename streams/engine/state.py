"""What one partition keeps of an entity, and how it is written to the changelog.

Layout of a value: ``F``, one version byte, eight bytes with the instant at which the entity wants to be looked at
again, four with the earliest day for which it waits until a source has told all (so that both are rebuilt without
decoding), then MessagePack with sorted keys. Version 1 had no such day.
"""

import struct
from collections.abc import Callable, Mapping

import msgspec

from alerts.policy.lifecycle import Standing
from detectors.errors import FenghuoError
from detectors.fact import FAR
from detectors.ledger import EMPTY, Ledger
from detectors.points.finding import AS_SOON_AS_TOLD

VERSION = 2
_HEAD = struct.Struct(">cBq")
_WAITS = struct.Struct(">i")
_HEADS = {1: _HEAD.size, 2: _HEAD.size + _WAITS.size}


class EntityState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Ledger (a set, order-free), standing (what was told, path-dependent), the offset each fact came from, the name to
    show to people (of a person: masked), and the days waited for by feed (``Judgement.awaits``; None: not known)."""

    ledger: Ledger = EMPTY
    standing: Standing = Standing()
    offsets: dict[int, int] = msgspec.field(default_factory=dict)
    name: str = ""
    awaits: dict[str, int] | None = None

    @property
    def awaited(self) -> int:
        """The earliest day waited for; FAR if none."""
        return AS_SOON_AS_TOLD if self.awaits is None else min(self.awaits.values(), default=FAR)


class PartitionState(msgspec.Struct, frozen=True):
    """What a partition itself keeps: stream time, the next offset of ``records``, when each source last spoke
    and how far it has come, since when all entities are looked at again, and the last month added up."""

    clock: int = 0
    next_offset: int = 0
    sources: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    stale: tuple[str, ...] = ()
    watermarks: dict[str, int] = msgspec.field(default_factory=dict)
    revisit: int | None = None
    settled: str = ""


PARTITION_KEY = b"\x00partition"
MODEL_KEY = b"\x00model"
CATALOGUE_KEY = b"\x00catalogue"

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(EntityState).decode
_READERS: Mapping[int, Callable[[bytes], EntityState]] = {1: _decoder, 2: _decoder}
_partition_decoder = msgspec.json.Decoder(PartitionState)


def encode(state: EntityState, due: int) -> bytes:
    """A state and its timer as bytes."""
    return _HEAD.pack(b"F", VERSION, due) + _WAITS.pack(state.awaited) + _encoder.encode(state)


def due_of(value: bytes) -> int:
    """The timer alone."""
    return int(_HEAD.unpack_from(value)[2])


def awaited_of(value: bytes) -> int:
    """The earliest day waited for, alone."""
    return AS_SOON_AS_TOLD if value[1] == 1 else int(_WAITS.unpack_from(value, _HEAD.size)[0])


def decode(value: bytes) -> EntityState:
    """A state from bytes of any version this program has written.

    Raises:
        FenghuoError: unknown layout or damaged bytes.
    """
    if len(value) < _HEAD.size or value[:1] != b"F" or value[1] not in _READERS:
        raise FenghuoError(
            "ledger changelog", f"unknown layout {value[:2]!r}", "upgrade, or rebuild from the records"
        )
    try:
        return _READERS[value[1]](value[_HEADS[value[1]] :])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FenghuoError(
            "ledger changelog", f"damaged value ({error})", "rebuild from the records"
        ) from error


def encode_partition(state: PartitionState) -> bytes:
    """The partition's own state as JSON."""
    return msgspec.json.encode(state, order="deterministic")


def decode_partition(value: bytes | None) -> PartitionState:
    """The inverse; a fresh state for None."""
    return PartitionState() if value is None else _partition_decoder.decode(value)
