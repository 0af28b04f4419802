"""The fan-out guard: very many alerts with one cause are one incident, with its members page by page.

When a hub fails, everybody who stands surety for it has a colour within seconds. An alert that rests on what befell
somebody else names its cause. A function of the news and the time; times are epoch seconds. Rules:

1. Such an alert waits 5 s for others with the same cause, red as well.
2. If then more than a limit of them have come, those sent before included, all that wait are one incident.
3. Otherwise each goes on as if it had waited for nothing, and yellow not longer than for company.
4. Nothing is overtaken by what takes it back: news about a firm takes along what waits for others, and goes along with
   what waits already.
5. A cause of which nothing was heard for 5 min is forgotten.

The members of an incident ask for no answer of their own. The numbers are configuration defaults.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from alerts.policy.alert import alert_id
from alerts.policy.item import Item
from alerts.policy.quiet import Quiet
from detectors.points.finding import RED

FAN_OUT, PAGE = 200, 100
"""More alerts than this from one event are one incident; members on one page."""
FAN_WAIT, FORGOTTEN = 5, 300


class Fan(msgspec.Struct, frozen=True, array_like=True):
    """Alerts with one cause: those that wait and since when, how many have left, when the last did, and before when
    nothing but red does."""

    waiting: tuple[Item, ...] = ()
    since: int = 0
    gone: int = 0
    left: int = 0
    morning: int = 0

    @property
    def due(self) -> int | None:
        """When those that wait leave; None if none does."""
        return max(self.since + FAN_WAIT, self.morning) if self.waiting else None


Fans = Mapping[str, Fan]


class Leaving(msgspec.Struct, frozen=True):
    """Alerts with one cause that have waited long enough, at the time they were due."""

    cause: str
    items: tuple[Item, ...]
    since: int
    at: int
    together: bool


def join(fans: Fans, one: Item, at: int, hours: Quiet | None = None) -> Fans:
    """One alert more; in the quiet ``hours`` nothing leaves before a red comes, or they are over."""
    fan = fans.get(one.cause, Fan())
    if not fan.waiting and at >= fan.left + FORGOTTEN:
        fan = Fan()
    waiting, since = (*fan.waiting, one), fan.since if fan.waiting else at
    loud = hours is None or any(held.reach >= RED for held in waiting)
    morning = 0 if loud or hours is None else hours.over(since + FAN_WAIT)
    fan = msgspec.structs.replace(fan, waiting=waiting, since=since, morning=morning)
    return {**fans, one.cause: fan}


def waits_for_another(fans: Fans, one: Item) -> bool:
    """Whether something about the firm waits for others with another cause."""
    return any(
        held.entity == one.entity for cause, fan in fans.items() if cause != one.cause for held in fan.waiting
    )


def take(fans: Fans, entity: str) -> tuple[Fans, tuple[Item, ...]]:
    """What waits about a firm, taken out."""
    taken = tuple(one for fan in fans.values() for one in fan.waiting if one.entity == entity)
    if not taken:
        return fans, ()
    rest: dict[str, Fan] = {}
    for cause, fan in fans.items():
        waiting = tuple(one for one in fan.waiting if one.entity != entity)
        count = fan.gone + len(fan.waiting) - len(waiting)
        rest[cause] = msgspec.structs.replace(fan, waiting=waiting, gone=count)
    return rest, taken


def leave(fans: Fans, at: int, limit: int) -> tuple[Fans, list[Leaving]]:
    """What has waited long enough by ``at``, in order of the time it was due."""
    left, rest = [], {}
    for cause, fan in fans.items():
        due = fan.due
        if due is not None and due <= at:
            gone = fan.gone + len(fan.waiting)
            left.append(Leaving(cause, fan.waiting, fan.since, due, together=gone > limit))
            rest[cause] = Fan((), 0, gone, due)
        elif fan.waiting or at < fan.left + FORGOTTEN:
            rest[cause] = fan
    return rest, sorted(left, key=lambda one: (one.at, one.cause))


def cause_of(details: Mapping[str, Any]) -> str:
    """Whom a finding of the network rests on first, or which circle; empty for a finding that rests on own facts.

    >>> cause_of({"origins": [{"entity": "ent:CN:hub", "level": 3}]}), cause_of({"circle": {"id": "c"}}), cause_of({})
    ('ent:CN:hub', 'circle c', '')
    """
    for kind in ("origins", "persons", "affiliates"):
        if details.get(kind):
            return str(details[kind][0]["entity"])
    return f"circle {details['circle']['id']}" if details.get("circle") else ""


class Member(msgspec.Struct, frozen=True):
    """A reference to an alert that is part of an incident."""

    alert_id: str
    entity: str
    point: str
    level: int


class Incident(msgspec.Struct, frozen=True):
    """Very many alerts with one cause, as one: how many, how bad, and who, page by page, the worst first."""

    incident_id: str
    cause: str
    count: int
    level: int
    pages: tuple[tuple[Member, ...], ...]


def incident(cause: str, alerts: Iterable[Mapping[str, Any]], page: int = PAGE) -> Incident:
    """The incident that alerts with one cause make. Their order and repetitions among them do not matter.

    Raises:
        IndexError: there are none.
    """
    members = {
        one["alert_id"]: Member(one["alert_id"], one["entity"], one["point"], int(one["level"]))
        for one in alerts
    }
    listed = sorted(members.values(), key=lambda one: (-one.level, one.entity, one.point, one.alert_id))
    worst = listed[0].level
    name = alert_id(cause, "INCIDENT", listed[0].alert_id, worst, len(listed))
    return Incident(name, cause, len(listed), worst, _pages(listed, page))


def _pages(members: Sequence[Member], size: int) -> tuple[tuple[Member, ...], ...]:
    return tuple(tuple(members[start : start + size]) for start in range(0, len(members), size))
