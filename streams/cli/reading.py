"""Records from a file of JSON lines, validated as a connector would; shared by the commands that need no broker."""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

from detectors.errors import FenghuoError
from detectors.record import Record, decode
from detectors.records.validation import Outcome, validate

MEND = "correct it at the source, then check again"
_FIRST, _LAST = 1900, 2999
"""Years that can be asked about."""


def after(detail: str) -> str:
    """A detail behind what it explains."""
    return f": {detail}" if detail else ""


def records(file: Path, bad: list[str]) -> Iterator[Record]:
    """Records of ``file`` (``-``: standard input); a sentence about each one that is refused goes to ``bad``.

    Raises:
        FenghuoError: the file cannot be read, or a line is no JSON object.
    """
    for number, _, outcome in outcomes(file):
        if outcome.wire is None:
            bad.append(f"{file}:{number}: left out for {outcome.reason}{after(outcome.detail)}; {MEND}")
        else:
            yield decode(outcome.wire)


def outcomes(file: Path) -> Iterator[tuple[int, dict[str, Any], Outcome]]:
    """Line number, the record as it came and the verdict on it. Raises as :func:`records`."""
    now = datetime.now(UTC)
    for number, line in enumerate(_lines(file), start=1):
        if line.strip():
            raw = _object(file, number, line)
            yield number, raw, validate(raw, now=now)


def json_lines(file: Path) -> Iterator[dict[str, Any]]:
    """JSON objects of ``file``, one a line. Raises as :func:`records`."""
    return (_object(file, number, line) for number, line in enumerate(_lines(file), start=1) if line.strip())


def require(entity: str, found: Sequence[Record], place: str) -> None:
    """Refuse an entity of which nothing is known.

    Raises:
        FenghuoError: there is no record of the entity; names the nearest id.
    """
    known = sorted({one.entity for one in found})
    if entity in known:
        return
    close = get_close_matches(entity, known, n=1)
    hint = f"did you mean {close[0]}?" if close else "check the entity id, e.g. with fenghuo assess"
    raise FenghuoError(place, f"holds no record of {entity}", hint)


def tell(bad: Sequence[str]) -> None:
    """Say what :func:`records` refused, behind what the command has printed; end with 1 if that was anything."""
    for sentence in bad:
        print(f"fenghuo: {sentence}", file=sys.stderr)
    if bad:
        raise typer.Exit(1)


def _lines(file: Path) -> Iterator[str]:
    try:
        if str(file) == "-":
            yield from io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig")
            return
        with file.open(encoding="utf-8-sig") as lines:
            yield from lines
    except OSError as error:
        raise FenghuoError(
            str(file), f"cannot be read ({error.strerror})", "give the path of a JSON-lines file"
        ) from None
    except UnicodeDecodeError as error:
        raise FenghuoError(
            str(file), f"is not UTF-8 (byte {error.start})", "convert it, or use a connector"
        ) from None


def _object(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        problem = f"not a JSON object ({error.msg.removesuffix(' at')} at column {error.colno})"
        raise FenghuoError(f"{file}:{number}", problem, "is the file complete? one record per line") from None
    except (
        RecursionError,
        ValueError,
    ) as error:  # no JSON that a record could be: too deep, or numbers too long
        raise FenghuoError(f"{file}:{number}", f"cannot be read ({error})", "mend the line") from None
    if not isinstance(value, dict):
        raise FenghuoError(
            f"{file}:{number}", f"a record is a JSON object, not {type(value).__name__}", "mend the line"
        )
    return value


def instant(text: str, option: str = "--as-of") -> datetime:
    """A date or an RFC 3339 instant, UTC unless it says otherwise. A date is its noon in Greenwich: the same day in
    every jurisdiction, whereas its midnight is still the day before in America.

    Raises:
        FenghuoError: it is neither, or no time of an enterprise; names ``option``.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FenghuoError(
            option, f"{text!r} is no date or RFC 3339 instant", "write e.g. 2026-03-01"
        ) from None
    if not _FIRST <= moment.year <= _LAST:
        raise FenghuoError(
            option, f"{text!r} is outside the years {_FIRST} to {_LAST}", "write e.g. 2026-03-01"
        )
    if _is_date(text):
        moment = moment.replace(hour=12)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
