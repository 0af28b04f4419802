"""WP-24 gas, WP-25 cut-off, WP-26 repeated arrears, WP-29 theft: both sides of every threshold, and the end."""

from datetime import date, timedelta

import pytest

from detectors.fact import day_number
from detectors.points.arrears import GasArrears, gas_arrears
from detectors.points.example import cny, seen
from tests.detectors.build import bill, manual, master, money, saying
from tests.detectors.points.utility_records import fed, notice, paid, reading, theft, unpaid
from tests.detectors.points.vectors import Series, Vector, judged, said, watermark

DUE = "2026-01-20"


def on(days: int) -> str:
    """So many days after the bill was due."""
    return (date.fromisoformat(DUE) + timedelta(days=days)).isoformat()


GAS = unpaid("gas", "2026-01", DUE)

_GAS = [
    Vector("WP-24", "no account, no answer", [unpaid("water", "2026-01", DUE)], on(99), "not_evaluable"),
    Vector("WP-24", "9 days overdue is nothing", [GAS], on(9), "none"),
    Vector("WP-24", "10 days overdue is blue", [GAS], on(10), "blue"),
    Vector("WP-24", "29 days overdue is still blue", [GAS], on(29), "blue"),
    Vector("WP-24", "30 days overdue is yellow", [GAS], on(30), "yellow"),
    Vector("WP-24", "89 days overdue is still yellow", [GAS], on(89), "yellow"),
    Vector("WP-24", "90 days overdue is red", [GAS], on(90), "red"),
    Vector("WP-24", "the worst of two accounts counts",
           [GAS, unpaid("gas", "2026-02", on(25), account="other")], on(35), "yellow"),
    Vector("WP-24", "paid on the ninth day leaves nothing", paid("gas", "2026-01", DUE, on(9)), on(40), "none"),
    Vector("WP-24", "a bill paid late is held for a cycle",
           paid("gas", "2026-01", DUE, on(35)), on(64), "holding-yellow"),
    Vector("WP-24", "after the cycle it fades", paid("gas", "2026-01", DUE, on(35)), on(65), "fading"),
    Vector("WP-24", "a yellow has faded after a year", paid("gas", "2026-01", DUE, on(35)), on(65 + 355), "none"),
    Vector("WP-24", "a payment in part does not end it",
           [GAS, saying(bill("2026-01", DUE, 1000, utility="gas", paid=on(5)), amount_paid=money(999))], on(30),
           "yellow"),
    Vector("WP-24", "an amended due date is the one that counts",
           [GAS, unpaid("gas", "2026-01", on(5), version=2, op="amend")], on(14), "none"),
    Vector("WP-24", "and is counted from",
           [GAS, unpaid("gas", "2026-01", on(5), version=2, op="amend")], on(15), "blue"),
    Vector("WP-24", "a bill captured late is overdue from the start",
           [unpaid("gas", "2026-01", DUE, observed=on(91))], on(91), "red"),
    Vector("WP-24", "an entry nobody approved is not for red", [manual(GAS, approved=False)], on(90), "yellow"),
]  # fmt: skip

LATE = unpaid("electricity", "2026-01", DUE)
NOTICE = notice("cutoff_notice", on(38))
CUT = notice("cutoff", on(48))
BACK = notice("restore", on(61))
PAID = paid("electricity", "2026-01", DUE, on(60))

_CUT_OFF = [
    Vector("WP-25", "arrears alone are not a cut-off", [LATE], on(40), "none"),
    Vector("WP-25", "a notice is yellow", [LATE, NOTICE], on(38), "yellow"),
    Vector("WP-25", "nothing the day before the notice", [LATE, NOTICE], on(37), "none"),
    Vector("WP-25", "a cut is red", [LATE, NOTICE, CUT], on(48), "red"),
    Vector("WP-25", "the day before the cut it is yellow", [LATE, NOTICE, CUT], on(47), "yellow"),
    Vector("WP-25", "supply back without payment is still red", [LATE, NOTICE, CUT, BACK], on(70), "red"),
    Vector("WP-25", "payment without supply is still red", [*PAID, NOTICE, CUT], on(70), "red"),
    Vector("WP-25", "supply back and paid fades", [*PAID, NOTICE, CUT, BACK], on(61), "fading"),
    Vector("WP-25", "payment alone ends a notice", [*PAID, NOTICE], on(60), "fading"),
    Vector("WP-25", "a notice before the payment is yellow", [*PAID, NOTICE], on(59), "yellow"),
    Vector("WP-25", "a later bill does not bring an old cut back",
           [*PAID, NOTICE, CUT, BACK, unpaid("electricity", "2026-02", on(62))], on(80), "fading"),
    Vector("WP-25", "what is owed grows when the next bill falls due",
           [LATE, NOTICE, CUT, unpaid("electricity", "2026-02", on(55), observed=on(45))], on(56), "red"),
    Vector("WP-25", "a cut for maintenance is none",
           [LATE, notice("cutoff", on(48), reason="maintenance")], on(50), "none"),
    Vector("WP-25", "without a reason a late bill gives it",
           [LATE, notice("cutoff", on(48), reason=None)], on(50), "red"),
    Vector("WP-25", "without a reason and arrears it is none",
           [notice("cutoff", on(48), reason=None)], on(50), "none"),
    Vector("WP-25", "the other account's bill is no reason",
           [LATE, notice("cutoff", on(48), reason=None, account="other")], on(50), "none"),
    Vector("WP-25", "water is a supply too", [notice("cutoff", on(48), "water")], on(50), "red"),
    Vector("WP-25", "an amended reason is the one that counts",
           [LATE, CUT, notice("cutoff", on(48), reason="safety", version=2, op="amend")], on(50), "none"),
]  # fmt: skip


def late(month: int, days: int, utility: str = "electricity", year: int = 2025, **more: str) -> list:
    """The bill of a month, paid so many days after it was due on the 10th."""
    due = date(year, month, 10)
    return paid(
        utility, f"{year}-{month:02d}", due.isoformat(), (due + timedelta(days=days)).isoformat(), **more
    )


TWO, THREE = [*late(1, 20), *late(5, 20)], [*late(1, 20), *late(5, 20), *late(9, 20)]
ROW = [one for month in (3, 4, 5, 6) for one in late(month, 20)]


def open_since(days: int, *utilities: str) -> list:
    """Bills of utilities, all due on the same day and open on ``on(days)``."""
    return [unpaid(utility, "2026-01", on(-days)) for utility in utilities]


_REPEATED = [
    Vector("WP-26", "no account, no answer", [], on(0), "not_evaluable"),
    Vector("WP-26", "a reading is an account", [reading("2025-12", 900)], on(0), "none"),
    Vector("WP-26", "one delinquent month is nothing", late(1, 20), "2025-06-01", "none"),
    Vector("WP-26", "two delinquent months are blue", TWO, "2025-06-01", "blue"),
    Vector("WP-26", "the second counts from its tenth day", TWO, "2025-05-19", "none"),
    Vector("WP-26", "on its tenth day it counts", TWO, "2025-05-20", "blue"),
    Vector("WP-26", "paid on the tenth day is not delinquent", [*late(1, 20), *late(5, 10)], "2025-06-01", "none"),
    Vector("WP-26", "paid a day later is", [*late(1, 20), *late(5, 11)], "2025-06-01", "blue"),
    Vector("WP-26", "three delinquent months are yellow", THREE, "2025-10-01", "yellow"),
    Vector("WP-26", "two bills of one month are one month",
           [*late(1, 12), *late(1, 12, "water"), *late(1, 12, "gas")], "2025-06-01", "none"),
    Vector("WP-26", "a year after the first became delinquent there are two", THREE, "2026-01-20", "blue"),
    Vector("WP-26", "the day before there are three", THREE, "2026-01-19", "yellow"),
    Vector("WP-26", "a year after the second it fades", THREE, "2026-05-20", "fading"),
    Vector("WP-26", "a run of three months is yellow", ROW[:6], "2025-07-01", "yellow"),
    Vector("WP-26", "a run of four months is red", ROW, "2025-07-01", "red"),
    Vector("WP-26", "a month paid in time breaks the run",
           [*ROW[:4], *late(5, 0), *late(6, 20), *late(7, 20)], "2025-08-01", "yellow"),
    Vector("WP-26", "a run is one account's", [*ROW[:4], *late(5, 20, account="b"), *late(6, 20, account="b")],
           "2025-07-01", "yellow"),
    Vector("WP-26", "bills every second month make a run too",
           [*late(1, 20), *late(3, 20), *late(5, 20)], "2025-06-01", "red"),
    Vector("WP-26", "bills never paid count however old they are",
           [unpaid("water", "2025-01", "2025-01-10"), unpaid("water", "2025-02", "2025-02-10")], "2026-06-01", "blue"),
    Vector("WP-26", "paid after more than a year it fades",
           [one for month in ("01", "02") for one in paid("water", f"2025-{month}", f"2025-{month}-10", "2026-06-01")],
           "2026-06-01", "fading"),
    Vector("WP-26", "two utilities 14 days overdue are not yet yellow",
           open_since(14, "water", "gas"), on(0), "none"),
    Vector("WP-26", "two utilities 15 days overdue are yellow", open_since(15, "water", "gas"), on(0), "yellow"),
    Vector("WP-26", "three utilities 15 days overdue are red",
           open_since(15, "water", "gas", "electricity"), on(0), "red"),
    Vector("WP-26", "one of them paid leaves two",
           [*open_since(20, "water", "gas"), *paid("electricity", "2026-01", on(-20), on(-1))], on(0), "yellow"),
    Vector("WP-26", "all of them paid fades",
           [one for utility in ("water", "gas") for one in paid(utility, "2026-01", on(-20), on(-1))], on(0), "fading"),
    Vector("WP-26", "a payment captured months late takes it back",
           [unpaid("water", "2025-01", "2025-01-10"), *late(5, 20),
            bill("2025-01", "2025-01-10", 1000, utility="water", paid="2025-01-09", observed="2025-08-01")],
           "2025-08-01", "none"),
    Vector("WP-26", "an identity not sure is blue at most", [
        unpaid(utility, "2026-01", on(-20), match_confidence=0.9) for utility in ("water", "gas", "electricity")
    ], on(0), "blue"),
]  # fmt: skip

M2 = master("2020-01-01", 2_000_000)
_THEFT = [
    Vector("WP-29", "bills and readings are no theft", [LATE, reading("2025-12", 900)], on(0), "none"),
    Vector("WP-29", "an event is yellow", [theft(1, "2026-01-05")], "2026-01-05", "yellow"),
    Vector("WP-29", "nothing the day before", [theft(1, "2026-01-05")], "2026-01-04", "none"),
    Vector("WP-29", "two in twelve months are red",
           [theft(1, "2026-01-05"), theft(2, "2026-12-20")], "2026-12-20", "red"),
    Vector("WP-29", "two in more than twelve are not",
           [theft(1, "2026-01-05"), theft(2, "2027-01-05")], "2027-01-05", "yellow"),
    Vector("WP-29", "a penalty below 5 % of M is yellow",
           [M2, theft(1, "2026-01-05", 99_999.99)], "2026-01-06", "yellow"),
    Vector("WP-29", "a penalty of 5 % of M is red", [M2, theft(1, "2026-01-05", 100_000)], "2026-01-06", "red"),
    Vector("WP-29", "on the last of twelve months it shows", [theft(1, "2026-01-05")], "2027-01-04", "yellow"),
    Vector("WP-29", "twelve clean months, then it fades", [theft(1, "2026-01-05")], "2027-01-05", "fading"),
    Vector("WP-29", "an amended penalty is the one that counts",
           [M2, theft(1, "2026-01-05", 100_000), theft(1, "2026-01-05", 10, version=2, op="amend")], "2026-01-06",
           "yellow"),
    Vector("WP-29", "an event captured late counts from when it was", [theft(1, "2026-01-05", observed="2026-12-01")],
           "2027-01-05", "fading"),
]  # fmt: skip

VECTORS = [*_GAS, *_CUT_OFF, *_REPEATED, *_THEFT]

SERIES = [
    Series("WP-24", "ever longer overdue",
           [[], *([unpaid("gas", "2026-01", on(-days))] for days in (10, 30, 90))], on(0)),
    Series("WP-25", "notice, then cut", [[LATE], [LATE, NOTICE], [LATE, NOTICE, CUT]], on(50)),
    Series("WP-26", "ever more utilities",
           [open_since(15, *("gas", "water", "electricity")[:count]) for count in range(4)], on(0)),
    Series("WP-29", "ever more events",
           [[theft(n, f"2026-01-0{n}") for n in range(1, count)] for count in (1, 2, 3)], on(0)),
]  # fmt: skip

SHANGHAI = GasArrears(yellow_days=0, yellow_days_after_deadline=60)


@pytest.mark.parametrize(
    ("day", "level"),
    [
        pytest.param("2026-04-10", 1, id="59 days after the deadline"),
        pytest.param("2026-04-11", 2, id="60 days after the deadline"),
        pytest.param("2026-04-20", 3, id="90 days overdue"),
    ],
)
def test_where_the_deadline_of_the_dunning_letter_counts(day: str, level: int) -> None:
    """Numbers of another jurisdiction: Shanghai, 60 days after the deadline of the letter."""
    owed = {"on": "2026-01-10", "utility": "gas", "event": "bill", "period": "2026-01", "due_on": DUE}
    letter = {
        "on": "2026-02-01",
        "utility": "gas",
        "event": "dunning",
        "period": "2026-01",
        "due_on": "2026-02-10",
    }
    view = seen(day, F15=[owed | {"amount_due": cny(900)}, letter])
    assert gas_arrears(view, SHANGHAI).level == level


def test_a_payment_that_a_silent_source_holds_back_raises_nothing() -> None:
    """The bill is looked at as of the day up to which the source has told all, and again when it has told more."""
    records = [bill("2026-01", "2026-02-15", 1000)]
    expected = {"2026-02-10": "none", "2026-02-25": "blue", "2026-03-20": "yellow"}
    for told, colour in expected.items():
        judgement = judged(records, "2026-03-20", watermark(told))
        assert said(judgement, "WP-22") == colour
    waiting = judged(records, "2026-03-20", watermark("2026-02-10")).verdicts["WP-22"]
    due = judged(records, "2026-02-10").verdicts["WP-22"].until
    assert (waiting.told, waiting.until > waiting.day + 365) == (due, True)


@pytest.mark.parametrize(("told_until", "level", "waits_for"), [(20, 1, 30), (31, 2, 45)])
def test_a_colour_that_waits_out_its_delays_waits_for_its_source_too(
    told_until: int, level: int, waits_for: int
) -> None:
    """Paid on the 45th day, of which the source has told before all else up to there: what the bill came to is open."""
    bills = paid("gas", "2026-01", DUE, on(45))
    verdict = judged(bills, on(50), fed(on(told_until))).verdicts["WP-24"]
    assert (verdict.state, verdict.level) == ("holding", level)
    assert verdict.told == day_number(date.fromisoformat(on(waits_for)))
