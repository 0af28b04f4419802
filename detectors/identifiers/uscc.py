"""Unified social credit code 统一社会信用代码 (GB 32100-2015): 18 characters naming one Chinese organisation.

1 registering department, 1 entity class, 6 division digits (GB/T 2260), 9 organisation code (GB 11714), 1
check character. python-stdnum 2.2 wants digits in positions 1-8 and so refuses valid codes of the
departments N, A and Y; this module follows the standard.
"""

from dataclasses import dataclass
from operator import mul

from detectors.identifiers import organisation_code
from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import compact, quoted

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters allowed: no I, O, S, V, Z."""

DEPARTMENTS = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "工商/市场监管",
    "A": "中央军委",
    "N": "农业",
    "Y": "其他",
}
"""Registering departments (GB 32100-2015, table 1)."""

_VALUE = {character: index for index, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, index, 31) for index in range(17))


@dataclass(frozen=True, slots=True)
class Uscc:
    """A valid code, taken apart."""

    value: str
    department: str
    entity_class: str
    division: str
    organisation_code: str

    @property
    def organisation_code_agrees(self) -> bool:
        """The embedded organisation code carries its own check character; a wrong one is a warning, not an
        error.
        """
        return organisation_code.check_character(self.organisation_code[:8]) == self.organisation_code[8]


def check_character(body: str) -> str:
    """Check character for the first 17 characters: ``(31 - sum(v * 3^(i-1)) mod 31) mod 31``.

    Raises:
        KeyError: a character outside :data:`ALPHABET`.

    >>> check_character("91330604MA0000015")
    'G'
    """
    return ALPHABET[-sum(map(mul, map(_VALUE.__getitem__, body), _WEIGHTS)) % 31]


def normalise(text: str) -> str:
    """Canonical 18 characters, checked; what :func:`parse` does without taking the code apart.

    Raises:
        IdentifierError: length, alphabet, department, division digits or check character are wrong.

    >>> normalise("91330604ma0000015g")
    '91330604MA0000015G'
    """
    code = compact(text)
    if len(code) != 18:
        raise _wrong(f"a USCC has 18 characters, got {len(code)} in {quoted(text)}")
    try:
        expected = check_character(code[:17])
    except KeyError as error:
        raise _wrong(
            f"a USCC uses {ALPHABET} (no I, O, S, V, Z), got {error.args[0]!r} in {quoted(text)}"
        ) from None
    if not code[2:8].isdigit():
        raise _wrong(f"characters 3-8 of a USCC are a division code of digits, got {quoted(code[2:8])}")
    if code[0] not in DEPARTMENTS:
        raise _wrong(
            f"a USCC begins with a department {''.join(DEPARTMENTS)}, got {code[0]!r} in {quoted(text)}"
        )
    if code[17] != expected:
        raise _wrong(f"the check character of {quoted(code)} must be {expected}, got {code[17]}")
    return code


def parse(text: str) -> Uscc:
    """Check a code and take it apart.

    Raises:
        IdentifierError: as :func:`normalise`.

    >>> parse("N1330604MF0000048R").department
    'N'
    """
    code = normalise(text)
    return Uscc(code, code[0], code[1], code[2:8], code[8:17])


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("USCC (GB 32100-2015)", problem)
