"""The guarantee graph, its ancestors, circular groups and components."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.contagion.graph import Graph, Link
from detectors.contagion.order import ancestors, components, groups
from tests.detectors.guarantees import NAMES, WEIGHTS, arcs, graph, graphs, link


def picture(made: Graph) -> Any:
    """All that can be read from a graph."""
    return (
        made.links(),
        [(name, made.own(name), list(made.debtors(name).items()), made.guarantors(name)) for name in made],
    )


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), arcs(), st.sampled_from(WEIGHTS)), max_size=12),
    st.lists(st.integers(0, 5), max_size=6),
    st.randoms(use_true_random=False),
)
def test_reads_the_same_whatever_the_order(
    puts: list[tuple[int, str, float]], drops: list[int], random: Any
) -> None:
    """Putting, replacing and dropping leave what was left put, and nothing more."""
    made, kept = Graph(), {}
    for number, arc, weight in puts:
        kept[f"l{number}"] = link(arc, weight, f"l{number}")
        made.put(kept[f"l{number}"])
    for number in drops:
        assert made.drop(f"l{number}") == kept.pop(f"l{number}", None)
    links = list(kept.values())
    random.shuffle(links)
    other = Graph()
    for one in links:
        other.put(one)
    assert picture(made) == picture(other)
    assert len(made) == len(list(made))
    assert list(made) == sorted({name for one in links for name in (one.guarantor, one.debtor)})


def test_what_was_read_does_not_change_under_the_reader() -> None:
    """Readers hold what was true when they asked."""
    made = graph({"A>B": 0.5})
    debtors, guarantors = made.debtors("A"), made.guarantors("B")
    made.put(link("A>C", 0.5))
    made.put(link("D>B", 0.5))
    made.drop("A>B")
    assert (list(debtors), guarantors) == (["B"], ("A",))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"weight": 1.01}, "from 0 to 1, got 1.01"),
        ({"weight": float("nan")}, "from 0 to 1, got nan"),
        ({"debtor": "A"}, "A cannot stand for itself"),
        ({"exposure": -1}, "not negative, got -1"),
    ],
)
def test_an_impossible_link_cannot_be_made(values: dict[str, Any], said: str) -> None:
    """The constructor names the link and the rule."""
    with pytest.raises(ValueError, match=f"link g-1: .*{said}"):
        Link(**{"id": "g-1", "guarantor": "A", "debtor": "B", "weight": 0.5, **values})


def test_an_impossible_probability_is_refused() -> None:
    """p_s is a probability."""
    with pytest.raises(ValueError, match=r"A: its own probability is from 0 to 1, got 1\.5"):
        Graph().tell("A", 1.5)


def test_part_keeps_links_among_the_members() -> None:
    """A copy of a part, of guarantees only if asked; changing it leaves the whole alone."""
    made = graph({"A>B": 0.5, "B>C": 0.5}, {"A": 0.2})
    made.put(link("B>A", 0.3, guarantee=False))
    part = made.part("AB")
    assert [one.id for one in part.links()] == ["A>B", "B>A"]
    assert [one.id for one in made.part(guarantees_only=True).links()] == ["A>B", "B>C"]
    part.drop("A>B")
    part.tell("A", 0.9)
    assert made.pair("A", "B") is not None
    assert made.own("A") == 0.2


def reaches(made: Graph, start: str) -> set[str]:
    """Whom ``start`` stands for, directly or not, itself included; written again for the comparison."""
    found = {start}
    for _ in NAMES:
        found |= {debtor for name in found for debtor in made.debtors(name)}
    return found


@settings(deadline=None)
@given(graphs())
def test_ancestors_are_those_who_reach(made: Graph) -> None:
    """Guarantors of guarantors, the seed included."""
    for seed in NAMES:
        assert ancestors(made, [seed]) == {name for name in NAMES if seed in reaches(made, name)}


@settings(deadline=None)
@given(graphs(), st.sets(st.sampled_from(NAMES)))
def test_groups_are_mutual_and_come_after_their_debtors(made: Graph, region: set[str]) -> None:
    """Same group if and only if each reaches the other; who is reached comes first."""
    inside = made.part(region)
    found = groups(made, region)
    home = {name: at for at, group in enumerate(found) for name in group}
    assert set(home) == region
    for one in region:
        for other in region:
            forth, back = other in reaches(inside, one), one in reaches(inside, other)
            assert (home[one] == home[other]) == (forth and back)
            if forth:
                assert home[other] <= home[one]


@settings(deadline=None)
@given(graphs())
def test_components_are_connected_either_way(made: Graph) -> None:
    """Every link lies in one component; firms without a link in none."""
    found = components(made)
    assert found == sorted(found)
    home = {name: at for at, members in enumerate(found) for name in members}
    assert set(home) == {name for one in made.links() for name in (one.guarantor, one.debtor)}
    assert all(home[one.guarantor] == home[one.debtor] for one in made.links())


def test_a_chain_longer_than_the_stack() -> None:
    """No recursion."""
    names = [f"n{number:05}" for number in range(5000)]
    made = graph({f"{one}>{other}": 0.5 for one, other in pairwise(names)})
    assert [group[0] for group in groups(made, set(names))] == names[::-1]
