"""Commands that need no broker: ``check`` and ``assess`` read records from a file of JSON lines."""

import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from detectors.assessment import encode
from detectors.errors import FenghuoError
from detectors.fold import assess_all, fold_all
from detectors.record import Record, decode, epoch
from detectors.records.validation import Outcome, validate
from streams.catalogues import read_catalogue
from streams.cli.output import Json

_MEND = "correct it at the source, then check again"

File = Annotated[
    Path, typer.Argument(help="JSON lines, one record each; - for standard input", allow_dash=True)
]


def check(file: File, as_json: Json = False) -> None:
    """Validate records line by line: accepted, accepted with flags, or quarantined with the reason."""
    counts: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for number, outcome in _outcomes(file):
        counts[outcome.kind] += 1
        if outcome.kind != "accepted":
            rows.append(
                {
                    "line": number,
                    "outcome": outcome.kind,
                    "reason": str(outcome.reason or ",".join(outcome.flags)),
                    "detail": outcome.detail,
                    "quality": outcome.quality,
                }
            )
    summary = {
        "in": counts.total(),
        **{kind: counts[kind] for kind in ("accepted", "flagged", "quarantined")},
    }
    if as_json:
        print(json.dumps({**summary, "lines": rows}, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{file}:{row['line']}: {row['outcome']}, {row['reason']}" + _after(row["detail"]))
        print(", ".join(f"{count} {kind}" for kind, count in summary.items()))
    if refused := [row for row in rows if row["outcome"] == "quarantined"]:
        first = refused[0]
        what = f"{len(refused)} of {counts.total()} records refused, the first for {first['reason']}"
        problem = what + _after(first["detail"])
        print(f"fenghuo: {file}:{first['line']}: {problem}; {_MEND}", file=sys.stderr)
        raise typer.Exit(1)


def _after(detail: str) -> str:
    return f": {detail}" if detail else ""


def assess(
    file: File,
    as_of: Annotated[
        str | None, typer.Option(help="RFC 3339 instant or date; default: when the last fact was captured")
    ] = None,
    catalogue: Annotated[Path | None, typer.Option(help="catalogue file instead of the built-in one")] = None,
    as_json: Json = False,
) -> None:
    """Assess every entity in a file: one canonical JSON line each, sorted by entity id. Needs no broker.

    The output depends only on the set of records, not on their order or repetition. ``--json`` changes nothing here:
    the output is JSON lines already.
    """
    del as_json
    moment = None if as_of is None else epoch(_instant(as_of))
    judged_by = read_catalogue(catalogue)
    bad: list[str] = []
    ledgers = fold_all(_records(file, bad), judged_by)
    for assessment in assess_all(ledgers, judged_by, moment):
        sys.stdout.write(encode(assessment).decode() + "\n")
    for sentence in bad:
        print(f"fenghuo: {sentence}", file=sys.stderr)
    if bad:
        raise typer.Exit(1)


def _records(file: Path, bad: list[str]) -> Iterator[Record]:
    for number, outcome in _outcomes(file):
        if outcome.wire is None:
            bad.append(f"{file}:{number}: left out for {outcome.reason}{_after(outcome.detail)}; {_MEND}")
        else:
            yield decode(outcome.wire)


def _outcomes(file: Path) -> Iterator[tuple[int, Outcome]]:
    now = datetime.now(UTC)
    for number, line in enumerate(_lines(file), start=1):
        if line.strip():
            yield number, validate(_object(file, number, line), now=now)


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
        problem = f"not a JSON object ({error.msg} at column {error.colno})"
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


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FenghuoError(
            "--as-of", f"{text!r} is no date or RFC 3339 instant", "write e.g. 2026-03-01"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
