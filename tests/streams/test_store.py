"""Both stores keep the same promises; RocksDB keeps them over a restart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.engine.store import MemoryStore, RocksStore, Store, StoreError


@pytest.fixture(params=["memory", "rocks"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store: Store = MemoryStore() if request.param == "memory" else RocksStore(tmp_path / "state")
    yield store
    store.close()


def test_what_was_put_is_found_in_its_partition_only(store: Store) -> None:
    store.put_many(0, [(b"a", b"1"), (b"b", b"2")])
    assert store.get(0, b"a") == b"1"
    assert store.get(1, b"a") is None
    assert store.get(0, b"missing") is None


def test_none_deletes_and_the_last_of_one_batch_wins(store: Store) -> None:
    store.put_many(0, [(b"a", b"1"), (b"a", None), (b"b", None), (b"b", b"2")])
    assert dict(store.scan(0)) == {b"b": b"2"}
    store.delete(0, b"b")
    store.delete(0, b"b")
    assert dict(store.scan(0)) == {}


def test_any_bytes_are_keys_and_values(store: Store) -> None:
    items: list[tuple[bytes, bytes | None]] = [
        (b"\x00partition", b""),
        (b"offset", b"mine"),
        (b"\xff\x00", b"\x00"),
    ]
    store.put_many(0, items, offset=9)
    assert dict(store.scan(0)) == dict(items)
    assert store.offset(0) == 9


def test_the_offset_is_written_with_the_values_and_starts_at_zero(store: Store) -> None:
    assert store.offset(3) == 0
    store.put_many(3, [(b"a", b"1")], offset=42)
    store.put_many(3, [(b"a", b"2")])
    assert store.offset(3) == 42
    store.put_many(3, (), offset=50)
    assert store.offset(3) == 50


def test_a_dropped_partition_is_forgotten_with_its_offset_and_can_be_filled_again(store: Store) -> None:
    store.put_many(0, [(b"a", b"1")], offset=7)
    store.put_many(1, [(b"b", b"2")], offset=8)
    store.drop(0)
    assert (store.get(0, b"a"), store.offset(0), store.size(0)) == (None, 0, 0)
    assert (store.get(1, b"b"), store.offset(1)) == (b"2", 8)
    store.put_many(0, [(b"c", b"3")])
    assert dict(store.scan(0)) == {b"c": b"3"}
    store.drop(99)


def test_size_counts_keys(store: Store) -> None:
    store.put_many(0, [(b"%d" % n, b"x") for n in range(100)])
    assert store.size(0) == 100


def test_rocks_survives_a_restart(tmp_path: Path) -> None:
    first = RocksStore(tmp_path)
    first.put_many(0, [(b"a", b"1")], offset=5)
    first.close()
    second = RocksStore(tmp_path)
    assert (second.get(0, b"a"), second.offset(0)) == (b"1", 5)
    second.close()


def test_rocks_loses_nothing_written_when_its_process_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal, sys; from streams.engine.store import RocksStore\n"
        "store = RocksStore(pathlib.Path(sys.argv[1]))\n"
        "for n in range(100): store.put_many(0, [(b'%d' % n, b'x')], offset=n + 1)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == -9
    store = RocksStore(tmp_path)
    assert (len(list(store.scan(0))), store.offset(0)) == (100, 100)
    store.close()


def test_two_workers_cannot_share_a_rocks_directory(tmp_path: Path) -> None:
    first, second = RocksStore(tmp_path), RocksStore(tmp_path)
    first.put_many(0, [(b"a", b"1")])
    with pytest.raises(StoreError, match="give each worker its own directory"):
        second.get(0, b"a")
    first.close()


def test_a_rocks_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file/state: cannot be made"):
        RocksStore(tmp_path / "file" / "state")
