"""One firm of which every feed tells something, small enough to work out each of its indicators by hand.

Everything is as of 15 April 2026: 30 days reach back to 17 March, 90 to 16 January, 180 to 18 October 2025, 365 to 16
April 2025. Amounts are yuan.
"""

import functools
from datetime import date
from typing import Any

from msgspec.structs import replace

from detectors.batch import MONTHS
from detectors.cohorts.norm import Norm, NormTable
from detectors.cohorts.period import earlier
from detectors.contagion.batch import with_impulses
from detectors.fold import fold_all
from detectors.forces.measures import GROWTHS, MEASURES
from detectors.indicators.around import around_of, tell_around
from detectors.ledger import EMPTY
from detectors.materiality import base_of
from detectors.points.view import View
from detectors.record import Record, epoch
from detectors.reference import Reference
from tests.detectors import build
from tests.detectors.build import FIRM, OTHER, bill, dishonest, money, record
from tests.detectors.forces_records import accounts, day_number, insured, readings
from tests.detectors.points.credit_records import status
from tests.detectors.points.labour_records import wages
from tests.detectors.points.registry_records import abnormal, change, penalty, state

TODAY = "2026-04-15"
THIRD = "ent:CN-330604:93330604MA0000058P"
WHEN = ("2026-04-01", "2026-02-01", "2025-11-01", "2025-06-01", "2025-01-01")
"""Begin of the five cases of each kind, claiming 100 to 500; the second is over."""

_OVER = date(2026, 3, 1)
_SUING = ("甲公司", "乙公司", "甲公司", "丙公司", "丁公司")


def _five(feed: str, *fields: str, **more: Any) -> list[Record]:
    """Five records of a feed, each with its day in ``fields``; callables in ``more`` are given the number."""
    found = []
    for n, day in enumerate(WHEN, start=1):
        said = {name: value(n) if callable(value) else value for name, value in more.items()}
        said |= dict.fromkeys(fields, day)
        found.append(record(feed, f"{feed}-{n}", day, said, **({"valid_to": _OVER} if n == 2 else {})))
    return found


def _amount(n: int) -> dict[str, str]:
    return money(100 * n)


def _suit(n: int) -> str:
    return f"(2025)浙0604民初{n}号"


def _case(n: int) -> str:
    return f"(2025)浙0604执{n}号"


def courts() -> list[Record]:
    """Five suits by four plaintiffs, heard, judged and enforced; five insolvency cases of which no suit is known."""
    parties = [[{"name": name, "role": "plaintiff", "kind": "org"}] for name in _SUING]
    return [
        *_five("F01", "filed_on", case_no=_suit, role="defendant", claim_amount=_amount,
               parties=lambda n: parties[n - 1]),
        *_five("F02", case_no=_suit, role="defendant", start_at=lambda n: f"{WHEN[n - 1]}T09:00:00+08:00"),
        *_five("F03", "judged_on", case_no=_suit, doc_type="judgment", obligation_amount=_amount),
        *_five("F04", "filed_on", case_no=_case, exec_amount=_amount, status="executing", basis_doc_no=_suit),
        *_five("F05", "filed_on", "published_on", case_no=_case, conduct_code=1),
        *_five("F06", "filed_on", "published_on", case_no=_case, capacity="self_entity"),
        *_five("F07", "terminated_on", case_no=_case, unperformed_amount=_amount, exec_amount=lambda _: money(9)),
        *_five("F08", "applied_on", case_no=lambda n: f"(2025)浙06破申{n}号", event="application"),
        record("F01", "ours", "2026-04-01", {"case_no": "(2026)浙0604民初9号", "role": "plaintiff"}),
    ]  # fmt: skip


BOUND = (
    ("2026-04-01", 100, False),
    ("2026-02-01", 200, True),
    ("2025-06-01", 300, False),
    ("2024-01-01", 400, False),
)
"""Begin, amount and whether it is over, of what binds the firm's assets, by each feed."""


def securities() -> list[Record]:
    """Four of each kind; as creditor, of real estate itself, and of shares in others, which do not count."""
    found = []
    for n, (day, amount, over) in enumerate(BOUND):
        said = money(amount)
        payloads: dict[str, dict[str, Any]] = {
            "F09": {"measure": "freeze", "asset_class": "equity", "asset_ref": f"a-{n}", "notice_no": f"n-{n}",
                    "authority": "c", "from": day, "to": "2027-12-31", "amount_limit": said},
            "F10": {"platform": "p", "lot_id": f"l-{n}", "round": "1", "announced_on": day, "appraisal": said,
                    "starts_at": "2026-06-01T10:00:00+08:00", "status": "announced"},
            "F11": {"reg_no": f"r-{n}", "security_type": "movable_mortgage", "reg_on": day, "secured_amount": said},
            "F12": {"cert_no": f"c-{n}", "kind": "mortgage", "unit_no": f"u-{n}", "secured_principal": said},
            "F13": {"reg_no": f"p-{n}", "reg_on": day, "equity_amount": said, "state": "valid"},
            "F14": {"notice_no": f"f-{n}", "matter": "freeze", "published_on": day, "from": day, "amount": said,
                    "executed_person": THIRD, "target": FIRM},
        }  # fmt: skip
        more: dict[str, Any] = {"valid_to": _OVER} if over else {}
        found += [record(feed, f"{feed}-{n}", day, payload, **more) for feed, payload in payloads.items()]
    charge = {"reg_no": "theirs", "security_type": "movable_mortgage", "reg_on": "2026-04-01",
              "secured_amount": money(7)}  # fmt: skip
    return [
        *found,
        record("F11", "theirs", "2026-04-01", charge, role="secured_party"),
        record("F12", "owned", "2020-01-01", {"cert_no": "own", "kind": "first", "unit_no": "u-0"}),
    ]


def utilities() -> list[Record]:
    """For each of three utilities: a year of bills of 1,000 due on the 25th, three late in a row in autumn, the last
    two unpaid; two years of readings, 100 a month, then 110, no use in August, 60 in February and 120 in March."""
    late = {"2025-09": "2025-11-10", "2025-10": "2025-12-01", "2025-11": "2026-01-05"}
    use = [100.0] * 12 + [110.0] * 4 + [0.0] + [110.0] * 5 + [60.0, 120.0]
    found = []
    for utility in ("electricity", "water", "gas"):
        for n in range(12):
            period, due = _month(2025, 3 + n), f"{_month(2025, 4 + n)}-25"
            paid = None if period >= "2026-01" else late.get(period, due)
            found.append(bill(period, due, 1000.0, utility=utility, paid=paid))
        found += [
            build.saying(one, utility=utility, provider_id=f"{utility}-co") for one in _renamed(utility, use)
        ]
    return found


def _renamed(utility: str, use: list[float]) -> list[Record]:
    return [replace(one, record_id=f"{utility}-{one.record_id}") for one in readings("2024-04", use)]


def _month(year: int, month: int) -> str:
    return f"{year + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}"


def _notice(period: str, day: str, tax: str, balance: float, newly: float, **more: Any) -> Record:
    said = {"taxpayer_id": "1", "tax_type": tax, "notice_period": period, "authority": "上虞区税务局",
            "balance": money(balance), "newly_arisen": money(newly), "published_on": day, **more}  # fmt: skip
    return record("F16", f"{period}-{tax}", day, said)


def taxes() -> list[Record]:
    """Three notices in a row of value-added tax, one of income tax that was paid, one each of two others; returns
    missed; a listing of 40 days; a violation."""
    missed = {"taxpayer_id": "1", "event": "missed_filing", "authority": "上虞区税务局"}
    listed = {"taxpayer_id": "1", "event": "listed", "listed_on": "2025-12-01", "released_on": "2026-01-10"}
    violation = {"decision_no": "v", "category_code": 1, "published_on": "2025-05-01", "amount": money(5000)}
    return [
        _notice("2025Q3", "2025-10-15", "增值税", 500, 100),
        _notice("2025Q4", "2026-01-20", "增值税", 700, 200),
        _notice("2025Q4", "2026-01-20", "企业所得税", 50, 50, paid_on="2026-03-01"),
        _notice("2026Q1", "2026-04-10", "增值税", 900, 300),
        _notice("2026Q1", "2026-04-10", "房产税", 80, 80),
        _notice("2026Q1", "2026-04-10", "印花税", 30, 30),
        record("F17", "m-1", "2026-03-16", {**missed, "period": "2026-02"}),
        record(
            "F17", "m-2", "2025-08-16",
            {**missed, "period": "2025-07", "tax_type": "增值税", "released_on": "2025-09-01"},
        ),
        record("F17", "l", "2025-12-01", listed),
        record("F18", "v", "2025-05-01", violation),
    ]  # fmt: skip


def labour() -> list[Record]:
    """Four insurances: 50 persons a year ago, 45 at the end of the year, then 42 and 40, two months unpaid; wages."""
    months = (("2025-03", 50, 1000, 1000, 0), ("2025-12", 45, 900, 900, 0), ("2026-02", 42, 900, 0, 900),
              ("2026-03", 40, 800, 0, 1700))  # fmt: skip
    found = [
        build.saying(insured(on, heads, insurance=kind, owed=owed), due=money(due), paid=money(paid))
        for kind in ("pension", "medical", "unemployment", "work_injury")
        for on, heads, due, paid, owed in months
    ]
    return [
        *found,
        wages(1, "2026-01-01", "order_to_pay", 3, event_on="2026-01-01", amount=money(300)),
        wages(
            2,
            "2025-07-01",
            "order_to_pay",
            2,
            event_on="2025-07-01",
            amount=money(200),
            removed_on="2025-12-01",
        ),
        wages(3, "2026-03-01", "complaint", event_on="2026-03-01"),
    ]


def loans() -> list[Record]:
    """One loan that has become overdue and falls due in May, one that was extended."""
    return [
        status("2025-12-31", "a", lender="a", balance=1000, principal_overdue_days=0, classification="normal",
               matures_on="2026-05-01"),
        status("2026-03-31", "a", lender="a", balance=800, principal_overdue_days=20,
               classification="special_mention", matures_on="2026-05-01"),
        status("2026-03-31", "b", lender="b", balance=500, principal_overdue_days=0, classification="normal",
               extended=True, matures_on="2027-01-01"),
    ]  # fmt: skip


ITEMS = ("name", "legal_rep", "controller", "domicile", "reg_capital", "paid_capital", "shareholders", "scope", "type",
         "directors")  # fmt: skip


def register() -> list[Record]:
    """Listed once and long ago once more, fined twice, suspended, every item changed twice, capital cut by 400."""
    changes = [change("2026-02-10", item, *((1000, 600) if item == "reg_capital" else ())) for item in ITEMS]
    return [
        abnormal("2025-09-01", 1),
        abnormal("2023-01-01", 1, removed="2023-06-01"),
        penalty(1, "2026-01-10", 100, fields={"confiscated": money(50)}),
        penalty(2, "2022-01-01", 900),
        state("2026-03-01", "suspended", fields={"suspended_until": "2026-12-01"}),
        *changes,
        *(change("2025-08-01", item) for item in ITEMS),
    ]


def _guarantee(n: int, guarantor: str, debtor: str, amount: float, day: str, entity: str) -> Record:
    said = {"contract_no": f"g-{n}", "guarantor": guarantor, "debtor": debtor, "way": "joint_guarantee",
            "principal": money(amount), "debt_from": day, "debt_to": "2027-06-30"}  # fmt: skip
    role = "guarantor" if entity == guarantor else "debtor"
    return record("F26", f"g-{n}", day, said, entity=entity, role=role)


def bonds() -> list[Record]:
    """The firm and a red one guarantee each other; since March it also guarantees a third. Two firms at its address."""
    given = [(1, FIRM, OTHER, 300.0, "2025-01-01"), (2, FIRM, THIRD, 200.0, "2026-03-01"),
             (3, OTHER, FIRM, 400.0, "2025-01-01")]  # fmt: skip
    near = [
        record("F27", f"near-{n}", day, {"from": FIRM, "to": other, "from_kind": "org", "type": "same_address",
                                         "valid_from": day})
        for n, (other, day) in enumerate(((OTHER, "2024-01-01"), (THIRD, "2026-02-01")))
    ]  # fmt: skip
    return [
        *(_guarantee(*one, entity=entity) for one in given for entity in one[1:3]),
        *near,
        dishonest(7, "2026-01-05", entity=OTHER),
    ]


def books() -> list[Record]:
    """Two years and two quarters of accounts, and what the firm is."""
    said = {"name": "绍兴上虞测试有限公司", "industry": "C1751", "size_class": "small", "founded_on": "2021-04-15",
            "paid_capital": money(600_000), "subscribed_capital": money(800_000)}  # fmt: skip
    return [
        record("F29", "master", "2021-04-20", said),
        accounts("2024", "2025-03-20", revenue=2e6, profit=1e5, tax_paid=400, assets=1.5e6, liabilities=7e5,
                 equity=8e5),
        accounts("2025", "2026-03-20", revenue=2.2e6, profit=9e4, tax_paid=500, assets=1.6e6, liabilities=6e5,
                 equity=1e6, interest_expense=3e4),
        accounts("2025Q1", "2025-04-10", "tax", tax_paid=100),
        accounts("2026Q1", "2026-04-10", "tax", tax_paid=80),
    ]  # fmt: skip


def every() -> list[Record]:
    """All of it."""
    return [
        *courts(), *securities(), *utilities(), *taxes(), *labour(), *loans(), *register(), *bonds(), *books(),
    ]  # fmt: skip


COHORT = "gbt4754:C175|small|CN-330604|*"


def usual() -> Reference:
    """Norms, the same for all indicators: quantiles 30 to 70, median 50; of electricity against last year 0.1."""
    names = [*MEASURES, *GROWTHS]
    table = NormTable(
        Norm(COHORT, name, "2026-03", 40, median=50.0, mad=10.0, iqr=20.0, p10=30.0, p30=40.0, p50=50.0, p70=60.0,
             p90=70.0)
        for name in names
    )  # fmt: skip
    for back in range(MONTHS):
        table.put(Norm(COHORT, "kwh_yoy", earlier("2026-03", back), 40, median=0.1))
    return Reference(norms=table)


@functools.cache
def rich_view() -> View:
    """The firm among those it is bound to and compared with."""
    catalogue, moment = build.shipped(), epoch(build.at(TODAY))
    ledgers = fold_all(every(), catalogue)
    ledger = with_impulses(ledgers, moment, catalogue)[FIRM]
    profile = catalogue.profile("CN-330604")
    day = day_number(TODAY)
    view = View(
        ledger, day, base_of(ledger, day, catalogue.materiality, profile), profile.fx, reference=usual()
    )
    tell_around(view, *around_of(FIRM, ledgers, moment, catalogue))
    return view


def empty_view() -> View:
    """A firm of which nothing is known."""
    catalogue, day = build.shipped(), day_number(TODAY)
    profile = catalogue.profile("CN-330604")
    return View(EMPTY, day, base_of(EMPTY, day, catalogue.materiality, profile), profile.fx)
