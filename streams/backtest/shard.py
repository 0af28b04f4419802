"""One shard: every firm in it under each catalogue, measured."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from detectors.catalogue.model import Catalogue
from detectors.evaluation import Measures, Rules, Told, measure
from detectors.evaluation.calibration import Forecasts
from detectors.evaluation.measures import month_of
from detectors.fold import MISFITS, stated
from detectors.record import Record, decode
from streams.backtest.common import Common
from streams.backtest.forecasts import judged as forecast
from streams.backtest.forecasts import times
from streams.backtest.split import Firms, Line
from streams.backtest.walk import Walk


class Judged(msgspec.Struct):
    """Everything one catalogue said of the firms of a shard; ``told`` only if it was asked for, ``forecasts`` only if
    outcomes are known."""

    measures: Measures = msgspec.field(default_factory=Measures)
    forecasts: Forecasts = msgspec.field(default_factory=Forecasts)
    told: dict[str, list[Told]] = msgspec.field(default_factory=dict)


class Result(msgspec.Struct):
    """A shard under all catalogues: firms by the month of their first record, firms by (tier at the end under each
    catalogue) and by (highest tier under each), firms whose highest tier differs, lines that were refused, and how many
    failures were ``reported`` of these firms."""

    judged: list[Judged]
    firms: Counter[str] = msgspec.field(default_factory=Counter)
    tiers: Counter[tuple[int, ...]] = msgspec.field(default_factory=Counter)
    highest: Counter[tuple[int, ...]] = msgspec.field(default_factory=Counter)
    moved: list[tuple[str, tuple[int, ...]]] = msgspec.field(default_factory=list)
    refused: list[str] = msgspec.field(default_factory=list)
    reported: int = 0

    def add(self, other: "Result") -> None:
        """Take in another shard."""
        for mine, theirs in zip(self.judged, other.judged, strict=True):
            mine.measures.add(theirs.measures)
            mine.forecasts.add(theirs.forecasts)
            mine.told |= theirs.told
        self.firms.update(other.firms)
        self.tiers.update(other.tiers)
        self.highest.update(other.highest)
        self.moved += other.moved
        self.refused += other.refused
        self.reported += other.reported


class Judge:
    """What is the same for all shards."""

    def __init__(
        self,
        catalogues: Sequence[Catalogue],
        controls: Sequence[Line],
        end: int,
        outcomes: Mapping[str, Sequence[int]],
        rules: Rules,
        *,
        keep: bool,
        begin: int = 0,
    ) -> None:
        """``end`` is stream time at the end, ``outcomes`` the failures reported by firm, ``keep`` keeps every alert;
        ``begin`` is the first time of capture."""
        self._judges = [(catalogue, Common(controls, catalogue)) for catalogue in catalogues]
        self._end, self._outcomes, self._rules, self._keep = end, outcomes, rules, keep
        self._begin, self._times = begin, times(begin, end, rules) if outcomes and begin else ()

    def judge(self, firms: Firms) -> Result:
        """Walk through every firm of a shard."""
        result = Result([Judged() for _ in self._judges])
        for entity in sorted(firms):
            self._firm(entity, firms.pop(entity), result)
        return result

    def _firm(self, entity: str, lines: Sequence[Line], result: Result) -> None:
        walks = [Walk(entity, catalogue, common, self._times) for catalogue, common in self._judges]
        for clock, place, line in lines:
            try:
                record = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                result.refused.append(f"{entity}: {error}")
                continue
            _take(walks, record, clock, place, result)
        for walk in walks:
            walk.until(self._end, 1 << 62)
        self._sum_up(entity, lines[0][0], walks, result)

    def _sum_up(self, entity: str, first: int, walks: Sequence[Walk], result: Result) -> None:
        zone = walks[0].reading[0]
        result.firms[month_of(first + zone)] += 1
        result.tiers[tuple(walk.case.state.standing.tier for walk in walks)] += 1
        highest = tuple(walk.highest for walk in walks)
        result.highest[highest] += 1
        if len(set(highest)) > 1:
            result.moved.append((entity, highest))
        outcomes = self._outcomes.get(entity, ())
        result.reported += len(outcomes)
        for walk, judged in zip(walks, result.judged, strict=True):
            if walk.looks:
                span = self._begin, self._end
                judged.forecasts.add(forecast(walk.looks, walk.told, outcomes, span, self._rules))
            if walk.told or outcomes:
                judged.measures.add(measure(walk.told, outcomes, self._end, self._rules, zone))
                if self._keep:
                    judged.told[entity] = walk.told


def _take(walks: Sequence[Walk], record: Record, clock: int, place: int, result: Result) -> None:
    """One record into every walk; it is read once for all that read alike."""
    reading, said = None, None
    for walk in walks:
        try:
            if said is None or walk.reading != reading:
                reading, said = walk.reading, stated(record, walk.case.profile)
            walk.take(clock, place, said)
        except MISFITS as error:
            walk.until(clock, place)
            result.refused.append(f"{record.source_id} {record.record_id}: {type(error).__name__} {error}")
            said = None
