"""Who is compared with whom, and where to back off to."""

import pytest

from detectors.cohorts.key import Attributes, CohortKey, back_off, cohorts_of, industry_levels, region_levels
from detectors.errors import FenghuoError


def ids(firm: Attributes, tag: str = "") -> list[str]:
    return [key.id for key in back_off(firm, tag)]


def test_drop_size_then_region_up_then_industry_up() -> None:
    """The order of backing off: size goes first, then county to province, then 3 digits to section."""
    assert ids(Attributes("1751", "small", "CN-330604")) == [
        "gbt4754:C175|small|CN-330604|*",
        "gbt4754:C175|*|CN-330604|*",
        "gbt4754:C175|*|CN-330600|*",
        "gbt4754:C175|*|CN-330000|*",
        "gbt4754:C17|*|CN-330000|*",
        "gbt4754:C|*|CN-330000|*",
    ]


def test_a_foreign_scheme_goes_by_prefix_and_parts_of_the_jurisdiction() -> None:
    """NAICS digits are cut from 3 to 1, and a state widens to the country."""
    assert ids(Attributes("325998", "", "US-CA", scheme="naics")) == [
        "naics:325|*|US-CA|*",
        "naics:325|*|US|*",
        "naics:32|*|US|*",
        "naics:3|*|US|*",
    ]


@pytest.mark.parametrize(
    ("scheme", "code", "expected"),
    [
        ("gbt4754", "C1751", ("C175", "C17", "C")),
        ("gbt4754", "17", ("C17", "C")),
        ("gbt4754", "C", ("C",)),
        ("gbt4754", "", ()),
        ("nace", "C13.20", ("C132", "C13", "C")),
        ("sic", "13200", ("132", "13", "1")),
        ("naics", "31", ("31", "3")),
    ],
)
def test_industry_levels(scheme: str, code: str, expected: tuple[str, ...]) -> None:
    """Narrow to wide; a short code begins where it can."""
    assert industry_levels(scheme, code) == expected


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("330604", ("CN-330604", "CN-330600", "CN-330000")),
        ("CN-330600", ("CN-330600", "CN-330000")),
        ("CN-310115", ("CN-310115", "CN-310100", "CN-310000")),
        ("GB", ("GB",)),
        ("US-CA-037", ("US-CA-037", "US-CA", "US")),
        ("", ()),
    ],
)
def test_region_levels(region: str, expected: tuple[str, ...]) -> None:
    """County, city, province; a municipality has them too."""
    assert region_levels(region) == expected


def test_a_tag_is_kept_up_to_the_whole_cluster_and_only_then_dropped() -> None:
    """A firm asking for its cluster is compared within it as long as anybody is there."""
    way = ids(Attributes("C1751", "", "CN-330000", ("umbrella",)), "umbrella")
    assert way == [
        "gbt4754:C175|*|CN-330000|umbrella",
        "gbt4754:C17|*|CN-330000|umbrella",
        "gbt4754:C|*|CN-330000|umbrella",
        "*|*|*|umbrella",
        "gbt4754:C175|*|CN-330000|*",
        "gbt4754:C17|*|CN-330000|*",
        "gbt4754:C|*|CN-330000|*",
    ]


def test_a_member_contributes_to_every_cohort_somebody_like_it_may_look_in() -> None:
    """Whatever the way of backing off of a twin, the firm is a member there."""
    firm = Attributes("C1751", "small", "CN-330604", ("umbrella", "park:1"))
    members = set(cohorts_of(firm))
    for tag in ("", "umbrella", "park:1"):
        assert {key.id for key in back_off(firm, tag)} <= members
    assert len(members) == 6 + 2 * 7


def test_unknown_industry_is_comparable_with_nobody() -> None:
    """Firms whose trade is unknown are not a trade."""
    assert back_off(Attributes("", "small", "CN-330604")) == ()
    assert cohorts_of(Attributes("", "small", "CN-330604", ("umbrella",))) == ("*|*|*|umbrella",)


@pytest.mark.parametrize(
    "wrong", [{"industry": "Z99"}, {"industry": "A17"}, {"region": "CN-990000"}, {"region": "CN-330"}]
)
def test_codes_no_standard_knows_are_refused(wrong: dict[str, str]) -> None:
    """A cohort made of a mistyped code would be nobody's."""
    with pytest.raises(FenghuoError):
        Attributes(**wrong)


def test_a_comparison_within_a_tag_needs_the_tag() -> None:
    """Nobody is measured against a cluster it is not in."""
    with pytest.raises(FenghuoError, match="umbrella"):
        back_off(Attributes("C1751", "", "CN-330604"), "umbrella")


def test_ids_cannot_be_forged_by_their_parts() -> None:
    """Two different keys never have one id."""
    with pytest.raises(FenghuoError):
        CohortKey("gbt4754", "C17", "small|x", "CN-330604")
