"""The reason of an alert is a sentence that is understood without the catalogue."""

import pytest

from alerts.delivery.plain_words import render
from alerts.policy.alert import TIER
from alerts.policy.wording import sentence, tier_reason
from tests.alerts.steps import CATALOGUE, Firm
from tests.detectors.verdicts import fired, judged, silent


def test_it_begins_with_what_it_is_about_and_names_every_point() -> None:
    about = CATALOGUE.by_id["CP-01"]
    assert sentence("WP-38 on 2024-10-06, then WP-99 on 2024-10-15", about, CATALOGUE) == (
        "staircase of deterioration: WP-38 wage arrears on 2024-10-06, then WP-99 on 2024-10-15"
    )
    assert sentence("the score is 9.9 of 100", None, CATALOGUE) == "the score is 9.9 of 100"


def test_a_tier_by_score_says_the_bar_and_what_weighs_most() -> None:
    points = [fired(f"WP-0{n}", 2, 30.0) for n in (3, 4, 5, 6)]
    assert tier_reason(2, 3, judged(*points), CATALOGUE) == (
        "the score is 75.9 of 100 (red from 70), most by WP-03 (30), WP-04 (30), WP-05 (30) and 1 more"
    )


def test_a_score_is_not_said_to_reach_what_it_does_not() -> None:
    """69.97 is not 70.0."""
    points = [fired("WP-03", 2, 69.97)]
    assert "69.9 of 100" in tier_reason(3, 2, judged(*points), CATALOGUE)


def test_a_tier_by_several_blues_names_them_and_not_the_score() -> None:
    said = tier_reason(1, 2, judged(*(fired(f"WP-{n}", 1, 10.0) for n in ("01", "22", "36"))), CATALOGUE)
    assert said == (
        "yellow for 3 blue points, of which 3 from different feeds within 90 days: WP-01, WP-22, WP-36"
    )


def test_a_tier_by_a_point_of_which_nobody_is_sent_a_message_names_it() -> None:
    assert tier_reason(0, 2, judged(fired("WP-03", 2, 30.0)), CATALOGUE) == "yellow by WP-03"


@pytest.mark.parametrize(
    ("at_once", "begins"), [(True, "evidence was withdrawn"), (False, "nothing asks for red")]
)
def test_a_falling_tier_says_why(at_once: bool, begins: str) -> None:
    said = tier_reason(3, 2, judged(fired("WP-03", 2, 30.0)), CATALOGUE, at_once=at_once)
    assert said.startswith(begins)
    assert said.endswith("the score is 30.0 of 100")


def test_a_colour_that_falls_says_what_is_measured_now() -> None:
    firm = Firm()
    firm.on(0, fired("WP-08", 3, 70.0))
    told = [one for day in (1, 20, 40) for one in firm.on(day, fired("WP-08", 2, 30.0))]
    assert [one.why for one in told if one.kind == "alert.downgraded" and one.point != TIER] == [
        "no longer red, and the waiting time is over: WP-08 measured"
    ]
    ended = [one for day in (41, 60, 90) for one in firm.on(day, silent("WP-08")) if one.point != TIER]
    assert [one.why for one in ended] == ["the condition has ended, and the waiting time is over"]


ALERT = {
    "alert_id": "a1",
    "type": "alert.opened",
    "entity": "ent:CN-330604:X",
    "name": "甲公司",
    "point": "WP-30",
    "point_name": "tax-arrears notice",
    "point_name_zh": "欠税公告",
    "level": 3,
    "tier": {"from": 0, "to": 3},
    "at": "2026-01-05T00:00:00+08:00",
    "reason": "tax-arrears notice: balance CNY 90,000 in 2025Q4",
    "points": [{"id": "WP-30", "level": 3, "p": 70, "value": "balance", "threshold": "red from 10% of M"}],
    "materiality": {"amount": "361779.30", "currency": "CNY", "rung": "net_assets"},
}


def test_a_terminal_says_the_point_once_and_what_amounts_are_measured_against() -> None:
    said = render(ALERT)
    assert "  Why: balance CNY 90,000 in 2025Q4\n" in said
    assert "  M, against which amounts are measured, is CNY 361,779.30 (net assets).\n" in said
    assert "M 为金额比较基准：CNY 361,779.30（净资产）。" in render(ALERT, "zh")


def test_it_does_not_speak_of_what_nothing_is_measured_against() -> None:
    points = [{**ALERT["points"][0], "threshold": "red from 1 listing"}]  # type: ignore[index]  # a list of dicts
    assert "M," not in render(ALERT | {"points": points})
