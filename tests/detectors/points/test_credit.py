"""Vectors of WP-40 to WP-43 and WX-25: what lenders report."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import dishonest, master
from tests.detectors.points.credit_records import status
from tests.detectors.points.security_records import accounts
from tests.detectors.points.vectors import Series, Vector


def interest(days: int, day: str = "2026-03-31", **more: Any) -> Record:
    """A status with interest overdue."""
    return status(day, interest_overdue_days=days, **more)


def principal(days: int, day: str = "2026-03-31", **more: Any) -> Record:
    """A status with principal overdue."""
    return status(day, principal_overdue_days=days, **more)


INTEREST = [
    Vector("WP-40", "no lender reports", [dishonest(1, "2026-01-05")], "2026-04-01", "not_evaluable"),
    Vector("WP-40", "a lender that leaves interest out", [principal(0)], "2026-04-01", "not_evaluable"),
    Vector("WP-40", "current is calm", [interest(0)], "2026-04-01", "none"),
    Vector("WP-40", "one day is blue", [interest(1)], "2026-04-01", "blue"),
    Vector("WP-40", "29 days are blue", [interest(29)], "2026-04-01", "blue"),
    Vector("WP-40", "30 days are yellow", [interest(30)], "2026-04-01", "yellow"),
    Vector("WP-40", "89 days are yellow", [interest(89)], "2026-04-01", "yellow"),
    Vector("WP-40", "90 days are red", [interest(90)], "2026-04-01", "red"),
    Vector(
        "WP-40", "before the status nothing is known of it", [interest(90)], "2026-03-30", "not_evaluable"
    ),
    Vector("WP-40", "silence of the lender ages nothing", [interest(29)], "2026-06-30", "blue"),
    Vector(
        "WP-40",
        "the worst contract counts",
        [interest(5), interest(45, contract="loan-2")],
        "2026-04-01",
        "yellow",
    ),
    Vector(
        "WP-40",
        "paid up, it keeps its colour for 90 days",
        [interest(45), interest(0, "2026-04-30")],
        "2026-07-28",
        "holding-yellow",
    ),
    Vector(
        "WP-40",
        "current for 90 days, it fades",
        [interest(45), interest(0, "2026-04-30")],
        "2026-07-29",
        "fading",
    ),
    Vector(
        "WP-40",
        "part of the arrears paid does not lower the colour at once",
        [interest(95), interest(10, "2026-04-30")],
        "2026-05-01",
        "holding-red",
    ),
    Vector(
        "WP-40",
        "an amended status counts",
        [interest(45), interest(0, version=2, op="amend")],
        "2026-04-01",
        "none",
    ),
    Vector(
        "WP-40",
        "a late status counts from its day",
        [interest(30, observed="2026-05-15")],
        "2026-05-15",
        "yellow",
    ),
    Vector(
        "WP-40",
        "a contract that is closed is over",
        [interest(45), interest(45, version=2, op="close", observed="2026-04-10")],
        "2026-08-01",
        "fading",
    ),
    Vector(
        "WP-40",
        "what it guarantees for others is not its own",
        [interest(45, role="guarantor")],
        "2026-04-01",
        "not_evaluable",
    ),
]

DOWNGRADES = [
    Vector(
        "WP-41", "current and normal is calm", [principal(0, classification="normal")], "2026-04-01", "none"
    ),
    Vector("WP-41", "one day is blue", [principal(1)], "2026-04-01", "blue"),
    Vector("WP-41", "an extension is blue", [principal(0, extended=True)], "2026-04-01", "blue"),
    Vector("WP-41", "29 days are blue", [principal(29)], "2026-04-01", "blue"),
    Vector("WP-41", "30 days are yellow", [principal(30)], "2026-04-01", "yellow"),
    Vector(
        "WP-41",
        "special mention is yellow",
        [principal(0, classification="special_mention")],
        "2026-04-01",
        "yellow",
    ),
    Vector("WP-41", "restructured is yellow", [principal(0, restructured=True)], "2026-04-01", "yellow"),
    Vector("WP-41", "89 days are yellow", [principal(89)], "2026-04-01", "yellow"),
    Vector("WP-41", "90 days are red", [principal(90)], "2026-04-01", "red"),
    Vector("WP-41", "substandard is red", [principal(0, classification="substandard")], "2026-04-01", "red"),
    Vector("WP-41", "doubtful is red", [principal(0, classification="doubtful")], "2026-04-01", "red"),
    Vector("WP-41", "loss is red", [principal(0, classification="loss")], "2026-04-01", "red"),
    Vector(
        "WP-41",
        "an extension is all that is told",
        [status("2026-03-31", extended=True)],
        "2026-04-01",
        "blue",
    ),
    Vector(
        "WP-41",
        "a restructuring is all that is told",
        [status("2026-03-31", restructured=True)],
        "2026-04-01",
        "yellow",
    ),
    Vector("WP-41", "neither days nor class told", [status("2026-03-31")], "2026-04-01", "not_evaluable"),
    Vector(
        "WP-41",
        "upgraded, it is on probation for 180 days",
        [principal(0, classification="doubtful"), principal(0, "2026-04-30", classification="normal")],
        "2026-10-26",
        "holding-red",
    ),
    Vector(
        "WP-41",
        "after probation it fades",
        [principal(0, classification="doubtful"), principal(0, "2026-04-30", classification="normal")],
        "2026-10-27",
        "fading",
    ),
    Vector(
        "WP-41",
        "corrected to normal, it never was",
        [principal(95), principal(0, version=2, op="amend")],
        "2026-04-01",
        "none",
    ),
    Vector(
        "WP-41",
        "a late status counts from its day",
        [principal(95, observed="2026-05-15")],
        "2026-05-15",
        "red",
    ),
]

ELSEWHERE = [
    Vector("WP-42", "nothing told of others", [principal(95)], "2026-04-01", "not_evaluable"),
    Vector(
        "WP-42",
        "not past due elsewhere",
        [status("2026-03-31", past_due_elsewhere=False)],
        "2026-04-01",
        "none",
    ),
    Vector(
        "WP-42",
        "past due elsewhere is yellow",
        [status("2026-03-31", past_due_elsewhere=True)],
        "2026-04-01",
        "yellow",
    ),
    Vector(
        "WP-42",
        "a fifth of all debt is not yet red",
        [status("2026-03-31", share_over_90_days=0.2)],
        "2026-04-01",
        "none",
    ),
    Vector(
        "WP-42",
        "more than a fifth is red",
        [status("2026-03-31", share_over_90_days=0.2001)],
        "2026-04-01",
        "red",
    ),
    Vector(
        "WP-42",
        "below a fifth it holds for 90 days",
        [status("2026-03-31", share_over_90_days=0.3), status("2026-04-30", share_over_90_days=0.1)],
        "2026-07-28",
        "holding-red",
    ),
    Vector(
        "WP-42",
        "after 90 days it fades",
        [status("2026-03-31", share_over_90_days=0.3), status("2026-04-30", share_over_90_days=0.1)],
        "2026-07-29",
        "fading",
    ),
    Vector(
        "WP-42",
        "a record of poor quality weighs less and keeps its colour",
        [status("2026-03-31", share_over_90_days=0.3, quality=0.5)],
        "2026-04-01",
        "red",
    ),
]


def paid(amount: float, **more: Any) -> Record:
    """A guarantor paid on 10 March."""
    return status("2026-03-31", subrogation=amount, subrogated_on="2026-03-10", **more)


GIVEN = {"role": "guarantor"}
SUBROGATION = [
    Vector("WP-43", "no lender reports", [dishonest(1, "2026-01-05")], "2026-04-01", "not_evaluable"),
    Vector("WP-43", "nobody paid", [principal(0)], "2026-04-01", "none"),
    Vector("WP-43", "a guarantor paid for the firm, however little", [paid(1)], "2026-04-01", "red"),
    Vector("WP-43", "paid for others below a twentieth of M", [paid(149_999, **GIVEN)], "2026-04-01", "none"),
    Vector("WP-43", "paid for others, a twentieth of M", [paid(150_000, **GIVEN)], "2026-04-01", "yellow"),
    Vector(
        "WP-43", "paid for others below three tenths of M", [paid(899_999, **GIVEN)], "2026-04-01", "yellow"
    ),
    Vector("WP-43", "paid for others, three tenths of M", [paid(900_000, **GIVEN)], "2026-04-01", "red"),
    Vector(
        "WP-43",
        "M follows the capital",
        [master("2026-01-01", 30_000_000), paid(900_000, **GIVEN)],
        "2026-04-01",
        "none",
    ),
    Vector(
        "WP-43",
        "two payments for others are added up",
        [paid(450_000, **GIVEN), paid(450_000, contract="loan-2", **GIVEN)],
        "2026-04-01",
        "red",
    ),
    Vector(
        "WP-43",
        "paid for others, amount unknown",
        [status("2026-03-31", subrogated_on="2026-03-10", **GIVEN)],
        "2026-04-01",
        "yellow",
    ),
    Vector(
        "WP-43",
        "less than four fifths recovered",
        [paid(100_000), status("2026-04-30", repaid=79_999)],
        "2026-05-01",
        "red",
    ),
    Vector(
        "WP-43",
        "four fifths recovered",
        [paid(100_000), status("2026-04-30", repaid=80_000)],
        "2026-05-01",
        "fading",
    ),
    Vector(
        "WP-43",
        "the lender closed the record",
        [paid(100_000), paid(100_000, version=2, op="close", observed="2026-04-20")],
        "2026-05-01",
        "fading",
    ),
    Vector("WP-43", "reported late, it counts", [paid(100_000, observed="2026-06-01")], "2026-06-01", "red"),
]


def due(day: str, balance: float, contract: str = "loan-1", reported: str = "2026-01-31") -> Record:
    """A contract that matures on a day."""
    return status(reported, contract, balance=balance, matures_on=day)


FAR_OFF = due("2028-01-31", 60, "loan-2")
WALL = [
    Vector("WX-25", "no maturities told", [principal(0)], "2026-04-01", "not_evaluable"),
    Vector("WX-25", "two fifths due in 90 days", [due("2026-05-02", 40), FAR_OFF], "2026-02-01", "blue"),
    Vector("WX-25", "two fifths due in 91 days", [due("2026-05-03", 40), FAR_OFF], "2026-02-01", "none"),
    Vector("WX-25", "a day later they are due in 90", [due("2026-05-03", 40), FAR_OFF], "2026-02-02", "blue"),
    Vector("WX-25", "less than two fifths", [due("2026-05-02", 39), FAR_OFF], "2026-02-01", "none"),
    Vector(
        "WX-25",
        "debt of unknown maturity is debt",
        [due("2026-05-02", 39), status("2026-01-31", "loan-2", balance=61)],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WX-25",
        "two fifths due, the rest of unknown maturity",
        [due("2026-05-02", 40), status("2026-01-31", "loan-2", balance=60)],
        "2026-02-01",
        "blue",
    ),
    Vector("WX-25", "three fifths, cover unknown", [due("2026-05-02", 90), FAR_OFF], "2026-02-01", "blue"),
    Vector(
        "WX-25",
        "three fifths, not covered",
        [due("2026-05-02", 90), FAR_OFF, accounts("2025", "2026-01-15", revenue=359)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WX-25",
        "three fifths, covered",
        [due("2026-05-02", 90), FAR_OFF, accounts("2025", "2026-01-15", revenue=360)],
        "2026-02-01",
        "blue",
    ),
    Vector(
        "WX-25",
        "three fifths, covered by receivables",
        [due("2026-05-02", 90), FAR_OFF, accounts("2025", "2026-01-15", revenue=200, receivables=50)],
        "2026-02-01",
        "blue",
    ),
    Vector(
        "WX-25", "past its maturity it is still due", [due("2026-02-10", 40), FAR_OFF], "2026-03-01", "blue"
    ),
    Vector(
        "WX-25",
        "repaid, it fades",
        [due("2026-02-28", 40), FAR_OFF, due("2026-02-28", 0, reported="2026-02-28")],
        "2026-03-01",
        "fading",
    ),
    Vector(
        "WX-25",
        "extended, it fades",
        [due("2026-02-28", 40), FAR_OFF, due("2027-02-28", 40, reported="2026-02-28")],
        "2026-03-01",
        "fading",
    ),
]

VECTORS = [*INTEREST, *DOWNGRADES, *ELSEWHERE, *SUBROGATION, *WALL]

SERIES = [
    Series(
        "WP-40", "ever longer overdue", [[interest(n)] for n in (0, 1, 29, 30, 89, 90, 400)], "2026-04-01"
    ),
    Series(
        "WP-41", "ever longer overdue", [[principal(n)] for n in (0, 1, 29, 30, 89, 90, 400)], "2026-04-01"
    ),
    Series(
        "WP-41",
        "ever worse classed",
        [
            [principal(0, classification=n)]
            for n in ("normal", "special_mention", "substandard", "doubtful", "loss")
        ],
        "2026-04-01",
    ),
    Series(
        "WP-42",
        "ever more overdue elsewhere",
        [
            [status("2026-03-31", past_due_elsewhere=False, share_over_90_days=0.0)],
            [status("2026-03-31", past_due_elsewhere=True, share_over_90_days=0.1)],
            [status("2026-03-31", past_due_elsewhere=True, share_over_90_days=0.5)],
        ],
        "2026-04-01",
    ),
    Series(
        "WP-43",
        "ever more paid for others",
        [[paid(n, **GIVEN)] for n in (1, 149_999, 150_000, 899_999, 900_000, 9e6)],
        "2026-04-01",
    ),
    Series(
        "WX-25", "ever more due", [[due("2026-04-01", n), FAR_OFF] for n in (1, 39, 40, 90)], "2026-02-01"
    ),
]
