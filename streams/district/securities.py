"""Security over movables (F11) and the firm's own equity: pledged (F13) or frozen (F14)."""

from typing import Final

from streams.district.codes import person_id
from streams.district.desk import Desk
from streams.district.dice import Dice
from streams.district.firm import Firm
from streams.district.statement import JURISDICTION, Almanac, Statement, money
from streams.district.vocabulary import COURTS, LENDERS, LOCAL_COURT

_TYPES: Final = ("movable_mortgage", "receivable_pledge", "financial_lease", "factoring")


class Registers(Desk):
    """The national registers of security interests, about one firm."""

    __slots__ = ("holder",)

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice, seed: int) -> None:
        super().__init__(almanac, firm, dice, "movables")
        self.holder = f"ent:{JURISDICTION}:person-{person_id(seed, firm.index)}"

    def _number(self, day: int, slot: int) -> str:
        return f"{self.almanac.day(day).year}{self.firm.index:08d}{slot:02d}"

    def charge(self, day: int, slot: int, amount: float, kind: str | None = None) -> Statement:
        """F11 动产和权利担保; ``slot`` tells apart the registrations of one firm."""
        number = self._number(day, slot)
        payload = {
            "reg_no": number,
            "security_type": kind or self.dice.pick(_TYPES),
            "secured_party": [LENDERS[(max(self.firm.lender, 0) + slot) % len(LENDERS)].name],
            "grantor": [self.firm.name],
            "secured_amount": money(round(amount, -3) or 1_000),
            "reg_on": self.iso(day),
            "term_end": self.iso(day + 1_095),
            "status": "active",
        }
        return self.says("F11", number, day, payload, doc_no=number)

    def discharged(self, charge: Statement, day: int) -> Statement:
        """The debt is paid and the registration cancelled."""
        return self.ends(
            charge, day, cancelled_on=self.iso(day), cancel_reason="主债权消灭", status="cancelled"
        )

    def pledge(self, day: int, slot: int, ratio: float) -> Statement:
        """F13 股权出质 of a share of the firm's equity."""
        number = f"3306040{self._number(day, slot)}"
        payload = {
            "reg_no": number,
            "pledgor": self.firm.person,
            "pledgee": LENDERS[max(self.firm.lender, 0)].name,
            "target": self.firm.entity,
            "equity_amount": money(round(self.firm.subscribed * ratio, 2)),
            "pledged_ratio": round(ratio, 4),
            "reg_on": self.iso(day),
            "published_on": self.iso(day),
            "state": "valid",
        }
        return self.says("F13", number, day, payload, role="target", doc_no=number)

    def redeemed(self, pledge: Statement, day: int) -> Statement:
        """The pledge is cancelled."""
        return self.ends(
            pledge, day, cancelled_on=self.iso(day), cancel_reason="主债权消灭", state="cancelled"
        )

    def freeze(self, day: int, slot: int, ratio: float) -> Statement:
        """F14 股权冻结: shares of the holder are frozen, for three years at most."""
        court = LOCAL_COURT if slot % 2 else COURTS[1]
        number = f"({self.almanac.day(day).year}){court.code}执保{1 + self.firm.index % 900 * 4 + slot}号"
        payload = {
            "notice_no": number + "协助公示通知书",
            "order_no": number,
            "executed_person": self.holder,
            "holder_type": 2,
            "target": self.firm.entity,
            "amount": money(round(self.firm.subscribed * ratio, 2)),
            "ratio": round(ratio, 4),
            "court": court.name,
            "matter": "freeze",
            "from": self.iso(day),
            "to": self.iso(day + 1_095 - 1),
            "published_on": self.iso(day),
        }
        return self.says("F14", number, day, payload, role="target", doc_no=number)

    def released(self, freeze: Statement, day: int) -> Statement:
        """The freeze is lifted (解除冻结)."""
        return self.amends(freeze, day, matter="release", published_on=self.iso(day))
