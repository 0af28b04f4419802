"""The life cycle of alerts: up at once, down slowly, withdrawn at once, and the same however often it is looked at."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.policy.alert import TIER, Transition, alert_id
from alerts.policy.lifecycle import Correction, Standing, Step, advance
from detectors.catalogue.model import Catalogue
from detectors.fact import DAY, FAR, midnight
from detectors.judge import Judgement, Verdict
from streams.engine.cases import NEVER, Case
from streams.engine.judging import take, wake
from streams.engine.state import EntityState
from tests.detectors import build, strategies
from tests.detectors.verdicts import faded, fired, judged, silent

CATALOGUE = build.shipped()
T0 = 1_767_225_600  # 2026-01-01 00:00 UTC
RETRACTED = Correction(retraction=True, lowered=True)

YELLOW, RED, BLUE = fired("WP-08", 2, 30.0), fired("WP-08", 3, 70.0), fired("WP-22", 1, 10.0)
GONE, NEVER_WAS = faded("WP-08", 30.0), silent("WP-08")


class Story:
    """An entity to whom verdicts happen; days count from the start."""

    def __init__(self) -> None:
        """Nothing told yet."""
        self.standing = Standing()
        self.due = NEVER

    def on(self, day: float, *verdicts: Verdict, correction: Correction | None = None) -> list[Transition]:
        """The transitions told when these verdicts are looked at."""
        whole = judged(*verdicts, day=int(day))
        return list(self.look(day, whole, correction).transitions)

    def look(self, day: float, judgement: Judgement, correction: Correction | None = None) -> Step:
        """One step, with everything it answers."""
        at = T0 + round(day * DAY)
        fix = correction or Correction(retraction=False)
        # the zone is chosen so that day n of the judgement begins n days after the start
        step = advance(self.standing, judgement, at, CATALOGUE, -T0, fix)
        self.standing, self.due = step.standing, step.due
        return step


def kinds(told: list[Transition]) -> list[tuple[str, str, int]]:
    """What was told, in short."""
    return [(one.kind.removeprefix("alert."), one.point, one.level) for one in told]


def test_a_rise_is_told_at_once_and_only_once() -> None:
    """Blue, yellow and red on the same day; the same verdict again tells nothing."""
    story = Story()
    assert kinds(story.on(0, fired("WP-08", 1, 10.0))) == [("opened", "WP-08", 1)]
    (up,) = story.on(0.001, YELLOW)
    assert (up.kind, up.previous, up.level, up.tier_from, up.tier_to) == ("alert.upgraded", 1, 2, 1, 2)
    assert kinds(story.on(0.002, RED)) == [("upgraded", "WP-08", 3)]
    assert story.on(0.003, RED) == []
    assert story.standing.tier == 3


@pytest.mark.parametrize(
    ("verdict", "off_delay", "dwell"),
    [
        pytest.param(fired("WP-08", 1, 10.0), 1, 7, id="blue"),
        pytest.param(YELLOW, 3, 14, id="yellow"),
        pytest.param(RED, 7, 30, id="red"),
    ],
)
def test_a_fall_waits_for_dwell_and_off_delay(verdict: Verdict, off_delay: int, dwell: int) -> None:
    """Whichever ends later: the dwell since the rise, or the off-delay since the fall."""
    early, late = Story(), Story()
    early.on(0, verdict)
    assert early.on(1, NEVER_WAS) == []
    assert early.on(dwell - 0.001, NEVER_WAS) == []
    assert kinds(early.on(dwell, NEVER_WAS))[0] == ("cleared", "WP-08", 0)
    late.on(0, verdict)
    late.on(100, NEVER_WAS)
    assert late.on(100 + off_delay - 0.001, NEVER_WAS) == []
    assert kinds(late.on(100 + off_delay, NEVER_WAS))[0] == ("cleared", "WP-08", 0)


def test_a_fall_that_is_interrupted_starts_its_delay_anew() -> None:
    """The condition must be gone for the whole off-delay; nothing is told of the interruption."""
    story = Story()
    story.on(0, YELLOW)
    story.on(100, NEVER_WAS)
    assert story.on(102, YELLOW) == []
    story.on(104, NEVER_WAS)
    assert story.on(106.9, NEVER_WAS) == []
    assert kinds(story.on(107, NEVER_WAS))[0][0] == "cleared"


def test_a_further_fall_does_not_restart_the_delay() -> None:
    """From red to yellow and on to nothing while waiting: red has been untrue since the first fall."""
    story = Story()
    story.on(0, RED)
    story.on(100, YELLOW)
    story.on(106, NEVER_WAS)
    assert kinds(story.on(107, NEVER_WAS))[0] == ("cleared", "WP-08", 0)


def test_a_partial_fall_is_a_downgrade_with_the_dwell_of_its_own() -> None:
    """Red falls to yellow after 30 days; that yellow is then new and stays 14."""
    story = Story()
    story.on(0, RED)
    story.on(1, YELLOW)
    (down,) = story.on(30, YELLOW)
    assert (down.kind, down.level, down.tier_from, down.tier_to) == ("alert.downgraded", 2, 3, 2)
    story.on(31, NEVER_WAS)
    assert story.on(43.9, NEVER_WAS) == []
    assert kinds(story.on(44, NEVER_WAS))[0] == ("cleared", "WP-08", 0)


def test_the_tier_steps_down_one_level_at_a_time() -> None:
    """Red, then yellow for 14 days, then blue for 7, although nothing is left that shows or weighs."""
    story = Story()
    story.on(0, RED)
    story.on(50, NEVER_WAS)
    seen = [(0, 3)]
    for quarter in range(50 * 4, 120 * 4):
        story.on(quarter / 4, NEVER_WAS)
        if story.standing.tier != seen[-1][1]:
            seen.append((quarter / 4, story.standing.tier))
    assert seen == [(0, 3), (57, 2), (71, 1), (78, 0)]


def test_the_score_has_a_dead_band() -> None:
    """Entered at 40, yellow is left below 30, not below 40; entered again only at 40."""
    story = Story()
    low = [faded("WP-08", 35.0)]
    story.on(0, faded("WP-08", 35.0))
    assert story.standing.tier == 1
    assert kinds(story.on(1, faded("WP-08", 41.0))) == [("upgraded", TIER, 2)]
    story.on(40, *low)
    assert story.standing.tier == 2
    assert kinds(story.on(41, faded("WP-08", 29.9, cleared=41))) == [("downgraded", TIER, 1)]
    story.on(60, faded("WP-08", 39.9, cleared=60))
    assert story.standing.tier == 1


def test_retraction_takes_point_and_tier_down_at_once() -> None:
    """Dwell or not, in one step, to what the rest gives."""
    story = Story()
    story.on(0, RED, BLUE)
    fix = Correction(retraction=True, unfounded=frozenset({"WP-08"}), lowered=True)
    (gone,) = story.on(0.1, NEVER_WAS, BLUE, correction=fix)
    assert (gone.kind, gone.point, gone.tier_from, gone.tier_to) == ("alert.retracted", "WP-08", 3, 1)


def test_retraction_of_a_residue_takes_the_tier_down_at_once_and_without_dead_band() -> None:
    """Yellow was entered by a score of 51; 35 is left, inside the dead band, but yellow was never earned."""
    story = Story()
    story.on(0, faded("WP-08", 35.0), faded("WP-14", 30.0))
    assert story.standing.tier == 2
    told = story.on(0.1, faded("WP-08", 35.0), silent("WP-14"), correction=RETRACTED)
    assert kinds(told) == [("downgraded", TIER, 1)]
    assert "withdrawn" in told[0].why


def test_retraction_of_something_else_changes_no_delay() -> None:
    """A lawful fall under way goes on as it would have."""
    story = Story()
    story.on(0, RED)
    story.on(1, GONE)
    assert story.on(2, GONE, correction=Correction(retraction=True)) == []
    assert story.standing.tier == 3


def test_a_correction_that_unfounds_a_colour_lowers_it_at_once() -> None:
    """The amount was a hundred times too high: nobody stays red for 30 days over a slip of the pen."""
    story = Story()
    story.on(0, RED)
    fix = Correction(retraction=False, amended="case-1", unfounded=frozenset({"WP-08"}))
    (down,) = story.on(1, YELLOW, correction=fix)
    assert (down.kind, down.level, down.tier_to) == ("alert.downgraded", 2, 2)
    assert "corrected" in down.why


def test_statutory_end_is_immediate() -> None:
    """A listing ends when it is deleted (WP-09), whatever the dwell says."""
    story = Story()
    story.on(0, fired("WP-09", 3, 90.0))
    (end,) = story.on(1, silent("WP-09"))
    assert (end.kind, end.tier_from, end.tier_to, end.why) == (
        "alert.cleared",
        3,
        0,
        "the statutory ground has ended",
    )


def test_correction_of_evidence_is_told_with_the_colour_unchanged() -> None:
    """Once per amendment, and only of evidence of the point."""
    story = Story()
    story.on(0, YELLOW)
    (told,) = story.on(1, YELLOW, correction=Correction(retraction=False, amended="case-1"))
    assert (told.kind, told.level, told.revision) == ("alert.corrected", 2, 2)
    assert story.on(2, YELLOW, correction=Correction(retraction=False, amended="case-2")) == []
    assert story.on(3, YELLOW) == []


def test_the_same_story_reopens_and_another_opens() -> None:
    """The key of the evidence tells the episode; revisions never repeat, so no two alerts share an id."""
    story = Story()
    told = story.on(0, YELLOW)
    told += story.on(50, NEVER_WAS)
    told += story.on(60, NEVER_WAS)
    told += story.on(70, YELLOW)
    assert kinds(told)[-1] == ("reopened", "WP-08", 2)
    told += story.on(120, NEVER_WAS) + story.on(130, NEVER_WAS)
    told += story.on(140, fired("WP-08", 2, 30.0, keys=("case-2",)))
    assert (kinds(told)[-1], told[-1].episode) == (("opened", "WP-08", 2), "case-2")
    told += story.on(190, NEVER_WAS) + story.on(200, NEVER_WAS)
    told += story.on(210, YELLOW)
    points = [one for one in told if one.point == "WP-08"]
    assert [one.kind for one in points].count("alert.cleared") == 3
    ids = {alert_id("ent:x", one.point, one.episode, one.level, one.revision) for one in told}
    assert len(ids) == len(told)


def test_while_it_is_shown_an_episode_keeps_its_name() -> None:
    """More evidence, and the first of it closed: still the same story."""
    story = Story()
    story.on(0, YELLOW)
    (up,) = story.on(5, fired("WP-08", 3, 70.0, keys=("case-0", "case-9")))
    assert up.episode == "case-1"


def test_alert_ids_are_deterministic_and_distinct() -> None:
    """Every part of what an alert is goes into its id, and its parts cannot run into each other."""
    base = ("ent:a", "WP-08", "k", 2, 1)
    others = [("ent:b", *base[1:]), ("ent:a", "WP-09", "k", 2, 1), ("ent:a", "WP-08", "l", 2, 1)]
    others += [("ent:a", "WP-08", "k", 3, 1), ("ent:a", "WP-08", "k", 2, 2), ("ent:a", "WP-08", "k", 21, 1)]
    ids = [alert_id(*one) for one in (base, *others)]
    assert (alert_id(*base), len(set(ids))) == (ids[0], len(ids))
    assert alert_id("a", "b", "c", 1, 11) != alert_id("a", "b", "c", 11, 1)


def test_a_point_that_left_the_catalogue_leaves_the_standing() -> None:
    """It cannot keep the tier up for ever."""
    story = Story()
    story.on(0, fired("WP-30", 3, 70.0), NEVER_WAS)
    for day in range(1, 60):
        story.on(day, NEVER_WAS)
    assert story.standing.tier == 0


def test_nothing_to_tell_wants_no_timer() -> None:
    """Neither of an entity that never showed anything, nor of one that shows its colour for good."""
    story = Story()
    assert story.look(0, judged(NEVER_WAS)).due == NEVER
    assert story.look(1, judged(YELLOW)).due == NEVER
    assert FAR * DAY == NEVER


def test_due_names_the_very_instant() -> None:
    """A second before it nothing happens, on it the fall is told; then the tier's own steps come due."""
    story = Story()
    story.on(0, YELLOW)
    story.on(0.5, NEVER_WAS)
    assert story.due == T0 + 14 * DAY
    assert story.on(14 - 1 / DAY, NEVER_WAS) == []
    assert kinds(story.on(14, NEVER_WAS)) == [("cleared", "WP-08", 0)]
    assert (story.standing.tier, story.due) == (1, T0 + 21 * DAY)
    assert kinds(story.on(21, NEVER_WAS)) == [("cleared", TIER, 0)]
    assert story.due == NEVER


def test_score_that_decays_comes_due_at_the_midnight_it_leaves_the_tier() -> None:
    """70 points with a half-life of 365 days are below 60 on day 82, below 30 on day 447, below 10 on day 1,025."""
    story = Story()
    story.on(0, RED)
    told, day = [], 40.0
    story.on(day, faded("WP-08", 70.0, cleared=40))
    while story.due < NEVER and len(told) < 9:
        day = (story.due - T0) / DAY
        told += [(day - 40, *one) for one in kinds(story.on(day, faded("WP-08", 70.0, cleared=40)))]
    assert told == [
        (7, "cleared", "WP-08", 0),
        (82, "downgraded", TIER, 2),
        (447, "downgraded", TIER, 1),
        (1025, "cleared", TIER, 0),
    ]


QUARTER = 6 * 3600
START = midnight(
    20_540, 28_800
)  # 2026-03-28: before it records of the strategy began, after it they end, and some begin


Plan = list[tuple[strategies.Record, int]]
Told = list[tuple[str, str, str]]


def lived(
    plan: Plan, *, always: bool, step: int = QUARTER, end: int = 800, catalogue: Catalogue = CATALOGUE
) -> tuple[Told, Standing]:
    """What a firm to whom records come in their turn is told until the end, by somebody who looks at every step or
    only when something is due."""
    case, told = Case(build.FIRM, EntityState(), NEVER, catalogue), []
    left = sorted((START + turn * step, n) for n, (_, turn) in enumerate(plan))
    at = START
    while at <= START + end * step:
        if case.due <= at or always:
            told += wake(case, at, (0, 0), catalogue).alerts
        while left and left[0][0] == at:
            record = replace(plan[left.pop(0)[1]][0], entity=build.FIRM)
            told += take(case, record, at, (0, 0), catalogue).alerts
        soonest = min(case.due, left[0][0] if left else NEVER)
        at = at + step if always else max(soonest, at + 1)
    return [(one["alert_id"], one["at"], one["type"]) for one in told], replace(
        case.state.standing, evaluated=0
    )


@pytest.mark.parametrize("catalogue", [CATALOGUE, build.suspending()], ids=["annotate", "suspend"])
@settings(max_examples=40, deadline=None)
@given(plan=st.lists(st.tuples(strategies.one_record(), st.integers(0, 400)), max_size=8))
def test_looking_when_due_tells_the_same_as_looking_all_the_time(catalogue: Catalogue, plan: Plan) -> None:
    """Timers lose nothing: ids, instants and final standing are those of somebody who looks every six hours."""
    often, seldom = (lived(plan, always=always, catalogue=catalogue) for always in (True, False))
    assert often == seldom


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(strategies.one_record(), st.integers(0, 400)), min_size=1, max_size=4))
def test_looking_when_due_tells_the_same_until_everything_is_forgotten(plan: Plan) -> None:
    """Seven years later retention is over for all that ended, and whoever looks daily is told of it on the same day."""
    looks = {"step": DAY, "end": 2_600}
    assert lived(plan, always=True, **looks) == lived(plan, always=False, **looks)
