"""Organisation code 组织机构代码 (GB 11714-1997): 8 characters and a check character, printed
``60003734-1``.
"""

import re

from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import compact, quoted

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_FORM = re.compile(r"[0-9A-Z]{8}[0-9X]")
_PRIVATE = re.compile(r"PDY(?!00000)\d{5}")


def check_character(body: str) -> str:
    """Check character for 8 characters: ``11 - sum(c * w) mod 11``, 10 written X and 11 written 0.

    >>> check_character("M000100Y")
    '4'
    """
    total = sum(int(character, 36) * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def parse(text: str) -> str:
    """The 9-character machine form, checked.

    Raises:
        IdentifierError: form or check character are wrong, or the code is in the private zone
            PDY00001-PDY99999, which is never an interchange key.

    >>> parse("60003734-1")
    '600037341'
    """
    code = compact(text)
    if not _FORM.fullmatch(code):
        raise _wrong(f"an organisation code is 8 characters 0-9 A-Z and a check 0-9 or X, got {quoted(text)}")
    if _PRIVATE.match(code):
        raise _wrong(f"PDY00001-PDY99999 is a private zone and never an interchange key, got {quoted(text)}")
    expected = check_character(code[:8])
    if code[8] != expected:
        raise _wrong(f"the check character of {quoted(code)} must be {expected}, got {code[8]}")
    return code


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("organisation code (GB 11714-1997)", problem)
