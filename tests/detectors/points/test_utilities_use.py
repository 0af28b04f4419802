"""WP-27 collapse, WP-28 near-zero use, WX-14 divergence, WX-18 silence: electricity and what is known of it."""

import pytest

from detectors.points.comparison import contributions
from detectors.points.example import seen
from detectors.points.finding import YELLOW, awaits_norm
from detectors.record import Record
from tests.detectors.build import bill, enforcement, saying
from tests.detectors.points.labour_records import wages
from tests.detectors.points.utility_records import (
    accounts,
    fed,
    firm,
    months,
    paid,
    peers,
    reading,
    readings,
    status,
    unpaid,
)
from tests.detectors.points.vectors import Series, Vector, judged

AS_LAST_YEAR = peers(-0.05)
LAST_YEAR = readings("2025-01", *[1000.0] * 12)
USUAL = [firm(), *LAST_YEAR, *readings("2026-01", 1000, 1000)]


def spring(march: float, april: float, *more: float) -> list[Record]:
    """Last year at 1000 kWh a month, this year too up to February, then these months."""
    return [*USUAL, *readings("2026-03", march, april, *more)]


APRIL, MAY, JUNE = "2026-05-03", "2026-06-03", "2026-07-03"


def billed(first: str, *kwh: float) -> list[Record]:
    """Bills paid at once that tell the quantity."""
    return [
        saying(
            bill(
                period,
                f"{period}-28",
                800,
                paid=f"{period}-28",
                version=1,
                op="assert",
                observed=f"{period}-28",
            ),
            quantity=str(one),
        )
        for period, one in zip(months(first, len(kwh)), kwh, strict=True)
    ]


ESTIMATED = reading("2026-04", 500, payload={"estimated": True})

_COLLAPSE = [
    Vector("WP-27", "nothing known, no answer", [firm()], APRIL, "not_evaluable", AS_LAST_YEAR),
    Vector("WP-27", "in the first year there is nothing to compare",
           [firm(), *LAST_YEAR], "2026-01-10", "not_evaluable",
           AS_LAST_YEAR),
    Vector("WP-27", "as last year is in order", spring(1000, 1000), APRIL, "none", AS_LAST_YEAR),
    Vector("WP-27", "29.9 % less is nothing", spring(701, 701), APRIL, "none", AS_LAST_YEAR),
    Vector("WP-27", "30 % less is blue", spring(700, 700), APRIL, "blue", AS_LAST_YEAR),
    Vector("WP-27", "it counts from the second reading", spring(700, 700), "2026-05-02", "none", AS_LAST_YEAR),
    Vector("WP-27", "one month of it is nothing", spring(1000, 100), APRIL, "none", AS_LAST_YEAR),
    Vector("WP-27", "the better of two months counts", spring(100, 700), APRIL, "blue", AS_LAST_YEAR),
    Vector("WP-27", "49.9 % less is blue", spring(501, 501), APRIL, "blue", AS_LAST_YEAR),
    Vector("WP-27", "50 % less is yellow", spring(500, 500), APRIL, "yellow", AS_LAST_YEAR),
    Vector("WP-27", "79.9 % less is yellow", spring(201, 201), APRIL, "yellow", AS_LAST_YEAR),
    Vector("WP-27", "80 % less is red", spring(200, 200), APRIL, "red", AS_LAST_YEAR),
    Vector("WP-27", "20 points below the peers is enough", spring(700, 700), APRIL, "blue", peers(-0.10)),
    Vector("WP-27", "less than 20 points below the peers is not", spring(700, 700), APRIL, "none", peers(-0.11)),
    Vector("WP-27", "in a bad year for all nobody is red", spring(200, 200), APRIL, "none", peers(-0.61)),
    Vector("WP-27", "peers unknown, no answer", spring(200, 200), APRIL, "not_evaluable"),
    Vector("WP-27", "peers of one month unknown, no answer", spring(200, 200), APRIL, "not_evaluable",
           peers({"2026-04": -0.05})),
    Vector("WP-27", "a firm that nobody knows has no peers", spring(200, 200)[1:], APRIL, "not_evaluable"),
    Vector("WP-27", "in order without peers too", spring(1000, 1000)[1:], APRIL, "none"),
    Vector("WP-27", "an estimated month is no answer", [*USUAL, reading("2026-03", 500), ESTIMATED], APRIL,
           "not_evaluable", AS_LAST_YEAR),
    Vector("WP-27", "a month left out is no answer", [*USUAL, reading("2026-04", 500)], APRIL, "not_evaluable",
           AS_LAST_YEAR),
    Vector("WP-27", "nothing used last year is no answer",
           [firm(), *readings("2025-03", 0, 0), *readings("2026-03", 0, 0)], APRIL, "not_evaluable", AS_LAST_YEAR),
    Vector("WP-27", "the lunar new year moved from February to January",
           [firm(), *LAST_YEAR, *readings("2026-01", 200, 1800, 1000)],
           "2026-04-03", "none", AS_LAST_YEAR),
    Vector("WP-27", "January alone says nothing yet",
           [firm(), *LAST_YEAR, reading("2024-12", 2000), reading("2026-01", 100)],
           "2026-02-03", "not_evaluable", AS_LAST_YEAR),
    Vector("WP-27", "January and February together are one month",
           [firm(), reading("2024-12", 2000), *LAST_YEAR, *readings("2026-01", 100, 900)], "2026-03-03", "yellow",
           AS_LAST_YEAR),
    Vector("WP-27", "79 % of last year is not recovered", spring(500, 500, 790), MAY, "yellow", AS_LAST_YEAR),
    Vector("WP-27", "one month recovered is not enough", spring(500, 500, 800), MAY, "yellow", AS_LAST_YEAR),
    Vector("WP-27", "80 % of last year in two months fades",
           spring(500, 500, 800, 800), JUNE, "fading", AS_LAST_YEAR),
    Vector("WP-27", "an estimated month does not clear",
           [*spring(500, 500), reading("2026-05", 1000, payload={"estimated": True})], MAY, "yellow", AS_LAST_YEAR),
    Vector("WP-27", "from red to blue while it gets better", spring(200, 200, 700, 700), JUNE, "blue", AS_LAST_YEAR),
    Vector("WP-27", "the cohort fell after it", spring(500, 500, 500, 500), JUNE, "fading",
           peers({"2026-03": 0.0, "2026-04": 0.0, "2026-05": -0.4, "2026-06": -0.4})),
    Vector("WP-27", "a yellow has faded after 90 days' halvings", spring(500, 500, 800, 800), "2027-12-20", "none",
           AS_LAST_YEAR),
    Vector("WP-27", "a bill tells the quantity too",
           [firm(), *billed("2025-01", *[1000.0] * 14), *billed("2026-03", 500, 500)], APRIL, "yellow", AS_LAST_YEAR),
    Vector("WP-27", "the meter goes before the bill",
           [*spring(1000, 1000), *billed("2026-03", 500, 500)], APRIL, "none", AS_LAST_YEAR),
    Vector("WP-27", "what moved to a second account is still used",
           [*spring(500, 500), *readings("2026-03", 500, 500, account="b")], APRIL, "none", AS_LAST_YEAR),
    Vector("WP-27", "an amended reading is the one that counts",
           [*spring(500, 500), reading("2026-04", 900, version=2, op="amend")], APRIL, "none", AS_LAST_YEAR),
    Vector("WP-27", "readings captured late count for their months",
           [*USUAL, *readings("2026-03", 500, 500, observed="2026-09-01")], "2026-09-01", "yellow", AS_LAST_YEAR),
]  # fmt: skip

HALF = readings("2025-02", *[1000.0] * 7)  # February to August


def autumn(*kwh: float) -> list[Record]:
    """Seven months at 1000 kWh, then these from September on."""
    return [*HALF, *readings("2025-09", *kwh)]


OCTOBER, NOVEMBER = "2025-10-03", "2025-11-03"
TOLD = fed("2026-03-01")
ARREARS = unpaid("electricity", "2025-07", "2025-08-10")
SPRING_FESTIVAL = [*readings("2025-07", *[1000.0] * 7), *readings("2026-02", 0, 0, 0, 0)]

_SHUTDOWN = [
    Vector("WP-28", "nothing known, no answer", [], OCTOBER, "not_evaluable", TOLD),
    Vector("WP-28", "use as ever is in order", autumn(1000), OCTOBER, "none", TOLD),
    Vector("WP-28", "5.1 % of the median is in order", autumn(51), OCTOBER, "none", TOLD),
    Vector("WP-28", "5 % of the median for 30 days is yellow", autumn(50), OCTOBER, "yellow", TOLD),
    Vector("WP-28", "it counts from the reading", autumn(50), "2025-10-02", "none", TOLD),
    Vector("WP-28", "two months, 61 days, are red", autumn(50, 0), NOVEMBER, "red", TOLD),
    Vector("WP-28", "28 days are not yet yellow", [*readings("2024-08", *[1000.0] * 6), reading("2025-02", 0)],
           "2025-03-03", "none", TOLD),
    Vector("WP-28", "30 days together with arrears are red", [*autumn(50), ARREARS], OCTOBER, "red", TOLD),
    Vector("WP-28", "wages unpaid are arrears", [*autumn(50), wages(1, "2025-09-01", "order_to_pay")], OCTOBER, "red",
           TOLD),
    Vector("WP-28", "arrears paid leave yellow",
           [*autumn(50), *paid("electricity", "2025-07", "2025-08-10", "2025-08-15")], OCTOBER, "yellow", TOLD),
    Vector("WP-28", "other trouble than arrears leaves yellow",
           [*autumn(50), enforcement(1, "2025-09-01", 10)], OCTOBER,
           "yellow", TOLD),
    Vector("WP-28", "a source that never said how far it is proves nothing", autumn(50), OCTOBER, "not_evaluable"),
    Vector("WP-28", "nothing is said of days not yet told of", autumn(50), NOVEMBER, "none", fed("2025-10-02")),
    Vector("WP-28", "what was told of is said", autumn(50), NOVEMBER, "yellow", fed("2025-10-04")),
    Vector("WP-28", "a silent source raises nothing", HALF, "2026-06-01", "none", fed("2025-09-20")),
    Vector("WP-28", "two readings that never came, the source having told all, are red",
           HALF, "2025-12-16", "red", TOLD),
    Vector("WP-28", "the day before they may still come", HALF, "2025-12-15", "none", TOLD),
    Vector("WP-28", "a silent source does not clear either", autumn(0, 0), "2026-06-01", "red", fed("2025-11-10")),
    Vector("WP-28", "use is back at 30 %", autumn(0, 300), NOVEMBER, "fading", TOLD),
    Vector("WP-28", "29.9 % is not back", autumn(0, 299), NOVEMBER, "yellow", TOLD),
    Vector("WP-28", "a yellow has faded after a year",
           autumn(0, *[1000.0] * 15), "2026-12-10", "none", fed("2027-01-01")),
    Vector("WP-28", "a suspension filed before explains it",
           [*autumn(0, 0), status("2025-08-30", "suspended")], NOVEMBER,
           "none", TOLD),
    Vector("WP-28", "a suspension filed after it is blue",
           [*autumn(0, 0), status("2025-11-01", "suspended")], NOVEMBER,
           "blue", TOLD),
    Vector("WP-28", "when the suspension is over the colour is back",
           [*autumn(0, 0), status("2025-11-01", "suspended", "2025-11-03")], NOVEMBER, "red", TOLD),
    Vector("WP-28", "a suspension that ended explains nothing later",
           [*autumn(0, 0), status("2025-01-01", "suspended"), status("2025-02-01", "active")], NOVEMBER, "red", TOLD),
    Vector("WP-28", "the Spring Festival does not count",
           SPRING_FESTIVAL[:-2], "2026-04-03", "none", fed("2026-12-01")),
    Vector("WP-28", "after it 58 days are yellow", SPRING_FESTIVAL[:-1], "2026-05-03", "yellow", fed("2026-12-01")),
    Vector("WP-28", "and 89 days red", SPRING_FESTIVAL, "2026-06-03", "red", fed("2026-12-01")),
    Vector("WP-28", "an estimated nought is no measurement",
           [*HALF, reading("2025-09", 0, payload={"estimated": True})], OCTOBER, "none", TOLD),
    Vector("WP-28", "five months before it are too few", [*HALF[2:], reading("2025-09", 0)], OCTOBER, "not_evaluable",
           TOLD),
    Vector("WP-28", "a second account that runs is use",
           [*autumn(0, 0), *readings("2025-03", *[500.0] * 8, account="b")], NOVEMBER, "none", TOLD),
    Vector("WP-28", "an account given up is no standstill",
           [*HALF, *readings("2025-03", *[500.0] * 8, account="b"),
            reading("2025-09", 0, event="close_account")], NOVEMBER, "none", TOLD),
    Vector("WP-28", "an amended reading is the one that counts",
           [*autumn(0), reading("2025-09", 900, version=2, op="amend")], OCTOBER, "none", TOLD),
    Vector("WP-28", "a reading captured late counts for its month",
           [*HALF, reading("2025-09", 0, observed="2025-10-30")], "2025-10-30", "yellow", TOLD),
    Vector("WP-28", "an identity not sure is blue at most",
           [*HALF, *readings("2025-09", 0, 0, match_confidence=0.9)], NOVEMBER, "blue", TOLD),
]  # fmt: skip

Q2 = "2026-07-15"


def quarter(output: float, *kwh: float) -> list[Record]:
    """Output of the second quarter against 1000 last year, and kWh of its months against 1000 each."""
    return [
        accounts("2025Q2", "2025-07-15", output_value=1000),
        accounts("2026Q2", Q2, output_value=output),
        *readings("2025-04", 1000, 1000, 1000),
        *readings("2026-04", *kwh),
    ]


MONTHLY = [
    one
    for number in (4, 5, 6)
    for one in (
        accounts(f"2025-0{number}", f"2025-0{number + 1}-15", output_value=1000),
        accounts(f"2026-0{number}", f"2026-0{number + 1}-15", output_value=1300),
    )
]
POWER = readings("2025-04", 1000, 1000, 1000)

_DIVERGENCE = [
    Vector("WX-14", "nothing declared, no answer", readings("2026-04", 1, 1, 1), Q2, "not_evaluable"),
    Vector("WX-14", "output up by 30 % and power down by 20 % is yellow", quarter(1300, 800, 800, 800), Q2, "yellow"),
    Vector("WX-14", "not before it is declared", quarter(1300, 800, 800, 800), "2026-07-14", "not_evaluable"),
    Vector("WX-14", "output up by less is in order", quarter(1299, 800, 800, 800), Q2, "none"),
    Vector("WX-14", "power down by less is in order", quarter(1300, 800, 800, 801), Q2, "none"),
    Vector("WX-14", "the reverse is yellow", quarter(800, 1300, 1300, 1300), Q2, "yellow"),
    Vector("WX-14", "less of the reverse is in order", quarter(801, 1300, 1300, 1300), Q2, "none"),
    Vector("WX-14", "both down together is in order", quarter(500, 500, 500, 500), Q2, "none"),
    Vector("WX-14", "power of a month unknown, no answer", quarter(1300, 800, 800), Q2, "not_evaluable"),
    Vector("WX-14", "declared by the month each must show it",
           [*MONTHLY, *POWER, *readings("2026-04", 800, 800, 800)], Q2,
           "yellow"),
    Vector("WX-14", "one month in order is enough",
           [*MONTHLY, *POWER, *readings("2026-04", 500, 500, 900)], Q2, "none"),
    Vector("WX-14", "an amended declaration clears it",
           [*quarter(1300, 800, 800, 800), accounts("2026Q2", Q2, output_value=900, version=2, op="amend")], Q2,
           "none"),
    Vector("WX-14", "the next quarter in order lets it fade",
           [*quarter(1300, 800, 800, 800), accounts("2025Q3", "2025-10-15", output_value=1000),
            accounts("2026Q3", "2026-10-15", output_value=1000), *readings("2025-07", 1000, 1000, 1000),
            *readings("2026-07", 1000, 1000, 1000)], "2026-10-15", "fading"),
]  # fmt: skip

THREE_MONTHS = readings("2026-01", 100, 100, 100)  # March, missing April and May

_SILENCE = [
    Vector("WX-18", "nothing ever told is not silence", [], "2026-07-16", "none"),
    Vector("WX-18", "two months missing are not evaluable", THREE_MONTHS, "2026-07-16", "not_evaluable"),
    Vector("WX-18", "the day before they may still come", THREE_MONTHS, "2026-07-15", "none"),
    Vector("WX-18", "two months are no series", THREE_MONTHS[1:], "2026-07-16", "none"),
    Vector("WX-18", "a month told late ends it", [*THREE_MONTHS, reading("2026-04", 100)], "2026-07-16", "none"),
    Vector("WX-18", "told every second month, twice as long is allowed",
           [reading("2026-01", 1), reading("2026-03", 1), reading("2026-05", 1)], "2026-11-14", "none"),
    Vector("WX-18", "and no longer",
           [reading("2026-01", 1), reading("2026-03", 1), reading("2026-05", 1)], "2026-11-15", "not_evaluable"),
    Vector("WX-18", "a closed account has nothing to tell",
           [*THREE_MONTHS, reading("2026-03", 0, event="close_account")], "2026-07-16", "none"),
    Vector("WX-18", "a suspension explains it",
           [*THREE_MONTHS, status("2026-04-01", "suspended")], "2026-07-16", "none"),
]  # fmt: skip

VECTORS = [*_COLLAPSE, *_SHUTDOWN, *_DIVERGENCE, *_SILENCE]

SERIES = [
    Series("WP-27", "ever less", [spring(kwh, kwh) for kwh in (900, 700, 500, 200, 0)], APRIL, AS_LAST_YEAR),
    Series("WP-28", "ever less", [autumn(*kwh) for kwh in ((500, 500), (500, 40), (0, 0))], NOVEMBER, TOLD),
    Series("WX-14", "ever wider apart", [quarter(1000, 900, 900, 900), quarter(1300, 800, 800, 800)], Q2),
]


def test_the_year_before_is_compared_by_month() -> None:
    """What the comparison with the peers is fed with: January and February under February, nothing that is unknown."""
    told = [
        {"on": one.occurred_at.date().isoformat(), **one.payload}
        for one in [*LAST_YEAR, *readings("2026-01", 500, 700, 1200), ESTIMATED]
    ]
    view = seen("2026-06-01", F15=told)
    found = {period: dict(contributions(view, period)) for period in months("2026-01", 5)}
    assert found == {
        "2026-01": {},
        "2026-02": {"kwh_yoy": pytest.approx(-0.4)},
        "2026-03": {"kwh_yoy": pytest.approx(0.2)},
        "2026-04": {},
        "2026-05": {},
    }
    assert contributions(view, "soon") == {}


def test_a_colour_waits_for_the_norm_of_a_later_month() -> None:
    """The colour stands, and the firm is looked at again once it is known how its peers did."""
    known = peers({"2026-03": -0.05, "2026-04": -0.05})
    later, now = (
        judged(spring(500, 500, *more), day, known).verdicts["WP-27"].finding
        for more, day in (((200,), MAY), ((), APRIL))
    )
    assert (later.level, awaits_norm(later)) == (YELLOW, True)
    assert (now.level, awaits_norm(now)) == (YELLOW, False)
