"""The traces distress leaves beside suits and seizures: at the offices for tax and labour, and in the registers.

Nothing here draws from the dice of the suits, so that those stay as they are.
"""

from typing import Final

from streams.district.dice import Dice
from streams.district.execution import Bench, Notary
from streams.district.fate import Fate
from streams.district.filings import Filings
from streams.district.firm import ENDING, Firm
from streams.district.market import Register
from streams.district.payroll import Wages, Workers
from streams.district.securities import Registers
from streams.district.setting import Setting
from streams.district.statement import Statement
from streams.district.utility import closed

_TERMINATED_AFTER: Final = 100
"""Days from enforcement to its termination for want of property; the rules ask for more than three months."""
_AUCTIONED_AFTER: Final = 60
Told = list[Statement]


class Aftermath:
    """One firm's distress as all the others see it."""

    def __init__(self, setting: Setting, firm: Firm, fate: Fate) -> None:
        self.setting, self.firm, self.fate = setting, firm, fate
        self.dice = dice = Dice(setting.seed, ENDING, firm.index, 1)
        almanac, seed = setting.almanac, setting.seed
        self.bench = Bench(almanac, firm, dice, seed)
        self.filings, self.register = Filings(almanac, firm, dice), Register(almanac, firm, dice, seed)
        self.registers, self.workers = Registers(almanac, firm, dice, seed), Workers(almanac, firm, dice)
        self.end = setting.days * 9 if fate.healed_on is None else fate.healed_on

    def told(self, enforced: list[Statement]) -> Told:
        """Everything but the suits; ``enforced`` are the enforcement cases (F04) that came of those."""
        told = self._pledged() + self._people() + self._returns()
        for ordinal, listed in enumerate(enforced):
            told += self._enforcement(listed, ordinal)
        told += self._notarised() if not self.firm.units else []
        if self.fate.default_on is not None:
            told += self._fallen(self.fate.default_on)
        return told

    def _over(self, said: Statement, after: int, **changes: object) -> Told:
        """The end of what was said, if the firm recovers."""
        if self.fate.healed_on is None or said.occurred >= self.end:
            return []
        return [self.bench.ends(said, self.end + after, **changes)]

    def _pledged(self) -> Told:
        """What is left is given away as security: machines, receivables, then the shares."""
        dice, registers, told = self.dice, self.registers, Told()
        for slot in range(1 + int(self.fate.severity * 4)):
            day = self.fate.day(20 + 14 * slot)
            kind = "floating_charge" if slot == 3 else None
            charge = registers.charge(day, 10 + slot, self.firm.paid * dice.span(0.1, 0.5), kind)
            told += [charge, *self._discharged(charge)]
        if self.fate.severity > 0.35:
            pledge = registers.pledge(self.fate.day(66), 5, dice.span(0.35, 0.95))
            told.append(pledge)
            if self.fate.healed_on is not None:
                told.append(registers.redeemed(pledge, max(self.end, pledge.occurred) + 15))
        return told

    def _discharged(self, charge: Statement) -> Told:
        if self.fate.healed_on is None:
            return []
        return [self.registers.discharged(charge, max(self.end, charge.occurred) + 10)]

    def _people(self) -> Told:
        """Workers sue and complain before anybody else does."""
        dice, fate = self.dice, self.fate
        if fate.severity < 0.3:
            return []
        first = fate.day(80)
        count = 3 + int(fate.severity * 6)
        told = self.workers.suits(first, max(min(self.end, fate.day(170)), first), count)
        wages = Wages(self.setting.almanac, self.firm, dice, fate.day(74))
        steps = [("complaint", 74), ("order_to_pay", 92), ("order_expired", 110)]
        if fate.severity > 0.8:
            steps.append(("joint_discipline_listed", 150))
        told += [wages.told(event, fate.day(stage)) for event, stage in steps if fate.day(stage) < self.end]
        if fate.healed_on is not None:
            late = (
                185 if fate.severity > 0.8 else 4
            )  # off the list half a year after correction at the earliest
            told.append(wages.told("removed", self.end + late))
        return told

    def _returns(self) -> Told:
        """Returns come late, then not at all: three missed in a row make a 非正常户."""
        fate, filings = self.fate, self.filings
        if fate.severity < 0.4:
            return []
        month = self.setting.almanac.month_of(fate.day(120))
        missed = [filings.missed(month + step) for step in range(4 if fate.path == "default" else 2)]
        missed = [one for one in missed if one.occurred < self.end]
        told = list(missed)
        if len(missed) >= 3:
            listed = filings.abnormal(missed[2].occurred + 5)
            told += [listed, *self._over(listed, 25, released_on=filings.iso(self.end + 25))]
        for one in missed:
            told += self._over(one, 20, released_on=filings.iso(self.end + 20))
        return told

    def _enforcement(self, listed: Statement, ordinal: int) -> Told:
        """Restriction, auction and termination in the case the debtor was listed in."""
        day, said, bench = listed.occurred, listed.payload, self.bench
        told: Told = []
        if ordinal == 0 and day + 18 < self.end:
            for person in (False, True):
                order = bench.restriction(said["case_no"], said["exec_court"], day, day + 18, person=person)
                told += [order, *self._over(order, 2, lifted_on=bench.iso(self.end + 2))]
            told += self._frozen(day + 8)
        if ordinal == 0 and day + _AUCTIONED_AFTER < self.end:
            told += self._auction(said["case_no"], day + _AUCTIONED_AFTER)
        ended = day + _TERMINATED_AFTER + self.dice.between(0, 30)
        if ordinal <= 1 and ended < self.end and self.fate.severity > 0.2:
            paper = bench.terminated(listed, ended)
            told += [paper, *self._over(paper, 1, resumed_on=bench.iso(self.end))]
        return told

    def _frozen(self, day: int) -> Told:
        """The owner's shares are frozen with everything else."""
        if self.fate.severity < 0.5:
            return []
        freeze = self.registers.freeze(day, 2, self.dice.span(0.25, 0.9))
        return (
            [freeze]
            if self.fate.healed_on is None
            else [freeze, self.registers.released(freeze, self.end + 4)]
        )

    def _auction(self, number: str, announced: int) -> Told:
        """The first unit, or a lorry, is sold by the court: a round may fail, payment stops it."""
        dice, bench = self.dice, self.bench
        asset, value = (
            ("vehicle", f"浙D{self.firm.index % 90_000 + 10_000}"),
            self.firm.paid * dice.span(0.02, 0.2),
        )
        if self.firm.units:
            asset, value = ("real_estate", self.firm.units[0][0]), float(self.firm.units[0][1])
        first = bench.auction(number, asset, value, announced, "1")
        if announced + 30 >= self.end:
            return [first, bench.held(first, "withdrawn")]
        if dice.chance(0.4):
            return [first, bench.held(first, "sold")]
        told = [first, bench.held(first, "failed")]
        second = bench.auction(number, asset, value, announced + 45, "2")
        status = "withdrawn" if announced + 60 >= self.end else "sold"
        return [*told, second, bench.held(second, status)]

    def _notarised(self) -> Told:
        """The bank of a firm without real estate holds a notarised claim, and has it enforced."""
        day = self.fate.day(88)
        if self.firm.lender < 0 or day >= self.end:
            return []
        notary = Notary(self.setting.almanac, self.firm, self.dice)
        paper = notary.certificate(day, self.firm.paid * 0.3)
        return [paper] if self.fate.healed_on is None else [paper, notary.withdrawn(paper, self.end + 6)]

    def _fallen(self, day: int) -> Told:
        """After default: insolvency, flight, revocation; or a plan that carries."""
        fate, register, bench = self.fate, self.register, self.bench
        told: Told = []
        if fate.severity > 0.45:
            told += self._flight(fate.day(112))
        if fate.severity > 0.4:
            told.append(bench.insolvency(0, "application", day - 15, day - 15))
            told.append(bench.insolvency(1, "accepted", day + 15, day + 15, accepted_on=bench.iso(day + 15)))
            if fate.restored_on is not None:
                told.append(bench.insolvency(0, "dismissed", day - 15, day + 14))
                told.append(bench.insolvency(1, "terminated", day + 15, fate.restored_on))
        if fate.gone_on is not None:
            gone = fate.gone_on
            told += closed(self.setting.almanac, self.firm, self.dice, gone)
            told.append(register.abnormal(gone + 20, 4))
            if fate.severity > 0.5:
                told.append(register.status(gone + 190, "licence_revoked"))
        return told

    def _flight(self, day: int) -> Told:
        """The owner puts somebody else in his place and moves the seat."""
        head = self.register.new_head(day)
        leads = self.register.leads(self.register.hour(day + 1), day, successor=1)
        return [head, leads, self.register.new_address(day + self.dice.between(5, 40))]
