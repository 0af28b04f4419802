"""``replay``: a data set made by others, through the core alone or through a broker and a worker."""

import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.datasets import DATASETS
from connectors.datasets.item import Accounting, Dataset
from detectors.errors import FenghuoError
from streams.brokers.embedded import SETTINGS, EmbeddedBroker
from streams.catalogues import read_catalogue
from streams.cli.audit import as_dict, show, telling
from streams.cli.options import Config, Set, settings_of
from streams.cli.output import COLOURS, Json, console, errors, now_and_then, table
from streams.cli.records_topic import alerts_of, partitions_of
from streams.replay.audit import audit_all
from streams.replay.cluster import ClusterSink
from streams.replay.feed import Feed
from streams.replay.local import LocalSink
from streams.settings import Settings


def replay(
    name: Annotated[str, typer.Argument(help=f"data set: {', '.join(DATASETS)}")],
    data: Annotated[Path, typer.Option(help="directory that holds its files")],
    broker: Annotated[str, typer.Option(help="embedded, none, or host:port of a Kafka")] = "embedded",
    speed: Annotated[str, typer.Option(help="max, or how many times faster than the calendar")] = "max",
    catalogue: Annotated[Path | None, typer.Option(help="catalogue file instead of the built-in one")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="verify every alert against the log, as audit does")
    ] = False,
    config: Config = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Replay real records in time order; every input row is accounted for. Exit 1 if one is not, or if an alert to be
    verified does not hold."""
    dataset = DATASETS.get(name)
    if dataset is None:
        raise FenghuoError(f"replay {name}", "no such data set", f"known are {', '.join(DATASETS)}")
    feed, began = Feed(dataset, data, _speed(speed)), time.monotonic()
    judged_by = read_catalogue(catalogue or settings_of(None, config, sets).catalogue)
    audited = None
    if broker == "none":
        local = LocalSink(judged_by, keep=verify)
        account = feed.run(local, _progress(dataset))
        found = local.summary()
        seconds = time.monotonic() - began
        if verify:
            audited = audit_all({0: local.log}, local.alerts, judged_by, telling())
    else:
        with _cluster(broker, dataset, catalogue, config, sets) as (sink, settings):
            account = feed.run(sink, _progress(dataset))
            found = sink.finish(lambda judged: errors.print(f"{name}: {judged:,} records judged"))
            seconds = time.monotonic() - began
            if verify:
                audited = audit_all(partitions_of(settings), alerts_of(settings), judged_by, telling())
    summary = _summary(dataset, broker, feed, account, found, seconds)
    if audited is not None:
        summary["verified"] = as_dict(audited)
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        _show(summary)
        if audited is not None:
            show(audited)
    if not summary["reconciled"] or (audited is not None and not audited.ok):
        raise typer.Exit(1)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor < math.inf:
        raise FenghuoError(
            "--speed", f"{text!r} is neither max nor a number above 0", "write e.g. --speed 86400"
        )
    return factor


def _progress(dataset: Dataset) -> Callable[[int, datetime], None]:
    tell = now_and_then()
    return lambda items, at: tell(lambda: f"{dataset.name}: {items:,} items read, {at.date()}")


@contextmanager
def _cluster(
    broker: str, dataset: Dataset, catalogue: Path | None, config: Path | None, sets: list[str] | None
) -> Iterator[tuple[ClusterSink, Settings]]:
    """A worker on topics of this replay's own, so that a replay is never mixed with what runs."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fenghuo-replay-")))
        more: dict[str, object] = {} if catalogue is None else {"catalogue": catalogue}
        if broker == "embedded":
            broker = stack.enter_context(EmbeddedBroker(directory)).bootstrap
            more |= SETTINGS
        prefix = f"replay-{dataset.name.replace('_', '-')}-{datetime.now().astimezone():%Y%m%d%H%M%S}"
        settings: Settings = settings_of(broker, config, sets, prefix=prefix, partitions=4, **more)
        said = [*(("--config", str(config)) if config else ()), *(f"--set={one}" for one in sets or ())]
        sink = ClusterSink(settings, directory, said)
        stack.callback(sink.close)
        yield sink, settings


def _summary(
    dataset: Dataset, broker: str, feed: Feed, account: Accounting, found: dict[str, Any], seconds: float
) -> dict[str, Any]:
    judged = sum(found["judged"].values())
    published = feed.counts["accepted"] + feed.counts["flagged"]
    return {
        "dataset": dataset.name,
        "broker": broker,
        "rows": dict(account.rows),
        "accounted": dict(account.accounted),
        "records_by_feed": dict(account.records),
        "outcomes": dict(account.outcomes),
        "dead_letters": dict(account.dead),
        "left_out": dict(account.skipped),
        "records": {
            "in": feed.counts.total(),
            "accepted": found["judged"].get("accepted", 0),
            "flagged": found["judged"].get("flagged", 0),
            "quarantined": feed.counts["quarantined"] + found["judged"].get("quarantined", 0),
            "duplicates": found["judged"].get("duplicate", 0),
        },
        **{key: found[key] for key in ("alerts", "enterprises", "model")},
        "reconciled": account.reconciled and judged == published,
        "seconds": round(seconds, 1),
        "records_per_second": round(published / seconds),
    }


def _show(summary: dict[str, Any]) -> None:
    rows = [
        [name, f"{count:,}", f"{summary['accounted'][name]:,}"] for name, count in summary["rows"].items()
    ]
    console.print(table(["file", "rows", "accounted for"], rows))
    for title in ("records_by_feed", "outcomes", "dead_letters", "left_out"):
        parts = ", ".join(f"{count:,} {name}" for name, count in summary[title].items())
        console.print(f"{title.replace('_', ' ')}: {parts or 'none'}")
    parts = ", ".join(f"{count:,} {name}" for name, count in summary["records"].items())
    console.print(f"records: {parts}")
    ranks = ((3, "red"), (2, "yellow"), (1, "blue"), (0, "none"))
    tiers = ", ".join(
        f"{summary['enterprises'][name]:,} [{COLOURS[name]}]{name} ({rank})[/]" for rank, name in ranks
    )
    console.print(f"enterprises: {tiers}")
    alerts = ", ".join(f"{count:,} {name}" for name, count in summary["alerts"]["by_feed"].items())
    console.print(f"alerts by feed: {alerts or 'none'}")
    model = ", ".join(f"{name} {value}" for name, value in summary["model"].items())
    console.print(f"model: {model}")
    verdict = "[green]every row is accounted for[/]" if summary["reconciled"] else "[red]rows are missing[/]"
    console.print(f"{summary['records_per_second']:,} records/s in {summary['seconds']} s; {verdict}")
