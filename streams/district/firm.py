"""An enterprise and its guarantee circle, each computed from (seed, index) alone."""

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

import msgspec

from streams.district import codes
from streams.district.dice import Dice
from streams.district.vocabulary import (
    FIRST,
    GIVEN,
    INDUSTRIES,
    LENDERS,
    PREFIXES,
    ROADS,
    SECOND,
    SIZES,
    STREETS,
    SURNAMES,
    Industry,
    SizeClass,
)

TRADE, FIRM, CIRCLE, FATE, STORY, BILL, DEFECT, REPORT, METERS = range(1, 10)
READING, CLIMATE, PAYROLL, TROUBLE, OUTAGE, ENDING = range(10, 16)
"""Topics of the dice: draws for different purposes never share a stream."""

BLOCK: Final = 40
"""A guarantee circle lies within so many neighbouring indices, so that its members can be found without a search."""

_SIZE_STEPS: Final = tuple(accumulate(size.share for size in SIZES))
_INDUSTRY_TOTAL: Final = sum(industry.share for industry in INDUSTRIES)
_INDUSTRY_STEPS: Final = tuple(accumulate(industry.share / _INDUSTRY_TOTAL for industry in INDUSTRIES))
_GAS: Final = {"C": 0.16, "H": 0.70}
"""Share of firms on the gas network by section of the industry; others hardly any."""
_KINDS: Final = {
    "1": ("enterprise", "有限公司"),
    "2": ("individual_business", "商行"),
    "3": ("farmer_cooperative", "专业合作社"),
}


class Firm(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise. Amounts in yuan; an empty account number means no such account.

    ``monthly``: large consumers are billed every month, others every second; ``counter``: pays at the counter, so the
    bill is reported first and its payment later, where direct debit is reported once. ``units`` are the real-estate
    units owned, with value. ``lender`` is an index into ``LENDERS``, -1 for a firm without loans.
    """

    index: int
    uscc: str
    entity: str
    name: str
    entity_type: str
    industry: str
    size: str
    subscribed: int
    paid: int
    person: str
    founded_year: int
    address: str
    headcount: int
    power_no: str
    water_no: str
    gas_no: str
    monthly: bool
    counter: bool
    mean_power: float
    mean_water: float
    mean_gas: float
    units: tuple[tuple[str, int], ...]
    mortgaged: bool
    lender: int


def trade(seed: int, index: int) -> tuple[SizeClass, Industry]:
    """Size class and industry: cheap to ask for, without building the whole firm."""
    dice = Dice(seed, TRADE, index)
    size = SIZES[min(bisect_right(_SIZE_STEPS, dice.unit()), len(SIZES) - 1)]
    return size, INDUSTRIES[min(bisect_right(_INDUSTRY_STEPS, dice.unit()), len(INDUSTRIES) - 1)]


class Meters(NamedTuple):
    """Which utilities a firm is billed for, and whether monthly."""

    power: bool
    water: bool
    gas: bool
    monthly: bool


def metered(seed: int, index: int) -> Meters:
    """Which accounts a firm has: cheap to ask for, without building the whole firm."""
    dice = Dice(seed, METERS, index)
    size, industry = trade(seed, index)
    monthly = size.name in ("medium", "large")
    return Meters(
        dice.chance(0.96), dice.chance(0.62), dice.chance(_GAS.get(industry.code[0], 0.02)), monthly
    )


def make_firm(seed: int, index: int) -> Firm:
    """The enterprise with this index; the same for every seed, index and machine."""
    size, industry = trade(seed, index)
    dice = Dice(seed, FIRM, index)
    kind = _kind(dice, size)
    entity_type, suffix = _KINDS[kind]
    code = codes.uscc(seed, index, kind)
    subscribed = _round_capital(dice.lognormal(size.capital, 0.8))
    paid = subscribed if dice.chance(0.55) else int(subscribed * dice.span(0.3, 0.9)) // 10_000 * 10_000
    prefix, first, second, surname = dice.picks(PREFIXES, FIRST, SECOND, SURNAMES)
    given, last, street, road = dice.picks(GIVEN, GIVEN, STREETS, ROADS)
    meters = metered(seed, index)
    return Firm(
        index=index,
        uscc=code,
        entity="ent:CN-330604:" + code,
        name=f"{prefix}{first}{second}{industry.word}{suffix}",
        entity_type=entity_type,
        industry=industry.code,
        size=size.name,
        subscribed=subscribed,
        paid=max(paid, 10_000),
        person=surname + given + last,
        founded_year=dice.between(1996, 2023),
        address=f"绍兴市上虞区{street}{road}{dice.between(1, 899)}号",
        headcount=max(1, round(dice.lognormal(size.people, 0.5))),
        power_no=codes.power_account(seed, index) if meters.power else "",
        water_no=codes.water_account(seed, index) if meters.water else "",
        gas_no=codes.gas_account(seed, index) if meters.gas else "",
        monthly=meters.monthly,
        counter=dice.chance(0.15),
        mean_power=dice.lognormal(size.power * industry.power, 0.5),
        mean_water=dice.lognormal(size.power * industry.water * 0.08 + 60, 0.4),
        mean_gas=size.power * 0.35 + 300,
        units=_units(index, dice, size, industry),
        mortgaged=dice.chance(0.55),
        lender=dice.between(0, len(LENDERS) - 1) if dice.chance(0.7) else -1,
    )


def _kind(dice: Dice, size: SizeClass) -> str:
    draw = dice.unit()
    if size.name != "micro":
        return "1"
    return "2" if draw < 0.06 else "3" if draw < 0.08 else "1"


def _round_capital(amount: float) -> int:
    """Capital is registered in round numbers: 50, 88, 100, 500 万元."""
    step = 100_000 if amount < 3_000_000 else 1_000_000
    return max(step, round(amount / step) * step)


def _units(index: int, dice: Dice, size: SizeClass, industry: Industry) -> tuple[tuple[str, int], ...]:
    own = industry.premises * (1.6 if size.name in ("medium", "large") else 0.8)
    if not dice.chance(min(own, 0.95)):
        return ()
    count = dice.between(1, 3 if size.name in ("medium", "large") else 2)
    return tuple(
        (codes.unit_no(index, number), int(dice.lognormal(size.capital * 1.3, 0.4)) // 10_000 * 10_000)
        for number in range(count)
    )


class Circle(msgspec.Struct, frozen=True):
    """A guarantee circle (担保圈): its members by index, who stands for whom, and whether a member's fall shook it."""

    members: tuple[int, ...]
    edges: tuple[tuple[int, int], ...]
    shaken: bool


_ALONE: Final = Circle((), (), shaken=False)


def circle_of(seed: int, index: int, entities: int) -> Circle:
    """The circle of the index's block; it may not contain the index. Half of the blocks have none."""
    return _circle(seed, index // BLOCK, entities)


@lru_cache(maxsize=1024)
def _circle(seed: int, block: int, entities: int) -> Circle:
    dice = Dice(seed, CIRCLE, block)
    if not dice.chance(0.5):
        return _ALONE
    size, offset, stride = dice.between(3, 8), dice.between(0, BLOCK - 1), dice.pick((1, 3, 7, 9, 11))
    members = [block * BLOCK + (offset + position * stride) % BLOCK for position in range(size)]
    members = [member for member in members if member < entities]
    if len(members) < 3:
        return _ALONE
    edges = [(member, members[place - 1]) for place, member in enumerate(members)]
    edges += [(debtor, guarantor) for guarantor, debtor in edges if dice.chance(0.35)]
    return Circle(tuple(members), tuple(dict.fromkeys(edges)), shaken=dice.chance(0.12))
