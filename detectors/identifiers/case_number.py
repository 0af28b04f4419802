"""Court case numbers 案号: ``(2024)浙0604执恢12号之一`` taken apart.

Grammar in force since 2016-01-01 (最高法 《关于人民法院案件案号的若干规定》), the specialised-trial
character by 法〔2018〕335号: ``(year) court [specialised] type number 号 [之n]``. A court code has no
digits (high court), two (intermediate) or four (basic): never three. The older form
``(2015)绍虞商初字第123号`` is read with ``legacy=True``. The key of a case leaves out 之n, which numbers a
document within the case.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from detectors.identifiers.division import PROVINCES
from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import nfkc, quoted, unify_brackets

Stage = Literal[
    "first_instance",
    "appeal",
    "retrial",
    "special_procedure",
    "preservation",
    "enforcement",
    "enforcement_review",
    "insolvency_application",
    "insolvency",
    "insolvency_appeal",
    "other",
]

_STAGES: tuple[tuple[Stage, str], ...] = (
    ("first_instance", "民初 行初 刑初"),
    ("appeal", "民终 行终 刑终"),
    ("retrial", "民申 民再 民监 民抗 行申 行再 刑再"),
    ("special_procedure", "民特 民督 民催 民辖"),
    ("preservation", "财保 执保"),
    ("enforcement", "执 执恢"),
    ("enforcement_review", "执异 执复 执监 执协 执他"),
    ("insolvency_application", "清申 破申"),
    ("insolvency_appeal", "清终 破终 清监 破监"),
    ("insolvency", "强清 破"),
)
STAGE_OF_TYPE: Mapping[str, Stage] = {code: stage for stage, codes in _STAGES for code in codes.split()}
"""Type codes the processor must know; any other code has stage ``other``."""

_LEGACY_STAGES: tuple[tuple[str, Stage], ...] = (
    ("执", "enforcement"),
    ("破", "insolvency"),
    ("初", "first_instance"),
    ("终", "appeal"),
    ("再", "retrial"),
    ("申", "retrial"),
)
_LEGACY_TYPE = re.compile(
    r"(?:[民商行刑知经][一二三四五六]?[初终申再](?:重)?|执[恢异复监]?|[民商]?破(?:预|申)?)$"
)

_PROVINCE = "".join(PROVINCES.values()) + "军兵"
_NUMBER = r"(?P<first>\d{1,9})(?:[-—–~至](?P<last>\d{1,9}))?号(?P<suffix>之[一二三四五六七八九十百\d]{1,4})?"
_MODERN = re.compile(
    rf"\((?P<year>\d{{4}})\)(?P<court>最高法|[{_PROVINCE}](?:\d{{4}}|\d{{2}})?)(?P<type>[\u4e00-\u9fff]{{1,4}}){_NUMBER}",
    re.ASCII,
)
_LEGACY = re.compile(rf"\((?P<year>\d{{4}})\)(?P<words>[\u4e00-\u9fff\d]{{2,14}})字第{_NUMBER}", re.ASCII)
_YEAR = re.compile(r"\(\d{4}\)", re.ASCII)
_COURT_DIGITS = re.compile(rf"\(\d{{4}}\)[{_PROVINCE}](\d+)", re.ASCII)
_DIVISION_OF = {short: digits for digits, short in PROVINCES.items()}
_LONGEST_RANGE = 1000


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """One case, or a batch of consecutive cases when ``last > number``."""

    year: int
    court: str
    specialised: str
    type_code: str
    number: int
    last: int
    suffix: str
    legacy: bool
    stage: Stage

    @property
    def key(self) -> str:
        """Natural key of the case: canonical text without 之n."""
        numbers = str(self.number) if self.last == self.number else f"{self.number}-{self.last}"
        middle = "字第" if self.legacy else ""
        return f"({self.year}){self.court}{self.specialised}{self.type_code}{middle}{numbers}号"

    @property
    def text(self) -> str:
        """Canonical text with 之n."""
        return self.key + self.suffix

    @property
    def is_batch(self) -> bool:
        """Whether the text names several cases (``执123-130号``)."""
        return self.last > self.number

    @property
    def division(self) -> str | None:
        """Division code of a basic court (``浙0604`` is 330604); ``None`` for every other court and for the
        ranges 71-74 and 96-99, which are special courts.
        """
        digits = self.court[1:]
        if self.legacy or len(digits) != 4 or digits[0] in "79" or self.court[0] not in _DIVISION_OF:
            return None
        return _DIVISION_OF[self.court[0]] + digits

    def expand(self) -> "tuple[CaseNumber, ...]":
        """The single cases of a batch, in order; of a single case, itself.

        >>> [case.number for case in parse("（2023）浙0604执123-125号").expand()]
        [123, 124, 125]
        """
        if not self.is_batch:
            return (self,)
        return tuple(replace(self, number=n, last=n) for n in range(self.number, self.last + 1))


@lru_cache(maxsize=4096)  # filings of one case arrive together; the bound keeps a long stream from growing it
def parse(text: str) -> CaseNumber:
    """Read a case number in any of the spellings that circulate.

    Raises:
        IdentifierError: no bracketed year, a court code of other than 0, 2 or 4 digits, or another form.

    >>> case = parse("〔2021〕最高法知民终８８号")
    >>> case.key, case.specialised, case.stage
    ('(2021)最高法知民终88号', '知', 'appeal')
    """
    clean = "".join(unify_brackets(nfkc(text)).split())
    if found := _MODERN.fullmatch(clean):
        specialised, type_code = _split_type(found["type"])
        if len(type_code) > 3:
            raise _wrong(f"a type code has 1 to 3 characters, got {quoted(text)}")
        stage = STAGE_OF_TYPE.get(type_code, "other")
        return _made(found, court=found["court"], specialised=specialised, type_code=type_code, stage=stage)
    if found := _LEGACY.fullmatch(clean):
        court, type_code = _split_legacy(found["words"])
        stage = _legacy_stage(type_code)
        return _made(found, court=court, specialised="", type_code=type_code, stage=stage, legacy=True)
    raise _explained(clean, text)


def _made(
    found: re.Match[str],
    *,
    court: str,
    specialised: str,
    type_code: str,
    stage: Stage,
    legacy: bool = False,
) -> CaseNumber:
    number = int(found["first"])
    last = int(found["last"] or number)
    if number < 1 or not number <= last < number + _LONGEST_RANGE:
        raise _wrong(
            f"a case is numbered from 1 and a batch runs upwards over at most 1000, got {quoted(found[0])}"
        )
    return CaseNumber(
        int(found["year"]), court, specialised, type_code, number, last, found["suffix"] or "", legacy, stage
    )


def _split_type(words: str) -> tuple[str, str]:
    """A leading character is a specialised mark when what follows is a known code and the whole is not."""
    if words not in STAGE_OF_TYPE and words[1:] in STAGE_OF_TYPE and words[0] not in "民行刑执清破财强":
        return words[0], words[1:]
    return "", words


def _split_legacy(words: str) -> tuple[str, str]:
    found = _LEGACY_TYPE.search(words)
    at = found.start() if found and found.start() > 0 else max(1, len(words) - 2)
    return words[:at], words[at:]


def _legacy_stage(type_code: str) -> Stage:
    return next((stage for mark, stage in _LEGACY_STAGES if mark in type_code), "other")


def _explained(clean: str, text: str) -> IdentifierError:
    if not _YEAR.match(clean):
        return _wrong(f"a case number begins with its year of four digits in brackets, got {quoted(text)}")
    if (digits := _COURT_DIGITS.match(clean)) and len(digits[1]) not in (0, 2, 4):
        return _wrong(f"a court code has no, two or four digits, got {digits[1]!r} in {quoted(text)}")
    return _wrong(
        f"a case number reads (year)court type number 号, as (2024)浙0604民初12号, got {quoted(text)}"
    )


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("case number", problem)
