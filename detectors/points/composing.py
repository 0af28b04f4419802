"""Out of what patterns are made: points that weigh or show a colour, and the finding that they come to together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from detectors.fact import Fact, iso_day
from detectors.points.finding import Finding
from detectors.points.verdict import Verdict

Verdicts = Mapping[str, Verdict]
"""The day's verdicts of points."""


def weighing(verdicts: Verdicts, names: Iterable[str]) -> list[Verdict]:
    """Those of the points that are live, or cleared and still fading."""
    return [verdicts[name] for name in names if name in verdicts and verdicts[name].p]


def shown(verdicts: Verdicts, name: str, level: int = 1) -> Verdict | None:
    """A point that shows at least this colour."""
    verdict = verdicts.get(name)
    return verdict if verdict is not None and verdict.level >= level else None


def composed(level: int, members: Sequence[Verdict], value: str, threshold: str, **details: Any) -> Finding:
    """A finding made of others: their evidence, and the day on which the last of them began."""
    evidence: dict[str, Fact] = {fact.key: fact for member in members for fact in member.finding.evidence}
    last = max(members, key=lambda member: (member.since, member.point))
    told = {"members": [member.point for member in members], "detected_late": _late(members, last)}
    return Finding(
        level=level,
        value=value,
        threshold=threshold,
        since=last.since,
        evidence=tuple(evidence.values()),
        details=told | details,
        episode="+".join(f"{member.point}@{iso_day(member.since)}" for member in members),
    )


def _late(members: Iterable[Verdict], last: Verdict) -> bool:
    """Whether the member that came true last was not the last to be heard of: another was recorded late."""
    return any(one.since < last.since and _heard(one) > _heard(last) for one in members)


def _heard(member: Verdict) -> int:
    """When that was captured which made it come true; where no record tells the day, the first of its evidence."""
    facts = member.finding.evidence
    began = [fact for fact in facts if fact.start == member.since]
    return min([fact.observed for fact in began or facts], default=0)


def in_order(members: Iterable[Verdict]) -> str:
    return ", then ".join(f"{one.point} on {iso_day(one.since)}" for one in members)
