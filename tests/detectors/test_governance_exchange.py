"""Exchange agreements: what is due, and how a mistake in one is told."""

from datetime import date
from pathlib import Path

import pytest

from detectors.errors import FenghuoError
from detectors.governance.exchange import Exchange, Item, parse
from detectors.governance.lags import MAX_EXPECTED_LAG, NO_SPAN, Span
from detectors.governance.periods import period
from tests.detectors import build

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange-agreement.yaml"


def one_source(items: str, lag: str = "1d") -> str:
    """An agreement with one source."""
    return f"sources: {{cn.court: {{lag: {lag}, items: [{items}]}}}}"


def test_the_example_is_read_and_says_what_is_due() -> None:
    exchange = parse(EXAMPLE.read_text("utf-8"), EXAMPLE.name)
    court = exchange.sources["cn.330604.court"]
    enforcement, dishonest = court.items
    assert (court.unit, court.span) == ("上虞区人民法院", Span(days=1))
    due = [exchange.due("cn.330604.court", item, period("2026-03")) for item in court.items]
    assert due == [20, 5]
    assert exchange.due("cn.330604.court", enforcement, period("2026Q1")) == 60
    assert exchange.due("cn.330604.court", dishonest, period("2026-02")) == 0
    assert exchange.legal("F05") == Span(working=3)
    assert exchange.legal("F25") == MAX_EXPECTED_LAG["F25"]
    assert exchange.legal("F04") == NO_SPAN
    assert not exchange.calendar("CN-330604").works(date(2027, 1, 1))


def test_without_an_agreement_nothing_is_due() -> None:
    assert Exchange().agreement("cn.anybody").items == ()
    assert parse("", "none.yaml") == Exchange()


def test_an_item_may_be_part_of_a_feed() -> None:
    items = (
        "{name: bills, feed: F15, where: {event: bill}, cycle: month, due: 1},"
        "{name: rest, feed: F15, cycle: month, due: 1}"
    )
    agreed = parse(one_source(items), "a.yaml").sources["cn.court"]
    bill = build.bill("2026-01", "2026-02-10", 10.0)
    dunning = build.utility_event("dunning", "2026-01", "2026-02-20")
    assert agreed.item_of("F15", bill.payload) == 0
    assert agreed.item_of("F15", dunning.payload) == 1
    assert agreed.item_of("F15", "no payload at all") == 1
    assert agreed.item_of("F04", bill.payload) is None


def test_required_fields_reach_into_payload_and_envelope() -> None:
    item = Item(
        name="x", feed="F04", cycle="month", due=1,
        required=("exec_amount", "unperformed_amount", "evidence.doc_no", "evidence.url", "published_at"),
    )  # fmt: skip
    assert item.filled(build.enforcement(1, "2026-01-05", 100.0)) == 2
    assert item.filled(build.enforcement(1, "2026-01-05", 100.0, evidence=None)) == 1


WRONG = [
    ("sources: [", ("a.yaml:1", "not YAML")),
    ("sourcs: {}", ("a.yaml", "sourcs")),
    (one_source("{name: x, feed: F99, cycle: month, due: 1}"), ("items.0.feed", "a feed is F01 to F33")),
    (one_source("{name: x, feed: F04, cycle: monthly, due: 1}"), ("items.0.cycle", "'month'")),
    (
        one_source("{name: x, feed: F04, cycle: month, due: -1}"),
        ("items.0.due", "greater than or equal to 0"),
    ),
    (one_source("{name: x, feed: F04, cycle: month}"), ("items.0.due", "is missing")),
    (
        one_source("{name: x, feed: F04, cycle: month, due: 1, required: [exec_amout]}"),
        ("'exec_amout' is no field of F04", "did you mean exec_amount"),
    ),
    (
        one_source("{name: x, feed: F15, cycle: month, due: 1, where: {utilty: water}}"),
        ("'utilty' is no payload field of F15", "did you mean utility"),
    ),
    (
        one_source("{name: x, feed: F04, cycle: day, due: 1}, {name: x, feed: F05, cycle: day, due: 1}"),
        ("items given twice: x",),
    ),
    (one_source("", lag="soon"), ("cn.court.lag", "a lag is written 20wd")),
    ("max_expected_lag: {F44: 1d}", ("max_expected_lag", "a feed is F01 to F33")),
    (
        "calendars: {CN: {holidays: [2027-01-02], workdays: [2027-01-02]}}",
        ("2027-01-02 is given as a holiday and as a working day",),
    ),
]


@pytest.mark.parametrize(("text", "parts"), WRONG)
def test_a_mistake_names_place_rule_and_remedy(text: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(FenghuoError) as caught:
        parse(text, "a.yaml")
    assert [part for part in parts if part not in str(caught.value)] == []
    assert "\n" not in str(caught.value)
