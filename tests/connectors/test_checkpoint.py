"""The checkpoint: what was saved is what is read, whole, by one process at a time."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.checkpoint import Checkpoint
from connectors.errors import CheckpointError

T0, T1 = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)


def opened(path: Path) -> Checkpoint:
    return Checkpoint.open(path, "cn.330604.court", "sql")


def test_state_and_watermark_survive(tmp_path: Path) -> None:
    """Saved, closed, read back; no temporary file is left."""
    path = tmp_path / "deep" / "c.json"
    with opened(path) as first:
        assert first.state == {}
        first.watermark = T0
        first.save({"high": ["int", 5]})
    with opened(path) as second:
        assert (second.state, second.watermark) == ({"high": ["int", 5]}, T0)
    assert sorted(file.name for file in path.parent.iterdir()) == ["c.json", "c.json.lock"]


def test_the_time_of_capture_is_the_first_one_until_the_batch_is_saved(tmp_path: Path) -> None:
    """So that what is sent again after a crash carries the same time."""
    path = tmp_path / "c.json"
    with opened(path) as before:
        assert before.capture("page 5", lambda: T0) == T0
    with opened(path) as after:
        assert after.capture("page 5", lambda: T1) == T0
        after.save({"page": 6})
        assert after.capture("page 6", lambda: T1) == T1


def test_a_second_connector_is_refused(tmp_path: Path) -> None:
    """The lock is free again after closing."""
    path = tmp_path / "c.json"
    with opened(path), pytest.raises(CheckpointError, match="is running with it; stop that one first"):
        opened(path)
    opened(path).close()


@pytest.mark.parametrize(
    "content",
    ["{", "[]", json.dumps({"format": 99}), json.dumps({"format": 1, "source_id": "x", "connector": "sql"})],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(tmp_path: Path, content: str) -> None:
    """Half a file, another version, another source: going on would lose or double."""
    path = tmp_path / "c.json"
    path.write_text(content)
    with pytest.raises(CheckpointError, match="delete the file to read the source again"):
        opened(path)
    path.unlink()
    opened(path).close()
