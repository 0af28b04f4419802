"""Three lags of a record, and whether a source was late.

Real-time means since publication: the law itself gives authorities weeks to publish. So the way from the event to the
alert is measured in three parts, event to publication, publication to capture, capture to alert, and only what exceeds
the legal period and the agreed one is lateness.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median

import msgspec

from detectors.governance.workdays import WorkCalendar
from detectors.record import Record

_FORM = re.compile(r"(\d{1,4})(wd|d|h|m)")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A period as people agree on it: ``working`` days or calendar ``days``, counted from the day after and ended with
    the last one, or ``seconds`` from the moment."""

    working: int = 0
    days: int = 0
    seconds: int = 0

    def __post_init__(self) -> None:
        """One kind at most, none negative.

        Raises:
            ValueError: otherwise.
        """
        given = (self.working, self.days, self.seconds)
        if min(given) < 0 or sum(map(bool, given)) > 1:
            raise ValueError(f"a span is working days, days or seconds, not negative; got {given}")

    def end(self, start: datetime, zone: tzinfo, calendar: WorkCalendar) -> datetime:
        """The instant at which the span is over, if it begins at ``start``.

        A span of no length, in whatever unit, ends with the day it begins on: many sources give dates only.
        """
        if self.seconds:
            return start + timedelta(seconds=self.seconds)
        day = calendar.after(start.astimezone(zone).date(), self.working) + self.days * _DAY
        return _midnight(day + _DAY, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def span(text: str) -> Span:
    """Reads ``20wd`` (working days), ``3d``, ``6h`` or ``30m``.

    Raises:
        ValueError: it is none of them.

    >>> span("20wd")
    Span(working=20, days=0, seconds=0)
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"a lag is written 20wd (working days), 3d, 6h or 30m, got {text!r}")
    count = int(found[1])
    match found[2]:
        case "wd":
            return Span(working=count)
        case "d":
            return Span(days=count)
        case "h":
            return Span(seconds=3600 * count)
    return Span(seconds=60 * count)


_REGISTRY = Span(working=20)  # 企业信息公示暂行条例 art. 6: within 20 working days of coming into being
MAX_EXPECTED_LAG: Mapping[str, Span] = {
    "F13": _REGISTRY,
    "F22": _REGISTRY,
    "F23": _REGISTRY,
    "F25": _REGISTRY,
    "F29": _REGISTRY,
    "F24": Span(working=20),  # 市场监督管理行政处罚信息公示规定: 20 working days from the decision
    "F16": Span(days=92),  # 欠税公告办法 art. 4: enterprises quarterly, so up to the longest quarter
    "F18": Span(
        days=46
    ),  # 重大税收违法失信主体信息公布管理办法: by the 15th of the month after, at most 46 days
}
"""How long the law lets a feed take from the event to publication (``max_expected_lag``); none for other feeds."""

NO_SPAN = Span()


class Lags(msgspec.Struct, frozen=True, gc=False):
    """Seconds from event to capture, and of that from event to publication and from publication to capture; from
    capture to alert. None where an instant is unknown.

    Without a publication date ``capture`` is unknown and not guessed. A negative ``publication`` is an announcement.
    """

    observation: int | None
    publication: int | None
    capture: int | None
    alert: int | None


def lags(record: Record, alerted_at: datetime | None = None) -> Lags:
    """The lags of one record; ``alerted_at`` is when the alert it raised was out, if it raised one."""
    published, observed = record.published_at, record.observed_at
    return Lags(
        observation=_seconds(observed - record.occurred_at),
        publication=None if published is None else _seconds(published - record.occurred_at),
        capture=None if published is None else _seconds(observed - published),
        alert=None if alerted_at is None else _seconds(alerted_at - observed),
    )


def _seconds(gap: timedelta) -> int:
    return gap // timedelta(seconds=1)


def deadline(record: Record, legal: Span, agreed: Span, zone: tzinfo, calendar: WorkCalendar) -> datetime:
    """Until when the record had to be here.

    The agreed lag runs from publication, but no later than from the end of the legal period: who publishes in time is
    late only if he delivers late, and who publishes late is not excused by it. Without a legal period and a publication
    it runs from the event.
    """
    published = record.published_at
    if legal == NO_SPAN:
        return agreed.end(published or record.occurred_at, zone, calendar)
    last = legal.end(record.occurred_at, zone, calendar) - timedelta(microseconds=1)
    return agreed.end(last if published is None else min(published, last), zone, calendar)


def timely(record: Record, legal: Span, agreed: Span, zone: tzinfo, calendar: WorkCalendar) -> bool:
    """Whether the record was captured before its :func:`deadline`; what was announced beforehand always was."""
    if record.observed_at <= (record.published_at or record.occurred_at):
        return True
    return record.observed_at < deadline(record, legal, agreed, zone, calendar)


def summary(seconds: list[int]) -> dict[str, float] | None:
    """Half, nine tenths and the longest, in seconds (nearest rank for the tenths); None of nothing.

    >>> summary([10, 20, 30, 40])
    {'p50': 25.0, 'p90': 40.0, 'max': 40.0}
    """
    if not seconds:
        return None
    ranked = sorted(seconds)
    ninth = ranked[-(-9 * len(ranked) // 10) - 1]
    return {"p50": float(median(ranked)), "p90": float(ninth), "max": float(ranked[-1])}
