"""Vectors of the points on suits against a firm."""

from collections.abc import Sequence

from detectors.record import Record
from tests.detectors.build import manual, master
from tests.detectors.points.judicial_records import BANK, LESSOR, TRADER, judgment, labour, suit
from tests.detectors.points.vectors import Series, Vector

TEN_MILLION = master("2025-01-01", 10_000_000)
"""M is ten million."""


def _suits(count: int, day: str, first: int = 1) -> list[Record]:
    return [suit(first + n, day) for n in range(count)]


def _by(plaintiffs: Sequence[str], day: str) -> list[Record]:
    return [suit(n, day, by=name) for n, name in enumerate(plaintiffs, 1)]


_NAMES = [f"第{n}贸易有限公司" for n in range(6)]
_FIVE_TOGETHER = suit(1, "2026-01-05", parties=[{"name": name, "role": "plaintiff"} for name in _NAMES])

_USUAL = [suit(100 + month, f"2025-{month:02d}-01") for month in (1, 3, 5, 7, 9)]
"""Never three in 90 days."""

VECTORS = [
    # WP-01: blue for a suit worth max(50 000, 1 % of M) or of unknown amount, for 180 days
    Vector(
        "WP-01", "one yuan below the amount is none", [suit(1, "2026-01-05", 49_999)], "2026-01-05", "none"
    ),
    Vector("WP-01", "fifty thousand is blue", [suit(1, "2026-01-05", 50_000)], "2026-01-05", "blue"),
    Vector("WP-01", "nothing before it is filed", [suit(1, "2026-01-05", 50_000)], "2026-01-04", "none"),
    Vector(
        "WP-01",
        "below one per cent of M is none",
        [TEN_MILLION, suit(1, "2026-01-05", 99_999)],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-01", "one per cent of M is blue", [TEN_MILLION, suit(1, "2026-01-05", 1e5)], "2026-01-05", "blue"
    ),
    Vector("WP-01", "an unknown amount is blue", [suit(1, "2026-01-05")], "2026-01-05", "blue"),
    Vector(
        "WP-01",
        "a plaintiff is not sued",
        [suit(1, "2026-01-05", 1e6, role="plaintiff")],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-03",
        "transferred to another court it is one claim",
        [
            TEN_MILLION,
            suit(1, "2026-01-05", 6e6, status="transferred", closed_on="2026-02-01"),
            suit(2, "2026-02-03", 6e6),
        ],
        "2026-02-03",
        "yellow",
    ),
    Vector(
        "WP-03",
        "also where no day is told",
        [TEN_MILLION, suit(1, "2026-01-05", 6e6, status="transferred"), suit(2, "2026-02-03", 6e6)],
        "2026-02-03",
        "yellow",
    ),
    Vector("WP-01", "a labour dispute is not counted", [labour(1, "2026-01-05")], "2026-01-05", "none"),
    Vector(
        "WP-01",
        "an administrative case is not counted",
        [suit(1, "2026-01-05", 1e6, case_type="administrative")],
        "2026-01-05",
        "none",
    ),
    Vector("WP-01", "it counts for 180 days", [suit(1, "2026-01-05", 1e6)], "2026-07-03", "blue"),
    Vector("WP-01", "after 180 days it fades", [suit(1, "2026-01-05", 1e6)], "2026-07-04", "fading"),
    Vector(
        "WP-01",
        "a withdrawn suit fades at once",
        [
            suit(1, "2026-01-05", 1e6),
            suit(1, "2026-01-05", 1e6, status="withdrawn", version=2, op="amend", observed="2026-02-01"),
        ],
        "2026-02-01",
        "fading",
    ),
    Vector(
        "WP-01",
        "until it is withdrawn it counts",
        [
            suit(1, "2026-01-05", 1e6),
            suit(1, "2026-01-05", 1e6, status="withdrawn", version=2, op="amend", observed="2026-02-01"),
        ],
        "2026-01-31",
        "blue",
    ),
    Vector(
        "WP-01",
        "the amount corrected downwards was never blue",
        [suit(1, "2026-01-05", 1e6), suit(1, "2026-01-05", 1e4, version=2, op="amend")],
        "2026-01-06",
        "none",
    ),
    Vector(
        "WP-01",
        "told half a year late it is over",
        [suit(1, "2026-01-05", observed="2026-09-01")],
        "2026-09-01",
        "fading",
    ),
    Vector(
        "WP-01",
        "entered by hand and unapproved it is blue",
        [manual(suit(1, "2026-01-05"), approved=False)],
        "2026-01-05",
        "blue",
    ),
    # WP-02: yellow from 3 in 90 days and 3 times the usual, red from 10 or 5 plaintiffs in 30 days
    Vector("WP-02", "two suits are none", _suits(2, "2026-03-01"), "2026-03-01", "none"),
    Vector("WP-02", "three suits are yellow", _suits(3, "2026-03-01"), "2026-03-01", "yellow"),
    Vector("WP-02", "nine suits are yellow", _suits(9, "2026-03-01"), "2026-03-01", "yellow"),
    Vector("WP-02", "ten suits are red", _suits(10, "2026-03-01"), "2026-03-01", "red"),
    Vector(
        "WP-02",
        "three are usual for a firm that is sued all the time",
        [*_USUAL, *_suits(3, "2026-03-01")],
        "2026-03-01",
        "none",
    ),
    Vector(
        "WP-02",
        "three times the usual is yellow",
        [*_USUAL[:4], *_suits(3, "2026-03-01")],
        "2026-03-01",
        "yellow",
    ),
    Vector("WP-02", "on day 89 it still counts", _suits(3, "2026-01-01"), "2026-03-31", "yellow"),
    Vector(
        "WP-02",
        "from day 90 on it is held for 30 days",
        _suits(3, "2026-01-01"),
        "2026-04-01",
        "holding-yellow",
    ),
    Vector("WP-02", "until day 119", _suits(3, "2026-01-01"), "2026-04-30", "holding-yellow"),
    Vector("WP-02", "and then fades", _suits(3, "2026-01-01"), "2026-05-01", "fading"),
    Vector("WP-02", "four plaintiffs are yellow", _by(_NAMES[:4], "2026-03-01"), "2026-03-01", "yellow"),
    Vector("WP-02", "five plaintiffs are red", _by(_NAMES[:5], "2026-03-01"), "2026-03-01", "red"),
    Vector(
        "WP-02",
        "five suits of one plaintiff are yellow",
        _by(_NAMES[:1] * 5, "2026-03-01"),
        "2026-03-01",
        "yellow",
    ),
    Vector("WP-02", "five plaintiffs in one suit are none", [_FIVE_TOGETHER], "2026-01-05", "none"),
    Vector(
        "WP-02",
        "five plaintiffs 30 days ago hold their red",
        _by(_NAMES[:5], "2026-03-01"),
        "2026-03-31",
        "holding-red",
    ),
    Vector(
        "WP-02",
        "a closed suit was filed all the same",
        [*_suits(2, "2026-03-01"), suit(9, "2026-03-01", status="dismissed", closed_on="2026-03-05")],
        "2026-03-10",
        "yellow",
    ),
    # WP-03: yellow from 20 % of M or 5 000 000 in one claim, red from M in all, until below 80 %
    Vector(
        "WP-03",
        "below a fifth of M is none",
        [TEN_MILLION, suit(1, "2026-01-05", 1_999_999)],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-03", "a fifth of M is yellow", [TEN_MILLION, suit(1, "2026-01-05", 2e6)], "2026-01-05", "yellow"
    ),
    Vector(
        "WP-03",
        "five million are yellow for a large firm",
        [master("2025-01-01", 1e9), suit(1, "2026-01-05", 5e6)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-03",
        "just below five million is none for a large firm",
        [master("2025-01-01", 1e9), suit(1, "2026-01-05", 4_999_999)],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-03",
        "claims just below M are yellow",
        [TEN_MILLION, suit(1, "2026-01-05", 5e6), suit(2, "2026-01-05", 4_999_999)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-03",
        "claims of M are red",
        [TEN_MILLION, suit(1, "2026-01-05", 5e6), suit(2, "2026-01-05", 5e6)],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-03",
        "many small claims of M are red",
        [TEN_MILLION, *[suit(n, "2026-01-05", 1e6) for n in range(1, 11)]],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-03",
        "red stays at four fifths of M",
        [TEN_MILLION, suit(1, "2026-01-05", 8e6), suit(2, "2026-01-05", 2e6, closed_on="2026-02-01")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-03",
        "below four fifths it is yellow",
        [TEN_MILLION, suit(1, "2026-01-05", 7_999_999), suit(2, "2026-01-05", 3e6, closed_on="2026-02-01")],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-03",
        "a claim that never reached M is not red at four fifths",
        [TEN_MILLION, suit(1, "2026-01-05", 8e6)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-03",
        "decided for the firm it fades",
        [TEN_MILLION, suit(1, "2026-01-05", 5e6), judgment(1, "2026-03-01", result="won")],
        "2026-03-01",
        "fading",
    ),
    Vector(
        "WP-03",
        "decided against the firm it stays while the case is open",
        [TEN_MILLION, suit(1, "2026-01-05", 5e6), judgment(1, "2026-03-01", result="lost")],
        "2026-03-01",
        "yellow",
    ),
    Vector(
        "WP-03",
        "the judgment tells an amount that the filing does not",
        [
            TEN_MILLION,
            suit(1, "2026-01-05"),
            judgment(1, "2026-03-01", case_money={"amount": "5000000.00", "currency": "CNY"}),
        ],
        "2026-03-01",
        "yellow",
    ),
    # WP-04: yellow from one suit of a lender over credit, or over a guarantee; red from two lenders within 180 days
    Vector(
        "WP-04",
        "a bank over a loan is yellow",
        [suit(1, "2026-01-05", by=BANK, cause="金融借款合同纠纷")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-04",
        "a trader over a loan is none",
        [suit(1, "2026-01-05", by=TRADER, cause="借款合同纠纷")],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-04",
        "a bank over a lease of rooms is none",
        [suit(1, "2026-01-05", by=BANK, cause="房屋租赁合同纠纷")],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-04",
        "anybody over a guarantee is yellow",
        [suit(1, "2026-01-05", by=TRADER, cause="保证合同纠纷")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-04",
        "a masked person is no lender",
        [
            suit(
                1,
                "2026-01-05",
                cause="借款合同纠纷",
                parties=[{"name": "银某某", "kind": "person", "role": "plaintiff"}],
            )
        ],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-04",
        "one lender twice is yellow",
        [suit(n, "2026-01-05", by=BANK, cause="金融借款合同纠纷") for n in (1, 2)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-04",
        "two lenders are red",
        [
            suit(1, "2026-01-05", by=BANK, cause="金融借款合同纠纷"),
            suit(2, "2026-01-05", by=LESSOR, cause="融资租赁合同纠纷"),
        ],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-04",
        "two lenders within 180 days are red",
        [
            suit(1, "2026-01-01", by=BANK, cause="金融借款合同纠纷"),
            suit(2, "2026-06-29", by=LESSOR, cause="融资租赁合同纠纷"),
        ],
        "2026-12-31",
        "red",
    ),
    Vector(
        "WP-04",
        "two lenders 180 days apart are yellow",
        [
            suit(1, "2026-01-01", by=BANK, cause="金融借款合同纠纷"),
            suit(2, "2026-06-30", by=LESSOR, cause="融资租赁合同纠纷"),
        ],
        "2026-12-31",
        "yellow",
    ),
    Vector(
        "WP-04",
        "one of two withdrawn leaves yellow",
        [
            suit(
                1, "2026-01-05", by=BANK, cause="金融借款合同纠纷", closed_on="2026-02-01", status="withdrawn"
            ),
            suit(2, "2026-01-05", by=LESSOR, cause="融资租赁合同纠纷"),
        ],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-04",
        "all withdrawn it fades",
        [
            suit(
                1, "2026-01-05", by=BANK, cause="金融借款合同纠纷", closed_on="2026-02-01", status="withdrawn"
            )
        ],
        "2026-02-01",
        "fading",
    ),
    Vector("WP-04", "the cause is not known", [suit(1, "2026-01-05", by=BANK)], "2026-01-05", "none"),
]

SERIES = [
    Series(
        "WP-01",
        "ever larger claims",
        [[], [suit(1, "2026-01-05", 1e4)], [suit(1, "2026-01-05", 1e6)]],
        "2026-01-06",
    ),
    Series("WP-02", "ever more suits", [_suits(n, "2026-03-01") for n in (0, 1, 3, 5, 10, 12)], "2026-03-05"),
    Series(
        "WP-03",
        "ever larger claims",
        [[TEN_MILLION, suit(1, "2026-01-05", amount)] for amount in (1e5, 2e6, 5e6, 1e7, 1e8)],
        "2026-01-06",
    ),
    Series(
        "WP-04",
        "ever more lenders",
        [
            [
                suit(n, "2026-01-05", by=name, cause="金融借款合同纠纷")
                for n, name in enumerate((TRADER, BANK, LESSOR)[:k], 1)
            ]
            for k in (0, 1, 2, 3)
        ],
        "2026-01-06",
    ),
]
