"""``fenghuo backtest`` as its user meets it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from streams.backtest.page import WIDTH, leads
from streams.district.labels import outcomes
from streams.district.world import World
from tests.detectors.examples import example_record
from tests.streams.commands import Ended, fenghuo, lines, mistake
from tests.streams.wrong_records import WRONG

WORLD = World(seed=5, entities=60, days=300)


def test_a_backtest_writes_a_table_json_and_a_page_that_stands_alone(tmp_path: Path) -> None:
    data, labels, out = tmp_path / "h.jsonl", tmp_path / "o.jsonl", tmp_path / "out"
    data.write_bytes(b"".join(value + b"\n" for value in WORLD.canonical()))
    labels.write_bytes(b"".join(label.wire() + b"\n" for label in outcomes(WORLD)))
    arguments = ("--data", data, "--outcomes", labels, "--simulated", "--processes", "1")
    ended = fenghuo(
        "backtest", *arguments, "--against", "built-in", "--out", out, "--json", directory=tmp_path
    )
    assert ended.code == 0, ended
    found = json.loads(ended.out)
    assert found["simulated"] is True
    assert (found["tiers"]["differ"], found["moved"]) == (0, [])
    assert found == json.loads((out / "backtest.json").read_text(encoding="utf-8"))
    told = [json.loads(line) for line in (out / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]
    rises = [one for one in told if one["sent"] and one["level"] == 3 and one["type"] in RISES]
    assert len(rises) == sum(one["alerts"]["red"] for one in found["catalogues"]) > 0
    html = (out / "backtest.html").read_text(encoding="utf-8")
    assert "SIMULATED" in html
    assert html.count("<svg") >= 2
    assert not re.search(r"(src|href)=|https?://|@import|<script", html)


RISES = {"alert.opened", "alert.reopened", "alert.upgraded"}


def test_numbers_of_a_history_that_is_not_simulated_are_marked_as_not_validated(tmp_path: Path) -> None:
    data = tmp_path / "h.jsonl"
    data.write_bytes(b"".join(value + b"\n" for value in World(seed=1, entities=5, days=40).canonical()))
    ended = fenghuo("backtest", "--data", data, "--processes", "1", directory=tmp_path)
    assert ended.code == 0, ended
    assert "NOT VALIDATED" in ended.out
    assert "SIMULATED" not in ended.out
    assert "Judged without what is usual" in ended.out


def test_mistakes_are_told_in_one_sentence(tmp_path: Path) -> None:
    def asked(*arguments: object) -> Ended:
        return fenghuo("backtest", *arguments, directory=tmp_path)

    mistake(asked("--data", tmp_path / "none.jsonl"), "none.jsonl", "cannot be read")
    mistake(asked("--data", tmp_path), "holds no .jsonl file")
    mistake(asked("--data", tmp_path, "--catalogue", tmp_path / "c.yaml"), "c.yaml", "cannot be read")


NOTHING = [
    pytest.param(b"", "holds no record", id="empty"),
    pytest.param(b'{"schema": ', "h.jsonl:1: not a JSON object", id="half"),
    pytest.param("备注\n".encode("gb18030"), "h.jsonl:1: not a JSON object", id="GB18030"),
    pytest.param(b"\n{}\n", "h.jsonl:2: envelope_incomplete", id="no record"),
]


@pytest.mark.parametrize(("content", "problem"), NOTHING)
def test_a_history_without_a_record_is_a_mistake(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "h.jsonl").write_bytes(content)
    ended = fenghuo("backtest", "--data", "h.jsonl", "--processes", "1", directory=tmp_path)
    said = [line for line in ended.err.splitlines() if line.startswith("fenghuo: ")]
    mistake(ended._replace(err="\n".join(said)), "h.jsonl", problem, "give records as JSON lines")
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(("make", "reason", "detail"), WRONG)
def test_a_refused_record_is_named_by_its_line_and_its_reason(
    tmp_path: Path, make: Any, reason: str, detail: str
) -> None:
    data = lines(tmp_path / "h.jsonl", example_record("F04"), make())
    ended = fenghuo("backtest", "--data", data, "--check", "--processes", "1", directory=tmp_path)
    said = [line for line in ended.err.splitlines() if line.startswith("fenghuo: ")]
    parts = ("1 of 2 records refused", f"h.jsonl:2: {reason}", detail, "correct it at the source")
    mistake(Ended(ended.code, "", "\n".join(said)), *parts, code=1)


def test_the_words_behind_the_longest_bar_have_room() -> None:
    """At 11 pixels a letter of the page takes 6 or less."""
    found = {"WP-08": {"median": 1045.7, "p10": 103.6, "failures": 1234}}
    found["WP-09"] = {"median": 3.0, "p10": 1.0, "failures": 1}
    rows = leads(found)["rows"]
    assert all(row["end"] + 6 * len(row["bar"]["said"]) <= WIDTH for row in rows)
    assert rows[1]["bar"]["said"].endswith("1 failure")
