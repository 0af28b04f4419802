"""What was to be reached (docs: the benchmark's targets), and whether it was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.history import History
from bench.hotspots import Profile
from bench.latency import Latency
from bench.scale import Scale
from bench.throughput import Table

FAUST_TIMES, QUIX_TIMES, CEILING_SHARE = 10.0, 2.0, 0.25
P50_MS, P99_MS, LATENCY_RATE = 20.0, 100.0, 2_000.0
RESTORED_PER_SECOND = 100_000
HISTORY_PER_CPU = 50_000
FALL_ALLOWED = 0.8
"""Throughput at the most enterprises, as a share of that at the fewest, that still counts as not falling."""


@dataclass
class Results:
    """Everything measured in one run. ``core`` is CPU seconds per record of the judgement alone, by batch size;
    ``hot`` is where they go in the larger batches."""

    tables: list[Table] = field(default_factory=list)
    latencies: list[Latency] = field(default_factory=list)
    scales: list[Scale] = field(default_factory=list)
    core: dict[int, float] = field(default_factory=dict)
    hot: Profile | None = None
    history: History | None = None
    skipped: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """One target: what was wanted, what was found, whether that is enough."""

    what: str
    where: str
    wanted: str
    found: str
    met: bool


def verdicts(results: Results) -> Iterator[Verdict]:
    """Every target that this run can say something about."""
    for table in results.tables:
        yield from _speed(table)
    for one in (measured for measured in results.latencies if measured.rate >= LATENCY_RATE):
        what = f"append to bank topic at {one.rate:,.0f} records/s"
        yield Verdict(f"{what}, p50", one.broker, f"≤ {P50_MS:g} ms", f"{one.p50:.1f} ms", one.p50 <= P50_MS)
        yield Verdict(f"{what}, p99", one.broker, f"≤ {P99_MS:g} ms", f"{one.p99:.1f} ms", one.p99 <= P99_MS)
    yield from _scale(results.scales)
    if results.history is not None:
        speed = results.history.per_cpu
        wanted, found = f"≥ {HISTORY_PER_CPU:,}/s", f"{speed:,.0f}/s"
        yield Verdict("backtest, records per core", "none", wanted, found, speed >= HISTORY_PER_CPU)


def _speed(table: Table) -> Iterator[Verdict]:
    wanted = (
        ("faust", "against a stock Faust agent", FAUST_TIMES),
        ("quix", "against Quix Streams", QUIX_TIMES),
        ("quix-cached", "against Quix Streams with our cache", QUIX_TIMES),
    )
    for arm, what, times in wanted:
        ratio = table.ratio("engine", arm)
        if ratio is not None:
            yield Verdict(what, table.broker, f"≥ {times:g}×", f"{ratio:.1f}×", ratio >= times)
    share = table.ratio("engine", "aiokafka")
    if share is not None:
        enough = share >= CEILING_SHARE
        what = "share of bare aiokafka's fetch rate"
        yield Verdict(what, table.broker, f"≥ {CEILING_SHARE:.0%}", f"{share:.1%}", enough)


def _scale(scales: Sequence[Scale]) -> Iterator[Verdict]:
    for store in sorted({one.store for one in scales}):
        of_store = sorted((one for one in scales if one.store == store), key=lambda one: one.entities)
        fewest, most = of_store[0], of_store[-1]
        if most.entities > fewest.entities:
            kept = most.measured.rate / fewest.measured.rate
            what = f"throughput at {most.entities:,} enterprises against {fewest.entities:,} ({store})"
            yield Verdict(what, most.broker, f"≥ {FALL_ALLOWED:.0%}", f"{kept:.0%}", kept >= FALL_ALLOWED)
        speed = most.restored.ledgers / most.restored.seconds
        what = f"ledgers restored per second, {most.entities:,} enterprises ({store})"
        wanted = f"≥ {RESTORED_PER_SECOND:,}"
        yield Verdict(what, most.broker, wanted, f"{speed:,.0f}", speed >= RESTORED_PER_SECOND)
