"""What is shown of a cohort and to whom, and what a firm is measured against."""

import pytest

from detectors.cohorts.cohort import CohortStore, Contribution
from detectors.cohorts.compare import compare
from detectors.cohorts.key import Attributes, back_off, cohorts_of
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.norm import Norm, NormTable, decode, encode, norm_of, norms
from detectors.cohorts.rules import CohortRules
from detectors.cohorts.standards import Standards
from detectors.reference import Reference

RULES = CohortRules()
FIRM = Attributes("C1751", "small", "CN-330604", ("umbrella",))
NARROW, NO_SIZE, CITY, PROVINCE, DIVISION, SECTION = [key.id for key in back_off(FIRM)]


def cohorts_with(values: dict[Attributes, list[float]], period: str = "2026-01") -> Cohorts:
    """A cohort store where firms of each kind contribute these values."""
    store = CohortStore(RULES)
    for kind, (firm, contributed) in enumerate(values.items()):
        for number, value in enumerate(contributed):
            store.apply(Contribution(f"ent:{kind}.{number}", "yoy", period, 1, cohorts_of(firm), value))
    return Cohorts(RULES, store.partials(0, 1))


def seen(cohorts: Cohorts, cohort: str, role: str = "public") -> Norm:
    return norm_of(cohort, "yoy", "2026-01", cohorts.summary(cohort, "yoy", "2026-01"), role, RULES)  # type: ignore[arg-type] # a role


def test_of_fewer_than_ten_nothing_is_told() -> None:
    """Nine firms: not even how many; ten: all. An empty cohort looks like a small one."""
    nine, ten = (cohorts_with({FIRM: [float(n) for n in range(1, 1 + size)]}) for size in (9, 10))
    hidden = seen(nine, NARROW)
    assert hidden == Norm(NARROW, "yoy", "2026-01", 0, suppressed="all")
    assert seen(nine, "nobody").suppressed == "all"
    assert (seen(ten, NARROW).n, seen(ten, NARROW).median, seen(ten, NARROW).mean) == (10, 5.5, 5.5)


def test_a_regulator_sees_smaller_cohorts_down_to_three() -> None:
    """By its role; below three it sees nothing either."""
    three, two = cohorts_with({FIRM: [1.0, 2.0, 3.0]}), cohorts_with({FIRM: [1.0, 2.0]})
    assert seen(three, NARROW, "regulator").median == 2.0
    assert seen(three, NARROW, "bank").suppressed == "all"
    assert seen(two, NARROW, "regulator").suppressed == "all"


def test_one_dominant_firm_hides_the_mean() -> None:
    """More than half of a sum in one hand: the mean would tell its size; so would the untrimmed trimmed mean."""
    few, many = cohorts_with({FIRM: [1.0] * 14 + [15.0]}), cohorts_with({FIRM: [1.0] * 24 + [25.0]})
    norm = seen(few, NARROW)
    assert (norm.suppressed, norm.mean, norm.trimmed_mean, norm.median) == ("mean", None, None, 1.0)
    assert (seen(many, NARROW).mean, seen(many, NARROW).trimmed_mean) == (None, 1.0)
    half = seen(cohorts_with({FIRM: [1.0] * 14 + [14.0]}), NARROW)
    assert (half.suppressed, half.mean) == ("", 28 / 15)


def test_norms_are_canonical_json() -> None:
    """Written and read back they are equal, with nulls left out and keys in a fixed order."""
    cohorts = cohorts_with({FIRM: [float(n) for n in range(40)]})
    for norm in norms(cohorts):
        assert decode(encode(norm)) == norm
    assert encode(Norm("c", "yoy", "2026-01", 0, suppressed="all")) == (
        b'{"cohort":"c","indicator":"yoy","n":0,"period":"2026-01","suppressed":"all"}'
    )


OTHERS = {
    "size": Attributes("C1752", "large", "CN-330604"),
    "city": Attributes("C1751", "small", "CN-330602"),
    "province": Attributes("C1751", "small", "CN-330106"),
    "division": Attributes("C1761", "small", "CN-330106"),
    "section": Attributes("C1830", "small", "CN-330106"),
}


@pytest.mark.parametrize(
    ("others", "cohort", "step"),
    [
        (None, NARROW, 0),
        ("size", NO_SIZE, 1),
        ("city", CITY, 2),
        ("province", PROVINCE, 3),
        ("division", DIVISION, 4),
        ("section", SECTION, 5),
    ],
)
def test_the_first_cohort_of_thirty_is_used_and_recorded(others: str | None, cohort: str, step: int) -> None:
    """29 peers are not enough; one firm more, somewhere wider, decides which cohort is used."""
    kinds = {FIRM: [1.0] * 30} if others is None else {FIRM: [1.0] * 29, OTHERS[others]: [2.0]}
    cohorts = cohorts_with(kinds)
    found = NormTable(norms(cohorts)).find(FIRM, "yoy", "2026-01")
    beside = compare(cohorts, FIRM, "yoy", "2026-01", 1.0)
    assert found is not None
    assert beside is not None
    assert (found.norm.cohort, found.step, found.norm.n) == (cohort, step, 30)
    assert (beside.cohort, beside.step, beside.n, beside.left_out) == (cohort, step, 29, True)


def test_too_few_anywhere_is_no_norm() -> None:
    """29 in the whole province: there is nothing to be measured against."""
    cohorts = cohorts_with({FIRM: [1.0] * 29})
    table = NormTable(norms(cohorts))
    assert table.find(FIRM, "yoy", "2026-01") is None
    assert compare(cohorts, FIRM, "yoy", "2026-01", 1.0) is None
    standards = Standards(table, FIRM, "2026-01")
    assert (
        standards.standard("yoy"),
        standards.median("yoy", "2026-01"),
        standards.percentile("yoy", 1.0),
    ) == (None,) * 3


def test_five_standards_best_first() -> None:
    """The quantiles of the cohort, the other way round where lower is better."""
    table = NormTable(norms(cohorts_with({FIRM: [float(n) for n in range(101)]})))
    assert Standards(table, FIRM, "2026-01").standard("yoy") == (90.0, 70.0, 50.0, 30.0, 10.0)
    assert Standards(table, FIRM, "2026-01", {"yoy"}).standard("yoy") == (10.0, 30.0, 50.0, 70.0, 90.0)


def test_standards_may_be_a_few_months_old_but_a_median_is_of_its_month() -> None:
    """Three months on the standards still hold, four months on they do not; last month's median is not this month's."""
    table = NormTable(norms(cohorts_with({FIRM: [float(n) for n in range(101)]})))
    late = Standards(table, FIRM, "2026-04")
    assert late.standard("yoy") is not None
    assert Standards(table, FIRM, "2026-05").standard("yoy") is None
    assert (late.median("yoy", "2026-04"), late.median("yoy", "2026-01")) == (None, 50.0)


def test_percentile_from_a_norm_is_close_to_the_rank() -> None:
    """Read between published quantiles: finer where the cohort is large."""
    large = Standards(NormTable(norms(cohorts_with({FIRM: [float(n) for n in range(101)]}))), FIRM, "2026-01")
    assert [large.percentile("yoy", x) for x in (7.5, 50.0, 93.0, 1000.0)] == [7.5, 50.0, 93.0, 97.5]
    small = NormTable(norms(cohorts_with({FIRM: [float(n) for n in range(51)]})))
    assert small.find(FIRM, "yoy", "2026-01").norm.fine == ()  # type: ignore[union-attr] # it is found
    assert Standards(small, FIRM, "2026-01").percentile("yoy", 20.0) == 40.0


def test_a_tag_is_looked_at_first() -> None:
    """Within its cluster the firm stands otherwise than in the trade."""
    untagged = Attributes("C1751", "small", "CN-330604")
    cohorts = cohorts_with({FIRM: [10.0] * 40, untagged: [1.0] * 90})
    table = NormTable(norms(cohorts))
    assert Standards(table, FIRM, "2026-01").median("yoy", "2026-01") == 1.0
    assert Standards(table, FIRM, "2026-01", tag="umbrella").median("yoy", "2026-01") == 10.0


def test_the_table_is_the_norms_of_a_reference() -> None:
    """A judgement finds the cohort's median by what the entity is; unknown codes find nothing."""
    table = NormTable(norms(cohorts_with({FIRM: [float(n) for n in range(101)]})))
    reference = Reference(norms=table)
    found = reference.norms.norm("C1751", "small", "CN-330604", "yoy", "2026-01")
    assert found is not None
    assert (found.cohort, found.n, found.median) == (NARROW, 101, 50.0)
    assert reference.norms.norm(None, None, "CN-330604", "yoy", "2026-01") is None
    assert reference.norms.norm("nonsense", None, "CN-330604", "yoy", "2026-01") is None
    assert reference.norms.norm("62020", None, "GB", "yoy", "2026-01") is None


def test_a_firm_cannot_move_what_it_is_compared_with() -> None:
    """Below 100 members the outlier itself is left out: the same neighbours, whatever it says."""
    peers = [float(n % 7) for n in range(50)]
    one, other = (
        compare(cohorts_with({FIRM: [*peers, value]}), FIRM, "yoy", "2026-01", value) for value in (3.0, 1e12)
    )
    assert one is not None
    assert other is not None
    for field in ("n", "cohort_mean", "trimmed_mean", "median", "mad"):
        assert getattr(one, field) == getattr(other, field)
    assert (other.percentile, one.left_out, one.suppressed) == (100.0, True, "")


def test_from_a_hundred_on_the_firm_counts_itself() -> None:
    """Leaving one out of many changes nothing worth the trouble."""
    beside = compare(cohorts_with({FIRM: [float(n) for n in range(100)]}), FIRM, "yoy", "2026-01", 99.0)
    assert beside is not None
    assert (beside.n, beside.left_out, beside.percentile) == (100, False, 99.5)


def test_a_small_cohort_is_drawn_towards_its_parent() -> None:
    """30 others at 1, the city's 60 others at 2: (30·1 + 20·2) / 50."""
    city = OTHERS["city"]
    beside = compare(cohorts_with({FIRM: [1.0] * 31, city: [3.0] * 30}), FIRM, "yoy", "2026-01", 1.0)
    assert beside is not None
    assert (beside.cohort_mean, beside.shrunk_mean) == (1.0, (30 * 1.0 + 20 * 2.0) / 50)


def test_the_shrunk_mean_does_not_give_a_dominated_parent_away() -> None:
    """A parent whose mean is hidden lends none."""
    beside = compare(cohorts_with({FIRM: [1.0] * 31, OTHERS["city"]: [1000.0]}), FIRM, "yoy", "2026-01", 1.0)
    assert beside is not None
    assert (beside.cohort_mean, beside.shrunk_mean) == (1.0, None)
