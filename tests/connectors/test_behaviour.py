"""The behaviour of :mod:`tests.connectors.behaviour`, over every kind of source."""

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.connectors.behaviour import BATCH, Behaviour, Harness, port_of
from tests.connectors.helpers import COLUMNS, Cells, csv_bytes, write_config
from tests.connectors.servers import Listing, Streaming, serving

TOKEN = "a-token-for-tests"


class CsvHarness(Harness):
    """Files in a directory, each put there under another name first."""

    def __init__(self, folder: Path) -> None:
        self.drop = folder / "drop"
        self.drop.mkdir()
        self.files = 0
        section = f"{{directory: drop, poll_seconds: 0.01, settle_seconds: 0.02, batch: {BATCH}}}"
        self.config = write_config(folder, "file_drop", section)

    def feed(self, rows: list[Cells]) -> None:
        self.files += 1
        temporary = self.drop / "next.csv.part"
        temporary.write_bytes(csv_bytes(rows, "gb18030"))
        temporary.rename(self.drop / f"{self.files:03d}.csv")

    def original(self, cells: Cells) -> bytes:
        return (",".join(cells[column] for column in COLUMNS) + "\n").encode("gb18030")


class SqliteHarness(Harness):
    """A table with a growing id."""

    def __init__(self, folder: Path) -> None:
        self.database = sqlite3.connect(folder / "court.db", check_same_thread=False)
        columns = ", ".join(f'"{column}" TEXT' for column in COLUMNS)
        self.database.execute(f"CREATE TABLE enforcement (id INTEGER PRIMARY KEY, {columns})")
        self.database.commit()
        section = (
            '{url: "sqlite:///court.db", table: enforcement, cursor: id, overlap: 5,'
            f" batch: {BATCH}, poll_seconds: 0.01}}"
        )
        self.config = write_config(folder, "sql", section, extra="ignore: [id]\n")
        self.count = 0

    def feed(self, rows: list[Cells]) -> None:
        names = ", ".join(f'"{column}"' for column in COLUMNS)
        marks = ", ".join("?" for _ in COLUMNS)
        for cells in rows:
            values = [cells[column] for column in COLUMNS]
            self.database.execute(f"INSERT INTO enforcement ({names}) VALUES ({marks})", values)
        self.database.commit()

    def original(self, cells: Cells) -> bytes:
        found = self.database.execute(
            'SELECT id FROM enforcement WHERE "案号" = ?', (cells["案号"],)
        ).fetchone()
        return json.dumps({"id": found[0], **cells}, ensure_ascii=False).encode()

    def close(self) -> None:
        self.database.close()


class JsonHarness(Harness):
    """What the JSON sources share."""

    def original(self, cells: Cells) -> bytes:
        return json.dumps(cells, ensure_ascii=False).encode()


class PullHarness(JsonHarness):
    """A listing by page number."""

    def __init__(self, folder: Path) -> None:
        self.site = Listing(size=BATCH)
        self.server = serving(self.site)
        address = self.server.__enter__()
        section = f"{{url: '{address}/list', items_field: data.items, page_param: page, poll_seconds: 0.02}}"
        self.config = write_config(folder, "http_pull", section)

    def feed(self, rows: list[Cells]) -> None:
        self.site.items.extend(rows)

    def close(self) -> None:
        self.server.__exit__(None, None, None)


class StreamHarness(JsonHarness):
    """A stream with timepoints."""

    def __init__(self, folder: Path) -> None:
        self.site = Streaming()
        self.server = serving(self.site)
        address = self.server.__enter__()
        section = (
            f"{{url: '{address}/stream', profile: mapped, heartbeat_seconds: 1, reconnect_seconds: 0.05,"
            f" batch: {BATCH}}}"
        )
        self.config = write_config(folder, "http_stream", section)

    def feed(self, rows: list[Cells]) -> None:
        for cells in rows:
            timepoint = len(self.site.lines) + 1
            self.site.add(timepoint, {"timepoint": timepoint, **cells})

    def original(self, cells: Cells) -> bytes:
        return next(line for _, line in self.site.lines if cells["案号"].encode() in line)

    def close(self) -> None:
        self.server.__exit__(None, None, None)


class PushHarness(JsonHarness):
    """A front end that sends each batch with one key until it is taken."""

    def __init__(self, folder: Path) -> None:
        (folder / "token").write_text(TOKEN)
        section = "{token_file: token, port_file: port, answer_seconds: 20}"
        self.config = write_config(folder, "push", section)
        self.waiting: list[tuple[str, list[Cells]]] = []
        self.address: Callable[[], str] = lambda: port_of(self.config)
        self.stopping = threading.Event()
        self.sender = threading.Thread(target=self._send, daemon=True)
        self.sender.start()

    def started(self, address: Callable[[], str]) -> None:
        self.address = address

    def feed(self, rows: list[Cells]) -> None:
        for start in range(0, len(rows), BATCH):
            self.waiting.append((uuid.uuid4().hex, rows[start : start + BATCH]))

    def _send(self) -> None:
        with httpx.Client(timeout=20, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            while not self.stopping.wait(0.01):
                if not self.waiting or not self.address():
                    continue
                key, rows = self.waiting[0]
                body = json.dumps(rows, ensure_ascii=False).encode()
                headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
                try:
                    answer = client.post(f"{self.address()}/v1/records", content=body, headers=headers)
                except httpx.HTTPError:
                    continue
                if answer.status_code == 200:
                    self.waiting.pop(0)

    def close(self) -> None:
        self.stopping.set()
        self.sender.join(timeout=25)


class Filled(Behaviour):
    """Makes the harness named by the subclass."""

    made: Callable[[Path], Harness]

    @pytest.fixture
    def harness(self, tmp_path: Path) -> Iterator[Harness]:
        harness = type(self).made(tmp_path)
        yield harness
        harness.close()


class TestFileDrop(Filled):
    made = CsvHarness


class TestSql(Filled):
    made = SqliteHarness


class TestHttpPull(Filled):
    made = PullHarness


class TestHttpStream(Filled):
    made = StreamHarness


class TestPush(Filled):
    made = PushHarness
