"""Text forms shared by the identifiers: NFKC, brackets, blanks, and how a wrong value is quoted in a
message.
"""

import re
import unicodedata

_BRACKETS = str.maketrans("〔〕[]【】{}", "()" * 4)
_LONG_DIGITS = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])|(?<!\d)\d{15}(?!\d)")


def nfkc(text: str) -> str:
    """Unicode NFKC without outer blanks; full-width digits and ``（）`` become ASCII.

    >>> nfkc(" （２０２４） ")
    '(2024)'
    """
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def unify_brackets(text: str) -> str:
    """Every kind of bracket that circulates for the same thing becomes ``()``.

    >>> unify_brackets("〔2021〕")
    '(2021)'
    """
    return text.translate(_BRACKETS)


def compact(text: str) -> str:
    """NFKC, upper case, without blanks and hyphens: the form in which identifiers are compared.

    >>> compact("60003734-1")
    '600037341'
    """
    return "".join(nfkc(text).replace("-", "").split()).upper()


def quoted(value: object, limit: int = 60) -> str:
    """A wrong value for an error message: shortened, and with anything shaped like a resident number
    blotted out.

    >>> quoted("360426199101010071")
    "'360426********0071'"
    """
    shown = _LONG_DIGITS.sub(lambda m: f"{m[0][:6]}{'*' * (len(m[0]) - 10)}{m[0][-4:]}", repr(value))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
