"""What a desk sends, as webhooks: one alert, several about a firm, the daily digest, an incident, a reminder, an
escalation, an acknowledgement.

All follow the payload structure of the Standard Webhooks specification (type, timestamp, data). One alert is itself
the data; several are in ``data.alerts``; the last three kinds hold theirs in ``data.alert``. The ``webhook-id`` is a
function of the content, so a message made again has the same one.
"""

import hashlib
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from alerts.delivery.notification import (
    Cover,
    Desk,
    Notification,
    Partition,
    alerts_in,
    read_notification,
    to_wire,
)
from alerts.policy.desk import Outgoing
from alerts.policy.fan_out import PAGE, incident
from detectors.points.finding import LEVEL_NAMES, SCALE


class Letter(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One message of the notifications topic, kept as long as it may be sent."""

    value: bytes
    notification_id: str
    offset: int


def compose(
    subscriber_id: str, home: Partition, said: Outgoing, letters: Sequence[Letter]
) -> Iterable[Notification]:
    """The messages of one outgoing; ``letters`` are those of its alerts, in its order."""
    if said.kind in ("reminder", "escalation", "acknowledged"):
        yield _again(subscriber_id, home, said, letters[0])
    elif said.kind == "digest":
        for start in range(0, len(letters), PAGE):
            yield _together(subscriber_id, home, said, letters[start : start + PAGE])
    elif said.kind == "incident":
        yield from _incident(subscriber_id, home, said, letters)
    elif len(letters) == 1:
        yield read_notification(letters[0].value, home, letters[0].offset)
    else:
        yield _together(subscriber_id, home, said, letters)


def acknowledgement(
    subscriber_id: str, by: Iterable[str], dispositions: Iterable[str], at: int
) -> dict[str, Any]:
    """What is told when enough of a subscriber's people have taken notice of an alert."""
    return {
        "subscriber_id": subscriber_id,
        "acknowledged_by": list(by),
        "acknowledged_at": _stamp(at),
        "dispositions": list(dispositions),
    }


def merged(items: Sequence[Notification]) -> tuple[str, str]:
    """Webhook id and body of several digests sent as one; those of the only one as they are."""
    if len(items) == 1:
        return items[0].alert_id, items[0].body
    alerts = [alert for item in items for alert in item.alerts]
    newest = max(json.loads(item.body)["timestamp"] for item in items)
    return _id([alert["alert_id"] for alert in alerts]), _body("alerts.digest", newest, {"alerts": alerts})


def batches(items: Iterable[Notification]) -> list[list[Notification]]:
    """Digests put together as far as a page holds them; what was sent as one before stays one, and alone."""
    found: list[list[Notification]] = []
    room = 0
    for item in sorted(items, key=lambda one: (one.sent_as, one.partition, one.notification_id)):
        count = len(item.alerts)
        if not found or count > room or item.sent_as != found[-1][0].sent_as:
            found.append([])
            room = PAGE
        found[-1].append(item)
        room -= count
    return found


def by_firm(items: Sequence[Notification]) -> list[list[Notification]]:
    """What is about one firm together, in the order of the log."""
    firms: dict[str, list[Notification]] = {}
    for item in sorted(items, key=lambda one: (one.partition, one.offset)):
        firms.setdefault(item.entity, []).append(item)
    return list(firms.values())


def parted(item: Notification, names: Container[str]) -> tuple[Notification, dict[str, bytes]]:
    """A message of several alerts without some of them, and each of those as it would lie on the topic, by id."""
    event = json.loads(item.body)
    alerts, data = alerts_in(event), event["data"]
    rest = [alert for alert in alerts if alert["alert_id"] not in names]
    about = _about(rest) if event["type"] == "alerts.grouped" else {}
    body = _body(event["type"], event["timestamp"], {**data, **about, "alerts": rest})
    letters = {
        name: to_wire(item.subscriber_id, f"{name}.{item.subscriber_id}", alert)
        for alert in alerts
        if (name := alert["alert_id"]) in names
    }
    return msgspec.structs.replace(item, body=body, original=body.encode()), letters


def _about(alerts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a message about one firm says of all its alerts."""
    worst = max(alerts, key=lambda alert: int(alert["level"]))
    return {name: worst.get(name) for name in ("entity", "name", "level", "level_name", "scale_id")}


def _together(subscriber_id: str, home: Partition, said: Outgoing, letters: Sequence[Letter]) -> Notification:
    alerts = [_alert(letter) for letter in letters]
    kind, data = "alerts.digest", dict[str, Any](alerts=alerts)
    if said.kind == "alerts":
        kind, data = "alerts.grouped", {**_about(alerts), "alerts": alerts}
    covers = tuple(Cover(home, letter.notification_id, letter.offset) for letter in letters)
    desk: Desk = "digest" if said.kind == "digest" else ""
    body = _body(kind, _stamp(said.at), data)
    return _made(subscriber_id, home, said, _id([a["alert_id"] for a in alerts]), body, covers, desk)


def _incident(
    subscriber_id: str, home: Partition, said: Outgoing, letters: Sequence[Letter]
) -> Iterable[Notification]:
    """One message for each page; every page says of what it is part."""
    held = {(alert := _alert(letter))["alert_id"]: (alert, letter) for letter in letters}
    found = incident(said.cause, [alert for alert, _ in held.values()])
    for number, page in enumerate(found.pages, 1):
        told = [held[member.alert_id] for member in page]
        data = {
            "incident_id": found.incident_id,
            "cause": said.cause,
            "count": found.count,
            "level": found.level,
            "level_name": LEVEL_NAMES[found.level],
            "scale_id": SCALE,
            "page": number,
            "pages": len(found.pages),
            "alerts": [alert for alert, _ in told],
        }
        covers = tuple(Cover(home, letter.notification_id, letter.offset) for _, letter in told)
        name = f"incident-{found.incident_id}.{number}"
        yield _made(
            subscriber_id, home, said, name, _body("alerts.incident", _stamp(said.at), data), covers, ""
        )


def _again(subscriber_id: str, home: Partition, said: Outgoing, letter: Letter) -> Notification:
    """The same alert once more. It covers nothing: the clock would bring it again."""
    since = {"unacknowledged_since": _stamp(said.since), "alert": _alert(letter)}
    ((_, name),) = said.alerts
    if said.kind == "reminder":
        body = _body("alert.reminder", _stamp(said.at), {"number": said.number, **since})
        return _made(subscriber_id, home, said, f"{name}.reminder.{said.number}", body, (), "")
    if said.kind == "acknowledged":
        data = acknowledgement(subscriber_id, said.by, said.dispositions, said.at)
        body = _body("alert.acknowledged", _stamp(said.at), {**data, "alert": since["alert"]})
        return _made(subscriber_id, home, said, f"{name}.acknowledged", body, (), "")
    body = _body("alert.escalated", _stamp(said.at), {"subscriber_id": subscriber_id, **since})
    return _made(subscriber_id, home, said, f"{name}.escalated", body, (), "second")


def _made(
    subscriber_id: str,
    home: Partition,
    said: Outgoing,
    name: str,
    body: str,
    covers: tuple[Cover, ...],
    desk: Desk,
) -> Notification:
    return Notification(
        notification_id=f"{name}.{subscriber_id}",
        subscriber_id=subscriber_id,
        alert_id=name,
        body=body,
        original=body.encode(),
        partition=home,
        offset=max([cover.offset for cover in covers], default=-1),
        entity=said.entity,
        desk=desk,
        covers=covers,
    )


def _alert(letter: Letter) -> dict[str, Any]:
    alert: dict[str, Any] = json.loads(letter.value)["alert"]
    return alert


def _body(kind: str, timestamp: str, data: dict[str, Any]) -> str:
    return msgspec.json.encode({"type": kind, "timestamp": timestamp, "data": data}).decode()


def _id(names: Iterable[str]) -> str:
    said = "\x1f".join(sorted(names))
    return f"group-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _stamp(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
