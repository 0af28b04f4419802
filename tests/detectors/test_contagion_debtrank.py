"""DebtRank, linear DebtRank and the spectral radius."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.contagion.debtrank import debtrank, linear_debtrank, spectral_radius
from detectors.contagion.graph import Graph
from tests.detectors.guarantees import LIMIT, NAMES, graph, graphs

VALUE = {"C": 0.2, "B": 0.3, "A": 0.5}
CHAIN = {"B>C": 0.5, "A>B": 0.4}  # C hits B with .5, B hits A with .4
CYCLE = CHAIN | {"C>A": 0.3, "B>A": 0.2}


def test_chain() -> None:
    """Each passes on what reached it."""
    impact = debtrank(graph(CHAIN), VALUE, {"C": 1.0})
    assert impact.distress == pytest.approx({"C": 1.0, "B": 0.5, "A": 0.2})
    assert impact.loss == pytest.approx(0.25)


def test_cycle_does_not_reverberate() -> None:
    """A passes on to B once; B, inactive by then, does not pass it back."""
    impact = debtrank(graph(CYCLE), VALUE, {"C": 1.0})
    assert impact.distress == pytest.approx({"C": 1.0, "B": 0.54, "A": 0.2})
    assert impact.loss == pytest.approx(0.262)


@pytest.mark.parametrize(
    ("shock", "distress"),
    [
        (1.0, {"C": 1.0, "B": 0.543478, "A": 0.217391}),
        (0.2, {"C": 0.213953, "B": 0.116279, "A": 0.046512}),
    ],
)
def test_linear_on_the_cycle(shock: float, distress: dict[str, float]) -> None:
    """Echo included, up to the cap of 1."""
    linear = linear_debtrank(graph(CYCLE), {"C": shock}, LIMIT)
    assert linear.distress == pytest.approx(distress, abs=5e-7)
    assert linear.stable


def test_unit_of_value_does_not_matter_and_no_value_is_no_loss() -> None:
    """Loss is a share."""
    yuan = {name: share * 1e8 for name, share in VALUE.items()}
    assert debtrank(graph(CHAIN), yuan, {"C": 1.0}).loss == pytest.approx(0.25)
    assert debtrank(graph(CHAIN), {}, {"C": 1.0}).loss == 0.0


@pytest.mark.parametrize(
    ("weights", "radius"),
    [
        ({"A>B": 0.9, "B>C": 0.9}, 0.0),
        ({"A>B": 0.5, "B>A": 0.5}, 0.5),
        ({"A>B": 0.9, "B>A": 0.4}, 0.6),
        ({"A>B": 0.8, "B>C": 0.8, "C>A": 0.8, "D>A": 0.9}, 0.8),
        ({f"{one}>{other}": 0.5 for one in "ABCD" for other in "ABCD" if one != other}, 1.5),
    ],
    ids=["chain", "mutual", "uneven", "ring", "clique"],
)
def test_spectral_radius_of_known_matrices(weights: dict[str, float], radius: float) -> None:
    """Closed forms: 0 without a circle, the geometric mean around one, weight times n-1 in a clique."""
    assert spectral_radius(graph(weights), LIMIT) == pytest.approx(radius, abs=1e-9)
    assert linear_debtrank(graph(weights), {"A": 0.01}, LIMIT).stable == (radius < 1)


@settings(max_examples=50, deadline=None)
@given(graphs())
def test_radius_bounds_growth(made: Graph) -> None:
    """W^60 applied to ones grows no faster than the radius says (up to a polynomial of the six firms)."""
    x = dict.fromkeys(made, 1.0)
    for _ in range(60):
        x = {v: sum(pair.weight * x[debtor] for debtor, pair in made.debtors(v).items()) for v in made}
    radius = spectral_radius(made, LIMIT)
    assert max(x.values()) <= 1e9 * (radius + 1e-6) ** 60 + 1e-30


@settings(deadline=None)
@given(graphs(), st.sampled_from(NAMES), st.sampled_from((0.1, 0.5, 1.0)))
def test_linear_is_a_fixed_point_and_at_least_debtrank(made: Graph, name: str, shock: float) -> None:
    """Passing on every increment does no less than passing on once; both stay from 0 to 1."""
    once = debtrank(made, dict.fromkeys(NAMES, 1.0), {name: shock})
    linear = linear_debtrank(made, {name: shock}, LIMIT)
    assert 0.0 <= once.loss <= 1.0
    for firm in made:
        assert 0.0 <= once.distress[firm] <= linear.distress[firm] + 1e-9 <= 1.0 + 1e-9


@pytest.mark.parametrize(
    ("shock", "said"), [({"Z": 1.0}, "not in the graph"), ({"A": 2.0}, "from 0 to 1, got 2.0")]
)
def test_an_impossible_shock_is_refused(shock: dict[str, float], said: str) -> None:
    """A shock names a firm that is there and lies from 0 to 1."""
    with pytest.raises(ValueError, match=said):
        debtrank(graph(CHAIN), VALUE, shock)
