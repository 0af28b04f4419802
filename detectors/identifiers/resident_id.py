"""Resident identity number 公民身份号码 (GB 11643-1999): recognised in order to be kept out, never stored
in clear.

The check digit comes from python-stdnum; its ``validate`` is not used, because that reads a table of places
from disk and refuses people born before their district was renamed.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from stdnum.cn import ric

from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import compact

_FORM = re.compile(r"\d{17}[\dX]")
_INSIDE = re.compile(r"(?<![0-9A-Za-z])\d{6}(?:19\d\d|200\d|201[0-5])\d{7}[\dXx](?![0-9A-Za-z])", re.ASCII)
_MASKED = re.compile(r"\d{3,14}[*xX]{4,}[\dX]{0,4}|\*{6,}[\dX]{0,4}")


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A valid number; ``repr`` shows the masked form only."""

    value: str = field(repr=False)
    masked: str
    division: str
    male: bool


def parse(text: str) -> ResidentId:
    """Check a number of 18 characters, or of 15 digits as issued before 1999 (expanded with ``19``).

    Raises:
        IdentifierError: form, birth date or check digit are wrong; the message never repeats the number.

    >>> parse("360426199101010071").masked
    '360426********0071'
    """
    number = compact(text)
    if len(number) == 15 and number.isascii() and number.isdigit():
        number = f"{number[:6]}19{number[6:]}"
        number += ric.calc_check_digit(number + "0")
    if not (number.isascii() and _FORM.fullmatch(number)):
        raise _wrong(
            f"a resident number is 17 digits and a digit or X, got {len(number)} characters of another form"
        )
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _wrong("characters 7-14 of a resident number are a birth date, got no real date") from None
    if number[17] != ric.calc_check_digit(number):
        raise _wrong("the check digit of a resident number follows from its first 17, got another one")
    return ResidentId(number, mask(number), number[:6], int(number[16]) % 2 == 1)


def looks_like(text: str) -> bool:
    """Whether the text is a valid number in clear, and so must not be published or stored.

    >>> looks_like("360426199101010071"), looks_like("3604261991****0071")
    (True, False)
    """
    if len(text) not in (15, 18) or not text[:15].isdigit():
        return False
    try:
        parse(text)
    except IdentifierError:
        return False
    return True


def blotted(text: str) -> str:
    """The text with every resident number of 18 characters that stands in it in clear masked.

    Only numbers of people born from 1900 to 2015: documents numbered by place and day look the same.

    >>> blotted("张三,身份证360426199101010071"), blotted("330604202601050012")
    ('张三,身份证360426********0071', '330604202601050012')
    """
    if len(text) < 18:
        return text
    return _INSIDE.sub(lambda found: mask(found[0]) if looks_like(found[0]) else found[0], text)


def mask(number: str) -> str:
    """First 6, asterisks, last 4: the display form for authorised roles.

    >>> mask("360426199101010071")
    '360426********0071'
    """
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def is_masked(text: str) -> bool:
    """Whether the text is a number already masked by its source, as courts publish it.

    >>> is_masked("3604261991****0071")
    True
    """
    return bool(_MASKED.fullmatch(text))


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("resident number (GB 11643-1999)", problem)
