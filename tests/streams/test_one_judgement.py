"""Every command that works from a file judges with the same knowledge: norms, guarantees, and how far sources are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from detectors.batch import Everybody, assessed
from detectors.explanation import as_alert, case_among, explain
from detectors.fold import fold_all, together
from detectors.forces.efficacy import in_hundredths
from detectors.history import history, state, timeline
from detectors.record import Record, decode, from_epoch
from detectors.verification import verify
from streams.district import World
from streams.report.content import report
from tests.detectors import build
from tests.streams.cluster import guarantee, insolvency
from tests.streams.commands import fenghuo, lines

CATALOGUE = build.shipped()
EVER = datetime(2100, 1, 1, tzinfo=UTC)
WORLD = World(seed=2, entities=60, days=460)
RING = [WORLD.firm(number).entity for number in range(6)]
"""Each stands for the next one; the fourth goes bankrupt."""
GUARANTOR = RING[2]

Verdict = tuple[Any, ...]


@cache
def records() -> tuple[Record, ...]:
    """A district of sixty firms of one trade with the heartbeats of its departments, and a circle of guarantees."""
    said = [_of_one_trade(decode(wire)) for wire in WORLD.wires()]
    for number, firm in enumerate(RING):
        said += guarantee(number, firm, RING[(number + 1) % len(RING)], 2e5, day="2025-03-15")
    return (*said, insolvency(RING[3], "2025-12-20"))


def _of_one_trade(record: Record) -> Record:
    if record.feed != "F29":
        return record
    return replace(record, payload={**record.payload, "industry": "C1751", "size_class": "small"})


@cache
def everyone() -> Everybody:
    return together(records(), CATALOGUE)


@cache
def plain() -> dict[str, dict[str, Any]]:
    """What ``assess`` says, by entity."""
    return {one["entity"]: one for one in assessed(everyone(), CATALOGUE)}


def verdict(said: Mapping[str, Any]) -> Verdict:
    """Tier, score, each point and pattern with all told of it but its evidence, and what could not be judged."""
    rows = [*said["points"], *said.get("patterns", ())]
    told = sorted(
        (row["id"], row["colour"], row["p"], row["value"], row["threshold"], row["since"], row["state"])
        for row in rows
    )
    missing = said["not_evaluable"]
    unknown = missing if isinstance(missing, dict) else {row["id"]: row["why"] for row in missing}
    return said["tier"], said["score"], told, unknown


def colours(said: Mapping[str, Any]) -> dict[str, str]:
    return {row["id"]: row["colour"] for row in said["points"]}


def by_itself(entity: str) -> dict[str, Any]:
    """The assessment of an entity of which only its own records are known."""
    own = [one for one in records() if one.entity == entity]
    return next(assessed(together(own, CATALOGUE, everyone().at), CATALOGUE))


def test_the_world_asks_for_all_of_it() -> None:
    """Points that come from the network, from norms, and from how far sources are; and all tiers."""
    found = plain()
    assert len(found) == 60
    assert {one["tier"] for one in found.values()} == {"none", "blue", "yellow", "red"}
    assert colours(found[GUARANTOR])["WP-49"] != "none"
    assert any("cohort" in row for one in found.values() for row in one["points"])
    assert len(everyone().reference.marks) > 3
    alone = {entity: by_itself(entity) for entity in found}
    through = {entity for entity in found if verdict(found[entity])[:3] != verdict(alone[entity])[:3]}
    assert through - set(RING)  # a command that looks at one firm alone would say otherwise
    assert any(one["not_evaluable"] != alone[entity]["not_evaluable"] for entity, one in found.items())


def test_an_explanation_is_of_the_assessment_and_verified_for_every_entity() -> None:
    wrong = []
    for entity, one in plain().items():
        case = case_among(entity, records(), everyone(), CATALOGUE)
        if verdict(explain(case)) != verdict(one):
            wrong.append(entity)
        found = verify(as_alert(case), case.records, CATALOGUE, case.reference)
        wrong += [] if found.ok else [f"{entity} {found.sentence}"]
    assert wrong == []


def test_a_report_is_of_the_assessment_for_every_entity() -> None:
    """Also its scores, which compare with the same peers."""
    for entity, one in plain().items():
        made = report(entity, records(), everyone(), CATALOGUE)
        assert verdict(made.explanation) == verdict(one)
        forces = {
            force.id: None if force.score is None else in_hundredths(force.score) for force in made.forces
        }
        assert forces == {name: force["score"] for name, force in one["scores"]["forces"].items()}
        assert made.credit.grade == one["scores"]["credit"]["grade"]
        assert round(made.probability, 6) == one["scores"]["default"]["probability"]


def test_history_is_the_assessment() -> None:
    """With everything known, byte for byte: of the ring, of every tier, and of one firm in three."""
    at = from_epoch(everyone().at)
    of_each_tier = {one["tier"]: entity for entity, one in plain().items()}
    some = {*RING, *of_each_tier.values(), *list(plain())[::3]}
    for entity in some:
        assert state(records(), entity, at, EVER, CATALOGUE) == plain()[entity]


def test_the_last_row_of_a_timeline_is_the_assessment_and_says_what_came_from_others() -> None:
    at = from_epoch(everyone().at)
    for entity in (*RING[1:4], *list(plain())[:4]):
        rows, one = timeline(records(), entity, at, EVER, CATALOGUE), plain()[entity]
        last = rows[-1] if rows else {"tier": "none", "score": 0.0, "points": {}}
        assert (last["tier"], last["points"]) == (one["tier"], colours(one)), entity
        for row in rows:
            then = state(records(), entity, at, datetime.fromisoformat(row["known_from"]), CATALOGUE)
            assert then is not None
            assert (row["tier"], row["score"], row["points"]) == (then["tier"], then["score"], colours(then))
    told = timeline(records(), GUARANTOR, at, EVER, CATALOGUE)[-1]
    assert "WP-49" in told["others"]


def test_knowledge_of_others_ends_with_the_knowledge_asked_for() -> None:
    """The insolvency was captured on 20 December: the guarantor next to it heard nothing of it before."""
    before = history(records(), GUARANTOR, build.at("2026-03-01"), build.at("2025-12-19"), CATALOGUE)
    after = history(records(), GUARANTOR, build.at("2026-03-01"), build.at("2025-12-22"), CATALOGUE)
    levels = [
        next(row["level"] for row in said["assessment"]["points"] if row["id"] == "WP-49")
        for said in (before, after)
    ]
    assert levels[0] < levels[1]
    assert not any(row["known_from"] > "2025-12-20" for row in before["timeline"])


def test_what_the_network_says_is_shown_as_what_it_is() -> None:
    """Who, how much, by which way, and that no record said so."""
    said = explain(case_among(GUARANTOR, records(), everyone(), CATALOGUE))
    [row] = next(point["evidence"] for point in said["points"] if point["id"] == "WP-49")
    assert RING[3] in row["says"]["origins"]
    assert "CNY 200,000 guaranteed for it" in row["says"]["origins"]
    assert "6 firms" in row["says"]["circle"]
    assert "only the stream knows" in row["worked_out"]


def test_heartbeats_alone_change_no_default_instant_and_no_ledger() -> None:
    silent = [one for one in records() if one.op != "heartbeat"]
    assert together(silent, CATALOGUE).at == everyone().at
    assert together(silent, CATALOGUE).reference.marks == {}
    assert fold_all(silent, CATALOGUE) == fold_all(records(), CATALOGUE)
    assert max(everyone().reference.marks.values()) <= everyone().at


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return lines(tmp_path / "district.jsonl", *(json.loads(msgspec.json.encode(one)) for one in records()))


def test_the_commands_say_the_same(file: Path) -> None:
    """``assess``, ``explain --verify``, ``history`` and ``report``, of a firm that hears through the network."""
    room = file.parent
    whole = fenghuo("assess", file, "--as-of", "2026-03-01", directory=room)
    by_id = {one["entity"]: one for one in map(json.loads, whole.out.splitlines())}
    assert whole.code == 0
    assert "WP-49" in colours(by_id[GUARANTOR])
    one = by_id[GUARANTOR]
    ask = ("--data", file, "--json")
    explained = fenghuo("explain", GUARANTOR, *ask, "--as-of", "2026-03-01", "--verify", directory=room)
    told = fenghuo("history", GUARANTOR, *ask, "--as-of-fact", "2026-03-01", directory=room)
    reported = fenghuo("report", GUARANTOR, *ask, "--as-of", "2026-03-01", "--out", room, directory=room)
    assert (explained.code, told.code, reported.code) == (0, 0, 0), (explained, told, reported)
    assert verdict(json.loads(explained.out)) == verdict(one)
    assert json.loads(explained.out)["verification"]["ok"]
    assert json.loads(told.out)["assessment"] == one
    assert verdict(json.loads(reported.out)) == verdict(one)
