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
