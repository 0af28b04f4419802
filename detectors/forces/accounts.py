"""Annual and shorter accounts (F30) and insured staff (F19), read once per view."""

import math
from collections.abc import Mapping

from detectors.forces.measure import Unknown
from detectors.forces.months import WINDOWS, current, number
from detectors.points.flows import flow_of, statements
from detectors.points.tax import months_of
from detectors.points.view import View

Span = tuple[int, int]
"""First and last month."""


def figures(view: View, name: str) -> Mapping[Span, float]:
    """A figure of the accounts by period, in minor units (``headcount``: persons), as the most trusted statement that
    gives it says; read once per view."""
    held: dict[Span, float] | None = view.memo.get(("figures", name))
    if held is None:
        if name == "headcount":
            told = [(span, number(fact.data.get(name))) for span, fact in statements(view)]
            held = {span: heads for span, heads in told if heads is not None}
        else:
            held = {span: float(amount) for span, (amount, _) in flow_of(view, name).items()}
        view.memo["figures", name] = held
    return held


def flow(view: View, name: str, last: int) -> float | None:
    """What was earned or paid in the twelve months up to ``last``: the annual figure, else the sum of shorter periods
    that cover the year without a gap."""
    known, parts, end = figures(view, name), [], last
    while end > last - 12:
        spans = [span for span in known if span[1] == end and span[0] > last - 12]
        if not spans:
            return None
        longest = min(spans)
        parts.append(known[longest])
        end = longest[0] - 1
    return math.fsum(parts)


def stock(view: View, name: str, last: int) -> float | None:
    """What was owned, owed or employed at the end of month ``last``, by the longest period that ends then."""
    known = figures(view, name)
    spans = [span for span in known if span[1] == last]
    return known[min(spans)] if spans else None


def net_assets(view: View, last: int) -> float | None:
    """Equity, else assets less liabilities, at the end of month ``last``."""
    equity = stock(view, "equity", last)
    if equity is not None:
        return equity
    assets, liabilities = stock(view, "assets", last), stock(view, "liabilities", last)
    return None if assets is None or liabilities is None else assets - liabilities


def latest_year(view: View, *names: str) -> int:
    """The last month of the latest year for which all these flows are known.

    Raises:
        Unknown: for none that is recent enough.
    """
    for last in _ends(view):
        if all(flow(view, name, last) is not None for name in names):
            return last
    raise Unknown(f"no recent year of {' and '.join(_words(names))} is known")


def latest_balance(view: View, *names: str) -> int:
    """The latest month at whose end all these stocks are known.

    Raises:
        Unknown: for none that is recent enough.
    """
    for last in _ends(view):
        if all(stock(view, name, last) is not None for name in names):
            return last
    raise Unknown(f"no recent {' and '.join(_words(names))} are known")


def latest_net_assets(view: View) -> tuple[int, float]:
    """The latest month of which net assets are known, and these in minor units.

    Raises:
        Unknown: for none that is recent enough.
    """
    for last in _ends(view):
        net = net_assets(view, last)
        if net is not None:
            return last, net
    raise Unknown("no recent net assets are known")


def _words(names: tuple[str, ...]) -> list[str]:
    return [name.replace("_", " ") for name in names]


def _ends(view: View) -> list[int]:
    """Months at which recent periods end, latest first."""
    now = current(view)
    ends = {end for (_, end), _ in statements(view)}
    return sorted([end for end in ends if now - WINDOWS.stale_accounts <= end <= now], reverse=True)


def mean_of_ends(view: View, name: str, last: int) -> float:
    """Mean of a stock at the begin and the end of the year up to ``last``; of the end alone while the begin is unknown.

    Raises:
        Unknown: the end is unknown.
    """
    behind = net_assets if name == "equity" else lambda seen, month: stock(seen, name, month)
    closing, opening = behind(view, last), behind(view, last - 12)
    if closing is None:
        raise Unknown(f"{name} at the end of the year are unknown")
    return closing if opening is None else (closing + opening) / 2


def insured(view: View) -> Mapping[int, float]:
    """Insured staff by month: the pension count, else the largest of the other insurances (F19)."""
    held: dict[int, float] | None = view.memo.get("forces.insured")
    if held is None:
        pension: dict[int, float] = {}
        other: dict[int, float] = {}
        for fact in view.known("F19"):
            span, heads = months_of(str(fact.data.get("period", ""))), number(fact.data.get("insured_count"))
            if span is not None and heads is not None:
                counts = pension if fact.data.get("insurance") == "pension" else other
                counts[span[1]] = max(heads, counts.get(span[1], 0.0))
        held = view.memo["forces.insured"] = other | pension
    return held


def headcount_trend(view: View) -> float:
    """Insured staff now over twelve months ago.

    Raises:
        Unknown: one of the two is unknown, or there was nobody a year ago.
    """
    heads = insured(view)
    if not heads:
        raise Unknown("no social insurance is known")
    last = max(heads)
    if last < current(view) - WINDOWS.stale_series:
        raise Unknown("no recent insured headcount is known")
    before = heads.get(last - 12)
    if before is None:
        raise Unknown("insured headcount of twelve months ago is unknown")
    if before == 0:
        raise Unknown("nobody was insured twelve months ago")
    return heads[last] / before
