"""``history``: what was true of an entity on a day, as far as was known at an instant."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.errors import FenghuoError
from detectors.fold import fold_all, latest_capture
from detectors.history import history as told
from detectors.history import known_at
from detectors.record import Record, epoch, from_epoch
from streams.catalogues import read_catalogue
from streams.cli.options import Broker, Config, Set, settings_of
from streams.cli.output import COLOURS, Json, console, level, table
from streams.cli.reading import instant, records, require, tell
from streams.cli.records_topic import log_of
from streams.replay.catalogues import in_force
from streams.replay.reference import heard_in

_KNOWLEDGE = "--as-of-knowledge"
_SHOWN = 3
"""Causes and values shown in a cell; ``--json`` has them all."""
_OTHERS = (
    "* not by its own records alone: by what is usual among firms, by those it is bound to, or by how far sources have "
    "come; what others told in between shows in the next row"
)
_KINDS = ("event", "kind", "measure", "reason", "status", "tax_type")


def history(
    entity: Annotated[str, typer.Argument(help="entity id, e.g. ent:CN-330604:91330604MA0000015G")],
    data: Annotated[Path | None, typer.Option(help="records as JSON lines", allow_dash=True)] = None,
    broker: Broker = None,
    as_of_fact: Annotated[
        str | None,
        typer.Option(help="date or RFC 3339 instant judged; default: that of the knowledge, if given, else the "
                     "last capture"),
    ] = None,
    as_of_knowledge: Annotated[
        str | None,
        typer.Option(help="nothing captured later is used; a date includes its whole day; default: now"),
    ] = None,
    catalogue: Annotated[
        Path | None,
        typer.Option(help="catalogue file instead of the built-in one or, with --broker, the one in force at the time"),
    ] = None,
    config: Config = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Say what was true of an entity on a day as far as was known at an instant, and how that knowledge came about.

    Reads records from a file, or from the broker the entity's own and what workers told its partition of the others, as
    far back as the topic keeps them.
    """
    if (data is None) == (broker is None):
        raise FenghuoError(
            "history", "needs one place to read from", "give --data FILE or --broker HOST:PORT"
        )
    judged_by, bad, heard, log = read_catalogue(catalogue), list[str](), None, list[Record]()
    if data is not None:
        found = list(records(data, bad))
        require(entity, found, str(data))
    else:
        settings = settings_of(broker, config, sets)
        judged_by = read_catalogue(catalogue or settings.catalogue)
        log = [one.record for one in log_of(settings, entity)]
        found, heard = [one for one in log if one.entity == entity], heard_in(log)
        require(entity, found, f"broker {settings.broker}")
    knowledge = _knowledge(as_of_knowledge, entity, judged_by)
    if heard is not None:
        judged_by = in_force(log, epoch(knowledge), judged_by, alone=catalogue is not None)
    fact = _fact(as_of_fact, as_of_knowledge, found, knowledge, judged_by)
    answer = told(found, entity, fact, knowledge, judged_by, heard)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _show(answer)
    tell(bad)


def _knowledge(text: str | None, entity: str, judged_by: Catalogue) -> datetime:
    if text is None:
        return datetime.now(UTC)
    moment = instant(text, _KNOWLEDGE)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return moment
    zone = judged_by.profile(jurisdiction_of(entity)).zone
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)


def _fact(
    text: str | None,
    knowledge_text: str | None,
    found: list[Record],
    knowledge: datetime,
    judged_by: Catalogue,
) -> datetime:
    """As ``assess`` takes it, unless knowledge is limited: then the question is about the day of that knowledge."""
    if text is not None:
        return instant(text, "--as-of-fact")
    if knowledge_text is not None:
        return knowledge
    return from_epoch(latest_capture(fold_all(known_at(found, knowledge), judged_by)))


def _show(answer: dict[str, Any]) -> None:
    console.print(
        f"[bold]{escape(answer['entity'])}[/] as of {answer['as_of_fact']}, as known at {answer['as_of_knowledge']}"
    )
    verdict = answer["assessment"]
    if verdict is None:
        console.print("Nothing was known of it that still stood.")
    else:
        tier = level(verdict["tier"], verdict["level"])
        console.print(f"Tier {tier}, score {verdict['score']:g}, catalogue {verdict['catalogue']}.")
    if verdict is not None and verdict["points"]:
        rows = [
            [p["id"], escape(p["name"]), _colour(p["colour"]), p["state"], f"{p['p']:g}", p["since"]]
            for p in verdict["points"]
        ]
        console.print(table(["point", "", "colour", "state", "points", "since"], rows, "\nWhat it rested on"))
    if answer["facts"]:
        head = ["feed", "record", "version", "op", "known from", "status", "digest", "what it says"]
        console.print(table(head, _versions(answer["facts"]), "\nWhat was known, and from when on"))
    if answer["timeline"]:
        head = ["known from", "tier", "score", "points", "because of"]
        rows = [_turn(row) for row in answer["timeline"]]
        console.print(table(head, rows, f"\nHow the verdict on {answer['as_of_fact'][:10]} changed"))
        if any(row["others"] for row in answer["timeline"]):
            console.print(f"{_OTHERS}.", soft_wrap=True)


def _colour(name: str) -> str:
    return f"[{COLOURS[name]}]{name}[/]"


def _versions(facts: list[dict[str, Any]]) -> list[list[str]]:
    rows = []
    for fact in facts:
        name = f"{fact['source']} {fact['record_id']}" + (f" ({fact['role']})" if "role" in fact else "")
        for number, version in enumerate(fact["versions"]):
            who = [fact["feed"], escape(name)] if number == 0 else ["", ""]
            what = [str(version["version"]), version["op"], version["known_from"], version["status"]]
            rows.append([*who, *what, version["digest"][:12], escape(_said(version))])
    return rows


def _said(version: dict[str, Any]) -> str:
    if "says" not in version:
        return "(not shown)"
    if "changes" in version:
        turned = [f"{k}: {old or '–'} → {new or '–'}" for k, (old, new) in version["changes"].items()]
        return _few(turned) or "no change in what is kept"
    return _few([f"{name} {value}" for name, value in sorted(version["says"].items(), key=_telling)])


def _telling(said: tuple[str, str]) -> tuple[int, str]:
    """What a reader looks for comes first: what happened, how much, when."""
    name, value = said
    amount, day = value[-3:].isupper() and " " in value, name.endswith(("_on", "_at"))
    kind = 0 if name in _KINDS else 1 if amount else 2 if day else 3
    return kind, name


def _turn(row: dict[str, Any]) -> list[str]:
    points = ", ".join(f"{name} {_colour(colour)}" for name, colour in row["points"].items())
    causes = [f"{c['feed']} {c['record_id']} v{c['version']} {c['effect']}" for c in row["because"]]
    through = ", ".join(row["others"])
    return [
        row["known_from"],
        level(row["tier"], row["level"]),
        f"{row['score']:g}",
        points,
        escape("; ".join(filter(None, (_few(causes), through and f"{through} *")))) or "what others told *",
    ]


def _few(parts: list[str]) -> str:
    more = f" and {len(parts) - _SHOWN} more" if len(parts) > _SHOWN else ""
    return "; ".join(parts[:_SHOWN]) + more
