"""US employer identification number: ``12-3456789``, nine digits and no check digit (IRS)."""

import re

from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import nfkc, quoted

_FORM = re.compile(r"([0-9]{2})-?([0-9]{7})")


def parse(text: str) -> str:
    """The printed form ``12-3456789``.

    Raises:
        IdentifierError: not two digits and seven digits.

    >>> parse("123456789")
    '12-3456789'
    """
    found = _FORM.fullmatch(nfkc(text))
    if not found:
        raise IdentifierError("EIN (IRS)", f"an EIN is 2 digits, a hyphen and 7 digits, got {quoted(text)}")
    return f"{found[1]}-{found[2]}"
