"""WP-30 tax-arrears notice, WP-31 persistent or growing arrears: thresholds, cadence, clearing."""

import pytest

from detectors.points.tax import months_of
from detectors.record import Record
from tests.detectors.build import manual, master, money, saying, tax_notice, verdict

M50 = master("2020-01-01", 50e6)
SMALL, LARGE = 299_999.99, 300_000.0  # 10 % of the default base of 3 m is 300,000

Q1, Q2, Q3, Q4 = (
    ("2025Q1", "2025-04-15"),
    ("2025Q2", "2025-07-15"),
    ("2025Q3", "2025-10-15"),
    ("2025Q4", "2026-01-15"),
)


def notice(quarter: tuple[str, str], balance: float, newly: float = 0.0, **more: object) -> Record:
    """A notice on its usual day."""
    return tax_notice(quarter[0], quarter[1], balance, newly, **more)


def paid(quarter: tuple[str, str], balance: float, day: str, **more: object) -> Record:
    """The notice again, closed by payment."""
    one = notice(quarter, balance, version=2, op="close", observed=day, **more)
    return saying(one, paid_on=day)


def income_tax(one: Record) -> Record:
    """The same notice about another tax."""
    return saying(tax_notice(one.payload["notice_period"] + "i", one.payload["published_on"], 0), **{
        **one.payload, "tax_type": "企业所得税"
    })  # fmt: skip


def city(one: Record) -> Record:
    """The same notice by another authority."""
    return saying(tax_notice(one.payload["notice_period"] + "c", one.payload["published_on"], 0), **{
        **one.payload, "authority": "绍兴市税务局"
    })  # fmt: skip


@pytest.mark.parametrize(
    ("records", "day", "level"),
    [
        # listed is yellow, from the day of publication
        pytest.param([], "2026-02-01", 0, id="nothing"),
        pytest.param([notice(Q4, 1.0)], "2026-01-14", 0, id="the day before"),
        pytest.param([notice(Q4, 1.0)], "2026-01-15", 2, id="the day"),
        pytest.param([notice(Q4, 0.0)], "2026-02-01", 0, id="balance zero"),
        # red from 10 % of M ...
        pytest.param([notice(Q4, SMALL)], "2026-02-01", 2, id="a cent below 10 % of M"),
        pytest.param([notice(Q4, LARGE)], "2026-02-01", 3, id="10 % of M"),
        # ... or from two million, whichever comes first
        pytest.param([M50, notice(Q4, 1_999_999.99)], "2026-02-01", 2, id="a cent below two million"),
        pytest.param([M50, notice(Q4, 2e6)], "2026-02-01", 3, id="two million"),
        # taxes and authorities add up
        pytest.param(
            [notice(Q4, 2e5), income_tax(notice(Q4, 99_999))], "2026-02-01", 2, id="two taxes below"
        ),
        pytest.param([notice(Q4, 2e5), income_tax(notice(Q4, 1e5))], "2026-02-01", 3, id="two taxes"),
        pytest.param([notice(Q4, 2e5), city(notice(Q4, 1e5))], "2026-02-01", 3, id="two authorities"),
        # the next notice of the authority replaces the one before; a tax absent from it is settled
        pytest.param([notice(Q3, LARGE), notice(Q4, 1.0)], "2026-01-14", 3, id="before the next notice"),
        pytest.param([notice(Q3, LARGE), notice(Q4, 1.0)], "2026-01-15", 2, id="after it"),
        pytest.param(
            [income_tax(notice(Q3, LARGE)), notice(Q4, 1.0)], "2026-01-15", 2, id="the other tax settled"
        ),
        pytest.param(
            [city(notice(Q3, LARGE)), notice(Q4, 1.0)], "2026-01-15", 3, id="another authority's stands"
        ),
        # monthly after quarterly is later, not another count
        pytest.param(
            [notice(Q4, LARGE), tax_notice("2026-01", "2026-02-15", 1.0)], "2026-02-20", 2, id="monthly now"
        ),
        # payment ends it, whole or in part
        pytest.param([notice(Q4, LARGE), paid(Q4, LARGE, "2026-01-30")], "2026-01-29", 3, id="not yet paid"),
        pytest.param([notice(Q4, LARGE), paid(Q4, LARGE, "2026-01-30")], "2026-01-30", 0, id="paid"),
        pytest.param(
            [paid(Q4, LARGE, "2026-01-30"), notice(Q4, LARGE)], "2026-01-30", 0, id="payment came first"
        ),
        pytest.param(
            [income_tax(notice(Q4, 1.0)), paid(Q4, LARGE, "2026-01-30")],
            "2026-01-30",
            2,
            id="one of two taxes paid",
        ),
        # paid before it was published: never in arrears as far as anybody was told
        pytest.param([paid(Q4, LARGE, "2026-01-10")], "2026-01-20", 0, id="paid before publication"),
        # one notice of two sources is one; foreign money; amount of unknown rate is listed all the same
        pytest.param(
            [notice(Q4, 2e5), notice(Q4, 2e5, source_id="crawler")], "2026-02-01", 2, id="two sources"
        ),
        pytest.param([saying(notice(Q4, 0), balance=money(42_254, "USD"))], "2026-02-01", 3, id="dollars"),
        pytest.param(
            [saying(notice(Q4, 0), balance=money(42_253, "USD"))], "2026-02-01", 2, id="fewer dollars"
        ),
        pytest.param([saying(notice(Q4, 0), balance=money(1e9, "RUB"))], "2026-02-01", 2, id="no rate"),
        # ceilings
        pytest.param([notice(Q4, LARGE, match_confidence=0.9)], "2026-02-01", 1, id="by name only"),
        pytest.param([manual(notice(Q4, LARGE), approved=False)], "2026-02-01", 2, id="F32 unapproved"),
        pytest.param([manual(notice(Q4, LARGE), approved=True)], "2026-02-01", 3, id="F32 approved"),
    ],
)
def test_arrears_notice(records: list[Record], day: str, level: int) -> None:
    """WP-30."""
    assert verdict("WP-30", records, day).level == level


def test_paid_arrears_fade_over_180_days() -> None:
    """Decay begins on the day of payment, not when it became known."""
    late_news = paid(Q4, LARGE, "2026-01-30")
    found = verdict("WP-30", [notice(Q4, LARGE), late_news], "2026-07-29")
    assert (found.state, found.weight(found.day, 180)) == ("residual", pytest.approx(35.0))


RUN3 = [notice(Q1, 1e5), notice(Q2, 1e5), notice(Q3, 1e5)]


@pytest.mark.parametrize(
    ("records", "day", "level"),
    [
        # one notice is none of this point's business; two in a row are yellow, three red
        pytest.param([notice(Q1, 1e5)], "2025-08-01", 0, id="one"),
        pytest.param(RUN3, "2025-07-14", 0, id="before the second"),
        pytest.param(RUN3, "2025-07-15", 2, id="two in a row"),
        pytest.param(RUN3, "2025-10-14", 2, id="before the third"),
        pytest.param(RUN3, "2025-10-15", 3, id="three in a row"),
        # a quarter without notice breaks the row; the turn of the year does not
        pytest.param([notice(Q1, 1e5), notice(Q3, 1e5)], "2025-11-01", 0, id="a gap"),
        pytest.param(
            [notice(Q4, 1e5), tax_notice("2026Q1", "2026-04-15", 1e5)], "2026-04-20", 2, id="new year"
        ),
        # one authority's row is not continued by another's
        pytest.param([notice(Q1, 1e5), city(notice(Q2, 1e5))], "2025-08-01", 0, id="two authorities"),
        # red when the balance grew by 20 %
        pytest.param([notice(Q1, 1e5), notice(Q2, 119_999)], "2025-08-01", 2, id="grew by less than 20 %"),
        pytest.param([notice(Q1, 1e5), notice(Q2, 120_000)], "2025-08-01", 3, id="grew by 20 %"),
        # cleared when it fell by 20 % and nothing new arose
        pytest.param([notice(Q1, 1e5), notice(Q2, 80_001)], "2025-08-01", 2, id="fell by less than 20 %"),
        pytest.param([notice(Q1, 1e5), notice(Q2, 80_000)], "2025-08-01", 0, id="fell by 20 %"),
        pytest.param([notice(Q1, 1e5), notice(Q2, 80_000, 1.0)], "2025-08-01", 2, id="fell, but some is new"),
        # a notice of the past counts in full, although part of it was paid since
        pytest.param(
            [notice(Q1, 1e5), income_tax(paid(Q1, 1e5, "2025-05-02")), notice(Q2, 1.6e5)],
            "2025-08-01",
            0,
            id="in full",
        ),
        # half-yearly and monthly notices are consecutive where one ends and the next begins
        pytest.param(
            [tax_notice("2025H1", "2025-07-15", 1e5), tax_notice("2025H2", "2026-01-15", 1e5)],
            "2026-02-01",
            2,
            id="half-years",
        ),
        pytest.param(
            [notice(Q1, 1e5), tax_notice("2025-04", "2025-05-15", 1e5)], "2025-06-01", 2, id="month after"
        ),
        pytest.param(
            [notice(Q1, 1e5), tax_notice("2025-05", "2025-06-15", 1e5)], "2025-07-01", 0, id="month too late"
        ),
        # notices told out of order, one of them twice
        pytest.param([RUN3[2], RUN3[0], RUN3[1], RUN3[0]], "2025-10-15", 3, id="out of order"),
        # a period nobody can read is not a period
        pytest.param(
            [notice(Q1, 1e5), tax_notice("spring", "2025-07-15", 1e5)], "2025-08-01", 0, id="no period"
        ),
    ],
)
def test_persistent_arrears(records: list[Record], day: str, level: int) -> None:
    """WP-31."""
    assert verdict("WP-31", records, day).level == level


@pytest.mark.parametrize(
    ("day", "state", "level"),
    [
        # paid on 1 November: the colour is held for a quarter (90 days), then fades with a half-life of 270
        pytest.param("2025-10-31", "fired", 3, id="unpaid"),
        pytest.param("2025-11-01", "holding", 3, id="paid"),
        pytest.param("2026-01-29", "holding", 3, id="last day of the quarter"),
        pytest.param("2026-01-30", "residual", 0, id="cleared"),
    ],
)
def test_clearing_waits_a_quarter(day: str, state: str, level: int) -> None:
    """No new arrears for one quarter."""
    found = verdict("WP-31", [*RUN3, paid(Q3, 1e5, "2025-11-01")], day)
    assert (found.state, found.level) == (state, level)


def test_retracted_notice_breaks_the_row() -> None:
    """Without the second notice there never was a row."""
    gone = notice(Q2, 1e5, version=2, op="retract", observed="2025-11-01")
    assert verdict("WP-31", [*RUN3, gone], "2025-11-02").state == "not_fired"


@pytest.mark.parametrize("period", ["2026Q5", "2026Q0", "2026-13", "26Q1", "", "2026H3", "2026X1", "2026Qx"])
def test_what_is_no_period(period: str) -> None:
    """Neither months nor quarters outside the year."""
    assert months_of(period) is None
