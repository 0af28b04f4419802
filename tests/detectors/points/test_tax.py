"""WP-32 missed filings, WP-33 tax-abnormal, WP-34 major violation, WP-35 collapse of tax paid."""

from detectors.record import Record
from tests.detectors.build import manual
from tests.detectors.points.utility_records import (
    abnormal,
    accounts,
    after,
    fed,
    firm,
    missed,
    months,
    peers,
    readings,
    status,
    violation,
)
from tests.detectors.points.vectors import Series, Vector

MARCH, APRIL = missed("2026-03", "2026-04-20"), missed("2026-04", "2026-05-20")


def filed(period: str, on: str) -> Record:
    """The missed return of a month, filed after all."""
    return missed(period, after(period, 19), version=2, op="close", observed=on, payload={"released_on": on})


RETURNS = [accounts(period, after(period, 14), tax_paid=1000) for period in months("2026-01", 3)]
ALL_TOLD = fed("2026-12-01")

OTHER_TAX = missed("2026-03", "2026-04-20", "企业所得税", record_id="other")
OTHER_FILED = missed(
    "2026-03", "2026-04-20", "企业所得税", record_id="other", version=2, op="close", observed="2026-05-01",
    payload={"released_on": "2026-05-01"},
)  # fmt: skip

_MISSED = [
    Vector("WP-32", "nothing known is in order", [], "2026-05-01", "none"),
    Vector("WP-32", "a missed period is blue", [MARCH], "2026-04-20", "blue"),
    Vector("WP-32", "not before it is told", [MARCH], "2026-04-19", "none"),
    Vector("WP-32", "two months in a row are yellow", [MARCH, APRIL], "2026-05-20", "yellow"),
    Vector("WP-32", "the day before it is blue", [MARCH, APRIL], "2026-05-19", "blue"),
    Vector("WP-32", "two months with one between are blue",
           [MARCH, missed("2026-05", "2026-06-20")], "2026-06-20", "blue"),
    Vector("WP-32", "December and January are in a row",
           [missed("2025-12", "2026-01-20"), missed("2026-01", "2026-02-20")], "2026-02-20", "yellow"),
    Vector("WP-32", "a quarter is three months", [missed("2026Q1", "2026-04-20")], "2026-04-20", "yellow"),
    Vector("WP-32", "one tax of several is blue",
           [missed("2026-03", "2026-04-20", "增值税"), APRIL], "2026-05-20", "blue"),
    Vector("WP-32", "of two taxes one was filed, the other is missed",
           [missed("2026-03", "2026-04-20", "增值税"), OTHER_TAX, OTHER_FILED], "2026-05-02", "blue"),
    Vector("WP-32", "one tax told first, then all of them",
           [missed("2026-03", "2026-04-20", "增值税"),
            missed("2026-03", "2026-04-21", record_id="all"), APRIL], "2026-05-20", "yellow"),
    Vector("WP-32", "filed after all, one month is left",
           [MARCH, APRIL, filed("2026-03", "2026-06-01")], "2026-06-01", "blue"),
    Vector("WP-32", "all filed, it fades",
           [MARCH, APRIL, filed("2026-03", "2026-06-01"), filed("2026-04", "2026-06-02")], "2026-06-02", "fading"),
    Vector("WP-32", "a blue has faded after nine months",
           [MARCH, filed("2026-03", "2026-06-01")], "2027-03-01", "none"),
    Vector("WP-32", "told late it counts all the same", [missed("2026-03", "2026-04-20", observed="2026-09-01")],
           "2026-09-01", "blue"),
    Vector("WP-32", "a month of suspension is explained",
           [MARCH, status("2026-02-01", "suspended")], "2026-04-20", "none"),
    Vector("WP-32", "a suspension filed in the month explains it not", [MARCH, status("2026-03-02", "suspended")],
           "2026-04-20", "blue"),
    Vector("WP-32", "a return that never came is missed", RETURNS, "2026-05-31", "blue", ALL_TOLD),
    Vector("WP-32", "the day before it may still come", RETURNS, "2026-05-30", "none", ALL_TOLD),
    Vector("WP-32", "two that never came are yellow", RETURNS, "2026-07-01", "yellow", ALL_TOLD),
    Vector("WP-32", "a silent source proves nothing", RETURNS, "2026-09-01", "none", fed("2026-05-01")),
    Vector("WP-32", "nor one that never said how far it is", RETURNS, "2026-09-01", "not_evaluable"),
    Vector("WP-32", "a firm that does not file every month is not expected to",
           RETURNS[1:], "2026-09-01", "none", ALL_TOLD),
    Vector("WP-32", "a return that came late ends it",
           [*RETURNS, accounts("2026-04", "2026-06-10", tax_paid=900)], "2026-06-10", "fading", ALL_TOLD),
    Vector("WP-32", "suspended, nothing is expected",
           [*RETURNS, status("2026-04-01", "suspended")], "2026-09-01", "none",
           ALL_TOLD),
]  # fmt: skip

RELEASED = abnormal(
    "2026-03-01", version=2, op="close", observed="2026-05-01", payload={"released_on": "2026-05-01"}
)

_ABNORMAL = [
    Vector("WP-33", "missed returns are not yet a listing", [MARCH, APRIL], "2026-06-01", "none"),
    Vector("WP-33", "listed is red", [abnormal("2026-03-01")], "2026-03-01", "red"),
    Vector("WP-33", "not the day before", [abnormal("2026-03-01")], "2026-02-28", "none"),
    Vector("WP-33", "on the day of release it fades", [abnormal("2026-03-01"), RELEASED], "2026-05-01", "fading"),
    Vector("WP-33", "the day before it is red", [abnormal("2026-03-01"), RELEASED], "2026-04-30", "red"),
    *(
        Vector("WP-33", f"a release told as record {n} of its own ends it",
               [abnormal("2026-03-01"),
                abnormal("2026-05-01", payload={"listed_on": "2026-03-01", "released_on": "2026-05-01",
                                                "reason": str(n)})], "2026-05-02", "fading")
        for n in range(8)  # which of the two stands must not be a matter of luck
    ),
    Vector("WP-33", "told late it was so from the start",
           [abnormal("2026-03-01", observed="2026-09-01")], "2026-09-01", "red"),
    Vector("WP-33", "an entry nobody approved is yellow",
           [manual(abnormal("2026-03-01"), approved=False)], "2026-03-01",
           "yellow"),
    Vector("WP-33", "by name only it is blue", [abnormal("2026-03-01", match_confidence=0.9)], "2026-03-01", "blue"),
]  # fmt: skip

STOPPED = violation(1, "2026-03-01", version=2, op="amend", payload={"ceased_on": "2027-03-01"})

_VIOLATION = [
    Vector("WP-34", "nothing published", [], "2026-03-01", "none"),
    Vector("WP-34", "published is red", [violation(1, "2026-03-01")], "2026-03-01", "red"),
    Vector("WP-34", "not the day before", [violation(1, "2026-03-01")], "2026-02-28", "none"),
    Vector("WP-34", "for three years", [violation(1, "2026-03-01")], "2029-02-28", "red"),
    Vector("WP-34", "then it fades by itself", [violation(1, "2026-03-01")], "2029-03-01", "fading"),
    Vector("WP-34", "stopped early, it fades", [violation(1, "2026-03-01"), STOPPED], "2027-03-01", "fading"),
    Vector("WP-34", "the day before it is red", [violation(1, "2026-03-01"), STOPPED], "2027-02-28", "red"),
    Vector("WP-34", "a second one goes on",
           [violation(1, "2026-03-01"), STOPPED, violation(2, "2026-06-01")], "2027-03-01",
           "red"),
    Vector("WP-34", "told late it was so from the start",
           [violation(1, "2026-03-01", observed="2026-09-01")], "2026-09-01",
           "red"),
]  # fmt: skip

SLUMP = -0.15
FAIR = peers(0.0)
FILED, HELD = "2026-07-15", "2026-08-15"
"""When the second quarter is known, and when it has stood for a month."""


def spring(paid: float, *more: Record) -> list[Record]:
    """Tax of the second quarter against 1000 last year."""
    year_before = accounts("2025Q2", "2025-07-15", tax_paid=1000)
    return [firm(), year_before, accounts("2026Q2", FILED, tax_paid=paid), *more]


def power(kwh: float) -> list[Record]:
    """Electricity of the second quarter against 1000 kWh a month last year."""
    return [*readings("2025-04", 1000, 1000, 1000), *readings("2026-04", kwh, kwh, kwh)]


def third(paid: float) -> list[Record]:
    """Tax of the third quarter against 1000 last year."""
    return [accounts("2025Q3", "2025-10-15", tax_paid=1000), accounts("2026Q3", "2026-10-15", tax_paid=paid)]


def monthly(*paid: float, of: float = 100) -> list[Record]:
    """Tax of the months from January 2026 on against the same months at ``of`` last year."""
    periods = months("2026-01", len(paid))
    return [
        firm(),
        *(accounts(f"2025{one[4:]}", f"2025{after(one, 14)[4:]}", tax_paid=of) for one in periods),
        *(accounts(one, after(one, 14), tax_paid=tax) for one, tax in zip(periods, paid, strict=True)),
    ]


_DECLINE = [
    Vector("WP-35", "nothing paid, no answer", [firm()], FILED, "not_evaluable", FAIR),
    Vector("WP-35", "in the first year there is nothing to compare",
           [firm(), accounts("2026Q2", FILED, tax_paid=1)], FILED,
           "not_evaluable", FAIR),
    Vector("WP-35", "39.9 % less is in order", spring(601), HELD, "none", FAIR),
    Vector("WP-35", "40 % less is blue", spring(600), HELD, "blue", FAIR),
    Vector("WP-35", "not before it is filed", spring(600), "2026-07-14", "not_evaluable", FAIR),
    Vector("WP-35", "69.9 % less is blue", spring(301), HELD, "blue", FAIR),
    Vector("WP-35", "70 % less is yellow", spring(300), HELD, "yellow", FAIR),
    Vector("WP-35", "90 % less alone is yellow", spring(100), HELD, "yellow", FAIR),
    Vector("WP-35", "90 % less with half the electricity is red", spring(100, *power(500)), FILED, "red", FAIR),
    Vector("WP-35", "with more than half of it yellow", spring(100, *power(501)), HELD, "yellow", FAIR),
    Vector("WP-35", "89.9 % less is yellow whatever the electricity", spring(101, *power(0)), HELD, "yellow", FAIR),
    Vector("WP-35", "the electricity may be told later",
           spring(100, *power(500)[:3], *readings("2026-04", 500, 500, 500, observed="2026-08-20")), "2026-08-20",
           "red", FAIR),
    Vector("WP-35", "a refund is less than nothing", spring(-50, *power(500)), FILED, "red", FAIR),
    Vector("WP-35", "where the peers fell by 15 % it is in order", spring(300), HELD, "none", peers(SLUMP)),
    Vector("WP-35", "where they fell by less it is not", spring(300), HELD, "yellow", peers(-0.149)),
    Vector("WP-35", "peers unknown, no answer", spring(300), FILED, "not_evaluable"),
    Vector("WP-35", "in order without peers too", spring(1000)[1:], FILED, "none"),
    Vector("WP-35", "nothing paid last year is no answer",
           [firm(), accounts("2025Q2", "2025-07-15", tax_paid=0), accounts("2026Q2", FILED, tax_paid=0)], FILED,
           "not_evaluable", FAIR),
    Vector("WP-35", "back within 20 points of the median it fades",
           spring(300, *third(800)), "2026-10-15", "fading", FAIR),
    Vector("WP-35", "21 points below it is not back", spring(300, *third(790)), "2026-10-15", "yellow", FAIR),
    Vector("WP-35", "the day before it is still yellow", spring(300, *third(800)), "2026-10-14", "yellow", FAIR),
    Vector("WP-35", "from yellow to blue", spring(300, *third(600)), "2026-10-15", "blue", FAIR),
    Vector("WP-35", "by the month, three months are summed",
           monthly(100, 100, 100, 20, 20, 20), HELD, "yellow", FAIR),
    Vector("WP-35", "a quarter shows no colour before it has stood for a month",
           spring(300), "2026-08-14", "none", FAIR),
    Vector("WP-35", "by the month, the first figures show no colour",
           monthly(100, 100, 60, 60, 60), "2026-06-15", "none", FAIR),
    Vector("WP-35", "the next ones do, if they say the same",
           monthly(100, 100, 60, 60, 60, 60), FILED, "blue", FAIR),
    Vector("WP-35", "what is over with the next figures was never shown",
           monthly(100, 100, 100, 60, 60, 60, 160), HELD, "none", FAIR),
    Vector("WP-35", "yellow waits while blue shows", monthly(100, 100, 100, 20, 20, 20), FILED, "blue", FAIR),
    Vector("WP-35", "a month with a norm unknown is not taken for one that held",
           monthly(100, 100, 60, 60, 60, 60), FILED, "not_evaluable", peers({"2026-06": 0.0})),
    Vector("WP-35", "but a fall that stood for a month shows without it",
           monthly(100, 100, 60, 60, 60, 60), HELD, "blue", peers({"2026-06": 0.0})),
    Vector("WP-35", "by the month, less in one of three is in order",
           monthly(100, 100, 100, 0), "2026-05-15", "none", FAIR),
    Vector("WP-35", "January alone is not compared", monthly(0), "2026-02-15", "not_evaluable", FAIR),
    Vector("WP-35", "by the month, one month in the band is not enough",
           monthly(100, 100, 0, 0, 0, 100, 140), "2026-08-15", "blue", FAIR),
    Vector("WP-35", "two months in the band are",
           monthly(100, 100, 0, 0, 0, 100, 140, 100), "2026-09-15", "fading", FAIR),
    Vector("WP-35", "the tax office goes before the firm itself",
           spring(300, accounts("2026Q2", FILED, tax_paid=1000, basis="declared")), HELD, "yellow", FAIR),
    Vector("WP-35", "an amended payment is the one that counts",
           spring(300, accounts("2026Q2", FILED, tax_paid=900, version=2, op="amend")), HELD, "none", FAIR),
    Vector("WP-35", "told late it counts for its quarter",
           [*spring(300)[:2], accounts("2026Q2", FILED, tax_paid=300, observed="2026-12-01")], "2026-12-01", "yellow",
           FAIR),
]  # fmt: skip

VECTORS = [*_MISSED, *_ABNORMAL, *_VIOLATION, *_DECLINE]

SERIES = [
    Series("WP-32", "ever more months", [[], [MARCH], [MARCH, APRIL]], "2026-05-20"),
    Series("WP-33", "listed", [[], [abnormal("2026-03-01")]], "2026-03-01"),
    Series("WP-34", "published", [[], [violation(1, "2026-03-01")]], "2026-03-01"),
    Series(
        "WP-35", "ever less tax", [[*spring(tax), *power(400)] for tax in (900, 600, 300, 100)], HELD, FAIR
    ),
]
