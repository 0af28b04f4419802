"""Diffusion indices (扩散指数, 景气指数): how widely things get better or worse."""

from detectors.errors import FenghuoError


def diffusion(improved: int, unchanged: int, worse: int) -> float | None:
    """0 to 100, 50 is neutral; None of nobody.

    Raises:
        FenghuoError: a negative count.

    >>> diffusion(3, 4, 3), diffusion(1, 0, 0), diffusion(0, 0, 0)
    (50.0, 100.0, None)
    """
    total = _total(improved, unchanged, worse)
    return 100 * (2 * improved + unchanged) / (2 * total) if total else None


def balance(improved: int, unchanged: int, worse: int) -> float | None:
    """0 to 200, 100 is the critical value: the form of the business-climate surveys.

    Raises:
        FenghuoError: a negative count.

    >>> balance(3, 4, 3), balance(0, 1, 3)
    (100.0, 25.0)
    """
    total = _total(improved, unchanged, worse)
    return 100 + 100 * (improved - worse) / total if total else None


def _total(*counts: int) -> int:
    if min(counts) < 0:
        raise FenghuoError("diffusion index", f"counts are not negative, got {counts}")
    return sum(counts)
