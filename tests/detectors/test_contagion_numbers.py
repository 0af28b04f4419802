"""The numbers of contagion are data of the catalogue: checked, compared, shown, and of one profile or of all."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml

from detectors import catalogue
from detectors.catalogue.model import Catalogue
from detectors.catalogue.pages import differences, page
from detectors.contagion.batch import reached
from detectors.contagion.parameters import COLOURS, Contagion, read
from detectors.contagion.words import rows
from detectors.errors import FenghuoError
from detectors.fold import fold_all
from detectors.points.network import CircleSize, Circular
from detectors.points.patterns import Resonance
from detectors.record import epoch
from streams.catalogues import read_catalogue, read_parts, shipped
from tests.detectors.build import at
from tests.streams.cluster import firm, founded, guarantee, insolvency

WHOLE = catalogue.joined(read_parts(shipped()), "shipped")
A, B, C = (firm(number) for number in range(1, 4))


def changed(whole: dict[str, Any] | None = None, **profiles: Any) -> Catalogue:
    """The shipped catalogue with other numbers of contagion, for all or by profile."""
    values = {**WHOLE, "contagion": {**WHOLE["contagion"], **(whole or {})}}
    values["profiles"] = {
        name: {**one, **({"contagion": profiles[name]} if name in profiles else {})}
        for name, one in WHOLE["profiles"].items()
    }
    return catalogue.parse(yaml.safe_dump(values, allow_unicode=True), "own.yaml")


def heard(by: Catalogue) -> dict[str, tuple[int, float]]:
    """Colour and increment of each of two guarantors: A stands for B and C for A, and B is insolvent."""
    records = [
        *(founded(one, 10e6) for one in (A, B, C)),
        *guarantee(1, A, B, 3e6),
        *guarantee(2, C, A, 9e6),
        insolvency(B, "2026-01-10"),
    ]
    told = reached(fold_all(records, by), epoch(at("2026-01-11")), by)
    return {name: (said["level"], said["delta"]) for name, said in told.items() if name != B}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (lambda: CircleSize(firms=9), "firms is at least 10"),
        (lambda: CircleSize(firms=105), "two digits before zeros, got 105"),
        (lambda: CircleSize(density=0.15), "density is told in steps of 0.02, got 0.15"),
        (lambda: CircleSize(red_share=0.0), "red_share is told in steps of 0.02"),
        (lambda: Circular(longest=6), "longest is told from 2 to 5, got 6"),
        (lambda: Resonance(members=11), "members is told from 2 to 10"),
        (lambda: Resonance(within_days=60), "within_days is told from 30 to 30"),
        (lambda: Resonance(hub_guarantees=0), "hub_guarantees is told from 1 to 10"),
    ],
)
def test_a_threshold_on_what_no_circle_tells_is_refused(
    parameters: Callable[[], object], message: str
) -> None:
    """It would read as if it held, and never be reached or be reached elsewhere."""
    with pytest.raises(ValueError, match=message):
        parameters()
    assert CircleSize(firms=110, density=0.16, red_share=0.02)


def test_the_shipped_numbers_are_those_of_the_model_and_all_are_named() -> None:
    assert read_catalogue().spreading == Contagion()
    assert set(WHOLE["contagion"]) == set(Contagion.__struct_fields__)
    assert set(WHOLE["contagion"]["beta"]) == {
        name.removeprefix("beta.") for name, _, _ in rows(Contagion()) if name.startswith("beta.")
    }
    assert WHOLE["contagion"]["civil_code_from"] == date(2021, 1, 1)


def test_a_catalogue_without_them_has_the_same() -> None:
    values = {name: value for name, value in WHOLE.items() if name != "contagion"}
    assert catalogue.parse(yaml.safe_dump(values, allow_unicode=True), "own").spreading == Contagion()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"delta_rad": 0.4}, ["contagion: delta_rad", "did you mean delta_red?"]),
        ({"beta": {"joint_garantee": 0.4}}, ["beta.joint_garantee", "did you mean beta.joint_guarantee?"]),
        ({"delta_red": 1.4}, ["delta_red is a share from 0 to 1, got 1.4"]),
        ({"delta_red": 0.2}, ["delta_blue, delta_yellow and delta_red must not fall"]),
        ({"delta_blue": 0.125}, ["delta_blue is in whole percent, as 0.25, got 0.125"]),
        ({"delta_red": "much"}, ["delta_red: Expected `float`, got `str`"]),
        ({"beta": {"pledge": 2}}, ["pledge is a share from 0 to 1, got 2"]),
        ({"hops": 0}, ["hops is at least 1, got 0"]),
        ({"exposure_red": 0}, ["exposure_red is a share above 0"]),
        ({"exposure_yellow": 1.5}, ["exposure_yellow must not be above exposure_red"]),
        ({"civil_code_from": 18628}, ["civil_code_from is a date, as 2021-01-01, got 18628"]),
        ({"never_alone": ["same_adress"]}, ["never_alone names ways that have no beta: same_adress"]),
    ],
)
def test_a_mistake_is_said_in_one_sentence(given: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(FenghuoError) as caught:
        changed(given)
    assert str(caught.value).startswith("own.yaml: catalogue: contagion: ")
    assert all(part in str(caught.value) for part in said), str(caught.value)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            {"decay": 0.5},
            "profile CN, contagion: decay is one for all jurisdictions; a profile may set delta_blue",
        ),
        ({"delta_rad": 0.5}, "profile CN, contagion: delta_rad is no number"),
        ({"delta_red": 0.1}, "profile CN, contagion: delta_blue, delta_yellow and delta_red must not fall"),
    ],
)
def test_a_mistake_of_a_profile_names_it(own: dict[str, Any], said: str) -> None:
    with pytest.raises(FenghuoError) as caught:
        changed(CN=own)
    assert said in str(caught.value)


def test_other_numbers_make_other_colours() -> None:
    """Half the chance that a joint guarantor falls; a lower bar for red; a bar nobody reaches."""
    # of 10 million, 3 are guaranteed: 0.8 x 0.3 = 0.24 of the increment reaches A, 0.72 of that C
    assert heard(read_catalogue()) == {A: (2, 0.23), C: (1, 0.17)}
    assert heard(changed({"beta": {"joint_guarantee": 0.4}}))[A][1] == 0.11
    assert heard(changed({"delta_yellow": 0.20, "delta_red": 0.23}))[A][0] == 3
    assert heard(changed({"exposure_yellow": 0.5}))[A][0] == 1


def test_a_profile_colours_its_own_firms_and_changes_no_probability() -> None:
    own = {"delta_yellow": 0.20, "delta_red": 0.23}
    plain, there, elsewhere = heard(read_catalogue()), heard(changed(CN=own)), heard(changed(GB=own))
    assert {name: delta for name, (_, delta) in there.items()} == {
        name: delta for name, (_, delta) in plain.items()
    }
    assert (there[A][0], elsewhere) == (3, plain)
    # whoever extends it takes it over, and may go on from there
    assert changed(CN=own).spreading_in("CN-330604").delta_red == 0.23
    assert changed(CN=own, **{"CN-330604": {"hysteresis": 0.1}}).spreading_in("CN-330604").delta_red == 0.23
    assert changed(CN=own).spreading_in("GB") == Contagion()


def test_every_number_that_colours_can_be_set_by_a_profile() -> None:
    plain = Contagion()
    values = {name: getattr(plain, name) for name in COLOURS}
    assert changed(GB=values).spreading_in("GB") == plain


def test_what_differs_is_shown_number_by_number() -> None:
    found = differences(
        read_catalogue(), changed({"delta_red": 0.6, "beta": {"pledge": 0.5}}, GB={"delta_red": 0.7})
    )
    assert [tuple(one) for one in found] == [
        ("catalogue", "contagion.beta.pledge", "0.6", "0.5"),
        ("catalogue", "contagion.delta_red", "0.5", "0.6"),
        ("profile GB", "contagion.delta_red", "–", "0.7"),
    ]
    without = {name: value for name, value in WHOLE.items() if name != "contagion"}
    same = catalogue.parse(yaml.safe_dump(without, allow_unicode=True), "own")
    assert differences(read_catalogue(), same) == []


def test_the_page_of_the_point_shows_them_with_their_meaning() -> None:
    text = page(
        changed({"delta_red": 0.6}, GB={"delta_red": 0.7}).by_id["WP-49"], changed({"delta_red": 0.6})
    )
    assert "| `delta_red` | 0.6 | red: it rises by this |" in text
    assert "| `civil_code_from` | 2021-01-01 |" in text
    both = changed({"delta_red": 0.6}, GB={"delta_red": 0.7})
    assert "- GB: `delta_red` 0.7" in page(both.by_id["WP-49"], both)
    assert "contagion model" not in page(both.by_id["WP-48"], both)


def test_values_are_read_as_they_stand() -> None:
    """A number the model has no name for is refused before anything is computed with it."""
    assert read({"literal_mode": True}).literal_mode
    with pytest.raises(ValueError, match="known are"):
        read({"zzz": 1})
