"""Every metric of the program, in one place. Names follow Prometheus' conventions: base units, ``_total`` for counters.

Nothing here is global: a registry is passed in, so that two workers in one process, or two tests, do not meet.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from detectors.errors import FenghuoError
from streams.engine.learning import Learned
from streams.metrics_lags import SourceLags

LATENCY_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The metric objects of one process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Register everything with ``registry`` (default: one of its own)."""
        self.registry = registry or CollectorRegistry()
        make: dict[str, Any] = {"registry": self.registry}
        self.records = Counter(
            "fenghuo_records",
            "Records by feed and outcome of validation and fold",
            ["feed", "outcome"],
            **make,
        )
        self.dead_letters = Counter("fenghuo_dead_letters", "Dead letters by reason", ["reason"], **make)
        self.alerts = Counter(
            "fenghuo_alerts", "Alerts by event, level and feed family", ["event", "level", "family"], **make
        )
        self.latency = Histogram(
            "fenghuo_alert_latency_seconds",
            "From a record's append to its alert being acknowledged on the alert topics",
            buckets=LATENCY_BUCKETS,
            **make,
        )
        self.lag = Gauge(
            "fenghuo_lag_seconds",
            "Age of the oldest record of the batch last finished",
            ["partition"],
            **make,
        )
        self.clock = Gauge(
            "fenghuo_stream_clock_timestamp_seconds", "Stream time of a partition", ["partition"], **make
        )
        self.finished = Gauge(
            "fenghuo_last_batch_timestamp_seconds",
            "When a batch was last finished: age means trouble",
            **make,
        )
        self.batch_seconds = Histogram("fenghuo_batch_seconds", "Time to judge and write one batch", **make)
        self.batch_records = Histogram(
            "fenghuo_batch_records",
            "Records in one batch",
            buckets=(1, 10, 50, 100, 250, 500, 1000, 2000, 5000),
            **make,
        )
        self.partitions = Gauge("fenghuo_partitions", "Partitions this worker holds", **make)
        self.entities = Gauge("fenghuo_entities", "Entities in state", ["partition"], **make)
        self.restored = Counter(
            "fenghuo_restored_states", "States read back when partitions were taken over", **make
        )
        self.webhooks = Counter("fenghuo_webhooks", "Webhook attempts by result", ["result"], **make)
        self.webhooks_turned = Gauge(
            "fenghuo_webhooks_last_turn_timestamp_seconds",
            "When the dispatcher last got through to its topics and to Redis: age means trouble",
            **make,
        )
        self.outcomes = Counter("fenghuo_outcomes", "Outcomes that became known", ["outcome"], **make)
        self.model_learned = Counter(
            "fenghuo_model_learned", "Outcomes the online model learned from", **make
        )
        self.model_scored = Counter(
            "fenghuo_model_scored",
            "Outcomes for which the model had a prediction before it learned them",
            **make,
        )
        self.squared_error = Counter(
            "fenghuo_model_squared_error",
            "Sum of squared errors of those predictions: over scored, a Brier score",
            **make,
        )

        self.source_lags = SourceLags()
        self.registry.register(self.source_lags)

    def learned(self, outcomes: Iterable[Learned]) -> None:
        """Count outcomes learned and the errors of the predictions made before."""
        for one in outcomes:
            self.model_learned.inc()
            if one.before is not None:
                self.model_scored.inc()
                self.squared_error.inc((one.before - one.defaulted) ** 2)

    def forget(self, partition: int) -> None:
        """Stop showing a partition that another worker holds now."""
        for gauge in (self.lag, self.clock, self.entities):
            gauge.remove(str(partition))

    def alert(self, alert: Mapping[str, Any], seconds: float) -> None:
        """Count one alert that was acknowledged ``seconds`` after its record was appended."""
        self.alerts.labels(alert["type"], alert["level_name"], alert["feed_family"]).inc()
        self.latency.observe(max(seconds, 0.0))


def serve(metrics: Metrics, host: str, port: int) -> int:
    """Answer ``/metrics`` on a thread of its own; returns the port (useful with 0).

    Raises:
        FenghuoError: the port is taken.
    """
    try:
        server, _ = start_http_server(port, addr=host, registry=metrics.registry)
    except OSError as error:
        remedy = "choose another with --metrics-port or stop what holds it"
        raise FenghuoError(
            f"{host}:{port}", f"cannot listen for /metrics ({error.strerror})", remedy
        ) from error
    return int(server.server_port)
