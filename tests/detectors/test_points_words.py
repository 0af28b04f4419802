"""What points say is for people: every text that a vector of any family leads to."""

import re

import pytest

from detectors.points.finding import Finding
from tests.detectors.points.test_contract import VECTORS
from tests.detectors.points.vectors import judged

TEXTS: dict[str, re.Pattern[str]] = {
    "a plural in brackets": re.compile(r"\(s\)"),
    "a singular with an s, or a plural without": re.compile(
        r"(?<![\d.,/-])1 (?:cases|suits|days|months|periods|persons|firms|orders|listings|registrations|workers)\b"
        r"|(?<![\d.,/-])(?:[02-9]|\d{2,}) (?:case|suit|order|listing|registration|worker|person|client)\b"
    ),
    "the id of a cohort": re.compile(r"\w:\w*\||\|\*"),
    "a name of the code": re.compile(r"\b[a-z]+_[a-z_]+\b"),
    "a number that is none": re.compile(r"\b(?:nan|inf|None|True|False)\b"),
    "a parameter that was not filled in": re.compile(r"[{}`]"),
}


def findings() -> list[tuple[str, Finding]]:
    """Of every point that weighs in any vector, once for each text."""
    found: dict[tuple[str, str, str, str | None], Finding] = {}
    for vector in VECTORS:
        for name, verdict in judged(
            vector.records, vector.day, vector.reference, vector.entity
        ).verdicts.items():
            said = verdict.finding
            found.setdefault((name, said.value, said.threshold, said.missing), said)
    return [(key[0], said) for key, said in found.items()]


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Finding]]:
    return findings()


@pytest.mark.parametrize("wrong", TEXTS)
def test_nothing_that_is_said_has(wrong: str, told: list[tuple[str, Finding]]) -> None:
    pattern = TEXTS[wrong]
    said = [
        (name, text)
        for name, one in told
        for text in (one.value, one.threshold, one.missing or "")
        if pattern.search(text)
    ]
    assert said == []


def test_a_colour_is_always_measured_and_held_against_something(told: list[tuple[str, Finding]]) -> None:
    """The threshold names the colour that is shown, as far as a point has one colour for one number."""
    shown = [(name, one) for name, one in told if one.level]
    assert len(shown) > 200
    assert [name for name, one in shown if not (one.value and one.threshold)] == []
