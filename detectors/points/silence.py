"""WX-18 数据静默: nothing comes any more where something should. No colour: what is not known is said to be so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from detectors.fact import FAR, RETRACT, Fact
from detectors.points.billing import UTILITIES, account_of, events_of
from detectors.points.evaluator import Evaluator
from detectors.points.finding import Finding
from detectors.points.lawful import suspended
from detectors.points.months import first_day, label, month_number
from detectors.points.view import View


class Silence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-18: a series of at least ``months_needed`` months is silent when ``cycles`` of them are missing,
    the last for ``report_days`` since it was over."""

    cycles: int = 2
    months_needed: int = 3
    report_days: int = 45


def data_silence(view: View, limit: Silence) -> Finding:
    """WX-18 数据静默: a utility account or the social insurance of the firm has not been told of for two cycles.

    Raises no colour: the finding names what is silent, as the reason why it cannot be said that all is well. A closed
    account and a filed suspension (歇业) explain silence. The number is a configuration default.

    >>> from detectors.points.example import seen
    >>> told = [{"on": f"2026-0{month + 1}-03", "utility": "water", "event": "reading", "period": f"2026-0{month}"}
    ...         for month in (1, 2, 3)]
    >>> data_silence(seen("2026-07-16", F15=told), Silence()).missing
    'no data for 2 cycles: water since 2026-03'
    """
    silent: list[str] = []
    turn, usual = FAR, dict[str, Any]()
    for key, months in _series(view):
        if len(months) < limit.months_needed:
            continue
        last, rhythm = usual["|".join(key)] = months[-1], _rhythm(months)
        due = _due(last, rhythm, limit)
        if due > view.day:
            turn = min(turn, due)
        else:
            silent.append(f"{key[0]} since {label(months[-1])}")
    if silent and not suspended(view, view.day):
        return Finding(missing=f"no data for {limit.cycles} cycles: {', '.join(silent)}", turn=turn)
    return Finding(turn=turn, quiet=not silent, usual=usual)


_Key = tuple[str, ...]
"""What a series is about: utility, provider and account, or a kind of insurance."""


def _series(view: View) -> Iterator[tuple[_Key, list[int]]]:
    """Utility accounts in use and kinds of social insurance, with the months told of in order."""
    events = events_of(view)
    series: dict[_Key, set[int]] = {}
    for utility in UTILITIES:
        for event in ("reading", "bill"):
            for fact in events.get((utility, event), ()):
                _add(series.setdefault((utility, *account_of(fact)), set()), fact)
        for fact in events.get((utility, "close_account"), ()):
            series.pop((utility, *account_of(fact)), None)
    for fact in view.known("F19"):
        _add(series.setdefault((_INSURANCE, str(fact.data.get("insurance", ""))), set()), fact)
    return ((key, sorted(months)) for key, months in series.items() if months)


_INSURANCE = "social insurance"


def _add(months: set[int], fact: Fact) -> None:
    month = month_number(fact.data.get("period", ""))
    if month is not None:
        months.add(month)


def _rhythm(months: Sequence[int]) -> int:
    return max(later - earlier for earlier, later in pairwise(months))


def _due(last: int, rhythm: int, limit: Silence) -> int:
    """The day from which on a series counts as silent whose last month was ``last``."""
    return first_day(last + limit.cycles * rhythm + 1) + limit.report_days


def _carried(fact: Fact, replaced: Fact | None, day: int, finding: Finding, limit: Silence) -> Finding | None:
    """A fact that is the latest word of a series, or a later one, puts its silence off; one that is of no series, or
    says of the same month something else, changes nothing."""
    told = _told(fact)
    if told is None or (replaced is not None and _told(replaced) != told):
        return None
    key, month = told
    if not key or (replaced is not None and replaced.rank != RETRACT):
        return finding
    held = finding.usual.get(key)
    if held is None or month is None:
        return None if held is None else finding
    last, rhythm = held
    if month < last:
        return None
    usual = {**finding.usual, key: (month, max(rhythm, month - last))}
    turn = min([_due(end, step, limit) for end, step in usual.values()])
    return msgspec.structs.replace(finding, usual=usual, turn=turn) if turn > day else None


def _told(fact: Fact) -> tuple[str, int | None] | None:
    """Of which series (empty: of none) and month a fact tells; None if it takes something back."""
    data = fact.data
    if fact.rank == RETRACT:
        return None
    if "insurance" in data:
        key: _Key = (_INSURANCE, str(data["insurance"]))
    elif data.get("event") in ("reading", "bill"):
        key = (data.get("utility", ""), *account_of(fact))
    else:
        return None if data.get("event") in (None, "close_account") else ("", None)
    return "|".join(key), month_number(data.get("period", ""))


def _endings(_: View, __: tuple[str, ...], ___: Silence) -> Iterable[int]:
    return ()


EVALUATORS: Mapping[str, Evaluator] = {
    "data_silence": Evaluator(data_silence, Silence, _endings, carried=_carried),
}
