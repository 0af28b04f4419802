"""Group counters: kept up by changes, equal to counting again, in any order and over any partitions."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.cohorts.key import Attributes
from detectors.errors import FenghuoError
from detectors.macro.components import level_index, measures
from detectors.macro.counters import BILLION, Changed, Claimed, Event, GroupCounters, Standing, Totals, merged
from detectors.macro.group import groups_of, parent_of
from detectors.macro.rules import MacroRules
from detectors.macro.standing import standing
from tests.detectors.build import bill
from tests.detectors.forces_records import view_of

GROUPS = ("region:CN-330604", "industry:gbt4754:C17", "cluster:c1")


@st.composite
def standings(draw: st.DrawFn) -> Standing | None:
    """Few groups, so that entities share and leave them; None for an entity out of the books."""
    if draw(st.integers(0, 5)) == 0:
        return None
    amount = st.sampled_from([0, 1, 250_00, 10**15])
    return Standing(
        tuple(draw(st.lists(st.sampled_from(GROUPS), max_size=3))),
        draw(st.integers(0, 3)),
        *[draw(amount) for _ in range(5)],
        contagion=draw(st.sampled_from([0, 1, BILLION // 3])),
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Event], Standing | None]:
    """The events of one entity, and where it stands in the end."""
    events: list[Event] = []
    now: Standing | None = None
    for _ in range(draw(st.integers(0, 5))):
        day, after = draw(st.integers(0, 40)), draw(standings())
        events.append(Changed(day, now, after))
        now = after
        if now is not None and draw(st.booleans()):
            events.append(Claimed(day, now.groups, draw(st.integers(1, 10**12))))
    return events, now


def recount(everyone: Sequence[tuple[list[Event], Standing | None]]) -> list[tuple[str, Totals]]:
    """The same numbers, counted from nothing."""
    rows = []
    for group in sorted(GROUPS):
        members = [end for _, end in everyone if end is not None and group in end.groups]
        days: dict[int, list[int]] = {}
        for event in [event for events, _ in everyone for event in events]:
            on = days.setdefault(event.day, [0, 0, 0])
            if isinstance(event, Claimed):
                on[2] += event.amount if group in event.groups else 0
            elif (
                event.before and event.after and group in event.before.groups and group in event.after.groups
            ):
                on[0] += event.after.tier > event.before.tier
                on[1] += event.after.tier < event.before.tier
        tiers = [[one for one in members if one.tier == tier] for tier in range(4)]
        totals = Totals(
            tiers=tuple(len(ones) for ones in tiers),  # type: ignore[arg-type] # four of them
            exposures=tuple(sum(one.exposure for one in ones) for ones in tiers),  # type: ignore[arg-type] # four
            base=sum(one.base for one in members),
            arrears=sum(one.arrears for one in members),
            billed=sum(one.billed for one in members),
            loss=sum(one.loss for one in members),
            contagion=sum(one.contagion for one in members),
            days=tuple((day, *on) for day, on in sorted(days.items()) if any(on)),  # type: ignore[misc] # three
        )
        if totals != Totals():
            rows.append((group, totals))
    return rows


def counted(events: Sequence[Event]) -> GroupCounters:
    counters = GroupCounters()
    for event in events:
        counters.apply(event)
    return counters


@given(st.lists(lives(), max_size=6), st.randoms(use_true_random=False))
def test_counting_along_equals_counting_again(
    everyone: list[tuple[list[Event], Standing | None]], random: object
) -> None:
    """In whatever order the events come, the counters are those of the end."""
    events = [event for life, _ in everyone for event in life]
    random.shuffle(events)  # type: ignore[attr-defined] # hypothesis hands out a random.Random
    assert counted(events).all() == recount(everyone)


@given(st.lists(lives(), max_size=6), lives(), st.randoms(use_true_random=False))
def test_an_event_undone_never_was(
    everyone: list[tuple[list[Event], Standing | None]],
    mistaken: tuple[list[Event], Standing | None],
    random: object,
) -> None:
    """Applied and retracted, in any order among the others, nothing of it is left."""
    steps = [(event, True) for life, _ in everyone for event in life]
    steps += [(event, sign) for event in mistaken[0] for sign in (True, False)]
    random.shuffle(steps)  # type: ignore[attr-defined] # hypothesis hands out a random.Random
    counters = GroupCounters()
    for event, sign in steps:
        (counters.apply if sign else counters.retract)(event)
    assert counters.all() == recount(everyone)


@given(st.lists(lives(), max_size=6), st.integers(1, 3))
def test_partitions_add_up(everyone: list[tuple[list[Event], Standing | None]], count: int) -> None:
    """Counters of partitions, written, read back and merged, are those of one."""
    parts = []
    for part in range(count):
        mine = counted([event for life, _ in everyone[part::count] for event in life]).all()
        data = msgspec.json.encode(GroupCounters(mine).all(), order="deterministic")
        parts.append(msgspec.json.decode(data, type=list[tuple[str, Totals]]))
    together = [(group, totals) for group, totals in merged(parts).items() if totals != Totals()]
    assert together == recount(everyone)
    assert merged(reversed(parts)) == merged(parts)


def test_old_days_are_forgotten_and_what_stands_is_not() -> None:
    """Forgetting drops events out of every window, never a standing."""
    grey, red = Standing(GROUPS[:1]), Standing(GROUPS[:1], tier=3)
    counters = counted([Changed(1, None, grey), Changed(5, grey, red), Claimed(40, GROUPS[:1], 7)])
    counters.forget(40)
    assert counters.totals(GROUPS[0]) == Totals((0, 0, 0, 1), days=((40, 0, 0, 7),))


def test_a_move_between_groups_is_no_upgrade() -> None:
    """Who enters a group red has not become red in it; who stays in another and turns red has."""
    before, after = Standing(("region:a", "size:small"), 0), Standing(("region:b", "size:small"), 3)
    counters = counted([Changed(1, None, before), Changed(2, before, after)])
    assert counters.totals("region:a") == Totals()
    assert counters.totals("region:b") == Totals((0, 0, 0, 1))
    assert counters.totals("size:small").days == ((2, 1, 0, 0),)


TOTALS = Totals(
    tiers=(70, 10, 15, 5),
    exposures=(700, 100, 100, 100),
    base=10_000,
    arrears=300,
    billed=6_000,
    loss=50,
    contagion=2 * BILLION,
    days=((70, 50, 50, 9_999), (71, 6, 0, 100), (100, 1, 3, 400), (101, 9, 9, 9)),
)


def test_measures_by_hand() -> None:
    """Day 100 looks back to day 71; what is older or later does not count. Red counts twice."""
    assert measures(TOTALS, 100, MacroRules()) == (25 / 100, 4 / 100, 300 / 6000, 500 / 10_000, 2 / 100)
    by_exposure = measures(TOTALS, 100, MacroRules(weighting="exposure"))
    assert by_exposure == (300 / 1000, 4 / 100, 300 / 6000, 500 / 10_000, 50 / 1000)
    assert level_index(TOTALS, MacroRules()) == 12.5


def test_nothing_to_divide_by_is_not_zero() -> None:
    """An unbilled group has no arrears ratio; an empty one no measure at all."""
    assert measures(msgspec.structs.replace(TOTALS, billed=0), 100, MacroRules())[2] is None
    assert measures(Totals(), 100, MacroRules()) == (None,) * 5
    assert level_index(Totals(), MacroRules()) is None


def test_a_bill_is_owed_from_the_day_after_it_is_due_and_counts_as_billed_for_a_year() -> None:
    """Owed while it is open; billed whether it was paid or not."""
    bills = [bill("2024-12", "2025-01-09", 700, paid="2025-01-09"), bill("2026-01", "2026-01-10", 900)]

    def of(day: str) -> tuple[int, int]:
        firm = standing(view_of(bills, day), (), 0)
        return firm.arrears, firm.billed

    assert of("2026-01-09") == (0, 700_00)
    assert of("2026-01-10") == (0, 700_00)
    assert of("2026-01-11") == (900_00, 900_00)


def test_groups_of_a_firm_and_their_parents() -> None:
    """Regions and industries have parents; the others stand alone."""
    groups = groups_of(Attributes("C1751", "small", "CN-330604", ("umbrella",)))
    assert {group: parent_of(group) for group in groups} == {
        "cluster:umbrella": None,
        "industry:gbt4754:C": None,
        "industry:gbt4754:C17": "industry:gbt4754:C",
        "region:CN-330000": None,
        "region:CN-330600": "region:CN-330000",
        "region:CN-330604": "region:CN-330600",
        "size:small": None,
    }


def test_a_tier_is_one_of_four() -> None:
    """There is no tier 4."""
    with pytest.raises(FenghuoError, match="got 4"):
        Standing((), 4)
