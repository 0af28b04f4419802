"""What every point promises, run over every vector of every family."""

import importlib
import pkgutil
import random
from collections.abc import Iterator
from types import ModuleType

import msgspec
import pytest

from detectors import codec
from detectors.fact import day_of
from detectors.fold import fold_all, fold_record, stated
from detectors.judge import judge, refresh, rejudge
from detectors.ledger import EMPTY
from detectors.points.finding import NONE, Finding
from detectors.record import Record, epoch
from tests.detectors import build, points
from tests.detectors.points.vectors import Series, Vector, judged, said

STATE_BUDGET = 16_384
"""Bytes of a ledger in a vector: a point must not make a ledger keep what it does not need."""


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(points.__path__):
        if found.name.startswith("test_"):
            module = importlib.import_module(f"{points.__name__}.{found.name}")
            if hasattr(module, "VECTORS"):
                yield module


VECTORS: list[Vector] = [vector for module in _modules() for vector in module.VECTORS]
SERIES: list[Series] = [series for module in _modules() for series in getattr(module, "SERIES", [])]
ALL = [pytest.param(vector, id=vector.id) for vector in VECTORS]


def test_no_two_vectors_have_one_name() -> None:
    names = [vector.id for vector in VECTORS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("vector", ALL)
def test_says_what_the_vector_expects_twice(vector: Vector) -> None:
    """The same answer for the same question, in order, shuffled and doubled."""
    once = judged(vector.records, vector.day, vector.reference, vector.entity)
    assert said(once, vector.point) == vector.expect, once.verdicts[vector.point].finding
    shuffled = [*vector.records, *vector.records]
    random.Random(vector.id).shuffle(shuffled)  # seeded by the name: the same shuffle every time
    again = judged(shuffled, vector.day, vector.reference, vector.entity)
    assert again.verdicts[vector.point] == once.verdicts[vector.point]
    assert again.weighing == once.weighing


@pytest.mark.parametrize("vector", ALL)
def test_a_retracted_record_was_never_there(vector: Vector) -> None:
    """For each record in turn: retracted before or after it came, the verdict is that of the others alone."""
    for index, one in enumerate(vector.records[:6]):
        others = [record for record in vector.records if record.record_id != one.record_id]
        withdrawn = msgspec.structs.replace(one, op="retract", version=one.version + 100)
        left = judged(others, vector.day, vector.reference, vector.entity).verdicts[vector.point]
        for order in ([*vector.records, withdrawn], [withdrawn, *vector.records]):
            found = judged(order, vector.day, vector.reference, vector.entity).verdicts[vector.point]
            assert found.settled() == left.settled(), f"record {index} retracted"


@pytest.mark.parametrize("vector", ALL)
def test_judging_record_by_record_gives_the_same(vector: Vector) -> None:
    """What was kept from the judgement before is never out of date."""
    catalogue = build.shipped()
    profile = catalogue.profile(vector.entity.split(":")[1])
    last = day_of(epoch(build.at(vector.day)), profile.utc_offset)
    ledger, running = EMPTY, None
    for record in sorted(vector.records, key=_captured):
        if record.entity != vector.entity:
            continue
        place = stated(record, profile)
        replaced = ledger.of(place.feed).get(place.ident)
        changed = (place.fact,) if replaced is None else (place.fact, replaced)
        ledger = fold_record(ledger, record, catalogue).ledger
        day = min(last, day_of(epoch(record.observed_at), profile.utc_offset))
        if running is None:
            running = judge(ledger, day, catalogue, profile, vector.reference)
        else:
            day = max(day, running.day)
            running = rejudge(running, ledger, day, catalogue, profile, place.feed, changed, vector.reference)
    if running is None:
        return
    while running.until <= last:
        running = rejudge(
            running, ledger, running.until, catalogue, profile, None, reference=vector.reference
        )
    running = rejudge(running, ledger, last, catalogue, profile, None, reference=vector.reference)
    fresh = judge(ledger, last, catalogue, profile, vector.reference)
    assert {name: verdict.settled() for name, verdict in running.verdicts.items()} == {
        name: verdict.settled() for name, verdict in fresh.verdicts.items()
    }
    shown = refresh(running, ledger, catalogue, profile, vector.reference).weighing
    assert {name: _wording(verdict.finding) for name, verdict in shown.items()} == {
        name: _wording(verdict.finding) for name, verdict in fresh.weighing.items()
    }


def _captured(record: Record) -> tuple[int, str, int]:
    return epoch(record.observed_at), record.record_id, record.version


@pytest.mark.parametrize("vector", ALL)
def test_the_wording_stands_as_long_as_the_verdict_unless_it_is_said_to_drift(vector: Vector) -> None:
    """An assessment shows what was measured on its day; only wordings that drift are worked out anew for it."""
    catalogue = build.shipped()
    profile = catalogue.profile(vector.entity.split(":")[1])
    ledger = fold_all(vector.records, catalogue).get(vector.entity, EMPTY)
    first = day_of(epoch(build.at(vector.day)), profile.utc_offset)
    told = judge(ledger, first, catalogue, profile, vector.reference)
    steady = {
        name: verdict.finding
        for name, verdict in told.weighing.items()
        if name not in catalogue.drifting or verdict.state != "fired"
    }
    for day in {first + 1, first + 30, told.until - 1}:
        if first < day < min(told.until, first + 3_000):
            later = judge(ledger, day, catalogue, profile, vector.reference).verdicts
            assert {name: _wording(later[name].finding) for name in steady} == {
                name: _wording(finding) for name, finding in steady.items()
            }


def _wording(finding: Finding) -> tuple[object, ...]:
    keys = [fact.key for fact in finding.evidence]
    return finding.value, finding.threshold, finding.details, finding.since, finding.episode, keys


@pytest.mark.parametrize("vector", ALL)
def test_a_colour_comes_with_what_was_measured_and_its_evidence(vector: Vector) -> None:
    """A credit officer can check it by hand: value, threshold, records, and a reason where there is none."""
    verdict = judged(vector.records, vector.day, vector.reference, vector.entity).verdicts[vector.point]
    finding = verdict.finding
    if verdict.level > NONE:
        assert finding.value
        assert finding.threshold
        assert verdict.since <= day_of(epoch(build.at(vector.day)), 12 * 3600)
        assert finding.evidence or vector.point.startswith("CP-")
    if verdict.state == "not_evaluable":
        assert finding.missing


@pytest.mark.parametrize("vector", ALL)
def test_the_state_it_needs_is_small_and_survives_writing(vector: Vector) -> None:
    ledger = fold_all(vector.records, build.shipped()).get(vector.entity, EMPTY)
    written = codec.encode(ledger)
    assert codec.decode(written) == ledger
    assert len(written) <= STATE_BUDGET


@pytest.mark.parametrize("series", [pytest.param(series, id=series.id) for series in SERIES])
def test_worse_never_looks_better(series: Series) -> None:
    levels = [
        judged(records, series.day, series.reference, series.entity).verdicts[series.point].level
        for records in series.steps
    ]
    assert levels == sorted(levels)
    assert levels[-1] > levels[0]
