"""Running one connector: poll, publish, remember, tell that the source lives; wait when it or the broker is away."""

import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from connectors.checkpoint import Checkpoint
from connectors.config import ConnectorConfig
from connectors.errors import PublishError, SourceError
from connectors.pipeline import Clock, Pipeline, wall_clock
from connectors.publish import Publisher
from connectors.rows import Batch, Progress, Source
from connectors.stats import Stats
from detectors.errors import FenghuoError

_FIRST_WAIT = 0.2


def build(config: ConnectorConfig, clock: Clock = wall_clock) -> Source:
    """The source ``config`` describes; a push source listens from here on.

    Raises:
        ConfigError: the source cannot be set up as configured.
    """
    # only the kind at hand is loaded: a database driver or a web server costs half a second
    if config.connector == "file_drop":
        from connectors.file_drop import FileDrop  # noqa: PLC0415 - see above

        return FileDrop(config)
    if config.connector == "sql":
        from connectors.sql import SqlSource  # noqa: PLC0415 - see above

        return SqlSource(config, clock)
    if config.connector == "http_pull":
        from connectors.http_pull import HttpPull  # noqa: PLC0415 - see above

        return HttpPull(config, clock)
    if config.connector == "http_stream":
        from connectors.http_stream import HttpStream  # noqa: PLC0415 - see above

        return HttpStream(config, clock)
    from connectors.push import PushSource  # noqa: PLC0415 - see above

    return PushSource(config, clock)


def run(
    config: ConnectorConfig,
    publisher: Publisher,
    *,
    stop: threading.Event,
    clock: Clock = wall_clock,
    progress: Callable[[Progress], None] | None = None,
    stats: Stats | None = None,
    once: bool = False,
) -> Stats:
    """Run the connector until ``stop`` is set, or, with ``once``, until the source has nothing more.

    ``stats`` may be given to be read while the connector runs. A source or broker that goes away is waited for with
    growing pauses; with ``once`` it ends the run.

    Raises:
        ConfigError: the source refuses what is configured.
        CheckpointError: the position cannot be read or written.
        SourceError, PublishError: with ``once`` only.
    """
    stats = stats or Stats()
    with (
        Checkpoint.open(config.checkpoint_path(), config.source_id, config.connector) as memory,
        closing(build(config, clock)) as source,
    ):
        stats.listening(source.address)
        pipeline = Pipeline(config, publisher, stats, clock, memory)
        _Loop(config, source, pipeline, memory, stats, clock, stop, progress).run(once=once)
    return stats


class _Loop:
    """The state of one run."""

    def __init__(
        self,
        config: ConnectorConfig,
        source: Source,
        pipeline: Pipeline,
        memory: Checkpoint,
        stats: Stats,
        clock: Clock,
        stop: threading.Event,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._config = config
        self._source = source
        self._pipeline = pipeline
        self._memory = memory
        self._stats = stats
        self._clock = clock
        self._stop = stop
        self._progress = progress
        self._alive_on_poll = source.alive_on_poll if config.alive_on is None else config.alive_on == "poll"
        self._beat_at: float | None = None
        self._failures = 0

    def run(self, *, once: bool) -> None:
        while not self._stop.is_set():
            try:
                found = self._poll()
            except (SourceError, PublishError) as error:
                self._stats.error(str(error))
                if once:
                    raise
                self._stop.wait(self._wait_after(error))
                continue
            self._failures = 0
            if once and not found and self._source.settled:
                return
            if not found:
                self._stop.wait(self._source.pause)

    def _poll(self) -> bool:
        """One poll; whether it brought rows."""
        found = False
        with closing(self._source.poll(self._memory, self._stop)) as batches:
            for batch in batches:
                self._commit(batch)
                found = found or bool(batch.rows)
                self._failures = 0
                self._beat()
        if self._alive_on_poll and not self._stop.is_set():
            self._stats.success(self._clock(), None)
            self._beat()
        return found

    def _commit(self, batch: Batch) -> None:
        self._stats.add("skipped", batch.skipped)
        try:
            self._pipeline.commit(batch)
        except FenghuoError as error:
            batch.failed(error)
            raise
        if self._progress is not None and batch.progress is not None:
            self._progress(batch.progress)

    def _beat(self) -> None:
        """A heartbeat when one is due: the source has just shown that it lives (``source``: it sends its own)."""
        if self._config.alive_on == "source":
            return
        now = self._clock().timestamp()
        if self._beat_at is None or not 0 <= now - self._beat_at < self._config.heartbeat_every():
            self._pipeline.heartbeat()
            self._beat_at = now

    def _wait_after(self, error: SourceError | PublishError) -> float:
        """Twice as long each time, with jitter, up to the source's patience; never less than the source asked for."""
        asked = error.retry_after if isinstance(error, SourceError) else None
        self._failures += 1
        grown: float = min(self._source.patience, _FIRST_WAIT * 2 ** min(self._failures - 1, 20))
        return max(asked or 0.0, grown * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, so that what is in hand is finished; the main thread only."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
