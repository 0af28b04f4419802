"""What a partition asks of the world: values to read, copies to route, and everything one batch wants written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import msgspec

from streams.engine.exchange import Sent
from streams.engine.learning import Learned


class Values(Protocol):
    """Where encoded states are read from: the partition's view of a store."""

    def get(self, key: bytes) -> bytes | None:
        """The value last written, None if none."""

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """Everything written, in any order."""


class Routing(Protocol):
    """Who is told: (topic, key, value, id) of every copy of an alert."""

    def __call__(self, alert: Mapping[str, Any], value: bytes) -> Iterable[tuple[str, bytes, bytes, str]]:
        """The copies to send."""


class Out(msgspec.Struct, frozen=True, gc=False):
    """One message to publish. ``id`` lets a copy that is already out be left out after a crash."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    id: str = ""


class Effects(msgspec.Struct):
    """What one batch asks to be written, in this order: ``messages`` and ``shared``, then ``states``, then
    ``partition``. To be measured: by source how many records were judged and the sum of their times of capture (epoch
    seconds), source and time of capture of the record behind each alert, and when the caller had the judgement."""

    messages: list[Out]
    states: dict[bytes, bytes]
    partition: bytes
    counts: Counter[tuple[str, str]]
    alerts: list[tuple[dict[str, Any], int]]
    learned: list[Learned] = []
    shared: list[Sent] = []
    observed: dict[str, tuple[int, int]] = {}
    raised: list[tuple[str, int]] = []
    judged_at: float = 0.0


class Topics(msgspec.Struct, frozen=True):
    """Names of the topics written to."""

    alerts: str
    assessments: str
    dead_letters: str
    macro: str = "macro"
    cohorts: str = "cohorts"
