"""Vectors of WP-16 (accounts frozen), WP-21 (mortgaged asset seized), WX-17 (disposal), WX-20 (seizure lapsing)."""

import msgspec

from tests.detectors.build import at, dishonest, estate, manual, saying, seizure
from tests.detectors.points.security_records import account_order, accounts, charge, mortgage, suit
from tests.detectors.points.vectors import Series, Vector

SMALL = account_order(1, "2026-01-05", 99_999, "2027-01-04")
ROUND = account_order(1, "2026-01-05", 100_000, "2027-01-04")
LIFTED = account_order(
    1,
    "2026-01-05",
    5_000_000,
    "2027-01-04",
    version=2,
    observed="2026-02-01",
    fields={"lifted_on": "2026-02-01"},
)
INFLOW = accounts("2025", "2026-01-02", revenue=12_000_000)

ACCOUNTS = [
    Vector("WP-16", "nothing frozen is nothing", [dishonest(1, "2026-01-05")], "2026-02-01", "none"),
    Vector("WP-16", "the day before the order is calm", [ROUND], "2026-01-04", "none"),
    Vector("WP-16", "below a hundred thousand of unknown inflow is yellow", [SMALL], "2026-02-01", "yellow"),
    Vector("WP-16", "a hundred thousand of unknown inflow is red", [ROUND], "2026-02-01", "red"),
    Vector(
        "WP-16",
        "two small orders are added up",
        [SMALL, account_order(2, "2026-01-06", 1, "2027-01-05")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-16",
        "a twentieth of the monthly inflow is yellow",
        [INFLOW, account_order(1, "2026-01-05", 50_000, "2027-01-04")],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-16",
        "a yuan above a twentieth of the monthly inflow is red",
        [INFLOW, account_order(1, "2026-01-05", 50_001, "2027-01-04")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-16",
        "the latest accounts tell the inflow",
        [
            INFLOW,
            accounts("2026Q1", "2026-04-10", revenue=30_000_000),
            account_order(1, "2026-01-05", 500_000, "2027-01-04"),
        ],
        "2026-05-01",
        "yellow",
    ),
    Vector(
        "WP-16",
        "an order without an amount is red",
        [account_order(1, "2026-01-05", None, "2027-01-04")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-16",
        "a small deduction is red",
        [account_order(1, "2026-01-05", 10, measure="deduction")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-16",
        "a deduction counts for a year",
        [account_order(1, "2026-01-05", 10, measure="deduction")],
        "2027-01-05",
        "fading",
    ),
    Vector("WP-16", "a lifted freeze fades", [LIFTED], "2026-02-01", "fading"),
    Vector("WP-16", "the day before it was lifted it was red", [LIFTED], "2026-01-31", "red"),
    Vector("WP-16", "it lapses by itself on its last day", [ROUND], "2027-01-04", "fading"),
    Vector(
        "WP-16",
        "without a last day it still holds the next winter",
        [account_order(1, "2026-01-05", 200_000)],
        "2027-01-04",
        "red",
    ),
    Vector(
        "WP-16",
        "without a last day it lapses after a year",
        [account_order(1, "2026-01-05", 200_000)],
        "2027-01-05",
        "fading",
    ),
    Vector(
        "WP-16",
        "a renewal carries it on",
        [ROUND, account_order(2, "2026-12-20", 100_000, "2027-12-19", fields={"renewal_of": "notice-1"})],
        "2027-02-01",
        "red",
    ),
    Vector(
        "WP-16",
        "real estate is another point",
        [seizure(1, "2026-01-05", "2028-01-05")],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-16",
        "captured half a year late it counts from the order",
        [account_order(1, "2026-01-05", 200_000, "2027-01-04", observed="2026-07-01")],
        "2026-07-01",
        "red",
    ),
    Vector(
        "WP-16",
        "an unapproved entry by hand stays yellow",
        [manual(ROUND, approved=False)],
        "2026-02-01",
        "yellow",
    ),
]

MORTGAGED = [estate("unit-1", 1e7), mortgage(1, "unit-1", "2025-01-05", 5e6)]
SEIZED = seizure(1, "2026-01-05", "2028-01-05")
FLOATING = charge(1, "2025-01-05", 1e6, kind="floating_charge")
MACHINE = saying(SEIZED, asset_class="movable", asset_ref="machine-1")

ENTERED = estate("unit-1", None, "2026-01-05", cert="entry-1", kind="seizure")

COLLATERAL = [
    Vector("WP-21", "a mortgage alone is calm", MORTGAGED, "2026-02-01", "none"),
    Vector(
        "WP-21",
        "a seizure of what is not mortgaged is calm",
        [estate("unit-1", 1e7), SEIZED],
        "2026-02-01",
        "none",
    ),
    Vector("WP-21", "a seizure of the mortgaged unit is red", [*MORTGAGED, SEIZED], "2026-01-05", "red"),
    Vector("WP-21", "the day before it is calm", [*MORTGAGED, SEIZED], "2026-01-04", "none"),
    Vector("WP-21", "entered by the register itself it is red", [*MORTGAGED, ENTERED], "2026-01-05", "red"),
    Vector(
        "WP-21",
        "another unit is calm",
        [*MORTGAGED, seizure(2, "2026-01-05", "2028-01-05")],
        "2026-02-01",
        "none",
    ),
    Vector("WP-21", "it ends with the seizure", [*MORTGAGED, SEIZED], "2028-01-05", "fading"),
    Vector(
        "WP-21",
        "it ends when the mortgage is cancelled",
        [mortgage(1, "unit-1", "2025-01-05", 5e6, version=2, fields={"cancelled_on": "2026-03-01"}), SEIZED],
        "2026-03-01",
        "fading",
    ),
    Vector("WP-21", "a machine under a floating charge is red", [FLOATING, MACHINE], "2026-02-01", "red"),
    Vector("WP-21", "a floating charge does not reach real estate", [FLOATING, SEIZED], "2026-02-01", "none"),
    Vector(
        "WP-21",
        "a fixed charge on something else is calm",
        [charge(1, "2025-01-05", 1e6), MACHINE],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-21",
        "a fixed charge named by the seizure is red",
        [charge(1, "2025-01-05", 1e6), saying(MACHINE, asset_ref="charge-1")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-21",
        "a lender whose debtor's collateral is seized is not meant",
        [mortgage(1, "unit-1", "2025-01-05", 5e6, role="mortgagee"), SEIZED],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-21",
        "a seizure that arrives late counts",
        [*MORTGAGED, seizure(1, "2026-01-05", "2028-01-05", observed="2026-06-01")],
        "2026-06-01",
        "red",
    ),
]

LAPSING = seizure(1, "2023-03-31", "2026-03-31")
RENEWED = seizure(2, "2026-03-10", "2029-03-10", asset="unit-1")
RENEWED = saying(RENEWED, renewal_of="notice-1")
AHEAD = saying(
    seizure(2, "2026-03-31", "2029-03-31", asset="unit-1", observed="2026-03-10"), renewal_of="notice-1"
)
AHEAD = msgspec.structs.replace(AHEAD, occurred_at=at("2026-03-09"))

NOTICES = [
    Vector("WX-20", "31 days before its last day is too early", [LAPSING], "2026-02-28", "none"),
    Vector("WX-20", "30 days before its last day is a notice", [LAPSING], "2026-03-01", "blue"),
    Vector("WX-20", "the last day of effect is still a notice", [LAPSING], "2026-03-30", "blue"),
    Vector("WX-20", "a lapsed seizure is over", [LAPSING], "2026-03-31", "fading"),
    Vector("WX-20", "not renewed yet", [LAPSING, RENEWED], "2026-03-09", "blue"),
    Vector("WX-20", "renewed", [LAPSING, RENEWED], "2026-03-10", "fading"),
    Vector("WX-20", "renewed ahead, from its last day on", [LAPSING, AHEAD], "2026-03-15", "fading"),
    Vector("WX-20", "a notice until the renewal was ordered", [LAPSING, AHEAD], "2026-03-09", "blue"),
    Vector(
        "WX-20",
        "a freeze without a last day lapses by law",
        [account_order(1, "2026-01-05", 10)],
        "2026-12-20",
        "blue",
    ),
    Vector(
        "WX-20",
        "money that was taken does not lapse",
        [account_order(1, "2026-01-05", 10, measure="deduction")],
        "2026-12-20",
        "none",
    ),
    Vector(
        "WX-20",
        "lifted, nothing to renew",
        [saying(LAPSING, lifted_on="2026-03-15")],
        "2026-03-15",
        "fading",
    ),
    Vector("WX-20", "weeks later nothing is left of the notice", [LAPSING], "2026-05-31", "none"),
]

SOLD = estate("unit-1", 1e7, "2026-01-20", kind="transfer", role="transferor")
BOUGHT = estate("unit-1", 1e7, "2026-01-20", kind="transfer")
GIVEN_UP = saying(
    estate("unit-1", 1e7, version=2, observed="2026-01-20"),
    cancelled_on="2026-01-20",
    cancel_reason="转移登记",
)

DISPOSALS = [
    Vector("WX-17", "a sale alone is calm", [SOLD], "2026-02-01", "none"),
    Vector(
        "WX-17", "a sale 30 days before a suit is red", [SOLD, suit(1, "2026-02-19")], "2026-02-19", "red"
    ),
    Vector(
        "WX-17", "a sale 31 days before a suit is calm", [SOLD, suit(1, "2026-02-20")], "2026-02-20", "none"
    ),
    Vector("WX-17", "nobody knows before the suit", [SOLD, suit(1, "2026-02-19")], "2026-02-18", "none"),
    Vector("WX-17", "a sale 30 days after a suit is red", [suit(1, "2025-12-21"), SOLD], "2026-01-20", "red"),
    Vector(
        "WX-17", "a sale 31 days after a suit is calm", [suit(1, "2025-12-20"), SOLD], "2026-01-20", "none"
    ),
    Vector(
        "WX-17",
        "a seizure counts as well",
        [SOLD, seizure(1, "2026-01-25", "2028-01-25")],
        "2026-01-25",
        "red",
    ),
    Vector(
        "WX-17",
        "an entry struck off for a transfer is a sale",
        [GIVEN_UP, suit(1, "2026-01-25")],
        "2026-01-25",
        "red",
    ),
    Vector("WX-17", "a purchase is none", [BOUGHT, suit(1, "2026-01-25")], "2026-01-25", "none"),
    Vector(
        "WX-17",
        "the firm's own claim is no restraint",
        [SOLD, suit(1, "2026-01-25", role="plaintiff")],
        "2026-01-25",
        "none",
    ),
    Vector("WX-17", "red for half a year", [SOLD, suit(1, "2026-01-25")], "2026-07-18", "red"),
    Vector("WX-17", "after half a year it fades", [SOLD, suit(1, "2026-01-25")], "2026-07-19", "fading"),
]

VECTORS = [*ACCOUNTS, *COLLATERAL, *NOTICES, *DISPOSALS]

SERIES = [
    Series(
        "WP-16",
        "ever more frozen",
        [[], [SMALL], [ROUND], [ROUND, account_order(2, "2026-01-06", None)]],
        "2026-02-01",
    ),
    Series("WP-21", "mortgaged, then seized", [[], MORTGAGED, [*MORTGAGED, SEIZED]], "2026-02-01"),
    Series("WX-17", "sold, then sued", [[], [SOLD], [SOLD, suit(1, "2026-01-25")]], "2026-02-01"),
    Series(
        "WX-20",
        "one, then two about to lapse",
        [[], [LAPSING], [LAPSING, seizure(3, "2023-03-20", "2026-03-20")]],
        "2026-03-10",
    ),
]
