"""Grouping: what comes close together about one firm goes out as one message; blue goes into a daily digest.

A function of the news and the time, with one small state for each subscriber. Times are epoch seconds. Rules (after the
grouping of Prometheus Alertmanager; the spans are configuration defaults):

1. Red, and whatever takes back red, goes out at once, with all that waits about the same firm.
2. Anything else waits 30 s for company, and there is at most one message about a firm in 5 min.
3. Blue, and the end of a blue, waits for the subscriber's digest, once a day at 8 in the morning. Of each point only
   the latest is in it, and nothing that a message has told since.

Nothing is dropped but what newer news about the same point has made untrue in a digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from alerts.policy.alert import LOWERING, alert_id
from detectors.fact import DAY
from detectors.points.finding import BLUE, RED

WAIT, INTERVAL = 30, 300
DIGEST_HOUR = 8
FAN_OUT, PAGE = 200, 100
"""More alerts than this from one event are one incident; members on one page."""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One alert on its way: ``reach`` is the level it tells or takes back."""

    alert_id: str
    entity: str
    point: str
    reach: int


class Group(msgspec.Struct, frozen=True, array_like=True):
    """What waits about one firm: since when, and when the last message went out (None: never)."""

    waiting: tuple[Item, ...] = ()
    since: int = 0
    sent: int | None = None

    @property
    def due(self) -> int | None:
        """When its message goes out; None if nothing waits."""
        if not self.waiting:
            return None
        if any(item.reach >= RED for item in self.waiting):
            return self.since
        return self.since + WAIT if self.sent is None else max(self.since + WAIT, self.sent + INTERVAL)


class Box(msgspec.Struct, frozen=True):
    """The state of one subscriber; ``digest_due`` is None while the digest is empty."""

    groups: Mapping[str, Group] = {}
    digest: tuple[Item, ...] = ()
    digest_due: int | None = None

    @property
    def due(self) -> int | None:
        """When to look again; None: only with news."""
        dues = [group.due for group in self.groups.values()] + [self.digest_due]
        return min([due for due in dues if due is not None], default=None)


class Message(msgspec.Struct, frozen=True):
    """One message: about a firm, or the digest (``entity`` empty). ``at`` is when it was due."""

    entity: str
    alert_ids: tuple[str, ...]
    at: int


def item(alert: Mapping[str, Any]) -> Item:
    """What grouping looks at in an alert."""
    reach = int(alert["level"])
    if alert["type"] in LOWERING:
        reach = max(reach, int(alert.get("peak") or 0), int(alert.get("previous") or 0))
    return Item(alert["alert_id"], alert["entity"], alert["point"], reach)


def receive(box: Box, one: Item, at: int, utc_offset: int) -> tuple[Box, tuple[Message, ...]]:
    """Take in one alert; returns the messages due by then. The same alert again while it waits changes nothing."""
    box, messages = tick(box, at - 1)
    waits = (*box.digest, *(held for group in box.groups.values() for held in group.waiting))
    if any(held.alert_id == one.alert_id for held in waits):
        box, more = tick(box, at)
        return box, messages + more
    digest = tuple(held for held in box.digest if (held.entity, held.point) != (one.entity, one.point))
    if one.reach <= BLUE:
        due = box.digest_due if box.digest_due is not None else next_digest(at, utc_offset)
        box = Box(box.groups, (*digest, one), due)
    else:
        group = box.groups.get(one.entity, Group())
        since = at if not group.waiting or one.reach >= RED else group.since
        group = Group((*group.waiting, one), since, group.sent)
        box = Box({**box.groups, one.entity: group}, digest, box.digest_due if digest else None)
    box, more = tick(box, at)
    return box, messages + more


def tick(box: Box, at: int) -> tuple[Box, tuple[Message, ...]]:
    """The messages due by ``at``, in order of the time they were due; firms long quiet are forgotten."""
    messages, groups = [], {}
    for entity, held in box.groups.items():
        group, due = held, held.due
        if due is not None and due <= at:
            messages.append(Message(entity, tuple(one.alert_id for one in group.waiting), due))
            group = Group((), 0, due)
        if group.waiting or (group.sent is not None and at < group.sent + INTERVAL):
            groups[entity] = group
    digest, when = box.digest, box.digest_due
    if when is not None and when <= at:
        messages.append(Message("", tuple(one.alert_id for one in digest), when))
        digest, when = (), None
    messages.sort(key=lambda message: (message.at, message.entity))
    return Box(groups, digest, when), tuple(messages)


def next_digest(at: int, utc_offset: int) -> int:
    """The next time a digest goes out after ``at``: 8 in the morning, local time."""
    morning = DIGEST_HOUR * 3600 - utc_offset
    return ((at - morning) // DAY + 1) * DAY + morning


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


def incident(
    cause: str, alerts: Iterable[Mapping[str, Any]], limit: int = FAN_OUT, page: int = PAGE
) -> Incident | None:
    """The incident that alerts from one event make; None if there are at most ``limit`` of them.

    ``cause`` names the event (the entity and evidence key of a hub's insolvency, say). The order of the alerts and
    repetitions among them do not matter.
    """
    members = {
        one["alert_id"]: Member(one["alert_id"], one["entity"], one["point"], int(one["level"]))
        for one in alerts
    }
    if len(members) <= limit:
        return None
    listed = sorted(members.values(), key=lambda one: (-one.level, one.entity, one.point, one.alert_id))
    worst = listed[0].level
    name = alert_id(cause, "INCIDENT", listed[0].alert_id, worst, len(listed))
    return Incident(name, cause, len(listed), worst, _pages(listed, page))


def _pages(members: Sequence[Member], size: int) -> tuple[tuple[Member, ...], ...]:
    return tuple(tuple(members[start : start + size]) for start in range(0, len(members), size))
