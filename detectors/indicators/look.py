"""How indicators look at a ledger: at a window of days, at an earlier day, at sums of amounts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypedDict

from detectors.fact import Fact
from detectors.forces.measure import Unknown
from detectors.points.view import View

Behind = Callable[[View], float]

WINDOWS: Mapping[str, tuple[str, str]] = {
    "now": ("now", "当前"),
    "active": ("in force", "有效"),
    "30d": ("in 30 days", "近30日"),
    "90d": ("in 90 days", "近90日"),
    "180d": ("in 180 days", "近180日"),
    "365d": ("in 365 days", "近365日"),
    "12m": ("in 12 months", "近12个月"),
    "d90": ("change in 90 days", "90日变动"),
    "d3m": ("change in 3 months", "3个月变动"),
    "d12m": ("change in 12 months", "12个月变动"),
    "max12m": ("highest in 12 months", "近12个月最高"),
}
"""Words for the windows, English and Chinese."""

MONTH_DAYS = 30
"""Days of a month where a change is measured from a day and not from month to month."""


def within(view: View, facts: Iterable[Fact], window: str) -> list[Fact]:
    """Those of the facts that are in force today (``active``, ``now``), or began within ``365d`` and the like."""
    if window in ("active", "now"):
        return [fact for fact in facts if fact.end is None or view.day < fact.end]
    first = view.day - int(window.removesuffix("d"))
    return [fact for fact in facts if fact.start > first]


def earlier(view: View, days: int) -> View:
    """The same ledger so many days ago; made once per view."""
    held: View | None = view.memo.get(("earlier", days))
    if held is None:
        held = view.memo["earlier", days] = view.at(view.day - days)
    return held


def changed(behind: Behind, days: int) -> Behind:
    """The change of a measure in so many days; unknown where either end is."""
    return lambda view: behind(view) - behind(earlier(view, days))


def highest(behind: Behind, steps: int = 12, days: int = MONTH_DAYS) -> Behind:
    """The highest of a measure today and at the ends of the months before; unknown where all are."""

    def found(view: View) -> float:
        values, why = list[float](), "unknown"
        for step in range(steps):
            try:
                values.append(behind(view if step == 0 else earlier(view, step * days)))
            except Unknown as unknown:
                why = str(unknown)
        if not values:
            raise Unknown(why)
        return max(values)

    return found


def amounts(view: View, facts: Sequence[Fact], *names: str) -> list[float]:
    """The amounts that facts tell, in main units; none for those that tell none.

    Raises:
        Unknown: there are facts, and not one of them tells an amount.
    """
    found = [amount / 100 for fact in facts if (amount := view.money(fact, *names)) is not None]
    if facts and not found:
        raise Unknown("no record tells an amount")
    return found


def base(view: View) -> float:
    """The materiality base M in main units.

    Raises:
        Unknown: there is none.
    """
    if view.base.amount <= 0:
        raise Unknown("there is no materiality base")
    return view.base.amount / 100


class Names(TypedDict):
    """Both names of an indicator."""

    name_en: str
    name_zh: str


def words(window: str, what_en: str, what_zh: str) -> Names:
    """Both names of an indicator.

    >>> words("30d", "enforcement cases", "执行案件数")
    {'name_en': 'enforcement cases, in 30 days', 'name_zh': '近30日执行案件数'}
    >>> words("d90", "clients", "被担保户数")["name_zh"]
    '被担保户数90日变动'
    """
    english, chinese = WINDOWS[window]
    behind = window[0] == "d"
    return {
        "name_en": f"{what_en}, {english}",
        "name_zh": f"{what_zh}{chinese}" if behind else f"{chinese}{what_zh}",
    }
