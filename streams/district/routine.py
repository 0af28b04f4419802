"""What comes round every month or quarter about every firm: readings, bills, contributions, loans, reports."""

from collections.abc import Callable
from typing import Final

from streams.district.course import Course
from streams.district.firm import Firm
from streams.district.kinds import Kind
from streams.district.loans import status
from streams.district.payroll import insured
from streams.district.statement import Almanac, Statement
from streams.district.utility import Utility, reading

ROUTE_FROM: Final = (7_200, 16_800, 26_400, 600, 37_000, 47_000, 57_000)
ROUTE_SECONDS: Final = 6_400
EVERY_MONTH: Final = [
    (Kind.READING, 3), (Kind.POWER, 0), (Kind.WATER, 1), (Kind.GAS, 4), (Kind.INSURANCE, 5), (Kind.LOAN, 6),
]  # fmt: skip
"""Routine by kind, with its place in the day."""
QUARTERLY: Final = [*EVERY_MONTH, (Kind.REPORT, 2)]
BILLED: Final[dict[int, Utility]] = {Kind.POWER: "electricity", Kind.WATER: "water", Kind.GAS: "gas"}


def _loan(_: int, almanac: Almanac, firm: Firm, course: Course, at: int) -> Statement:
    return status(almanac, firm, course, at)


MONTHLY: Final[dict[int, Callable[[int, Almanac, Firm, Course, int], Statement]]] = {
    Kind.READING: reading,
    Kind.INSURANCE: insured,
    Kind.LOAN: _loan,
}
