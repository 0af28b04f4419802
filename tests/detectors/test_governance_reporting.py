"""Rates of reporting: computed by hand, and the same for every order and repetition; a retraction is exact."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.governance.exchange import Exchange, parse
from detectors.governance.lags import span
from detectors.governance.periods import period
from detectors.governance.rates import SourceReport, appraised
from detectors.governance.reporting import NOBODY, Reporting
from detectors.record import Record
from detectors.records.validation import validate
from tests.detectors import build

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
COURT = "cn.330604.test"
MARCH = period("2026-03")
AGREED = parse(
    """
sources:
  cn.330604.test:
    unit: court
    jurisdiction: CN-330604
    lag: 1d
    items:
      - {name: enforcement, feed: F04, cycle: month, due: 4, required: [exec_amount, unperformed_amount]}
      - {name: lists, feed: F22, cycle: month, due: 2}
  cn.330604.silent:
    jurisdiction: CN-330604
    items: [{name: notices, feed: F16, cycle: quarter, due: 10}]
""",
    "agreed.yaml",
)


def raw(record: Record, **changes: Any) -> dict[str, Any]:
    """The record as a connector would be sent it; ``changes`` go into the payload."""
    value: dict[str, Any] = json.loads(msgspec.json.encode(record))
    value["payload"] |= changes
    return value


def counted(*said: dict[str, Any], exchange: Exchange = AGREED) -> Reporting:
    """A book that holds these records."""
    book = Reporting(exchange, lambda _: CHINA)
    for one in said:
        book.add(one, validate(one, now=NOW))
    return book


def of(book: Reporting, source: str = COURT, within: str = "2026-03") -> SourceReport:
    """The report on one source and period."""
    [found] = [one for one in book.reports([period(within)]) if one.source == source]
    return found


def case(n: int, day: str, **more: Any) -> dict[str, Any]:
    """An enforcement case captured on the day it was filed, with all required fields, unless told otherwise."""
    changes = more.pop("payload", {"unperformed_amount": build.money(10.0)})
    return raw(build.enforcement(n, day, 100.0, **more), **changes)


def listing(n: int, day: str, **more: Any) -> dict[str, Any]:
    """An entry in the list of abnormal operations."""
    payload = {"put_on": day, "reason": 4, "authority": "上虞区市场监管局"}
    return raw(build.record("F22", f"list-{n}", day, payload, **more))


def broken(n: int, day: str) -> dict[str, Any]:
    """A case whose amount could be yuan or wan."""
    one = case(n, day)
    one["payload"]["exec_amount"] = "200"
    return one


def test_rates_by_hand() -> None:
    """5 cases of 4 due and 1 listing of 2; one record late, one refused, one field of eight missing."""
    book = counted(
        case(1, "2026-03-02"),
        case(2, "2026-03-03"),
        case(3, "2026-03-04", observed="2026-03-09"),  # five days on: late
        case(4, "2026-03-05", payload={}),  # unperformed_amount missing
        broken(5, "2026-03-06"),
        listing(1, "2026-02-10", observed="2026-03-12"),  # 20 working days are legal
    )
    found = of(book)
    assert (found.received, found.accepted + found.flagged, found.quarantined) == (6, 5, 1)
    assert found.reasons == {"amount_without_unit": 1}
    assert [(i.item, i.due, i.received) for i in found.items] == [("enforcement", 4, 5), ("lists", 2, 1)]
    assert found.report_rate == round((4 + 1) / 6, 4)
    assert found.timely_rate == 4 / 5
    assert found.valid_rate == round(5 / 6, 4)
    assert found.complete_rate == 7 / 8
    assert found.appraisal == round(5 / 6 * (0.4 * 0.8 + 0.4 * 5 / 6 + 0.2 * 0.875), 4)


def test_a_source_that_says_nothing_is_shown_with_zero() -> None:
    silent = of(counted(), "cn.330604.silent", "2026Q1")
    assert (silent.due, silent.report_rate, silent.appraisal) == (10, 0.0, 0.0)
    assert (silent.timely_rate, silent.valid_rate, silent.complete_rate) == (None, None, None)
    assert of(counted(), "cn.330604.silent", "2026-02").report_rate is None


def test_without_an_agreement_only_what_needs_none_is_measured() -> None:
    found = of(counted(case(1, "2026-03-02"), broken(2, "2026-03-02"), exchange=Exchange()))
    assert (found.report_rate, found.complete_rate, found.appraisal) == (None, None, None)
    assert (found.timely_rate, found.valid_rate) == (1.0, 0.5)


def test_rubbish_fills_the_quota_and_earns_nothing() -> None:
    found = of(counted(*(broken(n, "2026-03-02") for n in range(6))))
    assert found.report_rate == round(4 / 6, 4)
    assert (found.valid_rate, found.timely_rate, found.complete_rate, found.appraisal) == (0.0, 0.0, 0.0, 0.0)


def test_the_score_is_that_of_the_formula_and_unmeasured_shares_are_passed_on() -> None:
    assert appraised(0.9, 0.8, 0.7, 0.6) == pytest.approx(0.9 * (0.32 + 0.28 + 0.12))
    assert appraised(0.9, None, 0.7, 0.6) == pytest.approx(0.9 * (0.28 + 0.12) / 0.6)
    assert appraised(0.5, 1.0, 1.0, 1.0) == pytest.approx(0.5)


def test_an_amendment_is_a_delivery_but_no_second_report() -> None:
    """It counts in its own month, for validity; its old event date is no lateness."""
    first, second = case(1, "2026-03-02"), case(1, "2026-03-02", version=2, op="amend", observed="2026-04-20")
    march, april = of(counted(first, second)), of(counted(first, second), within="2026-04")
    assert (march.received, march.items[0].received) == (1, 1)
    assert (april.received, april.items[0].received, april.timely_rate) == (1, 0, None)
    later = case(1, "2026-03-02", version=3, op="amend", observed="2026-03-30")
    quarter = of(counted(first, second, later), within="2026")
    assert (quarter.received, quarter.items[0].received) == (3, 1)


def test_a_copy_is_counted_as_a_duplicate_only() -> None:
    one = case(1, "2026-03-02")
    again = {**one, "observed_at": "2026-04-09T06:00:00+00:00"}
    assert of(counted(one)).duplicates == 0
    twice, late = of(counted(again, one)), of(counted(again, one), within="2026-04")
    assert msgspec.structs.replace(twice, duplicates=0) == of(counted(one))
    assert (late.received, late.duplicates) == (0, 1)
    assert of(counted(broken(1, "2026-03-02"), broken(1, "2026-03-02"))).quarantined == 1


def test_heartbeats_are_no_deliveries() -> None:
    beat = {
        "schema": "F33/1.0", "source_id": COURT, "record_id": "beat", "version": 1, "op": "heartbeat",
        "subject": {"scheme": "source", "value": COURT}, "jurisdiction": "CN-330604",
        "occurred_at": "2026-03-02T00:00:00+08:00", "observed_at": "2026-03-02T00:00:00+08:00",
        "payload": {"cycle_seconds": 3600},
    }  # fmt: skip
    assert validate(beat, now=NOW).kind == "accepted"
    assert of(counted(beat)).received == 0


def test_what_nobody_can_place_is_not_lost() -> None:
    """A refused record without a source or a date."""
    book = counted({"schema": "F04/1.0"}, {"observed_at": "2026-03-02"}, case(1, "2026-03-02"))
    assert book.undated() == 1
    assert of(book, NOBODY).quarantined == 1
    assert [one.name for one in book.periods()] == ["2026-03"]
    assert NOBODY not in {one.source for one in book.reports([period("2026-04")])}


def test_a_day_is_that_of_the_jurisdiction() -> None:
    """Captured at 20:00 UTC on the last of March: April in Shanghai."""
    one = {**case(1, "2026-03-31"), "observed_at": "2026-03-31T20:00:00+00:00"}
    assert (of(counted(one)).received, of(counted(one), within="2026-04").received) == (0, 1)


def test_lags_of_those_that_say_when_they_were_published() -> None:
    one = {**case(1, "2026-03-02"), "published_at": "2026-03-02T05:00:00+00:00"}
    found = of(counted(one, case(2, "2026-03-02"))).lags
    whole = found["occurred_observed"]
    assert (whole["p50"], whole["max"]) == (7200.0, 7200.0)
    assert found["occurred_published"] == {"p50": 3600.0, "p90": 3600.0, "max": 3600.0}
    assert found["published_observed"] == {"p50": 3600.0, "p90": 3600.0, "max": 3600.0}


# -- properties -------------------------------------------------------------------------------------------------------


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """Few ids and versions, so that copies, amendments and retractions meet."""
    n, version = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    day = f"2026-0{draw(st.integers(2, 4))}-0{draw(st.integers(1, 9))}"
    kind = draw(st.sampled_from(["case", "case", "listing", "broken", "retract"]))
    if kind == "broken":
        return broken(n, day)
    if kind == "listing":
        return listing(n, "2026-02-01", observed=day, version=version)
    op = "retract" if kind == "retract" else draw(st.sampled_from(["assert", "amend"]))
    return case(n, "2026-02-01", observed=day, version=version, op=op)


PERIODS = [period("2026-02"), period("2026-03"), period("2026-04"), period("2026")]


@settings(max_examples=150, deadline=None)
@given(st.lists(statements(), max_size=12), st.data())
def test_order_does_not_matter_and_copies_only_count_as_such(
    said: list[dict[str, Any]], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(said))
    plain, other = counted(*said).reports(PERIODS), counted(*mixed).reports(PERIODS)
    assert plain == other
    copies = data.draw(st.lists(st.sampled_from(said), max_size=5)) if said else []
    repeated = counted(*said, *copies).reports(PERIODS)
    assert [msgspec.structs.replace(one, duplicates=0) for one in repeated] == [
        msgspec.structs.replace(one, duplicates=0) for one in plain
    ]
    for one in plain:
        assert one.received == one.accepted + one.flagged + one.quarantined
        assert one.due == sum(item.due for item in one.items)


@settings(max_examples=150, deadline=None)
@given(st.lists(statements(), max_size=12), st.data())
def test_a_retraction_leaves_the_rates_of_what_never_was(
    said: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Wherever it comes; only the number of retracted deliveries tells that something was there."""
    number = data.draw(st.integers(1, 3))
    gone = case(number, "2026-02-01", version=9, op="retract", observed="2026-04-20")
    place = data.draw(st.integers(0, len(said)))

    def same(one: dict[str, Any]) -> bool:
        return bool(one["record_id"] == gone["record_id"] and one["payload"].get("exec_amount") != "200")

    without = [one for one in said if not same(one)]
    with_it = counted(*said[:place], gone, *said[place:]).reports(PERIODS)
    assert [msgspec.structs.replace(one, retracted=0, duplicates=0) for one in with_it] == [
        msgspec.structs.replace(one, retracted=0, duplicates=0) for one in counted(*without).reports(PERIODS)
    ]


def test_a_retraction_takes_back_its_own_version_too() -> None:
    """As in the ledger, where it beats every assert up to its number."""
    found = of(counted(case(1, "2026-03-02", version=2), case(1, "2026-03-02", version=2, op="retract")))
    assert (found.received, found.retracted, found.items[0].received) == (0, 1, 0)


def test_a_higher_version_stands_again() -> None:
    gone, back = (
        case(1, "2026-03-02", version=2, op="retract"),
        case(1, "2026-03-02", version=3, observed="2026-03-03"),
    )
    for said in ([case(1, "2026-03-02"), gone, back], [back, gone, case(1, "2026-03-02")]):
        found = of(counted(*said))
        assert (found.received, found.retracted, found.items[0].received) == (1, 1, 1)


def test_the_agreed_lag_is_used() -> None:
    late = case(1, "2026-03-02", observed="2026-03-04")
    assert of(counted(late)).timely_rate == 0.0
    again = parse(f"sources: {{{COURT}: {{jurisdiction: CN-330604, lag: 2d}}}}", "b.yaml")
    assert again.agreement(COURT).span == span("2d")
    assert of(counted(late, exchange=again)).timely_rate == 1.0
