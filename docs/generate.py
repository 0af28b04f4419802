"""Write the generated tables of the manual anew: settings, topics, metrics and warning points.

A page holds a table between ``<!-- generated: NAME -->`` and ``<!-- end -->``; only that part is replaced. A test
fails while a table and the code differ.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from connectors.stats import Stats
from detectors.catalogue.model import Point
from streams.catalogues import read_catalogue
from streams.metrics import Metrics
from streams.metrics_connectors import ConnectorCollector
from streams.settings import describe
from streams.topics import TOPICS

HERE = Path(__file__).parent
PAGES = ("operations.md", "catalogue.md")
_PART = re.compile(r"(?s)(<!-- generated: (?P<name>[a-z]+) -->\n).*?(<!-- end -->)")


def rendered(page: str) -> str:
    """The text of a page of the manual with every generated table as the code has it now."""
    text = (HERE / page).read_text("utf-8")
    return _PART.sub(lambda part: f"{part[1]}\n{TABLES[part['name']]()}\n{part[3]}", text)


def settings() -> str:
    """Every setting with its environment variable and default."""
    rows = (
        (f"`{name}`", f"`{_variable(name)}`", f"`{default}`" if default else "–", said)
        for name, default, said in describe()
    )
    return _table(("setting", "environment", "default", "meaning"), rows)


def topics() -> str:
    """Every topic."""
    rows = (
        (
            f"`{topic.suffix}{'<id>' if topic.per_bank else ''}`",
            topic.key,
            topic.cleanup,
            f"{topic.retention.days} days" if topic.retention else "last value of each key",
            "`partitions`" if topic.by_entity else "1",
            topic.description,
        )
        for topic in TOPICS
    )
    return _table(("topic", "key", "cleanup", "kept", "partitions", "content"), rows)


def metrics() -> str:
    """Every metric of every process, by name as it stands on the page."""
    rows = ((f"`{name}`", kind, _codes(labels), said) for name, kind, labels, said in sorted(_metrics()))
    return _table(("metric", "type", "labels", "meaning"), rows)


def exposed() -> frozenset[str]:
    """Every name a query may use; a histogram has three."""
    endings = {"histogram": ("_bucket", "_sum", "_count")}
    return frozenset(name + ending for name, kind, _, _ in _metrics() for ending in endings.get(kind, ("",)))


def points() -> str:
    """Every warning point of the catalogue that ships."""
    rows = (
        (
            point.id,
            f"{point.name} {point.name_zh}",
            point.family,
            ", ".join(point.feeds),
            _parameters(point.parameters),
            f"{point.half_life_days} d",
            f"{point.hold_days} d" if point.hold_days else "–",
            _marks(point),
            point.why,
            point.source,
        )
        for point in read_catalogue().points
    )
    head = ("id", "point", "family", "feeds", "parameters", "half-life", "hold", "marks", "why", "source")
    return _table(head, rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "topics": topics,
    "metrics": metrics,
    "points": points,
}


def _variable(name: str) -> str:
    return "FENGHUO_" + name.replace(".", "__").upper()


def _metrics() -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """Name, type, labels and meaning."""
    for metric in vars(Metrics(CollectorRegistry())).values():
        if isinstance(metric, MetricWrapperBase):
            family = next(iter(metric.describe()))
            # prometheus-client tells the labels of a metric nowhere else before it has samples
            yield _shown(family.name, family.type), family.type, metric._labelnames, family.documentation
    for family in ConnectorCollector({"source": _some()}).collect():
        labels = family.samples[0].labels
        yield _shown(family.name, family.type), family.type, tuple(labels), family.documentation


def _some() -> Stats:
    """Statistics of which every metric has a sample."""
    stats = Stats()
    stats.record("F01", "accepted")
    stats.add("rows")
    stats.success(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    return stats


def _shown(name: str, kind: str) -> str:
    return f"{name}_total" if kind == "counter" else name


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _parameters(values: Mapping[str, float | int | str]) -> str:
    return "<br>".join(f"`{name}` {_number(value)}" for name, value in values.items()) or "–"


def _number(value: float | int | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _marks(point: Point) -> str:
    said = [name for name in ("hard", "statutory") if getattr(point, name)]
    return ", ".join(said) or "–"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> None:
    """Write every page."""
    for page in PAGES:
        (HERE / page).write_text(rendered(page), encoding="utf-8")


if __name__ == "__main__":
    main()
