"""Which warning points the simulated district drives to fire and to clear, and that silence alone drives none.

``fenghuo district coverage`` runs a world through the core without a broker and counts, for every core point of the
catalogue, the alerts that opened it in each colour and those that cleared it. Departments fall silent meanwhile; a
second run of a smaller world, with and without those silences, must end with the same firms under the same absence
points, and what fired during a silence is counted.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from typing import Any, Final

import msgspec

from streams.catalogues import read_catalogue
from streams.district.outages import Outage
from streams.district.world import World
from streams.engine.cases import Case
from streams.engine.effects import Effects, Topics
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord

ABSENCE: Final = ("WP-28", "WP-32", "WP-37")
"""Points that fire on what does not come."""
_FEEDS_OF: Final = {"utility": "F15", "labour": "F19"}
_FIRED: Final = frozenset({"alert.opened", "alert.upgraded", "alert.reopened"})
_BATCH: Final = 1_000
_COLOURS: Final = ("blue", "yellow", "red")


class Tally(msgspec.Struct):
    """One point: alerts that showed it in a colour, those that cleared it, and one firm of each."""

    id: str
    name: str
    blue: int = 0
    yellow: int = 0
    red: int = 0
    cleared: int = 0
    fired_example: str = ""
    cleared_example: str = ""

    @property
    def complete(self) -> bool:
        """Whether it has fired and cleared."""
        return self.blue + self.yellow + self.red > 0 and self.cleared > 0


class Silence(msgspec.Struct):
    """One silence of a department, and the alerts on its feed's points that were raised meanwhile, by point."""

    source: str
    begin: str
    end: str
    raised: dict[str, int]


class Run(msgspec.Struct):
    """One run of a world: ``absent`` are the (point, entity) pairs of :data:`ABSENCE` that ever fired."""

    entities: int
    days: int
    seed: int
    dense: bool
    records: int
    seconds: float
    points: list[Tally]
    silences: list[Silence]
    absent: list[tuple[str, str]]
    refused: int = 0
    refusal: str = ""


class Coverage(msgspec.Struct):
    """The main run, and the two runs of the smaller world with and without silences."""

    main: Run
    silent: Run
    spoken: Run

    @property
    def missing(self) -> list[str]:
        """Points that did not both fire and clear."""
        return [tally.id for tally in self.main.points if not tally.complete]

    @property
    def by_silence(self) -> list[tuple[str, str]]:
        """(point, entity) of absence points in one of the two smaller runs only: what silence alone did."""
        return sorted(set(self.silent.absent) ^ set(self.spoken.absent))

    @property
    def complete(self) -> bool:
        """Whether every point fired and cleared, silence changed nothing, and the core refused no record."""
        return not (self.missing or self.by_silence or self.main.refused)


class _Core(Processor):
    """The core as the worker runs it, without the assessments, which nobody reads here."""

    def _assess(self, case: Case, effects: Effects) -> None:
        """Assessments are not part of the proof."""


class _Watch:
    """Counts alerts of one run."""

    def __init__(self, world: World) -> None:
        points = [point for point in read_catalogue().points if point.id.startswith("WP-")]
        self.tallies = {point.id: Tally(point.id, point.name) for point in sorted(points, key=lambda p: p.id)}
        self.feeds = {point.id: frozenset(point.feeds) for point in points}
        self.world, self.absent = world, set[tuple[str, str]]()
        self.raised: dict[Outage, Counter[str]] = {one: Counter() for one in world.silences.all()}
        self.zero = world.almanac.moment(0).timestamp()

    def see(self, alert: Mapping[str, Any]) -> None:
        """Enter one alert."""
        tally = self.tallies.get(alert["point"])
        if tally is None:
            return
        if alert["type"] == "alert.cleared":
            tally.cleared += 1
            tally.cleared_example = tally.cleared_example or alert["entity"]
        elif alert["type"] in _FIRED and alert["level_name"] in _COLOURS:
            setattr(tally, alert["level_name"], getattr(tally, alert["level_name"]) + 1)
            tally.fired_example = tally.fired_example or alert["entity"]
            self._fired(tally.id, alert)

    def _fired(self, point: str, alert: Mapping[str, Any]) -> None:
        if point in ABSENCE:
            self.absent.add((point, alert["entity"]))
        second = int(datetime.fromisoformat(alert["at"]).timestamp() - self.zero)
        for source, feed in _FEEDS_OF.items():
            outage = self.world.silences.during(source, second)
            if outage is not None and feed in self.feeds[point]:
                self.raised[outage][point] += 1

    def silences(self) -> list[Silence]:
        """What was raised during each silence."""
        stamp = self.world.almanac.stamp
        return [
            Silence(one.source, stamp(one.begin), stamp(one.end), dict(sorted(raised.items())))
            for one, raised in self.raised.items()
        ]


def run(world: World) -> Run:
    """Run one world through the core."""
    began, watch = time.perf_counter(), _Watch(world)
    values: dict[bytes, bytes] = {}
    core = _Core(0, values, read_catalogue(), _nobody, Topics("alerts", "assessments", "dead-letters"))
    records = refused = 0
    refusal = ""
    for effects in _effects(core, values, world.wires()):
        records += sum(effects.counts.values())
        refused += effects.counts["unknown", "quarantined"]
        refusal = refusal or _refusal(effects)
        for alert, _ in effects.alerts:
            watch.see(alert)
    return Run(
        world.entities, world.days, world.seed, world.setting.dense, records, time.perf_counter() - began,
        list(watch.tallies.values()), watch.silences(), sorted(watch.absent), refused, refusal,
    )  # fmt: skip


def _refusal(effects: Effects) -> str:
    """Why the core refused the first record of a batch that it did refuse; empty if it refused none."""
    letters = [dict(out.headers) for out in effects.messages if out.topic == "dead-letters"]
    return next(
        (bytes(one["detail"]).decode() for one in letters if one["reason"] != b"version_conflict"), ""
    )


def _effects(core: Processor, values: dict[bytes, bytes], wires: Iterable[bytes]) -> Iterator[Effects]:
    """What the core makes of a log; what it tells all partitions goes back into the log, as there is only one."""
    offset, batch = 0, list[RawRecord]()
    stream = iter(wires)
    while True:
        for wire in stream:
            batch.append(RawRecord(offset, b"", wire, (), 0))
            offset += 1
            if len(batch) >= _BATCH:
                break
        if not batch:
            return
        effects = core.process(batch)
        values.update(effects.states)
        batch = [
            RawRecord(offset + place, sent.key, sent.value, (), 0)
            for place, sent in enumerate(effects.shared)
        ]
        offset += len(batch)
        yield effects


def _nobody(alert: Mapping[str, Any], value: bytes) -> Iterable[tuple[str, bytes, bytes, str]]:
    """No subscribers."""
    del alert, value
    return ()


def measure(
    entities: int, days: int, seed: int, *, twin: int, dense: bool = False, workers: int = 2
) -> Coverage:
    """The proof; ``twin`` is the number of firms of the smaller world, the main one if it is not smaller.

    ``workers`` processes share the runs.
    """
    small = min(twin, entities)
    with ProcessPoolExecutor(workers) as pool:
        main = _submit(pool, seed, entities, days, dense, outages=True)
        silent = main if small == entities else _submit(pool, seed, small, days, dense, outages=True)
        spoken = _submit(pool, seed, small, days, dense, outages=False)
        return Coverage(main.result(), silent.result(), spoken.result())


def _submit(
    pool: ProcessPoolExecutor, seed: int, entities: int, days: int, dense: bool, *, outages: bool
) -> "Future[Run]":
    return pool.submit(_run, seed, entities, days, dense, outages)


def _run(seed: int, entities: int, days: int, dense: bool, outages: bool) -> Run:
    return run(World(seed, entities, days, dense=dense, outages=outages))
