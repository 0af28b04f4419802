"""Whether one subscriber has taken notice of one alert, and what to do if not: remind, then tell a second contact.

``OPEN → ACKNOWLEDGED``, or ``OPEN → ESCALATED → ACKNOWLEDGED``; a higher colour opens it anew. The alert itself is
shared, this state is one subscriber's alone. Pure: the clock is an event like any other, and it does not matter how
often it ticks. Times are epoch seconds. A red alert wants the eyes of two people.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

from detectors.points.finding import BLUE, NONE

HOUR = 3_600


class Disposition(StrEnum):
    """What a subscriber did about an alert or found out (处置): a closed set, from which accuracy is measured."""

    CONFIRMED_DEFAULT = "confirmed_default"
    CONFIRMED_DETERIORATION = "confirmed_deterioration"
    KNOWN_ALREADY = "known_already"
    BENIGN = "benign"
    WRONG_ENTITY = "wrong_entity"
    WRONG_DATA = "wrong_data"
    LIMIT_REDUCED = "limit_reduced"
    DRAWDOWN_STOPPED = "drawdown_stopped"
    COLLATERAL_ADDED = "collateral_added"
    PRESERVATION_APPLIED = "preservation_applied"
    DEBT_DECLARED_IN_INSOLVENCY = "debt_declared_in_insolvency"
    OBJECTED_DEREGISTRATION = "objected_deregistration"
    EXIT_COMPLETED = "exit_completed"
    NO_ACTION = "no_action"


GROUNDS: Mapping[Disposition, str] = {
    Disposition.WRONG_ENTITY: "not_mine",
    Disposition.WRONG_DATA: "factual_error",
}
"""Dispositions that open an objection (F31) against the evidence, with its ground."""

Status = Literal["CLOSED", "OPEN", "ACKNOWLEDGED", "ESCALATED"]


class Pace(msgspec.Struct, frozen=True):
    """Patience by level (none, blue, yellow, red), in seconds; 0: never. Configuration defaults.

    ``reminders`` is how often at most (0: until somebody answers), ``people`` how many must acknowledge.
    """

    remind_every: tuple[int, ...] = (0, 0, 72 * HOUR, 24 * HOUR)
    reminders: tuple[int, ...] = (0, 0, 3, 0)
    escalate_after: tuple[int, ...] = (0, 0, 0, 48 * HOUR)
    people: tuple[int, ...] = (1, 1, 1, 2)


DEFAULT = Pace()


class Told(msgspec.Struct, frozen=True):
    """An alert went to the subscriber; ``revision`` counts the alerts about one point, level 0 ends it."""

    alert_id: str
    level: int
    revision: int
    at: int


class Acknowledged(msgspec.Struct, frozen=True):
    """A person took notice of the alert of this revision."""

    by: str
    revision: int
    at: int


class Disposed(msgspec.Struct, frozen=True):
    """A person recorded what was done; that is notice enough."""

    by: str
    code: Disposition
    revision: int
    at: int


class Clock(msgspec.Struct, frozen=True):
    """Time has passed."""

    at: int


Event = Told | Acknowledged | Disposed | Clock


class Action(msgspec.Struct, frozen=True):
    """What to do: remind the first contact, tell the second one, publish that the alert was acknowledged, or object
    to the evidence (``ground``)."""

    kind: Literal["remind", "alert.escalated", "alert.acknowledged", "object"]
    alert_id: str
    at: int
    ground: str = ""


class Attention(msgspec.Struct, frozen=True, array_like=True):
    """One subscriber and one point of one entity. ``opened`` is the revision that wants to be acknowledged."""

    alert_id: str = ""
    level: int = NONE
    revision: int = 0
    opened: int = 0
    since: int = 0
    reminded: int = 0
    escalated: bool = False
    seen_by: tuple[str, ...] = ()
    dispositions: tuple[str, ...] = ()
    acknowledged: bool = False

    @property
    def status(self) -> Status:
        """Where the subscriber stands."""
        if self.level == NONE:
            return "CLOSED"
        if self.acknowledged:
            return "ACKNOWLEDGED"
        return "ESCALATED" if self.escalated else "OPEN"


def advance_attention(
    state: Attention, event: Event, pace: Pace = DEFAULT
) -> tuple[Attention, tuple[Action, ...], int | None]:
    """The next state, what to do, and when to look again (None: only with an event).

    An event twice, or an older one late, changes nothing. What was due before an event comes before it.
    """
    state, actions = _overdue(state, event.at, pace, at_once=isinstance(event, Clock))
    match event:
        case Told():
            state = _told(state, event)
        case Acknowledged():
            state, more = _acknowledged(state, event.by, event.revision, event.at, pace)
            actions += more
        case Disposed():
            state, more = _disposed(state, event, pace)
            actions += more
    return state, tuple(actions), min([at for at, _ in _dues(state, pace)], default=None)


def objection(alert: Mapping[str, Any], subscriber: str, action: Action) -> dict[str, Any]:
    """The payload of the objection (F31) that a disposition asks for, against the records behind the alert's point.

    Where the alert names no record it is against the alert. The same disposition makes the same objection.
    """
    rows = [
        row for point in alert["points"] if point["id"] == alert["point"] for row in point.get("evidence", ())
    ]
    said = "\x1f".join((alert["alert_id"], subscriber, action.ground))
    received = datetime.fromtimestamp(action.at, UTC).isoformat()
    return {
        "objection_id": f"obj-{hashlib.sha256(said.encode()).hexdigest()[:24]}",
        "complainant": subscriber,
        "targets": sorted({str(row["record_id"]) for row in rows}) or [alert["alert_id"]],
        "ground": action.ground,
        "received_at": received,
        "state": "received",
    }


def _told(state: Attention, event: Told) -> Attention:
    if event.revision <= state.revision:
        return state
    if event.level > state.level:
        return Attention(event.alert_id, event.level, event.revision, event.revision, event.at)
    lower = msgspec.structs.replace(
        state, alert_id=event.alert_id, level=event.level, revision=event.revision
    )
    if event.level == state.level:
        return lower
    # the patience of the lower colour begins now
    return msgspec.structs.replace(lower, since=event.at, reminded=0, escalated=False)


def _acknowledged(
    state: Attention, by: str, revision: int, at: int, pace: Pace
) -> tuple[Attention, list[Action]]:
    if state.level < BLUE or revision < state.opened or state.acknowledged or by in state.seen_by:
        return state, []
    seen = (*state.seen_by, by)
    enough = len(seen) >= pace.people[state.level]
    state = msgspec.structs.replace(state, seen_by=seen, acknowledged=enough)
    return state, [Action("alert.acknowledged", state.alert_id, at)] if enough else []


def _disposed(state: Attention, event: Disposed, pace: Pace) -> tuple[Attention, list[Action]]:
    if event.revision < state.opened or not state.opened:
        return state, []
    actions = []
    if event.code not in state.dispositions:
        state = msgspec.structs.replace(state, dispositions=(*state.dispositions, str(event.code)))
        if event.code in GROUNDS:
            actions.append(Action("object", state.alert_id, event.at, GROUNDS[event.code]))
    state, more = _acknowledged(state, event.by, event.revision, event.at, pace)
    return state, actions + more


def _dues(state: Attention, pace: Pace) -> list[tuple[int, Literal["remind", "alert.escalated"]]]:
    """The next reminder and the escalation, if they are still to come."""
    if state.level == NONE or state.acknowledged:
        return []
    every, most = pace.remind_every[state.level], pace.reminders[state.level]
    dues: list[tuple[int, Literal["remind", "alert.escalated"]]] = []
    if every and (not most or state.reminded < most):
        dues.append((state.since + every * (state.reminded + 1), "remind"))
    after = pace.escalate_after[state.level]
    if after and not state.escalated:
        dues.append((state.since + after, "alert.escalated"))
    return dues


def _overdue(state: Attention, at: int, pace: Pace, *, at_once: bool) -> tuple[Attention, list[Action]]:
    """Everything due before ``at`` (``at_once``: by then), each as of its own time."""
    actions: list[Action] = []
    while dues := [due for due in _dues(state, pace) if due[0] < at + at_once]:
        when, kind = min(dues)
        actions.append(Action(kind, state.alert_id, when))
        if kind == "remind":
            state = msgspec.structs.replace(state, reminded=state.reminded + 1)
        else:
            state = msgspec.structs.replace(state, escalated=True)
    return state, actions
