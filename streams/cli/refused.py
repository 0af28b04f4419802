"""Saying what connectors refuse while they refuse it: a person at the terminal should not have to read a topic."""

import logging
from collections import Counter

from connectors.publish import DeadLetter, Publisher

log = logging.getLogger(__name__)

_TOLD = 10
"""Dead letters told one by one for each reason; a broken export has millions of the same."""


class Telling:
    """A publisher that logs the first dead letters of each reason and passes everything on."""

    def __init__(self, publisher: Publisher) -> None:
        """``publisher`` does the work."""
        self._publisher = publisher
        self._told: Counter[str] = Counter()
        self.first: DeadLetter | None = None

    def publish(self, entity: str, feed: str, wire: bytes) -> None:
        """See :class:`connectors.publish.Publisher`."""
        self._publisher.publish(entity, feed, wire)

    def dead_letter(self, letter: DeadLetter) -> None:
        """Tell of it, then pass it on."""
        self.first = self.first or letter
        self._told[letter.reason] += 1
        if self._told[letter.reason] <= _TOLD:
            log.warning("%s", sentence(letter))
        if self._told[letter.reason] == _TOLD:
            log.warning("further dead letters for %s are only counted (see /metrics)", letter.reason)
        self._publisher.dead_letter(letter)

    def flush(self) -> None:
        """See :class:`connectors.publish.Publisher`."""
        self._publisher.flush()


def sentence(letter: DeadLetter) -> str:
    """Place, rule and what came, as the dead letter carries them."""
    detail = letter.detail.removeprefix(f"{letter.place}: ")
    return f"{letter.source_id} {letter.place}: refused for {letter.reason}: {detail}"
