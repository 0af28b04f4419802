"""Disputes: what rests on a record under objection says so, for as long as the objection is open."""

import pytest
from msgspec.structs import replace

from alerts.policy.dispute import NOTHING, Dispute
from alerts.policy.inhibition import Inhibition
from detectors.fact import Fact
from detectors.ledger import Ledger
from detectors.objections import contested
from tests.alerts.steps import Firm, lit
from tests.detectors.verdicts import fact, silent

KEY = "(2026)浙0604执1号"
CASE = {"case_no": KEY}
AGAINST = Dispute({"F04": frozenset({KEY})})


def objection(**said: object) -> Fact:
    """F31 against record r-1, unless it says otherwise."""
    return replace(fact("obj-1"), data={"state": "received", "targets": ["r-1"], **said})


def ledger(one: Fact) -> Ledger:
    """An objection beside a case and a bill."""
    return Ledger(
        {"F31": {"s|o|": one}, "F04": {"court|r-1|defendant": fact(KEY)}, "F15": {"u|r-2|": fact("b")}}
    )


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ({}, {"F04": {KEY}}),
        ({"targets": [KEY]}, {"F04": {KEY}}),
        ({"targets": "r-2\nr-1"}, {"F04": {KEY}, "F15": {"b"}}),
        ({"targets": ["r-9"]}, {}),
        ({"state": "verifying"}, {"F04": {KEY}}),
        ({"state": "decided", "decision": "reject"}, {}),
    ],
)
def test_an_open_objection_contests_the_facts_of_the_records_it_names(
    said: dict[str, object], keys: dict[str, set[str]]
) -> None:
    """By record id or by natural key, until it is decided."""
    assert contested(ledger(objection(**said))) == keys


def test_a_withdrawn_objection_contests_nothing() -> None:
    """Nor does no objection."""
    assert contested(ledger(replace(objection(), rank=3))) == contested(Ledger()) == {}


def test_opening_and_closing_are_told_once_and_change_no_colour() -> None:
    """With revisions of their own; what is told meanwhile carries the mark."""
    firm = Firm()
    firm.on(0, lit("WP-08", 2, CASE), lit("WP-22", 1))
    firm.disputed = AGAINST
    (told,) = firm.on(1, lit("WP-08", 2, CASE), lit("WP-22", 1))
    assert (told.kind, told.point, told.level, told.disputed, told.revision) == (
        "alert.annotated", "WP-08", 2, True, 2,
    )  # fmt: skip
    assert firm.on(2, lit("WP-08", 2, CASE), lit("WP-22", 1)) == []
    (up,) = firm.on(3, lit("WP-08", 3, CASE), lit("WP-22", 1))
    assert (up.kind, up.disputed, up.tier_to) == ("alert.upgraded", True, 3)
    firm.disputed = NOTHING
    (closed,) = firm.on(4, lit("WP-08", 3, CASE), lit("WP-22", 1))
    assert (closed.kind, closed.disputed, closed.revision) == ("alert.annotated", False, 4)


def test_an_alert_opened_on_disputed_evidence_needs_no_annotation() -> None:
    """It says so itself, and its end takes the mark away."""
    firm = Firm()
    firm.disputed = AGAINST
    (told,) = firm.on(0, lit("WP-08", 2, CASE))
    assert (told.kind, told.disputed) == ("alert.opened", True)
    assert firm.on(30, silent("WP-08")) == []
    (gone, *_) = firm.on(40, silent("WP-08"))
    assert (gone.kind, gone.disputed) == ("alert.cleared", False)
    assert not firm.standing.points["WP-08"].disputed


def test_the_annotation_of_what_nobody_was_told_is_sent_to_nobody() -> None:
    """The alert is covered by another."""
    firm = Firm((Inhibition("WP-09", ("WP-08",)),))
    firm.on(0, lit("WP-08", 2, CASE), lit("WP-09", 3))
    firm.disputed = AGAINST
    (told,) = firm.on(1, lit("WP-08", 2, CASE), lit("WP-09", 3))
    assert (told.kind, told.suppressed_by) == ("alert.annotated", "WP-09")
