"""Who reads a log judges by the catalogue that was in force there, also one that came through the log."""

from typing import Any

import pytest

from detectors.explanation import Place
from detectors.record import decode, epoch
from detectors.verification import verify
from streams.cli.explain import _from_log
from streams.cli.records_topic import Lying
from streams.engine.raw import RawRecord
from streams.engine.revisions import announce
from streams.replay.audit import audit, audit_all
from streams.replay.catalogues import Catalogues, in_force
from tests.detectors import build
from tests.streams.partition import CATALOGUE, Partition, log
from tests.streams.test_revisions import clock, story, stricter


def told() -> tuple[list[RawRecord], list[dict[str, Any]]]:
    """A firm that is yellow, and red when half a million is enough; its log and its alerts."""
    partition = Partition()
    case = build.enforcement(1, "2026-01-05", 6e5)
    lying = log(story(stricter(), before=[case], after=[clock("2026-02-02"), clock("2026-02-03")]))
    partition.run(lying)
    return lying, partition.alerts()


def test_an_alert_is_verified_by_the_catalogue_it_names() -> None:
    lying, alerts = told()
    assert [one["catalogue"] for one in alerts if one["point"] == "WP-08"] == [CATALOGUE.version, "2026.9"]
    assert [outcome.sentence for _, outcome in audit(lying, alerts, CATALOGUE) if not outcome.ok] == []
    assert audit_all({0: lying}, alerts, CATALOGUE).ok


def test_a_log_that_no_longer_begins_at_its_beginning_is_told_of() -> None:
    """Alerts that rest on what is gone differ, though nobody changed anything."""
    lying, alerts = told()
    assert audit_all({0: lying}, alerts, CATALOGUE).shortened == 0
    later = [one for one in alerts if one["origin"]["offset"]]
    found = audit_all({0: lying[1:]}, later, CATALOGUE)
    assert (found.shortened, found.checked, found.hold) == (1, len(later), 0)


def test_a_catalogue_given_is_asked_alone() -> None:
    lying, alerts = told()
    ended = {one["catalogue"]: found.ok for one, found in audit(lying, alerts, CATALOGUE, alone=True)}
    assert ended == {CATALOGUE.version: True, "2026.9": False}


def test_an_alert_that_names_a_catalogue_nobody_told_of_does_not_hold() -> None:
    lying, alerts = told()
    ((_, found),) = audit(lying, [alerts[-1] | {"catalogue": "2031.1"}], CATALOGUE)
    assert "catalogue" in found.sentence


@pytest.mark.parametrize(
    ("day", "version"),
    [("2026-02-01", CATALOGUE.version), ("2026-02-09", CATALOGUE.version), ("2026-02-10", "2026.9"),
     ("2026-03-01", "2026.10"), ("2030-01-01", "2026.10")],
)  # fmt: skip
def test_of_a_day_it_is_the_one_in_force(day: str, version: str) -> None:
    """One begins days after it was told, one was told after its day."""
    lying = [
        decode(announce(stricter(name, begins), epoch(build.at(heard))).value)
        for name, begins, heard in (
            ("2026.9", "2026-02-10", "2026-02-01"),
            ("2026.10", "2026-02-15", "2026-02-20"),
        )
    ]
    moment = epoch(build.at(day))
    assert in_force(lying, moment, CATALOGUE).version == version
    assert in_force(lying, moment, CATALOGUE, alone=True) is CATALOGUE


def test_an_entity_and_its_alert_are_explained_by_it() -> None:
    lying, alerts = told()
    records = [Lying(decode(one.value or b""), Place("records", 0, one.offset)) for one in lying]
    known = [one for one in records if one.record.entity in (build.FIRM, "src:fenghuo.exchange")]
    early = _from_log(None, build.FIRM, known, "2026-01-20", Catalogues(CATALOGUE))
    late = _from_log(None, build.FIRM, known, "2026-02-03", Catalogues(CATALOGUE))
    assert (early.case.catalogue.version, late.case.catalogue.version) == (CATALOGUE.version, "2026.9")
    for alert in alerts:
        case = _from_log(alert, build.FIRM, known, None, Catalogues(CATALOGUE)).case
        assert verify(alert, case.records, case.catalogue, case.reference).ok
