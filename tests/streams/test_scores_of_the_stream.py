"""Scores are slow and dear: an assessment repeats them, but never when something happened that can have moved them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from detectors.record import Record
from tests.detectors import build, forces_records
from tests.detectors.build import FIRM
from tests.streams.partition import Partition, log

FIRST = [forces_records.master(), *forces_records.two_years(), forces_records.loan(1, "2026-04-01")]
FIRST += [build.enforcement(1, "2026-04-15", 1.0), build.dishonest(1, "2026-04-16")]
LAST = build.enforcement(2, "2026-04-22", 1.0)
"""More evidence for a colour that shows: it is assessed, and nothing is told."""

POORER = forces_records.accounts("2025", "2026-04-20", "tax", equity=1e6, liabilities=21e6, assets=22e6)
CHANGES = {
    "accounts": POORER,
    "accounts by hand": build.manual(POORER, approved=True),
    "accounts taken back": replace(FIRST[2], version=2, op="retract"),
    "master data": replace(forces_records.master(paid_capital=build.money(1e6)), version=2),
    "a loan": forces_records.loan(1, "2026-04-20", balance=3e7),
}


def scores(partition: Partition) -> dict[str, Any]:
    """Those of the firm as last published."""
    found: dict[str, Any] = partition.assessments()[FIRM]["scores"]
    return found


def begun(records: list[Record]) -> tuple[Partition, Partition]:
    """A worker that has judged these, and one that has just taken over from it and knows of no scores."""
    steady = Partition()
    steady.run(log(records))
    return steady, Partition(dict(steady.store), list(steady.sent))


@pytest.mark.parametrize("change", [pytest.param(one, id=name) for name, one in CHANGES.items()])
def test_scores_are_made_anew_when_what_they_rest_on_has_changed(change: Record) -> None:
    steady, heir = begun(FIRST)
    before, told = scores(steady), len(steady.alerts())
    more = log([*FIRST, replace(change, observed_at=build.at("2026-04-21")), LAST])[-2:]
    for one in (steady, heir):
        one.run(more)
    assert len(steady.alerts()) == told
    assert scores(steady) == scores(heir) != before


def test_scores_are_made_anew_when_an_alert_is_told() -> None:
    """Whoever reads it beside the alert that the firm has debts it does not pay reads how likely it fails now."""
    steady, heir = begun(FIRST[:-1])
    before = scores(steady)
    for one in (steady, heir):
        one.run(log(FIRST)[-1:])
    assert [one["point"] for one in steady.alerts()][-1] == "WP-09"
    assert scores(steady) == scores(heir) != before


def test_in_between_an_assessment_repeats_them() -> None:
    steady, _ = begun(FIRST)
    before, said = steady.processor._cases.of(FIRM).scores, len(steady.sent)
    steady.run(log([*FIRST, LAST])[-1:])
    assert [out.topic for out in steady.sent[said:]] == ["assessments"]
    assert steady.processor._cases.of(FIRM).scores is before
