"""Registration and supervision (F22-F25): listings, penalties, the state of existence, and changes in the register."""

from collections.abc import Mapping

from detectors.fact import Fact
from detectors.forces.measure import Unknown
from detectors.indicators.indicator import Direction, Indicator
from detectors.indicators.look import Behind, within, words
from detectors.points.view import View

_SHOWN_DAYS = 1_096
"""A penalty is shown for three years at most (市场监管行政处罚信息公示规定; 信用修复管理办法)."""

_CHANGES: Mapping[str, tuple[str, str]] = {
    "name": ("name", "名称"),
    "legal_rep": ("legal representative", "法定代表人"),
    "controller": ("controller", "实际控制人"),
    "domicile": ("domicile", "住所"),
    "reg_capital": ("registered capital", "注册资本"),
    "paid_capital": ("paid-in capital", "实收资本"),
    "shareholders": ("shareholders", "股东"),
    "scope": ("scope of business", "经营范围"),
    "type": ("type of enterprise", "企业类型"),
    "directors": ("directors", "董事"),
}


def _count(feed: str, window: str) -> Behind:
    return lambda view: float(len(within(view, _of_regulator(view.known(feed)), window)))


def _of_regulator(facts: list[Fact]) -> list[Fact]:
    """Without the listings for overdue bills and bonds (F23)."""
    return [fact for fact in facts if fact.data.get("listing", "serious_violation") == "serious_violation"]


def _ever(feed: str) -> Behind:
    return lambda view: float(len(_of_regulator(view.known(feed))))


def _days_listed(feed: str) -> Behind:
    """Days since the earliest listing in force."""
    return lambda view: float(
        max([view.day - fact.start for fact in _of_regulator(view.active(feed))], default=0)
    )


def _penalties(view: View) -> list[Fact]:
    """Penalties that are shown: not withdrawn, and not older than three years."""
    return [fact for fact in view.active("F24") if view.day < fact.start + _SHOWN_DAYS]


def _penalties_shown(view: View) -> float:
    return float(len(_penalties(view)))


def _days_shown(view: View) -> float:
    return float(max([view.day - fact.start for fact in _penalties(view)], default=0))


def _fines(view: View) -> float:
    facts = [
        fact
        for fact in within(view, view.active("F24"), "365d")
        if "fine" in fact.data or "confiscated" in fact.data
    ]
    parts = [view.money(fact, name) or 0 for fact in facts for name in ("fine", "confiscated")]
    return sum(parts) / 100


def _states(view: View) -> list[Fact]:
    return [fact for fact in view.known("F25") if fact.data.get("item") == "status"]


def _irregular(view: View) -> Fact | None:
    """The latest state of existence if it is in force and not the regular one."""
    states = [fact for fact in _states(view) if fact.holds(view.day)]
    return states[-1] if states and states[-1].data.get("status") != "active" else None


def _is_irregular(view: View) -> float:
    return float(_irregular(view) is not None)


def _days_irregular(view: View) -> float:
    state = _irregular(view)
    return 0.0 if state is None else float(view.day - state.start)


def _states_in_a_year(view: View) -> float:
    return float(len(within(view, _states(view), "365d")))


def _capital_cut(view: View) -> float:
    changes = [
        fact for fact in within(view, view.known("F25"), "365d") if fact.data.get("item") == "reg_capital"
    ]
    told = [(view.money(fact, "before_amount"), view.money(fact, "after_amount")) for fact in changes]
    known = [was - now for was, now in told if was is not None and now is not None]
    if changes and not known:
        raise Unknown("no change of the capital tells both amounts")
    return sum(max(cut, 0) for cut in known) / 100


def _item(item: str, window: str) -> Behind:
    return lambda view: float(
        sum(fact.data.get("item") == item for fact in within(view, view.known("F25"), window))
    )


_Row = tuple[str, str, str, str, str, str, str, Behind]

# feed, measure, words, agg, window, unit, function
_ROWS: tuple[_Row, ...] = (
    *(
        row
        for feed, english, chinese in (
            ("F22", "business abnormality", "经营异常"),
            ("F23", "serious violation", "严重违法"),
        )
        for row in (
            (feed, "active", f"listings for {english}", f"{chinese}名录", "count", "active", "listings",
             _count(feed, "active")),
            (feed, "count", f"new listings for {english}", f"新列入{chinese}次数", "count", "365d", "listings",
             _count(feed, "365d")),
            (feed, "days_listed", f"days listed for {english}", f"{chinese}在列天数", "max", "now", "days",
             _days_listed(feed)),
            (feed, "ever", f"listings for {english} ever", f"{chinese}累计列入次数", "count", "now", "listings",
             _ever(feed)),
        )
    ),
    ("F24", "active", "penalties shown", "公示中行政处罚", "count", "active", "decisions", _penalties_shown),
    ("F24", "count", "penalties", "行政处罚次数", "count", "365d", "decisions", _count("F24", "365d")),
    ("F24", "days_listed", "days a penalty has been shown", "行政处罚公示天数", "max", "now", "days", _days_shown),
    ("F24", "amount", "fines and confiscations", "罚没金额", "sum", "365d", "main units", _fines),
    ("F25", "active", "existence other than regular", "存续状态异常", "any", "now", "0 or 1", _is_irregular),
    ("F25", "count", "changes of the state of existence", "登记状态变更次数", "count", "365d", "changes",
     _states_in_a_year),
    ("F25", "days_listed", "days in an irregular state", "状态异常天数", "last", "now", "days", _days_irregular),
    ("F25", "amount", "registered capital cut", "减资金额", "sum", "365d", "main units", _capital_cut),
)  # fmt: skip


def _direction(item: str) -> Direction:
    return "neutral" if item in ("scope", "name") else "higher_is_worse"


INDICATORS = (
    *(
        Indicator(
            id=f"regulatory.{feed.lower()}.{measure}.{window}",
            family="regulatory",
            feed=(feed,),
            measure=measure,
            agg=agg,
            window=window,
            filter="state of existence" if feed == "F25" and measure != "amount" else "",
            unit=unit,
            direction="higher_is_worse",
            null_policy="zero",
            behind=behind,
            **words(window, english, chinese),
        )
        for feed, measure, english, chinese, agg, window, unit, behind in _ROWS
    ),
    *(
        Indicator(
            id=f"regulatory.change.{item}.{window}",
            family="regulatory",
            feed=("F25",),
            measure="changes",
            agg="count",
            window=window,
            filter=english,
            unit="changes",
            direction=_direction(item),
            null_policy="zero",
            behind=_item(item, window),
            **words(window, f"changes of {english}", f"{chinese}变更次数"),
        )
        for item, (english, chinese) in _CHANGES.items()
        for window in ("90d", "365d")
    ),
)
"""4 feeds × 4 measures, and 10 changes × 2 windows."""
