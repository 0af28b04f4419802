"""Commands about the catalogue of warning points: look at it, compare, check, document, and bring it into force."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from detectors import catalogue as reading
from detectors.catalogue.entry import Pattern, Point
from detectors.catalogue.model import Catalogue
from detectors.catalogue.pages import COLOURS, differences, index_page, page, pages
from detectors.errors import FenghuoError
from detectors.macro import words as macro
from detectors.record import epoch
from streams.catalogues import read_catalogue, read_parts, shipped
from streams.cli.options import Broker, Config, Set, settings_of
from streams.cli.output import COLOURS as PAINT
from streams.cli.output import Json, console, table, writing

File = Annotated[Path | None, typer.Option("--catalogue", help="file or folder instead of the built-in one")]
For = Annotated[str | None, typer.Option("--profile", help="as it applies in a jurisdiction, e.g. GB")]


def _in_force(catalogue: Catalogue, profile: str | None) -> Catalogue:
    if profile is None:
        return catalogue
    if profile not in catalogue.profiles:
        known = ", ".join(catalogue.profile_names)
        raise FenghuoError(f"--profile {profile}", "is no profile of the catalogue", f"known are {known}")
    return catalogue.within(catalogue.profiles[profile])


def _row(entry: Point | Pattern) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": entry.name,
        "name_zh": entry.name_zh,
        "family": entry.family,
        "feeds": list(entry.feeds),
        "colours": [colour for colour in COLOURS if entry.said(colour)],
        "hard": entry.hard,
        **{colour: entry.said(colour) for colour in (*COLOURS, "clear") if entry.said(colour)},
    }


def list_points(file: File = None, profile: For = None, as_json: Json = False) -> None:
    """Every point and pattern in one table."""
    catalogue = _in_force(read_catalogue(file), profile)
    rows = [_row(entry) for entry in catalogue.by_id.values()]
    if as_json:
        print(json.dumps({"version": catalogue.version, "points": rows}, ensure_ascii=False))
        return
    cells = [
        [
            row["id"],
            f"{row['name']} {row['name_zh']}",
            row["family"],
            " ".join(f"[{PAINT[colour]}]{colour}[/]" for colour in row["colours"])
            + (" hard" if row["hard"] else ""),
            " ".join(row["feeds"]),
        ]
        for row in rows
    ]
    title = f"catalogue {catalogue.version}, in force from {catalogue.effective_from}: {len(rows)} entries"
    console.print(table(["id", "point", "group", "colours", "feeds"], cells, title))


def show(
    point: Annotated[
        str,
        typer.Argument(
            help="id of a point, e.g. WP-22; MRI, the macro risk index; all, as YAML to start a catalogue of your own"
        ),
    ],
    file: File = None,
    profile: For = None,
    as_json: Json = False,
) -> None:
    """One point: when it fires, by which numbers, and where they come from."""
    if point == "all":
        text = _text(file)
        print(json.dumps(yaml.safe_load(text), ensure_ascii=False, default=str) if as_json else text.rstrip())
        return
    catalogue = _in_force(read_catalogue(file), profile)
    if point.upper() == macro.INDEX:
        print(json.dumps(_index(catalogue), ensure_ascii=False) if as_json else index_page(catalogue).strip())
        return
    entry = _known(point, catalogue)
    if as_json:
        print(json.dumps({**_row(entry), "parameters": dict(entry.numbers())}, ensure_ascii=False))
    else:
        print(page(entry, catalogue), end="")


def _index(catalogue: Catalogue) -> dict[str, Any]:
    row = {"id": macro.INDEX, "name": macro.NAME, "name_zh": macro.NAME_ZH, "family": "macro"}
    return {**row, "parameters": macro.flat(catalogue.macro_index)}


def _known(name: str, catalogue: Catalogue) -> Point | Pattern:
    entry = catalogue.by_id.get(name.upper())
    if entry is None:
        near = ", ".join(one for one in catalogue.by_id if one.startswith(name[:2].upper())) or "WP-01 …"
        raise FenghuoError(name, f"is no point of catalogue {catalogue.version}", f"there are {near}")
    return entry


def _text(file: Path | None) -> str:
    """A catalogue as one YAML text."""
    if file is not None and not file.is_dir():
        read_catalogue(file)
        return file.read_text("utf-8")
    parts = read_parts(shipped() if file is None else file)
    return yaml.safe_dump(
        reading.joined(parts, str(file or reading.PARTS)), allow_unicode=True, sort_keys=False
    )


def diff(
    new: Annotated[Path, typer.Argument(help="the new catalogue")],
    old: Annotated[Path | None, typer.Argument(help="the old one; default: the built-in one")] = None,
    as_json: Json = False,
) -> None:
    """What differs between two catalogues, number by number."""
    found = differences(read_catalogue(old), read_catalogue(new))
    if as_json:
        print(json.dumps({"differences": [one._asdict() for one in found]}, ensure_ascii=False))
    elif found:
        console.print(table(["where", "field", "before", "after"], [list(one) for one in found]))
    else:
        print("no difference")


def validate(
    file: Annotated[Path, typer.Argument(help="catalogue file or folder")], as_json: Json = False
) -> None:
    """Check a catalogue: every rule it must keep, with the place of the first that is broken."""
    catalogue = read_catalogue(file)
    counts = {"points": len(catalogue.points), "patterns": len(catalogue.patterns)}
    if as_json:
        print(json.dumps({"ok": True, "version": catalogue.version, **counts}))
    else:
        said = ", ".join(f"{count} {what}" for what, count in counts.items())
        print(
            f"{file}: catalogue {catalogue.version}, {said}, in force from {catalogue.effective_from}: no mistake"
        )


def docs(
    out: Annotated[Path, typer.Option(help="folder for the pages")] = Path("points"),
    file: File = None,
    as_json: Json = False,
) -> None:
    """Write a page for every point and pattern, and of the macro risk index (Markdown)."""
    written = pages(read_catalogue(file))
    with writing(f"--out {out}"):
        out.mkdir(parents=True, exist_ok=True)
        for name, text in written.items():
            (out / f"{name}.md").write_text(text, "utf-8")
    if as_json:
        print(json.dumps({"pages": len(written), "folder": str(out)}))
    else:
        print(f"{len(written)} pages in {out}")


def apply(
    file: Annotated[Path, typer.Argument(help="catalogue file or folder")],
    broker: Broker = None,
    config: Config = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Bring a catalogue into force on its day, in all workers, without a restart: it goes through the log."""
    from streams.assembly import announce_catalogue  # noqa: PLC0415 - loads the Kafka clients

    settings = settings_of(broker, config, sets)
    text, catalogue = _text(file), read_catalogue(file)
    partitions = announce_catalogue(settings, text, epoch(datetime.now(UTC)))
    if as_json:
        print(json.dumps({"version": catalogue.version, "partitions": partitions}))
    else:
        when = (
            f"from {catalogue.effective_from} on"
            if catalogue.effective_from > datetime.now(UTC).date()
            else "now"
        )
        print(f"catalogue {catalogue.version} told to {partitions} partitions; in force {when}")
