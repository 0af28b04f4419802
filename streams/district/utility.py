"""Electricity and water: bills (F15), late payment, dunning, cut-off."""

from typing import Any, Final, Literal

from streams.district.dice import DAY, Dice
from streams.district.fate import Fate
from streams.district.firm import BILL, Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import POWER_PROVIDER, WATER_PROVIDER

Utility = Literal["electricity", "water"]

_SEASON: Final = (0.92, 0.78, 0.95, 0.98, 1.0, 1.06, 1.2, 1.18, 1.04, 0.98, 1.0, 1.02)
"""Consumption by month of the reading: Spring Festival low, summer cooling high."""
_PRICE: Final = {"electricity": 0.72, "water": 5.35}
"""Yuan per kWh and per cubic metre."""
_LATE_NOISE: Final = 0.012
"""Share of a healthy firm's bills that are simply forgotten."""
DUNNING_AFTER, NOTICE_AFTER, CUT_AFTER = 12, 38, 48
"""Days overdue. Supply may be stopped after 30 days and dunning (电力供应与使用条例 art. 39)."""


class Bill:
    """One bill and everything that follows from it; ``issued`` is the second at which the company reports it."""

    __slots__ = (
        "_common",
        "almanac",
        "amount",
        "dice",
        "due",
        "fate",
        "firm",
        "issued",
        "paid",
        "period",
        "rid",
    )

    def __init__(
        self, seed: int, almanac: Almanac, firm: Firm, fate: Fate | None, utility: Utility, issued: int
    ) -> None:
        day = issued // DAY
        date = almanac.day(day)
        month = date.month - 1 or 12
        year = date.year - (date.month == 1)
        self.almanac, self.firm, self.fate, self.issued = almanac, firm, fate, issued
        self.period = f"{year}-{month:02d}"
        self.dice = Dice(seed, BILL, firm.index, (year * 12 + month) * 2 + (utility == "water"))
        power = utility == "electricity"
        provider, account = (POWER_PROVIDER, firm.power_no) if power else (WATER_PROVIDER, firm.water_no)
        self.rid = f"{provider}|{account}|{self.period}|"
        self._common = {
            "utility": utility,
            "provider_id": provider,
            "account_no": account,
            "account_class": "industrial" if firm.industry[0] == "C" else "commercial",
        }
        mean = (firm.mean_power if power else firm.mean_water) * (1.0 if firm.monthly else 2.0)
        self.amount = mean * _SEASON[month - 1] * self.dice.span(0.82, 1.18) * self._output(day)
        self.due = day + 15 if firm.counter else day - 1
        self.paid = self._paid_on(day, power)

    def _output(self, day: int) -> float:
        """A failing firm works less, down to a third."""
        if self.fate is None or not self.fate.ailing(day):
            return 1.0
        return max(0.35, 1.0 - self.fate.stage(day) / 260)

    def _paid_on(self, day: int, power: bool) -> int | None:
        dice, due = self.dice, self.due
        if self.fate is not None and self.fate.ailing(due):
            return self._ailing_paid_on(self.fate, power)
        if dice.chance(_LATE_NOISE):
            return due + dice.between(11, 27)
        return day + dice.between(2, 13) if self.firm.counter else due

    def _ailing_paid_on(self, fate: Fate, power: bool) -> int | None:
        """First late, then not at all; some keep the electricity on by paying a month or two late."""
        due, cured = self.due, fate.cured_on
        settled = None if cured is None else max(cured, due) + self.dice.between(0, 3)
        if fate.stage(due) < 40:
            late: int | None = due + self.dice.between(9, 28)
        elif power and fate.severity < 0.35:
            late = due + self.dice.between(35, 75)
        else:
            late = None
        return min((day for day in (late, settled) if day is not None), default=None)

    def story(self) -> list[Statement]:
        """Every record that comes of the bill, in order of capture."""
        day = self.issued // DAY
        if self.paid is not None and self.paid <= day:
            return [self._bill(self.issued, paid=True)]
        told = [self._bill(self.issued, paid=False)]
        if self.paid is None or self.paid > self.due + DUNNING_AFTER:
            told += self._chased()
        if self.paid is not None:
            told.append(self._bill(self._office_hour(max(self.paid, day + 1)), paid=True, version=2))
        told.sort(key=lambda statement: statement.at)
        return told

    def _chased(self) -> list[Statement]:
        """Dunning letter, then notice of cut-off, cut-off and restoration (electricity only)."""
        told = [self._notice("dunning", self.due + DUNNING_AFTER)]
        if self._common["utility"] == "electricity" and self.dice.chance(0.5):
            if self.paid is None or self.paid > self.due + NOTICE_AFTER:
                told.append(self._notice("cutoff_notice", self.due + NOTICE_AFTER))
            if self.paid is None or self.paid > self.due + CUT_AFTER:
                told.append(self._notice("cutoff", self.due + CUT_AFTER))
                if self.paid is not None:
                    told.append(self._notice("restore", self.paid + 1))
        return told

    def _office_hour(self, day: int) -> int:
        return day * DAY + 32_400 + int(self.dice.unit() * 28_800)

    def _bill(self, at: int, *, paid: bool, version: int = 1) -> Statement:
        iso = self.almanac.iso
        payload: dict[str, Any] = {
            **self._common,
            "event": "bill",
            "period": self.period,
            "quantity": f"{self.amount / _PRICE[self._common['utility']]:.0f}",
            "amount_due": money(self.amount),
            "due_on": iso(self.due),
        }
        if paid and self.paid is not None:
            overdue = max(0, self.paid - self.due)
            penalty = round(self.amount * 0.001 * overdue, 2)
            payload["amount_paid"] = money(round(self.amount, 2) + penalty)
            payload["paid_on"] = iso(self.paid)
            if overdue:
                payload["penalty"] = money(penalty)
        return Statement(
            source="utility",
            feed="F15",
            record_id=self.rid + "bill",
            firm=self.firm,
            at=at,
            occurred=self.issued // DAY,
            payload=payload,
            version=version,
            op="amend" if version > 1 else "assert",
        )

    def _notice(self, event: str, day: int) -> Statement:
        iso = self.almanac.iso(day)
        payload: dict[str, Any] = {
            **self._common,
            "event": event,
            "period": self.period,
            "notice_no": f"CJ{iso[2:4]}{iso[5:7]}{self._common['account_no'][-8:]}",
            "notice_on": iso,
            "amount_due": money(self.amount),
            "reason": "arrears",
        }
        if event == "cutoff":
            payload["cutoff_on"] = iso
        return Statement(
            source="utility",
            feed="F15",
            record_id=self.rid + event,
            firm=self.firm,
            at=self._office_hour(day),
            occurred=day,
            payload=payload,
        )
