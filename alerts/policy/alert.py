"""The alert: one change of a point or of a tier that somebody should hear about.

Its id is a hash of what it is (entity, point, episode, level, revision), never of when or by whom it was computed, so
that whatever dies and is repeated yields the same id.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Kind = Literal[
    "alert.opened",
    "alert.reopened",
    "alert.upgraded",
    "alert.downgraded",
    "alert.cleared",
    "alert.retracted",
    "alert.corrected",
    "alert.annotated",
    "alert.suspended",
    "alert.expired",
    "alert.flapping",
    "entity.recovered",
]
"""Events of the life cycle that leave the engine."""

LOWERING: frozenset[str] = frozenset(
    {
        "alert.downgraded",
        "alert.cleared",
        "alert.retracted",
        "alert.suspended",
        "alert.expired",
        "entity.recovered",
    }
)
"""Types that take back what was said before; they reach everybody who was told it."""

RAISING: frozenset[str] = frozenset({"alert.opened", "alert.reopened", "alert.upgraded"})
"""Types that tell of a colour not shown before, or of a higher one."""

OPERATIONAL: frozenset[str] = frozenset({"alert.flapping"})
"""Types that tell of the data and not of the firm: for a data steward, without a colour."""

TIER = "TIER"
"""Point name of an alert that tells only of the entity's tier."""


class Transition(msgspec.Struct, frozen=True, gc=False):
    """One step of a life cycle, before it is dressed up as an alert.

    ``suppressed_by`` names the point or pattern that tells the same story already, so that no subscriber is sent this
    one; ``flapping`` says that the point changes its colour too often to be believed, ``disputed`` that somebody
    objects to its evidence.
    """

    kind: Kind
    point: str
    level: int
    previous: int
    peak: int
    episode: str
    revision: int
    tier_from: int
    tier_to: int
    why: str
    suppressed_by: str = ""
    flapping: bool = False
    disputed: bool = False


def alert_id(entity: str, point: str, episode: str, level: int, revision: int) -> str:
    """Deterministic id, 128 bits in hex.

    >>> alert_id("ent:CN-330604:91330604MA0000015G", "WP-09", "k", 3, 1)
    '04c37450a551e4950fe4fb539eb39922'
    """
    said = "\x1f".join((entity, point, episode, str(level), str(revision)))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


_json = msgspec.json.Encoder(order="deterministic")


def encode(alert: Mapping[str, Any]) -> bytes:
    """Canonical JSON of an alert."""
    return _json.encode(alert)


def cloud_event_headers(alert: dict[str, Any]) -> list[tuple[str, bytes]]:
    """CloudEvents 1.0 attributes in Kafka's binary mode, and the origin for recovery."""
    origin = alert["origin"]
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", alert["alert_id"].encode()),
        ("ce_type", f"fenghuo.{alert['type']}".encode()),
        ("ce_source", b"fenghuo"),
        ("ce_subject", alert["entity"].encode()),
        ("ce_time", alert["at"].encode()),
        ("content-type", b"application/json"),
        ("fenghuo-level", str(alert["level"]).encode()),
        ("fenghuo-origin", f"{origin['partition']}:{origin['offset']}".encode()),
    ]
