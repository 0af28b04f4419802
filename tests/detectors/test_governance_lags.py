"""Lags, legal periods and working days: what the law allows is not lateness."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from detectors.errors import FenghuoError
from detectors.governance.lags import (
    MAX_EXPECTED_LAG,
    NO_SPAN,
    Lags,
    Span,
    deadline,
    lags,
    span,
    summary,
    timely,
)
from detectors.governance.periods import cycles, months, period
from detectors.governance.workdays import CALENDARS, WorkCalendar, calendar_of
from tests.detectors import build

CHINA = timezone(timedelta(hours=8))
CN = CALENDARS["CN"]
WEEKENDS = WorkCalendar()


def said(day: str, published: str | None, observed: str) -> Any:
    """A record whose event was on ``day``; instants in China's zone."""
    one = build.enforcement(1, day, 100.0)
    return msgspec.structs.replace(
        one,
        occurred_at=datetime.fromisoformat(day).replace(tzinfo=CHINA),
        published_at=None if published is None else datetime.fromisoformat(published).replace(tzinfo=CHINA),
        observed_at=datetime.fromisoformat(observed).replace(tzinfo=CHINA),
    )


def test_twenty_working_days_across_the_spring_festival() -> None:
    """Counted by hand from the notice for 2026: free 15-23 February, worked 14 and 28 February."""
    worked = [date(2026, 2, n) for n in (11, 12, 13, 14, 24, 25, 26, 27, 28)]
    worked += [date(2026, 3, n) for n in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16)]
    assert len(worked) == 20
    assert CN.after(date(2026, 2, 10), 20) == worked[-1]
    assert [day for n in range(1, 21) if (day := CN.after(date(2026, 2, 10), n))] == worked


def test_a_country_without_a_list_has_weekends_and_an_agreement_may_add_days() -> None:
    assert calendar_of("FR").works(date(2026, 7, 14))
    assert not calendar_of("FR").works(date(2026, 7, 18))
    said_later = CN.extended([date(2027, 1, 1)], [date(2026, 2, 21)])
    assert not said_later.works(date(2027, 1, 1))
    assert said_later.works(date(2026, 2, 21))
    assert not said_later.works(date(2026, 2, 20))
    with pytest.raises(ValueError, match="2026-01-04 is given as a holiday and as a working day"):
        WorkCalendar(frozenset({date(2026, 1, 4)}), frozenset({date(2026, 1, 4)}))


@pytest.mark.parametrize("country", sorted(CALENDARS))
def test_lists_hold_only_days_that_change_the_answer(country: str) -> None:
    """A holiday on a Sunday, or a workday on a Monday, is a slip of the pen."""
    assert all(day.weekday() < 5 for day in CALENDARS[country].holidays)
    assert all(day.weekday() >= 5 for day in CALENDARS[country].workdays)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("20wd", Span(working=20)),
        ("3d", Span(days=3)),
        ("6h", Span(seconds=21_600)),
        ("30m", Span(seconds=1_800)),
    ],
)
def test_spans_are_read(text: str, meant: Span) -> None:
    assert span(text) == meant


@pytest.mark.parametrize("text", ["", "20", "wd", "-1d", "1.5h", "2 d", "3w"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a lag is written 20wd"):
        span(text)


def test_a_span_is_of_one_kind() -> None:
    with pytest.raises(ValueError, match="a span is working days, days or seconds"):
        Span(working=1, days=1)


# A registry event of Tuesday 10 February 2026; 20 working days end with Monday 16 March.
LEGAL = MAX_EXPECTED_LAG["F25"]
CASES = [
    # published on the last legal day and delivered the day after, as agreed
    ("2026-03-16T23:59:59", "2026-03-17T12:00:00", True),
    # published at once, but delivered three days later: the law did not allow that
    ("2026-02-10T09:00:00", "2026-02-13T09:00:00", False),
    ("2026-02-10T09:00:00", "2026-02-11T23:59:59", True),
    ("2026-02-10T09:00:00", "2026-02-12T00:00:00", False),
    # published too late and delivered at once: late all the same
    ("2026-03-20T09:00:00", "2026-03-20T09:30:00", False),
    # published a day too late, delivered within what law and agreement allow together
    ("2026-03-17T09:00:00", "2026-03-17T09:30:00", True),
    # nobody says when it was published
    (None, "2026-03-17T23:59:59", True),
    (None, "2026-03-18T00:00:00", False),
]


@pytest.mark.parametrize(("published", "observed", "in_time"), CASES)
def test_a_legal_lag_is_not_lateness(published: str | None, observed: str, in_time: bool) -> None:
    assert timely(said("2026-02-10", published, observed), LEGAL, span("1d"), CHINA, CN) is in_time


def test_without_a_legal_period_the_agreed_lag_runs_from_publication_or_event() -> None:
    late = said("2026-02-10", "2026-05-04T09:00:00", "2026-05-04T14:59:59")
    assert timely(late, NO_SPAN, span("6h"), CHINA, CN)
    assert deadline(late, NO_SPAN, span("6h"), CHINA, CN) == datetime(2026, 5, 4, 7, tzinfo=UTC)
    silent = said("2026-02-10", None, "2026-02-12T00:00:00")
    assert not timely(silent, NO_SPAN, span("1d"), CHINA, CN)


def test_days_are_those_of_the_zone() -> None:
    """23:30 UTC on the tenth is the eleventh in Shanghai."""
    one = msgspec.structs.replace(
        said("2026-02-10", None, "2026-02-12T23:00:00"), occurred_at=datetime(2026, 2, 10, 23, 30, tzinfo=UTC)
    )
    assert timely(one, NO_SPAN, span("1d"), CHINA, CN)
    assert not timely(one, NO_SPAN, span("1d"), UTC, CN)


def test_what_was_announced_beforehand_is_in_time_however_far_ahead() -> None:
    one = msgspec.structs.replace(
        said("2026-02-10", None, "2026-02-10T09:00:00"), occurred_at=datetime(9999, 12, 31, tzinfo=UTC)
    )
    assert timely(one, LEGAL, span("20wd"), CHINA, CN)


def test_three_lags_and_none_is_guessed() -> None:
    one = said("2026-02-10", "2026-02-11T00:00:00", "2026-02-11T00:10:00")
    alerted = datetime(2026, 2, 11, 0, 10, 3, tzinfo=CHINA)
    assert lags(one, alerted) == Lags(observation=87_000, publication=86_400, capture=600, alert=3)
    assert lags(one) == Lags(observation=87_000, publication=86_400, capture=600, alert=None)
    silent = said("2026-02-10", None, "2026-02-11T00:10:00")
    assert lags(silent, alerted) == Lags(observation=87_000, publication=None, capture=None, alert=3)
    assert summary([]) is None


@pytest.mark.parametrize(
    ("cycle", "text", "count"),
    [
        ("day", "2026-02", 28), ("working_day", "2026-02", 16), ("week", "2026-02", 4), ("month", "2026-02", 1),
        ("quarter", "2026-02", 0), ("quarter", "2026-03", 1), ("quarter", "2026", 4), ("month", "2026Q3", 3),
        ("year", "2026Q4", 1), ("year", "2026-11", 0),
    ],
)  # fmt: skip
def test_cycles_fall_due_in_the_period_in_which_they_end(cycle: Any, text: str, count: int) -> None:
    assert cycles(cycle, period(text), CN, None, None) == count


def test_cycles_count_only_while_the_item_is_in_force() -> None:
    assert cycles("month", period("2026"), WEEKENDS, date(2026, 3, 15), date(2026, 5, 30)) == 2


@pytest.mark.parametrize("text", ["2026-13", "2026Q5", "03-2026", "2026-3", "", "0000", "march"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(FenghuoError, match="is no month, quarter or year; write 2026-03"):
        period(text)


def test_months_between_two_days() -> None:
    names = [one.name for one in months(date(2025, 11, 30), date(2026, 2, 1))]
    assert names == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [one.name for one in months(date(9999, 12, 1), date.max)] == ["9999-12"]
