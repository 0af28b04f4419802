"""Noisy-or score and tier of an entity."""

from collections.abc import Iterable
from math import floor

from detectors.catalogue.model import Catalogue
from detectors.judge import Judgement
from detectors.points.finding import BLUE, NONE, RED, YELLOW


def noisy_or(points: Iterable[float]) -> float:
    """``100 * (1 - prod(1 - p/100))``: order-free, never above 100.

    >>> [round(noisy_or(p), 3) for p in ([10, 10, 10], [30] * 4, [30, 30, 30, 10, 10], [70, 30], [70, 70])]
    [27.1, 75.99, 72.217, 79.0, 91.0]
    """
    healthy = 1.0
    for p in points:
        healthy *= 1.0 - p / 100.0
    return 100.0 * (1.0 - healthy)


def in_tenths(value: float) -> str:
    """A score for people, rounded down, so that what is said never reaches a threshold that the score does not.

    >>> in_tenths(69.96), in_tenths(70.0)
    ('69.9', '70.0')
    """
    return f"{floor(value * 10 + 1e-6) / 10:.1f}"


def score(
    judgement: Judgement, catalogue: Catalogue, day: int | None = None, without: str | None = None
) -> float:
    """R of all points, live and fading, on ``day`` (default: the day of the judgement)."""
    on = judgement.day if day is None else day
    return noisy_or(
        [
            verdict.weight(on, catalogue.by_id[name].half_life_days)
            for name, verdict in judgement.weighing.items()
            if name != without
        ]
    )


def level_of_score(value: float, catalogue: Catalogue) -> int:
    """The tier a score alone gives."""
    enter = catalogue.score.enter
    return next((level for level in (RED, YELLOW, BLUE) if value >= enter[level]), NONE)


def tier(judgement: Judgement, catalogue: Catalogue, without: str | None = None) -> int:
    """The tier as a pure function of the points; what lags behind on purpose is :mod:`alerts.policy`'s."""
    return max(
        level_of_points(judgement, without),
        YELLOW if several_blues(judgement, catalogue, without) else NONE,
        level_of_score(score(judgement, catalogue, without=without), catalogue),
    )


def level_of_points(judgement: Judgement, without: str | None = None) -> int:
    """The highest colour of a live point."""
    return max(
        [verdict.level for name, verdict in judgement.weighing.items() if name != without], default=NONE
    )


def several_blues(judgement: Judgement, catalogue: Catalogue, without: str | None = None) -> bool:
    """Whether enough blue points from distinct feeds first fired within the window."""
    rules = catalogue.score
    blues = sorted(
        (verdict.since, catalogue.by_id[name].feeds[0])
        for name, verdict in judgement.weighing.items()
        if verdict.level == BLUE and name != without
    )
    if len(blues) < rules.blues_for_yellow:
        return False
    return any(
        len({feed for since, feed in blues if start <= since <= start + rules.blues_window_days})
        >= rules.blues_for_yellow
        for start, _ in blues
    )
