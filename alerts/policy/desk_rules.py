"""What a desk is told to keep to, and what it answers. Values only, see :mod:`alerts.policy.desk`."""

from typing import Literal

import msgspec

from alerts.policy.attention import DEFAULT, Pace
from alerts.policy.fan_out import FAN_OUT
from alerts.policy.quiet import Quiet
from alerts.policy.silence import Shelf
from detectors.points.finding import BLUE


class Rules(msgspec.Struct, frozen=True):
    """What the subscriber wants; ``min_level`` as a number, ``utc_offset`` in seconds; more than ``incident_above``
    alerts with one cause are an incident (0: never)."""

    min_level: int = BLUE
    group: bool = True
    digest: bool = True
    cool_down: bool = True
    reminders: bool = True
    utc_offset: int = 8 * 3600
    pace: Pace = DEFAULT
    silences: tuple[Shelf, ...] = ()
    quiet: Quiet | None = None
    incident_above: int = FAN_OUT


class Outgoing(msgspec.Struct, frozen=True):
    """One message to send: alerts together (without ``entity`` an incident, which has a ``cause``, or the digest), or
    one alert again; each alert as (entity, id).

    ``number`` counts the reminders about it; ``since`` is when it was told first; ``by`` are those who took notice, and
    ``dispositions`` what they said came of it.
    """

    kind: Literal["alerts", "digest", "incident", "reminder", "escalation", "acknowledged"]
    entity: str
    alerts: tuple[tuple[str, str], ...]
    at: int
    number: int = 0
    since: int = 0
    by: tuple[str, ...] = ()
    dispositions: tuple[str, ...] = ()
    cause: str = ""


class Turn(msgspec.Struct):
    """What one step led to: messages, alerts dropped as (entity, id), and how many were kept back by a cool-down."""

    outgoing: list[Outgoing] = []
    dropped: list[tuple[str, str]] = []
    kept_back: int = 0
