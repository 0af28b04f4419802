"""Notices of tax arrears (欠税公告, F16): quarterly, by the 15th of the month after the quarter."""

from typing import Final

from streams.district.dice import DAY, Dice
from streams.district.firm import Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import CITY_TAX_OFFICE, TAX_OFFICE, TAX_TYPES

CITY_THRESHOLD: Final = 2_000_000
"""Balances from here on are announced by the city office (欠税公告办法 art. 6)."""
PUBLISHED_ON_DAY: Final = 15


def notice_days(almanac: Almanac, first: int, last: int) -> list[tuple[int, str]]:
    """(day of publication, quarter announced) for every notice published in [first, last]."""
    found = []
    year = almanac.day(first).year - 1
    while year <= almanac.day(last).year:
        for quarter in (1, 2, 3, 4):
            ended = year + (quarter == 4)
            month = 1 if quarter == 4 else quarter * 3 + 1
            day = almanac.number(almanac.start.replace(year=ended, month=month, day=PUBLISHED_ON_DAY))
            if first <= day <= last:
                found.append((day, f"{year}Q{quarter}"))
        year += 1
    return found


class Arrears:
    """One firm's arrears of one tax at one office, announced again each quarter until they are paid."""

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice, balance: float, growth: float) -> None:
        """``balance`` in yuan at the first notice; each later one is ``growth`` times the one before."""
        self.almanac, self.firm, self.dice = almanac, firm, dice
        self.balance, self.growth = balance, growth
        self.tax_type = dice.pick(TAX_TYPES[:2])
        # the office stays the same although the balance grows: one debt, one series of notices
        self.authority = CITY_TAX_OFFICE if balance >= CITY_THRESHOLD else TAX_OFFICE

    def announced(self, first: int, paid_on: int | None, horizon: int) -> list[Statement]:
        """Notices from day ``first`` until payment; the last one is closed when the tax is paid."""
        until = horizon if paid_on is None else paid_on - 1
        told: list[Statement] = []
        balance, before = self.balance, 0.0
        for day, quarter in notice_days(self.almanac, first, until) if until >= first else []:
            told.append(self._notice(day, quarter, balance, balance - before))
            balance, before = balance * self.growth, balance
        if told and paid_on is not None:
            told.append(self.settled(told[-1], paid_on))
        return told

    def _notice(self, day: int, quarter: str, balance: float, new: float) -> Statement:
        return Statement(
            source="tax",
            feed="F16",
            record_id=f"{self.firm.uscc}|{self.tax_type}|{quarter}|{self.authority}",
            firm=self.firm,
            at=day * DAY + 32_400 + int(self.dice.unit() * 21_600),
            occurred=day,
            payload={
                "taxpayer_id": self.firm.uscc,
                "tax_type": self.tax_type,
                "notice_period": quarter,
                "authority": self.authority,
                "balance": money(balance),
                "newly_arisen": money(max(new, 0.0)),
                "published_on": self.almanac.iso(day),
            },
            valid_from=day,
            doc_no=f"{self.authority}{quarter[:4]}年第{quarter[-1]}季度欠税公告",
        )

    def settled(self, notice: Statement, paid_on: int) -> Statement:
        """The notice closed by payment."""
        return Statement(
            source="tax",
            feed="F16",
            record_id=notice.record_id,
            firm=self.firm,
            at=paid_on * DAY + 36_000 + int(self.dice.unit() * 18_000),
            occurred=notice.occurred,
            payload={**notice.payload, "paid_on": self.almanac.iso(paid_on)},
            version=2,
            op="close",
            valid_from=notice.occurred,
            valid_to=paid_on,
            doc_no=notice.doc_no,
        )
