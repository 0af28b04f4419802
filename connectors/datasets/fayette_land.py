"""Certificates of delinquency sold to investors, as the county clerk's land records have them.

A certificate (``CERT DEL ASSIGN``) gives a buyer the county's lien on the taxpayer's property: F11, a security right
recorded from the taxpayer (``grantor_id``) to the buyer (``grantee_id``). Assignments pass it on (amend), the release
ends it (close). Both name their certificate by book and page in ``cross_references``; the references of one
instrument stand there without a separator (``530/723-0711897/306-071``: 530/723 and 1897/306, each with its kind).
A second release of one certificate does not change when it ended. Instruments are known on their recording date.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from connectors.datasets.envelope import envelope
from connectors.datasets.fayette_owners import BASIS, JURISDICTION, NAME, Owners, at_noon
from connectors.datasets.item import Item
from connectors.datasets.table import Row, Table, dead
from connectors.errors import MappingError

LAND = Table(
    "land_records_pseudonymised.csv",
    ("book_page", "recording_date", "instrument_type", "cross_references", "grantor_id", "grantee_id"),
    unused=("instrument_number", "query_name"),
)

_KINDS = {
    "CERT DEL ASSIGN": "assert",
    "ASSIGN/ENCUMBRA": "amend",
    "REASSIGN CERTIFICATE OF DEL": "amend",
    "DEL TAX RELEASE": "close",
}
_REFERENCE = re.compile(r"(\d+/\d+)-\d{3}")


@dataclass(frozen=True, slots=True)
class _Instrument:
    """A row that could be read. ``certificate`` is the book and page of the certificate it is, or is about."""

    row: Row
    op: str
    recorded: date
    certificate: str
    grantor: str
    grantee: str


def instruments(rows: Iterable[Row], owners: Owners, begin: datetime) -> Iterator[Item]:
    """One item per row: a version of its certificate's record, or a dead letter."""
    readable: list[tuple[Row, str]] = []
    for row in rows:
        try:
            if row.problem:
                yield dead(row, begin)
            else:
                readable.append((row, row.code("instrument_type", _KINDS)))
        except MappingError as error:
            yield dead(row, begin, error)
    certificates = {row.text("book_page") for row, op in readable if op == "assert"}
    histories: defaultdict[str, list[_Instrument]] = defaultdict(list)
    for row, op in readable:
        try:
            instrument = _instrument(row, op, certificates)
            histories[instrument.certificate].append(instrument)
        except MappingError as error:
            yield dead(row, begin, error)
    for history in histories.values():
        yield from _versions(history, owners, begin)


def _instrument(row: Row, op: str, certificates: set[str]) -> _Instrument:
    if op == "assert":
        certificate = row.key("book_page")
    else:
        cited = [page for page in _REFERENCE.findall(row.text("cross_references")) if page in certificates]
        if len(cited) != 1:
            problem = f"must name one certificate of the file, got {row.text('cross_references')!r}"
            raise MappingError("cross_references", problem)
        certificate = cited[0]
    return _Instrument(row, op, _day(row), certificate, row.key("grantor_id"), row.key("grantee_id"))


def _day(row: Row) -> date:
    try:
        return datetime.strptime(row.text("recording_date"), "%Y/%m/%d").date()  # noqa: DTZ007 - a day, no time
    except ValueError:
        problem = f"must read YYYY/MM/DD, got {row.text('recording_date')!r}"
        raise MappingError("recording_date", problem) from None


def _versions(history: list[_Instrument], owners: Owners, begin: datetime) -> Iterator[Item]:
    """The certificate first, what happens to it after, by day of recording."""
    history.sort(key=lambda instrument: (instrument.op != "assert", instrument.recorded))
    first, holder, released = history[0], "", None
    for version, instrument in enumerate(history, start=1):
        if first.op != "assert":
            what = f"names the certificate {instrument.certificate}, whose own row cannot be used"
            yield dead(instrument.row, begin, MappingError("cross_references", what))
            continue
        if instrument.op == "assert" and instrument is not first:
            again = MappingError("book_page", f"must be unique, got {instrument.certificate} again")
            yield dead(instrument.row, begin, again)
            continue
        if instrument.op == "close":
            released = released or instrument.recorded
        else:
            holder = instrument.grantee
        payload = _payload(first, holder, released, owners)
        yield _item(instrument, version, payload, owners.subject(first.grantor), owners)


def _payload(
    certificate: _Instrument, holder: str, released: date | None, owners: Owners
) -> dict[str, object]:
    return {
        "reg_no": f"cert-{owners.hidden('page', certificate.certificate)}",
        "security_type": "other",
        "secured_party": [f"holder {owners.hidden('owner', holder)}"],
        "collateral": "certificate of delinquency (property tax)",
        "reg_on": certificate.recorded.isoformat(),
        "cancelled_on": released.isoformat() if released else None,
        "status": "cancelled" if released else "active",
    }


def _item(
    instrument: _Instrument,
    version: int,
    payload: Mapping[str, object],
    subject: Mapping[str, str],
    owners: Owners,
) -> Item:
    at = at_noon(instrument.recorded)
    record_id = f"cert-{owners.hidden('page', instrument.certificate)}"
    raw = envelope(
        NAME,
        "F11",
        record_id,
        instrument.row,
        at,
        JURISDICTION,
        subject,
        payload,
        version=version,
        op=instrument.op,
        legal_basis=BASIS,
    )
    return Item(instrument.row.place, instrument.row.original, at, raw=raw)
