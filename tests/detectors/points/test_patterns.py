"""CP-01 to CP-07: sequences and coincidences of points, on both sides of every span and colour."""

from typing import Any

import pytest

from detectors.points.finding import RED
from detectors.record import Record
from tests.detectors.build import enforcement, saying, tax_notice
from tests.detectors.points import judicial_records as court
from tests.detectors.points import registry_records as register
from tests.detectors.points.credit_records import status as loan
from tests.detectors.points.labour_records import staff, wages
from tests.detectors.points.network_records import circle, impulse
from tests.detectors.points.security_records import charge
from tests.detectors.points.utility_records import (
    abnormal,
    accounts,
    fed,
    firm,
    missed,
    peers,
    readings,
    status,
)
from tests.detectors.points.vectors import Vector, judged

# -- CP-01 ------------------------------------------------------------------------------------------------------------

WAGES = wages(1, "2026-01-05", "complaint", workers=5)
RETURN = missed("2026-01", "2026-02-20")
SUIT = court.suit(1, "2026-03-10")
STEPS = [WAGES, RETURN, SUIT]
CLOSED = {"version": 2, "op": "close"}


def withdrawn(on: str) -> Record:
    """The suit, withdrawn."""
    return court.suit(1, "2026-03-10", status="withdrawn", closed_on=on, observed=on, **CLOSED)


def filed(on: str) -> Record:
    """The return, filed after all."""
    return missed("2026-01", "2026-02-20", observed=on, payload={"released_on": on}, **CLOSED)


def paid_up(on: str) -> Record:
    """The wages, paid."""
    return wages(1, "2026-01-05", "removed", workers=5, removed_on=on, observed=on, **CLOSED)


_STAIRCASE = [
    Vector("CP-01", "three blue steps in order are yellow", STEPS, "2026-03-10", "yellow"),
    Vector("CP-01", "not before the last of them", STEPS, "2026-03-09", "none"),
    Vector("CP-01", "without the first it is nothing", STEPS[1:], "2026-03-10", "none"),
    Vector("CP-01", "without the second it is nothing", [WAGES, SUIT], "2026-03-10", "none"),
    Vector("CP-01", "without the third it is nothing", STEPS[:2], "2026-03-10", "none"),
    Vector("CP-01", "with a yellow step it is red",
           [WAGES, tax_notice("2025Q4", "2026-02-20", 100_000), SUIT], "2026-03-10", "red"),
    Vector("CP-01", "a yellow point beside it counts too", [*STEPS, enforcement(1, "2026-03-11", 10)], "2026-03-12",
           "red"),
    Vector("CP-01", "above red it is red", [*STEPS, enforcement(1, "2026-03-11", 5e6)], "2026-03-12", "red"),
    Vector("CP-01", "the suit before the tax is another order",
           [WAGES, RETURN, court.suit(1, "2026-02-19")], "2026-03-10", "none"),
    Vector("CP-01", "an older suit beside it does not hide the new one",
           [court.suit(2, "2026-01-02"), *STEPS], "2026-03-10", "yellow"),
    Vector("CP-01", "nor does an older tax notice hide the missed return",
           [missed("2025-11", "2025-12-20"), *STEPS], "2026-03-10", "yellow"),
    Vector("CP-01", "an older suit alone is another order", [court.suit(2, "2026-01-02"), *STEPS[:2]], "2026-03-10",
           "none"),
    Vector("CP-01", "on one day they are in order",
           [WAGES, RETURN, court.suit(1, "2026-02-20")], "2026-03-10", "yellow"),
    Vector("CP-01", "the tax before the wages is another order",
           [wages(1, "2026-02-21", "complaint", workers=5), RETURN, SUIT], "2026-03-10", "none"),
    Vector("CP-01", "180 days from the first to the last",
           [WAGES, RETURN, court.suit(1, "2026-07-04")], "2026-07-04", "yellow"),
    Vector("CP-01", "181 days are too many", [WAGES, RETURN, court.suit(1, "2026-07-05")], "2026-07-05", "none"),
    Vector("CP-01", "a step recorded late completes it in hindsight",
           [WAGES, missed("2026-01", "2026-02-20", observed="2026-05-01"), SUIT], "2026-05-01", "yellow"),
    Vector("CP-01", "one step that still shows its colour keeps it",
           [*STEPS, filed("2026-03-20"), withdrawn("2026-03-21")], "2026-03-22", "yellow"),
    Vector("CP-01", "a step that fades is still one",
           [WAGES, RETURN, filed("2026-03-01"), SUIT], "2026-03-10", "yellow"),
    Vector("CP-01", "when none shows a colour it is over",
           [*STEPS, filed("2026-03-20"), withdrawn("2026-03-21"), paid_up("2026-03-22")], "2026-03-22", "none"),
]  # fmt: skip

# -- CP-02 ------------------------------------------------------------------------------------------------------------

GONE = staff("2026-01", 10, 10, 10, 0)  # nobody insured from the record of 28 April on
LOAN = loan("2025-12-31", balance=100_000)
JULY = "2026-07-01"
WORKS = readings("2025-02", *[1000.0] * 7)


def fled(day: str, item: str = "legal_rep", *more: Record) -> list[Record]:
    """The workforce is gone, a loan is open, and the register changes on a day."""
    return [*GONE, LOAN, register.change(day, item), *more]


def stopped(*kwh: float) -> list[Record]:
    """Works that stop in September, a loan, and a new representative in October."""
    return [
        *WORKS,
        *readings("2025-09", *kwh),
        loan("2025-06-30", balance=1),
        register.change("2025-10-20", "legal_rep"),
    ]


_ESCAPE = [
    Vector("CP-02", "a new representative 60 days after the workforce is gone is red", fled("2026-06-27"), JULY, "red"),
    Vector("CP-02", "61 days after is nothing", fled("2026-06-28"), JULY, "none"),
    Vector("CP-02", "60 days before is red", fled("2026-02-27"), JULY, "red"),
    Vector("CP-02", "61 days before is nothing", fled("2026-02-26"), JULY, "none"),
    Vector("CP-02", "the nearest of several changes counts",
           fled("2026-02-01", "legal_rep", register.change("2026-04-01", "domicile")), JULY, "red"),
    Vector("CP-02", "a new name is no flight",
           fled("2026-02-01", "legal_rep", register.change("2026-04-01", "name")), JULY, "none"),
    Vector("CP-02", "half of the workforce is no standstill",
           [*staff("2026-01", 10, 10, 10, 5), LOAN, register.change("2026-05-01", "legal_rep")], JULY, "none"),
    Vector("CP-02", "no change of the register is no flight", [*GONE, LOAN], JULY, "none"),
    Vector("CP-02", "nothing owed is no flight", [*GONE, register.change("2026-05-01", "legal_rep")], JULY, "none"),
    Vector("CP-02", "a loan taken out since is owed",
           [*GONE, register.change("2026-05-01", "legal_rep"), loan("2026-06-15", balance=1)], JULY, "red"),
    Vector("CP-02", "what others owe the firm is not",
           [*GONE, register.change("2026-05-01", "legal_rep"), court.suit(1, "2026-06-01", role="plaintiff")], JULY,
           "none"),
    Vector("CP-02", "the loan repaid, it is over",
           fled("2026-05-01", "legal_rep", loan("2026-06-30", balance=0)), JULY, "none"),
    Vector("CP-02", "people are back, it is over", [*fled("2026-05-01"), *staff("2026-05", 10, 10)], JULY, "none"),
    Vector("CP-02", "180 days after the change it is over", fled("2026-05-01"), "2026-10-28", "none"),
    Vector("CP-02", "the day before it is red", fled("2026-05-01"), "2026-10-27", "red"),
    Vector("CP-02", "a change recorded late completes it",
           [*GONE, LOAN, register.change("2026-02-27", "legal_rep", observed=JULY)], JULY, "red"),
    Vector("CP-02", "works that stand still for two months are a standstill", stopped(0, 0), "2025-11-03", "red",
           fed("2026-03-01")),
    Vector("CP-02", "for one month they are yellow, which is none", stopped(0), "2025-11-02", "none",
           fed("2026-03-01")),
]  # fmt: skip

# -- CP-03 ------------------------------------------------------------------------------------------------------------

MID_JULY, MID_AUGUST = "2026-07-15", "2026-08-15"


def hollow(kwh: float = 500, tax: float = 300, charges: int = 3, *more: Record) -> list[Record]:
    """Power and tax of the second quarter against 1000 last year, and new charges."""
    power = [*readings("2025-04", 1000, 1000, 1000), *readings("2026-04", kwh, kwh, kwh)]
    taxes = [accounts("2025Q2", "2025-07-15", tax_paid=1000), accounts("2026Q2", MID_JULY, tax_paid=tax)]
    return [firm(), *power, *taxes, *(charge(n, "2026-06-01", 1000) for n in range(charges)), *more]


STEADY = peers(0.0)
CANCELLED = charge(
    0, "2026-06-01", 1000, observed="2026-07-10", fields={"cancelled_on": "2026-07-10"}, **CLOSED
)

_HOLLOW = [
    Vector("CP-03", "power, tax and charges yellow at once are red", hollow(), MID_AUGUST, "red", STEADY),
    Vector("CP-03", "not before the last of them has stood for a month", hollow(), "2026-08-14", "none", STEADY),
    Vector("CP-03", "power only blue is nothing", hollow(kwh=501), MID_AUGUST, "none", STEADY),
    Vector("CP-03", "tax only blue is nothing", hollow(tax=301), MID_AUGUST, "none", STEADY),
    Vector("CP-03", "two charges are nothing", hollow(charges=2), MID_AUGUST, "none", STEADY),
    Vector("CP-03", "one large charge is only blue, which is nothing",
           hollow(500, 300, 0, charge(9, "2026-06-01", 1_000_000)), MID_AUGUST, "none", STEADY),
    Vector("CP-03", "in a bad year for all it is nothing", hollow(), MID_AUGUST, "none", peers(-0.6)),
    Vector("CP-03", "a charge cancelled, it is over", hollow(500, 300, 3, CANCELLED), MID_AUGUST, "none", STEADY),
    Vector("CP-03", "charges that are no longer new end it", hollow(), "2026-08-30", "none", STEADY),
    Vector("CP-03", "the day before it is red", hollow(), "2026-08-29", "red", STEADY),
    Vector("CP-03", "charges recorded late complete it",
           [*hollow(charges=0), *(charge(n, "2026-06-01", 1000, observed="2026-08-20") for n in range(3))],
           "2026-08-20", "red", STEADY),
]  # fmt: skip

# -- CP-04 ------------------------------------------------------------------------------------------------------------

CASE = "(2026)浙0604执1号"
RESTRICTED = court.restriction(1, "2026-02-01", "self_entity")
LIFTED = court.restriction(
    1, "2026-02-01", "self_entity", lifted_on="2026-06-01", observed="2026-06-01", **CLOSED
)


def ended(day: str, case: str = CASE, **more: Any) -> Record:
    """The case is terminated for want of property."""
    return court.terminated(1, day, case_no=case, **more)


def chain(begun: str = "2026-01-05", terminated: str = "2026-05-05") -> list[Record]:
    """Enforcement, restriction and termination of one case."""
    return [enforcement(1, begun, 10), RESTRICTED, ended(terminated)]


def resumed(basis: str) -> list[Record]:
    """A case, and the one by which it was resumed after a judgment, in which the rest happened."""
    again = "(2026)浙0604执恢2号"
    return [
        saying(enforcement(1, "2026-01-05", 10), basis_doc_no="(2025)浙0604民初9号"),
        saying(enforcement(2, "2026-03-01", 10), case_no=again, basis_doc_no=basis),
        court.restriction(2, "2026-02-01", "self_entity", case_no=CASE),
        ended("2026-06-05", again),
    ]


_COLLAPSE = [
    Vector("CP-04", "three lists of one case are red", chain(), "2026-05-05", "red"),
    Vector("CP-04", "not before the termination", chain(), "2026-05-04", "none"),
    Vector("CP-04", "without the restriction it is nothing", [chain()[0], chain()[2]], "2026-06-01", "none"),
    Vector("CP-04", "without the enforcement it is nothing", chain()[1:], "2026-06-01", "none"),
    Vector("CP-04", "of another case it is nothing", [*chain()[:2], ended("2026-05-05", "(2026)浙0604执2号")],
           "2026-06-01", "none"),
    Vector("CP-04", "a restriction because of another firm is nothing",
           [chain()[0], court.restriction(9, "2026-02-01", "legal_rep", because_of_entity=False), chain()[2]],
           "2026-06-01", "none"),
    Vector("CP-04", "terminated before the restriction is another order", chain(terminated="2026-01-31"),
           "2026-06-01", "none"),
    Vector("CP-04", "restricted before the enforcement is another order", chain(begun="2026-02-02"), "2026-06-01",
           "none"),
    Vector("CP-04", "on one day they are in order", chain("2026-02-01", "2026-02-01"), "2026-06-01", "red"),
    Vector("CP-04", "a case resumed is the same story", resumed("(2025)浙0604民初9号"), "2026-06-05", "red"),
    Vector("CP-04", "one on another judgment is another", resumed("(2025)浙0604民初8号"), "2026-06-05", "none"),
    Vector("CP-04", "the restriction lifted, it is over", [*chain(), LIFTED], "2026-06-01", "none"),
    Vector("CP-04", "a restriction recorded late completes it",
           [chain()[0], court.restriction(1, "2026-02-01", "self_entity", observed="2026-07-01"), chain()[2]],
           "2026-07-01", "red"),
]  # fmt: skip

# -- CP-05 ------------------------------------------------------------------------------------------------------------

IDLE = [*readings("2025-09", *[1000.0] * 7), *readings("2026-04", 0, 0)]
NO_RETURN = missed("2026-04", "2026-05-20")
TOLD, JUNE = fed("2026-12-01"), "2026-06-03"


def pause(day: str) -> Record:
    """A suspension of business up to the end of May."""
    return status(day, "suspended", "2026-06-01")


_SILENCE = [
    Vector("CP-05", "45 days without use and a missed return are red", [*IDLE, NO_RETURN, pause("2026-05-16")], JUNE,
           "red", TOLD),
    Vector("CP-05", "44 days are nothing", [*IDLE, NO_RETURN, pause("2026-05-15")], JUNE, "none", TOLD),
    Vector("CP-05", "a month is nothing", [*IDLE, NO_RETURN], "2026-06-02", "none", TOLD),
    Vector("CP-05", "all returns filed is nothing", IDLE, JUNE, "none", TOLD),
    Vector("CP-05", "use as ever is nothing",
           [*readings("2025-09", *[1000.0] * 9), NO_RETURN], JUNE, "none", TOLD),
    Vector("CP-05", "6 % of the use is nothing",
           [*IDLE[:-2], *readings("2026-04", 60, 60), NO_RETURN], JUNE, "none", TOLD),
    Vector("CP-05", "a silent source of the meters raises nothing", [*IDLE, NO_RETURN], JUNE, "none",
           fed("2026-05-10")),
    Vector("CP-05", "nor does one that never said how far it is", [*IDLE, NO_RETURN], JUNE, "none"),
    Vector("CP-05", "a tax-abnormal household files nothing either", [*IDLE, abnormal("2026-05-20")], JUNE, "red",
           TOLD),
    Vector("CP-05", "a return recorded as missed late completes it",
           [*IDLE, missed("2026-04", "2026-05-20", observed="2026-06-20")], "2026-06-20", "red", TOLD),
    Vector("CP-05", "the return filed after all, it is over",
           [*IDLE, NO_RETURN, missed("2026-04", "2026-05-20", observed="2026-06-20",
                                     payload={"released_on": "2026-06-20"}, **CLOSED)], "2026-06-20", "none", TOLD),
    Vector("CP-05", "use is back, it is over",
           [*IDLE, *readings("2026-06", 900), NO_RETURN], "2026-07-03", "none", TOLD),
    Vector("CP-05", "a suspension filed after it explains it",
           [*IDLE, NO_RETURN, status("2026-06-10", "suspended")], "2026-06-10", "none", TOLD),
]  # fmt: skip

# -- CP-06 ------------------------------------------------------------------------------------------------------------


def sinking(newly: int, guarantees: int = 0, **more: Any) -> Record:
    """The circle tells of so many members newly yellow, for so many of whom the firm answers."""
    day = more.pop("day", "2026-02-01")
    return impulse(day, circle(newly_yellow=newly, affected_guarantees=guarantees), **more)


_RESONANCE = [
    Vector("CP-06", "two members in a month are nothing", [sinking(2, 2)], "2026-02-01", "none"),
    Vector("CP-06", "three are yellow", [sinking(3)], "2026-02-01", "yellow"),
    Vector("CP-06", "not before it is told", [sinking(3)], "2026-01-31", "none"),
    Vector("CP-06", "who answers for two of them is yellow", [sinking(3, 2)], "2026-02-01", "yellow"),
    Vector("CP-06", "who answers for three of them is red", [sinking(3, 3)], "2026-02-01", "red"),
    Vector("CP-06", "a firm without a circle hears nothing", [enforcement(1, "2026-01-05", 10)], "2026-02-01", "none"),
    Vector("CP-06", "told to be over, it is",
           [sinking(3), sinking(3, op="close", day="2026-03-03", since="2026-02-01")], "2026-03-03", "none"),
    Vector("CP-06", "the day before it is yellow",
           [sinking(3), sinking(3, op="close", day="2026-03-03", since="2026-02-01")], "2026-03-02", "yellow"),
]  # fmt: skip

VECTORS = [*_STAIRCASE, *_ESCAPE, *_HOLLOW, *_COLLAPSE, *_SILENCE, *_RESONANCE]


@pytest.mark.parametrize(
    ("pattern", "late", "records", "day", "reference"),
    [
        ("CP-01", False, STEPS, "2026-03-10", TOLD),
        ("CP-01", True, [WAGES, missed("2026-01", "2026-02-20", observed="2026-05-01"), SUIT], "2026-05-01", TOLD),
        ("CP-02", False, fled("2026-06-27"), JULY, TOLD),
        ("CP-02", True, [*GONE, LOAN, register.change("2026-02-27", "legal_rep", observed=JULY)], JULY, TOLD),
        ("CP-04", False, chain(), "2026-05-05", TOLD),
        ("CP-04", True,
         [chain()[0], court.restriction(1, "2026-02-01", "self_entity", observed="2026-07-01"), chain()[2]],
         "2026-07-01", TOLD),
    ],
)  # fmt: skip
def test_a_member_recorded_late_is_told(
    pattern: str, late: bool, records: list[Record], day: str, reference: Any
) -> None:
    """The pattern is as old as its members, and says that it was seen late."""
    found = judged(records, day, reference).verdicts[pattern]
    assert found.level
    assert found.finding.details["detected_late"] is late


def test_one_tier_above_the_worst_point_not_above_itself() -> None:
    """However often it is judged: three blue steps stay yellow."""
    first = judged(STEPS, "2026-03-10").verdicts["CP-01"]
    assert first.finding.threshold.endswith("one colour above the worst point (blue), red at most")
    assert judged(STEPS, "2026-03-30").verdicts["CP-01"].level == first.level


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_a_pattern_weighs_nothing(vector: Vector) -> None:
    """It moves the tier, not the score, and names the members that show it."""
    found = judged(vector.records, vector.day, vector.reference).verdicts[vector.point]
    assert found.p == 0
    if found.level and vector.point != "CP-06":
        members = found.finding.details["members"]
        assert len(members) == {"CP-02": 2, "CP-05": 2}.get(vector.point, 3)


def test_the_members_of_a_collapsed_enforcement_share_its_case() -> None:
    """So that the messages about them are held back: see the inhibitions of the catalogue."""
    finding = judged(chain(), "2026-05-05").verdicts["CP-04"].finding
    assert (finding.level, finding.details["cases"], finding.episode) == (RED, [CASE], CASE)


# -- CP-07 ------------------------------------------------------------------------------------------------------------

SETTLED = enforcement(1, "2026-01-05", 10, status="settled", observed="2026-02-01", **CLOSED)


@pytest.mark.parametrize(
    ("records", "day", "holds"),
    [
        pytest.param([enforcement(1, "2026-01-05", 10), SETTLED], "2026-05-02", True, id="90 days without a colour"),
        pytest.param([enforcement(1, "2026-01-05", 10), SETTLED], "2026-05-01", False, id="89 days are too few"),
        pytest.param([enforcement(1, "2026-01-05", 10)], "2026-12-01", False, id="still under enforcement"),
        pytest.param([enforcement(1, "2026-01-05", 10), SETTLED, court.suit(1, "2026-04-01")], "2026-05-02", False,
                     id="a suit since"),
        pytest.param([enforcement(1, "2026-01-05", 10), SETTLED, court.suit(1, "2025-06-01")], "2026-05-02", True,
                     id="an old suit that fades too"),
        pytest.param([firm()], "2026-05-02", False, id="never warned, nothing to recover from"),
        pytest.param([enforcement(1, "2026-01-05", 10), SETTLED], "2031-02-02", False, id="forgotten, told no more"),
    ],
)  # fmt: skip
def test_a_firm_has_recovered_90_days_after_its_last_colour(
    records: list[Record], day: str, holds: bool
) -> None:
    found = judged(records, day).verdicts["CP-07"]
    assert (found.state, found.level) == ("fired" if holds else "not_fired", 0)
    if holds:
        assert found.finding.value == "nothing has shown a colour since 2026-02-01"
