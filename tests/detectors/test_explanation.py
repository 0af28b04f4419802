"""The explanation: what a credit officer needs to follow a colour by hand."""

from typing import Any

import pytest
from msgspec.structs import replace

from detectors.catalogue.model import Catalogue
from detectors.explanation import Place, as_alert, case_of, explain, explain_alert, key_of
from detectors.rationale import because
from detectors.record import Evidence, Record, Subject, epoch
from tests.detectors import build
from tests.detectors.build import FIRM, at, bill, dishonest, enforcement, master

SHA = "ab" * 32


def firm() -> list[Record]:
    """A listing with the hash of its source's bytes, an enforcement case and a base."""
    listing = replace(dishonest(3, "2026-03-01"), evidence=Evidence(doc_no="(2026)浙0604执3号", sha256=SHA))
    return [master("2025-01-02", 8_000_000), enforcement(1, "2026-02-05", 900_000), listing]


def explained(records: list[Record], day: str = "2026-03-10", **more: Any) -> dict[str, Any]:
    return explain(case_of(FIRM, records, epoch(at(day)), build.shipped()), **more)


def point(answer: dict[str, Any], name: str) -> dict[str, Any]:
    row: dict[str, Any] = next(row for row in answer["points"] if row["id"] == name)
    return row


def test_it_says_what_weighs_against_what_and_what_would_be_without() -> None:
    answer = explained(firm())
    row = point(answer, "WP-08")
    assert (answer["tier"], answer["level"], row["colour"]) == ("red", 3, "yellow")
    assert row["value"] == "1 active case, CNY 900,000"
    assert "3 cases" in row["threshold"]
    assert (row["since"], row["base_rung"], row["tier_without"]) == ("2026-02-05", "paid_capital", "red")
    assert point(answer, "WP-09")["tier_without"] == "yellow"
    assert answer["catalogue"] == build.shipped().version


def test_it_says_the_rule_in_words_and_who_is_to_do_what() -> None:
    row, entry = point(explained(firm()), "WP-08"), build.shipped().by_id["WP-08"]
    assert row["rule"]["yellow"] == entry.said("yellow")
    assert "{" not in "".join(row["rule"].values())
    assert row["owner"] == (entry.owner or build.shipped().owner)
    assert row["action"] == (entry.action or build.shipped().actions["yellow"])
    assert row["rule_source"] == entry.source


def test_evidence_names_document_hash_and_place_and_says_what_it_states() -> None:
    places = {key_of(one): Place("fenghuo.records", 3, 7 + n) for n, one in enumerate(firm())}
    answer = explained(firm(), places=places)
    (row,) = point(answer, "WP-09")["evidence"]
    assert (row["sha256"], row["doc_no"]) == (SHA, "(2026)浙0604执3号")
    assert (row["topic"], row["partition"], row["offset"]) == ("fenghuo.records", 3, 9)
    assert row["says"]["case_no"] == "(2026)浙0604执3号"
    assert (row["source"], row["record_id"], row["version"]) == ("cn.330604.test", "sx-(2026)浙0604执3号", 1)
    (case,) = point(answer, "WP-08")["evidence"]
    assert case["says"]["exec_amount"] == "CNY 900,000"
    (base,) = answer["materiality"]["evidence"]
    assert (base["feed"], base["says"]["paid_capital"]) == ("F29", "CNY 8,000,000")


def test_no_personal_name_is_in_what_a_record_says() -> None:
    listed = build.saying(dishonest(3, "2026-03-01"), name="张三", legal_rep="李四", id="330604199001010011")
    assert "张三" not in str(explained([listed]))
    assert "李四" not in str(explained([listed]))


def test_a_person_is_shown_masked() -> None:
    person = [replace(one, subject=Subject("person", "hash", "张三丰", "defendant")) for one in firm()]
    assert explained(person)["name"] == "张某某"


def test_what_could_not_be_judged_is_listed_with_the_reason() -> None:
    answer = explained(firm())
    reasons = {row["id"]: row["why"] for row in answer["not_evaluable"]}
    assert reasons["WP-23"] == "no water account linked"
    assert all(reasons.values())
    assert len(reasons) < answer["evaluated"]


def test_why_names_every_reason_that_suffices() -> None:
    said = explained(firm())["because"]
    assert "WP-09 dishonest judgment debtor is red" in said
    assert any("score" in one and "70" in one for one in said)
    assert not any("WP-08" in one for one in said)


def test_why_a_firm_without_points_shows_none() -> None:
    answer = explained([master("2025-01-02", 8_000_000)])
    assert (answer["tier"], answer["points"], answer["action"]) == ("none", [], "nothing to do")
    assert "below 15" in answer["because"][0]


def test_several_blue_points_are_a_reason_for_yellow() -> None:
    rows = [{"id": f"WP-0{n}", "name": "", "colour": "blue", "level": 1, "hard": False} for n in (1, 2, 3)]
    (said,) = because(2, {"points": rows, "score": 27.1}, build.shipped())
    assert said.startswith("several blue points from different feeds within 90 days: WP-01, WP-02, WP-03")


@pytest.mark.parametrize(("score", "level", "sign"), [(75.99, 3, "reaches 70"), (41.0, 2, "reaches 40")])
def test_the_score_alone_is_a_reason(score: float, level: int, sign: str) -> None:
    (said,) = because(level, {"points": [], "score": score}, build.shipped())
    assert sign in said


def test_a_fading_point_says_since_when_it_is_over() -> None:
    paid = bill("2026-01", "2026-02-10", 20_000, paid="2026-03-15")
    row = point(explained([paid], "2026-06-30"), "WP-22")
    assert (row["state"], row["level"], row["colour"]) == ("residual", 0, "none")
    assert row["cleared"] > "2026-03-15"
    assert row["action"] == "nothing to do"


def test_an_alert_is_explained_by_what_it_told() -> None:
    """Its points and its tier are its own; a tier that is only held says so."""
    records = [master("2025-01-02", 8_000_000), enforcement(1, "2026-02-05", 1000)]
    case = case_of(FIRM, records, epoch(at("2026-03-10")), build.shipped())
    alert = as_alert(case) | {
        "alert_id": "a1",
        "type": "alert.corrected",
        "tier": {"from": 3, "to": 3},
        "origin": {"partition": 2, "offset": 40},
    }
    alert["points"][0]["evidence"][0]["offset"] = 17
    answer = explain_alert(alert, case)
    assert (answer["tier"], answer["alert"]["alert_id"]) == ("red", "a1")
    assert "falls one level at a time" in answer["because"][0]
    (row,) = point(answer, "WP-08")["evidence"]
    assert (row["partition"], row["offset"]) == (2, 17)


def test_evidence_that_is_not_at_hand_is_said_to_be_missing() -> None:
    records = firm()
    case = case_of(FIRM, records, epoch(at("2026-03-10")), build.shipped())
    alert = as_alert(case)
    without = case_of(FIRM, records[:1], epoch(at("2026-03-10")), build.shipped())
    (row,) = point(explain_alert(alert, without), "WP-09")["evidence"]
    assert row["record"].startswith("not among the records given")
    assert "says" not in row


def with_collapse() -> Catalogue:
    """The shipped catalogue with one pattern."""
    pattern = {
        "id": "CP-04",
        "name": "enforcement collapse",
        "name_zh": "执行链断裂",
        "family": "pattern",
        "evaluator": "enforcement_collapse",
        "members": ["WP-08", "WP-10", "WP-11"],
        "source": "configuration default",
        "why": "one story",
    }
    said = build.shipped().model_dump() | {"patterns": [pattern], "inhibitions": []}
    said["profiles"] = {"CN": {"utc_offset_hours": 8, "currency": "CNY"}}
    return Catalogue.model_validate(said)


def test_a_pattern_names_its_members() -> None:
    case = "(2026)浙0604执1号"
    own = {"case_no": case, "filed_on": "2026-01-05"}
    chain = [
        enforcement(1, "2026-01-05", 900_000),
        build.record("F06", f"xg-{case}", "2026-02-01", {**own, "because_of_entity": True}),
        build.record("F07", f"zb-{case}", "2026-03-01", {**own, "terminated_on": "2026-03-01"}),
    ]
    answer = explain(case_of(FIRM, chain, epoch(at("2026-03-10")), with_collapse()))
    (row,) = [row for row in answer["patterns"] if row["id"] == "CP-04"]
    assert row["members"] == ["WP-08", "WP-10", "WP-11"]
    assert {one["feed"] for one in row["evidence"]} == {"F04", "F06", "F07"}
