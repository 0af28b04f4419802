"""Connector files: every mistake is one sentence with file, line, key, and the nearest known name."""

from pathlib import Path

import pytest

from connectors.config import load
from connectors.errors import ConfigError
from detectors.records.feeds import FEEDS
from tests.connectors.helpers import MAPPINGS, write_config

SECTION = "{directory: drop, poll_seconds: 0.2}"


def test_a_correct_file_is_read(tmp_path: Path) -> None:
    """Durations, relative paths and defaults."""
    config = load(write_config(tmp_path, "file_drop", SECTION))
    assert config.cycle.total_seconds() == 86400
    assert config.checkpoint_path() == tmp_path / "checkpoints" / "cn.330604.court.json"
    assert config.heartbeat_every() == 60.0
    assert config.mappings is not None
    assert config.mappings[0].feed == "F04"


def test_every_feed_that_sources_can_tell_can_be_mapped(tmp_path: Path) -> None:
    """F34 is what workers tell each other."""
    for feed in FEEDS:
        path = write_config(tmp_path, "file_drop", SECTION, mappings=MAPPINGS.replace("F04", feed))
        assert load(path).mappings[0].feed == feed  # type: ignore[index]  # there is one mapping
    with pytest.raises(ConfigError, match="F34"):
        load(write_config(tmp_path, "file_drop", SECTION, mappings=MAPPINGS.replace("F04", "F34")))


@pytest.mark.parametrize(
    ("change", "to", "sentence"),
    [
        ("directory", "direktory", "court.yaml:7 (file_drop.direktory): unknown key 'direktory'; did you mean 'dire"),
        ("cycle: 1d", "cycle: soon", "court.yaml:4 (cycle): must be a duration such as 30s, 5m, 6h or 1d, not 'soon'"),
        ("unit: 万元", "unti: 万元", "(mappings.0.payload.exec_amount.unti): unknown key 'unti'; did you mean 'unit'?"),
        ("equals", "equls", "court.yaml:10 (mappings.0.when.equls): unknown key 'equls'; did you mean 'equals'?"),
        ("source_id: cn.330604.court\n", "", "key 'source_id' is missing; add 'source_id: ...'"),
        ("scheme: uscc", "schema: uscc", "(mappings.0.subject): unknown key 'schema'; did you mean 'scheme'?"),
        ('"{案号}|{信用代码}"', "案号", "template '案号' names no column; write it like '{column}|{column}'"),
        ("cycle: 1d", "cycle: 1d\ncycle: 2d", "court.yaml:5: key 'cycle' stands twice"),
        ("mappings:", "mappings", "is not YAML"),
        ("feed: F04", "feed: F99", "court.yaml:9 (mappings.0.feed): String should match pattern"),
        ("legal_basis: data exchange agreement\n", "", "visibility 'gov_shared' needs 'legal_basis'"),
        ("connector: file_drop", "connector: sql", "connector 'sql' has a section 'file_drop' it does not use"),
        ("cycle: 1d", "cycle: 1d\nzone: Asia/Shangai", "zone 'Asia/Shangai' is not known"),
        ("CN-330604\n", "CN-33060412\n", "court.yaml:3 (jurisdiction): String should match pattern"),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_where_it_stands(tmp_path: Path, change: str, to: str, sentence: str) -> None:
    """Place, rule, what came, remedy; never a traceback of the parser."""
    path = write_config(tmp_path, "file_drop", SECTION)
    text = path.read_text("utf-8")
    assert change in text
    path.write_text(text.replace(change, to, 1), "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert sentence in str(caught.value)
    assert "court.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Unreadable files."""
    with pytest.raises(ConfigError, match=r"none\.yaml: cannot be read \(No such file or directory\)"):
        load(tmp_path / "none.yaml")


@pytest.mark.parametrize("content", [b"", b"- a\n- b\n", b"\xff\xfe\x00"])
def test_what_is_no_mapping_of_keys_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, a list, another encoding."""
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"x\.yaml"):
        load(path)


def test_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    """Error messages are logged and shown."""
    path = write_config(
        tmp_path, "sql", "{url: 5, table: t, cursor: id, query: 'postgresql://u:secret@h'}", mappings=MAPPINGS
    )
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert "secret" not in str(caught.value)
