"""The hidden truth, kept apart from everything the platform sees: fates, silences, defects and all known counts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streams.district.expected import Expected
from streams.district.fate import Fate
from streams.district.firm import circle_of
from streams.district.labels import outcomes
from streams.district.statement import SOURCES
from streams.district.world import SourceEvent, World, count


def truth(world: World) -> Iterator[dict[str, Any]]:
    """The truth as JSON objects.

    One ``firm`` per enterprise in distress, one ``circle`` per guarantee circle, one ``outage`` per silence of a
    department (``source_id``; ``from`` included, ``to`` not), in order of begin, one ``record`` per record with a
    defect, in order of emission, and last the ``world`` with everything that must have been counted.
    """
    for index in range(world.entities):
        fate = world.setting.fate(index)
        if fate is not None:
            yield _firm(world, index, fate)
    yield from _circles(world)
    yield from _outages(world)
    books = Expected()
    for event in world.events():
        count(books, event)
        if event.tag and event.statement is not None:
            yield _record(event)
    books.outcomes = sum(1 for _ in outcomes(world))
    yield {
        "kind": "world",
        "seed": world.seed,
        "entities": world.entities,
        "days": world.days,
        "start": world.start.isoformat(),
        **books.as_dict(),
    }


def write_truth(world: World, path: Path) -> None:
    """Write :func:`truth` as JSON lines; walks through the whole world once."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in truth(world):
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _firm(world: World, index: int, fate: Fate) -> dict[str, Any]:
    def day(number: int | None) -> str | None:
        return None if number is None else world.almanac.iso(number)

    firm = world.firm(index)
    return {
        "kind": "firm",
        "entity": firm.entity,
        "index": index,
        "name": firm.name,
        "size": firm.size,
        "industry": firm.industry,
        "health": round(fate.health, 4),
        "path": fate.path,
        "severity": round(fate.severity, 4),
        "onset": day(fate.onset),
        "cured_on": day(fate.cured_on),
        "default_on": day(fate.default_on),
    }


def _circles(world: World) -> Iterator[dict[str, Any]]:
    seen: tuple[int, ...] = ()
    for index in range(world.entities):
        circle = circle_of(world.seed, index, world.entities)
        if circle.members and circle.members != seen and index in circle.members:
            seen = circle.members
            members = [world.firm(member).entity for member in circle.members]
            yield {"kind": "circle", "members": members, "edges": len(circle.edges), "shaken": circle.shaken}


def _outages(world: World) -> Iterator[dict[str, Any]]:
    moment = world.almanac.moment
    for one in world.silences.all():
        yield {
            "kind": "outage",
            "source_id": SOURCES[one.source].source_id,
            "from": moment(one.begin).isoformat(),
            "to": moment(one.end).isoformat(),
        }


def _record(event: SourceEvent) -> dict[str, Any]:
    said = event.statement
    assert said is not None  # noqa: S101 - the caller leaves heartbeats out
    return {
        "kind": "record",
        "source_id": event.source.source_id,
        "feed": said.feed,
        "record_id": said.record_id,
        "role": said.role,
        "version": said.version,
        "tag": event.tag,
        "outcome": event.outcome,
        "at": event.at.isoformat(),
    }
