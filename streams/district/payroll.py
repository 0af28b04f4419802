"""Labour: social insurance (F19), wages (F20), and suits of workers (F01)."""

from typing import Final

from streams.district.codes import case_no
from streams.district.course import Course
from streams.district.desk import Desk
from streams.district.dice import DAY, Dice
from streams.district.firm import PAYROLL, Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import LABOUR_CAUSES, LABOUR_OFFICE, LOCAL_COURT, SURNAMES

_DUE: Final = 1_180.0
"""Yuan of pension contributions per person and month, employer and employee together."""
_UNPAID_FROM: Final = 50
"""Stage of distress from which contributions stay unpaid."""
_HONEST: Final = 0.25
"""Below this severity a firm in distress still pays for its people."""
_SUITS_FROM: Final = 21_000
"""Numbers of labour cases: apart from those of the commercial division."""


def insured(seed: int, almanac: Almanac, firm: Firm, course: Course, at: int) -> Statement:
    """The month's pension insurance of a firm: how many are insured, what is due, paid and owed."""
    day = at // DAY
    month = almanac.month_of(day) - 1
    middle = almanac.month_start(month) + 15
    drift = Dice(seed, PAYROLL, firm.index, month // 3).span(0.98, 1.03)
    count = round(firm.headcount * drift * course.staff(middle))
    if count == 0 and course.staff(middle) > 0:
        count = 1
    months = _unpaid(almanac, course, month)
    due = firm.headcount * _DUE
    payload = {
        "insurance": "pension",
        "period": f"{month // 12}-{month % 12 + 1:02d}",
        "insured_count": count,
        "due": money(due),
        "paid": money(0.0 if months else due),
        "owed": money(due * months),
        "status": "insured" if count else "suspended",
    }
    return Statement(
        source="labour", feed="F19", record_id=f"{firm.uscc}|pension|{payload['period']}", firm=firm, at=at,
        occurred=day, payload=payload,
    )  # fmt: skip


def _unpaid(almanac: Almanac, course: Course, month: int) -> int:
    """Months up to this one for which nothing was paid."""
    fate = course.fate
    end = almanac.month_start(month + 1) - 1
    if fate is None or fate.path == "strained" or fate.severity < _HONEST or not fate.ailing(end):
        return 0
    return max(0, month - almanac.month_of(fate.day(_UNPAID_FROM)) + 1)


class Wages(Desk):
    """A case of unpaid wages at the labour office (F20), event by event."""

    __slots__ = ("amount", "number", "workers")

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice, opened: int) -> None:
        """``opened``: the day of the first complaint."""
        super().__init__(almanac, firm, dice, "labour")
        date = almanac.day(opened)
        self.number = f"虞人社监〔{date.year}〕{10_000 + (firm.index * 7 + date.month) % 80_000}号"
        self.workers = max(5, round(firm.headcount * dice.span(0.2, 0.6)))
        self.amount = self.workers * dice.span(8_000, 30_000)

    def told(self, event: str, day: int) -> Statement:
        """One event of the case; ``removed`` ends it."""
        payload = {
            "decision_no": self.number,
            "event": event,
            "event_on": self.iso(day),
            "workers": self.workers,
            "amount": money(self.amount),
            "authority": LABOUR_OFFICE,
        }
        if event == "removed":
            payload["removed_on"] = self.iso(day)
        return self.says("F20", f"{self.number}|{event}", day, payload, doc_no=self.number)


class Workers(Desk):
    """Suits of workers against the firm, filed at the court."""

    __slots__ = ()

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice) -> None:
        super().__init__(almanac, firm, dice, "court")

    def suits(self, first: int, last: int, count: int) -> list[Statement]:
        """``count`` suits filed on and after day ``first``, within a month, and their ends up to day ``last``."""
        told: list[Statement] = []
        for ordinal in range(count):
            filed = first + ordinal * 20 // max(count, 1)
            suit = self._suit(filed, ordinal)
            ended = min(filed + self.dice.between(40, 70), max(last, filed + 10))
            end = self.ends(suit, ended, status="closed", closed_on=self.iso(ended))
            told += [suit, end]
        return told

    def _suit(self, filed: int, ordinal: int) -> Statement:
        year = self.almanac.day(filed).year
        number = case_no(year, LOCAL_COURT.code, "民初", _SUITS_FROM + self.firm.index % 1_000 * 16 + ordinal)
        worker = self.dice.pick(SURNAMES) + "某" * (1 + ordinal % 2)
        payload = {
            "case_no": number,
            "court_name": LOCAL_COURT.name,
            "court_code": LOCAL_COURT.code,
            "filed_on": self.iso(filed),
            "case_type": "civil",
            "cause": self.dice.pick(LABOUR_CAUSES),
            "role": "defendant",
            "parties": [
                {"name": worker, "role": "plaintiff", "kind": "person"},
                {"name": self.firm.name, "role": "defendant", "kind": "org"},
            ],
            "claim_amount": money(self.dice.span(6_000, 60_000)),
            "status": "filed",
        }
        rid = f"{number}|{self.firm.uscc}|defendant"
        return Statement(
            source="court", feed="F01", record_id=rid, firm=self.firm, at=self.hour(filed + 1), occurred=filed,
            payload=payload, role="defendant", valid_from=filed, doc_no=number,
        )  # fmt: skip
