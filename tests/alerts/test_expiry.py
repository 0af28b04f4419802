"""Expiry: an alert whose evidence may be kept no longer is over, and whoever was told it is told to erase it."""

import pytest
from msgspec.structs import replace

from alerts.policy.expiry import episode_hash, lapsed, marks
from alerts.policy.inhibition import Inhibition
from alerts.policy.item import item
from alerts.policy.lifecycle import Correction
from alerts.policy.routing import Router
from alerts.policy.standing import PointState
from alerts.policy.subscription_file import parse_subscriptions
from detectors.fact import DAY, Fact
from detectors.ledger import Ledger
from streams.engine.cases import NEVER, Case
from streams.engine.judging import take, wake
from streams.engine.state import EntityState
from tests.alerts.steps import CATALOGUE, Firm, lit
from tests.detectors import build
from tests.detectors.verdicts import fact, faded, silent

OVER = Correction(retraction=False, lapsed=frozenset({"WP-08"}))


def kept(key: str, until: int | None, **more: object) -> Fact:
    """A fact that may be kept until a day."""
    return replace(fact(key), until=until, **more)


def test_marks_are_short_sorted_and_say_nothing() -> None:
    """One for each key, in 56 bits."""
    found = marks([fact("b"), fact("a"), fact("b")])
    assert len(found) == 2
    assert list(found) == sorted(found)
    assert all(0 <= one < 1 << 56 for one in found)


@pytest.mark.parametrize(
    ("facts", "day", "over"),
    [
        pytest.param([kept("a", 100), kept("b", 90)], 99, False, id="one is still kept"),
        pytest.param([kept("a", 100), kept("b", 90)], 100, True, id="the last one leaves"),
        pytest.param([kept("a", 100), kept("b", None)], 100, False, id="one is open"),
        pytest.param([kept("a", 100), kept("c", None)], 100, True, id="another case does not count"),
        pytest.param([kept("a", 100, rank=3)], 100, False, id="a withdrawal is forgotten"),
        pytest.param([kept("a", 100), kept("b", 400, rank=3)], 100, True, id="the rest was withdrawn"),
        pytest.param([], 100, False, id="nothing leaves"),
    ],
)
def test_evidence_lapses_with_the_last_fact_that_was_named(facts: list[Fact], day: int, over: bool) -> None:
    """WP-08 named the cases a and b."""
    ledger = Ledger({"F04": {f"s|r{n}|": one for n, one in enumerate(facts)}})
    points = {"WP-08": PointState(evidence=marks([fact("a"), fact("b")]))}
    assert lapsed(ledger, points, day, CATALOGUE) == ({"WP-08"} if over else frozenset())
    assert lapsed(ledger, {"WP-08": PointState()}, day, CATALOGUE) == frozenset()


def test_an_alert_that_is_shown_expires_at_once_and_takes_the_tier_along() -> None:
    """No dwell keeps up a colour of which nothing may be shown."""
    firm = Firm()
    (opened,) = firm.on(0, lit("WP-08", 3, {"case_no": "case-1"}))
    (told,) = firm.on(1, silent("WP-08"), correction=OVER)
    assert (told.kind, told.level, told.previous, told.peak) == ("alert.expired", 0, 3, 3)
    assert (told.episode, told.revision, told.tier_from, told.tier_to) == (opened.episode, 2, 3, 0)
    assert firm.standing.points["WP-08"] == PointState(revision=2, since=firm.standing.evaluated)


def test_what_is_remembered_expires_once_and_the_same_story_is_a_new_one_then() -> None:
    """Cleared long ago: told once, without the case; what comes later is opened, and no id repeats."""
    firm = Firm()
    ids = [(one.level, one.revision) for one in firm.on(0, lit("WP-08", 2, {"case_no": "case-1"}))]
    ids += [(one.level, one.revision) for one in firm.on(50, silent("WP-08")) + firm.on(60, silent("WP-08"))]
    firm.on(100, silent("WP-08"))
    (told,) = firm.on(1900, silent("WP-08"), correction=OVER)
    assert (told.kind, told.previous, told.peak, told.tier_from) == ("alert.expired", 0, 2, 0)
    assert "case-1" not in str(firm.standing)
    (again,) = firm.on(1901, lit("WP-08", 2, {"case_no": "case-1"}))
    assert again.kind == "alert.opened"
    ids += [(told.level, told.revision), (again.level, again.revision)]
    assert len(ids) == len(set(ids))


def test_an_alert_that_rests_on_other_facts_by_now_stays() -> None:
    """Of the new evidence the marks are kept, so that it expires with that."""
    firm = Firm()
    firm.on(0, lit("WP-08", 2, {"case_no": "case-1"}))
    assert firm.on(1, lit("WP-08", 2, {"case_no": "case-2"}), correction=OVER) == []
    assert firm.standing.points["WP-08"].evidence == marks([fact("case-2")])
    weighs = faded("WP-08", 30.0)
    weighs = replace(weighs, finding=replace(weighs.finding, evidence=(fact("case-3"),)))
    assert firm.on(2, weighs, correction=OVER) == []
    assert firm.standing.points["WP-08"].evidence == marks([fact("case-3")])
    assert firm.standing.points["WP-08"].falling is not None


def test_what_was_never_so_is_withdrawn_and_does_not_expire() -> None:
    """The stronger word."""
    firm = Firm()
    firm.on(0, lit("WP-08", 3))
    fix = Correction(retraction=True, unfounded=frozenset({"WP-08"}), lapsed=frozenset({"WP-08"}))
    assert [one.kind for one in firm.on(1, silent("WP-08"), correction=fix)] == ["alert.retracted"]


def test_of_an_alert_that_was_kept_from_everybody_nobody_hears_that_it_expires() -> None:
    """The covered one was never sent."""
    firm = Firm((Inhibition("WP-09", ("WP-08",)),))
    firm.on(0, lit("WP-08", 2), lit("WP-09", 3))
    (told,) = firm.on(1, silent("WP-08"), lit("WP-09", 3), correction=OVER)
    assert (told.kind, told.suppressed_by) == ("alert.expired", "WP-09")


def listing() -> Case:
    """A firm listed in 2020 and removed, told when it happened."""
    case = Case(build.FIRM, EntityState(), NEVER, CATALOGUE)
    listed = build.dishonest(1, "2020-01-10")
    gone = replace(build.saying(listed, removed_on="2020-06-10"), version=2, op="close")
    for one, day in ((listed, "2020-01-11"), (gone, "2020-06-10")):
        take(case, one, int(build.at(day).timestamp()), (0, 0), CATALOGUE)
    return case


def test_the_timer_tells_it_on_the_day_and_those_who_were_told_red_hear_it() -> None:
    """Five years after the end, quietly, with a hash for the episode; a subscriber to red is told, as it was told."""
    case, told = listing(), []
    while case.due < NEVER and not any(one["type"] == "alert.expired" for one in told):
        told += wake(case, case.due, (0, 0), CATALOGUE).alerts
    last = told[-1]
    assert (last["type"], last["at"], last["level"], last["peak"]) == (
        "alert.expired", "2025-06-10T00:00:00+08:00", 0, 3,
    )  # fmt: skip
    assert "2020" not in last["episode"]
    assert last["points"] == []
    assert item(last).reach == 0
    router = Router(
        parse_subscriptions("subscriptions: [{subscriber_id: b, role: bank, min_level: red, entities: '*'}]")
    )
    assert len(router.route(last, build.at("2025-06-10"))) == 1
    assert case.state.standing.tier == 0


def test_a_record_that_comes_when_it_may_be_kept_no_longer_takes_its_alert_along() -> None:
    """A listing thought open turns out to have ended seven years ago."""
    case = Case(build.FIRM, EntityState(), NEVER, CATALOGUE)
    listed = build.dishonest(1, "2018-01-10", conduct=1)
    at = int(build.at("2026-01-11").timestamp())
    (opened,) = take(case, listed, at, (0, 0), CATALOGUE).alerts
    gone = replace(build.saying(listed, removed_on="2019-01-10"), version=2, op="close")
    told = take(case, gone, at + DAY, (0, 1), CATALOGUE).alerts
    assert [(one["type"], one["tier"]["to"]) for one in told] == [("alert.expired", 0)]
    assert told[0]["episode"] == episode_hash(opened["episode"])
    assert not case.state.ledger.facts
