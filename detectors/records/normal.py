"""Normal form of a raw record: NFKC texts, no empty values; the caller keeps the raw bytes."""

import unicodedata
from collections.abc import Mapping

_DEEPEST = 16
_CONTAINERS = (dict, list, tuple, Mapping)  # the concrete ones first: asking the abstract one is slow
_AS_THEY_ARE = frozenset({"evidence"})  # addresses and hashes must stay byte for byte


def text(value: str) -> str:
    """NFKC without outer blanks.

    >>> text("（２０２６）\u3000")
    '(2026)'
    """
    return value.strip() if value.isascii() else unicodedata.normalize("NFKC", value).strip()


class TooDeepError(ValueError):
    """The record is nested deeper than any contract is."""


def mapping(raw: Mapping[str, object], depth: int = 0) -> dict[str, object]:
    """A new mapping with normal keys and values; absent is not false, so nulls and empty texts are left out.

    Raises:
        TooDeepError: more than 16 levels.

    >>> mapping({"a": "１", "b": None, "c": " ", "d": [{"e": ""}]})
    {'a': '1', 'd': [{}]}
    """
    made: dict[str, object] = {}
    for key, value in raw.items():
        name = key if isinstance(key, str) and key.isascii() else text(str(key))
        if isinstance(value, str):
            if clean := text(value):
                made[name] = clean
        elif isinstance(value, _CONTAINERS) and name not in _AS_THEY_ARE:
            made[name] = _nested(value, depth + 1)
        elif value is not None:
            made[name] = value
    return made


def _nested(value: object, depth: int) -> object:
    if depth > _DEEPEST:
        raise TooDeepError
    if isinstance(value, dict | Mapping):
        return mapping(value, depth)
    if isinstance(value, list | tuple):
        return [text(item) if isinstance(item, str) else _nested(item, depth + 1) for item in value]
    return value
