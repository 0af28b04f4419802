"""One alert on its way to one subscriber: what grouping and the fan-out guard look at. Values only."""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.policy.alert import LOWERING, RAISING


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One alert on its way: ``reach`` is the level it tells or takes back, ``cause`` what elsewhere brought
    it about."""

    alert_id: str
    entity: str
    point: str
    reach: int
    cause: str = ""


def item(alert: Mapping[str, Any]) -> Item:
    """What grouping looks at in an alert."""
    reach = int(alert["level"])
    if alert["type"] == "alert.expired":  # of what was over already nobody need hear at once
        reach = int(alert.get("previous") or 0)
    elif alert["type"] in LOWERING:
        reach = max(reach, int(alert.get("peak") or 0), int(alert.get("previous") or 0))
    cause = str(alert.get("cause") or "") if alert["type"] in RAISING else ""
    return Item(alert["alert_id"], alert["entity"], alert["point"], reach, cause)
