"""Standstills of an electricity account: runs of months at hardly any use, told of or silently missing."""

from itertools import pairwise
from statistics import median

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.consumption import Meter
from detectors.points.months import festive, first_day
from detectors.points.others import ARREARS
from detectors.points.view import View


class Shutdown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-28. ``share`` and ``recovered_share`` are of the median month before the standstill;
    ``reading_days`` how long after the end of a month its reading may come; ``festival_before`` and ``festival_after``
    the days around the lunar new year that do not count; ``arrears`` the points that turn yellow into red."""

    share: float = 0.05
    recovered_share: float = 0.30
    yellow_days: int = 30
    red_days: int = 60
    median_months: int = 12
    months_needed: int = 6
    silent_readings: int = 2
    reading_days: int = 45
    festival_before: int = 15
    festival_after: int = 15
    arrears: str = " ".join(ARREARS)


class Standstill(msgspec.Struct, gc=False):
    """A standstill of one account: the median before it, its months without use, each with the day it was known on,
    and the facts that say so. ``recovered`` is the day on which a month with use was known, 0 before."""

    base: float
    months: list[tuple[int, int]]
    facts: list[Fact]
    recovered: int = 0


def standstills(view: View, meter: Meter, limit: Shutdown) -> list[Standstill]:
    """Standstills of an account in order, the last of them perhaps still going on."""
    runs: list[Standstill] = []
    before: list[tuple[int, float]] = []
    if not ever_low(meter, limit) and deadline(meter, limit) > view.day:
        return runs
    for month in sorted(meter.kwh):
        kwh, fact = meter.kwh[month], meter.facts[month]
        if first_day(month + 1) > view.day or kwh is None:
            continue
        run = runs[-1] if runs and not runs[-1].recovered else None
        base = run.base if run else _median(before, month, limit)
        if run and kwh >= limit.recovered_share * base:
            run.recovered = fact.start
        elif base > 0 and kwh <= limit.share * base:
            if run is None:
                runs.append(run := Standstill(base, [], []))
            run.months.append((month, max(fact.start, first_day(month + 1))))
            run.facts.append(fact)
        before.append((month, kwh))
    return _silent(view, meter, runs, before, limit)


def _median(before: list[tuple[int, float]], month: int, limit: Shutdown) -> float:
    """Median of the months known of the year before, 0 while too few are known."""
    recent = [kwh for told, kwh in before if told >= month - limit.median_months]
    if len(recent) < limit.months_needed:
        recent = [kwh for _, kwh in before[-limit.months_needed :]]
    return median(recent) if len(recent) >= limit.months_needed else 0.0


def _silent(
    view: View, meter: Meter, runs: list[Standstill], before: list[tuple[int, float]], limit: Shutdown
) -> list[Standstill]:
    """The standstills with the months for which a reading was due and never came."""
    if deadline(meter, limit) > view.day:
        return runs
    run = runs[-1] if runs and not runs[-1].recovered else None
    base = run.base if run else _median(before, meter.last + 1, limit)
    if base > 0:
        if run is None:
            runs.append(run := Standstill(base, [], [meter.facts[meter.last]]))
        month = meter.last + 1
        while (due := first_day(month + 1) + limit.reading_days) <= view.day:
            run.months.append((month, max(due, deadline(meter, limit))))
            month += 1
    return runs


def ever_low(meter: Meter, limit: Shutdown) -> bool:
    """Whether any month is so far below another that there can have been a standstill; cheap, and asked first."""
    known = [kwh for kwh in meter.kwh.values() if kwh is not None]
    return bool(known) and min(known) <= limit.share * max(known)


def rhythm_of(meter: Meter) -> int:
    """Months from one reading to the next: the longest step known."""
    return max([later - earlier for earlier, later in pairwise(sorted(meter.kwh))], default=1)


def deadline(meter: Meter, limit: Shutdown) -> int:
    """The day from which on the account counts as silent, if no reading comes before."""
    return silent_from(meter.last, rhythm_of(meter), limit)


def silent_from(last: int, rhythm: int, limit: Shutdown) -> int:
    """The same for the month last read and the months between two readings."""
    return first_day(last + limit.silent_readings * rhythm + 1) + limit.reading_days


def counted(run: Standstill, free: list[tuple[int, int]], limit: Shutdown) -> tuple[int, int]:
    """Days of a standstill that nothing explains, and the day on which there were enough for yellow."""
    total, since = 0, FAR
    for month, known_on in run.months:
        for day in range(first_day(month), first_day(month + 1)):
            if not festive(day, limit.festival_before, limit.festival_after):
                total += not any(begin <= day < end for begin, end in free)
        if total >= limit.yellow_days and since == FAR:
            since = known_on
    return total, since
