"""A clerk's desk: statements of one department about one firm, written down in office hours."""

from typing import Any

from streams.district.dice import DAY, Dice
from streams.district.firm import Firm
from streams.district.statement import Almanac, Statement


class Desk:
    """One department's statements about one firm."""

    __slots__ = ("almanac", "dice", "firm", "source")

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice, source: str) -> None:
        """``source`` is the key of the department."""
        self.almanac, self.firm, self.dice, self.source = almanac, firm, dice, source

    def hour(self, day: int) -> int:
        """A second in the office hours of a day."""
        return day * DAY + 32_400 + int(self.dice.unit() * 28_000)

    def says(self, feed: str, rid: str, day: int, payload: dict[str, Any], **more: Any) -> Statement:
        """A first statement about something that is so from ``day`` on; ``rid`` is unique within firm and feed."""
        at = more.pop("at", None)
        return Statement(
            source=self.source, feed=feed, record_id=f"{feed}|{rid}|{self.firm.uscc}", firm=self.firm,
            at=self.hour(day + self.dice.between(0, 1)) if at is None else at,
            payload=payload, **{"occurred": day, "valid_from": day, **more},
        )  # fmt: skip

    def amends(self, said: Statement, day: int, op: str = "amend", **changes: Any) -> Statement:
        """The same statement anew, with other particulars, told on ``day``."""
        return Statement(
            source=said.source, feed=said.feed, record_id=said.record_id, firm=said.firm, at=self.hour(day),
            occurred=said.occurred, payload={**said.payload, **changes}, version=said.version + 1, op=op,
            role=said.role, valid_from=said.valid_from, valid_to=day if op == "close" else said.valid_to,
            doc_no=said.doc_no,
        )  # fmt: skip

    def ends(self, said: Statement, day: int, **changes: Any) -> Statement:
        """What was said is over from ``day`` on."""
        return self.amends(said, day, "close", **changes)

    def iso(self, day: int) -> str:
        """ISO date of a day number."""
        return self.almanac.iso(day)
