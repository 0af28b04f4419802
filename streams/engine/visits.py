"""Looking at everybody again: who is visited when follows from when the round began, so that a crash forgets nobody."""

import heapq
import zlib
from collections.abc import Iterable

SPAN = 3_600
"""Stream seconds over which a round is spread."""


class Visits:
    """The round in progress; ``since`` is when it began (epoch seconds), None between rounds."""

    def __init__(self, since: int | None, clock: int, entities: Iterable[str]) -> None:
        """Take up a round: whoever was due by ``clock`` has been visited."""
        self.since = since
        self._queue: list[tuple[int, str]] = []
        if since is not None:
            self._fill(since, entities, clock)

    def begin(self, clock: int, entities: Iterable[str]) -> None:
        """Start a round, in the place of one that is not finished: it visits everybody anyway."""
        self.since, self._queue = clock, []
        self._fill(clock, entities, clock)

    def _fill(self, since: int, entities: Iterable[str], after: int) -> None:
        visits = [(since + 1 + zlib.crc32(entity.encode()) % SPAN, entity) for entity in entities]
        self._queue = [visit for visit in visits if visit[0] > after]
        heapq.heapify(self._queue)

    def head(self) -> list[tuple[int, str]]:
        """The next visit, if there is one."""
        return self._queue[:1]

    def pop(self) -> tuple[int, str]:
        """Take the next visit off."""
        return heapq.heappop(self._queue)

    def end(self, clock: int) -> None:
        """Note that the round is over, once it is."""
        if self.since is not None and not self._queue and clock > self.since + SPAN:
            self.since = None
