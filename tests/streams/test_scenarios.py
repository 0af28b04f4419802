"""The acceptance stories of the domain description (appendix 1), told record by record to a partition."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.policy.alert import alert_id
from detectors.fold import assess_all, fold_all
from detectors.record import Record, Subject, epoch
from detectors.stating import content_digest
from streams.engine import state as codec
from streams.engine.raw import RawRecord
from tests.detectors import build
from tests.detectors.build import (
    FIRM,
    OTHER,
    bill,
    dishonest,
    enforcement,
    manual,
    master,
    money,
    record,
    saying,
    seizure,
)
from tests.detectors.points import credit_records, judicial_records, labour_records, utility_records
from tests.detectors.points.registry_records import state
from tests.streams.partition import Partition, log, wire
from tests.streams.test_exchange import heartbeat

CHINA = timedelta(hours=8)


def captured(one: Record, day: str, clock: str = "10:00") -> Record:
    """The record as captured at a moment in China."""
    return replace(one, observed_at=datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC) - CHINA)


def passing(day: str, clock: str = "00:00") -> Record:
    """A record about somebody else, which lets time pass."""
    said = {"case_no": "(2026)浙0604民初1号", "role": "plaintiff"}
    one = record("F01", f"pass-{day}-{clock}", day, said, entity="ent:CN-330604:91330604MA000009XX")
    return captured(one, day, clock)


def days(first: str, count: int) -> list[Record]:
    """Time passing day by day."""
    begin = datetime.fromisoformat(first)
    return [passing((begin + timedelta(days=n)).date().isoformat()) for n in range(count)]


def story(partition: Partition, entity: str = FIRM) -> list[tuple[str, str, int, int, str]]:
    """What was told about a firm: kind, point, level, tier after it, day."""
    return [
        (one["type"].removeprefix("alert."), one["point"], one["level"], one["tier"]["to"], one["at"][:10])
        for one in partition.alerts()
        if one["entity"] == entity
    ]


def summary(partition: Partition, entity: str = FIRM) -> dict[str, Any]:
    """The last assessment of a firm without what depends on the moment."""
    said = partition.assessments()[entity]
    return {"tier": said["tier"], "points": [(p["id"], p["state"], p["level"]) for p in said["points"]]}


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


def objection(day: str, **decided: Any) -> Record:
    """F31 against the first listing: not ours."""
    said = {
        "objection_id": "yy-1",
        "complainant": FIRM,
        "targets": ["sx-(2026)浙0604执1号"],
        "ground": "not_mine",
        "received_at": "2026-01-08T09:00:00+08:00",
        "state": "decided" if decided else "marked",
        **decided,
    }
    more: dict[str, Any] = {"version": 2, "op": "amend"} if decided else {}
    return captured(record("F31", "yy-1", "2026-01-08", said, **more), day, "08:00")


def test_scenario_3_listing_of_the_wrong_firm() -> None:
    """Red at once, marked while the objection is open, withdrawn at once when it is upheld, the right firm red instead;
    the nightly file does not bring it back. (Its guarantors: see test_circles.)"""
    wrong = captured(dishonest(1, "2026-01-05"), "2026-01-06")
    upheld = objection("2026-01-10", decision="delete", decided_at="2026-01-10T08:00:00+08:00")
    took = captured(replace(wrong, op="retract", payload={}), "2026-01-10", "09:00")
    right = captured(dishonest(1, "2026-01-05", entity=OTHER), "2026-01-10", "09:00")
    nightly = [captured(wrong, f"2026-01-{day}", "23:00") for day in (11, 12, 13)]
    partition = Partition()
    begin = [wrong, *days("2026-01-07", 2), objection("2026-01-08"), *days("2026-01-09", 2)]
    partition.run(log([*begin, upheld, took, right, *nightly, *days("2026-01-14", 60)]), range(99))
    assert story(partition) == [
        ("opened", "WP-09", 3, 3, "2026-01-06"),
        ("annotated", "WP-09", 3, 3, "2026-01-08"),
        ("annotated", "WP-09", 3, 3, "2026-01-10"),
        ("retracted", "WP-09", 0, 0, "2026-01-10"),
    ]
    assert [one.get("disputed", False) for one in partition.alerts() if one["entity"] == FIRM] == [
        False, True, False, False,
    ]  # fmt: skip
    assert story(partition, OTHER) == [("opened", "WP-09", 3, 3, "2026-01-10")]
    said = partition.assessments()[FIRM]
    assert (said["tier"], said["score"], said["points"]) == ("none", 0.0, [])


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


def test_scenario_5_silent_source_catches_up_out_of_order() -> None:
    """Five days of silence are told; what then comes in any order ends in the state that order would have given."""
    source = "cn.330604.test"

    def beat(day: str) -> Record:
        one = record(
            "F33", f"beat-{day}", day, {"cycle_seconds": 86_400}, entity=f"src:{source}", op="heartbeat"
        )
        return captured(replace(one, source_id=source), day, "06:00")

    late = [
        enforcement(1, "2026-01-03", 4e5),
        enforcement(2, "2026-01-04", 7e5),
        replace(enforcement(2, "2026-01-04", 6e5), version=2, op="amend"),
        seizure(1, "2026-01-05", "2027-01-05"),
        bill("2025-12", "2025-12-20", 100.0),
    ]
    begin = [beat("2026-01-01"), *days("2026-01-02", 5)]
    calm = Partition()
    calm.run(log([*begin, *(captured(one, "2026-01-07") for one in late), beat("2026-01-07")]))
    for seed in range(5):
        mixed = list(late)
        random.Random(seed).shuffle(mixed)
        partition = Partition()
        partition.run(log([*begin, *(captured(one, "2026-01-07") for one in mixed), beat("2026-01-07")]))
        control = [(one["type"], one["at"][:10]) for one in partition.alerts() if one["point"] == "SOURCE"]
        assert control == [("source.stale", "2026-01-04"), ("source.recovered", "2026-01-07")]
        assert summary(partition) == summary(calm)
        assert partition.assessments()[FIRM]["points"][0]["value"] == "2 active case(s), CNY 1,000,000"


def looped(partition: Partition, records: list[Record]) -> None:
    """Run a log into which everything the partition tells all partitions is written behind the record it followed
    from, as the stream does."""
    offset, waiting = 0, [wire(one) for one in records]
    while waiting:
        (effects,) = partition.run([RawRecord(offset, b"", waiting.pop(0), (), offset * 1000)])
        waiting[:0] = [sent.value for sent in effects.shared]
        offset += 1


OFFICE = "cn.330604.office"
ABSENCES = {
    # what is known, what is still to come, and the day by which it is due: two readings and 45 days after the second
    # month, a return 30 days after its month, a payroll 45 days after its month
    "WP-28": (
        utility_records.readings("2024-07", *[1000.0] * 12),
        utility_records.readings("2025-07", 1000.0, 1000.0),
        "2025-10-16",
    ),
    "WP-32": (
        [utility_records.accounts(f"2025-0{n}", f"2025-0{n + 1}-15", tax_paid=1e4) for n in range(1, 7)],
        [utility_records.accounts("2025-07", "2025-08-15", tax_paid=1e4)],
        "2025-08-31",
    ),
    "WP-37": (labour_records.staff("2025-01", *[50] * 6), labour_records.staff("2025-07", 50), "2025-09-15"),
}


def around(deadline: str, comes: list[Record], on: int, *, silent: bool) -> list[Record]:
    """Months up to a deadline and the week after. ``comes`` comes ``on`` days after it; the office is heard of daily,
    or if it falls silent not for the five days around the deadline."""
    due, said = datetime.fromisoformat(deadline), list[Record]()
    for n in range(-120, 8):
        day = (due + timedelta(days=n)).date().isoformat()
        said.append(passing(day))
        if n == on:
            said += [captured(one, day, f"09:{k:02d}") for k, one in enumerate(comes)]
        if not (silent and -3 < n < 3):
            beat = heartbeat(day, f"{day}T08:00:00+08:00")
            said.append(captured(replace(beat, source_id=OFFICE, entity=f"src:{OFFICE}"), day, "10:00"))
    return said


def in_time(known: list[Record], around_it: list[Record]) -> list[Record]:
    """Everything in the order in which it was captured."""
    return sorted([*known, *around_it], key=lambda one: one.observed_at)


@pytest.mark.parametrize("point", ABSENCES)
def test_scenario_5_what_rests_on_absence_is_suspended_while_the_source_is_silent(point: str) -> None:
    """An office that lives and has nothing for the firm makes the point fire. One that is silent over the deadline and
    then delivers, in any order, never does, and ends where one that delivered in time ended."""
    known, comes, deadline = ABSENCES[point]
    known = [replace(one, source_id=OFFICE) for one in known]
    comes = [
        replace(one, source_id=OFFICE)
        for one in (*comes, enforcement(1, deadline, 5e4), enforcement(2, deadline, 5e4))
    ]
    alive, calm = Partition(), Partition()
    looped(alive, in_time(known, around(deadline, [], 0, silent=False)))
    assert min(one["at"][:10] for one in alive.alerts() if one["point"] == point) >= deadline
    looped(calm, in_time(known, around(deadline, comes, -5, silent=False)))
    for seed in range(3):
        late = random.Random(seed).sample(comes, len(comes))
        quiet = Partition()
        looped(quiet, in_time(known, around(deadline, late, 3, silent=True)))
        control = [one["type"] for one in quiet.alerts() if one["entity"] == f"src:{OFFICE}"]
        assert control == ["source.stale", "source.recovered"]
        assert {one["point"] for one in quiet.alerts() if one["entity"] == FIRM} == {"WP-08"}
        assert quiet.gists()[FIRM] == calm.gists()[FIRM]


@pytest.mark.parametrize("point", ABSENCES)
def test_scenario_5_a_source_heard_of_late_is_believed_from_then_on(point: str) -> None:
    """Without a sign of life nothing follows from its silence; a quarter after the first one it does at the latest."""
    known, _, deadline = ABSENCES[point]
    known = [replace(one, source_id=OFFICE) for one in known]
    due, said = datetime.fromisoformat(deadline), list[Record]()
    for n in range(-90, 120):
        day = (due + timedelta(days=n)).date().isoformat()
        said.append(passing(day))
        if n >= 10:
            beat = heartbeat(day, f"{day}T08:00:00+08:00")
            said.append(captured(replace(beat, source_id=OFFICE, entity=f"src:{OFFICE}"), day, "10:00"))
    partition = Partition()
    looped(partition, in_time(known, said))
    told = [one["at"][:10] for one in partition.alerts() if one["point"] == point]
    first, last = (due + timedelta(days=n) for n in (10, 103))
    assert first.date().isoformat() <= told[0] <= last.date().isoformat()


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


def test_scenario_7_late_renewal_reopens_the_same_story() -> None:
    """The seizure ended yesterday and closes by itself; a renewal dated before that carries the episode on."""
    first = captured(seizure(1, "2023-01-10", "2026-01-10", asset="unit-1"), "2023-01-11")
    renewal = saying(seizure(2, "2026-01-05", "2028-01-05", asset="unit-1"), renewal_of="notice-1")
    partition = Partition()
    partition.run(
        log([first, passing("2026-01-09"), *days("2026-01-10", 20), captured(renewal, "2026-02-01")]),
        range(30),
    )
    told = [one for one in partition.alerts() if one["point"] == "WP-14"]
    assert [(one["type"], one["at"][:10]) for one in told] == [
        ("alert.opened", "2023-01-11"),
        ("alert.cleared", "2026-01-13"),  # off-delay of yellow: three days
        ("alert.reopened", "2026-02-01"),
    ]
    assert len({one["episode"] for one in told}) == 1
    assert len({one["alert_id"] for one in told}) == 3


def test_renewal_in_time_tells_nothing() -> None:
    """The restraint never ended."""
    first = captured(seizure(1, "2023-01-10", "2026-01-10", asset="unit-1"), "2023-01-11")
    renewal = saying(seizure(2, "2026-01-05", "2028-01-05", asset="unit-1"), renewal_of="notice-1")
    partition = Partition()
    partition.run(log([first, captured(renewal, "2026-01-06"), *days("2026-01-08", 60)]))
    assert [kind for kind, point, *_ in story(partition) if point == "WP-14"] == ["opened"]


def test_withdrawal_of_the_ground_of_a_red_that_is_falling() -> None:
    """Red is waiting out its dwell after the case was concluded; then the case turns out never to have been ours."""
    big, small = captured(enforcement(1, "2026-01-05", 5e6), "2026-01-05"), enforcement(2, "2026-01-05", 1.0)
    ended = captured(replace(big, version=2, op="close"), "2026-01-08")
    gone = captured(replace(big, version=3, op="retract", payload={}), "2026-01-10")
    partition = Partition()
    partition.run(log([captured(small, "2026-01-05"), big, ended, passing("2026-01-09"), gone]))
    assert story(partition)[-2:] == [
        ("upgraded", "WP-08", 3, 3, "2026-01-05"),
        ("downgraded", "WP-08", 2, 2, "2026-01-10"),
    ]


def test_withdrawal_of_something_else_leaves_a_lawful_fall_alone() -> None:
    """The dwell of the red that was true goes on."""
    big = captured(enforcement(1, "2026-01-05", 5e6), "2026-01-05")
    small = captured(enforcement(2, "2026-01-05", 1.0), "2026-01-05", "11:00")
    ended = captured(replace(big, version=2, op="close"), "2026-01-08")
    gone = captured(replace(small, version=2, op="retract", payload={}), "2026-01-10")
    partition = Partition()
    partition.run(log([big, small, ended, passing("2026-01-09"), gone, *days("2026-01-11", 40)]))
    assert story(partition)[:2] == [
        ("opened", "WP-08", 3, 3, "2026-01-05"),
        ("cleared", "WP-08", 0, 3, "2026-02-04"),  # the score of the residue keeps the tier up
    ]


def test_typing_error_put_right_takes_the_colour_back_at_once() -> None:
    """Five million that were fifty thousand: no dwell on what was never true."""
    typo = captured(enforcement(1, "2026-01-05", 5e6), "2026-01-05")
    fixed = captured(replace(enforcement(1, "2026-01-05", 5e4), version=2, op="amend"), "2026-01-06")
    partition = Partition()
    partition.run(log([typo, fixed]))
    assert story(partition) == [
        ("opened", "WP-08", 3, 3, "2026-01-05"),
        ("downgraded", "WP-08", 2, 2, "2026-01-06"),
    ]


def test_amendment_that_changes_nothing_measured_is_not_told() -> None:
    """A court's name is spelt anew: no correction; an amount is: one correction."""
    case = captured(enforcement(1, "2026-01-05", 5e4), "2026-01-05")
    spelt = captured(saying(replace(case, version=2, op="amend"), iname="x"), "2026-01-06")
    raised = captured(replace(enforcement(1, "2026-01-05", 6e4), version=3, op="amend"), "2026-01-07")
    partition = Partition()
    partition.run(log([case, spelt, raised]))
    assert story(partition) == [
        ("opened", "WP-08", 2, 2, "2026-01-05"),
        ("corrected", "WP-08", 2, 2, "2026-01-07"),
    ]


def test_manual_entry_turns_red_when_a_second_person_approves_it() -> None:
    """Yellow until then; withdrawn without repeating what was entered."""
    entry = captured(manual(dishonest(1, "2026-01-05"), approved=False), "2026-01-05")
    approved = captured(
        manual(dishonest(1, "2026-01-05"), approved=True, version=2, op="amend"), "2026-01-06"
    )
    gone = captured(replace(approved, version=3, op="retract", payload={}), "2026-01-07")
    partition = Partition()
    partition.run(log([entry, approved, gone]), [1, 2])
    assert story(partition) == [
        ("opened", "WP-09", 2, 2, "2026-01-05"),
        ("upgraded", "WP-09", 3, 3, "2026-01-06"),
        ("retracted", "WP-09", 0, 0, "2026-01-07"),
    ]
    (row,) = partition.alerts()[0]["points"][0]["evidence"]
    assert (row["feed"], row["raises_at_most"], row["offset"]) == ("F32", "yellow", 0)
    assert build.shipped().version == partition.alerts()[0]["catalogue"]


def test_scenario_8_retention_of_a_persons_record() -> None:
    """Five years after the conduct ended nothing of the record is left in the state, in what can be asked for or in
    what is told anew; the id of the alert and the hash of its evidence stay."""
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
    was = state_.standing.points["WP-09"]
    assert alert_id(person, "WP-09", was.episode, 3, 1) == opened["alert_id"]
