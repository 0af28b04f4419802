"""Precision, recall and lead times over many firms: sums that can be added up in any order."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from detectors.evaluation.rules import Rules
from detectors.evaluation.told import Failure, Span, Told, failures, point_spans, rises, spans
from detectors.fact import DAY
from detectors.points.finding import BLUE, LEVEL_NAMES, RED, YELLOW
from detectors.record import from_epoch

ALL = "any"
"""In the place of a point: the tier of the firm."""


class Measures(msgspec.Struct):
    """Everything counted. Per colour (1 to 3): ``sent`` alerts that raise; per colour (2 and 3): ``episodes`` begun,
    ``reporting`` those that only told of a failure, ``mature`` those of the rest that can be judged, ``right`` those a
    failure followed, ``intercepted`` failures. ``leads`` are days from the first yellow or red of a point to the
    failure, ``cold`` failures before which nothing at all was told."""

    sent: Counter[int] = msgspec.field(default_factory=Counter)
    episodes: Counter[int] = msgspec.field(default_factory=Counter)
    reporting: Counter[int] = msgspec.field(default_factory=Counter)
    mature: Counter[int] = msgspec.field(default_factory=Counter)
    right: Counter[int] = msgspec.field(default_factory=Counter)
    intercepted: Counter[int] = msgspec.field(default_factory=Counter)
    failures: int = 0
    cold: int = 0
    leads: dict[str, list[float]] = msgspec.field(default_factory=dict)
    monthly: Counter[tuple[str, int]] = msgspec.field(default_factory=Counter)

    def add(self, other: "Measures") -> None:
        """Take in those of other firms."""
        for name in ("sent", "episodes", "reporting", "mature", "right", "intercepted", "monthly"):
            getattr(self, name).update(getattr(other, name))
        self.failures += other.failures
        self.cold += other.cold
        for name, days in other.leads.items():
            self.leads.setdefault(name, []).extend(days)

    def summary(self) -> dict[str, Any]:
        """Shares and quantiles; None where nothing was there to be judged."""
        return {
            "precision": {
                LEVEL_NAMES[colour]: {
                    "episodes": self.episodes[colour],
                    "reporting": self.reporting[colour],
                    "mature": self.mature[colour],
                    "right": self.right[colour],
                    "share": _share(self.right[colour], self.mature[colour]),
                }
                for colour in (YELLOW, RED)
            },
            "recall": {
                LEVEL_NAMES[colour]: {
                    "failures": self.failures,
                    "intercepted": self.intercepted[colour],
                    "share": _share(self.intercepted[colour], self.failures),
                }
                for colour in (YELLOW, RED)
            },
            "cold": {"failures": self.cold, "share": _share(self.cold, self.failures)},
            "lead_days": {
                name: {
                    "failures": len(days),
                    "median": round(quantile(days, 0.5), 1),
                    "p10": round(quantile(days, 0.1), 1),
                }
                for name, days in sorted(self.leads.items())
            },
        }


def measure(
    told: Sequence[Told], outcomes: Iterable[int], end: int, rules: Rules, offset: int = 0
) -> Measures:
    """One firm: what it was told, when it failed (epoch seconds), and the end of the history.

    ``offset`` (seconds east of Greenwich) decides which month an alert belongs to. Pure.
    """
    found, failed = Measures(), failures(told, outcomes, rules)
    found.failures = len(failed)
    for one in told:
        if one.sent and rises(one):
            found.sent[one.level] += 1
            found.monthly[month_of(one.at + offset), one.level] += 1
    shown = {colour: spans(told, colour, rules) for colour in (BLUE, YELLOW, RED)}
    for colour in (YELLOW, RED):
        _episodes(found, shown[colour], colour, failed, end, rules)
    for failure in failed:
        for colour in (YELLOW, RED):
            notice = rules.notice_days * DAY
            found.intercepted[colour] += any(
                span.warned(failure.first, rules, notice) for span in shown[colour]
            )
        found.cold += not any(span.begin < failure.first for span in shown[BLUE])
    if failed and told:
        _leads(found, {ALL: shown[YELLOW], **point_spans(told, YELLOW)}, failed, rules)
    return found


def _episodes(
    found: Measures, shown: Sequence[Span], colour: int, failed: Sequence[Failure], end: int, rules: Rules
) -> None:
    """Judge the episodes of one colour: a rise to red at once is an episode of red, not of yellow."""
    horizon = rules.horizon_days * DAY
    for span in shown:
        if span.first != colour:
            continue
        found.episodes[colour] += 1
        if span.reporting or any(one.first <= span.begin <= one.last + horizon for one in failed):
            found.reporting[colour] += 1
            continue
        right = any(span.begin < one.first <= span.begin + horizon for one in failed)
        found.right[colour] += right
        found.mature[colour] += right or span.begin + horizon <= end


def _leads(found: Measures, shown: dict[str, list[Span]], failed: Sequence[Failure], rules: Rules) -> None:
    for name, intervals in shown.items():
        for failure in failed:
            began = [span.begin for span in intervals if span.warned(failure.first, rules, 1)]
            if began:
                found.leads.setdefault(name, []).append((failure.first - min(began)) / DAY)


def month_of(seconds: int) -> str:
    """``YYYY-MM`` of an instant that has been moved to its zone.

    >>> month_of(0), month_of(31 * DAY - 1), month_of(365 * DAY)
    ('1970-01', '1970-01', '1971-01')
    """
    return from_epoch(seconds).isoformat()[:7]


def quantile(values: Sequence[float], share: float) -> float:
    """The ``share`` quantile with linear interpolation (type 7 of Hyndman and Fan, 1996).

    >>> quantile([4.0, 1.0, 3.0, 2.0], 0.5), quantile([1.0, 11.0], 0.1)
    (2.5, 2.0)
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
