"""The numbers of the evaluation, all of them configuration defaults."""

from collections.abc import Mapping

import msgspec

from detectors.points.finding import BLUE, RED

OUTCOME_POINTS: Mapping[str, int] = {
    "WP-09": BLUE,
    "WP-11": BLUE,
    "WP-13": BLUE,
    "WP-33": BLUE,
    "WP-34": BLUE,
    "WP-40": RED,
    "WP-41": RED,
    "WP-43": RED,
    "WP-46": RED,
}
"""Points that tell of a failure itself, from this colour on: the listing as a dishonest judgment debtor, an
enforcement ended without assets, insolvency, a taxpayer that has vanished or is blacklisted, a lost loan, …"""


class Rules(msgspec.Struct, frozen=True):
    """``horizon_days``: a warning is right if a failure follows within them, and an episode is mature after them;
    failures of one firm that follow each other within them are one. ``notice_days``: so long before a failure a warning
    must have been told to count as an interception. ``default_days``: what a probability of default looks ahead. It is
    looked at ``first_look_days`` after the first record and every ``look_days`` from then on."""

    horizon_days: int = 180
    notice_days: int = 7
    default_days: int = 365
    first_look_days: int = 30
    look_days: int = 91
    outcome_points: Mapping[str, int] = msgspec.field(default_factory=lambda: OUTCOME_POINTS)
