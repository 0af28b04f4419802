"""What an explanation adds to a point: numbers in its rule, the score without it, names of what it mentions."""

from detectors.rationale import names, without, words
from tests.detectors import build

CATALOGUE = build.shipped()


def test_the_rule_of_contagion_has_its_numbers() -> None:
    entry, row = CATALOGUE.by_id["WP-49"], {"level": 1, "colour": "blue"}
    said = words(entry, row, CATALOGUE, CATALOGUE.spreading_in("CN-330604"))["rule"]
    assert "probability of default by 10%" in said["blue"]
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
