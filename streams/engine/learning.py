"""Outcomes and the online model of one partition: an outcome waits until stream time has reached it.

Outcomes come on a topic of their own, so one may be read before the records that preceded it. Learned then, it would
teach the model what nobody knew; so it is learned when the log says that its time has come, from the ledger as it is
at that moment.
"""

import heapq
from collections.abc import Iterator
from typing import Annotated

import msgspec

from detectors.model import OnlineModel
from detectors.record import Moment


class OutcomeRecord(msgspec.Struct, frozen=True):
    """One message of the ``outcomes`` topic. An entity begins with no NUL: such keys are those of the partition."""

    entity: Annotated[str, msgspec.Meta(pattern=r"^[^\0]")]
    outcome: str
    at: Moment
    source: str = ""


decode_outcome = msgspec.json.Decoder(OutcomeRecord).decode
"""Raises ``msgspec.DecodeError`` when the bytes are no outcome."""


class Waiting(msgspec.Struct, frozen=True, array_like=True, order=True):
    """An outcome whose time (epoch seconds) has not come."""

    at: int
    entity: str
    defaulted: bool


class _Saved(msgspec.Struct, frozen=True):
    model: msgspec.Raw
    waiting: list[Waiting]


class Learned(msgspec.Struct, frozen=True):
    """One outcome learned, and the probability held before (None: nothing was known of the entity)."""

    defaulted: bool
    before: float | None


class Learning:
    """The model, the next outcome to read, and what waits."""

    def __init__(self, saved: bytes | None) -> None:
        """Take up what :meth:`save` wrote; afresh if another version of the model wrote it."""
        self.model, self.next_outcome = OnlineModel(), 0
        self._waiting: list[Waiting] = []
        if saved is not None:
            state = msgspec.json.decode(saved, type=_Saved)
            restored = OnlineModel.restore(bytes(state.model))
            if restored is not None:
                self.model, self.next_outcome = restored
                self._waiting = state.waiting
                heapq.heapify(self._waiting)

    def save(self) -> bytes:
        """Everything as JSON."""
        model = msgspec.Raw(self.model.snapshot(self.next_outcome))
        return msgspec.json.encode(_Saved(model, sorted(self._waiting)))

    def add(self, outcome: Waiting) -> None:
        """Let an outcome wait for its time."""
        heapq.heappush(self._waiting, outcome)

    def ripe(self, clock: int) -> Iterator[Waiting]:
        """Outcomes whose time has come by ``clock``, in order of (time, entity)."""
        while self._waiting and self._waiting[0].at <= clock:
            yield heapq.heappop(self._waiting)
