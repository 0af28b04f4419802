"""Electricity by month and account, and its change against the same months of the year before.

January and February are one season, because the lunar new year falls into either.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from detectors.fact import RETRACT, Fact
from detectors.points.billing import Account, account_of, events_of
from detectors.points.finding import Finding
from detectors.points.meters import ELECTRICITY, drawn_of, metered
from detectors.points.months import label, month_number, seasons
from detectors.points.view import View

_OUT_OF_USE = 3
"""Months without a word after which an account counts as given up, if others go on."""

NO_BASE = "no comparable month of the year before"
GAP = "electricity of these months, or of the same months last year, is missing or estimated"


class Meter(msgspec.Struct, frozen=True, gc=False):
    """One account: kWh by month (None: estimated), the fact that says so, the first and last month told of."""

    kwh: dict[int, float | None]
    facts: Mapping[int, Fact]
    first: int
    last: int


class Usage(msgspec.Struct, frozen=True, gc=False):
    """All electricity accounts; ``first`` and ``last`` are the months from which and up to which all in use have told,
    ``latest`` those in use."""

    meters: dict[Account, Meter]
    in_use: tuple[Account, ...]
    first: int
    last: int


def usage(view: View) -> Usage | None:
    """The electricity of the firm, read once per view; None if no month of it is known."""
    if "usage" not in view.memo:
        view.memo["usage"] = _read(view)
    held: Usage | None = view.memo["usage"]
    return held


def _read(view: View) -> Usage | None:
    told = metered(view, ELECTRICITY)
    closed = {account_of(fact) for fact in events_of(view).get((ELECTRICITY, "close_account"), ())}
    meters = {
        account: Meter(
            {month: drawn_of(fact) for month, fact in facts.items()}, facts, min(facts), max(facts)
        )
        for account, facts in told.items()
    }
    if not meters:
        return None
    latest = max(meter.last for meter in meters.values())
    in_use = [
        account
        for account, meter in meters.items()
        if account not in closed and meter.last >= latest - _OUT_OF_USE
    ] or list(meters)
    return Usage(
        meters,
        tuple(in_use),
        min(meter.first for meter in meters.values()),
        min(meters[account].last for account in in_use),
    )


def kwh_yoy(known: Usage, months: Sequence[int]) -> float | None:
    """kWh of these months over those of the same months last year, less 1; None where a part is unknown.

    An account opened since adds to this year, one given up to last year; one read every second month is compared in the
    months in which it was read.
    """
    now = base = 0.0
    for month in months:
        told = told_before = False
        for account, meter in known.meters.items():
            this, last = meter.kwh.get(month, _ABSENT), meter.kwh.get(month - 12, _ABSENT)
            if this is None or last is None:
                return None
            if this < 0 <= last and (month <= meter.last or account in known.in_use):
                return None
            if last < 0 <= this and month - 12 >= meter.first:
                return None
            now += max(this, 0.0)
            base += max(last, 0.0)
            told, told_before = told or this >= 0, told_before or last >= 0
        if told != told_before:
            return None
    return now / base - 1 if base > 0 else None


_ABSENT = -1.0
"""In the place of a month of which nothing was told."""


def has_base(known: Usage, months: Sequence[int]) -> bool:
    """Whether anything was told of the same months of the year before."""
    return any(month - 12 in meter.kwh for meter in known.meters.values() for month in months)


def facts_of(known: Usage, months: Sequence[int]) -> list[Fact]:
    """What was told of these months, in order of begin."""
    facts = [
        meter.facts[month] for meter in known.meters.values() for month in months if month in meter.facts
    ]
    return sorted(facts, key=lambda fact: (fact.start, fact.key))


def told_seasons(known: Usage, first: int | None = None) -> list[tuple[int, ...]]:
    """Months up to the last known one of which, or of a year before which, anything was told, in order."""
    told = {month for meter in known.meters.values() for month in meter.kwh}
    found = seasons(known.first if first is None else first, known.last)
    return [months for months in found if any(month in told or month - 12 in told for month in months)]


def yoy_of(view: View, month: int) -> float | None:
    """Change of the kWh of a month (of January and February under February) against the year before.

    None for January, and where it is not known.

    >>> from detectors.points.example import seen
    >>> told = [{"on": f"{year}-04-01", "utility": "electricity", "event": "reading", "period": f"{year}-03",
    ...          "quantity": kwh} for year, kwh in ((2025, "1000"), (2026, "700"))]
    >>> round(yoy_of(seen("2026-04-02", F15=told), month_number("2026-03")), 2)
    -0.3
    """
    known = usage(view)
    if known is None or month % 12 == 0 or month > known.last:
        return None
    return kwh_yoy(known, (month - 1, month) if month % 12 == 1 else (month,))


def named(months: Sequence[int]) -> str:
    """A season for people: ``2026-03``, or ``2026-01/02``."""
    return label(months[-1]) if len(months) == 1 else f"{label(months[0])}/{label(months[-1])[5:]}"


def electricity(view: View) -> Iterator[list[Fact]]:
    """Facts that tell of the use of electricity, or that an account was closed."""
    events = events_of(view)
    for event in ("reading", "bill", "close_account"):
        yield events.get((ELECTRICITY, event), [])


def reads_use(fact: Fact) -> bool:
    """Whether a fact tells how much electricity was used."""
    data = fact.data
    told = data.get("event") in ("reading", "bill") and "quantity" in data
    return told and data.get("utility") == ELECTRICITY


_READ = ("utility", "event", "provider_id", "account_no", "period", "quantity", "estimated")


def same_reading(fact: Fact, replaced: Fact) -> bool:
    """Whether a later version says of the use what the earlier one said: a bill that was paid."""
    if RETRACT in (fact.rank, replaced.rank) or (fact.start, fact.key) != (replaced.start, replaced.key):
        return False
    data, before = fact.data, replaced.data
    return data.get("event") in ("reading", "bill") and all(
        data.get(name) == before.get(name) for name in _READ
    )


def as_usual(fact: Fact, finding: Finding, later: Callable[[str, float], bool]) -> bool:
    """Whether a fact cannot disturb what a finding said is usual: it is about no kWh, repeats the latest month, or
    tells of another one of which ``later(month, kWh)`` says that it is in order."""
    data, usual = fact.data, finding.usual
    event = data.get("event")
    if fact.rank == RETRACT or event == "close_account":
        return False
    if not reads_use(fact):
        return event is not None
    kwh = drawn_of(fact)
    if kwh is None or usual.get("account") != "|".join(account_of(fact)):
        return False
    month = month_number(data.get("period", ""))
    if month is None:
        return True
    period = label(month)
    if period == usual["last"]:
        return bool(kwh == usual.get("kwh"))
    return later(period, kwh)
