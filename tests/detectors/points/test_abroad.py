"""Vectors of the points abroad: WX-21 and WX-22 (Companies House), WX-23 (UCC filings, federal tax liens)."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import dishonest, money, record
from tests.detectors.points.registry_records import abnormal, state
from tests.detectors.points.security_records import charge, mortgage, suit
from tests.detectors.points.vectors import Series, Vector

UK = "ent:GB:00445790"
US = "ent:US-CA:123456789"
GB = {"entity": UK, "jurisdiction": "GB"}
USA = {"entity": US, "jurisdiction": "US-CA"}


def uk(says: str, records: list[Record], day: str, expect: str, point: str = "WX-21") -> Vector:
    """A vector about a UK company."""
    return Vector(point, says, records, day, expect, entity=UK)


def us(says: str, records: list[Record], day: str, expect: str) -> Vector:
    """A vector about a US company, where the day begins twelve hours after that of China: ``day`` is one later."""
    return Vector("WX-23", says, records, day, expect, entity=US)


OVERDUE = abnormal("2026-01-05", 1, **GB)
PROPOSED = state("2026-01-05", "deregistration_notice", **GB)
OWED = charge(1, "2025-01-05", None, **GB)

FILINGS = [
    uk("nothing overdue", [OWED], "2026-02-01", "none"),
    uk("overdue filings are blue", [OVERDUE], "2026-01-05", "blue"),
    uk("filed, it fades", [abnormal("2026-01-05", 1, "2026-02-01", **GB)], "2026-02-01", "fading"),
    uk(
        "an office that cannot be reached is yellow",
        [abnormal("2026-01-05", 4, **GB)],
        "2026-01-05",
        "yellow",
    ),
    uk("a proposal to strike off is yellow", [PROPOSED], "2026-01-05", "yellow"),
    uk("a proposal with a charge outstanding is red", [OWED, PROPOSED], "2026-01-05", "red"),
    uk("a proposal with a suit open is red", [suit(1, "2025-12-01", **GB), PROPOSED], "2026-01-05", "red"),
    uk(
        "a proposal after the charge was satisfied is yellow",
        [charge(1, "2025-01-05", None, fields={"cancelled_on": "2025-12-01"}, **GB), PROPOSED],
        "2026-01-05",
        "yellow",
    ),
    uk(
        "a withdrawn proposal fades",
        [state("2026-01-05", "deregistration_notice", version=2, op="close", observed="2026-01-20", **GB)],
        "2026-01-20",
        "fading",
    ),
    uk("dissolved without debt is calm", [state("2026-01-05", "deregistered", **GB)], "2026-01-05", "none"),
    uk("dissolved with debt is red", [OWED, state("2026-01-05", "deregistered", **GB)], "2026-01-05", "red"),
]

THREE = [
    charge(1, "2026-01-05", None, **GB),
    charge(2, "2026-02-05", None, **GB),
    mortgage(3, "u", "2026-04-04", 1, **GB),
]


def receiver(procedure: str, ended: str | None = None) -> Record:
    """F08 as the register tells it."""
    payload: dict[str, Any] = {
        "case_no": "00445790/1",
        "event": "terminated" if ended else "accepted",
        "procedure": procedure,
        "accepted_on": "2026-01-05",
    }
    if ended is not None:
        payload["ended_on"] = ended
    return record("F08", "case-1", "2026-01-05", payload, version=2 if ended else 1, **GB)


CHARGES = [
    uk("two charges are calm", THREE[:2], "2026-04-04", "none", "WX-22"),
    uk("three charges in 90 days are blue", THREE, "2026-04-04", "blue", "WX-22"),
    uk("the first is 90 days old", THREE, "2026-04-05", "fading", "WX-22"),
    uk("a receiver is red", [receiver("receiver-manager")], "2026-01-05", "red", "WX-22"),
    uk(
        "an administrative receiver is red",
        [receiver("administrative-receiver")],
        "2026-01-05",
        "red",
        "WX-22",
    ),
    uk("a winding-up is another point", [receiver("compulsory-liquidation")], "2026-01-05", "none", "WX-22"),
    uk(
        "a receiver who has gone fades",
        [receiver("receivership", "2026-05-01")],
        "2026-05-01",
        "fading",
        "WX-22",
    ),
    uk("until then it was red", [receiver("receivership", "2026-05-01")], "2026-04-30", "red", "WX-22"),
]


def ucc(n: int, day: str, **more: Any) -> Record:
    """F11, a UCC filing."""
    return charge(n, day, None, kind="ucc", **USA, **more)


def lien(n: int, day: str, balance: float, **more: Any) -> Record:
    """F16, a notice of federal tax lien."""
    payload = {
        "taxpayer_id": "123456789",
        "tax_type": "其他",
        "notice_period": "2025-12",
        "authority": "Internal Revenue Service",
        "balance": money(balance, "USD"),
        "published_on": day,
        **more.pop("fields", {}),
    }
    return record("F16", f"lien-{n}", day, {**payload, "taxpayer_id": f"serial-{n}"}, **USA, **more)


RECENT = [ucc(1, "2026-01-05"), ucc(2, "2026-02-05"), ucc(3, "2026-04-04")]
LIENS = [
    us("nothing filed", [dishonest(1, "2026-01-05", **USA)], "2026-04-05", "none"),
    us("two filings are calm", RECENT[:2], "2026-04-05", "none"),
    us("three filings in 90 days are blue", RECENT, "2026-04-05", "blue"),
    us("the first is 90 days old", RECENT, "2026-04-06", "fading"),
    us("a lien is yellow", [lien(1, "2026-01-05", 99_999)], "2026-02-01", "yellow"),
    us("a hundred thousand are red", [lien(1, "2026-01-05", 100_000)], "2026-02-01", "red"),
    us(
        "two liens are added up",
        [lien(1, "2026-01-05", 50_000), lien(2, "2026-01-05", 50_000)],
        "2026-02-01",
        "red",
    ),
    us(
        "released, it fades",
        [
            lien(
                1,
                "2026-01-05",
                1,
                version=2,
                op="close",
                observed="2026-03-01",
                fields={"paid_on": "2026-03-01"},
            )
        ],
        "2026-03-02",
        "fading",
    ),
    us("captured late it counts", [lien(1, "2026-01-05", 1, observed="2026-05-01")], "2026-05-02", "yellow"),
]

VECTORS = [*FILINGS, *CHARGES, *LIENS]

SERIES = [
    Series(
        "WX-21",
        "ever worse",
        [[], [OVERDUE], [OVERDUE, PROPOSED], [OVERDUE, PROPOSED, OWED]],
        "2026-02-01",
        entity=UK,
    ),
    Series(
        "WX-22", "ever worse", [THREE[:1], THREE, [*THREE, receiver("receivership")]], "2026-04-04", entity=UK
    ),
    Series(
        "WX-23",
        "ever more owed",
        [[], *([lien(1, "2026-01-05", n)] for n in (1, 99_999, 100_000))],
        "2026-02-01",
        entity=US,
    ),
]
