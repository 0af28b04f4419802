"""Cool-down: the same colour of the same point is not told to one subscriber again and again.

A function of the news and the time, with a small state for each subscriber. Times are epoch seconds. Rules:

1. A rise to a higher colour than this subscriber has heard of in the episode, and a rise of the tier, are told at once.
2. A colour told before within its cool-down is kept back until that is over, and told then if it is still true.
3. A silence of the subscriber (:mod:`alerts.policy.silence`) is a longer cool-down, of colours not told before, too.
4. News that takes back what the subscriber believes is told at once. If it takes back only what was kept back, the two
   cancel out, and nothing is told.

The spans are configuration defaults.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.policy.alert import LOWERING
from detectors.fact import DAY

SPANS: tuple[int, ...] = (0, 7 * DAY, 3 * DAY, DAY)
"""Seconds by level: none, blue, yellow, red."""


class News(msgspec.Struct, frozen=True, gc=False):
    """What of an alert decides: ``rises`` for an upgrade or a rise of the tier, ``lowers`` for what takes back."""

    alert_id: str
    entity: str
    point: str
    level: int
    revision: int
    rises: bool = False
    lowers: bool = False


class Cool(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One point of one entity: when each colour was last told, what is believed, and what is kept back.

    ``last`` is the revision decided last, ``sent`` the decision. ``held`` is an alert id, empty for none.
    """

    told: tuple[int, int, int, int] = (0, 0, 0, 0)
    believed: int = 0
    last: int = 0
    sent: bool = True
    held: str = ""
    level: int = 0
    until: int = 0


class Cooldowns(msgspec.Struct, frozen=True, gc=False):
    """The state of one subscriber, by entity and point."""

    points: Mapping[str, Cool] = {}

    @property
    def due(self) -> int | None:
        """When something kept back may be told; None while nothing is."""
        return min([cool.until for cool in self.points.values() if cool.held], default=None)


def news(alert: Mapping[str, Any]) -> News:
    """What the cool-down looks at in an alert."""
    kind, tier = alert["type"], alert["tier"]
    return News(
        alert_id=alert["alert_id"],
        entity=alert["entity"],
        point=alert["point"],
        level=int(alert["level"]),
        revision=int(alert["revision"]),
        rises=kind == "alert.upgraded" or tier["to"] > tier["from"],
        lowers=kind in LOWERING,
    )


def admit(
    state: Cooldowns, one: News, at: int, spans: tuple[int, ...] = SPANS, silent: int = 0
) -> tuple[Cooldowns, bool]:
    """The state after a piece of news, and whether to send it now; ``silent`` is until when it is not wanted.

    The same news again has the same answer and changes nothing; older news than was decided on is not sent.
    """
    key = f"{one.entity}\x1f{one.point}"
    cool = state.points.get(key, Cool())
    if one.revision <= cool.last:
        return state, cool.sent and one.revision == cool.last
    cool = _decided(cool, one, at, spans, silent)
    return Cooldowns({**state.points, key: cool}), cool.sent


def release(state: Cooldowns, at: int, spans: tuple[int, ...] = SPANS) -> tuple[Cooldowns, tuple[str, ...]]:
    """The alerts whose cool-down is over by ``at``, in order; what needs no remembering is forgotten."""
    ready = sorted((cool.until, key) for key, cool in state.points.items() if cool.held and cool.until <= at)
    points = dict(state.points)
    for _, key in ready:
        points[key] = _sent(points[key], points[key].level, at)
    held = tuple(state.points[key].held for _, key in ready)
    return Cooldowns({key: cool for key, cool in points.items() if _wanted(cool, at, spans)}), held


def _decided(cool: Cool, one: News, at: int, spans: tuple[int, ...], silent: int) -> Cool:
    cool = msgspec.structs.replace(cool, last=one.revision)
    if one.level < cool.believed:
        return _sent(cool, one.level, at)
    if one.lowers and one.level == cool.believed:  # takes back only what was kept back
        return msgspec.structs.replace(cool, sent=not cool.held, held="")
    until = max(cool.told[one.level] + spans[one.level] if cool.told[one.level] else at, silent)
    if one.rises or at >= until:
        return _sent(cool, one.level, at)
    return msgspec.structs.replace(cool, sent=False, held=one.alert_id, level=one.level, until=until)


def _sent(cool: Cool, level: int, at: int) -> Cool:
    told = list(cool.told)
    told[level] = at
    told[0] = 0
    return Cool((told[0], told[1], told[2], told[3]), level, cool.last)


def _wanted(cool: Cool, at: int, spans: tuple[int, ...]) -> bool:
    """Whether a point may still decide about something. The revision of a live point is kept against repetition."""
    recent = any(told and at < told + span for told, span in zip(cool.told, spans, strict=True))
    return bool(cool.believed or cool.held or recent)
