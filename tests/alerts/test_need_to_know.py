"""Loans are need-to-know: a lender sees its own, others only that there is something; in every alert of their lives."""

import json
from typing import Any

import msgspec
import pytest

from alerts.delivery.plain_words import render
from alerts.policy.expiry import episode_hash
from alerts.policy.need_to_know import ELSEWHERE, shown
from alerts.policy.routing import Router
from alerts.policy.subscription_file import parse_subscriptions
from detectors.errors import FenghuoError
from detectors.record import Record
from detectors.verification import known_to, verify
from streams.engine.processor import Processor
from streams.engine.routes import Routes
from tests.alerts.samples import alert, subscription
from tests.detectors import build
from tests.streams.partition import CATALOGUE, TOPICS, log

SUBSCRIPTIONS = f"""
subscriptions:
  - {{subscriber_id: maker, role: bank, entities: ["{build.FIRM}"]}}
  - {{subscriber_id: other, role: bank, entities: ["{build.FIRM}"]}}
  - {{subscriber_id: hook, role: bank, entities: "*", channel: webhook, url: "https://h.example", secret_env: S}}
  - {{subscriber_id: park, role: park, regions: [CN-33]}}
  - {{subscriber_id: branch, role: bank, entities: "*", lender_ids: [maker, elsewhere]}}
  - {{subscriber_id: office, role: regulator, entities: "*"}}
  - {{subscriber_id: firm, role: self, entities: ["{build.FIRM}"]}}
"""
SEE_IT = {"maker", "branch", "office", "firm"}
CONTRACT = "JK-4711"


def loan(day: str, days: int, *, version: int = 1, op: str = "assert", **said: Any) -> Record:
    """The status of one loan of ``maker``, so many days overdue; words of it are found again in what tells too much."""
    payload = {
        "lender_id": "maker",
        "contract_no": CONTRACT,
        "as_of": day,
        "balance": build.money(654_321),
        "interest_overdue_days": days,
        "principal_overdue_days": days,
        "classification": "substandard" if days > 90 else "special_mention" if days else "normal",
        **said,
    }
    more = {"version": version, "op": op, "observed": said.pop("seen", None), "source_id": "cn.maker.loans"}
    return build.record("F21", f"status-{day}", day, payload, **more)


def life() -> list[Record]:
    """Interest, principal, a guarantor's payment, default elsewhere and a maturity wall; worse, better, corrected,
    disputed, over; with other points beside them, and days that pass."""
    objection = {
        "objection_id": "yy-1",
        "complainant": build.FIRM,
        "targets": ["status-2025-04-30"],
        "ground": "factual_error",
        "received_at": "2025-05-02T08:00:00+08:00",
        "state": "received",
    }
    decided = {
        **objection,
        "state": "decided",
        "decision": "reject",
        "decided_at": "2025-05-09T08:00:00+08:00",
    }
    paid = {"subrogation": build.money(100_000), "subrogated_on": "2025-04-30"}
    worst = {"past_due_elsewhere": True, "share_over_90_days": 0.4, "matures_on": "2025-06-01", **paid}
    steps = [
        build.dishonest(1, "2025-01-10"),
        loan("2025-01-31", 3),
        loan("2025-02-28", 31),
        loan("2025-03-31", 62),
        loan("2025-04-30", 95, **worst),
        build.record("F31", "yy-1", "2025-05-02", objection),
        build.record("F31", "yy-1", "2025-05-09", decided, version=2),
        loan("2025-04-30", 93, version=2, **worst),
        loan("2025-05-31", 10, matures_on="2025-07-01"),
        loan("2025-06-30", 0),
    ]
    steps += [build.bill("2025-07", f"2026-{month:02d}-15", 100.0) for month in range(1, 13)]
    steps += [loan("2026-12-31", 40), loan("2026-12-31", 40, version=2, op="retract")]
    return steps


@pytest.fixture(scope="module")
def copies() -> dict[str, list[dict[str, Any]]]:
    """What everybody is told, by subscriber; ``alerts`` is the whole, but for what nobody is sent."""
    routes = Routes(Router(parse_subscriptions(SUBSCRIPTIONS)), "notifications")
    processor = Processor(0, {}, CATALOGUE, routes, TOPICS)
    found: dict[str, list[dict[str, Any]]] = {"alerts": []}
    for raw in log(life()):
        for out in processor.process([raw]).messages:
            if out.topic == TOPICS.alerts:
                one = json.loads(out.value)
                found["alerts"] += [] if "suppressed_by" in one else [one]
            elif out.topic == "notifications":
                found.setdefault("hook", []).append(json.loads(out.value)["alert"])
            elif ".bank." in out.topic:
                found.setdefault(out.topic.rpartition(".")[2], []).append(json.loads(out.value))
    return found


def test_who_may_see_it_is_told_the_whole_alert(copies: dict[str, list[dict[str, Any]]]) -> None:
    """And the story has every turn, so that the tests below mean something."""
    kinds = {one["type"].partition(".")[2] for one in copies["alerts"] if one["feed_family"] == "credit"}
    assert kinds >= {"opened", "upgraded", "corrected", "annotated", "downgraded", "cleared", "retracted"}
    points = {one["point"] for one in copies["alerts"]}
    assert points >= {"WP-09", "WP-40", "WP-41", "WP-42", "WP-43", "WX-25"}
    for who in SEE_IT:
        assert copies[who] == copies["alerts"], who


@pytest.mark.parametrize("who", ["other", "hook", "park"])
def test_others_are_told_of_the_same_alerts_and_nothing_of_the_loan(
    copies: dict[str, list[dict[str, Any]]], who: str
) -> None:
    """Neither lender nor contract, record, days, amount or class, in any field, and in no words made of it."""
    told = copies[who]
    same = ("alert_id", "type", "level", "tier", "score", "point", "revision", "at")
    assert [[one[name] for name in same] for one in told] == [
        [one[name] for name in same] for one in copies["alerts"]
    ]
    secrets = ("maker", CONTRACT, "status-", "654", "status of", "classed as", "95 days", "62 days",
               "40 days", "40% of", "paid for the firm", "CNY 100,000")  # fmt: skip
    digests = {row["digest"] for row in rows_of_loans(copies["alerts"])}
    assert digests
    for one in told:
        bare = {**one, "points": [{**row, "threshold": ""} for row in one["points"]]}
        text = json.dumps(bare, ensure_ascii=False) + render(bare) + render(bare, "zh")
        assert [secret for secret in (*secrets, *digests) if secret in text] == []


def rows_of_loans(alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [row for one in alerts for point in one["points"] for row in point["evidence"]]
    return [row for row in rows if row["feed"] == "F21"]


def test_what_is_left_out_is_said_and_all_else_stays(copies: dict[str, list[dict[str, Any]]]) -> None:
    """Rows about other feeds are told in full; an alert from before the first loan is the same for all."""
    whole, told = copies["alerts"], copies["other"]
    assert told[0] == whole[0]
    for one, seen in zip(whole, told, strict=True):
        rows = {row["id"]: row for row in seen["points"]}
        for row in one["points"]:
            if row["family"] != "credit":
                assert rows[row["id"]] == row
            else:
                assert rows[row["id"]]["value"] == ELSEWHERE
                assert (rows[row["id"]]["level"], rows[row["id"]]["p"]) == (row["level"], row["p"])
        credit = {row["id"] for row in one["points"] if row["evidence"] and row["family"] == "credit"}
        assert credit <= set(seen.get("withheld", ()))
    opened = next(one for one in told if one["point"] == "WP-40")
    assert opened["reason"] == f"interest arrears: {ELSEWHERE}"
    assert opened["episode"] == episode_hash(f"maker|{CONTRACT}")


def test_the_whole_alert_verifies_and_the_part_says_why_it_does_not(
    copies: dict[str, list[dict[str, Any]]],
) -> None:
    """Nobody is told that an alert is wrong because a part of it was left out."""
    number = next(n for n, one in enumerate(copies["alerts"]) if one["point"] == "WP-40")
    whole, part = copies["alerts"][number], copies["other"][number]
    records = known_to(whole, life())
    assert verify(whole, records, CATALOGUE).ok
    with pytest.raises(FenghuoError, match="leaves out what rests on loans at other lenders"):
        verify(part, records, CATALOGUE)


def test_own_and_foreign_loans_in_one_point() -> None:
    """The own record is shown; what was measured is made of both and is not."""
    rows = [{"feed": "F21", "record_id": name, "lender": name} for name in ("mine", "theirs")]
    point = {"id": "WX-25", "name": "wall", "family": "credit", "level": 1, "p": 10.0, "value": "50% due",
             "since": "2026-01-01", "evidence": rows}  # fmt: skip
    one = alert(point="WX-25", feed_family="credit", episode="mine|7", reason="wall: 50% due", points=[point])
    seen = shown(one, frozenset({"mine"}))
    assert seen["points"][0]["evidence"] == rows[:1]
    assert (seen["reason"], seen["episode"], seen["withheld"]) == (f"wall: {ELSEWHERE}", "mine|7", ["WX-25"])
    assert "since" not in seen["points"][0]
    assert shown(one, frozenset({"mine", "theirs"})) is one
    assert shown(one, None) is one


def test_a_point_of_the_register_loses_the_record_alone() -> None:
    """That a firm is struck off while it owes is no lender's secret; which contract it owes on is."""
    rows = [{"feed": "F25", "record_id": "a"}, {"feed": "F21", "record_id": "b", "lender": "theirs"}]
    point = {**alert()["points"][0], "evidence": rows}
    seen = shown(alert(points=[point]), frozenset({"mine"}))
    assert seen["points"] == [{**point, "evidence": rows[:1]}]
    assert seen["reason"] == alert()["reason"]
    assert seen["withheld"] == ["WP-09"]


def test_whose_loans_a_subscriber_sees() -> None:
    """By default those under its own id; a regulator and the firm itself see all."""
    assert subscription().sees_loans_of == {"bank-1"}
    assert subscription(lender_ids=["0103", "0104"]).sees_loans_of == {"0103", "0104"}
    assert subscription(role="guarantor").sees_loans_of == {"bank-1"}
    assert subscription(role="regulator").sees_loans_of is None
    assert subscription(role="self", entities=[build.FIRM]).sees_loans_of is None


def test_an_alert_without_points_is_nobodys_loan() -> None:
    """A source that fell silent, an area."""
    silent = {**alert(entity="src:cn.loans", feed_family="source"), "points": []}
    assert shown(silent, frozenset()) is silent
    bare = msgspec.json.decode(msgspec.json.encode({k: v for k, v in silent.items() if k != "points"}))
    assert shown(bare, frozenset()) is bare
