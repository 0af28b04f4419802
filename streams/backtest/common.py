"""What all firms share, as it was known at each place of the log: how far sources had come, and what was usual.

Rebuilt from the control records in the data. A history without what workers told each other still has the heartbeats of
its sources, from which the watermarks follow.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from detectors.catalogue.model import Catalogue
from detectors.ledger import Ledger
from detectors.macro.in_force import Terms
from detectors.macro.rules import MacroRules
from detectors.points.view import sources_of
from detectors.record import Record, decode
from detectors.reference import NOTHING, Reference
from streams.backtest.split import Line
from streams.engine.areas import Areas, Day
from streams.engine.cases import NEVER
from streams.engine.commons import Commons
from streams.engine.exchange import MACRO, NORMS, WATERMARK
from streams.engine.sources import SourceWatch
from streams.engine.state import PartitionState


class Known(msgspec.Struct, frozen=True):
    """What is known from ``clock`` and ``place`` on, by zone; ``norms`` says that new norms came, for which firms may
    have been waiting."""

    clock: int
    place: int
    references: dict[int, Reference]
    norms: bool


NO_NEWS = Known(NEVER, 0, {}, norms=False)
"""What never comes."""


def at(news: Known) -> tuple[int, int]:
    """Its place in the history."""
    return news.clock, news.place


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
        self._progress: dict[tuple[int, str], tuple[list[int], list[int]]] = {}

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

    def heard(self, awaits: Mapping[str, int], ledger: Ledger, zone: int) -> Known:
        """The step at which the sources of a ledger have first told all up to a day that is waited for."""
        steps = [
            max(
                [self._reached(zone, source, feed, day) for source in sources_of(ledger, feed)],
                default=len(self.steps),
            )
            for feed, day in awaits.items()
        ]
        first = min(steps)
        return self.steps[first] if first < len(self.steps) else NO_NEWS

    def _reached(self, zone: int, source: str, feed: str, day: int) -> int:
        """The step at which a source has told all of a feed up to a day; beyond the last if it never has."""
        days, places = self._told(zone, f"{source}|{feed}")
        if not days:
            days, places = self._told(zone, source)
        found = bisect_left(days, day)
        return places[found] if found < len(places) else len(self.steps)

    def _told(self, zone: int, name: str) -> tuple[list[int], list[int]]:
        """The days up to which a source told all, ascending, and the steps at which it did."""
        held = self._progress.get((zone, name))
        if held is None:
            days, places = held = self._progress[zone, name] = [], []
            for index, step in enumerate(self.steps):
                day = step.references[zone].watermarks.get(name)
                if day is not None and (not days or day > days[-1]):
                    days.append(day)
                    places.append(index)
        return held

    def _known(self, steps: int, zone: int) -> Reference:
        return self.steps[steps - 1].references[zone] if steps else NOTHING


def tells_norms(line: Line) -> bool:
    """Whether a control record tells what is usual in a month."""
    return decode(line[2]).feed == NORMS


def areas(controls: Iterable[Line], rules: MacroRules) -> list[str]:
    """Ids of the warnings of the macro risk index by these rules, where the data hold what partitions told of their
    groups."""
    board, ids = Areas({}, Terms(rules)), []
    for _, _, line in controls:
        record = decode(line)
        if record.feed == MACRO:
            board.take(msgspec.convert(record.payload, Day))
            ids += [alert["alert_id"] for alert in board.alerts()]
    return ids


def silences(controls: Iterable[Line], end: int) -> list[str]:
    """Ids of the alerts about sources that fell silent or came back."""
    watch, ids = SourceWatch({}, ()), []
    for clock, _, line in controls:
        record = decode(line)
        if record.op != "exchange":
            ids += [alert["alert_id"] for alert in watch.overdue(clock)]
            ids += [alert["alert_id"] for alert in watch.heard(record, clock)]
    return ids + [alert["alert_id"] for alert in watch.overdue(end)]
