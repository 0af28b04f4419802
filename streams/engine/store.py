"""Where a worker keeps the state of its partitions: in memory, or in RocksDB on local disk.

A store is a copy of the changelog, never its master. Beside the values it keeps the changelog offset they stand
for, written in the same step, so that restoring starts there and repeats nothing. The rule that makes this safe is
the caller's: write to the store only what the changelog has acknowledged. A store that ran ahead of its changelog
would remember facts that no other worker can ever learn.
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, cast

from rocksdict import BlockBasedOptions, Cache, Options, Rdict, WriteBatch

from detectors.errors import FenghuoError

_OFFSET = b"offset"
_META = "meta"


class StoreError(FenghuoError):
    """A store that cannot be opened or read."""


class Store(Protocol):
    """Values by partition and key. Not for use from two threads at once on the same partition."""

    def get(self, partition: int, key: bytes) -> bytes | None:
        """The value, or None."""

    def put_many(
        self, partition: int, items: Iterable[tuple[bytes, bytes | None]], *, offset: int | None = None
    ) -> None:
        """Write all items (None deletes) and the changelog offset after them, all or nothing."""

    def delete(self, partition: int, key: bytes) -> None:
        """Remove a key; harmless when absent."""

    def scan(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """All items of a partition. Do not write to it meanwhile."""

    def offset(self, partition: int) -> int:
        """The next changelog offset to read; 0 for a partition never seen."""

    def drop(self, partition: int) -> None:
        """Forget a partition, values and offset."""

    def size(self, partition: int) -> int:
        """How many keys a partition holds; an estimate in RocksDB."""

    def close(self) -> None:
        """Release files; the store is not used afterwards."""


class MemoryStore:
    """A dict per partition; a restart restores everything from the changelog."""

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[int, dict[bytes, bytes]] = {}
        self._offsets: dict[int, int] = {}

    def get(self, partition: int, key: bytes) -> bytes | None:
        """See :class:`Store`."""
        return self._values.get(partition, {}).get(key)

    def put_many(
        self, partition: int, items: Iterable[tuple[bytes, bytes | None]], *, offset: int | None = None
    ) -> None:
        """See :class:`Store`."""
        values = self._values.setdefault(partition, {})
        for key, value in items:
            if value is None:
                values.pop(key, None)
            else:
                values[key] = value
        if offset is not None:
            self._offsets[partition] = offset

    def delete(self, partition: int, key: bytes) -> None:
        """See :class:`Store`."""
        self._values.get(partition, {}).pop(key, None)

    def scan(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """See :class:`Store`."""
        return iter(self._values.get(partition, {}).items())

    def offset(self, partition: int) -> int:
        """See :class:`Store`."""
        return self._offsets.get(partition, 0)

    def drop(self, partition: int) -> None:
        """See :class:`Store`."""
        self._values.pop(partition, None)
        self._offsets.pop(partition, None)

    def size(self, partition: int) -> int:
        """See :class:`Store`."""
        return len(self._values.get(partition, {}))

    def close(self) -> None:
        """See :class:`Store`."""
        self._values.clear()
        self._offsets.clear()


class RocksStore:
    """One RocksDB per partition under ``directory``, sharing one block cache; survives a restart.

    A killed process loses nothing. A machine that loses power may lose the last writes, values and offset together:
    they are then restored from the changelog.
    """

    def __init__(
        self, directory: Path, *, cache_bytes: int = 64 << 20, write_buffer_bytes: int = 16 << 20
    ) -> None:
        """``directory`` belongs to one worker; memory is about the cache plus two write buffers per partition.

        Raises:
            StoreError: the directory cannot be made.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                str(directory), f"cannot be made ({error.strerror})", "choose another"
            ) from error
        self.directory = directory
        self._cache = Cache(cache_bytes)
        self._write_buffer_bytes = write_buffer_bytes
        self._open: dict[int, Rdict] = {}

    def _options(self) -> Options:
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        options.create_missing_column_families(True)
        options.set_write_buffer_size(self._write_buffer_bytes)
        options.set_max_background_jobs(2)
        options.set_keep_log_file_num(2)
        table = BlockBasedOptions()
        table.set_block_cache(self._cache)
        table.set_bloom_filter(10, False)
        options.set_block_based_table_factory(table)
        return options

    def _path(self, partition: int) -> Path:
        return self.directory / f"p{partition:05d}"

    def _db(self, partition: int) -> Rdict:
        db = self._open.get(partition)
        if db is None:
            path = self._path(partition)
            try:
                db = Rdict(str(path), self._options(), column_families={_META: self._options()})
            except Exception as error:  # all that rocksdict ever raises
                remedy = "give each worker its own directory; if it is damaged, delete it: it is restored"
                raise StoreError(str(path), f"cannot be opened ({error})", remedy) from error
            self._open[partition] = db
        return db

    def get(self, partition: int, key: bytes) -> bytes | None:
        """See :class:`Store`."""
        return cast(bytes | None, self._db(partition).get(key))

    def put_many(
        self, partition: int, items: Iterable[tuple[bytes, bytes | None]], *, offset: int | None = None
    ) -> None:
        """See :class:`Store`."""
        db = self._db(partition)
        batch = WriteBatch(raw_mode=True)
        for key, value in items:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        if offset is not None:
            batch.put(_OFFSET, b"%d" % offset, db.get_column_family_handle(_META))
        db.write(batch)

    def delete(self, partition: int, key: bytes) -> None:
        """See :class:`Store`."""
        self._db(partition).delete(key)

    def scan(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """See :class:`Store`."""
        return cast(Iterator[tuple[bytes, bytes]], self._db(partition).items())

    def offset(self, partition: int) -> int:
        """See :class:`Store`."""
        value = self._db(partition).get_column_family(_META).get(_OFFSET)
        return int(cast(bytes, value)) if value is not None else 0

    def drop(self, partition: int) -> None:
        """See :class:`Store`."""
        if (db := self._open.pop(partition, None)) is not None:
            db.close()
        shutil.rmtree(self._path(partition), ignore_errors=True)

    def size(self, partition: int) -> int:
        """See :class:`Store`."""
        return self._db(partition).property_int_value("rocksdb.estimate-num-keys") or 0

    def close(self) -> None:
        """See :class:`Store`."""
        for db in self._open.values():
            db.close()
        self._open.clear()
