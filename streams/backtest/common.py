"""What all firms share, as it was known at each place of the log: how far sources had come, and what was usual.

Rebuilt from the control records in the data. A history without what workers told each other still has the heartbeats of
its sources, from which the watermarks follow.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from detectors.catalogue.model import Catalogue
from detectors.record import Record, decode
from detectors.reference import NOTHING, Reference
from streams.backtest.split import Line
from streams.engine.commons import Commons
from streams.engine.exchange import NORMS, WATERMARK
from streams.engine.sources import SourceWatch
from streams.engine.state import PartitionState


class Known(msgspec.Struct, frozen=True):
    """What is known from ``clock`` and ``place`` on, by zone; ``norms`` says that new norms came, for which firms may
    have been waiting."""

    clock: int
    place: int
    references: dict[int, Reference]
    norms: bool


class Common:
    """Shared knowledge through time, for the zones of a catalogue."""

    def __init__(self, controls: Sequence[Line], catalogue: Catalogue) -> None:
        """``controls`` in order of the log."""
        records = [(clock, place, decode(line)) for clock, place, line in controls]
        told = any(record.feed == WATERMARK for _, _, record in records)
        self._zones = {profile.utc_offset for profile in catalogue.profiles.values()}
        self._commons = Commons(0, 1, {}, PartitionState())
        self.steps: list[Known] = []
        for clock, place, record in records:
            if record.op == "exchange":
                self._take(clock, place, record)
            elif not told:
                for sent in self._commons.watermarks.heard(record, clock):
                    self._take(clock, place, decode(sent.value))
        self._places = [(step.clock, step.place) for step in self.steps]
        self._clocks = [step.clock for step in self.steps]
        self.norms = [step for step in self.steps if step.norms]

    def _take(self, clock: int, place: int, record: Record) -> None:
        if record.feed not in (
            WATERMARK,
            NORMS,
        ):  # all of history is judged by the catalogue that is asked about
            return
        self._commons.take(record)
        known = {zone: self._commons.reference(zone) for zone in self._zones}
        before = self.steps[-1].references if self.steps else {}
        if before != known:
            zone = next(iter(known))
            norms = known[zone].norms is not before.get(zone, NOTHING).norms and record.feed != WATERMARK
            self.steps.append(Known(clock, place, known, norms))

    def at(self, clock: int, place: int, zone: int) -> Reference:
        """What was known when the record at ``place`` was judged."""
        return self._known(bisect_left(self._places, (clock, place)), zone)

    def due(self, at: int, zone: int) -> Reference:
        """What was known when a timer due ``at`` fired: it fires with the first record that is not before it."""
        return self._known(bisect_left(self._clocks, at), zone)

    def _known(self, steps: int, zone: int) -> Reference:
        return self.steps[steps - 1].references[zone] if steps else NOTHING


def silences(controls: Iterable[Line], end: int) -> list[str]:
    """Ids of the alerts about sources that fell silent or came back."""
    watch, ids = SourceWatch({}, ()), []
    for clock, _, line in controls:
        record = decode(line)
        if record.op != "exchange":
            ids += [alert["alert_id"] for alert in watch.overdue(clock)]
            ids += [alert["alert_id"] for alert in watch.heard(record, clock)]
    return ids + [alert["alert_id"] for alert in watch.overdue(end)]
