"""The efficacy method: published vectors, the five standards themselves, order, and mirror."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import catalogue
from detectors.errors import FenghuoError
from detectors.forces.efficacy import COEFFICIENTS, efficacy
from streams.catalogues import read_parts, shipped
from tests.detectors.forces_records import rules

PUBLISHED = rules().standards[0].values
ROE, DEBT = PUBLISHED["roe"], PUBLISHED["debt_ratio"]

_number = st.floats(-1e6, 1e6)
_five = st.lists(_number, min_size=5, max_size=5).map(lambda five: tuple(sorted(five, reverse=True)))


def test_published_examples() -> None:
    """ROE 8 %: 0.6 + 2.4/5.1 * 0.2; debt ratio 60 %: 0.6 + 6.3/9 * 0.2; beyond the poor standard nothing."""
    assert round(efficacy(8.0, ROE), 2) == 69.41
    assert round(efficacy(60.0, DEBT, False), 2) == 74.00
    assert efficacy(99.0, DEBT, False) == 0.0


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_each_published_standard_scores_its_coefficient(name: str) -> None:
    """Excellent 100, good 80, average 60, low 40, poor 20, in both directions."""
    five = PUBLISHED[name]
    higher = five[0] > five[-1]
    assert [round(efficacy(one, five, higher), 6) for one in five] == [100 * one for one in COEFFICIENTS]


def test_published_set_is_the_one_of_2006_and_comes_first() -> None:
    """So that a score without peers says what it was held against."""
    assert [one.id for one in rules().standards] == ["published-2006", "default"]
    assert rules().fallback("roe") == (ROE, "published-2006")
    assert rules().fallback("net_assets") is None


@given(_five, _number, _number)
def test_a_better_value_never_scores_less(five: tuple[float, ...], one: float, other: float) -> None:
    """And every score lies within 0 and 100."""
    worse, better = sorted((one, other))
    assert 0.0 <= efficacy(worse, five) <= efficacy(better, five) <= 100.0  # type: ignore[arg-type]  # five by size


@given(_five, _number)
def test_lower_is_better_is_the_mirror(five: tuple[float, ...], value: float) -> None:
    """Negating everything changes nothing."""
    mirrored = tuple(-one for one in five)
    assert efficacy(value, five) == efficacy(-value, mirrored, False)  # type: ignore[arg-type]  # five by size


def test_equal_standards_make_a_step() -> None:
    """A cohort in which nobody differs."""
    assert [efficacy(value, (1.0,) * 5) for value in (0.9, 1.0, 1.1)] == [0.0, 100.0, 100.0]


@pytest.mark.parametrize(
    ("value", "five", "what"),
    [
        (1.0, (1, 2, 3, 4, 5), "falling"),
        (1.0, (3, 2, 1), "five standard values are needed, got 3"),
        (float("nan"), ROE, "finite"),
        (1.0, (5, 4, float("nan"), 2, 1), "falling"),
    ],
)
def test_what_cannot_grade_is_refused(value: float, five: tuple[float, ...], what: str) -> None:
    """Wrong order, wrong number, no number."""
    with pytest.raises(ValueError, match=what):
        efficacy(value, five)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "[16.1, 10.7, 5.6, -1.1, -8.7]",
            "[16.1, 10.7, 5.6, 9.1, -8.7]",
            "standards of roe: standard values run from",
        ),
        ("paid_in_ratio:", "paid_in_ration:", "'paid_in_ration': no such indicator; known are age, "),
        ("solvency: 0.25", "solvency: 0.35", "weights of the forces sum to 1, got 1.1"),
        ("solvency: 0.25, ", "", "every force has a weight above 0"),
        ("cut_offs: [90, 80", "cut_offs: [80, 90", "cut-offs fall"),
        ("cut_offs: [90, 80", "cut_offs: [80", "10 grades need 9 cut-offs, got 8"),
        ("red: 0.40", "red: 0.99", "probabilities rise"),
        ("gamma: 0.7", "gama: 0.7", "gama"),
        ("coverage_needed: 0.4", "coverage_needed: 4", "coverage_needed lies within 0 to 1, got 4"),
        ("points: [WP-08], level: 1", "level: 1", "cap enforcement names points, or else is hard"),
        ("yellow: 40", "yellow: 70", "bands fall"),
        ('version: "2026.1"', "version: [", "forces.yaml:"),
    ],
)
def test_a_mistake_in_the_file_is_named(old: str, new: str, what: str) -> None:
    """With the place and the rule, not a traceback."""
    parts = read_parts(shipped())
    assert old in parts["forces.yaml"]
    parts["forces.yaml"] = parts["forces.yaml"].replace(old, new, 1)
    with pytest.raises(FenghuoError, match=r"forces") as caught:
        catalogue.parse_parts(parts, "mine")
    assert what in str(caught.value)
