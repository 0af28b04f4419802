"""What a firm declared (F30) by period: tax paid, output and the like, summed over months."""

from collections.abc import Mapping, Sequence

from detectors.fact import Fact
from detectors.points.months import comparable_span
from detectors.points.tax import months_of
from detectors.points.view import View

Flow = Mapping[tuple[int, int], tuple[int, Fact]]
"""Amount in minor units and the fact that says so, by first and last month."""

_TRUST = {"declared": 0, "statistics": 1, "tax": 2}
"""Of several statements for one period the audited one stands, then the tax office's, then the statisticians'."""


def statements(view: View) -> list[tuple[tuple[int, int], Fact]]:
    """Statements with their first and last month, the most trusted last; read once per view."""
    held: list[tuple[tuple[int, int], Fact]] | None = view.memo.get("F30")
    if held is None:
        known = [(months_of(str(fact.data.get("period", ""))), fact) for fact in view.known("F30")]
        held = view.memo["F30"] = [(span, fact) for span, fact in known if span is not None]
        held.sort(key=_trust)
    return held


def flow_of(view: View, *names: str) -> Flow:
    """The first figure given among ``names``, by period, of the most trusted statement that gives one."""
    held: dict[tuple[int, int], tuple[int, Fact]] | None = view.memo.get(("flow", names))
    if held is None:
        held = view.memo["flow", names] = {}
        for span, fact in statements(view):
            amount = view.money(fact, *names)
            if amount is not None:
                held[span] = amount, fact
    return held


def _trust(statement: tuple[tuple[int, int], Fact]) -> tuple[bool, int, int, str]:
    fact = statement[1]
    data = fact.data
    return bool(data.get("audited")), _TRUST.get(str(data.get("basis")), 0), fact.start, fact.key


def ends_of(flow: Flow) -> list[int]:
    """Last months of quarters and months told of, in order."""
    return sorted({last for first, last in flow if last - first <= 2})


def rolling(last: int) -> tuple[int, ...]:
    """The three months up to ``last`` that may be held against last year's; empty if none may.

    No span ends in January; see :func:`detectors.points.months.comparable_span`.

    >>> [[month % 12 + 1 for month in rolling(2026 * 12 + last)] for last in (0, 1, 3)]
    [[], [12, 1, 2], [1, 2, 3, 4]]
    """
    return () if last % 12 == 0 else tuple(comparable_span(last, 3))


def told(flow: Flow, months: Sequence[int]) -> list[tuple[int, Fact]]:
    """The figures that cover these months exactly: one for all, or one for each; empty if there are none."""
    whole = flow.get((months[0], months[-1]))
    if whole is not None:
        return [whole]
    parts = [flow[month, month] for month in months if (month, month) in flow]
    return parts if len(parts) == len(months) else []


def change(flow: Flow, months: Sequence[int]) -> float | None:
    """Sum over these months against the same months of the year before, less 1; None if either is unknown or that of
    the year before was not above 0."""
    if not months:
        return None
    now, before = told(flow, months), told(flow, [month - 12 for month in months])
    base = sum(amount for amount, _ in before)
    if not now or base <= 0:
        return None
    return round(sum(amount for amount, _ in now) / base - 1, 9)


def facts_of(flow: Flow, months: Sequence[int]) -> list[Fact]:
    """The facts behind the figures of these months, in order of begin."""
    return sorted((fact for _, fact in told(flow, months)), key=lambda fact: (fact.start, fact.key))
