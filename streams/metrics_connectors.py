"""Connector statistics as Prometheus metrics, read when asked for."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import cast

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from connectors.stats import Stats


class ConnectorCollector(Collector):
    """Rows and outcomes per source; the age of the last success is what the night shift watches."""

    def __init__(self, stats: Mapping[str, Stats]) -> None:
        """``stats`` by source id; read, never changed."""
        self._stats = stats

    def collect(self) -> Iterator[Metric]:
        """The current numbers."""
        records = CounterMetricFamily(
            "fenghuo_connector_records", "Records by source, feed and outcome of validation",
            labels=["source", "feed", "outcome"],
        )  # fmt: skip
        events = CounterMetricFamily(
            "fenghuo_connector_events", "Rows, batches, errors …", labels=["source", "event"]
        )
        success = GaugeMetricFamily(
            "fenghuo_connector_last_success_timestamp_seconds",
            "When the source last answered",
            labels=["source"],
        )
        lags = GaugeMetricFamily(
            "fenghuo_connector_lag_seconds",
            "From capture at the source to acknowledgement",
            labels=["source"],
        )
        parts = SummaryMetricFamily(
            "fenghuo_connector_record_lag_seconds",
            "From event to capture (observation), and to and from publication of records that say when they were "
            "published (publication, capture)",
            labels=["source", "part"],
        )
        for source, stats in self._stats.items():
            now = stats.snapshot()
            for part, (number, total) in cast(dict[str, list[float]], now.pop("record_lags")).items():
                parts.add_metric([source, part], int(number), total)
            for feed, outcomes in cast(dict[str, dict[str, int]], now.pop("records")).items():
                for outcome, count in outcomes.items():
                    records.add_metric([source, feed, outcome], count)
            if (at := now.pop("last_success")) is not None:
                success.add_metric([source], datetime.fromisoformat(str(at)).timestamp())
            if (lag := now.pop("lag_seconds")) is not None:
                lags.add_metric([source], cast(float, lag))
            for event, value in now.items():
                if isinstance(value, int):
                    events.add_metric([source, event], value)
        yield from (records, events, success, lags, parts)
