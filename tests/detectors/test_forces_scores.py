"""Five forces, credit score and its caps: worked by hand, with missing data and with peers."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.forces.credit import credit, grade_of
from detectors.forces.efficacy import Five, efficacy, in_hundredths
from detectors.forces.forces import Force, NoPeers, Standards, five_forces
from detectors.forces.measure import ForceId
from detectors.forces.measures import FORCES, MEASURES
from detectors.forces.scores import scores
from detectors.forces.standing import Standing, standing_of
from detectors.judge import judge
from detectors.record import Record
from tests.detectors import build
from tests.detectors.forces_records import accounts, healthy, judged, master, rules, two_years, view_of
from tests.detectors.verdicts import faded, fired, silent
from tests.detectors.verdicts import judged as made

RULES, CATALOGUE = rules(), build.shipped()
BARE = [accounts("2025", "2026-03-20", assets=20e6, liabilities=12e6, equity=8e6, profit=0.64e6)]


class Peers:
    """Peers of which only what a test names is known."""

    def __init__(
        self,
        five: Mapping[str, Five] | None = None,
        medians: Mapping[str, float] | None = None,
        ranks: Mapping[str, float] | None = None,
    ) -> None:
        self.five, self.medians, self.ranks = five or {}, medians or {}, ranks or {}

    def standard(self, measure_id: str) -> Five | None:
        """The five."""
        return self.five.get(measure_id)

    def median(self, measure_id: str) -> float | None:
        """The median."""
        return self.medians.get(measure_id)

    def percentile(self, measure_id: str, value: float) -> float | None:
        """The same percentile for every value."""
        return self.ranks.get(measure_id)


def force(name: ForceId, records: list[Record], peers: Standards | None = None) -> Force:
    """One force of the firm."""
    return five_forces(view_of(records), peers or NoPeers(), RULES)[name]


def test_weights_are_shared_out_over_what_is_known() -> None:
    """Solvency of bare accounts: debt ratio 60 % is 74 by the standards of 2006; nothing else weighs on it."""
    found = force("solvency", BARE)
    shares = {one.measure: (round(one.score, 2), one.standard) for one in found.contributions}
    assert shares == {
        "debt_ratio": (74.0, "published-2006"),
        "arrears_load": (100.0, "default"),
        "enforcement_load": (100.0, "default"),
        "guarantee_load": (100.0, "published-2006"),
    }
    assert found.coverage == 0.8  # without interest cover (.10) and days past due (.10)
    assert round(found.score or 0, 4) == round((0.2 * 74 + 0.6 * 100) / 0.8, 4)
    assert math.isclose(math.fsum(one.share for one in found.contributions), 1.0)
    assert set(found.missing) == {"interest_cover", "max_days_past_due"}
    assert found.as_of == view_of(BARE).day


def test_a_force_of_which_little_is_known_is_unknown() -> None:
    """Profitability by ROE alone (.30) is unknown; with the margin (.50 in all) it is not. Never 50."""
    alone = force("profitability", BARE)
    assert (alone.score, alone.level, alone.coverage) == (None, 0, 0.3)
    assert [one.measure for one in alone.contributions] == ["roe"]  # 8 %, for the record
    assert round(alone.contributions[0].score, 2) == 69.41
    both = force("profitability", [build.saying(BARE[0], revenue=build.money(8e6))])
    assert both.coverage == 0.5
    assert round(both.score or 0, 2) == round(0.6 * 69.41 + 0.4 * 80.0, 2)  # margin 8 % is good


def test_coverage_of_exactly_four_tenths_is_enough() -> None:
    """Capital by encumbrance (.15), stability (.10) and encumbered equity: .25 + .15 + .10 = .50, .15 + .10 = .25."""
    assert force("capital", BARE).coverage == 0.5
    assert force("capital", []).coverage == 0.25
    exact = replace(RULES, coverage_needed=0.25)
    assert five_forces(view_of([]), NoPeers(), exact)["capital"].score == 100.0


def test_contributions_explain_the_distance_to_an_average_firm() -> None:
    """They sum to it; the strongest three of either direction are named, best first."""
    for found in five_forces(view_of(healthy()), NoPeers(), RULES).values():
        if found.score is not None:
            effects = [one.effect for one in found.contributions]
            assert math.isclose(math.fsum(effects), found.score - RULES.neutral, abs_tol=1e-9)
        ranked = [one.effect for one in found.top]
        assert ranked == sorted(ranked, reverse=True)
        assert sum(effect > 0 for effect in ranked) <= 3
        assert sum(effect < 0 for effect in ranked) <= 3


def test_peers_replace_the_fallback() -> None:
    """Five values of the peers; a percentile for what is compared by rank; both say so."""
    peers = Peers({"debt_ratio": (30.0, 40.0, 50.0, 60.0, 70.0)}, ranks={"net_assets": 80.0})
    debt = next(one for one in force("solvency", BARE, peers).contributions if one.measure == "debt_ratio")
    assert (debt.value, round(debt.score, 9), debt.standard) == (60.0, 40.0, "cohort")
    net = next(one for one in force("capital", BARE, peers).contributions if one.measure == "net_assets")
    assert (round(net.score, 9), net.standard) == (90.0, "percentile")  # half-way from P70 to P90


def test_power_is_held_against_the_median_of_the_peers() -> None:
    """12/11 of last year where the peers are at 1.05: 0.0409 above, between average (0) and good (0.08)."""
    known = force("operations", healthy(), Peers(medians={"power_activity": 1.05}))
    power = next(one for one in known.contributions if one.measure == "power_activity")
    expected = 60 + (12 / 11 - 1.05) / 0.08 * 20
    assert (round(power.score, 6), power.standard) == (round(expected, 6), "default")
    assert force("operations", healthy()).missing["power_activity"] == "no median of the peers is known"


def test_a_cohort_standard_of_a_relative_measure_is_of_raw_values() -> None:
    """Taking the median off both sides changes nothing, so none is needed."""
    five = (1.3, 1.2, 1.1, 1.0, 0.9)
    known = force("operations", healthy(), Peers({"power_activity": five}))
    power = next(one for one in known.contributions if one.measure == "power_activity")
    assert (power.score, power.standard) == (efficacy(power.value, five), "cohort")


def test_growth_is_the_mean_percentile_of_its_parts() -> None:
    """Ranks 90 and 50 make 70, which is good (80); without peers revenue is held against the standards of 2006."""
    ranked = force("potential", healthy(), Peers(ranks={"growth_revenue": 90.0, "growth_tax": 50.0}))
    growth = next(one for one in ranked.contributions if one.measure == "growth_mix")
    assert (round(growth.score, 9), growth.standard) == (80.0, "percentile")
    alone = force("potential", healthy())
    growth = next(one for one in alone.contributions if one.measure == "growth_mix")
    expected = 40 + (10 + 11.6) / (10.6 + 11.6) * 20  # +10 % lies between low and average
    assert (round(growth.score, 6), growth.standard) == (round(expected, 6), "published-2006")


def test_momentum_of_the_industry_comes_from_the_group() -> None:
    """An index of 60, where its blue begins: 100 - 60 = 40 is average."""
    found = force("potential", healthy(), Peers(medians={"industry_momentum": 40.0}))
    momentum = next(one for one in found.contributions if one.measure == "industry_momentum")
    assert (momentum.value, momentum.score) == (40.0, 60.0)


def test_a_register_that_does_not_report_tells_nothing() -> None:
    """Its silence is no health; a record that is there counts all the same."""
    connected = {"F16", "F20", "F26", "F30"}
    found = five_forces(view_of(BARE), NoPeers(), RULES, connected)["solvency"]
    assert found.missing["enforcement_load"] == "no source of F03 and F04 is connected"
    assert {one.measure for one in found.contributions} == {"debt_ratio", "arrears_load", "guarantee_load"}
    records = [*BARE, build.enforcement(1, "2026-01-05", 5e6)]
    known = five_forces(view_of(records), NoPeers(), RULES, {*connected, "F03"})["solvency"]
    assert "enforcement_load" in {one.measure for one in known.contributions}


def test_a_firm_known_by_its_master_data_alone_is_not_free_of_debt_where_nobody_tells_of_debts() -> None:
    """The profile says what is connected: courts and tax tell nothing in Britain, so solvency is unknown there."""
    view = view_of([master()])
    for name, known in (("CN", True), ("GB", False), ("US", False)):
        profile = CATALOGUE.profile(name)
        found = scores(view, judge(view.ledger, view.day, CATALOGUE, profile), CATALOGUE, profile)
        assert (found["forces"]["solvency"]["score"] is not None) == known


@pytest.mark.parametrize(
    ("score", "level"), [(100, 0), (60, 0), (59.9, 1), (40, 1), (39.9, 2), (20, 2), (19.9, 3)]
)
def test_bands(score: float, level: int) -> None:
    """The coefficients of average, low and poor."""
    assert RULES.bands.level(score) == level


@given(st.permutations(healthy()))
def test_the_order_of_records_does_not_matter(records: list[Record]) -> None:
    """To the last bit."""
    assert five_forces(view_of(records), NoPeers(), RULES) == HEALTHY


HEALTHY = five_forces(view_of(healthy()), NoPeers(), RULES)


def given_forces(**scores: float | None) -> dict[ForceId, Force]:
    """Forces with these scores; the others unknown."""
    return {name: Force(name, scores.get(name), 0, 1.0, 0, (), (), {}) for name in FORCES}


ALL = given_forces(capital=80, operations=70, profitability=60, solvency=90, potential=50)


def test_base_is_the_weighted_mean_of_the_forces() -> None:
    """.2 * (80 + 70 + 60) + .25 * 90 + .15 * 50 = 72, and R = 0 takes nothing off: A."""
    found = credit(ALL, Standing(), RULES.credit)
    assert (round(found.score or 0, 9), round(found.base or 0, 9), found.grade) == (72.0, 72.0, "A")
    assert (found.caps, found.reason) == ((), None)


def test_weights_of_unknown_forces_go_to_the_others_and_three_are_needed() -> None:
    """(.2 * 80 + .25 * 90 + .15 * 50) / .6; two of five are too few, whatever the caps say."""
    three = credit(given_forces(capital=80, solvency=90, potential=50), Standing(), RULES.credit)
    assert round(three.base or 0, 9) == round(46 / 0.6, 9)
    assert math.isclose(math.fsum(three.weights.values()), 1.0)
    hard = Standing(90.0, 3, {"WP-09": 3}, ("WP-09",))
    two = credit(given_forces(capital=80, solvency=90), hard, RULES.credit)
    assert (two.score, two.grade, two.base) == (None, None, None)
    assert two.reason == "2 of 5 forces are known, 3 are needed"
    assert [cap.id for cap in two.caps] == ["hard_red"]


@pytest.mark.parametrize(
    ("risk", "score"), [(0, 72.0), (30, 56.0927), (65.7, 34.0505), (90, 14.3659), (100, 0.0)]
)
def test_risk_discounts_the_base(risk: float, score: float) -> None:
    """72 * (1 - R/100) ** 0.7, worked by hand through logarithms."""
    found = credit(ALL, Standing(risk), RULES.credit)
    by_hand = 72 * math.exp(0.7 * math.log(1 - risk / 100)) if risk < 100 else 0.0
    assert round(found.score or 0, 4) == round(by_hand, 4)
    assert math.isclose(found.score or 0, score, abs_tol=0.01)


@pytest.mark.parametrize(
    ("levels", "hard", "score", "binding"),
    [
        ({"WP-09": 3}, ("WP-09",), 20.0, "hard_red"),
        ({"WP-08": 1}, (), 40.0, "enforcement"),
        ({"WP-08": 3}, (), 40.0, "enforcement"),
        ({"WP-49": 2}, (), 60.0, "guarantee_circle"),
        ({"WX-07": 2, "WP-08": 2}, (), 40.0, "enforcement"),
        ({"WP-49": 1}, (), 72.0, None),
        ({"WP-14": 3}, (), 72.0, None),
    ],
)
def test_caps(levels: dict[str, int], hard: tuple[str, ...], score: float, binding: str | None) -> None:
    """The lowest cap binds; each that applies gives its reason with the points behind it."""
    found = credit(ALL, Standing(0.0, 0, levels, hard), RULES.credit)
    assert round(found.score or 0, 9) == score
    assert [cap.id for cap in found.caps if cap.binding] == ([binding] if binding else [])
    for cap in found.caps:
        assert cap.points
        assert all(point in cap.reason for point in cap.points)


def test_reason_of_a_cap_is_a_sentence_for_people() -> None:
    """With the point and its colour; a cap above the score is told and does not bind."""
    under = Standing(90.0, 3, {"WP-08": 3}, ())
    (cap,) = credit(ALL, under, RULES.credit).caps
    assert cap.reason == "at most 40: the firm is under enforcement (WP-08 red)"
    assert not cap.binding


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100, "AAA"), (90, "AAA"), (89.99, "AA"), (80, "AA"), (70, "A"), (60, "BBB"), (50, "BB"), (40, "B"),
        (30, "CCC"), (20, "CC"), (10, "C"), (9.99, "D"), (0, "D"),
    ],
)  # fmt: skip
def test_ten_grades(score: float, grade: str) -> None:
    """A cut-off belongs to the better grade."""
    assert grade_of(score, RULES.credit) == grade


def test_cut_offs_are_configuration() -> None:
    """A stricter scale."""
    strict = replace(RULES.credit, grades=("good", "bad"), cut_offs=(95.0,))
    assert [grade_of(score, strict) for score in (95, 94)] == ["good", "bad"]


def test_standing_of_a_judgement() -> None:
    """R counts what fades, colours do not; only a hard point that is red is hard."""
    both = made(fired("WP-09", 3, 90.0), fired("WP-08", 2, 30.0), faded("WP-14", 70.0), silent("WP-30"))
    found = standing_of(both, CATALOGUE)
    assert round(found.risk, 6) == round(100 * (1 - 0.1 * 0.7 * 0.3), 6)
    assert (found.tier, found.levels, found.hard) == (3, {"WP-09": 3, "WP-08": 2}, ("WP-09",))
    assert (
        standing_of(made(fired("WP-09", 2, 30.0)), CATALOGUE).hard == ()
    )  # evidence in doubt: yellow at most
    less = standing_of(both, CATALOGUE, without=("WP-09", "WP-14"))
    assert (round(less.risk, 6), less.tier, less.levels, less.hard) == (30.0, 2, {"WP-08": 2}, ())


def test_a_firm_from_records_to_grade() -> None:
    """A healthy firm is graded; one enforcement case caps it at B, a dishonest listing at CC."""
    records = healthy()

    def graded(more: list[Record]) -> tuple[str | None, float]:
        forces = five_forces(view_of([*records, *more]), NoPeers(), RULES)
        found = credit(forces, standing_of(judged([*records, *more]), CATALOGUE), RULES.credit)
        return found.grade, found.score or 0.0

    assert graded([])[0] in ("AAA", "AA", "A")
    assert graded([])[1] > 70
    assert graded([build.enforcement(1, "2026-01-05", 1e4)]) == ("B", 40.0)
    assert graded([build.dishonest(1, "2026-01-05")])[1] <= 20


def test_master_and_accounts_are_enough_for_no_score() -> None:
    """Three forces of a firm known from registers alone, and the same again."""
    forces = five_forces(view_of([master(), *two_years()]), NoPeers(), RULES)
    assert {name for name, one in forces.items() if one.score is None} == {"operations"}
    assert len(MEASURES) == sum(len(one.contributions) + len(one.missing) for one in forces.values())


@pytest.mark.parametrize(
    ("base", "grade", "said"),
    [(89.9999, "AA", 89.99), (90.0, "AAA", 90.0), (math.nextafter(90, 0), "AAA", 90.0)],
)
def test_a_grade_is_that_of_the_score_as_it_is_published(base: float, grade: str, said: float) -> None:
    """Nobody reads a score of 90 beside the grade below it."""
    found = credit(given_forces(capital=base, operations=base, solvency=base), Standing(), RULES.credit)
    assert (found.grade, in_hundredths(found.score or 0.0)) == (grade, said)
