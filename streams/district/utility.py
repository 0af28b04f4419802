"""Electricity, water and gas: meter readings and bills (F15), late payment, dunning, cut-off, the end of a supply."""

from typing import Any, Final, Literal

from streams.district.climate import climate
from streams.district.course import Course
from streams.district.dice import DAY, Dice
from streams.district.fate import Fate
from streams.district.firm import BILL, READING, Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import GAS_PROVIDER, POWER_PROVIDER, WATER_PROVIDER

Utility = Literal["electricity", "water", "gas"]

_UTILITIES: Final[tuple[Utility, ...]] = ("electricity", "water", "gas")
_ORDER: Final = {"electricity": 0, "water": 1, "gas": 2}
_PRICE: Final = {"electricity": 0.72, "water": 5.35, "gas": 3.6}
"""Yuan per kWh and per cubic metre."""
_LEAST: Final = 12.0
"""Yuan a month for the account itself."""
_LATE_NOISE: Final = 0.012
"""Share of a healthy firm's bills that are simply forgotten."""
DUNNING_AFTER, NOTICE_AFTER, CUT_AFTER = 12, 38, 48
"""Days overdue. Supply may be stopped after 30 days and dunning (电力供应与使用条例 art. 39)."""


def account_of(firm: Firm, utility: Utility) -> tuple[str, str, float]:
    """Provider, account number and mean monthly bill in yuan."""
    if utility == "electricity":
        return POWER_PROVIDER, firm.power_no, firm.mean_power
    if utility == "water":
        return WATER_PROVIDER, firm.water_no, firm.mean_water
    return GAS_PROVIDER, firm.gas_no, firm.mean_gas


def used(seed: int, almanac: Almanac, firm: Firm, course: Course, utility: Utility, month: int) -> int:
    """kWh or cubic metres of a month (counted from year 0), as the meter shows them."""
    year, number = divmod(month, 12)
    middle = almanac.month_start(month) + 15
    noise = Dice(seed, READING, firm.index, month * 3 + _ORDER[utility]).span(0.9, 1.1)
    usual = account_of(firm, utility)[2] / _PRICE[utility]
    return round(usual * climate(seed, firm.industry, year, number + 1) * noise * course.output(middle))


def _common(firm: Firm, utility: Utility) -> dict[str, Any]:
    provider, account, _ = account_of(firm, utility)
    return {
        "utility": utility,
        "provider_id": provider,
        "account_no": account,
        "account_class": "industrial" if firm.industry[0] == "C" else "commercial",
    }


def reading(seed: int, almanac: Almanac, firm: Firm, course: Course, at: int) -> Statement:
    """The month's reading of the electricity meter, told at second ``at`` of the month after."""
    day = at // DAY
    month = almanac.month_of(day) - 1
    period = f"{month // 12}-{month % 12 + 1:02d}"
    payload = _common(firm, "electricity")
    payload["event"] = "reading"
    payload["period"] = period
    payload["quantity"] = str(used(seed, almanac, firm, course, "electricity", month))
    return Statement(
        source="utility", feed="F15", record_id=f"{POWER_PROVIDER}|{firm.power_no}|{period}|reading", firm=firm,
        at=at, occurred=day, payload=payload,
    )  # fmt: skip


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
        "quantity",
        "rid",
    )

    def __init__(
        self, seed: int, almanac: Almanac, firm: Firm, course: Course, utility: Utility, issued: int
    ) -> None:
        day = issued // DAY
        month = almanac.month_of(day) - 1
        self.almanac, self.firm, self.fate, self.issued = almanac, firm, course.fate, issued
        self.period = f"{month // 12}-{month % 12 + 1:02d}"
        self.dice = Dice(seed, BILL, firm.index, (month + 1) * 3 + _ORDER[utility])
        self._common = _common(firm, utility)
        self.rid = f"{self._common['provider_id']}|{self._common['account_no']}|{self.period}|"
        months = (month,) if firm.monthly else (month - 1, month)
        self.quantity = sum(used(seed, almanac, firm, course, utility, one) for one in months)
        self.amount = max(self.quantity * _PRICE[utility], _LEAST * len(months))
        self.due = day + 15 if firm.counter else day - 1
        self.paid = self._paid_on(day, utility == "electricity")

    def _paid_on(self, day: int, power: bool) -> int | None:
        dice, due = self.dice, self.due
        if self.fate is not None and self.fate.ailing(due):
            return self._ailing_paid_on(self.fate, power)
        if dice.chance(_LATE_NOISE):
            return due + dice.between(11, 27)
        return day + dice.between(2, 13) if self.firm.counter else due

    def _ailing_paid_on(self, fate: Fate, power: bool) -> int | None:
        """First late, then not at all; some keep the electricity on by paying a month or two late."""
        due, healed = self.due, fate.healed_on
        settled = None if healed is None else max(healed, due) + self.dice.between(0, 3)
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
            "quantity": str(self.quantity),
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


def caught(almanac: Almanac, firm: Firm, dice: Dice, day: int) -> Statement:
    """The power company finds that supply was taken in breach of the contract (窃电、违约用电)."""
    amount = firm.mean_power * dice.span(0.2, 1.5)
    payload = {
        **_common(firm, "electricity"),
        "event": "theft_or_breach",
        "doc": f"WY-{almanac.iso(day)}",
        "notice_on": almanac.iso(day),
        "amount_due": money(amount),
        "penalty": money(amount * 3),
    }
    return Statement(
        source="utility", feed="F15", record_id=f"{POWER_PROVIDER}|{firm.power_no}|WY|{almanac.iso(day)}", firm=firm,
        at=day * DAY + 36_000 + dice.between(0, 20_000), occurred=day, payload=payload,
    )  # fmt: skip


def closed(almanac: Almanac, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    """The accounts of a firm that is gone are given up (销户)."""
    told = []
    for utility in _UTILITIES:
        common = _common(firm, utility)
        if common["account_no"]:
            told.append(
                _given_up(common, firm, almanac.iso(day), day * DAY + 36_000 + dice.between(0, 20_000))
            )
    return told


def _given_up(common: dict[str, Any], firm: Firm, on: str, at: int) -> Statement:
    rid = f"{common['provider_id']}|{common['account_no']}|close"
    payload = {**common, "event": "close_account", "notice_on": on}
    return Statement(
        source="utility", feed="F15", record_id=rid, firm=firm, occurred=at // DAY, at=at, payload=payload
    )
