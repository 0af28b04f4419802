"""The elements of a JSON array in exactly the text they were written as: what a dead letter and its hash are of."""

import json
from collections.abc import Generator, Iterator

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


def skipped(text: str, position: int) -> int:
    """The first place from ``position`` on that is no white space."""
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def elements(text: str, position: int) -> Iterator[tuple[object, str]]:
    """The elements of the array that opens just before ``position``, and nothing but white space behind it.

    Raises:
        ValueError: it is not JSON, or something follows.
    """
    position = yield from _elements(text, position)
    if text[position:].strip(_SPACE):
        raise ValueError(f"something follows the array at character {position}")


def _elements(text: str, position: int) -> Generator[tuple[object, str], None, int]:
    position = skipped(text, position)
    ended = text[position : position + 1] == "]"
    while not ended:
        value, end = _DECODER.raw_decode(text, position)
        yield value, text[position:end]
        position = skipped(text, end)
        mark = text[position : position + 1]
        if mark not in (",", "]") or not mark:
            raise ValueError(f"',' or ']' is needed at character {position}")
        ended = mark == "]"
        position = skipped(text, position + 1) if not ended else position
    return position + 1


def written(content: bytes, path: str | None) -> list[bytes]:
    """The bytes of each element of the array at a dotted ``path``; ``content`` is a document that has been read."""
    encoding = json.detect_encoding(content)
    text = content.decode(encoding, "surrogatepass")
    position = skipped(text, 0)
    for name in path.split(".") if path else ():
        position = _member(text, position, name)
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    return [part.encode(plain, "surrogatepass") for _, part in _elements(text, position + 1)]


def _member(text: str, position: int, name: str) -> int:
    """Where the value of a member begins; of several with one name the last, as in the document read."""
    found = position
    position = skipped(text, position + 1)
    while text[position] != "}":
        key, end = _DECODER.raw_decode(text, position)
        begins = skipped(text, skipped(text, end) + 1)
        if key == name:
            found = begins
        position = skipped(text, _DECODER.raw_decode(text, begins)[1])
        if text[position] == ",":
            position = skipped(text, position + 1)
    return found
