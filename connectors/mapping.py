"""From a source row to raw envelopes, as the mapping file says. Pure: no clock, no file, no validation.

The result is what :func:`detectors.records.validation.validate` takes; it alone decides what is right.
"""

from collections.abc import Iterable, Mapping, Sequence

from connectors.config import ConnectorConfig
from connectors.errors import ColumnError, MappingError
from connectors.fields import as_text, zone_of
from connectors.rows import Row, Trouble
from connectors.rules import Raw, compile_rule
from connectors.yamlfile import near


class ColumnMapper:
    """Rows of named columns to raw envelopes; every mapping whose ``when`` holds gives one."""

    def __init__(self, config: ConnectorConfig) -> None:
        """Compile the mappings of ``config``, which were checked when it was read."""
        zone = zone_of(config.jurisdiction, config.zone)
        self._rules = [compile_rule(mapping, zone) for mapping in config.mappings or ()]
        self._ignored = frozenset(config.ignore)
        self._unmatched = config.unmatched
        self.columns = frozenset().union(*(rule.columns for rule in self._rules))
        self._known = self.columns | self._ignored
        self._file = config.path.name

    def check_columns(self, columns: Sequence[str], place: str) -> None:
        """Compare a header with the mapping.

        Raises:
            ColumnError: a column twice, one that is not mapped, or a mapped one that is missing.
        """
        for position, column in enumerate(columns):
            if column in columns[:position]:
                raise ColumnError(place, f"column {column!r} stands twice", "rename one of them")
            if column not in self._known:
                raise ColumnError(place, *self._unknown(column, columns))
        for column in sorted(self.columns.difference(columns)):
            remedy = near(column, list(columns))
            raise ColumnError(place, f"column {column!r}, which {self._file} maps, is missing", remedy)

    def _unknown(self, column: str, columns: Iterable[str]) -> tuple[str, str]:
        missing = sorted(self.columns.difference(columns)) or sorted(self.columns)
        return (
            f"column {column!r} is not mapped in {self._file}",
            f"map it, list it under 'ignore', or correct it ({near(column, missing)})",
        )

    def __call__(self, row: Row) -> Sequence[Raw]:
        """The raw envelopes of one row.

        Raises:
            MappingError: the row has an unknown column, a cell that cannot be read, or no mapping applies.
        """
        # JSON decodes objects to dicts and nothing else; the plain check is several times faster than the abstract one
        nested = any(isinstance(value, dict) for value in row.values.values())
        values = flatten(row.values) if nested else row.values
        if not values.keys() <= self._known:
            strange = next(column for column in values if column not in self._known)
            problem, remedy = self._unknown(strange, values)
            raise MappingError(strange, problem, remedy, reason=Trouble.UNKNOWN_COLUMN)
        found = [rule.envelope(values) for rule in self._rules if rule.applies(values)]
        if not found and self._unmatched == "dead_letter":
            tested = sorted({column for rule in self._rules for column, _ in rule.when})
            came = ", ".join(f"{column}={as_text(values.get(column))!r}" for column in tested)
            problem = f"no mapping of {self._file} applies ({came})"
            raise MappingError(
                tested[0] if tested else "",
                problem,
                "add one or set 'unmatched: ignore'",
                reason=Trouble.UNMATCHED,
            )
        return found


class CanonicalMapper:
    """Rows that are envelopes already; only the source's defaults are filled in."""

    def __init__(self, config: ConnectorConfig) -> None:
        """``config.sources`` lists further source ids the rows may carry (``*`` for any)."""
        self._allowed = {config.source_id, *config.sources}
        self._any = "*" in config.sources

    def __call__(self, row: Row) -> Sequence[Raw]:
        """The row itself.

        Raises:
            MappingError: the row speaks for a source it may not speak for.
        """
        source = row.values.get("source_id")
        if source is not None and not self._any and source not in self._allowed:
            raise MappingError(
                "source_id",
                f"{source!r} is not this connector's",
                "list it under 'sources'",
                reason=Trouble.FOREIGN_SOURCE,
            )
        return [dict(row.values)]


def flatten(value: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """JSON objects as columns: ``{"a": {"b": 1}}`` becomes ``{"a.b": 1}``; lists stay as they are."""
    flat: dict[str, object] = {}
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            flat.update(flatten(inner, f"{prefix}{key}."))
        else:
            flat[prefix + key] = inner
    return flat
