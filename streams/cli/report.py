"""``report``: the credit report of one entity, as HTML and as PDF."""

import json
from pathlib import Path
from typing import Annotated

import typer

from detectors.errors import FenghuoError
from detectors.fold import together
from detectors.record import epoch
from streams.catalogues import read_catalogue
from streams.cli.output import Json
from streams.cli.reading import instant, records, require, tell


def report(
    entity: Annotated[str, typer.Argument(help="entity id, e.g. ent:CN-330604:91330604MA0000015G")],
    data: Annotated[Path, typer.Option(help="records as JSON lines; others in them are the peers", allow_dash=True)],
    as_of: Annotated[str | None, typer.Option(help="date or RFC 3339 instant; default: the last capture")] = None,
    out: Annotated[Path, typer.Option(help="folder to write the two files into")] = Path(),
    catalogue: Annotated[Path | None, typer.Option(help="catalogue file instead of the built-in one")] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Write the credit report of an entity as HTML and as PDF, both readable offline and without colour.

    Needs no broker. The same records give the same files. With --json the content is written to standard output too.
    """
    from streams.report.content import file_name  # noqa: PLC0415 - fonts and templates that other commands need not load
    from streams.report.content import report as reported  # noqa: PLC0415 - as above
    from streams.report.page import html  # noqa: PLC0415 - as above
    from streams.report.pdf import pdf  # noqa: PLC0415 - as above

    judged_by, bad = read_catalogue(catalogue), list[str]()
    found = list(records(data, bad))
    require(entity, found, str(data))
    everyone = together(found, judged_by, None if as_of is None else epoch(instant(as_of)))
    made = reported(entity, found, everyone, judged_by)
    files = {f"{file_name(made)}.html": html(made).encode(), f"{file_name(made)}.pdf": pdf(made)}
    paths = [_written(out, name, content) for name, content in files.items()]
    if as_json:
        print(json.dumps({**made.as_json(), "files": [str(path) for path in paths]}, ensure_ascii=False))
    else:
        for path in paths:
            print(path)
    tell(bad)


def _written(folder: Path, name: str, content: bytes) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_bytes(content)
    except OSError as error:
        raise FenghuoError(
            str(folder / name), f"cannot be written ({error.strerror})", "give a writable folder with --out"
        ) from None
    return path
