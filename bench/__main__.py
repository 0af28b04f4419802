"""``python -m bench``: the full job beside its neighbours, latency, and many enterprises in state.

Every step says what it does and what it found; at the end stand the tables, and ``RESULTS.md`` is written.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench import history, latency, load, machine, report, scale
from bench.arms import ARMS, measure
from bench.brokers import TITLES, opened, unavailable
from bench.core import alone
from bench.hotspots import profiled
from bench.options import Options, parse
from bench.plan import Plan
from bench.targets import Results
from bench.throughput import Job, Say, compare
from detectors.errors import FenghuoError

_BATCH = 500
"""Records of one partition in hand at a time when the engine is busy: a poll of 2,000 over four partitions."""
_FIRMS_OF_LATENCY = 7_000


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; 1 with one sentence when a run failed or is not valid."""
    logging.basicConfig(level=logging.ERROR)  # what a client library only warns of would break the tables
    options, console, began = parse(argv), Console(highlight=False), time.monotonic()

    def say(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:6.1f} s[/dim]  {text}")

    about = machine.machine()
    try:
        with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as directory:
            model = Path(directory) / "model.json"
            load.train(model)
            if options.profile is not None:
                return _profile(options, model, say)
            results, kinds = _measure(options, model, say)
    except FenghuoError as error:
        print(error, file=sys.stderr)
        return 1
    report.show(results, console)
    if options.output is not None:
        options.output.write_text(report.markdown(results, about, machine.versions(kinds)), "utf-8")
        say(f"written to {options.output}")
    return 0


def _measure(options: Options, model: Path, say: Say) -> tuple[Results, list[str]]:
    results = Results()
    kinds = [
        kind for kind in options.kinds if (why := unavailable(kind)) is None or _skip(kind, why, results, say)
    ]
    say(f"{options.records:,} records of {options.entities:,} enterprises …")
    job = Job(
        load.make(options.records, options.entities),
        options.entities,
        model,
        options.partitions,
        options.repeats,
    )
    _core(job, results, say)
    results.history = history.measure(options.records, options.entities, say)
    for kind in kinds:
        results.tables.append(compare(kind, [ARMS[name] for name in options.arms], job, say))
    if options.rates:
        _latencies(options, kinds, model, results, say)
    if options.sizes and kinds:
        _scale(options, kinds[-1], model, results, say)
    return results, kinds


def _latencies(options: Options, kinds: list[str], model: Path, results: Results, say: Say) -> None:
    seconds = options.seconds + latency.WARM_UP_SECONDS
    wires = load.make(round(max(options.rates) * seconds), _FIRMS_OF_LATENCY)
    for kind in kinds:
        for rate in options.rates:
            some = wires[: round(rate * seconds)]
            found = latency.measure(kind, some, model, rate, options.partitions, say)
            results.latencies.append(found)
            say(f"{kind}: p50 {found.p50:.1f} ms, p99 {found.p99:.1f} ms over {found.alerts:,} alerts")


def _skip(kind: str, why: str, results: Results, say: Say) -> bool:
    """Note that a broker cannot be used; False, so that it is left out."""
    say(f"{TITLES[kind]} is skipped: {why}")
    results.skipped[TITLES[kind]] = why
    return False


def _core(job: Job, results: Results, say: Say) -> None:
    """The judgement alone, without a broker, and where its time goes."""
    plan = Plan("core", "", True, "", "core", len(job.wires), 1, job.model.parent, job.model)
    results.core = {size: alone(plan, job.wires, size) for size in (1, _BATCH)}
    _, results.hot = profiled(lambda: alone(plan, job.wires, _BATCH))
    for size, one in results.core.items():
        say(f"judgement alone in batches of {size}: {1e6 * one:.0f} µs")


def _scale(options: Options, kind: str, model: Path, results: Results, say: Say) -> None:
    start = scale.base(model, options.records, min(options.sizes))
    for size, store in scale.sizes_and_stores(options.sizes):
        one = scale.measure(kind, start, model, size, store, options.records, options.partitions, say)
        results.scales.append(one)
        restored = f"{one.restored.ledgers / one.restored.seconds:,.0f} ledgers/s restored"
        say(f"{kind}: {size:,} in {store}: {one.measured.rate:,.0f} records/s, {restored}")


def _profile(options: Options, model: Path, say: Say) -> int:
    """One run of this engine under the profiler, on the first broker chosen."""
    wires = load.make(options.records, options.entities)
    target = options.profile or Path()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as directory:
        with opened(options.kinds[0], Path(directory)) as broker:
            stage = broker.stage("load", wires, options.partitions, model)
            run = measure(ARMS["engine"], stage, "engine", profile=True)
        written = Path(directory) / "engine" / "profile.pstats"
        (target / written.name).write_bytes(written.read_bytes())
    say(f"{run.measured.rate:,.0f} records/s under the profiler; see {target / 'profile.pstats'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
