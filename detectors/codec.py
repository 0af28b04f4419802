"""How a ledger is written down: one version byte, then MessagePack with sorted keys.

Equal ledgers are equal bytes. A new layout gets a new version and keeps a reader for every older one.
"""

from collections.abc import Callable, Mapping

import msgspec

from detectors.errors import FenghuoError
from detectors.ledger import Ledger

VERSION = 2

_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(Ledger)

_READERS: Mapping[int, Callable[[bytes], Ledger]] = {1: _decoder.decode, 2: _decoder.decode}
"""Layout 1 had no contents of earlier versions, the last field of a fact, which is empty then."""


def encode(ledger: Ledger) -> bytes:
    """The ledger as bytes."""
    return bytes((VERSION,)) + _encoder.encode(ledger)


def decode(value: bytes) -> Ledger:
    """The ledger from bytes of any version this program has ever written.

    Raises:
        FenghuoError: the version is unknown (a newer program wrote it) or the bytes are damaged.
    """
    reader = _READERS.get(value[0]) if value else None
    if reader is None:
        version = value[0] if value else "none"
        raise FenghuoError("ledger", f"written in layout {version}, known are {sorted(_READERS)}", "upgrade")
    try:
        return reader(value[1:])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FenghuoError("ledger", f"damaged ({error})", "restore it from the changelog") from error
