"""Verifying an alert: what was told follows from its records, and what was changed since is found."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.errors import FenghuoError
from detectors.explanation import as_alert, case_of
from detectors.record import Evidence, Record, epoch
from detectors.verification import known_to, verify
from tests.detectors import build, strategies
from tests.detectors.build import FIRM, at, bill, dishonest, enforcement, master, money, saying

Alert = dict[str, Any]
DAY = "2026-03-10"


def firm() -> list[Record]:
    """A firm with a base, two enforcement cases, a listing, an unpaid bill and one paid long ago."""
    return [
        master("2025-01-02", 8_000_000),
        enforcement(1, "2026-02-05", 900_000),
        enforcement(2, "2026-02-20", 300_000),
        dishonest(3, "2026-03-01"),
        bill("2026-01", "2026-02-10", 20_000),
        bill("2025-10", "2025-11-10", 18_000, paid="2025-11-02"),
    ]


def told(records: list[Record], day: str = DAY) -> Alert:
    """What an alert of noon of that day tells, as it comes out of the log."""
    alert = as_alert(case_of(FIRM, records, epoch(at(day)), build.shipped()))
    back: Alert = json.loads(msgspec.json.encode(alert))
    return back


def named(alert: Alert, records: list[Record]) -> list[Record]:
    """Only the records that the alert names."""
    rows = [row for point in alert["points"] for row in point["evidence"]] + alert["materiality"]["evidence"]
    keys = {(row["source"], row["record_id"], row["version"]) for row in rows}
    return [one for one in records if (one.source_id, one.record_id, one.version) in keys]


def places(alert: Alert, records: list[Record]) -> list[str]:
    """Where the differences are."""
    return [one.place for one in verify(alert, records, build.shipped()).differences]


def test_what_was_told_holds_and_says_that_evidence_sufficed() -> None:
    outcome = verify(told(firm()), firm(), build.shipped())
    assert outcome.ok, outcome.sentence
    assert set(outcome.bases.values()) == {"evidence"}
    assert {"WP-08", "WP-09", "WP-22"} <= outcome.bases.keys()
    assert (
        f"{len(outcome.bases)} of {len(outcome.bases)} points from their evidence alone" in outcome.sentence
    )


def test_the_records_it_names_are_enough() -> None:
    alert = told(firm())
    assert 0 < len(named(alert, firm())) < len(firm())
    assert verify(alert, named(alert, firm()), build.shipped()).ok


@settings(max_examples=60, deadline=None)
@given(st.lists(strategies.one_record(), min_size=1, max_size=14), st.randoms(use_true_random=False))
def test_it_holds_for_whatever_is_on_record_in_any_order(records: list[Record], dice: Any) -> None:
    alert = told([one for one in records if one.entity == FIRM])
    shuffled = list(records)
    dice.shuffle(shuffled)
    outcome = verify(alert, shuffled, build.shipped())
    assert outcome.ok, outcome.sentence


def test_a_record_that_says_something_else_is_found() -> None:
    alert, records = told(firm()), firm()
    records[1] = saying(records[1], exec_amount=money(90_000))
    outcome = verify(alert, records, build.shipped())
    first = outcome.differences[0]
    assert first.place == f"cn.330604.test {records[1].record_id} version 1"
    assert first.told.startswith("digest ")
    assert first.found != first.told
    assert outcome.sentence.startswith("does not hold: cn.330604.test ")


def test_a_record_that_is_gone_is_found() -> None:
    records = firm()
    found = verify(told(records), records[:1] + records[2:], build.shipped()).differences
    assert found[0].found == "no such record"


def test_less_trust_in_a_record_is_found_by_what_it_weighs() -> None:
    """Quality and match confidence are no part of the digest, but of the points."""
    records = firm()
    alert = told(records)
    records[3] = replace(records[3], match_confidence=0.8)
    assert "WP-09 colour" in places(alert, records)


def test_the_base_is_verified_too() -> None:
    records = firm()
    alert = told(records)
    assert alert["materiality"]["rung"] == "paid_capital"
    assert [row["record_id"] for row in alert["materiality"]["evidence"]] == ["master"]
    alert["materiality"]["amount"] = "80000000.00"
    assert places(alert, records) == ["materiality base"]


def _point(alert: Alert, name: str) -> Alert:
    row: Alert = next(row for row in alert["points"] if row["id"] == name)
    return row


TAMPERED: dict[str, tuple[Callable[[Alert], object], str]] = {
    "colour": (lambda alert: _point(alert, "WP-09").update(colour="blue", level=1), "WP-09 colour"),
    "weight": (lambda alert: _point(alert, "WP-08").update(p=1.0), "WP-08 p"),
    "value": (lambda alert: _point(alert, "WP-08").update(value="1 case"), "WP-08 value"),
    "threshold": (lambda alert: _point(alert, "WP-08").update(threshold="red from 99"), "WP-08 threshold"),
    "since": (lambda alert: _point(alert, "WP-22").update(since="2025-01-01"), "WP-22 since"),
    "counterfactual": (
        lambda alert: _point(alert, "WP-09").update(tier_without="none"),
        "WP-09 tier_without",
    ),
    "evidence left out": (lambda alert: _point(alert, "WP-08")["evidence"].pop(), "WP-08 evidence"),
    "point left out": (lambda alert: alert["points"].remove(_point(alert, "WP-22")), "point WP-22"),
    "point made up": (
        lambda alert: alert["points"].append({**_point(alert, "WP-09"), "id": "WP-10"}),
        "point WP-10",
    ),
    "score": (lambda alert: alert.update(score=1.0), "score"),
    "tier": (lambda alert: alert.update(tier={"from": 0, "to": 2}), "tier"),
    "level": (lambda alert: alert.update(level=2), "level"),
    "words": (lambda alert: alert.update(level_name="blue"), "level in words"),
    "moment": (lambda alert: alert.update(at="2026-02-08T12:00:00+08:00"), "point WP-09"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_an_alert_that_was_changed_is_found(what: str) -> None:
    alert = told(firm())
    change, place = TAMPERED[what]
    before = copy.deepcopy(alert)
    change(alert)
    assert alert != before
    assert place in places(alert, firm())


def test_a_tier_may_lag_behind_but_not_be_lower_and_not_rise_beyond() -> None:
    """It falls slowly on purpose; a rise is what the points give."""
    records = [master("2025-01-02", 8_000_000), enforcement(1, "2026-02-05", 1000)]
    alert = told(records)
    assert (alert["level"], alert["tier"]) == (2, {"from": 2, "to": 2})
    held = alert | {"tier": {"from": 3, "to": 3}, "level": 3, "level_name": "red"}
    assert verify(held, records, build.shipped()).ok
    risen = held | {"tier": {"from": 0, "to": 3}}
    assert places(risen, records) == ["tier"]
    lower = held | {"tier": {"from": 2, "to": 1}, "level": 1, "level_name": "blue"}
    assert places(lower, records) == ["tier"]


def test_an_alert_about_a_point_has_its_level() -> None:
    alert = told(firm()) | {"type": "alert.opened", "point": "WP-09", "tier": {"from": 0, "to": 3}}
    assert verify(alert, firm(), build.shipped()).ok
    lowered = alert | {"level": 1, "level_name": "blue"}
    assert places(lowered, firm()) == ["level of WP-09"]
    over = alert | {"type": "alert.cleared", "point": "WP-10", "level": 0, "level_name": "none"}
    assert verify(over, firm(), build.shipped()).ok


def test_another_catalogue_is_said_and_nothing_else() -> None:
    alert = told(firm()) | {"catalogue": "1999.1"}
    assert [str(one) for one in verify(alert, firm(), build.shipped()).differences] == [
        f"catalogue: told 1999.1, found {build.shipped().version}"
    ]


def test_an_alert_about_a_source_is_refused() -> None:
    with pytest.raises(FenghuoError, match="tells of no entity"):
        verify({"alert_id": "a", "entity": "src:cn.330604.court", "points": []}, [], build.shipped())


def test_hashes_of_the_source_do_not_matter_to_the_verdict() -> None:
    records = [replace(one, evidence=Evidence(sha256="0" * 64)) for one in firm()]
    assert verify(told(firm()), records, build.shipped()).ok


def test_known_to_an_alert_is_what_was_captured_by_its_second() -> None:
    """A record captured in the very second of a timer came after it."""
    moment = at(DAY)
    records = [
        replace(enforcement(1, DAY, 10.0), observed_at=moment + timedelta(milliseconds=300)),
        replace(enforcement(2, DAY, 10.0), observed_at=moment - timedelta(seconds=1)),
        replace(enforcement(3, DAY, 10.0), observed_at=moment + timedelta(seconds=1)),
        replace(enforcement(4, DAY, 10.0, entity=build.OTHER), observed_at=moment),
    ]
    alert = {"entity": FIRM, "at": moment.isoformat(), "origin": {"partition": 0, "offset": 1}}
    assert known_to(alert, records) == records[:2]
    alert["origin"] = {"partition": 0, "offset": 1, "timer": True}
    assert known_to(alert, records) == records[1:2]
