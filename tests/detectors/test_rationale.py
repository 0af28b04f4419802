"""What an explanation adds to a point: numbers in its rule, the score without it, names of what it mentions."""

from detectors.rationale import firms, names, with_names, without, words
from tests.detectors import build
from tests.detectors.build import FIRM, record

CATALOGUE = build.shipped()


def test_the_rule_of_contagion_has_its_numbers() -> None:
    entry, row = CATALOGUE.by_id["WP-49"], {"level": 1, "colour": "blue"}
    said = words(entry, row, CATALOGUE, CATALOGUE.spreading_in("CN-330604"))["rule"]
    assert "probability of failure within a year by 10 points" in said["blue"]
    assert "answers with 20% of M" in said["yellow"]
    assert "`" not in "".join(said.values())


def test_the_score_without_a_point_is_that_of_the_others() -> None:
    """1 - 0.9 x 0.7, worked out by hand."""
    rows = [{"id": "WP-01", "p": 10.0}, {"id": "WP-03", "p": 30.0}, {"id": "WP-09", "p": 90.0}]
    assert without(rows, "WP-09") == 37.0
    assert without(rows[:1], "WP-01") == 0.0


def test_every_point_that_a_text_mentions_is_named() -> None:
    rows = [
        {"value": "red at the same time: WP-30", "rule": {"clear": "what a judgment orders is WP-06"}},
        {"threshold": "WP-99", "members": ["WP-08"]},
    ]
    assert list(names(rows, CATALOGUE)) == ["WP-06", "WP-08", "WP-30"]
    assert names(rows, CATALOGUE)["WP-30"] == "tax-arrears notice"


def test_firms_that_a_text_mentions_are_named_by_the_own_guarantees_and_persons_never_are() -> None:
    debtor, person = "ent:CN-330604:91330604MA0000031A", "ent:CN-330604:person-0011223344556677"
    own = [
        record(
            "F26",
            "g",
            "2026-01-05",
            {"guarantor": FIRM, "debtor": debtor, "debtor_name": "绍兴某纺织有限公司"},
        ),
        record(
            "F27", "r", "2026-01-05", {"from": person, "from_name": "张三", "to": FIRM, "type": "legal_rep"}
        ),
    ]
    rows = [{"value": f"its guarantees for {debtor}, red, and 1 RED: {person}"}]
    known = firms(rows, own)
    assert known == {debtor: "绍兴某纺织有限公司"}
    assert with_names(rows[0]["value"], known).startswith(
        f"its guarantees for {debtor} 绍兴某纺织有限公司, red"
    )
    assert firms([{"value": "1 case"}], own) == {}


def test_whoever_may_be_a_person_stays_nameless() -> None:
    """A director by the key of a register, whom public data name; a debtor known by a name alone."""
    director, lender, by_name = (
        f"ent:CN-330604:{key}" for key in ("officer-7", "firm-9", "name-0011223344556677")
    )
    lead = {"from": director, "from_name": "张三", "from_kind": "person", "to": FIRM, "type": "director"}
    own = [
        record("F27", "r", "2026-01-05", lead),
        record("F26", "g", "2026-01-05", {"guarantor": FIRM, "debtor": by_name, "debtor_name": "李四"}),
        record("F26", "h", "2026-01-06", {"guarantor": director, "guarantor_name": "张三", "debtor": FIRM}),
        record("F26", "i", "2026-01-06", {"guarantor": lender, "guarantor_name": "九号公司", "debtor": FIRM}),
    ]
    rows = [{"value": f"{director}, {by_name}; {lender}."}]
    assert firms(rows, own) == {lender: "九号公司"}


def test_the_id_of_a_firm_is_read_whole() -> None:
    """A key of its own may have dots and slashes; the name is not that of another whose key it begins with."""
    short, long = "ent:CN-330604:lot-7", "ent:CN-330604:lot-7.2/b"
    own = [
        record("F26", n, "2026-01-05", {"guarantor": FIRM, "debtor": who, "debtor_name": name})
        for n, who, name in (("g", short, "甲公司"), ("h", long, "乙公司"))
    ]
    text = f"guarantees for {long}, and {short}."
    known = firms([{"value": text}], own)
    assert with_names(text, known) == f"guarantees for {long} 乙公司, and {short} 甲公司."
