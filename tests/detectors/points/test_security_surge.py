"""Vectors of WP-19 (charges), WP-20 (mortgages) and WX-16 (stacking); M is 3,000,000 unless said otherwise."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import estate, master, money, record, tax_notice
from tests.detectors.points.security_records import charge, mortgage, pledge
from tests.detectors.points.utility_records import paid
from tests.detectors.points.vectors import Series, Vector

SMALL = [charge(n, "2026-01-05", 1000) for n in (1, 2, 3)]
ARREARS = tax_notice("2026Q1", "2026-02-01", 10_000)
PAID_LATE = [
    one
    for month in (7, 8, 9)
    for one in paid("water", f"2025-{month:02d}", f"2025-{month:02d}-10", f"2025-{month:02d}-25")
]


def struck_off(n: int, day: str, amount: float, on: str) -> Record:
    """A charge cancelled ``on``."""
    fields = {"status": "cancelled", "cancelled_on": on}
    return charge(n, day, amount, version=2, op="close", observed=on, fields=fields)


CHARGES = [
    Vector("WP-19", "a small charge is calm", [charge(1, "2026-01-05", 299_999)], "2026-02-01", "none"),
    Vector("WP-19", "a tenth of M is blue", [charge(1, "2026-01-05", 300_000)], "2026-02-01", "blue"),
    Vector(
        "WP-19", "a tenth of M counts for 90 days", [charge(1, "2026-01-05", 300_000)], "2026-04-04", "blue"
    ),
    Vector(
        "WP-19", "after 90 days it is not new", [charge(1, "2026-01-05", 300_000)], "2026-04-05", "fading"
    ),
    Vector(
        "WP-19",
        "M follows the capital",
        [master("2026-01-01", 9_000_000), charge(1, "2026-01-05", 300_000)],
        "2026-02-01",
        "none",
    ),
    Vector("WP-19", "two small ones are calm", SMALL[:2], "2026-02-01", "none"),
    Vector("WP-19", "three small ones in 90 days are yellow", SMALL, "2026-04-04", "yellow"),
    Vector("WP-19", "91 days later they are not new", SMALL, "2026-04-05", "fading"),
    Vector(
        "WP-19",
        "an amendment is no new registration",
        [*SMALL[:2], charge(2, "2026-01-20", 1000, rid="charge-2-1", fields={"seq": 1})],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-19", "below half of M in all is blue", [charge(1, "2026-01-05", 1_499_999)], "2026-02-01", "blue"
    ),
    Vector(
        "WP-19", "half of M in all is yellow", [charge(1, "2026-01-05", 1_500_000)], "2026-02-01", "yellow"
    ),
    Vector(
        "WP-19",
        "half of M stays yellow for as long as it is in force",
        [charge(1, "2024-01-05", 1_500_000)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-19",
        "down to four fifths of the bar it is kept",
        [charge(1, "2024-01-05", 1_200_000), struck_off(2, "2024-01-06", 300_000, "2026-01-10")],
        "2026-01-10",
        "yellow",
    ),
    Vector(
        "WP-19",
        "below four fifths of the bar it is left",
        [charge(1, "2024-01-05", 1_199_999), struck_off(2, "2024-01-06", 300_001, "2026-01-10")],
        "2026-01-10",
        "fading",
    ),
    Vector(
        "WP-19",
        "a floating charge is yellow",
        [charge(1, "2024-01-05", 10, kind="floating_charge")],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-19",
        "all of M is yellow while everything is paid",
        [charge(1, "2026-01-05", 3_000_000)],
        "2026-02-02",
        "yellow",
    ),
    Vector(
        "WP-19",
        "all of M with taxes unpaid is red",
        [charge(1, "2026-01-05", 3_000_000), ARREARS],
        "2026-02-02",
        "red",
    ),
    Vector(
        "WP-19",
        "all of M after three months of bills paid late is red",
        [charge(1, "2026-01-05", 3_000_000), *PAID_LATE],
        "2026-02-02",
        "red",
    ),
    Vector(
        "WP-19",
        "a yuan less than all of M is yellow",
        [charge(1, "2026-01-05", 2_999_999), ARREARS],
        "2026-02-02",
        "yellow",
    ),
    Vector(
        "WP-19",
        "all of M, half a year ago, is yellow",
        [charge(1, "2025-08-06", 3_000_000), ARREARS],
        "2026-02-02",
        "yellow",
    ),
    Vector(
        "WP-19",
        "all of M, a day short of half a year ago, is red",
        [charge(1, "2025-08-07", 3_000_000), ARREARS],
        "2026-02-02",
        "red",
    ),
    Vector(
        "WP-19",
        "what nobody values cannot be judged",
        [charge(1, "2026-01-05", None)],
        "2026-02-01",
        "not_evaluable",
    ),
    Vector(
        "WP-19",
        "struck off, it fades",
        [struck_off(1, "2026-01-05", 1_500_000, "2026-02-01")],
        "2026-02-01",
        "fading",
    ),
    Vector(
        "WP-19",
        "what it holds from others is not its burden",
        [charge(1, "2026-01-05", 3_000_000, role="secured_party")],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-19",
        "captured late it counts from registration",
        [charge(1, "2026-01-05", 300_000, observed="2026-03-01")],
        "2026-03-01",
        "blue",
    ),
]

PARCEL = estate("unit-1", 1_000_000)


def cancellation(n: int, unit: str, day: str) -> Record:
    """F12, the n-th mortgage struck off, as the register's journal tells it: an entry of its own."""
    fields = {"cert_no": f"mortgage-{n}", "kind": "cancel", "unit_no": unit, "cancelled_on": day}
    return record("F12", f"cancellation-{n}", day, fields)


SECOND = estate("unit-2", 1_000_000)


def released(n: int, unit: str, day: str, amount: float, on: str) -> Record:
    """A mortgage struck off ``on``."""
    return mortgage(n, unit, day, amount, version=2, op="close", observed=on, fields={"cancelled_on": on})


MORTGAGES = [
    Vector("WP-20", "a free parcel is calm", [PARCEL], "2026-02-01", "none"),
    *(
        Vector(
            "WP-20",
            f"struck off by a record of its own, mortgage {n} is over",
            [PARCEL, mortgage(n, "unit-1", "2026-01-05", 1e6), cancellation(n, "unit-1", "2026-01-20")],
            "2026-02-01",
            "fading",
        )
        for n in range(8)  # which of the two stands must not be a matter of luck
    ),
    Vector(
        "WP-20",
        "below seven tenths of its value is calm",
        [PARCEL, mortgage(1, "unit-1", "2026-01-05", 699_999)],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-20",
        "seven tenths are yellow",
        [PARCEL, mortgage(1, "unit-1", "2026-01-05", 700_000)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-20",
        "a yuan below the value is yellow",
        [PARCEL, mortgage(1, "unit-1", "2026-01-05", 999_999)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-20",
        "the whole value is red",
        [PARCEL, mortgage(1, "unit-1", "2026-01-05", 1_000_000)],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-20",
        "the value of all parcels counts",
        [PARCEL, SECOND, mortgage(1, "unit-1", "2026-01-05", 1_000_000)],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-20",
        "the last of two parcels is yellow",
        [
            PARCEL,
            SECOND,
            mortgage(1, "unit-1", "2024-01-05", 10_000),
            mortgage(2, "unit-2", "2026-01-05", 2_000),
        ],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-20",
        "the last parcel is old news after half a year",
        [
            PARCEL,
            SECOND,
            mortgage(1, "unit-1", "2024-01-05", 10_000),
            mortgage(2, "unit-2", "2026-01-05", 2_000),
        ],
        "2026-07-04",
        "fading",
    ),
    Vector(
        "WP-20",
        "three tenths more in half a year are blue",
        [PARCEL, mortgage(1, "unit-1", "2024-01-05", 100_000), mortgage(2, "unit-1", "2026-01-05", 30_000)],
        "2026-02-01",
        "blue",
    ),
    Vector(
        "WP-20",
        "less than three tenths more are calm",
        [PARCEL, mortgage(1, "unit-1", "2024-01-05", 100_000), mortgage(2, "unit-1", "2026-01-05", 29_999)],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-20",
        "after half a year it has not grown",
        [PARCEL, mortgage(1, "unit-1", "2024-01-05", 100_000), mortgage(2, "unit-1", "2026-01-05", 30_000)],
        "2026-07-04",
        "fading",
    ),
    Vector(
        "WP-20",
        "the first mortgage has grown from nothing",
        [PARCEL, mortgage(1, "unit-1", "2026-01-05", 100_000)],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-20",
        "ten points below the bar it is left",
        [
            PARCEL,
            mortgage(1, "unit-1", "2024-01-05", 599_999),
            released(2, "unit-1", "2024-01-06", 200_000, "2026-01-10"),
        ],
        "2026-01-10",
        "fading",
    ),
    Vector(
        "WP-20",
        "just below the bar it is kept",
        [
            PARCEL,
            mortgage(1, "unit-1", "2024-01-05", 600_000),
            released(2, "unit-1", "2024-01-06", 200_000, "2026-01-10"),
        ],
        "2026-01-10",
        "yellow",
    ),
    Vector(
        "WP-20",
        "without a value it cannot be judged",
        [mortgage(1, "unit-1", "2026-01-05", 700_000)],
        "2026-02-01",
        "not_evaluable",
    ),
    Vector(
        "WP-20",
        "what it holds from others is not its burden",
        [PARCEL, mortgage(1, "unit-1", "2026-01-05", 1e6, role="mortgagee")],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-20",
        "captured late it counts",
        [PARCEL, mortgage(1, "unit-1", "2026-01-05", 7e5, observed="2026-06-01")],
        "2026-06-01",
        "yellow",
    ),
]


def guarantee(n: int, day: str, role: str = "debtor", **more: Any) -> Record:
    """F26, somebody stands for the firm, or the firm for somebody."""
    payload = {
        "contract_no": f"guarantee-{n}",
        "guarantor": "ent:CN:1",
        "debtor": "ent:CN:2",
        "creditor_name": f"第{n}担保公司",
        "way": "joint_guarantee",
        "principal": money(100_000),
    }
    return record("F26", f"guarantee-{n}", day, payload, role=role, **more)


THREE = [charge(1, "2026-01-05", 10), mortgage(2, "unit-1", "2026-01-10", 10), guarantee(3, "2026-02-03")]
STACKS = [
    Vector("WX-16", "two interests are calm", THREE[:2], "2026-02-03", "none"),
    Vector("WX-16", "three for three creditors within 30 days", THREE, "2026-02-03", "yellow"),
    Vector("WX-16", "the first is 30 days old", THREE, "2026-02-04", "fading"),
    Vector(
        "WX-16",
        "three for one creditor",
        [charge(n, "2026-01-05", 10, creditor="第一银行") for n in (1, 2, 3)],
        "2026-01-06",
        "none",
    ),
    Vector(
        "WX-16",
        "a guarantee the firm gives is not its borrowing",
        [*THREE[:2], guarantee(3, "2026-02-03", "guarantor")],
        "2026-02-03",
        "none",
    ),
    Vector(
        "WX-16",
        "a pledge counts",
        [*THREE[:2], pledge(1, "2026-02-03", 0.1, fields={"pledgee": "第九银行"})],
        "2026-02-03",
        "yellow",
    ),
    Vector(
        "WX-16",
        "struck off, one is less",
        [struck_off(1, "2026-01-05", 10, "2026-02-03"), *THREE[1:]],
        "2026-02-03",
        "none",
    ),
    Vector(
        "WX-16",
        "captured late they count from their days",
        [*THREE[:2], guarantee(3, "2026-02-03", observed="2026-02-04")],
        "2026-02-04",
        "fading",
    ),
]

VECTORS = [*CHARGES, *MORTGAGES, *STACKS]

SERIES = [
    Series(
        "WP-19",
        "ever more secured while taxes are unpaid",
        [
            [ARREARS, charge(1, "2026-01-05", amount)]
            for amount in (1, 299_999, 300_000, 1_500_000, 3_000_000, 9e9)
        ],
        "2026-02-02",
    ),
    Series(
        "WP-20",
        "ever more secured",
        [
            [PARCEL, mortgage(1, "unit-1", "2026-01-05", amount)]
            for amount in (1, 699_999, 700_000, 1_000_000, 9e9)
        ],
        "2026-02-01",
    ),
    Series("WX-16", "ever more creditors", [THREE[:n] for n in (1, 2, 3)], "2026-02-03"),
]
