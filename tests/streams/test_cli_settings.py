"""Settings as their user meets them, and a log that does not repeat itself."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from streams.cli.options import Seldom
from tests.streams.commands import Ended, fenghuo, mistake


def test_config_show_says_where_each_value_came_from(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text('prefix = "mine"\nbatch_max = 7\n[security]\npassword = "geheim"\n')
    options = ("--config", "my.toml", "--set", "batch_max=9", "--origin", "--json")
    ended = fenghuo("config", "show", *options, directory=tmp_path, FENGHUO_PARTITIONS="3")
    said = json.loads(ended.out)
    assert said["prefix"] == {"value": "mine", "origin": "my.toml"}
    assert said["batch_max"] == {"value": "9", "origin": "command line"}
    assert said["partitions"] == {"value": "3", "origin": "environment FENGHUO_PARTITIONS"}
    assert said["log_level"]["origin"] == "default"
    assert "geheim" not in ended.out
    table = fenghuo("config", "show", "--config", "my.toml", directory=tmp_path).out
    assert "geheim" not in table
    assert "prefix" in table


def test_settings_that_are_no_settings(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("broker = \n")
    (tmp_path / "odd.toml").write_text("brocker = 'x:1'\n")

    def run(*options: str, **env: str) -> Ended:
        return fenghuo("config", "show", *options, directory=tmp_path, **env)

    mistake(
        run("--set", "batchmax=1"), "command line", "unknown setting 'batchmax'", "did you mean 'batch_max'?"
    )
    mistake(run("--set", "batch_max"), "--set batch_max", "is not name=value", "write e.g.")
    mistake(run("--set", "batch_max=many"), "command line: batch_max", "valid integer", "got 'many'")
    mistake(run("--set", "broker_session_timeout=0"), "broker_session_timeout", "greater than or equal to 1")
    mistake(run("--broker", "nowhere"), "broker must be host:port", "'nowhere' is not")
    mistake(run("--config", "bad.toml"), "bad.toml", "not valid TOML", "line 1", "correct that line")
    mistake(run("--config", "odd.toml"), "odd.toml", "unknown setting 'brocker'", "did you mean 'broker'?")
    mistake(run("--config", "none.toml"), "none.toml", "No such file", "check --config")
    mistake(run(FENGHUO_BATCH_MAXX="1"), "FENGHUO_BATCH_MAXX", "did you mean FENGHUO_BATCH_MAX?")


def test_a_library_that_complains_all_the_time_is_heard_now_and_then() -> None:
    now = 0.0
    seldom = Seldom(10.0, lambda: now)

    def log(name: str, message: str, *args: object) -> str | None:
        record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, args, None)
        return record.getMessage() if seldom.filter(record) else None

    assert log("aiokafka", "no node %s", 1) == "no node 1"
    assert [log("aiokafka", "no node %s", n) for n in range(5)] == [None] * 5
    assert log("aiokafka", "something else") == "something else"
    assert [log("streams.engine", "same") for _ in range(3)] == ["same"] * 3
    now = 10.0
    assert log("aiokafka", "no node %s", 9) == "no node 9 (and 5 more like it)"
