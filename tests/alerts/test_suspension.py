"""Suspension: where evidence under objection is set aside, its alert is told to be suspended and comes back or ends."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.policy.routing import Router
from alerts.policy.subscription_file import parse_subscriptions
from detectors.catalogue.model import Catalogue
from detectors.fact import DAY
from detectors.record import Record, epoch
from streams.engine.cases import NEVER, Case
from streams.engine.judging import take, wake
from streams.engine.state import EntityState
from tests.alerts.test_lifecycle import Plan, lived
from tests.detectors import build

CATALOGUE = build.suspending()
LISTED = build.dishonest(1, "2026-01-05")
SMALL, BIG = build.enforcement(2, "2026-01-04", 1.0), build.enforcement(3, "2026-01-05", 5e6)


class Firm:
    """A firm in a jurisdiction that suspends, or another one, to whom records come day by day."""

    def __init__(self, catalogue: Catalogue = CATALOGUE) -> None:
        self.catalogue = catalogue
        self.case = Case(build.FIRM, EntityState(), NEVER, catalogue)
        self.alerts: list[dict[str, Any]] = []

    def hears(self, record: Record, day: str) -> list[tuple[str, str, int, int]]:
        """What is told when a record is captured on a day: kind, point, level, tier after it."""
        return self.told(self.takes(self._captured(record, day), day))

    def takes(self, record: Record, day: str, offset: int = 0) -> tuple[dict[str, Any], ...]:
        """The alerts when a record comes on a day, whenever it was captured."""
        return take(self.case, record, epoch(build.at(day)), (0, offset), self.catalogue).alerts

    def waits(self, days: int) -> list[tuple[str, str, int, int]]:
        """What timers tell within so many days."""
        told, end = [], self.case.state.standing.evaluated + days * DAY
        while self.case.due <= end:
            told += self.told(wake(self.case, self.case.due, (0, 0), self.catalogue).alerts)
        return told

    def told(self, alerts: tuple[dict[str, Any], ...]) -> list[tuple[str, str, int, int]]:
        self.alerts += alerts
        return [
            (one["type"].removeprefix("alert."), one["point"], one["level"], one["tier"]["to"])
            for one in alerts
        ]

    @staticmethod
    def _captured(record: Record, day: str) -> Record:
        return replace(record, observed_at=build.at(day))


def objection(target: Record, **decided: Any) -> Record:
    """F31 against a record."""
    said = {"objection_id": "yy-1", "targets": [target.record_id], "state": "marked", **decided}
    more: dict[str, Any] = {"version": 2, "op": "amend"} if decided else {}
    return build.record("F31", "yy-1", "2026-01-08", said, **more)


def retracted(record: Record) -> Record:
    """Taken back by its source."""
    return replace(record, version=2, op="retract", payload={})


def test_a_listing_is_suspended_at_once_and_back_when_the_objection_is_rejected() -> None:
    """The tier goes with it, dwell or not; the same episode goes on."""
    firm = Firm()
    firm.hears(LISTED, "2026-01-05")
    assert firm.hears(objection(LISTED), "2026-01-08") == [("suspended", "WP-09", 0, 0)]
    assert firm.waits(10) == []
    assert firm.hears(objection(LISTED, state="decided", decision="reject"), "2026-01-20") == [
        ("reopened", "WP-09", 3, 3)
    ]
    assert [one.get("disputed", False) for one in firm.alerts] == [False, True, False]
    assert len({one["episode"] for one in firm.alerts}) == 1
    assert len({one["alert_id"] for one in firm.alerts}) == 3


def test_an_upheld_objection_brings_nothing_back_and_ends_in_a_withdrawal() -> None:
    """Between the decision and the source's own withdrawal nobody is shown the listing again."""
    firm = Firm()
    firm.hears(LISTED, "2026-01-05")
    firm.hears(objection(LISTED), "2026-01-08")
    assert firm.hears(objection(LISTED, state="decided", decision="delete"), "2026-01-10") == []
    assert firm.hears(retracted(LISTED), "2026-01-11") == [("retracted", "WP-09", 0, 0)]
    assert firm.hears(LISTED, "2026-01-12") == []


def test_a_withdrawal_while_the_objection_is_open_ends_it_at_once() -> None:
    """There is nothing left to check."""
    firm = Firm()
    firm.hears(LISTED, "2026-01-05")
    firm.hears(objection(LISTED), "2026-01-08")
    assert firm.hears(retracted(LISTED), "2026-01-09") == [("retracted", "WP-09", 0, 0)]
    assert firm.hears(objection(LISTED, state="decided", decision="delete"), "2026-01-10") == []


def test_what_ended_while_it_was_suspended_is_over() -> None:
    """The firm was lawfully taken off the list meanwhile."""
    firm = Firm()
    firm.hears(LISTED, "2026-01-05")
    firm.hears(objection(LISTED), "2026-01-08")
    off = replace(build.saying(LISTED, removed_on="2026-01-09"), version=2, op="close")
    assert firm.hears(off, "2026-01-09") == []
    closed = firm.hears(objection(LISTED, state="decided", decision="reject"), "2026-01-20")
    assert ("cleared", "WP-09", 0) in [one[:3] for one in closed]


def test_a_colour_that_the_rest_still_gives_in_part_falls_to_that() -> None:
    """Of two cases the big one is set aside; what is left is yellow, and red is back afterwards."""
    firm = Firm()
    firm.hears(SMALL, "2026-01-04")
    firm.hears(BIG, "2026-01-05")
    assert firm.hears(objection(BIG), "2026-01-08")[0][:3] == ("suspended", "WP-08", 2)
    assert firm.waits(5) == []
    back = firm.hears(objection(BIG, state="decided", decision="reject"), "2026-01-20")
    assert back[0] == ("upgraded", "WP-08", 3, 3)


def test_a_colour_that_the_rest_gives_as_well_is_not_touched() -> None:
    """Two cases, each red: one of them under objection changes nothing, and nothing is told when it is decided."""
    firm, other = Firm(), build.enforcement(4, "2026-01-04", 6e6)
    firm.hears(other, "2026-01-04")
    firm.hears(BIG, "2026-01-05")
    assert firm.hears(objection(BIG), "2026-01-08") == []
    assert firm.hears(objection(BIG, state="decided", decision="reject"), "2026-01-20") == []


def test_whoever_was_told_the_colour_is_told_of_its_suspension() -> None:
    """Also a subscriber to red alone."""
    firm = Firm()
    firm.hears(LISTED, "2026-01-05")
    firm.hears(objection(LISTED), "2026-01-08")
    router = Router(
        parse_subscriptions("subscriptions: [{subscriber_id: b, role: bank, min_level: red, entities: '*'}]")
    )
    assert [len(router.route(one, build.at("2026-01-08"))) for one in firm.alerts] == [1, 1]


def _quarrel() -> list[Record]:
    """A listing and two cases, what may become of them, and every course of an objection against one of them."""
    said = [LISTED, SMALL, BIG, retracted(LISTED), replace(BIG, version=2, op="close")]
    for target in (LISTED, BIG):
        said += [objection(target), retracted(objection(target))]
        said += [
            objection(target, state="decided", decision=one) for one in ("reject", "delete", "undecidable")
        ]
    return [replace(one, observed_at=build.at(f"2026-01-{5 + n % 9:02d}")) for n, one in enumerate(said)]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_quarrel()), st.integers(0, 400)), min_size=3, max_size=8))
def test_a_quarrel_is_told_the_same_however_often_it_is_looked_at(plan: Plan) -> None:
    """Ids, instants and final standing, and no two alerts share an id."""
    (often, standing), seldom = (lived(plan, always=always, catalogue=CATALOGUE) for always in (True, False))
    assert (often, standing) == seldom
    assert len({name for name, _, _ in often}) == len(often)
