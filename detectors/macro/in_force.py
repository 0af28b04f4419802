"""By which rules each day of the index is closed, while one catalogue takes over from another.

A day is closed after its end, when the last partition has come to it. By then another catalogue may be in force. The
day is closed by the rules of its own time nevertheless, so that who is ahead of whom changes no reading.
"""

import msgspec

from detectors.macro.rules import DEFAULT, MacroRules


class Terms(msgspec.Struct, frozen=True, array_like=True):
    """The rules of a catalogue, and its version (empty: none that anybody told of)."""

    rules: MacroRules = DEFAULT
    catalogue: str = ""


USUAL = Terms()


class _Since(msgspec.Struct, frozen=True, array_like=True):
    day: int
    terms: Terms


_since = msgspec.json.Decoder(list[_Since])


class InForce:
    """The terms of every day that is not closed, and of the one closed last."""

    def __init__(self, terms: Terms, kept: bytes | None = None) -> None:
        """``terms`` are those of all days unless ``kept``, from :meth:`encoded`, says otherwise."""
        self._since = [_Since(0, terms)] if kept is None else _since.decode(kept)

    def on(self, day: int) -> Terms:
        """The terms that a day is closed by."""
        return next((one.terms for one in reversed(self._since) if one.day <= day), self._since[0].terms)

    def revise(self, day: int, terms: Terms, closed: int) -> bool:
        """From ``day`` on these are in force; whether that is news. Days up to ``closed`` are closed already."""
        if terms == self._since[-1].terms:
            return False
        past = max([one.day for one in self._since if one.day <= closed], default=-1)
        self._since = [one for one in self._since if past <= one.day < day] or [_Since(0, self.on(closed))]
        self._since.append(_Since(day, terms))
        return True

    def encoded(self) -> bytes:
        """For the changelog."""
        return msgspec.json.encode(self._since)
