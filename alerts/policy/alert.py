"""The alert: one change of a point or of a tier that somebody should hear about.

Its id is a hash of what it is (entity, point, episode, level, revision), never of when or by whom it was computed, so
that whatever dies and is repeated yields the same id.
"""

import hashlib
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
]
"""Events of the life cycle that leave the engine."""

TIER = "TIER"
"""Point name of an alert that tells only of the entity's tier."""


class Transition(msgspec.Struct, frozen=True, gc=False):
    """One step of a life cycle, before it is dressed up as an alert."""

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


def alert_id(entity: str, point: str, episode: str, level: int, revision: int) -> str:
    """Deterministic id, 128 bits in hex.

    >>> alert_id("ent:CN-330604:91330604MA0000015G", "WP-09", "k", 3, 1)
    '04c37450a551e4950fe4fb539eb39922'
    """
    said = "\x1f".join((entity, point, episode, str(level), str(revision)))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


_json = msgspec.json.Encoder(order="deterministic")


def encode(alert: dict[str, Any]) -> bytes:
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
