"""The one reading of what was drawn from the mains, behind points, forces and indicators alike."""

from msgspec.structs import replace

from detectors.forces.power import power
from detectors.indicators import quantities
from detectors.points.consumption import usage
from detectors.points.meters import by_month, drawn_of, metered
from detectors.points.months import label
from detectors.record import Record
from tests.detectors import build
from tests.detectors.forces_records import reading, view_of


def billed(period: str, due: str, kwh: str, doc: str) -> Record:
    """A bill that tells the quantity; several of one month differ in their document."""
    one = build.saying(build.bill(period, due, 80), quantity=kwh, doc=doc)
    return replace(one, record_id=f"bill-{doc}")


def test_a_reading_stands_before_bills_and_of_several_bills_the_latest_stands() -> None:
    """February is told by two bills, March by a bill and a reading; whoever asks hears the same."""
    early, late = billed("2026-02", "2026-03-15", "700", "a"), billed("2026-02", "2026-03-25", "650", "b")
    records = [early, late, reading("2026-03", 500.0), billed("2026-03", "2026-04-20", "999", "c")]
    view = view_of(records)
    expected = {"2026-02": 650.0, "2026-03": 500.0}
    known = usage(view)
    assert known is not None
    (meter,) = known.meters.values()
    assert {label(month): kwh for month, kwh in meter.kwh.items()} == expected
    assert {label(month): kwh for month, kwh in power(view).months.items()} == expected
    drawn = quantities.by_month(view, "electricity")
    assert {label(month): kwh for month, kwh in drawn.items()} == expected


def test_a_month_is_unknown_while_an_account_in_it_is_estimated_or_says_nothing() -> None:
    """An account has a part in the months between its first word and its last."""
    records = [
        *(reading(f"2026-0{n}", 100.0) for n in (1, 2, 3)),
        reading("2026-01", 10.0, account="2", estimated=True),
        reading("2026-03", 30.0, account="2"),
    ]
    view = view_of(records)
    found = {label(month): kwh for month, kwh in by_month(view, "electricity").items()}
    assert found == {"2026-01": None, "2026-02": None, "2026-03": 130.0}
    assert by_month(view, "water") == {}
    accounts = metered(view, "electricity")
    assert [number for _, number in accounts] == sorted(number for _, number in accounts)
    assert [drawn_of(fact) for fact in accounts["electricity-co", "2"].values()] == [None, 30.0]
