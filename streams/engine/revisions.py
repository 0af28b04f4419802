"""Which catalogue is in force in a partition. A new one comes through the log and takes force on its day.

So all workers change over at the same place of each partition without being started again, and a replay of the log
judges every record by the numbers of its time. Until one has come that way, the configured one is in force: a worker
that is started with another than the last was takes it for new, too.
"""

import functools
import hashlib

import msgspec

from detectors import catalogue as reading
from detectors.catalogue.model import Catalogue
from detectors.fact import day_number, midnight
from detectors.record import Record
from streams.engine.exchange import CATALOGUE, Sent, control


class Saved(msgspec.Struct, frozen=True):
    """Texts of the catalogue that came through the log and is in force, and of those whose day has not come; what tells
    the one configured last from others."""

    in_force: str | None = None
    pending: tuple[str, ...] = ()
    configured: str = ""


_saved = msgspec.json.Decoder(Saved)


@functools.lru_cache(maxsize=8)
def _parsed(text: str) -> Catalogue:
    return reading.parse(text, "catalogue in the log")


def catalogue_in(record: Record) -> Catalogue:
    """The catalogue that a control record brings."""
    return _parsed(str(record.payload["text"]))


def announce(text: str, at: int) -> Sent:
    """The control record that brings a catalogue (one YAML text) to every partition.

    Raises:
        FenghuoError: the text is no catalogue.
    """
    found = _parsed(text)
    payload = {"text": text, "version": found.version, "effective_from": found.effective_from.isoformat()}
    return control(CATALOGUE, f"catalogue|{found.version}", at, payload)


class Revisions:
    """The catalogue in force and those to come."""

    def __init__(self, configured: Catalogue, saved: bytes | None) -> None:
        """``configured`` is in force until one comes through the log."""
        held = Saved() if saved is None else _saved.decode(saved)
        self._in_force = held.in_force
        self._pending = held.pending
        self.current = configured if held.in_force is None else _parsed(held.in_force)
        self._configured = _content(configured)
        self._known = held.configured or self._configured
        self.changed = held.in_force is None and not held.configured

    def take(self, record: Record) -> None:
        """A catalogue from the log; one that is known already is not news."""
        text = str(record.payload["text"])
        if text != self._in_force and text not in self._pending:
            self._pending = (*self._pending, text)
            self.changed = True

    def due(self, clock: int) -> int | None:
        """Change over if the day of a pending catalogue has come; of several the latest by day, then by version.

        When that day began (epoch seconds), None if nothing changes; ``clock`` if another one is configured than was.
        """
        ripe = [text for text in self._pending if _begins(_parsed(text)) <= clock]
        if not ripe:
            if self._in_force is not None or self._known == self._configured:
                return None
            self._known, self.changed = self._configured, True
            return clock
        self._in_force = max(ripe, key=lambda text: (_parsed(text).effective_from, _parsed(text).version))
        self._pending = tuple(text for text in self._pending if text not in ripe)
        self.current, self.changed = _parsed(self._in_force), True
        return _begins(self.current)

    def save(self) -> bytes:
        """For the changelog."""
        self.changed = False
        return msgspec.json.encode(Saved(self._in_force, self._pending, self._known))


def _content(one: Catalogue) -> str:
    """What tells catalogues of different content apart."""
    held: str | None = one.memo.get("content")
    if held is None:
        held = one.memo["content"] = hashlib.sha256(one.model_dump_json().encode()).hexdigest()
    return held


def _begins(one: Catalogue) -> int:
    """Midnight of its day in the default zone, one instant for all partitions."""
    return midnight(day_number(one.effective_from), one.profiles["CN"].utc_offset)
