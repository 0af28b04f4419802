"""WX-10 (bills and bonds), WX-11 (exit ban), WX-12 (tax credit), WX-13 (invoices), WX-15 (shell in a cluster)."""

from typing import Any

import pytest

from detectors.record import Record
from detectors.records.validation import validate
from tests.detectors.build import FIRM, at, master
from tests.detectors.examples import example_record
from tests.detectors.points.judicial_records import leads, restriction
from tests.detectors.points.labour_records import staff
from tests.detectors.points.registry_records import serious
from tests.detectors.points.utility_records import after, missed, readings
from tests.detectors.points.vectors import Series, Vector, rec

# -- lists of overdue bills and bonds ---------------------------------------------------------------------------------


def paper(day: str, listing: str = "overdue_bills", removed: str | None = None, **more: Any) -> Record:
    """F23 of the bill exchange or the bond market."""
    payload = {"put_on": day, "authority": "上海票据交易所", "listing": listing}
    if removed is not None:
        payload["removed_on"] = removed
        more = {"version": 2, "op": "close", "observed": removed, **more}
    return rec("F23", f"{listing}-{day}", day, payload, **more)


_PAPER = [
    Vector("WX-10", "no listing is in order", [], "2026-02-01", "none"),
    Vector("WX-10", "overdue bills are red", [paper("2026-01-05")], "2026-01-05", "red"),
    Vector("WX-10", "not before the listing", [paper("2026-01-05")], "2026-01-04", "none"),
    Vector("WX-10", "a bond in default is red", [paper("2026-01-05", "bond_default")], "2026-01-05", "red"),
    Vector("WX-10", "it lasts until it is taken off", [paper("2020-01-05")], "2026-01-05", "red"),
    Vector("WX-10", "taken off it fades", [paper("2026-01-05"), paper("2026-01-05", removed="2026-03-01")],
           "2026-03-01", "fading"),
    Vector("WX-10", "recorded late it counts", [paper("2026-01-05", observed="2026-06-01")], "2026-06-01", "red"),
    Vector("WX-10", "the regulator's list is another", [serious("2026-01-05")], "2026-02-01", "none"),
    Vector("WP-45", "overdue bills are another list", [paper("2026-01-05")], "2026-02-01", "none"),
    Vector("WP-45", "two lists on one day do not hide each other", [paper("2026-01-05"), serious("2026-01-05")],
           "2026-02-01", "red"),
]  # fmt: skip

# -- exit bans --------------------------------------------------------------------------------------------------------


def ban(n: int, day: str, capacity: str = "legal_rep", **more: Any) -> Record:
    """F06: a person may not leave the country."""
    return restriction(n, day, capacity, kind="exit", **more)


_EXIT = [
    Vector("WX-11", "no ban is in order", [], "2026-02-01", "none"),
    Vector("WX-11", "the legal representative barred is yellow", [ban(1, "2026-01-05")], "2026-01-05", "yellow"),
    Vector("WX-11", "not before the order", [ban(1, "2026-01-05")], "2026-01-04", "none"),
    Vector("WX-11", "the controller barred is yellow", [ban(1, "2026-01-05", "actual_controller")], "2026-02-01",
           "yellow"),
    Vector("WX-11", "an employee barred is nothing", [ban(1, "2026-01-05", "direct_responsible")], "2026-02-01",
           "none"),
    Vector("WX-11", "a restriction of consumption is another order", [restriction(1, "2026-01-05", "legal_rep")],
           "2026-02-01", "none"),
    Vector("WX-11", "one who has left the firm does not count",
           [leads("2020-01-01", "2025-12-01"), ban(1, "2026-01-05")], "2026-02-01", "none"),
    Vector("WX-11", "lifted it fades",
           [ban(1, "2026-01-05"), ban(1, "2026-01-05", lifted_on="2026-03-01", version=2, op="close",
                                      observed="2026-03-01")], "2026-03-01", "fading"),
    Vector("WX-11", "recorded late it counts", [ban(1, "2026-01-05", observed="2026-06-01")], "2026-06-01", "yellow"),
    Vector("WP-10", "an exit ban restricts no consumption", [ban(1, "2026-01-05", because_of_entity=True)],
           "2026-02-01", "none"),
    Vector("WP-10", "beside an exit ban of the same case it stands",
           [ban(1, "2026-01-05"), rec("F06", "own", "2026-01-05", {
               **restriction(1, "2026-01-05", "legal_rep", because_of_entity=True).payload})], "2026-02-01", "red"),
]  # fmt: skip

# -- tax credit and invoices ------------------------------------------------------------------------------------------


def taxed(event: str, period: str, day: str, **more: Any) -> Record:
    """F17 other than listings and missed filings."""
    record = {name: more.pop(name) for name in ("version", "op", "observed") if name in more}
    payload = {
        "taxpayer_id": "91330604MA0000015G",
        "event": event,
        "period": period,
        "authority": "上虞区税务局",
    }
    return rec("F17", f"{event}-{period}", day, payload | more, **record)


def graded(year: int, grade: str, **more: Any) -> Record:
    """The grade of a year, given in April of the next."""
    return taxed("credit_grade", str(year), f"{year + 1}-04-30", credit_grade=grade, **more)


def invoices(period: str, issued: int, void: int, **more: Any) -> Record:
    """The invoices of a month, told two days after it."""
    return taxed("invoices", period, after(period), invoices=issued, invoices_void=void, **more)


_TAX = [
    Vector("WX-12", "no grade known, no answer", [], "2026-05-01", "not_evaluable"),
    Vector("WX-12", "a missed filing is no grade", [missed("2026-03", "2026-04-20")], "2026-05-01", "not_evaluable"),
    Vector("WX-12", "grade C is in order", [graded(2025, "C")], "2026-05-01", "none"),
    Vector("WX-12", "grade D is yellow", [graded(2025, "D")], "2026-04-30", "yellow"),
    Vector("WX-12", "the day before it is not known", [graded(2025, "D")], "2026-04-29", "not_evaluable"),
    Vector("WX-12", "the next grade ends it", [graded(2025, "D"), graded(2026, "M")], "2027-04-30", "fading"),
    Vector("WX-12", "the day before it is yellow", [graded(2025, "D"), graded(2026, "M")], "2027-04-29", "yellow"),
    Vector("WX-12", "an amended grade is the one that counts",
           [graded(2025, "D"), graded(2025, "B", version=2, op="amend", observed="2026-06-01")], "2026-06-01", "none"),
    Vector("WX-12", "an older grade recorded late has ended with the next",
           [graded(2025, "B"), graded(2024, "D", observed="2026-06-01")], "2026-06-01", "fading"),
    Vector("WX-13", "no invoices known, no answer", [graded(2025, "A")], "2026-05-01", "not_evaluable"),
    Vector("WX-13", "less than 30 % is in order", [invoices("2026-03", 100, 29)], "2026-04-03", "none"),
    Vector("WX-13", "30 % is yellow", [invoices("2026-03", 100, 30)], "2026-04-03", "yellow"),
    Vector("WX-13", "not before it is told", [invoices("2026-03", 100, 30)], "2026-04-02", "not_evaluable"),
    Vector("WX-13", "nine invoices tell nothing", [invoices("2026-03", 9, 9)], "2026-04-03", "none"),
    Vector("WX-13", "ten do", [invoices("2026-03", 10, 3)], "2026-04-03", "yellow"),
    Vector("WX-13", "the next month ends it", [invoices("2026-03", 100, 30), invoices("2026-04", 100, 5)],
           "2026-05-03", "fading"),
    Vector("WX-13", "61 days later it still counts", [invoices("2026-03", 100, 30)], "2026-06-03", "yellow"),
    Vector("WX-13", "62 days later nothing is known", [invoices("2026-03", 100, 30)], "2026-06-04", "not_evaluable"),
    Vector("WX-13", "a month recorded late has ended with the next",
           [invoices("2026-04", 100, 5), invoices("2026-03", 100, 90, observed="2026-05-10")], "2026-05-10", "fading"),
]  # fmt: skip

# -- shells -----------------------------------------------------------------------------------------------------------


def neighbours(count: int, day: str = "2025-01-05", until: str | None = None) -> list[Record]:
    """F27: so many other firms at the address."""
    ends = {} if until is None else {"valid_to": until}
    more: dict[str, Any] = {} if until is None else {"version": 2, "op": "close", "observed": until}
    return [
        rec("F27", f"address-{n}", day, {"from": FIRM, "to": f"ent:CN:{n}", "type": "same_address",
                                         "valid_from": day, **ends}, **more)
        for n in range(count)
    ]  # fmt: skip


def shell(count: int = 19, kwh: float = 10, insured: int = 0) -> list[Record]:
    """A firm with so many others at its address, two months of electricity and of insurance."""
    return [*neighbours(count), *readings("2026-01", kwh, kwh), *staff("2026-01", insured, insured)]


MARCH = "2026-03-05"
NOBODY = master("2025-01-01", 1e6)

_SHELL = [
    Vector("WX-15", "alone at its address it is in order", shell(0), MARCH, "none"),
    Vector("WX-15", "19 firms are few", shell(18), MARCH, "none"),
    Vector("WX-15", "20 firms are a cluster", shell(), MARCH, "yellow"),
    Vector("WX-15", "not before the second reading", shell(), "2026-03-02", "not_evaluable"),
    Vector("WX-15", "10.1 kWh a month are use", shell(kwh=10.1), MARCH, "none"),
    Vector("WX-15", "somebody insured is no shell", shell(insured=1), MARCH, "none"),
    Vector("WX-15", "one idle month is not enough",
           [*neighbours(19), *readings("2026-01", 500, 0), *staff("2026-01", 0, 0)], MARCH, "none"),
    Vector("WX-15", "no meter, no answer", [*neighbours(19), *staff("2026-01", 0, 0)], MARCH, "not_evaluable"),
    Vector("WX-15", "staff unknown, no answer", [NOBODY, *neighbours(19), *readings("2026-01", 0, 0)], MARCH,
           "not_evaluable"),
    Vector("WX-15", "an estimated month is no answer",
           [*neighbours(19), *readings("2026-01", 0, 0, payload={"estimated": True}), *staff("2026-01", 0, 0)], MARCH,
           "not_evaluable"),
    Vector("WX-15", "use begins and it fades", [*shell(), *readings("2026-03", 300)], "2026-04-03", "fading"),
    Vector("WX-15", "somebody is hired and it fades", [*shell(), *staff("2026-03", 2)], "2026-03-28", "fading"),
    Vector("WX-15", "the others leave and it fades",
           [*shell(), *neighbours(5, until="2026-03-20")], "2026-03-20", "fading"),
    Vector("WX-15", "91 days after the month it still counts", shell(), "2026-05-31", "yellow"),
    Vector("WX-15", "after 92 days nothing is known", shell(), "2026-06-01", "not_evaluable"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("feed", "fields", "outcome"),
    [
        ("F06", {"kind": "限制出境"}, "accepted"),
        ("F06", {"kind": "curfew"}, "quarantined"),
        ("F23", {"listing": "票据持续逾期名单"}, "accepted"),
        (
            "F17",
            {"event": "纳税信用评价", "period": "2025", "credit_grade": "D级", "listed_on": None},
            "accepted",
        ),
        ("F17", {"event": "credit_grade", "period": "2025", "listed_on": None}, "quarantined"),
        ("F17", {"event": "credit_grade", "period": "2025", "credit_grade": "E"}, "quarantined"),
        ("F17", {"event": "invoices", "period": "2026-03", "invoices": 40, "invoices_void": 12}, "accepted"),
        ("F17", {"event": "invoices", "period": "2026-03", "invoices": 40}, "quarantined"),
    ],
)
def test_the_contracts_carry_these_facts(feed: str, fields: dict[str, Any], outcome: str) -> None:
    """Under the names the registers use; what an event must tell is asked for."""
    record = example_record(feed)
    payload = record["payload"] | fields
    record["payload"] = {name: value for name, value in payload.items() if value is not None}
    assert validate(record, now=at("2026-12-01")).kind == outcome


VECTORS = [*_PAPER, *_EXIT, *_TAX, *_SHELL]

SERIES = [
    Series(
        "WX-13", "ever more void", [[invoices("2026-03", 100, void)] for void in (0, 29, 60)], "2026-04-03"
    ),
    Series("WX-15", "ever more firms", [shell(count) for count in (0, 18, 19, 25)], MARCH),
]
