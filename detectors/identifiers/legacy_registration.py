"""Registration number of before 2015 注册号 (GS 15-2006): 6 authority + 8 sequence + 1 check digit.

Kept as an alias, because old court and lien records still use it.
"""

from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import compact, quoted


def check_digit(body: str) -> str:
    """Check digit for 14 digits: the recursive mod 11,10 of ISO 7064.

    >>> check_digit("11010800000001")
    '6'
    """
    remainder = 10
    for digit in body:
        remainder = ((remainder + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - remainder) % 10)


def parse(text: str) -> str:
    """The 15 digits, checked.

    Raises:
        IdentifierError: not 15 digits, or the check digit is wrong.

    >>> parse("110108000000016")
    '110108000000016'
    """
    number = compact(text)
    if len(number) != 15 or not (number.isascii() and number.isdigit()):
        raise _wrong(f"a registration number has 15 digits, got {quoted(text)}")
    expected = check_digit(number[:14])
    if number[14] != expected:
        raise _wrong(f"the check digit of {quoted(text)} must be {expected}, got {number[14]}")
    return number


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("registration number (GS 15-2006)", problem)
