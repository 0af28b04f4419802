"""Stories told record by record to a partition: what was captured when, time that passes, and what was told."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from detectors.record import Record
from tests.detectors.build import (
    FIRM,
    record,
)
from tests.streams.partition import Partition

CHINA = timedelta(hours=8)


def captured(one: Record, day: str, clock: str = "10:00") -> Record:
    """The record as captured at a moment in China."""
    return replace(one, observed_at=datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC) - CHINA)


def passing(day: str, clock: str = "00:00") -> Record:
    """A record about somebody else, which lets time pass."""
    said = {"case_no": "(2026)浙0604民初1号", "role": "plaintiff"}
    one = record("F01", f"pass-{day}-{clock}", day, said, entity="ent:CN-330604:91330604MA000009XX")
    return captured(one, day, clock)


def days(first: str, count: int) -> list[Record]:
    """Time passing day by day."""
    begin = datetime.fromisoformat(first)
    return [passing((begin + timedelta(days=n)).date().isoformat()) for n in range(count)]


def story(partition: Partition, entity: str = FIRM) -> list[tuple[str, str, int, int, str]]:
    """What was told about a firm: kind, point, level, tier after it, day."""
    return [
        (one["type"].removeprefix("alert."), one["point"], one["level"], one["tier"]["to"], one["at"][:10])
        for one in partition.alerts()
        if one["entity"] == entity
    ]


def summary(partition: Partition, entity: str = FIRM) -> dict[str, Any]:
    """The last assessment of a firm without what depends on the moment."""
    said = partition.assessments()[entity]
    return {"tier": said["tier"], "points": [(p["id"], p["state"], p["level"]) for p in said["points"]]}
