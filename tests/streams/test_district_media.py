"""The departments: the media they write, the stream they serve, and the connectors that read them."""

import hashlib
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from alerts.policy.subscription_file import parse_subscriptions
from connectors.config import load
from connectors.publish import MemoryPublisher
from connectors.runner import run
from detectors.errors import FenghuoError
from streams.district import District, Label, World
from streams.district.formats.property import TABLE
from streams.district.pusher import Pusher

ROOT = Path(__file__).parents[2]
Running = tuple[District, dict[str, MemoryPublisher]]


def world() -> World:
    return World(seed=9, entities=120, days=130)


def digest_of_media(directory: Path) -> str:
    """Everything the departments of a small world emit, as one hash."""
    with District(directory, world(), deliver=lambda _body, _key: None) as district:
        district.emit()
    digest = hashlib.sha256()
    for path in sorted(
        p for name in ("drop", "outbox") for p in (directory / name).rglob("*") if p.is_file()
    ):
        digest.update(path.relative_to(directory).as_posix().encode() + path.read_bytes())
    digest.update((directory / "stream.jsonl").read_bytes())
    with sqlite3.connect(directory / "registry.db") as database:
        digest.update(repr(database.execute(f"SELECT * FROM {TABLE} ORDER BY seq").fetchall()).encode())
    database.close()
    return digest.hexdigest()


def test_the_same_seed_writes_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from tests.streams.test_district_media import *;"
        "print(digest_of_media(pathlib.Path(sys.argv[1])))"
    )
    found = {digest_of_media(tmp_path / "here") + "\n", digest_of_media(tmp_path / "again") + "\n"}
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / hash_seed)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_rows_in_the_media_add_up_to_the_books(tmp_path: Path) -> None:
    """Counted from the bytes, with nothing of the simulator: lines, rows and elements."""
    with District(tmp_path, world(), deliver=lambda _body, _key: None) as district:
        books = district.emit()
    court = sum(len(p.read_bytes().splitlines()) - 1 for p in (tmp_path / "drop/court").glob("*.csv"))
    lines = sum(len(p.read_bytes().splitlines()) for p in (tmp_path / "drop").rglob("*.jsonl"))
    stream = len((tmp_path / "stream.jsonl").read_bytes().splitlines())
    pushed = sum(len(json.loads(p.read_bytes())) for p in (tmp_path / "outbox").glob("*.json"))
    with sqlite3.connect(tmp_path / "registry.db") as database:
        (journal,) = database.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
    database.close()
    assert court + lines + stream + pushed + journal == books.total.total + books.heartbeats
    assert books.as_dict() | {"outcomes": 0} == world().expected().as_dict()


def test_emission_can_stop_and_go_on(tmp_path: Path) -> None:
    labels: list[Label] = []
    with District(tmp_path, world(), deliver=lambda _body, _key: None) as district:
        first = district.emit(40).total.total
        assert 0 < first < district.emit(on_outcome=labels.append).total.total
        assert district.expected.total.as_dict() == world().expected().total.as_dict()
        assert district.emit().total.total == district.expected.total.total
    assert district.expected.outcomes == len(labels) > 0


def test_the_pace_is_kept(tmp_path: Path) -> None:
    """Against a clock that only sleeping moves, n records at p per second take n/p seconds."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with District(tmp_path, world(), deliver=lambda _body, _key: None) as district:
        books = district.emit(pace=100.0, clock=lambda: now[0], sleep=sleep)
    assert now[0] == pytest.approx((books.total.total + books.heartbeats) / 100.0)


def test_a_directory_is_used_again_from_the_start(tmp_path: Path) -> None:
    assert digest_of_media(tmp_path) == digest_of_media(tmp_path)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with District(tmp_path, world()) as district:
        publishers: dict[str, MemoryPublisher] = {}
        stop = threading.Event()
        threads = []
        for path in district.configs(poll_seconds=0.05):
            config = load(path)
            key = config.source_id
            publishers[key] = MemoryPublisher()
            threads.append(
                threading.Thread(target=run, args=(config, publishers[key]), kwargs={"stop": stop})
            )
            threads[-1].start()
        yield district, publishers
        stop.set()
        for thread in threads:
            thread.join(timeout=20)
            assert not thread.is_alive()


def business(publisher: MemoryPublisher) -> list[dict[str, object]]:
    return [msgspec.json.decode(wire) for _, feed, wire in list(publisher.records) if feed != "F33"]


def beats(publishers: dict[str, MemoryPublisher]) -> list[bytes]:
    """Heartbeats of the departments; those of the connectors themselves carry another record id."""
    return [
        wire for p in publishers.values() for _, _, wire in list(p.records) if b'"record_id":"pulse|' in wire
    ]


def recount(publisher: MemoryPublisher) -> dict[str, int]:
    """Count what a connector published, by versions seen; nothing of the simulator is used."""
    counted = Counter(dict.fromkeys(("accepted", "flagged", "duplicates"), 0))
    greatest: dict[tuple[object, object], int] = {}
    for record in business(publisher):
        subject = record["subject"]
        assert isinstance(subject, dict)
        key, version = (record["record_id"], subject.get("role", "")), record["version"]
        assert isinstance(version, int)
        if version <= greatest.get(key, 0):
            counted["duplicates"] += 1
        else:
            greatest[key] = version
            counted["flagged" if record.get("flags") else "accepted"] += 1
    counted["quarantined"] = len(publisher.letters)
    return {"in": counted.total(), **counted}


def test_the_real_connectors_count_what_the_simulator_knows(running: Running) -> None:
    """Every record of every department arrives through its own connector, and the books agree to the last one."""
    district, publishers = running
    books = district.emit()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        arrived = sum(len(business(p)) + len(p.letters) for p in publishers.values())
        if arrived >= books.total.total and len(beats(publishers)) >= books.heartbeats:
            break
        time.sleep(0.05)
    for source, publisher in publishers.items():
        assert recount(publisher) == books.sources[source].as_dict(), (source, publisher.letters[:3])
    assert len(beats(publishers)) == books.heartbeats


def test_the_stream_resumes_where_it_is_asked_to(tmp_path: Path) -> None:
    with District(tmp_path, world(), deliver=lambda _body, _key: None) as district:
        district.emit(20)
        district.stream.start()
        total = len((tmp_path / "stream.jsonl").read_bytes().splitlines())
        assert total > 50
        for timepoint in (1, 37, total):
            with httpx.stream("GET", f"{district.stream.url}?timepoint={timepoint}", timeout=10) as answer:
                lines = [
                    json.loads(line) for line in itertools.islice(answer.iter_lines(), total - timepoint + 1)
                ]
            assert [line["timepoint"] for line in lines] == list(range(timepoint, total + 1))


def test_the_stream_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    with District(tmp_path, world(), deliver=lambda _body, _key: None) as district:
        district.stream.start()
        base = district.stream.url.removesuffix("/stream")
        assert httpx.get(f"{base}/other", timeout=10).status_code == 404
        assert httpx.get(f"{base}/stream?timepoint=soon", timeout=10).status_code == 400


def test_banks_hold_the_firms_they_lend_to_and_the_regulator_hears_of_reds(tmp_path: Path) -> None:
    with District(tmp_path, world(), deliver=lambda _body, _key: None) as district:
        path = district.subscriptions("http://127.0.0.1:9000/hook")
    parsed = parse_subscriptions(path.read_text("utf-8"), path.name).subscriptions
    *banks, regulator = parsed
    assert [(s.role, s.min_level) for s in parsed] == [
        ("bank", "blue"), ("bank", "yellow"), ("bank", "red"), ("regulator", "red"),
    ]  # fmt: skip
    assert regulator.channel == "webhook"
    assert regulator.secret_file is not None
    assert Path(regulator.secret_file).stat().st_mode & 0o077 == 0
    portfolios = [bank.entities for bank in banks]
    assert all(isinstance(p, frozenset) and len(p) > 10 for p in portfolios)
    assert sum(map(len, portfolios)) == len(frozenset().union(*portfolios))


def test_a_push_nobody_takes_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("x")
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pusher = Pusher(tmp_path / "port", tmp_path / "token", patience=2, sleep=sleep, clock=lambda: now[0])
    with pytest.raises(FenghuoError, match="push endpoint: does not answer"):
        pusher(b"[]", "k")
    pusher.close()
