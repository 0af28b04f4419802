"""``backtest``: what a catalogue would have told of a history, and how it differs from another."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from streams.catalogues import read_catalogue
from streams.cli.backtest_view import show
from streams.cli.output import Json, errors, writing
from streams.cli.reading import MEND

BUILT_IN = "built-in"


def backtest(
    data: Annotated[Path, typer.Option(help="records in order of capture: a file of JSON lines, or a folder of files")],
    catalogue: Annotated[str, typer.Option(help="catalogue file or folder to judge by")] = BUILT_IN,
    against: Annotated[str | None, typer.Option(help="catalogue to compare with: a path, or built-in")] = None,
    outcomes: Annotated[
        Path | None, typer.Option(help="what became of firms: JSON lines with entity, outcome and at")
    ] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="default: one for each core")] = None,
    out: Annotated[Path | None, typer.Option(help="folder for backtest.html, backtest.json and alerts.jsonl")] = None,
    check: Annotated[bool, typer.Option("--check", help="validate every record first; several times slower")] = False,
    simulated: Annotated[bool, typer.Option("--simulated", help="the history is made up: say so")] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Replay a history at full speed, without a broker, and count what a catalogue would have told.

    Tells the same alerts as a worker would of these records in one partition, except by points that need what is usual
    in a trade or what the network of guarantees says, where the data do not hold what workers told of it; the output
    says so. Exit 1 if records were refused.
    """
    from streams.backtest.content import content  # noqa: PLC0415 - the engine, which other commands need not load
    from streams.backtest.outcomes import Outcomes, read_outcomes  # noqa: PLC0415 - as above
    from streams.backtest.run import Job, run  # noqa: PLC0415 - as above

    named = [catalogue] if against is None else [against, catalogue]
    paths = tuple(None if name == BUILT_IN else Path(name) for name in named)
    judged_by = [read_catalogue(path) for path in paths]
    known = Outcomes({}, 0, False) if outcomes is None else read_outcomes(outcomes, judged_by[-1])
    job = Job(paths, data, known, processes or os.cpu_count() or 1, check, keep=out is not None)
    done = run(job, errors.print)
    found = content(job, done, judged_by, simulated=simulated or known.simulated)
    if out is not None:
        _write(out, found, done.result.judged, [one.version for one in judged_by])
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        show(found)
    if done.refused:
        what = f"{len(done.refused)} of {done.records} records refused, the first: {done.refused[0]}"
        print(f"fenghuo: {what}; {MEND}", file=sys.stderr)
        raise typer.Exit(1)


def _write(out: Path, found: dict[str, Any], judged: list[Any], versions: list[str]) -> None:
    from streams.backtest.page import page  # noqa: PLC0415 - templates that are not always needed

    with writing(f"--out {out}"):
        out.mkdir(parents=True, exist_ok=True)
        (out / "backtest.html").write_text(page(found), encoding="utf-8")
        (out / "backtest.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
        with (out / "alerts.jsonl").open("w", encoding="utf-8") as file:
            for version, one in zip(versions, judged, strict=True):
                file.writelines(_alerts(version, one.told))


def _alerts(version: str, told: dict[str, Any]) -> list[str]:
    rows = []
    for entity in sorted(told):
        for one in told[entity]:
            row = {
                "catalogue": version,
                "alert_id": one.id,
                "entity": entity,
                "at": one.at,
                "type": one.kind,
                "point": one.point,
                "level": one.level,
                "tier": {"from": one.tier_from, "to": one.tier_to},
                "sent": one.sent,
            }
            rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    return rows
