"""Entities that wait until a source has told all up to a day, because silence proves nothing before."""

import heapq
from collections.abc import Iterable

from detectors.fact import FAR


class Awaiting:
    """Who waits for which day. Several sources may be waited for: who is named may have to wait on."""

    def __init__(self, waiting: Iterable[tuple[int, str]]) -> None:
        """``waiting`` gives the earliest day waited for, and the entity."""
        self._heap = [one for one in waiting if one[0] < FAR]
        heapq.heapify(self._heap)
        self._day = {entity: day for day, entity in self._heap}
        self._late: set[str] = set()

    def put(self, entity: str, day: int) -> None:
        """An entity waits for this day from now on; for none if it is FAR."""
        self._late.discard(entity)
        if day >= FAR:
            self._day.pop(entity, None)
        elif self._day.get(entity) != day:
            self._day[entity] = day
            heapq.heappush(self._heap, (day, entity))

    def reached(self, day: int) -> list[str]:
        """Entities that wait for no later day than this, in order; they are named again until they are put anew."""
        while self._heap and self._heap[0][0] <= day:
            waited, entity = heapq.heappop(self._heap)
            if self._day.get(entity) == waited:
                del self._day[entity]
                self._late.add(entity)
        return sorted(self._late)
