"""``fenghuo indicators``: the registry of indicators, and the values of a firm."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from detectors.assessment import jurisdiction_of, stamp
from detectors.batch import Everybody
from detectors.catalogue.model import Catalogue
from detectors.errors import FenghuoError
from detectors.fact import day_of
from detectors.fold import together
from detectors.forces.measure import Reading
from detectors.indicators.around import around_of, tell_around
from detectors.indicators.indicator import FAMILIES, NULLS, PRIVACY, FamilyId
from detectors.indicators.registry import INDICATORS, indicator, of_family, value
from detectors.materiality import base_of, view_of
from detectors.points.view import View
from detectors.record import epoch
from streams.catalogues import read_catalogue
from streams.cli.output import Json, console, table
from streams.cli.reading import instant, records, tell

Family = Annotated[str | None, typer.Option(help=f"one of {', '.join(FAMILIES)}; default: all")]


def list_indicators(family: Family = None, as_json: Json = False) -> None:
    """List the registry: id, names, feeds, window, unit."""
    found = [one.row() for one in of_family(_family(family))]
    if as_json:
        print(json.dumps({"count": len(found), "indicators": found}, ensure_ascii=False))
        return
    shown = ("id", "name_zh", "name_en", "feed", "window", "unit")
    console.print(table(shown, ([row[name] for name in shown] for row in found)))
    console.print(f"{len(found)} indicators")


def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="e.g. judicial.f04.count.90d")],
    as_json: Json = False,
) -> None:
    """Show one row of the registry, with what its codes mean."""
    one = indicator(name)
    row = one.row()
    if as_json:
        print(json.dumps(row, ensure_ascii=False))
        return
    said = {"null_policy": NULLS[one.null_policy], "privacy_class": PRIVACY[one.privacy_class]}
    console.print(
        table(
            ("", ""),
            ([key, f"{text}: {said[key]}" if key in said else text or "–"] for key, text in row.items()),
        )
    )


def values(
    entity: Annotated[str, typer.Argument(help="entity id, e.g. ent:CN-330604:91330604MA0000015G")],
    data: Annotated[Path, typer.Option(help="records as JSON lines; - for standard input", allow_dash=True)],
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", help="this indicator; may be given several times; default: all"),
    ] = None,
    family: Family = None,
    as_of: Annotated[
        str | None, typer.Option(help="RFC 3339 instant or date; default: when the last fact was captured")
    ] = None,
    catalogue: Annotated[Path | None, typer.Option(help="catalogue file instead of the built-in one")] = None,
    as_json: Json = False,
) -> None:
    """Values of a firm, compared and bound with the other firms of the file; where there is none, the reason."""
    wanted = [indicator(name).id for name in ids] if ids else [one.id for one in of_family(_family(family))]
    judged_by, bad = read_catalogue(catalogue), list[str]()
    everyone = together(records(data, bad), judged_by, None if as_of is None else epoch(instant(as_of)))
    if entity not in everyone.ledgers:
        raise FenghuoError(
            str(data), f"holds no record of {entity}", "check the entity id, e.g. with fenghuo assess"
        )
    view = _view(entity, everyone, judged_by, circle=any(name.startswith("network.") for name in wanted))
    found = {name: value(view, name) for name in wanted}
    if as_json:
        profile = judged_by.profile(jurisdiction_of(entity))
        answer = {"entity": entity, "as_of": stamp(everyone.at, profile), "values": _plain(found)}
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print(found)
    tell(bad)


def _family(name: str | None) -> FamilyId | None:
    if name is None:
        return None
    found = next((family for family in FAMILIES if family == name), None)
    if found is None:
        raise FenghuoError("--family", f"is one of {', '.join(FAMILIES)}, got {name!r}", "or leave it out")
    return found


def _view(entity: str, everyone: Everybody, catalogue: Catalogue, *, circle: bool) -> View:
    """The firm as it stands among the others."""
    profile, ledger = catalogue.profile(jurisdiction_of(entity)), everyone.ledgers[entity]
    day, reference = day_of(everyone.at, profile.utc_offset), everyone.reference
    base = base_of(ledger, day, catalogue.materiality, profile)
    view = view_of(ledger, day, base, profile, reference.within(profile.utc_offset))
    if circle:
        tell_around(view, *around_of(entity, everyone.ledgers, everyone.at, catalogue, reference))
    return view


def _plain(found: dict[str, Reading]) -> dict[str, Any]:
    return {
        name: {"reason": one.reason} if one.value is None else {"value": round(one.value, 9)}
        for name, one in found.items()
    }


def _print(found: dict[str, Reading]) -> None:
    rows = (
        [
            name,
            INDICATORS[name].name_zh,
            "–" if one.value is None else f"{one.value:,.6g}",
            _behind(name, one),
        ]
        for name, one in found.items()
    )
    console.print(table(("id", "name_zh", "value", "unit, or why there is none"), rows))
    known = sum(one.value is not None for one in found.values())
    console.print(f"{known} of {len(found)} indicators have a value")


def _behind(name: str, one: Reading) -> str:
    return INDICATORS[name].unit if one.value is not None else one.reason or "unknown"
