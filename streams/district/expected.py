"""What the platform must have counted when it is done: the simulator's own books."""

from typing import Any, Final, Literal

import msgspec

Outcome = Literal["accepted", "flagged", "quarantined", "duplicates"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("accepted", "flagged", "quarantined", "duplicates")


class Counts(msgspec.Struct):
    """Records by what must become of them; the four are disjoint and add up to :attr:`total`."""

    accepted: int = 0
    flagged: int = 0
    quarantined: int = 0
    duplicates: int = 0

    @property
    def total(self) -> int:
        """Everything that went in."""
        return self.accepted + self.flagged + self.quarantined + self.duplicates

    def add(self, outcome: Outcome) -> None:
        """Count one record."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def as_dict(self) -> dict[str, int]:
        """``{"in", "accepted", "flagged", "quarantined", "duplicates"}``."""
        return {"in": self.total, **{name: getattr(self, name) for name in OUTCOMES}}


class Expected:
    """Counts over all records, by feed family and by source; heartbeats (F33) are counted apart.

    A duplicate is a record whose version is not greater than the greatest already emitted by the same source for
    its (record id, role); a quarantined record breaks a hard rule of validation; a flagged one a soft rule.
    """

    def __init__(self) -> None:
        self.total = Counts()
        self.families: dict[str, Counts] = {}
        self.sources: dict[str, Counts] = {}
        self.tags: dict[str, int] = {}
        self.ops: dict[str, int] = {}
        self.heartbeats = 0
        self.outcomes = 0

    def add(self, source_id: str, family: str, outcome: Outcome, tag: str, op: str) -> None:
        """Count one record."""
        self.total.add(outcome)
        self.families.setdefault(family, Counts()).add(outcome)
        self.sources.setdefault(source_id, Counts()).add(outcome)
        if tag:
            self.tags[tag] = self.tags.get(tag, 0) + 1
        if outcome in ("accepted", "flagged"):
            self.ops[op] = self.ops.get(op, 0) + 1

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; keys sorted."""
        return {
            "records": self.total.as_dict(),
            "families": {name: self.families[name].as_dict() for name in sorted(self.families)},
            "sources": {name: self.sources[name].as_dict() for name in sorted(self.sources)},
            "tags": dict(sorted(self.tags.items())),
            "ops": dict(sorted(self.ops.items())),
            "heartbeats": self.heartbeats,
            "outcomes": self.outcomes,
        }
