"""A record as it lies in the log: what the driver hands out and the processor judges."""

import msgspec


class RawRecord(msgspec.Struct, frozen=True, gc=False):
    """One record as it lies in the log. ``timestamp`` is in milliseconds since 1970 UTC."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp: int
