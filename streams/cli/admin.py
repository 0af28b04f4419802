"""Commands for the operator: ``doctor``, ``topics apply``, ``config show``."""

import importlib.metadata
import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from streams import doctor as checks
from streams.assembly import bank_ids, banks, read_subscriptions
from streams.catalogues import read_catalogue
from streams.cli.options import Broker, Config, Set, settings_of
from streams.cli.output import Json, console, table
from streams.grants import apply_acls
from streams.settings_sources import origins
from streams.topics import apply

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def show_version() -> None:
    """Print the version."""
    print(f"fenghuo {importlib.metadata.version('fenghuo')}")


def doctor(broker: Broker = None, config: Config = None, sets: Set = None, as_json: Json = False) -> None:
    """Say what is wrong and how to mend it. Exit 1 if anything fails."""
    settings = settings_of(broker, config, sets)
    found = checks.run(
        settings, now=datetime.now(UTC), read_catalogue=read_catalogue, read_subscriptions=bank_ids
    )
    if as_json:
        rows = [{"name": c.name, "status": c.status, "what": c.what, "remedy": c.remedy} for c in found]
        print(json.dumps({"ok": all(c.status != "fail" for c in found), "checks": rows}, ensure_ascii=False))
    else:
        cells = [[c.name, f"[{_COLOURS[c.status]}]{c.status}[/]", c.what, c.remedy] for c in found]
        console.print(table(["check", "", "found", "how to mend it"], cells))
    if any(check.status == "fail" for check in found):
        raise typer.Exit(1)


def topics_apply(
    broker: Broker = None,
    acls: Annotated[bool, typer.Option(help="also grant each bank its own topic, and nothing else")] = False,
    config: Config = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Create the topics that are missing and report what differs. Safe to repeat."""
    settings = settings_of(broker, config, sets)
    ids = banks(read_subscriptions(settings))
    changes = apply(settings.broker, settings, ids)
    if acls:
        changes += apply_acls(settings.broker, settings, ids)
    if as_json:
        rows = [{"name": c.name, "action": c.action, "detail": c.detail} for c in changes]
        print(json.dumps({"changes": rows}, ensure_ascii=False))
    else:
        console.print(table(["name", "action", "detail"], [[c.name, c.action, c.detail] for c in changes]))


def config_show(
    origin: Annotated[bool, typer.Option("--origin", help="say where each value came from")] = False,
    broker: Broker = None,
    config: Config = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Show the settings in force; secrets are starred out."""
    rows = origins(settings_of(broker, config, sets))
    if as_json:
        values = {name: {"value": value, "origin": said} if origin else value for name, value, said in rows}
        print(json.dumps(values, ensure_ascii=False))
        return
    head = ["setting", "value", "origin"] if origin else ["setting", "value"]
    console.print(table(head, [row[: len(head)] for row in rows]))
