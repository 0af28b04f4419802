"""``audit``: every alert in the topics, verified against the log."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from streams.catalogues import read_catalogue
from streams.cli.options import Broker, Config, Set, settings_of
from streams.cli.output import Json, console, now_and_then
from streams.cli.records_topic import alerts_of, partitions_of
from streams.replay.audit import Audited, audit_all

_NAMED = 20
"""Alerts that do not hold, named one by one for people."""


def audit(
    broker: Broker = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="catalogue file instead of the one in force at the time")
    ] = None,
    config: Config = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Verify every alert in the topics: each must follow from what the log held when it was told. Exit 1 if not."""
    settings = settings_of(broker, config, sets)
    judged_by, alone = read_catalogue(catalogue or settings.catalogue), catalogue is not None
    found = audit_all(partitions_of(settings), alerts_of(settings), judged_by, telling(), alone=alone)
    if as_json:
        print(json.dumps(as_dict(found), ensure_ascii=False))
    else:
        show(found)
    if not found.ok:
        raise typer.Exit(1)


def telling() -> Callable[[int], None]:
    """Says now and then, on standard error, how many alerts were verified."""
    tell = now_and_then()
    return lambda checked: tell(lambda: f"{checked:,} alerts verified")


def as_dict(found: Audited) -> dict[str, Any]:
    """For programs."""
    differing = [
        {"alert_id": name, "entity": entity, "why": sentence} for name, entity, sentence in found.differing
    ]
    return {
        "checked": found.checked,
        "hold": found.hold,
        "unreached": found.unreached,
        "shortened": found.shortened,
        "differing": differing,
        "ok": found.ok,
    }


def show(found: Audited) -> None:
    """For people."""
    colour = "green" if found.ok else "red"
    console.print(
        f"alerts verified: [{colour}]{found.hold:,} of {found.checked:,}[/] follow from the log as it was then"
    )
    if found.unreached:
        console.print(
            f"{found.unreached:,} could not be checked: the log does not hold what they followed from"
        )
    if found.shortened and found.differing:
        console.print(
            f"{found.shortened:,} of the partitions no longer keep their oldest records: what rests on these differs"
        )
    for name, entity, sentence in found.differing[:_NAMED]:
        console.print(f"  {name} {entity}: {sentence}", highlight=False)
    if len(found.differing) > _NAMED:
        console.print(f"  and {len(found.differing) - _NAMED:,} more; --json names all")
