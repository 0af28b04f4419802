"""Influence within a few hops: the strongest path and the sum of paths."""

from itertools import pairwise, permutations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.contagion.graph import Graph
from detectors.contagion.paths import influences, path_ceiling, paths_into, strongest_paths, sum_of_paths
from tests.detectors.guarantees import LIMIT, NAMES, graph, graphs, link

ARCS = {"B>C": 0.5, "A>B": 0.4, "D>C": 0.3, "A>D": 0.6, "C>A": 0.9}
EVERY = msgspec.structs.replace(LIMIT, epsilon=0.0)


def test_strongest_paths_of_the_vector() -> None:
    """B .5 and D .3 at one hop, A .2 at two by way of B; nothing returns to C."""
    found = strongest_paths(graph(ARCS), "C", 1.0, LIMIT)
    assert {name: (one.hops, one.path) for name, one in found.items()} == {
        "A": (2, ("C", "B", "A")),
        "B": (1, ("C", "B")),
        "D": (1, ("C", "D")),
    }
    assert {name: one.influence for name, one in found.items()} == pytest.approx(
        {"A": 0.2, "B": 0.5, "D": 0.3}
    )


def test_sum_of_paths_of_the_vector() -> None:
    """Both routes to A: .5 * .4 + .3 * .6."""
    assert sum_of_paths(graph(ARCS), "C", 1.0, LIMIT) == pytest.approx({"A": 0.38, "B": 0.5, "D": 0.3})


def test_severity_decay_and_cut_off() -> None:
    """Influence is severity times weights times decay per further hop; below epsilon nothing is followed."""
    limit = msgspec.structs.replace(LIMIT, decay=0.5, epsilon=0.05)
    found = strongest_paths(graph(ARCS), "C", 0.8, limit)
    assert (found["A"].weight, found["A"].influence) == pytest.approx((0.2, 0.8 * 0.2 * 0.5))
    assert "A" not in strongest_paths(graph(ARCS), "C", 0.4, limit)
    assert sum_of_paths(graph(ARCS), "C", 0.8, limit)["A"] == pytest.approx(0.8 * 0.38 * 0.5)


def test_equal_paths_are_told_apart_by_length_then_by_name() -> None:
    """The explanation does not depend on chance."""
    made = graph({"B>X": 1.0, "D>X": 1.0, "A>D": 0.5, "A>B": 0.5, "D>B": 1.0})
    found = strongest_paths(made, "X", 1.0, LIMIT)
    assert found["D"].path == ("X", "D")
    assert found["A"].path == ("X", "B", "A")


def test_weak_arcs_can_be_left_out() -> None:
    """A shared address explains nothing."""
    made = graph({"A>B": 0.5})
    made.put(link("C>B", 0.05, weak=True))
    assert set(strongest_paths(made, "B", 1.0, LIMIT)) == {"A", "C"}
    assert set(strongest_paths(made, "B", 1.0, LIMIT, weak=False)) == {"A"}
    assert paths_into(made, "C", LIMIT, hops=2) == {}


def test_a_path_is_as_good_as_its_least_evidence() -> None:
    """One name match on the way caps the colour of the whole path."""
    made = graph({"A>B": 0.5})
    made.put(link("B>C", 0.5, ceiling=1))
    assert (path_ceiling(made, ("B", "A")), path_ceiling(made, ("C", "B", "A"))) == (3, 1)


def routes(made: Graph, origin: str, hops: int) -> dict[str, list[tuple[tuple[str, ...], float]]]:
    """All simple paths and their weights, by trying every sequence of firms."""
    found: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    others = [name for name in NAMES if name != origin]
    for length in range(1, hops + 1):
        for rest in permutations(others, length):
            path, weight = (origin, *rest), 1.0
            for debtor, guarantor in pairwise(path):
                pair = made.pair(guarantor, debtor)
                weight *= pair.weight if pair else 0.0
            if weight > 0:
                found.setdefault(path[-1], []).append((path, weight))
    return found


@settings(max_examples=60, deadline=None)
@given(graphs(), st.sampled_from(NAMES), st.integers(1, 4))
def test_against_every_simple_path(made: Graph, origin: str, hops: int) -> None:
    """The strongest is the maximum, the sum the sum, of all paths without return."""
    limit = msgspec.structs.replace(EVERY, hops=hops)
    expected = routes(made, origin, hops)
    strongest = strongest_paths(made, origin, 1.0, limit)
    summed = sum_of_paths(made, origin, 1.0, limit)
    assert set(strongest) == set(summed) == set(expected)
    for name, paths in expected.items():
        assert strongest[name].weight == pytest.approx(max(weight for _, weight in paths))
        assert strongest[name].path in [path for path, _ in paths]
        assert summed[name] == pytest.approx(sum(weight for _, weight in paths))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_looked_at_from_either_end(made: Graph) -> None:
    """Searching from the firm finds paths as strong as searching from each origin."""
    limit = msgspec.structs.replace(EVERY, hops=2)
    from_origins = influences(made, dict.fromkeys(NAMES, 1.0), limit)
    for name in NAMES:
        inward = paths_into(made, name, LIMIT, hops=2)
        told = {one.path[0]: one.weight for one in from_origins.get(name, [])}
        assert set(inward) == set(told)
        for origin, path in inward.items():
            weight = 1.0
            for debtor, guarantor in pairwise(path):
                pair = made.pair(guarantor, debtor)
                assert pair is not None
                weight *= pair.weight
            assert weight == pytest.approx(told[origin])
            assert (path[0], path[-1]) == (origin, name)
