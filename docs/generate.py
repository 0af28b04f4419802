"""Write the generated tables of the manual anew (settings, topics, metrics, points), and the pages of the points.

A page holds a table between ``<!-- generated: NAME -->`` and ``<!-- end -->``; only that part is replaced. A test
fails while a table and the code differ.
"""

import importlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase
from rich.text import Text

from connectors.stats import Stats
from detectors.catalogue.entry import Pattern, Point
from detectors.catalogue.model import Profile
from detectors.catalogue.pages import COLOURS, pages
from detectors.contagion.words import rows
from detectors.explanation import as_alert, case_among, explain
from detectors.fold import together
from detectors.indicators.registry import INDICATORS
from detectors.macro.words import rows as macro_rows
from detectors.verification import verify
from streams.catalogues import read_catalogue
from streams.cli.explain_view import lines
from streams.cli.reading import records
from streams.duties import with_deadlines
from streams.engine.effects import Effects
from streams.metrics import Metrics
from streams.metrics_connectors import ConnectorCollector
from streams.metrics_lags import SourceLags
from streams.settings import describe
from streams.topics import TOPICS

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "three-reds" / "records.jsonl"
PAGES = ("operations.md", "catalogue.md", "indicators.md", "explained.md")
_PART = re.compile(r"(?s)(<!-- generated: (?P<name>[a-z]+) -->\n).*?(<!-- end -->)")


def rendered(name: str) -> str:
    """The text of a page of the manual with every generated table as the code has it now."""
    text = (HERE / name).read_text("utf-8")
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
            _linked(point),
            f"{point.name} {point.name_zh}",
            point.family,
            ", ".join(point.feeds),
            _conditions(point),
            f"{point.half_life_days} d",
            _marks(point),
        )
        for point in _points()
    )
    return _table(("id", "point", "group", "feeds", "colours", "half-life", "marks"), rows)


def _points() -> list[Point]:
    """The 49 by number, then the extensions."""
    return sorted(read_catalogue().points, key=lambda point: point.id)


def patterns() -> str:
    """Every composite pattern."""
    rows = (
        (
            _linked(pattern),
            f"{pattern.name} {pattern.name_zh}",
            ", ".join(pattern.members)
            if len(pattern.members) < len(read_catalogue().points) // 2
            else "all of the 49",
            _conditions(pattern),
        )
        for pattern in read_catalogue().patterns
    )
    return _table(("id", "pattern", "members", "colours"), rows)


def inhibitions() -> str:
    """Whose messages are held back, and while what is shown."""
    rows = (
        (rule.by, ("any colour", "yellow", "red")[rule.level - 1], ", ".join(rule.points), rule.within)
        for rule in read_catalogue().inhibitions
    )
    return _table(("while", "shows", "no message about", "which shares the same"), rows)


def profiles() -> str:
    """What differs from one jurisdiction to another."""
    catalogue = read_catalogue()
    rows = (
        (
            name,
            f"{profile.utc_offset_hours:+g} h",
            profile.currency,
            ", ".join(profile.without) or "–",
            "<br>".join(f"{what}: {_parameters(own)}" for what, own in _otherwise(profile)) or "–",
            profile.dispute_effect,
            "all" if profile.connected is None else ", ".join(sorted(profile.connected)),
        )
        for name, profile in catalogue.profiles.items()
    )
    heads = "profile", "UTC", "currency", "points that do not apply", "other numbers", "under objection"
    return _table((*heads, "feeds connected"), rows)


def _otherwise(profile: Profile) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The points, and contagion, for which a profile has other numbers."""
    yield from profile.parameters.items()
    if profile.contagion:
        yield "contagion", profile.contagion


def contagion() -> str:
    """Every number of the contagion model."""
    named = ((f"`{name}`", value, said) for name, value, said in rows(read_catalogue().spreading))
    return _table(("number", "value", "meaning"), named)


def macro() -> str:
    """Every number of the macro risk index."""
    numbers = macro_rows(read_catalogue().macro_index)
    named = ((f"`{name}`", value, unit, said) for name, value, unit, said in numbers)
    return _table(("number", "value", "unit", "meaning"), named)


def tests() -> str:
    """The 49 points, each with the names of its tests: vectors, and series of ever worse cases."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, one in _vectors():
        found.setdefault(one.point, {}).setdefault(name, []).append(one.says)
    rows = (
        (point.id, str(sum(map(len, by_file.values()))), "<br>".join(_named(by_file)))
        for point in _points()
        if point.core
        for by_file in [found.get(point.id, {})]
    )
    return _table(("id", "tests", "names"), rows)


def _vectors() -> Iterator[tuple[str, Any]]:
    """Every vector and series of the suite of the points, with its file."""
    for path in sorted(HERE.parent.glob("tests/detectors/points/test_*.py")):
        module = importlib.import_module(f"tests.detectors.points.{path.stem}")
        for one in [*getattr(module, "VECTORS", ()), *getattr(module, "SERIES", ())]:
            if path.stem != "test_contract":  # which runs those of all the others
                yield path.relative_to(HERE.parent).as_posix(), one


def _named(by_file: Mapping[str, Sequence[str]]) -> Iterator[str]:
    return (f"`{name}`: {'; '.join(says)}" for name, says in by_file.items())


def point_pages() -> dict[str, str]:
    """The page of every point and pattern and of the macro risk index, by file name; as ``fenghuo catalogue docs``
    writes them."""
    return {f"{name}.md": text for name, text in pages(read_catalogue()).items()}


def indicators() -> str:
    """Every indicator of the registry."""
    shown = (
        "name_zh",
        "name_en",
        "feed",
        "agg",
        "window",
        "filter",
        "unit",
        "direction",
        "null_policy",
        "privacy_class",
    )
    rows = (
        [f"`{row['id']}`", *(row[name].replace("_", " ") or "–" for name in shown)]
        for row in (one.row() for one in INDICATORS.values())
    )
    return _table(("id", *(name.replace("_", " ") for name in shown)), rows)


def explained(entity: str) -> str:
    """What ``fenghuo explain --verify`` says of a firm of the example."""
    found, catalogue = list(records(EXAMPLE, [])), read_catalogue()
    case = case_among(entity, found, together(found, catalogue, None), catalogue)
    said = [Text.from_markup(line).plain for line in lines(with_deadlines(explain(case), case))]
    held = verify(as_alert(case), case.records, catalogue, case.reference)
    return "\n".join(["```text", *said, "", f"Verification: it {held.sentence}.", "```"])


TABLES: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "topics": topics,
    "metrics": metrics,
    "points": points,
    "indicators": indicators,
    "patterns": patterns,
    "inhibitions": inhibitions,
    "profiles": profiles,
    "contagion": contagion,
    "macro": macro,
    "tests": tests,
    "listed": lambda: explained("ent:CN-330604:91330604MA00000316"),
    "overdue": lambda: explained("ent:CN-330604:91330604MA000004XX"),
    "together": lambda: explained("ent:CN-330604:91330604MA0000058X"),
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

    for summary in _some_lags().collect():
        yield summary.name, summary.type, tuple(summary.samples[0].labels), summary.documentation


def _some_lags() -> SourceLags:
    """Lags of which there is a sample."""
    lags, effects = SourceLags(), Effects([], {}, b"", Counter(), [])
    effects.observed["cn.330604.court"] = 1, 0
    lags.observe(effects, 0.0)
    return lags


def _some() -> Stats:
    """Statistics of which every metric has a sample."""
    stats = Stats()
    stats.record("F01", "accepted")
    stats.lag("capture", 1.0)
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


def _linked(entry: Point | Pattern) -> str:
    return f"[{entry.id}](points/{entry.id}.md)"


def _conditions(entry: Point | Pattern) -> str:
    """What raises each colour and what clears it, in words."""
    said = ((colour, entry.said(colour)) for colour in (*COLOURS, "clear"))
    return "<br>".join(f"*{colour}*: {words}" for colour, words in said if words)


def _marks(point: Point) -> str:
    said = [name for name in ("hard", "statutory") if getattr(point, name)]
    said += [f"hold {point.hold_days} d"] if point.hold_days else []
    said += [f"looks at {', '.join(point.looks_at)}"] if point.looks_at else []
    return ", ".join(said) or "–"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> None:
    """Write every page."""
    sys.path.insert(0, str(HERE.parent))  # the tests are no installed package
    for name in PAGES:
        (HERE / name).write_text(rendered(name), encoding="utf-8")
    folder = HERE / "points"
    folder.mkdir(exist_ok=True)
    written = point_pages()
    for path in folder.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
