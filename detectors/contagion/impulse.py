"""Impulses (F34): what the network tells an entity, as records that lie in its ledger like any other.

An impulse is numbered per entity and stands as long as its colour does; what else is said is amended. It is closed when
it is over, and retracted when it rested on a record that was taken back, so that what followed from it is taken back
as well. Only workers write impulses: no connector can publish this feed.
"""

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from detectors.assessment import jurisdiction_of
from detectors.fact import IMPULSE, Fact
from detectors.points.finding import LEVEL_NAMES, NONE, RED
from detectors.record import Op, Record, Subject, from_epoch
from detectors.records.keys import natural_key
from detectors.stating import fact_of

SOURCE = "fenghuo.circles"
WORKED_OUT = (
    "worked out from the records of those it is bound to, as of this day; since when it has been so, only the stream "
    "knows"
)
"""Said of an impulse that no record told."""


class Told(msgspec.Struct, frozen=True):
    """The last impulse of an entity: its number, version, the instant (epoch seconds) from which it stands, and what it
    says. ``stands`` False: it is over, and nothing is told now."""

    number: int = 0
    version: int = 0
    since: int = 0
    network: dict[str, Any] = {}
    stands: bool = False


KEPT = "kept"
"""In what the network says: the colour that an entity keeps if it has it, as it is not far enough below its trigger."""


def heard(said: dict[str, Any], held: int = NONE) -> dict[str, Any]:
    """What an entity hears whose colour by contagion is ``held`` so far; empty if nothing reaches it."""
    if KEPT not in said:
        return said
    kept, now = said[KEPT], {name: value for name, value in said.items() if name != KEPT}
    level = min(held, kept["level"])
    if level > now["level"]:
        return {**now, **kept, "level": level}
    return now if any(now.get(name) for name in ("level", "persons", "affiliates", "circle")) else {}


def tell(
    entity: str, told: Told, said: dict[str, Any], at: int, *, withdrawn: bool
) -> tuple[Told, list[Record]]:
    """What stands after ``said`` reached an entity at ``at`` (epoch seconds), and the records that say so.

    A colour is kept until it has fallen clearly below its trigger, so that what touches one makes no news.
    ``withdrawn`` says that whatever fell did so because a record was taken back: then nothing is kept. A new impulse
    comes before the end of the old one: in between, both stand and the new one speaks.
    """
    said = heard(said, told.network["level"] if told.stands and not withdrawn else NONE)
    if said == (told.network if told.stands else {}):
        return told, []
    if told.stands and said and _shape(said) == _shape(told.network):
        amended = Told(told.number, told.version + 1, told.since, said, stands=True)
        return amended, [record_of(entity, amended, "amend", at)]
    records, after = [], told
    if said:
        after = Told(told.number + 1, 1, at, said, stands=True)
        records.append(record_of(entity, after, "assert", at))
    if told.stands:
        over = msgspec.structs.replace(told, version=told.version + 1, stands=False)
        fell = not said or _height(said) < _height(told.network)
        records.append(record_of(entity, over, "retract" if withdrawn and fell else "close", at))
        after = after if said else over
    return after, records


def _shape(said: dict[str, Any]) -> tuple[Any, ...]:
    """What makes an impulse another: the colours that points read from it."""
    circle = said.get("circle", {})
    cycles = circle.get("cycle", 0), circle.get("heavy_cycle", 0)
    persons = [{name: one[name] for name in one if name != "level"} for one in said.get("persons", ())]
    return said["level"], persons, said.get("affiliates"), cycles


def _height(said: dict[str, Any]) -> tuple[int, int, int]:
    return said["level"], len(said.get("persons", ())), len(said.get("affiliates", ()))


def record_of(entity: str, told: Told, op: Op, at: int) -> Record:
    """The record of an impulse, written at ``at`` (epoch seconds)."""
    return Record(
        schema=f"{IMPULSE}/1.0",
        source_id=SOURCE,
        record_id=f"impulse|{told.number}",
        version=told.version,
        op=op,
        entity=entity,
        subject=Subject("local", entity.rpartition(":")[2]),
        occurred_at=from_epoch(told.since),
        observed_at=from_epoch(at),
        jurisdiction=jurisdiction_of(entity),
        visibility="gov_shared",
        payload={"impulse": f"{told.number:06d}", "network": told.network},  # keys sort as numbers do
    )


def first_record(entity: str, said: dict[str, Any], at: int) -> Record:
    """The record of a first impulse, for those who do not know what was told before ``at`` (epoch seconds)."""
    return record_of(entity, Told(1, 1, at, said, stands=True), "assert", at)


def fact_in(record: Record, utc_offset: int, currency: str) -> Fact:
    """The fact that the record of an impulse states."""
    return fact_of(record, natural_key(IMPULSE, record.payload, record.entity), utc_offset, currency)


def words(said: dict[str, Any], currency: str) -> dict[str, str]:
    """What an impulse says, for people; ``currency`` is that of the profile of its entity."""
    circle, found = said.get("circle"), dict[str, str]()
    if said.get("reason"):
        found["reason"] = str(said["reason"])
    if "p" in said and "p_self" in said:
        found["failure"] = f"{said['p']:.0%} likely within a year, {said['p_self']:.0%} by facts of its own"
    if said.get("origins"):
        found["origins"] = "; ".join(_origin(one, currency) for one in said["origins"])
    for name in ("persons", "affiliates"):
        if said.get(name):
            found[name] = ", ".join(str(one["entity"]) for one in said[name])
    if circle:
        found["circle"] = f"{circle['firms']} firms around {circle['id']}, {_reds(circle)} of them red"
    return found


_TOLD_APART = 50
"""Below as many firms a share rounded down to two hundredths tells the number."""


def _reds(circle: dict[str, Any]) -> str:
    """How many firms of a circle are red, as far as the rounded share tells it.

    >>> [_reds({"firms": firms, "red_share": share}) for firms, share in ((4, 0.74), (4, 0.0), (120, 0.1), (120, 0.0))]
    ['3', 'none', 'at least 12', 'fewer than 2%']
    """
    firms, share = circle["firms"], circle["red_share"]
    red = math.ceil(firms * share - 1e-9)
    if firms < _TOLD_APART:
        return str(red or "none")
    return f"at least {red}" if red else f"fewer than {1 / _TOLD_APART:.0%}"


def _origin(origin: dict[str, Any], currency: str) -> str:
    said = f"{origin['entity']} {LEVEL_NAMES[origin['level']]}"
    if origin.get("exposure"):
        said += f", {currency} {origin['exposure'] / 100:,.0f} guaranteed for it"
    way = origin["path"][1:-1]
    return said + (f", by way of {', '.join(way)}" if way else ", bound to it directly")


def involved(said: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Everybody an impulse speaks of, with the level at which it does; 0 for those who only pass it on."""
    for origin in said.get("origins", ()):
        yield origin["entity"], origin["level"]
        yield from ((name, 0) for name in origin["path"])
    for other in (*said.get("persons", ()), *said.get("affiliates", ())):
        yield other["entity"], other.get("level", RED)
