"""Vectors of WP-14 and WP-15 (seizures), WP-22 and WP-23 (unpaid bills), WP-30 and WP-31 (tax notices)."""

from datetime import date, timedelta

from detectors.record import Record
from tests.detectors.build import (
    bill,
    estate,
    manual,
    master,
    money,
    saying,
    seizure,
    tax_notice,
    utility_event,
)
from tests.detectors.points.vectors import Series, Vector

# -- seizures ---------------------------------------------------------------------------------------------------------

SEEN = "2026-02-01"
OWNED = [estate("unit-1", 3e6), estate("unit-2", 7e6)]


def seized(n: int, asset: str = "", **more: object) -> Record:
    """The n-th notice, from 10 January 2026 on."""
    return seizure(n, "2026-01-10", "2028-01-01", asset=asset or f"unit-{n}", **more)


FIRST, SECOND, THIRD = seized(1, "a"), seized(2, "a", sequence=2), seized(3, "a", sequence=3)
GONE = saying(seized(1, version=2, op="close", observed="2026-01-20"), lifted_on="2026-01-20")

MOVED_UP = [saying(FIRST, lifted_on="2026-01-20"), SECOND]
COMES = seizure(3, "2026-01-25", "2028-01-01", asset="a", sequence=2)
OPEN = saying(seizure(1, "2023-01-10", ""), to=None)
ENTERED = estate("unit-1", None, "2026-01-10", cert="entry-1", kind="seizure")
STRUCK_OFF = saying(
    estate("unit-1", None, "2026-01-10", cert="entry-1", kind="seizure", version=2), cancelled_on=SEEN
)

_SEIZURES = [
    Vector("WP-14", "nothing seized is in order", OWNED, SEEN, "none"),
    Vector("WP-14", "not before the order", [seized(1)], "2026-01-09", "none"),
    Vector("WP-14", "one unit of unknown value is yellow", [seized(1)], "2026-01-10", "yellow"),
    Vector("WP-14", "two units of unknown value are red", [seized(1), seized(2)], SEEN, "red"),
    Vector("WP-14", "two notices on one unit are one unit", [seized(1), seized(2, "unit-1")], SEEN, "yellow"),
    Vector("WP-14", "less than 30 % of the value is yellow",
           [estate("unit-1", 2_999_999), OWNED[1], seized(1)], SEEN, "yellow"),
    Vector("WP-14", "30 % of the value is red", [*OWNED, seized(1)], SEEN, "red"),
    Vector("WP-14", "the main premises are red whatever they are worth",
           [estate("unit-1", 1.0), OWNED[1], saying(seized(1), main_premises=True)], SEEN, "red"),
    Vector("WP-14", "a vehicle is no real estate", [saying(seized(1), asset_class="vehicle")], SEEN, "none"),
    Vector("WP-14", "a value amended upwards makes it yellow",
           [*OWNED, estate("unit-2", 8e6, version=2, op="amend"), seized(1)], SEEN, "yellow"),
    Vector("WP-14", "on its last day it stands", [seizure(1, "2026-01-10", "2026-03-01")], "2026-02-28", "yellow"),
    Vector("WP-14", "past its last day it ends by itself", [seizure(1, "2026-01-10", "2026-03-01")], "2026-03-01",
           "fading"),
    Vector("WP-14", "lifted it fades", [seized(1), GONE], "2026-01-20", "fading"),
    Vector("WP-14", "a yellow has faded after three years", [seized(1), GONE], "2029-01-20", "none"),
    Vector("WP-14", "recorded late it counts", [seized(1, observed="2026-09-01")], "2026-09-01", "yellow"),
    Vector("WP-15", "nobody waits behind a first seizure", [FIRST, seized(2, "b")], SEEN, "none"),
    Vector("WP-15", "one that waits is yellow", [FIRST, SECOND], SEEN, "yellow"),
    Vector("WP-15", "also where the first is not known", [SECOND], SEEN, "yellow"),
    Vector("WP-15", "two that wait for one asset are red", [FIRST, SECOND, THIRD], SEEN, "red"),
    Vector("WP-15", "queues for two assets are yellow",
           [seized(n, asset, sequence=2) for n, asset in enumerate("ab")], SEEN, "yellow"),
    Vector("WP-15", "queues for three assets are red",
           [seized(n, asset, sequence=2) for n, asset in enumerate("abc")], SEEN, "red"),
    Vector("WP-15", "the first lifted, the second moves up and it fades",
           [saying(FIRST, lifted_on="2026-01-20"), SECOND], "2026-01-20", "fading"),
    Vector("WP-15", "the day before it waits", [saying(FIRST, lifted_on="2026-01-20"), SECOND], "2026-01-19", "yellow"),
    Vector("WP-15", "the first past its last day, it ends by itself",
           [saying(FIRST, to="2026-02-10"), SECOND], "2026-02-10", "fading"),
    Vector("WP-14", "one without a last day ends after three years", [OPEN], "2026-01-10", "fading"),
    Vector("WP-14", "the day before it stands", [OPEN], "2026-01-09", "yellow"),
    Vector("WP-14", "a seizure that the register has entered counts", [*OWNED, ENTERED], SEEN, "red"),
    Vector("WP-14", "entered and ordered is one unit", [ENTERED, seized(1)], SEEN, "yellow"),
    Vector("WP-14", "an entry struck off fades", [ENTERED, STRUCK_OFF], SEEN, "fading"),
    Vector("WP-15", "one that comes when the first is gone waits for the second", [*MOVED_UP, COMES], SEEN, "yellow"),
    Vector("WP-15", "one more behind it is red",
           [*MOVED_UP, COMES, seizure(4, "2026-01-30", "2028-01-01", asset="a", sequence=3)], SEEN, "red"),
    Vector("WP-15", "a renewal of the second is no newcomer",
           [*MOVED_UP, saying(COMES, renewal_of="notice-2")], SEEN, "fading"),
    Vector("WP-15", "recorded late it counts", [FIRST, seized(2, "a", sequence=2, observed="2026-09-01")],
           "2026-09-01", "yellow"),
]  # fmt: skip

# -- bills ------------------------------------------------------------------------------------------------------------

DUE = "2026-01-20"
ONE = bill("2026-01", DUE, 1000.0)
BEFORE = [bill(f"2025-{m}", f"2025-{m}-20", 1000.0, paid=f"2025-{m}-18") for m in (10, 11, 12)]
LATE = [ONE, bill("2026-01", DUE, 1000.0, paid="2026-03-01")]


def days(number: int) -> str:
    """So many days after the bill of January fell due."""
    return (date.fromisoformat(DUE) + timedelta(days=number)).isoformat()


def owing(amount: float) -> list[Record]:
    """Three months of 1000 paid in time, and this amount unpaid."""
    return [*BEFORE, saying(ONE, amount_due=money(amount))]


def on_account(day: str, amount: float, **more: object) -> Record:
    """A payment of electricity that tells for no bill what it is."""
    paid = {"amount_paid": money(amount), "paid_on": day, "period": None}
    return utility_event("payment", "-", day, utility="electricity", payload=paid, **more)


NEXT = bill("2026-02", "2026-02-20", 1000.0)
CREDIT = bill("2026-02", "2026-01-25", -1000.0)
CENT = bill("2025-09", "2025-09-20", -0.01)


def water(month: int, paid: str | None = None) -> Record:
    """The water bill of a month of 2025, due on the 20th."""
    return bill(f"2025-{month:02d}", f"2025-{month:02d}-20", 300.0, utility="water", paid=paid)


DUNNED = [water(6), utility_event("dunning", "2025-06", "2025-07-01", payload={"notice_on": "2025-07-01"})]
PAID_UP = [water(6), water(7), water(6, "2025-08-10"), water(7, "2025-08-10")]

_BILLS = [
    Vector("WP-22", "without an account there is no answer", [], DUE, "not_evaluable"),
    Vector("WP-22", "water is no electricity", [water(6)], DUE, "not_evaluable"),
    Vector("WP-22", "all paid is in order", BEFORE, DUE, "none"),
    Vector("WP-22", "9 days overdue are in order", [ONE], days(9), "none"),
    Vector("WP-22", "10 days overdue are blue", [ONE], days(10), "blue"),
    Vector("WP-22", "30 days overdue are not yet yellow", [ONE], days(30), "blue"),
    Vector("WP-22", "31 days overdue are yellow", [ONE], days(31), "yellow"),
    Vector("WP-22", "two mean bills are yellow a day after they fell due", owing(3000), days(1), "yellow"),
    Vector("WP-22", "a cent less is in order", owing(2999.99), days(1), "none"),
    Vector("WP-22", "61 days and three mean bills are red", owing(9000), days(61), "red"),
    Vector("WP-22", "60 days and three mean bills are yellow", owing(9000), days(60), "yellow"),
    Vector("WP-22", "61 days and a cent less are yellow", owing(8999.99), days(61), "yellow"),
    Vector("WP-22", "a payment that names no bill pays the oldest", [ONE, on_account("2026-01-25", 1000)], days(41),
           "none"),
    Vector("WP-22", "late it leaves the colour to be held", [ONE, on_account("2026-03-01", 1000)], "2026-03-01",
           "holding-yellow"),
    Vector("WP-22", "a cent less leaves the bill open", [ONE, on_account("2026-01-25", 999.99)], days(41), "yellow"),
    Vector("WP-22", "one for another account pays nothing", [ONE, on_account("2026-01-25", 1000, account="b")],
           days(41), "yellow"),
    Vector("WP-22", "of two bills it pays the older, the later one stays open",
           [ONE, NEXT, on_account("2026-01-25", 1000)], days(41), "blue"),
    Vector("WP-22", "a credit note is set against what is owed", [ONE, CREDIT], days(41), "none"),
    Vector("WP-22", "a credit note is no bill of which a mean is made", [*owing(2999.99), CENT], days(1), "none"),
    Vector("WP-23", "a credit note between two unpaid bills breaks no row",
           [water(6), bill("2025-06b", "2025-07-10", -1.0, utility="water"), water(7)], "2025-07-21", "yellow"),
    Vector("WP-22", "a cent left open is not paid",
           [saying(LATE[1], amount_paid=money(999.99))], days(41), "yellow"),
    Vector("WP-22", "a penalty left open is not paid", [saying(LATE[1], penalty=money(5))], days(41), "yellow"),
    Vector("WP-22", "paid, the colour is held for a billing cycle", LATE, days(69), "holding-yellow"),
    Vector("WP-22", "then it fades", LATE, days(70), "fading"),
    Vector("WP-22", "a yellow has faded after a year", LATE, days(425), "none"),
    Vector("WP-22", "a bill recorded late is as old as it is",
           [bill("2026-01", DUE, 1000.0, observed=days(50))], days(50), "yellow"),
    Vector("WP-23", "without an account there is no answer", [ONE], DUE, "not_evaluable"),
    Vector("WP-23", "one unpaid period without dunning is in order", [water(6)], "2025-12-01", "none"),
    Vector("WP-23", "15 days after dunning are in order", DUNNED, "2025-07-16", "none"),
    Vector("WP-23", "16 days after dunning are blue", DUNNED, "2025-07-17", "blue"),
    Vector("WP-23", "two periods in a row are yellow", [water(6), water(7)], "2025-07-21", "yellow"),
    Vector("WP-23", "while the second may still be paid it is in order", [water(6), water(7)], "2025-07-20", "none"),
    Vector("WP-23", "three in a row are yellow", [water(n) for n in (6, 7, 8)], "2025-09-21", "yellow"),
    Vector("WP-23", "four in a row are red", [water(n) for n in (6, 7, 8, 9)], "2025-09-21", "red"),
    Vector("WP-23", "a period paid breaks the row", [water(6), water(7, "2025-07-20"), water(8)], "2025-09-01", "none"),
    Vector("WP-23", "paid up, the colour is held for a billing cycle", PAID_UP, "2025-09-08", "holding-yellow"),
    Vector("WP-23", "then it fades", PAID_UP, "2025-09-09", "fading"),
    Vector("WP-23", "a bill recorded late breaks in",
           [water(6), bill("2025-07", "2025-07-20", 300.0, utility="water", observed="2025-10-01")], "2025-10-01",
           "yellow"),
]  # fmt: skip

# -- tax notices ------------------------------------------------------------------------------------------------------

FROM = {"2025Q1": "2025-04-15", "2025Q2": "2025-07-15", "2025Q3": "2025-10-15", "2025Q4": "2026-01-15"}
RICH = master("2020-01-01", 50e6)


def notice(quarter: int, balance: float, newly: float = 0.0, **more: object) -> Record:
    """The notice of a quarter of 2025, on its usual day."""
    return tax_notice(f"2025Q{quarter}", FROM[f"2025Q{quarter}"], balance, newly, **more)


def settled(quarter: int, balance: float, on: str) -> Record:
    """The notice again, closed by payment."""
    return saying(notice(quarter, balance, version=2, op="close", observed=on), paid_on=on)


ROW = [notice(quarter, 1e5) for quarter in (1, 2, 3)]

UNTOLD = saying(notice(2, 1.0), balance=money(1.0, "XAU"))

_NOTICES = [
    Vector("WP-30", "no notice is in order", [], SEEN, "none"),
    Vector("WP-30", "listed is yellow", [notice(4, 1.0)], "2026-01-15", "yellow"),
    Vector("WP-30", "not before it is published", [notice(4, 1.0)], "2026-01-14", "none"),
    Vector("WP-30", "a cent below a tenth of M is yellow", [notice(4, 299_999.99)], SEEN, "yellow"),
    Vector("WP-30", "a tenth of M is red", [notice(4, 300_000)], SEEN, "red"),
    Vector("WP-30", "a cent below two million is yellow", [RICH, notice(4, 1_999_999.99)], SEEN, "yellow"),
    Vector("WP-30", "two million are red", [RICH, notice(4, 2e6)], SEEN, "red"),
    Vector("WP-30", "the next notice takes the place of the last", [notice(3, 300_000), notice(4, 1.0)], SEEN,
           "yellow"),
    Vector("WP-30", "an amended balance is the one that counts",
           [notice(4, 300_000), notice(4, 1e5, version=2, op="amend")], SEEN, "yellow"),
    Vector("WP-30", "paid it fades", [notice(4, 300_000), settled(4, 300_000, "2026-01-30")], "2026-01-30", "fading"),
    Vector("WP-30", "the day before it is red", [notice(4, 300_000), settled(4, 300_000, "2026-01-30")], "2026-01-29",
           "red"),
    Vector("WP-30", "a red has faded after four years", [notice(4, 300_000), settled(4, 300_000, "2026-01-30")],
           "2030-01-30", "none"),
    Vector("WP-30", "recorded late it counts", [notice(4, 1.0, observed="2026-06-01")], "2026-06-01", "yellow"),
    Vector("WP-30", "a manual entry that nobody approved is not red",
           [manual(notice(4, 300_000), approved=False)], SEEN, "yellow"),
    Vector("WP-31", "one notice is in order", ROW[:1], "2025-08-01", "none"),
    Vector("WP-31", "two in a row are yellow", ROW, "2025-07-15", "yellow"),
    Vector("WP-31", "not before the second", ROW, "2025-07-14", "none"),
    Vector("WP-31", "before the third it is yellow", ROW, "2025-10-14", "yellow"),
    Vector("WP-31", "three in a row are red", ROW, "2025-10-15", "red"),
    Vector("WP-31", "a quarter without notice breaks the row", [ROW[0], ROW[2]], "2025-11-01", "none"),
    Vector("WP-31", "a growth of less than a fifth is yellow", [ROW[0], notice(2, 119_999)], "2025-08-01", "yellow"),
    Vector("WP-31", "a growth by a fifth is red", [ROW[0], notice(2, 120_000)], "2025-08-01", "red"),
    Vector("WP-31", "a fall by less than a fifth is yellow", [ROW[0], notice(2, 80_001)], "2025-08-01", "yellow"),
    Vector("WP-31", "a fall by a fifth is in order", [ROW[0], notice(2, 80_000)], "2025-08-01", "none"),
    Vector("WP-31", "unless something has newly arisen", [ROW[0], notice(2, 80_000, 1.0)], "2025-08-01", "yellow"),
    Vector("WP-31", "what has newly arisen must be known", [ROW[0], saying(notice(2, 80_000), newly_arisen=None)],
           "2025-08-01", "yellow"),
    Vector("WP-31", "a balance that is not known has not fallen", [ROW[0], UNTOLD], "2025-08-01", "yellow"),
    Vector("WP-31", "paid, the colour is held for a quarter", [*ROW, settled(3, 1e5, "2025-11-01")], "2026-01-29",
           "holding-red"),
    Vector("WP-31", "then it fades", [*ROW, settled(3, 1e5, "2025-11-01")], "2026-01-30", "fading"),
    Vector("WP-31", "a notice recorded late closes the gap",
           [ROW[0], ROW[2], notice(2, 1e5, observed="2025-12-01")], "2025-12-01", "red"),
]  # fmt: skip

VECTORS = [*_SEIZURES, *_BILLS, *_NOTICES]

SERIES = [
    Series("WP-14", "ever more seized", [OWNED, [*OWNED, seizure(1, "2026-01-10", "2028-01-01", asset="x")],
                                         [*OWNED, seized(2)]], SEEN),
    Series("WP-15", "ever longer queues", [[FIRST], [FIRST, SECOND], [FIRST, SECOND, THIRD]], SEEN),
    Series("WP-22", "ever more unpaid", [BEFORE, owing(1000), owing(9000)], days(61)),
    Series("WP-23", "ever more periods", [[water(n) for n in range(6, last)] for last in (7, 8, 9, 10)], "2025-10-01"),
    Series("WP-30", "ever more owed", [[], [notice(4, 1.0)], [notice(4, 1e6)]], SEEN),
    Series("WP-31", "ever longer rows", [ROW[:1], ROW[:2], ROW], "2025-11-01"),
]  # fmt: skip
