"""Identifiers: published and computed vectors, every single-character error, and the check digits as properties."""

import doctest
import importlib
import pkgutil
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import InvalidFormat

import detectors.identifiers
import detectors.records
from detectors.identifiers import (
    company_number,
    division,
    ein,
    entity,
    industry,
    legacy_registration,
    lei,
    names,
    organisation_code,
    resident_id,
    uscc,
)
from detectors.identifiers.errors import IdentifierError

USCCS = [
    "91110000600037341L",
    "91350100M000100Y43",
    "91330604MA0000015G",
    "91330604MA0000023B",
    "92330604MA00000313",
    "93330604MA0000058P",
    "1233060400000006X2",
    "N1330604MF0000048R",
]


@pytest.mark.parametrize("code", USCCS)
def test_valid_usccs_are_read_and_their_inner_organisation_code_agrees(code: str) -> None:
    """All vectors, the class N among them."""
    parsed = uscc.parse(code)
    assert parsed.value == code
    assert parsed.organisation_code_agrees


def test_the_library_refuses_the_rural_collective_that_the_standard_allows() -> None:
    """The reason why there is a validator of our own; when this fails, ours may go."""
    with pytest.raises(InvalidFormat):
        stdnum_uscc.validate("N1330604MF0000048R")
    assert uscc.parse("N1330604MF0000048R").department == "N"


@pytest.mark.parametrize("code", USCCS)
def test_altering_any_one_character_of_a_uscc_fails(code: str) -> None:
    """Exhaustive: every position, every other character of the alphabet and some outside it."""
    for at, old in enumerate(code):
        for new in uscc.ALPHABET + "IOSVZ-":
            if new != old:
                with pytest.raises(IdentifierError):
                    uscc.parse(code[:at] + new + code[at + 1 :])


@given(
    st.sampled_from("9ANY1"),
    st.sampled_from("1239"),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.text(uscc.ALPHABET, min_size=9, max_size=9),
)
def test_a_uscc_with_its_own_check_character_is_valid_in_any_spelling(
    head: str, kind: str, place: str, rest: str
) -> None:
    """Lower case, blanks and full-width digits are spellings of one code."""
    body = head + kind + place + rest
    code = body + uscc.check_character(body)
    assert uscc.normalise(code) == code
    assert uscc.normalise(f" {code[:8].lower()} {code[8:]} ") == code
    assert uscc.normalise(code.translate({ord(d): 0xFF10 + int(d) for d in "0123456789"})) == code


def test_a_short_uscc_is_told_its_length() -> None:
    """The message names the rule and what came instead."""
    with pytest.raises(IdentifierError, match=r"USCC .*has 18 characters, got 3 in '913'"):
        uscc.parse("913")


@pytest.mark.parametrize(("text", "code"), [("60003734-1", "600037341"), ("M000100Y-4", "M000100Y4")])
def test_organisation_codes_lose_their_hyphen(text: str, code: str) -> None:
    """The machine form has none."""
    assert organisation_code.parse(text) == code


@given(
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8).filter(
        lambda s: not s.startswith("PDY")
    )
)
def test_only_the_right_check_character_makes_an_organisation_code(body: str) -> None:
    """One of eleven."""
    right = organisation_code.check_character(body)
    assert organisation_code.parse(body + right) == body + right
    for wrong in set("0123456789X") - {right}:
        with pytest.raises(IdentifierError):
            organisation_code.parse(body + wrong)


def test_the_private_zone_is_no_interchange_key() -> None:
    """PDY00001 to PDY99999 (GB 11714)."""
    with pytest.raises(IdentifierError, match="private zone"):
        organisation_code.parse("PDY00001" + organisation_code.check_character("PDY00001"))


@given(st.from_regex(r"[0-9]{14}", fullmatch=True))
def test_only_the_right_check_digit_makes_a_registration_number(body: str) -> None:
    """One of ten."""
    right = legacy_registration.check_digit(body)
    assert legacy_registration.parse(body + right) == body + right
    with pytest.raises(IdentifierError):
        legacy_registration.parse(body + str((int(right) + 1) % 10))


def test_a_resident_number_is_recognised_and_never_shown() -> None:
    """Neither the result nor the error repeats it."""
    found = resident_id.parse("360426199101010071")
    assert (found.masked, found.male, found.division) == ("360426********0071", True, "360426")
    assert "19910101" not in repr(found)
    with pytest.raises(IdentifierError) as wrong:
        resident_id.parse("360426199101010072")
    assert "199101" not in str(wrong.value)


def test_a_fifteen_digit_resident_number_is_expanded() -> None:
    """Numbers of before 1999 lack century and check digit."""
    assert resident_id.parse("360426910101007").value == "360426199101010071"


@pytest.mark.parametrize("wrong", ["36042619910230007X", "36042619910101007", "36042619910101007A", ""])
def test_wrong_resident_numbers_are_refused(wrong: str) -> None:
    """No such day, too short, a letter that is not X, nothing."""
    with pytest.raises(IdentifierError):
        resident_id.parse(wrong)
    assert not resident_id.looks_like(wrong)


def test_lei_vector_and_its_neighbours() -> None:
    """Mod 97-10 finds every single wrong character."""
    code = "213800KUD8LAJWSQ9D15"
    assert lei.parse(code) == code
    for at in range(20):
        with pytest.raises(IdentifierError):
            lei.parse(code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :])


@pytest.mark.parametrize(
    ("parse", "text", "canonical"),
    [
        (company_number.parse, "445790", "00445790"),
        (company_number.parse, "sc095237", "SC095237"),
        (company_number.parse, "OC300001", "OC300001"),
        (ein.parse, "12-3456789", "12-3456789"),
        (ein.parse, "123456789", "12-3456789"),
    ],
)
def test_foreign_numbers_take_their_canonical_form(
    parse: Callable[[str], str], text: str, canonical: str
) -> None:
    """Padded and punctuated one way."""
    assert parse(text) == canonical


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (company_number.parse, "123456789"),
        (company_number.parse, "00000000"),
        (ein.parse, "1-23456789"),
        (ein.parse, ""),
    ],
)
def test_foreign_numbers_of_other_form_are_refused(parse: Callable[[str], str], text: str) -> None:
    """Too long, all zeros, wrong hyphen, nothing."""
    with pytest.raises(IdentifierError):
        parse(text)


def test_industry_letter_and_division_agree() -> None:
    """20 sections, 97 divisions; the letter is redundant and checked."""
    assert industry.parse("C1751").major == "17"
    assert industry.parse("G").code == "G"
    assert len({industry.section_of(n) for n in range(1, 98)}) == 20
    for wrong in ("A17", "C98", "C00", "U01", "C1", "C17511", ""):
        with pytest.raises(IdentifierError):
            industry.parse(wrong)


def test_divisions_have_levels_and_a_history() -> None:
    """上虞 had four codes; the one of the record's day is found, and the one of today follows from any."""
    assert division.parse("330000").level == "province"
    assert division.parse("330600").parent == "330000"
    assert division.SHANGYU.at("330682", date(2013, 10, 17)).name == "上虞市"
    with pytest.raises(IdentifierError, match="no edition of 2013-10-18"):
        division.SHANGYU.at("330682", date(2013, 10, 18))
    assert {division.SHANGYU.current(c) for c in ("332322", "330622", "330682", "330604")} == {"330604"}
    assert division.SHANGYU.current("110101") == "110101"
    for wrong in ("99", "160000", "330001", "33060A"):
        with pytest.raises(IdentifierError):
            division.parse(wrong)


def test_a_division_table_refuses_an_interval_that_ends_before_it_begins() -> None:
    """Frozen data are checked when they are made."""
    with pytest.raises(IdentifierError, match="not after"):
        division.DivisionTable([division.Entry("330604", "上虞区", date(2014, 1, 1), date(2013, 1, 1))])


def test_the_best_identifier_wins() -> None:
    """USCC before LEI before organisation code before registration number before the name."""
    ids = {
        "name": "测试有限公司",
        "reg_no": "110108000000016",
        "org_code": "60003734-1",
        "lei": "213800KUD8LAJWSQ9D15",
        "uscc": "91330604MA0000015G",
    }
    order = ["uscc", "lei", "org_code", "reg_no", "name"]
    for scheme in order:
        expected = entity.of("CN-330604", scheme, entity.canonical_value(scheme, ids[scheme]))
        assert entity.best("CN-330604", ids) == expected
        del ids[scheme]
    with pytest.raises(IdentifierError, match="at least one"):
        entity.best("CN-330604", ids)


def test_a_name_only_entity_depends_on_name_division_and_nothing_else() -> None:
    """Spelling variants of one firm meet; firms of the same name elsewhere do not."""
    here = entity.of("CN-330604", "name", "上虞（测试）有限责任公司")
    assert here == entity.of("CN-330604", "name", "上虞(测试) 有限公司")
    assert here != entity.of("CN-330602", "name", "上虞(测试)有限公司")
    assert entity.is_entity(here)


def test_a_person_is_never_named_by_a_number_in_clear() -> None:
    """The HMAC is the connector's work; the number is not repeated in the message."""
    with pytest.raises(IdentifierError) as wrong:
        entity.canonical_value("person", "360426199101010071")
    assert "360426" not in str(wrong.value)
    with pytest.raises(IdentifierError):
        entity.guess("CN-330604", "360426199101010071")


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("91330604MA0000015G", ":91330604MA0000015G"),
        ("60003734-1", ":600037341"),
        ("110108000000016", ":110108000000016"),
        ("ent:GB:00445790", "ent:GB:00445790"),
        ("绍兴某某有限公司", ":name-" + entity.name_hash("绍兴某某有限公司", "CN-330604")),
    ],
)
def test_a_counterparty_is_resolved_from_one_text(text: str, suffix: str) -> None:
    """Whatever register it comes from."""
    assert entity.guess("CN-330604", text).endswith(suffix)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张某"),
        ("张三丰", "张某某"),
        ("欧阳修", "欧阳某"),
        ("李某甲", "李某甲"),
        ("Jane Smith", "J*** S***"),
    ],
)
def test_personal_names_keep_the_surname_only(name: str, masked: str) -> None:
    """And masking twice changes nothing."""
    assert names.mask(name) == masked
    assert names.mask(masked) == masked


def _modules() -> list[str]:
    packages = (detectors.identifiers, detectors.records)
    return [f"{p.__name__}.{m.name}" for p in packages for m in pkgutil.iter_modules(p.__path__)]


@pytest.mark.parametrize("module", _modules())
def test_examples_in_docstrings_run(module: str) -> None:
    """The documentation is true."""
    assert doctest.testmod(importlib.import_module(module)).failed == 0
