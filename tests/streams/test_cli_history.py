"""``fenghuo history`` as its user meets it: two times asked apart, from a file or from the broker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer

from detectors.record import Record
from detectors.records.validation import validate
from streams.brokers.embedded import EmbeddedBroker
from streams.topics import Names
from tests.detectors import build
from tests.streams.commands import Ended, fenghuo, lines, mistake
from tests.streams.desk import NOBODY
from tests.streams.wire import own_settings
from tests.streams.wrong_records import no_unit

FIRM = build.FIRM


def told(ended: Ended) -> dict[str, Any]:
    """The one JSON object of a command that went well."""
    assert (ended.code, ended.err) == (0, ""), ended
    answer: dict[str, Any] = json.loads(ended.out)
    return answer


def said() -> list[dict[str, Any]]:
    """A listing captured in February and withdrawn in March; an enforcement that stands; another firm."""
    listing = {"court": "绍兴市上虞区人民法院", "performance": "none", "type": 1}
    listed = build.saying(build.dishonest(1, "2026-02-10"), **listing)
    gone = msgspec.structs.replace(
        listed, op="retract", version=2, observed_at=build.at("2026-03-15"), payload={}
    )
    records = [
        build.master("2025-01-02", 8_000_000),
        listed,
        gone,
        build.enforcement(2, "2026-02-05", 900_000),
        build.enforcement(3, "2026-04-05", 10.0, entity=build.OTHER),
    ]
    return [wire(one) for one in records]


def wire(record: Record) -> dict[str, Any]:
    """As it stands in a file."""
    value: dict[str, Any] = json.loads(msgspec.json.encode(record))
    return value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Records as JSON lines."""
    return lines(tmp_path / "records.jsonl", *said())


def ask(file: Path, *arguments: str) -> Ended:
    """The history of the firm."""
    return fenghuo("history", FIRM, "--data", file, *arguments, directory=file.parent)


def test_without_times_it_is_what_assess_says(file: Path) -> None:
    assessed = [json.loads(line) for line in fenghuo("assess", file, directory=file.parent).out.splitlines()]
    assert told(ask(file, "--json"))["assessment"] == assessed[0]
    assert assessed[0]["entity"] == FIRM
    day = ("--as-of", "2026-05-01")
    later = [
        json.loads(line) for line in fenghuo("assess", file, *day, directory=file.parent).out.splitlines()
    ]
    assert told(ask(file, "--as-of-fact", "2026-05-01", "--json"))["assessment"] == later[0]


def test_a_retraction_hides_from_its_own_day_of_knowledge_on(file: Path) -> None:
    """A date of knowledge includes the whole of that day where the entity is at home."""

    def points(*arguments: str) -> set[str]:
        return {point["id"] for point in told(ask(file, *arguments, "--json"))["assessment"]["points"]}

    fact = ("--as-of-fact", "2026-05-01")
    assert "WP-09" in points(*fact, "--as-of-knowledge", "2026-03-14")
    assert "WP-09" not in points(*fact, "--as-of-knowledge", "2026-03-15")
    assert "WP-09" in points(*fact, "--as-of-knowledge", "2026-03-15T11:59:59+08:00")
    assert "WP-09" not in points(*fact)
    answer = told(ask(file, "--as-of-knowledge", "2026-02-20", "--json"))
    assert answer["as_of_fact"] == answer["as_of_knowledge"] == "2026-02-20T23:59:59+08:00"


def test_words_for_people(file: Path) -> None:
    ended = ask(file, "--as-of-fact", "2026-03-01", "--as-of-knowledge", "2026-03-01")
    assert (ended.code, ended.err) == (0, "")
    for part in (
        "as of 2026-03-01",
        "3 red",
        "WP-09",
        "stands",
        "What was known",
        "How the verdict on 2026-03-01",
    ):
        assert part in ended.out, part
    assert "withdrawn" not in ended.out
    after = ask(file)
    assert "withdrawn" in after.out
    assert "(not" in after.out
    nothing = ask(file, "--as-of-knowledge", "2020-01-01")
    assert (nothing.code, "Nothing was known of it" in nothing.out) == (0, True)


def test_text_in_records_is_no_markup(tmp_path: Path) -> None:
    """A source may write brackets without changing what is shown."""
    one = msgspec.structs.replace(build.enforcement(1, "2026-01-05", 900_000), record_id="[red]x[/]")
    ended = ask(lines(tmp_path / "r.jsonl", wire(one)))
    assert (ended.code, ended.err) == (0, "")
    assert "[red]x[/]" in ended.out


def test_refused_records_are_left_out_and_named(file: Path) -> None:
    with file.open("a", encoding="utf-8") as more:
        more.write(json.dumps(no_unit(), ensure_ascii=False) + "\n")
    ended = ask(file, "--json")
    assert json.loads(ended.out)["assessment"] is not None
    mistake(ended._replace(out=""), "records.jsonl:6: left out for amount_without_unit", code=1)


def test_mistakes_are_one_sentence(file: Path) -> None:
    def run(*arguments: str | Path) -> Ended:
        return fenghuo("history", *arguments, directory=file.parent)

    mistake(run(FIRM), "history", "needs one place to read from", "give --data FILE or --broker")
    mistake(run(FIRM, "--data", file, "--broker", NOBODY), "needs one place to read from")
    mistake(run(FIRM[:-1] + "Z", "--data", file), "holds no record of", f"did you mean {FIRM}?")
    mistake(run("nobody", "--data", file), "holds no record of nobody", "check the entity id")
    mistake(run(FIRM, "--data", "none.jsonl"), "none.jsonl", "No such file")
    mistake(ask(file, "--as-of-fact", "May"), "--as-of-fact", "'May' is no date", "write e.g. 2026-03-01")
    mistake(ask(file, "--as-of-knowledge", "now"), "--as-of-knowledge", "'now' is no date")
    mistake(run(FIRM, "--broker", NOBODY), NOBODY, "Connection refused", "start")


@pytest.mark.embedded
def test_the_same_from_the_broker(embedded_broker: EmbeddedBroker, file: Path) -> None:
    """Only the entity's own records are read, out of whatever partition they lie in."""
    prefix = own_settings().prefix
    env = {"FENGHUO_PREFIX": prefix, "FENGHUO_PARTITIONS": "3"}
    broker = ("--broker", embedded_broker.bootstrap)
    missing = fenghuo("history", FIRM, *broker, directory=file.parent, **env)
    mistake(missing, embedded_broker.bootstrap, "has no topic", "run fenghuo topics apply")
    assert fenghuo("topics", "apply", *broker, directory=file.parent, **env).code == 0
    producer = Producer(
        {"bootstrap.servers": embedded_broker.bootstrap, "partitioner": "murmur2_random", "log_level": 0}
    )
    for one in said():
        accepted = validate(one, now=build.at("2026-05-01"))
        producer.produce(Names(prefix).records, accepted.wire, one["entity"].encode())
    assert producer.flush(20) == 0
    times = ("--as-of-fact", "2026-05-01", "--as-of-knowledge", "2026-03-01", "--json")
    from_broker = fenghuo("history", FIRM, *broker, *times, directory=file.parent, **env)
    assert told(from_broker) == told(ask(file, *times))
    unknown = fenghuo("history", "ent:CN-330604:x", *broker, directory=file.parent, **env)
    mistake(unknown, embedded_broker.bootstrap, "holds no record of ent:CN-330604:x")


def test_a_firm_of_which_nothing_stands_is_judged_when_that_became_known(tmp_path: Path) -> None:
    gone = [one for one in said() if one["schema"].startswith("F05")]
    answer = told(ask(lines(tmp_path / "gone.jsonl", *gone), "--json"))
    assert answer["as_of_fact"][:10] == "2026-03-15"
    assert answer["assessment"] is None
