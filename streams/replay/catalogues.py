"""By which catalogue a verdict in a log was made: the one the worker began with, or one that came through the log."""

from collections.abc import Iterable, Mapping
from typing import Any

from detectors.catalogue.model import Catalogue
from detectors.record import Record, epoch
from streams.engine.exchange import CATALOGUE
from streams.engine.revisions import Revisions, catalogue_in


class Catalogues:
    """The catalogue ``configured`` and those that the log of a partition tells of; ``alone``: whatever it tells."""

    def __init__(self, configured: Catalogue, *, alone: bool = False) -> None:
        """Nothing has been told yet."""
        self._configured, self._alone = configured, alone
        self._told: list[Record] = []

    def take(self, record: Record) -> None:
        """A record of the log, in its order; only those that bring a catalogue matter."""
        if record.feed == CATALOGUE and not self._alone:
            self._told.append(record)

    def of(self, alert: Mapping[str, Any]) -> Catalogue:
        """That which an alert names, as it was told last; the configured one where none of that version was."""
        named = [one for one in self._told if one.payload["version"] == alert["catalogue"]]
        return catalogue_in(named[-1]) if named else self._configured

    def at(self, moment: int) -> Catalogue:
        """That which was in force at ``moment`` (epoch seconds)."""
        revisions = Revisions(self._configured, None)
        for record in self._told:
            told = epoch(record.observed_at)
            if told <= moment:
                revisions.due(told)
                revisions.take(record)
        revisions.due(moment)
        return revisions.current


def in_force(log: Iterable[Record], moment: int, configured: Catalogue, *, alone: bool = False) -> Catalogue:
    """The catalogue in force at ``moment`` (epoch seconds), by a log."""
    catalogues = Catalogues(configured, alone=alone)
    for record in log:
        catalogues.take(record)
    return catalogues.at(moment)
