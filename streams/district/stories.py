"""Stories: everything one cause makes the departments say about one firm, in order of capture.

A story is a pure function of (seed, firm, kind, number). Routine stories (master data, bills, reports) begin on days
that follow from the firm's index; the others on days drawn once per firm by :func:`begins`.
"""

from typing import Final

from streams.district.dice import DAY, Dice
from streams.district.distress import Distress
from streams.district.execution import Bench
from streams.district.firm import STORY, Firm, circle_of, make_firm
from streams.district.judicial import Case
from streams.district.kinds import Kind
from streams.district.loans import Paid, called
from streams.district.market import Register
from streams.district.property import Estate
from streams.district.registry import guarantee, master, moved, released
from streams.district.setting import Setting
from streams.district.statement import Statement
from streams.district.tax import Arrears
from streams.district.troubles import TELLERS

_YEARLY: Final[tuple[tuple[Kind, float], ...]] = (
    (Kind.SUIT, 0.040),
    (Kind.PLAINTIFF, 0.035),
    (Kind.FREEZE, 0.005),
    (Kind.TAX_SLIP, 0.022),
    (Kind.MORTGAGE, 0.030),
    (Kind.MOVE, 0.060),
    (Kind.MISTAKE, 0.003),
)
"""What happens to healthy firms, per firm and year; at most one of these per firm and window."""
_UNLIKELY: Final = frozenset({Kind.SUIT, Kind.FREEZE, Kind.TAX_SLIP, Kind.MISTAKE})
"""Not told of a firm in distress: its own story holds the like."""

_RELEASED: Final = 0.4
"""Share of guarantees that are released within two years."""
_BACKLOG_FROM, _BACKLOG_SECONDS = 72_000, 14_000
"""What happened before the world began is captured in the evening of its first day, firm by firm."""


def begins(setting: Setting, index: int) -> list[tuple[Kind, int]]:
    """(kind, first day) of the stories a firm has beside its routine."""
    found: list[tuple[Kind, int]] = []
    fate = setting.fate(index)
    if fate is not None:
        found.append((Kind.DISTRESS, max(fate.onset, 0)))
    dice = Dice(setting.seed, STORY, index)
    draw, years = dice.unit(), min(setting.days / 365, 3.0)
    for kind, rate in _YEARLY:
        draw -= rate * years
        if draw < 0:
            if fate is None or kind not in _UNLIKELY:
                found.append((kind, int(dice.unit() * setting.days)))
            break
    trouble = setting.trouble(index) if fate is None else None
    if trouble is not None:
        found.append(trouble)
    found += [(Kind.CALLED, day) for day in _calls(setting, index)[:1]]
    return found


def _calls(setting: Setting, index: int) -> list[int]:
    """Days on which the firm has to pay as guarantor of a member of its circle that fell."""
    circle = circle_of(setting.seed, index, setting.entities)
    days = []
    for guarantor, debtor in circle.edges:
        fate = setting.fate(debtor) if guarantor == index else None
        day = None if fate is None else called(fate)
        if day is not None and 0 <= day < setting.days:
            days.append(day)
    return sorted(days)


def _called(setting: Setting, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    """The guarantor pays for one that fell, and recovers it within the year if it is well itself."""
    circle = circle_of(setting.seed, firm.index, setting.entities)
    for guarantor, debtor in circle.edges:
        fate = setting.fate(debtor) if guarantor == firm.index else None
        if fate is not None and called(fate) == day:
            paid = Paid(setting.almanac, firm, dice)
            return paid.told(make_firm(setting.seed, debtor), day, day + dice.between(150, 360))
    return []


def tell(setting: Setting, kind: Kind, firm: Firm, day: int) -> list[Statement]:
    """The story of a kind other than bills and reports, beginning on ``day``, in order of capture.

    What it says of the first day and before is all captured at one second, which rises with the firm's index.
    """
    dice = Dice(setting.seed, STORY, firm.index, kind)
    if kind is Kind.DISTRESS:
        fate = setting.fate(firm.index)
        told = [] if fate is None else Distress(setting, firm, fate, dice).told()
    else:
        told = _TELLERS[kind](setting, firm, dice, day)
    return _in_order(told, _BACKLOG_FROM + firm.index * _BACKLOG_SECONDS // setting.entities)


def initial(setting: Setting, firm: Firm, at: int) -> list[Statement]:
    """The initial load about one firm: master data, real estate, mortgage, guarantees given; all at second ``at``."""
    dice = Dice(setting.seed, STORY, firm.index, Kind.MASTER)
    almanac, estate = setting.almanac, Estate(setting.almanac, firm, dice)
    told = [master(firm, at), *_people(setting, firm, at)]
    told += [estate.ownership(unit, at) for unit in range(len(firm.units))]
    if firm.units and firm.mortgaged:
        told.append(estate.mortgage(0, at // DAY - dice.between(40, 900), 3, at))
    circle = circle_of(setting.seed, firm.index, setting.entities)
    for guarantor, debtor in circle.edges:
        if guarantor == firm.index:
            other = make_firm(setting.seed, debtor)
            given = guarantee(almanac, firm, other, Dice(setting.seed, STORY, guarantor, debtor), at)
            told += given
            if dice.chance(_RELEASED):
                day = 60 + int(dice.unit() * 600)
                told += [released(almanac, one, day) for one in given]
    return told


def _people(setting: Setting, firm: Firm, at: int) -> list[Statement]:
    """Who leads the firm, and who holds and controls it if the registry knows."""
    dice = Dice(setting.seed, STORY, firm.index, Kind.NEW_HANDS)
    register = Register(setting.almanac, firm, dice, setting.seed)
    since = at // DAY - dice.between(100, 2_500)
    told = [register.leads(at, since)]
    if firm.entity_type == "enterprise" and dice.chance(0.35):
        told.append(register.leads(at, since, "shareholder"))
        told.append(register.leads(at, since, "actual_controller"))
    return told


def _in_order(told: list[Statement], slot: int) -> list[Statement]:
    """Sorted by capture; versions of one record rise with time, and the past is told at second ``slot``."""
    last: dict[tuple[str, str], int] = {}
    placed: list[Statement] = []
    for said in sorted(told, key=lambda said: (said.version, said.at)):
        key = (said.record_id, said.role)
        before = last.get(key, -DAY)
        at = slot if max(said.at, before) < DAY else max(said.at, before + 60)
        last[key] = at
        placed.append(said if at == said.at else _moved_to(said, at))
    placed.sort(key=lambda said: said.at)
    return placed


def _moved_to(said: Statement, at: int) -> Statement:
    return Statement(**{name: getattr(said, name) for name in said.__struct_fields__ if name != "at"}, at=at)


def _suit(setting: Setting, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    """An ordinary dispute of a healthy firm: small, and ended within months."""
    amount = max(firm.paid * min(dice.lognormal(0.01, 0.9), 0.15), 8_000.0)
    case = Case(setting.almanac, firm, dice, day, amount, 5)
    suit = case.suit()
    status = "withdrawn" if dice.chance(0.6) else "closed"
    told = [suit, case.suit_ended(suit, day + dice.between(25, 120), status)]
    ended = told[1].valid_to or day
    if status == "withdrawn" or ended < day + 30:
        return told
    bench = Bench(setting.almanac, firm, dice, setting.seed)
    judgment = bench.judgment(case, ended, amount * 0.7, "won" if dice.chance(0.4) else "in_part")
    told += [bench.hearing(case, ended - 1), judgment]
    return told if judgment.payload["result"] == "won" else [*told, bench.performed(judgment, ended + 20)]


def _plaintiff(setting: Setting, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    amount = max(firm.paid * min(dice.lognormal(0.02, 0.9), 0.2), 8_000.0)
    case = Case(setting.almanac, firm, dice, day, amount, 5)
    suit = case.suit("plaintiff")
    return [suit, case.suit_ended(suit, day + dice.between(30, 150), "closed")]


def _freeze(setting: Setting, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    """A claim secured by freezing the account, settled within weeks."""
    amount = max(firm.paid * min(dice.lognormal(0.02, 0.6), 0.1), 20_000.0)
    case = Case(setting.almanac, firm, dice, day, amount, 6)
    suit, estate, end = case.suit(), Estate(setting.almanac, firm, dice), day + dice.between(25, 45)
    frozen = estate.seizure(case.preservation(day + 1), case.court, day + 2, amount, unit=None)
    return [suit, frozen, estate.lifted(frozen, end), case.suit_ended(suit, end, "withdrawn")]


def _tax_slip(setting: Setting, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    """Arrears announced once and paid before the next notice."""
    arrears = Arrears(setting.almanac, firm, dice, max(firm.paid * dice.span(0.004, 0.04), 3_000.0), 1.0)
    told = arrears.announced(day, None, day + 95)[:1]
    if not told:
        return []
    paid = told[0].occurred + dice.between(12, 60)
    return [*told, arrears.settled(told[0], paid)]


def _mortgage(setting: Setting, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    """Ordinary borrowing against real estate; some of it repaid within the year."""
    if not firm.units:
        return []
    estate = Estate(setting.almanac, firm, dice)
    mortgage = estate.mortgage(len(firm.units) - 1, day, 5, ratio=dice.span(0.3, 0.6))
    return (
        [mortgage, estate.cancelled(mortgage, day + dice.between(80, 300))]
        if dice.chance(0.3)
        else [mortgage]
    )


def _move(_: Setting, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    return [moved(firm, dice, master(firm, 0), max(day, 7))]


def _mistake(setting: Setting, firm: Firm, dice: Dice, day: int) -> list[Statement]:
    """The court lists a firm of the same name; days later it withdraws both records."""
    case = Case(setting.almanac, firm, dice, day - 90, max(firm.paid * 0.3, 50_000.0), 7)
    listed = case.enforcement(day)
    dishonest = case.dishonest(listed, day + 1)
    end = day + dice.between(4, 12)
    return [listed, dishonest, case.withdrawn(dishonest, end), case.withdrawn(listed, end + 1)]


_TELLERS: Final = {
    Kind.SUIT: _suit,
    Kind.PLAINTIFF: _plaintiff,
    Kind.FREEZE: _freeze,
    Kind.TAX_SLIP: _tax_slip,
    Kind.MORTGAGE: _mortgage,
    Kind.MOVE: _move,
    Kind.MISTAKE: _mistake,
    Kind.CALLED: _called,
    **TELLERS,
}
