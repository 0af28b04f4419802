"""``fenghuo check``: what is right, what is doubtful, and what is wrong in which line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.detectors.examples import PAYLOADS, example_record
from tests.streams.commands import Ended, fenghuo, lines, mistake
from tests.streams.wrong_records import WRONG, bad_uscc


def test_check_accepts_what_is_right(tmp_path: Path) -> None:
    file = lines(tmp_path / "r.jsonl", *(example_record(feed) for feed in PAYLOADS))
    ended = fenghuo("check", file, directory=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"{len(PAYLOADS)} in, {len(PAYLOADS)} accepted, 0 flagged, 0 quarantined\n"


@pytest.mark.parametrize(("make", "reason", "detail"), WRONG)
def test_check_names_line_rule_and_remedy_of_what_is_wrong(
    tmp_path: Path, make: Any, reason: str, detail: str
) -> None:
    file = lines(tmp_path / "r.jsonl", example_record("F04"), "", make())
    ended = fenghuo("check", file, directory=tmp_path)
    first, summary = ended.out.splitlines()
    assert first.startswith(f"{file}:3: quarantined, {reason}: ")
    assert detail in first
    assert summary == "2 in, 1 accepted, 0 flagged, 1 quarantined"
    refused = ("r.jsonl:3: 1 of 2 records refused", reason, detail, "correct it at the source")
    mistake(ended._replace(out=""), *refused, code=1)


def test_check_says_what_is_doubtful_and_lets_it_pass(tmp_path: Path) -> None:
    doubtful = example_record("F16")
    doubtful["payload"]["balance"]["amount"] = "1.00"
    ended = fenghuo("check", lines(tmp_path / "r.jsonl", doubtful), "--json", directory=tmp_path)
    said = json.loads(ended.out)
    assert (ended.code, said["flagged"], said["lines"][0]["reason"]) == (0, 1, "balance_below_new")
    assert said["lines"][0]["quality"] < 1


def test_check_json_is_one_object(tmp_path: Path) -> None:
    ended = fenghuo("check", lines(tmp_path / "r.jsonl", bad_uscc()), "--json", directory=tmp_path)
    said = json.loads(ended.out)
    assert (ended.code, said["in"], said["quarantined"]) == (1, 1, 1)
    assert said["lines"][0] | {"detail": ""} == {
        "line": 1,
        "outcome": "quarantined",
        "reason": "invalid_identifier",
        "detail": "",
        "quality": 0.0,
    }


@pytest.mark.parametrize("command", ["check", "assess"])
def test_half_a_file_and_what_is_no_file(tmp_path: Path, command: str) -> None:
    whole = json.dumps(example_record("F04"), ensure_ascii=False)
    (tmp_path / "half.jsonl").write_text(whole + "\n" + whole[:200])
    (tmp_path / "gb.jsonl").write_bytes((whole + "\n").encode("gb18030"))

    def run(name: str) -> Ended:
        return fenghuo(command, name, directory=tmp_path)

    mistake(
        run("half.jsonl"), "half.jsonl:2", "not a JSON object (Unterminated string", "is the file complete?"
    )
    mistake(run("none.jsonl"), "none.jsonl", "No such file", "give the path")
    mistake(run("."), "Is a directory")
    mistake(run("gb.jsonl"), "gb.jsonl", "not UTF-8", "convert it")
    mistake(run(lines(tmp_path / "list.jsonl", [1]).name), "list.jsonl:1", "a JSON object, not list")
    mistake(run(lines(tmp_path / "deep.jsonl", "[" * 100_000).name), "deep.jsonl:1", "mend the line")
    mistake(run(lines(tmp_path / "long.jsonl", "9" * 10_000).name), "long.jsonl:1", "mend the line")


def test_standard_input_is_read_as_a_file_is(tmp_path: Path) -> None:
    file = lines(tmp_path / "r.jsonl", example_record("F04"))
    by_name, by_stdin = (
        fenghuo("assess", argument, directory=tmp_path, stdin=stdin)
        for argument, stdin in ((file, None), ("-", file))
    )
    assert by_name == by_stdin
    assert by_name.out
    (tmp_path / "gb.jsonl").write_bytes('{"a": "绍兴"}\n'.encode("gb18030"))
    mistake(fenghuo("check", "-", directory=tmp_path, stdin=tmp_path / "gb.jsonl"), "-: is not UTF-8")
