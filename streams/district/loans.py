"""What banks report of their loans (F21): quarterly, and every month of a borrower they worry about."""

from typing import Any, Final

from streams.district.course import Course
from streams.district.desk import Desk
from streams.district.dice import DAY, Dice
from streams.district.fate import Fate
from streams.district.firm import Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import LENDERS

_INTEREST_FROM, _PRINCIPAL_FROM, _ELSEWHERE_FROM, _MOST_FROM = 42, 72, 60, 150
"""Stages of distress from which interest and principal are overdue, and other banks see the same."""
WATCHED_AFTER: Final = 230
"""Days after recovery for which a bank still reports every month."""
_SUBROGATED_FROM: Final = 190
"""Stage at which a guarantor pays."""


def contract_of(firm: Firm) -> str:
    """The firm's loan contract with its bank."""
    return f"{_lender(firm).subscriber.split('-')[0].upper()}-DK-{firm.founded_year}-{firm.index:06d}"


def _lender(firm: Firm) -> Any:
    return LENDERS[max(firm.lender, 0)]


def watched(course: Course, day: int) -> bool:
    """Whether the bank reports every month."""
    fate = course.fate
    if fate is None or day < fate.onset:
        return False
    return fate.healed_on is None or day < fate.healed_on + WATCHED_AFTER


def status(almanac: Almanac, firm: Firm, course: Course, at: int) -> Statement:
    """The loan as it stood at the end of the month before ``at``."""
    day = at // DAY
    as_of = almanac.month_start(almanac.month_of(day)) - 1
    principal = round(firm.paid * 0.5, -4) or 10_000.0
    payload: dict[str, Any] = {
        "lender_id": _lender(firm).subscriber,
        "contract_no": contract_of(firm),
        "as_of": almanac.iso(as_of),
        "principal": money(principal),
        "balance": money(principal * 0.8),
        **_trouble(firm, course.fate, as_of),
    }
    return Statement(
        source="credit", feed="F21", record_id=f"{payload['contract_no']}|{payload['as_of']}", firm=firm, at=at,
        occurred=as_of, payload=payload,
    )  # fmt: skip


_SOUND: Final = {"interest_overdue_days": 0, "principal_overdue_days": 0, "classification": "normal"}


def _trouble(firm: Firm, fate: Fate | None, day: int) -> dict[str, Any]:
    """What a status says of a borrower on a day."""
    if fate is None or (fate.path == "strained" and fate.severity < 0.5):
        return _SOUND
    if not fate.ailing(day):
        repaid = (
            called(fate) is not None
            and fate.healed_on is not None
            and fate.healed_on <= day < fate.healed_on + 31
        )
        return {**_SOUND, "repaid": money(_paid_for(firm))} if repaid else _SOUND
    stage = fate.stage(day)
    interest, principal = max(0, day - fate.day(_INTEREST_FROM)), max(0, day - fate.day(_PRINCIPAL_FROM))
    said: dict[str, Any] = {
        "interest_overdue_days": interest,
        "principal_overdue_days": principal,
        "classification": _classified(principal if fate.path != "strained" else 0),
    }
    if stage >= _ELSEWHERE_FROM:
        said["past_due_elsewhere"] = True
    if stage >= _MOST_FROM and fate.path != "strained":
        said["share_over_90_days"] = round(0.22 + 0.5 * fate.severity, 2)
    if called(fate) is not None and stage >= _SUBROGATED_FROM:
        said["subrogation"] = money(_paid_for(firm))
    return said


def _paid_for(firm: Firm) -> float:
    """What the guarantors pay in the firm's place, and get back from the plan."""
    return round(firm.paid * 0.3, -3)


def _classified(overdue: int) -> str:
    if overdue > 360:
        return "loss"
    if overdue > 270:
        return "doubtful"
    return "substandard" if overdue > 90 else "special_mention" if overdue > 0 else "normal"


def called(fate: Fate) -> int | None:
    """The day on which the guarantors of a firm have to pay its loan, if they have to."""
    return fate.day(_SUBROGATED_FROM) if fate.path == "default" and fate.severity >= 0.3 else None


class Paid(Desk):
    """A guarantor's payment on another firm's loan (代偿), as the bank reports it."""

    __slots__ = ()

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice) -> None:
        super().__init__(almanac, firm, dice, "credit")

    def told(self, debtor: Firm, day: int, recovered: int) -> list[Statement]:
        """The payment on ``day``, and its recovery from the debtor's estate on day ``recovered``."""
        payload = {
            "lender_id": _lender(debtor).subscriber,
            "contract_no": contract_of(debtor),
            "as_of": self.iso(day),
            "subrogation": money(round(debtor.paid * self.dice.span(0.2, 0.6), -3) or 5_000),
            "subrogated_on": self.iso(day),
        }
        rid = f"{payload['contract_no']}|{payload['as_of']}"
        paid = self.says("F21", rid, day, payload, role="guarantor")
        return [paid, self.ends(paid, recovered, repaid=payload["subrogation"])]
