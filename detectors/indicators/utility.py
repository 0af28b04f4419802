"""Utilities (F15): arrears, payment and use of electricity, water and gas, today and over twelve months."""

from collections.abc import Callable, Mapping

from detectors.forces.measure import Unknown
from detectors.forces.months import days_in
from detectors.indicators import quantities as drawn
from detectors.indicators.indicator import Direction, Indicator
from detectors.indicators.look import Behind, highest, words
from detectors.points.months import label
from detectors.points.view import View

_UTILITIES: Mapping[str, tuple[str, str]] = {
    "electricity": ("电", "kWh"),
    "water": ("水", "m³"),
    "gas": ("气", "m³"),
}
_QUARTER = 90


def _outstanding(utility: str) -> Behind:
    return lambda view: sum(bill.open for bill in drawn.overdue(view, utility)) / 100


def _days_overdue(utility: str) -> Behind:
    return lambda view: float(
        max([view.day - bill.due_on for bill in drawn.overdue(view, utility)], default=0)
    )


def _most_days_late(utility: str) -> Behind:
    def behind(view: View) -> float:
        since = view.day - drawn.YEAR
        told = [bill for bill in drawn.bills(view, utility) if bill.paid_on is None or bill.paid_on >= since]
        return float(max([drawn.days_late(bill, view.day) for bill in told], default=0))

    return behind


def _months_overdue(utility: str) -> Behind:
    return lambda view: float(len({bill.period for bill in drawn.overdue(view, utility)}))


def _months_late(utility: str) -> Behind:
    def behind(view: View) -> float:
        told = drawn.fell_due(view, utility, drawn.YEAR)
        return float(len({bill.period for bill in told if drawn.days_late(bill, view.day)}))

    return behind


def _run_now(utility: str) -> Behind:
    def behind(view: View) -> float:
        told = [bill for bill in drawn.bills(view, utility) if bill.due_on < view.day]
        rows = drawn.runs(told, view.day)
        return float(rows[-1][1]) if rows and rows[-1][0] else 0.0

    return behind


def _longest_run(utility: str) -> Behind:
    def behind(view: View) -> float:
        rows = drawn.runs(drawn.fell_due(view, utility, drawn.YEAR), view.day)
        return float(max([length for late, length in rows if late], default=0))

    return behind


def _since_late(utility: str) -> Behind:
    def behind(view: View) -> float:
        if drawn.overdue(view, utility):
            return 0.0
        late = [bill.paid_on for bill in drawn.bills(view, utility) if drawn.days_late(bill, view.day)]
        known = [day for day in late if day is not None]
        if not known:
            raise Unknown(f"no {utility} bill was ever late")
        return float(view.day - max(known))

    return behind


def _since_late_bounded(utility: str) -> Behind:
    def behind(view: View) -> float:
        drawn.bills(view, utility)
        try:
            return min(_since_late(utility)(view), float(drawn.YEAR))
        except Unknown:
            return float(drawn.YEAR)

    return behind


def _level(utility: str) -> Behind:
    return lambda view: drawn.latest(view, utility)[1]


def _mean_level(utility: str) -> Behind:
    def behind(view: View) -> float:
        known = drawn.last_year(view, utility)
        return sum(known.values()) / len(known)

    return behind


def _mom(utility: str) -> Behind:
    return lambda view: drawn.change(view, utility, [drawn.latest(view, utility)[0]], 1)


def _mean_mom(utility: str) -> Behind:
    def behind(view: View) -> float:
        months = sorted(drawn.last_year(view, utility))
        return drawn.mean_of(lambda month: drawn.change(view, utility, [month], 1), months)

    return behind


def _yoy(utility: str) -> Behind:
    return lambda view: drawn.change(view, utility, drawn.season(drawn.latest(view, utility)[0]), 12)


def _yoy_of_year(utility: str) -> Behind:
    def behind(view: View) -> float:
        last = max(drawn.by_month(view, utility))
        return drawn.change(view, utility, range(last - 11, last + 1), 12)

    return behind


def _beside(view: View, utility: str, month: int) -> float:
    """The change of a month against last year, less the median of the peers."""
    if utility != "electricity":
        raise Unknown(f"no norm of {utility} is kept")
    months = drawn.season(month)
    norm = view.norm("kwh_yoy", label(months[-1]))
    if norm is None or norm.median is None:
        raise Unknown("no cohort of the firm is large enough")
    return drawn.change(view, utility, months, 12) - norm.median


def _against_peers(utility: str) -> Behind:
    return lambda view: _beside(view, utility, drawn.latest(view, utility)[0])


def _mean_against_peers(utility: str) -> Behind:
    def behind(view: View) -> float:
        if utility != "electricity":
            raise Unknown(f"no norm of {utility} is kept")
        months = [month for month in sorted(drawn.last_year(view, utility)) if month % 12]
        return drawn.mean_of(lambda month: _beside(view, utility, month), months)

    return behind


def _quarter_variation(utility: str) -> Behind:
    def behind(view: View) -> float:
        told, last = drawn.by_month(view, utility), drawn.latest(view, utility)[0]
        values = [told.get(month) for month in range(last - 2, last + 1)]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            raise Unknown(f"{utility} of the last three months is not fully known")
        return drawn.variation(known)

    return behind


def _year_variation(utility: str) -> Behind:
    return lambda view: drawn.variation(list(drawn.last_year(view, utility).values()))


def _idle_days(utility: str) -> Behind:
    def behind(view: View) -> float:
        month, value = drawn.latest(view, utility)
        return 0.0 if value else float(days_in(month))

    return behind


def _idle_days_of_year(utility: str) -> Behind:
    def behind(view: View) -> float:
        idle = [month for month, value in drawn.last_year(view, utility).items() if not value]
        return float(drawn.days_without(idle))

    return behind


def _on_time(days: int, utility: str) -> Behind:
    def behind(view: View) -> float:
        told = drawn.fell_due(view, utility, days)
        return sum(not drawn.days_late(bill, view.day) for bill in told) / len(told)

    return behind


Made = Callable[[str], Behind]
"""Makes the function of a measure for a utility."""

# measure, words, unit (empty: that of the utility), direction; how it is read today, and over twelve months
_MEASURES: tuple[tuple[str, str, str, str, Direction, tuple[str, Made], tuple[str, Made]], ...] = (
    ("outstanding", "arrears", "费欠费", "main units", "higher_is_worse",
     ("sum", _outstanding), ("max", lambda utility: highest(_outstanding(utility)))),
    ("days_overdue", "days overdue", "费逾期天数", "days", "higher_is_worse",
     ("max", _days_overdue), ("max", _most_days_late)),
    ("late_months", "months late", "费拖欠月数", "months", "higher_is_worse",
     ("distinct", _months_overdue), ("distinct", _months_late)),
    ("late_run", "bills late in a row", "费连续拖欠期数", "bills", "higher_is_worse",
     ("last run", _run_now), ("longest run", _longest_run)),
    ("since_late", "days since arrears", "费距上次拖欠天数", "days", "higher_is_better",
     ("last", _since_late), ("last, at most a year", _since_late_bounded)),
    ("use", "use", "用量", "", "higher_is_better", ("last month", _level), ("mean", _mean_level)),
    ("mom", "use against the month before", "用量环比", "share", "higher_is_better",
     ("last month", _mom), ("mean", _mean_mom)),
    ("yoy", "use against last year", "用量同比", "share", "higher_is_better",
     ("last month", _yoy), ("sum", _yoy_of_year)),
    ("against_peers", "use against last year, less that of the peers", "用量同比偏离行业", "share",
     "higher_is_better", ("last month", _against_peers), ("mean", _mean_against_peers)),
    ("variation", "variation of use", "用量波动率", "ratio", "higher_is_worse",
     ("deviation, 3 months", _quarter_variation), ("deviation", _year_variation)),
    ("idle_days", "days of months without use", "零用量天数", "days", "higher_is_worse",
     ("last month", _idle_days), ("sum", _idle_days_of_year)),
    ("on_time", "share of bills paid in time", "费按时缴纳率", "share", "higher_is_better",
     ("share, 90 days", lambda utility: _on_time(_QUARTER, utility)),
     ("share", lambda utility: _on_time(drawn.YEAR, utility))),
)  # fmt: skip

INDICATORS = tuple(
    Indicator(
        id=f"utility.{utility}.{measure}.{window}",
        family="utility",
        feed=("F15",),
        measure=measure,
        agg=agg,
        window=window,
        filter=utility,
        unit=unit or own_unit,
        direction=direction,
        null_policy="peers" if measure == "against_peers" else "unknown",
        privacy_class="shared",
        behind=made(utility),
        **words(window, f"{utility}: {said_en}", f"{chinese}{said_zh}"),
    )
    for utility, (chinese, own_unit) in _UTILITIES.items()
    for measure, said_en, said_zh, unit, direction, now, year in _MEASURES
    for window, (agg, made) in (("now", now), ("12m", year))
)
"""3 utilities × 12 measures × 2 windows."""
