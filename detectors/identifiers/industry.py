"""Industry 国民经济行业分类 (GB/T 4754-2017): letter A-T and 2, 3 or 4 digits; the letter must agree with
the digits.
"""

import re
from dataclasses import dataclass

from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import compact, quoted

LAST_MAJOR = {
    "A": 5,
    "B": 12,
    "C": 43,
    "D": 46,
    "E": 50,
    "F": 52,
    "G": 60,
    "H": 62,
    "I": 65,
    "J": 69,
    "K": 70,
    "L": 72,
    "M": 75,
    "N": 79,
    "O": 82,
    "P": 83,
    "Q": 85,
    "R": 90,
    "S": 96,
    "T": 97,
}
"""Section 门类 to its last division 大类; the 97 divisions are numbered through the 20 sections without a
gap.
"""

_FORM = re.compile(r"([A-T])?(\d{2}\d?\d?)?")


@dataclass(frozen=True, slots=True)
class Industry:
    """``section`` 门类 letter, ``major`` 大类 of 2 digits or empty, ``code`` the whole, letter first."""

    code: str
    section: str
    major: str


def section_of(major: int) -> str:
    """Section letter of a 2-digit division.

    Raises:
        IdentifierError: not 1 to 97.

    >>> section_of(17)
    'C'
    """
    for letter, last in LAST_MAJOR.items():
        if 1 <= major <= last:
            return letter
    raise _wrong(f"the divisions are 01 to 97, got {major:02d}")


def parse(text: str) -> Industry:
    """Check a code; a missing letter is supplied from the digits.

    Raises:
        IdentifierError: not of that form, division outside 01-97, or letter and division disagree.

    >>> parse("1751")
    Industry(code='C1751', section='C', major='17')
    """
    code = compact(text)
    found = _FORM.fullmatch(code)
    if not code or not code.isascii() or not found:
        raise _wrong(f"an industry is a letter A-T with 2 to 4 digits, got {quoted(text)}")
    letter, digits = found[1] or "", found[2] or ""
    section = section_of(int(digits[:2])) if digits else letter
    if letter and letter != section:
        raise _wrong(f"division {digits[:2]} belongs to section {section}, got {quoted(code)}")
    return Industry(section + digits, section, digits[:2])


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("industry (GB/T 4754-2017)", problem)
