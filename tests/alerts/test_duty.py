"""Every alert names who is to see to it, by when, and whether the firm is to be watched."""

from typing import Any

import pytest
from pydantic import ValidationError

from detectors.catalogue.model import Catalogue
from tests.alerts.test_suspension import Firm
from tests.detectors import build

SHIPPED = build.shipped()


def duty(alert: dict[str, Any]) -> tuple[str, str | None, bool]:
    """Owner, due date, watch list."""
    return alert["owner"], alert.get("due_by"), alert["watchlist"]


def test_red_is_due_the_same_day_and_yellow_after_three_working_days() -> None:
    """5 January 2026 is a Monday, 13 February a Friday: then the Saturday is worked, and nine days are free."""
    firm = Firm(SHIPPED)
    firm.hears(build.dishonest(1, "2026-01-05"), "2026-01-05")
    assert duty(firm.alerts[0]) == ("judicial desk", "2026-01-05", True)
    for day, due in (("2026-01-05", "2026-01-08"), ("2026-02-13", "2026-02-25")):
        firm = Firm(SHIPPED)
        firm.hears(build.enforcement(2, day, 1.0), day)
        assert duty(firm.alerts[0]) == ("judicial desk", due, True)


def test_blue_and_what_is_over_ask_for_nothing() -> None:
    firm = Firm(SHIPPED)
    firm.hears(build.enforcement(2, "2026-01-05", 1.0, match_confidence=0.9), "2026-01-05")
    assert duty(firm.alerts[0]) == ("judicial desk", None, False)
    firm = Firm(SHIPPED)
    firm.hears(build.dishonest(1, "2026-01-05"), "2026-01-05")
    gone = build.dishonest(1, "2026-01-05", version=2, op="retract")
    firm.hears(gone, "2026-01-07")
    assert duty(firm.alerts[-1]) == ("judicial desk", None, False)


def test_a_firm_is_watched_as_long_as_its_tier_says_and_a_step_down_sets_no_new_date() -> None:
    """A red point that is over leaves a red tier; and nobody but the owner of the catalogue owns a tier."""
    firm = Firm(SHIPPED)
    firm.hears(build.dishonest(1, "2026-01-05"), "2026-01-05")
    off = build.dishonest(1, "2026-01-05", version=2, op="close")
    firm.hears(build.saying(off, removed_on="2026-01-06"), "2026-01-06")
    assert duty(firm.alerts[-1]) == ("judicial desk", None, True)
    firm.waits(2000)
    down = next(one for one in firm.alerts if one["point"] == "TIER" and one["level"] == 2)
    assert duty(down) == ("risk model board", None, True)


def test_a_colour_that_does_not_exist_is_a_mistake_in_the_catalogue() -> None:
    raw = SHIPPED.model_dump() | {"handling": {"orange": {"within_working_days": 1}}}
    with pytest.raises(ValidationError, match="handling"):
        Catalogue.model_validate(raw)
