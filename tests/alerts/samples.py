"""Alerts, subscriptions and secrets to test with."""

import base64
from typing import Any

from alerts.delivery.notification import to_wire
from alerts.policy.subscription_file import parse_subscriptions
from alerts.policy.subscriptions import Subscription, Subscriptions

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes 123").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another one of thirty-two bytes!").decode()
ENTITY = "ent:CN-330604:91330604MA0000015G"


def alert(**changed: Any) -> dict[str, Any]:
    """A red alert about one firm, with fields replaced."""
    base: dict[str, Any] = {
        "alert_id": "a-1",
        "type": "alert.opened",
        "entity": ENTITY,
        "name": "上虞纺织有限公司",
        "jurisdiction": "CN-330604",
        "point": "WP-09",
        "point_name": "dishonest judgment debtor",
        "feed_family": "court",
        "level": 3,
        "level_name": "red",
        "scale_id": "fenghuo-3",
        "episode": "k",
        "revision": 1,
        "tier": {"from": 0, "to": 3},
        "score": 90.0,
        "at": "2026-01-05T00:00:00+08:00",
        "reason": "dishonest judgment debtor became red",
        "points": [
            {
                "id": "WP-09",
                "name": "dishonest judgment debtor",
                "name_zh": "失信被执行人",
                "family": "court",
                "level": 3,
                "colour": "red",
                "p": 90.0,
                "value": "1 listing",
                "threshold": "1",
                "since": "2026-01-04",
            }
        ],
        "catalogue": "2026.1",
        "origin": {"partition": 0, "offset": 123},
    }
    return {**base, **changed}


def subscription(**fields: Any) -> Subscription:
    """A bank that wants everything about everybody, with fields replaced."""
    return Subscription.model_validate({"subscriber_id": "bank-1", "role": "bank", "entities": "*", **fields})


def regulator(url: str, **fields: Any) -> Subscriptions:
    """One regulator reached by webhook."""
    base = {
        "subscriber_id": "scjgj",
        "role": "regulator",
        "entities": "*",
        "channel": "webhook",
        "url": url,
        "secret_env": "SECRET",
    }
    return Subscriptions(subscriptions=(Subscription.model_validate({**base, **fields}),))


def message(number: int = 1, subscriber: str = "scjgj", **changed: Any) -> bytes:
    """One message of the notifications topic; numbers give distinct alerts, each newer than those before it."""
    return to_wire(
        subscriber, f"n-{number}", alert(**{"alert_id": f"a-{number}", "revision": number + 1, **changed})
    )


def parse(text: str) -> Subscriptions:
    return parse_subscriptions(text, "subs.yaml")
