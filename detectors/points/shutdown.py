"""WP-28 停产式零用量: a firm that quietly stops. The absence of use is only believed of a source that has told all."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.consumption import Meter, Usage, as_usual, electricity, reads_use, same_reading, usage
from detectors.points.evaluator import BEHIND, Evaluator, when
from detectors.points.finding import AS_SOON_AS_TOLD, BLUE, NONE, RED, YELLOW, Finding, not_evaluable
from detectors.points.lawful import suspended, suspensions
from detectors.points.meters import drawn_of
from detectors.points.months import first_day, label, month_number, month_of
from detectors.points.others import showing
from detectors.points.standstill import (
    Shutdown,
    Standstill,
    counted,
    deadline,
    ever_low,
    rhythm_of,
    silent_from,
    standstills,
)
from detectors.points.view import View

_NO_WATERMARK = "the source of the utility records has not said how far it is"


def near_zero_use(view: View, limit: Shutdown) -> Finding:
    """WP-28 停产式零用量: hardly any electricity, on every account in use, for a month or two.

    Yellow from 30 days at 5 % of the median of the twelve months before, red from 60 days, or from 30 together with an
    arrears point; the 30 days are the evaluation period for which it must hold (:mod:`detectors.points.delay`). A month
    for which the source, having told all, has no reading counts as one without use. Days around the lunar new year and
    of a filed suspension (歇业, 市场主体登记管理条例 art. 30) do not count; a suspension filed later turns the colour
    into blue. It ends with a month at 30 % of the median. Nothing is said of days that the source has not yet told of.
    The numbers are configuration defaults.

    >>> from detectors.points.example import seen
    >>> from detectors.reference import Reference
    >>> told = [{"on": f"2025-{month + 1:02d}-01", "utility": "electricity", "event": "reading",
    ...          "period": f"2025-{month:02d}", "quantity": "0" if month == 9 else "1000"} for month in range(1, 10)]
    >>> near_zero_use(seen("2025-10-02", reference=Reference({"example": 20_363}), F15=told), Shutdown()).value
    'electricity at 5% of its median or less for 30 days up to 2025-09'
    """
    if usage(view) is None:
        return not_evaluable("no electricity consumption is known")
    fed = view.fed_until("F15")
    if fed is None:
        return Finding(
            missing=_NO_WATERMARK, told=AS_SOON_AS_TOLD, quiet=True, usual=_usual(usage(view), limit)
        )
    seen = view if fed >= view.day else view.at(fed, view.floor)
    known = usage(seen)
    if known is None:
        return Finding(missing=_NO_WATERMARK, told=_next_known(view, seen))
    return _judged(view, seen, known, limit)


def _judged(view: View, seen: View, known: Usage, limit: Shutdown) -> Finding:
    """The finding of ``view``, from what ``seen`` shows up to the day that the source has told all of."""
    meters = [known.meters[account] for account in known.in_use]
    runs = [standstills(seen, meter, limit) for meter in meters]
    behind, turn = seen is not view, _next_change(seen, meters, limit)
    if behind:  # what came since is known when the source has told all up to its day
        turn = min(turn, _next_known(view, seen))
    stopped = [found[-1] for found in runs if found and not found[-1].recovered]
    if len(stopped) == len(meters):
        return when(_stopped(view, seen, stopped, limit), turn, behind=behind)
    if not stopped and all(_known(meter) <= limit.months_needed for meter in meters):
        missing = f"fewer than {limit.months_needed} months of electricity before the last are known"
        if all(_known(meter) < limit.months_needed for meter in _meters(view)):
            return Finding(missing=missing, quiet=True)  # another month is a record
        return when(Finding(missing=missing), turn, behind=behind)
    finding = Finding(quiet=not stopped, usual=_usual(known, limit) | ({BEHIND: True} if behind else {}))
    later = [fact for meter in _meters(view) for fact in meter.facts.values() if fact.start > seen.day]
    if finding.quiet and all(_ordinary(fact, view.day, finding) for fact in later):
        return when(finding, _next_change(seen, meters, limit), behind=behind)
    return when(Finding(), turn, behind=behind)


def _next_known(view: View, seen: View) -> int:
    """The next day whose records ``view`` has and ``seen`` has not."""
    told = [fact.start for facts in electricity(view) for fact in facts]
    return min([seen.next_turn(("F25",)), *[day for day in told if day > seen.day]])


def _next_change(seen: View, meters: Iterable[Meter], limit: Shutdown) -> int:
    """The next day on which, without a record more, another month counts or a suspension begins or ends."""
    days = [day for span in suspensions(seen) for day in span]
    for meter in meters:
        days += [first_day(meter.last + 1), due := deadline(meter, limit)]
        if due <= seen.day:
            days.append(first_day(month_of(seen.day - limit.reading_days) + 1) + limit.reading_days)
    return min([day for day in days if day > seen.day], default=FAR)


def _meters(view: View) -> Iterable[Meter]:
    known = usage(view)
    return () if known is None else known.meters.values()


def _known(meter: Meter) -> int:
    return sum(kwh is not None for kwh in meter.kwh.values())


def _stopped(view: View, seen: View, runs: list[Standstill], limit: Shutdown) -> Finding:
    """The finding while every account stands still."""
    free = suspensions(seen)
    spans = [counted(run, free, limit) for run in runs]
    days = min(total for total, _ in spans)
    level = _level(view, days, limit)
    if level == NONE:
        return Finding()
    filed = suspended(seen, seen.day)
    months = min(run.months[-1][0] for run in runs)
    return Finding(
        level=BLUE if filed else level,
        value=f"electricity at {limit.share:.0%} of its median or less for {days} days up to {label(months)}"
        + (", while something is in arrears" if level == RED and days < limit.red_days and not filed else "")
        + (", suspension filed" if filed else ""),
        threshold=f"yellow from {limit.yellow_days} days, red from {limit.red_days}, "
        f"or {limit.yellow_days} while something is in arrears; blue once a suspension is filed",
        since=max(since for _, since in spans),
        evidence=tuple(fact for run in runs for fact in run.facts),
        details={"days": days, "median_kwh": [run.base for run in runs], "suspended": filed},
    )


def _level(view: View, days: int, limit: Shutdown) -> int:
    if days >= limit.red_days:
        return RED
    if days < limit.yellow_days:
        return NONE
    return RED if showing(view, limit.arrears.split(), BLUE) else YELLOW


def _usual(known: Usage | None, limit: Shutdown) -> dict[str, Any]:
    """Between which kWh a month to come is neither near zero nor moves the median out of proportion."""
    if known is None or len(known.meters) != 1:
        return {}
    ((account, meter),) = known.meters.items()
    recent = [kwh for month, kwh in meter.kwh.items() if month >= meter.last - limit.median_months and kwh]
    usual: dict[str, Any] = {
        "account": "|".join(account),
        "last": label(meter.last),
        "rhythm": rhythm_of(meter),
    }
    held = meter.kwh[meter.last]
    if held is not None:
        usual["kwh"] = held
    if recent:
        usual["most"] = 2 * max(recent)
        usual["least"] = limit.share * usual["most"]
    return usual


def _carried(
    fact: Fact, replaced: Fact | None, day: int, finding: Finding, limit: Shutdown
) -> Finding | None:
    """A later month with use as usual puts off the day from which on the account would count as silent."""
    if replaced is not None and same_reading(fact, replaced):
        return finding
    if not _ordinary(fact, day, finding) or (replaced is not None and not _ordinary(replaced, day, finding)):
        return None
    usual = finding.usual
    told, month = month_number(usual.get("last", "")), month_number(fact.data.get("period", ""))
    if told is None or month is None or month <= told or not reads_use(fact):
        return finding
    rhythm = max(usual["rhythm"], month - told)
    turn = silent_from(month, rhythm, limit)
    later = {**usual, "last": label(month), "kwh": drawn_of(fact), "rhythm": rhythm}
    carried = msgspec.structs.replace(finding, usual=later)
    if finding.missing:
        return carried
    return when(carried, turn, behind=BEHIND in usual) if turn > day else None


def _ordinary(fact: Fact, _: int, finding: Finding) -> bool:
    """Whether a fact is about no kWh, repeats the latest month, or tells of a later one with use as usual."""
    usual = finding.usual

    def later(period: str, kwh: float) -> bool:
        return bool(period > usual["last"] and "most" in usual and usual["least"] < kwh <= usual["most"])

    return as_usual(fact, finding, later)


def _endings(view: View, _: tuple[str, ...], limit: Shutdown) -> Iterable[int]:
    """Days on which use was known to be back."""
    for meter in _meters(view):
        if ever_low(meter, limit):
            yield from (run.recovered for run in standstills(view, meter, limit) if run.recovered)
        for earlier, later in pairwise(sorted(meter.kwh)):
            back = meter.facts[later].start
            if later - earlier > 1 and back >= first_day(earlier + 2) + limit.reading_days:
                yield back


EVALUATORS: Mapping[str, Evaluator] = {
    "near_zero_use": Evaluator(
        near_zero_use, Shutdown, _endings, carried=_carried, ends_with_others=False, awaits="F15"
    ),
}
