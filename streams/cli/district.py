"""``fenghuo district``: questions about the simulated district itself."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from detectors.errors import FenghuoError
from streams.cli.output import Json, writing


def coverage(
    entities: Annotated[int, typer.Option(min=50, max=1_000_000, help="firms of the district")] = 25_000,
    days: Annotated[int, typer.Option(min=30, max=3_650, help="simulated days")] = 1_095,
    seed: Annotated[int, typer.Option(help="seed of the world")] = 1,
    twin: Annotated[
        int, typer.Option(min=50, help="firms of the world that is also run without silences")
    ] = 1_000,
    dense: Annotated[bool, typer.Option("--dense", help="make what is rare frequent")] = False,
    out: Annotated[Path | None, typer.Option(help="write the page to this file")] = None,
    as_json: Json = False,
) -> None:
    """Prove that the simulated district drives every core point to fire and to clear, and silence none."""
    from streams.district.coverage import measure  # noqa: PLC0415 - loads the model, which other commands need not
    from streams.district.coverage_page import as_dict, page  # noqa: PLC0415 - see above

    found = measure(entities, days, seed, twin=twin, dense=dense, workers=min(3, os.cpu_count() or 1))
    flags = f"--entities {entities} --days {days} --seed {seed}" + (" --dense" if dense else "")
    text = page(found, f"fenghuo district coverage {flags}")
    if out is not None:
        with writing(f"--out {out}", "give a file in a folder that is there"):
            out.write_text(text, encoding="utf-8")
    if as_json:
        print(json.dumps(as_dict(found), ensure_ascii=False))
    else:
        typer.echo(text)
    if not found.complete:
        refused = f"the core refused {found.main.refused} record(s): {found.main.refusal}"
        silence = f"silence moved {len(found.by_silence)} absence point(s)"
        said = ", ".join(found.missing) or (silence if found.by_silence else refused)
        raise FenghuoError(
            "coverage", f"not complete: {said}", "see the page for what fired and what did not"
        )
