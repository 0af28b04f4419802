"""Asking for the colours of other points, where the jurisdiction has them."""

from collections.abc import Iterable

from detectors.points.verdict import Verdict
from detectors.points.view import View

# fmt: off
ARREARS = (
    "WP-22", "WP-23", "WP-24", "WP-25", "WP-26", "WP-30", "WP-31", "WP-36", "WP-38", "WP-40", "WP-41",
)
# fmt: on
"""Points on arrears: of supply, taxes, social insurance, wages and loans."""


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
