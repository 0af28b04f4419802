"""Silences (shelving): what a subscriber does not want to hear of for a while, and why.

The idea is the shelving of ANSI/ISA-18.2 and the silence of Prometheus Alertmanager; that it ends after 90 days at the
latest is a configuration default. Rules:

1. A silence has an end and a reason. It concerns one subscriber; others are told as ever.
2. It hides what opens, opens again, is corrected or annotated. It never hides a rise: of a point to a higher colour, of
   a firm from one colour to a higher one, or to red from any.
3. What takes back a colour is told. What is still true when the silence ends is told then.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Self

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from alerts.policy.moment import Moment
from detectors.points.finding import BLUE, RED

LONGEST = timedelta(days=90)
_NAMED = {
    "entities": (re.compile(r"(ent|src):\S+"), "ent:CN-330604:91330604MA2ABCDE1X"),
    "points": (re.compile(r"(WP|WX|CP)-\d{2}|TIER"), "WP-09, or TIER"),
}
_HIDDEN = frozenset({"alert.opened", "alert.reopened", "alert.corrected", "alert.annotated"})


class Shelf(msgspec.Struct, frozen=True):
    """A silence as it is asked: empty sets mean all; times in epoch seconds, the end excluded."""

    begins: int
    ends: int
    entities: frozenset[str] = frozenset()
    points: frozenset[str] = frozenset()

    def covers(self, entity: str, point: str, at: int) -> bool:
        """Whether it is quiet about a point of a firm at an instant."""
        if not self.begins <= at < self.ends:
            return False
        return (not self.entities or entity in self.entities) and (not self.points or point in self.points)


class Silence(BaseModel):
    """A silence as the subscriptions file says it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    begins: Moment = Field(alias="from")
    until: Moment
    reason: str
    entities: frozenset[str] = frozenset()
    """Of which firms; empty means all the subscriber is told of."""
    points: frozenset[str] = frozenset()
    """Of which warning points; empty means all."""

    @field_validator("entities", "points")
    @classmethod
    def _names(cls, value: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        pattern, like = _NAMED[str(info.field_name)]
        for item in sorted(value):
            if not pattern.fullmatch(item):
                raise ValueError(f"{item!r} names nothing; write it like {like}")
        return value

    @field_validator("reason")
    @classmethod
    def _said(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("a silence needs a reason; say why nobody need hear")
        return value

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.until <= self.begins:
            raise ValueError(f"until {self.until.isoformat()} is not after from {self.begins.isoformat()}")
        if self.until - self.begins > LONGEST:
            raise ValueError(f"a silence lasts at most {LONGEST.days} days; look again then and renew it")
        return self

    @property
    def shelf(self) -> Shelf:
        """The same as numbers."""
        return Shelf(_epoch(self.begins), _epoch(self.until), self.entities, self.points)


def silent_until(shelves: Iterable[Shelf], entity: str, point: str, at: int) -> int:
    """Until when it is quiet about a point of a firm; 0 if it is not."""
    return max([one.ends for one in shelves if one.covers(entity, point, at)], default=0)


def hides(alert: Mapping[str, Any]) -> bool:
    """Whether a silence keeps such an alert back."""
    before, after = int(alert["tier"]["from"]), int(alert["tier"]["to"])
    rises = after > before and (before >= BLUE or after == RED)
    return alert["type"] in _HIDDEN and not rises


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
