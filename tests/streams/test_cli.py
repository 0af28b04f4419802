"""The command line as its user meets it: what it prints, and how it says what is wrong."""

from __future__ import annotations

import json
import logging
import random
import socket
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detectors.errors import FenghuoError
from streams.access import UnreachableError
from streams.assembly import require_topics
from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.process import free_port
from streams.cli.options import Seldom
from streams.district.world import World
from streams.settings import Settings
from streams.topics import Names
from tests.detectors import build
from tests.detectors.examples import PAYLOADS, example_record
from tests.streams.commands import Command, Ended, fenghuo
from tests.streams.wire import consume, own_settings

NOBODY = "127.0.0.1:9"
"""The discard port, where nothing listens."""

CONNECTOR = """\
connector: file_drop
source_id: cn.330604.court
jurisdiction: CN-330604
cycle: 1d
file_drop: {directory: drop, pattern: "*.csv", done: done, poll_seconds: 0.1}
mappings:
  - feed: F04
    record_id: "{案号}"
    subject: {scheme: uscc, value: {column: 信用代码}}
    occurred_at: {column: 立案日期}
    payload:
      case_no: 案号
      exec_court: {const: 绍兴市上虞区人民法院}
      filed_on: 立案日期
      exec_amount: {column: 执行标的, unit: 万元, currency: CNY}
      status: {const: executing}
"""
HEADER = "案号,信用代码,立案日期,执行标的"
ROW = "(2026)浙0604执{n}号,91330604MA0000015G,2026-01-05,200"
SUBSCRIPTIONS = """\
subscriptions:
  - {subscriber_id: bank-a, role: bank, min_level: blue, entities: "*", channel: kafka}
"""


def mistake(ended: Ended, *parts: str, code: int = 2) -> None:
    """One sentence on standard error that holds all ``parts``, nothing on standard output, exit code ``code``."""
    said = [line for line in ended.err.splitlines() if line]
    assert ended.code == code, ended
    assert len(said) == 1, ended.err
    assert said[0].startswith("fenghuo: "), said[0]
    assert "Traceback" not in ended.err
    assert [part for part in parts if part not in said[0]] == [], said[0]
    assert ended.out == ""


def lines(path: Path, *records: object) -> Path:
    """Write records as JSON lines; text as it is."""
    said = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records)
    path.write_text("".join(line + "\n" for line in said), "utf-8")
    return path


def bad_uscc() -> dict[str, Any]:
    """A record whose identifier fails its own check character."""
    record = example_record("F04")
    record["subject"]["value"] = "91330604MA0000015X"
    del record["entity"]
    return record


def no_unit() -> dict[str, Any]:
    """A record with an amount that could be yuan or wan."""
    record = example_record("F04")
    record["payload"]["exec_amount"] = "200"
    return record


def unknown_field() -> dict[str, Any]:
    """A record with a misspelt payload field."""
    record = example_record("F04")
    record["payload"]["exec_amout"] = record["payload"].pop("exec_amount")
    return record


WRONG = [
    pytest.param(
        bad_uscc, "invalid_identifier", "check character of '91330604MA0000015X' must be G", id="USCC"
    ),
    pytest.param(no_unit, "amount_without_unit", "write it as 200万元", id="unit"),
    pytest.param(unknown_field, "unknown_field", "did you mean exec_amount", id="field"),
]


# -- check ------------------------------------------------------------------------------------------------------------


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


# -- assess -----------------------------------------------------------------------------------------------------------


def district() -> list[dict[str, Any]]:
    """Records of a small district with its late, repeated, amended and retracted ones."""
    return [json.loads(wire) for wire in World(seed=11, entities=60, days=200).canonical()]


def firm() -> list[dict[str, Any]]:
    """A firm in trouble before courts, utilities and the tax office."""
    said = [
        build.master("2025-01-02", 8_000_000),
        build.enforcement(1, "2026-01-05", 2_000_000),
        build.enforcement(2, "2026-02-05", 900_000),
        build.dishonest(3, "2026-02-10"),
        build.seizure(4, "2026-01-20", "2029-01-19", value=3_000_000),
        build.bill("2025-12", "2026-01-10", 40_000),
        build.bill("2026-01", "2026-02-10", 42_000),
        build.tax_notice("2025Q4", "2026-01-20", 150_000, 50_000),
    ]
    wire = [json.loads(msgspec.json.encode(one)) for one in said]
    for one in wire:
        if one["schema"].startswith("F05"):
            one["payload"] |= {"court": "绍兴市上虞区人民法院", "performance": "none", "type": 1}
    return wire


SAMPLES = [pytest.param(district, id="district"), pytest.param(firm, id="firm")]


@pytest.mark.parametrize("make", SAMPLES)
def test_assess_prints_the_same_bytes_for_the_same_set_of_records(tmp_path: Path, make: Any) -> None:
    said = make()
    dice = random.Random(3)
    mixed = said + dice.choices(said, k=len(said))
    dice.shuffle(mixed)
    plain = fenghuo("assess", lines(tmp_path / "plain.jsonl", *said), directory=tmp_path)
    other = fenghuo("assess", lines(tmp_path / "mixed.jsonl", *mixed), directory=tmp_path)
    assert plain.code == other.code == 0
    assert plain.err == other.err == ""
    assert plain.out == other.out
    verdicts = [json.loads(line) for line in plain.out.splitlines()]
    assert [v["entity"] for v in verdicts] == sorted(v["entity"] for v in verdicts)
    assert all({"entity", "as_of", "tier", "score", "points"} <= v.keys() for v in verdicts)
    assert any(v["level"] > 0 for v in verdicts)


@pytest.mark.parametrize("make", SAMPLES)
def test_a_retraction_leaves_the_bytes_of_the_file_without_that_record(tmp_path: Path, make: Any) -> None:
    """Wherever the retraction stands in the file."""
    said = [one for one in make() if one["op"] == "assert"]
    only = [one for one in said if sum(other["record_id"] == one["record_id"] for other in said) == 1]
    heavy = [one for one in only if one["schema"][:3] in ("F04", "F05", "F09", "F16")]
    dice, weighed = random.Random(5), 0
    for number, gone in enumerate(dice.sample(heavy, k=min(5, len(heavy)))):
        retraction = {**gone, "op": "retract", "version": gone["version"] + 1}
        rest = [one for one in said if one is not gone]
        with_it = [*said, retraction] if number % 2 else [retraction, *said]
        without = fenghuo("assess", lines(tmp_path / "without.jsonl", *rest), directory=tmp_path)
        taken_back = fenghuo("assess", lines(tmp_path / "back.jsonl", *with_it), directory=tmp_path)
        whole = fenghuo("assess", lines(tmp_path / "whole.jsonl", *said), directory=tmp_path)
        assert taken_back.out == without.out
        assert taken_back.code == without.code == 0
        weighed += whole.out != without.out
    assert weighed, "no record drawn had any weight: nothing is proved"


def test_assess_as_of_an_earlier_day_does_not_know_what_came_later(tmp_path: Path) -> None:
    file = lines(tmp_path / "r.jsonl", *firm())

    def level(*options: str) -> int:
        return int(json.loads(fenghuo("assess", file, *options, directory=tmp_path).out)["level"])

    assert level() == level("--as-of", "2026-02-20") == 3
    assert level("--as-of", "2025-06-01") == 0
    assert level("--as-of", "2026-02-20T08:00:00+08:00") == 3


def test_assess_with_another_catalogue(tmp_path: Path) -> None:
    import yaml

    from streams import catalogues

    own = catalogues.catalogue.joined(catalogues.read_parts(catalogues.shipped()), "shipped")
    own["version"] = "mine.1"
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), "utf-8")
    file = lines(tmp_path / "r.jsonl", *firm())
    ended = fenghuo("assess", file, "--catalogue", "mine.yaml", directory=tmp_path)
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["catalogue"] == "mine.1"


@pytest.mark.parametrize(("make", "reason", "detail"), WRONG)
def test_assess_leaves_a_wrong_record_out_says_so_and_fails(
    tmp_path: Path, make: Any, reason: str, detail: str
) -> None:
    alone = fenghuo("assess", lines(tmp_path / "a.jsonl", *firm()), directory=tmp_path)
    ended = fenghuo("assess", lines(tmp_path / "b.jsonl", *firm(), make()), directory=tmp_path)
    assert ended.out == alone.out
    mistake(ended._replace(out=""), "b.jsonl:9", f"left out for {reason}", detail, "correct it", code=1)


def test_assess_mistakes_in_its_options(tmp_path: Path) -> None:
    file = lines(tmp_path / "r.jsonl", example_record("F04"))
    (tmp_path / "broken.yaml").write_text("points: [\n")
    (tmp_path / "empty.yaml").write_text("")

    def run(*options: str) -> Ended:
        return fenghuo("assess", file, *options, directory=tmp_path)

    mistake(run("--as-of", "someday"), "--as-of", "'someday' is no date", "write e.g. 2026-03-01")
    mistake(run("--catalogue", "none.yaml"), "none.yaml", "No such file", "give a catalogue file")
    mistake(run("--catalogue", "broken.yaml"), "broken.yaml:2", "not YAML", "mend the line")
    mistake(run("--catalogue", "empty.yaml"), "empty.yaml", "see docs/catalogue.md")


# -- settings ---------------------------------------------------------------------------------------------------------


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


def test_an_unknown_command_says_which_was_meant(tmp_path: Path) -> None:
    ended = fenghuo("asses", directory=tmp_path)
    assert (ended.code, "Did you mean 'assess'?" in ended.err, "Traceback" in ended.err) == (2, True, False)


# -- files named by commands that need a broker: they are read first --------------------------------------------------


def test_unreadable_yaml_is_named_before_any_broker_is_asked(tmp_path: Path) -> None:
    for name in ("subscriptions", "catalogue", "connector"):
        (tmp_path / f"{name}.yaml").write_text("key: {open\n")
    (tmp_path / "typo.yaml").write_text(SUBSCRIPTIONS.replace("min_level", "min_levl"))
    (tmp_path / "who.yaml").write_text(CONNECTOR.replace("source_id:", "sourceid:"))

    def run(*arguments: str) -> Ended:
        return fenghuo(*arguments, "--broker", NOBODY, directory=tmp_path)

    sentence = ("subscriptions.yaml", "not readable YAML", "line", "correct that line")
    mistake(run("worker", "--subscriptions", "subscriptions.yaml"), *sentence)
    mistake(run("notify", "--subscriptions", "subscriptions.yaml"), *sentence)
    mistake(run("topics", "apply", "--set", "subscriptions=subscriptions.yaml"), *sentence)
    mistake(run("worker", "--subscriptions", "none.yaml"), "none.yaml", "No such file")
    mistake(run("worker", "--subscriptions", "typo.yaml"), "typo.yaml", "bank-a", "min_levl", "min_level")
    mistake(run("worker", "--set", "catalogue=catalogue.yaml"), "catalogue.yaml", "not YAML", "mend the line")
    mistake(run("connect", "connector.yaml"), "connector.yaml:", "is not YAML", "check indentation")
    mistake(run("connect", "who.yaml"), "who.yaml:2", "sourceid", "source_id")
    mistake(run("connect", "none.yaml"), "none.yaml", "No such file", "check the path")


def test_a_replay_of_what_is_not_there(tmp_path: Path) -> None:
    def run(*arguments: str) -> Ended:
        return fenghuo("replay", *arguments, "--data", ".", directory=tmp_path)

    mistake(run("smes"), "replay smes", "no such data set", "known are smesd")
    mistake(run("smesd", "--broker", "none"), "no such file", "check --data")
    mistake(run("smesd", "--speed", "fast"), "--speed", "'fast' is neither max nor a number", "write e.g.")


def test_an_unreachable_broker(tmp_path: Path) -> None:
    """All at once, for each waits some seconds for a broker that may be starting."""
    (tmp_path / "connector.yaml").write_text(CONNECTOR)
    asked = {
        "worker": ("worker",),
        "connect": ("connect", "connector.yaml"),
        "notify": ("notify",),
        "topics": ("topics", "apply"),
        "tail": ("alerts", "tail", "--bank", "bank-a"),
    }
    running = {
        name: Command((*arguments, "--broker", NOBODY), tmp_path, name=name)
        for name, arguments in asked.items()
    }
    for name, command in running.items():
        parts = (NOBODY, "Connection refused", "start")
        mistake(command.result(), *parts)
        assert "answer" in command.tail(), name


# -- with a broker ----------------------------------------------------------------------------------------------------


class Desk:
    """A directory and a prefix of one's own on the embedded broker."""

    def __init__(self, broker: str, directory: Path) -> None:
        self.broker, self.directory = broker, directory
        self.prefix = own_settings().prefix
        self.names = Names(self.prefix)
        (directory / "subscriptions.yaml").write_text(SUBSCRIPTIONS)
        (directory / "connector.yaml").write_text(CONNECTOR)
        (directory / "drop").mkdir()
        self.env = {
            "FENGHUO_BROKER": broker,
            "FENGHUO_BROKER_IDEMPOTENCE": "false",
            "FENGHUO_BROKER_REBALANCE_TIMEOUT": "6",
            "FENGHUO_PARTITIONS": "2",
            "FENGHUO_PREFIX": self.prefix,
            "FENGHUO_METRICS_PORT": "0",
            "FENGHUO_REDIS_URL": "",
            "FENGHUO_SUBSCRIPTIONS": "subscriptions.yaml",
            "FENGHUO_LOG_LEVEL": "error",
        }

    def run(self, *arguments: object, **env: str) -> Ended:
        """Run a command to its end."""
        return fenghuo(*arguments, directory=self.directory, **{**self.env, **env})

    def drop(self, name: str, *rows: str) -> None:
        """Leave a file for the connector."""
        (self.directory / "drop" / name).write_text("".join(row + "\n" for row in rows))


@pytest.fixture
def desk(embedded_broker: EmbeddedBroker, tmp_path: Path) -> Desk:
    """Without topics."""
    return Desk(embedded_broker.bootstrap, tmp_path)


@pytest.fixture
def office(desk: Desk) -> Desk:
    """With topics."""
    assert desk.run("topics", "apply").code == 0
    return desk


@pytest.mark.embedded
def test_topics_are_applied_once(desk: Desk) -> None:
    first, second = (json.loads(desk.run("topics", "apply", "--json").out)["changes"] for _ in range(2))
    assert {change["action"] for change in first} == {"created"}
    assert desk.names.bank("bank-a") in {change["name"] for change in first}
    assert [change["name"] for change in second] == [change["name"] for change in first]
    assert {change["action"] for change in second} <= {"unchanged", "differs"}
    other = desk.run("topics", "apply", FENGHUO_PARTITIONS="3")
    mistake(other, desk.broker, "has 2 partitions instead of 3", "set partitions to what the topics have")


@pytest.mark.embedded
def test_a_broker_without_our_topics(desk: Desk) -> None:
    """Nothing is created in passing, and nothing waits for ever."""
    missing = ("has no topic", f"{desk.prefix}.", "run fenghuo topics apply")
    mistake(desk.run("worker"), desk.broker, *missing)
    mistake(desk.run("connect", "connector.yaml"), desk.broker, *missing)
    mistake(desk.run("alerts", "tail", "--bank", "bank-a"), "alerts.bank.bank-a", "check the bank id")
    found = json.loads(desk.run("doctor", "--json").out)
    topics = next(check for check in found["checks"] if check["name"] == "topics")
    assert (found["ok"], topics["status"], topics["remedy"]) == (False, "fail", "run fenghuo topics apply")


@pytest.mark.embedded
def test_doctor_with_and_without_a_broker(office: Desk) -> None:
    there = office.run("doctor", "--json")
    assert there.code == 0, there.out
    assert {c["name"]: c["status"] for c in json.loads(there.out)["checks"]}["topics"] == "ok"
    gone = office.run("doctor", "--json", "--broker", NOBODY)
    checks = {check["name"]: check for check in json.loads(gone.out)["checks"]}
    assert (gone.code, checks["broker"]["status"], checks["topics"]["status"]) == (1, "fail", "warn")
    assert NOBODY in checks["broker"]["what"]
    for check in checks.values():
        assert check["status"] == "ok" or check["remedy"], check
    told = office.run("doctor")
    assert (told.code, "built in" in told.out, told.err) == (0, True, "")


@pytest.mark.embedded
def test_an_occupied_metrics_port(office: Desk) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        for command in (("worker",), ("connect", "connector.yaml"), ("notify",)):
            ended = office.run(*command, "--metrics-port", port)
            mistake(ended, f"127.0.0.1:{port}", "cannot listen for /metrics", "--metrics-port")


@pytest.mark.embedded
def test_connect_once_reads_everything_and_ends(office: Desk) -> None:
    office.drop("a.csv", HEADER, *(ROW.format(n=n) for n in range(1, 4)))
    ended = office.run("connect", "connector.yaml", "--once")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    again = office.run("connect", "connector.yaml", "--once")
    assert again.code == 0
    assert (office.directory / "done" / "a.csv").is_file()


REFUSED = [
    pytest.param(
        (HEADER + ",备注", ROW.format(n=1) + ",x"),
        ("a.csv:1", "column '备注' is not mapped in connector.yaml", "list it under 'ignore'"),
        id="unknown column",
    ),
    pytest.param(
        (HEADER.replace("执行标的", "执行标地"), ROW.format(n=1)),
        ("a.csv:1", "'执行标地'", "did you mean '执行标的'?"),
        id="misspelt column",
    ),
    pytest.param(
        (HEADER, ROW.format(n=1), ROW.format(n=2).replace("15G", "15X")),
        ("a.csv:3", "invalid_identifier", "must be G, got X"),
        id="bad USCC",
    ),
    pytest.param(
        (HEADER, ROW.format(n=1), "(2026)浙0604执2号,91330604MA000"),
        ("a.csv:3", "row has 2 cells, the header has 4"),
        id="half a row",
    ),
]


@pytest.mark.embedded
@pytest.mark.parametrize(("rows", "parts"), REFUSED)
def test_connect_once_says_what_it_refused(
    office: Desk, rows: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    office.drop("a.csv", *rows)
    ended = office.run("connect", "connector.yaml", "--once")
    mistake(ended, "1 refused", *parts, "correct them at the source", code=1)
    [letter] = consume(office.broker, office.names.dead_letters, 1)
    assert letter


@pytest.mark.embedded
def test_connect_without_unit_in_the_mapping(office: Desk) -> None:
    text = CONNECTOR.replace(", unit: 万元, currency: CNY", "")
    (office.directory / "connector.yaml").write_text(text)
    office.drop("a.csv", HEADER, ROW.format(n=1))
    ended = office.run("connect", "connector.yaml", "--once")
    mistake(ended, "a.csv:2", "amount_without_unit", "write it as 200万元", code=1)


@pytest.mark.embedded
def test_a_running_connector_logs_the_first_refusals_of_a_kind_only(office: Desk) -> None:
    broken = [ROW.format(n=n).replace("15G", "15X") for n in range(1, 40)]
    office.drop("a.csv", HEADER, *broken)
    ended = office.run("connect", "connector.yaml", "--once", FENGHUO_LOG_LEVEL="warning")
    logged = [line for line in ended.err.splitlines() if "WARNING" in line]
    assert len(logged) == 11
    assert "a.csv:2: refused for invalid_identifier" in logged[0]
    assert "only counted" in logged[-1]
    assert "fenghuo: 39 refused" in ended.err


@pytest.mark.embedded
def test_the_same_connector_twice(office: Desk) -> None:
    ended = office.run("connect", "connector.yaml", "connector.yaml", "--once")
    mistake(ended, "cn.330604.court", "another connector", "stop that one first")


@pytest.mark.embedded
def test_notify_without_redis_or_secret(office: Desk) -> None:
    hook = (
        '  - {subscriber_id: office, role: regulator, min_level: red, entities: "*", channel: webhook, '
        'url: "http://127.0.0.1:9/hook", secret_env: MY_HOOK_SECRET}\n'
    )
    (office.directory / "subscriptions.yaml").write_text(SUBSCRIPTIONS + hook)
    mistake(office.run("notify"), "office", "MY_HOOK_SECRET", "is not set", "set it")
    secret = "whsec_" + "QUJD" * 8
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    ended = office.run("notify", FENGHUO_REDIS_URL=nowhere, MY_HOOK_SECRET=secret)
    mistake(ended, nowhere.split("/")[2], "does not answer", "start Redis")


@pytest.mark.embedded
def test_alerts_tail_of_a_bank_unknown_to_the_broker(office: Desk) -> None:
    ended = office.run("alerts", "tail", "--bank", "bank-x", "--idle", "1")
    mistake(ended, office.names.bank("bank-x"), "check the bank id", 'did you mean "bank-a"?')
    empty = office.run("alerts", "tail", "--bank", "bank-a", "--idle", "0.5")
    assert (empty.code, empty.out, empty.err) == (0, "", "")


@pytest.mark.embedded
def test_topics_are_required_by_name(embedded_broker: EmbeddedBroker) -> None:
    settings = own_settings(broker=embedded_broker.bootstrap)
    with pytest.raises(FenghuoError, match=r"has no topic a\.b, c\.d .* run fenghuo topics apply"):
        require_topics(settings, ["a.b", "c.d"])
    with pytest.raises(UnreachableError, match="answered"):
        require_topics(Settings(broker=NOBODY), ["a.b"], timeout=0.2)
