"""The full job, arm beside arm: interleaved, repeated, and only valid when every arm tells the same alerts."""

import itertools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.arms import Arm, Run, Stage, measure
from bench.brokers import opened
from bench.plan import Measured
from detectors.errors import FenghuoError

Say = Callable[[str], None]


@dataclass
class Table:
    """Measurements on one broker by arm, in the order of the rounds; ``alerts`` told by every arm."""

    broker: str
    records: int
    entities: int
    runs: dict[str, list[Measured]] = field(default_factory=dict)
    alerts: int = 0
    skipped: dict[str, str] = field(default_factory=dict)

    def rate(self, arm: str) -> float:
        """Median records per second."""
        return median(one.rate for one in self.runs[arm])

    def per_cpu(self, arm: str) -> float:
        """Median records per CPU second."""
        return median(one.per_cpu for one in self.runs[arm])

    def ratio(self, arm: str, to: str) -> float | None:
        """Median over the rounds of how many times as fast ``arm`` was as ``to`` in the same round."""
        if arm not in self.runs or to not in self.runs:
            return None
        pairs = zip(self.runs[arm], self.runs[to], strict=True)
        return median(one.rate / other.rate for one, other in pairs)


@dataclass(frozen=True)
class Job:
    """What all arms are given, and how often."""

    wires: list[bytes]
    entities: int
    model: Path
    partitions: int
    repeats: int


def compare(kind: str, arms: Sequence[Arm], job: Job, say: Say) -> Table:
    """Measure all arms on a broker of this kind, a fresh one for each round.

    Raises:
        FenghuoError: an arm failed, or told other alerts than the first.
    """
    table = Table(kind, len(job.wires), job.entities)
    present = [arm for arm in arms if arm.python.exists()]
    for arm in arms:
        if arm not in present:
            table.skipped[arm.title] = f"{arm.python} does not exist (make bench sets it up)"
    for number in range(job.repeats):
        with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as path, opened(kind, Path(path)) as broker:
            stage = broker.stage("load", job.wires, job.partitions, job.model)
            _round(number, _turned(present, number), stage, table, say)
    return table


def _turned(arms: Sequence[Arm], number: int) -> list[Arm]:
    """The arms in another order each round, so that none always comes first."""
    if not arms:
        return []
    turn = number % len(arms)
    return list(itertools.chain(arms[turn:], arms[:turn]))


def _round(number: int, arms: Sequence[Arm], stage: Stage, table: Table, say: Say) -> None:
    first: tuple[Arm, Run] | None = None
    for arm in arms:
        say(f"{table.broker}, round {number + 1}: {arm.title} …")
        run = measure(arm, stage, f"{arm.name}-{number}")
        one = run.measured
        say(
            f"{table.broker}, round {number + 1}: {arm.title} {one.rate:,.0f}/s, {one.per_cpu:,.0f} per CPU second"
        )
        table.runs.setdefault(arm.name, []).append(one)
        if arm.judges:
            first = first or (arm, run)
            same(first[0], first[1], arm, run)
            table.alerts = sum(suffix == "alerts" for suffix, _ in run.told)


def same(one: Arm, first: Run, other: Arm, second: Run) -> None:
    """Raises FenghuoError unless both told the same alerts, to the same topics, and some."""
    if not first.told:
        raise FenghuoError(one.title, "told no alert at all", "measure more records")
    if first.told != second.told:
        lacking, added = len(first.told - second.told), len(second.told - first.told)
        problem = f"{lacking} alerts of {one.title} are missing and {added} others were told"
        raise FenghuoError(other.title, problem, "the run is invalid; find out why before measuring")
