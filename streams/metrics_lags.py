"""How long records of each source take through a worker, as a Prometheus metric, and read back from one."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

import msgspec
from prometheus_client.core import SummaryMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from detectors.errors import FenghuoError
from streams.engine.effects import Effects

NAME = "fenghuo_record_lag_seconds"
PARTS = ("judgement", "alert", "capture_to_alert")
"""From capture to judgement, of every record; from judgement to alert, and from capture to alert, of those that raised
one. Sums of the clocks of two machines: what a source says of its own time is believed."""


class SourceLags(Collector):
    """Counts and sums by source and part. Read by the thread that answers ``/metrics``."""

    def __init__(self) -> None:
        """Nothing was measured yet."""
        self._lock = threading.Lock()
        self._sums: dict[tuple[str, str], tuple[int, float]] = {}

    def observe(self, effects: Effects, alerted_at: float) -> None:
        """Take in a batch whose alerts are acknowledged at ``alerted_at`` (epoch seconds)."""
        judged_at = effects.judged_at
        with self._lock:
            for source, (count, observed) in effects.observed.items():
                self._add(source, "judgement", count, judged_at * count - observed)
            for source, seen in effects.raised:
                self._add(source, "alert", 1, alerted_at - judged_at)
                self._add(source, "capture_to_alert", 1, alerted_at - seen)

    def _add(self, source: str, part: str, count: int, seconds: float) -> None:
        known, total = self._sums.get((source, part), (0, 0.0))
        self._sums[source, part] = known + count, total + max(seconds, 0.0)

    def collect(self) -> Iterator[SummaryMetricFamily]:
        """The current numbers."""
        said = (
            "From capture to judgement of every record; from judgement and from capture to alert of those that "
            "raised one"
        )
        family = SummaryMetricFamily(NAME, said, labels=["source", "part"])
        with self._lock:
            sums = sorted(self._sums.items())
        for (source, part), (count, total) in sums:
            family.add_metric([source, part], count, total)
        yield family


class Passed(msgspec.Struct):
    """What workers measured of one source since they began; means in seconds, None of nothing."""

    source: str
    records: int = 0
    alerts: int = 0
    judgement: float | None = None
    alert: float | None = None
    capture_to_alert: float | None = None


def passed(urls: Iterable[str]) -> list[Passed]:
    """What the workers that answer at these addresses measured, all together, by source.

    Raises:
        FenghuoError: an address is none, does not answer, or answers something else.
    """
    counts: dict[tuple[str, str], float] = {}
    totals: dict[tuple[str, str], float] = {}
    for url in urls:
        for suffix, labels, value in _samples(url):
            key = labels["source"], labels["part"]
            into = {"_count": counts, "_sum": totals}.get(suffix)
            if into is not None:
                into[key] = into.get(key, 0.0) + value
    rows = []
    for source in sorted({source for source, _ in counts}):
        means = {part: totals[source, part] / n for part in PARTS if (n := counts.get((source, part)))}
        many = {part: int(counts.get((source, part), 0)) for part in PARTS}
        rows.append(
            Passed(source, many["judgement"], many["alert"], *(_rounded(means.get(part)) for part in PARTS))
        )
    return rows


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 3)


def _samples(url: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    if urlsplit(url).scheme not in ("http", "https"):
        raise FenghuoError(
            f"--metrics {url}", "is no http address", "write it like http://127.0.0.1:9464/metrics"
        )
    try:
        with urllib.request.urlopen(url, timeout=5) as page:  # noqa: S310 - the scheme is checked above
            text = page.read().decode()
        families = list(text_string_to_metric_families(text))
    except (urllib.error.URLError, OSError) as error:
        raise FenghuoError(
            f"--metrics {url}", f"does not answer ({error})", "give the address of a worker that runs"
        ) from None
    except ValueError as error:
        raise FenghuoError(
            f"--metrics {url}", f"answers no metrics ({error})", "give the /metrics of a worker"
        ) from None
    for family in families:
        if family.name == NAME:
            yield from ((one.name.removeprefix(NAME), one.labels, one.value) for one in family.samples)
