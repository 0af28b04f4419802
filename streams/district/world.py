"""The simulated district: a seeded world whose every event follows from (seed, entities, days, start)."""

from array import array
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from heapq import merge
from operator import attrgetter
from typing import Any, Final

import msgspec

from streams.district.defects import Told, with_defects
from streams.district.dice import DAY, Dice
from streams.district.expected import Expected, Outcome
from streams.district.firm import DEFECT, Firm, make_firm, metered
from streams.district.kinds import Kind
from streams.district.loans import watched
from streams.district.outages import Outages
from streams.district.registry import report
from streams.district.routine import BILLED, EVERY_MONTH, MONTHLY, QUARTERLY, ROUTE_FROM, ROUTE_SECONDS
from streams.district.setting import Setting
from streams.district.statement import SOURCES, Almanac, Source, Statement, canonical, heartbeat
from streams.district.stories import begins, initial, tell
from streams.district.utility import Bill

ROUTES: Final = 28
"""Meter-reading routes: a firm's bills and reports come on the day of the month that follows from its index."""
_LOAD_FROM, _LOAD_SECONDS = 300, 68_000
_REPORTING: Final = 0.45
_CACHED_FIRMS: Final = 32_768
_CACHED_STORIES: Final = 8_192
_BEAT: Final = DAY - 1

_encode = msgspec.json.encode
_by_time = attrgetter("at")


class SourceEvent(msgspec.Struct, frozen=True):
    """One thing a department emits.

    ``at`` is the simulated moment of emission, ``observed`` that of capture as written in the record (earlier when the
    record is sent again), ``outcome`` what must become of it; see :class:`streams.district.defects.Told` for ``tag``.
    A heartbeat (F33) has no statement.
    """

    source: Source
    at: datetime
    second: int
    statement: Statement | None
    tag: str = ""
    outcome: Outcome = "accepted"


class World:
    """A district of ``entities`` enterprises over ``days`` days. Pure: no clock, no I/O, bounded memory.

    Any enterprise can be asked for on its own (:meth:`firm`, :meth:`fate`); :meth:`events` yields what all departments
    emit, in order of emission, holding only what is still to come of stories already begun.
    """

    def __init__(
        self,
        seed: int = 1,
        entities: int = 2000,
        days: int = 365,
        start: date = date(2025, 1, 1),
        *,
        dense: bool = False,
        outages: bool = True,
    ) -> None:
        """``dense``: what is rare happens to nearly everybody, to see all of it in a small world; ``outages``: whether
        departments fall silent at times.

        Raises ValueError when ``entities`` is not in 1..28,000,000 or ``days`` not in 1..3,650."""
        if not 1 <= entities <= 28_000_000:
            raise ValueError(f"entities must be between 1 and 28,000,000, not {entities}")
        if not 1 <= days <= 3_650:
            raise ValueError(f"days must be between 1 and 3,650, not {days}")
        self.seed, self.entities, self.days, self.start = seed, entities, days, start
        self.almanac = Almanac(start)
        self.setting = Setting(seed, entities, days, self.almanac, dense)
        self.silences = Outages(seed, days if outages else 0, self.almanac)
        self.firm = lru_cache(_CACHED_FIRMS)(self._firm)
        self.fate = lru_cache(_CACHED_FIRMS)(self.setting.fate)
        self.course = lru_cache(_CACHED_FIRMS)(self.setting.course)
        self._later = lru_cache(_CACHED_STORIES)(self._story)

    @classmethod
    def sized(
        cls, records: int, seed: int = 1, entities: int = 2000, start: date = date(2025, 1, 1)
    ) -> "World":
        """A world of about ``records`` records: the days are chosen, at most three years and at least 30 days.

        Every firm costs about four records at once and 45 a year after that.
        """
        days = (records / entities - 4.1) * 365 / 45.2
        return cls(seed, entities, min(max(round(days), 30), 1_095), start)

    def _firm(self, index: int) -> Firm:
        return make_firm(self.seed, index)

    # -- stories ------------------------------------------------------------------------------------------------

    def _story(self, kind: int, index: int, begin: int) -> list[Told]:
        """Everything told in one story; ``begin`` is its first second (routine) or day (others)."""
        firm, setting = self.firm(index), self.setting
        if kind in BILLED:
            told = Bill(self.seed, self.almanac, firm, self.course(index), BILLED[kind], begin).story()
        elif kind in MONTHLY:
            course = self.course(index)
            told = [MONTHLY[kind](self.seed, self.almanac, firm, course, begin)]
        elif kind == Kind.REPORT:
            told = [report(self.seed, self.almanac, firm, self.fate(index), begin)]
        elif kind == Kind.MASTER:
            told = initial(setting, firm, begin)
        else:
            told = tell(setting, Kind(kind), firm, begin)
        return self.silences.held_back(with_defects(told, Dice(self.seed, DEFECT, index, kind, begin)))

    def history(self, index: int) -> list[Told]:
        """Everything ever told about one enterprise inside the window, in order of emission."""
        stories = [self._story(Kind.MASTER, index, self._load_slot(index))]
        stories += [self._story(kind, index, day) for kind, day in begins(self.setting, index)]
        for day in range(self.days):
            for kind, step in self._routine(day):
                route = self.almanac.day(day).day - 1
                if index % ROUTES == route and self._has(kind, index, day):
                    stories.append(self._story(kind, index, self._route_slot(day, route, index, step)))
        told = [event for story in stories for event in story if event.at < self.days * DAY]
        return sorted(told, key=_by_time)

    # -- routine ------------------------------------------------------------------------------------------------

    def _routine(self, day: int) -> list[tuple[Kind, int]]:
        """What the routes bring on a day: bills every day of a route, reports in the month after a quarter."""
        date_ = self.almanac.day(day)
        if date_.day > ROUTES:
            return []
        return QUARTERLY if date_.month in (1, 4, 7, 10) else EVERY_MONTH

    def _has(self, kind: Kind, index: int, day: int) -> bool:
        """Whether a firm on the route of this day has such a record."""
        if kind is Kind.REPORT:
            return self.setting.dense or Dice(self.seed, DEFECT, index).chance(_REPORTING)
        course = self.course(index)
        if course.gone(day):
            return False
        if kind is Kind.INSURANCE:
            return True
        if kind is Kind.LOAN:
            due = self.almanac.day(day).month in (1, 4, 7, 10) or watched(course, day)
            return due and self.firm(index).lender >= 0
        meters = metered(self.seed, index)
        if kind is Kind.READING:
            return meters.power
        turn = (self.almanac.day(day).month + index // ROUTES + (kind is Kind.WATER)) % 2 == 0
        has = meters.power if kind is Kind.POWER else meters.water if kind is Kind.WATER else meters.gas
        return has and (turn or meters.monthly)

    def _route_slot(self, day: int, route: int, index: int, step: int) -> int:
        count = max(1, (self.entities - route + ROUTES - 1) // ROUTES)
        return day * DAY + ROUTE_FROM[step] + (index // ROUTES) * ROUTE_SECONDS // count

    def _load_slot(self, index: int) -> int:
        return _LOAD_FROM + index * _LOAD_SECONDS // self.entities

    def _walk(self, kind: Kind, step: int, day: int, agenda: "Agenda") -> Iterator[Told]:
        """The day's part of a routine, firm by firm; what follows on later days goes on the agenda."""
        route = self.almanac.day(day).day - 1
        for index in range(route, self.entities, ROUTES):
            if self._has(kind, index, day):
                begin = self._route_slot(day, route, index, step)
                yield from self._today(kind, index, begin, day, agenda)

    def _load(self, agenda: "Agenda") -> Iterator[Told]:
        for index in range(self.entities):
            yield from self._today(Kind.MASTER, index, self._load_slot(index), 0, agenda)

    def _today(self, kind: Kind, index: int, begin: int, day: int, agenda: "Agenda") -> list[Told]:
        story = self._story(kind, index, begin)
        if len(story) == 1 and story[0].at < (day + 1) * DAY:
            return story
        agenda.follow(story, kind, index, begin, day)
        return [event for event in story if event.at < (day + 1) * DAY]

    # -- everything ---------------------------------------------------------------------------------------------

    def told(self) -> Iterator[Told]:
        """Every emission of every department in order of time, without heartbeats."""
        agenda = Agenda(self)
        for day in range(self.days):
            parts = [agenda.due(day)]
            if day == 0:
                parts.append(self._load(agenda))
            parts += [self._walk(kind, step, day, agenda) for kind, step in self._routine(day)]
            yield from merge(*parts, key=_by_time)

    def events(self) -> Iterator[SourceEvent]:
        """Every emission in order of time, with one heartbeat of each department at the end of its cycle."""
        day, moment = 0, self.almanac.moment
        for event in self.told():
            while event.at >= (day + 1) * DAY:
                yield from self._beats(day)
                day += 1
            source = SOURCES[event.statement.source]
            yield SourceEvent(source, moment(event.at), event.at, event.statement, event.tag, event.outcome)
        for rest in range(day, self.days):
            yield from self._beats(rest)

    def _beats(self, day: int) -> Iterator[SourceEvent]:
        second = day * DAY + _BEAT
        for source in SOURCES.values():
            if (day + 1) % (source.cycle_seconds // DAY) == 0 and not self.silences.silent(
                source.key, second
            ):
                yield SourceEvent(source, self.almanac.moment(second), second, None, "heartbeat")

    def record(self, event: SourceEvent) -> dict[str, Any]:
        """The event as a canonical wire record, before any defect of its row."""
        if event.statement is None:
            return heartbeat(event.source, event.second, self.almanac)
        return canonical(event.statement, self.almanac)

    def canonical(self) -> Iterator[bytes]:
        """Valid records (duplicates and late ones too) as canonical JSON, for load tests: no connector needed."""
        almanac = self.almanac
        for event in self.told():
            if event.outcome != "quarantined":
                yield _encode(canonical(event.statement, almanac))

    def wires(self) -> Iterator[bytes]:
        """The same with the heartbeats of the departments, so that absence can be judged."""
        for event in self.events():
            if event.outcome != "quarantined":
                yield _encode(self.record(event))

    def expected(self) -> Expected:
        """What must have been counted at the end; walks through all events once."""
        books = Expected()
        for event in self.events():
            count(books, event)
        return books


def count(books: Expected, event: SourceEvent) -> None:
    """Enter one event into the books."""
    if event.statement is None:
        books.heartbeats += 1
        return
    source = event.source
    books.add(source.source_id, source.family, event.outcome, event.tag, event.statement.op)


class Agenda:
    """What is still to come, by day: stories not yet begun or not yet finished, eight bytes each."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._days: dict[int, array[int]] = {}
        for index in range(world.entities):
            for kind, day in begins(world.setting, index):
                self._put(day, kind, index, day)

    def _put(self, day: int, kind: int, index: int, begin: int) -> None:
        if day < self._world.days:
            self._days.setdefault(day, array("Q")).append((begin << 25 | index) << 6 | kind)

    def due(self, day: int) -> Iterator[Told]:
        """The day's part of every story on the agenda, in order of time; the rest is put on later days.

        Stories of the first day tell everything at one second that rises with the index, in which order they stand
        here: they need not be sorted, which would take as much memory as the whole backlog.
        """
        parts = self._parts(day)
        return parts if day == 0 else iter(sorted(parts, key=_by_time))

    def _parts(self, day: int) -> Iterator[Told]:
        for packed in self._days.pop(day, ()):
            kind, index, begin = packed & 63, packed >> 6 & (1 << 25) - 1, packed >> 31
            story = self._world._later(kind, index, begin)
            self.follow(story, kind, index, begin, day)
            yield from (event for event in story if event.at // DAY == day)

    def follow(self, story: list[Told], kind: int, index: int, begin: int, day: int) -> None:
        """Put what is told after ``day`` on the agenda."""
        for event in story:
            if event.at // DAY > day:
                self._put(event.at // DAY, kind, index, begin)
                return
