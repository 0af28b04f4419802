"""The course of distress as the departments see it: tax, debt, suits, enforcement, seizures, the list."""

from streams.district.aftermath import Aftermath
from streams.district.dice import Dice
from streams.district.execution import Bench
from streams.district.fate import Fate
from streams.district.firm import Firm
from streams.district.judicial import Case
from streams.district.property import Estate
from streams.district.setting import Setting
from streams.district.statement import Statement
from streams.district.tax import Arrears
from streams.district.vocabulary import LENDERS

_LISTED_THOUGH_CURED = 0.6
"""Severity from which a firm that pays in the end was on the list of dishonest debtors before."""


class Distress:
    """One firm's distress. Stages are days after its onset at pace 1; see :class:`streams.district.fate.Fate`.

    Utility bills are told by :mod:`streams.district.utility`, loans and contributions by :mod:`streams.district.loans`
    and :mod:`streams.district.payroll`, which ask the same fate; the rest by :mod:`streams.district.aftermath`.
    """

    def __init__(self, setting: Setting, firm: Firm, fate: Fate, dice: Dice) -> None:
        self.setting, self.firm, self.fate, self.dice = setting, firm, fate, dice
        self.estate = Estate(setting.almanac, firm, dice)
        self.end = setting.days * 9 if fate.healed_on is None else fate.healed_on
        self.queue = [0] * len(firm.units)
        self.seizures: list[Statement] = []
        self.enforced: list[Statement] = []
        self.after = Aftermath(setting, firm, fate)
        self.bench: Bench = self.after.bench

    def told(self) -> list[Statement]:
        """Everything said about it, in no order. A strained firm is only late with its tax."""
        told = self._taxes()
        if self.fate.path == "strained":
            return told
        if self.firm.units and self.dice.chance(0.5):
            borrowed = self.fate.day(self.dice.between(10, 50))
            told.append(self.estate.mortgage(len(self.firm.units) - 1, borrowed, 4, ratio=0.75))
            if self.fate.healed_on is not None:
                told.append(self.estate.cancelled(told[-1], max(self.fate.healed_on, borrowed) + 20))
        for ordinal in range(1 + int(self.fate.severity * 4)):
            told += self._dispute(ordinal)
        told += self.seizures
        if self.fate.healed_on is not None:
            told += [self.estate.lifted(seizure, self.fate.healed_on + 2) for seizure in self.seizures]
        return told + self.after.told(self.enforced)

    def _taxes(self) -> list[Statement]:
        if self.fate.path == "strained" and self.fate.severity < 0.5:
            return []
        dice = self.dice
        balance = max(self.firm.paid * dice.span(0.015, 0.12) * (0.5 + self.fate.severity), 8_000.0)
        arrears = Arrears(self.setting.almanac, self.firm, dice, balance, dice.span(1.05, 1.5))
        return arrears.announced(self.fate.day(45), self.fate.healed_on, self.setting.days)

    def _dispute(self, ordinal: int) -> list[Statement]:
        """One creditor: suit, sometimes preservation, judgment, enforcement."""
        fate, dice = self.fate, self.dice
        stage = 60 + 20 * ordinal + dice.between(0, 12)
        filed, decided = fate.day(stage), fate.day(stage + dice.between(30, 42))
        enforced = fate.day(stage + dice.between(48, 66))
        if filed >= self.end:
            return []
        amount = max(self.firm.paid * min(dice.lognormal(0.07, 0.8), 0.9), 30_000.0)
        case = Case(self.setting.almanac, self.firm, dice, filed, amount, ordinal)
        if ordinal == 1 and self.firm.lender >= 0:
            case.lender_claims(LENDERS[self.firm.lender])
        suit = case.suit()
        if decided >= self.end:
            return [suit, case.suit_ended(suit, self.end, "withdrawn")]
        if ordinal and dice.chance(0.5):
            self._seize(case, case.preservation(filed + 4), filed + 5, None)
        told = [suit, case.suit_ended(suit, decided, "closed"), *self._decided(case, decided)]
        return told if enforced >= self.end else told + self._enforce(case, enforced, stage)

    def _decided(self, case: Case, decided: int) -> list[Statement]:
        """Hearing and judgment, and its performance if it ever comes."""
        judgment = self.bench.judgment(case, decided, case.amount)
        told = [self.bench.hearing(case, decided - 2), judgment]
        return told if self.fate.healed_on is None else [*told, self.bench.performed(judgment, self.end + 1)]

    def _enforce(self, case: Case, day: int, stage: int) -> list[Statement]:
        """Enforcement and seizures; then payment, or the list of dishonest debtors."""
        fate, dice = self.fate, self.dice
        listed = case.enforcement(day)
        self.enforced.append(listed)
        seized_on = day + dice.between(4, 14)
        for unit in range(len(self.queue)):
            if unit == 0 or dice.chance(0.6):
                self._seize(case, listed.payload["case_no"], seized_on, unit)
        if not self.queue or dice.chance(0.3):
            self._seize(case, listed.payload["case_no"], seized_on, None)
        told = [listed]
        shamed = fate.day(stage + dice.between(95, 120))
        if fate.cured_on is not None:
            shamed, dishonest = day + 20, fate.severity >= _LISTED_THOUGH_CURED
        else:
            dishonest = case.ordinal == 0 or dice.chance(0.4)
        if dishonest and shamed < self.end:
            told.append(case.dishonest(listed, shamed))
        if fate.healed_on is not None:  # deleted within three working days of performance
            told += [case.deleted(one, self.end + 3) for one in told[1:]]
            told.append(case.enforcement_ended(listed, self.end))
        return told

    def _seize(self, case: Case, order: str, day: int, unit: int | None) -> None:
        """The first creditor of a unit has rank 1, the next ones wait (轮候查封)."""
        if day >= self.end:
            return
        sequence = 1
        if unit is not None:
            self.queue[unit] += 1
            sequence = self.queue[unit]
        seizure = self.estate.seizure(order, case.court, day, case.amount, unit=unit, sequence=sequence)
        self.seizures.append(seizure)
