"""Tax (F16-F18, F30): arrears by groups of taxes, missed returns, listings, and what was paid."""

from collections.abc import Callable, Mapping

from detectors.fact import Fact
from detectors.forces.accounts import flow, latest_year
from detectors.forces.measure import Unknown
from detectors.indicators.indicator import Direction, Indicator
from detectors.indicators.look import Behind, amounts, highest, within, words
from detectors.points.flows import change, ends_of, flow_of, rolling
from detectors.points.tax import months_of
from detectors.points.view import View

GROUPS: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "turnover": ("turnover taxes", "流转税", frozenset(
        {"增值税", "消费税", "城市维护建设税", "教育费附加", "地方教育附加", "关税"})),
    "income": ("income taxes", "所得税", frozenset({"企业所得税", "个人所得税"})),
    "property": ("property taxes", "财产税", frozenset(
        {"房产税", "城镇土地使用税", "土地增值税", "契税", "耕地占用税", "车船税"})),
    "other": ("other taxes", "其他税", frozenset({"印花税", "资源税", "环境保护税", "其他"})),
}  # fmt: skip
"""Groups of taxes: names and the statutory taxes in them; what is in none of them is among the others."""

_YEAR = "365d"


def group_of(fact: Fact) -> str:
    """The group of taxes a record is about; that of the others if it names no known one."""
    said = str(fact.data.get("tax_type", ""))
    return next((name for name, (_, _, taxes) in GROUPS.items() if said in taxes), "other")


def _notices(view: View) -> Mapping[str, dict[tuple[int, int], list[Fact]]]:
    """Records of F16 by authority and months covered."""
    held: dict[str, dict[tuple[int, int], list[Fact]]] | None = view.memo.get("notices by tax")
    if held is None:
        held = view.memo["notices by tax"] = {}
        for fact in view.known("F16"):
            span = months_of(str(fact.data.get("notice_period", "")))
            if span is not None:
                periods = held.setdefault(str(fact.data.get("authority", "")), {})
                periods.setdefault((span[1], span[0]), []).append(fact)
    return held


def _latest(view: View, group: str) -> list[Fact]:
    """What each authority's latest notice says of a group and has not been paid since."""
    latest = [fact for periods in _notices(view).values() for fact in periods[max(periods)]]
    return [fact for fact in latest if group_of(fact) == group and fact.holds(view.day)]


def _listed(view: View, group: str, window: str) -> list[Fact]:
    return [fact for fact in within(view, view.known("F16"), window) if group_of(fact) == group]


def _balance(group: str) -> Behind:
    return lambda view: sum(amounts(view, _latest(view, group), "balance"))


def _new(group: str) -> Behind:
    return lambda view: sum(amounts(view, _latest(view, group), "newly_arisen"))


def _new_in_a_year(group: str) -> Behind:
    return lambda view: sum(amounts(view, _listed(view, group, _YEAR), "newly_arisen"))


def _notices_run(group: str) -> Behind:
    def behind(view: View) -> float:
        longest = 0
        for periods in _notices(view).values():
            run, after = 0, 0
            for last, first in sorted(periods, reverse=True):
                listed = any(group_of(fact) == group for fact in periods[last, first])
                if not listed or (run and last != after - 1):
                    break
                run, after = run + 1, first
            longest = max(longest, run)
        return float(longest)

    return behind


def _notices_in_a_year(group: str) -> Behind:
    return lambda view: float(
        len(
            {
                (fact.data.get("authority"), fact.data.get("notice_period"))
                for fact in _listed(view, group, _YEAR)
            }
        )
    )


def _missed(group: str, window: str) -> Behind:
    def behind(view: View) -> float:
        told = [fact for fact in view.known("F17") if fact.data.get("event") == "missed_filing"]
        mine = [fact for fact in told if "tax_type" not in fact.data or group_of(fact) == group]
        return float(len({fact.data.get("period") for fact in within(view, mine, window)}))

    return behind


def _settled(group: str, days: int) -> Behind:
    def behind(view: View) -> float:
        paid = [
            fact
            for fact in view.known("F16")
            if group_of(fact) == group and fact.end is not None and view.day - days < fact.end <= view.day
        ]
        return sum(amounts(view, paid, "balance"))

    return behind


Made = Callable[[str], Behind]

_MEASURES: tuple[tuple[str, str, str, str, Direction, tuple[str, Made], tuple[str, Made]], ...] = (
    ("balance", "arrears of {en}", "{zh}欠税余额", "main units", "higher_is_worse",
     ("sum", _balance), ("max", lambda group: highest(_balance(group)))),
    ("new", "new arrears of {en}", "{zh}新增欠税", "main units", "higher_is_worse",
     ("sum, latest notice", _new), ("sum", _new_in_a_year)),
    ("notices", "notices in a row about {en}", "{zh}连续欠税公告期数", "notices", "higher_is_worse",
     ("last run", _notices_run), ("distinct", _notices_in_a_year)),
    ("missed", "missed returns of {en}", "{zh}逾期未申报期数", "periods", "higher_is_worse",
     ("distinct", lambda group: _missed(group, "active")), ("distinct", lambda group: _missed(group, _YEAR))),
    ("settled", "arrears of {en} settled", "{zh}清缴欠税", "main units", "higher_is_better",
     ("sum, 90 days", lambda group: _settled(group, 90)), ("sum", lambda group: _settled(group, 365))),
)  # fmt: skip


def _abnormal(view: View) -> float:
    listed = [fact for fact in view.active("F17") if fact.data.get("event", "listed") == "listed"]
    return float(bool(listed))


def _days_abnormal(view: View) -> float:
    """Days of the last 365 on which the firm stood on the list, each once."""
    listed = [fact for fact in view.known("F17") if fact.data.get("event", "listed") == "listed"]
    return float(sum(any(fact.holds(day) for fact in listed) for day in range(view.day - 365, view.day)))


def _violations(view: View) -> float:
    return float(len(view.active("F18")))


def _violation_amount(view: View) -> float:
    return sum(amounts(view, view.active("F18"), "amount"))


def _paid(view: View) -> float:
    value = flow(view, "tax_paid", latest_year(view, "tax_paid"))
    if value is None:
        raise Unknown("tax paid in the year is unknown")
    return value / 100


def _paid_yoy(view: View) -> float:
    told = flow_of(view, "tax_paid")
    found = [value for last in reversed(ends_of(told)) if (value := change(told, rolling(last))) is not None]
    if not found:
        raise Unknown("tax paid in three months, or in those of the year before, is unknown")
    return found[0]


_OTHERS: tuple[tuple[str, str, str, str, str, str, str, Direction, tuple[str, ...], Behind], ...] = (
    ("abnormal", "tax-abnormal household", "非正常户", "any", "now", "listed", "0 or 1", "higher_is_worse", ("F17",),
     _abnormal),
    ("abnormal_days", "days as tax-abnormal household", "非正常户天数", "sum", "12m", "listed", "days",
     "higher_is_worse", ("F17",), _days_abnormal),
    ("violations", "major tax violations", "重大税收违法件数", "count", "active", "", "decisions", "higher_is_worse",
     ("F18",), _violations),
    ("violation_amount", "amount of major tax violations", "重大税收违法金额", "sum", "active", "", "main units",
     "higher_is_worse", ("F18",), _violation_amount),
    ("paid", "tax paid in the latest year", "纳税额", "sum", "12m", "", "main units", "higher_is_better", ("F30",),
     _paid),
    ("paid_yoy", "tax paid in three months against last year", "近三月纳税同比", "sum", "now", "", "share",
     "higher_is_better", ("F30",), _paid_yoy),
)  # fmt: skip

INDICATORS = (
    *(
        Indicator(
            id=f"tax.{group}.{measure}.{window}",
            family="tax",
            feed=("F17",) if measure == "missed" else ("F16",),
            measure=measure,
            agg=agg,
            window=window,
            filter=english,
            unit=unit,
            direction=direction,
            null_policy="zero",
            behind=made(group),
            **words(window, said_en.format(en=english), said_zh.format(zh=chinese)),
        )
        for group, (english, chinese, _) in GROUPS.items()
        for measure, said_en, said_zh, unit, direction, now, year in _MEASURES
        for window, (agg, made) in (("now", now), ("12m", year))
    ),
    *(
        Indicator(
            id=f"tax.{measure}.{window}",
            family="tax",
            feed=feeds,
            measure=measure,
            agg=agg,
            window=window,
            filter=kept,
            unit=unit,
            direction=direction,
            null_policy="unknown" if feeds == ("F30",) else "zero",
            privacy_class="shared" if feeds == ("F30",) else "public",
            behind=behind,
            **words(window, english, chinese),
        )
        for measure, english, chinese, agg, window, kept, unit, direction, feeds, behind in _OTHERS
    ),
)
"""4 groups × 5 measures × 2 windows, and 6 more."""
