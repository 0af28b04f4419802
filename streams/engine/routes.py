"""From an alert to the copies that leave: one per bank on its own topic, one per webhook on ``notifications``."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from alerts.delivery.notification import to_wire
from alerts.policy.alert import encode
from alerts.policy.need_to_know import shown
from alerts.policy.routing import Router

Copy = tuple[str, bytes, bytes, str]
"""Topic, key, value and id of one message."""


class Routes:
    """The compiled subscriptions as the processor wants them."""

    def __init__(self, router: Router, notifications: str) -> None:
        """``notifications`` is the topic the webhook dispatcher reads."""
        self._router = router
        self._notifications = notifications

    def __call__(self, alert: Mapping[str, Any], value: bytes) -> Iterator[Copy]:
        """Every copy of ``alert``, whose JSON is ``value``."""
        for delivery in self._router.route(alert, datetime.fromisoformat(alert["at"])):
            seen = shown(alert, delivery.lenders)
            if delivery.silenced:
                seen = {**seen, "silenced": delivery.silenced}
            if delivery.topic is not None:
                said = value if seen is alert else encode(seen)
                yield delivery.topic, alert["entity"].encode(), said, alert["alert_id"]
            else:
                who = delivery.subscriber_id
                notification = f"{alert['alert_id']}.{who}"
                yield self._notifications, who.encode(), to_wire(who, notification, seen), notification
