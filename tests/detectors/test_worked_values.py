"""Every worked number of the domain description in one place: what is here must hold whatever else changes.

Each table stands beside one check; the modules of the parts test the same functions further.
"""

import itertools
from collections.abc import Mapping
from datetime import timedelta

import pytest

from detectors.contagion.debtrank import debtrank, linear_debtrank
from detectors.contagion.incremental import Vulnerability
from detectors.contagion.paths import strongest_paths, sum_of_paths
from detectors.contagion.vulnerability import raise_up, solve
from detectors.fact import day_of
from detectors.fold import fold_all
from detectors.forces.credit import credit, grade_of
from detectors.forces.default import logistic, probability_of_default
from detectors.forces.efficacy import efficacy
from detectors.forces.forces import Force
from detectors.forces.measure import ForceId
from detectors.forces.standing import Standing
from detectors.identifiers import case_number, lei, organisation_code, resident_id, uscc
from detectors.identifiers.errors import IdentifierError
from detectors.macro.composite import averaged, chained, changes, size
from detectors.materiality import base_of
from detectors.record import Record, epoch
from detectors.score import level_of_score, noisy_or
from tests.detectors import build
from tests.detectors.guarantees import LIMIT, graph
from tests.detectors.verdicts import faded

RULES = build.shipped().scoring

# ---- identifiers -----------------------------------------------------------------------------------------------

USCCS = (
    "91110000600037341L", "91350100M000100Y43",  # widely used examples
    "91330604MA0000015G", "91330604MA0000023B", "92330604MA00000313", "93330604MA0000058P", "1233060400000006X2",
    "N1330604MF0000048R",  # category N: a rural collective
)  # fmt: skip


@pytest.mark.parametrize("code", USCCS)
def test_unified_social_credit_codes(code: str) -> None:
    """GB 32100: valid as given, and not with any one character altered."""
    assert uscc.parse(code).value == code
    for at, old in enumerate(code):
        for new in uscc.ALPHABET:
            if new != old:
                with pytest.raises(IdentifierError):
                    uscc.parse(code[:at] + new + code[at + 1 :])


def test_organisation_codes_resident_ids_and_lei() -> None:
    """GB 11714, GB 11643 (a synthetic one), ISO 17442."""
    assert [organisation_code.parse(text) for text in ("60003734-1", "M000100Y-4")] == [
        "600037341",
        "M000100Y4",
    ]
    assert resident_id.parse("360426199101010071").masked == "360426********0071"
    assert lei.parse("213800KUD8LAJWSQ9D15") == "213800KUD8LAJWSQ9D15"


# ---- case numbers ----------------------------------------------------------------------------------------------

CASES = [
    ("（2023）浙0604民初1234号", "(2023)浙0604民初1234号"),
    ("(2024)浙0604执567号", "(2024)浙0604执567号"),
    ("（2024）浙0604执恢12号之一", "(2024)浙0604执恢12号"),
    ("〔2021〕最高法知民终８８号", "(2021)最高法知民终88号"),
    ("（2022）京73民初5号", "(2022)京73民初5号"),
    ("（2016）浙06破申3号", "(2016)浙06破申3号"),
    ("（2023）浙0604执123-130号", "(2023)浙0604执123-130号"),
    ("(2024)沪74民初1号", "(2024)沪74民初1号"),
    ("（2024）浙民终1号", "(2024)浙民终1号"),
    ("（2024）兵0101民初7号", "(2024)兵0101民初7号"),
    ("（2015）绍虞商初字第123号", "(2015)绍虞商初字第123号"),
]


@pytest.mark.parametrize(("text", "key"), CASES)
def test_case_numbers_that_are_accepted(text: str, key: str) -> None:
    """One key per case; only the form of before 2016 is marked as legacy; a batch is so many cases."""
    case = case_number.parse(text)
    assert (case.key, case.legacy) == (key, text.endswith("字第123号"))
    assert len(case.expand()) == (8 if "-" in text else 1)


@pytest.mark.parametrize("text", ["2024浙0604民初1号", "（2024）浙604民初1号"])
def test_case_numbers_that_are_refused(text: str) -> None:
    """No brackets; a court of three digits."""
    with pytest.raises(IdentifierError):
        case_number.parse(text)


def test_the_specialised_mark_of_the_intellectual_property_court() -> None:
    """知 is a mark, 民终 the type."""
    case = case_number.parse("〔2021〕最高法知民终８８号")
    assert (case.specialised, case.type_code) == ("知", "民终")


# ---- from points to score and tier -----------------------------------------------------------------------------

SCORES = [
    ([10], 10), ([10, 10], 19), ([10, 10, 10], 27.1), ([30], 30), ([30, 30], 51), ([30] * 3, 65.7),
    ([30] * 4, 75.99), ([30, 30, 30, 10], 69.13), ([30, 30, 30, 10, 10], 72.217), ([70, 30], 79), ([70, 70], 91),
]  # fmt: skip


@pytest.mark.parametrize(("points", "score"), SCORES)
def test_score_of_points(points: list[float], score: float) -> None:
    """R = 100·(1 − ∏(1 − p/100)), in whatever order."""
    assert {round(noisy_or(order), 3) for order in itertools.permutations(points)} == {score}


def test_four_yellows_are_red_by_score_and_three_with_a_blue_are_not() -> None:
    """75.99 against 69.13."""
    assert level_of_score(noisy_or([30] * 4), build.shipped()) == 3
    assert level_of_score(noisy_or([30, 30, 30, 10]), build.shipped()) == 2


@pytest.mark.parametrize(("days", "p"), [(0, 30), (30, 23.811), (90, 15), (180, 7.5), (365, 1.804)])
def test_decay_of_thirty_points(days: int, p: float) -> None:
    """Halved every 90 days."""
    assert round(faded("WP-22", 30.0).weight(days, 90), 3) == p


# ---- materiality base ------------------------------------------------------------------------------------------

LADDER = [
    ({"paid_capital": build.money(3e6), "subscribed_capital": build.money(9e6)}, 3e6),
    ({"paid_capital": build.money(0), "subscribed_capital": build.money(9e6)}, 2.7e6),
    ({"size_class": "micro"}, 0.5e6),
    ({"size_class": "small"}, 3e6),
    ({"size_class": "medium"}, 20e6),
    ({"size_class": "large"}, 100e6),
]


@pytest.mark.parametrize(("said", "base"), LADDER)
def test_materiality_base(said: Mapping[str, object], base: float) -> None:
    """Paid-in capital, else 30 % of what was subscribed, else by size class."""
    assert _base(build.record("F29", "m", "2020-01-01", {"name": "x", **said})) == base


def test_materiality_base_of_net_assets_comes_first() -> None:
    """If they are known and above 0."""
    accounts = build.record("F30", "a", "2026-01-01", {"period": "2025", "equity": build.money(7e6)})
    broke = build.record("F30", "a", "2026-01-01", {"period": "2025", "equity": build.money(-1)})
    assert _base(build.master("2020-01-01", 3e6), accounts) == 7e6
    assert _base(build.master("2020-01-01", 3e6), broke) == 3e6
    before = build.record("F30", "b", "2025-01-01", {"period": "2024", "equity": build.money(9e6)})
    silent = build.record("F30", "s", "2026-01-15", {"period": "2026-01", "revenue": build.money(1)})
    assert _base(build.master("2020-01-01", 3e6), before, broke, silent) == 3e6  # used up since
    assert _base(build.master("2020-01-01", 3e6), before, silent) == 9e6


def _base(*records: Record) -> float:
    catalogue = build.shipped()
    ledger = fold_all(records, catalogue)[build.FIRM]
    day = day_of(epoch(build.at("2026-02-01")), 8 * 3600)
    return base_of(ledger, day, catalogue.materiality, catalogue.profile("CN-330604")).amount / 100


# ---- five forces and credit score ------------------------------------------------------------------------------

STANDARDS: Mapping[str, tuple[float, ...]] = {
    "roe": (16.1, 10.7, 5.6, -1.1, -8.7),
    "asset_turnover": (1.6, 1.2, 0.6, 0.4, 0.2),
    "debt_ratio": (44.6, 57.3, 66.3, 82.2, 97.2),
    "interest_cover": (6.2, 4.5, 2.2, 1.0, -0.6),
    "quick_ratio": (142.7, 112.9, 71.8, 47.9, 30.1),
    "growth_revenue": (37.8, 26.4, 10.6, -11.6, -30.3),
    "guarantee_load": (0.4, 1.3, 6.1, 14.7, 23.8),
}


@pytest.mark.parametrize("name", STANDARDS)
def test_published_standards_of_2006_are_those_that_ship(name: str) -> None:
    """企业绩效评价标准值, medium industrial firms."""
    assert RULES.standards[0].values[name] == STANDARDS[name]


@pytest.mark.parametrize(
    ("name", "value", "score"), [("roe", 8.0, 69.41), ("debt_ratio", 60.0, 74.00), ("debt_ratio", 99.0, 0.0)]
)
def test_efficacy(name: str, value: float, score: float) -> None:
    """Linear between the standards."""
    five = RULES.standards[0].values[name]
    assert round(efficacy(value, five, five[0] > five[-1]), 2) == score


def _credit(standing: Standing, height: float = 100.0) -> tuple[float | None, str | None]:
    names: tuple[ForceId, ...] = ("capital", "operations", "profitability", "solvency", "potential")
    forces = {name: Force(name, height, 0, 1.0, 0, (), (), {}) for name in names}
    found = credit(forces, standing, RULES.credit)
    return found.score, found.grade


CAPS = [
    (Standing(levels={"WP-09": 3}, hard=("WP-09",)), 20.0, "CC"),  # dishonest: red at once
    (Standing(levels={"WP-08": 1}), 40.0, "B"),  # under enforcement, in whatever colour
    (Standing(levels={"WP-49": 2}), 60.0, "BBB"),  # its guarantee circle is yellow
    (Standing(levels={"WP-49": 1}), 100.0, "AAA"),
]


@pytest.mark.parametrize(("standing", "at_most", "grade"), CAPS)
def test_credit_score_is_capped(standing: Standing, at_most: float, grade: str) -> None:
    """However good the forces are."""
    assert _credit(standing) == (at_most, grade)


def test_credit_score_is_discounted_for_risk() -> None:
    """base·(1 − R/100)^0.7."""
    score, _ = _credit(Standing(risk=50.0), 80.0)
    assert score == pytest.approx(80 * 0.5**0.7)
    weights = RULES.credit.weights
    assert [weights[name] for name in ("capital", "operations", "profitability", "solvency", "potential")] == [
        0.20, 0.20, 0.20, 0.25, 0.15,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("score", "grade"),
    [(90, "AAA"), (80, "AA"), (70, "A"), (60, "BBB"), (50, "BB"), (40, "B"), (30, "CCC"), (20, "CC"), (10, "C"),
     (9.9, "D")],
)  # fmt: skip
def test_grades(score: float, grade: str) -> None:
    """Ten of them, AAA to D."""
    assert grade_of(score, RULES.credit) == grade


@pytest.mark.parametrize(("risk", "p"), [(0, 0.010), (40, 0.074), (70, 0.277), (90, 0.520)])
def test_probability_of_default_by_score(risk: float, p: float) -> None:
    """σ(−4.6 + 5.2·R/100)."""
    assert round(logistic(RULES.default.alpha + RULES.default.beta * risk / 100), 3) == p


@pytest.mark.parametrize(
    ("standing", "insolvent", "p"),
    [
        (Standing(tier=0), False, 0.01),
        (Standing(tier=1), False, 0.03),
        (Standing(tier=2), False, 0.10),
        (Standing(tier=3), False, 0.40),
        (Standing(tier=3, hard=("WP-09",)), False, 0.90),
        (Standing(tier=3), True, 1.0),
    ],
)
def test_probability_of_default_by_tier(standing: Standing, insolvent: bool, p: float) -> None:
    """Until outcomes have been seen, and marked as not calibrated."""
    found = probability_of_default(standing, RULES.default, insolvent)
    assert (found.by_tier, found.calibrated) == (p, False)


# ---- composite index -------------------------------------------------------------------------------------------


def test_composite_index() -> None:
    """Y = 100, 104, 98, 98, 110; with A = 1 the recursion returns the series."""
    series = [100.0, 104.0, 98.0, 98.0, 110.0]
    changed = changes(series)
    assert [round(change, 4) for change in changed] == [3.9216, -5.9406, 0.0, 11.5385]
    assert round(size(changed), 4) == 5.3502
    assert chained(averaged([changed], [1.0], sizes=[1.0])) == pytest.approx(series, abs=1e-9)


# ---- contagion -------------------------------------------------------------------------------------------------

CHAIN = {"A>B": 0.4, "B>C": 0.5}
MUTUAL = {"A>B": 0.5, "B>A": 0.5}
STAR = {"G>X": 0.4, "G>Y": 0.4, "G>Z": 0.4}
VULNERABILITIES = [
    (CHAIN, {"A": 0.05, "B": 0.10, "C": 1.0}, {"A": 0.259, "B": 0.55}),
    (CHAIN, {"A": 0.05, "B": 0.10, "C": 0.02}, {"A": 0.09142, "B": 0.109}),
    (MUTUAL, {"A": 0.05, "B": 0.10}, {"A": 0.124006, "B": 0.155803}),
    (MUTUAL, {"A": 0.05, "B": 0.60}, {"A": 0.370166, "B": 0.674033}),
    (STAR, {"G": 0.05, "X": 0.3, "Y": 0.3, "Z": 0.3}, {"G": 0.352602}),
    ({"A>B": 1.0, "B>A": 1.0}, {"A": 0.0, "B": 0.0}, {"A": 0.0, "B": 0.0}),
]


@pytest.mark.parametrize(("arcs", "own", "expected"), VULNERABILITIES)
def test_vulnerability(
    arcs: Mapping[str, float], own: Mapping[str, float], expected: Mapping[str, float]
) -> None:
    """The least fixed point, from the batch and from the incremental computation."""
    found = solve(graph(arcs, own), LIMIT.resolution_bits)
    model = Vulnerability(graph(arcs, own), LIMIT)
    model.finish()
    for name, p in expected.items():
        assert (round(found[name], 6), round(model.p[name], 6)) == (p, p)


def test_a_shock_undone_leaves_nothing_behind() -> None:
    """.124006 and .155803 again."""
    model = Vulnerability(graph(MUTUAL, {"A": 0.05, "B": 0.10}), LIMIT)
    model.finish()
    calm = dict(model.p)
    for own in (0.60, 0.10):
        model.tell("B", own)
        model.settle()
    assert model.p == calm


def test_a_certain_circle_has_to_begin_anew() -> None:
    """With weights of 1 both ways (1, 1) stays (1, 1) when only iterated: why removals reset what they reach."""
    made, stuck = graph({"A>B": 1.0, "B>A": 1.0}, {"A": 0.0, "B": 0.0}), {"A": 1.0, "B": 1.0}
    raise_up(made, stuck, {"A", "B"}, LIMIT.resolution_bits, None, {})
    assert stuck == {"A": 1.0, "B": 1.0}


VALUE = {"C": 0.2, "B": 0.3, "A": 0.5}
HIT = {"B>C": 0.5, "A>B": 0.4}
CYCLE = HIT | {"C>A": 0.3, "B>A": 0.2}


@pytest.mark.parametrize(
    ("arcs", "h", "loss"),
    [(HIT, {"C": 1.0, "B": 0.5, "A": 0.2}, 0.25), (CYCLE, {"C": 1.0, "B": 0.54, "A": 0.2}, 0.262)],
)
def test_debtrank(arcs: Mapping[str, float], h: Mapping[str, float], loss: float) -> None:
    """No reverberation."""
    impact = debtrank(graph(arcs), VALUE, {"C": 1.0})
    assert impact.distress == pytest.approx(h)
    assert impact.loss == pytest.approx(loss)


@pytest.mark.parametrize(
    ("shock", "h"),
    [
        (1.0, {"C": 1.0, "B": 0.543478, "A": 0.217391}),
        (0.2, {"C": 0.213953, "B": 0.116279, "A": 0.046512}),
    ],
)
def test_linear_debtrank(shock: float, h: Mapping[str, float]) -> None:
    """On the cycle, echo included."""
    assert linear_debtrank(graph(CYCLE), {"C": shock}, LIMIT).distress == pytest.approx(h, abs=5e-7)


def test_paths() -> None:
    """Strongest path: B .5 and D .3 at one hop, A .2 at two; sum of paths to A .38; nothing returns to C."""
    made = graph({"B>C": 0.5, "A>B": 0.4, "D>C": 0.3, "A>D": 0.6, "C>A": 0.9})
    found = strongest_paths(made, "C", 1.0, LIMIT)
    assert {name: (one.hops, round(one.influence, 9)) for name, one in found.items()} == {
        "B": (1, 0.5), "D": (1, 0.3), "A": (2, 0.2),
    }  # fmt: skip
    assert sum_of_paths(made, "C", 1.0, LIMIT)["A"] == pytest.approx(0.38)


# ---- load ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "within", "per_second"),
    [
        (3e6, timedelta(days=1), 34.72),
        (3e6, timedelta(hours=2), 416.7),
        (473e6, timedelta(hours=6.57), 20_000),
    ],
)
def test_load(records: float, within: timedelta, per_second: float) -> None:
    """What the throughput targets of the benchmark are read from: a day's records, in two hours, a whole history."""
    assert records / within.total_seconds() == pytest.approx(per_second, rel=1e-3)
