"""An answer to an alert as it travels on the outcomes topic: who took notice, and what came of it.

Beside the fields of every outcome (entity, outcome, at, source) it names the subscriber and the alert. ``outcome`` is a
disposition code, or ``acknowledged``.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from alerts.policy.attention import DEFAULT

ACKNOWLEDGED = "acknowledged"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the outcomes topic that answers an alert."""

    entity: str
    outcome: str
    at: str
    source: str
    outcome_id: str
    alert_id: str
    subscriber_id: str
    point: str
    revision: int
    by: str


class _Any(msgspec.Struct):
    """What tells an answer from other outcomes."""

    subscriber_id: str = ""
    alert_id: str = ""


_any = msgspec.json.Decoder(_Any)
_answer = msgspec.json.Decoder(Answer)


def answer_to(alert: Mapping[str, Any], subscriber_id: str, by: str, outcome: str, now: datetime) -> Answer:
    """The answer of one person; the same person, alert and outcome give the same ``outcome_id``."""
    said = "\x1f".join((alert["alert_id"], subscriber_id, by, outcome))
    return Answer(
        entity=alert["entity"],
        outcome=outcome,
        at=now.isoformat(),
        source=f"subscriber.{subscriber_id}",
        outcome_id=f"ack-{hashlib.sha256(said.encode()).hexdigest()[:24]}",
        alert_id=alert["alert_id"],
        subscriber_id=subscriber_id,
        point=alert["point"],
        revision=int(alert["revision"]),
        by=by,
    )


def taken_notice(alert: Mapping[str, Any], before: Iterable[Answer], now: Answer) -> dict[str, Any] | None:
    """The event ``alert.acknowledged`` for a subscriber that reads a topic, if by this answer enough of its people have
    taken notice; None if they have not, or had before. ``before`` are answers of any subscriber to any alert."""
    mine = [one for one in before if (one.alert_id, one.subscriber_id) == (now.alert_id, now.subscriber_id)]
    had, wanted = {one.by for one in mine}, DEFAULT.people[int(alert["level"])]
    if len(had) >= wanted or len(had | {now.by}) < wanted:
        return None
    said = {one.outcome: None for one in (*mine, now) if one.outcome != ACKNOWLEDGED}
    return {
        **alert,
        "alert_id": f"{now.alert_id}.acknowledged",
        "type": "alert.acknowledged",
        "at": now.at,
        "acknowledges": now.alert_id,
        "acknowledged_by": sorted(had | {now.by}),
        "dispositions": list(said),
        "reason": "enough of your people have taken notice",
    }


def read_answer(value: bytes) -> Answer | None:
    """The answer in a message; None for any other outcome, and for what cannot be read (the worker puts it aside)."""
    try:
        other = _any.decode(value)
        return _answer.decode(value) if other.subscriber_id and other.alert_id else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
