"""UK company number: 8 characters, digits zero-padded, with a prefix for other registers (SC, NI, OC …)."""

import re

from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import compact, quoted

_FORM = re.compile(r"[0-9A-Z]{8}")
_SHORT = re.compile(r"([A-Z]{0,2})(\d{1,8})")


def parse(text: str) -> str:
    """The 8-character form; a number that lost its leading zeros gets them back.

    Raises:
        IdentifierError: not of that form.

    >>> parse("445790"), parse("SC 95237")
    ('00445790', 'SC095237')
    """
    number = compact(text)
    if (short := _SHORT.fullmatch(number)) and len(number) < 8:
        number = short[1] + short[2].zfill(8 - len(short[1]))
    if not (number.isascii() and _FORM.fullmatch(number)) or number == "0" * 8:
        raise IdentifierError(
            "company number (Companies House)",
            f"a company number is 8 characters 0-9 A-Z, got {quoted(text)}",
        )
    return number
