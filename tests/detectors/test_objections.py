"""Objections: evidence under objection is believed by half, or set aside, as the jurisdiction says."""

from typing import Any

import pytest
from msgspec.structs import replace

from detectors.assessment import assess
from detectors.catalogue.model import Catalogue
from detectors.fold import fold_all
from detectors.objections import contested, undisputed
from detectors.record import Record, epoch
from tests.detectors import build

ANNOTATE, SUSPEND = build.shipped(), build.suspending()
CASE = build.enforcement(1, "2026-01-05", 5e4)  # yellow: 50,000 against M of the shipped default
LISTED = build.dishonest(2, "2026-01-05")


def objection(*targets: str, day: str = "2026-01-10", **said: Any) -> Record:
    """F31 against records."""
    return build.record("F31", "yy-1", day, {"objection_id": "yy-1", "targets": list(targets), **said})


def decided(decision: str, *targets: str) -> Record:
    """The same, decided on 20 January."""
    later = objection(*targets, day="2026-01-20", state="decided", decision=decision)
    return replace(later, version=2, op="amend")


def seen(*records: Record, catalogue: Catalogue = ANNOTATE, on: str = "2026-02-01") -> dict[str, Any]:
    """The assessment."""
    ledger = fold_all(records, catalogue)[build.FIRM]
    return assess(ledger, build.FIRM, epoch(build.at(on)), catalogue)


def rows(assessed: dict[str, Any]) -> dict[str, tuple[int, float]]:
    """Level and weight of what weighs."""
    return {row["id"]: (row["level"], row["p"]) for row in assessed["points"]}


def test_the_shipped_profiles_mark() -> None:
    """Setting aside is for a jurisdiction that says so."""
    assert {one.dispute_effect for one in ANNOTATE.profiles.values()} == {"annotate"}


def test_a_yellow_keeps_its_colour_and_loses_half_its_weight() -> None:
    """Marked in the evidence; the whole weight again once it is decided."""
    calm, open_ = seen(CASE), seen(CASE, objection(CASE.record_id))
    assert (rows(calm)["WP-08"], rows(open_)["WP-08"]) == ((2, 30.0), (2, 15.0))
    (row,) = open_["points"][0]["evidence"]
    assert row["disputed"] is True
    assert open_["tier"] == calm["tier"] == "yellow"
    again = seen(CASE, objection(CASE.record_id), decided("reject", CASE.record_id))
    assert again["points"] == calm["points"]


def test_a_red_keeps_its_weight_until_it_is_decided() -> None:
    """A statutory listing is not weakened by contesting it."""
    assert (
        rows(seen(LISTED))["WP-09"] == rows(seen(LISTED, objection(LISTED.record_id)))["WP-09"] == (3, 90.0)
    )


def test_other_evidence_of_the_same_point_is_believed_as_before() -> None:
    """One of two cases is contested."""
    other = build.enforcement(2, "2026-01-06", 1e4)
    assert rows(seen(CASE, other, objection(CASE.record_id)))["WP-08"] == (2, 30.0)
    assert rows(seen(CASE, other, objection(CASE.record_id, other.record_id)))["WP-08"] == (2, 15.0)


def test_a_listing_and_its_case_share_a_key_and_are_contested_apart() -> None:
    """The objection is against the listing alone."""
    case, listed = build.enforcement(1, "2026-01-05", 5e4), build.dishonest(1, "2026-01-05")
    ledger = fold_all([case, listed, objection(listed.record_id)], ANNOTATE)[build.FIRM]
    keys = {fact.key for feed in ("F04", "F05") for fact in ledger.of(feed).values()}
    assert len(keys) == 1
    assert contested(ledger) == {"F05": frozenset(keys)}


def test_a_manual_entry_is_contested_as_what_was_entered() -> None:
    """Its record id is that of the entry."""
    entered = build.manual(build.enforcement(1, "2026-01-05", 5e4), approved=True)
    ledger = fold_all([entered, objection(entered.record_id)], ANNOTATE)[build.FIRM]
    assert list(contested(ledger)) == ["F04"]


def test_set_aside_is_as_if_it_were_not_there() -> None:
    """Neither weight nor colour, red or not; what nobody objects to stays."""
    calm = seen(CASE, catalogue=SUSPEND)
    aside = seen(CASE, LISTED, objection(LISTED.record_id), catalogue=SUSPEND)
    assert {**aside, "scores": None} == {**calm, "scores": None}
    assert aside["scores"] == calm["scores"]


@pytest.mark.parametrize(
    ("decision", "shown"),
    [("reject", True), ("correct", True), ("delete", False), ("undecidable", False)],
)
def test_what_is_to_be_deleted_or_cannot_be_verified_stays_aside(decision: str, *, shown: bool) -> None:
    """Until the source says something anew after the decision; what is to be deleted, until it says something else."""
    records = [LISTED, objection(LISTED.record_id), decided(decision, LISTED.record_id)]
    assert ("WP-09" in rows(seen(*records, catalogue=SUSPEND))) is shown
    again = build.dishonest(2, "2026-01-05", version=2, op="amend", observed="2026-01-25")
    assert ("WP-09" in rows(seen(*records, again, catalogue=SUSPEND))) is (decision != "delete")
    other = build.dishonest(2, "2026-01-05", conduct=4, version=3, op="amend", observed="2026-01-26")
    assert "WP-09" in rows(seen(*records, again, other, catalogue=SUSPEND))


def test_an_objection_is_withdrawn_without_repeating_what_it_was_against() -> None:
    """As any other record."""
    gone = replace(objection(CASE.record_id), version=2, op="retract", payload={})
    assert seen(CASE, objection(CASE.record_id), gone)["points"] == seen(CASE)["points"]


def test_an_entity_without_objections_keeps_the_very_same_ledger() -> None:
    """Nothing is copied, and nothing looked through."""
    ledger = fold_all([CASE, LISTED], ANNOTATE)[build.FIRM]
    assert undisputed(ledger, "suspend") is ledger
    assert contested(ledger) == {}
