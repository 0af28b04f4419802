"""Vectors of the points on judicial auctions and insolvency, in China, the United Kingdom and the United States."""

from datetime import UTC, datetime
from typing import Any

from detectors.record import Record
from detectors.records.companies_house import records as companies_house
from detectors.records.united_states import Origin, docket
from tests.detectors.build import manual, master
from tests.detectors.points.judicial_records import insolvency, lot
from tests.detectors.points.vectors import Series, Vector, rec

TEN_MILLION = master("2025-01-01", 10_000_000)
BRITISH, AMERICAN = "ent:GB:01234567", "ent:US-CA:12-3456789"
APPLIED, ACCEPTED = "(2026)浙0604破申3号", "(2026)浙0604破7号"


def _british(kind: str, dates: dict[str, str], day: str) -> list[Record]:
    """F08 as the reader of the register's stream makes it."""
    case = {"type": kind, "number": "1", "dates": [{"type": name, "date": on} for name, on in dates.items()]}
    event = {
        "resource_kind": "company-insolvency",
        "resource_uri": "/company/01234567/insolvency",
        "resource_id": "01234567",
        "data": {"cases": [case]},
        "event": {"timepoint": 7, "published_at": f"{day}T10:00:00", "type": "changed"},
    }
    made = companies_house(event, observed_at=datetime.fromisoformat(f"{day}T11:00:00+00:00"))
    return [_record(raw, day, BRITISH, "GB") for raw in made]


def _american(day: str, *, version: int = 1, observed: str = "", **case: Any) -> Record:
    """F08 as the reader of dockets makes it."""
    about = Origin(
        source_id="us.recap",
        jurisdiction="US-CA",
        subject={"scheme": "ein", "value": "12-3456789"},
        version=version,
        observed_at=datetime(2026, 1, 6, tzinfo=UTC),
    )
    raw = docket({"court": "canb", "docket_number": "26-10001", "date_filed": day, **case}, about)[0]
    return _record(raw, observed or day, AMERICAN, "US-CA", version=version, day=day)


def _record(
    raw: dict[str, Any], observed: str, entity: str, where: str, version: int = 1, day: str = ""
) -> Record:
    payload = {name: value for name, value in raw["payload"].items() if value is not None}
    feed = raw["schema"].partition("/")[0]
    more = {"entity": entity, "jurisdiction": where, "observed": observed, "version": version}
    return rec(feed, raw["record_id"], day or raw["occurred_at"][:10], payload, **more)


_MVL = "members-voluntary-liquidation"
_CVL = "creditors-voluntary-liquidation"

VECTORS = [
    # WP-12: yellow for a lot, red for core assets, a tenth of M, or a failed round
    Vector("WP-12", "a small lot is yellow", [lot(1, "2026-02-01")], "2026-02-01", "yellow"),
    Vector("WP-12", "nothing before it is announced", [lot(1, "2026-02-01")], "2026-01-31", "none"),
    Vector("WP-12", "real estate is red", [lot(1, "2026-02-01", asset="real_estate")], "2026-02-01", "red"),
    Vector("WP-12", "equity is red", [lot(1, "2026-02-01", asset="equity")], "2026-02-01", "red"),
    Vector(
        "WP-12",
        "below a tenth of M is yellow",
        [TEN_MILLION, lot(1, "2026-02-01", worth=999_999)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-12", "a tenth of M is red", [TEN_MILLION, lot(1, "2026-02-01", worth=1e6)], "2026-02-01", "red"
    ),
    Vector(
        "WP-12", "of unknown worth it is yellow", [lot(1, "2026-02-01", worth=None)], "2026-02-01", "yellow"
    ),
    Vector("WP-12", "a failed round is red", [lot(1, "2026-02-01", "failed")], "2026-03-01", "red"),
    Vector(
        "WP-12",
        "a round that fails later is yellow until then",
        [lot(1, "2026-02-01", "failed")],
        "2026-02-28",
        "yellow",
    ),
    Vector(
        "WP-12",
        "the second round of a failed lot is red",
        [lot(1, "2026-02-01", "failed"), lot(1, "2026-03-10", round="2", starts="2026-04-01")],
        "2026-03-20",
        "red",
    ),
    Vector(
        "WP-12", "a sold lot stays yellow for 90 days", [lot(1, "2026-02-01", "sold")], "2026-05-29", "yellow"
    ),
    Vector("WP-12", "and then fades", [lot(1, "2026-02-01", "sold")], "2026-05-30", "fading"),
    Vector(
        "WP-12",
        "sold in the second round it stays red for 90 days",
        [lot(1, "2026-02-01", "failed"), lot(1, "2026-03-10", "sold", round="2", starts="2026-04-01")],
        "2026-06-29",
        "red",
    ),
    Vector(
        "WP-12",
        "and fades after them",
        [lot(1, "2026-02-01", "failed"), lot(1, "2026-03-10", "sold", round="2", starts="2026-04-01")],
        "2026-06-30",
        "fading",
    ),
    Vector(
        "WP-12",
        "suspended real estate is yellow",
        [lot(1, "2026-02-01", "suspended", asset="real_estate")],
        "2026-02-20",
        "yellow",
    ),
    Vector(
        "WP-12",
        "withdrawn real estate is yellow",
        [lot(1, "2026-02-01", "withdrawn", asset="real_estate", observed="2026-02-20")],
        "2026-02-20",
        "yellow",
    ),
    Vector(
        "WP-12",
        "it was red before",
        [
            lot(1, "2026-02-01", asset="real_estate"),
            lot(
                1,
                "2026-02-01",
                "withdrawn",
                asset="real_estate",
                version=2,
                op="amend",
                observed="2026-02-20",
            ),
        ],
        "2026-02-19",
        "red",
    ),
    Vector(
        "WP-12",
        "90 days after withdrawal it fades",
        [lot(1, "2026-02-01", "withdrawn", asset="real_estate", observed="2026-02-20")],
        "2026-05-21",
        "fading",
    ),
    Vector(
        "WP-12",
        "one of two withdrawn leaves the other's red",
        [lot(1, "2026-02-01", "withdrawn", observed="2026-02-20"), lot(2, "2026-02-01", asset="equity")],
        "2026-02-25",
        "red",
    ),
    # WP-13: red from the application, yellow when solvent, cleared on dismissal
    Vector(
        "WP-13",
        "an application is red",
        [insolvency(APPLIED, "2026-01-05", "application")],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-13", "nothing before it", [insolvency(APPLIED, "2026-01-05", "application")], "2026-01-04", "none"
    ),
    Vector(
        "WP-13", "acceptance is red", [insolvency(ACCEPTED, "2026-02-05", "accepted")], "2026-02-05", "red"
    ),
    Vector(
        "WP-13",
        "dismissed in the same record it fades",
        [
            insolvency(APPLIED, "2026-01-05", "application", applied_on="2026-01-05"),
            insolvency(
                APPLIED,
                "2026-01-05",
                "dismissed",
                applied_on="2026-01-05",
                ended_on="2026-02-05",
                version=2,
                op="amend",
                observed="2026-02-05",
            ),
        ],
        "2026-02-05",
        "fading",
    ),
    Vector(
        "WP-13",
        "dismissed in a record of its own it fades",
        [
            insolvency(APPLIED, "2026-01-05", "application"),
            insolvency(APPLIED, "2026-02-05", "dismissed", record_id="later"),
        ],
        "2026-02-05",
        "fading",
    ),
    Vector(
        "WP-13",
        "until the dismissal it is red",
        [
            insolvency(APPLIED, "2026-01-05", "application"),
            insolvency(APPLIED, "2026-02-05", "dismissed", record_id="later"),
        ],
        "2026-02-04",
        "red",
    ),
    Vector(
        "WP-13",
        "an administrator appointed after acceptance is red",
        [
            insolvency(ACCEPTED, "2026-02-05", "accepted"),
            insolvency(ACCEPTED, "2026-02-20", "administrator_appointed", record_id="later"),
        ],
        "2026-02-20",
        "red",
    ),
    Vector(
        "WP-13",
        "a plan under way is red",
        [insolvency(ACCEPTED, "2026-02-05", "reorganisation_plan")],
        "2026-06-01",
        "red",
    ),
    Vector(
        "WP-13",
        "a plan completed is yellow though the application was never closed",
        [
            insolvency(APPLIED, "2026-01-05", "application"),
            insolvency(ACCEPTED, "2026-02-05", "reorganisation_plan", ended_on="2026-06-01"),
        ],
        "2026-06-01",
        "yellow",
    ),
    Vector(
        "WP-13",
        "on the last of 180 days it is yellow",
        [insolvency(ACCEPTED, "2026-02-05", "reorganisation_plan", ended_on="2026-06-01")],
        "2026-11-27",
        "yellow",
    ),
    Vector(
        "WP-13",
        "and then fades",
        [insolvency(ACCEPTED, "2026-02-05", "reorganisation_plan", ended_on="2026-06-01")],
        "2026-11-28",
        "fading",
    ),
    Vector(
        "WP-13",
        "terminated it fades",
        [insolvency(ACCEPTED, "2026-02-05", "terminated", accepted_on="2026-02-05", ended_on="2026-06-01")],
        "2026-06-01",
        "fading",
    ),
    Vector(
        "WP-13",
        "a new application after an old case is red",
        [
            insolvency(
                "(2020)浙0604破7号",
                "2020-02-05",
                "terminated",
                accepted_on="2020-02-05",
                ended_on="2020-06-01",
            ),
            insolvency(APPLIED, "2026-01-05", "application"),
        ],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-13",
        "acceptance that arrives before the application is red",
        [
            insolvency(ACCEPTED, "2026-02-05", "accepted"),
            insolvency(APPLIED, "2026-01-05", "application", observed="2026-03-01"),
        ],
        "2026-03-01",
        "red",
    ),
    Vector(
        "WP-13",
        "entered by hand and unapproved it is yellow",
        [manual(insolvency(APPLIED, "2026-01-05", "application"), approved=False)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-13",
        "a solvent winding-up in China is yellow",
        [insolvency("(2026)浙0604强清1号", "2026-01-05", "accepted", solvent=True)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-13",
        "a members' voluntary liquidation is yellow",
        _british(_MVL, {"wound-up-on": "2026-01-05"}, "2026-01-06"),
        "2026-01-06",
        "yellow",
        entity=BRITISH,
    ),
    Vector(
        "WP-13",
        "a creditors' voluntary liquidation is red",
        _british(_CVL, {"wound-up-on": "2026-01-05"}, "2026-01-06"),
        "2026-01-06",
        "red",
        entity=BRITISH,
    ),
    Vector(
        "WP-13",
        "a petition is red",
        _british("compulsory-liquidation", {"petitioned-on": "2026-01-05"}, "2026-01-06"),
        "2026-01-06",
        "red",
        entity=BRITISH,
    ),
    Vector(
        "WP-13",
        "a liquidation that is over fades",
        _british(_CVL, {"wound-up-on": "2026-01-05", "dissolved-on": "2026-03-01"}, "2026-03-02"),
        "2026-03-02",
        "fading",
        entity=BRITISH,
    ),
    # WX-24: red while a docket of chapter 7 or 11 is open
    Vector(
        "WX-24",
        "chapter 11 is red",
        [_american("2026-01-05", chapter="11")],
        "2026-01-06",
        "red",
        entity=AMERICAN,
    ),
    Vector(
        "WX-24",
        "chapter 7 is red",
        [_american("2026-01-05", chapter="7")],
        "2026-01-06",
        "red",
        entity=AMERICAN,
    ),
    Vector(
        "WX-24",
        "chapter 15 is none",
        [_american("2026-01-05", chapter="15")],
        "2026-01-06",
        "none",
        entity=AMERICAN,
    ),
    Vector(
        "WX-24", "a civil docket is none", [_american("2026-01-05")], "2026-01-06", "none", entity=AMERICAN
    ),
    Vector(
        "WX-24",
        "nothing before the petition",
        [_american("2026-01-05", chapter="11")],
        "2026-01-04",
        "none",
        entity=AMERICAN,
    ),
    Vector(
        "WX-24",
        "dismissed it fades",
        [
            _american("2026-01-05", chapter="11"),
            _american(
                "2026-01-05",
                chapter="11",
                date_debtor_dismissed="2026-03-01",
                version=2,
                observed="2026-03-02",
            ),
        ],
        "2026-03-02",
        "fading",
        entity=AMERICAN,
    ),
    Vector(
        "WX-24",
        "until then it is red",
        [
            _american("2026-01-05", chapter="11"),
            _american(
                "2026-01-05",
                chapter="11",
                date_debtor_dismissed="2026-03-01",
                version=2,
                observed="2026-03-02",
            ),
        ],
        "2026-02-28",
        "red",
        entity=AMERICAN,
    ),
    Vector(
        "WX-24",
        "a Chinese application is none",
        [insolvency(APPLIED, "2026-01-05", "application")],
        "2026-01-05",
        "none",
    ),
]

SERIES = [
    Series(
        "WP-12",
        "ever worse lots",
        [
            [TEN_MILLION],
            [TEN_MILLION, lot(1, "2026-02-01")],
            [TEN_MILLION, lot(1, "2026-02-01", worth=2e6)],
            [TEN_MILLION, lot(1, "2026-02-01", "failed", worth=2e6)],
        ],
        "2026-03-05",
    ),
    Series(
        "WP-13",
        "from a solvent winding-up to bankruptcy",
        [
            [],
            [insolvency(APPLIED, "2026-01-05", "accepted", solvent=True)],
            [insolvency(APPLIED, "2026-01-05", "application")],
            [insolvency(APPLIED, "2026-01-05", "declared_bankrupt")],
        ],
        "2026-02-01",
    ),
    Series(
        "WX-24",
        "from no docket to a petition",
        [[], [_american("2026-01-05", chapter="15")], [_american("2026-01-05", chapter="7")]],
        "2026-02-01",
        entity=AMERICAN,
    ),
]
