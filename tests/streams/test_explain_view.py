"""An explanation as a credit officer reads it."""

from typing import Any

from detectors.explanation import Case, as_alert, case_of, explain, explain_alert
from detectors.record import Record, epoch
from streams.cli.explain_view import lines
from streams.duties import with_deadlines
from tests.detectors import build
from tests.detectors.build import FIRM, at, dishonest, enforcement, master, record, saying, seizure

RECORDS = [
    master("2025-01-02", 8_000_000),
    enforcement(1, "2026-02-05", 900_000),
    dishonest(3, "2026-03-01"),
    saying(seizure(1, "2026-02-10", "2026-08-09"), stage="preservation"),
]


def case(records: list[Record] = RECORDS) -> Case:
    return case_of(FIRM, records, epoch(at("2026-03-10")), build.shipped())


def text(answer: dict[str, Any] | None = None) -> str:
    found = case()
    return "\n".join(lines(answer or with_deadlines(explain(found), found)))


def test_the_score_can_be_worked_out_by_hand() -> None:
    """WP-09 90, WP-07, WP-08 and WP-14 30 each: 100 x (1 - 0.7^3 x 0.1) = 96.57; without WP-09: 65.7, yellow."""
    said = text()
    assert "Score 96.5 of 100, higher is worse (blue from 15, yellow from 40, red from 70)" in said
    assert "= 100 x (1 - 0.7^3 x 0.1)" in said
    assert "without it    score 65.7, the tier would be YELLOW" in said
    assert "without it    score 95.1, the tier would still be RED" in said


def test_a_record_is_shown_in_full_once() -> None:
    """The seizure is evidence of two points."""
    said = text()
    assert said.count("says amount_limit") + said.count("says asset_class") == 1
    assert said.count("as above under WP-07") == 1
    assert said.count("digest ") == len(RECORDS)


def test_it_says_what_amounts_are_measured_against_once() -> None:
    assert text().count("Amounts are measured against M = CNY 8,000,000, paid-in capital") == 1


def test_every_point_says_by_when_something_is_to_be_done() -> None:
    said = text()
    assert said.count("by when       the restraint lapses on 2026-08-09 unless it is renewed") == 2
    assert "an error in the list, applied for today, is to be corrected by 2026-03-" in said


def test_an_alert_is_told_in_words_with_its_dates() -> None:
    alert = as_alert(case()) | {
        "alert_id": "a1",
        "type": "alert.upgraded",
        "point": "WP-07",
        "point_name": "preservation order",
        "tier": {"from": 1, "to": 3},
        "reason": "preservation order: CNY 1 preserved",
        "deadlines": {"expires_on": "2026-08-09"},
    }
    said = text(explain_alert(alert, case()))
    assert "Alert a1: the alert is raised, WP-07 preservation order, " in said
    assert "the tier went from BLUE to RED" in said
    assert "\n  CNY 1 preserved\n" in said
    assert "\n  ! the restraint lapses on 2026-08-09 unless it is renewed\n" in said


def test_an_alert_about_the_tier_is_about_the_firm() -> None:
    alert = as_alert(case()) | {
        "alert_id": "a2",
        "type": "alert.upgraded",
        "reason": "the score is 96.5 of 100",
    }
    assert "Alert a2: the alert is raised, the firm as a whole, " in text(explain_alert(alert, case()))


def test_what_is_over_was_measured_last() -> None:
    """A case that was settled: what it measured is no longer so."""
    settled = saying(
        enforcement(1, "2026-02-05", 900_000, version=2, observed="2026-03-01"), status="settled"
    )
    over = case([*RECORDS[:2], settled])
    said = "\n".join(lines(explain(over)))
    assert "\n  last measured 1 active case, CNY 900,000" in said
    assert "\n  measured " not in said


def test_firms_that_a_point_mentions_are_named_where_the_own_guarantees_name_them() -> None:
    debtor = "ent:CN-330604:91330604MA0000031A"
    alert = as_alert(case()) | {
        "alert_id": "a3",
        "type": "alert.opened",
        "point": "WP-49",
        "point_name": "guarantee-circle contagion",
        "reason": f"guarantee-circle contagion: {debtor} is red",
    }
    alert["points"] = [alert["points"][0] | {"id": "WP-49", "value": f"{debtor} is red"}]
    bond = {"contract_no": "1", "guarantor": FIRM, "debtor": debtor, "debtor_name": "绍兴某纺织有限公司"}
    named = case([*RECORDS, record("F26", "bond", "2026-02-01", bond, role="guarantor")])
    said = text(explain_alert(alert, named))
    assert said.count(f"{debtor} 绍兴某纺织有限公司 is red") == 2
