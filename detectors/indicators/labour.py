"""Labour and social insurance (F19, F20): staff, contributions and arrears by kind of insurance; unpaid wages."""

from collections.abc import Callable, Mapping

from detectors.fact import Fact
from detectors.forces.measure import Unknown
from detectors.forces.months import number
from detectors.indicators.indicator import Direction, Indicator
from detectors.indicators.look import Behind, amounts, changed, within, words
from detectors.points.labour import monthly
from detectors.points.months import label
from detectors.points.view import View

_KINDS: Mapping[str, tuple[str, str]] = {
    "pension": ("pension insurance", "养老保险"),
    "medical": ("medical insurance", "医疗保险"),
    "unemployment": ("unemployment insurance", "失业保险"),
    "work_injury": ("work-injury insurance", "工伤保险"),
}

Figure = Callable[[View, Fact], float | None]


def _heads(_: View, fact: Fact) -> float | None:
    return number(fact.data.get("insured_count"))


def _money(name: str) -> Figure:
    def told(view: View, fact: Fact) -> float | None:
        amount = view.money(fact, name)
        return None if amount is None else amount / 100

    return told


def _series(view: View, kind: str, figure: Figure) -> dict[int, float]:
    told = {month: figure(view, fact) for month, fact in monthly(view).get(kind, {}).items()}
    found = {month: value for month, value in told.items() if value is not None}
    if not found:
        raise Unknown("no statement of this insurance tells it")
    return found


def _now(kind: str, figure: Figure) -> Behind:
    def behind(view: View) -> float:
        series = _series(view, kind, figure)
        return series[max(series)]

    return behind


def _since(kind: str, figure: Figure, months: int) -> Behind:
    def behind(view: View) -> float:
        series = _series(view, kind, figure)
        last = max(series)
        if last - months not in series:
            raise Unknown(f"{label(last - months)} is not known")
        return series[last] - series[last - months]

    return behind


def _unpaid(kind: str) -> Behind:
    """Months in which less was paid than due, or arrears grew, and that were not made good since."""

    def behind(view: View) -> float:
        told = monthly(view).get(kind, {})
        if not told:
            raise Unknown("no statement of this insurance is known")
        return float(sum(fact.holds(view.day) and _short(view, told, month) for month, fact in told.items()))

    return behind


def _short(view: View, told: Mapping[int, Fact], month: int) -> bool:
    due, paid, owed = (view.money(told[month], name) for name in ("due", "paid", "owed"))
    if owed == 0:
        return False
    if due is not None and paid is not None:
        return paid < due
    before = told.get(month - 1)
    return (owed or 0) > ((view.money(before, "owed") or 0) if before is not None else 0)


_FIGURES: tuple[tuple[str, str, str, str, Direction, Figure], ...] = (
    ("insured", "insured staff", "参保人数", "persons", "higher_is_better", _heads),
    ("due", "contributions due", "应缴金额", "main units", "neutral", _money("due")),
    ("owed", "contributions owed", "欠缴金额", "main units", "higher_is_worse", _money("owed")),
)
_CHANGES: Mapping[str, tuple[int, int]] = {"d3m": (3, 91), "d12m": (12, 365)}
"""Months and days back."""


def _indicator(
    kind: str,
    measure: str,
    said: tuple[str, str],
    window: str,
    unit: str,
    direction: Direction,
    behind: Behind,
) -> Indicator:
    english, chinese = _KINDS[kind]
    return Indicator(
        id=f"labour.{kind}.{measure}.{window}",
        family="labour",
        feed=("F19",),
        measure=measure,
        agg="last month" if window == "now" else "difference",
        window=window,
        filter=english,
        unit=unit,
        direction=direction,
        null_policy="unknown",
        privacy_class="shared",
        behind=behind,
        **words(window, f"{english}: {said[0]}", f"{chinese}{said[1]}"),
    )


def _of_figures(kind: str) -> list[Indicator]:
    found = []
    for measure, english, chinese, unit, direction, figure in _FIGURES:
        said = (english, chinese)
        found.append(_indicator(kind, measure, said, "now", unit, direction, _now(kind, figure)))
        for window, (months, _) in _CHANGES.items():
            behind = _since(kind, figure, months)
            found.append(_indicator(kind, measure, said, window, unit, direction, behind))
    return found


def _of_arrears(kind: str) -> list[Indicator]:
    said, unpaid = ("months unpaid", "欠缴月数"), _unpaid(kind)
    windows = {"now": unpaid} | {window: changed(unpaid, days) for window, (_, days) in _CHANGES.items()}
    return [
        _indicator(kind, "unpaid", said, window, "months", "higher_is_worse", behind)
        for window, behind in windows.items()
    ]


_DUE = frozenset({"order_to_pay", "order_expired", "criminal_referral", "joint_discipline_listed"})
_LISTED = "joint_discipline_listed"


def _matters(view: View, window: str) -> list[Fact]:
    """Matters of unpaid wages that an authority has found so; a complaint alone has not."""
    return [fact for fact in within(view, view.known("F20"), window) if fact.data.get("event") in _DUE]


def _cases(window: str) -> Behind:
    return lambda view: float(len(_matters(view, window)))


def _wages(window: str) -> Behind:
    return lambda view: sum(amounts(view, _matters(view, window), "amount"))


def _workers(window: str) -> Behind:
    return lambda view: sum(number(fact.data.get("workers")) or 0.0 for fact in _matters(view, window))


def _listed(view: View) -> float:
    return float(any(fact.data.get("event") == _LISTED for fact in view.active("F20")))


def _complaints(view: View) -> float:
    return float(
        sum(fact.data.get("event") == "complaint" for fact in within(view, view.known("F20"), "365d"))
    )


# measure, words, agg, windows, unit, and what makes the function for a window
_WAGES: tuple[tuple[str, str, str, str, tuple[str, ...], str, Callable[[str], Behind]], ...] = (
    ("cases", "matters of unpaid wages", "欠薪案件数", "count", ("active", "365d"), "matters", _cases),
    ("amount", "unpaid wages", "欠薪金额", "sum", ("active", "365d"), "main units", _wages),
    ("workers", "workers unpaid", "欠薪涉及人数", "sum", ("active", "365d"), "persons", _workers),
    (
        "listed",
        "on the joint-discipline list for wages",
        "欠薪联合惩戒",
        "any",
        ("now",),
        "0 or 1",
        lambda _: _listed,
    ),
    (
        "complaints",
        "complaints over wages",
        "欠薪投诉数",
        "count",
        ("365d",),
        "complaints",
        lambda _: _complaints,
    ),
)

INDICATORS = (
    *(one for kind in _KINDS for one in (*_of_figures(kind), *_of_arrears(kind))),
    *(
        Indicator(
            id=f"labour.wages.{measure}.{window}",
            family="labour",
            feed=("F20",),
            measure=f"wages_{measure}",
            agg=agg,
            window=window,
            filter="" if measure == "complaints" else "found by an authority",
            unit=unit,
            direction="higher_is_worse",
            null_policy="zero",
            privacy_class="shared",
            behind=made(window),
            **words(window, english, chinese),
        )
        for measure, english, chinese, agg, windows, unit, made in _WAGES
        for window in windows
    ),
)
"""4 insurances × 4 measures × 3 windows, and 8 about wages."""
