"""The macro risk index in the home partition: which days can be closed, the readings of them, and what is told.

Every partition tells the sums of its groups at the end of each day on which its clock moved. A day is closed when all
partitions have come to it, each with the sums it told last by then. So readings and warnings depend on what partitions
tell and not on which of them is ahead.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from alerts.policy.alert import alert_id
from alerts.policy.areas import (
    POINT,
    PREFIX,
    AreaNews,
    Warned,
    advance,
    area_name,
    jurisdiction_of_area,
)
from detectors.assessment import stamp
from detectors.catalogue.model import Profile
from detectors.fact import midnight
from detectors.macro.board import MacroBoard, decode_history, encode_history
from detectors.macro.counters import Totals, merged
from detectors.macro.in_force import USUAL, InForce, Terms
from detectors.macro.index import LEVEL_NAMES, Reading
from detectors.macro.rules import SCALE, SCALE_WORDS, MacroRules
from detectors.records.money import NO_CURRENCY

HISTORY = b"\x00history|"
"""Keys of the histories of groups."""
HEARD = b"\x00day|"
"""Keys of what each partition told and is still needed."""
WARNED = b"\x00warned|"
"""Keys of what was last told of an area."""
RULES = b"\x00areas"
"""Key of the rules by which days are closed, once another catalogue than the one begun with is in force."""

OFFSET = 28_800
"""Seconds east of Greenwich of the day of the index: one for all partitions."""
QUIET_DAYS = 7
"""Days in a row on which nobody's clock moved that are closed like others; a longer silence is no observation."""

_PROFILE = Profile(utc_offset_hours=OFFSET / 3600, currency=NO_CURRENCY)


class Day(msgspec.Struct, frozen=True):
    """Payload of the control record: the sums of one partition of ``of`` at the end of ``day``."""

    day: int
    partition: int
    of: int
    groups: list[tuple[str, Totals]]


_day = msgspec.json.Decoder(Day)
_warned = msgspec.json.Decoder(Warned)


class Areas:
    """All areas. Nothing in it is known to other partitions but by the messages it leads to."""

    def __init__(self, kept: Mapping[bytes, bytes], terms: Terms = USUAL) -> None:
        """Take up what was last written, among other keys; ``terms`` are those to begin with."""
        histories = [decode_history(value) for key, value in kept.items() if key.startswith(HISTORY)]
        self._rules = InForce(terms, kept.get(RULES))
        self._closed = max([one.closed for one in histories if one.closed is not None], default=-1)
        self._board = MacroBoard(self.rules_on(self._closed), histories)
        self._warned = {
            key[len(WARNED) :].decode(): _warned.decode(value)
            for key, value in kept.items()
            if key.startswith(WARNED)
        }
        self._parts: dict[int, dict[int, tuple[bytes, Day]]] = {}
        for key, value in kept.items():
            if key.startswith(HEARD):
                part = _day.decode(value)
                self._parts.setdefault(part.partition, {})[part.day] = (key, part)
        self._states: dict[bytes, bytes] = {}
        self._alerts: list[dict[str, Any]] = []
        self._forget()

    def rules_on(self, day: int) -> MacroRules:
        """The rules a day is closed by."""
        return self._rules.on(day).rules

    def revised(self, day: int, terms: Terms) -> None:
        """Another catalogue is in force from ``day`` on."""
        if self._rules.revise(day, terms, self._closed):
            self._states[RULES] = self._rules.encoded()

    def take(self, part: Day) -> list[Reading]:
        """The sums of a partition; the readings of the days that all have come to with it."""
        held = self._parts.setdefault(part.partition, {})
        if held and part.day <= max(held):
            return []
        key = self._room(part.partition)
        held[part.day] = (key, part)
        self._states[key] = msgspec.json.encode(part)
        readings = [one for day in list(self._ready(part.of)) for one in self._close(day)]
        if readings:
            self._states |= {
                HISTORY + one.group.encode(): encode_history(one) for one in self._board.histories()
            }
            self._forget()
        return readings

    def alerts(self) -> list[dict[str, Any]]:
        """What is to be told since the last call, but for its origin."""
        alerts, self._alerts = self._alerts, []
        return alerts

    def states(self) -> dict[bytes, bytes]:
        """What must be written since the last call."""
        states, self._states = self._states, {}
        return states

    def _ready(self, of: int) -> Iterator[int]:
        """The days to close, ascending."""
        if len(self._parts) < of:
            return
        heard = [set(parts) for parts in self._parts.values()]
        first = self._closed + 1 if self._closed >= 0 else max(min(days) for days in heard)
        spoken = set[int]().union(*heard)
        last = max([day for day in spoken if day < first], default=first)
        for day in range(first, min(max(days) for days in heard) + 1):
            if day in spoken:
                last = day
            if day - last <= QUIET_DAYS:
                yield day

    def _close(self, day: int) -> list[Reading]:
        self._closed = day
        said = [parts[max(one for one in parts if one <= day)][1] for parts in self._parts.values()]
        self._board.revise(self.rules_on(day))
        readings = self._board.close(day, merged(one.groups for one in said))
        for reading in readings:
            self._tell(reading)
        return readings

    def _tell(self, reading: Reading) -> None:
        before = self._warned.get(reading.group, Warned())
        after, news = advance(before, reading, self._board.rules)
        if news is not None:
            self._warned[reading.group] = after
            self._states[WARNED + reading.group.encode()] = msgspec.json.encode(after)
            by = self._rules.on(reading.day).catalogue
            self._alerts.append(alert_of(reading, news) | ({"catalogue": by} if by else {}))

    def _room(self, partition: int) -> bytes:
        """The first key of a partition that holds nothing needed any more."""
        used = {key for key, _ in self._parts[partition].values()}
        number = next(n for n in range(len(used) + 1) if _slot(partition, n) not in used)
        return _slot(partition, number)

    def _forget(self) -> None:
        """Of each partition what it told last by the day closed last is still needed, and what it told since."""
        for partition, parts in self._parts.items():
            needed = max([day for day in parts if day <= self._closed], default=-1)
            self._parts[partition] = {day: held for day, held in parts.items() if day >= needed}


def alert_of(reading: Reading, news: AreaNews) -> dict[str, Any]:
    """The alert of an area, as of the end of the day read; its ``origin`` and ``catalogue`` are still to be given."""
    entity = f"{PREFIX}{reading.group}"
    index = reading.index if news.shown else None
    said = {
        "alert_id": alert_id(entity, POINT, news.episode, news.level, news.revision),
        "type": news.kind,
        "entity": entity,
        "name": area_name(reading.group),
        "jurisdiction": jurisdiction_of_area(reading.group),
        "point": POINT,
        "point_name": "macro risk index",
        "point_name_zh": "宏观风险指数",
        "feed_family": "macro",
        "level": news.level,
        "level_name": LEVEL_NAMES[news.level],
        "previous": news.previous,
        "peak": news.peak,
        "episode": news.episode,
        "revision": news.revision,
        "scale_id": SCALE,
        "scale_words": SCALE_WORDS,
        "audience": "all" if news.wide else "regulator",
        "tier": {"from": news.previous, "to": news.level},
        "score": index or 0.0,
        "at": stamp(midnight(reading.day + 1, OFFSET), _PROFILE),
        "reason": news.why,
        "points": [],
    }
    return said | (_numbers(reading) if news.shown else {})


def _numbers(reading: Reading) -> dict[str, Any]:
    return {
        "index": reading.index,
        "level_index": reading.level_index,
        "entities": reading.n,
        "components": [
            {"name": part.name, "value": part.value, "mean": part.mean, "z": part.z, "weight": part.weight}
            for part in reading.components
        ],
    }


def _slot(partition: int, number: int) -> bytes:
    name = f"{partition}|{number}" if number else str(partition)
    return HEARD + name.encode()
