"""Fayette County, Kentucky: delinquent property-tax bills, and the tax liens recorded on them.

Source: rgdonohue/fayette-tax-lien-watch, MIT licence, names already replaced by hashes. Bills and instruments can be
looked up by their numbers in public, so every number of the source (owner, bill, book and page) is replaced once
more, by an HMAC under a key made of the bills file: who has the files can follow a record back to its row, who has
only what the program prints cannot. Parcels are left out.

Bills (F16). A snapshot of what was unpaid on 2026-03-21 and 22: bills that were paid are not in it, so nothing may be
concluded about how many owners default.

- A bill becomes delinquent on 1 January after its tax year (``arrears_since``). Assumption: KRS 134.015, not checked.
- It is known on the day its instrument number begins with (``20240423...``), when the county clerk takes it over as a
  certificate of delinquency. Where that is no date, it is known at the end of the year the number begins with; where
  that does not follow the tax year, on 15 April of the year after it. Assumption: KRS 134.122, not checked.
- ``face_value`` is the ``balance``: arrears are published without surcharge and fines (欠税公告办法 art. 3), and
  ``amount_due`` is of the day of the snapshot, later than the notice.
- A released bill is closed on ``date_released``. A bankruptcy is a disposition on the day of the snapshot and no court
  record: there is no case, court or date. ``Suit Filed`` is left out for the same reason.
- Property tax is 房产税, the nearest statutory name. ``owner_is_entity`` tells organisations from persons.

Land records: see :mod:`connectors.datasets.fayette_land`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from connectors.datasets.envelope import envelope
from connectors.datasets.fayette_land import LAND, instruments
from connectors.datasets.fayette_owners import BASIS, JURISDICTION, NAME, Owners, at_noon
from connectors.datasets.item import Dataset, Item, OutcomeLabel, in_order
from connectors.datasets.table import Row, Table, dead, money, read_rows
from connectors.errors import MappingError
from detectors.identifiers import entity

BEGIN = at_noon(date(2010, 1, 1))
"""Time of rows that have none; the first instrument is of 2010-07-20."""

BILLS = Table(
    "delinquent_bills_pseudonymised.csv",
    (
        "inst_num",
        "bill_number",
        "tax_year",
        "status",
        "owner_id",
        "owner_is_entity",
        "face_value",
        "bankruptcy",
        "released",
        "date_released",
        "scrape_date",
    ),
    unused=("parcel_num", "district", "owed_at_sale", "amount_due"),
)
_STATUSES = {name: name for name in ("Delinquent", "Suit Filed", "Bankruptcy", "Released")}
_YES_NO = {"YES": "yes", "NO": ""}
_KINDS = {"1": "entity", "0": ""}


@dataclass(frozen=True, slots=True)
class _Bill:
    """A row that could be read."""

    row: Row
    number: str
    tax_year: int
    owner: str
    is_entity: bool
    balance: dict[str, str]
    known_on: date
    released_on: date | None
    bankrupt_on: date | None


def read(directory: Path) -> Iterator[Item]:
    """Every row of both files, in order of time.

    Raises:
        DatasetError: a file is missing.
        ColumnError: a header is not the one known.
    """
    bill_rows = read_rows(NAME, directory, BILLS)
    land_rows = read_rows(NAME, directory, LAND)
    key = hashlib.sha256((directory / BILLS.file).read_bytes()).digest()
    yield from in_order(_items(bill_rows, land_rows, key))


def _items(bill_rows: Iterable[Row], land_rows: Iterable[Row], key: bytes) -> Iterator[Item]:
    bills: dict[str, _Bill] = {}
    for row in bill_rows:
        try:
            if row.problem:
                yield dead(row, BEGIN)
                continue
            bill = _bill(row)
            if bill.number in bills:
                raise MappingError("bill_number", "must be unique in its tax year, got one again")
            bills[bill.number] = bill
        except MappingError as error:
            yield dead(row, BEGIN, error)
    owners = Owners(key, {bill.owner: bill.is_entity for bill in bills.values()})
    for bill in bills.values():
        yield from _of_bill(bill, owners)
    yield from instruments(land_rows, owners, BEGIN)


def _bill(row: Row) -> _Bill:
    tax_year = row.integer("tax_year", 1900, 2100)
    row.code("status", _STATUSES)
    snapshot = _day(row, "scrape_date", "%Y-%m-%d")
    known_on = _known_on(row.key("inst_num"), tax_year, snapshot)
    released = _day(row, "date_released", "%m-%d-%Y") if row.code("released", _YES_NO) else None
    if released is not None and released < known_on:
        raise MappingError("date_released", f"must not precede the notice of {known_on}, got {released}")
    return _Bill(
        row,
        f"{tax_year}-{row.key('bill_number')}",
        tax_year,
        row.key("owner_id"),
        bool(row.code("owner_is_entity", _KINDS)),
        money(row.number("face_value"), "USD"),
        known_on,
        released,
        snapshot if row.code("bankruptcy", _YES_NO) else None,
    )


def _day(row: Row, column: str, form: str) -> date:
    try:
        return datetime.strptime(row.text(column), form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        readable = form.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD")
        raise MappingError(column, f"must read {readable}, got {row.text(column)!r}") from None


def _known_on(number: str, tax_year: int, snapshot: date) -> date:
    """Day on which a bill was known, see the head of this module; never after the snapshot it is in."""
    year = int(number[:4]) if number[:4].isdecimal() else 0
    if not tax_year < year <= snapshot.year:
        return min(date(tax_year + 1, 4, 15), snapshot)
    try:
        return min(date(year, int(number[4:6]), int(number[6:8])), snapshot)
    except ValueError:
        return min(date(year, 12, 31), snapshot)


def _of_bill(bill: _Bill, owners: Owners) -> Iterator[Item]:
    place, original = bill.row.place, bill.row.original
    at = at_noon(bill.known_on)
    yield Item(place, original, at, raw=_notice(bill, owners, at, version=1, op="assert"))
    if bill.released_on is not None:
        at = at_noon(bill.released_on)
        yield Item(place, original, at, raw=_notice(bill, owners, at, version=2, op="close"))
    if bill.bankrupt_on is not None:
        subject = owners.subject(bill.owner)
        about = entity.of(JURISDICTION, subject["scheme"], subject["value"])
        at, number = at_noon(bill.bankrupt_on), owners.hidden("bill", bill.number)
        label = OutcomeLabel(about, "bankruptcy", at, NAME, f"{NAME}-bill-{number}")
        yield Item(place, original, at, outcome=label)


def _notice(bill: _Bill, owners: Owners, at: datetime, *, version: int, op: str) -> dict[str, object]:
    number = f"bill-{owners.hidden('bill', bill.number)}"
    payload = {
        "taxpayer_id": number,  # arrears are kept per bill: an owner has several in one year
        "tax_type": "房产税",
        "notice_period": str(bill.tax_year),
        "authority": "Fayette County Clerk, Kentucky",
        "balance": bill.balance,
        "newly_arisen": bill.balance,
        "published_on": bill.known_on.isoformat(),
        "arrears_since": date(bill.tax_year + 1, 1, 1).isoformat(),
    }
    return envelope(
        NAME,
        "F16",
        number,
        bill.row,
        at,
        JURISDICTION,
        owners.subject(bill.owner),
        payload,
        version=version,
        op=op,
        legal_basis=BASIS,
    )


DATASET = Dataset(
    NAME, "delinquent property taxes and tax liens, Fayette County, Kentucky", (BILLS.file, LAND.file), read
)
