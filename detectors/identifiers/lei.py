"""Legal entity identifier (ISO 17442): 18 characters and two check digits, ISO 7064 mod 97-10."""

import re

from stdnum import exceptions
from stdnum import lei as standard

from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import compact, quoted

_FORM = re.compile(r"[A-Z0-9]{18}\d{2}")


def parse(text: str) -> str:
    """The 20 characters, checked.

    Raises:
        IdentifierError: form or check digits are wrong.

    >>> parse("213800KUD8LAJWSQ9D15")
    '213800KUD8LAJWSQ9D15'
    """
    code = compact(text)
    if not (code.isascii() and _FORM.fullmatch(code)):
        raise _wrong(f"an LEI is 18 characters A-Z 0-9 and 2 digits, got {quoted(text)}")
    try:
        return standard.validate(code)
    except exceptions.ValidationError:
        raise _wrong(f"the check digits of an LEI leave 1 modulo 97, got {quoted(code)}") from None


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("LEI (ISO 17442)", problem)
