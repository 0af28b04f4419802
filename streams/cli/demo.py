"""``demo``: the whole mission on this machine, with nothing else running."""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.live import Live

from streams.cli.demo_view import live, page
from streams.cli.output import Json, console, errors, writing
from streams.demo.plan import plan
from streams.demo.run import Demo, brier
from streams.demo.summary import books, quantile
from streams.demo.watch import total
from streams.district.world import World


def demo(
    seconds: Annotated[float, typer.Option(help="about how long it may take")] = 40,
    entities: Annotated[int, typer.Option(help="enterprises in the simulated district")] = 2000,
    seed: Annotated[int, typer.Option(help="same seed, same district")] = 1,
    directory: Annotated[Path | None, typer.Option(help="keep everything here for a look afterwards")] = None,
    as_json: Json = False,
) -> None:
    """Simulate a district and watch it: files, a database, a stream and a push endpoint feed an embedded broker.

    Exit 1 if the counts do not agree with the simulator's known numbers to the last record.
    """
    planned = plan(seconds, entities)
    world = World(seed=seed, entities=entities, days=planned.days)
    with tempfile.TemporaryDirectory(prefix="fenghuo-demo-") as scratch:
        where = (directory or Path(scratch)).resolve()
        with writing(f"--directory {where}"):
            where.mkdir(parents=True, exist_ok=True)
        summary = _show(Demo(where, world, planned), seconds, as_json)
        summary["directory"] = str(where) if directory else None
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        console.print(page(summary))
    if not summary["reconciled"]:
        raise typer.Exit(1)


def _show(running: Demo, seconds: float, as_json: bool) -> dict[str, Any]:
    if as_json or not sys.stdout.isatty():
        return running.run(_Lines())
    with Live(console=console, refresh_per_second=4, transient=True) as screen:
        return running.run(lambda now: screen.update(live(_state(now, seconds), list(now.watch.latest))))


class _Lines:
    """Progress for a log: a line every few seconds on standard error."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, running: Demo) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if now - self._last >= 5:
            self._last = now
            counted = books(running.worker, running.connectors)
            errors.print(
                f"{now - running.began:4.0f} s: {counted['in']:,} records in, {len(running.watch):,} alerts at banks"
            )


def _state(running: Demo, seconds: float) -> dict[str, Any]:
    counted, elapsed = books(running.worker, running.connectors), time.monotonic() - running.began
    lags = [value for _, value in running.worker.get("fenghuo_lag_seconds", [])]
    recent = [1000 * value for value in running.watch.latencies[-2000:]]
    clocks = [value for _, value in running.worker.get("fenghuo_stream_clock_timestamp_seconds", [])]
    score = brier(running.worker)
    return {
        "day": time.strftime("%Y-%m-%d", time.gmtime(max(clocks))) if clocks else "-",
        "records": counted["in"],
        "rate": counted["in"] / elapsed,
        "lag": max(lags, default=0.0),
        "p50": quantile(recent, 0.5),
        "p99": quantile(recent, 0.99),
        "dead": counted["quarantined"],
        "webhooks": len(running.inbox),
        "learned": total(running.worker, "fenghuo_model_learned_total"),
        "brier": f", Brier score {score}" if score is not None else "",
        "by_tier": dict(running.watch.by_tier),
        "left": max(0.0, seconds - elapsed),
    }
