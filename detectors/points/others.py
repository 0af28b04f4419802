"""Asking for the colours of other points, where the jurisdiction has them."""

from collections.abc import Iterable

from detectors.points.verdict import Verdict
from detectors.points.view import View


def showing(view: View, names: Iterable[str], level: int) -> list[Verdict]:
    """Verdicts of those of the named points that show at least this colour today; points without force show none."""
    found: list[Verdict] = []
    for name in names:
        try:
            verdict = view.other(name)
        except KeyError:  # not in force in this jurisdiction
            continue
        if verdict.level >= level:
            found.append(verdict)
    return found
