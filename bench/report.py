"""The tables: on the terminal, and the same as ``bench/RESULTS.md``."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import median

from rich.console import Console
from rich.table import Table as RichTable

from bench.arms import ARMS
from bench.brokers import TITLES
from bench.history import History
from bench.hotspots import Profile
from bench.machine import command
from bench.plan import Measured
from bench.targets import Results, Verdict, verdicts
from bench.throughput import Table

Cells = Sequence[str]
Grid = tuple[str, Cells, Sequence[Cells]]
"""Title, heads, rows."""

SHOWN = 20
"""Lines of a profile."""


def grids(results: Results) -> Iterator[Grid]:
    """Every table of the report."""
    for table in results.tables:
        yield _throughput(table)
    if results.latencies:
        yield _latency(results)
    if results.scales:
        yield _scale(results)
    if results.history is not None:
        yield _history(results.history)
        yield from _profile("a backtest", results.history.profile)
    if results.hot is not None:
        yield from _profile("the judgement in the stream, without a broker,", results.hot)
    yield _targets(list(verdicts(results)))


def _throughput(table: Table) -> Grid:
    title = (
        f"{TITLES[table.broker]}: {table.records:,} records of {table.entities:,} enterprises, "
        f"{table.alerts:,} alerts, the same from every arm"
    )
    heads = ("arm", "records/s (min – max)", "engine is", "records per CPU second", "broker CPU s", "peak MB")
    rows: list[Cells] = [_row(table, name) for name in ARMS if name in table.runs]
    rows += [(title, "skipped: " + why, "", "", "", "") for title, why in table.skipped.items()]
    return title, heads, rows


def _row(table: Table, name: str) -> Cells:
    runs = table.runs[name]
    ratio = table.ratio("engine", name)
    return (
        ARMS[name].title,
        spread(runs, lambda one: one.rate),
        "" if name == "engine" or ratio is None else _times(ratio),
        f"{table.per_cpu(name):,.0f}",
        _broker_cpu(runs),
        f"{median(one.rss_mb for one in runs):,.0f}",
    )


def _times(ratio: float) -> str:
    return f"{ratio:.1f}× as fast" if ratio >= 1 else f"{ratio:.1%} of it"


def _broker_cpu(runs: Sequence[Measured]) -> str:
    known = [one.broker_cpu for one in runs if one.broker_cpu is not None]
    return f"{median(known):.2f}" if known else ""


def spread(runs: Sequence[Measured], value: Callable[[Measured], float]) -> str:
    """Median (least – most) of something measured."""
    found = [value(one) for one in runs]
    middle = f"{median(found):,.0f}"
    return f"{middle} ({min(found):,.0f} – {max(found):,.0f})" if len(found) > 1 else middle


def _latency(results: Results) -> Grid:
    heads = ("broker", "records/s", "seconds", "alerts", "p50 ms", "p99 ms", "worst ms")
    rows = [
        (
            TITLES[one.broker],
            f"{one.rate:,.0f}",
            f"{one.seconds:.0f}",
            f"{one.alerts:,}",
            f"{one.p50:.1f}",
            f"{one.p99:.1f}",
            f"{one.worst:.1f}",
        )
        for one in results.latencies
    ]
    return "Latency: record appended → alert readable on the bank's topic", heads, rows


def _scale(results: Results) -> Grid:
    heads = (
        "enterprises",
        "store",
        "records/s",
        "records per CPU second",
        "ledgers restored/s",
        "in s",
        "MB then",
        "peak MB",
    )
    rows = [
        (
            f"{one.entities:,}",
            one.store,
            f"{one.measured.rate:,.0f}",
            f"{one.measured.per_cpu:,.0f}",
            f"{one.restored.ledgers / one.restored.seconds:,.0f}",
            f"{one.restored.seconds:.1f}",
            f"{one.restored.rss_mb:,.0f}",
            f"{one.measured.rss_mb:,.0f}",
        )
        for one in results.scales
    ]
    size = results.scales[0].state_bytes
    where = TITLES[results.scales[0].broker]
    return f"Enterprises in state: {where}, {size:,.0f} bytes per ledger", heads, rows


def _history(history: History) -> Grid:
    title = f"Backtest: {history.records:,} records of {history.entities:,} enterprises, one process"
    heads = ("what is done", "records per CPU second", "µs of CPU per record")
    rows = [
        (what, f"{history.records / seconds:,.0f}", f"{1e6 * seconds / history.records:.1f}")
        for what, seconds in history.stages
    ]
    return title, heads, rows


def _profile(what: str, profile: Profile) -> Iterator[Grid]:
    for title, head, shares in (
        (f"Where the time of {what} goes", "module, with the libraries it calls", profile.modules),
        ("The same by function, each by itself", "function (module)", profile.functions),
    ):
        rows: list[Cells] = [(name, f"{share:.1%}") for name, share in shares[:SHOWN]]
        rest = sum(share for _, share in shares[SHOWN:])
        yield title, (head, "share"), [*rows, (f"{max(0, len(shares) - SHOWN)} others", f"{rest:.1%}")]


def _targets(found: list[Verdict]) -> Grid:
    heads = ("target", "broker", "wanted", "found", "")
    rows = [(one.what, one.where, one.wanted, one.found, "met" if one.met else "NOT MET") for one in found]
    return "Targets", heads, rows


def limits(results: Results) -> Iterator[str]:
    """What the time goes into, in sentences."""
    for size, seconds in sorted(results.core.items()):
        batch = "one record at a time" if size == 1 else f"in batches of {size:,}"
        yield f"The judgement alone, without any broker, {batch}: {1e6 * seconds:.0f} µs of CPU per record."
    for table in results.tables:
        shares = [one.judging / one.cpu for one in table.runs.get("engine", []) if one.judging is not None]
        if shares:
            whole, share = 1e6 / table.per_cpu("engine"), median(shares)
            yield (
                f"On the {TITLES[table.broker]} this engine spends {whole:.0f} µs of CPU per record, {share:.0%} "
                f"of it in the judgement and {whole * (1 - share):.0f} µs in fetching, handing over and writing."
            )
    for what, why in results.skipped.items():
        yield f"Skipped: {what}: {why}."


def show(results: Results, console: Console) -> None:
    """Print everything."""
    for title, heads, rows in grids(results):
        table = RichTable(title=title, title_justify="left")
        for number, head in enumerate(heads):
            table.add_column(head, justify="left" if number == 0 else "right")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for line in limits(results):
        console.print(line)


def markdown(results: Results, about: Sequence[tuple[str, str]], versions: Sequence[tuple[str, str]]) -> str:
    """The text of ``RESULTS.md``."""
    now = datetime.now(UTC)
    lines = [
        "# Benchmark results",
        "",
        f"Measured on {now:%Y-%m-%d} with `{command()}`. Run `make bench` to measure on your machine; it writes this "
        "page. How the arms are built, and why that is fair, is said in [README.md](README.md).",
        "",
    ]
    for title, heads, rows in grids(results):
        lines += [f"## {title}", "", *_markdown(heads, rows), ""]
    lines += ["## What limits", "", *(f"- {line}" for line in limits(results)), ""]
    lines += ["## Machine", "", *_markdown(("", ""), [*about]), ""]
    lines += ["## Versions", "", *_markdown(("", ""), [*versions])]
    return "\n".join(lines) + "\n"


def _markdown(heads: Cells, rows: Sequence[Cells]) -> list[str]:
    ruler = ["---", *["---:"] * (len(heads) - 1)]
    return ["| " + " | ".join(cells) + " |" for cells in (heads, ruler, *rows)]
