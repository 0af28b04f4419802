"""Lesser troubles of healthy firms: each begins, leaves its traces at some department, and passes."""

from collections.abc import Callable, Mapping
from typing import Final

from streams.district.dice import DAY, Dice
from streams.district.execution import Bench, Notary
from streams.district.filings import Filings
from streams.district.firm import Firm, circle_of, make_firm
from streams.district.judicial import Case
from streams.district.kinds import Kind
from streams.district.market import Register
from streams.district.payroll import Wages, Workers
from streams.district.registry import guarantee, released
from streams.district.securities import Registers
from streams.district.setting import HALT_DAYS, Setting
from streams.district.statement import Statement
from streams.district.utility import caught
from streams.district.vocabulary import LOCAL_COURT

Told = list[Statement]


def _theft(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """The power company finds a breach; one in three is found again."""
    if not firm.power_no:
        return []
    found = [caught(setting.almanac, firm, dice, day)]
    return [*found, caught(setting.almanac, firm, dice, day + 120)] if dice.chance(0.35) else found


def _halt(_: Setting, __: Firm, ___: Dice, ____: int) -> Told:
    """A standstill nobody is told of: only the meters show it."""
    return []


def _suspension(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """歇业, filed, and business taken up again."""
    register, end = Register(setting.almanac, firm, dice, setting.seed), day + HALT_DAYS[Kind.SUSPENSION]
    asleep = register.status(day, "suspended", suspended_until=register.iso(day + 365))
    return [asleep, register.status(end, "active")]


def _unfiled(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """A bookkeeper forgets a return or two."""
    filings = Filings(setting.almanac, firm, dice)
    month = setting.almanac.month_of(day)
    missed = [filings.missed(month + step) for step in range(dice.between(1, 2))]
    filed = missed[-1].occurred + dice.between(15, 40)
    return [*missed, *(filings.filed(one, filed) for one in missed)]


def _tax_abnormal(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """Three returns missed, listed, fined, filed and released."""
    filings = Filings(setting.almanac, firm, dice)
    month = setting.almanac.month_of(day)
    missed = [filings.missed(month + step) for step in range(3)]
    listed = filings.abnormal(missed[-1].occurred + 5)
    end = listed.occurred + dice.between(40, 120)
    filed = [filings.filed(one, end) for one in missed]
    return [*missed, listed, *filed, filings.released(listed, end + 2)]


def _violation(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """Published as a major violation; publication ends early after everything was paid."""
    filings = Filings(setting.almanac, firm, dice)
    violation = filings.violation(day)
    return [violation, filings.unpublished(violation, day + dice.between(190, 500))]


def _unreported(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """On the list of abnormal businesses, mostly for a missed annual report in July."""
    register = Register(setting.almanac, firm, dice, setting.seed)
    reason = 1 if dice.chance(0.7) else dice.between(2, 4)
    if reason == 1:
        date = setting.almanac.day(day)
        day = setting.almanac.number(date.replace(month=7, day=dice.between(3, 20)))
    listed = register.abnormal(max(day, 1), reason)
    cause = "补报并公示年度报告" if reason == 1 else "已改正并申请移出"
    return [listed, register.removed(listed, listed.occurred + dice.between(25, 200), cause)]


def _serious(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """On the list of serious violations for a year at least."""
    register = Register(setting.almanac, firm, dice, setting.seed)
    listed = register.serious(day)
    return [listed, register.removed(listed, day + dice.between(370, 480), "履行义务并完成信用修复")]


def _fine(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    return [Register(setting.almanac, firm, dice, setting.seed).fine(day)]


def _new_hands(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """The firm changes hands: another head, sometimes another address and less capital soon after."""
    register = Register(setting.almanac, firm, dice, setting.seed)
    told = [register.new_head(day), register.leads(register.hour(day + 1), day, successor=1)]
    if dice.chance(0.4):
        told.append(register.new_address(day + dice.between(10, 70)))
    if dice.chance(0.2):
        told.append(register.less_capital(day + dice.between(10, 70)))
    return told


def _winding_up(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """A notice of simple deregistration (简易注销), objected to and withdrawn."""
    register = Register(setting.almanac, firm, dice, setting.seed)
    notice = register.status(
        day,
        "simple_deregistration_notice",
        published_on=register.iso(day),
        objection_until=register.iso(day + 20),
    )
    return [notice, register.status(day + dice.between(8, 22), "active")]


def _pledge(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """The owners pledge their shares, and redeem them."""
    registers = Registers(setting.almanac, firm, dice, setting.seed)
    pledge = registers.pledge(day, 1, dice.span(0.2, 0.7))
    return [pledge, registers.redeemed(pledge, day + dice.between(150, 400))]


def _charge(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """Machines and receivables as security; sometimes several in a season."""
    registers = Registers(setting.almanac, firm, dice, setting.seed)
    charges = [
        registers.charge(day + step * 20, 1 + step, firm.paid * dice.span(0.03, 0.25))
        for step in range(3 if dice.chance(0.15) else 1)
    ]
    return [*charges, *(registers.discharged(one, one.occurred + dice.between(150, 360)) for one in charges)]


def _staff(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """A quarrel with a group of workers."""
    return Workers(setting.almanac, firm, dice).suits(day, day + 80, dice.between(3, 6))


def _wages(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """Workers complain, sometimes an order to pay follows, and wages are paid."""
    case = Wages(setting.almanac, firm, dice, day)
    told, end = [case.told("complaint", day)], day + dice.between(15, 30)
    if dice.chance(0.5):
        told.append(case.told("order_to_pay", day + 20))
        end = day + dice.between(30, 60)
    return [*told, case.told("removed", end)]


def _notary(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """A bank has its notarised claim certified; the firm pays."""
    notary = Notary(setting.almanac, firm, dice)
    paper = notary.certificate(day, firm.paid * dice.span(0.05, 0.2))
    return [paper, notary.withdrawn(paper, day + dice.between(20, 60))]


def _petition(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """A creditor applies for insolvency proceedings, and the court dismisses it."""
    bench = Bench(setting.almanac, firm, dice, setting.seed)
    return [
        bench.insolvency(0, "application", day, day),
        bench.insolvency(0, "dismissed", day, day + dice.between(20, 45)),
    ]


def _restricted(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """The head of the firm is restricted because of another company, and the order lifted."""
    bench = Bench(setting.almanac, firm, dice, setting.seed)
    case = Case(setting.almanac, firm, dice, day, 100_000.0, 6)
    number = case.enforcement(day).payload["case_no"]
    order = bench.restriction(number, LOCAL_COURT.name, day, day + 15, person=True, own=False)
    end = day + dice.between(60, 240)
    return [order, bench.ends(order, end, lifted_on=bench.iso(end))]


def _equity(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """Shares are frozen over a quarrel between owners."""
    registers = Registers(setting.almanac, firm, dice, setting.seed)
    freeze = registers.freeze(day, 1, dice.span(0.05, 0.45))
    return [freeze, registers.released(freeze, day + dice.between(40, 200))]


def _generous(setting: Setting, firm: Firm, dice: Dice, day: int) -> Told:
    """The firm stands for five others at once, and is released from all of it when its bank notices."""
    known = circle_of(setting.seed, firm.index, setting.entities).edges
    told, end = Told(), day + dice.between(120, 300)
    for step in range(1, 6):
        other = (firm.index + step * 17) % setting.entities
        if other == firm.index or (firm.index, other) in known:
            continue
        at = day * DAY + 40_000 + step
        given = guarantee(setting.almanac, firm, make_firm(setting.seed, other), dice, at)
        told += [*given, *(released(setting.almanac, one, end) for one in given)]
    return told


TELLERS: Final[Mapping[Kind, Callable[[Setting, Firm, Dice, int], Told]]] = {
    Kind.THEFT: _theft,
    Kind.HALT: _halt,
    Kind.SUSPENSION: _suspension,
    Kind.UNFILED: _unfiled,
    Kind.TAX_ABNORMAL: _tax_abnormal,
    Kind.VIOLATION: _violation,
    Kind.UNREPORTED: _unreported,
    Kind.SERIOUS: _serious,
    Kind.FINE: _fine,
    Kind.NEW_HANDS: _new_hands,
    Kind.WINDING_UP: _winding_up,
    Kind.PLEDGE: _pledge,
    Kind.CHARGE: _charge,
    Kind.STAFF: _staff,
    Kind.WAGES: _wages,
    Kind.NOTARY: _notary,
    Kind.PETITION: _petition,
    Kind.RESTRICTED: _restricted,
    Kind.EQUITY: _equity,
    Kind.GENEROUS: _generous,
}
