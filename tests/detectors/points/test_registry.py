"""Vectors of the lists and reports: WP-44, WP-45, WX-08, and of penalties: WX-01, WX-02."""

from detectors.record import Record
from detectors.reference import Reference
from tests.detectors.build import bill, dishonest, master, saying, utility_event
from tests.detectors.points.registry_records import abnormal, penalty, serious, state, tax_abnormal
from tests.detectors.points.security_records import accounts
from tests.detectors.points.vectors import Series, Vector, watermark

NO_REPORT = abnormal("2026-01-05", 1)
NOT_FOUND = abnormal("2026-01-05", 4)
CUT = utility_event("cutoff", "2026-01", "2026-01-20")
BACK = utility_event("restore", "2026-02", "2026-02-10")

LISTS = [
    Vector("WP-44", "nothing listed", [dishonest(1, "2026-01-05")], "2026-02-01", "none"),
    Vector("WP-44", "no annual report is blue", [NO_REPORT], "2026-01-05", "blue"),
    Vector("WP-44", "no annual report for 59 days is blue", [NO_REPORT], "2026-03-05", "blue"),
    Vector("WP-44", "no annual report for 60 days is yellow", [NO_REPORT], "2026-03-06", "yellow"),
    Vector("WP-44", "an order not obeyed is yellow", [abnormal("2026-01-05", 2)], "2026-01-05", "yellow"),
    Vector("WP-44", "false statements are yellow", [abnormal("2026-01-05", 3)], "2026-01-05", "yellow"),
    Vector("WP-44", "not found is yellow", [NOT_FOUND], "2026-01-05", "yellow"),
    Vector("WP-44", "not found and cut off is red", [NOT_FOUND, CUT], "2026-01-20", "red"),
    Vector("WP-44", "not found and supplied again is yellow", [NOT_FOUND, CUT, BACK], "2026-02-10", "yellow"),
    Vector(
        "WP-44",
        "not found and its account closed is red",
        [NOT_FOUND, utility_event("close_account", "2026-01", "2026-01-20")],
        "2026-01-20",
        "red",
    ),
    Vector(
        "WP-44",
        "not found while it pays its bills is yellow",
        [NOT_FOUND, bill("2026-01", "2026-02-10", 100, paid="2026-02-09")],
        "2026-03-01",
        "yellow",
    ),
    Vector(
        "WP-44",
        "not found, one account closed and another in use is yellow",
        [
            NOT_FOUND,
            utility_event("close_account", "2026-01", "2026-01-20"),
            bill("2026-01", "2026-02-10", 100, utility="water", account="other"),
        ],
        "2026-03-01",
        "yellow",
    ),
    Vector(
        "WP-44",
        "not found and closed after the last bill of another account is red",
        [
            NOT_FOUND,
            bill("2025-12", "2026-01-10", 100, utility="water", account="other"),
            utility_event("close_account", "2026-01", "2026-01-20"),
        ],
        "2026-03-01",
        "red",
    ),
    Vector(
        "WP-44",
        "not found and a tax-abnormal household is red",
        [NOT_FOUND, tax_abnormal("2026-02-01")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-44",
        "not found, no tax-abnormal household any more, is yellow",
        [NOT_FOUND, tax_abnormal("2026-02-01", "2026-03-01")],
        "2026-03-01",
        "yellow",
    ),
    Vector("WP-44", "no annual report and cut off is blue", [NO_REPORT, CUT], "2026-01-20", "blue"),
    Vector(
        "WP-44",
        "two years and ten months short of a day",
        [abnormal("2023-01-05", 1)],
        "2025-11-04",
        "yellow",
    ),
    Vector("WP-44", "two years and ten months are red", [abnormal("2023-01-05", 1)], "2025-11-05", "red"),
    Vector("WP-44", "removed, it fades", [abnormal("2026-01-05", 2, "2026-04-01")], "2026-04-01", "fading"),
    Vector(
        "WP-44",
        "the day before removal it was yellow",
        [abnormal("2026-01-05", 2, "2026-04-01")],
        "2026-03-31",
        "yellow",
    ),
    Vector(
        "WP-44",
        "captured late it counts from listing",
        [abnormal("2026-01-05", 1, observed="2026-04-01")],
        "2026-04-01",
        "yellow",
    ),
    Vector("WP-45", "nothing listed", [dishonest(1, "2026-01-05")], "2026-02-01", "none"),
    Vector("WP-45", "the day before listing", [serious("2026-01-05")], "2026-01-04", "none"),
    Vector("WP-45", "listed is red", [serious("2026-01-05")], "2026-01-05", "red"),
    Vector("WP-45", "listed for just under three years", [serious("2023-01-05")], "2026-01-04", "red"),
    Vector("WP-45", "after three years it ends by itself", [serious("2023-01-05")], "2026-01-05", "fading"),
    Vector("WP-45", "removed early, it fades", [serious("2024-01-05", "2025-03-01")], "2025-03-01", "fading"),
    Vector(
        "WP-45",
        "captured late it counts",
        [serious("2026-01-05", observed="2026-05-01")],
        "2026-05-01",
        "red",
    ),
    Vector(
        "WP-45",
        "another record of the same listing counts once",
        [serious("2026-01-05"), serious("2026-01-05", rid="copy")],
        "2026-02-01",
        "red",
    ),
]

FIRM = saying(master("2020-01-05", 1e6), founded_on="2020-01-05")
NEW = saying(master("2026-01-05", 1e6), founded_on="2026-01-05")
LAST_YEAR = accounts("2024", "2025-06-05", revenue=1e6)
THIS_YEAR = accounts("2025", "2026-06-05", revenue=1e6)
LATE = accounts("2025", "2026-08-05", revenue=1e6)
TOLD = watermark("2026-07-20")
ONLY_JUNE = watermark("2026-06-30")
ASLEEP = state("2026-05-01", "suspended")


def _told(day: str) -> Reference:
    return watermark(day)


REPORTS = [
    Vector("WX-08", "nothing known of the firm", [LAST_YEAR], "2026-07-10", "not_evaluable", TOLD),
    Vector("WX-08", "never reported, the source is unknown", [FIRM], "2026-07-10", "not_evaluable", TOLD),
    Vector(
        "WX-08", "the source has not said how far it is", [FIRM, LAST_YEAR], "2026-07-10", "not_evaluable"
    ),
    Vector(
        "WX-08",
        "the tax office's silence is no missing report",
        [FIRM, saying(accounts("2024", "2025-06-05", revenue=1e6), basis="tax")],
        "2026-07-10",
        "not_evaluable",
        TOLD,
    ),
    Vector("WX-08", "on 30 June there is time", [FIRM, LAST_YEAR], "2026-06-30", "none", TOLD),
    Vector("WX-08", "on 1 July it is late", [FIRM, LAST_YEAR], "2026-07-01", "blue", TOLD),
    Vector("WX-08", "a silent source proves nothing", [FIRM, LAST_YEAR], "2026-07-10", "none", ONLY_JUNE),
    Vector("WX-08", "reported in June", [FIRM, LAST_YEAR, THIS_YEAR], "2026-07-10", "none", TOLD),
    Vector(
        "WX-08",
        "reported late, it fades",
        [FIRM, LAST_YEAR, LATE],
        "2026-08-05",
        "fading",
        _told("2026-08-20"),
    ),
    Vector("WX-08", "a firm founded this year need not report", [NEW, LAST_YEAR], "2026-07-10", "none", TOLD),
    Vector(
        "WX-08",
        "a firm that suspended its business is excused",
        [FIRM, LAST_YEAR, ASLEEP],
        "2026-07-10",
        "none",
        TOLD,
    ),
    Vector(
        "WX-08",
        "listed for it, the list shows it",
        [FIRM, LAST_YEAR, abnormal("2026-07-09", 1)],
        "2026-07-10",
        "fading",
        TOLD,
    ),
    Vector(
        "WX-08",
        "listed for something else, it is late",
        [FIRM, LAST_YEAR, abnormal("2026-07-09", 4)],
        "2026-07-10",
        "blue",
        TOLD,
    ),
]

ORDER = {"field": "environment"}
PENALTIES = [
    Vector("WX-01", "a small fine is calm", [penalty(1, "2026-01-05", 49_999)], "2026-02-01", "none"),
    Vector("WX-01", "fifty thousand are blue", [penalty(1, "2026-01-05", 50_000)], "2026-02-01", "blue"),
    Vector(
        "WX-01", "below a fiftieth of M is blue", [penalty(1, "2026-01-05", 59_999)], "2026-02-01", "blue"
    ),
    Vector("WX-01", "a fiftieth of M is yellow", [penalty(1, "2026-01-05", 60_000)], "2026-02-01", "yellow"),
    Vector(
        "WX-01",
        "half a per cent of a large M",
        [master("2026-01-01", 2e7), penalty(1, "2026-01-05", 99_999)],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WX-01",
        "half a per cent of a large M reached",
        [master("2026-01-01", 2e7), penalty(1, "2026-01-05", 100_000)],
        "2026-02-01",
        "blue",
    ),
    Vector(
        "WX-01",
        "a year's fines are added up",
        [penalty(n, "2026-01-05", 30_000) for n in (1, 2)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WX-01",
        "a suspended licence is yellow",
        [penalty(1, "2026-01-05", licence="suspend")],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WX-01", "a revoked licence is red", [penalty(1, "2026-01-05", licence="revoke")], "2026-02-01", "red"
    ),
    Vector(
        "WX-01",
        "an order to stop business is red",
        [penalty(1, "2026-01-05", licence="order_closure")],
        "2026-02-01",
        "red",
    ),
    Vector("WX-01", "it counts for a year", [penalty(1, "2026-01-05", 60_000)], "2027-01-04", "yellow"),
    Vector("WX-01", "after a year it fades", [penalty(1, "2026-01-05", 60_000)], "2027-01-05", "fading"),
    Vector(
        "WX-01",
        "withdrawn, it fades",
        [penalty(1, "2026-01-05", 60_000, version=2, op="amend", fields={"withdrawn_on": "2026-03-01"})],
        "2026-03-01",
        "fading",
    ),
    Vector(
        "WX-02", "a fine is no order", [penalty(1, "2026-01-05", 1e6, fields=ORDER)], "2026-02-01", "none"
    ),
    Vector(
        "WX-02",
        "an order to stop for the environment",
        [penalty(1, "2026-01-05", licence="order_closure", fields=ORDER)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WX-02",
        "30 days are yellow",
        [penalty(1, "2026-01-05", licence="suspend", fields=ORDER)],
        "2026-02-04",
        "yellow",
    ),
    Vector(
        "WX-02",
        "31 days are red",
        [penalty(1, "2026-01-05", licence="suspend", fields=ORDER)],
        "2026-02-05",
        "red",
    ),
    Vector(
        "WX-02",
        "an order of the market regulator is another point",
        [penalty(1, "2026-01-05", licence="order_closure", fields={"field": "market"})],
        "2026-02-05",
        "none",
    ),
    Vector(
        "WX-02",
        "lifted, it fades",
        [
            penalty(
                1, "2026-01-05", licence="suspend", version=2, op="close", observed="2026-02-20", fields=ORDER
            )
        ],
        "2026-02-20",
        "fading",
    ),
    Vector(
        "WX-02",
        "never lifted, it ends after three years",
        [penalty(1, "2023-01-05", licence="suspend", fields=ORDER)],
        "2026-01-05",
        "fading",
    ),
]

VECTORS = [*LISTS, *REPORTS, *PENALTIES]


def _fined(amount: float) -> list[Record]:
    return [penalty(1, "2026-01-05", amount)]


SERIES = [
    Series(
        "WP-44",
        "ever longer listed",
        [[abnormal(day, 1)] for day in ("2026-01-20", "2025-11-01", "2023-01-01")],
        "2026-02-01",
    ),
    Series("WP-45", "listed", [[], [serious("2026-01-05")]], "2026-02-01"),
    Series("WX-01", "ever higher fines", [_fined(n) for n in (1, 50_000, 60_000, 1e9)], "2026-02-01"),
    Series(
        "WX-02",
        "ever longer stopped",
        [[penalty(1, day, licence="suspend", fields=ORDER)] for day in ("2026-01-20", "2025-01-20")],
        "2026-02-01",
    ),
    Series(
        "WX-08", "reported, then not", [[FIRM, LAST_YEAR, THIS_YEAR], [FIRM, LAST_YEAR]], "2026-07-10", TOLD
    ),
]
