"""Acceptance stories 1, 2, 4, 6 and 8 of the domain description (appendix 1), told record by record to a partition."""

import random
from typing import Any

from msgspec.structs import replace

from alerts.policy.alert import alert_id
from alerts.policy.expiry import episode_hash
from alerts.policy.standing import PointState
from detectors.fold import assess_all, fold_all
from detectors.record import Record, Subject, epoch
from detectors.stating import content_digest
from streams.engine import state as codec
from tests.detectors import build
from tests.detectors.build import (
    FIRM,
    OTHER,
    bill,
    dishonest,
    enforcement,
    master,
    money,
    record,
    saying,
)
from tests.detectors.points import credit_records, judicial_records
from tests.detectors.points.registry_records import state
from tests.streams.partition import Partition, log
from tests.streams.stories import captured, days, passing, story, summary


def test_scenario_1_two_unpaid_power_bills() -> None:
    """Blue on day 10, yellow on day 31, paid on day 40, cleared after a cycle; a replay of the file tells nothing."""
    first, second = bill("2025-12", "2026-01-01", 1000.0), bill("2026-01", "2026-02-01", 1000.0)
    paid = [
        captured(bill("2025-12", "2026-01-01", 1000.0, paid="2026-02-10"), "2026-02-10"),
        captured(bill("2026-01", "2026-02-01", 1000.0, paid="2026-02-10"), "2026-02-10"),
    ]
    file = [captured(first, "2025-12-22"), captured(second, "2026-01-22")]
    partition = Partition()
    month = [*days("2026-01-01", 22), file[1], *days("2026-01-23", 19)]
    partition.run(log([file[0], *month, *paid, *days("2026-02-11", 130)]), range(200))
    assert story(partition) == [
        ("opened", "WP-22", 1, 1, "2026-01-11"),
        ("upgraded", "WP-22", 2, 2, "2026-02-01"),
        # held for a cycle of 30 days after payment, off-delay 3 days; the dwell of 14 days is long over
        ("cleared", "WP-22", 0, 1, "2026-03-15"),
        # nothing has shown a colour for 90 days
        ("entity.recovered", "CP-07", 0, 1, "2026-06-10"),
        # 30 points halved every 60 days from 12 March on fall below 10, the exit of blue, after 95.1 days
        ("cleared", "TIER", 0, 0, "2026-06-16"),
    ]
    before = len(partition.sent)
    replay = [*file, *paid, *(captured(one, "2026-06-29") for one in (*file, *paid))]
    again = log([*[passing("2026-06-28")] * 200, *replay])
    partition.run([replace(raw, offset=raw.offset + 1000) for raw in again[200:]])
    assert partition.sent[before:] == []


def test_scenario_1_short_arrears_respect_the_dwell() -> None:
    """Yellow for one day only is shown for 14 days at least, and for the cycle after payment."""
    partition = Partition()
    due = bill("2025-12", "2026-01-01", 1000.0)
    paid = captured(bill("2025-12", "2026-01-01", 1000.0, paid="2026-02-02"), "2026-02-02")
    partition.run(log([captured(due, "2025-12-22"), *days("2026-01-01", 33), paid, *days("2026-02-03", 60)]))
    assert story(partition)[1:3] == [
        ("upgraded", "WP-22", 2, 2, "2026-02-01"),
        ("cleared", "WP-22", 0, 1, "2026-03-07"),
    ]


SUIT = "(2026)浙0604民初1号"


def collapse() -> list[Record]:
    """A firm with M of 10 m: suit, judgment, enforcement of 2 m on it, restriction, termination without property."""
    return [
        master("2020-01-01", 10e6),
        judicial_records.suit(1, "2026-01-05", 1.8e6),
        judicial_records.judgment(1, "2026-02-01", pays=1.9e6, by="2026-02-20"),
        saying(enforcement(1, "2026-03-05", 2e6), basis_doc_no=SUIT),
        judicial_records.restriction(1, "2026-04-01", "self_entity"),
        saying(judicial_records.terminated(1, "2026-06-10"), case_no="(2026)浙0604执1号"),
    ]


def test_scenario_2_one_incident_for_a_debt_that_goes_all_the_way() -> None:
    """Told step by step as it happens, and with the termination as one incident; from then on its members are on
    record but sent to nobody."""
    master_data, suit, judgment, case, restriction, ended = collapse()
    partition = Partition()
    begin = [master_data, suit, judgment, *days("2026-02-02", 31), case, *days("2026-03-06", 26), restriction]
    amended = captured(
        saying(replace(ended, version=2, op="amend"), unperformed_amount=money(1e6)), "2026-06-12"
    )
    partition.run(log([*begin, *days("2026-04-02", 69), ended, *days("2026-06-11", 2), amended]))
    assert story(partition)[:6] == [
        ("opened", "WP-01", 1, 1, "2026-01-05"),
        ("opened", "WP-06", 2, 2, "2026-03-03"),
        ("opened", "WP-08", 3, 3, "2026-03-05"),  # 2 m against 10 m
        ("opened", "WP-10", 3, 3, "2026-04-01"),
        ("opened", "WP-11", 3, 3, "2026-06-10"),
        ("opened", "CP-04", 3, 3, "2026-06-10"),
    ]
    told = partition.alerts()
    assert [one["suppressed_by"] for one in told if "suppressed_by" in one] == ["CP-04", "CP-04"]
    assert {one["point"] for one in told if "suppressed_by" in one} == {"WP-11"}
    (incident,) = [one for one in told if one["point"] == "CP-04" and one["type"] == "alert.opened"]
    assert incident["episode"] == SUIT
    (row,) = [row for row in incident["points"] if row["id"] == "CP-04"]
    assert row["members"] == ["WP-08", "WP-10", "WP-11"]


def test_scenario_2_termination_delivered_first() -> None:
    """Whatever comes first, there is one incident, and the final verdict is the same."""
    records = collapse()
    arrived = [captured(one, "2026-06-12", f"10:{n:02d}") for n, one in enumerate(records)]
    in_order = Partition()
    in_order.run(log([*arrived, *days("2026-06-13", 3)]))
    orders = [[arrived[-1], *arrived[:-1]], arrived[::-1]]
    orders += [random.Random(seed).sample(arrived, len(arrived)) for seed in range(6)]
    for order in orders:
        other = Partition()
        other.run(log([*order, *days("2026-06-13", 3)]))
        assert summary(other) == summary(in_order)
        assert [kind for kind, point, *_ in story(other) if point == "CP-04"] == ["opened"]
        assert not [out for out in other.sent if out.topic == "dead-letters"]
    assert summary(in_order)["tier"] == "red"


def test_scenario_4_mutual_guarantee_and_an_application_dismissed() -> None:
    """A and B stand for each other with all they have. B's insolvency reaches A; when the application is dismissed,
    both are as they were. (What the stream tells on the way: see test_circles.)"""
    bound = [
        record(
            "F26",
            f"db-{n}",
            "2025-01-01",
            {
                "contract_no": f"db-{n}",
                "guarantor": guarantor,
                "debtor": debtor,
                "creditor": "ent:CN-330604:bank",
                "way": "joint_guarantee",
                "principal": money(10e6),
                "debt_to": "2027-01-01",
            },
            entity=entity,
        )
        for n, (guarantor, debtor) in enumerate([(FIRM, OTHER), (OTHER, FIRM)])
        for entity in (FIRM, OTHER)
    ]
    firms = [master("2020-01-01", 10e6, entity=one) for one in (FIRM, OTHER)]
    own = judicial_records.suit(1, "2026-01-05", 1e5)
    case = "(2026)浙06破1号"
    accepted = judicial_records.insolvency(
        case, "2026-02-01", "accepted", accepted_on="2026-02-01", entity=OTHER
    )
    dismissed = judicial_records.insolvency(
        case, "2026-03-01", "dismissed", accepted_on="2026-02-01", ended_on="2026-03-01", entity=OTHER,
        version=2, op="amend",
    )  # fmt: skip

    def seen(*records: Record) -> dict[str, dict[str, Any]]:
        ledgers = fold_all([*bound, *firms, own, *records], build.shipped())
        found = assess_all(ledgers, build.shipped(), epoch(build.at("2026-03-02")))
        return {one["entity"]: one for one in found}

    def colours(one: dict[str, Any]) -> dict[str, int]:
        return {row["id"]: row["level"] for row in one["points"]}

    calm, hit, after = seen(), seen(accepted), seen(accepted, dismissed)
    assert colours(calm[FIRM]) == {"WP-01": 1, "WX-06": 2}  # a suit, and a circle of two
    assert (colours(hit[OTHER])["WP-13"], hit[OTHER]["tier"]) == (3, "red")
    assert colours(hit[FIRM])["WP-49"] >= 2
    assert calm[FIRM]["tier"] == after[FIRM]["tier"] == "yellow"
    assert colours(after[FIRM]) == colours(calm[FIRM])
    assert after[FIRM]["score"] == calm[FIRM]["score"]
    assert colours(after[OTHER]).get("WP-13", 0) == 0


def test_scenario_6_deregistration_of_a_debtor() -> None:
    """The notice alone is yellow; with an open loan it is red, and says until when the lender can object."""
    loan = credit_records.status("2026-01-02", balance=5e5, principal=1e6, status="active")
    notice = state("2026-02-02", "simple_deregistration_notice", fields={"published_on": "2026-02-02"})
    owing, free = Partition(), Partition()
    free.run(log([notice, passing("2026-02-03")]))
    assert story(free) == [("opened", "WP-46", 2, 2, "2026-02-02")]
    owing.run(log([loan, notice, passing("2026-02-03")]))
    assert story(owing) == [("opened", "WP-46", 3, 3, "2026-02-02")]
    (told,) = owing.alerts()
    assert told["deadlines"] == {"objection_deadline": "2026-02-22"}
    assert "objections until 2026-02-22" in told["reason"]


def test_scenario_8_retention_of_a_persons_record() -> None:
    """Five years after the conduct ended nothing of the record is left in the state, in what can be asked for or in
    what is told anew, and everybody told before is told so; the id of the alert and the hash of its evidence stay."""
    person = "ent:CN-330604:person-0123456789abcdef"
    listed = replace(
        saying(dishonest(1, "2020-01-10", entity=person), type=0, duty="支付货款一百万元", name="张三丰"),
        subject=Subject("person", "0123456789abcdef", "张三丰"),
    )
    ended = replace(saying(listed, removed_on="2020-06-10"), version=2, op="close")
    partition = Partition()
    years = [passing(f"{year}-06-11") for year in range(2020, 2025)]
    partition.run(log([captured(listed, "2020-01-11"), captured(ended, "2020-06-10"), *years]))
    (opened,) = [one for one in partition.alerts() if one["type"] == "alert.opened"]
    (row,) = opened["points"][0]["evidence"]
    assert opened["name"] == "张某某"
    assert row["digest"] == content_digest(captured(listed, "2020-01-11")).hex()

    def kept() -> codec.EntityState:
        return codec.decode(partition.store[person.encode()])

    before = len(partition.sent)
    assert kept().ledger.live()
    over = [passing("2025-06-09"), passing("2025-06-10"), passing("2025-06-12")]
    partition.run([replace(raw, offset=raw.offset + 100) for raw in log(over)])
    state_ = kept()
    assert not state_.ledger.facts
    assert not state_.offsets
    said = partition.assessments()[person]
    assert (said["as_of"][:10], said["tier"], said["points"]) == ("2025-06-10", "none", [])
    for out in partition.sent[before:]:
        assert all(text.encode() not in out.value for text in ("张三丰", "支付货款", row["record_id"]))
    told = [one for one in partition.alerts() if one["type"] == "alert.expired"]
    assert [(one["point"], one["level"], one["peak"], one["at"][:10]) for one in told] == [
        ("WP-09", 0, 3, "2025-06-10")
    ]
    assert told[0]["alert_id"] == alert_id(person, "WP-09", opened["episode"], 0, 3)
    assert (told[0]["episode"], told[0]["tier"]["to"]) == (episode_hash(opened["episode"]), 0)
    assert state_.standing.points["WP-09"] == PointState(revision=3, since=state_.standing.evaluated)
    assert opened["episode"].encode() not in partition.store[person.encode()]
