"""The tax office on returns that were not filed (F17) and on major violations (F18)."""

from streams.district.desk import Desk
from streams.district.dice import Dice
from streams.district.firm import Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import CITY_TAX_OFFICE, TAX_OFFICE

_DUE_ON: int = 18
"""Day of the month after by which a return has to be filed, weekends and holidays counted in."""


class Filings(Desk):
    """Returns of one firm that did not come."""

    __slots__ = ()

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice) -> None:
        super().__init__(almanac, firm, dice, "taxpayer")

    def missed(self, month: int) -> Statement:
        """F17: no return for a month (counted from year 0) by the end of its term."""
        period = f"{month // 12}-{month % 12 + 1:02d}"
        payload = {
            "taxpayer_id": self.firm.uscc,
            "event": "missed_filing",
            "period": period,
            "authority": TAX_OFFICE,
        }
        return self.says("F17", period, self.almanac.month_start(month + 1) + _DUE_ON, payload)

    def filed(self, missed: Statement, day: int) -> Statement:
        """The return is filed later."""
        return self.ends(missed, day, released_on=self.iso(day))

    def abnormal(self, day: int) -> Statement:
        """F17 非正常户: nothing was filed for three months in a row."""
        payload = {
            "taxpayer_id": self.firm.uscc,
            "event": "listed",
            "listed_on": self.iso(day),
            "reason": "连续三个月所有税种均未进行纳税申报",
            "authority": TAX_OFFICE,
        }
        return self.says("F17", f"非正常户|{self.iso(day)}", day, payload)

    def released(self, listed: Statement, day: int) -> Statement:
        """The fine is paid and the returns are filed: released by itself."""
        return self.ends(listed, day, released_on=self.iso(day))

    def violation(self, day: int) -> Statement:
        """F18 重大税收违法失信主体, published."""
        year = self.almanac.day(day).year
        number = f"绍税稽罚〔{year}〕{1 + self.firm.index % 900}号"
        payload = {
            "decision_no": number,
            "category_code": self.dice.pick((1, 2, 5, 6, 7)),
            "taxpayer_id": self.firm.uscc,
            "facts": "采取偷税手段，不缴或者少缴应纳税款",
            "amount": money(self.dice.span(1_000_000, 6_000_000)),
            "authority": CITY_TAX_OFFICE,
            "published_on": self.iso(day),
        }
        return self.says("F18", number, day, payload, doc_no=number)

    def unpublished(self, violation: Statement, day: int) -> Statement:
        """Publication ends, early for those who paid everything."""
        return self.ends(violation, day, ceased_on=self.iso(day))
