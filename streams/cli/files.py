"""Commands that need no broker: ``check`` and ``assess`` read records from a file of JSON lines."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from detectors.assessment import encode
from detectors.batch import assessed
from detectors.fold import together
from detectors.record import epoch
from streams.catalogues import read_catalogue
from streams.cli.output import Json, JsonLines
from streams.cli.reading import MEND, after, instant, outcomes, records, tell

File = Annotated[
    Path, typer.Argument(help="JSON lines, one record each; - for standard input", allow_dash=True)
]


def check(file: File, as_json: Json = False) -> None:
    """Validate records line by line: accepted, accepted with flags, or quarantined with the reason."""
    counts: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for number, _, outcome in outcomes(file):
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
            print(f"{file}:{row['line']}: {row['outcome']}, {row['reason']}" + after(row["detail"]))
        print(", ".join(f"{count} {kind}" for kind, count in summary.items()))
    if refused := [row for row in rows if row["outcome"] == "quarantined"]:
        first = refused[0]
        what = f"{len(refused)} of {counts.total()} records refused, the first for {first['reason']}"
        problem = what + after(first["detail"])
        print(f"fenghuo: {file}:{first['line']}: {problem}; {MEND}", file=sys.stderr)
        raise typer.Exit(1)


def assess(
    file: File,
    as_of: Annotated[
        str | None, typer.Option(help="RFC 3339 instant or date; default: when the last fact was captured")
    ] = None,
    catalogue: Annotated[Path | None, typer.Option(help="catalogue file instead of the built-in one")] = None,
    as_json: JsonLines = False,
) -> None:
    """Assess every entity in a file: one canonical JSON line each, sorted by entity id. Needs no broker.

    The output depends only on the set of records, not on their order or repetition. ``--json`` changes nothing here:
    the output is JSON lines already.
    """
    del as_json
    moment = None if as_of is None else epoch(instant(as_of))
    judged_by = read_catalogue(catalogue)
    bad: list[str] = []
    for assessment in assessed(together(records(file, bad), judged_by, moment), judged_by):
        sys.stdout.write(encode(assessment).decode() + "\n")
    tell(bad)
