"""``fenghuo assess``: the same bytes for the same set of records, and what is left out of them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.district.world import World
from tests.detectors import build
from tests.detectors.examples import example_record
from tests.streams.commands import Ended, fenghuo, lines, mistake
from tests.streams.wrong_records import WRONG


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
    whole = fenghuo("assess", lines(tmp_path / "whole.jsonl", *said), directory=tmp_path)
    for number, gone in enumerate(dice.sample(heavy, k=min(5, len(heavy)))):
        retraction = {**gone, "op": "retract", "version": gone["version"] + 1}
        rest = [one for one in said if one is not gone]
        with_it = [*said, retraction] if number % 2 else [retraction, *said]
        without = fenghuo("assess", lines(tmp_path / "without.jsonl", *rest), directory=tmp_path)
        taken_back = fenghuo("assess", lines(tmp_path / "back.jsonl", *with_it), directory=tmp_path)
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


def test_a_date_is_that_day_in_every_jurisdiction(tmp_path: Path) -> None:
    """Midnight in Greenwich would be the day before in America, and a notice of the day itself not yet seen."""
    file = lines(tmp_path / "us.jsonl", us_notice())
    [verdict] = fenghuo("assess", file, "--as-of", "2025-03-01", directory=tmp_path).out.splitlines()
    assert json.loads(verdict)["as_of"].startswith("2025-03-01")
    assert json.loads(verdict)["level"] == 2


def us_notice() -> dict[str, Any]:
    """Tax arrears published on 1 March in America."""
    said: dict[str, Any] = example_record("F16")
    amount = {"amount": "86000.00", "currency": "USD"}
    payload = {**said["payload"], "balance": amount, "newly_arisen": amount, "published_on": "2025-03-01"}
    captured = {"occurred_at": "2025-03-01T09:00:00-05:00", "observed_at": "2025-03-01T09:00:00-05:00"}
    return {
        **said,
        **captured,
        "jurisdiction": "US",
        "entity": "ent:US:12-3456789",
        "subject": {"scheme": "ein", "value": "12-3456789", "name": "Example Inc"},
        "payload": payload,
    }


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
    mistake(
        run("--as-of", "0001-01-01"), "--as-of", "outside the years 1900 to 2999", "write e.g. 2026-03-01"
    )
    mistake(run("--catalogue", "none.yaml"), "none.yaml", "No such file", "give a catalogue file")
    mistake(run("--catalogue", "broken.yaml"), "broken.yaml:2", "not YAML", "mend the line")
    mistake(run("--catalogue", "empty.yaml"), "empty.yaml", "see docs/catalogue.md")
