"""The file drop: encodings, half-written files, files that do not fit, and files it must leave alone."""

import json
import os
from pathlib import Path

import pytest
from openpyxl import Workbook

from connectors.config import load
from connectors.errors import ConfigError, PublishError
from connectors.publish import MemoryPublisher
from tests.connectors.behaviour import Unreliable
from tests.connectors.helpers import (
    COLUMNS,
    csv_bytes,
    ids,
    record_id,
    records,
    row,
    run_once,
    running,
    wait_until,
    write_config,
)

FAST = "{directory: drop, poll_seconds: 0.01, settle_seconds: 0.02, partial_seconds: 0.1, batch: 20%s}"


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def config(drop: Path, more: str = "") -> Path:
    return write_config(drop.parent, "file_drop", FAST % (", " + more if more else ""))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found_by_strict_decoding(drop: Path, encoding: str) -> None:
    """Chinese departments write GB18030, spreadsheets write a byte order mark; both read without being told."""
    (drop / "a.csv").write_bytes(csv_bytes([row(1), row(2)], encoding))
    publisher, stats = run_once(config(drop))
    assert ids(publisher) == [(record_id(1), 1), (record_id(2), 1)]
    assert records(publisher)[0]["payload"]["name"] == "上虞第1机械有限公司"
    assert records(publisher)[0]["payload"]["exec_amount"] == {"amount": "2000000.00", "currency": "CNY"}
    assert (stats.outcomes("accepted", "F04"), stats.count("rows")) == (2, 2)
    assert (drop / "done" / "a.csv").exists()
    assert not (drop / "a.csv").exists()


def test_a_row_in_another_encoding_than_declared_is_buried_with_its_bytes(drop: Path) -> None:
    """A declared encoding is not second-guessed."""
    good, bad = csv_bytes([row(1)], "utf-8"), csv_bytes([row(2)], "gb18030").split(b"\n")[1] + b"\n"
    (drop / "a.csv").write_bytes(good + bad)
    publisher, _ = run_once(config(drop, "encoding: utf-8"))
    assert ids(publisher) == [(record_id(1), 1)]
    letter = publisher.letters[0]
    assert (letter.original, letter.place, letter.reason) == (bad, "a.csv:3", "unreadable")
    assert "set 'encoding'" in letter.detail


def test_json_lines_and_xlsx_are_read_like_csv(drop: Path) -> None:
    """One mapping, three kinds of file; spreadsheets carry typed cells."""
    (drop / "a.jsonl").write_text(
        "".join(json.dumps(row(n), ensure_ascii=False) + "\n" for n in (1, 2)), "utf-8"
    )
    book = Workbook()
    assert book.active is not None
    book.active.append(COLUMNS)
    cells = [*row(3).values()]
    cells[5], cells[7] = 200.0, 1  # type: ignore[call-overload] # typed cells are the point
    book.active.append(cells)
    book.save(drop / "b.xlsx")
    publisher, _ = run_once(config(drop))
    assert ids(publisher) == [(record_id(n), 1) for n in (1, 2, 3)]
    assert records(publisher)[2]["payload"]["exec_amount"]["amount"] == "2000000.00"


def test_canonical_lines_need_no_mapping(drop: Path) -> None:
    """Envelopes pass as they are; the source's defaults are filled in, foreign sources refused."""
    (drop / "a.csv").write_bytes(csv_bytes([row(1)]))
    made, _ = run_once(config(drop))
    record = records(made)[0]
    del record["source_id"]
    foreign = record | {"source_id": "cn.330604.tax"}
    (drop / "b.jsonl").write_text(json.dumps(record) + "\n" + json.dumps(foreign) + "\n", "utf-8")
    path = write_config(drop.parent, "file_drop", FAST % "", mappings="format: canonical\n")
    publisher, _ = run_once(path)
    assert records(publisher)[0]["source_id"] == "cn.330604.court"
    assert len(records(publisher)) == 1
    assert [letter.reason for letter in publisher.letters] == ["foreign_source"]


def test_an_unknown_column_sets_the_file_aside_and_the_others_go_on(drop: Path) -> None:
    """One sentence names file, line, column, the mapping file and the nearest known column."""
    (drop / "a.csv").write_bytes(csv_bytes([row(1)]).replace("执行标的".encode(), "执行标地".encode()))
    (drop / "b.csv").write_bytes(csv_bytes([row(2)]))
    publisher, _ = run_once(config(drop))
    assert ids(publisher) == [(record_id(2), 1)]
    assert (drop / "failed" / "a.csv").exists()
    [letter] = publisher.letters
    assert letter.reason == "unknown_column"
    assert letter.detail.startswith(
        "a.csv:1: column '执行标地' is not mapped in court.yaml; map it, list it under 'ignore', or correct it"
        " (did you mean '执行标的'?"
    )
    assert letter.original.startswith("业务类型".encode())


def test_a_missing_column_sets_the_file_aside(drop: Path) -> None:
    """A column the mapping needs is missing."""
    columns = tuple(column for column in COLUMNS if column != "状态")
    (drop / "a.csv").write_bytes(csv_bytes([row(1)], columns=columns))
    publisher, _ = run_once(config(drop))
    assert "column '状态', which court.yaml maps, is missing" in publisher.letters[0].detail


def test_a_half_written_last_row_waits_for_its_rest(drop: Path) -> None:
    """What is whole is published at once; the file is finished when the rest has come."""
    whole = csv_bytes([row(1), row(2)])
    path = drop / "a.csv"
    path.write_bytes(whole[:-30])
    slow = config(drop, "").read_text("utf-8").replace("partial_seconds: 0.1", "partial_seconds: 30")
    config(drop).write_text(slow, "utf-8")
    with running(drop.parent / "court.yaml") as (publisher, _, _):
        wait_until(lambda: len(ids(publisher)) == 1)
        assert path.exists()
        with path.open("ab") as file:
            file.write(whole[-30:])
        wait_until((drop / "done" / "a.csv").exists)
    assert ids(publisher) == [(record_id(1), 1), (record_id(2), 1)]
    assert not publisher.letters


@pytest.mark.parametrize("kill", [False, True], ids=["running", "restarted"])
def test_rows_written_while_the_last_ones_are_published_are_not_lost(drop: Path, kill: bool) -> None:
    """The file is moved only if it is still the one that was read; a slow broker gives its writer time to go on."""
    path = drop / "a.csv"
    path.write_bytes(csv_bytes([row(1), row(2)]))
    publisher = Interrupted(path, csv_bytes([row(3)]).split(b"\n", 1)[1], kill=kill)
    if kill:
        with pytest.raises(KeyboardInterrupt):
            run_once(config(drop), publisher)
    run_once(config(drop), publisher)
    assert sorted(set(ids(publisher))) == [(record_id(number), 1) for number in (1, 2, 3)]
    assert len(ids(publisher)) == 3 + 2 * kill, "no more than the batch in hand is sent again"
    assert (drop / "done" / "a.csv").read_bytes() == csv_bytes([row(1), row(2), row(3)])


class Interrupted(MemoryPublisher):
    """While it waits for the broker for the first time, somebody appends to the file."""

    def __init__(self, path: Path, more: bytes, *, kill: bool) -> None:
        super().__init__()
        self._path, self._more, self._kill = path, more, kill

    def flush(self) -> None:
        if not self._more or not ids(self):
            return
        with self._path.open("ab") as file:
            file.write(self._more)
        self._more = b""
        if self._kill:
            raise KeyboardInterrupt


def test_a_last_row_without_line_end_is_buried_once_it_has_settled(drop: Path) -> None:
    """``200`` may be the beginning of ``2000000``: a row that may be cut is not taken."""
    content = csv_bytes([row(1), row(2)])[:-1]
    (drop / "a.csv").write_bytes(content)
    publisher, _ = run_once(config(drop))
    assert ids(publisher) == [(record_id(1), 1)]
    [letter] = publisher.letters
    assert (letter.reason, letter.place) == ("partial_row", "a.csv:3")
    assert letter.original == content.split(b"\n")[2]
    assert (drop / "done" / "a.csv").exists()


def test_a_last_row_without_line_end_can_be_accepted(drop: Path) -> None:
    """For writers known to leave the last line feed out."""
    (drop / "a.csv").write_bytes(csv_bytes([row(1)])[:-1])
    publisher, _ = run_once(config(drop, "unterminated: accept"))
    assert ids(publisher) == [(record_id(1), 1)]


def test_a_json_object_that_has_closed_is_whole(drop: Path) -> None:
    """JSON says itself where it ends; only a broken last line is partial."""
    (drop / "a.jsonl").write_text(json.dumps(row(1)), "utf-8")
    (drop / "b.jsonl").write_text(json.dumps(row(2))[:-9], "utf-8")
    publisher, _ = run_once(config(drop))
    assert ids(publisher) == [(record_id(1), 1)]
    assert [letter.reason for letter in publisher.letters] == ["partial_row"]


def test_half_a_workbook_fails_once_it_has_settled(drop: Path) -> None:
    """A zip archive cut short can never be read."""
    (drop / "a.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    publisher, _ = run_once(config(drop))
    [letter] = publisher.letters
    assert "not a whole workbook" in letter.detail
    assert letter.original == b"PK\x03\x04 not a workbook"
    assert (drop / "failed" / "a.xlsx").exists()


def test_unfinished_names_links_and_other_patterns_are_left_alone(drop: Path, tmp_path: Path) -> None:
    """``.part`` and ``.tmp`` belong to their writer; a link could point anywhere."""
    outside = tmp_path / "outside.csv"
    outside.write_bytes(csv_bytes([row(9)]))
    for name in ("a.csv.part", "b.csv.tmp", ".c.csv", "d.pdf"):
        (drop / name).write_bytes(csv_bytes([row(1)]))
    (drop / "e.csv").symlink_to(outside)
    publisher, _ = run_once(config(drop))
    assert not publisher.records
    assert len(list(drop.iterdir())) == 5


def test_the_time_of_capture_is_that_of_the_file(drop: Path) -> None:
    """It must be the same when the file is read again, so it cannot come from the clock."""
    path = drop / "a.csv"
    path.write_bytes(csv_bytes([row(1)]))
    os.utime(path, (1767600000, 1767600000))
    publisher, _ = run_once(config(drop))
    assert records(publisher)[0]["observed_at"] == "2026-01-05T08:00:00Z"


def test_a_second_file_of_the_same_name_is_read_and_kept_apart(drop: Path) -> None:
    """Departments reuse names."""
    for number in (1, 2):
        (drop / "a.csv").write_bytes(csv_bytes([row(number)]))
        publisher, _ = run_once(config(drop))
        assert ids(publisher) == [(record_id(number), 1)]
    assert sorted(path.name for path in (drop / "done").iterdir()) == ["a.1.csv", "a.csv"]


def test_a_file_taken_back_in_the_middle_is_forgotten(drop: Path) -> None:
    """Its writer has removed it while the broker was away; another one of its name is read from its beginning."""
    (drop / "a.csv").write_bytes(csv_bytes([row(number) for number in range(1, 31)]))
    with pytest.raises(PublishError):
        run_once(config(drop), Unreliable(failures=1))
    (drop / "a.csv").unlink()
    assert not run_once(config(drop))[0].records
    (drop / "a.csv").write_bytes(csv_bytes([row(31)]))
    assert ids(run_once(config(drop))[0]) == [(record_id(31), 1)]


def test_progress_tells_rows_and_bytes(drop: Path) -> None:
    """A backfill shows how far it is."""
    (drop / "a.csv").write_bytes(csv_bytes([row(n) for n in range(1, 51)]))
    seen = []
    run_once(config(drop), progress=seen.append)
    assert [one.rows for one in seen] == [20, 40, 50]
    assert seen[-1].done == seen[-1].total
    assert seen[0].done < seen[1].done < seen[-1].done


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    """One sentence, with the remedy."""
    path = write_config(tmp_path, "file_drop", "{directory: nowhere}")
    with pytest.raises(ConfigError, match=r"nowhere: is not a directory; create it or correct"):
        run_once(load(path))
