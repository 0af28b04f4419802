"""The body of a push request as rows: one JSON object, an array of them, or one per line."""

import json
from datetime import datetime

from connectors.files import parse_object
from connectors.jsontext import elements, skipped
from connectors.rows import Row


class BadBodyError(Exception):
    """The body as a whole cannot be read; the text says why."""


def rows_of(body: bytes, *, ndjson: bool, captured_at: datetime, label: str) -> list[Row]:
    """The rows of ``body``, each with its own bytes; a line or element that is no object has its problem.

    Raises:
        BadBodyError: not UTF-8, not JSON, or neither an object nor an array.
    """
    if ndjson:
        lines = enumerate(body.split(b"\n"), start=1)
        return [_line(line, f"{label}:{number}", captured_at) for number, line in lines if line.strip()]
    try:
        text = body.decode("utf-8")
        start = skipped(text, 0)
        if text[start : start + 1] == "[":
            found = list(elements(text, start + 1))
        else:
            value = json.loads(text)
            if not isinstance(value, dict):
                raise BadBodyError(f"an object or an array of objects is needed, {type(value).__name__} came")
            found = [(value, text)]
    except UnicodeDecodeError as error:
        raise BadBodyError(f"byte {error.start} is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadBodyError(f"not JSON ({error})") from error
    return [
        _row(value, slice_, f"{label}[{index}]", captured_at) for index, (value, slice_) in enumerate(found)
    ]


def _line(line: bytes, place: str, captured_at: datetime) -> Row:
    values, problem = parse_object(line, place)
    return Row(place, line, values, captured_at, problem)


def _row(value: object, text: str, place: str, captured_at: datetime) -> Row:
    if isinstance(value, dict):
        return Row(place, text.encode(), value, captured_at)
    problem = f"{place}: a JSON object is needed, {type(value).__name__} came"
    return Row(place, text.encode(), {}, captured_at, problem)
