"""Vectors of the points on social insurance, headcount, wages and labour disputes."""

from detectors.record import Record
from detectors.reference import Reference
from tests.detectors.build import manual, master, saying
from tests.detectors.points.judicial_records import labour, suit
from tests.detectors.points.labour_records import insured, staff, status, wages
from tests.detectors.points.vectors import Series, Vector, watermark

TEN_MILLION = master("2025-01-01", 10_000_000)


def _unpaid(*months: str, due: float = 900) -> list[Record]:
    return [insured(month, due=due, paid=0) for month in months]


def _disputes(count: int, day: str) -> list[Record]:
    return [labour(n, day) for n in range(count)]


_STEADY = staff("2025-10", 50, 50, 50)
"""Fifty insured from October to December 2025."""
_SILENT = Reference()

VECTORS = [
    # WP-36: a month unpaid is blue, two in a row yellow, three or 5 % of M red
    Vector("WP-36", "without records nobody can tell", [TEN_MILLION], "2026-02-16", "not_evaluable"),
    Vector("WP-36", "paid in full is none", [insured("2026-01", due=900, paid=900)], "2026-03-01", "none"),
    Vector("WP-36", "fourteen days after the month is none", _unpaid("2026-01"), "2026-02-15", "none"),
    Vector("WP-36", "fifteen days after the month is blue", _unpaid("2026-01"), "2026-02-16", "blue"),
    Vector("WP-36", "paid in part is blue", [insured("2026-01", due=900, paid=899)], "2026-02-16", "blue"),
    Vector("WP-36", "two months apart are blue", _unpaid("2025-11", "2026-01"), "2026-02-16", "blue"),
    Vector("WP-36", "two months in a row are yellow", _unpaid("2025-12", "2026-01"), "2026-02-16", "yellow"),
    Vector(
        "WP-36",
        "December and January are in a row, the third makes red",
        _unpaid("2025-11", "2025-12", "2026-01"),
        "2026-02-16",
        "red",
    ),
    Vector(
        "WP-36", "three months apart are red", _unpaid("2025-07", "2025-09", "2025-11"), "2026-02-16", "red"
    ),
    Vector(
        "WP-36",
        "below five per cent of M is blue",
        [TEN_MILLION, *_unpaid("2026-01", due=499_999)],
        "2026-02-16",
        "blue",
    ),
    Vector(
        "WP-36", "five per cent of M is red", [TEN_MILLION, *_unpaid("2026-01", due=5e5)], "2026-02-16", "red"
    ),
    Vector(
        "WP-36",
        "unpaid as far as its source has been followed",
        [insured("2026-01", due=900, paid=0, owed=900)],
        "2026-04-20",
        "blue",
        watermark("2026-03-01"),
    ),
    Vector(
        "WP-36",
        "known to owe nothing by now, however far behind the source is followed",
        [insured("2026-01", due=900, paid=0, owed=900), insured("2026-03", due=900, paid=900, owed=0)],
        "2026-04-20",
        "fading",
        watermark("2026-03-01"),
    ),
    Vector(
        "WP-36",
        "what is owed grows: one month",
        [insured("2025-12", owed=0), insured("2026-01", owed=900)],
        "2026-02-16",
        "blue",
    ),
    Vector(
        "WP-36",
        "what is owed stays: still one month",
        [insured("2025-11", owed=0), insured("2025-12", owed=900), insured("2026-01", owed=900)],
        "2026-02-16",
        "blue",
    ),
    Vector(
        "WP-36",
        "what is owed grows again: two months",
        [insured("2025-11", owed=0), insured("2025-12", owed=900), insured("2026-01", owed=1800)],
        "2026-02-16",
        "yellow",
    ),
    Vector(
        "WP-36",
        "one kind of insurance is enough",
        [insured("2026-01", due=900, paid=900), insured("2026-01", due=90, paid=0, kind="medical")],
        "2026-02-16",
        "blue",
    ),
    Vector(
        "WP-36",
        "nothing owed later clears it",
        [*_unpaid("2025-12"), insured("2026-02", due=900, paid=900, owed=0)],
        "2026-03-20",
        "fading",
    ),
    Vector(
        "WP-36",
        "until then it is blue",
        [*_unpaid("2025-12"), insured("2026-02", due=900, paid=900, owed=0)],
        "2026-02-27",
        "blue",
    ),
    Vector(
        "WP-36",
        "made good it fades",
        [
            *_unpaid("2025-12"),
            insured(
                "2025-12",
                due=900,
                paid=900,
                paid_on="2026-02-10",
                version=2,
                op="amend",
                observed="2026-02-11",
            ),
        ],
        "2026-02-20",
        "fading",
    ),
    Vector(
        "WP-36",
        "made good in time it was none",
        [
            *_unpaid("2025-12"),
            insured(
                "2025-12",
                due=900,
                paid=900,
                paid_on="2026-01-10",
                version=2,
                op="amend",
                observed="2026-01-11",
            ),
        ],
        "2026-02-20",
        "none",
    ),
    Vector(
        "WP-36",
        "corrected it never was",
        [
            *_unpaid("2025-12"),
            insured("2025-12", due=900, paid=900, version=2, op="amend", observed="2026-02-11"),
        ],
        "2026-02-20",
        "none",
    ),
    Vector(
        "WP-36",
        "one of three made good leaves two in a row",
        [
            *_unpaid("2025-11", "2025-12", "2026-01"),
            insured(
                "2025-11",
                due=900,
                paid=900,
                paid_on="2026-02-20",
                version=2,
                op="amend",
                observed="2026-02-20",
            ),
        ],
        "2026-02-20",
        "yellow",
    ),
    Vector("WP-36", "a headcount alone is none", [insured("2026-01", count=40)], "2026-03-01", "none"),
    Vector(
        "WP-36", "an annual report is not a month", [insured("2025", owed=900)], "2026-07-01", "not_evaluable"
    ),
    # WP-37: a fifth and five persons within three months are blue, two fifths yellow, after a month; nobody red
    Vector("WP-37", "without a headcount nobody can tell", _unpaid("2026-01"), "2026-02-01", "not_evaluable"),
    Vector("WP-37", "a steady headcount is none", _STEADY, "2026-01-10", "none"),
    Vector("WP-37", "below a fifth is none", [*_STEADY, insured("2026-01", count=41)], "2026-02-28", "none"),
    Vector("WP-37", "a fifth is blue", [*_STEADY, insured("2026-01", count=40)], "2026-02-28", "blue"),
    Vector("WP-37", "four of ten persons are none", staff("2025-11", 10, 10, 6), "2026-02-28", "none"),
    Vector("WP-37", "five of ten persons are yellow", staff("2025-11", 10, 10, 5), "2026-02-28", "yellow"),
    Vector(
        "WP-37", "below two fifths is blue", [*_STEADY, insured("2026-01", count=31)], "2026-02-28", "blue"
    ),
    Vector(
        "WP-37", "two fifths are yellow", [*_STEADY, insured("2026-01", count=30)], "2026-02-28", "yellow"
    ),
    Vector(
        "WP-37",
        "one person insured is yellow",
        [*_STEADY, insured("2026-01", count=1)],
        "2026-02-28",
        "yellow",
    ),
    Vector("WP-37", "nobody insured is red", [*_STEADY, insured("2026-01", count=0)], "2026-02-01", "red"),
    Vector(
        "WP-37",
        "step by step within three months it is blue",
        staff("2025-10", 50, 47, 43, 40),
        "2026-02-28",
        "blue",
    ),
    Vector(
        "WP-37",
        "step by step over four months it is none",
        staff("2025-09", 50, 48, 46, 44, 40),
        "2026-02-28",
        "none",
    ),
    Vector(
        "WP-37",
        "it stays while the headcount stays low",
        staff("2025-07", 50, 30, 30, 30, 30, 30),
        "2026-01-10",
        "yellow",
    ),
    Vector("WP-37", "for a year", staff("2024-12", 50, *[30] * 13), "2026-01-28", "fading"),
    Vector("WP-37", "and in its last month still", staff("2024-12", 50, *[30] * 12), "2026-01-27", "yellow"),
    Vector("WP-37", "a recovery clears it", staff("2025-09", 50, 30, 30, 45), "2026-01-10", "fading"),
    Vector(
        "WP-37",
        "a fall shows no colour before it has stood for a month",
        [*_STEADY, insured("2026-01", count=30)],
        "2026-02-27",
        "none",
    ),
    Vector(
        "WP-37",
        "the next month makes it sure",
        staff("2025-12", 50, 50, 40, 40),
        "2026-03-28",
        "blue",
    ),
    Vector(
        "WP-37",
        "a fall that is over in the next month was never shown",
        staff("2025-10", 50, 30, 45),
        "2026-01-10",
        "none",
    ),
    Vector(
        "WP-37",
        "yellow waits while blue shows",
        [*_STEADY, *staff("2026-01", 40, 30)],
        "2026-03-30",
        "blue",
    ),
    Vector(
        "WP-37",
        "and shows when it has stood for a month",
        [*_STEADY, *staff("2026-01", 40, 30)],
        "2026-03-31",
        "yellow",
    ),
    Vector(
        "WP-37",
        "nobody insured after business was suspended is explained",
        [*_STEADY, insured("2026-01", count=0), status("suspended", "2026-01-01")],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-37",
        "a suspension that is over explains nothing",
        [
            *_STEADY,
            insured("2026-01", count=0),
            status("suspended", "2026-01-01", suspended_until="2026-01-31"),
        ],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-37",
        "of a firm struck off it is yellow",
        [*_STEADY, insured("2026-01", count=0), status("licence_revoked", "2026-01-01")],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-37",
        "other kinds of insurance are held against themselves",
        [*_STEADY, *staff("2025-10", 10, 10, 10, 10, kind="work_injury")],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-37",
        "no record before the deadline is none",
        _STEADY,
        "2026-03-16",
        "none",
        watermark("2026-03-17"),
    ),
    Vector(
        "WP-37",
        "no record 45 days after the month is red",
        _STEADY,
        "2026-03-18",
        "red",
        watermark("2026-03-18"),
    ),
    Vector(
        "WP-37",
        "a source that is silent does not raise it",
        _STEADY,
        "2026-03-18",
        "none",
        watermark("2026-03-01"),
    ),
    Vector(
        "WP-37",
        "a source that never said how far it is proves nothing",
        _STEADY,
        "2026-03-18",
        "not_evaluable",
        _SILENT,
    ),
    Vector(
        "WP-37",
        "nor does another source speak for it",
        _STEADY,
        "2026-03-18",
        "not_evaluable",
        watermark("2026-03-18", "cn.330604.other"),
    ),
    Vector(
        "WP-37",
        "a silent source does not clear what was told",
        [*_STEADY, insured("2026-01", count=30)],
        "2026-06-01",
        "yellow",
        _SILENT,
    ),
    Vector(
        "WP-37",
        "no record after a suspension is explained",
        [*_STEADY, status("suspended", "2026-01-15")],
        "2026-03-18",
        "none",
        watermark("2026-03-18"),
    ),
    Vector(
        "WP-37",
        "a suspension explains for three years",
        [status("suspended", "2023-03-01"), *staff("2025-12", 10, 10, 0)],
        "2026-02-28",
        "none",
    ),
    Vector(
        "WP-37",
        "and not for longer, though nobody told of its end",
        [status("suspended", "2023-02-28"), *staff("2025-12", 10, 10, 0)],
        "2026-02-28",
        "red",
    ),
    Vector(
        "WP-37",
        "a record that comes late shows it never was",
        [*_STEADY, insured("2026-01", count=50, observed="2026-03-25")],
        "2026-03-26",
        "none",
        watermark("2026-03-18"),
    ),
    Vector(
        "WP-37",
        "a firm that never insured anybody is none",
        staff("2025-10", 0, 0),
        "2026-03-18",
        "none",
        watermark("2026-03-18"),
    ),
    # WP-38: five workers complaining are blue, an order yellow, the police or the list red
    Vector(
        "WP-38",
        "four workers complaining are none",
        [wages(1, "2026-01-05", "complaint", 4)],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-38",
        "five workers complaining are blue",
        [wages(1, "2026-01-05", "complaint", 5)],
        "2026-01-05",
        "blue",
    ),
    Vector(
        "WP-38",
        "two complaints add up",
        [wages(1, "2026-01-05", "complaint", 2), wages(2, "2026-01-06", "complaint", 3)],
        "2026-01-06",
        "blue",
    ),
    Vector(
        "WP-38",
        "a complaint counts for 180 days",
        [wages(1, "2026-01-05", "complaint", 5)],
        "2026-07-03",
        "blue",
    ),
    Vector("WP-38", "and then fades", [wages(1, "2026-01-05", "complaint", 5)], "2026-07-04", "fading"),
    Vector(
        "WP-38",
        "an order to pay is yellow",
        [wages(1, "2026-01-05", "order_to_pay", 1)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-38",
        "an order that expired is yellow",
        [wages(1, "2026-01-05", "order_expired", 1)],
        "2027-01-05",
        "yellow",
    ),
    Vector(
        "WP-38",
        "a criminal referral is red",
        [wages(1, "2026-01-05", "criminal_referral")],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-38", "the list is red", [wages(1, "2026-01-05", "joint_discipline_listed")], "2026-01-05", "red"
    ),
    Vector(
        "WP-38",
        "from complaint to order in records of their own",
        [
            wages(1, "2026-01-05", "complaint", 2),
            wages(1, "2026-02-05", "order_to_pay", 2, record_id="later"),
        ],
        "2026-02-05",
        "yellow",
    ),
    Vector(
        "WP-38",
        "paid it fades",
        [
            wages(1, "2026-01-05", "order_to_pay", 9),
            wages(1, "2026-01-05", "order_to_pay", 9, version=2, op="close", observed="2026-02-01"),
        ],
        "2026-02-01",
        "fading",
    ),
    Vector(
        "WP-38",
        "removed from the list it fades",
        [
            wages(1, "2026-01-05", "joint_discipline_listed"),
            wages(1, "2026-09-05", "removed", record_id="later"),
        ],
        "2026-09-05",
        "fading",
    ),
    Vector(
        "WP-38",
        "removed on the day of the event, however late that is told",
        [
            wages(1, "2026-01-05", "joint_discipline_listed"),
            wages(
                1, "2026-09-05", "removed", record_id="later", event_on="2026-09-05", observed="2026-12-01"
            ),
        ],
        "2026-10-01",
        "fading",
    ),
    Vector(
        "WP-38",
        "the list ends after three years",
        [wages(1, "2023-01-05", "joint_discipline_listed")],
        "2026-01-05",
        "fading",
    ),
    Vector(
        "WP-38", "and not earlier", [wages(1, "2023-01-05", "joint_discipline_listed")], "2026-01-04", "red"
    ),
    Vector(
        "WP-38",
        "told late it is red when it is told",
        [wages(1, "2025-01-05", "joint_discipline_listed", observed="2026-01-05")],
        "2026-01-05",
        "red",
    ),
    # WP-39: three in 30 days are blue, five or a tenth of the headcount in 90 days yellow, a fifth red
    Vector("WP-39", "two disputes are none", _disputes(2, "2026-01-05"), "2026-01-05", "none"),
    Vector("WP-39", "three disputes are blue", _disputes(3, "2026-01-05"), "2026-01-05", "blue"),
    Vector("WP-39", "four disputes are blue", _disputes(4, "2026-01-05"), "2026-01-05", "blue"),
    Vector("WP-39", "five disputes are yellow", _disputes(5, "2026-01-05"), "2026-01-05", "yellow"),
    Vector(
        "WP-39",
        "suits of other kinds do not count",
        [suit(n, "2026-01-05") for n in range(5)],
        "2026-01-05",
        "none",
    ),
    Vector("WP-39", "on day 29 they count", _disputes(3, "2026-01-05"), "2026-02-03", "blue"),
    Vector(
        "WP-39",
        "from day 30 on it is held for 30 days",
        _disputes(3, "2026-01-05"),
        "2026-02-04",
        "holding-blue",
    ),
    Vector("WP-39", "and then fades", _disputes(3, "2026-01-05"), "2026-03-06", "fading"),
    Vector(
        "WP-39",
        "below a tenth of the headcount is blue",
        [*staff("2025-12", 31), *_disputes(3, "2026-01-05")],
        "2026-01-05",
        "blue",
    ),
    Vector(
        "WP-39",
        "a tenth of the headcount is yellow",
        [*staff("2025-12", 30), *_disputes(3, "2026-01-05")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-39",
        "below a fifth of the headcount is yellow",
        [*staff("2025-12", 16), *_disputes(3, "2026-01-05")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-39",
        "a fifth of the headcount is red",
        [*staff("2025-12", 15), *_disputes(3, "2026-01-05")],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-39",
        "one dispute in a firm of five is none",
        [*staff("2025-12", 5), *_disputes(1, "2026-01-05")],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-39",
        "the share counts for 90 days",
        [*staff("2025-12", 15), *_disputes(3, "2026-01-05")],
        "2026-04-04",
        "red",
    ),
    Vector(
        "WP-39",
        "the register's headcount will do",
        [saying(TEN_MILLION, insured_count=15), *_disputes(3, "2026-01-05")],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-39",
        "a closed dispute was filed all the same",
        [labour(n, "2026-01-05", closed_on="2026-01-07", status="closed") for n in range(3)],
        "2026-01-10",
        "blue",
    ),
    # WX-09: an annual report that owes anything is blue
    Vector("WX-09", "without an annual report nobody can tell", _STEADY, "2026-07-01", "not_evaluable"),
    Vector("WX-09", "nothing owed is none", [insured("2025", owed=0)], "2026-07-01", "none"),
    Vector("WX-09", "anything owed is blue", [insured("2025", owed=0.01)], "2026-07-01", "blue"),
    Vector(
        "WX-09", "nothing before it is published", [insured("2025", owed=900)], "2026-06-19", "not_evaluable"
    ),
    Vector(
        "WX-09",
        "one kind of insurance is enough",
        [insured("2025", owed=0), insured("2025", owed=9, kind="medical")],
        "2026-07-01",
        "blue",
    ),
    Vector(
        "WX-09",
        "a later report that owes nothing clears it",
        [insured("2024", owed=900), insured("2025", owed=0)],
        "2026-06-20",
        "fading",
    ),
    Vector(
        "WX-09",
        "paid it fades",
        [
            insured("2025", owed=900),
            insured("2025", owed=900, paid_on="2026-08-01", version=2, op="amend", observed="2026-08-02"),
        ],
        "2026-08-02",
        "fading",
    ),
    Vector(
        "WX-09",
        "entered by hand it is blue",
        [manual(insured("2025", owed=900), approved=False)],
        "2026-07-01",
        "blue",
    ),
]

SERIES = [
    Series(
        "WP-36",
        "ever more months",
        [
            [insured("2025-08", due=9, paid=9)],
            _unpaid("2025-10"),
            _unpaid("2025-10", "2025-11"),
            _unpaid("2025-10", "2025-11", "2025-12"),
        ],
        "2026-02-16",
    ),
    Series(
        "WP-36",
        "ever more owed",
        [[TEN_MILLION, insured("2026-01", owed=amount)] for amount in (0, 900, 5e5, 5e6)],
        "2026-02-16",
    ),
    Series(
        "WP-37",
        "ever fewer persons",
        [[*_STEADY, insured("2026-01", count=count)] for count in (50, 45, 40, 30, 5, 0)],
        "2026-02-28",
    ),
    Series(
        "WP-38",
        "ever further",
        [
            [],
            *[
                [wages(1, "2026-01-05", event, 5)]
                for event in (
                    "complaint",
                    "order_to_pay",
                    "order_expired",
                    "criminal_referral",
                    "joint_discipline_listed",
                )
            ],
        ],
        "2026-02-01",
    ),
    Series(
        "WP-39",
        "ever more disputes",
        [[*staff("2025-12", 40), *_disputes(count, "2026-01-05")] for count in (0, 2, 3, 5, 8, 12)],
        "2026-01-06",
    ),
    Series(
        "WX-09", "anything at all", [[insured("2025", owed=amount)] for amount in (0, 1, 1e6)], "2026-07-01"
    ),
]
