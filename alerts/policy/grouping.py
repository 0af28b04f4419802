"""Grouping: what comes close together about one firm goes out as one message; blue goes into a daily digest.

A function of the news and the time, with one small state for each subscriber. Times are epoch seconds. Rules (after the
grouping of Prometheus Alertmanager; the spans are configuration defaults):

1. Red, and whatever takes back red, goes out at once, with all that waits about the same firm.
2. Anything else waits 30 s for company, and there is at most one message about a firm in 5 min.
3. What others share the cause of waits for them first, red as well (:mod:`alerts.policy.fan_out`).
4. Blue, and the end of a blue, waits for the subscriber's digest, once a day at 8 in the morning. Of each point only
   the latest is in it, and nothing that a message has told since. What is newer than a message that waits about the
   same point goes along with that.

Nothing is dropped but what newer news about the same point has made untrue in a digest.
"""

from collections.abc import Iterator, Mapping

import msgspec

from alerts.policy.fan_out import FAN_OUT, Fan, join, leave, take, waits_for_another
from alerts.policy.item import Item
from alerts.policy.quiet import Quiet
from detectors.fact import DAY
from detectors.points.finding import BLUE, RED

WAIT, INTERVAL = 30, 300
DIGEST_HOUR = 8


class Group(msgspec.Struct, frozen=True, array_like=True):
    """What waits about one firm: since when, when the last message went out (None: never), and before when nothing but
    red goes out."""

    waiting: tuple[Item, ...] = ()
    since: int = 0
    sent: int | None = None
    morning: int = 0

    @property
    def due(self) -> int | None:
        """When its message goes out; None if nothing waits."""
        if not self.waiting:
            return None
        if any(item.reach >= RED for item in self.waiting):
            return self.since
        due = self.since + WAIT if self.sent is None else max(self.since + WAIT, self.sent + INTERVAL)
        return max(due, self.morning)


class Box(msgspec.Struct, frozen=True):
    """The state of one subscriber; ``groups`` by firm, ``fans`` by cause; ``digest_due`` is None while the digest is
    empty."""

    groups: Mapping[str, Group] = {}
    digest: tuple[Item, ...] = ()
    digest_due: int | None = None
    fans: Mapping[str, Fan] = {}

    @property
    def due(self) -> int | None:
        """When to look again; None: only with news."""
        dues = [group.due for group in self.groups.values()] + [fan.due for fan in self.fans.values()]
        dues.append(self.digest_due)
        return min([due for due in dues if due is not None], default=None)

    @property
    def waiting(self) -> Iterator[Item]:
        """Everything that waits."""
        yield from self.digest
        for group in self.groups.values():
            yield from group.waiting
        for fan in self.fans.values():
            yield from fan.waiting


class Message(msgspec.Struct, frozen=True):
    """One message: about a firm, or without ``entity`` an incident, which has a ``cause``, or the digest. ``at`` is
    when it was due."""

    entity: str
    alert_ids: tuple[str, ...]
    at: int
    cause: str = ""


def receive(
    box: Box,
    one: Item,
    at: int,
    utc_offset: int,
    hours: Quiet | None = None,
    limit: int = FAN_OUT,
) -> tuple[Box, tuple[Message, ...]]:
    """Take in one alert; returns the messages due by then. The same alert again while it waits changes nothing.

    In the quiet ``hours`` nothing goes out but red, with all that waits about the same firm. More than ``limit`` alerts
    with one cause are an incident; 0: never.
    """
    box, messages = tick(box, at - 1, hours, limit)
    if all(held.alert_id != one.alert_id for held in box.waiting):
        box = _taken_in(box, one, at, utc_offset, hours, limit)
    box, more = tick(box, at, hours, limit)
    return box, messages + more


def _taken_in(box: Box, one: Item, at: int, utc_offset: int, hours: Quiet | None, limit: int) -> Box:
    digest = tuple(held for held in box.digest if (held.entity, held.point) != (one.entity, one.point))
    if one.reach <= BLUE and not _later_than_waiting(box, one):
        morning = next_digest(at, utc_offset)
        due = box.digest_due if box.digest_due is not None else hours.over(morning) if hours else morning
        return msgspec.structs.replace(box, digest=(*digest, one), digest_due=due)
    box = msgspec.structs.replace(box, digest=digest, digest_due=box.digest_due if digest else None)
    if one.cause and limit and not _goes_along(box, one):
        return msgspec.structs.replace(box, fans=join(box.fans, one, at, hours))
    fans, taken = take(box.fans, one.entity) if box.fans else (box.fans, ())
    groups = dict(box.groups)
    for held in (*taken, one):
        groups[one.entity] = _with(groups.get(one.entity, Group()), held, at, hours)
    return msgspec.structs.replace(box, groups=groups, fans=fans)


def _later_than_waiting(box: Box, one: Item) -> bool:
    """Whether a message about the same point waits, which a digest might overtake."""
    group = box.groups.get(one.entity, Group())
    held = [*group.waiting, *(other for fan in box.fans.values() for other in fan.waiting)]
    return any((other.entity, other.point) == (one.entity, one.point) for other in held)


def _goes_along(box: Box, one: Item) -> bool:
    """Whether something else about the firm waits, which it must not overtake."""
    group = box.groups.get(one.entity)
    return (group is not None and bool(group.waiting)) or waits_for_another(box.fans, one)


def _with(group: Group, one: Item, at: int, hours: Quiet | None) -> Group:
    """A group with one alert more, which has waited since ``at``."""
    since = at if not group.waiting or one.reach >= RED else group.since
    group = Group((*group.waiting, one), since, group.sent)
    if hours is not None and group.due is not None:
        group = msgspec.structs.replace(group, morning=hours.over(group.due))
    return group


def tick(
    box: Box, at: int, hours: Quiet | None = None, limit: int = FAN_OUT
) -> tuple[Box, tuple[Message, ...]]:
    """The messages due by ``at``, in order of the time they were due; firms and causes long quiet are forgotten."""
    box, messages = _fanned(box, at, hours, limit) if box.fans else (box, [])
    groups = {}
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
    messages.sort(key=lambda message: (message.at, message.entity, message.cause))
    return Box(groups, digest, when, box.fans), tuple(messages)


def _fanned(box: Box, at: int, hours: Quiet | None, limit: int) -> tuple[Box, list[Message]]:
    """What has waited for others with the same cause is an incident, or goes to the groups."""
    fans, left = leave(box.fans, at, limit)
    messages, groups = [], dict(box.groups)
    for one in left:
        if one.together:
            messages.append(Message("", tuple(held.alert_id for held in one.items), one.at, one.cause))
            continue
        for held in one.items:
            since = one.at if held.reach >= RED else one.since
            groups[held.entity] = _with(groups.get(held.entity, Group()), held, since, hours)
    return msgspec.structs.replace(box, fans=fans, groups=groups), messages


def next_digest(at: int, utc_offset: int) -> int:
    """The next time a digest goes out after ``at``: 8 in the morning, local time."""
    morning = DIGEST_HOUR * 3600 - utc_offset
    return ((at - morning) // DAY + 1) * DAY + morning
