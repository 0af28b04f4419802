"""One contract for every feed: its example validates, survives the wire, and is refused in the same way when wrong."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import record as wire
from detectors.records import keys
from detectors.records.feeds import FEEDS
from detectors.records.reasons import QUALITY, Flag, Reason
from detectors.records.schemas import schemas
from detectors.records.validation import Outcome, validate
from tests.detectors.examples import PAYLOADS, example_record

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)
SCHEMAS = schemas()
ALL = sorted(FEEDS)


def judged(record: dict[str, Any]) -> Outcome:
    """Verdict at a fixed moment."""
    return validate(record, now=NOW)


def test_there_is_a_contract_an_example_and_a_key_for_every_feed() -> None:
    """F01 to F33 and F35, no more and no fewer."""
    expected = [*(f"F{n:02d}" for n in range(1, 34)), "F35"]
    assert sorted(PAYLOADS) == expected
    # F34 are impulses: written by workers, with a key but no contract
    assert sorted(keys.KEYS) == sorted([*expected, "F34"])
    assert expected == ALL


@pytest.mark.parametrize("feed", ALL)
def test_the_example_is_accepted_and_unchanged(feed: str) -> None:
    """A canonical record is its own canonical form, byte for byte."""
    outcome = judged(example_record(feed))
    assert (outcome.kind, outcome.detail, outcome.flags, outcome.quality) == ("accepted", "", (), 1.0)
    assert outcome.wire is not None
    assert json.loads(outcome.wire) == example_record(feed)
    assert judged(json.loads(outcome.wire)).wire == outcome.wire


@pytest.mark.parametrize("feed", ALL)
def test_the_stream_reads_what_the_contract_writes(feed: str) -> None:
    """``to_wire`` and ``decode`` agree on every field."""
    outcome = judged(example_record(feed))
    assert outcome.wire is not None
    assert outcome.record is not None
    read = wire.decode(outcome.wire)
    assert (read.feed, read.entity, read.version) == (feed, outcome.entity, 1)
    assert read.occurred_at == outcome.record.occurred_at
    assert read.payload == example_record(feed)["payload"]
    assert b"null" not in outcome.wire


@pytest.mark.parametrize("feed", ALL)
def test_the_schema_describes_the_example(feed: str) -> None:
    """The published contract accepts what validation accepts, and refuses a stranger."""
    checker = jsonschema.Draft202012Validator(SCHEMAS[feed], format_checker=jsonschema.FormatChecker())
    checker.check_schema(SCHEMAS[feed])
    assert list(checker.iter_errors(example_record(feed))) == []
    strange = example_record(feed)
    strange["payload"]["no_such_field"] = 1
    assert list(checker.iter_errors(strange))


@pytest.mark.parametrize("feed", ALL)
def test_an_unknown_field_is_named(feed: str) -> None:
    """With the feed it is not part of, and what may have been meant."""
    record = example_record(feed)
    known = next(iter(record["payload"]))
    record["payload"][known + "x"] = "1"
    outcome = judged(record)
    assert outcome.reason is Reason.UNKNOWN_FIELD
    assert f"payload.{known}x is not a field of {feed}" in outcome.detail
    assert known in outcome.detail


@pytest.mark.parametrize("feed", ALL)
def test_each_required_field_is_missed_by_name(feed: str) -> None:
    """Absent, null and empty are the same."""
    for name, info in FEEDS[feed].model_fields.items():
        if not info.is_required():
            continue
        field = info.alias or name
        for nothing in (None, "", "absent"):
            record = example_record(feed)
            record["payload"][field] = nothing
            if nothing == "absent":
                del record["payload"][field]
            outcome = judged(record)
            assert outcome.reason is Reason.MISSING_FIELD, (field, nothing, outcome)
            assert f"payload.{field} is required by {feed}" in outcome.detail


@pytest.mark.parametrize("feed", ALL)
def test_each_required_envelope_field_is_missed_by_name(feed: str) -> None:
    """An incomplete envelope is a hard failure."""
    for field in (
        "schema",
        "source_id",
        "version",
        "op",
        "subject",
        "occurred_at",
        "observed_at",
        "jurisdiction",
    ):
        record = example_record(feed)
        del record[field]
        outcome = judged(record)
        assert outcome.reason is Reason.ENVELOPE_INCOMPLETE
        assert field in outcome.detail


@pytest.mark.parametrize("feed", ALL)
def test_the_natural_key_is_the_same_from_the_model_and_from_the_wire(feed: str) -> None:
    """And it tells its parts apart."""
    outcome = judged(example_record(feed))
    assert outcome.record is not None
    assert outcome.wire is not None
    payload = wire.decode(outcome.wire).payload
    key = keys.natural_key(feed, payload, "ent:CN:1")
    assert outcome.record.payload.natural_key("ent:CN:1") == key
    if "@subject" in keys.KEYS[feed]:
        assert keys.natural_key(feed, payload, "ent:CN:2") != key
    for part in keys.KEYS[feed]:
        name = part.split("/")[0]
        if isinstance(payload.get(name), str) and name not in ("start_at", "case_no"):
            other = "F23" if feed == "F32" else "other"
            assert keys.natural_key(feed, {**payload, name: other}, "ent:CN:1") != key


@pytest.mark.parametrize("feed", [feed for feed in ALL if feed != "F33"])
def test_a_retraction_may_name_its_record_and_nothing_else(feed: str) -> None:
    """It was never true: nothing about it needs repeating."""
    record = {**example_record(feed), "op": "retract", "payload": {}}
    outcome = judged(record)
    assert (outcome.kind, outcome.detail) == ("accepted", "")
    assert outcome.wire is not None
    assert wire.decode(outcome.wire).payload == {}
    assert not list(jsonschema.Draft202012Validator(SCHEMAS[feed]).iter_errors(json.loads(outcome.wire)))
    del record["record_id"]
    assert judged(record).reason is Reason.ENVELOPE_INCOMPLETE


@pytest.mark.parametrize("feed", ALL)
def test_labels_and_other_names_of_fields_are_accepted(feed: str) -> None:
    """A payload under the sources' own field names becomes the canonical one."""
    contract = FEEDS[feed]
    for other, name in contract.renamed.items():
        record = example_record(feed)
        if name not in record["payload"]:
            continue
        record["payload"] = {(other if key == name else key): v for key, v in record["payload"].items()}
        outcome = judged(record)
        assert outcome.kind == "accepted", (other, outcome.detail)
        assert outcome.wire is not None
        assert json.loads(outcome.wire)["payload"] == PAYLOADS[feed]


def _labelled() -> Iterator[tuple[str, str, str, Any]]:
    for feed, schema in SCHEMAS.items():
        for name, field in schema["$defs"]["Statement"]["properties"].items():
            for part in (field, *field.get("anyOf", ())):
                for label, code in part.get("x-labels", {}).items():
                    yield feed, name, label, code


def test_every_label_stands_for_a_code_of_its_field() -> None:
    """A label that maps to nothing would be refused in a source's data and accepted nowhere."""
    found = 0
    for feed, name, label, code in _labelled():
        field = SCHEMAS[feed]["$defs"]["Statement"]["properties"][name]
        codes = [
            c for part in (field, *field.get("anyOf", ())) for c in (*part.get("enum", ()), part.get("const"))
        ]
        assert code in codes, (feed, name, label)
        found += 1
    assert found > 200


def test_every_flag_has_a_multiplier() -> None:
    """And none raises quality."""
    assert set(QUALITY) == set(Flag)
    assert all(0 < factor <= 1 for factor in QUALITY.values())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_nothing_in_a_record_makes_validation_fail(feed: str, data: st.DataObject) -> None:
    """Whatever stands in a field, the answer is a verdict, and an accepted record is readable by the stream."""
    record = example_record(feed)
    place = data.draw(st.sampled_from(["envelope", "payload", "subject"]))
    target = record if place == "envelope" else record[place]
    field = data.draw(st.sampled_from(sorted(target)))
    target[field] = data.draw(JSON)
    before = deepcopy(record)
    outcome = judged(record)
    assert repr(record) == repr(before)  # the caller keeps what it gave; repr, because nan is not nan
    if outcome.kind == "quarantined":
        assert outcome.reason is not None
        assert outcome.detail
        assert outcome.wire is None
    else:
        assert outcome.wire is not None
        read = wire.decode(outcome.wire)
        keys.natural_key(read.feed, read.payload, read.entity)
        assert judged(json.loads(outcome.wire)).wire == outcome.wire


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_nothing_at_all_makes_validation_fail(thing: Any) -> None:
    """A record that is no record is unreadable or incomplete."""
    assert judged(thing).kind == "quarantined"


def test_a_record_nested_without_end_is_unreadable() -> None:
    """No contract has more than a few levels."""
    deep: Any = "x"
    for _ in range(600):
        deep = [deep]
    record = example_record("F04")
    record["payload"]["name"] = deep
    assert judged(record).reason is Reason.UNREADABLE
