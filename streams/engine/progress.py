"""How far the work on each partition has come: which batches are in hand, and hence what may be committed."""

from collections import deque
from collections.abc import Iterator, Mapping

from faust.types import TP, Message


class Progress:
    """Which batches were handed out and which are done, per partition: hence what may be committed.

    A batch counts from the moment it is handed to the stream. The offset to commit is the one after the last
    batch of the unbroken row of finished ones: unfinished work is never passed, in whatever order it finishes.
    """

    def __init__(self) -> None:
        """Start with nothing handed out."""
        self._open: dict[TP, deque[Message]] = {}
        self._next: dict[TP, int] = {}

    def opened(self, tp: TP, first_offset: int, batch: Message) -> None:
        """Hand out ``batch``; open batches that overlap it are void: the log is being read again from there."""
        pending = self._open.setdefault(tp, deque())
        while pending and pending[-1].offset >= first_offset:
            pending.pop()
        pending.append(batch)

    def is_open(self, batch: Message) -> bool:
        """Whether the batch was handed out under the present assignment and is not finished."""
        return any(entry is batch for entry in self._open.get(batch.tp, ()))

    def finished(self, batch: Message) -> bool:
        """Mark the batch done. False, and no effect, when it is not open (a rebalance made it void)."""
        if not self.is_open(batch):
            return False
        batch.acked = True
        pending = self._open[batch.tp]
        while pending and pending[0].acked:
            self._next[batch.tp] = pending.popleft().offset + 1
        return True

    def waiting(self, topic: str) -> Iterator[Message]:
        """The batches of a topic handed out and not finished, in offset order within a partition."""
        for tp, pending in self._open.items():
            if tp.topic == topic:
                yield from (batch for batch in pending if not batch.acked)

    def committable(self) -> Mapping[TP, int]:
        """The offset to commit for each partition on which a batch was finished."""
        return self._next

    def forget(self) -> None:
        """Void everything: partitions were given up, or are being read again from the committed offset."""
        self._open.clear()
        self._next.clear()
