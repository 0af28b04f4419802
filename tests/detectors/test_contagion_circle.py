"""Figures of a guarantee circle."""

import pytest
from hypothesis import given, settings

from detectors.contagion.circle import Circle, Member, circles, measure, pagerank
from detectors.contagion.graph import Graph
from detectors.contagion.loss import balances, expected_loss
from detectors.contagion.vulnerability import solve
from tests.detectors.guarantees import LIMIT, M, graph, graphs, link

NONE, BLUE, YELLOW, RED = range(4)


def measured(made: Graph, known: dict[str, Member] | None = None) -> Circle:
    """The one circle of a graph."""
    (members,) = circles(made).values()
    return measure(made, members, known or {}, solve(made, LIMIT.resolution_bits), LIMIT)


def test_a_circle_by_hand() -> None:
    """A and B stand for each other, C for B, D for C."""
    made = graph(
        {"A>B": 0.5, "B>A": 0.5, "C>B": 0.4, "D>C": 0.2},
        {"A": 0.05, "B": 0.1, "C": 0.05, "D": 0.05},
        exposure=M,
    )
    known = {
        "A": Member(RED, 2 * M, 2 * M),
        "B": Member(YELLOW, M, M // 2),
        "C": Member(YELLOW, M, None),
        "D": Member(NONE, M, M),
    }
    circle = measured(made, known)
    assert (circle.id, circle.members) == ("A", ("A", "B", "C", "D"))
    assert (circle.contracts, circle.pairs, circle.density) == (4, 4, pytest.approx(4 / 12))
    assert circle.reciprocity == pytest.approx(2 / 4)
    assert circle.circular == (("A", "B"),)
    assert circle.longest_chain == 2  # D for C, C for the group of A and B
    assert circle.over_guaranteed == ("B",)  # answers for M with M / 2; D answers for all it has, no more
    assert circle.balance == 4 * M
    assert circle.leverage == pytest.approx(3 * M / (3.5 * M))  # C's net assets are unknown
    assert (circle.share_yellow, circle.share_red) == (0.5, 0.25)
    assert circle.lambda_max == pytest.approx(0.5)
    p = solve(made, LIMIT.resolution_bits)
    assert circle.expected_loss == pytest.approx(sum((p[name] - made.own(name)) * M for name in "ABCD"))
    assert circle.hubs[0].entity == "B"
    assert (circle.hubs[0].given, circle.hubs[0].received) == (M, 2 * M)
    assert circle.systemic[0][0] == "B"  # its failure reaches everybody


def test_too_many_clients() -> None:
    """Five are allowed, six are not, whatever the amounts."""
    five = graph({f"A>c{number}": 0.1 for number in range(5)})
    assert measured(five).over_guaranteed == ()
    five.put(link("A>c5", 0.1))
    assert measured(five).over_guaranteed == ("A",)


def test_negative_net_assets_carry_nothing() -> None:
    """Any balance is above them; the firm is left out of the leverage."""
    circle = measured(graph({"A>B": 0.5}, exposure=1), {"A": Member(net_assets=-5)})
    assert circle.over_guaranteed == ("A",)
    assert circle.leverage is None
    nothing = measured(graph({"A>B": 0.5}), {"A": Member(net_assets=-5)})
    assert nothing.over_guaranteed == ()


def test_several_contracts_are_one_pair() -> None:
    """Density and clients count firms, not paper."""
    made = graph({"A>B": 0.5})
    made.put(link("A>B", 0.5, "second"))
    circle = measured(made)
    assert (circle.contracts, circle.pairs, circle.density) == (2, 1, 0.5)


def test_relations_bind_no_circle() -> None:
    """A shared controller joins firms in contagion, not in a guarantee circle."""
    made = graph({"A>B": 0.5, "C>D": 0.5})
    made.put(link("B>C", 0.5, guarantee=False))
    assert circles(made) == {"A": ("A", "B"), "C": ("C", "D")}


def test_guarantors_of_one_debt_lose_no_more_than_the_debt() -> None:
    """Each answers for all of it, the creditor is paid once."""
    made = graph({}, {"A": 0.0, "B": 0.0, "X": 1.0})
    made.put(link("A>X", 0.8, exposure=M, debt="loan"))
    made.put(link("B>X", 0.8, exposure=M, debt="loan"))
    p = solve(made, LIMIT.resolution_bits)
    assert expected_loss(made, p) == pytest.approx(M)
    made.put(link("B>X", 0.8, exposure=M, debt="another loan"))
    assert expected_loss(made, p) == pytest.approx(1.6 * M)
    assert balances(made) == {"A": M, "B": M, "X": 0}


@settings(deadline=None, max_examples=40)
@given(graphs(exposure=M))
def test_laws_of_figures(made: Graph) -> None:
    """Shares are shares, ranks sum to one, the id is the least member, every guarantee lies in one circle."""
    found = circles(made)
    p = solve(made, LIMIT.resolution_bits)
    contracts = 0
    for ident, members in found.items():
        circle = measure(made, reversed(members), {}, p, LIMIT)
        assert circle.id == ident == min(members)
        assert 0 < circle.density <= 1
        assert 0 <= circle.reciprocity <= 1
        assert circle.longest_chain < len(members)
        assert circle.expected_loss >= 0
        assert all(0 <= share <= 1 for _, share in circle.systemic)
        assert sum(pagerank(made.part(members), LIMIT).values()) == pytest.approx(1.0)
        contracts += circle.contracts
    assert contracts == len(made.links())


def test_pagerank_of_a_star() -> None:
    """Two guarantors of one debtor: x = (1 - d) / (3 - 2d - ...) solved by hand for d = .85."""
    ranks = pagerank(graph({"A>X": 0.5, "B>X": 0.5}, exposure=1), LIMIT)
    leaf = 1 / (
        3 + 2 * 0.85
    )  # X passes its rank on to all alike: leaf = (1 - d + d x) / 3, x = leaf (1 + 2 d)
    assert ranks == pytest.approx({"A": leaf, "B": leaf, "X": leaf * 2.7})


def test_one_firm_is_no_circle() -> None:
    """Say so instead of dividing by nothing."""
    with pytest.raises(ValueError, match="at least two members"):
        measure(Graph(), ["A"], {}, {}, LIMIT)
