"""An upheld objection: what it deletes is over at once, and the next nightly file brings nothing back."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.catalogue.model import Catalogue
from detectors.record import Record
from tests.alerts.test_lifecycle import Plan, lived
from tests.alerts.test_suspension import CATALOGUE as SUSPENDING
from tests.alerts.test_suspension import Firm, objection, retracted
from tests.detectors import build

MARKING = build.shipped()
LISTED, CASE = build.dishonest(1, "2026-01-05"), build.enforcement(2, "2026-01-04", 1.0)


def decided(target: Record, day: str = "2026-01-10") -> Record:
    """Upheld by deletion."""
    return objection(target, state="decided", decision="delete", decided_at=f"{day}T09:00:00+08:00")


def nightly(version: int, **said: Any) -> Record:
    """The listing as the nightly file tells it."""
    return replace(build.saying(LISTED, **said), version=version)


def test_what_is_deleted_is_over_at_once_and_not_by_its_dwell() -> None:
    """Told as withdrawn, and the tier is what is left; before the source itself withdraws it."""
    firm = Firm(MARKING)
    firm.hears(CASE, "2026-01-04")
    firm.hears(LISTED, "2026-01-05")
    firm.hears(objection(LISTED), "2026-01-08")
    assert firm.hears(decided(LISTED), "2026-01-10") == [("retracted", "WP-09", 0, 2)]
    assert "an objection to it was upheld" in firm.alerts[-1]["reason"]
    assert firm.hears(retracted(LISTED), "2026-01-11") == []


def test_the_nightly_file_brings_nothing_back() -> None:
    """After the source's own withdrawal or without it."""
    for withdraws in (True, False):
        firm = Firm(MARKING)
        firm.hears(LISTED, "2026-01-05")
        firm.hears(decided(LISTED), "2026-01-10")
        if withdraws:
            firm.hears(retracted(LISTED), "2026-01-11")
        for night in range(3):
            assert firm.hears(nightly(3 + night), f"2026-01-{12 + night}") == []
        assert firm.waits(90) == []
        assert firm.case.state.standing.tier == 0


def test_a_changed_content_is_a_story_of_its_own_with_its_mark() -> None:
    firm = Firm(MARKING)
    firm.hears(LISTED, "2026-01-05")
    firm.hears(decided(LISTED), "2026-01-10")
    firm.hears(retracted(LISTED), "2026-01-11")
    ((kind, point, level, tier),) = firm.hears(nightly(3, conduct_code=4), "2026-01-12")
    assert (kind in ("opened", "reopened"), point, level, tier) == (True, "WP-09", 3, 3)
    (row,) = firm.alerts[-1]["points"]
    assert [one["previously_disputed"] for one in row["evidence"]] == [True]
    assert firm.hears(nightly(4), "2026-01-13")[0][:3] == ("cleared", "WP-09", 0), "the old content again"


def test_a_first_version_that_comes_late_shows_that_the_content_is_the_old_one() -> None:
    """A connector that was down delivers in the wrong order; the alert that should not have been is taken back."""
    firm = Firm(MARKING)
    firm.hears(decided(LISTED, "2026-01-10"), "2026-01-10")
    assert firm.hears(nightly(3), "2026-01-12")[0][:3] == ("opened", "WP-09", 3)
    early = replace(LISTED, observed_at=build.at("2026-01-05"))
    assert firm.told(firm.takes(early, "2026-01-13", offset=13)) == [("retracted", "WP-09", 0, 0)]
    assert list(firm.case.state.offsets.values()).count(13) == 0, (
        "evidence is not said to lie where this lies"
    )


def test_where_objections_suspend_it_stays_suspended_until_it_is_withdrawn() -> None:
    """Whatever the nightly file says in between."""
    firm = Firm()
    firm.hears(LISTED, "2026-01-05")
    assert firm.hears(objection(LISTED), "2026-01-08") == [("suspended", "WP-09", 0, 0)]
    assert firm.hears(decided(LISTED), "2026-01-10") == []
    assert firm.hears(nightly(2), "2026-01-11") == []
    assert firm.hears(replace(retracted(LISTED), version=3), "2026-01-12") == [("retracted", "WP-09", 0, 0)]
    assert firm.hears(nightly(4), "2026-01-13") == []


def _nights() -> list[Record]:
    """The listing in several versions and contents, its withdrawal, and what may be decided about it."""
    said = [LISTED, CASE, retracted(LISTED), nightly(3), nightly(4, conduct_code=4), nightly(5)]
    said += [
        objection(LISTED),
        decided(LISTED),
        replace(decided(LISTED), version=3, op="retract", payload={}),
    ]
    return [replace(one, observed_at=build.at(f"2026-01-{5 + n % 9:02d}")) for n, one in enumerate(said)]


@pytest.mark.parametrize("catalogue", [MARKING, SUSPENDING], ids=["annotate", "suspend"])
@settings(max_examples=60, deadline=None)
@given(plan=st.lists(st.tuples(st.sampled_from(_nights()), st.integers(0, 400)), min_size=3, max_size=8))
def test_it_is_told_the_same_however_often_it_is_looked_at(catalogue: Catalogue, plan: Plan) -> None:
    """Ids, instants and final standing, and no two alerts share an id."""
    (often, standing), seldom = (lived(plan, always=always, catalogue=catalogue) for always in (True, False))
    assert (often, standing) == seldom
    assert len({name for name, _, _ in often}) == len(often)
