"""Acceptance story 5: a source falls silent, and what rests on the absence of records waits for it."""

import random
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from detectors.record import Record
from streams.engine.raw import RawRecord
from tests.detectors.build import (
    FIRM,
    bill,
    enforcement,
    record,
    seizure,
)
from tests.detectors.points import labour_records, utility_records
from tests.streams.partition import Partition, log, wire
from tests.streams.stories import captured, days, passing, summary
from tests.streams.test_exchange import heartbeat


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
        assert partition.assessments()[FIRM]["points"][0]["value"] == "2 active cases, CNY 1,000,000"


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
