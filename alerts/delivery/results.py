"""What becomes of a notification: the results that are counted, and the way into the dead letters."""

import logging
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from alerts.delivery.dead_letters import DeadLetters, Undelivered
from alerts.delivery.notification import Notification

_log = logging.getLogger(__name__)


class Result(StrEnum):
    """What became of a message, an alert or an attempt: the closed set of the metric label ``result``."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    GAVE_UP = "gave_up"
    GONE = "gone"
    REFUSED = "refused"
    GROUPED = "grouped"
    """An alert that went into a message with others, or into a digest."""
    COOLED_DOWN = "cooled_down"
    """An alert kept back because its colour was told a short while ago."""
    REMINDED = "reminded"
    ESCALATED = "escalated"


Observer = Callable[[Result, str], None]
"""Told every result with the subscriber id (empty for a message that could not be read)."""


def ignore(_result: Result, _subscriber_id: str) -> None:
    """The observer that does not care."""


class Aside:
    """Puts aside what cannot be delivered, and counts it."""

    def __init__(self, dead_letters: DeadLetters, observe: Observer, now: Callable[[], datetime]) -> None:
        self._dead_letters, self._observe, self._now = dead_letters, observe, now

    async def item(self, item: Notification, result: Result, reason: str, detail: str) -> None:
        """A notification that was read. Raises DeadLetterError."""
        await self.raw(item.subscriber_id, reason, detail, item.place, item.original, result)

    async def raw(
        self, who: str, reason: str, detail: str, where: str, original: bytes, result: Result
    ) -> None:
        """The same from its parts; ``who`` is empty for what could not be read. Raises DeadLetterError."""
        letter = Undelivered(
            subscriber_id=who,
            reason=reason,
            detail=detail,
            place=where,
            original=original,
            observed_at=self._now(),
        )
        await self._dead_letters.send(letter)
        _log.warning("webhook %s to %s put aside as %s: %s", where, who or "?", result, detail)
        self._observe(result, who)
