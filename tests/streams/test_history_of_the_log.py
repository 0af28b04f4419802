"""``fenghuo history --broker`` says what the worker last said: it hears in the log what the worker heard there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer

from detectors.hearing import Heard
from detectors.history import history, state
from detectors.record import Record, decode, epoch
from streams.backtest.common import Common
from streams.brokers.embedded import EmbeddedBroker
from streams.engine.effects import Effects
from streams.engine.exchange import NORMS
from streams.replay.reference import heard_in
from streams.topics import Names
from tests.detectors import build
from tests.streams.cluster import Cluster
from tests.streams.commands import fenghuo
from tests.streams.partition import TOPICS
from tests.streams.test_one_judgement import GUARANTOR, records
from tests.streams.wire import own_settings

CATALOGUE = build.shipped()
EVER = datetime(2100, 1, 1, tzinfo=UTC)
PARTITIONS = 3
OF_THE_STREAM = ("told_tier", "probability", "scores")
"""What a worker alone says: what was told, what it learned, and scores, which it makes when they can have moved."""


class Assessing(Cluster):
    """Keeps the latest assessment of each entity, as the compacted topic does."""

    def __init__(self, partitions: int) -> None:
        super().__init__(partitions)
        self.latest: dict[str, dict[str, Any]] = {}

    def _send(self, effects: Effects) -> None:
        for out in effects.messages:
            if out.topic == TOPICS.assessments:
                self.latest[out.key.decode()] = msgspec.json.decode(out.value)
        super()._send(effects)


@cache
def district() -> Assessing:
    """Sixty firms of one trade in the order of capture, with guarantees among some, and the heartbeats of sources; the
    workers are at most ten days behind."""
    cluster, day = Assessing(PARTITIONS), None
    for one in sorted(records(), key=lambda one: one.observed_at):
        if one.observed_at.date() != day:
            day = one.observed_at.date()
            cluster._tick(one.observed_at)
            if day.day in (1, 11, 21):
                cluster.run(2_000)
        cluster.put(one)
    cluster.run(2_000)
    return cluster


def log(entity: str) -> list[Record]:
    """The log of an entity's partition: its own records, and what partitions told each other."""
    return [one for one in whole_log(district().home(entity.encode())) if one.entity in (entity, EXCHANGE)]


EXCHANGE = "src:fenghuo.exchange"


@cache
def whole_log(partition: int) -> list[Record]:
    """Everything in it."""
    return [decode(value) for value in district().logs[partition]]


@cache
def heard(partition: int) -> Heard:
    """What it was told."""
    return heard_in(whole_log(partition))


def asked(entity: str, as_of: str, what: Heard | None = None) -> dict[str, Any] | None:
    """The verdict that the log gives."""
    known = what or heard(district().home(entity.encode()))
    own = [one for one in log(entity) if one.entity == entity]
    return state(own, entity, datetime.fromisoformat(as_of), EVER, CATALOGUE, known)


def told() -> Iterator[tuple[str, dict[str, Any]]]:
    """The last assessment of every firm, without what the stream alone knows."""
    for entity, one in sorted(district().latest.items()):
        yield entity, {name: value for name, value in one.items() if name not in OF_THE_STREAM}


@pytest.mark.timeout(240)
def test_it_is_the_last_assessment_of_the_worker_for_every_entity() -> None:
    """Point by point with the evidence: norms, what came through guarantees, and how far sources were."""
    found = {entity: asked(entity, one["as_of"]) for entity, one in told()}
    assert len(found) == 60
    for entity, one in told():
        said = found[entity]
        assert said is not None
        assert {name: said[name] for name in one} == one


@pytest.mark.timeout(240)
def test_without_what_was_heard_it_would_be_another() -> None:
    """By its own records alone hardly any firm is what the worker says: points differ, and what could not be judged."""
    deaf = {entity: asked(entity, one["as_of"], Heard((), ())) or {} for entity, one in told()}
    assert any(deaf[entity]["points"] != one["points"] for entity, one in told())
    assert sum(deaf[entity]["not_evaluable"] != one["not_evaluable"] for entity, one in told()) > 30


@pytest.mark.timeout(240)
def test_the_course_of_knowledge_ends_with_the_verdict() -> None:
    for entity, one in list(told())[:8]:
        own = [each for each in log(entity) if each.entity == entity]
        as_of = datetime.fromisoformat(one["as_of"])
        said = history(own, entity, as_of, EVER, CATALOGUE, heard(district().home(entity.encode())))
        shown = {point["id"]: point["colour"] for point in said["assessment"]["points"]}
        last = said["timeline"][-1] if said["timeline"] else {"tier": "none", "points": {}}
        assert (last["tier"], last["points"]) == (said["assessment"]["tier"], shown)


@pytest.mark.timeout(240)
def test_nothing_is_known_before_it_was_told() -> None:
    """Of two moments the earlier one knows less: fewer months of norms, and sources that were not as far."""
    known = heard(0)
    middle = known.instants[len(known.instants) // 2]
    early, late = known.at(middle), known.at(EVER)
    before = [one for one in whole_log(0) if one.observed_at <= middle]
    assert early.marks == heard_in(before).at(EVER).marks
    assert all(late.marks[name] >= until for name, until in early.marks.items())
    assert sum(late.marks.values()) > sum(early.marks.values())
    assert known.at(known.instants[0] - timedelta(seconds=1)).marks == {}
    assert (known.last(middle), known.last(known.instants[0] - timedelta(seconds=1))) == (middle, None)
    assert usual(early) == usual(heard_in(before).at(EVER))
    assert max(usual(early)) < max(usual(late))


@pytest.mark.timeout(240)
def test_a_backtest_knows_no_norm_before_its_month_was_told() -> None:
    """What was known at a place of the log does not change when more is read."""
    controls = [
        (epoch(one.observed_at), place, msgspec.json.encode(one))
        for place, one in enumerate(whole_log(0))
        if one.op == "exchange"
    ]
    months = [place for place, one in enumerate(whole_log(0)) if one.feed == NORMS]
    middle = months[len(months) // 2]
    clock = next(at for at, place, _ in controls if place == middle)
    zone = CATALOGUE.profile("CN").utc_offset
    early = Common(controls, CATALOGUE).at(clock, middle, zone)
    cut = Common([one for one in controls if one[1] < middle], CATALOGUE).at(clock, middle, zone)
    assert usual(early) == usual(cut)
    assert max(usual(early)) < max(usual(Common(controls, CATALOGUE).at(clock * 2, 0, zone)))


def usual(reference: Any) -> set[str]:
    """Months of which it is known what is usual."""
    return {period for _, _, period in getattr(reference.norms, "_norms", {})}


@pytest.mark.embedded
@pytest.mark.timeout(240)
def test_from_a_broker(embedded_broker: EmbeddedBroker, tmp_path: Path) -> None:
    """The whole command, of a firm that hears through guarantees."""
    prefix = own_settings().prefix
    env = {"FENGHUO_PREFIX": prefix, "FENGHUO_PARTITIONS": str(PARTITIONS)}
    broker = ("--broker", embedded_broker.bootstrap)
    assert fenghuo("topics", "apply", *broker, directory=tmp_path, **env).code == 0
    producer = Producer({"bootstrap.servers": embedded_broker.bootstrap, "log_level": 0})
    home = district().home(GUARANTOR.encode())
    for one in log(GUARANTOR):
        key = one.entity.encode()
        producer.produce(Names(prefix).records, msgspec.json.encode(one), key, partition=home)
    assert producer.flush(20) == 0
    expected = dict(told())[GUARANTOR]
    times = ("--as-of-fact", expected["as_of"], "--json")
    ended = fenghuo("history", GUARANTOR, *broker, *times, directory=tmp_path, **env)
    assert (ended.code, ended.err) == (0, "")
    said = json.loads(ended.out)["assessment"]
    assert {name: said[name] for name in expected} == expected
    assert "WP-49" in {point["id"] for point in said["points"]}
