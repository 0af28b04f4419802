"""Leaving the circle: what releasing or replacing guarantees would bring."""

import msgspec
import pytest
from hypothesis import given, settings

from detectors.contagion.graph import Graph
from detectors.contagion.loss import balances, expected_loss
from detectors.contagion.vulnerability import solve
from detectors.contagion.what_if import best_exits, edge_values, simulate
from tests.detectors.guarantees import LIMIT, M, graph, graphs, link

RED = 3
BITS = LIMIT.resolution_bits


def ring() -> Graph:
    """A for B for C for A; C is in distress."""
    return graph({"A>B": 0.8, "B>C": 0.8, "C>A": 0.8}, {"A": 0.01, "B": 0.01, "C": 0.9}, exposure=M)


def test_releasing_the_guarantee_for_the_firm_in_distress() -> None:
    """B and behind it A are out of danger; the graph itself is not touched."""
    made = ring()
    outlook = simulate(made, ["B>C"], [], {"C": RED}, dict.fromkeys("ABC", M), LIMIT)
    assert outlook.relieved == ("A", "B")
    assert outlook.burdened == ()
    assert outlook.p["B"] == (solve(made, BITS)["B"], 0.01)
    assert outlook.loss_before == pytest.approx(expected_loss(made, solve(made, BITS)))
    after = made.part()
    after.drop("B>C")
    assert outlook.loss_after == pytest.approx(expected_loss(after, solve(after, BITS)))
    assert outlook.saved > 0
    assert made.pair("B", "C") is not None


def test_replacing_a_guarantee_by_another() -> None:
    """A guarantee company steps in for B: B is relieved, the company burdened."""
    bases = dict.fromkeys(["A", "B", "C", "company"], M)
    swap = [link("company>C", 0.8, exposure=M)]
    outlook = simulate(ring(), ["B>C"], swap, {"C": RED}, bases, LIMIT)
    assert (outlook.relieved, outlook.burdened) == (("A", "B"), ("company",))
    reduced = [link("B>C", 0.08, exposure=M // 10)]
    outlook = simulate(ring(), [], reduced, {"C": RED}, bases, LIMIT)
    assert outlook.relieved == ("A", "B")


def test_a_link_that_is_not_there_is_refused() -> None:
    """Rather than to report that releasing it changes nothing."""
    with pytest.raises(ValueError, match="link Z>A is not in the graph"):
        simulate(ring(), ["Z>A"], [], {}, dict.fromkeys("ABC", M), LIMIT)


@settings(deadline=None, max_examples=40)
@given(graphs(exposure=M))
def test_values_are_those_of_the_definition(made: Graph) -> None:
    """Computed from scratch without each guarantee; never negative; most costly first; the graph unchanged."""
    whole, exposure = solve(made, BITS), balances(made)
    values = edge_values(made, LIMIT)
    for one in values:
        without = made.part()
        without.drop(one.link.id)
        p = solve(without, BITS)
        expected = sum((whole[name] - p.get(name, made.own(name))) * exposure[name] for name in whole)
        assert one.value == pytest.approx(expected, abs=1e-3)
        assert one.value >= 0
    assert [one.link for one in sorted(values, key=lambda one: one.link.id)] == made.links()
    assert values == sorted(values, key=lambda one: (-one.value, one.link.id))
    assert solve(made, BITS) == whole


def test_greedy_exits() -> None:
    """First the guarantee for the firm in distress; then nothing comes from it any more."""
    chosen = best_exits(ring(), 2, LIMIT)
    assert chosen[0].link.id == "B>C"
    assert chosen == best_exits(ring(), 2, LIMIT)
    assert [one.link.id for one in best_exits(ring(), 1, LIMIT)] == ["B>C"]
    assert len(best_exits(ring(), 10, LIMIT)) <= 3
    assert best_exits(ring(), 0, LIMIT) == []


@settings(deadline=None, max_examples=30)
@given(graphs(exposure=M))
def test_each_exit_is_the_best_of_those_left(made: Graph) -> None:
    """And worth something."""
    left = made.part()
    for one in best_exits(made, 3, LIMIT):
        assert one.value > 0
        exposure = balances(made)
        best = max(_value(left, other.id, exposure) for other in left.links())
        assert one.value == pytest.approx(best, abs=1e-3)
        left.drop(one.link.id)


def _value(made: Graph, ident: str, exposure: dict[str, int]) -> float:
    without = made.part()
    without.drop(ident)
    before, after = solve(made, BITS), solve(without, BITS)
    return sum((before[name] - after.get(name, made.own(name))) * exposure[name] for name in before)


def test_candidates_are_bounded() -> None:
    """Large circles are searched among the most costly guarantees only."""
    limit = msgspec.structs.replace(LIMIT, what_if_candidates=1)
    assert len(best_exits(ring(), 3, limit)) == 1


def test_a_relation_is_no_exit() -> None:
    """Control cannot be released by a bank."""
    made = ring()
    made.put(link("B>C", 0.3, "control", guarantee=False))
    assert "control" not in [one.link.id for one in edge_values(made, LIMIT)]


def test_a_firm_nobody_told_about_stays_when_its_last_guarantee_goes() -> None:
    """It falls back to the default, not to nothing."""
    made = Graph(default=0.01)
    made.tell("B", 0.9)
    made.put(link("A>B", 0.5, exposure=M))
    (only,) = edge_values(made, LIMIT)
    assert only.value == pytest.approx((solve(made, BITS)["A"] - 0.01) * M)
