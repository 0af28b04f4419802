"""The numbers of the macro risk index are data of the catalogue: checked, compared, shown, and used."""

from typing import Any

import msgspec
import pytest
import yaml

from detectors import catalogue
from detectors.catalogue.model import Catalogue
from detectors.catalogue.pages import differences, index_page, pages
from detectors.errors import FenghuoError
from detectors.macro.board import MacroBoard, disclosed
from detectors.macro.counters import Totals
from detectors.macro.in_force import InForce, Terms
from detectors.macro.index import History, close_day, under
from detectors.macro.rules import DEFAULT, PARTS, MacroRules
from detectors.macro.words import flat, rows
from streams.catalogues import read_catalogue, read_parts, shipped
from tests.detectors.test_macro_index import past, totals

WHOLE = catalogue.joined(read_parts(shipped()), "shipped")


def changed(**values: Any) -> Catalogue:
    """The shipped catalogue with other numbers of the index."""
    macro = {**WHOLE["macro"], **values}
    return catalogue.parse(yaml.safe_dump({**WHOLE, "macro": macro}, allow_unicode=True), "own.yaml")


def without() -> Catalogue:
    """A catalogue as it was before the numbers were part of it."""
    old = {name: value for name, value in WHOLE.items() if name != "macro"}
    return catalogue.parse(yaml.safe_dump(old, allow_unicode=True), "own.yaml")


# -- as data ----------------------------------------------------------------------------------------------------------


def test_the_shipped_numbers_are_those_of_the_index_and_all_are_named() -> None:
    assert read_catalogue().macro_index == MacroRules()
    assert set(WHOLE["macro"]) == set(MacroRules.__struct_fields__)
    assert {name: tuple(WHOLE["macro"][name]) for name in PARTS} == PARTS
    assert [name for name, _, _, _ in rows(DEFAULT)] == list(flat(DEFAULT))
    assert all(unit and said for _, _, unit, said in rows(DEFAULT))


def test_a_catalogue_without_them_has_the_same() -> None:
    assert without().macro_index == MacroRules()
    assert differences(read_catalogue(), without()) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"confirm_dais": 4}, "confirm_dais is no number of the macro risk index (did you mean confirm_days?)"),
        ({"zzz": 4}, "zzz is no number of the macro risk index (known are weights, "),
        ({"weights": {"prevalance": 0.3}}, "weights.prevalance is no number of the macro risk index (did you "),
        ({"weights": {"flow": 0.3}}, "the weights add up to 1, got 0.3, 0.3, 0.2, 0.15, 0.15, which is 1.1"),
        ({"weights": {"flow": -0.2, "arrears": 0.6}}, "no weight is negative, got 0.3, -0.2, 0.6"),
        ({"weights": {"flow": "much"}}, "weights.flow is a number, got 'much'"),
        ({"weights": {"flow": True}}, "weights.flow is a number, got True"),
        ({"weights": {"flow": float("nan")}}, "no weight is negative, got 0.3, nan"),
        ({"weights": [0.2] * 5}, "weights gives numbers by name (prevalence, flow, arrears, judicial, contagion)"),
        ({"entry": 60}, "entry gives numbers by name (blue, yellow, red), got 60"),
        ({"entry": {"blue": 75}}, "the entries rise within 0 to 100, got 75, 70, 80"),
        ({"entry": {"red": 101}}, "the entries rise within 0 to 100, got 60, 70, 101"),
        ({"weighting": "amount"}, "weighting: Invalid enum value 'amount'"),
        ({"event_days": 0}, "event_days is at least 1, got 0"),
        ({"event_days": 30.5}, "event_days: Expected `int`"),
        ({"confirm_days": -1}, "confirm_days is at least 1, got -1"),
        ({"enough_days": 400}, "2 <= enough_days <= history_days, got 400 and 365"),
        ({"winsor": 0}, "winsor is above 0 and finite, got 0"),
        ({"winsor": float("inf")}, "winsor is above 0 and finite, got inf"),
        ({"deadband": 60}, "deadband lies between 0 and the entry of blue, got 60"),
        ({"coverage": 1.1}, "coverage lies above 0 and up to 1, got 1.1"),
        ({"level_red": 0.4}, "0 <= level_yellow <= level_red <= 1, got 0.5 and 0.4"),
        ({"regulator_from": 11}, "1 <= regulator_from <= disclosed_from, got 11 and 10"),
        ({"regulator_from": 0}, "1 <= regulator_from <= disclosed_from, got 0 and 10"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_one_sentence(given: dict[str, Any], said: str) -> None:
    """The place, the rule and what came instead."""
    with pytest.raises(FenghuoError) as caught:
        changed(**given)
    assert str(caught.value).startswith("own.yaml: catalogue: macro: ")
    assert said in str(caught.value)


def test_a_profile_has_none_of_its_own() -> None:
    """A group spans jurisdictions."""
    profiles = {**WHOLE["profiles"], "GB": {**WHOLE["profiles"]["GB"], "macro": {"confirm_days": 1}}}
    with pytest.raises(FenghuoError, match=r"own.yaml: profiles\.GB\.macro: "):
        catalogue.parse(yaml.safe_dump({**WHOLE, "profiles": profiles}, allow_unicode=True), "own.yaml")


def test_what_differs_is_shown_number_by_number() -> None:
    own = changed(entry={"blue": 55, "yellow": 70, "red": 80}, weighting="exposure", confirm_days=5)
    assert [tuple(one) for one in differences(read_catalogue(), own)] == [
        ("catalogue", "macro.weighting", "count", "exposure"),
        ("catalogue", "macro.entry.blue", "60.0", "55.0"),
        ("catalogue", "macro.confirm_days", "3", "5"),
    ]


def test_its_page_has_every_number_with_unit_and_meaning() -> None:
    own = changed(entry={"blue": 55, "yellow": 70, "red": 80})
    text = index_page(own)
    assert "| `entry.blue` | 55 | index, 0 to 100 | blue from here on |" in text
    assert "- Source: configuration defaults" in text
    assert all(
        f"| `{name}` | {value} | {unit} | {said} |" in text
        for name, value, unit, said in rows(own.macro_index)
    )
    assert pages(own)["MRI"] == text


# -- in use -----------------------------------------------------------------------------------------------------------


def levels(rules: MacroRules, days: int = 4) -> list[int | None]:
    """Colours of a group in which four of ten firms are yellow instead of two of ten."""
    history, found = past(100), list[int | None]()
    for day in range(1001, 1001 + days):
        history, reading = close_day(history, totals(0.3), day, rules)
        found.append(reading.level)
    return found


def test_other_numbers_make_other_readings_and_levels() -> None:
    """The index is 84: red on the third day; by other numbers earlier, later, lower or never."""
    day = totals(0.3)
    usual = close_day(past(100), day, 1001, read_catalogue().macro_index)[1]
    assert usual == close_day(past(100), day, 1001, without().macro_index)[1]
    assert levels(DEFAULT) == [0, 0, 3, 3]
    assert levels(changed(confirm_days=1).macro_index) == [3, 3, 3, 3]
    assert levels(changed(confirm_days=4).macro_index) == [0, 0, 0, 3]
    assert levels(changed(entry={"yellow": 80, "red": 90}).macro_index) == [0, 0, 2, 2]
    assert levels(changed(enough_days=120).macro_index) == [0] * 4
    light = {"prevalence": 0.0, "flow": 0.5, "arrears": 0.2, "judicial": 0.15, "contagion": 0.15}
    only = Totals((800, 0, 200, 0), base=1000, arrears=200, billed=1000, contagion=200 * 10**9, days=day.days)
    by = [
        close_day(past(100), only, 1001, one.macro_index)[1].index
        for one in (changed(), changed(weights=light))
    ]
    assert by[0] is not None
    assert by[1] is not None
    assert by[1] > by[0]
    assert close_day(past(100), day, 1001, changed(level_yellow=0.2).macro_index)[1].level_index == 6.0
    assert usual.level_index == 15.0


def test_who_is_told_of_a_small_group_follows_the_numbers() -> None:
    reading = msgspec.structs.replace(close_day(past(100), totals(0.3), 1001, DEFAULT)[1], n=12)
    assert not disclosed(reading, "bank", DEFAULT).suppressed
    assert disclosed(reading, "bank", changed(disclosed_from=20).macro_index).suppressed
    assert disclosed(
        reading, "regulator", changed(regulator_from=13, disclosed_from=20).macro_index
    ).suppressed


def test_a_measure_that_is_defined_otherwise_begins_its_past_anew() -> None:
    """Two months of events are no excess over a past of single months: that measure waits, the others go on."""
    longer, lent = MacroRules(event_days=60), MacroRules(weighting="exposure")
    _, reading = close_day(under(past(365), DEFAULT, longer), totals(0.3), 1001, longer)
    assert [part.basis for part in reading.components] == ["own", "none", "own", "none", "own"]
    assert (reading.coverage, reading.index is not None) == (0.65, True)
    assert under(past(365), DEFAULT, lent).days[0][1] == (None, 0.1, 0.1, 0.1, None)
    assert under(past(365), DEFAULT, MacroRules(winsor=2.0)).days == past(365).days


def test_days_in_a_row_are_days_by_one_set_of_rules() -> None:
    """Two days that asked for red by the old numbers do not make a third one by the new ones."""
    board = MacroBoard(DEFAULT, [past(100)])
    stricter = MacroRules(entry=(60.0, 70.0, 83.0))
    seen = []
    for day in range(1001, 1007):
        board.revise(DEFAULT if day < 1003 else stricter)
        seen += [reading.level for reading in board.close(day, {past(1).group: totals(0.3)})]
    assert seen == [0, 0, 0, 0, 3, 3]


def test_each_day_is_closed_by_the_numbers_of_its_time() -> None:
    """Whatever has been said since, and after a restart."""
    first, second, third = (Terms(MacroRules(confirm_days=days), f"2026.{days}") for days in (3, 4, 5))
    force = InForce(first)
    assert not force.revise(5, Terms(MacroRules(), "2026.3"), 3)
    assert force.revise(10, second, 7)
    assert force.revise(20, third, 8)
    assert not force.revise(21, third, 8)
    for held in (force, InForce(third, force.encoded())):
        assert [held.on(day) for day in (-1, 9, 10, 19, 20, 99)] == [
            first,
            first,
            second,
            second,
            third,
            third,
        ]
    assert force.revise(20, first, 12)
    assert [force.on(day) for day in (12, 19, 20)] == [second, second, first]


def test_what_is_kept_of_numbers_does_not_grow() -> None:
    """Those of days closed long ago are forgotten."""
    force = InForce(Terms())
    for day in range(1, 50):
        force.revise(day, Terms(MacroRules(confirm_days=1 + day)), day - 1)
    assert len(msgspec.json.decode(force.encoded())) == 2


def test_history_of_a_group_without_days() -> None:
    """Nothing to begin anew."""
    assert under(History("region:CN"), DEFAULT, MacroRules(event_days=60)) == History("region:CN")
