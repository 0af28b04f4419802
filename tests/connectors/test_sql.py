"""The database source: overlap, late commits, ties, types, restarts; on SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    insert,
    text,
    update,
)

from connectors.checkpoint import Checkpoint
from connectors.config import load
from connectors.errors import ColumnError, ConfigError, SourceError
from connectors.sql import SqlSource
from tests.connectors import postgres
from tests.connectors.helpers import (
    COLUMNS,
    Cells,
    ids,
    record_id,
    records,
    row,
    run_once,
    running,
    wait_until,
    write_config,
)

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    bin_folder, prefix = postgres.binaries(), postgres.as_nobody()
    if bin_folder is None or prefix is None:
        pytest.skip(
            "PostgreSQL server binaries (initdb, pg_ctl) are not installed, or there is no user to run them"
        )
    with postgres.server(bin_folder, prefix) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'court.db'}"


class Court:
    """The table of a court, and a connector over it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.engine: Engine = create_engine(url)
        metadata = MetaData()
        self.table = Table(
            "enforcement",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("updated_at", DateTime(timezone=True), nullable=False),
            *(Column(name, Text) for name in COLUMNS),
        )
        metadata.drop_all(self.engine)
        metadata.create_all(self.engine)

    def add(self, number: int, cells: Cells, at: datetime = T0) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(self.table).values(id=number, updated_at=at, **cells))

    def config(self, section: str = "table: enforcement, cursor: id, overlap: 5, batch: 10") -> Path:
        own = f'{{url: "{self.url}", poll_seconds: 0.01, {section}}}'
        return write_config(self.folder, "sql", own, extra="ignore: [id, updated_at]\n")


@pytest.fixture
def court(url: str, tmp_path: Path) -> Iterator[Court]:
    made = Court(url, tmp_path)
    yield made
    made.engine.dispose()


BY_TIME = 'table: enforcement, cursor: updated_at, overlap: "5m", batch: 10'


def test_a_table_is_read_in_pages_and_again_from_where_it_was_left(court: Court) -> None:
    """More rows than a page; then nothing; then one more."""
    for number in range(1, 26):
        court.add(number, row(number))
    publisher, _ = run_once(court.config())
    assert ids(publisher) == [(record_id(number), 1) for number in range(1, 26)]
    again, _ = run_once(court.config())
    assert ids(again) == []
    court.add(26, row(26))
    more, _ = run_once(court.config())
    assert ids(more) == [(record_id(26), 1)]


def test_a_row_that_commits_late_is_found_in_the_overlap(court: Court) -> None:
    """Its number was given out before rows already read, its transaction ended after."""
    for number in (1, 2, 3, 5, 6):
        court.add(number, row(number))
    assert len(ids(run_once(court.config())[0])) == 5
    court.add(4, row(4))
    assert ids(run_once(court.config())[0]) == [(record_id(4), 1)]


def test_a_change_in_place_is_sent_once(court: Court) -> None:
    """By time of change; rows within the overlap that did not change are not sent again."""
    for number in range(1, 6):
        court.add(number, row(number), T0 + timedelta(minutes=number))
    assert len(ids(run_once(court.config(BY_TIME))[0])) == 5
    with court.engine.begin() as connection:
        changed = row(5, version=2)
        connection.execute(
            update(court.table)
            .where(court.table.c.id == 5)
            .values(updated_at=T0 + timedelta(minutes=6), **changed)
        )
    assert ids(run_once(court.config(BY_TIME))[0]) == [(record_id(5), 2)]
    assert ids(run_once(court.config(BY_TIME))[0]) == []


def test_rows_that_share_the_cursor_are_all_read_and_none_twice(court: Court) -> None:
    """A bulk update stamps more rows than a page, and more than the overlap, with one moment."""
    for number in range(1, 36):
        court.add(number, row(number), T0)
    for section in (BY_TIME, "table: enforcement, cursor: updated_at, overlap: 3, batch: 10"):
        court.config(section)
        (court.folder / "checkpoints" / "cn.330604.court.json").unlink(missing_ok=True)
        assert len(ids(run_once(court.config(section))[0])) == 35
        assert ids(run_once(court.config(section))[0]) == []


def test_the_time_of_capture_is_the_time_of_change(court: Court) -> None:
    """A timestamp cursor says when the source wrote the row."""
    court.add(1, row(1), T0)
    made = records(run_once(court.config(BY_TIME))[0])[0]
    observed = datetime.fromisoformat(made["observed_at"])
    zone_is_kept = court.url.startswith("postgresql")
    assert observed == (
        T0 if zone_is_kept else T0 - timedelta(hours=8)
    )  # SQLite keeps no zone: local time is meant


def test_rows_sent_again_after_a_crash_keep_their_time_and_later_ones_get_their_own(court: Court) -> None:
    """However the pages fall the second time: the overlap takes part of the first one, and rows have come since."""
    for number in range(1, 31):
        court.add(number, row(number))
    moments = iter(T0 + timedelta(hours=hour) for hour in range(1000))
    config = load(court.config())

    def read(stop_after: int) -> dict[str, str]:
        """What would be published until the process dies just before remembering a batch."""
        stamps: dict[str, str] = {}
        with Checkpoint.open(config.checkpoint_path(), config.source_id, "sql") as memory:
            source = SqlSource(config, lambda: next(moments))
            for count, batch in enumerate(source.poll(memory, threading.Event()), start=1):
                stamps |= {one.place: one.captured_at.isoformat() for one in batch.rows}
                if count == stop_after:
                    break
                assert batch.state is not None
                memory.save(batch.state)
            source.close()
        return stamps

    first = read(stop_after=2)
    assert len(first) == 20
    for number in range(31, 36):
        court.add(number, row(number))
    again = read(stop_after=99)
    assert len(again) == 25
    assert {place: again[place] for place in first if place in again} == {
        place: first[place] for place in first if place in again
    }
    assert len({again[place] for place in again if place not in first} & set(first.values())) == 0


def test_a_query_is_read_like_a_table(court: Court) -> None:
    """Any statement the database understands, with the column that tells its rows apart."""
    for number in range(1, 13):
        court.add(number, row(number))
    section = "query: 'SELECT * FROM enforcement WHERE id > 2', cursor: id, key: id, overlap: 5, batch: 4"
    assert len(ids(run_once(court.config(section))[0])) == 10
    assert ids(run_once(court.config(section))[0]) == []


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("table: enforcment, cursor: id", "has no table 'enforcment'; did you mean 'enforcement'?"),
        ("table: enforcement, cursor: idd", "table enforcement: has no column 'idd'; did you mean 'id'?"),
        ("query: 'SELECT * FROM nowhere', cursor: id, key: id", "query cannot be read"),
    ],
)
def test_a_mistake_in_the_section_is_one_sentence(court: Court, section: str, sentence: str) -> None:
    """Place, what is wrong, the nearest known name; and the run ends, because waiting would not help."""
    with pytest.raises(ConfigError) as caught:
        run_once(court.config(section))
    assert sentence in str(caught.value)


def test_a_database_without_any_table_is_doubted(tmp_path: Path) -> None:
    """SQLite makes an empty one of a misspelt path."""
    own = '{url: "sqlite:///mispelt.db", table: enforcement, cursor: id}'
    file = write_config(tmp_path, "sql", own)
    with pytest.raises(ConfigError, match=r"has no table 'enforcement'; it has none at all; is it the right"):
        run_once(file)


def test_rows_that_nothing_tells_apart_are_not_guessed_at(court: Court) -> None:
    """Without a key, rows that share a cursor at the end of a page would be lost and the others sent again."""
    with court.engine.begin() as connection:
        connection.execute(text("CREATE TABLE listing AS SELECT * FROM enforcement"))
    try:
        with pytest.raises(ConfigError, match=r"no primary key of one column in 'listing'; set 'sql\.key'"):
            run_once(court.config("table: listing, cursor: updated_at"))
        assert ids(run_once(court.config("table: listing, cursor: updated_at, key: id"))[0]) == []
    finally:
        with court.engine.begin() as connection:
            connection.execute(text("DROP TABLE listing"))


def test_rows_without_a_cursor_are_reported(court: Court) -> None:
    """They have no place in the order, and would never be read."""
    for number in (1, 2):
        court.add(number, row(number))
    section = "query: 'SELECT *, NULLIF(id, 2) AS place FROM enforcement', cursor: place, key: id"
    with pytest.raises(ConfigError, match=r"query: has rows without 'place', their cursor; fill it"):
        run_once(court.config(section))


def test_a_column_the_mapping_does_not_know_is_named(court: Court) -> None:
    """A table that has grown a column."""
    court.add(1, row(1))
    path = court.config()
    path.write_text(path.read_text("utf-8").replace("ignore: [id, updated_at]", "ignore: [id]"), "utf-8")
    with pytest.raises(ColumnError, match=r"column 'updated_at' is not mapped in court\.yaml"):
        run_once(path)


def test_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    """No heartbeat meanwhile, and the password is not shown."""
    section = '{url: "postgresql://u:secret@127.0.0.1:1/x", table: t, cursor: id}'
    path = write_config(tmp_path, "sql", section)
    with pytest.raises(SourceError) as caught:
        run_once(path)
    assert "does not answer" in str(caught.value)
    assert "secret" not in str(caught.value)
    with running(path) as (publisher, stats, _):
        wait_until(lambda: stats.count("errors") >= 2)
    assert not publisher.records


def test_an_environment_variable_that_is_not_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses with passwords do not belong into files."""
    monkeypatch.delenv("COURT_URL", raising=False)
    with pytest.raises(ConfigError, match="environment variable COURT_URL: is not set"):
        run_once(write_config(tmp_path, "sql", "{url_env: COURT_URL, table: t, cursor: id}"))


def test_relative_sqlite_paths_are_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the connector is started from."""
    court = Court(f"sqlite:///{tmp_path / 'court.db'}", tmp_path)
    court.add(1, row(1))
    court.engine.dispose()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    section = '{url: "sqlite:///court.db", table: enforcement, cursor: id}'
    path = write_config(tmp_path, "sql", section, extra="ignore: [id, updated_at]\n")
    assert len(ids(run_once(load(path))[0])) == 1
