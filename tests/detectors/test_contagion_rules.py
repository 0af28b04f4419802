"""Colours by contagion: every row of the rules on both sides of its threshold."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.contagion.graph import Graph
from detectors.contagion.rules import Origin, Subject, Verdict, cells_of, judge, origins_of
from detectors.contagion.vulnerability import solve
from tests.detectors.guarantees import LIMIT, NAMES, M, graph, graphs, link

NONE, BLUE, YELLOW, RED = range(4)


def origin(level: int = RED, hop: int = 1, share: float = 0.0, **more: object) -> Origin:
    """An origin; ``share`` is the exposure over the base."""
    values: dict[str, object] = {
        "entity": "X",
        "level": level,
        "hop": hop,
        "exposure": round(share * M),
        "weight": 0.0,
        "influence": 0.0,
        "path": ("X", "V") if hop == 1 else ("X", "Y", "V"),
    }
    return msgspec.convert({**values, **more}, Origin)


def verdict(*origins: Origin, delta: float = 0.0, **more: object) -> Verdict:
    """The verdict on V with a base of M."""
    return judge(Subject("V", M, 0.05 + delta, 0.05), origins, LIMIT, **more)  # type: ignore[arg-type] # hands on


@pytest.mark.parametrize(
    ("one", "level"),
    [
        (origin(RED, 1), BLUE),
        (origin(RED, 1, 0.199), BLUE),
        (origin(RED, 1, 0.2), YELLOW),
        (origin(RED, 1, influence=0.249), BLUE),
        (origin(RED, 1, influence=0.25), YELLOW),
        (origin(RED, 1, 0.999), YELLOW),
        (origin(RED, 1, 1.0), RED),
        (origin(RED, 2, weight=0.049), NONE),
        (origin(RED, 2, weight=0.05), BLUE),
        (origin(RED, 2, weight=0.9, influence=0.9), BLUE),
        (origin(RED, 2, 1.5), NONE),  # what a debtor answers for is not what the firm answers for
        (origin(RED, 3, weight=0.9), NONE),
        (origin(YELLOW, 1, 0.499), NONE),
        (origin(YELLOW, 1, 0.5), BLUE),
        (origin(YELLOW, 1, 5.0, influence=0.9), BLUE),
        (origin(YELLOW, 2, weight=0.9), NONE),
        (origin(BLUE, 1, 5.0, weight=1.0, influence=1.0), NONE),
        (origin(NONE, 1, 5.0), NONE),
    ],
)
def test_one_origin(one: Origin, level: int) -> None:
    """By its own colour, its distance, the exposure to it and its influence."""
    assert verdict(one).level == level


@pytest.mark.parametrize(
    ("delta", "level"),
    [(0.0, NONE), (0.09, NONE), (0.11, BLUE), (0.24, BLUE), (0.26, YELLOW), (0.49, YELLOW), (0.51, RED)],
)
def test_increment(delta: float, level: int) -> None:
    """It counts at hop 1 and hop 2, but only where an origin explains it."""
    assert verdict(origin(RED, 2), delta=delta).level == level
    assert verdict(origin(RED, 1), delta=delta).level == max(BLUE, level)
    assert verdict(origin(YELLOW, 1), delta=delta).level == level
    assert verdict(delta=delta).level == NONE
    assert verdict(origin(RED, 3), origin(BLUE, 1), delta=delta).level == NONE


def test_a_rise_of_the_probability_is_told_in_points_with_both_ends() -> None:
    """From 5 % to 60 % is no rise by 55 %."""
    said = verdict(origin(RED, 1, entity="X"), delta=0.55).reason
    assert said == (
        "contagion from X raises the probability of failure within a year by 55 points, from 5% to 60%"
    )


def test_exposures_to_red_debtors_add_up() -> None:
    """Two halves of the base are the base; a yellow debtor does not count."""
    halves = [origin(RED, 1, 0.5, entity="X"), origin(RED, 1, 0.5, entity="Y")]
    made = verdict(*halves)
    assert (made.level, [one.entity for one in made.origins]) == (RED, ["X", "Y"])
    assert made.reason == "its guarantees for X, Y, red by facts of their own, come to 100% of M"
    assert verdict(halves[0], origin(YELLOW, 1, 0.5, entity="Y")).level == YELLOW


def test_every_origin_of_the_colour_is_named() -> None:
    """Origins that only make a lower colour are not cited."""
    made = verdict(
        origin(RED, 1, 0.3, entity="X"),
        origin(RED, 1, 0.4, entity="Y"),
        origin(RED, 2, weight=0.5, entity="Z"),
    )
    assert (made.level, [one.entity for one in made.origins]) == (YELLOW, ["Y", "X"])
    assert made.reason == ("Y is red: 40% of M is guaranteed for it; X is red: 30% of M is guaranteed for it")


def test_uncertain_evidence_caps_the_colour() -> None:
    """A debtor found by name alone raises blue at most, by exposure or by increment."""
    assert verdict(origin(RED, 1, 5.0, ceiling=BLUE)).level == BLUE
    assert verdict(origin(RED, 1, 5.0, ceiling=BLUE), delta=0.9).level == BLUE
    assert verdict(origin(RED, 1, 5.0, ceiling=BLUE), origin(RED, 1, 0.3, entity="Y"), delta=0.9).level == RED


@pytest.mark.parametrize(
    ("one", "delta", "held", "level"),
    [
        (origin(RED, 2), 0.46, RED, RED),  # within the dead band
        (origin(RED, 2), 0.44, RED, YELLOW),
        (origin(RED, 2), 0.46, NONE, YELLOW),  # it never raises
        (origin(RED, 2), 0.46, YELLOW, YELLOW),
        (origin(RED, 2), 0.21, YELLOW, YELLOW),
        (origin(RED, 2), 0.06, BLUE, BLUE),
        (origin(RED, 2), 0.04, BLUE, NONE),
        (origin(RED, 1, 0.96), 0.0, RED, RED),
        (origin(RED, 1, 0.94), 0.0, RED, YELLOW),
        (origin(RED, 1, 0.16), 0.0, YELLOW, YELLOW),
        (origin(RED, 1, 0.14), 0.0, YELLOW, BLUE),
        (origin(RED, 1, influence=0.21), 0.0, YELLOW, YELLOW),
        (origin(YELLOW, 1, 0.46), 0.0, BLUE, BLUE),
        (origin(YELLOW, 1, 0.44), 0.0, BLUE, NONE),
        (origin(RED, 2, weight=0.049), 0.0, BLUE, NONE),  # path weights have no dead band
        (origin(NONE, 1, 5.0), 0.46, RED, NONE),  # the origin cleared: nothing explains it any more
    ],
)
def test_a_colour_falls_only_below_its_trigger(one: Origin, delta: float, held: int, level: int) -> None:
    """By more than .05; a colour held is never raised by it."""
    made = verdict(one, delta=delta, held=held)
    assert made.level == level
    assert made.held == (level > verdict(one, delta=delta).level)
    assert verdict(one, delta=delta, held=held, hysteresis=0.0).level == verdict(one, delta=delta).level


def test_a_wide_dead_band_never_raises() -> None:
    """However wide, it keeps the colour held and gives no higher one."""
    made = verdict(origin(RED, 2), delta=0.09, held=BLUE, hysteresis=0.5)
    assert (made.level, made.held) == (BLUE, True)


def test_literal_mode_warns_every_neighbour() -> None:
    """Any abnormal cell makes those next to it blue, on either side, and no more than blue."""
    literal = msgspec.structs.replace(LIMIT, literal_mode=True)
    subject = Subject("V", M, 0.05, 0.05)
    assert judge(subject, [], literal, cells=["X"]).level == BLUE
    assert judge(subject, [], literal, cells=[]).level == NONE
    assert judge(subject, [], LIMIT, cells=["X"]).level == NONE
    assert judge(subject, [origin(RED, 1, 0.5)], literal, cells=["X"]).level == YELLOW
    made = graph({"A>B": 0.5, "B>C": 0.5})
    made.put(link("B>D", 0.05, "w", weak=True))
    assert cells_of(made, "B", {"A": YELLOW, "C": RED, "D": RED}) == ["A", "C"]
    assert cells_of(made, "C", {"A": RED, "B": BLUE}) == []


def test_origins_of_a_firm() -> None:
    """Within two hops, yellow or red, by strong arcs, the direct arc where there is one."""
    made = graph(
        {"V>X": 0.1, "V>Y": 0.9, "Y>X": 0.9, "Y>Z": 0.5, "Z>W": 0.9},
        {"X": 0.4, "Y": 0.1, "Z": 0.9},
        exposure=70,
    )
    made.put(link("V>N", 0.05, weak=True))
    levels = {"X": RED, "Y": YELLOW, "Z": RED, "W": RED, "N": RED, "V": RED}
    found = {one.entity: one for one in origins_of(made, "V", levels, LIMIT)}
    assert sorted(found) == ["X", "Y", "Z"]
    assert (found["X"].hop, found["X"].weight, found["X"].exposure, found["X"].path) == (
        1,
        0.1,
        70,
        ("X", "V"),
    )
    assert found["X"].influence == pytest.approx(0.1 * 0.4)
    assert (found["Z"].hop, found["Z"].exposure, found["Z"].path) == (2, 0, ("Z", "Y", "V"))
    assert found["Z"].weight == pytest.approx(0.45)


def test_a_shared_address_does_not_hide_the_path_behind_it() -> None:
    """The weak arc is passed over, the guarantees are told."""
    made = graph({"V>Y": 0.5, "Y>X": 0.5}, {"X": 0.9}, exposure=70)
    made.put(link("V>X", 0.05, weak=True, guarantee=False))
    (one,) = origins_of(made, "V", {"X": RED}, LIMIT)
    assert (one.hop, one.weight, one.exposure, one.path) == (2, 0.25, 0, ("X", "Y", "V"))


def test_a_shared_address_never_alerts_alone() -> None:
    """Thirty red firms at one address move the probability and raise nothing."""
    made = Graph()
    made.tell("V", 0.01)
    for number in range(30):
        made.tell(f"n{number}", 0.9)
        made.put(link(f"V>n{number}", 0.05, weak=True, guarantee=False))
    p = solve(made, LIMIT.resolution_bits)
    assert p["V"] > 0.7
    levels = {f"n{number}": RED for number in range(30)}
    subject = Subject("V", M, p["V"], 0.01)
    assert judge(subject, origins_of(made, "V", levels, LIMIT), LIMIT).level == NONE


def colours(made: Graph, levels: dict[str, int]) -> dict[str, int]:
    """Contagion colour of each firm."""
    p = solve(made, LIMIT.resolution_bits)
    return {
        name: judge(
            Subject(name, M, p[name], made.own(name)), origins_of(made, name, levels, LIMIT), LIMIT
        ).level
        for name in made
    }


def test_an_insolvent_partner_of_a_mutual_guarantee() -> None:
    """A and B guarantee each other for all they have; B becomes insolvent, then the application is dismissed."""
    made = graph({"A>B": 0.8, "B>A": 0.8}, {"A": 0.03, "B": 0.03}, exposure=M)
    calm = colours(made, {})
    made.tell("B", 1.0)
    assert colours(made, {"B": RED})["A"] == RED
    made.tell("B", 0.03)
    assert colours(made, {}) == calm == {"A": NONE, "B": NONE}


def test_alerts_do_not_cascade() -> None:
    """On a chain of guarantees for everything, one red firm colours two hops and no more: colours make no
    origins."""
    made = graph({"D>E": 0.8, "C>D": 0.8, "B>C": 0.8, "A>B": 0.8}, dict.fromkeys("ABCDE", 0.01), exposure=M)
    made.tell("E", 0.9)
    assert colours(made, {"E": RED}) == {"A": NONE, "B": NONE, "C": RED, "D": RED, "E": NONE}


@settings(deadline=None)
@given(graphs(exposure=M // 3), st.dictionaries(st.sampled_from(NAMES), st.sampled_from((BLUE, YELLOW, RED))))
def test_only_firms_within_two_hops_of_an_origin_are_coloured(made: Graph, levels: dict[str, int]) -> None:
    """Whatever the graph."""
    near = {name for name, level in levels.items() if level >= YELLOW}
    for _ in range(2):
        near |= {guarantor for name in near for guarantor in made.guarantors(name)}
    assert {name for name, level in colours(made, levels).items() if level} <= near


ORIGINS = st.builds(
    origin,
    st.sampled_from((NONE, BLUE, YELLOW, RED)),
    st.integers(1, 3),
    st.floats(0, 2),
    entity=st.sampled_from("WXYZ"),
    weight=st.floats(0, 1),
    influence=st.floats(0, 1),
    ceiling=st.sampled_from((BLUE, RED)),
)


@settings(deadline=None)
@given(
    st.lists(ORIGINS, max_size=5), ORIGINS, st.floats(0, 0.9), st.floats(0, 0.05), st.sampled_from(range(4))
)
def test_laws(origins: list[Origin], more: Origin, delta: float, further: float, held: int) -> None:
    """More distress never lowers a colour; holding lies between; the order of origins does not matter."""
    now = verdict(*origins, delta=delta)
    assert verdict(*origins, more, delta=delta).level >= now.level
    assert verdict(*origins, delta=delta + further).level >= now.level
    kept = verdict(*origins, delta=delta, held=held)
    assert now.level <= kept.level <= max(now.level, held)
    assert verdict(*reversed(origins), delta=delta).level == now.level
    assert bool(now.origins) == (now.level > NONE)


def test_a_base_of_nothing_is_refused() -> None:
    """Shares of it would be no numbers."""
    with pytest.raises(ValueError, match="materiality base of V: above 0, got 0"):
        Subject("V", 0, 0.1, 0.1)
