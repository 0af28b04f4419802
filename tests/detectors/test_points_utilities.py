"""WP-22 electricity and WP-23 water arrears: days, amounts, accounts, the billing cycle held, decay."""

from datetime import date, timedelta

import pytest

from detectors.fact import iso_day
from detectors.fold import fold_all
from detectors.judge import judge, rejudge
from detectors.record import Record
from tests.detectors import build
from tests.detectors.build import bill, manual, money, saying, utility_event, verdict

DUE = date(2026, 1, 20)


def after(days: int) -> str:
    """So many days after the due date."""
    return (DUE + timedelta(days=days)).isoformat()


def history(amount: float = 1000.0, months: int = 3) -> list[Record]:
    """Bills of the months before, paid in time: they make the mean."""
    return [
        bill(f"2025-{m:02d}", f"2025-{m:02d}-20", amount, paid=f"2025-{m:02d}-18")
        for m in range(13 - months, 13)
    ]


ONE = bill("2026-01", DUE.isoformat(), 1000.0)
TWICE, LARGE = bill("2026-01", DUE.isoformat(), 2000.0), bill("2026-01", DUE.isoformat(), 5000.0)
PART = saying(bill("2026-01", DUE.isoformat(), 1000.0, paid=after(5)), amount_paid=money(999.99))
FINE = saying(bill("2026-01", DUE.isoformat(), 1000.0, paid=after(5)), penalty=money(5))
FINE_PAID = saying(FINE, amount_paid=money(1005))


@pytest.mark.parametrize(
    ("records", "days", "state", "level"),
    [
        # without an account there is nothing to evaluate; with one that owes nothing there is
        pytest.param([], 30, "not_evaluable", 0, id="no account"),
        pytest.param(
            [bill("2026-01", "2026-01-20", 1.0, utility="water")], 30, "not_evaluable", 0, id="water only"
        ),
        pytest.param(
            [utility_event("reading", "2026-01", "2026-01-01", utility="electricity")],
            0,
            "not_fired",
            0,
            id="reading",
        ),
        # days overdue: blue from 10, yellow over 30; days are recomputed, the source's number is not asked
        pytest.param([ONE], 9, "not_fired", 0, id="9 days"),
        pytest.param([ONE], 10, "fired", 1, id="10 days"),
        pytest.param([ONE], 30, "fired", 1, id="30 days"),
        pytest.param([ONE], 31, "fired", 2, id="31 days"),
        # red over 60 days and from three mean bills, neither alone
        pytest.param([ONE], 61, "fired", 2, id="61 days, mean unknown"),
        pytest.param([*history(), ONE], 61, "fired", 2, id="61 days, one bill"),
        pytest.param([*history(), LARGE], 60, "fired", 2, id="60 days, 2.5 mean bills"),
        # the mean includes the late bill itself: (3 * 1000 + 9000) / 4 = 3000
        pytest.param(
            [*history(), saying(ONE, amount_due=money(9000))], 60, "fired", 2, id="60 days, three bills"
        ),
        pytest.param(
            [*history(), saying(ONE, amount_due=money(9000))], 61, "fired", 3, id="61 days, three bills"
        ),
        pytest.param(
            [*history(), saying(ONE, amount_due=money(8999.99))], 61, "fired", 2, id="61 days, a cent less"
        ),
        # yellow from two mean bills, a day after the due date: (3 * 1000 + 3000) / 4 = 1500
        pytest.param([*history(), saying(ONE, amount_due=money(3000))], 0, "not_fired", 0, id="due today"),
        pytest.param([*history(), saying(ONE, amount_due=money(3000))], 1, "fired", 2, id="two mean bills"),
        pytest.param(
            [*history(), saying(ONE, amount_due=money(2999.99))], 1, "not_fired", 0, id="a cent less than two"
        ),
        # the mean wants three bills and no estimates
        pytest.param([*history(months=1), LARGE], 1, "not_fired", 0, id="two bills are no mean"),
        pytest.param(
            [*history(months=2), saying(LARGE, estimated=True)], 1, "not_fired", 0, id="estimates are no mean"
        ),
        # paid in time, paid late, paid in part, paid without the penalty
        pytest.param(
            [ONE, bill("2026-01", "2026-01-20", 1000.0, paid=after(0))], 31, "not_fired", 0, id="paid in time"
        ),
        pytest.param(
            [ONE, bill("2026-01", "2026-01-20", 1000.0, paid=after(9))], 31, "not_fired", 0, id="9 days late"
        ),
        pytest.param(
            [ONE, bill("2026-01", "2026-01-20", 1000.0, paid=after(10))], 11, "not_fired", 0, id="9 full days"
        ),
        pytest.param([PART], 31, "fired", 2, id="a cent is open"),
        pytest.param([FINE], 31, "fired", 2, id="the penalty is open"),
        pytest.param([FINE_PAID], 31, "not_fired", 0, id="the penalty is paid"),
        # a payment may come as a record of its own, before or after the bill
        pytest.param(
            [
                ONE,
                utility_event(
                    "payment",
                    "2026-01",
                    after(5),
                    utility="electricity",
                    payload={"amount_paid": money(1000), "paid_on": after(5)},
                ),
            ],
            31,
            "not_fired",
            0,
            id="payment record",
        ),
        pytest.param(
            [
                ONE,
                utility_event(
                    "payment",
                    "2026-01",
                    after(5),
                    utility="electricity",
                    payload={"amount_paid": money(400), "paid_on": after(5)},
                ),
            ],
            31,
            "fired",
            2,
            id="payment record, in part",
        ),
        # accounts are judged one by one, the worst counts
        pytest.param(
            [*history(), saying(TWICE, account_no="other")], 1, "not_fired", 0, id="another account's mean"
        ),
        pytest.param(
            [saying(ONE, account_no="other"), bill("2026-02", after(20), 1.0)],
            31,
            "fired",
            2,
            id="worst account",
        ),
        # one bill of two sources is one bill
        pytest.param([*history(months=2), TWICE, saying(TWICE)], 1, "not_fired", 0, id="told twice"),
        # ceilings
        pytest.param([saying(ONE)], 31, "fired", 2, id="sure"),
        pytest.param([manual(ONE, approved=False)], 31, "fired", 2, id="F32 is enough for yellow"),
        pytest.param(
            [manual(saying(ONE, amount_due=money(9000)), approved=False), *history()],
            61,
            "fired",
            2,
            id="F32 is not for red",
        ),
        pytest.param(
            [bill("2026-01", "2026-01-20", 1.0, match_confidence=0.9)], 31, "fired", 1, id="by name only"
        ),
    ],
)
def test_electricity_arrears(records: list[Record], days: int, state: str, level: int) -> None:
    """WP-22, so many days after the bill of January 2026 fell due."""
    found = verdict("WP-22", records, after(days))
    assert (found.state, found.level) == (state, level)


LATE = [ONE, bill("2026-01", DUE.isoformat(), 1000.0, paid=after(40))]


@pytest.mark.parametrize(
    ("records", "days", "state", "level"),
    [
        # 40 days late: the colour is held for a billing cycle of 30 days after payment, then fades (60 days)
        pytest.param(LATE, 39, "fired", 2, id="unpaid"),
        pytest.param(LATE, 40, "holding", 2, id="paid"),
        pytest.param(LATE, 69, "holding", 2, id="last day of the cycle"),
        pytest.param(LATE, 70, "residual", 0, id="cleared"),
        pytest.param(LATE, 130, "residual", 0, id="a half-life later"),
        # 30 points fall below 0.5 after 60 * log2(60) = 354.4 days
        pytest.param(LATE, 70 + 354, "residual", 0, id="still counted"),
        pytest.param(LATE, 70 + 355, "not_fired", 0, id="faded"),
        # the next bill, 10 days late inside the cycle, does not turn the held yellow into blue
        pytest.param([*LATE, bill("2026-02", after(45), 1.0)], 55, "holding", 2, id="still yellow"),
        pytest.param([*LATE, bill("2026-02", after(45), 1.0)], 70, "fired", 1, id="blue after the cycle"),
    ],
)
def test_a_billing_cycle_is_held(records: list[Record], days: int, state: str, level: int) -> None:
    """Outstanding must be nil for one cycle; paying in part never looks better than paying all."""
    found = verdict("WP-22", records, after(days))
    assert (found.state, found.level) == (state, level)


def test_residue_halves_every_sixty_days() -> None:
    """From the end of the held cycle on."""
    found = verdict("WP-22", LATE, after(130))
    assert found.weight(found.day, 60) == pytest.approx(15.0)


def test_verdict_changes_on_the_day_another_account_crosses() -> None:
    """The worst account's verdict also tells when a better one will overtake it."""
    worse = saying(bill("2026-01", after(0), 1.0), account_no="worse")
    better = [*history(), saying(bill("2026-01", after(5), 9000.0))]
    found = verdict("WP-22", [worse, *better], after(40))
    assert (found.level, iso_day(found.until)) == (2, after(66))
    assert verdict("WP-22", [worse, *better], after(66)).level == 3


def test_cached_judgement_follows_the_mean() -> None:
    """A bill that falls due, or grows a year old, moves the mean that the late bill is held against."""
    catalogue = build.shipped()
    profile = catalogue.profile("CN-330604")
    old = [bill(f"2025-{m:02d}", f"2025-{m:02d}-05", 6000.0, paid=f"2025-{m:02d}-01") for m in (1, 2, 3)]
    cheap = [
        bill("2025-12", "2025-12-20", 1000.0, paid="2025-12-01"),
        bill("2026-02", after(6), 100.0, paid=after(-5)),
    ]
    ledger = fold_all([*old, *cheap, saying(ONE, amount_due=money(4000))], catalogue)[build.FIRM]
    first = build.day_of(build.epoch(build.at(after(-3))), profile.utc_offset)
    held = judge(ledger, first, catalogue, profile)
    for day in range(first, first + 120):
        held = rejudge(held, ledger, day, catalogue, profile, None)
        fresh = judge(ledger, day, catalogue, profile)
        assert held.verdicts["WP-22"].settled() == fresh.verdicts["WP-22"].settled(), iso_day(day)


def water(month: int, paid: str | None = None) -> Record:
    """The bill of a month of 2025, due on the 20th."""
    return bill(f"2025-{month:02d}", f"2025-{month:02d}-20", 300.0, utility="water", paid=paid)


DUNNED = [water(6), utility_event("dunning", "2025-06", "2025-07-01", payload={"notice_on": "2025-07-01"})]


@pytest.mark.parametrize(
    ("records", "day", "state", "level"),
    [
        pytest.param([], "2025-08-01", "not_evaluable", 0, id="no account"),
        pytest.param([ONE], "2026-08-01", "not_evaluable", 0, id="electricity only"),
        # one unpaid period without dunning is nothing, however old
        pytest.param([water(6)], "2025-12-01", "not_fired", 0, id="one period"),
        # dunning: blue over 15 days after it, if the bill is still unpaid
        pytest.param(DUNNED, "2025-07-16", "not_fired", 0, id="15 days after dunning"),
        pytest.param(DUNNED, "2025-07-17", "fired", 1, id="16 days after dunning"),
        pytest.param([*DUNNED, water(6, "2025-07-16")], "2025-07-17", "not_fired", 0, id="paid on day 15"),
        # a later single unpaid bill does not hide the one that was dunned
        pytest.param(
            [*DUNNED, water(7, "2025-07-20"), water(8)], "2025-08-25", "fired", 1, id="dunned before"
        ),
        # two unpaid in a row are yellow, four red
        pytest.param([water(6), water(7)], "2025-07-20", "not_fired", 0, id="second due today"),
        pytest.param([water(6), water(7)], "2025-07-21", "fired", 2, id="two in a row"),
        pytest.param([water(6), water(7), water(8)], "2025-09-19", "fired", 2, id="three in a row"),
        pytest.param([water(n) for n in (6, 7, 8, 9)], "2025-09-20", "fired", 2, id="fourth due today"),
        pytest.param([water(n) for n in (6, 7, 8, 9)], "2025-09-21", "fired", 3, id="four in a row"),
        # a paid period breaks the row
        pytest.param(
            [water(6), water(7, "2025-07-20"), water(8)], "2025-09-01", "not_fired", 0, id="not in a row"
        ),
        pytest.param(
            [water(6), water(7), water(8, "2025-08-20"), water(9)], "2025-10-01", "fired", 2, id="earlier row"
        ),
        # the row is per account
        pytest.param(
            [water(6), saying(water(7), account_no="other")], "2025-08-01", "not_fired", 0, id="two accounts"
        ),
        # held for a cycle after payment, then fading
        pytest.param(
            [water(6), water(7), water(6, "2025-08-10"), water(7, "2025-08-10")],
            "2025-09-08",
            "holding",
            2,
            id="held",
        ),
        pytest.param(
            [water(6), water(7), water(6, "2025-08-10"), water(7, "2025-08-10")],
            "2025-09-09",
            "residual",
            0,
            id="cleared",
        ),
        # ceiling
        pytest.param(
            [saying(water(6)), manual(water(7), approved=False)], "2025-07-21", "fired", 2, id="F32 counts"
        ),
    ],
)
def test_water_arrears(records: list[Record], day: str, state: str, level: int) -> None:
    """WP-23."""
    found = verdict("WP-23", records, day)
    assert (found.state, found.level) == (state, level)


def test_since_is_the_day_the_condition_came_true() -> None:
    """Not the day somebody looked, and never a day to come."""
    assert iso_day(verdict("WP-23", DUNNED, "2025-07-30").since) == "2025-07-17"
    assert iso_day(verdict("WP-23", [water(6), water(7)], "2025-09-01").since) == "2025-07-21"
    assert iso_day(verdict("WP-22", [ONE], after(33)).since) == after(10)
    two_bills = [*history(), saying(ONE, amount_due=money(3000))]
    assert iso_day(verdict("WP-22", two_bills, after(3)).since) == after(1)


def test_reason_why_a_point_cannot_be_evaluated_is_named() -> None:
    """A gap must not look like health."""
    assert verdict("WP-22", [], "2026-01-01").finding.missing == "no electricity account linked"
    assert verdict("WP-23", [], "2026-01-01").finding.missing == "no water account linked"
