"""The catalogue is data a person edits: what is wrong with it is said in one sentence that names the place."""

import pytest
import yaml

from detectors import catalogue
from detectors.errors import FenghuoError
from detectors.fold import fold_all
from detectors.judge import judge
from detectors.ledger import EMPTY
from detectors.points import EVALUATORS
from streams.catalogues import read_catalogue, read_parts, shipped
from tests.detectors import build

WHOLE = catalogue.joined(read_parts(shipped()), "shipped")
TEXT = yaml.safe_dump(WHOLE, allow_unicode=True, sort_keys=False)
"""The shipped catalogue as one file."""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # a typo in the evaluator's name: the known ones are listed
        pytest.param(
            "evaluator: dishonest_debtor",
            "evaluator: dishonest_deptor",
            ["points.WP-09", "'dishonest_deptor'", "dishonest_debtor"],
            id="evaluator",
        ),
        # a typo in a parameter's name, a parameter of the wrong kind
        pytest.param(
            "red_cases: 3", "red_case: 3", ["points.WP-08", "under_enforcement", "red_case"], id="parameter"
        ),
        pytest.param(
            "red_cases: 3", "red_cases: many", ["points.WP-08", "under_enforcement", "red_cases"], id="kind"
        ),
        # a field that does not exist, one that is missing, one out of range
        pytest.param("half_life_days: 730", "halflife: 730", ["points.WP-09.half", "is no name"], id="field"),
        pytest.param(
            "half_life_days: 730",
            "half_life_days: 0",
            ["points.WP-09.half_life_days", "greater than 0, got 0"],
            id="range",
        ),
        pytest.param("hard: 90\n", "hard: 190\n", ["score.hard", "less than or equal to 100"], id="points"),
        pytest.param("family: court", "family: courts", ["points.WP-", ".family", "'court'"], id="family"),
        # the same id twice
        pytest.param("id: WP-09", "id: WP-08", ["points given twice", "WP-08"], id="twice"),
        # no default profile
        pytest.param("  CN:\n", "  FR:\n", ["profile CN-330604 extends 'CN'"], id="profile"),
        # words that name a number the point does not have
        pytest.param(
            "{red_cases}",
            "{red_case}",
            ["points.WP-08", "when.red", "red_case", "red_amount"],
            id="words",
        ),
    ],
)
def test_mistake_is_named_with_its_place(old: str, new: str, said: list[str]) -> None:
    """File, field and rule; the message is one line."""
    assert old in TEXT
    with pytest.raises(FenghuoError) as caught:
        catalogue.parse(TEXT.replace(old, new, 1), "mine.yaml")
    text = str(caught.value)
    assert text.startswith("mine.yaml")
    assert [part for part in said if part not in text] == []
    assert "\n" not in text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("version: '1'\npoints: [\n", "mine.yaml:3", id="open bracket"),
        pytest.param("version: '1'\n\tpoints: []\n", "mine.yaml:2", id="tabulator"),
        pytest.param("version: 'a\n", "mine.yaml:2", id="open quote"),
    ],
)
def test_what_is_not_yaml_is_named_with_its_line(text: str, place: str) -> None:
    """The line the reader stumbled over."""
    with pytest.raises(FenghuoError, match=r"not YAML") as caught:
        catalogue.parse(text, "mine.yaml")
    assert str(caught.value).startswith(place)


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list\n"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    """An empty file and a list are YAML, but no catalogue."""
    with pytest.raises(FenghuoError, match=r"^mine.yaml: "):
        catalogue.parse(text, "mine.yaml")


def test_every_evaluator_is_in_the_shipped_catalogue_and_bound_to_its_numbers() -> None:
    """A rule nobody can reach is dead code; the catalogue's numbers are those the rule is called with."""
    shipped = build.shipped()
    assert {point.evaluator for point in shipped.points} == set(EVALUATORS)
    for point in shipped.points:
        assert {name: getattr(point.limit, name) for name in point.parameters} == dict(point.parameters)


def test_changed_number_changes_the_verdict() -> None:
    """The thresholds are read from the catalogue, not from the code."""
    text = TEXT.replace("red_amount: 1000000", "red_amount: 500000", 1)
    stricter = catalogue.parse(text, "mine.yaml")

    ledger = fold_all([build.enforcement(1, "2026-01-05", 6e5)], stricter)[build.FIRM]
    levels = [
        judge(ledger, 20_500, one, one.profile("CN")).verdicts["WP-08"].level
        for one in (build.shipped(), stricter)
    ]
    assert levels == [2, 3]


def test_profile_of_a_jurisdiction_is_the_most_specific_one() -> None:
    """District, then province, then country, then China."""
    values = yaml.safe_load(TEXT)
    values["profiles"]["CN-33"] = {"utc_offset_hours": 8, "currency": "CNY"}
    one = catalogue.parse(yaml.safe_dump(values, default_flow_style=False), "mine.yaml")
    assert one.profile("CN-33-0604") is one.profile("CN-33")
    assert one.profile("CN-330604") is one.profiles["CN-330604"]
    assert one.profile("CN-330602") is one.profile("CN")
    assert one.profile("GB").currency == "GBP"
    assert one.profile("US-CA") is one.profile("US")
    assert one.profile("FR") is one.profile("CN")
    assert one.profile("") is one.profile("CN")


def test_amounts_in_the_currency_of_the_profile_are_its_own() -> None:
    """A British firm's pounds are pounds there; yuan are converted into them."""
    shipped = build.shipped()
    firm = "ent:GB:01234567"

    def amount(value: float, currency: str) -> object:

        case = build.saying(
            build.enforcement(1, "2026-01-05", 0, entity=firm), exec_amount=build.money(value, currency)
        )
        judgement = judge(fold_all([case], shipped)[firm], 20_500, shipped, shipped.profile("GB"))
        return judgement.verdicts["WP-08"].finding.details["amount"]

    assert (amount(1000, "GBP"), amount(1000, "CNY")) == (100_000, 10_900)


def test_entity_of_whom_nothing_is_known_has_all_points_evaluated() -> None:
    """None is left out because there is no record."""
    shipped = build.shipped()
    found = judge(EMPTY, 20_500, shipped, shipped.profile("CN"))
    assert list(found.verdicts) == list(shipped.within(shipped.profile("CN")).by_id)
    assert {v.state for v in found.verdicts.values()} == {"not_fired", "not_evaluable"}


def test_parts_and_one_file_are_the_same_catalogue() -> None:
    """However it is cut into files."""
    assert catalogue.parse(TEXT, "mine.yaml") == read_catalogue()


def test_two_parts_that_give_one_key_are_refused() -> None:
    """Which of two numbers counts must not depend on the names of files."""
    with pytest.raises(FenghuoError, match=r"b.yaml: gives version, which another file has given"):
        catalogue.parse_parts({"a.yaml": "version: '1'", "b.yaml": "version: '2'"}, "mine")


def test_a_profile_has_its_own_numbers_and_leaves_points_out() -> None:
    """What is overridden is what the point is called with there, and nowhere else."""
    values = yaml.safe_load(TEXT)
    values["profiles"]["GB"]["parameters"] = {"WP-08": {"red_cases": 1}}
    values["profiles"]["GB"]["without"] = ["WP-09"]
    one = catalogue.parse(yaml.safe_dump(values), "mine.yaml")
    here, there = one.within(one.profile("CN")), one.within(one.profile("GB"))
    assert (here.by_id["WP-08"].limit.red_cases, there.by_id["WP-08"].limit.red_cases) == (3, 1)
    assert "WP-09" in here.by_id
    assert "WP-09" not in there.by_id
    assert "WP-09" not in judge(EMPTY, 20_500, one, one.profile("GB")).verdicts


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ({"without": ["WP-77"]}, "profile GB names WP-77, which the catalogue does not have"),
        ({"parameters": {"WP-08": {"red_case": 1}}}, "red_case"),
        ({"extends": "FR"}, "profile GB extends 'FR', which is not another profile"),
        ({"extends": "GB"}, "profile GB extends 'GB', which is not another profile"),
    ],
)
def test_a_mistake_in_a_profile_is_named(profile: dict[str, object], said: str) -> None:
    values = yaml.safe_load(TEXT)
    values["profiles"]["GB"] |= profile
    with pytest.raises(FenghuoError) as caught:
        catalogue.parse(yaml.safe_dump(values), "mine.yaml")
    assert said in str(caught.value)
