"""Polling a database table or query by a column that only grows, with a window of overlap.

A transaction that commits late can bring a row whose cursor lies before rows already read. So every poll reads
the last stretch again (``overlap``: a time, or a number of rows) and sends only rows whose content is new.
Pages are cut by key (cursor, key), never by OFFSET, so rows that arrive meanwhile shift nothing.
"""

import os
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, column, create_engine, inspect, literal_column, select, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, OperationalError, SQLAlchemyError
from sqlalchemy.sql.expression import ColumnElement, FromClause, Select, TextClause

from connectors.checkpoint import Checkpoint
from connectors.config import ConnectorConfig
from connectors.errors import ConfigError, SourceError
from connectors.fields import plain, zone_of
from connectors.mapping import ColumnMapper
from connectors.pipeline import Clock
from connectors.rows import Batch, Progress, Row, State
from connectors.settings import SqlConfig
from connectors.sql_state import Seen, decode, digest_of, encode, low_mark, original, remember
from connectors.yamlfile import near


class SqlSource:
    """Source over one table or query. State: the highest cursor, and the rows of the overlap that were sent."""

    alive_on_poll = True
    settled = True
    address = ""
    patience = 30.0

    def __init__(self, config: ConnectorConfig, clock: Clock) -> None:
        """Nothing is connected before the first poll.

        Raises:
            ConfigError: the URL or its environment variable is wrong.
        """
        assert config.sql is not None  # noqa: S101 - guaranteed by ConnectorConfig
        self._settings = config.sql
        self._source_id = config.source_id
        self._clock = clock
        self._zone = zone_of(config.jurisdiction, config.zone)
        self._mapper = ColumnMapper(config) if config.mappings else None
        url = _url(config, self._settings)
        self._place = url.render_as_string(hide_password=True)
        try:
            self._engine: Engine = create_engine(url, pool_pre_ping=True)
        except (SQLAlchemyError, ImportError) as error:
            raise ConfigError(
                self._place, f"no such kind of database ({error})", "correct 'sql.url'"
            ) from error
        self._what = self._settings.table or "query"
        self._from: FromClause | TextClause | None = None
        self._key = self._settings.key or self._settings.cursor

    @property
    def pause(self) -> float:
        """Seconds between polls that found nothing."""
        return self._settings.poll_seconds

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def poll(self, memory: Checkpoint, stop: threading.Event) -> Generator[Batch, None, None]:
        """Read from the start of the overlap to the end, in batches of new rows.

        Raises:
            SourceError: the database is away.
            ConfigError: the table, a column or the query is wrong.
        """
        after: tuple[object, object] | None = None
        while not stop.is_set():
            page = self._page(memory.state, after)
            if not page:
                return
            last = page[-1]
            after = (last[self._settings.cursor], last[self._key])
            fresh = self._fresh(page, memory.state)
            if fresh:
                yield from self._batches(fresh, memory)
            if len(page) < self._settings.batch:
                return

    def _page(self, state: State, after: tuple[object, object] | None) -> list[dict[str, Any]]:
        try:
            with self._engine.connect() as connection:
                if self._from is None:
                    self._from = self._source()
                    self._refuse_gaps(connection)
                found = [dict(row) for row in connection.execute(self._statement(state, after)).mappings()]
        except DBAPIError as error:
            # SQLite reports a missing table or column as an operational error too
            if isinstance(error, OperationalError) and not _first_line(error).startswith("no such"):
                raise SourceError(self._place, f"does not answer ({_first_line(error)})") from error
            problem = f"{self._what} cannot be read ({_first_line(error)})"
            raise ConfigError(self._place, problem, "correct the 'sql' section") from error
        if found and after is None:
            self._check(list(found[0].keys()))
        return found

    def _source(self) -> FromClause | TextClause:
        if self._settings.query is not None:
            # the query is the operator's own configuration, not input
            return text(f"({self._settings.query.rstrip().rstrip(';')}) AS source_rows")
        schema, _, name = (self._settings.table or "").rpartition(".")
        try:
            table = Table(name, MetaData(), schema=schema or None, autoload_with=self._engine)
        except NoSuchTableError:
            tables = sorted(inspect(self._engine).get_table_names(schema=schema or None))
            remedy = near(name, tables) if tables else "it has none at all; is it the right database?"
            raise ConfigError(self._place, f"has no table {name!r}", remedy) from None
        keys = [part.name for part in table.primary_key.columns]
        if self._settings.key is None:
            if len(keys) != 1:
                problem = f"has no primary key of one column in {name!r}"
                raise ConfigError(self._place, problem, "set 'sql.key' to a column that tells its rows apart")
            self._key = keys[0]
        for wanted in (self._settings.cursor, self._key):
            if wanted not in table.columns:
                place = f"{self._place} table {name}"
                raise ConfigError(
                    place, f"has no column {wanted!r}", near(wanted, list(table.columns.keys()))
                )
        return table

    def _refuse_gaps(self, connection: Connection) -> None:
        """A row without a cursor has no place in the order, and would never be read."""
        assert self._from is not None  # noqa: S101 - set by _page just before
        cursor = self._column(self._settings.cursor)
        without: Select[Any] = (
            select(literal_column("1")).select_from(self._from).where(cursor.is_(None)).limit(1)
        )
        if connection.execute(without).first() is not None:
            place = f"{self._place} {self._what}"
            remedy = "fill it, or read a query that does (COALESCE) or that leaves such rows out"
            raise ConfigError(place, f"has rows without {self._settings.cursor!r}, their cursor", remedy)

    def _column(self, name: str) -> ColumnElement[Any]:
        return self._from.columns[name] if isinstance(self._from, Table) else column(name)

    def _statement(self, state: State, after: tuple[object, object] | None) -> Select[Any]:
        cursor, key = self._column(self._settings.cursor), self._column(self._key)
        assert self._from is not None  # noqa: S101 - set by _page just before
        chosen: Select[Any] = select(literal_column("*")).select_from(self._from)
        if isinstance(self._from, Table):
            chosen = select(self._from)
        if after is not None:
            chosen = chosen.where((cursor > after[0]) | ((cursor == after[0]) & (key > after[1])))
        elif "high" in state:
            low = low_mark(state, self._settings)
            beyond = cursor > low[0]
            same = cursor == low[0]
            chosen = chosen.where(beyond | (same if low[1] is None else same & (key >= low[1])))
        return chosen.order_by(cursor, key).limit(self._settings.batch)

    def _fresh(self, page: Sequence[Mapping[str, Any]], state: State) -> list[Mapping[str, Any]]:
        known = {(str(decode(key)), digest) for _, key, digest in state.get("seen", ())}
        return [row for row in page if (str(row[self._key]), digest_of(row)) not in known]

    def _batches(self, rows: list[Mapping[str, Any]], memory: Checkpoint) -> Iterator[Batch]:
        while rows:
            batch = self._batch(rows, memory)
            yield batch
            rows = rows[len(batch.rows) :]

    def _batch(self, rows: list[Mapping[str, Any]], memory: Checkpoint) -> Batch:
        cursor = self._settings.cursor
        state = memory.state
        captured: datetime | None = None
        if not isinstance(rows[0][cursor], datetime):
            rows, captured, state = self._captured(rows, memory)
        sent = [Seen(row[cursor], row[self._key], digest_of(row)) for row in rows]
        made = [self._row(row, captured) for row in rows]
        count = state.get("rows", 0) + len(rows)
        progress = Progress(self._source_id, self._what, count, count, None)
        kept = {"captured": state["captured"]} if "captured" in state else {}
        return Batch(
            made, {**remember(state, sent, self._settings), **kept, "rows": count}, progress=progress
        )

    def _captured(
        self, rows: list[Mapping[str, Any]], memory: Checkpoint
    ) -> tuple[list[Mapping[str, Any]], datetime, State]:
        """The rows of one batch, when they were captured, and the state without what is then done with.

        The time is written down before anything is published, with the last row it holds for: after a crash those
        rows, and only those, get it again.
        """

        def place(row: Mapping[str, Any]) -> tuple[Any, Any]:
            return row[self._settings.cursor], row[self._key]

        known = memory.state.get("captured")
        end = (decode(known[0]), decode(known[1])) if known else None
        again = [row for row in rows if end is not None and place(row) <= end]
        if known and again:
            rest = {key: value for key, value in memory.state.items() if key != "captured"}
            done = place(again[-1]) == end
            return again, datetime.fromisoformat(known[2]), rest if done else memory.state
        now = self._clock()
        last_cursor, last_key = place(rows[-1])
        rest = {key: value for key, value in memory.state.items() if key != "captured"}
        memory.save({**rest, "captured": [encode(last_cursor), encode(last_key), now.isoformat()]})
        return rows, now, rest

    def _row(self, row: Mapping[str, Any], captured: datetime | None) -> Row:
        moment = captured or row[self._settings.cursor]
        values = {name: plain(value) for name, value in row.items()}
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
        return Row(f"{self._what}[{self._key}={row[self._key]}]", original(row), values, aware)

    def _check(self, columns: list[str]) -> None:
        place = f"{self._place} {self._what}"
        for wanted in (self._settings.cursor, self._key):
            if wanted not in columns:
                raise ConfigError(place, f"has no column {wanted!r}", near(wanted, columns))
        if self._mapper is not None:
            self._mapper.check_columns(columns, place)


def _url(config: ConnectorConfig, settings: SqlConfig) -> URL:
    given = settings.url
    if settings.url_env is not None:
        given = os.environ.get(settings.url_env)
        if not given:
            raise ConfigError(
                f"environment variable {settings.url_env}", "is not set", "set it to the database URL"
            )
    try:
        url = make_url(given or "")
    except ArgumentError as error:
        raise ConfigError(
            "sql.url", "is not a database URL", "write it like postgresql+psycopg://host/db"
        ) from error
    if url.get_backend_name() == "postgresql" and "+" not in url.drivername:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        url = url.set(database=str(config.resolve(Path(url.database or ""))))
    return url


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
