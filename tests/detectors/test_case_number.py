"""Court case numbers: published and computed vectors and the shape of the grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.identifiers import case_number
from detectors.identifiers.division import PROVINCES
from detectors.identifiers.errors import IdentifierError


@pytest.mark.parametrize(
    ("text", "key", "court", "type_code", "stage"),
    [
        ("（2023）浙0604民初1234号", "(2023)浙0604民初1234号", "浙0604", "民初", "first_instance"),
        ("(2024)浙0604执567号", "(2024)浙0604执567号", "浙0604", "执", "enforcement"),
        ("（2024）浙0604执恢12号之一", "(2024)浙0604执恢12号", "浙0604", "执恢", "enforcement"),
        ("〔2021〕最高法知民终８８号", "(2021)最高法知民终88号", "最高法", "民终", "appeal"),
        ("（2022）京73民初5号", "(2022)京73民初5号", "京73", "民初", "first_instance"),
        ("（2016）浙06破申3号", "(2016)浙06破申3号", "浙06", "破申", "insolvency_application"),
        ("（2023）浙0604执123-130号", "(2023)浙0604执123-130号", "浙0604", "执", "enforcement"),
        ("(2024)沪74民初1号", "(2024)沪74民初1号", "沪74", "民初", "first_instance"),
        ("（2024）浙民终1号", "(2024)浙民终1号", "浙", "民终", "appeal"),
        ("（2024）兵0101民初7号", "(2024)兵0101民初7号", "兵0101", "民初", "first_instance"),
        ("(2024)浙0604财保9号", "(2024)浙0604财保9号", "浙0604", "财保", "preservation"),
        ("(2024)浙06强清2号", "(2024)浙06强清2号", "浙06", "强清", "insolvency"),
        ("(2024)浙06破2号", "(2024)浙06破2号", "浙06", "破", "insolvency"),
        ("(2024)浙0604执异2号", "(2024)浙0604执异2号", "浙0604", "执异", "enforcement_review"),
    ],
)
def test_accepted_numbers(text: str, key: str, court: str, type_code: str, stage: str) -> None:
    """Every spelling of a number has one key."""
    case = case_number.parse(text)
    assert (case.key, case.court, case.type_code, case.stage, case.legacy) == (
        key,
        court,
        type_code,
        stage,
        False,
    )
    assert case_number.parse(case.text) == case


def test_the_specialised_mark_is_no_part_of_the_type() -> None:
    """法〔2018〕335号."""
    case = case_number.parse("〔2021〕最高法知民终８８号")
    assert (case.specialised, case.type_code) == ("知", "民终")


def test_a_document_suffix_belongs_to_the_text_and_not_to_the_key() -> None:
    """之一 numbers a document within the case."""
    case = case_number.parse("（2024）浙0604执恢12号之一")
    assert case.text == "(2024)浙0604执恢12号之一"
    assert case.key == "(2024)浙0604执恢12号"


def test_a_batch_expands_to_single_cases() -> None:
    """执123-130号 are eight cases."""
    cases = case_number.parse("（2023）浙0604执123-130号").expand()
    assert [c.key for c in cases] == [f"(2023)浙0604执{n}号" for n in range(123, 131)]
    assert not any(c.is_batch for c in cases)


def test_a_legacy_number_is_read_and_marked() -> None:
    """The form of before 2016."""
    case = case_number.parse("（2015）绍虞商初字第123号")
    assert (case.legacy, case.court, case.type_code, case.number, case.stage) == (
        True,
        "绍虞",
        "商初",
        123,
        "first_instance",
    )
    assert case.key == "(2015)绍虞商初字第123号"
    assert case.division is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2024浙0604民初1号", "year of four digits in brackets"),
        ("（2024）浙604民初1号", "no, two or four digits, got '604'"),
        ("（2024）浙06040民初1号", "no, two or four digits, got '06040'"),
        ("（2024）浙0604民初号", "reads"),
        ("（2024）浙0604民初0号", "numbered from 1"),
        ("（2024）浙0604执130-123号", "runs upwards"),
        ("（2024）浙0604执1-9999号", "at most 1000"),
        ("（2024）浙0604民初审判监1号", "reads"),
        ("", "year"),
    ],
)
def test_refused_numbers_are_told_why(text: str, why: str) -> None:
    """Rule and what came instead."""
    with pytest.raises(IdentifierError, match=why):
        case_number.parse(text)


@pytest.mark.parametrize(
    ("text", "division"),
    [
        ("(2024)浙0604民初1号", "330604"),
        ("(2024)浙06民初1号", None),
        ("(2024)浙民终1号", None),
        ("(2024)京7101民初1号", None),
        ("(2024)兵0101民初7号", None),
    ],
)
def test_the_division_follows_from_a_basic_court_only(text: str, division: str | None) -> None:
    """Special courts and the military and 兵团 courts follow no division."""
    assert case_number.parse(text).division == division


@given(
    st.integers(2016, 2040),
    st.sampled_from(sorted(PROVINCES.values())),
    st.sampled_from(["", "06", "0604"]),
    st.sampled_from(sorted(case_number.STAGE_OF_TYPE)),
    st.integers(1, 99_999),
    st.sampled_from(["", "之一", "之12"]),
)
def test_every_number_of_the_grammar_reads_back(
    year: int, province: str, digits: str, type_code: str, number: int, suffix: str
) -> None:
    """Text to value to text, in both kinds of brackets."""
    text = f"({year}){province}{digits}{type_code}{number}号{suffix}"
    case = case_number.parse(text)
    assert case.text == text
    assert case.stage == case_number.STAGE_OF_TYPE[type_code]
    assert case_number.parse(text.replace("(", "〔").replace(")", "〕")) == case


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    """Whatever comes is a case number or an IdentifierError."""
    try:
        case = case_number.parse(text)
    except IdentifierError:
        return
    assert case_number.parse(case.text).key == case.key
