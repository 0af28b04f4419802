"""Long-running commands: ``worker``, ``connect``, ``notify``."""

import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from alerts.delivery.dispatch import run_dispatcher
from alerts.delivery.results import Result
from connectors.config import ConnectorConfig
from connectors.config import load as load_connector
from connectors.publish import DeadLetter
from connectors.rows import Progress
from connectors.runner import run as run_connector
from connectors.runner import stopping
from connectors.stats import Stats
from detectors.errors import FenghuoError
from streams.assembly import (
    dispatcher_config,
    make_publisher,
    make_worker,
    read_subscriptions,
    require_topics,
)
from streams.cli.options import Broker, Config, Set, log_to_stderr, settings_of
from streams.cli.output import errors
from streams.cli.refused import Telling, sentence
from streams.metrics import Metrics, serve
from streams.metrics_connectors import ConnectorCollector
from streams.settings import Settings
from streams.topics import Names

Subscribers = Annotated[Path | None, typer.Option(help="YAML file: who wants which alerts")]
MetricsPort = Annotated[int | None, typer.Option(help="port of /metrics on the loopback; 0 turns it off")]
_PROGRESS_ROWS = 10_000


def worker(
    broker: Broker = None,
    subscriptions: Subscribers = None,
    metrics_port: MetricsPort = None,
    config: Config = None,
    sets: Set = None,
) -> None:
    """Run one worker: judge records, publish alerts. Start as many as there are partitions."""
    from streams.engine.run import run_worker  # noqa: PLC0415 - loads Faust, which only a worker needs

    settings = settings_of(broker, config, sets, subscriptions=subscriptions, metrics_port=metrics_port)
    log_to_stderr(settings)
    metrics = Metrics()
    app = make_worker(settings, metrics)
    _serve(settings, metrics)
    sys.exit(run_worker(app))


def connect(
    files: Annotated[list[Path], typer.Argument(help="connector files (YAML)")],
    broker: Broker = None,
    once: Annotated[bool, typer.Option(help="stop when the source has nothing more")] = False,
    metrics_port: MetricsPort = None,
    config: Config = None,
    sets: Set = None,
) -> None:
    """Run connectors: read a source, validate, publish to Kafka, remember the position."""
    settings = settings_of(broker, config, sets, metrics_port=metrics_port)
    log_to_stderr(settings)
    connectors = [load_connector(file) for file in files]
    _require_distinct(connectors)
    metrics, stats = Metrics(), {one.source_id: Stats() for one in connectors}
    metrics.registry.register(ConnectorCollector(stats))
    names = Names(settings.prefix)
    require_topics(settings, [names.records, names.dead_letters])
    _serve(settings, metrics)
    with stopping() as stop, ThreadPoolExecutor(len(connectors)) as pool:
        runs = [pool.submit(_connect, one, settings, stop, stats[one.source_id], once) for one in connectors]
        refused = [letter for done in runs if (letter := done.result()) is not None]
    if once and refused:
        count = sum(one.count("dead_letters") for one in stats.values())
        remedy = "they are among the dead letters; correct them at the source and send them again"
        print(f"fenghuo: {count} refused, the first: {sentence(refused[0])}; {remedy}", file=sys.stderr)
        raise typer.Exit(1)


def _require_distinct(connectors: Sequence[ConnectorConfig]) -> None:
    """Two connectors may not share a position, and whether they would meet must not depend on which is faster."""
    taken: set[Path] = set()
    for one in connectors:
        path = one.checkpoint_path().resolve()
        if path in taken:
            problem = f"another connector for {one.source_id} would run with it"
            raise FenghuoError(str(path), problem, "stop that one first, or give the file once")
        taken.add(path)


def _connect(
    connector: ConnectorConfig, settings: Settings, stop: threading.Event, stats: Stats, once: bool
) -> DeadLetter | None:
    """Run one connector to its end; the first thing it refused."""
    told = 0

    def progress(now: Progress) -> None:
        nonlocal told
        if now.rows - told >= _PROGRESS_ROWS:
            told = now.rows
            errors.print(f"{now.source_id} {now.place}: {now.rows:,} rows{_share(now)}")

    publisher = Telling(make_publisher(settings))
    try:
        run_connector(connector, publisher, stop=stop, stats=stats, once=once, progress=progress)
    except BaseException:
        stop.set()  # one connector that cannot go on stops the process, so that a supervisor sees it
        raise
    return publisher.first


def _share(now: Progress) -> str:
    return f", {now.done / now.total:.0%}" if now.total else ""


def notify(
    broker: Broker = None,
    subscriptions: Subscribers = None,
    metrics_port: MetricsPort = None,
    config: Config = None,
    sets: Set = None,
) -> None:
    """Send webhooks to subscribers such as regulators, signed and retried."""
    settings = settings_of(broker, config, sets, subscriptions=subscriptions, metrics_port=metrics_port)
    log_to_stderr(settings)
    metrics, subscribers = Metrics(), read_subscriptions(settings)
    names = Names(settings.prefix)
    require_topics(settings, [names.notifications, names.outcomes, names.dead_letters])
    _serve(settings, metrics)

    def observe(result: Result, _: str) -> None:
        metrics.webhooks.labels(str(result)).inc()

    with stopping() as stop:
        base = settings.subscriptions.parent if settings.subscriptions else None
        run_dispatcher(
            dispatcher_config(settings),
            subscribers,
            stop=stop,
            environ=os.environ,
            base=base,
            observe=observe,
            turned=metrics.webhooks_turned.set_to_current_time,
        )


def _serve(settings: Settings, metrics: Metrics) -> None:
    if settings.metrics_port:
        serve(metrics, settings.metrics_host, settings.metrics_port)
